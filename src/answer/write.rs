//! Writes a decision as JSON, straight from the decision and the policy.

use super::json::{figure, list, name, optional, string, text};
use super::{parts, plain};
use smallvec::SmallVec;
use std::ops::Range;

use crate::decide::{
    Alternative, BudgetCharge, Contact, ContactKind, Decision, Explanation, FailedCondition, Limit, Obligation, Outcome, Owed, Reason,
};
use crate::number::Number;
use crate::policy::expr::{Type, Value};
use crate::policy::{ActionId, ChoiceId, FactRef, Policy, Text};
use crate::question::{Explain, Question};
use crate::say::Speech;

/// What an answer is written from.
#[derive(Clone, Copy)]
pub(crate) struct Writer<'a> {
    pub policy: &'a Policy,
    pub question: &'a Question,
    pub decision: &'a Decision,
    pub speech: Speech<'a>,
}

impl<'a> Writer<'a> {
    /// The whole answer.
    pub fn answer(self, out: &mut String) {
        self.without_explanation(out, None);
        self.explain(out);
        out.push('}');
    }

    /// Everything but the explanation and the closing brace. What is the same in the answer around this one is copied from there.
    fn without_explanation(self, out: &mut String, around: Option<&Written<'_>>) {
        let decision = self.decision;
        let mut written = Written::of(decision);
        out.push('{');
        self.outcome(out);
        let same = around.and_then(|around| around.figures(decision));
        written.figures = copied(out, same, |out| self.figures(out));
        let reasons = decision.because.iter().filter_map(|reason| Some((*reason, parts::Told::of(self.policy, *reason)?)));
        list(out, ",\"because\":", reasons, |out, (reason, told)| {
            let same = around.filter(|_| told.is_plain()).and_then(|around| around.reason(reason));
            let place = copied(out, same, |out| self.reason(out, &told));
            if decision.otherwise.is_some() {
                written.because.push((reason, place));
            }
        });
        self.require(out);
        list(out, ",\"charge\":", &decision.charge, |out, charge| self.charge(out, charge));
        written.ask = copied(out, around.and_then(|around| around.ask(decision)), |out| self.contacts(out, &decision.ask));
        list(out, ",\"offer\":", &decision.offer, |out, offer| self.offer(out, offer));
        let advice = decision.advice.iter().filter_map(|advice| self.speech.advice_text(*advice));
        list(out, ",\"advice\":", advice, |out, advice| string(out, |out| self.filled(out, advice)));
        list(out, ",\"also_owed\":", &decision.also_owed, |out, owed| self.owed(out, owed));
        written.need = copied(out, around.and_then(|around| around.need(decision)), |out| self.needed(out, &decision.need));
        self.provisional(out);
        self.say(out);
        written.policy = copied(out, around.map(|around| around.policy.clone()), |out| {
            out.push_str(",\"policy\":");
            policy(out, self.policy, self.speech);
        });
        if let Some(otherwise) = &decision.otherwise {
            out.push_str(",\"otherwise\":");
            Self { decision: otherwise, ..self }.without_explanation(out, Some(&written));
            out.push('}');
        }
    }

    /// What was asked for, and how much of it there is.
    fn figures(self, out: &mut String) {
        let decision = self.decision;
        out.push_str(",\"action\":");
        name(out, parts::action_name(self.policy, decision.action));
        out.push_str(",\"amount\":");
        figure(out, decision.amount.as_ref(), |out, amount| self.quantity(out, decision.action, amount));
        self.limits(out);
    }

    /// An action among the options of a case.
    pub fn option(self, out: &mut String) {
        out.push_str("{\"action\":");
        name(out, parts::action_name(self.policy, self.decision.action));
        out.push_str(",\"title\":");
        self.title(out, self.policy.actions.get(self.decision.action.index()).and_then(|action| action.title.as_ref()));
        out.push(',');
        self.outcome(out);
        self.limits(out);
        self.require(out);
        self.contacts(out, &self.decision.ask);
        self.needed(out, &self.decision.need);
        self.provisional(out);
        self.say(out);
        self.explain(out);
        out.push('}');
    }

    fn outcome(self, out: &mut String) {
        let outcome = self.decision.outcome;
        out.push_str("\"answer\":\"");
        out.push_str(outcome.word());
        out.push_str(if outcome.is_allowed() { "\",\"allowed\":true" } else { "\",\"allowed\":false" });
    }

    fn limits(self, out: &mut String) {
        let Decision { action, limit, entitled, .. } = self.decision;
        self.limit(out, "limit", *action, limit);
        self.limit(out, "entitled", *action, entitled);
    }

    /// The field `name`, and where it is unlimited the one that says so.
    fn limit(self, out: &mut String, name: &str, action: ActionId, limit: &Limit) {
        out.push_str(",\"");
        out.push_str(name);
        out.push_str("\":");
        figure(out, plain::limit(limit), |out, most| self.quantity(out, action, most));
        if *limit == Limit::Unlimited {
            out.push_str(",\"");
            out.push_str(name);
            out.push_str("_unlimited\":true");
        }
    }

    fn quantity(self, out: &mut String, action: ActionId, value: &Number) {
        plain::write_quantity(out, self.policy, plain::measure(self.policy, action), value);
    }

    fn title(self, out: &mut String, title: Option<&Text>) {
        optional(out, title, |out, title| self.speech.write_plain(out, title));
    }

    fn filled(self, out: &mut String, text: &Text) {
        self.speech.write_text(out, text, self.question, self.decision);
    }

    fn reason(self, out: &mut String, told: &parts::Told<'_>) {
        out.push_str("{\"rule\":");
        name(out, told.name);
        out.push_str(",\"title\":");
        self.title(out, told.title);
        out.push_str(",\"text\":");
        optional(out, told.because, |out, text| self.filled(out, text));
        out.push_str(",\"source\":");
        string(out, |out| told.write_source(out, self.policy));
        if !told.cites.is_empty() {
            list(out, ",\"cites\":", told.cites, |out, cite| string(out, |out| self.filled(out, cite)));
        }
        if let Some(owner) = told.owner {
            out.push_str(",\"owner\":");
            string(out, |out| self.filled(out, owner));
        }
        out.push('}');
    }

    fn require(self, out: &mut String) {
        let duties = self.decision.require.iter().filter_map(|obligation| Some((self.policy.duties.get(obligation.duty.index())?, obligation)));
        list(out, ",\"require\":", duties, |out, (duty, Obligation { by, .. })| {
            out.push_str("{\"duty\":");
            name(out, &duty.name);
            out.push_str(",\"title\":");
            self.title(out, duty.title.as_ref());
            out.push_str(",\"by\":");
            figure(out, *by, |out, by| plain::write_deadline(out, self.policy, by));
            out.push('}');
        });
    }

    fn charge(self, out: &mut String, charge: &BudgetCharge) {
        let budget = self.policy.budgets.get(charge.budget.index());
        let measure = budget.map_or(&Type::Number, |budget| plain::budget_measure(self.policy, &budget.unit, self.decision.action));
        let exact = |out: &mut String, value: &Number| plain::write_quantity(out, self.policy, measure, value);
        let down = |out: &mut String, value: &Number| exact(out, &plain::rounded_down(self.policy, measure, value));
        out.push_str("{\"budget\":");
        name(out, budget.map_or("", |budget| &budget.name));
        out.push_str(",\"amount\":");
        figure(out, charge.amount.as_ref(), exact);
        out.push_str(",\"left\":");
        figure(out, charge.left.as_ref(), down);
        out.push_str(",\"of\":");
        figure(out, charge.of.as_ref(), down);
        out.push_str(",\"resets\":");
        figure(out, charge.resets, plain::write_date);
        out.push('}');
    }

    fn contacts(self, out: &mut String, contacts: &[Contact]) {
        list(out, ",\"ask\":", contacts, |out, contact| self.contact(out, contact));
    }

    fn contact(self, out: &mut String, contact: &Contact) {
        out.push_str("{\"role\":");
        name(out, parts::role_name(self.policy, contact.role));
        out.push_str(",\"title\":");
        self.title(out, self.policy.roles.get(contact.role.index()).and_then(|role| role.title.as_ref()));
        out.push_str(match contact.kind {
            ContactKind::Decide => ",\"kind\":\"decide\",\"within\":",
            ContactKind::Approve => ",\"kind\":\"approve\",\"within\":",
        });
        figure(out, contact.within.as_ref(), plain::write_steps);
        out.push_str(",\"person\":null");
        if !contact.approved_by.is_empty() {
            list(out, ",\"approved_by\":", &contact.approved_by, |out, id| name(out, parts::role_name(self.policy, *id)));
        }
        if contact.another_person {
            out.push_str(",\"another_person\":true");
        }
        out.push('}');
    }

    fn offer(self, out: &mut String, offer: &Alternative) {
        out.push_str("{\"action\":");
        name(out, parts::action_name(self.policy, offer.action));
        self.limit(out, "limit", offer.action, &offer.limit);
        out.push_str(",\"answer\":");
        name(out, offer.outcome.word());
        if offer.outcome == Outcome::Ask && !offer.ask.is_empty() {
            self.contacts(out, &offer.ask);
        }
        if !offer.need.is_empty() {
            self.needed(out, &offer.need);
        }
        out.push('}');
    }

    fn owed(self, out: &mut String, owed: &Owed) {
        out.push_str("{\"action\":");
        name(out, parts::action_name(self.policy, owed.action));
        self.limit(out, "limit", owed.action, &owed.limit);
        out.push_str(",\"rule\":");
        name(out, parts::rule_name(self.policy, owed.rule));
        out.push('}');
    }

    fn needed(self, out: &mut String, facts: &[FactRef]) {
        list(out, ",\"need\":", facts, |out, fact| self.needed_fact(out, *fact));
    }

    fn needed_fact(self, out: &mut String, fact: FactRef) {
        let known = if let FactRef::Fact(id) = fact { self.policy.facts.get(id.index()) } else { None };
        let ty = known.map_or(&Type::Text, |fact| &fact.ty);
        out.push_str("{\"fact\":");
        name(out, parts::ref_name(self.policy, fact));
        out.push_str(",\"question\":");
        self.title(out, known.and_then(|fact| fact.asks.as_ref()));
        out.push_str(",\"type\":");
        name(out, parts::type_word(ty));
        if let (Type::OneOf(choices) | Type::SomeOf(choices), Some(fact)) = (ty, known) {
            out.push_str(",\"values\":");
            out.push_str(fact.listed.get_or_init(|| self.choices(choices)));
        }
        out.push('}');
    }

    fn choices(self, choices: &[ChoiceId]) -> Box<str> {
        let mut listed = String::new();
        list(&mut listed, "", choices, |out, id| text(out, self.policy.choice(*id)));
        listed.into()
    }

    fn provisional(self, out: &mut String) {
        list(out, ",\"provisional\":", &self.decision.provisional, |out, id| name(out, parts::ref_name(self.policy, FactRef::Fact(*id))));
    }

    fn say(self, out: &mut String) {
        out.push_str(",\"say\":");
        string(out, |out| self.speech.write_say(out, self.question, self.decision));
    }

    fn explain(self, out: &mut String) {
        if self.question.explain == Explain::Every {
            let told = |explanation: &'a Explanation| Some((parts::Told::of(self.policy, Reason::Rule(explanation.rule))?, explanation));
            list(out, ",\"explain\":", self.decision.explain.iter().filter_map(told), |out, (told, explanation)| {
                self.explanation(out, &told, explanation);
            });
        }
    }

    fn explanation(self, out: &mut String, told: &parts::Told<'_>, explanation: &Explanation) {
        out.push_str("{\"rule\":");
        name(out, told.name);
        out.push_str(",\"kind\":");
        name(out, told.kind());
        out.push_str(",\"title\":");
        self.title(out, told.title);
        out.push_str(",\"source\":");
        string(out, |out| told.write_source(out, self.policy));
        out.push_str(",\"applies\":");
        name(out, parts::verdict_word(explanation.verdict));
        self.limit(out, "quantity", self.decision.action, &explanation.quantity);
        out.push_str(",\"failed\":");
        match &explanation.failed {
            Some(failed) => self.failed(out, explanation, failed),
            None => out.push_str("null"),
        }
        out.push('}');
    }

    fn failed(self, out: &mut String, explanation: &Explanation, failed: &FailedCondition) {
        out.push_str("{\"condition\":");
        string(out, |out| crate::say::condition(out, self.policy, failed.span));
        out.push_str(",\"source\":");
        string(out, |out| parts::write_location(out, self.policy, failed.span));
        out.push_str(",\"seen\":");
        self.seen(out, &failed.seen);
        out.push_str(",\"text\":");
        string(out, |out| self.speech.failed(out, self.question, explanation, failed));
        out.push('}');
    }

    /// Each fact once, in the order of their names.
    fn seen(self, out: &mut String, seen: &[(FactRef, Option<Value>)]) {
        if let [(fact, value)] = seen {
            out.push('{');
            self.seen_fact(out, *fact, value.as_ref());
            return out.push('}');
        }
        let mut sorted: Vec<(&str, FactRef, Option<&Value>)> =
            seen.iter().map(|(fact, value)| (parts::ref_name(self.policy, *fact), *fact, value.as_ref())).collect();
        sorted.sort_by_key(|(name, ..)| *name);
        sorted.dedup_by_key(|(name, ..)| *name);
        out.push('{');
        for (at, (_, fact, value)) in sorted.into_iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            self.seen_fact(out, fact, value);
        }
        out.push('}');
    }

    fn seen_fact(self, out: &mut String, fact: FactRef, value: Option<&Value>) {
        name(out, parts::ref_name(self.policy, fact));
        out.push(':');
        match value {
            Some(value) => plain::write_value(out, self.policy, self.type_of(fact), value),
            None => out.push_str("null"),
        }
    }

    fn type_of(self, fact: FactRef) -> &'a Type {
        let FactRef::Fact(id) = fact else { return &Type::Text };
        self.policy.facts.get(id.index()).map_or(&Type::Text, |fact| &fact.ty)
    }
}

/// Where the parts of an answer stand that the answer inside it may have, too.
struct Written<'a> {
    decision: &'a Decision,
    figures: Range<usize>,
    because: SmallVec<[(Reason, Range<usize>); 4]>,
    ask: Range<usize>,
    need: Range<usize>,
    policy: Range<usize>,
}

impl<'a> Written<'a> {
    /// An answer of which nothing is written yet.
    fn of(decision: &'a Decision) -> Self {
        Self { decision, figures: 0..0, because: SmallVec::new(), ask: 0..0, need: 0..0, policy: 0..0 }
    }

    fn figures(&self, inside: &Decision) -> Option<Range<usize>> {
        let figures = |decision: &'a Decision| (decision.action, &decision.amount, &decision.limit, &decision.entitled);
        let same = figures(self.decision) == (inside.action, &inside.amount, &inside.limit, &inside.entitled);
        same.then(|| self.figures.clone())
    }

    fn reason(&self, reason: Reason) -> Option<Range<usize>> {
        self.because.iter().find(|(other, _)| *other == reason).map(|(_, place)| place.clone())
    }

    fn ask(&self, inside: &Decision) -> Option<Range<usize>> {
        (self.decision.ask == inside.ask).then(|| self.ask.clone())
    }

    fn need(&self, inside: &Decision) -> Option<Range<usize>> {
        (self.decision.need == inside.need).then(|| self.need.clone())
    }
}

/// Writes what stands in another place already, or else anew; and says where.
fn copied(out: &mut String, same: Option<Range<usize>>, write: impl FnOnce(&mut String)) -> Range<usize> {
    let start = out.len();
    match same {
        Some(place) => out.extend_from_within(place),
        None => write(out),
    }
    start..out.len()
}

/// Which policy answered.
pub(crate) fn policy(out: &mut String, policy: &Policy, speech: Speech<'_>) {
    out.push_str("{\"name\":");
    string(out, |out| speech.write_plain(out, &policy.name));
    out.push_str(",\"version\":");
    name(out, &policy.version);
    out.push('}');
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use crate::engine::Engine;

    /// What is copied from around it is what it would say by itself.
    #[test]
    fn the_answer_inside_is_written_as_if_it_stood_alone() {
        let (mut inside, mut with_reasons) = (0, 0);
        for pack in ["fashion-shop", "rail", "city-utility", "hotel"] {
            let engine = Engine::read(format!("policies/{pack}").as_ref()).unwrap();
            let policy = engine.policy();
            let names = policy.roles.iter().flat_map(|role| policy.actions.iter().map(move |action| (&role.name, &action.name)));
            let texts = names.flat_map(|(role, action)| {
                ["", r#","amount":"20 EUR""#, r#","amount":"900 EUR""#]
                    .map(|amount| format!(r#"{{"actor":{{"id":"a","role":"{role}"}},"action":"{action}"{amount},"at":"2026-11-21T10:00:00Z"}}"#))
            });
            for request in texts.filter_map(|text| engine.reader().json(&text, Timestamp::UNIX_EPOCH).ok()) {
                let decision = engine.decide(&request);
                let Some(otherwise) = &decision.otherwise else { continue };
                let write = |decision| {
                    let mut out = String::new();
                    crate::answer::write(&mut out, policy, &request.question, decision, request.language);
                    out
                };
                let (whole, alone) = (write(&decision), write(otherwise));
                assert!(whole.ends_with(&format!(",\"otherwise\":{alone}}}")), "{whole}\n{alone}");
                inside += 1;
                with_reasons += usize::from(otherwise.because.iter().any(|reason| decision.because.contains(reason)));
            }
        }
        assert!(inside >= 20 && with_reasons >= 5, "{inside} {with_reasons}");
    }
}
