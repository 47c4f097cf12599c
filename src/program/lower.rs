//! Checked expressions into what is evaluated.
//!
//! The checker has seen to it that operands have the types their form asks for. Lowering therefore never fails; a form that cannot occur becomes a condition that
//! is never fulfilled or a value that is undefined, both of which count against the asker.

use std::cell::RefCell;

use super::constants::Constants;
use super::gate::gate;
use super::node::{Atom, Condition, Offset, Points, Quantity, Scale, Test, TestKind};
use crate::number::Number;
use crate::policy::expr::{Expr, ExprKind, Steps, Type, Value};
use crate::policy::{DefinitionId, Policy};
use crate::source::Span;
use crate::syntax::ast::{Factor, Term, Unit};

/// Seconds in a day, for the difference of two dates.
const SECONDS_A_DAY: i64 = 86_400;

/// From how many further factors on a product is not computed from left to right.
const LONG_PRODUCT: usize = 4;

fn percent() -> Quantity {
    Quantity::Constant(Number::ratio(1, 100).unwrap_or(Number::ZERO))
}

#[expect(clippy::unnecessary_box_returns, reason = "a pair is always stored in a box")]
fn pair(left: Quantity, right: Quantity) -> Box<(Quantity, Quantity)> {
    Box::new((left, right))
}

/// Division by zero: the value that does not exist.
fn undefined() -> Quantity {
    Quantity::Divide(pair(Quantity::Constant(Number::ONE), Quantity::Constant(Number::ZERO)))
}

fn scale(ty: &Type) -> Scale {
    match ty {
        Type::Datetime => Scale::Datetime,
        _ => Scale::Date,
    }
}

fn unit_scale(unit: Unit) -> Scale {
    match unit {
        Unit::Minute | Unit::Hour => Scale::Datetime,
        _ => Scale::Date,
    }
}

pub(super) struct Lower<'a> {
    pub policy: &'a Policy,
    /// The texts and lists that gates compare facts with.
    pub constants: RefCell<Constants>,
}

impl Lower<'_> {
    fn definition(&self, id: DefinitionId) -> Option<&Expr> {
        self.policy.definition(id).map(|definition| &definition.body)
    }

    pub fn condition(&self, expr: &Expr) -> Condition {
        match &expr.kind {
            ExprKind::Constant(Value::YesNo(value)) => Condition::Constant(*value),
            ExprKind::Definition(id) => Condition::Definition(*id),
            ExprKind::Not(inner) => self.not(inner, expr.span),
            ExprKind::And(parts) => Condition::And(parts.iter().map(|part| self.condition(part)).collect(), expr.span),
            ExprKind::Or(parts) => Condition::Or(parts.iter().map(|part| self.condition(part)).collect(), expr.span),
            ExprKind::OneOf(value, among) if value.ty == Type::YesNo => self.same_truth(expr, value, among),
            _ => match self.test(expr) {
                None => Condition::Constant(false),
                Some(kind) => self.gate_or_test(kind, expr.span),
            },
        }
    }

    pub fn gate_or_test(&self, kind: TestKind, span: Span) -> Condition {
        self.gate(&kind, true, span).unwrap_or_else(|| Condition::Test(Box::new(Test { span, kind })))
    }

    fn gate(&self, test: &TestKind, holds: bool, span: Span) -> Option<Condition> {
        gate(test, holds, &mut self.constants.borrow_mut()).map(|gate| Condition::Gate(gate, span))
    }

    fn not(&self, inner: &Expr, span: Span) -> Condition {
        let gate = self.test(inner).and_then(|test| self.gate(&test, false, span));
        gate.unwrap_or_else(|| Condition::Not(Box::new(self.condition(inner)), span))
    }

    /// `a is b` of two conditions: both hold or neither does.
    fn same_truth(&self, expr: &Expr, value: &Expr, among: &[Expr]) -> Condition {
        let side = |expr: &Expr| self.condition(expr);
        let negated = |inner: &Expr| self.not(inner, inner.span);
        let ways = among.iter().flat_map(|other| match side(other) {
            Condition::Constant(true) => vec![side(value)],
            Condition::Constant(false) => vec![negated(value)],
            same => {
                vec![Condition::And(Box::new([side(value), same]), expr.span), Condition::And(Box::new([negated(value), negated(other)]), expr.span)]
            }
        });
        Condition::Or(ways.collect(), expr.span)
    }

    fn test(&self, expr: &Expr) -> Option<TestKind> {
        Some(match &expr.kind {
            ExprKind::Fact(id) => TestKind::Flag(*id),
            ExprKind::Lookup(id) => TestKind::Lookup(*id),
            ExprKind::Present(id) => TestKind::Present(*id),
            ExprKind::Compare(left, how, right) => TestKind::Compare(self.quantity(left), *how, self.quantity(right)),
            ExprKind::Between(value, low, high) => TestKind::Between(self.quantity(value), self.quantity(low), self.quantity(high)),
            ExprKind::OneOf(value, among) => TestKind::OneOf(self.atom(value)?, among.iter().map(|other| self.atom(other)).collect::<Option<_>>()?),
            ExprKind::Includes(set, quantifier, choices) => TestKind::Includes(self.atom(set)?, *quantifier, choices.as_slice().into()),
            ExprKind::Match(text, how, pattern) => TestKind::Match(self.atom(text)?, *how, self.atom(pattern)?),
            ExprKind::Offset { subject, distance, steps, side, anchor } => TestKind::Offset(Offset {
                subject: self.quantity(subject),
                distance: *distance,
                steps: steps.clone(),
                side: *side,
                anchor: self.quantity(anchor),
                scale: unit_scale(steps.unit),
                points: Points { subject: subject.point(), anchor: anchor.point() },
            }),
            _ => return None,
        })
    }

    /// Definitions of such values are seen through.
    pub fn atom(&self, expr: &Expr) -> Option<Atom> {
        Some(match &expr.kind {
            ExprKind::Constant(value) => Atom::Constant(value.clone()),
            ExprKind::Fact(id) => Atom::Fact(*id),
            ExprKind::ActorId => Atom::ActorId,
            ExprKind::ActorTeam => Atom::ActorTeam,
            ExprKind::Lookup(id) => Atom::Lookup(*id),
            ExprKind::Definition(id) => self.atom(self.definition(*id)?)?,
            _ => return None,
        })
    }

    pub fn quantity(&self, expr: &Expr) -> Quantity {
        match &expr.kind {
            ExprKind::Constant(Value::Quantity(number)) => Quantity::Constant(number.clone()),
            ExprKind::Fact(id) => Quantity::Fact(*id),
            ExprKind::Definition(id) => Quantity::Definition(*id),
            ExprKind::Lookup(id) => Quantity::Lookup(*id),
            ExprKind::Amount => Quantity::Amount,
            ExprKind::Today => Quantity::Today,
            ExprKind::Now => Quantity::Now,
            ExprKind::Spent(id) => Quantity::Spent(*id),
            ExprKind::Call(function, parts) => Quantity::Choose(*function, parts.iter().map(|part| self.quantity(part)).collect()),
            ExprKind::Of(share, whole) => Quantity::Multiply(pair(Quantity::Multiply(pair(self.quantity(share), percent())), self.quantity(whole))),
            ExprKind::Negate(inner) => signed(Term::Minus, self.quantity(inner)),
            ExprKind::Product(first, rest) => self.product(first, rest),
            ExprKind::Sum(first, rest) => {
                let rest = rest.iter().map(|(term, next)| signed(*term, self.quantity(next)));
                balanced(std::iter::once(self.quantity(first)).chain(rest).collect(), Quantity::Add)
            }
            ExprKind::Difference(left, right) => self.difference(left, right),
            ExprKind::Shift(base, term, steps) => Quantity::Shift(Box::new(self.quantity(base)), directed(steps, *term), scale(&base.ty)),
            ExprKind::Move(base, term, by) => Quantity::Add(pair(self.quantity(base), signed(*term, self.quantity(by)))),
            ExprKind::DateOf(inner) => Quantity::DateOf(Box::new(self.quantity(inner))),
            ExprKind::Rounded(inner, rounding, step) => Quantity::Rounded(Box::new(self.quantity(inner)), *rounding, step.clone()),
            ExprKind::NumberOf(unit, from, to) => Quantity::NumberOf(*unit, pair(self.quantity(from), self.quantity(to)), scale(&from.ty)),
            ExprKind::StartOf(period, inner) => Quantity::StartOf(*period, Box::new(self.quantity(inner))),
            ExprKind::EndOf(period, inner) => Quantity::EndOf(*period, Box::new(self.quantity(inner))),
            ExprKind::DaysInMonth(inner) => Quantity::DaysInMonth(Box::new(self.quantity(inner))),
            _ => undefined(),
        }
    }

    fn product(&self, first: &Expr, rest: &[(Factor, Expr)]) -> Quantity {
        // The usual ones from left to right, as they are written.
        if rest.len() < LONG_PRODUCT {
            return rest.iter().fold(self.quantity(first), |so_far, (factor, next)| {
                let both = pair(so_far, self.quantity(next));
                match factor {
                    Factor::Times => Quantity::Multiply(both),
                    Factor::Over => Quantity::Divide(both),
                }
            });
        }
        let of = |wanted: Factor| rest.iter().filter(move |(factor, _)| *factor == wanted).map(|(_, next)| self.quantity(next));
        let times = balanced(std::iter::once(self.quantity(first)).chain(of(Factor::Times)).collect(), Quantity::Multiply);
        let over: Vec<Quantity> = of(Factor::Over).collect();
        if over.is_empty() { times } else { Quantity::Divide(pair(times, balanced(over, Quantity::Multiply))) }
    }

    /// In seconds.
    fn difference(&self, left: &Expr, right: &Expr) -> Quantity {
        let apart = Quantity::Add(pair(self.quantity(left), signed(Term::Minus, self.quantity(right))));
        match scale(&left.ty) {
            Scale::Datetime => apart,
            Scale::Date => Quantity::Multiply(pair(apart, Quantity::Constant(SECONDS_A_DAY.into()))),
        }
    }
}

/// Joins operands of which the order does not matter in pairs of pairs, so that a long chain is not deep.
fn balanced(mut operands: Vec<Quantity>, join: fn(Box<(Quantity, Quantity)>) -> Quantity) -> Quantity {
    while operands.len() > 1 {
        let mut left = operands.into_iter();
        let mut joined = Vec::new();
        while let Some(one) = left.next() {
            joined.push(match left.next() {
                Some(next) => join(pair(one, next)),
                None => one,
            });
        }
        operands = joined;
    }
    operands.pop().unwrap_or_else(undefined)
}

fn signed(term: Term, quantity: Quantity) -> Quantity {
    match (term, quantity) {
        (Term::Plus, quantity) => quantity,
        (Term::Minus, Quantity::Constant(number)) => Quantity::Constant(number.negate()),
        (Term::Minus, quantity) => Quantity::Negate(Box::new(quantity)),
    }
}

fn directed(steps: &Steps, term: Term) -> Steps {
    match term {
        Term::Plus => steps.clone(),
        Term::Minus => Steps { count: steps.count.negate(), unit: steps.unit },
    }
}
