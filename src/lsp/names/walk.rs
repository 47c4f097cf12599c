//! Every name in the trees of a pack.

use unicode_normalization::UnicodeNormalization as _;

use super::{Names, Occurrence, Symbol, Use, declares};
use crate::pack::Pack;
use crate::source::{Sources, Span};
use crate::syntax::ast::{
    Allotment, BudgetLine, Cell, CellKind, CellTest, Clause, ClauseKind, Column, ColumnKind, CompareOp, Expectation, Expr, ExprKind, FactLine,
    FactValue, Grid, HeadKind, Item, ItemKind, Modifier, Name, PromiseKind, Quantity, Subject, TestLine, Text, Type,
};

/// How far a definition of a definition is followed.
const DEEPEST: usize = 16;

pub(super) fn walk(pack: &Pack, names: &mut Names) -> Vec<Occurrence> {
    let definitions: Vec<(String, &Expr)> = items(pack)
        .filter_map(|item| if let ItemKind::Define(define) = &item.kind { Some((define.name.text.clone(), &define.body)) } else { None })
        .collect();
    let mut walk = Walk { sources: &pack.sources, definitions: definitions.into_iter().collect(), names, found: Vec::new() };
    for item in items(pack) {
        walk.item(item);
    }
    walk.found
}

fn items(pack: &Pack) -> impl Iterator<Item = &Item> {
    pack.parts.iter().flat_map(|part| &part.files).flat_map(|file| &file.items)
}

struct Walk<'p, 'n> {
    sources: &'p Sources,
    definitions: rustc_hash::FxHashMap<String, &'p Expr>,
    names: &'n mut Names,
    found: Vec<Occurrence>,
}

impl<'p> Walk<'p, '_> {
    fn add(&mut self, span: Span, symbol: Symbol, usage: Use) {
        let symbol = self.names.intern(symbol);
        self.found.push(Occurrence { span, symbol, usage });
    }

    fn name(&mut self, name: &Name) {
        self.add(name.span, Symbol::Item(name.text.clone()), Use::Reference);
    }

    fn names(&mut self, names: &[Name]) {
        for name in names {
            self.name(name);
        }
    }

    fn value(&mut self, owner: &str, value: &str, span: Span, usage: Use) {
        self.add(span, Symbol::Value { owner: owner.to_owned(), value: value.to_owned() }, usage);
    }

    fn item(&mut self, item: &'p Item) {
        if let Some((_, name)) = declares(&item.kind) {
            self.add(name.span, Symbol::Item(name.text.clone()), Use::Declaration);
        }
        match &item.kind {
            ItemKind::Policy(policy) => self.text(&policy.title),
            ItemKind::Role(role) => {
                self.texts(&[&role.title]);
                self.names(&role.above);
            }
            ItemKind::Fact(fact) => self.fact(fact),
            ItemKind::Action(action) => self.texts(&[&action.title]),
            ItemKind::Duty(duty) => {
                self.texts(&[&duty.title]);
                self.exprs(duty.deadline.iter().filter_map(|deadline| deadline.after.as_ref()));
            }
            ItemKind::Budget(budget) => {
                self.texts(&[&budget.title]);
                budget.lines.iter().for_each(|line| self.budget_line(line));
            }
            ItemKind::Define(define) => {
                self.texts(&[&define.title]);
                self.expr(&define.body);
            }
            ItemKind::Lookup(lookup) => {
                self.texts(&[&lookup.title]);
                self.declared_values(&lookup.name.text, &lookup.gives.value);
                self.grid(lookup.body.grid.as_ref(), Some(&lookup.name.text));
            }
            ItemKind::Rule(rule) => {
                self.texts(&[&rule.title]);
                self.head(&rule.head.kind);
                self.names(&rule.head.actions);
                self.clauses(&rule.clauses);
            }
            ItemKind::RuleTable(table) => {
                self.texts(&[&table.title]);
                self.names(&table.head.actions);
                self.clauses(&table.clauses);
                self.grid(table.body.grid.as_ref(), None);
            }
            ItemKind::Fallback(fallback) => {
                self.names(&fallback.actions);
                self.clauses(&fallback.clauses);
            }
            ItemKind::Test(test) => test.lines.iter().for_each(|line| self.test_line(&line.value)),
            ItemKind::Promise(promise) => self.promise(&promise.kind),
        }
    }

    fn fact(&mut self, fact: &'p crate::syntax::ast::Fact) {
        self.texts(&[&fact.title]);
        self.declared_values(&fact.name.text, &fact.ty.value);
        for modifier in &fact.modifiers {
            match &modifier.value {
                Modifier::Default(values) => self.operands(Some(&fact.name.text), values),
                Modifier::Asks(text) => self.text(text),
                _ => {}
            }
        }
    }

    fn declared_values(&mut self, owner: &str, ty: &Type) {
        if let Type::OneOf(values) | Type::SomeOf(values) = ty {
            for value in values {
                self.value(owner, &value.text, value.span, Use::Declaration);
            }
        }
    }

    fn budget_line(&mut self, line: &'p BudgetLine) {
        if let Allotment::Quantity(quantity) = &line.amount {
            self.expr(quantity);
        }
        self.names(&line.per);
        self.names(&line.roles);
    }

    fn head(&mut self, head: &'p HeadKind) {
        match head {
            HeadKind::Permission { subject, limit: quantity } | HeadKind::Prohibition { subject, cap: quantity, .. } => {
                self.subject(subject);
                self.quantity(quantity.as_ref());
            }
            HeadKind::Entitlement { quantity } => self.quantity(quantity.as_ref()),
        }
    }

    fn subject(&mut self, subject: &Subject) {
        if let Subject::Roles(roles) = subject {
            self.names(roles);
        }
    }

    fn quantity(&mut self, quantity: Option<&'p Quantity>) {
        if let Some(Quantity::Of(expr)) = quantity {
            self.expr(expr);
        }
    }

    fn clauses(&mut self, clauses: &'p [Clause]) {
        for clause in clauses {
            self.clause(&clause.kind);
        }
    }

    fn clause(&mut self, clause: &'p ClauseKind) {
        match clause {
            ClauseKind::When(expr) | ClauseKind::Unless(expr) => self.expr(expr),
            ClauseKind::From(_, by) | ClauseKind::Until(_, by) => by.iter().for_each(|name| self.name(name)),
            ClauseKind::ApprovedBy(roles) => self.names(roles),
            ClauseKind::Charge(names, expr) | ClauseKind::Require(names, expr) => {
                self.names(names);
                self.exprs(expr);
            }
            ClauseKind::Because(text) | ClauseKind::Cites(text) | ClauseKind::Owner(text) => self.text(text),
            ClauseKind::Offer(action, quantity, when) => {
                self.name(action);
                self.quantity(quantity.as_ref());
                self.exprs(when);
            }
            ClauseKind::Advise(text, when) => {
                self.text(text);
                self.exprs(when);
            }
            ClauseKind::Ask(role, _, when) => {
                self.name(role);
                self.exprs(when);
            }
            ClauseKind::ReviewBy(_) => {}
        }
    }

    fn grid(&mut self, grid: Option<&'p Grid>, lookup: Option<&str>) {
        let Some(grid) = grid else { return };
        for column in &grid.columns {
            if let ColumnKind::Test(expr) = &column.kind {
                self.expr(expr);
            }
        }
        for row in &grid.rows {
            for (column, cell) in grid.columns.iter().zip(&row.cells) {
                self.cell(column, cell, lookup);
            }
        }
    }

    fn cell(&mut self, column: &Column, cell: &'p Cell, lookup: Option<&str>) {
        match &cell.kind {
            CellKind::Empty => {}
            CellKind::Subject(subject) => self.subject(subject),
            CellKind::Quantity(quantity) => self.quantity(Some(quantity)),
            CellKind::Clause(clause) => self.clause(clause),
            CellKind::Value(values) => self.operands(lookup, values),
            CellKind::Test(test) => {
                let owner = if let ColumnKind::Test(expr) = &column.kind { self.owner(expr, DEEPEST) } else { None };
                self.cell_test(owner.as_deref(), test);
            }
        }
    }

    fn cell_test(&mut self, owner: Option<&str>, test: &'p CellTest) {
        match test {
            CellTest::Any | CellTest::Presence(_) => {}
            CellTest::Not(inner) => self.cell_test(owner, inner),
            CellTest::OneOf(values) => self.operands(owner, values),
            CellTest::Compare(comparisons) => self.exprs(comparisons.iter().map(|(_, expr)| expr)),
            CellTest::Range(low, high) => self.exprs([low, high]),
        }
    }

    fn test_line(&mut self, line: &'p TestLine) {
        match line {
            TestLine::As { role, .. } => self.name(role),
            TestLine::Given(fact) | TestLine::Said(fact) => self.fact_line(fact),
            TestLine::Spent(budget, quantity) => {
                self.name(budget);
                self.expr(quantity);
            }
            TestLine::Ask(action, quantity) => {
                self.name(action);
                self.exprs(quantity);
            }
            TestLine::Expect(expectation) => self.expectation(expectation),
            TestLine::OnDate(_) | TestLine::OnDatetime(_) => {}
        }
    }

    fn fact_line(&mut self, line: &'p FactLine) {
        self.name(&line.fact);
        if let FactValue::Is(values) = &line.value {
            self.operands(Some(&line.fact.text), values);
        }
    }

    fn expectation(&mut self, expectation: &'p Expectation) {
        match expectation {
            Expectation::UpTo(quantity) => self.expr(quantity),
            Expectation::Limit(quantity) => self.quantity(Some(quantity)),
            Expectation::Ask(names)
            | Expectation::Need(names)
            | Expectation::Offer(names)
            | Expectation::Require(names)
            | Expectation::Provisional(names) => self.names(names),
            Expectation::Because(rules) => rules.iter().for_each(|rule| self.rule(rule)),
            Expectation::Charge(budget, quantity) => {
                self.name(budget);
                self.expr(quantity);
            }
            Expectation::Yes | Expectation::Owed | Expectation::No | Expectation::AskWord | Expectation::NeedWord => {}
        }
    }

    /// `accept_returns[2]` names the table.
    fn rule(&mut self, rule: &Name) {
        let text = rule.text.split('[').next().unwrap_or_default().to_owned();
        let written = self.sources.snippet(rule.span).find('[').unwrap_or(rule.span.range().len());
        let start = rule.span.range().start;
        self.add(Span::new(rule.span.source, start, start + written), Symbol::Item(text), Use::Reference);
    }

    fn promise(&mut self, promise: &'p PromiseKind) {
        match promise {
            PromiseKind::Cannot { subject, actions, more_than: quantity, when, .. }
            | PromiseKind::CanAlways { subject, actions, up_to: quantity, when } => {
                self.subject(subject);
                self.names(actions);
                self.exprs(quantity);
                self.exprs(when);
            }
            PromiseKind::EveryNoHasAnOffer => {}
        }
    }

    fn texts(&mut self, texts: &[&Option<Text>]) {
        texts.iter().filter_map(|text| text.as_ref()).for_each(|text| self.text(text));
    }

    /// The placeholders of a text.
    fn text(&mut self, text: &Text) {
        for variant in &text.variants {
            let span = variant.value.span;
            let written = self.sources.snippet(span);
            for (open, _) in written.match_indices('{') {
                let inside = written.get(open + 1..).unwrap_or_default();
                let Some(inside) = inside.find(['{', '}']).filter(|end| inside[*end..].starts_with('}')).and_then(|end| inside.get(..end)) else {
                    continue;
                };
                let name = inside.trim();
                let start = span.range().start + open + 1 + (inside.len() - inside.trim_start().len());
                if name.starts_with(char::is_alphabetic) {
                    self.add(Span::new(span.source, start, start + name.len()), Symbol::Item(name.nfc().collect()), Use::Reference);
                }
            }
        }
    }

    fn exprs(&mut self, exprs: impl IntoIterator<Item = &'p Expr>) {
        for expr in exprs {
            self.expr(expr);
        }
    }

    /// Values beside something that may be a fact with values of its own.
    fn operands(&mut self, owner: Option<&str>, exprs: &'p [Expr]) {
        for expr in exprs {
            self.operand(owner, expr);
        }
    }

    fn operand(&mut self, owner: Option<&str>, expr: &'p Expr) {
        if let (Some(owner), ExprKind::Name(name)) = (owner, &expr.kind)
            && self.names.values(owner).is_some_and(|values| values.contains(name))
            && let Some(span) = self.bare(expr.span, name)
        {
            return self.value(owner, name, span, Use::Reference);
        }
        self.expr(expr);
    }

    /// Where a name stands in its parentheses.
    fn bare(&self, span: Span, name: &str) -> Option<Span> {
        let written = self.sources.snippet(span);
        let inner = written.trim_start_matches(|c: char| c == '(' || c.is_whitespace());
        let start = span.range().start + written.len() - inner.len();
        let inner = inner.trim_end_matches(|c: char| c == ')' || c.is_whitespace());
        (inner == name || inner.nfc().eq(name.chars())).then(|| Span::new(span.source, start, start + inner.len()))
    }

    fn expr(&mut self, expr: &'p Expr) {
        match &expr.kind {
            ExprKind::Literal(_) => {}
            ExprKind::Name(name) => {
                if let Some(span) = self.bare(expr.span, name) {
                    self.add(span, Symbol::Item(name.clone()), Use::Reference);
                }
            }
            ExprKind::Spent(budget) => self.name(budget),
            ExprKind::Call(_, parts) | ExprKind::And(parts) | ExprKind::Or(parts) => self.exprs(parts),
            ExprKind::Product(first, rest) => {
                self.expr(first);
                self.exprs(rest.iter().map(|(_, part)| part));
            }
            ExprKind::Sum(first, rest) => {
                self.expr(first);
                self.exprs(rest.iter().map(|(_, part)| part));
            }
            ExprKind::Compare(left, op, right) => self.compare(left, op.value, right),
            ExprKind::OneOf(value, _, options) | ExprKind::Includes(value, _, options) => {
                let owner = self.owner(value, DEEPEST);
                self.expr(value);
                self.operands(owner.as_deref(), options);
            }
            ExprKind::Between(value, _, low, high) => self.exprs([&**value, &**low, &**high]),
            ExprKind::Of(left, right) | ExprKind::Rounded(left, _, right) | ExprKind::NumberOf(_, left, right) | ExprKind::Match(left, _, right) => {
                self.exprs([&**left, &**right]);
            }
            ExprKind::Within(offset) | ExprKind::MoreThan(offset) | ExprKind::AtLeast(offset) => {
                self.exprs(offset.subject.as_deref());
                self.expr(&offset.anchor);
            }
            ExprKind::Negate(inner)
            | ExprKind::StartOf(_, inner)
            | ExprKind::EndOf(_, inner)
            | ExprKind::DaysInMonth(inner)
            | ExprKind::Presence(inner, _)
            | ExprKind::Not(inner) => self.expr(inner),
        }
    }

    fn compare(&mut self, left: &'p Expr, op: CompareOp, right: &'p Expr) {
        if !matches!(op, CompareOp::Is | CompareOp::IsNot | CompareOp::Equal) {
            return self.exprs([left, right]);
        }
        let (of_left, of_right) = (self.owner(left, DEEPEST), self.owner(right, DEEPEST));
        self.operand(of_right.as_deref(), left);
        self.operand(of_left.as_deref(), right);
    }

    /// The fact or the table whose values an expression has.
    fn owner(&self, expr: &Expr, depth: usize) -> Option<String> {
        let ExprKind::Name(name) = &expr.kind else { return None };
        match self.definitions.get(name) {
            Some(body) => self.owner(body, depth.checked_sub(1)?),
            None => self.names.values(name).map(|_| name.clone()),
        }
    }
}
