//! A gap between the rows of a table: a value that no row holds for, between values that rows do hold for.

use std::collections::BTreeMap;

use super::Subject;
use super::case::{describe_case, sampled};
use super::exact::{Exact, asked};
use super::idle_rule;
use crate::analysis::{Case, Coverage as Exactness, Datum, Point, Var, Wanted, When};
use crate::decide::{Bound, Coverage, Reading};
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::expr::Value;
use crate::policy::{FactId, Rule};
use crate::program::coverage::Samples;
use crate::program::node::{Condition, Quantity};
use crate::program::{self, Kind};

/// A row with what it compiles to.
pub(super) type Row<'a> = (&'a Rule, &'a program::Rule);

/// The rows of each table of rules, in source order.
pub(super) fn group_rows(on: Subject<'_>) -> Vec<Vec<Row<'_>>> {
    let mut tables: BTreeMap<&str, Vec<Row<'_>>> = BTreeMap::new();
    for row in on.policy.rules.iter().zip(&on.program.rules) {
        if let Some((table, _)) = row.0.name.split_once('[') {
            tables.entry(table).or_default().push(row);
        }
    }
    tables.into_values().collect()
}

/// The quantity of a row where it is a constant.
pub(super) fn quantity_of(rule: &program::Rule) -> Option<Bound> {
    match (rule.quantity.as_deref(), &rule.kind) {
        (Some(Quantity::Constant(number)), _) => Some(Bound::of(&crate::decide::Range::known(number.clone()), Reading::Against)),
        (None, Kind::Prohibition { whole: true, .. }) => Some(Bound::ZERO),
        (None, _) => Some(Bound::Unlimited),
        _ => None,
    }
}

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let exact = Exact::new(on, "row-gap");
    for rows in group_rows(on) {
        let conditions: Vec<&Condition> = rows.iter().map(|(_, compiled)| &compiled.condition).collect();
        let Some((first, _)) = rows.first() else { continue };
        let case = match on.program.samples_of(on.policy, &conditions) {
            Some(samples) => gap(on, &samples, &conditions).map(|case| sampled(on, &case, asked(first))),
            None => match fallen_between(&exact, When::FromToday, first, &conditions) {
                (None, later @ Exactness::GaveUp { .. }) if exact.reads_clock(conditions.iter()) => {
                    let (case, coverage) = fallen_between(&exact, When::Today, first, &conditions);
                    exact.note(first.span, coverage);
                    if case.is_none() && coverage == Exactness::Exact && !meet_apart(on, first, &conditions) {
                        exact.note_days(first.span, later);
                    }
                    case
                }
                (case, coverage) => {
                    exact.note(first.span, coverage);
                    case
                }
            },
        };
        let Some(case) = case else { continue };
        let table = first.name.split('[').next().unwrap_or_default();
        found.push(
            Diagnostic::new(Code::RowGap, format!("no row of `{table}` holds for a value between those of its rows"))
                .at(first.span, "the rows of this table do not meet")
                .help(format!("let the rows meet; this case falls between them: {}", describe_case(on.policy, &case)))
                .case(case.as_test(on.policy, on.program, &format!("between the rows of {table}"))),
        );
    }
    exact.tell(found);
}

/// Whether the rows surely meet apart from what all of them ask for alike, so that only that could tell days apart.
fn meet_apart(on: Subject<'_>, first: &Rule, rows: &[&Condition]) -> bool {
    let parts: Vec<Vec<&Condition>> = rows.iter().map(|row| idle_rule::parts(row)).collect();
    let shared = |part: &Condition| parts.iter().all(|row| row.iter().any(|other| idle_rule::is_same(on, part, other)));
    let own = |row: &Vec<&Condition>| Condition::And(row.iter().filter(|part| !shared(part)).map(|part| (*part).clone()).collect(), first.span);
    let apart: Vec<Condition> = parts.iter().map(own).collect();
    let apart: Vec<&Condition> = apart.iter().collect();
    let exact = Exact::new(on, "row-gap");
    !exact.reads_clock(apart.iter()) && matches!(fallen_between(&exact, When::Today, first, &apart), (None, Exactness::Exact))
}

/// A case that no row holds for, where rows hold for less and for more of one fact, all else being the same.
fn fallen_between<'a>(exact: &Exact<'a>, when: When, first: &Rule, rows: &[&'a Condition]) -> (Option<Case>, Exactness) {
    let mut fallen = Vec::new();
    let mut coverage = exact.each(asked(first), when, rows, |seen| {
        if seen.held.iter().all(|held| !held) {
            fallen.push((seen.case.clone(), seen.point.clone()));
        }
        true
    });
    for (case, point) in fallen {
        for var in exact.analysis().measured_at(&point) {
            let (is_between, further) = is_between(exact, when, first, rows, &point, var);
            coverage = coverage.and(further);
            if is_between {
                return (Some(case), Exactness::Exact);
            }
        }
    }
    (None, coverage)
}

fn is_between<'a>(exact: &Exact<'a>, when: When, first: &Rule, rows: &[&'a Condition], point: &Point, var: Var) -> (bool, Exactness) {
    let mut others = point.clone();
    let Some(Datum::Number(own)) = others.get_mut(var.0).and_then(Option::take) else { return (false, Exactness::Exact) };
    let (mut below, mut above) = (false, false);
    let wanted = Wanted { asked: asked(first), when, hold: rows, fail: &[], known: Some(&others) };
    let coverage = exact.analysis().each_case(wanted, |seen| {
        if let Some(Some(Datum::Number(value))) = seen.point.get(var.0)
            && seen.held.iter().any(|held| *held)
        {
            below |= *value < own;
            above |= *value > own;
        }
        !(below && above)
    });
    (below && above, coverage)
}

/// A combination that no row holds for, though rows hold both below and above it along one fact.
fn gap(on: Subject<'_>, samples: &Samples, rows: &[&Condition]) -> Option<Vec<(FactId, Option<Value>)>> {
    for (id, values) in samples {
        let mut line: Vec<&Value> = values.iter().flatten().filter(|value| matches!(value, Value::Quantity(_))).collect();
        line.sort_by(|a, b| if let (Value::Quantity(a), Value::Quantity(b)) = (a, b) { a.cmp(b) } else { std::cmp::Ordering::Equal });
        if line.len() < 3 {
            continue;
        }
        let others: Samples = samples.iter().filter(|(other, _)| *other != id).map(|(id, values)| (*id, values.clone())).collect();
        let mut fallen = None;
        let beside = Coverage::new(on.program, &others).find_case(|case| {
            let held: Vec<bool> = line.iter().map(|value| holds(on, case, *id, value, rows)).collect();
            let first = held.iter().position(|held| *held);
            let last = held.iter().rposition(|held| *held);
            fallen = first.zip(last).and_then(|(first, last)| (first..last).find(|at| held.get(*at) == Some(&false)));
            fallen.is_some()
        });
        if let (Some(mut case), Some(at)) = (beside, fallen) {
            case.push((*id, line.get(at).map(|value| (*value).clone())));
            return Some(case);
        }
    }
    None
}

fn holds(on: Subject<'_>, case: &[(FactId, Option<Value>)], id: FactId, value: &Value, rows: &[&Condition]) -> bool {
    let mut facts = case.to_vec();
    facts.push((id, Some(value.clone())));
    let question = super::case::question(on, &facts, crate::policy::ActionId::new(0), crate::policy::RoleId::new(0));
    rows.iter().any(|row| on.program.truth(&question, row, crate::decide::Mode::Ask).is_surely_yes())
}
