//! What to find out: the facts on which the rules that matter still turn.

use smallvec::SmallVec;

use super::authority::{Share, Standing, View, stops_entitlements};
use super::bound::{Bound, Reading};
use super::case::Case;
use super::open::Open;
use crate::number::Number;
use crate::policy::{FactRef, RuleId};
use crate::program::{Measure, Rule};

/// Facts with the number of rules that turn on them, and those rules.
#[derive(Clone, Debug, Default)]
pub(crate) struct Need {
    facts: SmallVec<[(FactRef, usize); 4]>,
    pub rules: SmallVec<[RuleId; 4]>,
}

/// Whether permissions that need further people count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Approval {
    Left,
    Included,
}

/// What would be of use.
#[derive(Clone, Copy)]
pub(crate) struct Goal<'a> {
    /// At this quantity conditions are looked at.
    pub at: &'a Number,
    /// A rule is of use if it could let this through…
    pub least: &'a Number,
    /// …and more than is sure.
    pub sure: &'a Bound,
    /// A prohibition is in the way if its cap is below this.
    pub wanted: &'a Bound,
    pub approval: Approval,
}

impl Need {
    pub fn add(&mut self, rule: RuleId, open: &Open) {
        if open.0.is_empty() {
            return;
        }
        if !self.rules.contains(&rule) {
            self.rules.push(rule);
        }
        for fact in &open.0 {
            match self.facts.iter_mut().find(|(known, _)| known == fact) {
                Some((_, count)) => *count += 1,
                None => self.facts.push((*fact, 1)),
            }
        }
    }

    /// Adds another's facts and rules.
    pub fn merge(&mut self, other: &Self) {
        for rule in &other.rules {
            if !self.rules.contains(rule) {
                self.rules.push(*rule);
            }
        }
        for (fact, rules) in &other.facts {
            match self.facts.iter_mut().find(|(known, _)| known == fact) {
                Some((_, count)) => *count += rules,
                None => self.facts.push((*fact, *rules)),
            }
        }
    }

    /// Most useful first. What the asker already said is never asked for again.
    pub fn ranked(mut self, asker: Case<'_>) -> Vec<FactRef> {
        self.facts.retain(|(fact, _)| asker.is_unknown(*fact));
        self.facts.sort_by_key(|(fact, count)| (std::cmp::Reverse(*count), *fact));
        self.facts.into_iter().map(|(fact, _)| fact).collect()
    }
}

impl View<'_> {
    /// Adds what could bring this role to a goal. The view's own reading does not matter; both are taken.
    pub fn collect_need(&self, goal: Goal<'_>, need: &mut Need) {
        let sure = Self { reading: Reading::Against, ..*self };
        let low = sure.standing(goal.at);
        if !self.is_settled(&low) {
            self.collect_need_between(&low, &self.perhaps(&low, goal.at), goal, need);
        }
    }

    /// The same where it is known where the role stands at the goal, for sure and perhaps.
    pub fn collect_need_between(&self, low: &Standing, high: &Standing, goal: Goal<'_>, need: &mut Need) {
        let sure = Self { reading: Reading::Against, ..*self };
        let of_use = |value: &Bound| value > goal.sure && value.covers(goal.least);
        let permissions = high.permissions.iter().chain(if goal.approval == Approval::Included { high.shared.as_slice() } else { &[] });
        let (mut of_permissions, mut of_entitlements) = (false, false);
        for share in permissions.filter(|share| of_use(&share.value)) {
            of_permissions = true;
            self.collect_rule(share, low, &goal, need);
        }
        let carried = of_permissions && high.entitled > low.entitled;
        for share in &high.entitlements {
            let is_of_use = of_use(&share.value);
            of_entitlements |= is_of_use;
            if is_of_use || (carried && share.value > low.entitled) {
                self.collect_rule(share, low, &goal, need);
            }
        }
        self.collect_prohibitions(&sure, low, &goal, of_permissions, of_entitlements, need);
    }

    fn collect_rule(&self, share: &Share, low: &Standing, goal: &Goal<'_>, need: &mut Need) {
        let Some(rule) = self.rule(share.rule) else { return };
        let mut open = Open::default();
        self.open_in_candidate(share.rule, rule, low, goal.at, &mut open);
        let sure = Self { reading: Reading::Against, ..*self };
        if sure.quantity(rule) < share.value
            && let Some(quantity) = &rule.quantity
        {
            self.case.open_in_quantity(quantity, None, &mut open);
        }
        self.collect_charges(rule, &share.value, &mut open);
        need.add(share.rule, &open);
    }

    /// The keys and allotments of budgets that leave less room for sure than perhaps.
    fn collect_charges(&self, rule: &Rule, wanted: &Bound, open: &mut Open) {
        for charge in &rule.charges {
            let alone = std::slice::from_ref(charge);
            let room = |reading| self.case.room(alone, self.role, reading, self.step(), &[]);
            let sure = room(Reading::Against);
            if sure < *wanted && sure < room(Reading::Favour) {
                self.case.open_in_budget(charge.budget, self.role, open);
                if let Measure::PerUnit(quantity) | Measure::Fixed(quantity) = &charge.by {
                    self.case.open_in_quantity(quantity, None, open);
                }
            }
        }
    }

    /// Prohibitions that are not sure and stand in the way: of permissions, or of what is owed where they say so.
    fn collect_prohibitions(&self, sure: &View<'_>, low: &Standing, goal: &Goal<'_>, of_permissions: bool, of_entitlements: bool, need: &mut Need) {
        let perhaps = View { reading: Reading::Favour, ..*sure };
        for Share { rule: id, value: cap } in &low.caps {
            let Some(rule) = self.rule(*id) else { continue };
            let in_the_way = of_permissions || (of_entitlements && stops_entitlements(rule));
            if !in_the_way || cap >= goal.wanted {
                continue;
            }
            let mut open = Open::default();
            self.open_in_candidate(*id, rule, low, goal.at, &mut open);
            if *cap < perhaps.quantity(rule)
                && let Some(quantity) = &rule.quantity
            {
                self.case.open_in_quantity(quantity, None, &mut open);
            }
            need.add(*id, &open);
        }
    }
}
