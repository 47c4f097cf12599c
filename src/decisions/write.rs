//! Writes a line straight from a decision, as [`DecisionLine`](super::DecisionLine) reads it. Every question of the service comes through here, so nothing is built that is only written.

use std::cell::RefCell;
use std::fmt::Write as _;

use jiff::Timestamp;

#[cfg(test)]
use super::line::AnswerLine;
use super::line::{QuestionLine, SCHEMA, Shown};
use super::mask::Mask;
use super::sample::Sample;
use crate::answer::json::{figure, list, name, text};
use crate::answer::{parts, plain};
use crate::decide::{ContactKind, Decision, Limit};
use crate::policy::expr::Type;
use crate::policy::{ActionId, Fact, Policy};
use crate::question::{FactState, Provenance, Question};

/// What every line begins with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head<'a> {
    pub kind: &'static str,
    pub time: Timestamp,
    pub request: &'a str,
    pub item: Option<usize>,
    pub caller: &'a str,
    pub policy: &'a str,
    pub micros: u64,
    pub sample: Sample,
    /// The grant by whose approval the caller was told yes.
    pub approval: Option<&'a str>,
}

/// Writes an id that no other line has: that of the thread, and a number.
pub(crate) fn line_id(out: &mut String) {
    thread_local! {
        static THREAD: RefCell<(String, u64)> = RefCell::new((uuid::Uuid::now_v7().to_string(), 0));
    }
    THREAD.with_borrow_mut(|(thread, number)| {
        *number += 1;
        out.push_str(thread);
        out.push('-');
        out.push_str(itoa::Buffer::new().format(*number));
    });
}

/// A moment to the microsecond.
fn moment(out: &mut String, at: Timestamp) {
    // A text takes everything.
    let _ = write!(out, "\"{at:.6}\"");
}

impl Head<'_> {
    /// The fields that every line has, without the closing brace.
    fn write(&self, mask: &Mask, out: &mut String) {
        let mut digits = itoa::Buffer::new();
        out.push_str("{\"schema\":");
        out.push_str(digits.format(SCHEMA));
        out.push_str(",\"kind\":\"");
        out.push_str(self.kind);
        out.push_str("\",\"id\":\"");
        line_id(out);
        out.push_str("\",\"time\":");
        moment(out, self.time);
        out.push_str(",\"request\":");
        text(out, self.request);
        if let Some(item) = self.item {
            out.push_str(",\"item\":");
            out.push_str(digits.format(item));
        }
        out.push_str(",\"caller\":");
        shown(out, &mask.caller(self.caller));
        out.push_str(",\"policy\":");
        name(out, self.policy);
        out.push_str(",\"micros\":");
        out.push_str(digits.format(self.micros));
        if !self.sample.is_all() {
            let _ = write!(out, ",\"sample\":{}", self.sample);
        }
        if let Some(approval) = self.approval {
            out.push_str(",\"approval\":");
            text(out, approval);
        }
    }
}

/// Writes a line about a question and what was decided, with its end.
pub(crate) fn ask(out: &mut String, head: &Head<'_>, policy: &Policy, asked: &Question, decision: &Decision, mask: &Mask) {
    head.write(mask, out);
    out.push_str(",\"question\":");
    question(out, policy, asked, mask);
    out.push_str(",\"answer\":");
    let hides_figures = hides_figures(policy, asked);
    Answered { policy, decision, hides_figures }.write(out);
    out.push_str("}\n");
}

fn shown(out: &mut String, value: &Shown) {
    match value {
        Shown::Clear(clear) => text(out, clear),
        Shown::Private { private } => {
            out.push_str("{\"private\":");
            name(out, private);
            out.push('}');
        }
    }
}

/// Whether quantities of an answer may be computed from a fact that is private. Dates are figures too: the days between two of them are a duration.
pub(crate) fn is_private_figure(fact: &Fact) -> bool {
    let is_figure = matches!(fact.ty, Type::Money | Type::Percent | Type::Number | Type::Duration | Type::Date | Type::Datetime);
    fact.private && is_figure
}

/// Whether quantities of the answer may be computed from what is private: a private fact that is known is a figure itself.
pub(crate) fn hides_figures(policy: &Policy, question: &Question) -> bool {
    policy
        .facts
        .iter()
        .zip(&question.facts)
        .any(|(fact, state)| is_private_figure(fact) && matches!(state, FactState::Known(_, by) if *by != Provenance::Default))
}

/// Writes a question. What only took its default is left out.
pub(crate) fn question(out: &mut String, policy: &Policy, question: &Question, mask: &Mask) {
    let actor = &question.actor;
    out.push_str("{\"actor\":{");
    if let Some(id) = &actor.id {
        out.push_str("\"id\":");
        shown(out, &mask.actor(id));
        out.push(',');
    }
    out.push_str("\"role\":");
    name(out, parts::role_name(policy, actor.role));
    if let Some(team) = &actor.team {
        out.push_str(",\"team\":");
        text(out, team);
    }
    out.push_str("},\"action\":");
    name(out, parts::action_name(policy, question.action));
    if let Some(amount) = &question.amount {
        out.push_str(",\"amount\":");
        figure(out, Some(amount), |out, amount| plain::write_quantity(out, policy, plain::measure(policy, question.action), amount));
    }
    out.push_str(",\"at\":");
    let _ = write!(out, "\"{}\"", question.at);
    facts(out, ",\"facts\":", policy, question, Provenance::Said, mask);
    facts(out, ",\"record\":", policy, question, Provenance::Record, mask);
    spent(out, policy, question);
    out.push('}');
}

fn facts(out: &mut String, before: &str, policy: &Policy, question: &Question, from: Provenance, mask: &Mask) {
    out.push_str(before);
    out.push('{');
    let mut is_first = true;
    for (fact, state) in policy.facts.iter().zip(&question.facts) {
        let (FactState::Absent(by) | FactState::Known(_, by)) = state else { continue };
        if *by != from {
            continue;
        }
        if !std::mem::take(&mut is_first) {
            out.push(',');
        }
        name(out, &fact.name);
        out.push(':');
        let start = out.len();
        match state {
            FactState::Known(value, _) => plain::write_value(out, policy, &fact.ty, value),
            _ => out.push_str("null"),
        }
        if fact.private {
            mask.hide(out, start, &fact.name);
        }
    }
    out.push('}');
}

fn spent(out: &mut String, policy: &Policy, question: &Question) {
    let mut before = ",\"spent\":{";
    for (budget, spent) in policy.budgets.iter().zip(&question.spent).filter(|(_, spent)| !spent.is_zero()) {
        out.push_str(before);
        before = ",";
        name(out, &budget.name);
        out.push(':');
        figure(out, Some(spent), |out, spent| {
            plain::write_quantity(out, policy, plain::budget_measure(policy, &budget.unit, question.action), spent);
        });
    }
    if before == "," {
        out.push('}');
    }
}

/// A question as it stands in a line.
pub(crate) fn question_line(policy: &Policy, asked: &Question, mask: &Mask) -> QuestionLine {
    let mut written = String::new();
    question(&mut written, policy, asked, mask);
    crate::answer::read(&written)
}

/// What is written of an answer: what [`AnswerLine::of`] keeps of one.
struct Answered<'a> {
    policy: &'a Policy,
    decision: &'a Decision,
    hides_figures: bool,
}

impl Answered<'_> {
    fn write(&self, out: &mut String) {
        let Self { policy, decision, hides_figures } = self;
        out.push_str("{\"answer\":\"");
        out.push_str(decision.outcome.word());
        out.push('"');
        let reasons = decision.because.iter().filter_map(|reason| parts::Told::of(policy, *reason));
        list(out, ",\"rules\":", reasons, |out, told| name(out, told.name));
        self.limit(out, ("limit", "limit_unlimited"), decision.action, &decision.limit);
        self.limit(out, ("entitled", "entitled_unlimited"), decision.action, &decision.entitled);
        if *hides_figures {
            out.push_str(",\"figures_private\":true");
        }
        let duties = decision.require.iter().filter_map(|obligation| policy.duties.get(obligation.duty.index()));
        some(out, ",\"require\":", duties, |out, duty| name(out, &duty.name));
        self.charges(out);
        some(out, ",\"ask\":", &decision.ask, |out, contact| {
            out.push_str("{\"role\":");
            name(out, parts::role_name(policy, contact.role));
            out.push_str(match contact.kind {
                ContactKind::Decide => ",\"kind\":\"decide\"}",
                ContactKind::Approve => ",\"kind\":\"approve\"}",
            });
        });
        some(out, ",\"offer\":", &decision.offer, |out, offer| {
            out.push_str("{\"action\":");
            name(out, parts::action_name(policy, offer.action));
            out.push_str(",\"answer\":");
            name(out, offer.outcome.word());
            self.limit(out, ("limit", ""), offer.action, &offer.limit);
            out.push('}');
        });
        some(out, ",\"also_owed\":", &decision.also_owed, |out, owed| {
            out.push_str("{\"action\":");
            name(out, parts::action_name(policy, owed.action));
            out.push_str(",\"rule\":");
            name(out, parts::rule_name(policy, owed.rule));
            out.push('}');
        });
        some(out, ",\"need\":", &decision.need, |out, fact| name(out, parts::ref_name(policy, *fact)));
        some(out, ",\"provisional\":", &decision.provisional, |out, id| name(out, parts::ref_name(policy, crate::policy::FactRef::Fact(*id))));
        if let Some(otherwise) = &decision.otherwise {
            out.push_str(",\"otherwise\":");
            name(out, otherwise.outcome.word());
        }
        out.push('}');
    }

    /// A limit, or the field that says that there is none; nothing where there is neither.
    fn limit(&self, out: &mut String, (field, unlimited): (&str, &str), action: ActionId, limit: &Limit) {
        if self.hides_figures {
            return;
        }
        match limit {
            Limit::Amount(most) => {
                out.push_str(",\"");
                out.push_str(field);
                out.push_str("\":");
                figure(out, Some(most), |out, most| plain::write_quantity(out, self.policy, plain::measure(self.policy, action), most));
            }
            Limit::Unlimited if !unlimited.is_empty() => {
                out.push_str(",\"");
                out.push_str(unlimited);
                out.push_str("\":true");
            }
            Limit::Unlimited | Limit::None => {}
        }
    }

    fn charges(&self, out: &mut String) {
        some(out, ",\"charge\":", &self.decision.charge, |out, charge| {
            let budget = self.policy.budgets.get(charge.budget.index());
            out.push_str("{\"budget\":");
            name(out, budget.map_or("", |budget| &budget.name));
            if let (Some(amount), Some(budget), false) = (&charge.amount, budget, self.hides_figures) {
                out.push_str(",\"amount\":");
                let measure = plain::budget_measure(self.policy, &budget.unit, self.decision.action);
                figure(out, Some(amount), |out, amount| plain::write_quantity(out, self.policy, measure, amount));
            }
            out.push('}');
        });
    }
}

/// Writes a list that holds something.
fn some<T>(out: &mut String, before: &str, items: impl IntoIterator<Item = T>, write: impl FnMut(&mut String, T)) {
    let mut items = items.into_iter().peekable();
    if items.peek().is_some() {
        list(out, before, items, write);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decisions::DecisionLine;
    use crate::engine::Engine;

    fn line(engine: &Engine, question: &Question, decision: &Decision, mask: &Mask) -> (String, DecisionLine) {
        let head = Head {
            kind: "ask",
            time: "2026-11-23T05:00:00.1234567Z".parse().unwrap(),
            request: "r-1",
            item: Some(2),
            caller: "jwt:\"lena\"\n",
            policy: &engine.policy().version,
            micros: 17,
            sample: "0.1".parse().unwrap(),
            approval: None,
        };
        let mut out = String::new();
        ask(&mut out, &head, engine.policy(), question, decision, mask);
        let line = serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}"));
        (out, line)
    }

    /// Holds a line against the answer; the word of the answer.
    fn compare(engine: &Engine, asked: &str, mask: &Mask) -> Option<String> {
        let request = engine.reader().json(asked, Timestamp::UNIX_EPOCH).ok()?;
        let decision = engine.decide(&request);
        let (written, line) = line(engine, &request.question, &decision, mask);
        assert!(written.ends_with("}\n") && written.matches('\n').count() == 1);
        let answer = engine.ask(&request);
        assert_eq!(line.answer, Some(AnswerLine::of(&answer, false)), "{written}");
        let question = line.question.clone().unwrap();
        assert_eq!((&question.action, &question.amount), (&answer.action, &answer.amount));
        assert_eq!((line.item, line.micros, line.request.as_deref()), (Some(2), Some(17), Some("r-1")));
        assert_eq!(line.caller, Some(Shown::Clear("jwt:\"lena\"\n".into())));
        assert_eq!(line.time.to_string(), "2026-11-23T05:00:00.123456Z");
        // What serde writes of what was read is what was written.
        assert_eq!(serde_json::to_value(&line).unwrap(), serde_json::from_str::<serde_json::Value>(&written).unwrap());
        Some(answer.answer)
    }

    #[test]
    fn a_line_says_what_the_answer_says() {
        let mask = Mask::new(Some(&[1; 32]), false);
        let mut seen = std::collections::BTreeSet::new();
        for pack in ["fashion-shop", "rail", "hotel"] {
            let engine = Engine::read(format!("policies/{pack}").as_ref()).unwrap();
            let policy = engine.policy();
            for (role, action) in policy.roles.iter().flat_map(|role| policy.actions.iter().map(move |action| (&role.name, &action.name))) {
                for amount in ["", r#","amount":"20 EUR""#, r#","amount":"900 EUR""#] {
                    let asked =
                        format!(r#"{{"actor":{{"id":"a","role":"{role}","team":"b\"c"}},"action":"{action}"{amount},"at":"2026-11-21T10:00:00Z"}}"#);
                    seen.extend(compare(&engine, &asked, &mask));
                }
            }
        }
        let shop = Engine::read("policies/fashion-shop".as_ref()).unwrap();
        let late = r#"{"actor":{"id":"a","role":"agent"},"action":"refund","amount":"80 EUR","facts":{"reason":"late","customer":{"tags":["vip"]}},
            "record":{"order":{"id":"o-9","total":"120 EUR","delivered_on":"2026-11-01","category":"shoes","delivery_cost":"0 EUR"},"customer":{"id":"c-17","fraud":false}},
            "spent":{"goodwill":"200 EUR","patience":1},"at":"2026-11-21T10:00:00+01:00"}"#;
        seen.extend(compare(&shop, late, &mask));
        for word in ["yes", "up_to", "ask", "no", "need"] {
            assert!(seen.contains(word), "{word} is not among {seen:?}");
        }
    }
}
