//! Tables of rules, unfolded into a rule a row.

use crate::diagnostic::{Code, Diagnostic};
use crate::policy::expr::Expr;
use crate::policy::{ActionId, Rule, RuleKind, Subject, Text};
use crate::source::Span;
use crate::syntax::ast::{self, Cell, CellKind, Column, ColumnKind, Quantity, Row, RuleTable, TableHeadKind};

use super::Checker;
use super::clauses::{Clauses, Home, Subject as About};
use super::guards::Place;
use super::report::{Checked, Reported, all};
use super::rules::{assemble, with_approvers};
use super::scope::Scope;

/// What is the same for every row.
struct Table<'a, 't> {
    written: &'a RuleTable,
    home: Home,
    actions: &'t [ActionId],
    scope: Scope,
    title: Option<Text>,
    clauses: Clauses,
    /// The expressions of the test columns.
    tests: Vec<Option<Expr>>,
}

/// What a row says.
#[derive(Default)]
struct RowParts<'a> {
    subject: Option<Subject>,
    quantity: Option<&'a Quantity>,
    tests: Vec<Expr>,
    clauses: Vec<(Span, &'a ast::ClauseKind)>,
}

impl<'a> Checker<'a> {
    pub(super) fn rule_table(&mut self, table: &'a RuleTable) -> Checked<Vec<Rule>> {
        let title = self.optional_text(table.title.as_ref());
        let actions = self.list(&table.head.actions, Self::action)?;
        let home = match table.head.kind {
            TableHeadKind::Permission => Home::Permission,
            TableHeadKind::Prohibition { .. } => Home::Prohibition,
            TableHeadKind::Entitlement => Home::Entitlement,
        };
        let scope = self.scope_of(&actions);
        let about = About { home, actions: &actions, scope: scope.clone() };
        let clauses = self.clauses(table.clauses.iter().map(|clause| (clause.span, &clause.kind)), &about);
        // Without a grid the loader has said why.
        let grid = table.body.grid.as_ref().ok_or(Reported::ALREADY)?;
        let columns = self.columns(table, &grid.columns, home);
        let tests = all(grid.columns.iter().map(|column| self.test_column(column, &scope)).collect::<Vec<_>>());
        columns?;
        let unfolding = Table { written: table, home, actions: &actions, scope, title: title?, clauses: clauses?, tests: tests? };
        let rows: Vec<_> = grid.rows.iter().enumerate().map(|(at, row)| self.row(&unfolding, &grid.columns, at, row)).collect();
        Ok(rows.into_iter().flatten().collect())
    }

    fn test_column(&mut self, column: &'a Column, scope: &Scope) -> Checked<Option<Expr>> {
        match &column.kind {
            ColumnKind::Test(expr) => self.expr(expr, scope).map(Some),
            _ => Ok(None),
        }
    }

    /// A `role` unless it is an entitlement; a quantity only of the head's kind; each once.
    fn columns(&mut self, table: &'a RuleTable, columns: &'a [Column], home: Home) -> Checked<()> {
        let mut result = Ok(());
        for column in columns {
            if let Some(help) = misplaced(&column.kind, home) {
                let message = format!("the column {} does not fit the head of this table", self.written(column.span));
                result = Err(self.report(Diagnostic::new(Code::TableColumn, message).at(column.span, "").at(table.head.span, "the head").help(help)));
            }
        }
        for (at, column) in columns.iter().enumerate() {
            let same = |other: &&Column| std::mem::discriminant(&other.kind) == std::mem::discriminant(&column.kind);
            if !stands_once(&column.kind) {
                continue;
            }
            if let Some(first) = columns.iter().take(at).find(same) {
                let message = format!("two columns {}", self.written(column.span));
                result = Err(self.report(
                    Diagnostic::new(Code::TableColumn, message).at(column.span, "again here").at(first.span, "first here").help("keep one of them"),
                ));
            }
        }
        if home != Home::Entitlement && !columns.iter().any(|column| matches!(column.kind, ColumnKind::Role)) {
            let message = format!("the table `{}` does not say whom its rows are about", table.name.text);
            let span = columns.first().map_or(table.name.span, |column| column.span);
            let help = "add a column `role`; a row for all roles says `everyone`";
            result = Err(self.report(Diagnostic::new(Code::TableColumn, message).at(span, "no column `role`").help(help)));
        }
        result
    }

    fn row(&mut self, table: &Table<'a, '_>, columns: &'a [Column], at: usize, row: &'a Row) -> Checked<Rule> {
        let parts = self.row_parts(table, columns, row);
        let parts = parts?;
        let about = About { home: table.home, actions: table.actions, scope: table.scope.clone() };
        let kind = self.row_kind(table, &parts);
        let own = self.clauses(parts.clauses.iter().copied(), &about);
        let mut clauses = table.clauses.clone();
        self.not_twice(table, &parts);
        clauses.extend(own?);
        self.charged_once(&clauses);
        let kind = with_approvers(kind?, &clauses);
        let condition = clauses.condition(parts.tests);
        if let Some(condition) = &condition {
            self.amount_alone(condition);
        }
        self.rule_guarded(condition.as_ref(), &kind, &clauses, Place::Cell);
        let name = format!("{}[{}]", table.written.name.text, at + 1);
        Ok(assemble(name, table.title.clone(), kind, table.actions.to_vec(), condition, clauses, row.span))
    }

    fn not_twice(&mut self, table: &Table<'a, '_>, parts: &RowParts<'a>) {
        let cell = parts.clauses.iter().find(|(_, clause)| matches!(clause, ast::ClauseKind::Because(_)));
        let head = table.written.clauses.iter().find(|clause| matches!(clause.kind, ast::ClauseKind::Because(_)));
        if let (Some((cell, _)), Some(head)) = (cell, head) {
            self.report(
                Diagnostic::new(Code::RepeatedClause, "`because` stands under the head and in a row")
                    .at(*cell, "again here")
                    .at(head.span, "first here")
                    .help("keep it in the rows, or under the head"),
            );
        }
    }

    fn row_parts(&mut self, table: &Table<'a, '_>, columns: &'a [Column], row: &'a Row) -> Checked<RowParts<'a>> {
        let mut parts = RowParts::default();
        let mut result = Ok(());
        for ((column, test), cell) in columns.iter().zip(&table.tests).zip(&row.cells) {
            if let Err(reported) = self.cell(column, test.as_ref(), cell, table, &mut parts) {
                result = Err(reported);
            }
        }
        result.map(|()| parts)
    }

    fn cell(&mut self, column: &'a Column, test: Option<&Expr>, cell: &'a Cell, table: &Table<'a, '_>, parts: &mut RowParts<'a>) -> Checked<()> {
        if let Some(test) = test {
            parts.tests.extend(self.cell_test(test, cell, &table.scope)?);
            return Ok(());
        }
        match (&column.kind, &cell.kind) {
            (ColumnKind::Role, CellKind::Subject(subject)) => parts.subject = Some(self.row_subject(subject)?),
            (ColumnKind::Role, _) => return Err(self.empty_cell(cell, "whom this row is about", "write a role, or `everyone`")),
            (ColumnKind::UpTo | ColumnKind::MoreThan | ColumnKind::Of, CellKind::Quantity(quantity)) => parts.quantity = Some(quantity),
            (ColumnKind::UpTo | ColumnKind::Of, _) => return Err(self.empty_cell(cell, "how much", "write a quantity, or `unlimited`")),
            (ColumnKind::MoreThan, _) => return Err(self.empty_cell(cell, "how much", "write a quantity")),
            (_, CellKind::Clause(clause)) => parts.clauses.push((cell.span, clause)),
            _ => {}
        }
        Ok(())
    }

    fn empty_cell(&mut self, cell: &Cell, what: &str, help: &str) -> Reported {
        self.problem(Code::EmptyCell, cell.span, format!("this row does not say {what}"), help)
    }

    /// `nobody` says its `not` itself, and a table says it in its head.
    fn row_subject(&mut self, subject: &'a ast::Subject) -> Checked<Subject> {
        if let ast::Subject::Nobody(span) = subject {
            return Err(self.problem(Code::BadCell, *span, "`nobody` cannot stand in a row", "write `everyone` in a table `may not …`"));
        }
        self.subject(subject)
    }

    fn row_kind(&mut self, table: &Table<'a, '_>, parts: &RowParts<'a>) -> Checked<RuleKind> {
        let subject = parts.subject.clone().unwrap_or(Subject::Everyone);
        let (actions, scope) = (table.actions, &table.scope);
        match &table.written.head.kind {
            TableHeadKind::Permission => {
                let limit = self.head_quantity(parts.quantity, actions, "the limit", scope)?;
                Ok(RuleKind::Permission { subject, limit, approved_by: Vec::new() })
            }
            TableHeadKind::Prohibition { even_if_entitled } => {
                let cap = self.row_cap(parts.quantity, actions, scope)?;
                Ok(RuleKind::Prohibition { subject, cap, even_if_entitled: even_if_entitled.is_some() })
            }
            TableHeadKind::Entitlement => Ok(RuleKind::Entitlement { quantity: self.head_quantity(parts.quantity, actions, "the quantity", scope)? }),
        }
    }
}

fn stands_once(kind: &ColumnKind) -> bool {
    matches!(
        kind,
        ColumnKind::Role | ColumnKind::UpTo | ColumnKind::MoreThan | ColumnKind::Of | ColumnKind::Because | ColumnKind::From | ColumnKind::Until
    )
}

/// Why a column does not fit a head. Clauses are checked cell by cell.
fn misplaced(kind: &ColumnKind, home: Home) -> Option<&'static str> {
    match (kind, home) {
        (ColumnKind::Role, Home::Entitlement) => Some("what a customer is owed does not depend on a role; take the column out"),
        (ColumnKind::UpTo, Home::Prohibition) => Some("a prohibition is capped with `more than`"),
        (ColumnKind::UpTo, Home::Entitlement) => Some("the quantity of an entitlement is the column `of`"),
        (ColumnKind::MoreThan, Home::Permission) => Some("a permission is limited with `up to`"),
        (ColumnKind::MoreThan, Home::Entitlement) => Some("the quantity of an entitlement is the column `of`"),
        (ColumnKind::Of, Home::Permission) => Some("a permission is limited with `up to`"),
        (ColumnKind::Of, Home::Prohibition) => Some("a prohibition is capped with `more than`"),
        (ColumnKind::Is, _) => Some("`is` is the value of a table that `gives`; a table of rules has none"),
        _ => None,
    }
}
