//! An answer in few words, and when two answers are the same.

use crate::analysis::{amount, literal};
use crate::decide::{Bound, BudgetCharge, Contact, ContactKind, Decision, Limit, Outcome, Reason};
use crate::outline::in_words;
use crate::policy::expr::{Type, Value};
use crate::policy::{BudgetUnit, Policy};
use crate::program::Program;

/// Something that an answer names, with details: each as it is told, and without figures that come from facts. Two are equal that are told alike.
#[derive(Clone, Debug, Default)]
struct Item {
    name: String,
    shape: String,
    details: Vec<(String, String)>,
}

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        let told = |(text, _): &'_ (String, String)| text.clone();
        self.name == other.name && self.details.iter().map(told).eq(other.details.iter().map(told))
    }
}

/// A part of an answer: a word and what it is about.
#[derive(Clone, Debug)]
struct Part {
    word: &'static str,
    items: Vec<Item>,
}

impl Item {
    fn plain(name: String) -> Self {
        Self { shape: name.clone(), name, details: Vec::new() }
    }

    /// With the details in which another part has it otherwise.
    fn beside<'i>(&'i self, other: &'i Part) -> impl Iterator<Item = &'i (String, String)> {
        let same = other.items.iter().find(|it| it.name == self.name);
        let is_other = move |at: usize, text: &str| same.and_then(|same| same.details.get(at)).is_none_or(|(known, _)| known != text);
        self.details.iter().enumerate().filter(move |(at, (text, _))| is_other(*at, text)).map(|(_, it)| it)
    }
}

impl Part {
    fn names(&self) -> impl Iterator<Item = &String> {
        self.items.iter().map(|item| &item.name)
    }

    fn text(&self) -> String {
        self.with(&self.names().cloned().collect::<Vec<_>>())
    }

    fn with(&self, items: &[String]) -> String {
        let items = items.join(", ");
        [self.word, &items].into_iter().filter(|text| !items.is_empty() && !text.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// Only what another one has otherwise in its details.
    fn details(&self, other: &Self, of: fn(&(String, String)) -> &String) -> Vec<String> {
        let told = |item: &Item| {
            let details: Vec<&str> = item.beside(other).map(|detail| of(detail).as_str()).collect();
            (!details.is_empty()).then(|| format!("{}{}", item.name, details.concat()).trim_start().to_owned())
        };
        self.items.iter().filter_map(told).collect()
    }
}

/// An answer for people, and what must be equal for two to be the same change.
#[derive(Clone, Debug)]
pub(super) struct Told {
    /// The answer, then who is asked, what is required, charged, offered and advised.
    parts: Vec<Part>,
    is_for_example: bool,
}

impl Told {
    pub fn is_same(&self, other: &Self) -> bool {
        self.parts.iter().map(|part| &part.items).eq(other.parts.iter().map(|part| &part.items))
    }

    /// Whether its limit comes from facts.
    pub fn is_computed(&self) -> bool {
        self.is_for_example
    }

    /// Whole, in few words.
    pub fn text(&self) -> String {
        self.parts.iter().map(Part::text).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ")
    }
}

/// Whether two answers differ in more than details.
fn differ_plainly(old: &Told, new: &Told) -> bool {
    old.parts.iter().zip(&new.parts).any(|(old, new)| old.names().ne(new.names()))
}

/// What is different of two answers; cases in which that is the same are one change.
pub(super) fn change(old: &Told, new: &Told) -> Vec<(usize, String, String)> {
    let is_plain = differ_plainly(old, new);
    let shape = |part: &Part| part.items.iter().map(|item| item.shape.as_str()).collect::<Vec<_>>().join(", ");
    let key = |part: &Part, other: &Part| {
        if is_plain { shape(part) } else { part.details(other, |(_, shape)| shape).join(", ") }
    };
    let pairs = old.parts.iter().zip(&new.parts).enumerate();
    let differing = pairs.filter(|(_, (old, new))| if is_plain { old.names().ne(new.names()) } else { old.items != new.items });
    differing.map(|(at, (old, new))| (at, key(old, new), key(new, old))).collect()
}

/// The answer, who is asked, what is required and what is charged: the first parts of what is told.
const MAIN_PARTS: usize = 4;

/// Whether two answers differ only in what is offered and advised, or in what is owed anyway.
pub(super) fn is_aside(old: &Told, new: &Told) -> bool {
    old.parts.iter().zip(&new.parts).take(MAIN_PARTS).all(|(old, new)| old.items == new.items)
}

/// What is different, in words. Where only details are, they are told.
pub(super) fn both(old: &Told, new: &Told) -> (String, String) {
    let is_plain = differ_plainly(old, new);
    let said = |(at, part, other): (usize, &Part, &Part), with_first: bool| {
        let details = part.details(other, |(text, _)| text);
        if is_plain && part.names().ne(other.names()) {
            part.text()
        } else if !is_plain && !details.is_empty() {
            part.with(&details)
        } else if with_first && at == 0 {
            part.text()
        } else {
            String::new()
        }
    };
    let text = |told: &Told, other: &Told, with_first: bool| {
        let parts = told.parts.iter().zip(&other.parts).enumerate().map(|(at, (part, other))| said((at, part, other), with_first));
        parts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ")
    };
    let (mut was, mut is) = (text(old, new, false), text(new, old, false));
    if was.is_empty() || is.is_empty() {
        (was, is) = (text(old, new, true), text(new, old, true));
    }
    // What nothing is left to be said of is told whole: who is asked still, or nobody.
    if was.is_empty() || is.is_empty() {
        (was, is) = (old.text(), new.text());
    }
    let is_figure = is_plain && old.parts.first().map(Part::text) != new.parts.first().map(Part::text);
    let marked = |told: &Told, text: String| match text.as_str() {
        "" => "nobody to ask".to_owned(),
        _ if is_figure && told.is_for_example => format!("for example {text}"),
        _ => text,
    };
    (marked(old, was), marked(new, is))
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
    let is_for_example = is_computed && limit.is_some() && first != word && !first.is_empty();
    let figure = if is_for_example { by(policy, decision) } else { first.clone() };
    let first = Item { shape: format!("{word} {figure}"), details: vec![(String::new(), word)], name: first };
    let mut parts = vec![Part { word: "", items: vec![first] }];
    parts.extend(beside(policy, decision, is_computed));
    Told { parts, is_for_example }
}

/// Whether the limit comes from a rule that computes it, or from what is left of a budget.
fn is_computed(program: &Program, decision: &Decision) -> bool {
    if !matches!(decision.limit, Limit::Amount(_)) {
        return false;
    }
    let fixed = |reason: &Reason| match reason {
        Reason::Rule(id) => program.rule(*id).and_then(|rule| rule.fixed.as_ref()),
        Reason::Fallback(_) => None,
    };
    let rules = decision.because.iter().filter(|reason| matches!(reason, Reason::Rule(_)));
    let computes = rules.clone().any(|reason| fixed(reason).is_none());
    let is_own = |reason: &Reason| fixed(reason).is_some_and(|bound| as_limit(bound) == decision.limit);
    computes || (!decision.charge.is_empty() && !decision.because.iter().any(is_own))
}

fn as_limit(bound: &Bound) -> Limit {
    match bound {
        Bound::Finite(most) => Limit::Amount(most.clone()),
        Bound::Unlimited => Limit::Unlimited,
    }
}

fn by(policy: &Policy, decision: &Decision) -> String {
    let name = |reason: &Reason| match reason {
        Reason::Rule(id) => policy.rule(*id).map(|rule| rule.name.as_ref()),
        Reason::Fallback(_) => None,
    };
    decision.because.iter().filter_map(name).collect::<Vec<_>>().join(", ")
}

/// Who is asked, what is required, charged, offered and advised; each is there, if only empty.
fn beside(policy: &Policy, decision: &Decision, is_computed: bool) -> Vec<Part> {
    let required = decision.require.iter().filter_map(|it| Some(Item::plain(policy.duty(it.duty)?.name.clone())));
    let advice = match decision.advice.len() {
        0 => None,
        1 => Some("with advice".to_owned()),
        more => Some(format!("with {more} pieces of advice")),
    };
    vec![
        Part { word: "ask", items: decision.ask.iter().map(|it| contact(policy, it)).collect() },
        Part { word: "require", items: required.collect() },
        Part { word: "charge", items: decision.charge.iter().filter_map(|it| charged(policy, it, is_computed)).collect() },
        Part { word: "offer", items: decision.offer.iter().filter_map(|it| offered(policy, it)).collect() },
        Part { word: "", items: advice.map(Item::plain).into_iter().collect() },
        Part { word: "", items: vec![entitled(policy, decision)] },
    ]
}

/// What is owed of it anyway is told where nothing else tells two answers apart.
fn entitled(policy: &Policy, decision: &Decision) -> Item {
    let measure = policy.action(decision.action).and_then(|action| action.measure.as_ref());
    let detail = match &decision.entitled {
        Limit::None => ("of which nothing is owed".to_owned(), String::new()),
        Limit::Unlimited => ("of which all is owed".to_owned(), "all".to_owned()),
        Limit::Amount(most) => (format!("of which up to {} is owed", amount(policy, measure, most)), "some".to_owned()),
    };
    Item { details: vec![detail], ..Item::default() }
}

fn contact(policy: &Policy, it: &Contact) -> Item {
    let role = |id| policy.role(id).map_or("", |role| role.name.as_str());
    let kind = if it.kind == ContactKind::Approve { " to approve" } else { "" };
    let other = if it.another_person { " (another person)" } else { "" };
    let with: Vec<&str> = it.approved_by.iter().map(|id| role(*id)).collect();
    let with = if with.is_empty() { String::new() } else { format!(" with {}", with.join(" and ")) };
    let within = it.within.as_ref().map_or_else(String::new, |steps| format!(" within {}", in_words(steps)));
    Item { details: vec![(within.clone(), within)], ..Item::plain(format!("{}{kind}{other}{with}", role(it.role))) }
}

/// A charge; its details are how much, of how much, and until when that counts.
fn charged(policy: &Policy, it: &BudgetCharge, is_computed: bool) -> Option<Item> {
    let budget = policy.budget(it.budget)?;
    let unit = match &budget.unit {
        BudgetUnit::Quantity(ty) => ty.clone(),
        _ => Type::Number,
    };
    let shown = |number: &crate::Number| literal(policy, &unit, &Value::Quantity(number.clone()));
    let by = it.amount.as_ref().map(|amount| format!(" by {}", shown(amount))).unwrap_or_default();
    let of = it.of.as_ref().map(|of| format!(" of {}", shown(of))).unwrap_or_default();
    let until = it.resets.map(|day| format!(" until {day}")).unwrap_or_default();
    let by = (by.clone(), if is_computed { String::new() } else { by });
    Some(Item { details: vec![by, (of.clone(), of), (until.clone(), until)], ..Item::plain(budget.name.clone()) })
}

fn offered(policy: &Policy, it: &crate::decide::Alternative) -> Option<Item> {
    let action = policy.action(it.action)?;
    let most = if let Limit::Amount(most) = &it.limit { format!(" up to {}", amount(policy, action.measure.as_ref(), most)) } else { String::new() };
    let asks = if it.outcome == Outcome::Ask { " by asking" } else { "" };
    Some(Item::plain(format!("{}{most}{asks}", action.name)))
}
