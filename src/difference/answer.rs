//! An answer in few words, and when two answers are the same.

use crate::analysis::amount;
use crate::decide::{BudgetCharge, Contact, ContactKind, Decision, Limit, Outcome, Reason};
use crate::policy::expr::{Type, Value};
use crate::policy::{BudgetUnit, Policy};
use crate::program::Program;

/// A part of an answer: in few words, and with everything that it carries.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    short: String,
    full: String,
    /// Without figures that come from facts.
    shape: String,
}

/// An answer for people, and what must be equal for two to be the same change.
#[derive(Clone, Debug)]
pub(super) struct Told {
    first: Part,
    /// Who is asked, what is required, charged, offered and advised.
    beside: Vec<Part>,
    is_for_example: bool,
}

impl Told {
    pub fn is_same(&self, other: &Self) -> bool {
        let full = |told: &Self| told.parts().map(|part| part.full.clone()).collect::<Vec<_>>();
        full(self) == full(other)
    }

    fn parts(&self) -> impl Iterator<Item = &Part> {
        std::iter::once(&self.first).chain(&self.beside)
    }

    /// Whether its limit comes from facts.
    pub fn is_computed(&self) -> bool {
        self.is_for_example
    }

    /// Whole, in few words.
    pub fn text(&self) -> String {
        let parts = self.parts().map(|part| part.short.as_str()).filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join("; ")
    }
}

/// Whether two answers differ in more than details.
fn differ_plainly(old: &Told, new: &Told) -> bool {
    old.parts().map(|part| &part.short).ne(new.parts().map(|part| &part.short))
}

/// What is different of two answers; cases in which that is the same are one change.
pub(super) fn change(old: &Told, new: &Told) -> Vec<(usize, String, String)> {
    let is_plain = differ_plainly(old, new);
    let is_different = |(_, (old, new)): &(usize, (&Part, &Part))| if is_plain { old.short != new.short } else { old.full != new.full };
    let pairs = old.parts().zip(new.parts()).enumerate().filter(is_different);
    pairs.map(|(at, (old, new))| (at, old.shape.clone(), new.shape.clone())).collect()
}

/// What is different, in words. Where only details are, they are told.
pub(super) fn both(old: &Told, new: &Told) -> (String, String) {
    let is_plain = differ_plainly(old, new);
    let text = |told: &Told, other: &Told, with_first: bool| {
        let said = |(at, (part, other)): (usize, (&Part, &Part))| {
            let is_different = if is_plain { part.short != other.short } else { part.full != other.full };
            let words = if is_plain || at == 0 { &part.short } else { &part.full };
            (is_different || (with_first && at == 0)).then(|| words.clone()).filter(|words| !words.is_empty())
        };
        let parts: Vec<String> = told.parts().zip(other.parts()).enumerate().filter_map(said).collect();
        parts.join("; ")
    };
    let (mut was, mut is) = (text(old, new, false), text(new, old, false));
    if was.is_empty() || is.is_empty() {
        (was, is) = (text(old, new, true), text(new, old, true));
    }
    let marked = |told: &Told, text: String| if told.is_for_example && !text.is_empty() { format!("for example {text}") } else { text };
    let or_not = |text: String| if text.is_empty() { "nobody to ask".to_owned() } else { text };
    (or_not(marked(old, was)), or_not(marked(new, is)))
}

pub(super) fn told(policy: &Policy, program: &Program, decision: &Decision) -> Told {
    let measure = policy.action(decision.action).and_then(|action| action.measure.as_ref());
    let limit = match &decision.limit {
        Limit::None => None,
        Limit::Unlimited => Some("without limit".to_owned()),
        Limit::Amount(number) => Some(format!("up to {}", amount(policy, measure, number))),
    };
    let word = match decision.outcome {
        Outcome::UpTo => "part".to_owned(),
        other => other.word().to_owned(),
    };
    let is_computed = is_computed(program, decision);
    let first = match (&decision.outcome, &limit) {
        // Who is asked is told beside it.
        (Outcome::Ask, _) => String::new(),
        (Outcome::Yes | Outcome::UpTo, Some(limit)) if decision.amount.is_none() || decision.outcome == Outcome::UpTo => limit.clone(),
        (Outcome::Owed, Some(limit)) if decision.amount.is_none() => format!("owed {limit}"),
        _ => word.clone(),
    };
    let figure = if is_computed { by(policy, decision) } else { first.clone() };
    let is_for_example = is_computed && limit.is_some() && first != word && !first.is_empty();
    let first = Part { full: format!("{word} {first}"), short: first, shape: format!("{word} {figure}") };
    Told { first, beside: beside(policy, decision, is_computed), is_for_example }
}

/// Whether the limit comes from a rule that computes it.
fn is_computed(program: &Program, decision: &Decision) -> bool {
    if !matches!(decision.limit, Limit::Amount(_)) {
        return false;
    }
    let computes = |reason: &Reason| matches!(reason, Reason::Rule(id) if program.rule(*id).is_some_and(|rule| rule.fixed.is_none()));
    decision.because.iter().any(computes)
}

fn by(policy: &Policy, decision: &Decision) -> String {
    let name = |reason: &Reason| match reason {
        Reason::Rule(id) => policy.rule(*id).map(|rule| rule.name.as_ref()),
        Reason::Fallback(_) => None,
    };
    decision.because.iter().filter_map(name).collect::<Vec<_>>().join(", ")
}

fn list(word: &str, parts: Vec<Part>) -> Part {
    let all = |of: fn(&Part) -> &String| match parts.as_slice() {
        [] => String::new(),
        parts => format!("{word} {}", parts.iter().map(|part| of(part).as_str()).collect::<Vec<_>>().join(", ")),
    };
    Part { short: all(|part| &part.short), full: all(|part| &part.full), shape: all(|part| &part.shape) }
}

fn plain(text: String) -> Part {
    Part { full: text.clone(), shape: text.clone(), short: text }
}

/// Who is asked, what is required, charged, offered and advised; each is there, if only empty.
fn beside(policy: &Policy, decision: &Decision, is_computed: bool) -> Vec<Part> {
    let required = decision.require.iter().filter_map(|it| Some(plain(policy.duties.get(it.duty.index())?.name.clone())));
    let advice = match decision.advice.len() {
        0 => String::new(),
        1 => "with advice".into(),
        more => format!("with {more} pieces of advice"),
    };
    vec![
        list("ask", decision.ask.iter().map(|it| contact(policy, it)).collect()),
        list("require", required.collect()),
        list("charge", decision.charge.iter().filter_map(|it| charged(policy, it, is_computed)).collect()),
        list("offer", decision.offer.iter().filter_map(|it| offered(policy, it)).collect()),
        plain(advice),
        entitled(policy, decision),
    ]
}

/// What is owed of it anyway is told where nothing else tells two answers apart.
fn entitled(policy: &Policy, decision: &Decision) -> Part {
    let measure = policy.action(decision.action).and_then(|action| action.measure.as_ref());
    let full = match &decision.entitled {
        Limit::None => String::new(),
        Limit::Unlimited => "of which all is owed".into(),
        Limit::Amount(most) => format!("of which up to {} is owed", amount(policy, measure, most)),
    };
    Part { short: String::new(), shape: if full.is_empty() { String::new() } else { "owed".into() }, full }
}

fn contact(policy: &Policy, it: &Contact) -> Part {
    let role = |id| policy.role(id).map_or("", |role| role.name.as_str());
    let kind = if it.kind == ContactKind::Approve { " to approve" } else { "" };
    let other = if it.another_person { " (another person)" } else { "" };
    let with: Vec<&str> = it.approved_by.iter().map(|id| role(*id)).collect();
    let with = if with.is_empty() { String::new() } else { format!(" with {}", with.join(" and ")) };
    let short = format!("{}{kind}{other}{with}", role(it.role));
    let within = it.within.as_ref().map_or_else(String::new, |steps| {
        let unit = format!("{:?}", steps.unit).to_lowercase();
        let unit = if unit.starts_with("working") { "working day".to_owned() } else { unit };
        format!(" within {} {unit}{}", steps.count, if steps.count == crate::Number::ONE { "" } else { "s" })
    });
    let full = format!("{short}{within}");
    Part { shape: full.clone(), full, short }
}

/// A charge; in full with what there is of the budget.
fn charged(policy: &Policy, it: &BudgetCharge, is_computed: bool) -> Option<Part> {
    let budget = policy.budgets.get(it.budget.index())?;
    let unit = match &budget.unit {
        BudgetUnit::Quantity(ty) => ty.clone(),
        _ => Type::Number,
    };
    let shown = |number: &crate::Number| crate::analysis::literal(policy, &unit, &Value::Quantity(number.clone()));
    let amount = it.amount.as_ref().map(|amount| format!(" by {}", shown(amount))).unwrap_or_default();
    let of = it.of.as_ref().map(|of| format!(" of {}", shown(of))).unwrap_or_default();
    let resets = it.resets.map(|day| format!(" until {day}")).unwrap_or_default();
    let short = budget.name.clone();
    let full = format!("{short}{amount}{of}{resets}");
    let shape = if is_computed { format!("{short}{of}{resets}") } else { full.clone() };
    Some(Part { short, full, shape })
}

fn offered(policy: &Policy, it: &crate::decide::Alternative) -> Option<Part> {
    let action = policy.action(it.action)?;
    let most = if let Limit::Amount(most) = &it.limit { format!(" up to {}", amount(policy, action.measure.as_ref(), most)) } else { String::new() };
    let asks = if it.outcome == Outcome::Ask { " by asking" } else { "" };
    Some(plain(format!("{}{most}{asks}", action.name)))
}
