//! Which facts would decide a question.

use std::collections::{BTreeMap, BTreeSet};

use kulanz::decide::ContactKind;
use kulanz::syntax::ast::{CellKind, ColumnKind, Expr, ExprKind, Lookup};

use super::authority::{Approvals, Candidate, Seat};
use super::book::{Force, Kind, Part, Rule};
use super::evaluate::{Case, Person};
use super::reads::{facts_of_part, facts_of_test, operands};
use super::room::{Reading, room};
use super::value::{End, Truth, Value};

/// What would be of use.
#[derive(Clone, Copy, Debug)]
pub struct Goal<'q> {
    /// Conditions are looked at for this quantity.
    pub at: &'q End,
    /// A rule is of use if it could let this through…
    pub least: &'q End,
    /// …and more than is sure.
    pub sure: &'q End,
    pub approvals: Approvals,
}

/// What an undecided rule turns on.
#[derive(Clone, Debug)]
pub struct Turn<'a> {
    pub rule: &'a Rule,
    pub facts: BTreeSet<String>,
}

fn is_decided(truth: Truth) -> bool {
    [Truth::YES, Truth::NO, Truth::UNDEFINED].contains(&truth)
}

impl Case<'_> {
    fn if_unknown(&self, name: &str) -> BTreeSet<String> {
        self.is_unknown(name).then(|| name.to_owned()).into_iter().collect()
    }

    /// The unknown facts on which a condition or value turns: those in its parts that are not known.
    pub fn turns_on(&self, expr: &Expr) -> BTreeSet<String> {
        if matches!(&expr.kind, ExprKind::Name(name) if !self.is_a_name(name)) {
            // A value of a `one of` beside `is`.
            return BTreeSet::new();
        }
        let known = match self.value(expr) {
            Value::Condition(truth) => is_decided(truth),
            Value::Quantity(_, range) => range.is_exact_or_undefined(),
            Value::Text(text) => text.is_some(),
            _ => false,
        };
        match &expr.kind {
            _ if known => BTreeSet::new(),
            ExprKind::Name(name) if self.book.fact(name).is_some() || name.starts_with("actor.") => self.if_unknown(name),
            ExprKind::Name(name) => match (self.book.defines.get(name), self.book.lookups.get(name)) {
                (Some(body), _) => self.turns_on(body),
                (_, Some(table)) => self.table_turns_on(table),
                _ => BTreeSet::new(),
            },
            ExprKind::Spent(budget) => self.unknown_keys(&budget.text).into_iter().collect(),
            ExprKind::Presence(fact, _) => match &fact.kind {
                ExprKind::Name(name) => self.if_unknown(name),
                _ => BTreeSet::new(),
            },
            _ => operands(expr).into_iter().flat_map(|operand| self.turns_on(operand)).collect(),
        }
    }

    fn table_turns_on(&self, table: &Lookup) -> BTreeSet<String> {
        let grid = table.body.grid.as_ref().unwrap();
        let mut facts = BTreeSet::new();
        for row in &grid.rows {
            let holds = self.row_holds(grid, row);
            for (column, cell) in grid.columns.iter().zip(&row.cells) {
                match (&column.kind, &cell.kind) {
                    (ColumnKind::Test(expr), CellKind::Test(test)) if !is_decided(holds) => {
                        facts.extend(self.part_turns_on(&Part::Cell(expr.clone(), test.clone())));
                    }
                    (ColumnKind::Is, CellKind::Value(values)) if holds.may_be(Truth::YES) => {
                        facts.extend(values.iter().flat_map(|value| self.turns_on(value)));
                    }
                    _ => {}
                }
            }
            if holds == Truth::YES {
                break;
            }
        }
        facts
    }

    fn part_turns_on(&self, part: &Part) -> BTreeSet<String> {
        match part {
            _ if is_decided(self.part(part)) => BTreeSet::new(),
            Part::When(condition) | Part::Unless(condition) => self.turns_on(condition),
            Part::Cell(column, test) => {
                let mut facts = self.turns_on(column);
                facts.extend(facts_of_test(self.book, test).into_iter().filter(|name| self.is_unknown(name)));
                facts
            }
            Part::From(..) | Part::Until(..) => facts_of_part(self.book, part).into_iter().filter(|name| self.is_unknown(name)).collect(),
        }
    }

    fn rule_turns_on(&self, rule: &Rule) -> BTreeSet<String> {
        if is_decided(self.applies(rule)) {
            return BTreeSet::new();
        }
        rule.parts.iter().flat_map(|part| self.part_turns_on(part)).collect()
    }

    fn budget_turns_on(&self, budget: &str, role: &str) -> BTreeSet<String> {
        let mut facts = BTreeSet::new();
        let amount = &self.book.line(budget, role).unwrap().amount;
        if !matches!(amount, kulanz::syntax::ast::Allotment::Unlimited(_)) {
            facts.extend(self.unknown_keys(budget));
        }
        if let kulanz::syntax::ast::Allotment::Quantity(amount) = amount {
            facts.extend(self.turns_on(amount));
        }
        facts
    }
}

impl<'a> Seat<'a> {
    /// What each rule that could bring this role to a goal turns on.
    pub fn turns(&self, goal: &Goal) -> Vec<Turn<'a>> {
        let favour = self.with_reading(Reading::Favour).asking(goal.at);
        let against = favour.with_reading(Reading::Against);
        let (high, low) = (favour.standing(), against.standing());
        let of_use = |value: &End| value > goal.sure && value >= goal.least;
        let counted = |candidate: &&Candidate| goal.approvals == Approvals::With || candidate.rule.approved_by.is_empty();
        let permissions: Vec<_> = high.permissions.iter().filter(counted).filter(|candidate| of_use(&candidate.reach)).collect();
        let carried = !permissions.is_empty() && high.entitled > low.entitled;
        let owing: Vec<(&Candidate, End)> = high.owing.iter().map(|candidate| (candidate, candidate.reach.clone().min(high.cut.clone()))).collect();
        let owing: Vec<_> = owing.into_iter().filter(|(_, reach)| of_use(reach) || (carried && *reach > low.entitled)).collect();
        let mut turns: Vec<Turn> = permissions.iter().map(|candidate| favour.giving_turn(candidate, &candidate.reach)).collect();
        turns.extend(owing.iter().map(|(candidate, reach)| favour.giving_turn(candidate, reach)));
        let owed_is_of_use = owing.iter().any(|(_, reach)| of_use(reach));
        for rule in against.in_the_way(goal.at) {
            let hard = matches!(rule.kind, Kind::Prohibition(_, Force::EvenIfEntitled));
            if !permissions.is_empty() || (owed_is_of_use && hard) {
                turns.push(Turn { rule, facts: against.prohibition_turns_on(rule) });
            }
        }
        turns
    }

    /// What an applicable rule turns on that gives this much in the asker's favour.
    fn giving_turn(&self, candidate: &Candidate<'a>, wanted: &End) -> Turn<'a> {
        let rule = candidate.rule;
        let mut facts = self.case.rule_turns_on(rule);
        if let Some(quantity) = &rule.quantity {
            let rounding = if rule.kind == Kind::Entitlement { kulanz::Rounding::HalfUp } else { kulanz::Rounding::Down };
            if self.case.value(quantity).range().least().on_grid(&self.grid(), rounding) < *wanted {
                facts.extend(self.case.turns_on(quantity));
            }
        }
        let (sure, perhaps) = (self.case.takes(rule, &self.role, Reading::Against), self.case.takes(rule, &self.role, Reading::Favour));
        for (at, (budget, by)) in rule.charges.iter().enumerate() {
            let alone = |take| room(std::slice::from_ref(take), &BTreeMap::new(), &self.grid());
            if alone(&sure[at]) < *wanted && alone(&sure[at]) < alone(&perhaps[at]) {
                facts.extend(self.case.budget_turns_on(budget, &self.role));
                facts.extend(by.iter().flat_map(|by| self.case.turns_on(by)));
            }
        }
        Turn { rule, facts }
    }

    /// What the condition and the cap of a prohibition turn on.
    pub fn prohibition_turns_on(&self, rule: &Rule) -> BTreeSet<String> {
        let mut facts = self.case.rule_turns_on(rule);
        if let Some(quantity) = &rule.quantity {
            let cap = self.case.value(quantity).range();
            let shown = |end: End| end.on_grid(&self.grid(), kulanz::Rounding::Down);
            if shown(cap.least()) < shown(cap.most()) {
                facts.extend(self.case.turns_on(quantity));
            }
        }
        facts
    }

    /// What could bring the role above a limit, below `bound`.
    pub fn could_raise(&self, bound: &End, limit: &End) -> Vec<Turn<'a>> {
        let best = self.with_reading(Reading::Favour).largest_granted(bound);
        if best <= *limit {
            return Vec::new();
        }
        let smallest = End::At(self.grid());
        self.turns(&Goal { at: &best, least: &smallest, sure: limit, approvals: Approvals::Without })
    }

    /// What could put somebody else in the place to decide or approve.
    pub fn turns_of_others(&self, quantity: &End) -> Vec<Turn<'a>> {
        let mut turns = Vec::new();
        for contact in self.with_reading(Reading::Favour).asking(quantity).contacts(quantity) {
            let seat = match contact.kind {
                ContactKind::Decide => self.seen_by(&contact.role, Person::SomebodyElse),
                ContactKind::Approve => self.clone(),
            };
            turns.extend(seat.turns(&Goal { at: quantity, least: quantity, sure: &End::ZERO, approvals: Approvals::With }));
            let proposed = (contact.kind == ContactKind::Approve).then_some(contact.role.clone());
            for role in contact.approved_by.iter().chain(&proposed) {
                let approver = self.asking(quantity).seen_by(role, Person::SomebodyElse);
                let full = |rule: &&Rule| rule.quantity.is_none() && matches!(rule.kind, Kind::Prohibition(_, Force::EvenIfEntitled));
                turns.extend(approver.rules().filter(full).map(|rule| Turn { rule, facts: approver.case.rule_turns_on(rule) }));
            }
        }
        turns
    }

    /// Most useful first: on which more rules turn; then in the order of the items; who asks comes last. What the asker said is not asked for again.
    pub fn sorted(&self, turns: &[Turn]) -> Vec<String> {
        let mut count: BTreeMap<&String, usize> = BTreeMap::new();
        turns.iter().flat_map(|turn| &turn.facts).for_each(|fact| *count.entry(fact).or_default() += 1);
        count.retain(|fact, _| self.case.is_unknown(fact));
        let place = |name: &str| match name {
            "actor.id" => usize::MAX - 1,
            "actor.team" => usize::MAX,
            _ => self.case.book.fact_at[name],
        };
        let mut facts: Vec<_> = count.into_iter().collect();
        facts.sort_by_key(|(name, count)| (usize::MAX - count, place(name)));
        facts.into_iter().map(|(name, _)| name.clone()).collect()
    }
}
