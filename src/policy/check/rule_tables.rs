//! Tables of rules, unfolded into a rule a row.

use thin_vec::ThinVec;

use crate::diagnostic::{Code, Diagnostic, Edit, Near, near};
use crate::policy::expr::Expr;
use crate::policy::{ActionId, Rule, RuleKind, Subject, Terms, Text};
use crate::source::Span;
use crate::syntax::ast::{self, Cell, CellKind, Column, ColumnKind, Quantity, Row, RuleTable, TableHeadKind};

use super::Checker;
use super::clauses::{Clauses, Subject as About};
use super::guards::Place;
use super::names::Named;
use super::report::{Checked, Reported};
use super::rules::{assemble, with_approvers};
use super::scope::Scope;

/// What is the same for every row.
struct Table<'a, 't> {
    written: &'a RuleTable,
    actions: &'t [ActionId],
    scope: Scope,
    title: Checked<Option<Text>>,
    clauses: Checked<Clauses>,
    /// The expressions of the test columns.
    tests: Vec<Checked<Option<Expr>>>,
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
    pub(super) fn rule_table(&mut self, table: &'a RuleTable) -> Checked<Vec<(Rule, Terms)>> {
        let title = self.optional_text(table.title.as_ref());
        let actions = self.list(&table.head.actions, Self::action);
        let scope = self.scope_or_unknown(&actions);
        let about = About { actions: actions.as_deref().unwrap_or_default(), scope: scope.clone() };
        let clauses = self.clauses(table.clauses.iter().map(|clause| (clause.span, &clause.kind)), &about);
        // Without a grid the loader has said why.
        let grid = table.body.grid.as_ref().ok_or(Reported::ALREADY)?;
        let tests = grid.columns.iter().map(|column| self.test_column(column, &scope)).collect();
        let unfolding = Table { written: table, actions: about.actions, scope: scope.clone(), title, clauses, tests };
        let rows: Vec<_> = grid.rows.iter().enumerate().map(|(at, row)| self.row(&unfolding, &grid.columns, at, row)).collect();
        Ok(rows.into_iter().flatten().collect())
    }

    fn test_column(&mut self, column: &'a Column, scope: &Scope) -> Checked<Option<Expr>> {
        match &column.kind {
            ColumnKind::Test(expr) => {
                self.misspelt_header(expr)?;
                self.expr(expr, scope).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// A header that stands for nothing and is nearly the word of a clause.
    fn misspelt_header(&mut self, header: &ast::Expr) -> Checked<()> {
        let ast::ExprKind::Name(name) = &header.kind else { return Ok(()) };
        // What people write over limits.
        let is_limit = ["limit", "max", "maximum", "Limit", "Max", "Maximum", "Grenze", "bis", "Betrag"].contains(&name.as_str());
        let up_to = Near { name: "up to", is_certain: false };
        let near = near(name, crate::syntax::header_words().map(|word| (word, true))).or(is_limit.then_some(up_to));
        let Some(near) = near.filter(|_| self.names.peek(name).is_none() && !self.names.is_broken(name)) else { return Ok(()) };
        let facts = self.names.of_kind(|named| matches!(named, Named::Fact(_) | Named::Definition(_) | Named::Lookup(_)));
        if crate::diagnostic::nearest(name, facts).is_some() {
            return Ok(());
        }
        let problem = Diagnostic::new(Code::TableColumn, format!("no column is called `{name}`")).at(header.span, "");
        let problem = problem.help(format!("did you mean `{}`?", near.name));
        let edits = vec![Edit { span: header.span, text: near.name.to_owned() }];
        Err(self.report(if near.is_certain { problem.fix(format!("write `{}`", near.name), edits) } else { problem }))
    }

    fn row(&mut self, table: &Table<'a, '_>, columns: &'a [Column], at: usize, row: &'a Row) -> Checked<(Rule, Terms)> {
        let mut parts = RowParts::default();
        let cells = self.row_parts(table, columns, row, &mut parts);
        let about = About { actions: table.actions, scope: table.scope.clone() };
        let kind = self.row_kind(table, &parts);
        let own = self.clauses(parts.clauses.iter().copied(), &about);
        self.not_twice(table, &parts);
        let mut clauses = table.clauses.clone()?;
        clauses.extend(own?);
        self.charged_once(&clauses);
        let (kind, quantity) = kind?;
        let kind = with_approvers(kind, &clauses);
        let terms = Terms { condition: clauses.condition(parts.tests), quantity };
        if let Some(condition) = &terms.condition {
            self.amount_alone(condition);
        }
        self.rule_guarded(&terms, &clauses, Place::Cell);
        cells?;
        let name = format!("{}[{}]", table.written.name.text, at + 1);
        Ok((assemble(name.into(), table.title.clone()?, kind, table.actions.to_vec(), clauses, row.span), terms))
    }

    fn not_twice(&mut self, table: &Table<'a, '_>, parts: &RowParts<'a>) {
        let cell = parts.clauses.iter().find(|(_, clause)| matches!(clause, ast::ClauseKind::Because(_)));
        let head = table.written.clauses.iter().find(|clause| matches!(clause.kind, ast::ClauseKind::Because(_)));
        if let (Some((cell, _)), Some(head)) = (cell, head) {
            self.report(
                Diagnostic::new(Code::SaidTwice, "`because` stands under the head and in a row")
                    .at(*cell, "again here")
                    .at(head.span, "first here")
                    .help("keep it in the rows, or under the head"),
            );
        }
    }

    fn row_parts(&mut self, table: &Table<'a, '_>, columns: &'a [Column], row: &'a Row, parts: &mut RowParts<'a>) -> Checked<()> {
        let mut result = Ok(());
        for ((column, test), cell) in columns.iter().zip(&table.tests).zip(&row.cells) {
            let found = test.as_ref().map_err(|reported| *reported).and_then(|test| self.cell(column, test.as_ref(), cell, table, parts));
            if let Err(reported) = found {
                result = Err(reported);
            }
        }
        result
    }

    fn cell(&mut self, column: &'a Column, test: Option<&Expr>, cell: &'a Cell, table: &Table<'a, '_>, parts: &mut RowParts<'a>) -> Checked<()> {
        if let Some(test) = test {
            parts.tests.extend(self.cell_test(test, cell, &table.scope)?);
            return Ok(());
        }
        match (&column.kind, &cell.kind) {
            (ColumnKind::Role, CellKind::Subject(subject)) => parts.subject = Some(self.row_subject(subject)?),
            (ColumnKind::UpTo | ColumnKind::MoreThan | ColumnKind::Of, CellKind::Quantity(quantity)) => parts.quantity = Some(quantity),
            (_, CellKind::Clause(clause)) => parts.clauses.push((cell.span, clause)),
            _ => {}
        }
        Ok(())
    }

    /// `nobody` says its `not` itself, and a table says it in its head.
    fn row_subject(&mut self, subject: &'a ast::Subject) -> Checked<Subject> {
        if let ast::Subject::Nobody(span) = subject {
            return Err(self.problem(Code::BadCell, *span, "`nobody` cannot stand in a row", "write `everyone` in a table `may not …`"));
        }
        self.subject(subject)
    }

    fn row_kind(&mut self, table: &Table<'a, '_>, parts: &RowParts<'a>) -> Checked<(RuleKind, Option<Expr>)> {
        let subject = parts.subject.clone().unwrap_or(Subject::Everyone);
        let (actions, scope) = (table.actions, &table.scope);
        match &table.written.head.kind {
            TableHeadKind::Permission => {
                let limit = self.head_quantity(parts.quantity, actions, "the limit", scope)?;
                Ok((RuleKind::Permission { subject, approved_by: ThinVec::new() }, limit))
            }
            TableHeadKind::Prohibition { even_if_entitled } => {
                let (cap, left) = self.row_cap(parts.quantity, actions, scope)?;
                Ok((RuleKind::Prohibition { subject, cap, even_if_entitled: even_if_entitled.is_some() }, left))
            }
            TableHeadKind::Entitlement => Ok((RuleKind::Entitlement, self.head_quantity(parts.quantity, actions, "the quantity", scope)?)),
        }
    }
}
