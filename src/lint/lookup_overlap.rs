//! Two rows of a `gives` table that can both hold and give different values.
//!
//! Where the cells test facts against constants this is exact. Where they test anything else, the values around every constant are looked at; what is found there is
//! a case all the same.

use super::Subject;
use super::case::{describe, noon};
use crate::decide::Coverage;
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::{Lookup, LookupId, LookupRow};
use crate::program;
use crate::program::coverage::Samples;

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (at, (lookup, compiled)) in on.policy.lookups.iter().zip(&on.program.lookups).enumerate() {
        let exact = on.program.samples(on.policy, compiled);
        let Some(samples) = exact.or_else(|| on.program.representatives_of(on.policy, LookupId::new(at), on.today)) else { continue };
        check_table(on, lookup, compiled, &samples, found);
    }
}

/// Reports the first case of each row that meets one before it.
fn check_table(on: Subject<'_>, lookup: &Lookup, compiled: &program::Lookup, samples: &Samples, found: &mut Vec<Diagnostic>) {
    let rows: Vec<_> = lookup.rows.iter().zip(&compiled.rows).collect();
    let mut reported: Vec<&LookupRow> = Vec::new();
    let coverage = Coverage::at(on.program, samples, noon(on));
    coverage.each(|case, holds| {
        let holding: Vec<&LookupRow> = rows.iter().filter(|(_, (when, _))| holds(when)).map(|(row, _)| *row).collect();
        let Some(first) = holding.first() else { return };
        for second in holding.iter().filter(|row| row.value.kind != first.value.kind) {
            if reported.iter().any(|row| row.span == second.span) {
                continue;
            }
            reported.push(second);
            found.push(
                Diagnostic::new(Code::LookupOverlap, format!("two rows of `{}` can hold at once and give different values", lookup.name))
                    .at(second.span, "this row")
                    .at(first.span, "and this row")
                    .help(format!("both hold in this case: {}", describe(on.policy, case))),
            );
        }
    });
}
