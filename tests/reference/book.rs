//! A pack as the plain evaluator sees it: items by name, tables written out as rules.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use kulanz::Number;
use kulanz::pack::Pack;
use kulanz::syntax::ast;

use super::calendar::Calendar;
use super::value::Unit;

/// A pack that the checker accepted.
#[derive(Clone, Debug)]
pub struct Book {
    pub calendar: Calendar,
    /// The currency's smallest unit.
    pub cent: Number,
    pub roles: Vec<ast::Role>,
    pub facts: Vec<ast::Fact>,
    pub fact_at: HashMap<String, usize>,
    /// How many steps the second stands above the first, 0 for itself.
    steps: HashMap<String, HashMap<String, usize>>,
    pub actions: Vec<ast::Action>,
    pub duties: BTreeMap<String, ast::Duty>,
    pub budgets: BTreeMap<String, ast::Budget>,
    pub defines: BTreeMap<String, ast::Expr>,
    pub lookups: BTreeMap<String, ast::Lookup>,
    pub rules: Vec<Rule>,
    pub fallbacks: Vec<Rule>,
}

/// A rule, a row of a rule table, or a fallback.
#[derive(Clone, Debug)]
pub struct Rule {
    pub name: String,
    pub kind: Kind,
    pub actions: Vec<String>,
    pub quantity: Option<ast::Expr>,
    pub parts: Vec<Part>,
    pub approved_by: Vec<String>,
    pub charges: Vec<(String, Option<ast::Expr>)>,
    pub requires: Vec<(String, Option<ast::Expr>)>,
    pub offers: Vec<(String, Option<ast::Expr>, Option<ast::Expr>)>,
    pub advice: Vec<Option<ast::Expr>>,
    pub routes: Vec<(String, Option<ast::Steps>, Option<ast::Expr>)>,
    /// Whether it has a `because`.
    pub speaks: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Permission(Subject),
    Prohibition(Subject, Force),
    Entitlement,
    Fallback,
}

/// Whether a prohibition stops at what is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Force {
    Goodwill,
    EvenIfEntitled,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    Everyone,
    Roles(Vec<String>),
}

/// One thing that must hold for a rule to apply.
#[derive(Clone, Debug)]
pub enum Part {
    When(ast::Expr),
    Unless(ast::Expr),
    From(Date, Option<String>),
    Until(Date, Option<String>),
    Cell(ast::Expr, ast::CellTest),
}

impl Book {
    /// Reads the trees of a pack. Panics where they are not those of an accepted pack.
    pub fn new(pack: &Pack) -> Self {
        let mut book = Self {
            calendar: Calendar { zone: TimeZone::UTC, holidays: Vec::new() },
            cent: Number::ratio(1, 100).unwrap(),
            roles: Vec::new(),
            facts: Vec::new(),
            fact_at: HashMap::new(),
            steps: HashMap::new(),
            actions: Vec::new(),
            duties: BTreeMap::new(),
            budgets: BTreeMap::new(),
            defines: BTreeMap::new(),
            lookups: BTreeMap::new(),
            rules: Vec::new(),
            fallbacks: Vec::new(),
        };
        for file in pack.parts.iter().flat_map(|part| &part.files) {
            for item in &file.items {
                book.add(item);
            }
        }
        book.measure_hierarchy();
        book
    }

    fn add(&mut self, item: &ast::Item) {
        match &item.kind {
            ast::ItemKind::Policy(policy) => self.settings(policy),
            ast::ItemKind::Role(role) => self.roles.push(role.clone()),
            ast::ItemKind::Fact(fact) => {
                self.fact_at.insert(fact.name.text.clone(), self.facts.len());
                self.facts.push(fact.clone());
            }
            ast::ItemKind::Action(action) => self.actions.push(action.clone()),
            ast::ItemKind::Duty(duty) => drop(self.duties.insert(duty.name.text.clone(), duty.clone())),
            ast::ItemKind::Budget(budget) => drop(self.budgets.insert(budget.name.text.clone(), budget.clone())),
            ast::ItemKind::Define(define) => drop(self.defines.insert(define.name.text.clone(), define.body.clone())),
            ast::ItemKind::Lookup(lookup) => drop(self.lookups.insert(lookup.name.text.clone(), lookup.clone())),
            ast::ItemKind::Rule(rule) => self.rules.push(written_rule(rule)),
            ast::ItemKind::RuleTable(table) => self.rules.extend(table_rules(table)),
            ast::ItemKind::Fallback(fallback) => self.fallbacks.push(written_fallback(fallback)),
            ast::ItemKind::Test(_) | ast::ItemKind::Promise(_) => {}
        }
    }

    fn settings(&mut self, policy: &ast::Policy) {
        for setting in &policy.settings {
            match &setting.value {
                ast::Setting::Currency(name) => {
                    let decimals = if name.text == "JPY" { 0 } else { 2 };
                    self.cent = Number::ratio(1, 10_i64.pow(decimals)).unwrap();
                }
                ast::Setting::TimeZone(name) => self.calendar.zone = TimeZone::get(&name.value).unwrap(),
                ast::Setting::Holidays(dates) | ast::Setting::HolidaysFrom(_, dates) => {
                    self.calendar.holidays.extend(dates.iter().map(|date| date.value));
                }
                ast::Setting::Languages(_) | ast::Setting::Includes(_) => {}
            }
        }
    }

    pub fn role(&self, name: &str) -> &ast::Role {
        self.roles.iter().find(|role| role.name.text == name).unwrap()
    }

    pub fn action(&self, name: &str) -> &ast::Action {
        self.actions.iter().find(|action| action.name.text == name).unwrap()
    }

    pub fn fact(&self, name: &str) -> Option<&ast::Fact> {
        self.fact_at.get(name).map(|at| &self.facts[*at])
    }

    pub fn measure(&self, action: &str) -> Option<Unit> {
        self.action(action).measure.as_ref().map(|ty| match ty.value {
            ast::Type::Money => Unit::Money,
            ast::Type::Percent => Unit::Percent,
            ast::Type::Duration => Unit::Duration,
            _ => Unit::Number,
        })
    }

    /// The smallest step of a measure.
    pub fn grid(&self, unit: Option<Unit>) -> Number {
        match unit {
            Some(Unit::Money) => self.cent.clone(),
            Some(Unit::Percent | Unit::Number) => Number::ratio(1, 100).unwrap(),
            Some(Unit::Duration) => Number::from(60),
            _ => Number::ONE,
        }
    }

    fn measure_hierarchy(&mut self) {
        for upper in &self.roles {
            let mut reached = vec![upper.name.text.clone()];
            for steps in 0..=self.roles.len() {
                for lower in &reached {
                    let above = self.steps.entry(lower.clone()).or_default();
                    above.entry(upper.name.text.clone()).or_insert(steps);
                }
                reached = reached.iter().flat_map(|name| self.role(name).above.iter().map(|below| below.text.clone())).collect();
                reached.sort();
                reached.dedup();
            }
        }
    }

    /// How many steps `upper` stands above `lower`, 0 for itself.
    pub fn steps_up(&self, lower: &str, upper: &str) -> Option<usize> {
        self.steps.get(lower)?.get(upper).copied()
    }

    /// The line of a budget that serves a role: its own, else the nearest below it, else the one for everybody.
    pub fn line(&self, budget: &str, role: &str) -> Option<&ast::BudgetLine> {
        let lines = &self.budgets[budget].lines;
        let distance = |line: &ast::BudgetLine| line.roles.iter().filter_map(|name| self.steps_up(&name.text, role)).min();
        let nearest = lines.iter().filter_map(|line| Some((distance(line)?, line))).reduce(|best, next| if next.0 < best.0 { next } else { best });
        nearest.map(|(_, line)| line).or_else(|| lines.iter().find(|line| line.roles.is_empty()))
    }

    pub fn is_at_or_above(&self, role: &str, other: &str) -> bool {
        self.steps_up(other, role).is_some()
    }

    /// Whether a rule speaks of this role.
    pub fn binds(&self, rule: &Rule, role: &str) -> bool {
        match &rule.kind {
            Kind::Permission(Subject::Roles(names)) => names.iter().any(|name| self.is_at_or_above(role, name)),
            Kind::Prohibition(Subject::Roles(names), _) => names.iter().any(|name| self.is_at_or_above(name, role)),
            _ => true,
        }
    }

    pub fn modifiers(&self, fact: &str) -> impl Iterator<Item = &ast::Modifier> {
        self.fact(fact).unwrap().modifiers.iter().map(|modifier| &modifier.value)
    }

    pub fn is_verified(&self, fact: &str) -> bool {
        self.modifiers(fact).any(|modifier| *modifier == ast::Modifier::Verified)
    }

    pub fn is_about_actor(&self, fact: &str) -> bool {
        self.modifiers(fact).any(|modifier| *modifier == ast::Modifier::AboutActor)
    }

    pub fn is_optional(&self, fact: &str) -> bool {
        self.modifiers(fact).any(|modifier| *modifier == ast::Modifier::Optional)
    }
}

fn subject(subject: &ast::Subject) -> Subject {
    match subject {
        ast::Subject::Roles(names) => Subject::Roles(names.iter().map(|name| name.text.clone()).collect()),
        ast::Subject::Everyone(_) | ast::Subject::Nobody(_) => Subject::Everyone,
    }
}

fn quantity(quantity: Option<&ast::Quantity>) -> Option<ast::Expr> {
    match quantity {
        Some(ast::Quantity::Of(expr)) => Some(expr.clone()),
        Some(ast::Quantity::Unlimited(_)) | None => None,
    }
}

fn force(even_if_entitled: Option<kulanz::source::Span>) -> Force {
    if even_if_entitled.is_some() { Force::EvenIfEntitled } else { Force::Goodwill }
}

fn empty_rule(name: String, kind: Kind, actions: &[ast::Name]) -> Rule {
    Rule {
        name,
        kind,
        actions: actions.iter().map(|action| action.text.clone()).collect(),
        quantity: None,
        parts: Vec::new(),
        approved_by: Vec::new(),
        charges: Vec::new(),
        requires: Vec::new(),
        offers: Vec::new(),
        advice: Vec::new(),
        routes: Vec::new(),
        speaks: false,
    }
}

impl Rule {
    fn clause(&mut self, clause: &ast::ClauseKind) {
        let text = |name: &ast::Name| name.text.clone();
        match clause {
            ast::ClauseKind::When(condition) => self.parts.push(Part::When(condition.clone())),
            ast::ClauseKind::Unless(condition) => self.parts.push(Part::Unless(condition.clone())),
            ast::ClauseKind::From(date, by) => self.parts.push(Part::From(date.value, by.as_ref().map(text))),
            ast::ClauseKind::Until(date, by) => self.parts.push(Part::Until(date.value, by.as_ref().map(text))),
            ast::ClauseKind::ApprovedBy(roles) => self.approved_by.extend(roles.iter().map(text)),
            ast::ClauseKind::Charge(budgets, by) => self.charges.extend(budgets.iter().map(|name| (text(name), by.clone()))),
            ast::ClauseKind::Require(duties, when) => self.requires.extend(duties.iter().map(|name| (text(name), when.clone()))),
            ast::ClauseKind::Offer(action, up_to, when) => self.offers.push((text(action), quantity(up_to.as_ref()), when.clone())),
            ast::ClauseKind::Advise(_, when) => self.advice.push(when.clone()),
            ast::ClauseKind::Ask(role, within, when) => self.routes.push((text(role), within.clone(), when.clone())),
            ast::ClauseKind::Because(_) => self.speaks = true,
            ast::ClauseKind::Cites(_) | ast::ClauseKind::Owner(_) | ast::ClauseKind::ReviewBy(_) => {}
        }
    }

    fn clauses(&mut self, clauses: &[ast::Clause]) {
        // What guards comes first: a `when` guards the `unless`.
        let is_when = |clause: &&ast::Clause| matches!(clause.kind, ast::ClauseKind::When(_));
        for clause in clauses.iter().filter(is_when).chain(clauses.iter().filter(|clause| !is_when(clause))) {
            self.clause(&clause.kind);
        }
    }
}

fn written_rule(rule: &ast::Rule) -> Rule {
    let (kind, amount) = match &rule.head.kind {
        ast::HeadKind::Permission { subject: ast::Subject::Nobody(_), limit } => {
            (Kind::Prohibition(Subject::Everyone, Force::Goodwill), quantity(limit.as_ref()))
        }
        ast::HeadKind::Permission { subject: whom, limit } => (Kind::Permission(subject(whom)), quantity(limit.as_ref())),
        ast::HeadKind::Prohibition { subject: whom, cap, even_if_entitled } => {
            (Kind::Prohibition(subject(whom), force(*even_if_entitled)), quantity(cap.as_ref()))
        }
        ast::HeadKind::Entitlement { quantity: amount } => (Kind::Entitlement, quantity(amount.as_ref())),
    };
    let mut plain = empty_rule(rule.name.text.clone(), kind, &rule.head.actions);
    plain.quantity = amount;
    plain.clauses(&rule.clauses);
    plain
}

fn written_fallback(fallback: &ast::Fallback) -> Rule {
    let names: Vec<_> = fallback.actions.iter().map(|action| action.text.clone()).collect();
    let mut plain = empty_rule(format!("fallback {}", names.join(", ")), Kind::Fallback, &fallback.actions);
    plain.clauses(&fallback.clauses);
    plain
}

fn table_rules(table: &ast::RuleTable) -> Vec<Rule> {
    let grid = table.body.grid.as_ref().unwrap();
    // A cap of `unlimited` forbids nothing.
    let is_prohibition = matches!(table.head.kind, ast::TableHeadKind::Prohibition { .. });
    let unlimited = |row: &ast::Row| row.cells.iter().any(|cell| matches!(cell.kind, ast::CellKind::Quantity(ast::Quantity::Unlimited(_))));
    let row = |(at, row): (usize, &ast::Row)| {
        let name = format!("{}[{}]", table.name.text, at + 1);
        let mut plain = empty_rule(name, Kind::Entitlement, &table.head.actions);
        let mut whom = Subject::Everyone;
        plain.clauses(&table.clauses);
        for (column, cell) in grid.columns.iter().zip(&row.cells) {
            match &cell.kind {
                ast::CellKind::Subject(named) => whom = subject(named),
                ast::CellKind::Quantity(cell) => plain.quantity = quantity(Some(cell)),
                ast::CellKind::Clause(clause) => plain.clause(clause),
                ast::CellKind::Test(test) => {
                    let ast::ColumnKind::Test(expr) = &column.kind else { panic!("a test in a column that tests nothing") };
                    plain.parts.push(Part::Cell(expr.clone(), test.clone()));
                }
                ast::CellKind::Empty | ast::CellKind::Value(_) => {}
            }
        }
        plain.kind = match &table.head.kind {
            ast::TableHeadKind::Permission => Kind::Permission(whom),
            ast::TableHeadKind::Prohibition { even_if_entitled } => Kind::Prohibition(whom, force(*even_if_entitled)),
            ast::TableHeadKind::Entitlement => Kind::Entitlement,
        };
        plain
    };
    grid.rows.iter().enumerate().filter(|(_, row)| !(is_prohibition && unlimited(row))).map(row).collect()
}
