//! What is left of budgets, what a grant takes from them, and how much room they leave.

use super::bound::{Bound, Reading};
use super::case::Case;
#[cfg(feature = "ledger")]
use super::case::{Mode, Person};
use super::range::Range;
use crate::number::{Number, Rounding};
use crate::policy::{BudgetId, RoleId};
#[cfg(feature = "ledger")]
use crate::program::Program;
use crate::program::{Allotment, Charge, Measure, Rule};
#[cfg(feature = "ledger")]
use crate::question::Question;

/// What a grant takes from one budget.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Taking {
    pub budget: BudgetId,
    /// `None` where it has no bound to speak of (an unlimited quantity).
    pub amount: Option<Number>,
    /// 1 a grant, however many rules say so.
    pub once: bool,
}

/// What a role may spend of a budget.
#[cfg(feature = "ledger")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Allotted {
    /// It has no line there.
    None,
    /// This much.
    Known(Number),
    /// That depends on facts that are not known.
    Unknown,
    /// As much as it likes.
    Unlimited,
}

#[cfg(feature = "ledger")]
impl Program {
    /// What the asker's role may spend of a budget in the case of a question.
    pub(crate) fn allotted(&self, question: &Question, id: BudgetId, mode: Mode) -> Allotted {
        let role = question.actor.role;
        if self.budget(id).is_none_or(|budget| budget.allotments.get(role.index()).is_none_or(Option::is_none)) {
            return Allotted::None;
        }
        let Some(range) = (Case { program: self, question, mode, person: Person::Asker }).allotment(id, role) else { return Allotted::Unlimited };
        if range.is_surely_undefined() {
            return Allotted::Known(Number::ZERO);
        }
        range.as_known().map_or(Allotted::Unknown, |most| Allotted::Known(most.clone().max(Number::ZERO)))
    }
}

impl Case<'_> {
    /// The allotment of a role; `None` where the budget does not limit it.
    pub fn allotment(self, id: BudgetId, role: RoleId) -> Option<Range> {
        match self.program.budget(id)?.allotments.get(role.index())? {
            Some(Allotment::Limited(quantity)) => Some(self.quantity(quantity, None)),
            Some(Allotment::Unlimited) => None,
            // The checker lets no role charge a budget without a line.
            None => Some(Range::known(Number::ZERO)),
        }
    }

    pub fn is_limited(self, id: BudgetId, role: RoleId) -> bool {
        self.allotment(id, role).is_some()
    }

    /// Whether both readings come to the same room in a budget.
    pub fn is_charge_settled(self, charge: &Charge, role: RoleId) -> bool {
        let Some(allotment) = self.allotment(charge.budget, role) else { return true };
        let by = match &charge.by {
            Measure::Once => true,
            Measure::PerUnit(quantity) | Measure::Fixed(quantity) => self.quantity(quantity, None).is_settled(),
        };
        by && allotment.is_settled() && self.spent(charge.budget).is_known()
    }

    /// What is left for a role. A bucket whose key is unknown is exhausted against the asker and unspent in favour.
    pub fn left(self, id: BudgetId, role: RoleId, reading: Reading) -> Bound {
        let Some(allotment) = self.allotment(id, role) else { return Bound::Unlimited };
        let left = if allotment.is_surely_undefined() { allotment } else { allotment.add(&self.spent(id).negate()) };
        Bound::of(&left, reading)
    }

    /// The largest quantity whose charges fit what is left after `taken`.
    pub fn room(self, charges: &[Charge], role: RoleId, reading: Reading, step: Option<&Number>, taken: &[Taking]) -> Bound {
        let rooms = charges.iter().map(|charge| {
            let mut before = taken.iter().filter(|taking| taking.budget == charge.budget);
            let Bound::Finite(left) = self.left(charge.budget, role, reading) else { return Bound::Unlimited };
            let counted = before.clone().any(|taking| taking.once);
            let left = before.try_fold(left, |left, taking| left.subtract(taking.amount.as_ref()?));
            let left = left.unwrap_or(Number::ZERO).max(Number::ZERO);
            match &charge.by {
                Measure::Once if counted => Bound::Unlimited,
                Measure::Once => all_or_nothing(Number::ONE <= left),
                Measure::Fixed(cost) => {
                    let cost = self.cost(cost, charge.budget, reading);
                    all_or_nothing(cost.is_some_and(|cost| cost <= left))
                }
                Measure::PerUnit(factor) => self.room_for(factor, charge.budget, reading, step, &left),
            }
        });
        rooms.min().unwrap_or(Bound::Unlimited)
    }

    fn room_for(self, factor: &crate::program::node::Quantity, budget: BudgetId, reading: Reading, step: Option<&Number>, left: &Number) -> Bound {
        let Some(factor) = dear(&self.quantity(factor, None), reading) else { return Bound::ZERO };
        if !factor.is_positive() {
            return Bound::Unlimited;
        }
        let budget_step = self.program.budget(budget).and_then(|budget| budget.step.as_ref());
        let whole = budget_step.and_then(|step| left.round(step, Rounding::Down)).unwrap_or_else(|| left.clone());
        let room = whole.divide(&factor).map_or(Bound::ZERO, Bound::Finite);
        room.round(step, Rounding::Down)
    }

    /// What something that does not depend on the granted quantity costs, rounded up; `None` where it leaves no room.
    fn cost(self, cost: &crate::program::node::Quantity, budget: BudgetId, reading: Reading) -> Option<Number> {
        let cost = dear(&self.quantity(cost, None), reading)?.max(Number::ZERO);
        self.round_charge(budget, cost)
    }

    fn round_charge(self, budget: BudgetId, charge: Number) -> Option<Number> {
        match self.program.budget(budget).and_then(|budget| budget.step.as_ref()) {
            Some(step) => charge.round(step, Rounding::Up),
            None => Some(charge),
        }
    }

    /// Whether a rule is charged more for a larger quantity.
    pub fn charges_grow(self, rule: &Rule) -> bool {
        let grows = |by: &Measure| match by {
            Measure::PerUnit(factor) => dear(&self.quantity(factor, None), Reading::Against).is_some_and(|factor| factor.is_positive()),
            Measure::Once | Measure::Fixed(_) => false,
        };
        rule.charges.iter().any(|charge| grows(&charge.by))
    }

    /// What a grant of a quantity takes by this rule, in a reading.
    pub fn takings(self, rule: &Rule, quantity: &Bound, reading: Reading) -> Vec<Taking> {
        let take = |charge: &crate::program::Charge| {
            let (amount, once) = match &charge.by {
                Measure::Once => (Some(Number::ONE), true),
                Measure::Fixed(cost) => (self.cost(cost, charge.budget, reading), false),
                Measure::PerUnit(factor) => {
                    let factor = dear(&self.quantity(factor, None), reading).map(|factor| factor.max(Number::ZERO));
                    let product = match factor {
                        Some(factor) if factor.is_zero() => Some(factor),
                        factor => factor.zip(quantity.finite()).and_then(|(factor, quantity)| factor.multiply(quantity)),
                    };
                    (product.and_then(|product| self.round_charge(charge.budget, product)), false)
                }
            };
            Taking { budget: charge.budget, amount, once }
        };
        rule.charges.iter().map(take).collect()
    }
}

fn all_or_nothing(fits: bool) -> Bound {
    if fits { Bound::Unlimited } else { Bound::ZERO }
}

/// What something costs in a reading: the most against the asker, the least in favour. `None` leaves no room.
fn dear(range: &Range, reading: Reading) -> Option<Number> {
    match reading {
        _ if range.is_surely_undefined() => None,
        Reading::Against if range.may_be_undefined() => None,
        Reading::Against => range.high().cloned(),
        Reading::Favour => Some(range.low().cloned().unwrap_or(Number::ZERO)),
    }
}

/// Both together: one entry a budget; what counts once counts once.
pub(crate) fn combined(first: Vec<Taking>, second: Vec<Taking>) -> Vec<Taking> {
    let mut all = first;
    for taking in second {
        match all.iter_mut().find(|other| other.budget == taking.budget) {
            Some(other) if other.once && taking.once => {}
            Some(other) => {
                other.amount = other.amount.as_ref().zip(taking.amount.as_ref()).and_then(|(a, b)| a.add(b));
                other.once |= taking.once;
            }
            None => all.push(taking),
        }
    }
    all
}
