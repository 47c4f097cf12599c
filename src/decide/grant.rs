//! A grant of a quantity that is covered: by which rules, with which duties, charged to which budgets.

use super::authority::{Share, Standing, View, lightest};
use super::bound::{Bound, Reading};
use super::budget::{Taking, combined};
use super::decision::{BudgetCharge, Deadline, Decision, Obligation, Reason};
use crate::calendar;
use crate::number::{Number, Rounding};
use crate::policy::{DutyId, RuleId};
use crate::program::Rule;
use crate::syntax::ast::Unit;

impl View<'_> {
    /// Puts the grant of a quantity that the standing covers into a decision: by which rules, in source order, with which duties, charged to which budgets. The reading
    /// is the one against the asker.
    pub fn grant(&self, standing: &Standing, quantity: &Bound, decision: &mut Decision) {
        if *quantity <= standing.entitled {
            let Some(rule) = self.lightest(&standing.entitlements, quantity, &[]) else { return };
            let takings = self.rule(rule).map(|rule| self.case.takings(rule, quantity, self.reading)).unwrap_or_default();
            decision.because.push(Reason::Rule(rule));
            decision.require = self.obligations(&[rule], quantity);
            decision.charge = self.charges(takings);
            return;
        }
        let before = standing.first.as_slice();
        let Some(rule) = self.lightest(&standing.permissions, quantity, before) else { return };
        decision.because.push(Reason::Rule(rule));
        let is_plain = |rule: &Rule| rule.charges.is_empty() && rule.requires.is_empty();
        if before.is_empty() && self.rule(rule).is_some_and(is_plain) {
            return;
        }
        let owed: Vec<Taking> =
            before.iter().filter_map(|id| self.rule(*id)).flat_map(|rule| self.case.takings(rule, &standing.entitled, self.reading)).collect();
        let above = match (quantity, &standing.entitled) {
            (Bound::Finite(quantity), Bound::Finite(entitled)) => quantity.subtract(entitled).map_or(Bound::Unlimited, Bound::Finite),
            _ => Bound::Unlimited,
        };
        let own = self.rule(rule).map(|rule| self.case.takings(rule, &above, self.reading)).unwrap_or_default();
        let beside = self.beside(rule, before);
        if !beside.is_empty() || !owed.is_empty() {
            decision.because.extend(before.iter().copied().map(Reason::Rule));
            decision.because.sort();
        }
        decision.require = self.obligations(&[beside, &[rule]].concat(), quantity);
        decision.charge = self.charges(combined(owed, own));
    }

    /// Those of the entitlements before a permission whose duties it brings along: where they reduce what it is charged.
    fn beside<'r>(&self, permission: RuleId, before: &'r [RuleId]) -> &'r [RuleId] {
        if self.rule(permission).is_some_and(|rule| self.case.charges_grow(rule)) { before } else { &[] }
    }

    /// Of several rules that would do, the one that asks for the least, then the first.
    pub fn lightest(&self, shares: &[Share], quantity: &Bound, beside: &[RuleId]) -> Option<RuleId> {
        let enough = shares.iter().filter(|share| share.value >= *quantity);
        lightest(enough, |share| self.burden(share.rule, quantity, self.beside(share.rule, beside)))
    }

    /// The duties of some rules together, each once.
    fn obligations(&self, rules: &[RuleId], quantity: &Bound) -> Vec<Obligation> {
        let mut duties = Vec::new();
        for rule in rules.iter().filter_map(|id| self.rule(*id)) {
            self.duties(rule, quantity, &mut duties);
        }
        duties.into_iter().map(|duty| Obligation { duty, by: self.deadline(duty) }).collect()
    }

    fn charges(&self, takings: Vec<Taking>) -> Vec<BudgetCharge> {
        takings.into_iter().map(|taking| self.charge(taking)).collect()
    }

    /// By when a duty is due; `None` where it has no deadline or the date it counts from is not known.
    fn deadline(&self, duty: DutyId) -> Option<Deadline> {
        let (steps, after) = self.case.program.duties.get(duty.index())?.deadline.as_ref()?;
        let calendar = self.case.calendar();
        let exact = matches!(steps.unit, Unit::Minute | Unit::Hour);
        let start = match after {
            Some(after) => self.case.quantity(after, None).as_known()?.clone(),
            None if exact => calendar::seconds(self.case.question.at),
            None => calendar::days(calendar.date_of(self.case.question.at)).into(),
        };
        if exact {
            let moment = calendar::moment(&calendar.shift_moment(&start, steps)?)?;
            return Some(Deadline::Moment(moment));
        }
        let day = calendar.shift_date(start.to_i64()?, steps.count.to_i64()?, steps.unit)?;
        Some(Deadline::Day(calendar::date(day)?))
    }

    fn charge(&self, taking: Taking) -> BudgetCharge {
        let step = self.case.program.budget(taking.budget).and_then(|budget| budget.step.clone());
        let whole = |number: &Number| step.as_ref().and_then(|step| number.round(step, Rounding::Down)).unwrap_or_else(|| number.clone());
        let of = self.case.allotment(taking.budget, self.role).map(|allotment| Bound::of(&allotment, Reading::Against));
        let left = match self.case.left(taking.budget, self.role, Reading::Against) {
            Bound::Finite(left) => {
                let after = taking.amount.as_ref().and_then(|amount| left.subtract(amount)).unwrap_or(Number::ZERO);
                Some(whole(&after.max(Number::ZERO)))
            }
            Bound::Unlimited => None,
        };
        let window = self.case.program.budget(taking.budget).map(|budget| &budget.window);
        let resets = window.and_then(|window| self.case.calendar().window_end(window, self.case.question.at));
        BudgetCharge { budget: taking.budget, amount: taking.amount, left, of: of.as_ref().and_then(Bound::finite).map(whole), resets }
    }
}
