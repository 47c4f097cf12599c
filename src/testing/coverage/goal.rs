//! Everything that tests can touch, one goal each.

use std::collections::BTreeSet;

use crate::answer::parts;
use crate::policy::{DefinitionId, FallbackId, Instead, LookupId, Policy, RuleId, RuleKind};
use crate::program::node::Condition;
use crate::program::{self, Definition, Program};
use crate::say;
use crate::source::Span;

/// Where a condition or a clause stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    Rule(RuleId),
    Fallback(FallbackId),
    Definition(DefinitionId),
}

/// A condition without parts, and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Leaf<'p> {
    pub owner: Owner,
    pub condition: &'p Condition,
    /// Whether it belongs to a clause, which is looked at only where its rule applies.
    pub is_of_clause: bool,
}

/// A clause that can be seen in an answer: which one of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clause {
    Approved,
    Charge(usize),
    Require(usize),
    Offer(usize),
    Advise(usize),
    Ask(usize),
}

/// What is to be reached.
#[derive(Clone, Debug)]
pub enum What<'p> {
    /// The rule applies or decides.
    Rule(RuleId),
    /// The row of a table of values holds.
    Value(LookupId, usize),
    /// The clause is seen in an answer; the rows of a table share those under its head.
    Clause(Vec<(Owner, Clause)>),
    /// A condition holds in one of these places, which share it.
    Holds(Vec<Leaf<'p>>),
    /// It does not hold.
    Fails(Vec<Leaf<'p>>),
}

/// One thing that a test can touch.
#[derive(Clone, Debug)]
pub struct Goal<'p> {
    pub what: What<'p>,
    /// The rule, table, fallback or definition.
    pub item: String,
    /// The clause or condition as it is written.
    pub label: String,
    /// `file:line:column`
    pub source: String,
}

/// All goals of a policy: rules, rows of values, clauses, then each condition with its two sides.
#[derive(Debug)]
pub struct Goals<'p> {
    pub all: Vec<Goal<'p>>,
    /// The definitions that a rule or fallback reads, also through others, by owner.
    named: Vec<(Owner, BTreeSet<DefinitionId>)>,
    /// The tables of values that each rule reads.
    lookups: Vec<BTreeSet<LookupId>>,
}

impl<'p> Goals<'p> {
    pub fn of(policy: &Policy, program: &'p Program) -> Self {
        let lookups = program.rules.iter().map(|rule| super::lookups::of(program, rule)).collect();
        let mut goals = Self { all: Vec::new(), named: Vec::new(), lookups };
        goals.rules(policy);
        goals.values(policy);
        goals.clauses(policy);
        goals.conditions(policy, program);
        goals
    }

    pub fn of_rule(&self, id: RuleId) -> Option<usize> {
        // The rules are the first goals, in their own order.
        self.all.get(id.index()).filter(|goal| matches!(goal.what, What::Rule(rule) if rule == id)).map(|_| id.index())
    }

    /// Whether a rule or fallback reads a definition, also through others.
    pub fn reads(&self, owner: Owner, definition: DefinitionId) -> bool {
        self.named
            .binary_search_by_key(&owner, |(owner, _)| *owner)
            .is_ok_and(|at| self.named.get(at).is_some_and(|(_, ids)| ids.contains(&definition)))
    }

    /// Whether a rule reads a table of values.
    pub fn looks_up(&self, rule: RuleId, lookup: LookupId) -> bool {
        self.lookups.get(rule.index()).is_some_and(|ids| ids.contains(&lookup))
    }

    fn add(&mut self, what: What<'p>, item: &str, label: String, source: String) {
        self.all.push(Goal { what, item: item.to_owned(), label, source });
    }

    fn rules(&mut self, policy: &Policy) {
        for (at, rule) in policy.rules.iter().enumerate() {
            self.add(What::Rule(RuleId::new(at)), &rule.name, String::new(), parts::rule_source(policy, rule));
        }
    }

    fn values(&mut self, policy: &Policy) {
        for (id, lookup) in policy.lookups.iter().enumerate() {
            for (at, row) in lookup.rows.iter().enumerate() {
                let source = policy.sources.location(row.span);
                self.add(What::Value(LookupId::new(id), at), &lookup.name, format!("row {}", at + 1), source);
            }
        }
    }

    fn clauses(&mut self, policy: &Policy) {
        for (at, rule) in policy.rules.iter().enumerate() {
            let owner = Owner::Rule(RuleId::new(at));
            if let RuleKind::Permission { approved_by, .. } = &rule.kind
                && !approved_by.is_empty()
            {
                let roles: Vec<&str> = approved_by.iter().filter_map(|id| Some(policy.role(*id)?.name.as_str())).collect();
                self.clause(policy, (owner, Clause::Approved), format!("approved by {}", roles.join(", ")), rule.span);
                // What it charges and requires is in no answer to a question, only in a grant after the approvals.
                continue;
            }
            for (nth, charge) in rule.charges.iter().enumerate() {
                let name = policy.budget(charge.budget).map_or("", |budget| &budget.name);
                self.clause(policy, (owner, Clause::Charge(nth)), format!("charge {name}"), charge.span);
            }
            for (nth, require) in rule.requires.iter().enumerate() {
                let name = policy.duty(require.duty).map_or("", |duty| &duty.name);
                self.clause(policy, (owner, Clause::Require(nth)), format!("require {name}"), require.span);
            }
            self.instead(policy, owner, &rule.instead);
        }
        for (at, fallback) in policy.fallbacks.iter().enumerate() {
            self.instead(policy, Owner::Fallback(FallbackId::new(at)), &fallback.instead);
        }
    }

    fn instead(&mut self, policy: &Policy, owner: Owner, instead: &Instead) {
        for (nth, offer) in instead.offers.iter().enumerate() {
            let name = policy.action(offer.action).map_or("", |action| &action.name);
            self.clause(policy, (owner, Clause::Offer(nth)), format!("offer {name}"), offer.span);
        }
        for (nth, advice) in instead.advice.iter().enumerate() {
            self.clause(policy, (owner, Clause::Advise(nth)), "advise".to_owned(), advice.span);
        }
        for (nth, route) in instead.routes.iter().enumerate() {
            let name = policy.role(route.role).map_or("", |role| &role.name);
            self.clause(policy, (owner, Clause::Ask(nth)), format!("ask {name}"), route.span);
        }
    }

    /// A clause that stands in one place is one, whichever rows it holds for.
    fn clause(&mut self, policy: &Policy, clause: (Owner, Clause), label: String, span: Span) {
        let (item, source) = (item(policy, clause.0), policy.sources.location(span));
        let same = self.all.iter_mut().rev().find(|goal| goal.source == source && goal.label == label && goal.item == item);
        match same.map(|goal| &mut goal.what) {
            Some(What::Clause(places)) => places.push(clause),
            _ => self.add(What::Clause(vec![clause]), &item, label, source),
        }
    }

    fn conditions(&mut self, policy: &Policy, program: &'p Program) {
        let mut found = Found { policy, program, leaves: Vec::new(), named: Vec::new() };
        for (at, rule) in program.rules.iter().enumerate() {
            found.rule(RuleId::new(at), rule);
        }
        for (at, fallback) in program.fallbacks.iter().enumerate() {
            let owner = Owner::Fallback(FallbackId::new(at));
            found.condition(owner, &fallback.condition, false);
            found.instead(owner, &fallback.instead);
        }
        for (at, definition) in program.definitions.iter().enumerate() {
            if let Definition::Condition(body) = definition {
                found.condition(Owner::Definition(DefinitionId::new(at)), body, false);
            }
        }
        let Found { leaves, named, .. } = found;
        self.named = named;
        self.named.sort_by_key(|(owner, _)| *owner);
        for (key, leaves) in leaves {
            let label = key.label(policy);
            let source =
                key.span.or_else(|| owner_span(policy, leaves.first()?.owner)).map_or_else(String::new, |span| policy.sources.location(span));
            self.add(What::Holds(leaves.clone()), &key.item, label.clone(), source.clone());
            self.add(What::Fails(leaves), &key.item, label, source);
        }
    }
}

/// What makes two conditions one: the rows of a table share what stands above them.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Key {
    item: String,
    span: Option<Span>,
    definition: Option<DefinitionId>,
}

impl Key {
    fn label(&self, policy: &Policy) -> String {
        let named = self.definition.and_then(|id| policy.definition(id)).map(|definition| definition.name.clone());
        named.unwrap_or_else(|| {
            let mut label = String::new();
            if let Some(span) = self.span
                && !say::cell(&mut label, policy, span)
            {
                say::condition(&mut label, policy, span);
            }
            label
        })
    }
}

struct Found<'a, 'p> {
    policy: &'a Policy,
    program: &'p Program,
    leaves: Vec<(Key, Vec<Leaf<'p>>)>,
    named: Vec<(Owner, BTreeSet<DefinitionId>)>,
}

impl<'p> Found<'_, 'p> {
    fn rule(&mut self, id: RuleId, rule: &'p program::Rule) {
        let owner = Owner::Rule(id);
        self.condition(owner, &rule.condition, false);
        rule.requires.iter().for_each(|require| self.condition(owner, &require.when, true));
        rule.instead.iter().for_each(|instead| self.instead(owner, instead));
    }

    fn instead(&mut self, owner: Owner, instead: &'p program::Instead) {
        let offers = instead.offers.iter().map(|offer| &offer.when);
        let routes = instead.routes.iter().map(|route| &route.when);
        offers.chain(&instead.advice).chain(routes).for_each(|when| self.condition(owner, when, true));
    }

    fn condition(&mut self, owner: Owner, condition: &'p Condition, is_of_clause: bool) {
        let mut ids = BTreeSet::new();
        definitions(self.program, condition, &mut ids);
        match self.named.iter_mut().find(|(known, _)| *known == owner) {
            Some((_, known)) => known.extend(ids),
            None => self.named.push((owner, ids)),
        }
        self.leaf(owner, condition, is_of_clause);
    }

    fn leaf(&mut self, owner: Owner, condition: &'p Condition, is_of_clause: bool) {
        let (span, definition) = match condition {
            Condition::Constant(_) => return,
            Condition::And(parts, _) | Condition::Or(parts, _) => return parts.iter().for_each(|part| self.leaf(owner, part, is_of_clause)),
            Condition::Not(part, _) => return self.leaf(owner, part, is_of_clause),
            Condition::Definition(id) => (None, Some(*id)),
            Condition::Gate(_, span) => (Some(*span), None),
            Condition::Test(test) => (Some(test.span), None),
        };
        let key = Key { item: item(self.policy, owner), span, definition };
        let leaf = Leaf { owner, condition, is_of_clause };
        match self.leaves.iter_mut().rev().find(|(known, _)| *known == key) {
            Some((_, leaves)) => leaves.push(leaf),
            None => self.leaves.push((key, vec![leaf])),
        }
    }
}

/// The definitions that a condition reads, also through others.
fn definitions(program: &Program, condition: &Condition, ids: &mut BTreeSet<DefinitionId>) {
    match condition {
        Condition::And(parts, _) | Condition::Or(parts, _) => parts.iter().for_each(|part| definitions(program, part, ids)),
        Condition::Not(part, _) => definitions(program, part, ids),
        Condition::Definition(id) if ids.insert(*id) => {
            if let Some(Definition::Condition(body)) = program.definitions.get(id.index()) {
                definitions(program, body, ids);
            }
        }
        _ => {}
    }
}

/// The name of a rule without its row, of a fallback or a definition.
fn item(policy: &Policy, owner: Owner) -> String {
    match owner {
        Owner::Rule(id) => policy.rule(id).map_or("", |rule| rule.name.split('[').next().unwrap_or_default()).to_owned(),
        Owner::Fallback(id) => policy.fallbacks.get(id.index()).map_or_else(String::new, |fallback| fallback.name.to_string()),
        Owner::Definition(id) => policy.definition(id).map_or_else(String::new, |definition| definition.name.clone()),
    }
}

fn owner_span(policy: &Policy, owner: Owner) -> Option<Span> {
    match owner {
        Owner::Rule(id) => policy.rule(id).map(|rule| rule.span),
        Owner::Fallback(id) => policy.fallbacks.get(id.index()).map(|fallback| fallback.span),
        Owner::Definition(id) => policy.definition(id).map(|definition| definition.span),
    }
}
