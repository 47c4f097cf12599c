//! Conditions: comparisons, lists, sets, texts, presence.

use crate::diagnostic::{Code, Diagnostic};
use crate::policy::ChoiceId;
use crate::policy::expr::{Comparison, Expr, ExprKind, Type, Value};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{self, CompareOp, ExprKind as Written, Matching, Negation, Presence, Quantifier};

use super::expressions::share_values;
use super::names::Named;
use super::report::{Checked, Reported, all};
use super::scope::Scope;
use super::wording::{condition, is_ordered, node, not, type_words};
use super::{Checker, wording};

/// What an operator asks of its sides.
pub(super) enum Relation {
    Equal,
    NotEqual,
    Order(Comparison),
}

pub(super) fn relation(op: CompareOp) -> Relation {
    match op {
        CompareOp::Equal | CompareOp::Is => Relation::Equal,
        CompareOp::IsNot => Relation::NotEqual,
        CompareOp::Less => Relation::Order(Comparison::Less),
        CompareOp::AtMost => Relation::Order(Comparison::AtMost),
        CompareOp::Greater => Relation::Order(Comparison::Greater),
        CompareOp::AtLeast => Relation::Order(Comparison::AtLeast),
    }
}

pub(super) fn sign(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Equal => "=",
        CompareOp::Is => "is",
        CompareOp::IsNot => "is not",
        CompareOp::Less => "<",
        CompareOp::AtMost => "<=",
        CompareOp::Greater => ">",
        CompareOp::AtLeast => ">=",
    }
}

pub(super) fn negate_if(negation: Negation, expr: Expr, span: Span) -> Expr {
    match negation {
        Negation::Plain => expr,
        Negation::Negated => Expr { span, ..not(expr) },
    }
}

impl<'a> Checker<'a> {
    pub(super) fn compare(&mut self, left: &'a ast::Expr, op: &Spanned<CompareOp>, right: &'a ast::Expr, span: Span, scope: &Scope) -> Checked<Expr> {
        if let Some(reported) = self.group_and_value(left, op.value, right, span) {
            return Err(reported);
        }
        let (left, right) = self.sides(left, right, scope)?;
        self.compare_checked(left, op, (right.0, right.1), span)
    }

    /// Both sides, a value of a `one of` understood from the other side.
    fn sides(&mut self, left: &'a ast::Expr, right: &'a ast::Expr, scope: &Scope) -> Checked<(Expr, (Expr, &'a ast::Expr))> {
        if self.names_no_value(left) && !self.names_no_value(right) {
            let checked_right = self.expr(right, scope)?;
            let checked_left = self.beside(left, &checked_right, scope)?;
            return Ok((checked_left, (checked_right, right)));
        }
        let checked_left = self.expr_as(left, None, scope);
        let Ok(checked_left) = checked_left else {
            // The right side's own mistakes are reported too, unless it can be understood only from the left one.
            if !self.names_no_value(right) {
                let _ = self.expr(right, scope);
            }
            return Err(Reported::ALREADY);
        };
        let checked_right = self.beside(right, &checked_left, scope)?;
        Ok((checked_left, (checked_right, right)))
    }

    /// An expression beside another: a value of that one's type wins over a name.
    pub(super) fn beside(&mut self, expr: &'a ast::Expr, other: &Expr, scope: &Scope) -> Checked<Expr> {
        let (Type::OneOf(choices) | Type::SomeOf(choices), Written::Name(name)) = (&other.ty, &expr.kind) else {
            return self.expr_as(expr, Some(other.ty.clone()), scope);
        };
        let is_value = self.choices.get(name).is_some_and(|id| choices.contains(&id));
        if is_value || self.names_no_value(expr) {
            let choices = choices.clone();
            let id = self.choice(name, expr.span, &choices, |checker| checker.written(other.span))?;
            return Ok(node(ExprKind::Constant(Value::Choice(id)), Type::OneOf(choices), expr.span));
        }
        self.expr(expr, scope)
    }

    pub(super) fn compare_checked(&mut self, left: Expr, op: &Spanned<CompareOp>, right: (Expr, &'a ast::Expr), span: Span) -> Checked<Expr> {
        let (right, written) = right;
        if matches!(left.ty, Type::SomeOf(_)) || matches!(right.ty, Type::SomeOf(_)) {
            return Err(self.set_compared(&left, &right, op));
        }
        if left.ty != right.ty && !share_values(&left.ty, &right.ty) {
            return Err(self.age(&left, op, &right).unwrap_or_else(|| self.not_one_unit(&left, &right, written)));
        }
        match relation(op.value) {
            Relation::Order(comparison) if is_ordered(&left.ty) => Ok(compared(left, comparison, right, span)),
            Relation::Order(_) => Err(self.no_order(&left, op)),
            Relation::Equal if is_ordered(&left.ty) => Ok(compared(left, Comparison::Equal, right, span)),
            Relation::NotEqual if is_ordered(&left.ty) => Ok(compared(left, Comparison::NotEqual, right, span)),
            Relation::Equal => Ok(equals(left, vec![right], span)),
            Relation::NotEqual => Ok(not(equals(left, vec![right], span))),
        }
    }

    /// A date beside a duration: what is meant is how long ago it was.
    fn age(&mut self, left: &Expr, op: &Spanned<CompareOp>, right: &Expr) -> Option<Reported> {
        let now = match (&left.ty, &right.ty) {
            (Type::Date, Type::Duration) => "today",
            (Type::Datetime, Type::Duration) => "now",
            _ => return None,
        };
        let text = |span| self.pack.sources.snippet(span).trim();
        let help = format!("for how long ago it was, write `{now} - {} {} {}`", text(left.span), sign(op.value), text(right.span));
        let message = format!("{} and a duration cannot be compared", type_words(&left.ty));
        let problem = Diagnostic::new(Code::DifferentUnits, message).at(right.span, type_words(&right.ty)).at(left.span, type_words(&left.ty));
        Some(self.report(problem.help(help)))
    }

    fn not_one_unit(&mut self, left: &Expr, right: &Expr, written: &'a ast::Expr) -> Reported {
        if let (Type::OneOf(_), Type::OneOf(_)) = (&left.ty, &right.ty) {
            let message = format!("{} and {} have no value in common", self.written(left.span), self.written(right.span));
            return self.problem(Code::DifferentUnits, right.span, message, "compare with one of its values");
        }
        self.different_units(left, right, written, "cannot be compared")
    }

    fn set_compared(&mut self, left: &Expr, right: &Expr, op: &Spanned<CompareOp>) -> Reported {
        let (set, value) = if matches!(left.ty, Type::SomeOf(_)) { (left, right) } else { (right, left) };
        let message = format!("{} is a set and cannot be compared with `{}`", self.written(set.span), sign(op.value));
        let written = |checker: &Self, span| checker.written(span).trim_matches('`').to_owned();
        let negated = if op.value == CompareOp::IsNot { "not " } else { "" };
        let help = format!("write `{negated}{} includes {}`", written(self, set.span), written(self, value.span));
        self.problem(Code::NotComparable, op.span, message, help)
    }

    fn no_order(&mut self, left: &Expr, op: &Spanned<CompareOp>) -> Reported {
        let message = format!("{} is {} and has no order", self.written(left.span), type_words(&left.ty));
        let help = match left.ty {
            Type::YesNo => "it is a condition already; write it alone, or with `not` before it",
            Type::OneOf(_) => "name the values: `is one of A, B`",
            _ => "compare it with `is`, `starts with`, `ends with` or `contains`",
        };
        self.report(Diagnostic::new(Code::NotComparable, message).at(op.span, "an order").at(left.span, type_words(&left.ty)).help(help))
    }

    pub(super) fn one_of(&mut self, value: &'a ast::Expr, negation: Negation, options: &'a [ast::Expr], span: Span, scope: &Scope) -> Checked<Expr> {
        let listed: Vec<&ast::Expr> = options.iter().collect();
        let said = self.set_said_otherwise(value, &listed, span, negation);
        let turned = options.first().filter(|_| said.is_none() && options.len() == 1);
        if let Some(reported) = said.or_else(|| self.set_said_otherwise(turned?, &[value], span, negation)) {
            return Err(reported);
        }
        let value = self.expr(value, scope)?;
        let checked = self.any_of(&value, options, span, scope)?;
        Ok(negate_if(negation, checked, span))
    }

    /// One of the options equals the value.
    pub(super) fn any_of(&mut self, value: &Expr, options: &'a [ast::Expr], span: Span, scope: &Scope) -> Checked<Expr> {
        if let Type::SomeOf(_) = value.ty {
            let message = format!("{} is a set", self.written(value.span));
            let help = format!("write `{} includes any of …`", self.written(value.span).trim_matches('`'));
            return Err(self.problem(Code::NotComparable, value.span, message, help));
        }
        let checked: Vec<_> = options.iter().map(|option| self.option(value, option, scope)).collect();
        let options = all(checked)?;
        if !is_ordered(&value.ty) {
            return Ok(equals(value.clone(), options, span));
        }
        let mut alternatives: Vec<_> = options.into_iter().map(|option| compared(value.clone(), Comparison::Equal, option, span)).collect();
        match (alternatives.pop(), alternatives.is_empty()) {
            (Some(only), true) => Ok(only),
            (Some(last), false) => {
                alternatives.push(last);
                Ok(condition(ExprKind::Or(alternatives), span))
            }
            (None, _) => Err(Reported::ALREADY),
        }
    }

    fn option(&mut self, value: &Expr, option: &'a ast::Expr, scope: &Scope) -> Checked<Expr> {
        let checked = self.beside(option, value, scope)?;
        if checked.ty == value.ty || share_values(&checked.ty, &value.ty) {
            return Ok(checked);
        }
        Err(self.not_one_unit(value, &checked, option))
    }

    pub(super) fn between(
        &mut self,
        (value, low, high): (&'a ast::Expr, &'a ast::Expr, &'a ast::Expr),
        negation: Negation,
        span: Span,
        scope: &Scope,
    ) -> Checked<Expr> {
        let checked = self.expr(value, scope)?;
        let (low_checked, high_checked) = (self.beside(low, &checked, scope), self.beside(high, &checked, scope));
        let range = self.in_range(checked, (low_checked?, low), (high_checked?, high), span)?;
        Ok(negate_if(negation, range, span))
    }

    /// The value lies between two others, both ends in.
    pub(super) fn in_range(&mut self, value: Expr, low: (Expr, &'a ast::Expr), high: (Expr, &'a ast::Expr), span: Span) -> Checked<Expr> {
        if !is_ordered(&value.ty) {
            let message = format!("{} is {} and lies between nothing", self.written(value.span), type_words(&value.ty));
            return Err(self.problem(Code::NotComparable, value.span, message, "name the values: `is one of A, B`"));
        }
        for (end, written) in [&low, &high] {
            if end.ty != value.ty {
                return Err(self.different_units(&value, end, written, "cannot be compared"));
            }
        }
        Ok(condition(ExprKind::Between(Box::new(value), Box::new(low.0), Box::new(high.0)), span))
    }

    pub(super) fn presence(&mut self, value: &'a ast::Expr, presence: Presence, span: Span) -> Checked<Expr> {
        let Written::Name(name) = &value.kind else {
            let message = format!("{} is no fact", self.written(value.span));
            return Err(self.problem(Code::NotOptional, value.span, message, "`is present` and `is absent` stand behind an optional fact"));
        };
        let fact = ast::Name { text: name.clone(), span: value.span };
        let id = match self.names.get(name) {
            Some(named @ (Named::Definition(_) | Named::Lookup(_))) => {
                let message = format!("`{name}` is {}, and always present", named.kind());
                return Err(self.problem(Code::NotOptional, value.span, message, "`is present` and `is absent` stand behind an optional fact"));
            }
            _ => self.fact(&fact)?,
        };
        if self.fact_shape(id).is_some_and(|shape| !shape.optional) {
            let declared = self.items.facts.get(id.index()).map_or(value.span, |fact| fact.name.span);
            return Err(self.report(
                Diagnostic::new(Code::NotOptional, format!("`{name}` is never absent"))
                    .at(span, "always or never true")
                    .at(declared, "not `optional`")
                    .help("add `optional` to the fact, or leave this condition out"),
            ));
        }
        let present = condition(ExprKind::Present(id), span);
        Ok(if presence == Presence::Present { present } else { not(present) })
    }

    pub(super) fn includes(
        &mut self,
        set: &'a ast::Expr,
        quantifier: Quantifier,
        values: &'a [ast::Expr],
        span: Span,
        scope: &Scope,
    ) -> Checked<Expr> {
        let set = self.expr(set, scope)?;
        let Type::SomeOf(choices) = &set.ty else {
            let help = match set.ty {
                Type::Text => "write `contains` for a part of a text",
                Type::OneOf(_) => "write `is`, or `is one of A, B`",
                _ => "`includes` stands behind a `some of` fact",
            };
            let message = format!("{} is {}, not a set", self.written(set.span), type_words(&set.ty));
            return Err(self.problem(Code::NotComparable, set.span, message, help));
        };
        let choices = choices.clone();
        let ids = self.members(values, &choices, &self.written(set.span))?;
        Ok(condition(ExprKind::Includes(Box::new(set), quantifier, ids), span))
    }

    /// Values of a set.
    pub(super) fn members(&mut self, values: &'a [ast::Expr], choices: &[ChoiceId], what: &str) -> Checked<Vec<ChoiceId>> {
        all(values.iter().map(|value| self.member(value, choices, what)).collect::<Vec<_>>())
    }

    fn member(&mut self, value: &ast::Expr, choices: &[ChoiceId], what: &str) -> Checked<ChoiceId> {
        if let Written::Name(name) = &value.kind {
            return self.choice(name, value.span, choices, |_| what.to_owned());
        }
        let message = format!("{} is no value of {what}", self.written(value.span));
        Err(self.problem(Code::UnknownValue, value.span, message, format!("its values are {}", self.choice_words(choices))))
    }

    pub(super) fn matches(&mut self, text: &'a ast::Expr, matching: Matching, part: &'a ast::Expr, span: Span, scope: &Scope) -> Checked<Expr> {
        if matching == Matching::Contains
            && let Some(reported) = self.set_said_otherwise(text, &[part], span, Negation::Plain)
        {
            return Err(reported);
        }
        let (text, part) = (self.expr(text, scope), self.expr(part, scope));
        let (text, part) = (text?, part?);
        for side in [&text, &part] {
            if side.ty != Type::Text {
                let message = format!("{} is {}, here text is needed", self.written(side.span), type_words(&side.ty));
                let help = match side.ty {
                    Type::SomeOf(_) => "write `includes` for a set",
                    _ => "`starts with`, `ends with` and `contains` compare texts",
                };
                return Err(self.problem(Code::NotComparable, side.span, message, help));
            }
        }
        Ok(condition(ExprKind::Match(Box::new(text), matching, Box::new(part)), span))
    }
}

pub(super) fn compared(left: Expr, comparison: Comparison, right: Expr, span: Span) -> Expr {
    wording::condition(ExprKind::Compare(Box::new(left), comparison, Box::new(right)), span)
}

/// One of the options equals the value. `C is yes` is `C` itself and `C is no` is `not C`, so that what holds for the one holds for the other.
fn equals(value: Expr, options: Vec<Expr>, span: Span) -> Expr {
    match options.as_slice() {
        [Expr { kind: ExprKind::Constant(Value::YesNo(true)), .. }] => Expr { span, ..value },
        [Expr { kind: ExprKind::Constant(Value::YesNo(false)), .. }] => Expr { span, ..not(value) },
        _ => condition(ExprKind::OneOf(Box::new(value), options), span),
    }
}
