//! Finding the things of a policy by their names, and roles by their place in the hierarchy.

use std::collections::{HashMap, VecDeque};

use crate::policy::{Action, ActionId, Budget, BudgetId, Duty, DutyId, Fact, FactId, Policy, Role, RoleId, Rule, RuleId};

/// Something that a question or an answer names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is named after the item's keyword")]
pub enum Entity {
    Role(RoleId),
    Fact(FactId),
    Action(ActionId),
    Duty(DutyId),
    Budget(BudgetId),
    Rule(RuleId),
}

/// Names to ids.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// All but those of rules.
    names: HashMap<String, Entity>,
    /// In the order of their names, which are not kept twice.
    rules: Box<[RuleId]>,
}

impl Index {
    pub(super) fn new<'a>(names: impl Iterator<Item = (&'a str, Entity)>, rules: &[Rule]) -> Self {
        let mut by_name: Vec<(&str, RuleId)> = rules.iter().enumerate().map(|(at, rule)| (rule.name.as_ref(), RuleId::new(at))).collect();
        by_name.sort_unstable();
        Self { names: names.map(|(name, entity)| (name.to_owned(), entity)).collect(), rules: by_name.into_iter().map(|(_, id)| id).collect() }
    }
}

impl Policy {
    /// What a name stands for. Definitions and tables are not found here, the rules of a table are: `accept_returns[1]`.
    #[must_use]
    pub fn entity(&self, name: &str) -> Option<Entity> {
        self.index.names.get(name).copied().or_else(|| self.rule_of(name).map(Entity::Rule))
    }

    /// The role of this name.
    #[must_use]
    pub fn role_named(&self, name: &str) -> Option<RoleId> {
        if let Entity::Role(id) = self.entity(name)? { Some(id) } else { None }
    }

    /// The fact of this name, its group included: `order.total`.
    #[must_use]
    pub fn fact_named(&self, name: &str) -> Option<FactId> {
        if let Entity::Fact(id) = self.entity(name)? { Some(id) } else { None }
    }

    /// The action of this name.
    #[must_use]
    pub fn action_named(&self, name: &str) -> Option<ActionId> {
        if let Entity::Action(id) = self.entity(name)? { Some(id) } else { None }
    }

    /// The duty of this name.
    #[must_use]
    pub fn duty_named(&self, name: &str) -> Option<DutyId> {
        if let Entity::Duty(id) = self.entity(name)? { Some(id) } else { None }
    }

    /// The budget of this name.
    #[must_use]
    pub fn budget_named(&self, name: &str) -> Option<BudgetId> {
        if let Entity::Budget(id) = self.entity(name)? { Some(id) } else { None }
    }

    /// The rule of this name: `small_refund`, `accept_returns[1]`.
    #[must_use]
    pub fn rule_named(&self, name: &str) -> Option<RuleId> {
        self.rule_of(name)
    }

    fn rule_of(&self, name: &str) -> Option<RuleId> {
        let name_of = |id: &RuleId| self.rule(*id).map_or("", |rule| rule.name.as_ref());
        let at = self.index.rules.binary_search_by(|id| name_of(id).cmp(name)).ok()?;
        self.index.rules.get(at).copied()
    }

    /// The role behind an id.
    #[must_use]
    pub fn role(&self, id: RoleId) -> Option<&Role> {
        self.roles.get(id.index())
    }

    /// The fact behind an id.
    #[must_use]
    pub fn fact(&self, id: FactId) -> Option<&Fact> {
        self.facts.get(id.index())
    }

    /// The action behind an id.
    #[must_use]
    pub fn action(&self, id: ActionId) -> Option<&Action> {
        self.actions.get(id.index())
    }

    /// The duty behind an id.
    #[must_use]
    pub fn duty(&self, id: DutyId) -> Option<&Duty> {
        self.duties.get(id.index())
    }

    /// The budget behind an id.
    #[must_use]
    pub fn budget(&self, id: BudgetId) -> Option<&Budget> {
        self.budgets.get(id.index())
    }

    /// The rule behind an id.
    #[must_use]
    pub fn rule(&self, id: RuleId) -> Option<&Rule> {
        self.rules.get(id.index())
    }

    /// The actions, in the order of the policy.
    pub fn action_ids(&self) -> impl Iterator<Item = ActionId> + use<> {
        (0..self.actions.len()).map(ActionId::new)
    }

    /// The ids of all roles, in source order.
    pub fn role_ids(&self) -> impl Iterator<Item = RoleId> + use<> {
        (0..self.roles.len()).map(RoleId::new)
    }

    /// Every role below `role` with its distance in steps, the nearest first, equally near ones in source order; without `role` itself.
    #[must_use]
    pub fn roles_below(&self, role: RoleId) -> Vec<(RoleId, usize)> {
        let below: Vec<Vec<RoleId>> = self.roles.iter().map(|role| role.above.clone()).collect();
        distances(&below, role)
    }

    /// Every role above `role` with its distance in steps, the nearest first, equally near ones in source order; without `role` itself.
    #[must_use]
    pub fn roles_above(&self, role: RoleId) -> Vec<(RoleId, usize)> {
        let mut above = vec![Vec::new(); self.roles.len()];
        for (upper, role) in self.roles.iter().enumerate() {
            for lower in &role.above {
                if let Some(list) = above.get_mut(lower.index()) {
                    list.push(RoleId::new(upper));
                }
            }
        }
        distances(&above, role)
    }
}

/// Everything that can be reached from `start` with the fewest steps that lead there, by steps and then by id; without `start`.
pub(super) fn distances(next: &[Vec<RoleId>], start: RoleId) -> Vec<(RoleId, usize)> {
    let mut steps: HashMap<RoleId, usize> = HashMap::from([(start, 0)]);
    let mut queue = VecDeque::from([(start, 0)]);
    while let Some((role, distance)) = queue.pop_front() {
        for other in next.get(role.index()).into_iter().flatten() {
            if !steps.contains_key(other) {
                steps.insert(*other, distance + 1);
                queue.push_back((*other, distance + 1));
            }
        }
    }
    let mut found: Vec<_> = steps.into_iter().filter(|(role, _)| *role != start).collect();
    found.sort_by_key(|(role, distance)| (*distance, *role));
    found
}
