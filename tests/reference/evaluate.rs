//! Conditions and values, with types found out on the way.

use std::collections::BTreeSet;

use jiff::civil::Date;
use kulanz::Number;
use kulanz::syntax::ast::{
    CompareOp, Datetime, Expr, ExprKind, Factor, Function, Literal, Matching, Modifier, Negation, Offset, Presence, Quantifier, Side, Steps, Term,
    Type, Unit as TimeUnit,
};

use super::asked::{Asked, Belief, Plain, Source};
use super::book::{Book, Part, Rule};
use super::calendar::{Calendar, clock_length, date_of, days_of, moment_of, seconds_of};
use super::value::{Range, Truth, Unit, Value};

/// For whom a case is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Person {
    Asker,
    /// The asker, had they spent nothing of what is counted per actor.
    AskerUnspent,
    SomebodyElse,
}

/// Everything a condition can read.
#[derive(Clone, Debug)]
pub struct Case<'a> {
    pub book: &'a Book,
    pub asked: &'a Asked,
    pub belief: Belief,
    pub person: Person,
    /// `amount`, with the unit of the action.
    pub amount: Value,
}

pub fn unit_of(ty: &Type) -> Option<Unit> {
    Some(match ty {
        Type::Money => Unit::Money,
        Type::Percent => Unit::Percent,
        Type::Number => Unit::Number,
        Type::Duration => Unit::Duration,
        Type::Date => Unit::Date,
        Type::Datetime => Unit::Datetime,
        _ => return None,
    })
}

pub fn unknown(ty: &Type) -> Value {
    match ty {
        Type::YesNo => Value::Condition(Truth::UNKNOWN),
        Type::Text => Value::Text(None),
        Type::OneOf(names) => Value::Choice(names.iter().map(|name| name.text.clone()).collect(), false),
        Type::SomeOf(_) => Value::Set(None),
        quantity => Value::Quantity(unit_of(quantity).unwrap(), Range::anything()),
    }
}

fn known(ty: &Type, plain: &Plain) -> Value {
    match plain {
        Plain::Quantity(number) => Value::Quantity(unit_of(ty).unwrap(), Range::point(number.clone())),
        Plain::YesNo(yes) => Value::Condition(Truth::known(*yes)),
        Plain::Text(text) => Value::Text(Some(text.clone())),
        Plain::Choice(name) => Value::Choice(BTreeSet::from([name.clone()]), false),
        Plain::Set(names) => Value::Set(Some(names.clone())),
    }
}

impl Case<'_> {
    /// What is known of a fact here.
    pub fn fact(&self, name: &str) -> Value {
        let fact = self.book.fact(name).unwrap();
        let believed = |source: Option<Source>| self.belief == Belief::Said || source == Some(Source::Record) || !self.book.is_verified(name);
        let someone_elses = self.person == Person::SomebodyElse && self.book.is_about_actor(name);
        match self.asked.facts.get(name).filter(|_| !someone_elses) {
            Some(given) if believed(Some(given.source)) => given.value.as_ref().map_or(Value::Absent, |plain| known(&fact.ty.value, plain)),
            None if believed(None) => self.default(name).unwrap_or_else(|| unknown(&fact.ty.value)),
            _ => unknown(&fact.ty.value),
        }
    }

    fn default(&self, name: &str) -> Option<Value> {
        let values = self.book.modifiers(name).find_map(|modifier| match modifier {
            Modifier::Default(values) => Some(values),
            _ => None,
        })?;
        Some(self.typed(&self.book.fact(name).unwrap().ty.value, values))
    }

    /// Written values, read as values of a type.
    pub fn typed(&self, ty: &Type, values: &[Expr]) -> Value {
        let name = |value: &Expr| match &value.kind {
            ExprKind::Name(name) => name.clone(),
            other => panic!("not a name: {other:?}"),
        };
        match ty {
            Type::SomeOf(_) => Value::Set(Some(values.iter().map(name).collect())),
            Type::OneOf(names) => match &values[0].kind {
                ExprKind::Name(name) if names.iter().any(|value| value.text == *name) => Value::Choice(BTreeSet::from([name.clone()]), false),
                _ => self.value(&values[0]),
            },
            _ => self.value(&values[0]),
        }
    }

    /// Whether a fact is there: unknown where nobody knows anything of it.
    pub fn presence(&self, name: &str) -> Truth {
        if self.fact(name) == Value::Absent {
            return Truth::NO;
        }
        let fact = self.book.fact(name).unwrap();
        let nothing_known = self.fact(name) == unknown(&fact.ty.value);
        if nothing_known && self.book.is_optional(name) && !self.is_surely_known(name) { Truth::UNKNOWN } else { Truth::YES }
    }

    fn is_surely_known(&self, name: &str) -> bool {
        // A `one of` with a single value looks the same known and unknown.
        self.asked.facts.get(name).is_some_and(|given| self.belief == Belief::Said || given.source == Source::Record || !self.book.is_verified(name))
    }

    pub fn is_unknown(&self, name: &str) -> bool {
        match name {
            "actor.id" => self.person != Person::SomebodyElse && self.asked.id.is_none(),
            "actor.team" => self.asked.team.is_none(),
            _ => {
                let about_other = self.person == Person::SomebodyElse && self.book.is_about_actor(name);
                (about_other || !self.is_surely_known(name)) && self.fact(name) == unknown(&self.book.fact(name).unwrap().ty.value)
            }
        }
    }

    pub fn today(&self) -> Date {
        self.book.calendar.day(self.asked.at)
    }

    /// The type that a name beside `is` is read as, where it is a `one of` or `some of`.
    fn choices(&self, expr: &Expr) -> Vec<String> {
        let ExprKind::Name(name) = &expr.kind else { return Vec::new() };
        if let Some(body) = self.book.defines.get(name) {
            return self.choices(body);
        }
        let ty = self.book.fact(name).map(|fact| &fact.ty.value).or_else(|| self.book.lookups.get(name).map(|table| &table.gives.value));
        match ty {
            Some(Type::OneOf(names) | Type::SomeOf(names)) => names.iter().map(|name| name.text.clone()).collect(),
            _ => Vec::new(),
        }
    }

    /// The value of `expr` beside `beside`, whose values win over names.
    pub fn value_beside(&self, beside: &Expr, expr: &Expr) -> Value {
        match &expr.kind {
            ExprKind::Name(name) if self.choices(beside).contains(name) => Value::Choice(BTreeSet::from([name.clone()]), false),
            _ => self.value(expr),
        }
    }

    pub fn truth(&self, expr: &Expr) -> Truth {
        self.value(expr).truth()
    }

    pub fn value(&self, expr: &Expr) -> Value {
        match &expr.kind {
            ExprKind::Literal(literal) => self.literal(literal),
            ExprKind::Name(name) => self.name(name),
            ExprKind::Spent(budget) => self.spent_value(&budget.text),
            ExprKind::Call(function, operands) => self.call(*function, operands),
            ExprKind::Of(part, whole) => self.part_of(part, whole),
            ExprKind::Negate(operand) => match self.value(operand) {
                Value::Quantity(unit, range) => Value::Quantity(unit, range.negate()),
                other => other,
            },
            ExprKind::Product(first, rest) => {
                rest.iter().fold(self.value(first), |left, (factor, right)| product(&left, *factor, &self.value(right)))
            }
            ExprKind::Sum(first, rest) => rest.iter().fold(self.value(first), |left, (term, right)| self.sum(&left, *term, right)),
            ExprKind::Rounded(operand, rounding, step) => {
                let step = self.value(step).range().exact().cloned();
                match (self.value(operand), step) {
                    (Value::Quantity(unit, range), Some(step)) => Value::Quantity(unit, range.map(|number| number.round(&step, *rounding))),
                    (other, _) => other,
                }
            }
            ExprKind::NumberOf(unit, from, to) => self.number_of(*unit, from, to),
            ExprKind::StartOf(period, date) => self.date_part(date, |day| Some(self.book.calendar.period(*period, day)?.0)),
            ExprKind::EndOf(period, date) => self.date_part(date, |day| Some(self.book.calendar.period(*period, day)?.1)),
            ExprKind::DaysInMonth(date) => self.days_in_month(date),
            ExprKind::Compare(left, op, right) => Value::Condition(self.compare(left, op.value, right)),
            ExprKind::OneOf(left, negation, options) => {
                let any = options.iter().fold(Truth::NO, |any, option| any.or(self.compare(left, CompareOp::Is, option)));
                Value::Condition(negated(any, *negation))
            }
            ExprKind::Between(middle, negation, low, high) => {
                let both = self.compare(low, CompareOp::AtMost, middle).and(self.compare(middle, CompareOp::AtMost, high));
                Value::Condition(negated(both, *negation))
            }
            ExprKind::Presence(fact, presence) => {
                let ExprKind::Name(name) = &fact.kind else { panic!("presence of no fact") };
                let present = self.presence(name);
                Value::Condition(if *presence == Presence::Present { present } else { present.not() })
            }
            ExprKind::Includes(set, quantifier, values) => Value::Condition(self.includes(set, *quantifier, values)),
            ExprKind::Match(text, matching, part) => Value::Condition(self.matches(text, *matching, part)),
            ExprKind::Within(offset) => Value::Condition(self.offset(offset, |subject, anchor, moved, side| match side {
                Side::After => anchor.at_most(subject).and(subject.at_most(moved)),
                Side::Before => moved.at_most(subject).and(subject.at_most(anchor)),
            })),
            ExprKind::MoreThan(offset) => Value::Condition(self.offset(offset, |subject, _, moved, side| match side {
                Side::After => moved.less(subject),
                Side::Before => subject.less(moved),
            })),
            ExprKind::AtLeast(offset) => Value::Condition(self.offset(offset, |subject, _, moved, side| match side {
                Side::After => moved.at_most(subject),
                Side::Before => subject.at_most(moved),
            })),
            ExprKind::Not(operand) => Value::Condition(self.truth(operand).not()),
            ExprKind::And(all) => Value::Condition(all.iter().fold(Truth::YES, |truth, one| truth.and(self.truth(one)))),
            ExprKind::Or(all) => Value::Condition(all.iter().fold(Truth::NO, |truth, one| truth.or(self.truth(one)))),
        }
    }

    fn literal(&self, literal: &Literal) -> Value {
        let quantity = |unit, number: &Number| Value::Quantity(unit, Range::point(number.clone()));
        match literal {
            Literal::Number(number) => quantity(Unit::Number, number),
            Literal::Percent(number) => quantity(Unit::Percent, number),
            Literal::Money(number, _) => quantity(Unit::Money, number),
            Literal::Steps(steps) => Value::Quantity(Unit::Duration, steps_length(steps).map_or_else(Range::nothing, Range::point)),
            Literal::Date(date) => quantity(Unit::Date, &days_of(*date)),
            Literal::Datetime(at) => quantity(Unit::Datetime, &seconds_of(self.moment(at))),
            Literal::YesNo(yes) => Value::Condition(Truth::known(*yes)),
            Literal::Text(text) => Value::Text(Some(text.clone())),
        }
    }

    pub fn moment(&self, at: &Datetime) -> jiff::Timestamp {
        match at {
            Datetime::Instant(at) => *at,
            Datetime::Local(local) => local.to_zoned(self.book.calendar.zone.clone()).unwrap().timestamp(),
        }
    }

    /// Whether a word stands for something, and is no value of a `one of`.
    pub fn is_a_name(&self, name: &str) -> bool {
        let built_in = matches!(name, "amount" | "today" | "now" | "actor.id" | "actor.team");
        built_in || self.book.fact(name).is_some() || self.book.defines.contains_key(name) || self.book.lookups.contains_key(name)
    }

    fn name(&self, name: &str) -> Value {
        match name {
            "amount" => self.amount.clone(),
            "today" => Value::Quantity(Unit::Date, Range::point(days_of(self.today()))),
            "now" => Value::Quantity(Unit::Datetime, Range::point(seconds_of(self.asked.at))),
            "actor.id" if self.person == Person::SomebodyElse => Value::SomebodyElse,
            "actor.id" => Value::Text(self.asked.id.clone()),
            "actor.team" => Value::Text(self.asked.team.clone()),
            _ if self.book.fact(name).is_some() => self.fact(name),
            _ => match self.book.defines.get(name) {
                Some(body) => self.value(body),
                None => self.look_up(&self.book.lookups[name]),
            },
        }
    }

    fn call(&self, function: Function, operands: &[Expr]) -> Value {
        let values: Vec<_> = operands.iter().map(|operand| self.value(operand)).collect();
        let Value::Quantity(unit, first) = values[0].clone() else { return Value::Absent };
        let pick = |left: Range, right: &Value| match function {
            Function::Min => left.pick(&right.range(), Ord::min),
            Function::Max => left.pick(&right.range(), Ord::max),
        };
        Value::Quantity(unit, values[1..].iter().fold(first, pick))
    }

    fn part_of(&self, part: &Expr, whole: &Expr) -> Value {
        let hundredth = Range::point(Number::ratio(1, 100).unwrap());
        match self.value(whole) {
            Value::Quantity(unit, range) => Value::Quantity(unit, self.value(part).range().multiply(&hundredth).multiply(&range)),
            other => other,
        }
    }

    fn sum(&self, left: &Value, term: Term, right: &Expr) -> Value {
        let Value::Quantity(unit, range) = left else { return left.clone() };
        if let (Unit::Date | Unit::Datetime, ExprKind::Literal(Literal::Steps(steps))) = (unit, &right.kind) {
            return Value::Quantity(*unit, self.shift(*unit, range, term, steps));
        }
        let Value::Quantity(other_unit, other) = self.value(right) else { return Value::Quantity(*unit, Range::nothing()) };
        let day = Range::point(Number::from(86_400));
        match (unit, term, other_unit) {
            (Unit::Datetime, Term::Minus, Unit::Datetime) => Value::Quantity(Unit::Duration, range.subtract(&other)),
            (Unit::Date | Unit::Datetime, Term::Minus, Unit::Date | Unit::Datetime) => {
                let days = self.as_date(*unit, range).subtract(&self.as_date(other_unit, &other));
                Value::Quantity(Unit::Duration, days.multiply(&day))
            }
            (_, Term::Plus, _) => Value::Quantity(*unit, range.add(&other)),
            (_, Term::Minus, _) => Value::Quantity(*unit, range.subtract(&other)),
        }
    }

    /// A date or moment moved along the calendar.
    fn shift(&self, unit: Unit, range: &Range, term: Term, steps: &Steps) -> Range {
        let count = if term == Term::Plus { steps.count.clone() } else { steps.count.negate() };
        let calendar = &self.book.calendar;
        range.map(|number| match unit {
            Unit::Date => calendar.step(date_of(number)?, count.to_i64()?, steps.unit).map(days_of),
            _ => calendar.step_moment(number, &count, steps.unit),
        })
    }

    /// Days since 1970-01-01, of a date or of a moment in the policy's time zone.
    fn as_date(&self, unit: Unit, range: &Range) -> Range {
        match unit {
            Unit::Datetime => range.map(|number| Some(days_of(self.book.calendar.day(moment_of(number)?)))),
            _ => range.clone(),
        }
    }

    /// A date value as a range of days.
    pub fn days(&self, value: &Value) -> Range {
        match value {
            Value::Quantity(unit, range) => self.as_date(*unit, range),
            _ => Range::nothing(),
        }
    }

    fn date_part(&self, date: &Expr, part: impl Fn(Date) -> Option<Date>) -> Value {
        Value::Quantity(Unit::Date, self.days(&self.value(date)).map(|number| part(date_of(number)?).map(days_of)))
    }

    fn days_in_month(&self, date: &Expr) -> Value {
        let days = self.days(&self.value(date));
        let length = match days.exact() {
            Some(day) => days.map(|_| Some(Number::from(Calendar::month_length(date_of(day)?)))),
            None if days.ends.is_none() => days,
            None => Range::between(super::value::End::At(Number::from(28)), super::value::End::At(Number::from(31))),
        };
        Value::Quantity(Unit::Number, length)
    }

    fn number_of(&self, unit: TimeUnit, from: &Expr, to: &Expr) -> Value {
        let (from, to) = (self.value(from), self.value(to));
        let count = match clock_length(unit) {
            Some(length) => to.range().subtract(&from.range()).map(|seconds| {
                let whole = seconds.divide(&Number::from(length))?.floor()?;
                Some(Number::from(whole.max(0)))
            }),
            None => self.calendar_count(unit, &self.days(&from), &self.days(&to)),
        };
        Value::Quantity(Unit::Number, at_least_zero(&count))
    }

    /// The earlier the first day and the later the second, the more.
    fn calendar_count(&self, unit: TimeUnit, from: &Range, to: &Range) -> Range {
        let (Some((from_low, from_high)), Some((to_low, to_high))) = (&from.ends, &to.ends) else { return Range::nothing() };
        let count = |from: &super::value::End, to: &super::value::End| {
            let days = |end: &super::value::End| date_of(end.number()?);
            Some(Number::from(self.book.calendar.count(unit, days(from)?, days(to)?)?))
        };
        let low = count(from_high, to_low).map_or(super::value::End::ZERO, super::value::End::At);
        let high = count(from_low, to_high).map_or(super::value::End::Above, super::value::End::At);
        Range { ends: Some((low, high)), undefined: from.undefined || to.undefined }
    }

    pub fn compare(&self, left: &Expr, op: CompareOp, right: &Expr) -> Truth {
        self.compare_values(&self.value_beside(right, left), op, &self.value_beside(left, right))
    }

    pub fn compare_values(&self, left: &Value, op: CompareOp, right: &Value) -> Truth {
        let (a, b) = match (left, right) {
            (Value::Quantity(unit, a), Value::Quantity(other, b)) if unit == other => (a.clone(), b.clone()),
            (Value::Quantity(unit, a), Value::Quantity(other, b)) => (self.as_date(*unit, a), self.as_date(*other, b)),
            _ => return if op == CompareOp::IsNot { same(left, right).not() } else { same(left, right) },
        };
        match op {
            CompareOp::Equal | CompareOp::Is => a.equal(&b),
            CompareOp::IsNot => a.equal(&b).not(),
            CompareOp::Less => a.less(&b),
            CompareOp::AtMost => a.at_most(&b),
            CompareOp::Greater => b.less(&a),
            CompareOp::AtLeast => b.at_most(&a),
        }
    }

    fn includes(&self, set: &Expr, quantifier: Quantifier, values: &[Expr]) -> Truth {
        let name = |value: &Expr| match &value.kind {
            ExprKind::Name(name) => name.clone(),
            other => panic!("not a value of a set: {other:?}"),
        };
        match self.value(set) {
            Value::Set(None) => Truth::UNKNOWN,
            Value::Set(Some(members)) => {
                let mut inside = values.iter().map(|value| members.contains(&name(value)));
                Truth::known(if quantifier == Quantifier::All { inside.all(|yes| yes) } else { inside.any(|yes| yes) })
            }
            _ => Truth::UNDEFINED,
        }
    }

    fn matches(&self, text: &Expr, matching: Matching, part: &Expr) -> Truth {
        match (self.value(text), self.value(part)) {
            (Value::Text(Some(text)), Value::Text(Some(part))) => Truth::known(match matching {
                Matching::StartsWith => text.starts_with(&part),
                Matching::EndsWith => text.ends_with(&part),
                Matching::Contains => text.contains(&part),
            }),
            (Value::Text(_), Value::Text(_)) => Truth::UNKNOWN,
            (Value::SomebodyElse, _) | (_, Value::SomebodyElse) => Truth::NO,
            _ => Truth::UNDEFINED,
        }
    }

    /// The condition on `D`, `E` and `E` moved by the steps.
    fn offset(&self, offset: &Offset, holds: impl Fn(&Range, &Range, &Range, Side) -> Truth) -> Truth {
        let on_clock = clock_length(offset.steps.unit).is_some();
        let unit = if on_clock { Unit::Datetime } else { Unit::Date };
        let read = |value: &Value| if on_clock { value.range() } else { self.days(value) };
        let subject = match &offset.subject {
            Some(subject) => read(&self.value(subject)),
            None if on_clock => self.name("now").range(),
            None => self.name("today").range(),
        };
        let anchor = read(&self.value(&offset.anchor));
        let term = if offset.side == Side::After { Term::Plus } else { Term::Minus };
        let moved = self.shift(unit, &anchor, term, &offset.steps);
        negated(holds(&subject, &anchor, &moved, offset.side), offset.negation)
    }

    /// Whether a rule applies, as far as its dates and conditions go.
    pub fn applies(&self, rule: &Rule) -> Truth {
        rule.parts.iter().fold(Truth::YES, |truth, part| truth.and(self.part(part)))
    }

    pub fn part(&self, part: &Part) -> Truth {
        let day = |by: &Option<String>| self.days(&self.name(by.as_deref().unwrap_or("today")));
        match part {
            Part::When(condition) => self.truth(condition),
            Part::Unless(condition) => self.truth(condition).not(),
            Part::From(date, by) => Range::point(days_of(*date)).at_most(&day(by)),
            Part::Until(date, by) => day(by).at_most(&Range::point(days_of(*date))),
            Part::Cell(expr, test) => self.cell(expr, test),
        }
    }

    /// A clause's own `when`.
    pub fn holds(&self, condition: Option<&Expr>) -> Truth {
        condition.map_or(Truth::YES, |condition| self.truth(condition))
    }
}

fn at_least_zero(range: &Range) -> Range {
    range.pick(&Range::point(Number::ZERO), Ord::max)
}

fn negated(truth: Truth, negation: Negation) -> Truth {
    if negation == Negation::Negated { truth.not() } else { truth }
}

/// Whether two values that are no quantities are the same.
fn same(left: &Value, right: &Value) -> Truth {
    match (left, right) {
        (Value::Text(Some(a)), Value::Text(Some(b))) => Truth::known(a == b),
        (Value::Text(_), Value::Text(_)) | (Value::SomebodyElse, Value::Text(None)) | (Value::Text(None), Value::SomebodyElse) => Truth::UNKNOWN,
        (Value::SomebodyElse, Value::Text(Some(_))) | (Value::Text(Some(_)), Value::SomebodyElse) => Truth::NO,
        (Value::SomebodyElse, Value::SomebodyElse) => Truth::YES,
        (Value::Condition(a), Value::Condition(b)) => a.and(*b).or(a.not().and(b.not())),
        (Value::Choice(a, maybe), Value::Choice(b, also)) => {
            let yes = a.intersection(b).next().is_some();
            let no = a.iter().any(|one| b.iter().any(|other| one != other));
            Truth::possible(yes, no, *maybe || *also)
        }
        _ => Truth::UNDEFINED,
    }
}

/// How long `N UNIT` is as a quantity; months, years and working days are none.
pub fn steps_length(steps: &Steps) -> Option<Number> {
    let seconds = match steps.unit {
        TimeUnit::Minute => 60,
        TimeUnit::Hour => 3600,
        TimeUnit::Day => 86_400,
        TimeUnit::Week => 604_800,
        TimeUnit::WorkingDay | TimeUnit::Month | TimeUnit::Year => return None,
    };
    steps.count.multiply(&Number::from(seconds))
}

fn product(left: &Value, factor: Factor, right: &Value) -> Value {
    let (Value::Quantity(unit, a), Value::Quantity(other, b)) = (left, right) else { return Value::Absent };
    match factor {
        Factor::Times if *unit == Unit::Number => Value::Quantity(*other, a.multiply(b)),
        Factor::Times => Value::Quantity(*unit, a.multiply(b)),
        Factor::Over if unit == other => Value::Quantity(Unit::Number, a.divide(b)),
        Factor::Over => Value::Quantity(*unit, a.divide(b)),
    }
}
