//! A case that no row of a `gives` table holds for.

use super::Subject;
use super::case::{describe_case, sampled};
use super::exact::{Exact, asked};
use crate::analysis::{Case, Coverage as Exactness, Wanted, When};
use crate::decide::Coverage;
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::{ActionId, Lookup, RoleId};
use crate::program;
use crate::program::node::{Condition, Reads};

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let exact = Exact::new(on, "lookup-gap");
    for (lookup, compiled) in on.policy.lookups.iter().zip(&on.program.lookups) {
        let Some(case) = gap(on, &exact, lookup, compiled) else { continue };
        found.push(
            Diagnostic::new(Code::LookupGap, format!("`{}` has no value for every case", lookup.name))
                .at(lookup.span, "no row holds there, so the value is undefined and counts against the asker")
                .help(format!("add a row for this case: {}", describe_case(on.policy, &case)))
                .case(case.as_test(on.policy, on.program, &format!("{} has no value here", lookup.name))),
        );
    }
    exact.tell(found);
}

fn gap<'a>(on: Subject<'a>, exact: &Exact<'a>, lookup: &Lookup, compiled: &'a program::Lookup) -> Option<Case> {
    let asked = user_of(on, compiled);
    if let Some(samples) = on.program.samples(on.policy, compiled) {
        let case = Coverage::new(on.program, &samples).find(|holds| !compiled.rows.iter().any(|(when, _)| holds(when)))?;
        return Some(sampled(on, &case, asked));
    }
    let rows: Vec<&'a Condition> = compiled.rows.iter().map(|(when, _)| when).collect();
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

/// Somebody who asks for something of which a rule reads what the table reads.
fn user_of(on: Subject<'_>, compiled: &program::Lookup) -> (ActionId, RoleId) {
    let mut reads = Reads::default();
    compiled.rows.iter().for_each(|(when, _)| when.reads(&on.program.named(), &mut reads));
    let all = on.policy.rules.iter().zip(&on.program.rules);
    let mut using = all.filter(|(_, rule)| !reads.facts.is_empty() && reads.facts.iter().all(|fact| rule.reads.facts.contains(fact)));
    using.next().or_else(|| on.policy.rules.iter().zip(&on.program.rules).next()).map_or((ActionId::new(0), RoleId::new(0)), |(rule, _)| asked(rule))
}
