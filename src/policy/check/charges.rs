//! `charge`: how much of a budget a grant takes.

use crate::diagnostic::{Code, Diagnostic};
use crate::number::Number;
use crate::policy::expr::{Expr, ExprKind, Type, Value};
use crate::policy::{ActionId, BudgetId, BudgetUnit, Charge, ChargeBy};
use crate::source::Span;
use crate::syntax::ast::{self, Factor, Name};

use super::Checker;
use super::otherwise::Unmeasured;
use super::report::{Checked, Reported, all};
use super::scope::Scope;
use super::vocabulary::measure_words;
use super::wording::{bare_number, is_quantity, node};

/// A charge of a budget that only records.
pub(super) struct Recorded {
    budget: BudgetId,
    measure: Type,
    span: Span,
    /// Whether `by` says the measure.
    is_said: bool,
}

impl<'a> Checker<'a> {
    pub(super) fn charges(&mut self, names: &'a [Name], by: Option<&'a ast::Expr>, actions: &[ActionId], scope: &Scope) -> Checked<Vec<Charge>> {
        let by = by.map(|by| self.expr(by, scope)).transpose();
        let budgets: Vec<_> = names.iter().map(|name| self.budget(name).map(|budget| (budget, name))).collect();
        let by = by?;
        let charges: Vec<_> = budgets
            .into_iter()
            .map(|found| {
                let (budget, name) = found?;
                let by = match &by {
                    None => self.own_measure(budget, name, actions)?,
                    Some(by) => self.charge_by(budget, name, by)?,
                };
                Ok(Charge { budget, by, span: name.span })
            })
            .collect();
        all(charges)
    }

    /// The granted quantity in the action's own measure, or 1 where grants are counted.
    fn own_measure(&mut self, budget: BudgetId, name: &Name, actions: &[ActionId]) -> Checked<ChargeBy> {
        let counts_grants = matches!(self.budgets.get(budget.index()), Some(Ok(found)) if found.unit == BudgetUnit::Times);
        if counts_grants {
            return Ok(ChargeBy::Once);
        }
        let Some(unit) = self.budget_type(budget)? else {
            for action in actions {
                let measure = self.measure(*action).unwrap_or(Type::Number);
                self.recorded.push(Recorded { budget, measure, span: name.span, is_said: false });
            }
            let measured = actions.iter().all(|action| self.measure(*action).is_some());
            return Ok(if measured { ChargeBy::Amount } else { ChargeBy::Once });
        };
        match actions.iter().find(|action| self.measure(**action).as_ref() != Some(&unit)) {
            None => Ok(ChargeBy::Amount),
            Some(action) => Err(self.needs_by(name, &unit, *action)),
        }
    }

    fn needs_by(&mut self, name: &Name, unit: &Type, action: ActionId) -> Reported {
        let message = format!("`{}` counts {}, {}", name.text, measure_words(unit), self.measured(action));
        let example = match self.measure(action) {
            Some(Type::Percent) => "amount of order.total".to_owned(),
            Some(_) => format!("amount * {}", self.one(unit)),
            None => self.one(unit),
        };
        if self.measure(action).is_none() {
            self.unmeasured.push(Unmeasured { action, span: name.span, code: Code::ChargePairing });
        }
        let help = format!("say how much a grant takes, such as `charge {} by {example}`", name.text);
        let bare = self.bare_allotment(name).filter(|_| *unit == Type::Number);
        let Some((number, line)) = bare else { return self.problem(Code::ChargePairing, name.span, message, help) };
        // What was meant is probably the unit of the budget, which is told there and not at each charge.
        if self.unitless.contains(&line) {
            return Reported::ALREADY;
        }
        self.unitless.push(line);
        let measured = self.measure(action).and_then(|measure| self.with_unit(&number, line, &measure));
        let kept = measured.map_or_else(String::new, |kept| format!("{kept}, or "));
        let help = format!("write {kept}`{number} times` to count grants; or {help}");
        self.report(Diagnostic::new(Code::ChargePairing, message).at(line, "a number without a unit").at(name.span, "charged here").help(help))
    }

    /// The first line of a budget that is a number without a unit.
    fn bare_allotment(&self, budget: &Name) -> Option<(String, Span)> {
        let lines = self.items.budgets.iter().find(|it| it.name.text == budget.text)?.lines.iter();
        lines.into_iter().find_map(|line| match &line.amount {
            ast::Allotment::Quantity(amount) => Some((bare_number(amount)?, amount.span)),
            _ => None,
        })
    }

    fn one(&self, unit: &Type) -> String {
        match unit {
            Type::Money => format!("10 {}", self.settings.code()),
            Type::Percent => "10%".to_owned(),
            Type::Duration => "1 day".to_owned(),
            _ => "2".to_owned(),
        }
    }

    fn charge_by(&mut self, budget: BudgetId, name: &Name, by: &Expr) -> Checked<ChargeBy> {
        let unit = self.budget_type(budget)?;
        let fits = unit.as_ref().map_or_else(|| is_quantity(&by.ty), |unit| *unit == by.ty);
        if !fits {
            let counts = self.budget_words(budget);
            let message = format!("`{}` counts {counts}, this takes {}", name.text, measure_words(&by.ty));
            return Err(self.report(
                Diagnostic::new(Code::ChargePairing, message)
                    .at(by.span, measure_words(&by.ty))
                    .at(name.span, counts)
                    .help("charge budgets of different units on lines of their own"),
            ));
        }
        if unit.is_none() {
            self.recorded.push(Recorded { budget, measure: by.ty.clone(), span: name.span, is_said: true });
        }
        self.per_amount(by)
    }

    /// A budget that only records counts in what a `by` says, and then all its charges do. Without a `by` it counts in the measure of each action.
    pub(super) fn settle_units(&mut self) {
        let recorded = std::mem::take(&mut self.recorded);
        for said in recorded.iter().filter(|charge| charge.is_said) {
            let Some(Ok(budget)) = self.budgets.get_mut(said.budget.index()) else { continue };
            if budget.unit != BudgetUnit::Any {
                continue;
            }
            budget.unit = BudgetUnit::Quantity(said.measure.clone());
            let name = budget.name.clone();
            let Some(other) = recorded.iter().find(|other| other.budget == said.budget && other.measure != said.measure) else { continue };
            let message = format!("`{name}` is charged in different units");
            self.report(
                Diagnostic::new(Code::ChargePairing, message)
                    .at(other.span, measure_words(&other.measure))
                    .at(said.span, measure_words(&said.measure))
                    .help("charge it in one unit with `by`, or make two budgets of it"),
            );
        }
    }

    /// What `by` says, as a multiple of `amount` or as a fixed quantity.
    fn per_amount(&mut self, by: &Expr) -> Checked<ChargeBy> {
        if !self.reads(by).reads_amount {
            return Ok(ChargeBy::Fixed(by.clone()));
        }
        match &by.kind {
            ExprKind::Amount => Ok(ChargeBy::Amount),
            ExprKind::Of(share, whole) if whole.kind == ExprKind::Amount && !self.reads(share).reads_amount => Ok(per_unit(percent(share))),
            ExprKind::Of(share, whole) if share.kind == ExprKind::Amount && !self.reads(whole).reads_amount => Ok(per_unit(percent(whole))),
            ExprKind::Product(first, rest) if first.kind == ExprKind::Amount => self.times(rest, by.span),
            ExprKind::Definition(id) => match self.definitions.get(id.index()).map(|definition| definition.body.clone()) {
                Some(body) => self.per_amount(&body),
                None => Err(Reported::ALREADY),
            },
            _ => Err(self.bad_form(by.span)),
        }
    }

    /// `amount * E`
    fn times(&mut self, rest: &[(Factor, Expr)], span: Span) -> Checked<ChargeBy> {
        let Some(((Factor::Times, first), others)) = rest.split_first() else { return Err(self.bad_form(span)) };
        if rest.iter().any(|(_, factor)| self.reads(factor).reads_amount) {
            return Err(self.bad_form(span));
        }
        if others.is_empty() {
            return Ok(per_unit(Expr { ty: Type::Number, ..first.clone() }));
        }
        let product = ExprKind::Product(Box::new(first.clone()), others.to_vec());
        Ok(per_unit(node(product, Type::Number, first.span)))
    }

    fn bad_form(&mut self, span: Span) -> Reported {
        let message = "this charge reads `amount` in a way that cannot be turned around";
        let help = "write `amount`, `20% of amount`, `amount of order.total` or `amount * 2`, where the other part does not read `amount`";
        self.problem(Code::AmountInCharge, span, message, help)
    }
}

fn per_unit(factor: Expr) -> ChargeBy {
    ChargeBy::PerUnit(factor)
}

/// A hundredth of it: what one percent of it is, or the share that a percentage is.
fn percent(expr: &Expr) -> Expr {
    let hundred = node(ExprKind::Constant(Value::Quantity(Number::from(100))), Type::Number, expr.span);
    node(ExprKind::Product(Box::new(expr.clone()), vec![(Factor::Over, hundred)]), Type::Number, expr.span)
}
