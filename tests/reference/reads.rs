//! Which facts an expression or a rule reads.

use std::collections::BTreeSet;

use kulanz::syntax::ast::{Allotment, Cell, CellKind, CellTest, ColumnKind, Expr, ExprKind, Grid, Lookup};

use super::book::{Book, Part, Rule};

/// Whether definitions, tables and budgets are looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Depth {
    Direct,
    Through,
}

struct Reader<'a> {
    book: &'a Book,
    depth: Depth,
    names: BTreeSet<String>,
}

/// The facts (and `actor.id`, `actor.team`) that stand in the expression itself.
pub fn facts_read_directly(book: &Book, expr: &Expr) -> BTreeSet<String> {
    read(book, Depth::Direct, |reader| reader.expr(expr))
}

pub fn facts_of_part(book: &Book, part: &Part) -> BTreeSet<String> {
    read(book, Depth::Through, |reader| reader.part(part))
}

pub fn facts_of_test(book: &Book, test: &CellTest) -> BTreeSet<String> {
    read(book, Depth::Through, |reader| reader.test(test))
}

/// Everything that decides how a rule works: condition, dates, quantity, duties, charges with their budgets.
pub fn facts_of_rule(book: &Book, rule: &Rule) -> BTreeSet<String> {
    read(book, Depth::Through, |reader| {
        rule.parts.iter().for_each(|part| reader.part(part));
        rule.quantity.iter().for_each(|quantity| reader.expr(quantity));
        for when in rule.requires.iter().filter_map(|(_, when)| when.as_ref()) {
            reader.expr(when);
        }
        for (budget, by) in &rule.charges {
            if let Some(by) = by {
                reader.expr(by);
            }
            reader.budget(budget);
        }
    })
}

fn read(book: &Book, depth: Depth, what: impl FnOnce(&mut Reader)) -> BTreeSet<String> {
    let mut reader = Reader { book, depth, names: BTreeSet::new() };
    what(&mut reader);
    reader.names
}

impl Reader<'_> {
    fn name(&mut self, name: &str) {
        if matches!(name, "actor.id" | "actor.team") || self.book.fact(name).is_some() {
            self.names.insert(name.to_owned());
        } else if self.depth == Depth::Through {
            if let Some(body) = self.book.defines.get(name) {
                self.expr(body);
            } else if let Some(table) = self.book.lookups.get(name) {
                self.table(table);
            }
        }
    }

    fn table(&mut self, table: &Lookup) {
        let grid: &Grid = table.body.grid.as_ref().unwrap();
        for column in &grid.columns {
            if let ColumnKind::Test(expr) = &column.kind {
                self.expr(expr);
            }
        }
        grid.rows.iter().flat_map(|row| &row.cells).for_each(|cell| self.cell(cell));
    }

    fn cell(&mut self, cell: &Cell) {
        match &cell.kind {
            CellKind::Test(test) => self.test(test),
            CellKind::Value(values) => values.iter().for_each(|value| self.expr(value)),
            _ => {}
        }
    }

    fn test(&mut self, test: &CellTest) {
        match test {
            CellTest::Any | CellTest::Presence(_) => {}
            CellTest::Not(inner) => self.test(inner),
            CellTest::OneOf(options) => options.iter().for_each(|option| self.expr(option)),
            CellTest::Compare(comparisons) => comparisons.iter().for_each(|(_, operand)| self.expr(operand)),
            CellTest::Range(low, high) => [low, high].into_iter().for_each(|operand| self.expr(operand)),
        }
    }

    fn part(&mut self, part: &Part) {
        match part {
            Part::When(condition) | Part::Unless(condition) => self.expr(condition),
            Part::From(_, by) | Part::Until(_, by) => by.iter().for_each(|by| self.name(by)),
            Part::Cell(_, CellTest::Any) => {}
            Part::Cell(expr, test) => {
                self.expr(expr);
                self.test(test);
            }
        }
    }

    fn budget(&mut self, budget: &str) {
        let book = self.book;
        for line in book.roles.iter().filter_map(|role| book.line(budget, &role.name.text)) {
            if let Allotment::Quantity(amount) = &line.amount {
                self.expr(amount);
            }
        }
        self.keys(budget);
    }

    fn keys(&mut self, budget: &str) {
        for key in &self.book.budgets[budget].lines[0].per.clone() {
            self.name(if key.text == "actor" { "actor.id" } else { &key.text });
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Name(name) => self.name(name),
            ExprKind::Spent(budget) if self.depth == Depth::Through => self.keys(&budget.text),
            _ => operands(expr).into_iter().for_each(|operand| self.expr(operand)),
        }
    }
}

/// What stands inside an expression. Values of a `one of` beside `is` may be among it: they are no facts.
pub fn operands(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Literal(_) | ExprKind::Name(_) | ExprKind::Spent(_) => Vec::new(),
        ExprKind::Call(_, all) | ExprKind::And(all) | ExprKind::Or(all) => all.iter().collect(),
        ExprKind::Of(a, b) | ExprKind::Rounded(a, _, b) | ExprKind::NumberOf(_, a, b) | ExprKind::Compare(a, _, b) | ExprKind::Match(a, _, b) => {
            vec![a, b]
        }
        ExprKind::Negate(a)
        | ExprKind::StartOf(_, a)
        | ExprKind::EndOf(_, a)
        | ExprKind::DaysInMonth(a)
        | ExprKind::Presence(a, _)
        | ExprKind::Not(a)
        | ExprKind::Includes(a, _, _) => vec![a],
        ExprKind::Product(first, rest) => std::iter::once(&**first).chain(rest.iter().map(|(_, operand)| operand)).collect(),
        ExprKind::Sum(first, rest) => std::iter::once(&**first).chain(rest.iter().map(|(_, operand)| operand)).collect(),
        ExprKind::OneOf(first, _, rest) => std::iter::once(&**first).chain(rest).collect(),
        ExprKind::Between(a, _, b, c) => vec![a, b, c],
        ExprKind::Within(offset) | ExprKind::MoreThan(offset) | ExprKind::AtLeast(offset) => {
            offset.subject.iter().map(|subject| &**subject).chain([&*offset.anchor]).collect()
        }
    }
}
