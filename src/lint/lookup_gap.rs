//! A case that no row of a `gives` table holds for.

use super::Subject;
use super::case::{describe_part, sampled};
use super::exact::{Exact, asked};
use crate::analysis::{Case, Coverage as Exactness, Wanted, When};
use crate::decide::Coverage;
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::{ActionId, FactRef, Lookup, RoleId, Rule};
use crate::program;
use crate::program::node::{Condition, Reads};

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let exact = Exact::new(on, "lookup-gap");
    for (lookup, compiled) in on.policy.lookups.iter().zip(&on.program.lookups) {
        let Some(case) = gap(on, &exact, lookup, compiled) else { continue };
        let mut reads = Reads::default();
        compiled.rows.iter().for_each(|(when, _)| when.reads(&on.program.named(), &mut reads));
        found.push(
            Diagnostic::new(Code::LookupGap, format!("`{}` has no value for every case", lookup.name))
                .at(lookup.span, "no row holds there, so the value is undefined and counts against the asker")
                .help(format!("add a row for this case: {}", describe_part(on.policy, &case, |id| reads.facts.contains(&FactRef::Fact(id)))))
                .case(case.as_test(on.policy, on.program, &format!("{} has no value here", lookup.name))),
        );
    }
    exact.tell(found);
}

fn gap<'a>(on: Subject<'a>, exact: &Exact<'a>, lookup: &Lookup, compiled: &'a program::Lookup) -> Option<Case> {
    let rows: Vec<&'a Condition> = compiled.rows.iter().map(|(when, _)| when).collect();
    let user = user_of(on, lookup);
    let asked = user.map_or((ActionId::new(0), RoleId::new(0)), |(rule, _)| asked(rule));
    let mut known = None;
    if let Some(samples) = on.program.samples(on.policy, compiled) {
        let case = Coverage::new(on.program, &samples).find(|holds| !compiled.rows.iter().any(|(when, _)| holds(when)))?;
        known = Some(sampled(on, &case, asked));
    }
    // One in which the value is looked for tells more.
    if let Some((_, user)) = user
        && let Some(case) = exact.find_telling(asked, &[&user.condition], &rows).case
    {
        return Some(case);
    }
    if known.is_some() {
        return known;
    }
    let wanted = Wanted { asked, when: When::FromToday, hold: &[], fail: &rows, known: None };
    let mut gap = exact.analysis().find(wanted);
    // Where days cannot be cut, today counts.
    if gap.case.is_none() && gap.coverage != Exactness::Exact && exact.reads_clock(rows.iter()) {
        let later = gap.coverage;
        gap = exact.analysis().find(Wanted { when: When::Today, ..wanted });
        if gap.case.is_none() && gap.coverage == Exactness::Exact {
            exact.note_days(lookup.span, later);
        }
    }
    if gap.case.is_none() {
        exact.note(lookup.span, gap.coverage);
    }
    gap.case
}

/// A rule that reads the table, also through a definition or another table.
fn user_of<'a>(on: Subject<'a>, lookup: &Lookup) -> Option<(&'a Rule, &'a program::Rule)> {
    let others = on.policy.definitions.iter().map(|definition| (&definition.name, definition.span));
    let others: Vec<_> = others.chain(on.policy.lookups.iter().map(|other| (&other.name, other.span))).collect();
    let mut names = vec![lookup.name.as_str()];
    let mut next = 0;
    while let Some(name) = names.get(next).copied() {
        let reading = others.iter().filter(|(_, place)| on.texts.items.at(*place).is_some_and(|item| item.mentions(name)));
        let new: Vec<&str> = reading.map(|(other, _)| other.as_str()).filter(|other| !names.contains(other)).collect();
        names.extend(new);
        next += 1;
    }
    let reads = |rule: &Rule| on.texts.items.at(rule.span).is_some_and(|item| names.iter().any(|name| item.mentions(name)));
    on.policy.rules.iter().zip(&on.program.rules).find(|(rule, _)| reads(rule))
}
