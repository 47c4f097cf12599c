//! Whether some row of a `gives` table holds in every case.
//!
//! This is exact where every cell tests a fact against constants: they cut the fact's values into pieces, and one value of each piece stands for all. Where a cell
//! tests anything else, or there are too many pieces, the table counts as one that may have gaps.

use std::collections::BTreeMap;

use super::gate::{Choices, Gate};
use super::node::{Atom, Condition, Quantity, Test, TestKind};
use super::{Definition, Lookup, Program};
use crate::decide::Coverage;
use crate::number::{Number, Rounding};
use crate::policy::expr::{Type, Value};
use crate::policy::{ChoiceId, FactId, FactRef, LookupId, Policy};

/// More combinations than this are not looked at.
const MOST_COMBINATIONS: usize = 20_000;

/// The values that stand for all values of a fact; `None` is absent.
pub(crate) type Samples = BTreeMap<FactId, Vec<Option<Value>>>;

impl Program {
    /// The facts that a table tests with a value for each piece; `None` where that does not describe the table.
    pub(crate) fn samples(&self, policy: &Policy, lookup: &Lookup) -> Option<Samples> {
        let conditions: Vec<&Condition> = lookup.rows.iter().map(|(when, _)| when).collect();
        self.samples_of(policy, &conditions)
    }

    /// Whether every combination of samples is held by some row.
    pub(super) fn is_complete(&self, policy: &Policy, lookup: &Lookup) -> bool {
        let Some(samples) = self.samples(policy, lookup) else { return false };
        let rows: Vec<&Condition> = lookup.rows.iter().map(|(when, _)| when).collect();
        Coverage::new(self, &samples).all(|holds| rows.iter().any(|row| holds(row)))
    }

    fn cut(&self, condition: &Condition, samples: &mut Samples) -> Option<()> {
        match condition {
            Condition::Constant(_) => Some(()),
            Condition::And(parts, _) | Condition::Or(parts, _) => parts.iter().try_for_each(|part| self.cut(part, samples)),
            Condition::Not(part, _) => self.cut(part, samples),
            Condition::Definition(id) => match self.definitions.get(id.index())? {
                Definition::Condition(body) => self.cut(body, samples),
                _ => None,
            },
            Condition::Gate(gate, _) => {
                self.cut_gate(*gate, samples);
                Some(())
            }
            Condition::Test(test) => cut_test(test, samples),
        }
    }

    /// Adds the constants that a gate compares its fact with.
    fn cut_gate(&self, gate: Gate, samples: &mut Samples) {
        let values: Vec<Value> = match gate {
            Gate::Flag(..) | Gate::Presence(..) => Vec::new(),
            Gate::Choice(_, first, bits, _) => Choices { first, bits }.ids().map(Value::Choice).collect(),
            Gate::Choices(_, id, _) => self.constants.choices(id).iter().copied().map(Value::Choice).collect(),
            Gate::Includes(_, _, first, bits) => Choices { first, bits }.ids().map(|id| Value::Set(vec![id])).collect(),
            Gate::Text(_, id, _) => self.constants.text(id).map(|text| Value::Text(text.to_owned())).into_iter().collect(),
            Gate::Texts(_, id, _) => self.constants.texts(id).map(|text| Value::Text(text.to_owned())).collect(),
            Gate::Number(_, _, decimals, mantissa) => Number::decimal(mantissa, decimals.into()).map(Value::Quantity).into_iter().collect(),
        };
        samples.entry(gate.fact()).or_default().extend(values.into_iter().map(Some));
    }
}

fn cut_test(test: &Test, samples: &mut Samples) -> Option<()> {
    use Quantity::{Constant, Fact};
    let mut add = |id: &FactId, values: Vec<Value>| samples.entry(*id).or_default().extend(values.into_iter().map(Some));
    match &test.kind {
        TestKind::Flag(id) | TestKind::Present(id) => add(id, Vec::new()),
        TestKind::Compare(Fact(id), _, Constant(cut)) | TestKind::Compare(Constant(cut), _, Fact(id)) => add(id, vec![Value::Quantity(cut.clone())]),
        TestKind::Between(Fact(id), Constant(low), Constant(high)) => add(id, vec![Value::Quantity(low.clone()), Value::Quantity(high.clone())]),
        TestKind::OneOf(Atom::Fact(id), among) => {
            let constant = |atom: &Atom| if let Atom::Constant(value) = atom { Some(value.clone()) } else { None };
            add(id, among.iter().map(constant).collect::<Option<_>>()?);
        }
        TestKind::Includes(Atom::Fact(id), _, choices) => add(id, choices.iter().map(|choice| Value::Set(vec![*choice])).collect()),
        _ => return None,
    }
    Some(())
}

/// From the constants that a fact is tested against to a value for each piece.
fn complete(policy: &Policy, ty: &Type, optional: bool, values: &mut Vec<Option<Value>>) -> Option<()> {
    let known = std::mem::take(values).into_iter().flatten();
    let pieces: Vec<Value> = match ty {
        Type::YesNo => vec![Value::YesNo(true), Value::YesNo(false)],
        Type::OneOf(choices) => choices.iter().map(|choice| Value::Choice(*choice)).collect(),
        Type::SomeOf(_) => subsets(known)?,
        Type::Text => other_text(known.collect()),
        Type::Date => around(known, &Number::ONE, Some(&Number::ONE))?,
        Type::Money => around(known, &Number::ONE, Some(&super::smallest(ty, policy.currency_decimals)))?,
        // Beyond the ends by a whole minute, which can be written.
        Type::Duration => around(known, &Number::from(60), None)?,
        _ => around(known, &Number::ONE, None)?,
    };
    values.extend(pieces.into_iter().map(Some));
    values.sort_by_key(|value| format!("{value:?}"));
    values.dedup();
    if optional {
        values.push(None);
    }
    Some(())
}

/// Each cut, a value between each two, and one that lies so far beyond either end. Where values have a smallest step, two cuts that lie one step apart have nothing between them.
fn around(cuts: impl Iterator<Item = Value>, beyond: &Number, step: Option<&Number>) -> Option<Vec<Value>> {
    let mut cuts: Vec<Number> = cuts.map(|cut| if let Value::Quantity(cut) = cut { Some(cut) } else { None }).collect::<Option<_>>()?;
    cuts.sort();
    cuts.dedup();
    let (Some(first), Some(last)) = (cuts.first(), cuts.last()) else { return Some(vec![Value::Quantity(Number::ZERO)]) };
    let mut values = vec![first.subtract(beyond)?, last.add(beyond)?];
    for (below, above) in cuts.iter().zip(cuts.iter().skip(1)) {
        let middle = below.add(above)?.divide(&Number::from(2))?;
        let middle = match step {
            Some(step) => middle.round(step, Rounding::Down)?,
            None => middle,
        };
        if middle > *below {
            values.push(middle);
        }
    }
    values.extend(cuts);
    Some(values.into_iter().map(Value::Quantity).collect())
}

fn other_text(mut known: Vec<Value>) -> Vec<Value> {
    let is_known = |text: &str| known.iter().any(|value| matches!(value, Value::Text(known) if known == text));
    let mut other = "x".to_owned();
    while is_known(&other) {
        other.push('x');
    }
    known.push(Value::Text(other));
    known
}

/// Every set of the values that are tested for.
fn subsets(tested: impl Iterator<Item = Value>) -> Option<Vec<Value>> {
    let mut choices: Vec<ChoiceId> = tested.flat_map(|value| if let Value::Set(set) = value { set } else { Vec::new() }).collect();
    choices.sort();
    choices.dedup();
    if choices.len() > 10 {
        return None;
    }
    let subset = |mask: u32| choices.iter().enumerate().filter(|(at, _)| mask & (1 << at) != 0).map(|(_, choice)| *choice).collect();
    Some((0..1_u32 << choices.len()).map(|mask| Value::Set(subset(mask))).collect())
}

impl Program {
    /// As [`Self::samples`], of conditions that belong together.
    pub(crate) fn samples_of(&self, policy: &Policy, conditions: &[&Condition]) -> Option<Samples> {
        let mut samples = Samples::new();
        for condition in conditions {
            self.cut(condition, &mut samples)?;
        }
        finish(policy, samples)
    }

    /// Values of some facts worth looking at: those around every constant with which some conditions or a table compare them, dates also around those that lie as
    /// far before `today` as a condition says.
    pub(crate) fn representatives<'c>(
        &self,
        policy: &Policy,
        facts: impl IntoIterator<Item = FactId>,
        conditions: impl IntoIterator<Item = &'c Condition>,
        today: jiff::civil::Date,
    ) -> Samples {
        let today = crate::calendar::days(today);
        let mut found = Samples::new();
        conditions.into_iter().for_each(|condition| self.collect(condition, today, &mut found));
        for (when, _) in self.lookups.iter().flat_map(|lookup| &lookup.rows) {
            self.collect(when, today, &mut found);
        }
        facts
            .into_iter()
            .filter_map(|id| Some((id, policy.facts.get(id.index())?)))
            .map(|(id, fact)| (id, around_cuts(policy, fact, found.remove(&id), today)))
            .collect()
    }

    /// Cuts as far as they can be told; the rest is passed over.
    fn collect(&self, condition: &Condition, today: i64, samples: &mut Samples) {
        match condition {
            Condition::Constant(_) => {}
            Condition::Definition(id) => {
                if let Some(Definition::Condition(body)) = self.definitions.get(id.index()) {
                    self.collect(body, today, samples);
                }
            }
            Condition::And(parts, _) | Condition::Or(parts, _) => parts.iter().for_each(|part| self.collect(part, today, samples)),
            Condition::Not(part, _) => self.collect(part, today, samples),
            Condition::Gate(gate, _) => self.cut_gate(*gate, samples),
            Condition::Test(test) => {
                if let TestKind::Offset(offset) = &test.kind
                    && let (Quantity::Today, Quantity::Fact(id)) = (&offset.subject, &offset.anchor)
                {
                    samples.entry(*id).or_default().extend(self.days_off(today, &offset.steps).map(|day| Some(Value::Quantity(day.into()))));
                }
                if let Some((id, day)) = days_ago(test, today) {
                    samples.entry(id).or_default().push(Some(Value::Quantity(day.into())));
                }
                cut_test(test, samples);
            }
        }
    }

    /// Representatives of every fact that a table reads; `None` where there are too many combinations.
    pub(crate) fn representatives_of(&self, policy: &Policy, id: LookupId, today: jiff::civil::Date) -> Option<Samples> {
        let reads = self.lookup_reads.get(id.index())?;
        let facts = reads.facts.iter().filter_map(|fact| if let FactRef::Fact(id) = fact { Some(*id) } else { None });
        let samples = self.representatives(policy, facts, [], today);
        let combinations = samples.values().try_fold(1_usize, |so_far, values| so_far.checked_mul(values.len().max(1)))?;
        (combinations <= MOST_COMBINATIONS).then_some(samples)
    }

    fn days_off(&self, today: i64, steps: &crate::policy::expr::Steps) -> Option<i64> {
        let calendar = crate::calendar::Calendar { zone: &self.zone, holidays: &self.holidays };
        calendar.shift_date(today, steps.count.to_i64()?.checked_neg()?, steps.unit)
    }
}

/// From the cuts of a fact, if it has any, to values worth looking at.
fn around_cuts(policy: &Policy, fact: &crate::policy::Fact, cuts: Option<Vec<Option<Value>>>, today: i64) -> Vec<Option<Value>> {
    let mut values = cuts.unwrap_or_default();
    if matches!(fact.ty, Type::Date) {
        values.push(Some(Value::Quantity(today.into())));
    }
    if complete(policy, &fact.ty, fact.optional, &mut values).is_none() {
        values.retain(Option::is_some);
    }
    values
}

/// The day that lies as long before today as `today - F` is compared with.
fn days_ago(test: &Test, today: i64) -> Option<(FactId, i64)> {
    let (TestKind::Compare(Quantity::Multiply(pair), _, Quantity::Constant(length))
    | TestKind::Compare(Quantity::Constant(length), _, Quantity::Multiply(pair))) = &test.kind
    else {
        return None;
    };
    let (Quantity::Add(difference), Quantity::Constant(day)) = pair.as_ref() else { return None };
    let (Quantity::Today, Quantity::Negate(fact)) = difference.as_ref() else { return None };
    let Quantity::Fact(id) = fact.as_ref() else { return None };
    Some((*id, today.checked_sub(length.divide(day)?.floor()?)?))
}

/// From the cuts of each fact to a value for each piece; `None` where there are too many combinations.
fn finish(policy: &Policy, mut samples: Samples) -> Option<Samples> {
    for (id, values) in &mut samples {
        let fact = policy.facts.get(id.index())?;
        complete(policy, &fact.ty, fact.optional, values)?;
    }
    let combinations = samples.values().try_fold(1_usize, |so_far, values| so_far.checked_mul(values.len()))?;
    (combinations <= MOST_COMBINATIONS).then_some(samples)
}
