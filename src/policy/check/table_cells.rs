//! Test cells: what a column's expression must fulfil.

use crate::diagnostic::Code;
use crate::policy::expr::{Expr, ExprKind, Type};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{self, CellKind, CellTest, CompareOp, Presence, Quantifier};

use super::Checker;
use super::report::{Checked, all};
use super::scope::Scope;
use super::wording::{and, condition, not};

impl<'a> Checker<'a> {
    /// The condition that a cell puts on its column; `None` where it puts none.
    pub(super) fn cell_test(&mut self, column: &Expr, cell: &'a ast::Cell, scope: &Scope) -> Checked<Option<Expr>> {
        let test = match &cell.kind {
            CellKind::Empty | CellKind::Test(CellTest::Any) => return Ok(None),
            CellKind::Test(test) => test,
            _ => {
                let message = format!("{} is no test of {}", self.written(cell.span), self.written(column.span));
                return Err(self.problem(Code::BadCell, cell.span, message, "write a value, a comparison such as `<= 45 days`, a range, or `any`"));
            }
        };
        let tested = Expr { span: cell.span, ..self.test(column, test, cell.span, scope)? };
        if is_presence(test) {
            return Ok(Some(tested));
        }
        Ok(Some(self.false_where_absent(column, tested)))
    }

    /// A test of an optional fact is false where the fact is absent.
    fn false_where_absent(&self, column: &Expr, tested: Expr) -> Expr {
        let span = tested.span;
        let mut parts: Vec<Expr> = self.optional_reads(column).into_iter().map(|fact| condition(ExprKind::Present(fact), span)).collect();
        if parts.is_empty() {
            return tested;
        }
        parts.push(tested.clone());
        and(parts).map_or(tested, |all| Expr { span, ..all })
    }

    fn test(&mut self, column: &Expr, test: &'a CellTest, span: Span, scope: &Scope) -> Checked<Expr> {
        match test {
            CellTest::Any => Ok(super::lookups::always(span)),
            CellTest::Not(inner) => Ok(Expr { span, ..not(self.test(column, inner, span, scope)?) }),
            CellTest::OneOf(values) => self.cell_values(column, values, span, scope),
            CellTest::Compare(comparisons) => self.cell_comparisons(column, comparisons, span, scope),
            CellTest::Range(low, high) => {
                let (low_value, high_value) = (self.beside(low, column, scope), self.beside(high, column, scope));
                self.in_range(column.clone(), (low_value?, low), (high_value?, high), span)
            }
            CellTest::Presence(presence) => self.cell_presence(column, *presence, span),
        }
    }

    fn cell_values(&mut self, column: &Expr, values: &'a [ast::Expr], span: Span, scope: &Scope) -> Checked<Expr> {
        let Type::SomeOf(choices) = &column.ty else {
            return self.any_of(column, values, span, scope);
        };
        let ids = self.members(values, choices, &self.written(column.span))?;
        Ok(condition(ExprKind::Includes(Box::new(column.clone()), Quantifier::Any, ids), span))
    }

    fn cell_comparisons(&mut self, column: &Expr, list: &'a [(Spanned<CompareOp>, ast::Expr)], span: Span, scope: &Scope) -> Checked<Expr> {
        let mut parts = Vec::new();
        for (op, value) in list {
            let checked = self.beside(value, column, scope);
            parts.push(checked.and_then(|checked| self.compare_checked(column.clone(), op, (checked, value), span)));
        }
        let parts = all(parts)?;
        Ok(and(parts).unwrap_or_else(|| super::lookups::always(span)))
    }

    fn cell_presence(&mut self, column: &Expr, presence: Presence, span: Span) -> Checked<Expr> {
        match column.kind {
            ExprKind::Fact(id) if self.fact_shape(id).is_some_and(|shape| shape.optional) => {
                let present = condition(ExprKind::Present(id), span);
                Ok(if presence == Presence::Present { present } else { not(present) })
            }
            _ => {
                let message = format!("{} is never absent", self.written(column.span));
                Err(self.problem(Code::NotOptional, span, message, "`present` and `absent` test an optional fact"))
            }
        }
    }
}

fn is_presence(test: &CellTest) -> bool {
    match test {
        CellTest::Presence(_) => true,
        CellTest::Not(inner) => is_presence(inner),
        _ => false,
    }
}
