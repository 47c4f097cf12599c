//! Changes at points become changes of ranges: neighbours that changed alike are one.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::Told;
use crate::analysis::{Domain, Extent, Ground, Interval, Source, Var, literal};
use crate::policy::expr::{Type, Value};
use crate::question::Question;

/// An answer that changed, and where.
pub(super) struct Change {
    pub extents: BTreeMap<Var, BTreeSet<Extent>>,
    /// The old and the new.
    pub questions: (Question, Question),
    pub old: Told,
    pub new: Told,
}

impl Change {
    pub fn new(extents: &BTreeMap<Var, Extent>, questions: (Question, Question), old: Told, new: Told) -> Self {
        let extents = extents.iter().map(|(var, extent)| (*var, BTreeSet::from([extent.clone()]))).collect();
        Self { extents, questions, old, new }
    }

    fn is_alike(&self, other: &Self) -> bool {
        let asks = |change: &Self| change.questions.1.amount.is_some();
        self.old.shape == other.old.shape && self.new.shape == other.new.shape && asks(self) == asks(other)
    }
}

/// The changes, as few as can be.
pub(super) fn joined(ground: &Ground<'_>, changes: Vec<Change>) -> Vec<Change> {
    let mut all = changes;
    loop {
        let before = all.len();
        all = once(ground, all);
        if all.len() == before {
            return all;
        }
    }
}

fn once(ground: &Ground<'_>, changes: Vec<Change>) -> Vec<Change> {
    let mut kept: Vec<Change> = Vec::new();
    for mut change in changes {
        let mut at = 0;
        while at < kept.len() {
            let joins = kept.get(at).filter(|other| other.is_alike(&change)).and_then(|other| union(&other.extents, &change.extents));
            match joins {
                Some(extents) => {
                    let earlier = kept.remove(at);
                    change = Change { extents, ..earlier };
                    at = 0;
                }
                None => at += 1,
            }
        }
        change.extents.retain(|var, extents| !is_all(ground, *var, extents));
        kept.push(change);
    }
    kept
}

/// Both together, where they differ in at most one variable or one holds the other.
fn union(one: &BTreeMap<Var, BTreeSet<Extent>>, other: &BTreeMap<Var, BTreeSet<Extent>>) -> Option<BTreeMap<Var, BTreeSet<Extent>>> {
    let within = |inner: &BTreeMap<Var, BTreeSet<Extent>>, outer: &BTreeMap<Var, BTreeSet<Extent>>| {
        outer.iter().all(|(var, extents)| inner.get(var).is_some_and(|inner| inner.is_subset(extents)))
    };
    if within(one, other) {
        return Some(other.clone());
    }
    if within(other, one) {
        return Some(one.clone());
    }
    if one.len() != other.len() || !one.keys().eq(other.keys()) {
        return None;
    }
    let mut different = one.iter().zip(other.values()).filter(|((_, a), b)| a != b).map(|((var, _), b)| (*var, b));
    let (var, more) = different.next()?;
    if different.next().is_some() {
        return None;
    }
    let mut joined = one.clone();
    joined.get_mut(&var)?.extend(more.iter().cloned());
    Some(joined)
}

/// The intervals among extents, neighbours as one.
fn intervals(extents: &BTreeSet<Extent>) -> Vec<Interval> {
    let mut all: Vec<&Interval> =
        extents.iter().filter_map(|extent| if let Extent::Interval(interval) = extent { Some(interval) } else { None }).collect();
    all.sort();
    let mut joined: Vec<Interval> = Vec::new();
    for interval in all {
        match joined.last_mut() {
            // A missing end is infinite.
            Some(last) if last.high.is_none() => {}
            Some(last) if interval.low.as_ref() <= last.high.as_ref() => {
                if interval.high.is_none() || interval.high > last.high {
                    last.high.clone_from(&interval.high);
                }
            }
            _ => joined.push(interval.clone()),
        }
    }
    joined
}

fn choices(extents: &BTreeSet<Extent>) -> BTreeSet<crate::analysis::Choice> {
    extents.iter().flat_map(|extent| if let Extent::Choices(choices) = extent { choices.clone() } else { BTreeSet::new() }).collect()
}

/// Whether nothing is left out.
fn is_all(ground: &Ground<'_>, var: Var, extents: &BTreeSet<Extent>) -> bool {
    let Some(variable) = ground.variable(var) else { return false };
    if variable.optional && !extents.contains(&Extent::Absent) {
        return false;
    }
    match &variable.domain {
        Domain::YesNo => [true, false].into_iter().all(|value| extents.contains(&Extent::YesNo(value))),
        Domain::OneOf(all) => choices(extents) == *all,
        Domain::Quantity(..) => {
            let starts = |interval: &Interval| {
                interval.low.is_none() || (matches!(variable.source, Source::Spent(_)) && interval.low.as_ref().is_some_and(|low| low.at.is_zero()))
            };
            matches!(intervals(extents).as_slice(), [only] if only.high.is_none() && starts(only))
        }
        // A text that nothing compares with is told apart from none.
        Domain::Text => {
            extents.len() == 1 + usize::from(variable.optional)
                && extents.iter().any(|extent| matches!(extent, Extent::OtherText(text) if text == "x" || text == "anna"))
        }
        Domain::SomeOf(_) => false,
    }
}

/// What is said of a variable; `None` where there is nothing to say.
pub(super) fn words(ground: &Ground<'_>, var: Var, extents: &BTreeSet<Extent>) -> Option<String> {
    let variable = ground.variable(var)?;
    let name = if matches!(variable.source, Source::Spent(_)) { format!("spent {}", variable.name) } else { variable.name.clone() };
    let mut parts: Vec<String> = Vec::new();
    let choices = choices(extents);
    if !choices.is_empty() {
        parts.push(format!("is {}", choices.iter().map(|choice| ground.choice_name(*choice)).collect::<Vec<_>>().join(" or ")));
    }
    if let Domain::Quantity(ty, step) = &variable.domain {
        parts.extend(intervals(extents).iter().map(|interval| range(ground, ty, step, interval)));
    }
    let (mut texts, mut other) = (Vec::new(), false);
    for extent in extents {
        match extent {
            Extent::YesNo(true) => return Some(name),
            Extent::YesNo(false) => return Some(format!("not {name}")),
            Extent::Absent => parts.push("is absent".into()),
            Extent::Set(set) if set.is_empty() => parts.push("has none of the values that matter".into()),
            Extent::Set(set) => {
                let names: Vec<&str> = set.iter().map(|choice| ground.choice_name(*choice)).collect();
                parts.push(format!("includes {}", names.join(", ")));
            }
            Extent::Text(text) => texts.push(format!("\"{text}\"")),
            Extent::OtherText(_) => other = true,
            Extent::Choices(_) | Extent::Interval(_) => {}
        }
    }
    if !texts.is_empty() {
        parts.push(format!("is {}", texts.join(" or ")));
    }
    if other {
        parts.push("is any other text".into());
    }
    Some(format!("{name} {}", parts.join(" or ")))
}

fn range(ground: &Ground<'_>, ty: &Type, step: &crate::Number, interval: &Interval) -> String {
    let Some(policy) = ground.sides.last().map(|side| side.policy) else { return String::new() };
    let shown = |number: crate::Number| literal(policy, ty, &Value::Quantity(number));
    let stepped = matches!(ty, Type::Money | Type::Date);
    if stepped {
        return match (interval.first(step), interval.last(step)) {
            (Some(first), Some(last)) if first == last => format!("is {}", shown(first)),
            (Some(first), Some(last)) => format!("{} to {}", shown(first), shown(last)),
            (Some(first), None) => format!("from {}", shown(first)),
            (None, Some(last)) => format!("up to {}", shown(last)),
            (None, None) => "of any size".into(),
        };
    }
    let low = interval.low.as_ref().map(|low| format!("{} {}", if low.after { "above" } else { "from" }, shown(low.at.clone())));
    let high = interval.high.as_ref().map(|high| format!("{} {}", if high.after { "up to" } else { "below" }, shown(high.at.clone())));
    low.into_iter().chain(high).collect::<Vec<_>>().join(" ")
}
