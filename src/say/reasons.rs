//! Why a rule did or did not apply, in a sentence.

use std::cmp::Ordering;

use super::Speech;
use crate::decide::{Explanation, FailedCondition, Measured, Verdict};
use crate::number::Number;
use crate::policy::expr::{Distance, Expr, ExprKind, Type, Value};
use crate::policy::{FactRef, Policy, Rule};
use crate::question::{FactState, Question};
use crate::source::Span;
use crate::syntax::ast::Side;

/// A condition as it is written, on one line.
pub(crate) fn condition(policy: &Policy, span: Span) -> String {
    let lines = policy.sources.snippet(span).lines().map(|line| line.split_once(" #").map_or(line, |(code, _)| code));
    lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

/// A condition on the distance of two points in time.
struct Asked<'p> {
    message: &'static str,
    side: Side,
    subject: &'p Expr,
    anchor: &'p Expr,
}

impl Speech<'_> {
    /// What kept a rule from applying: `order.delivered_on 2026-08-01, 112 days ago; the rule asks for at most 30 days`.
    pub(crate) fn failed(&self, question: &Question, explanation: &Explanation, failed: &FailedCondition) -> String {
        let condition = super::cells::with_header(self.policy, failed.span).unwrap_or_else(|| condition(self.policy, failed.span));
        if explanation.verdict == Verdict::Undefined {
            return self.tongue.tell("explain-gap", &[("condition", &condition)]);
        }
        let missing: Vec<String> =
            failed.seen.iter().filter(|(fact, value)| value.is_none() && is_unknown(question, *fact)).map(|(fact, _)| self.fact(*fact)).collect();
        if explanation.verdict == Verdict::Unknown && !missing.is_empty() {
            return self.tongue.tell("explain-missing", &[("facts", &missing.join(", ")), ("condition", &condition)]);
        }
        if let Some(text) = failed.measured.as_ref().and_then(|measured| self.distance(explanation, failed, measured)) {
            return text;
        }
        let seen: Vec<String> = failed.seen.iter().map(|(fact, value)| self.seen(question, *fact, value.as_ref())).collect();
        if seen.is_empty() {
            return self.tongue.tell("explain-condition-only", &[("condition", &condition)]);
        }
        self.tongue.tell("explain-condition", &[("seen", &seen.join(", ")), ("condition", &condition)])
    }

    fn seen(&self, question: &Question, fact: FactRef, value: Option<&Value>) -> String {
        let name = self.fact(fact);
        match value {
            Some(value) => self.tongue.tell("explain-fact", &[("fact", &name), ("value", &self.value(self.type_of(fact), value))]),
            None if is_unknown(question, fact) => self.tongue.tell("explain-unknown-fact", &[("fact", &name)]),
            None => self.tongue.tell("explain-absent-fact", &[("fact", &name)]),
        }
    }

    fn type_of(&self, fact: FactRef) -> &Type {
        let FactRef::Fact(id) = fact else { return &Type::Text };
        self.policy.facts.get(id.index()).map_or(&Type::Text, |fact| &fact.ty)
    }

    fn distance(&self, explanation: &Explanation, failed: &FailedCondition, measured: &Measured) -> Option<String> {
        let rule = self.policy.rules.get(explanation.rule.index())?;
        let asked = asked(self.policy, rule, failed.span)?;
        let text = self.measured(&asked, measured)?;
        let steps = if asked.message == "asks-not-within" { self.steps_dative(&measured.asked) } else { self.steps(&measured.asked) };
        let distance = self.tongue.tell(asked.message, &[("asked", &steps)]);
        let distance = match asked.side {
            Side::Before => self.tongue.tell("asks-before", &[("distance", &distance)]),
            Side::After if measured.days < 0 => self.tongue.tell("asks-after", &[("distance", &distance)]),
            Side::After => distance,
        };
        Some(self.tongue.tell("explain-distance", &[("measured", &text), ("asked", &distance)]))
    }

    /// `order.delivered_on 2026-08-01, 112 days ago`
    fn measured(&self, asked: &Asked<'_>, measured: &Measured) -> Option<String> {
        let (Value::Quantity(from), Value::Quantity(to)) = (&measured.from, &measured.to) else { return None };
        let apart = to.subtract(from)?;
        let is_now = matches!(asked.subject.kind, ExprKind::Today | ExprKind::Now);
        let id = match (apart.cmp(&Number::ZERO), is_now) {
            (Ordering::Equal, true) => "explain-today",
            (Ordering::Greater, true) => "explain-ago",
            (Ordering::Less, true) => "explain-ahead",
            (Ordering::Equal, false) => "explain-same",
            (Ordering::Greater, false) => "explain-after",
            (Ordering::Less, false) => "explain-before",
        };
        let ty = if measured.is_date { Type::Date } else { Type::Datetime };
        let (from, to) = (self.value(&ty, &measured.from), self.value(&ty, &measured.to));
        let distance = self.apart(&apart, measured.is_date, is_now.then_some("dative"));
        let (subject, fact) = (self.point(asked.subject), self.point(asked.anchor));
        Some(self.tongue.tell(id, &[("subject", &subject), ("fact", &fact), ("from", &from), ("to", &to), ("days", &distance)]))
    }

    /// What a point in time is called: a fact's name, or the expression as it is written.
    fn point(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Fact(id) => self.fact(FactRef::Fact(*id)),
            ExprKind::DateOf(inner) => self.point(inner),
            _ => condition(self.policy, expr.span),
        }
    }

    /// The days between two dates or the time between two moments, whichever comes first.
    fn apart(&self, apart: &Number, is_date: bool, form: Option<&str>) -> String {
        let apart = if *apart < Number::ZERO { apart.negate() } else { apart.clone() };
        if is_date { self.unit("day", &apart, form) } else { self.duration(&apart, form) }
    }
}

fn is_unknown(question: &Question, fact: FactRef) -> bool {
    match fact {
        FactRef::Fact(id) => *question.fact(id) == FactState::Unknown,
        FactRef::ActorId => question.actor.id.is_none(),
        FactRef::ActorTeam => question.actor.team.is_none(),
    }
}

/// What the condition at `span` asks of a distance; `None` where it is no such condition.
fn asked<'p>(policy: &'p Policy, rule: &'p Rule, span: Span) -> Option<Asked<'p>> {
    let definitions = policy.definitions.iter().map(|definition| &definition.body);
    let (expr, negated) = rule.condition.iter().chain(definitions).find_map(|expr| find(expr, span, false))?;
    let ExprKind::Offset { distance, side, subject, anchor, .. } = &expr.kind else { return None };
    let message = match (distance, negated) {
        (Distance::Within, false) | (Distance::MoreThan, true) => "asks-at-most",
        (Distance::Within, true) => "asks-not-within",
        (Distance::MoreThan, false) => "asks-more-than",
        (Distance::AtLeast, false) => "asks-at-least",
        (Distance::AtLeast, true) => "asks-less-than",
    };
    Some(Asked { message, side: *side, subject, anchor })
}

/// The distance condition at a span, and whether a `not` stands before it.
fn find(expr: &Expr, span: Span, negated: bool) -> Option<(&Expr, bool)> {
    match &expr.kind {
        ExprKind::Offset { .. } if expr.span == span => Some((expr, negated)),
        ExprKind::Not(inner) if expr.span == span => find(inner, inner.span, !negated),
        ExprKind::Not(inner) => find(inner, span, !negated),
        ExprKind::And(all) | ExprKind::Or(all) => all.iter().find_map(|part| find(part, span, negated)),
        _ => None,
    }
}
