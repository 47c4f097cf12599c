//! Names, types and units of expressions.

use crate::diagnostic::{Code, Diagnostic};
use crate::number::Number;
use crate::policy::expr::{Expr, ExprKind, Type, Value};
use crate::source::Span;
use crate::syntax::ast::{self, ExprKind as Written, Factor, Function, Literal};

use super::names::Named;
use super::otherwise::Unmeasured;
use super::report::{Checked, Reported, all};
use super::scope::{AmountScope, Scope};
use super::wording::{is_ordered, is_quantity, node, type_words};
use super::{Checker, wording};

impl<'a> Checker<'a> {
    /// A condition or a value, whichever was written.
    pub(super) fn expr(&mut self, expr: &'a ast::Expr, scope: &Scope) -> Checked<Expr> {
        let mut checked = self.form(expr, scope)?;
        checked.span = expr.span;
        Ok(checked)
    }

    fn form(&mut self, expr: &'a ast::Expr, scope: &Scope) -> Checked<Expr> {
        match &expr.kind {
            Written::Literal(literal) => self.literal(literal, expr.span),
            Written::Name(name) => self.value_name(name, expr.span, scope),
            Written::Spent(name) => self.spent(name, expr.span),
            Written::Call(function, arguments) => self.call(*function, arguments, expr.span, scope),
            Written::Of(share, whole) => self.share_of(share, whole, expr.span, scope),
            Written::Negate(inner) => self.negate(inner, expr.span, scope),
            Written::Product(first, rest) => self.product(first, rest, expr.span, scope),
            Written::Sum(first, rest) => self.sum(first, rest, expr.span, scope),
            Written::Rounded(value, rounding, step) => self.rounded(value, *rounding, step, expr.span, scope),
            Written::NumberOf(unit, from, to) => self.number_of(*unit, from, to, expr.span, scope),
            Written::StartOf(period, date) => {
                let date = self.date(date, scope)?;
                Ok(node(ExprKind::StartOf(*period, Box::new(date)), Type::Date, expr.span))
            }
            Written::EndOf(period, date) => {
                let date = self.date(date, scope)?;
                Ok(node(ExprKind::EndOf(*period, Box::new(date)), Type::Date, expr.span))
            }
            Written::DaysInMonth(date) => {
                let date = self.date(date, scope)?;
                Ok(node(ExprKind::DaysInMonth(Box::new(date)), Type::Number, expr.span))
            }
            _ => self.condition_form(expr, scope),
        }
    }

    fn condition_form(&mut self, expr: &'a ast::Expr, scope: &Scope) -> Checked<Expr> {
        match &expr.kind {
            Written::Compare(left, op, right) => self.compare(left, op, right, expr.span, scope),
            Written::OneOf(value, negation, options) => self.one_of(value, *negation, options, expr.span, scope),
            Written::Between(value, negation, low, high) => self.between((value, low, high), *negation, expr.span, scope),
            Written::Presence(value, presence) => self.presence(value, *presence, expr.span),
            Written::Includes(set, quantifier, values) => self.includes(set, *quantifier, values, expr.span, scope),
            Written::Match(text, matching, part) => self.matches(text, *matching, part, expr.span, scope),
            Written::Within(offset) => self.offset(offset, crate::policy::expr::Distance::Within, expr.span, scope),
            Written::MoreThan(offset) => self.offset(offset, crate::policy::expr::Distance::MoreThan, expr.span, scope),
            Written::AtLeast(offset) => self.offset(offset, crate::policy::expr::Distance::AtLeast, expr.span, scope),
            Written::Not(inner) => {
                let inner = self.condition(inner, scope)?;
                Ok(wording::condition(ExprKind::Not(Box::new(inner)), expr.span))
            }
            Written::And(parts) if self.is_listed_with_or(parts, false) => Err(self.listed_with_or(parts, false)),
            Written::Or(parts) if self.is_listed_with_or(parts, true) => Err(self.listed_with_or(parts, true)),
            Written::And(parts) => {
                let parts = self.conditions(parts, scope)?;
                Ok(wording::condition(ExprKind::And(parts), expr.span))
            }
            Written::Or(parts) => {
                let parts = self.conditions(parts, scope)?;
                Ok(wording::condition(ExprKind::Or(parts), expr.span))
            }
            // All others are values.
            _ => Err(Reported::ALREADY),
        }
    }

    fn conditions(&mut self, parts: &'a [ast::Expr], scope: &Scope) -> Checked<Vec<Expr>> {
        let is_amount = |part: &ast::Expr| matches!(&part.kind, Written::Literal(literal) if !matches!(literal, Literal::YesNo(_)));
        if let ([first, .., last], true) = (parts, parts.iter().all(is_amount)) {
            let span = Span { end: last.span.end, ..first.span };
            let help = "compare them with something; of several quantities `min(…, …)` is the smallest and `max(…, …)` the largest";
            return Err(self.problem(Code::NotACondition, span, "here conditions are needed, and these are values", help));
        }
        all(parts.iter().map(|part| self.condition(part, scope)).collect::<Vec<_>>())
    }

    /// An expression that is yes or no.
    pub(super) fn condition(&mut self, expr: &'a ast::Expr, scope: &Scope) -> Checked<Expr> {
        let wanted = if matches!(expr.kind, Written::Name(_)) { Some(Type::YesNo) } else { None };
        let checked = self.expr_as(expr, wanted, scope)?;
        if checked.ty == Type::YesNo {
            return Ok(checked);
        }
        let written = self.written(expr.span);
        let message = format!("{written} is {}, here a condition is needed", type_words(&checked.ty));
        let help = match &checked.ty {
            Type::OneOf(choices) => {
                let first = choices.first().map_or("…", |id| self.choices.name(*id));
                format!("compare it, such as {} is {first}`", written.trim_end_matches('`'))
            }
            Type::SomeOf(choices) => {
                let first = choices.first().map_or("…", |id| self.choices.name(*id));
                format!("write {} includes {first}`", written.trim_end_matches('`'))
            }
            _ => "compare it with something: `=`, `<`, `<=`, `>`, `>=`, `is`, `is between … and …`".to_owned(),
        };
        Err(self.problem(Code::NotACondition, expr.span, message, help))
    }

    /// An expression that should be of a type; a name that stands for nothing probably meant one of that type.
    pub(super) fn expr_as(&mut self, expr: &'a ast::Expr, wanted: Option<Type>, scope: &Scope) -> Checked<Expr> {
        let before = std::mem::replace(&mut self.wanted, wanted);
        let checked = self.expr(expr, scope);
        self.wanted = before;
        checked
    }

    /// Whether a fact has this type; of the others it is not known yet.
    pub(super) fn has_type(&self, name: &str, ty: &Type) -> bool {
        let Some(Named::Fact(id)) = self.names.peek(name) else { return false };
        match (self.fact_shape(id).map(|shape| &shape.ty), ty) {
            (Some(Type::Date | Type::Datetime), Type::Date | Type::Datetime) => true,
            (found, wanted) => found == Some(wanted),
        }
    }

    /// An expression of a type. `what` names the place: "the limit of `refund`".
    pub(super) fn expect(&mut self, expr: &'a ast::Expr, ty: &Type, what: &str, scope: &Scope) -> Checked<Expr> {
        if let (Type::OneOf(choices), Written::Name(name)) = (ty, &expr.kind)
            && (self.choices.get(name).is_some_and(|id| choices.contains(&id)) || !self.is_value_name(name))
        {
            let id = self.choice(name, expr.span, choices, |_| what.to_owned())?;
            return Ok(node(ExprKind::Constant(Value::Choice(id)), ty.clone(), expr.span));
        }
        let checked = self.expr_as(expr, Some(ty.clone()), scope)?;
        if checked.ty == *ty || share_values(&checked.ty, ty) {
            return Ok(checked);
        }
        let message = format!("{} is {}, {what} is {}", self.written(expr.span), type_words(&checked.ty), type_words(ty));
        let help = self.mend_unit(expr, &checked.ty, ty);
        let problem = Diagnostic::new(Code::WrongType, message).at(expr.span, "").help(help);
        let problem = self.with_sure_fix(problem, expr, ty);
        Err(self.report(problem))
    }

    /// How a value of one type can be written as one of another.
    pub(super) fn mend_unit(&self, expr: &ast::Expr, found: &Type, wanted: &Type) -> String {
        if let Some(number) = wording::bare_number(expr)
            && let Some(written) = self.with_unit(&number, expr.span, wanted)
        {
            return format!("write {written}");
        }
        if let (Type::OneOf(choices), Written::Literal(Literal::Text(text))) = (wanted, &expr.kind)
            && self.choices.get(text).is_some_and(|id| choices.contains(&id))
        {
            return format!("write `{text}` without quotes");
        }
        match (found, wanted) {
            (Type::Percent, wanted) if is_quantity(wanted) => {
                "a percentage of a quantity is written `25% of order.total`, with the quantity it is taken of".to_owned()
            }
            (Type::Datetime, Type::Date) => format!("write `{}`", self.day_of(expr.span)),
            _ => format!("here stands {}", self.example(wanted)),
        }
    }

    pub(super) fn is_value_name(&self, name: &str) -> bool {
        matches!(name, "amount" | "today" | "now" | "actor.id" | "actor.team")
            || matches!(self.names.get(name), Some(Named::Fact(_) | Named::Definition(_) | Named::Lookup(_)))
            || self.names.may_be_broken(name)
    }

    /// Whether a name could only be a value of a `one of` here: nothing that can be read is called so.
    pub(super) fn names_no_value(&self, expr: &ast::Expr) -> bool {
        matches!(&expr.kind, Written::Name(name) if !self.is_value_name(name))
    }

    fn value_name(&mut self, name: &str, span: Span, scope: &Scope) -> Checked<Expr> {
        match name {
            "amount" => return self.amount(span, scope),
            "today" => return Ok(node(ExprKind::Today, Type::Date, span)),
            "now" => return Ok(node(ExprKind::Now, Type::Datetime, span)),
            "actor.id" => return Ok(node(ExprKind::ActorId, Type::Text, span)),
            "actor.team" => return Ok(node(ExprKind::ActorTeam, Type::Text, span)),
            _ => {}
        }
        match self.names.get(name) {
            Some(Named::Fact(id)) => {
                let ty = self.fact_shape(id).map(|shape| shape.ty.clone()).ok_or(Reported::ALREADY)?;
                Ok(node(ExprKind::Fact(id), ty, span))
            }
            Some(Named::Definition(at)) => self.use_definition(at, name, span, scope),
            Some(Named::Lookup(at)) => self.use_lookup(at, name, span, scope),
            Some(other) => Err(self.no_value(name, span, other)),
            None if self.names.is_broken(name) => Err(Reported::ALREADY),
            None => Err(self.unknown_value(name, span)),
        }
    }

    fn no_value(&mut self, name: &str, span: Span, named: Named) -> Reported {
        let help = match named {
            Named::Budget(_) => format!("what its bucket has used is `spent {name}`"),
            _ => "here stands a fact, a definition, a table of values or a literal".to_owned(),
        };
        self.problem(Code::WrongKind, span, format!("`{name}` is {}, here a value is needed", named.kind()), help)
    }

    fn unknown_value(&mut self, name: &str, span: Span) -> Reported {
        if !self.names.group(name).is_empty() {
            return self.group_instead_of_fact(name, span);
        }
        if name == "actor" {
            return self.problem(Code::UnknownName, span, "`actor` is not a value", "write `actor.id` or `actor.team`");
        }
        if let Some(owner) = self.owner_of_value(name) {
            let message = format!("`{name}` is a value of `{owner}`, and `{owner}` does not stand beside it");
            let verb = if self.is_set(&owner) { "includes" } else { "is" };
            return self.problem(Code::UnknownName, span, message, format!("write `{owner} {verb} {name}`"));
        }
        self.unknown_name(name, span, "a fact or definition", |named| matches!(named, Named::Fact(_) | Named::Definition(_) | Named::Lookup(_)))
    }

    /// The first fact that has a value of this name.
    fn owner_of_value(&self, name: &str) -> Option<String> {
        let id = self.choices.get(name)?;
        let owns = |ty: &Type| matches!(ty, Type::OneOf(ids) | Type::SomeOf(ids) if ids.contains(&id));
        let at = self.facts.iter().position(|shape| owns(&shape.ty))?;
        self.items.facts.get(at).map(|fact| fact.name.text.clone())
    }

    fn amount(&mut self, span: Span, scope: &Scope) -> Checked<Expr> {
        match &scope.amount {
            AmountScope::Measure(measure) => Ok(node(ExprKind::Amount, measure.clone(), span)),
            AmountScope::NoUnit(why, action) => {
                self.unmeasured.extend(action.map(|action| Unmeasured { action, span, code: Code::AmountWithoutUnit }));
                Err(self.problem(Code::AmountWithoutUnit, span, format!("`amount` has no unit here: {why}"), "write a rule for each kind of action"))
            }
            AmountScope::Unknown => Err(Reported::ALREADY),
            AmountScope::Nowhere => Err(self.problem(
                Code::AmountNotHere,
                span,
                "`amount` cannot be read here",
                "it is the quantity asked for, and stands in conditions of rules and in `by` of a charge",
            )),
        }
    }

    fn spent(&mut self, name: &'a ast::Name, span: Span) -> Checked<Expr> {
        let id = self.budget(name)?;
        let unit = self.budget_type(id)?;
        let Some(ty) = unit else {
            let message = format!("`{}` has only unlimited lines, so what it counts in is not said", name.text);
            return Err(self.problem(Code::WrongType, span, message, "give it a line with an amount"));
        };
        Ok(node(ExprKind::Spent(id), ty, span))
    }

    fn call(&mut self, function: Function, arguments: &'a [ast::Expr], span: Span, scope: &Scope) -> Checked<Expr> {
        let checked = all(arguments.iter().map(|argument| self.expr(argument, scope)).collect::<Vec<_>>())?;
        let Some(first) = checked.first() else { return Err(Reported::ALREADY) };
        let ty = first.ty.clone();
        if !is_ordered(&ty) {
            return Err(self.no_arithmetic(first, span, "`min` and `max` take quantities and dates"));
        }
        for (argument, written) in checked.iter().zip(arguments).skip(1) {
            if argument.ty != ty {
                return Err(self.different_units(first, argument, written, "stand in one `min` or `max`"));
            }
        }
        Ok(node(ExprKind::Call(function, checked), ty, span))
    }

    fn share_of(&mut self, share: &'a ast::Expr, whole: &'a ast::Expr, span: Span, scope: &Scope) -> Checked<Expr> {
        let (left, right) = (self.expr(share, scope), self.expr(whole, scope));
        let (left, right) = (left?, right?);
        if !matches!(share.kind, Written::Literal(_) | Written::Name(_)) {
            let help = "a percentage of something is a literal, a fact or `amount`; name the rest with a `define`";
            return Err(self.problem(Code::PercentOf, share.span, format!("{} cannot stand before `of`", self.written(share.span)), help));
        }
        if left.ty != Type::Percent {
            let message = format!("{} is {}, before `of` stands a percentage", self.written(share.span), type_words(&left.ty));
            return Err(self.problem(Code::PercentOf, share.span, message, "write `25% of …`; multiply by a number with `*`"));
        }
        if !is_quantity(&right.ty) {
            return Err(self.no_arithmetic(&right, span, "a percentage is taken of a quantity"));
        }
        let ty = right.ty.clone();
        Ok(node(ExprKind::Of(Box::new(left), Box::new(right)), ty, span))
    }

    fn negate(&mut self, inner: &'a ast::Expr, span: Span, scope: &Scope) -> Checked<Expr> {
        let inner = self.expr(inner, scope)?;
        if !is_quantity(&inner.ty) {
            return Err(self.no_arithmetic(&inner, span, "only a quantity has a negative"));
        }
        let ty = inner.ty.clone();
        Ok(node(ExprKind::Negate(Box::new(inner)), ty, span))
    }

    fn product(&mut self, first: &'a ast::Expr, rest: &'a [(Factor, ast::Expr)], span: Span, scope: &Scope) -> Checked<Expr> {
        let first = self.expr(first, scope);
        let rest = all(rest.iter().map(|(factor, expr)| self.expr(expr, scope).map(|expr| (*factor, expr))).collect::<Vec<_>>());
        let (first, rest) = (first?, rest?);
        let mut ty = first.ty.clone();
        if !is_quantity(&ty) {
            return Err(self.no_arithmetic(&first, span, "only quantities are multiplied and divided"));
        }
        for (factor, operand) in &rest {
            ty = match (*factor, &ty, &operand.ty) {
                (_, _, other) if !is_quantity(other) => return Err(self.no_arithmetic(operand, span, "only quantities are multiplied and divided")),
                (_, left, Type::Number) => left.clone(),
                (Factor::Times, Type::Number, right) => right.clone(),
                (Factor::Over, left, right) if left == right => Type::Number,
                (factor, left, right) => return Err(self.bad_product(factor, left, right, operand.span)),
            };
        }
        Ok(node(ExprKind::Product(Box::new(first), rest), ty, span))
    }

    fn bad_product(&mut self, factor: Factor, left: &Type, right: &Type, span: Span) -> Reported {
        let verb = if factor == Factor::Times { "multiplied" } else { "divided" };
        let message = format!("{} cannot be {verb} by {}", type_words(left), type_words(right));
        let help = if *left == Type::Percent || *right == Type::Percent {
            "a percentage of a quantity is written `25% of order.total`"
        } else {
            "multiply or divide by a plain number, or divide by a quantity of the same unit"
        };
        self.problem(Code::WrongOperand, span, message, help)
    }

    fn rounded(&mut self, value: &'a ast::Expr, rounding: crate::number::Rounding, step: &'a ast::Expr, span: Span, scope: &Scope) -> Checked<Expr> {
        let checked = self.expr(value, scope);
        let step_value = self.expr(step, &Scope::constant());
        let (checked, step_value) = (checked?, step_value?);
        if !is_quantity(&checked.ty) {
            return Err(self.no_arithmetic(&checked, span, "only a quantity is rounded"));
        }
        if step_value.ty == Type::Number && checked.ty == Type::Money {
            let code = self.settings.code();
            let help = format!("write the step: `0.01 {code}` for two decimals, `1 {code}` for whole ones");
            return Err(self.problem(Code::DifferentUnits, step.span, "money is rounded to a step of money", help));
        }
        if step_value.ty != checked.ty {
            return Err(self.different_units(&checked, &step_value, step, "are the value and the step it is rounded to"));
        }
        let size = match wording::constant(&step_value) {
            Some(Value::Quantity(size)) if size.is_positive() && matches!(step.kind, Written::Literal(_)) => size,
            _ => {
                let help = format!("write {}", self.rounding_example(&checked.ty));
                return Err(self.problem(Code::RoundingStep, step.span, "the step to round to is a literal above zero", help));
            }
        };
        let ty = checked.ty.clone();
        Ok(node(ExprKind::Rounded(Box::new(checked), rounding, size), ty, span))
    }

    fn rounding_example(&self, ty: &Type) -> String {
        match ty {
            Type::Money => format!("a step such as `{} {}`", Number::ONE, self.settings.code()),
            other => self.example(other),
        }
    }

    pub(super) fn no_arithmetic(&mut self, operand: &Expr, _whole: Span, why: &str) -> Reported {
        let message = format!("{} is {}; {why}", self.written(operand.span), type_words(&operand.ty));
        self.problem(Code::WrongOperand, operand.span, message, "quantities are money, percentages, numbers and durations")
    }

    /// A bare number takes the unit of the other side; of a date and a datetime the dates are compared.
    fn mend_either(&self, first: &Expr, second: &Expr, second_written: &ast::Expr) -> String {
        let is_bare = first.ty == Type::Number && matches!(first.kind, ExprKind::Constant(_));
        if is_bare && let Some(written) = self.with_unit(self.pack.sources.snippet(first.span).trim(), first.span, &second.ty) {
            return format!("write {written}");
        }
        match (&first.ty, &second.ty) {
            (Type::Date, Type::Datetime) => format!("take its date: `{}`", self.day_of(second.span)),
            (Type::Datetime, Type::Date) => format!("take its date: `{}`", self.day_of(first.span)),
            _ => self.mend_unit(second_written, &second.ty, &first.ty),
        }
    }

    /// `first` and `second` must be of one unit.
    pub(super) fn different_units(&mut self, first: &Expr, second: &Expr, second_written: &ast::Expr, together: &str) -> Reported {
        let message = format!("{} and {} {together}", type_words(&first.ty), type_words(&second.ty));
        let help = self.mend_either(first, second, second_written);
        let (first_text, second_text) = (type_words(&first.ty), type_words(&second.ty));
        let problem = Diagnostic::new(Code::DifferentUnits, message).at(second.span, second_text).at(first.span, first_text).help(help);
        let problem = self.with_sure_fix(problem, second_written, &first.ty);
        self.report(problem)
    }
}

/// Whether two `one of` have a value in common.
pub(super) fn share_values(left: &Type, right: &Type) -> bool {
    matches!((left, right), (Type::OneOf(left), Type::OneOf(right)) if left.iter().any(|id| right.contains(id)))
}
