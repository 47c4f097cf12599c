//! What things are called: their titles, or their names where they have none.

use super::Speech;
use crate::answer::plain;
use crate::policy::expr::Type;
use crate::policy::{ActionId, BudgetId, DutyId, FactRef, RoleId, Text};

impl Speech<'_> {
    fn title(&self, out: &mut String, title: Option<&Text>, name: &str) {
        let Some(title) = title else { return spaced(out, name) };
        let start = out.len();
        self.write_plain(out, title);
        let kept = out.get(start..).map_or(0, |written| written.trim_end_matches(['.', ' ']).len());
        out.truncate(start + kept);
    }

    pub(super) fn role(&self, out: &mut String, id: RoleId) {
        if let Some(role) = self.policy.roles.get(id.index()) {
            self.title(out, role.title.as_ref(), &role.name);
        }
    }

    pub(super) fn action(&self, out: &mut String, id: ActionId) {
        if let Some(action) = self.policy.actions.get(id.index()) {
            self.title(out, action.title.as_ref(), &action.name);
        }
    }

    /// The name of an action as the verb that it is in a rule: `agent may refund`.
    pub(super) fn verb(&self, out: &mut String, id: ActionId) {
        if let Some(action) = self.policy.actions.get(id.index()) {
            spaced(out, &action.name);
        }
    }

    pub(super) fn duty(&self, out: &mut String, id: DutyId) {
        if let Some(duty) = self.policy.duties.get(id.index()) {
            self.title(out, duty.title.as_ref(), &duty.name);
        }
    }

    pub(super) fn budget(&self, out: &mut String, id: BudgetId) {
        if let Some(budget) = self.policy.budgets.get(id.index()) {
            self.title(out, budget.title.as_ref(), &budget.name);
        }
    }

    pub(super) fn budget_measure(&self, id: BudgetId, action: ActionId) -> &Type {
        self.policy.budgets.get(id.index()).map_or(&Type::Number, |budget| plain::budget_measure(self.policy, &budget.unit, action))
    }

    /// A fact's title, or its name as it is written.
    pub(super) fn fact(&self, out: &mut String, fact: FactRef) {
        match fact {
            FactRef::ActorId => out.push_str("actor.id"),
            FactRef::ActorTeam => out.push_str("actor.team"),
            FactRef::Fact(id) => match self.policy.facts.get(id.index()) {
                Some(fact) if fact.title.is_some() => self.title(out, fact.title.as_ref(), ""),
                Some(fact) => out.push_str(&fact.name),
                None => {}
            },
        }
    }

    /// The question that asks for a fact, or what the fact is called.
    pub(super) fn asks(&self, out: &mut String, fact: FactRef) {
        let asks = match fact {
            FactRef::Fact(id) => self.policy.facts.get(id.index()).and_then(|fact| fact.asks.as_ref()),
            FactRef::ActorId | FactRef::ActorTeam => None,
        };
        match asks {
            Some(asks) => self.write_plain(out, asks),
            None => self.fact(out, fact),
        }
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

/// A name as words.
fn spaced(out: &mut String, name: &str) {
    super::joined(out, name.split('_'), " ", String::push_str);
}
