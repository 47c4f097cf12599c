//! Optional facts: each is read only where it is known to be present.
//!
//! A condition that holds makes sure that some facts are present; one that does not hold makes sure of others. What stands to the right in an `and` is
//! read only where the left side holds, what stands to the right in an `or` only where it does not.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic};
use crate::policy::FactId;
use crate::policy::expr::{Expr, ExprKind};
use crate::source::Span;

use super::Checker;

/// Facts that are present.
pub(super) type Present = BTreeSet<FactId>;

/// Where an expression stands, which decides how a missing guard is mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The condition of a rule.
    Condition,
    /// A part of a rule that its `when` guards.
    Guarded,
    /// A cell of a table of rules, which the `when` under its head guards.
    Cell,
    /// A value of a `gives` table.
    LookupValue,
    /// A definition, which guards itself.
    Definition,
    /// The condition of a clause or a promise.
    Clause,
}

impl Checker<'_> {
    /// Reports every optional fact that may be absent where it is read, and says which are present where the expression holds.
    pub(super) fn guarded(&mut self, expr: &Expr, present: &Present, place: Place) -> Present {
        // The size of a definition was looked at before.
        if place != Place::Definition && self.bounded_expr(expr).is_err() {
            return present.clone();
        }
        let mut unguarded = Vec::new();
        self.find_unguarded(expr, present, &mut unguarded);
        let mut seen = BTreeSet::new();
        for (fact, span) in unguarded {
            if seen.insert(fact) {
                self.unguarded(fact, span, place);
            }
        }
        self.present_if(expr, true).union(present).copied().collect()
    }

    fn find_unguarded(&self, expr: &Expr, present: &Present, found: &mut Vec<(FactId, Span)>) {
        match &expr.kind {
            ExprKind::Fact(id) => {
                if self.fact_shape(*id).is_some_and(|shape| shape.optional) && !present.contains(id) {
                    found.push((*id, expr.span));
                }
            }
            ExprKind::And(parts) => self.find_in_sequence(parts, true, present, found),
            ExprKind::Or(parts) => self.find_in_sequence(parts, false, present, found),
            _ => expr.children().into_iter().for_each(|child| self.find_unguarded(child, present, found)),
        }
    }

    /// The next part is read only where the ones before it came out as `holds`.
    fn find_in_sequence(&self, parts: &[Expr], holds: bool, present: &Present, found: &mut Vec<(FactId, Span)>) {
        let mut present = present.clone();
        for part in parts {
            self.find_unguarded(part, &present, found);
            present.extend(self.present_if(part, holds));
        }
    }

    /// What is present where a condition holds, or where it does not.
    pub(super) fn present_if(&self, expr: &Expr, holds: bool) -> Present {
        match &expr.kind {
            ExprKind::Present(id) if holds => Present::from([*id]),
            ExprKind::Not(inner) => self.present_if(inner, !holds),
            ExprKind::And(parts) => self.combine(parts, holds, holds),
            ExprKind::Or(parts) => self.combine(parts, holds, !holds),
            ExprKind::Definition(id) => self.memo.present(*id, holds),
            _ => Present::new(),
        }
    }

    /// Every part came out as `holds`, or at least one of them did.
    fn combine(&self, parts: &[Expr], holds: bool, every: bool) -> Present {
        let mut sets = parts.iter().map(|part| self.present_if(part, holds));
        let first = sets.next().unwrap_or_default();
        sets.fold(first, |all, set| if every { all.union(&set).copied().collect() } else { all.intersection(&set).copied().collect() })
    }

    /// The optional facts that an expression reads without a guard of its own.
    pub(super) fn optional_reads(&self, expr: &Expr) -> Present {
        let mut found = Vec::new();
        self.find_unguarded(expr, &Present::new(), &mut found);
        found.into_iter().map(|(fact, _)| fact).collect()
    }

    fn unguarded(&mut self, fact: FactId, span: Span, place: Place) {
        let name = self.fact_name(fact);
        let help = match place {
            Place::Condition => format!("write `{name} is present and …` before it, on the left"),
            Place::Definition => {
                format!("a definition guards itself: write `{name} is present and …`, or read `{name}` where a rule's `when` guards it")
            }
            Place::Guarded => format!("add `when {name} is present` to the rule"),
            Place::Cell => format!("add `when {name} is present` under the table's head"),
            Place::LookupValue => format!("add a column `{name}` with the cell `present`"),
            Place::Clause => format!("write `when {name} is present and …`, or add that to the rule's `when`"),
        };
        self.report_unguarded(fact, span, &name, help);
    }

    fn report_unguarded(&mut self, fact: FactId, span: Span, name: &str, help: String) {
        let declared = self.items.facts.get(fact.index()).map_or(span, |fact| fact.name.span);
        self.report(
            Diagnostic::new(Code::Unguarded, format!("`{name}` may be absent here"))
                .at(span, "read without `is present`")
                .at(declared, "optional")
                .help(help),
        );
    }

    /// Something written elsewhere (a budget's amount, a duty's deadline) reads optional facts that are not present where it is used.
    pub(super) fn guarded_elsewhere(&mut self, reads: &Present, present: &Present, used: Span, what: &str) {
        for fact in reads.difference(present) {
            let name = self.fact_name(*fact);
            let declared = self.items.facts.get(fact.index()).map_or(used, |fact| fact.name.span);
            self.report(
                Diagnostic::new(Code::Unguarded, format!("{what} reads `{name}`, which may be absent here"))
                    .at(used, "used without `is present`")
                    .at(declared, "optional")
                    .help(format!("add `when {name} is present` to the rule")),
            );
        }
    }
}
