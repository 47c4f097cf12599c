//! `table N gives TYPE`: rows of tests, the last column the value.

use std::collections::BTreeSet;

use crate::diagnostic::Code;
use crate::policy::expr::{Expr, ExprKind, Type, Value};
use crate::policy::{Lookup, LookupRow};
use crate::source::Span;
use crate::syntax::ast::{self, CellKind, ColumnKind};

use super::Checker;
use super::guards::Place;
use super::report::{Checked, Reported, all};
use super::scope::Scope;
use super::wording::{and, condition};

impl<'a> Checker<'a> {
    pub(super) fn lookup_body(&mut self, at: usize, scope: &Scope) -> Checked<Lookup> {
        let lookup = *self.items.lookups.get(at).ok_or(Reported::ALREADY)?;
        let title = self.optional_text(lookup.title.as_ref());
        let ty = self.fact_type(&lookup.gives.value);
        let grid = lookup.body.grid.as_ref().ok_or(Reported::ALREADY)?;
        let tests = self.lookup_columns(grid, scope);
        let mut rows = Vec::new();
        for row in &grid.rows {
            rows.push(self.lookup_row(lookup, &tests, row, &ty, scope));
        }
        Ok(Lookup { name: lookup.name.text.clone(), title: title?, ty, rows: all(rows)?, span: lookup.name.span })
    }

    /// The columns' expressions; `None` for the last one, which is `is`.
    fn lookup_columns(&mut self, grid: &'a ast::Grid, scope: &Scope) -> Vec<Checked<Option<Expr>>> {
        grid.columns
            .iter()
            .map(|column| match &column.kind {
                ColumnKind::Test(expr) => self.expr(expr, scope).map(Some),
                _ => Ok(None),
            })
            .collect()
    }

    fn lookup_row(
        &mut self,
        lookup: &'a ast::Lookup,
        columns: &[Checked<Option<Expr>>],
        row: &'a ast::Row,
        ty: &Type,
        scope: &Scope,
    ) -> Checked<LookupRow> {
        let mut tests = Vec::new();
        let mut value = Err(Reported::ALREADY);
        for (column, cell) in columns.iter().zip(&row.cells) {
            match column {
                Err(reported) => tests.push(Err(*reported)),
                Ok(Some(expr)) => tests.push(self.cell_test(expr, cell, scope)),
                Ok(None) => value = self.lookup_value(lookup, cell, ty, scope),
            }
        }
        let tests: Vec<Expr> = all(tests)?.into_iter().flatten().collect();
        let when = and(tests).unwrap_or_else(|| always(row.span));
        let when = Expr { span: row.span, ..when };
        self.amount_alone(&when);
        let present = self.guarded(&when, &BTreeSet::new(), Place::Cell);
        let value = value?;
        self.guarded(&value, &present, Place::LookupValue);
        Ok(LookupRow { when, value, span: row.span })
    }

    fn lookup_value(&mut self, lookup: &'a ast::Lookup, cell: &'a ast::Cell, ty: &Type, scope: &Scope) -> Checked<Expr> {
        let CellKind::Value(values) = &cell.kind else {
            // The parser has said so.
            return Err(Reported::ALREADY);
        };
        let what = format!("what `{}` gives", lookup.name.text);
        match (ty, values.as_slice()) {
            (Type::SomeOf(choices), values) => {
                let mut ids = self.members(values, choices, &what)?;
                ids.sort_unstable();
                ids.dedup();
                Ok(super::wording::node(ExprKind::Constant(Value::Set(ids)), ty.clone(), cell.span))
            }
            (_, [value]) => self.expect(value, ty, &what, scope),
            _ => Err(self.problem(Code::BadCell, cell.span, format!("{what} is one value"), "write one of them")),
        }
    }
}

/// A condition that always holds.
pub(super) fn always(span: Span) -> Expr {
    condition(ExprKind::Constant(Value::YesNo(true)), span)
}
