//! What cases have in common, and how that is said.

use std::collections::{BTreeMap, BTreeSet};

use super::sets;
use crate::analysis::{Domain, Extent, Ground, Interval, Source, Var, literal};
use crate::policy::expr::{Type, Value};

/// What the variables of one case were narrowed to.
pub(super) type Place = BTreeMap<Var, Extent>;

/// The narrowest ranges that hold several cases.
#[derive(Clone, Debug, Default)]
pub(super) struct Hull {
    extents: Option<BTreeMap<Var, BTreeSet<Extent>>>,
}

impl Hull {
    pub fn add(&mut self, place: &Place) {
        match &mut self.extents {
            None => self.extents = Some(place.iter().map(|(var, extent)| (*var, BTreeSet::from([extent.clone()]))).collect()),
            Some(extents) => {
                // What one of them leaves open is open.
                extents.retain(|var, _| place.contains_key(var));
                for (var, known) in extents {
                    known.extend(place.get(var).cloned());
                }
            }
        }
    }

    pub fn of<'p>(places: impl IntoIterator<Item = &'p Place>) -> Self {
        let mut hull = Self::default();
        places.into_iter().for_each(|place| hull.add(place));
        hull
    }

    /// The variables that are narrowed at all.
    pub fn narrowed<'h>(&'h self, ground: &'h Ground<'_>) -> impl Iterator<Item = (Var, &'h BTreeSet<Extent>)> {
        let all = self.extents.iter().flatten();
        all.filter(|(var, extents)| !is_all(ground, **var, extents)).map(|(var, extents)| (*var, extents))
    }

    /// What a variable was narrowed to.
    pub fn extents(&self, var: Var) -> impl Iterator<Item = &Extent> {
        self.extents.iter().filter_map(move |extents| extents.get(&var)).flatten()
    }

    /// Whether another is as wide for a variable.
    pub fn is_as_wide(&self, other: &Self, ground: &Ground<'_>, var: Var) -> bool {
        let of =
            |hull: &Self| hull.extents.as_ref().and_then(|extents| extents.get(&var)).filter(|extents| !is_all(ground, var, extents)).map(normal);
        of(self) == of(other)
    }

    /// Whether a case lies in it, if only in part.
    pub fn meets(&self, place: &Place) -> bool {
        let meets =
            |(var, extents): (&Var, &BTreeSet<Extent>)| place.get(var).is_none_or(|extent| extents.iter().any(|known| overlap(known, extent)));
        self.extents.iter().flatten().all(meets)
    }
}

/// In a form that is the same where they are, however they were cut.
fn normal(extents: &BTreeSet<Extent>) -> (Vec<Interval>, BTreeSet<crate::analysis::Choice>, BTreeSet<Extent>) {
    let rest = extents.iter().filter(|extent| !matches!(extent, Extent::Interval(_) | Extent::Choices(_))).cloned().collect();
    (intervals(extents), choices(extents), rest)
}

fn overlap(one: &Extent, other: &Extent) -> bool {
    let before = |one: &Interval, other: &Interval| one.high.as_ref().zip(other.low.as_ref()).is_some_and(|(high, low)| high <= low);
    match (one, other) {
        (Extent::Interval(one), Extent::Interval(other)) => !before(one, other) && !before(other, one),
        (Extent::Choices(one), Extent::Choices(other)) => !one.is_disjoint(other),
        _ => one == other,
    }
}

/// The intervals among extents, neighbours as one.
pub(super) fn intervals(extents: &BTreeSet<Extent>) -> Vec<Interval> {
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

pub(super) fn choices(extents: &BTreeSet<Extent>) -> BTreeSet<crate::analysis::Choice> {
    extents.iter().flat_map(|extent| if let Extent::Choices(choices) = extent { choices.clone() } else { BTreeSet::new() }).collect()
}

/// Whether nothing is left out.
pub(super) fn is_all(ground: &Ground<'_>, var: Var, extents: &BTreeSet<Extent>) -> bool {
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

/// What is said of a variable, of which more was looked at; `None` where there is nothing to say.
pub(super) fn words(ground: &Ground<'_>, var: Var, extents: &BTreeSet<Extent>, reached: &Hull) -> Option<String> {
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
            Extent::Text(text) => texts.push(format!("\"{text}\"")),
            Extent::OtherText(_) => other = true,
            Extent::Choices(_) | Extent::Interval(_) | Extent::Set(_) => {}
        }
    }
    let (told, looked_at): (BTreeSet<_>, BTreeSet<_>) =
        (extents.iter().filter_map(as_set).collect(), reached.extents(var).filter_map(as_set).collect());
    if told.len() < looked_at.len() {
        parts.extend(sets::words(&told, &looked_at, |choice| ground.choice_name(*choice).to_owned()));
    } else if !told.is_empty() && !parts.is_empty() {
        parts.push("is given".into());
    }
    if !texts.is_empty() {
        parts.push(format!("is {}", texts.join(" or ")));
    }
    if other {
        parts.push("is any other text".into());
    }
    (!parts.is_empty()).then(|| format!("{name} {}", parts.join(" or ")))
}

fn as_set(extent: &Extent) -> Option<&BTreeSet<crate::analysis::Choice>> {
    if let Extent::Set(set) = extent { Some(set) } else { None }
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
    if let Some(only) = interval.only() {
        return format!("is {}", shown(only.clone()));
    }
    let low = interval.low.as_ref().map(|low| format!("{} {}", if low.after { "above" } else { "from" }, shown(low.at.clone())));
    let high = interval.high.as_ref().map(|high| format!("{} {}", if high.after { "up to" } else { "below" }, shown(high.at.clone())));
    low.into_iter().chain(high).collect::<Vec<_>>().join(" ")
}
