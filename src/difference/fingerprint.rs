//! Which rules of two policies are the same, so that the walk can pass over what only they decide.
//!
//! A print is what the program keeps of a rule, with everything it refers to and without the places in the text. Where in doubt two prints differ: that costs time, no answer.

use std::collections::BTreeSet;

use crate::analysis::{Item, What};
use crate::policy::{Policy, RuleId};
use crate::program::Program;

/// The items that the other side does not have.
pub(super) struct Prints {
    /// By side; `None` where everything counts as changed.
    changed: Option<[BTreeSet<What>; 2]>,
}

impl Prints {
    pub fn new(old: (&Policy, &Program), new: (&Policy, &Program)) -> Self {
        if ground(old.0, old.1) != ground(new.0, new.1) {
            return Self { changed: None };
        }
        let (olds, news) = (prints(old.1, old.0), prints(new.1, new.0));
        let missing = |these: &[(What, String)], those: &[(What, String)]| {
            let known: BTreeSet<&String> = those.iter().map(|(_, print)| print).collect();
            these.iter().filter(|(_, print)| !known.contains(print)).map(|(what, _)| *what).collect()
        };
        Self { changed: Some([missing(&olds, &news), missing(&news, &olds)]) }
    }

    /// Whether it is changed while others are not.
    pub fn is_some_and_changed(&self, item: &Item) -> bool {
        self.changed.is_some() && self.is_changed(item)
    }

    pub fn is_changed(&self, item: &Item) -> bool {
        self.changed.as_ref().is_none_or(|changed| changed.get(item.side).is_none_or(|changed| changed.contains(&item.what)))
    }
}

/// What every rule stands on: names, budgets, definitions, tables, the calendar.
fn ground(policy: &Policy, program: &Program) -> String {
    let facts: Vec<_> = policy.facts.iter().map(|fact| (&fact.name, &fact.ty, fact.optional, fact.about_actor, &fact.default)).collect();
    let roles: Vec<_> = policy.roles.iter().map(|role| (&role.name, &role.above, &role.answers_within)).collect();
    let actions: Vec<_> = policy.actions.iter().map(|action| (&action.name, &action.measure)).collect();
    let budgets: Vec<_> = policy.budgets.iter().map(|budget| &budget.name).collect();
    let duties: Vec<_> = policy.duties.iter().map(|duty| &duty.name).collect();
    let names = format!("{facts:?}{roles:?}{actions:?}{budgets:?}{duties:?}{:?}{:?}{:?}", policy.choices, policy.time_zone, policy.holidays);
    let program = format!(
        "{:?}{:?}{:?}{:?}",
        program.duties,
        program.definitions,
        program.lookups.iter().map(|lookup| &lookup.rows).collect::<Vec<_>>(),
        program.constants.all()
    );
    names + &without_places(&program)
}

fn prints(program: &Program, policy: &Policy) -> Vec<(What, String)> {
    let rule = |(at, rule): (usize, &crate::program::Rule)| {
        let id = RuleId::new(at);
        let binds: Vec<Vec<usize>> = (0..policy.actions.len())
            .map(|action| {
                let candidates = program.candidates_of(crate::policy::ActionId::new(action)).iter().enumerate();
                let bound = candidates.filter(|(_, it)| it.permissions.find(id).is_some() || it.prohibitions.find(id).is_some());
                let owed = program.actions.get(action).is_some_and(|action| action.entitlements.find(id).is_some());
                bound.map(|(role, _)| role).chain(owed.then_some(usize::MAX)).collect()
            })
            .collect();
        let budgets: Vec<_> =
            rule.charges.iter().map(|charge| charge.budget).chain(rule.reads.budgets.iter().copied()).map(|id| program.budget(id)).collect();
        let parts =
            format!("{:?}{:?}{:?}{:?}{:?}{:?}{budgets:?}", rule.kind, rule.charges, rule.requires, rule.condition, rule.quantity, rule.instead);
        (What::Rule(id), format!("{binds:?}{}", without_places(&parts)))
    };
    let fallback = |(at, it): (usize, &crate::program::Fallback)| {
        let actions = policy.fallbacks.get(at).map(|it| it.actions.clone());
        (What::Fallback(crate::policy::FallbackId::new(at)), format!("{actions:?}{}", without_places(&format!("{:?}{:?}", it.condition, it.instead))))
    };
    let rules = program.rules.iter().enumerate().map(rule);
    rules.chain(program.fallbacks.iter().enumerate().map(fallback)).collect()
}

/// Without what says where something is written.
fn without_places(debug: &str) -> String {
    let mut text = String::with_capacity(debug.len());
    let mut rest = debug;
    while let Some(at) = rest.find("Span {") {
        text.push_str(rest.get(..at).unwrap_or_default());
        let after = rest.get(at..).unwrap_or_default();
        let end = after.find('}').map_or(after.len(), |end| end + 1);
        rest = after.get(end..).unwrap_or_default();
    }
    text.push_str(rest);
    text
}
