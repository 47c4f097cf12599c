//! A case that no row of a `gives` table holds for.

use super::Subject;
use super::case::describe;
use crate::decide::Coverage;
use crate::diagnostic::{Code, Diagnostic};

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (lookup, compiled) in on.policy.lookups.iter().zip(&on.program.lookups) {
        let Some(samples) = on.program.samples(on.policy, compiled) else { continue };
        let coverage = Coverage::new(on.program, &samples);
        let Some(case) = coverage.find(|holds| !compiled.rows.iter().any(|(when, _)| holds(when))) else { continue };
        found.push(
            Diagnostic::new(Code::LookupGap, format!("`{}` has no value for every case", lookup.name))
                .at(lookup.span, "no row holds there, so the value is undefined and counts against the asker")
                .help(format!("add a row for this case: {}", describe(on.policy, &case))),
        );
    }
}
