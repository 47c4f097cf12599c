//! Why a rule did or did not apply: from the same conditions that decided.

use super::authority::View;
use super::bound::Bound;
use super::case::Case;
use super::decision::{Explanation, FailedCondition, Limit, Measured, Verdict};
use super::truth::Truth;
use crate::number::Number;
use crate::policy::FactRef;
use crate::policy::expr::Value;
use crate::program::Definition;
use crate::program::node::{Condition, Reads, Scale, Test, TestKind};
use crate::program::screen::{Entry, Screen};
use crate::source::Span;
use crate::syntax::ast::Unit;

const SECONDS_A_DAY: i64 = 86_400;

impl View<'_> {
    /// Every rule that could have applied, in source order.
    pub fn explain(&self, amount: &Number) -> Vec<Explanation> {
        let all = [&self.candidates.permissions, &self.candidates.prohibitions, &self.action.entitlements];
        let mut entries: Vec<&Entry> = all.into_iter().flat_map(Screen::entries).collect();
        entries.sort_by_key(|entry| entry.rule());
        entries.into_iter().filter_map(|entry| self.explain_rule(entry, amount)).collect()
    }

    fn explain_rule(&self, entry: &Entry, amount: &Number) -> Option<Explanation> {
        let id = entry.rule();
        let rule = self.rule(id)?;
        let verdict = verdict(self.truth(entry, rule, amount));
        let quantity = match (verdict, &rule.quantity) {
            (Verdict::Applies, Some(_)) => limit(self.quantity(rule)),
            (Verdict::Applies, None) if self.step().is_some() => limit(self.quantity(rule)),
            _ => Limit::None,
        };
        let failed = if verdict == Verdict::Applies { None } else { self.case.failure(&rule.condition, amount) };
        Some(Explanation { rule: id, verdict, quantity, failed })
    }
}

/// Zero is a limit here: a rule may apply and let nothing through.
fn limit(bound: Bound) -> Limit {
    match bound {
        Bound::Finite(most) => Limit::Amount(most),
        Bound::Unlimited => Limit::Unlimited,
    }
}

fn verdict(truth: Truth) -> Verdict {
    match truth {
        truth if truth.is_surely_yes() => Verdict::Applies,
        truth if truth.is_surely_no() => Verdict::Fails,
        Truth::UNDEFINED => Verdict::Undefined,
        _ => Verdict::Unknown,
    }
}

impl Case<'_> {
    /// The first condition that is not surely fulfilled; of a condition that surely is not, the first part that makes it so.
    fn failure(self, condition: &Condition, amount: &Number) -> Option<FailedCondition> {
        let truth = self.condition(condition, Some(amount));
        match condition {
            Condition::Constant(_) => None,
            Condition::And(parts, span) => {
                let to_blame = parts.iter().find(|part| {
                    let part = self.condition(part, Some(amount));
                    if truth.is_surely_no() { part.is_surely_no() } else { !part.is_surely_yes() }
                });
                to_blame.map_or_else(|| Some(self.failed(condition, *span)), |part| self.failure(part, amount))
            }
            Condition::Or(_, span) | Condition::Gate(_, span) => Some(self.failed(condition, *span)),
            Condition::Not(inner, span) => {
                let measured = if let Condition::Test(test) = inner.as_ref() { self.measured(test, amount) } else { None };
                let measured = measured.map(|measured| Measured { negated: true, ..measured });
                Some(FailedCondition { measured, ..self.failed(condition, *span) })
            }
            Condition::Definition(id) => match self.program.definitions.get(id.index()) {
                Some(Definition::Condition(body)) => self.failure(body, amount),
                _ => None,
            },
            Condition::Test(test) => Some(FailedCondition { measured: self.measured(test, amount), ..self.failed(condition, test.span) }),
        }
    }

    fn failed(self, condition: &Condition, span: Span) -> FailedCondition {
        let mut reads = Reads::default();
        condition.reads(&self.program.named(), &mut reads);
        let seen = reads.facts.into_iter().map(|fact| (fact, self.seen(fact))).collect();
        FailedCondition { span, seen, measured: None }
    }

    fn seen(self, fact: FactRef) -> Option<Value> {
        match fact {
            FactRef::Fact(id) => self.fact(id).value().cloned(),
            FactRef::ActorId => self.question.actor.id.clone().map(Value::Text),
            FactRef::ActorTeam => self.question.actor.team.clone().map(Value::Text),
        }
    }

    /// The distance that a condition on two points in time measured.
    fn measured(self, test: &Test, amount: &Number) -> Option<Measured> {
        let TestKind::Offset(offset) = &test.kind else { return None };
        let from = self.quantity(&offset.anchor, Some(amount)).as_known()?.clone();
        let to = self.quantity(&offset.subject, Some(amount)).as_known()?.clone();
        let apart = to.subtract(&from)?;
        let days = match offset.scale {
            Scale::Date => apart,
            Scale::Datetime => apart.divide(&Number::from(SECONDS_A_DAY))?,
        };
        Some(Measured {
            from: Value::Quantity(from),
            to: Value::Quantity(to),
            days: days.floor()?,
            asked: offset.steps.clone(),
            is_date: !matches!(offset.steps.unit, Unit::Minute | Unit::Hour),
            distance: offset.distance,
            side: offset.side,
            negated: false,
            anchor: offset.points.anchor,
            subject: offset.points.subject,
        })
    }
}
