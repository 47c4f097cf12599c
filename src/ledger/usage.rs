//! What a ledger has done since it was opened, for whoever measures it: grants, and how much of their budgets was used.
//!
//! Counted is what this process committed. What must stay true: no count tells who granted anything, or whose budget it is.

use std::collections::BTreeMap;

use super::bucket::Bucket;
use crate::number::Number;
use crate::policy::expr::Type;
use crate::policy::{Budget, BudgetUnit, Policy};

/// What came of a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It was booked.
    Booked,
    /// It is not granted.
    Refused,
    /// Duties were not confirmed.
    Unconfirmed,
    /// It was taken back.
    Reversed,
}

impl Fate {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Booked => "booked",
            Self::Refused => "refused",
            Self::Unconfirmed => "unconfirmed",
            Self::Reversed => "reversed",
        }
    }
}

/// What was done. The names are those of the policy.
#[derive(Clone, Debug, Default)]
pub struct Usage {
    /// How many grants, by action and what came of them. A repetition of a request is not another one.
    pub grants: BTreeMap<(String, Fate), u64>,
    /// What was charged, by budget and unit: a currency, `percent`, `seconds`, `number` or `times`.
    pub budgets: BTreeMap<(String, &'static str), Spending>,
}

/// What was charged to a budget.
#[derive(Clone, Debug)]
pub struct Spending {
    /// All of it. What was taken back later is still in it.
    pub charged: Number,
    /// By how much of its allotment was used after a charge: how many there were up to each of [`Spending::BOUNDS`] and above the bound before it.
    pub shares: [u64; Self::BOUNDS.len()],
    /// The sum of these shares, in thousandths.
    pub thousandths: u64,
}

impl Default for Spending {
    fn default() -> Self {
        Self { charged: Number::ZERO, shares: [0; Self::BOUNDS.len()], thousandths: 0 }
    }
}

impl Spending {
    /// The upper bounds of the shares, in percent.
    pub const BOUNDS: [u32; 5] = [25, 50, 75, 90, 100];

    /// How many charges there were to somebody's limited share.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.shares.iter().sum()
    }

    /// `used` and `most` are in smallest units.
    fn add_share(&mut self, used: i64, most: i64) {
        let (used, most) = (i128::from(used.clamp(0, most.max(1))), i128::from(most.max(1)));
        let place = Self::BOUNDS.iter().position(|bound| used * 100 <= i128::from(*bound) * most);
        if let Some(count) = place.and_then(|place| self.shares.get_mut(place)) {
            *count += 1;
        }
        self.thousandths = self.thousandths.saturating_add(u64::try_from(used * 1000 / most).unwrap_or(0));
    }

    fn merge(&mut self, other: &Self) {
        self.charged = self.charged.add(&other.charged).unwrap_or_else(Number::largest);
        self.shares.iter_mut().zip(other.shares).for_each(|(sum, count)| *sum += count);
        self.thousandths = self.thousandths.saturating_add(other.thousandths);
    }
}

impl Usage {
    /// Whether nothing was counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.grants.is_empty() && self.budgets.is_empty()
    }

    /// Counts a grant.
    pub(crate) fn count(&mut self, action: &str, fate: Fate) {
        *self.grants.entry((action.to_owned(), fate)).or_default() += 1;
    }

    /// Counts a charge, after which `used` of `most` is used; nothing is said of a share that is not limited. All are in smallest units.
    pub(crate) fn charge(&mut self, (budget, unit): (&Budget, &'static str), bucket: &Bucket, amount: i64, (used, most): (i64, Option<i64>)) {
        let spending = self.budgets.entry((budget.name.clone(), unit)).or_default();
        spending.charged = spending.charged.add(&bucket.quantity(amount)).unwrap_or_else(Number::largest);
        if let Some(most) = most {
            spending.add_share(used, most);
        }
    }

    /// Adds what somebody else counted.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (key, count) in &other.grants {
            *self.grants.entry(key.clone()).or_default() += count;
        }
        for (key, spending) in &other.budgets {
            self.budgets.entry(key.clone()).or_default().merge(spending);
        }
    }
}

/// What a budget's quantities are counted in when they are measured.
pub(crate) fn unit(policy: &Policy, unit: &BudgetUnit, measure: &Type) -> &'static str {
    match (unit, measure) {
        (BudgetUnit::Times, _) => "times",
        (_, Type::Money) => policy.currency.code(),
        (_, Type::Percent) => "percent",
        (_, Type::Duration) => "seconds",
        _ => "number",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_at_a_bound_is_within_it() {
        let mut spending = Spending::default();
        for used in [1, 25, 26, 90, 91, 100, 120] {
            spending.add_share(used, 100);
        }
        assert_eq!((spending.shares, spending.count(), spending.thousandths), ([2, 1, 0, 1, 3], 7, 4330));
        spending.add_share(0, 0);
        assert_eq!(spending.shares, [3, 1, 0, 1, 3]);
    }
}
