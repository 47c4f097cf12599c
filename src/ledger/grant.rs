//! Deciding and booking in one.

use serde::{Deserialize, Serialize};

use super::book::Book;
use super::bucket::{Bucket, Holder};
use super::fingerprint::{Change, Fingerprint};
use super::notice::{self, Happening, News, Spent};
use super::order::{Asking, Buckets, Done, Order, Refusal, Wanted, event, grants, json};
use super::record::{Grant, Signature, Who};
use super::store::{ChargeRow, GrantRow};
use super::usage::{self, Fate};
use crate::answer::parts::Told;
use crate::answer::plain;
use crate::decide::{BudgetCharge, Decision, Mode};
use crate::policy::RoleId;

/// `POST /v1/grants`
#[derive(Clone, Debug)]
pub(crate) struct GrantOrder {
    pub asking: Asking,
    pub confirm: Vec<String>,
    pub note: Option<String>,
    pub case: Option<String>,
}

/// What goes into a grant besides the question.
pub(crate) struct Terms<'a> {
    pub confirmed: &'a [String],
    pub note: Option<&'a str>,
    pub case: Option<&'a str>,
    pub approved_by: &'a [Signature],
    /// The roles of those who approved.
    pub approvals: &'a [RoleId],
}

/// A charge as it is kept beside its grant.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Booked {
    pub bucket: String,
    pub amount: i64,
}

impl Order for GrantOrder {
    fn wanted(&self, _: &mut Wanted) {}

    fn buckets(&self, book: &Book) -> Buckets {
        self.asking.buckets(Mode::Grant, book)
    }

    fn carry_out(&self, book: &mut Book) -> Result<Done, Refusal> {
        let terms = Terms { confirmed: &self.confirm, note: self.note.as_deref(), case: self.case.as_deref(), approved_by: &[], approvals: &[] };
        let grant = book_grant(&self.asking, &terms, book);
        match &grant {
            Err(Refusal::NotGranted(_)) => book.usage.count(&self.asking.action(), Fate::Refused),
            Err(Refusal::Unconfirmed { .. }) => book.usage.count(&self.asking.action(), Fate::Unconfirmed),
            _ => {}
        }
        Ok(Done::Grant(Box::new(grant?)))
    }
}

/// Decides with what is on record and books what is granted.
pub(crate) fn book_grant(asking: &Asking, terms: &Terms<'_>, book: &mut Book) -> Result<Grant, Refusal> {
    asking.has_amount()?;
    let (question, decision) = asking.decide(Mode::Grant, terms.approvals, book);
    let answer = asking.answer(&question, &decision);
    if !grants(&decision) {
        return Err(Refusal::NotGranted(answer));
    }
    let open = unconfirmed(asking, &decision, terms.confirmed);
    if !open.is_empty() {
        return Err(Refusal::Unconfirmed { duties: open, answer });
    }
    // No grant of the language's quantities goes beyond what can be counted.
    let Some(charges) = asking.charges(&decision, book) else { return Err(Refusal::NotGranted(answer)) };
    let grant = Grant {
        id: uuid::Uuid::now_v7().to_string(),
        at: asking.local(book),
        actor: asking.who(),
        action: asking.action(),
        amount: asking.amount(),
        confirmed: terms.confirmed.to_vec(),
        note: terms.note.map(str::to_owned),
        case: terms.case.map(str::to_owned),
        approved_by: terms.approved_by.to_vec(),
        reversed: None,
        answer,
    };
    let mut booked = Vec::new();
    tell(asking, &grant, book);
    for ((bucket, amount), charge) in charges.into_iter().zip(&decision.charge).filter(|((_, amount), _)| *amount != 0) {
        let before = book.used(&bucket);
        let (after, most) = (before.saturating_add(amount), charge.of.as_ref().and_then(|most| bucket.units(most)));
        if let Some(most) = most.filter(|_| book.is_heard(Happening::BudgetNearlyUsed)) {
            tell_of_budget(asking, &grant, charge, &Spent { bucket: &bucket, before, after, most }, book);
        }
        if let Some(budget) = asking.policy().budgets.get(charge.budget.index()) {
            let measure = plain::budget_measure(asking.policy(), &budget.unit, asking.request.question.action);
            book.usage.charge((budget, usage::unit(asking.policy(), &budget.unit, measure)), &bucket, amount, (after, most));
        }
        book.charge(ChargeRow { bucket: bucket.id.clone(), at: book.at(), grant: grant.id.clone(), amount });
        booked.push(Booked { bucket: bucket.id, amount });
    }
    log(asking, &grant, &booked, &decision, book);
    book.usage.count(&grant.action, Fate::Booked);
    book.put_grant(GrantRow {
        id: grant.id.clone(),
        actor: grant.actor.id.clone(),
        at: book.at(),
        reversed: false,
        body: text(&grant),
        charges: text(&booked),
    });
    Ok(grant)
}

/// Tells webhooks that something was granted.
fn tell(asking: &Asking, grant: &Grant, book: &mut Book) {
    let happening = Happening::GrantBooked;
    if book.is_heard(happening) {
        let policy = &asking.policy().version;
        let data = |is_private| serde_json::json!({"grant": notice::grant(grant, is_private), "policy": policy});
        book.tell(&News { happening, about: grant.id.clone(), once: None }, |listener| Some(data(listener.private)));
    }
}

/// Tells webhooks that a budget is nearly used, each if it just came to be so by its own share.
fn tell_of_budget(asking: &Asking, grant: &Grant, charge: &BudgetCharge, spent: &Spent<'_>, book: &mut Book) {
    let (policy, happening) = (asking.policy(), Happening::BudgetNearlyUsed);
    let Some(budget) = policy.budgets.get(charge.budget.index()) else { return };
    let measure = plain::budget_measure(policy, &budget.unit, asking.request.question.action);
    let shown = |units: i64| plain::quantity(policy, measure, &spent.bucket.quantity(units));
    let keys = Bucket::keys(&asking.engine, Holder::new(&asking.request.question, Mode::Grant), charge.budget);
    for share in book.shares().filter(|share| spent.crosses(*share)) {
        let from = spent.bucket.window.from.to_string();
        let once = Some(book.once(&[happening.word(), &share.to_string(), &spent.bucket.id, &from]));
        let news = News { happening, about: budget.name.clone(), once };
        book.tell(&news, |listener| {
            let told = || {
                serde_json::json!({
                    "budget": budget.name, "per": notice::keys(policy, &keys, listener.private), "percent": share,
                    "spent": shown(spent.after), "allotment": shown(spent.most), "left": shown(spent.most.saturating_sub(spent.after)),
                    "resets": charge.resets.map(|date| date.to_string()), "grant": grant.id, "who": grant.actor,
                })
            };
            (listener.nearly == share).then(told)
        });
    }
}

/// The duties of a grant that nobody has confirmed.
fn unconfirmed(asking: &Asking, decision: &Decision, confirmed: &[String]) -> Vec<String> {
    let duty = |id: crate::policy::DutyId| asking.policy().duties.get(id.index()).map_or("", |duty| duty.name.as_str());
    let names = decision.require.iter().map(|obligation| duty(obligation.duty).to_owned());
    names.filter(|name| !confirmed.contains(name)).collect()
}

fn log(asking: &Asking, grant: &Grant, booked: &[Booked], decision: &Decision, book: &mut Book) {
    let policy = asking.policy();
    let mut event = event("grant", &grant.id, &grant.actor, book, policy);
    event.body.insert("question".into(), asking.masked(book));
    event.body.insert("answer".into(), outcome(asking, decision));
    event.body.insert("confirmed".into(), json(&grant.confirmed));
    for (name, text) in [("note", &grant.note), ("case", &grant.case)] {
        if let Some(text) = text {
            event.body.insert(name.into(), text.clone().into());
        }
    }
    if !grant.approved_by.is_empty() {
        let people = grant.approved_by.iter().map(|signature| Who { id: signature.id.clone(), role: signature.role.clone(), team: None });
        event.body.insert("approved_by".into(), json(&people.collect::<Vec<_>>()));
    }
    event.change = Some(Change { before: None, after: Fingerprint::of_grant(grant, book.at(), booked) });
    book.happened(event);
}

/// What the log keeps of a decision: the word, the rules and the charges.
pub(crate) fn outcome(asking: &Asking, decision: &Decision) -> serde_json::Value {
    let policy = asking.policy();
    let rules: Vec<_> = decision.because.iter().filter_map(|reason| Told::of(policy, *reason)).map(|told| told.name).collect();
    let charge = |charge: &BudgetCharge| {
        let budget = policy.budgets.get(charge.budget.index())?;
        let measure = plain::budget_measure(policy, &budget.unit, decision.action);
        Some(serde_json::json!({"budget": budget.name, "amount": charge.amount.as_ref().map(|amount| plain::quantity(policy, measure, amount))}))
    };
    let charges: Vec<_> = decision.charge.iter().filter_map(charge).collect();
    serde_json::json!({"answer": decision.outcome.word(), "because": rules, "charge": charges})
}

/// A value as JSON text.
pub(crate) fn text(value: &impl Serialize) -> String {
    // Texts, lists and nothing: all of it can be written.
    serde_json::to_string(value).unwrap_or_default()
}
