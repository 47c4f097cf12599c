//! One or two sentences for an answer: what is decided, and what to do next.

use super::Speech;
use crate::decide::{Alternative, ContactKind, Deadline, Decision, Limit, Obligation, Outcome, Reason};
use crate::policy::{FactRef, Text};
use crate::question::Question;

/// The pieces that the first sentence is put together from.
struct Figures {
    what: String,
    amount: Option<String>,
    limit: Option<String>,
    verb: String,
}

impl Speech<'_> {
    /// One or two plain sentences that an agent can act on.
    #[must_use]
    pub fn say(&self, question: &Question, decision: &Decision) -> String {
        let first = self.first(question, decision);
        match self.second(question, decision) {
            Some(second) => format!("{first} {}", full_stop(&second)),
            None => first,
        }
    }

    fn figures(&self, decision: &Decision) -> Figures {
        let amount = decision.amount.as_ref().map(|amount| self.quantity(self.measure(decision.action), amount));
        let limit = self.limit(decision.action, &decision.limit);
        Figures { what: self.action(decision.action), amount, limit, verb: self.verb(decision.action) }
    }

    fn first(&self, question: &Question, decision: &Decision) -> String {
        match self.reason(question, decision).filter(|_| decision.outcome == Outcome::No) {
            Some(reason) => full_stop(&self.tongue.tell("no-reason", &[("what", &self.action(decision.action)), ("reason", &reason)])),
            None => self.headline("", decision),
        }
    }

    /// The message for the answer and its variant, with `prefix` before its id.
    pub(super) fn headline(&self, prefix: &str, decision: &Decision) -> String {
        let figures = self.figures(decision);
        let id = format!("{prefix}{}-{}", stem(decision.outcome), variant(decision));
        let args = [
            ("what", figures.what.as_str()),
            ("verb", &figures.verb),
            ("amount", figures.amount.as_deref().unwrap_or_default()),
            ("limit", figures.limit.as_deref().unwrap_or_default()),
        ];
        self.tongue.tell(&id, &args)
    }

    /// The first text among the rules that decided.
    pub(super) fn reason(&self, question: &Question, decision: &Decision) -> Option<String> {
        decision.because.iter().find_map(|reason| self.because(*reason)).map(|text| self.text(text, question, decision))
    }

    pub(crate) fn because(&self, reason: Reason) -> Option<&Text> {
        match reason {
            Reason::Rule(id) => self.policy.rules.get(id.index())?.because.as_ref(),
            Reason::Fallback(id) => self.policy.fallbacks.get(id.index())?.because.as_ref(),
        }
    }

    fn second(&self, question: &Question, decision: &Decision) -> Option<String> {
        match decision.outcome {
            Outcome::Yes | Outcome::Owed => self.needed(decision).or_else(|| self.find_out("more-possible", decision)),
            Outcome::UpTo => {
                let next = self.ask(decision).or_else(|| self.instead(decision)).or_else(|| self.find_out("more-possible", decision));
                Some(next.unwrap_or_else(|| self.tongue.tell("no-more", &[])))
            }
            Outcome::Ask => self.ask(decision),
            Outcome::No => self.instead(decision).or_else(|| self.advice(question, decision)).or_else(|| self.find_out("part-possible", decision)),
            Outcome::Need => self.find_out("find-out", decision),
        }
    }

    fn needed(&self, decision: &Decision) -> Option<String> {
        let mut items: Vec<String> = decision.require.iter().map(|obligation| self.obligation(obligation)).collect();
        if !decision.provisional.is_empty() {
            let facts: Vec<String> = decision.provisional.iter().map(|id| self.fact(FactRef::Fact(*id))).collect();
            let id = if items.is_empty() { "on-record-only" } else { "on-record" };
            let confirm = self.tongue.tell(id, &[("facts", &self.first_few(&facts))]);
            if items.is_empty() {
                return Some(confirm);
            }
            items.push(confirm);
        }
        (!items.is_empty()).then(|| self.tongue.tell("needed", &[("items", &items.join("; "))]))
    }

    /// A duty and by when.
    pub(super) fn obligation(&self, obligation: &Obligation) -> String {
        let what = self.duty(obligation.duty);
        match obligation.by {
            Some(by) => self.tongue.tell("by", &[("what", &what), ("day", &self.deadline(by))]),
            None => what,
        }
    }

    pub(super) fn deadline(&self, deadline: Deadline) -> String {
        match deadline {
            Deadline::Day(date) => self.date(date),
            Deadline::Moment(at) => self.moment(at),
        }
    }

    fn ask(&self, decision: &Decision) -> Option<String> {
        let (kind, contacts) = self.contacts(&decision.ask)?;
        let amount =
            decision.amount.as_ref().filter(|_| decision.outcome == Outcome::UpTo).map(|amount| self.quantity(self.measure(decision.action), amount));
        let id = match (kind, &amount) {
            (ContactKind::Decide, Some(_)) => "contacts-for",
            (ContactKind::Decide, None) => "contacts",
            (ContactKind::Approve, Some(_)) => "approvers-for",
            (ContactKind::Approve, None) => "approvers",
        };
        Some(self.tongue.tell(id, &[("amount", amount.as_deref().unwrap_or_default()), ("contacts", &contacts)]))
    }

    fn instead(&self, decision: &Decision) -> Option<String> {
        let offers: Vec<String> = decision.offer.iter().map(|offer| self.offer(offer)).collect();
        (!offers.is_empty()).then(|| self.tongue.tell("instead", &[("offers", &self.first_few(&offers))]))
    }

    /// `Goodwill voucher up to 20.00 EUR (ask: Team lead)`
    pub(super) fn offer(&self, offer: &Alternative) -> String {
        let what = self.action(offer.action);
        let text = match &offer.limit {
            Limit::Amount(_) => {
                self.tongue.tell("offer-limit", &[("what", &what), ("limit", &self.limit(offer.action, &offer.limit).unwrap_or_default())])
            }
            Limit::None | Limit::Unlimited => what,
        };
        match offer.outcome {
            Outcome::Ask if !offer.ask.is_empty() => {
                self.tongue.tell("offer-ask", &[("offer", &text), ("contacts", &self.contact_names(&offer.ask))])
            }
            Outcome::Need => self.tongue.tell("offer-need", &[("offer", &text)]),
            _ => text,
        }
    }

    fn advice(&self, question: &Question, decision: &Decision) -> Option<String> {
        decision.advice.first().and_then(|advice| self.advice_text(*advice)).map(|text| self.text(text, question, decision))
    }

    fn find_out(&self, id: &str, decision: &Decision) -> Option<String> {
        let questions: Vec<String> = decision.need.iter().map(|fact| self.asks(*fact)).collect();
        (!questions.is_empty()).then(|| self.tongue.tell(id, &[("questions", &self.first_few(&questions))]))
    }

    pub(crate) fn advice_text(&self, advice: crate::decide::AdviceRef) -> Option<&Text> {
        let instead = match advice.reason {
            Reason::Rule(id) => &self.policy.rules.get(id.index())?.instead,
            Reason::Fallback(id) => &self.policy.fallbacks.get(id.index())?.instead,
        };
        instead.advice.get(advice.index).map(|advice| &advice.text)
    }
}

fn stem(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::UpTo => "up-to",
        other => other.word(),
    }
}

/// Which form of its sentence an answer takes.
fn variant(decision: &Decision) -> &'static str {
    match (decision.outcome, &decision.amount, &decision.limit) {
        (Outcome::UpTo, ..) | (Outcome::Yes | Outcome::Owed, None, Limit::Amount(_)) => "limit",
        (_, Some(_), _) => "amount",
        (Outcome::Yes | Outcome::Owed, None, Limit::Unlimited) => "unlimited",
        _ => "plain",
    }
}

/// The text with a mark at its end.
fn full_stop(text: &str) -> String {
    let text = text.trim_end();
    let stop = if text.ends_with(['.', '!', '?', '…']) { "" } else { "." };
    format!("{text}{stop}")
}
