//! The clauses of rules, tables and fallbacks.

use jiff::civil::Date;

use crate::diagnostic::{Code, Diagnostic};
use crate::policy::expr::{Expr, ExprKind, Type};
use crate::policy::{ActionId, Advice, Charge, Day, Instead, Offer, Requirement, RoleId, Route, Text};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{self, ClauseKind, Name, Quantity, Steps};

use super::Checker;
use super::guards::{Place, Present};
use super::report::{Checked, Reported};
use super::scope::Scope;
use super::times::date_of;
use super::wording::{and, node, not, type_words};

/// What the clauses of one item say.
#[derive(Clone, Default)]
pub(super) struct Clauses {
    pub(super) when: Option<Expr>,
    pub(super) unless: Option<Expr>,
    pub(super) from: Vec<Day>,
    pub(super) until: Vec<Day>,
    pub(super) approved_by: Vec<RoleId>,
    pub(super) charges: Vec<Charge>,
    pub(super) requires: Vec<Requirement>,
    pub(super) instead: Instead,
    pub(super) because: Option<Text>,
    pub(super) cites: Vec<Text>,
    pub(super) owner: Option<Text>,
    pub(super) review_by: Option<(Date, Span)>,
}

impl Clauses {
    /// The `when`, then `not` the `unless`, then the tests of a row.
    pub(super) fn condition(&mut self, tests: Vec<Expr>) -> Option<Expr> {
        let unless = self.unless.take().map(not);
        and(self.when.take().into_iter().chain(unless).chain(tests).collect())
    }

    /// Adds what the cells of a row say.
    pub(super) fn extend(&mut self, row: Self) {
        self.from.extend(row.from);
        self.until.extend(row.until);
        self.approved_by.extend(row.approved_by);
        self.charges.extend(row.charges);
        self.requires.extend(row.requires);
        self.instead.offers.extend(row.instead.offers);
        self.instead.advice.extend(row.instead.advice);
        self.instead.routes.extend(row.instead.routes);
        self.because = row.because.or(self.because.take());
    }
}

/// What clauses are about.
#[derive(Clone)]
pub(super) struct Subject<'s> {
    pub(super) actions: &'s [ActionId],
    pub(super) scope: Scope,
}

impl<'a> Checker<'a> {
    /// Checks clauses, but not yet which optional facts they read: that depends on the condition of each row.
    pub(super) fn clauses(&mut self, clauses: impl Iterator<Item = (Span, &'a ClauseKind)>, subject: &Subject<'_>) -> Checked<Clauses> {
        let mut said = Clauses::default();
        let mut result = Ok(());
        for (span, clause) in clauses {
            if let Err(reported) = self.clause(span, clause, subject, &mut said) {
                result = Err(reported);
            }
        }
        self.charged_once(&said);
        result.map(|()| said)
    }

    pub(super) fn charged_once(&mut self, said: &Clauses) {
        for (at, charge) in said.charges.iter().enumerate() {
            if let Some(first) = said.charges.iter().take(at).find(|other| other.budget == charge.budget) {
                let message = format!("{} is charged twice", self.written(charge.span));
                self.report(
                    Diagnostic::new(Code::SaidTwice, message)
                        .at(charge.span, "again here")
                        .at(first.span, "first here")
                        .help("a grant takes from a budget once; say how much with `by`"),
                );
            }
        }
    }

    fn clause(&mut self, span: Span, clause: &'a ClauseKind, subject: &Subject<'_>, said: &mut Clauses) -> Checked<()> {
        match clause {
            ClauseKind::When(expr) => said.when = Some(self.rule_condition(expr, &subject.scope)?),
            ClauseKind::Unless(expr) => said.unless = Some(self.rule_condition(expr, &subject.scope)?),
            ClauseKind::From(date, by) => said.from.push(self.day(date, by.as_ref(), span)?),
            ClauseKind::Until(date, by) => said.until.push(self.day(date, by.as_ref(), span)?),
            ClauseKind::ApprovedBy(roles) => said.approved_by.extend(self.roles_of(roles)?),
            ClauseKind::Charge(names, by) => said.charges.extend(self.charges(names, by.as_ref(), subject.actions, &subject.scope)?),
            ClauseKind::Require(names, when) => said.requires.extend(self.requirements(names, when.as_ref(), subject)?),
            ClauseKind::Because(text) => said.because = Some(self.text(text)?),
            ClauseKind::Offer(action, up_to, when) => said.instead.offers.push(self.offer(action, up_to.as_ref(), when.as_ref(), span, subject)?),
            ClauseKind::Advise(text, when) => said.instead.advice.push(self.advice(text, when.as_ref(), span, subject)?),
            ClauseKind::Ask(role, within, when) => said.instead.routes.push(self.route(role, within.as_ref(), when.as_ref(), span, subject)?),
            ClauseKind::Cites(text) => said.cites.push(self.text(text)?),
            ClauseKind::Owner(text) => said.owner = Some(self.text(text)?),
            ClauseKind::ReviewBy(date) => said.review_by = Some((date.value, span)),
        }
        Ok(())
    }

    /// A condition that may test `amount`.
    pub(super) fn rule_condition(&mut self, expr: &'a ast::Expr, scope: &Scope) -> Checked<Expr> {
        let checked = self.condition(expr, scope)?;
        self.amount_alone(&checked);
        Ok(checked)
    }

    fn optional_condition(&mut self, expr: Option<&'a ast::Expr>, scope: &Scope) -> Checked<Option<Expr>> {
        expr.map(|expr| self.rule_condition(expr, scope)).transpose()
    }

    /// Several approvers of one role are as many people.
    fn roles_of(&mut self, names: &'a [Name]) -> Checked<Vec<RoleId>> {
        let roles: Vec<_> = names.iter().map(|name| self.role(name)).collect();
        roles.into_iter().collect()
    }

    fn day(&mut self, date: &Spanned<Date>, by: Option<&'a Name>, span: Span) -> Checked<Day> {
        let Some(name) = by else {
            return Ok(Day { date: date.value, by: node(ExprKind::Today, Type::Date, span), span });
        };
        let id = self.fact(name)?;
        let ty = self.fact_shape(id).map(|shape| shape.ty.clone()).ok_or(Reported::ALREADY)?;
        let fact = node(ExprKind::Fact(id), ty.clone(), name.span);
        let by = match ty {
            Type::Date => fact,
            Type::Datetime => date_of(fact),
            other => {
                let message = format!("`{}` is {}, here a date is needed", name.text, type_words(&other));
                return Err(self.problem(
                    Code::WrongType,
                    name.span,
                    message,
                    "name a `date` or `datetime` fact, or leave `by` out for the day asked",
                ));
            }
        };
        Ok(Day { date: date.value, by, span })
    }

    fn requirements(&mut self, names: &'a [Name], when: Option<&'a ast::Expr>, subject: &Subject<'_>) -> Checked<Vec<Requirement>> {
        let duties = self.list(names, |checker, name| Ok((checker.duty(name)?, name.span)));
        let when = self.optional_condition(when, &subject.scope)?;
        Ok(duties?.into_iter().map(|(duty, span)| Requirement { duty, when: when.clone(), span }).collect())
    }

    fn offer(
        &mut self,
        action: &'a Name,
        up_to: Option<&'a Quantity>,
        when: Option<&'a ast::Expr>,
        span: Span,
        subject: &Subject<'_>,
    ) -> Checked<Offer> {
        let when = self.optional_condition(when, &subject.scope);
        let action = self.action(action)?;
        let up_to = match up_to {
            None | Some(Quantity::Unlimited(_)) => None,
            Some(Quantity::Of(expr)) => Some(self.quantity(expr, &[action], "the limit of the offer", &Scope::facts())?),
        };
        Ok(Offer { action, up_to, when: when?, span })
    }

    fn advice(&mut self, text: &'a ast::Text, when: Option<&'a ast::Expr>, span: Span, subject: &Subject<'_>) -> Checked<Advice> {
        let when = self.optional_condition(when, &subject.scope);
        Ok(Advice { text: self.text(text)?, when: when?, span })
    }

    fn route(&mut self, role: &'a Name, within: Option<&'a Steps>, when: Option<&'a ast::Expr>, span: Span, subject: &Subject<'_>) -> Checked<Route> {
        let when = self.optional_condition(when, &subject.scope);
        let role = self.role(role);
        let within = within.map(|steps| self.steps(steps)).transpose();
        Ok(Route { role: role?, within: within?, when: when?, span })
    }

    /// Everything that the condition guards: what it makes sure of is `present`.
    pub(super) fn clauses_guarded(&mut self, said: &Clauses, present: &Present) {
        for day in said.from.iter().chain(&said.until) {
            self.guarded(&day.by, present, Place::Guarded);
        }
        for charge in &said.charges {
            self.charge_guarded(charge, present);
        }
        for requirement in &said.requires {
            let present = self.clause_guarded(requirement.when.as_ref(), present);
            if let Some(after) = self.deadlines.get(requirement.duty.index()).cloned().flatten() {
                let reads = self.optional_reads(&after);
                self.guarded_elsewhere(&reads, &present, requirement.span, "the deadline of this duty");
            }
        }
        for offer in &said.instead.offers {
            let present = self.clause_guarded(offer.when.as_ref(), present);
            if let Some(up_to) = &offer.up_to {
                self.guarded(up_to, &present, Place::Clause);
            }
        }
        for advice in &said.instead.advice {
            self.clause_guarded(advice.when.as_ref(), present);
        }
        for route in &said.instead.routes {
            self.clause_guarded(route.when.as_ref(), present);
        }
    }

    fn clause_guarded(&mut self, when: Option<&Expr>, present: &Present) -> Present {
        when.map_or_else(|| present.clone(), |when| self.guarded(when, present, Place::Clause))
    }

    fn charge_guarded(&mut self, charge: &Charge, present: &Present) {
        if let crate::policy::ChargeBy::PerUnit(by) | crate::policy::ChargeBy::Fixed(by) = &charge.by {
            self.guarded(by, present, Place::Guarded);
        }
        let Some(Ok(budget)) = self.budgets.get(charge.budget.index()) else { return };
        let mut reads = Present::new();
        for line in &budget.lines {
            if let crate::policy::Allotment::Quantity(quantity) = line {
                reads.extend(self.optional_reads(quantity));
            }
        }
        let what = format!("what `{}` holds", budget.name);
        self.guarded_elsewhere(&reads, present, charge.span, &what);
    }
}
