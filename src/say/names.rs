//! What things are called: their titles, or their names where they have none.

use super::Speech;
use crate::answer::plain;
use crate::policy::expr::Type;
use crate::policy::{ActionId, BudgetId, DutyId, FactRef, RoleId, Text};

impl Speech<'_> {
    fn title(&self, title: Option<&Text>, name: &str) -> String {
        match title {
            Some(title) => self.plain(title).trim_end_matches(['.', ' ']).to_owned(),
            None => name.replace('_', " "),
        }
    }

    pub(super) fn role(&self, id: RoleId) -> String {
        self.policy.roles.get(id.index()).map_or_else(String::new, |role| self.title(role.title.as_ref(), &role.name))
    }

    pub(super) fn action(&self, id: ActionId) -> String {
        self.policy.actions.get(id.index()).map_or_else(String::new, |action| self.title(action.title.as_ref(), &action.name))
    }

    /// The name of an action as the verb that it is in a rule: `agent may refund`.
    pub(super) fn verb(&self, id: ActionId) -> String {
        self.policy.actions.get(id.index()).map_or_else(String::new, |action| action.name.replace('_', " "))
    }

    pub(super) fn duty(&self, id: DutyId) -> String {
        self.policy.duties.get(id.index()).map_or_else(String::new, |duty| self.title(duty.title.as_ref(), &duty.name))
    }

    pub(super) fn budget(&self, id: BudgetId) -> String {
        self.policy.budgets.get(id.index()).map_or_else(String::new, |budget| self.title(budget.title.as_ref(), &budget.name))
    }

    pub(super) fn budget_measure(&self, id: BudgetId, action: ActionId) -> &Type {
        self.policy.budgets.get(id.index()).map_or(&Type::Number, |budget| plain::budget_measure(self.policy, &budget.unit, action))
    }

    /// A fact's title, or its name as it is written.
    pub(super) fn fact(&self, fact: FactRef) -> String {
        match fact {
            FactRef::ActorId => "actor.id".to_owned(),
            FactRef::ActorTeam => "actor.team".to_owned(),
            FactRef::Fact(id) => {
                let fact = self.policy.facts.get(id.index());
                fact.map_or_else(String::new, |fact| fact.title.as_ref().map_or_else(|| fact.name.clone(), |title| self.title(Some(title), "")))
            }
        }
    }

    /// The question that asks for a fact, or what the fact is called.
    pub(super) fn asks(&self, fact: FactRef) -> String {
        let FactRef::Fact(id) = fact else { return self.fact(fact) };
        let asks = self.policy.facts.get(id.index()).and_then(|fact| fact.asks.as_ref());
        asks.map_or_else(|| self.fact(fact), |asks| self.plain(asks))
    }

    /// The values that a fact may have, where they are listed.
    pub(super) fn values_of(&self, fact: FactRef) -> Vec<&str> {
        let FactRef::Fact(id) = fact else { return Vec::new() };
        match self.policy.facts.get(id.index()).map(|fact| &fact.ty) {
            Some(Type::OneOf(values) | Type::SomeOf(values)) => values.iter().map(|id| self.policy.choice(*id)).collect(),
            _ => Vec::new(),
        }
    }
}
