//! Budgets: their lines, and which of them serves which role.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Code, Diagnostic};
use crate::number::Number;
use crate::policy::expr::Type;
use crate::policy::{Allotment, Budget, BudgetId, BudgetUnit, Key, RoleId, Rule, RuleKind, Subject, Window};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{self, Name};

use super::Checker;
use super::report::{Checked, Reported, all};
use super::scope::Scope;
use super::vocabulary::measure_words;
use super::wording::{is_quantity, type_words};

impl<'a> Checker<'a> {
    pub(super) fn budget_items(&mut self) {
        let items = self.items;
        self.budgets = items.budgets.iter().map(|budget| self.budget_item(budget)).collect();
    }

    fn budget_item(&mut self, budget: &'a ast::Budget) -> Checked<Budget> {
        let title = self.optional_text(budget.title.as_ref());
        let lines = all(budget.lines.iter().map(|line| self.allotment(budget, &line.amount)).collect::<Vec<_>>());
        let keys: Vec<_> = budget.lines.iter().map(|line| self.keys(&line.per)).collect();
        let windows: Vec<_> = budget.lines.iter().map(|line| self.window(&line.window)).collect();
        let line_of = self.line_of(budget);
        let (lines, keys, windows) = (lines?, all(keys)?, all(windows)?);
        let unit = self.one_unit(budget, &lines)?;
        self.same_in_all_lines(budget, &keys, "keys")?;
        self.same_in_all_lines(budget, &windows, "window")?;
        Ok(Budget {
            name: budget.name.text.clone(),
            title: title?,
            unit,
            keys: keys.into_iter().next().unwrap_or_default(),
            window: windows.into_iter().next().unwrap_or(Window::Ever),
            line_of: line_of?,
            lines: lines.into_iter().map(|(allotment, _)| allotment).collect(),
            served: budget.lines.iter().map(|line| (line.span, line.roles.iter().filter_map(|role| self.role(role).ok()).collect())).collect(),
            span: budget.name.span,
        })
    }

    /// With what it counts; `unlimited` fits every unit.
    fn allotment(&mut self, budget: &'a ast::Budget, amount: &'a ast::Allotment) -> Checked<(Allotment, Option<BudgetUnit>)> {
        match amount {
            ast::Allotment::Unlimited(_) => Ok((Allotment::Unlimited, None)),
            ast::Allotment::Times(times) => Ok((Allotment::Times(self.count(times)?), Some(BudgetUnit::Times))),
            ast::Allotment::Quantity(expr) => {
                let quantity = self.expr(expr, &Scope::facts())?;
                self.bounded_expr(&quantity)?;
                if !is_quantity(&quantity.ty) {
                    let message = format!("{} is {}, a budget holds a quantity", self.written(expr.span), type_words(&quantity.ty));
                    return Err(self.problem(Code::WrongType, expr.span, message, "write a quantity, `N times` or `unlimited`"));
                }
                if self.reads(&quantity).reads_spent {
                    return Err(self.depends_on_spent(budget, expr.span));
                }
                let unit = BudgetUnit::Quantity(quantity.ty.clone());
                Ok((Allotment::Quantity(quantity), Some(unit)))
            }
        }
    }

    fn count(&mut self, times: &Spanned<Number>) -> Checked<Number> {
        if times.value.is_whole() && times.value >= Number::ZERO {
            return Ok(times.value.clone());
        }
        Err(self.problem(Code::BadCount, times.span, "grants are counted in whole numbers", "write such as `2 times`"))
    }

    fn keys(&mut self, names: &'a [Name]) -> Checked<Vec<Key>> {
        self.list(names, Self::key)
    }

    fn key(&mut self, name: &Name) -> Checked<Key> {
        match name.text.as_str() {
            "actor" => return Ok(Key::Actor),
            "actor.team" => return Ok(Key::Team),
            "actor.id" => return Err(self.problem(Code::BudgetKey, name.span, "a budget of each person is kept `per actor`", "write `per actor`")),
            _ => {}
        }
        if let Some(reported) = self.role_as_key(name) {
            return Err(reported);
        }
        let id = self.fact(name)?;
        let ty = self.fact_shape(id).map(|shape| shape.ty.clone()).ok_or(Reported::ALREADY)?;
        if ty == Type::Text {
            return Ok(Key::Fact(id));
        }
        let message = format!("`{}` is {}, a budget is kept per text fact", name.text, type_words(&ty));
        Err(self.problem(
            Code::BudgetKey,
            name.span,
            message,
            "write `per actor`, `per actor.team`, or `per` and a text fact such as a customer's id",
        ))
    }

    fn window(&mut self, window: &Spanned<ast::Window>) -> Checked<Window> {
        match &window.value {
            ast::Window::Calendar(period) => Ok(Window::Calendar(*period)),
            ast::Window::Ever => Ok(Window::Ever),
            ast::Window::YearFrom(month, day) => Ok(Window::YearFrom(*month, *day)),
            ast::Window::Rolling(steps) => {
                let checked = self.steps(steps)?;
                if checked.count.is_positive() {
                    return Ok(Window::Rolling(checked));
                }
                Err(self.problem(Code::BadCount, steps.span, "a rolling window has a length", "write such as `per rolling 30 days`"))
            }
        }
    }

    fn one_unit(&mut self, budget: &'a ast::Budget, lines: &[(Allotment, Option<BudgetUnit>)]) -> Checked<BudgetUnit> {
        let mut known: Option<(&BudgetUnit, Span)> = None;
        for ((_, unit), line) in lines.iter().zip(&budget.lines) {
            let Some(unit) = unit else { continue };
            match known {
                Some((first, span)) if first != unit => {
                    let message = format!("the lines of `{}` count in different units", budget.name.text);
                    return Err(self.report(
                        Diagnostic::new(Code::BudgetLinesDiffer, message)
                            .at(line.span, unit_words(unit))
                            .at(span, unit_words(first))
                            .help("make two budgets of it; a rule can charge both"),
                    ));
                }
                Some(_) => {}
                None => known = Some((unit, line.span)),
            }
        }
        Ok(known.map_or(BudgetUnit::Any, |(unit, _)| unit.clone()))
    }

    fn same_in_all_lines<T: PartialEq>(&mut self, budget: &'a ast::Budget, values: &[T], what: &str) -> Checked<()> {
        let Some((first, first_line)) = values.first().zip(budget.lines.first()) else { return Ok(()) };
        let Some((_, line)) = values.iter().zip(&budget.lines).find(|(value, _)| *value != first) else { return Ok(()) };
        let message = format!("the lines of `{}` differ in their {what}", budget.name.text);
        Err(self.report(
            Diagnostic::new(Code::BudgetLinesDiffer, message)
                .at(line.span, "differs")
                .at(first_line.span, "the first line")
                .help("make two budgets of it; a rule can charge both"),
        ))
    }

    /// For each role its own line, else the nearest below it, else the line for everybody else.
    fn line_of(&mut self, budget: &'a ast::Budget) -> Checked<Vec<Option<usize>>> {
        let (own, rest) = self.own_lines(budget)?;
        let nearest = |checker: &Self, role: RoleId| {
            let below = checker.roles_below(role);
            let lines = below.iter().filter_map(|(below, steps)| Some((*steps, *own.get(below)?)));
            own.get(&role).copied().or_else(|| lines.min().map(|(_, line)| line)).or(rest)
        };
        Ok(self.all_roles().map(|role| nearest(self, role)).collect())
    }

    fn own_lines(&mut self, budget: &'a ast::Budget) -> Checked<(BTreeMap<RoleId, usize>, Option<usize>)> {
        let mut own = BTreeMap::new();
        let mut rest = None;
        let mut result = Ok(());
        for (at, line) in budget.lines.iter().enumerate() {
            if line.roles.is_empty()
                && let Some(first) = rest.replace(at)
            {
                result = Err(self.repeated_line(budget, first, line.span, "two lines without `for`"));
            }
            for role in &line.roles {
                let Ok(id) = self.role(role) else {
                    result = Err(Reported::ALREADY);
                    continue;
                };
                if let Some(first) = own.insert(id, at) {
                    result = Err(self.repeated_line(budget, first, role.span, &format!("two lines for `{}`", role.text)));
                }
            }
        }
        result.map(|()| (own, rest))
    }

    fn repeated_line(&mut self, budget: &'a ast::Budget, first: usize, again: Span, what: &str) -> Reported {
        let first = budget.lines.get(first).map_or(budget.name.span, |line| line.span);
        self.report(
            Diagnostic::new(Code::RepeatedBudgetLine, format!("`{}` has {what}", budget.name.text))
                .at(again, "the second")
                .at(first, "the first")
                .help("one line applies to each role; two allotments that both bind are two budgets"),
        )
    }

    /// The unit of what a budget counts; `None` where every line is unlimited.
    pub(super) fn budget_type(&mut self, id: BudgetId) -> Checked<Option<Type>> {
        match self.budgets.get(id.index()) {
            Some(Ok(budget)) => return Ok(budget.unit.ty()),
            Some(Err(reported)) => return Err(*reported),
            None => {}
        }
        // Definitions are checked before the budgets, and may read `spent`.
        let budget = *self.items.budgets.get(id.index()).ok_or(Reported::ALREADY)?;
        let first = budget.lines.iter().find(|line| !matches!(line.amount, ast::Allotment::Unlimited(_)));
        let Some(line) = first else { return Ok(None) };
        if self.looked_for.contains(&id) {
            return Err(self.depends_on_spent(budget, line.span));
        }
        self.looked_for.push(id);
        let found = self.allotment(budget, &line.amount);
        self.looked_for.pop();
        Ok(found?.1.as_ref().and_then(BudgetUnit::ty))
    }

    fn depends_on_spent(&mut self, budget: &'a ast::Budget, span: Span) -> Reported {
        let message = format!("what `{}` holds cannot depend on what was spent", budget.name.text);
        self.problem(Code::WrongOperand, span, message, "put a test of `spent` into the `when` of a rule")
    }

    /// What a budget counts, in words.
    pub(super) fn budget_words(&self, id: BudgetId) -> &'static str {
        match self.budgets.get(id.index()) {
            Some(Ok(budget)) => unit_words(&budget.unit),
            _ => "quantities",
        }
    }

    /// Every role that can charge a budget needs a line in it.
    pub(super) fn check_lines(&mut self, rules: &[Rule]) {
        let mut missing: BTreeMap<BudgetId, (Span, String, Vec<RoleId>)> = BTreeMap::new();
        let above = self.with_roles_above();
        for rule in rules.iter().filter(|rule| !rule.charges.is_empty()) {
            let roles = self.charging_roles(rule, &above);
            for charge in &rule.charges {
                let Some(Ok(budget)) = self.budgets.get(charge.budget.index()) else { continue };
                let without = roles.iter().filter(|role| budget.line_of.get(role.index()).is_some_and(Option::is_none));
                for role in without {
                    let entry = missing.entry(charge.budget).or_insert_with(|| (charge.span, rule.name.to_string(), Vec::new()));
                    if !entry.2.contains(role) {
                        entry.2.push(*role);
                    }
                }
            }
        }
        for (budget, (span, rule, roles)) in missing {
            self.no_line(budget, span, &rule, &roles);
        }
    }

    /// The roles that a rule binds; `above` holds for each role itself and every role above it.
    fn charging_roles(&self, rule: &Rule, above: &[Vec<RoleId>]) -> BTreeSet<RoleId> {
        match &rule.kind {
            RuleKind::Permission { subject: Subject::Roles(roles), .. } => {
                roles.iter().filter_map(|role| above.get(role.index())).flatten().copied().collect()
            }
            _ => self.all_roles().collect(),
        }
    }

    fn no_line(&mut self, budget: BudgetId, span: Span, rule: &str, roles: &[RoleId]) {
        let Some(budget) = self.items.budgets.get(budget.index()) else { return };
        let names: Vec<_> = roles.iter().filter_map(|role| self.items.roles.get(role.index())).map(|role| format!("`{}`", role.name.text)).collect();
        let (names, charge) = (names.join(", "), if names.len() == 1 { "charges" } else { "charge" });
        let name = &budget.name.text;
        self.report(
            Diagnostic::new(Code::NoBudgetLine, format!("`{name}` has no line for {names}, which {charge} it by `{rule}`"))
                .at(span, "charged here")
                .at(budget.name.span, "the budget")
                .help("add a line without `for`, which serves everybody else; `unlimited` records without limiting"),
        );
    }
}

impl BudgetUnit {
    /// The type of what is counted; `None` where every line is unlimited.
    #[must_use]
    pub fn ty(&self) -> Option<Type> {
        match self {
            Self::Times => Some(Type::Number),
            Self::Quantity(ty) => Some(ty.clone()),
            Self::Any => None,
        }
    }
}

fn unit_words(unit: &BudgetUnit) -> &'static str {
    match unit {
        BudgetUnit::Times => "grants",
        BudgetUnit::Quantity(ty) => measure_words(ty),
        BudgetUnit::Any => "quantities",
    }
}
