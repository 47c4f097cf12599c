//! Budgets: which line serves a role, what is left, what a grant takes.

use std::collections::{BTreeMap, VecDeque};

use jiff::civil::Date;
use kulanz::syntax::ast::{Allotment, ExprKind, Window};
use kulanz::{Number, Rounding};

use super::book::Rule;
use super::calendar::seconds_of;
use super::evaluate::{Case, Person};
use super::value::{End, Range, Truth, Unit, Value};

/// Against the asker or in its favour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    Against,
    Favour,
}

impl Reading {
    /// Whether something that gives (a permission, an offer, a route) holds.
    pub fn gives(self, truth: Truth) -> bool {
        if self == Self::Against { truth == Truth::YES } else { truth.may_be(Truth::YES) }
    }

    /// Whether something that forbids holds.
    pub fn forbids(self, truth: Truth) -> bool {
        if self == Self::Against { truth != Truth::NO } else { !truth.may_be(Truth::NO) }
    }

    /// A limit, cap or quantity.
    pub fn quantity(self, range: &Range) -> End {
        if self == Self::Against { range.least() } else { range.most() }
    }
}

/// What a rule takes from one budget.
#[derive(Clone, Debug)]
pub struct Take {
    pub budget: String,
    pub form: Form,
    /// What is left before this grant; unlimited for a line that never limits.
    pub left: End,
    /// The whole allotment.
    pub of: End,
    /// The budget's smallest step.
    pub unit: Number,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// One grant.
    Once,
    /// So much for each unit of the granted quantity.
    Each(Number),
    Fixed(Number),
    /// Undefined, or without bound: there is no room for it.
    Never,
}

impl Take {
    pub fn is_limiting(&self) -> bool {
        self.of != End::Above
    }

    /// What a grant of `quantity` takes.
    pub fn charge(&self, quantity: &End) -> End {
        let charge = match (&self.form, quantity) {
            (Form::Once, _) => return End::At(Number::ONE),
            (Form::Never, _) => return End::Above,
            (Form::Fixed(amount), _) => End::At(amount.clone()),
            (Form::Each(price), _) if !price.is_positive() => End::ZERO,
            (Form::Each(price), End::At(quantity)) => price.multiply(quantity).map_or(End::Above, End::At),
            (Form::Each(_), _) => End::Above,
        };
        charge.on_grid(&self.unit, Rounding::Up)
    }

    /// The largest quantity whose charge fits after `taken`.
    fn room(&self, taken: Option<&End>, grid: &Number) -> End {
        let End::At(left) = &self.left else { return End::Above };
        let all_or_nothing = |fits: bool| if fits { End::Above } else { End::ZERO };
        let taken_already = match taken {
            None => Number::ZERO,
            Some(End::At(taken)) => taken.clone(),
            Some(_) => return End::ZERO,
        };
        let rest = left.subtract(&taken_already).unwrap();
        match &self.form {
            // A grant is one grant, however many of its parts count it.
            Form::Once => all_or_nothing(taken.is_some() || rest >= Number::ONE),
            Form::Never => End::ZERO,
            Form::Fixed(_) => all_or_nothing(self.charge(&End::ZERO) <= End::At(rest)),
            Form::Each(price) if !price.is_positive() => End::Above,
            Form::Each(price) => {
                let whole = rest.round(&self.unit, Rounding::Down).unwrap().max(Number::ZERO);
                End::At(whole.divide(price).unwrap()).on_grid(grid, Rounding::Down)
            }
        }
    }
}

impl Case<'_> {
    /// Whether this question's bucket is one that nobody has touched.
    fn is_fresh_bucket(&self, budget: &str) -> bool {
        self.person != Person::Asker && self.book.budgets[budget].lines[0].per.iter().any(|key| key.text == "actor")
    }

    pub fn unknown_keys(&self, budget: &str) -> Vec<String> {
        if self.is_fresh_bucket(budget) {
            return Vec::new();
        }
        let keys = self.book.budgets[budget].lines[0].per.iter().map(|key| if key.text == "actor" { "actor.id" } else { &key.text });
        keys.filter(|key| self.is_unknown(key)).map(str::to_owned).collect()
    }

    /// What this question's bucket has used before it.
    fn used(&self, budget: &str) -> Range {
        if self.is_fresh_bucket(budget) {
            Range::point(Number::ZERO)
        } else if self.unknown_keys(budget).is_empty() {
            Range::point(self.asked.spent.get(budget).cloned().unwrap_or(Number::ZERO))
        } else {
            Range::between(End::ZERO, End::Above)
        }
    }

    pub fn budget_unit(&self, budget: &str) -> Option<Unit> {
        self.book.budgets[budget].lines.iter().find_map(|line| match &line.amount {
            Allotment::Quantity(amount) => match self.value(amount) {
                Value::Quantity(unit, _) => Some(unit),
                _ => None,
            },
            _ => None,
        })
    }

    pub fn is_counting(&self, budget: &str) -> bool {
        self.book.budgets[budget].lines.iter().any(|line| matches!(line.amount, Allotment::Times(_)))
    }

    pub fn spent_value(&self, budget: &str) -> Value {
        Value::Quantity(self.budget_unit(budget).unwrap_or(Unit::Number), self.used(budget))
    }

    fn allotment(&self, budget: &str, role: &str) -> Option<Range> {
        match &self.book.line(budget, role).unwrap().amount {
            Allotment::Quantity(amount) => Some(self.value(amount).range()),
            Allotment::Times(count) => Some(Range::point(count.value.clone())),
            Allotment::Unlimited(_) => None,
        }
    }

    /// What each charge of a rule takes for a role.
    pub fn takes(&self, rule: &Rule, role: &str, reading: Reading) -> Vec<Take> {
        let take = |(budget, by): &(String, Option<kulanz::syntax::ast::Expr>)| {
            let (left, of) = self.left(budget, role, reading);
            let measure = match &self.amount {
                Value::Quantity(unit, _) => Some(*unit),
                _ => None,
            };
            let counting = self.is_counting(budget);
            let unit = if counting { Number::ONE } else { self.book.grid(self.budget_unit(budget).or(measure)) };
            Take { budget: budget.clone(), form: self.form(by.as_ref(), counting, reading), left, of, unit }
        };
        rule.charges.iter().map(take).collect()
    }

    fn left(&self, budget: &str, role: &str, reading: Reading) -> (End, End) {
        let Some(allotment) = self.allotment(budget, role) else { return (End::Above, End::Above) };
        let of = reading.quantity(&allotment);
        let unknown_key = !self.unknown_keys(budget).is_empty();
        let left = match (&of, reading) {
            (_, Reading::Against) if unknown_key => End::ZERO,
            (_, Reading::Favour) if unknown_key => of.clone(),
            (End::At(of), _) => End::At(of.subtract(self.used(budget).exact().unwrap()).unwrap().max(Number::ZERO)),
            _ => of.clone(),
        };
        (left, of)
    }

    fn form(&self, by: Option<&kulanz::syntax::ast::Expr>, counting: bool, reading: Reading) -> Form {
        let Some(by) = by else { return if counting { Form::Once } else { Form::Each(Number::ONE) } };
        let reads_amount = reads_amount(by);
        let mut one = self.clone();
        if let Value::Quantity(_, range) = &mut one.amount {
            *range = Range::point(Number::ONE);
        }
        let cost = one.value(by).range();
        let end = match (&cost.ends, reading) {
            (Some((_, high)), Reading::Against) if !cost.undefined => high.clone(),
            (Some((low, _)), Reading::Favour) => low.clone(),
            _ => return Form::Never,
        };
        match end {
            End::At(number) if reads_amount => Form::Each(number),
            End::At(number) => Form::Fixed(number),
            End::Below => Form::Fixed(Number::ZERO),
            End::Above => Form::Never,
        }
    }

    /// The day on which what is granted now is free again.
    pub fn resets(&self, budget: &str) -> Option<Date> {
        let calendar = &self.book.calendar;
        let today = self.today();
        match &self.book.budgets[budget].lines[0].window.value {
            Window::Calendar(period) => calendar.period(*period, today)?.1.tomorrow().ok(),
            Window::YearFrom(month, day) => {
                let this_year = Date::new(today.year(), *month, *day).ok()?;
                if this_year > today { Some(this_year) } else { Date::new(today.year() + 1, *month, *day).ok() }
            }
            Window::Rolling(steps) => {
                let moved = calendar.step_moment(&seconds_of(self.asked.at), &steps.count, steps.unit)?;
                Some(calendar.day(super::calendar::moment_of(&moved)?))
            }
            Window::Ever => None,
        }
    }
}

/// Whether an expression reads the quantity asked for.
pub fn reads_amount(expr: &kulanz::syntax::ast::Expr) -> bool {
    let mut rest = VecDeque::from([expr]);
    while let Some(next) = rest.pop_front() {
        if matches!(&next.kind, ExprKind::Name(name) if name == "amount") {
            return true;
        }
        rest.extend(super::reads::operands(next));
    }
    false
}

/// The largest quantity on the grid whose charges all fit, after what was taken already.
pub fn room(takes: &[Take], taken: &BTreeMap<String, End>, grid: &Number) -> End {
    takes.iter().map(|take| take.room(taken.get(&take.budget), grid)).min().unwrap_or(End::Above)
}
