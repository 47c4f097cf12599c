//! Which facts would decide a question.

use std::collections::{BTreeMap, BTreeSet};

use kulanz::syntax::ast::{Allotment, Expr, ExprKind};

use super::authority::{Approvals, Seat};
use super::book::{Kind, Part, Rule};
use super::evaluate::{Case, Person};
use super::reads::{facts_of_part, facts_read, operands};
use super::room::Reading;
use super::value::{End, Truth};

impl Case<'_> {
    fn unknown_of(&self, names: BTreeSet<String>) -> BTreeSet<String> {
        names.into_iter().filter(|name| self.is_unknown(name)).collect()
    }

    /// The unknown facts on which a condition turns.
    fn turns_on(&self, condition: &Expr) -> BTreeSet<String> {
        let truth = self.truth(condition);
        if [Truth::YES, Truth::NO, Truth::UNDEFINED].contains(&truth) {
            return BTreeSet::new();
        }
        match &condition.kind {
            ExprKind::And(_) | ExprKind::Or(_) | ExprKind::Not(_) => {
                operands(condition).into_iter().flat_map(|operand| self.turns_on(operand)).collect()
            }
            ExprKind::Name(name) if self.book.defines.contains_key(name) => self.turns_on(&self.book.defines[name]),
            _ => self.unknown_of(facts_read(self.book, condition)),
        }
    }

    fn part_turns_on(&self, part: &Part) -> BTreeSet<String> {
        match part {
            Part::When(condition) | Part::Unless(condition) => self.turns_on(condition),
            _ if [Truth::YES, Truth::NO, Truth::UNDEFINED].contains(&self.part(part)) => BTreeSet::new(),
            _ => self.unknown_of(facts_of_part(self.book, part)),
        }
    }

    /// The unknown facts behind a quantity that is not exact.
    fn blurs(&self, quantity: &Expr) -> BTreeSet<String> {
        if self.value(quantity).range().is_exact_or_undefined() {
            return BTreeSet::new();
        }
        self.unknown_of(facts_read(self.book, quantity))
    }

    /// Everything unknown that a rule turns on for a role.
    fn rule_turns_on(&self, rule: &Rule, role: &str) -> BTreeSet<String> {
        let mut facts: BTreeSet<String> = rule.parts.iter().flat_map(|part| self.part_turns_on(part)).collect();
        facts.extend(rule.quantity.iter().flat_map(|quantity| self.blurs(quantity)));
        for (budget, by) in &rule.charges {
            facts.extend(by.iter().flat_map(|by| self.blurs(by)));
            match &self.line(budget, role).unwrap().amount {
                Allotment::Unlimited(_) => {}
                Allotment::Times(_) => facts.extend(self.unknown_keys(budget)),
                Allotment::Quantity(amount) => {
                    facts.extend(self.unknown_keys(budget));
                    facts.extend(self.blurs(amount));
                }
            }
        }
        facts
    }
}

impl Seat<'_> {
    /// What each undecided rule that could give more turns on, for this role and quantity.
    fn turns(&self, quantity: &End, sure: &End, approvals: Approvals) -> Vec<BTreeSet<String>> {
        let favour = self.with_reading(Reading::Favour).asking(quantity);
        let standing = favour.standing();
        let gain = standing.authority(approvals).min(quantity.clone());
        if gain <= *sure {
            return Vec::new();
        }
        let mut all = Vec::new();
        for candidate in standing.owing.iter().chain(&standing.permissions) {
            let counted = approvals == Approvals::With || candidate.rule.approved_by.is_empty();
            if counted && candidate.reach > *sure {
                all.push(favour.case.rule_turns_on(candidate.rule, &self.role));
            }
        }
        let against = favour.with_reading(Reading::Against);
        for (rule, cap) in against.prohibitions() {
            if cap < *quantity && matches!(rule.kind, Kind::Prohibition(..)) {
                all.push(favour.case.rule_turns_on(rule, &self.role));
            }
        }
        all
    }

    /// The facts that could let the role grant more than what is sure.
    pub fn own_need(&self, quantity: &End, sure: &End) -> Vec<String> {
        self.sorted(&self.turns(quantity, sure, Approvals::Without))
    }

    /// The facts that could let anybody make the quantity happen.
    pub fn anybodys_need(&self, quantity: &End) -> Vec<String> {
        let mut turns = self.turns(quantity, &End::ZERO, Approvals::With);
        for role in &self.case.book.roles {
            if !self.case.book.is_at_or_above(&self.role, &role.name.text) {
                turns.extend(self.seen_by(&role.name.text, Person::SomebodyElse).turns(quantity, &End::ZERO, Approvals::With));
            }
        }
        self.sorted(&turns)
    }

    /// Most useful first: on which more rules turn; then in the order of the items; who asks comes last.
    fn sorted(&self, turns: &[BTreeSet<String>]) -> Vec<String> {
        let mut count: BTreeMap<&String, usize> = BTreeMap::new();
        turns.iter().flatten().for_each(|fact| *count.entry(fact).or_default() += 1);
        let place = |name: &str| match name {
            "actor.id" => usize::MAX - 1,
            "actor.team" => usize::MAX,
            _ => self.case.book.fact_at[name],
        };
        let mut facts: Vec<_> = count.into_iter().collect();
        facts.sort_by_key(|(name, count)| (place(name) >= usize::MAX - 1, usize::MAX - count, place(name)));
        facts.into_iter().map(|(name, _)| name.clone()).collect()
    }
}
