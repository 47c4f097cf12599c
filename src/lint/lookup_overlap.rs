//! Two rows of a `gives` table that can both hold and give different values.
//!
//! Where the cells test facts against constants, their combinations are the cases. Where they test anything else, the values around every constant are looked at
//! first, then the pieces into which the analysis cuts facts and days; where that meets its bound, `lookup-gap` says so of the same rows.

use super::Subject;
use super::case::{describe, describe_case, noon};
use super::exact::Exact;
use crate::analysis::When;
use crate::decide::Coverage;
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::{ActionId, Lookup, LookupId, LookupRow, RoleId};
use crate::program::LookupValue;
use crate::program::node::Condition;

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (at, (lookup, compiled)) in on.policy.lookups.iter().zip(&on.program.lookups).enumerate() {
        let mut table = Table { lookup, rows: lookup.rows.iter().zip(&compiled.rows).collect(), reported: Vec::new(), found };
        let plain = on.program.samples(on.policy, compiled);
        let is_plain = plain.is_some();
        if let Some(samples) = plain.or_else(|| on.program.representatives_of(on.policy, LookupId::new(at), on.today)) {
            Coverage::at(on.program, &samples, noon(on)).each(|case, holds| {
                let held: Vec<bool> = table.rows.iter().map(|(_, (when, _))| holds(when)).collect();
                table.look(&held, || describe(on.policy, case));
            });
        }
        if !is_plain && table.reported.is_empty() {
            let exact = Exact::new(on, "lookup-overlap");
            let conditions: Vec<&Condition> = compiled.rows.iter().map(|(when, _)| when).collect();
            exact.each((ActionId::new(0), RoleId::new(0)), When::FromToday, &conditions, |seen| {
                let day = on.policy.time_zone.to_datetime(seen.case.question.at).date();
                let on_day = if day == on.today { String::new() } else { format!("on {day}: ") };
                table.look(&seen.held, || on_day.clone() + &describe_case(on.policy, &seen.case));
                true
            });
        }
    }
}

/// A table, and the rows that were reported.
struct Table<'a, 'f> {
    lookup: &'a Lookup,
    rows: Vec<(&'a LookupRow, &'a (Condition, LookupValue))>,
    reported: Vec<&'a LookupRow>,
    found: &'f mut Vec<Diagnostic>,
}

impl Table<'_, '_> {
    /// Reports the first case of each row that meets one before it.
    fn look(&mut self, held: &[bool], case: impl Fn() -> String) {
        let mut holding = self.rows.iter().zip(held).filter(|(_, held)| **held).map(|((row, _), _)| *row);
        let Some(first) = holding.next() else { return };
        for second in holding.filter(|row| row.value.kind != first.value.kind) {
            if self.reported.iter().any(|row| row.span == second.span) {
                continue;
            }
            self.reported.push(second);
            self.found.push(
                Diagnostic::new(Code::LookupOverlap, format!("two rows of `{}` can hold at once and give different values", self.lookup.name))
                    .at(second.span, "this row")
                    .at(first.span, "and this row")
                    .help(format!("both hold in this case: {}", case())),
            );
        }
    }
}
