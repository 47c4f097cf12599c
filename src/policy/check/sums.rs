//! `+` and `-`: quantities of one unit, distances of dates, and dates moved by steps.

use crate::diagnostic::{Code, Diagnostic};
use crate::policy::expr::{Expr, ExprKind, Type};
use crate::source::Span;
use crate::syntax::ast::{self, ExprKind as Written, Literal, Term};

use super::Checker;
use super::report::{Checked, Reported, all};
use super::scope::Scope;
use super::wording::{is_calendar, is_quantity, node, type_words};

/// A part of a sum. `2 months` is a step beside a date and no quantity at all, so what a literal is shows only beside its neighbour.
enum Operand<'a> {
    Value(Expr),
    Steps(&'a ast::Steps),
}

impl<'a> Checker<'a> {
    pub(super) fn sum(&mut self, first: &'a ast::Expr, rest: &'a [(Term, ast::Expr)], span: Span, scope: &Scope) -> Checked<Expr> {
        if let Some(reported) = self.dashed_name(first, rest) {
            return Err(reported);
        }
        let operand = self.operand(first, scope);
        let operands = all(rest.iter().map(|(_, expr)| self.operand(expr, scope)).collect::<Vec<_>>());
        let (mut sum, operands) = (operand?, operands?);
        for ((term, written), operand) in rest.iter().zip(operands) {
            sum = Operand::Value(self.add(sum, *term, operand, written, span)?);
        }
        self.value(sum)
    }

    /// `order-total`
    fn dashed_name(&mut self, first: &'a ast::Expr, rest: &'a [(Term, ast::Expr)]) -> Option<Reported> {
        let [(Term::Minus, last)] = rest else { return None };
        let (Written::Name(one), Written::Name(other)) = (&first.kind, &last.kind) else { return None };
        if !self.names_no_value(first) && !self.names_no_value(last) {
            return None;
        }
        let meant = [format!("{one}.{other}"), format!("{one}_{other}")].into_iter().find(|name| self.names.peek(name).is_some())?;
        let span = Span { end: last.span.end, ..first.span };
        Some(self.problem(Code::UnknownName, span, format!("there is no {}", self.written(span)), format!("did you mean `{meant}`?")))
    }

    fn operand(&mut self, expr: &'a ast::Expr, scope: &Scope) -> Checked<Operand<'a>> {
        match &expr.kind {
            Written::Literal(Literal::Steps(steps)) => Ok(Operand::Steps(steps)),
            _ => self.expr(expr, scope).map(Operand::Value),
        }
    }

    fn value(&mut self, operand: Operand<'a>) -> Checked<Expr> {
        match operand {
            Operand::Value(expr) => Ok(expr),
            Operand::Steps(steps) => self.duration(steps),
        }
    }

    fn add(&mut self, left: Operand<'a>, term: Term, right: Operand<'a>, written: &'a ast::Expr, span: Span) -> Checked<Expr> {
        match (left, term, right) {
            (Operand::Value(date), term, Operand::Steps(steps)) if is_date(&date.ty) => self.shift(date, term, steps, span),
            (Operand::Steps(steps), Term::Plus, Operand::Value(date)) if is_date(&date.ty) => self.shift(date, Term::Plus, steps, span),
            (left, term, right) => {
                let (left, right) = (self.value(left), self.value(right));
                self.add_values(left?, term, right?, written, span)
            }
        }
    }

    fn shift(&mut self, date: Expr, term: Term, written: &'a ast::Steps, span: Span) -> Checked<Expr> {
        let steps = self.steps(written)?;
        if date.ty == Type::Date && !is_calendar(steps.unit) {
            return Err(self.no_time_of_day(&date, written.span));
        }
        let ty = date.ty.clone();
        Ok(node(ExprKind::Shift(Box::new(date), term, steps), ty, span))
    }

    /// Hours and minutes beside a date.
    pub(super) fn no_time_of_day(&mut self, date: &Expr, steps: Span) -> Reported {
        let message = format!("{} is a date and has no time of day", self.written(date.span));
        self.report(
            Diagnostic::new(Code::DateWithoutTime, message)
                .at(date.span, "a date")
                .at(steps, "counts hours or minutes")
                .help("hours and minutes need datetimes: count in days, or make the fact a `datetime`"),
        )
    }

    fn add_values(&mut self, left: Expr, term: Term, right: Expr, written: &'a ast::Expr, span: Span) -> Checked<Expr> {
        match (&left.ty, term, &right.ty) {
            (Type::Date, Term::Minus, Type::Date) | (Type::Datetime, Term::Minus, Type::Datetime) => {
                Ok(node(ExprKind::Difference(Box::new(left), Box::new(right)), Type::Duration, span))
            }
            (Type::Datetime, term, Type::Duration) => Ok(node(ExprKind::Move(Box::new(left), term, Box::new(right)), Type::Datetime, span)),
            (Type::Duration, Term::Plus, Type::Datetime) => {
                Ok(node(ExprKind::Move(Box::new(right), Term::Plus, Box::new(left)), Type::Datetime, span))
            }
            (Type::Date, _, Type::Duration) | (Type::Duration, Term::Plus, Type::Date) => Err(self.date_and_duration(&right)),
            (one, _, other) if one == other && is_quantity(one) => Ok(extend(left, term, right, span)),
            _ => Err(self.bad_sum(&left, term, &right, written)),
        }
    }

    fn date_and_duration(&mut self, right: &Expr) -> Reported {
        self.problem(
            Code::WrongOperand,
            right.span,
            "a date is moved by a step such as `30 days`, not by a duration",
            "write the step as a literal, or compare the distance: `today - D <= X`",
        )
    }

    fn bad_sum(&mut self, left: &Expr, term: Term, right: &Expr, written: &'a ast::Expr) -> Reported {
        let sign = if term == Term::Plus { "added" } else { "subtracted" };
        for operand in [left, right] {
            if !is_quantity(&operand.ty) && !is_date(&operand.ty) {
                return self.no_arithmetic(operand, operand.span, "it cannot be added or subtracted");
            }
        }
        match (&left.ty, &right.ty) {
            (Type::Date | Type::Datetime, Type::Date | Type::Datetime) if left.ty != right.ty => {
                let datetime = if left.ty == Type::Datetime { left } else { right };
                let message = format!("a date and a datetime cannot be {sign}");
                let help = format!("take its date: `{}`", self.day_of(datetime.span));
                self.problem(Code::DifferentUnits, datetime.span, message, help)
            }
            (Type::Date | Type::Datetime, Type::Date | Type::Datetime) => {
                self.problem(Code::WrongOperand, right.span, "two dates cannot be added", "a date less a date is a duration")
            }
            (Type::Date | Type::Datetime, Type::Number) if matches!(right.kind, ExprKind::Constant(_)) => {
                let message = format!("{} and a number cannot be {sign}", type_words(&left.ty));
                let help = format!("write `{} days`, or another unit of time", self.pack.sources.snippet(right.span).trim());
                self.problem(Code::DifferentUnits, right.span, message, help)
            }
            _ => match self.dashed_range(left, term, right) {
                Some(range) => {
                    let message = format!("{} and {} cannot be {sign}", type_words(&left.ty), type_words(&right.ty));
                    let problem =
                        Diagnostic::new(Code::DifferentUnits, message).at(right.span, type_words(&right.ty)).at(left.span, type_words(&left.ty));
                    self.report(problem.help(format!("for a range write {range}")))
                }
                None => self.different_units(left, right, written, &format!("cannot be {sign}")),
            },
        }
    }

    /// `10-50 EUR`, in a cell of a table or not.
    fn dashed_range(&self, left: &Expr, term: Term, right: &Expr) -> Option<String> {
        let source = self.pack.sources.get(left.span.source)?;
        let number = source.line(left.span.start as usize);
        let is_spreadsheet = std::path::Path::new(source.name()).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        let in_cell = is_spreadsheet || source.text().lines().nth(number.checked_sub(1)?)?.trim_start().starts_with('|');
        let is_constant = |side: &Expr| matches!(side.kind, ExprKind::Constant(_));
        let low = self.with_unit(self.pack.sources.snippet(left.span).trim(), left.span, &right.ty)?;
        let is_range = term == Term::Minus && left.ty == Type::Number && is_constant(left) && is_constant(right);
        let (low, high) = (low.trim_matches('`'), self.pack.sources.snippet(right.span).trim());
        is_range.then(|| if in_cell { format!("`{low} .. {high}`") } else { format!("`is between {low} and {high}`") })
    }
}

fn is_date(ty: &Type) -> bool {
    matches!(ty, Type::Date | Type::Datetime)
}

/// One list for a chain of one unit. What stands in parentheses was written as one operand and stays one.
fn extend(left: Expr, term: Term, right: Expr, span: Span) -> Expr {
    let ty = left.ty.clone();
    match left.kind {
        ExprKind::Sum(first, mut rest) if left.span == span => {
            rest.push((term, right));
            node(ExprKind::Sum(first, rest), ty, span)
        }
        kind => node(ExprKind::Sum(Box::new(Expr { kind, ty: ty.clone(), span: left.span }), vec![(term, right)]), ty, span),
    }
}
