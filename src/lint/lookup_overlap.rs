//! Two rows of a `gives` table that can both hold and give different values.

use super::Subject;
use super::case::describe;
use crate::decide::Coverage;
use crate::diagnostic::{Code, Diagnostic};

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (lookup, compiled) in on.policy.lookups.iter().zip(&on.program.lookups) {
        let Some(samples) = on.program.samples(on.policy, compiled) else { continue };
        let coverage = Coverage::new(on.program, &samples);
        let rows: Vec<_> = lookup.rows.iter().zip(&compiled.rows).collect();
        for (at, (first, (first_when, _))) in rows.iter().enumerate() {
            for (second, (second_when, _)) in rows.iter().skip(at + 1).filter(|(second, _)| second.value.kind != first.value.kind) {
                let Some(case) = coverage.find(|holds| holds(first_when) && holds(second_when)) else { continue };
                found.push(
                    Diagnostic::new(Code::LookupOverlap, format!("two rows of `{}` can hold at once and give different values", lookup.name))
                        .at(second.span, "this row")
                        .at(first.span, "and this row")
                        .help(format!("both hold in this case: {}", describe(on.policy, &case))),
                );
            }
        }
    }
}
