//! How large an expression is once everything that it names is put in.
//!
//! Two lines that each name the one before twice double the work, and so does every further one; what takes years to compute must not pass. The size of a
//! definition is known before anything goes through its parts, and follows from the sizes of those that it names.

use crate::diagnostic::Code;
use crate::policy::Lookup;
use crate::policy::expr::{Expr, ExprKind};
use crate::source::Span;

use super::Checker;
use super::report::Checked;

/// How many parts an expression may have after everything that it names is put in.
const MAX_SIZE: usize = 10_000;
/// How many parts may lie inside each other after everything that is named is put in.
const MAX_HEIGHT: usize = 512;

/// The size of an expression, with everything that it names.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Extent {
    /// How many parts there are; plain values do not count.
    size: usize,
    /// How many of them lie inside each other.
    height: usize,
}

impl Extent {
    /// Both beside each other.
    fn beside(self, other: Self) -> Self {
        Self { size: self.size.saturating_add(other.size), height: self.height.max(other.height) }
    }

    /// One part more, around it.
    fn within(self, levels: usize) -> Self {
        Self { size: self.size.saturating_add(1), height: self.height.saturating_add(levels) }
    }
}

impl Checker<'_> {
    pub(super) fn extent(&self, expr: &Expr) -> Extent {
        let inside = expr.children().into_iter().map(|child| self.extent(child)).fold(Extent::default(), Extent::beside);
        match &expr.kind {
            ExprKind::Constant(_) => inside,
            ExprKind::Definition(_) | ExprKind::Lookup(_) => self.memo.traits(&expr.kind).map(|traits| traits.extent).unwrap_or_default().within(1),
            ExprKind::Sum(_, rest) => inside.within(levels(rest.len())),
            ExprKind::Product(_, rest) => inside.within(levels(rest.len())),
            _ => inside.within(1),
        }
    }

    /// What its cells say themselves does not count; a price list may be long.
    pub(super) fn extent_of_table(&self, lookup: &Lookup) -> Extent {
        let row = |parts: [&Expr; 2]| parts.map(|part| self.named_in(part)).into_iter().fold(Extent::default(), Extent::beside);
        lookup.rows.iter().map(|cells| row([&cells.when, &cells.value])).fold(Extent::default(), Extent::beside).within(1)
    }

    /// Only what an expression names.
    fn named_in(&self, expr: &Expr) -> Extent {
        let whole = self.extent(expr);
        let own = match &expr.kind {
            ExprKind::Definition(_) | ExprKind::Lookup(_) => whole.size,
            _ => expr.children().into_iter().fold(0, |sum: usize, child| sum.saturating_add(self.named_in(child).size)),
        };
        Extent { size: own, height: whole.height }
    }

    /// Refuses what is too large to be computed; `what` begins the message.
    pub(super) fn bounded(&mut self, extent: Extent, span: Span, what: &str) -> Checked<()> {
        let (message, help) = if extent.size > MAX_SIZE {
            (
                format!("{what} has more than {MAX_SIZE} parts once everything that it names is written out"),
                "name each thing once: what names another twice, and is named twice itself, doubles with every line",
            )
        } else if extent.height > MAX_HEIGHT {
            (
                format!("{what} has more than {MAX_HEIGHT} parts inside each other once everything that it names is written out"),
                "write it with fewer definitions that read each other",
            )
        } else {
            return Ok(());
        };
        Err(self.problem(Code::DefinitionSize, span, message, help))
    }

    /// Refuses an expression that is too large to be computed.
    pub(super) fn bounded_expr(&mut self, expr: &Expr) -> Checked<()> {
        self.bounded(self.extent(expr), expr.span, "this")
    }
}

/// How deep a chain of so many further operands is: a long one is computed in pairs of pairs.
fn levels(operands: usize) -> usize {
    2 + operands.max(1).ilog2() as usize
}
