//! The names that a question can use, found at once.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use rustc_hash::FxBuildHasher;
use unicode_normalization::UnicodeNormalization;

use crate::policy::expr::Type;
use crate::policy::{ActionId, BudgetId, ChoiceId, FactId, Policy, RoleId};

/// The names are those of a policy, so nobody from outside chooses what is in the map.
type Map<T> = HashMap<Box<str>, T, FxBuildHasher>;

/// The names of one policy. Made once with an engine.
#[derive(Debug)]
pub(crate) struct Names {
    /// No other names have it.
    pub(super) id: u64,
    roles: Map<RoleId>,
    actions: Map<ActionId>,
    budgets: Map<BudgetId>,
    facts: Map<Member>,
    groups: Vec<Map<FactId>>,
    /// By [`FactId`]; none for facts without a list of values.
    choices: Vec<Map<ChoiceId>>,
}

/// What a name in `facts` or `record` stands for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Member {
    pub fact: Option<FactId>,
    /// The place of a group.
    pub group: Option<usize>,
}

impl Names {
    /// The names of a policy.
    pub fn new(policy: &Policy) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let mut facts: Map<Member> = Map::default();
        let mut groups: Vec<Map<FactId>> = Vec::new();
        for (at, fact) in policy.facts.iter().enumerate() {
            let id = FactId::new(at);
            facts.entry(fact.name.as_str().into()).or_default().fact = Some(id);
            let Some((group, name)) = fact.name.split_once('.') else { continue };
            let place = *facts.entry(group.into()).or_default().group.get_or_insert_with(|| {
                groups.push(Map::default());
                groups.len() - 1
            });
            if let Some(group) = groups.get_mut(place) {
                group.insert(name.into(), id);
            }
        }
        Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            roles: map(policy.roles.iter().map(|role| role.name.as_str()), RoleId::new),
            actions: map(policy.actions.iter().map(|action| action.name.as_str()), ActionId::new),
            budgets: map(policy.budgets.iter().map(|budget| budget.name.as_str()), BudgetId::new),
            facts,
            groups,
            choices: policy.facts.iter().map(|fact| choices(policy, &fact.ty)).collect(),
        }
    }

    pub(super) fn role(&self, name: &str) -> Option<RoleId> {
        find(&self.roles, name)
    }

    pub(super) fn action(&self, name: &str) -> Option<ActionId> {
        find(&self.actions, name)
    }

    pub(super) fn budget(&self, name: &str) -> Option<BudgetId> {
        find(&self.budgets, name)
    }

    /// A fact with its whole name, or a group.
    pub(super) fn member(&self, name: &str) -> Option<Member> {
        find(&self.facts, name)
    }

    /// A fact of a group.
    pub(super) fn of_group(&self, group: usize, name: &str) -> Option<FactId> {
        find(self.groups.get(group)?, name)
    }

    pub(super) fn groups(&self) -> usize {
        self.groups.len()
    }

    /// A value that a fact may have.
    pub(super) fn choice(&self, fact: FactId, name: &str) -> Option<ChoiceId> {
        find(self.choices.get(fact.index())?, name)
    }
}

/// Names by their places.
fn map<'p, T>(names: impl Iterator<Item = &'p str>, id: fn(usize) -> T) -> Map<T> {
    names.enumerate().map(|(at, name)| (name.into(), id(at))).collect()
}

fn choices(policy: &Policy, ty: &Type) -> Map<ChoiceId> {
    let (Type::OneOf(ids) | Type::SomeOf(ids)) = ty else { return Map::default() };
    ids.iter().map(|id| (policy.choice(*id).into(), *id)).collect()
}

/// What a name stands for. The policy's names are in NFC, as most others are already.
fn find<T: Copy>(names: &Map<T>, written: &str) -> Option<T> {
    if let Some(found) = names.get(written) {
        return Some(*found);
    }
    if written.is_ascii() { None } else { names.get(written.nfc().collect::<String>().as_str()).copied() }
}
