//! Dates and distances: `within N UNIT after E`, `number of UNIT from A to B`.

use crate::diagnostic::Code;
use crate::policy::expr::{Distance, Expr, ExprKind, Type};
use crate::source::Span;
use crate::syntax::ast::{self, ExprKind as Written, Offset, Unit};

use super::Checker;
use super::comparisons::negate_if;
use super::report::{Checked, Reported};
use super::scope::Scope;
use super::wording::{condition, is_calendar, node, type_words};

impl<'a> Checker<'a> {
    pub(super) fn offset(&mut self, offset: &'a Offset, distance: Distance, span: Span, scope: &Scope) -> Checked<Expr> {
        let steps = self.steps(&offset.steps);
        let subject = match &offset.subject {
            Some(subject) => self.point_in_time(subject, &offset.steps, scope),
            None if is_calendar(offset.steps.unit) => Ok(node(ExprKind::Today, Type::Date, offset.steps.span)),
            None => Ok(node(ExprKind::Now, Type::Datetime, offset.steps.span)),
        };
        let anchor = self.point_in_time(&offset.anchor, &offset.steps, scope);
        let (subject, anchor) = (Box::new(subject?), Box::new(anchor?));
        let kind = ExprKind::Offset { subject, distance, steps: steps?, side: offset.side, anchor };
        Ok(negate_if(offset.negation, condition(kind, span), span))
    }

    /// A date for a unit on the calendar, a datetime for hours and minutes.
    fn point_in_time(&mut self, expr: &'a ast::Expr, steps: &ast::Steps, scope: &Scope) -> Checked<Expr> {
        self.point(expr, steps.unit, steps.span, scope)
    }

    fn point(&mut self, expr: &'a ast::Expr, unit: Unit, unit_span: Span, scope: &Scope) -> Checked<Expr> {
        let checked = self.expr_as(expr, Some(Type::Date), scope)?;
        match (&checked.ty, is_calendar(unit)) {
            (Type::Date, true) | (Type::Datetime, false) => Ok(checked),
            (Type::Datetime, true) => Ok(date_of(checked)),
            (Type::Date, false) => Err(self.no_time_of_day(&checked, unit_span)),
            _ => Err(self.no_date(&checked, expr)),
        }
    }

    fn no_date(&mut self, checked: &Expr, expr: &ast::Expr) -> Reported {
        let message = format!("{} is {}, here a date is needed", self.written(expr.span), type_words(&checked.ty));
        let help = match &expr.kind {
            Written::Sum(..) => "name the date itself: `within 30 days after order.delivered_on`",
            _ => "a date is a `date` or `datetime` fact, `today`, `now` or such as `2026-11-21`",
        };
        self.problem(Code::WrongType, expr.span, message, help)
    }

    /// A date; of a datetime the date that it has in the policy's time zone.
    pub(super) fn date(&mut self, expr: &'a ast::Expr, scope: &Scope) -> Checked<Expr> {
        self.point(expr, Unit::Day, expr.span, scope)
    }

    /// A datetime.
    pub(super) fn datetime(&mut self, expr: &'a ast::Expr, steps: &ast::Steps, scope: &Scope) -> Checked<Expr> {
        self.point_in_time(expr, steps, scope)
    }

    pub(super) fn number_of(&mut self, unit: Unit, from: &'a ast::Expr, to: &'a ast::Expr, span: Span, scope: &Scope) -> Checked<Expr> {
        let (from, to) = (self.point(from, unit, span, scope), self.point(to, unit, span, scope));
        let (from, to) = (Box::new(from?), Box::new(to?));
        Ok(node(ExprKind::NumberOf(unit, from, to), Type::Number, span))
    }
}

/// The date that a datetime has in the policy's time zone.
pub(super) fn date_of(datetime: Expr) -> Expr {
    let span = datetime.span;
    node(ExprKind::DateOf(Box::new(datetime)), Type::Date, span)
}
