//! Roles, actions and duties.

use crate::diagnostic::Code;
use crate::policy::expr::{Expr, Type};
use crate::policy::{Action, ActionId, Duty, Role, RoleId};
use crate::source::Spanned;
use crate::syntax::ast;

use super::Checker;
use super::report::{Checked, all};
use super::scope::{AmountScope, Scope};
use super::wording::{is_quantity, type_words};

impl<'a> Checker<'a> {
    pub(super) fn roles(&mut self) -> Checked<Vec<Role>> {
        let items = self.items;
        for role in &items.roles {
            self.each_once(&role.above);
        }
        let above: Vec<Checked<Vec<RoleId>>> = items.roles.iter().map(|role| self.list(&role.above, Self::role)).collect();
        self.below = above.iter().map(|above| above.clone().unwrap_or_default()).collect();
        self.no_role_cycles();
        let roles: Vec<_> = items.roles.iter().zip(above).map(|(role, above)| self.role_item(role, above)).collect();
        all(roles)
    }

    fn role_item(&mut self, role: &'a ast::Role, above: Checked<Vec<RoleId>>) -> Checked<Role> {
        let title = self.optional_text(role.title.as_ref());
        let answers_within = role.answers_within.as_ref().map(|steps| self.steps(steps)).transpose();
        Ok(Role { name: role.name.text.clone(), title: title?, above: above?, answers_within: answers_within?, span: role.name.span })
    }

    pub(super) fn collect_measures(&mut self) {
        for action in &self.items.actions {
            let measure = action.measure.as_ref().and_then(|measure| self.measure_type(measure));
            self.measures.push(measure);
        }
    }

    fn measure_type(&mut self, measure: &Spanned<ast::Type>) -> Option<Type> {
        let ty = self.fact_type(&measure.value);
        if is_quantity(&ty) {
            return Some(ty);
        }
        let message = format!("an action is not measured in {}", type_words(&ty));
        self.problem(Code::WrongType, measure.span, message, "write `of money`, `of percent`, `of duration` or `of number`, or leave it out");
        None
    }

    pub(super) fn actions(&mut self) -> Checked<Vec<Action>> {
        let items = self.items;
        let actions: Vec<_> = items.actions.iter().enumerate().map(|(at, action)| self.action_item(ActionId::new(at), action)).collect();
        all(actions)
    }

    fn action_item(&mut self, id: ActionId, action: &'a ast::Action) -> Checked<Action> {
        let title = self.optional_text(action.title.as_ref())?;
        Ok(Action { name: action.name.text.clone(), title, measure: self.measure(id), span: action.name.span })
    }

    pub(super) fn measure(&self, id: ActionId) -> Option<Type> {
        self.measures.get(id.index()).cloned().flatten()
    }

    pub(super) fn action_name(&self, id: ActionId) -> String {
        self.items.actions.get(id.index()).map(|action| action.name.text.clone()).unwrap_or_default()
    }

    /// What `amount` is where these actions are asked for.
    pub(super) fn scope_of(&self, actions: &[ActionId]) -> Scope {
        let Some(first) = actions.first() else { return Scope::facts() };
        let measure = self.measure(*first);
        let amount = match actions.iter().find(|action| self.measure(**action) != measure) {
            Some(other) => AmountScope::NoUnit(format!("{} and {}", self.measured(*first), self.measured(*other)), None),
            None => measure.map_or_else(|| AmountScope::NoUnit(self.measured(*first), Some(*first)), AmountScope::Measure),
        };
        Scope { amount }
    }

    /// "`refund` is money", "`exchange` has no measure"
    pub(super) fn measured(&self, action: ActionId) -> String {
        let name = self.action_name(action);
        self.measure(action)
            .map_or_else(|| format!("`{name}` has no measure"), |measure| format!("`{name}` is measured in {}", measure_words(&measure)))
    }

    pub(super) fn duties(&mut self) -> Checked<Vec<Duty>> {
        let items = self.items;
        let duties: Vec<_> = items.duties.iter().map(|duty| self.duty_item(duty)).collect();
        for duty in &duties {
            let after: Option<Expr> = duty.as_ref().ok().and_then(|duty: &Duty| duty.deadline.as_ref()).and_then(|(_, after)| after.clone());
            self.deadlines.push(after);
        }
        all(duties)
    }

    fn duty_item(&mut self, duty: &'a ast::Duty) -> Checked<Duty> {
        let title = self.optional_text(duty.title.as_ref());
        let deadline = duty.deadline.as_ref().map(|deadline| self.deadline(deadline)).transpose();
        Ok(Duty { name: duty.name.text.clone(), title: title?, deadline: deadline?, span: duty.name.span })
    }

    fn deadline(&mut self, deadline: &'a ast::Deadline) -> Checked<(crate::policy::expr::Steps, Option<Expr>)> {
        let steps = self.steps(&deadline.within);
        let scope = Scope::facts();
        let after = deadline.after.as_ref().map(|after| self.datetime(after, &deadline.within, &scope)).transpose();
        let after = after?;
        if let Some(after) = &after {
            self.bounded_expr(after)?;
        }
        Ok((steps?, after))
    }
}

/// Without an article: "percent".
pub(super) fn measure_words(ty: &Type) -> &'static str {
    match ty {
        Type::Percent => "percent",
        Type::Number => "numbers",
        Type::Duration => "durations",
        other => type_words(other),
    }
}
