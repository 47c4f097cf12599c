//! The program: a policy made ready to be evaluated.
//!
//! A [`Program`] can only come from a checked [`Policy`]. Names are gone; the rules of an action lie together, and for each role there is the list of those that
//! bind it, so that a decision never looks at the others.

mod compile;
pub(crate) mod constants;
pub(crate) mod coverage;
pub(crate) mod gate;
mod lower;
pub(crate) mod node;
pub(crate) mod screen;
mod thresholds;

use std::cell::RefCell;
#[cfg(feature = "ledger")]
use std::collections::BTreeSet;
use std::collections::HashSet;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::decide::Bound;
use crate::number::{Number, Rounding};
use crate::policy::expr::{Steps, Type, Value};
use crate::policy::{ActionId, BudgetId, Complete, DutyId, FactId, FactRef, FallbackId, Key, LookupId, Policy, RoleId, RuleId, RuleKind, Window};
pub(crate) use compile::key_ref;
use constants::Constants;
use gate::Gate;
use lower::Lower;
use node::{Atom, Condition, Named, Quantity, Reads};
use screen::{Entry, Screen};

/// A policy made ready to be evaluated.
#[derive(Clone, Debug)]
pub struct Program {
    pub(crate) zone: TimeZone,
    /// Sorted, each once.
    pub(crate) holidays: Vec<Date>,
    pub(crate) roles: Vec<Role>,
    pub(crate) facts: Vec<Fact>,
    pub(crate) actions: Vec<Action>,
    /// Action by action, for each role the rules that bind it.
    candidates: Vec<Candidates>,
    pub(crate) duties: Vec<Duty>,
    pub(crate) budgets: Vec<Budget>,
    pub(crate) definitions: Vec<Definition>,
    pub(crate) lookups: Vec<Lookup>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) fallbacks: Vec<Fallback>,
    /// The texts and lists that gates compare facts with.
    pub(crate) constants: Constants,
    /// The facts that only a system of record can vouch for.
    pub(crate) verified: Vec<FactId>,
    /// The actions that somebody may be entitled to.
    pub(crate) owing: Vec<ActionId>,
    definition_reads: Vec<Reads>,
    lookup_reads: Vec<Reads>,
}

#[derive(Clone, Debug)]
pub(crate) struct Role {
    pub answers_within: Option<Steps>,
    /// By role: how many steps it lies above this one, 0 for itself; `None` where it does not.
    pub steps_up_to: Vec<Option<u32>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Fact {
    pub verified: bool,
    pub about_actor: bool,
    pub default: Option<Value>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Action {
    /// The smallest quantity that can be granted; `None` for an action without a measure.
    pub step: Option<Number>,
    /// Those of all its rules.
    pub gates: Box<[Gate]>,
    /// Its items are rules.
    pub entitlements: Screen,
    pub fallbacks: Vec<FallbackId>,
}

/// The rules of one action that bind one role, in source order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Candidates {
    pub permissions: Screen,
    pub prohibitions: Screen,
    /// What the conditions of these rules and of the entitlements compare `amount` with.
    pub thresholds: Vec<Quantity>,
    /// Whether these rules or the entitlements read anything about the actor, so that they may tell one person of a role from another; what a person has spent is
    /// left aside.
    pub personal: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Duty {
    pub deadline: Option<(Steps, Option<Quantity>)>,
}

#[derive(Clone, Debug)]
pub(crate) struct Budget {
    /// What its charges are rounded up to; `None` counts in whatever it is charged.
    pub step: Option<Number>,
    pub keys: Vec<Key>,
    pub window: Window,
    /// By role.
    pub allotments: Vec<Option<Allotment>>,
    /// What its keys and allotments read.
    pub reads: Reads,
}

#[derive(Clone, Debug)]
pub(crate) enum Allotment {
    Limited(Quantity),
    Unlimited,
}

#[derive(Clone, Debug)]
pub(crate) enum Definition {
    Condition(Condition),
    Quantity(Quantity),
    /// A text or a value of a `one of`; seen through when lowered.
    Atom,
}

#[derive(Clone, Debug)]
pub(crate) struct Lookup {
    pub rows: Vec<(Condition, LookupValue)>,
    pub gates: Box<[Gate]>,
    /// Its items are rows.
    pub screen: Screen,
    /// Whether some row holds in every case.
    pub complete: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum LookupValue {
    Quantity(Quantity),
    Condition(Condition),
    Atom(Atom),
}

#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub kind: Kind,
    /// What its quantity lets through where that is the same for every question, rounded.
    pub fixed: Option<Bound>,
    pub charges: Box<[Charge]>,
    pub requires: Box<[Requirement]>,
    /// Dates first, then the condition.
    pub condition: Condition,
    /// Limit, cap or quantity; `None` is without limit, but for a prohibition of the whole action.
    pub quantity: Option<Box<Quantity>>,
    pub instead: Option<Box<Instead>>,
    /// All that its condition, quantity, duties and charges read, with the allotments and keys of its budgets.
    /// Rules that read the same share it.
    pub reads: Arc<Reads>,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Permission {
        approved_by: Box<[RoleId]>,
    },
    /// `whole`: nothing of the action is left.
    Prohibition {
        even_if_entitled: bool,
        whole: bool,
    },
    Entitlement,
}

impl Kind {
    /// How its quantity is rounded to what can be granted.
    pub fn rounding(&self) -> Rounding {
        if matches!(self, Self::Entitlement) { Rounding::HalfUp } else { Rounding::Down }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Charge {
    pub budget: BudgetId,
    pub by: Measure,
}

#[derive(Clone, Debug)]
pub(crate) enum Measure {
    /// 1 a grant, however many rules say so.
    Once,
    /// This times the granted quantity.
    PerUnit(Quantity),
    /// This, whatever is granted.
    Fixed(Quantity),
}

#[derive(Clone, Debug)]
pub(crate) struct Requirement {
    pub duty: DutyId,
    pub when: Condition,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Instead {
    pub offers: Vec<Offer>,
    pub advice: Vec<Condition>,
    pub routes: Vec<Route>,
}

impl Instead {
    fn is_empty(&self) -> bool {
        self.offers.is_empty() && self.advice.is_empty() && self.routes.is_empty()
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Offer {
    pub action: ActionId,
    pub up_to: Option<Quantity>,
    pub when: Condition,
}

#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub role: RoleId,
    pub within: Option<Steps>,
    pub when: Condition,
}

#[derive(Clone, Debug)]
pub(crate) struct Fallback {
    /// Whether it has a `because`.
    pub speaks: bool,
    pub condition: Condition,
    pub instead: Instead,
    pub reads: Reads,
}

/// The smallest quantity of a measure: of the currency, 0.01 %, 0.01, one minute (in seconds).
pub(crate) fn smallest(ty: &Type, currency_decimals: usize) -> Number {
    let tenths = |decimals: usize| Number::ratio(1, 10_i64.pow(u32::try_from(decimals).unwrap_or(0))).unwrap_or(Number::ONE);
    match ty {
        Type::Money => tenths(currency_decimals),
        Type::Duration => Number::from(60),
        _ => tenths(2),
    }
}

impl Program {
    /// Makes a policy ready to be evaluated.
    #[must_use]
    pub fn new(policy: &Complete) -> Self {
        let lower = Lower { policy, constants: RefCell::default() };
        let mut program = Self {
            zone: policy.time_zone.clone(),
            holidays: policy.holidays.clone(),
            roles: (0..policy.roles.len()).map(|at| compile::role(policy, at)).collect(),
            facts: policy.facts.iter().map(compile::fact).collect(),
            actions: Vec::new(),
            candidates: Vec::new(),
            duties: policy.duties.iter().map(|it| compile::duty(&lower, it)).collect(),
            budgets: Vec::new(),
            definitions: policy.definitions.iter().map(|it| compile::definition(&lower, it)).collect(),
            lookups: policy.lookups.iter().map(|it| compile::lookup(&lower, it)).collect(),
            rules: policy.rules_with_terms().map(|(it, terms)| compile::rule(&lower, it, terms)).collect(),
            fallbacks: policy.fallbacks.iter().map(|it| compile::fallback(&lower, it)).collect(),
            constants: Constants::default(),
            verified: (0..policy.facts.len()).map(FactId::new).filter(|id| policy.facts.get(id.index()).is_some_and(|fact| fact.verified)).collect(),
            owing: Vec::new(),
            definition_reads: Vec::new(),
            lookup_reads: Vec::new(),
        };
        program.constants = lower.constants.take();
        program.screen_lookups();
        program.find_what_names_read();
        program.find_complete_tables(policy);
        program.budgets = policy.budgets.iter().map(|it| compile::budget(&lower, &program, it)).collect();
        program.find_what_rules_read();
        program.find_actions(policy);
        program
    }

    /// What the definitions and tables read, for those who see through them.
    pub(crate) fn named(&self) -> Named<'_> {
        Named { definitions: &self.definition_reads, lookups: &self.lookup_reads }
    }

    pub(crate) fn rule(&self, id: RuleId) -> Option<&Rule> {
        self.rules.get(id.index())
    }

    pub(crate) fn budget(&self, id: BudgetId) -> Option<&Budget> {
        self.budgets.get(id.index())
    }

    pub(crate) fn lookup(&self, id: LookupId) -> Option<&Lookup> {
        self.lookups.get(id.index())
    }

    pub(crate) fn action_of(&self, id: ActionId) -> Option<&Action> {
        self.actions.get(id.index())
    }

    pub(crate) fn candidates(&self, action: ActionId, role: RoleId) -> Option<&Candidates> {
        self.candidates_of(action).get(role.index())
    }

    /// By role.
    pub(crate) fn candidates_of(&self, action: ActionId) -> &[Candidates] {
        let first = action.index() * self.roles.len();
        self.candidates.get(first..first + self.roles.len()).unwrap_or_default()
    }

    /// By action: the budgets that its rules charge or whose use they read, in source order.
    #[cfg(feature = "ledger")]
    pub(crate) fn charged(&self) -> Vec<Vec<BudgetId>> {
        let of_action = |at: usize| {
            let candidates = self.candidates_of(ActionId::new(at)).iter().flat_map(|candidates| [&candidates.permissions, &candidates.prohibitions]);
            let entitlements = self.actions.get(at).map(|action| &action.entitlements);
            let rules = candidates.chain(entitlements).flat_map(Screen::rules).filter_map(|id| self.rule(id));
            let budgets: BTreeSet<_> =
                rules.flat_map(|rule| rule.reads.budgets.iter().copied().chain(rule.charges.iter().map(|charge| charge.budget))).collect();
            budgets.into_iter().collect()
        };
        (0..self.actions.len()).map(of_action).collect()
    }

    pub(crate) fn fact(&self, id: FactId) -> Option<&Fact> {
        self.facts.get(id.index())
    }

    /// How many steps `upper` lies above `lower`; 0 for itself.
    pub(crate) fn steps_up(&self, lower: RoleId, upper: RoleId) -> Option<u32> {
        *self.roles.get(lower.index())?.steps_up_to.get(upper.index())?
    }

    /// Names read what they are made of, and may be made of each other: round after round until nothing is added. Checked definitions have no cycle, so the
    /// rounds are at most as many as the longest chain.
    fn find_what_names_read(&mut self) {
        self.definition_reads = vec![Reads::default(); self.definitions.len()];
        self.lookup_reads = vec![Reads::default(); self.lookups.len()];
        loop {
            let named = self.named();
            let definitions: Vec<Reads> = self.definitions.iter().map(|it| compile::definition_reads(it, &named)).collect();
            let lookups: Vec<Reads> = self.lookups.iter().map(|it| compile::lookup_reads(it, &named)).collect();
            let size = |all: &[Reads]| -> usize { all.iter().map(Reads::size).sum() };
            let grown = size(&definitions) + size(&lookups) > size(&self.definition_reads) + size(&self.lookup_reads);
            (self.definition_reads, self.lookup_reads) = (definitions, lookups);
            if !grown {
                return;
            }
        }
    }

    fn find_complete_tables(&mut self, policy: &Policy) {
        let complete: Vec<bool> = self.lookups.iter().map(|lookup| self.is_complete(policy, lookup)).collect();
        for (lookup, complete) in self.lookups.iter_mut().zip(complete) {
            lookup.complete = complete;
        }
    }

    fn find_what_rules_read(&mut self) {
        let named = Named { definitions: &self.definition_reads, lookups: &self.lookup_reads };
        let mut known: HashSet<Arc<Reads>> = HashSet::new();
        for rule in &mut self.rules {
            let reads = compile::rule_reads(rule, &named, &self.budgets);
            rule.reads = known.get(&reads).cloned().unwrap_or_else(|| Arc::new(reads));
            known.insert(Arc::clone(&rule.reads));
        }
        for fallback in &mut self.fallbacks {
            fallback.condition.reads(&named, &mut fallback.reads);
        }
    }

    fn screen_lookups(&mut self) {
        let mut screens = Vec::new();
        for lookup in &self.lookups {
            let (mut all, mut entries) = (Vec::new(), Vec::new());
            for (at, (when, _)) in lookup.rows.iter().enumerate() {
                entries.push(self.entry(at, when, &mut all));
            }
            screens.push((Screen::new(entries, &all, &self.constants), all));
        }
        for (lookup, (screen, gates)) in self.lookups.iter_mut().zip(screens) {
            (lookup.screen, lookup.gates) = (screen, gates.into());
        }
    }

    fn entry(&self, item: usize, condition: &Condition, all: &mut Vec<Gate>) -> Entry {
        let mut gates = Vec::new();
        let whole = self.gates(condition, &mut gates);
        Entry::new(item, all, &gates, whole)
    }

    fn find_actions(&mut self, policy: &Policy) {
        let mut rules = vec![Vec::new(); policy.actions.len()];
        for (at, rule) in policy.rules.iter().enumerate() {
            for action in &rule.actions {
                if let Some(rules) = rules.get_mut(action.index())
                    && rules.last() != Some(&at)
                {
                    rules.push(at);
                }
            }
        }
        let mut candidates = Vec::new();
        let mut actions: Vec<Action> = rules.iter().map(|rules| self.action(policy, rules, &mut candidates)).collect();
        self.candidates = candidates;
        for (action, checked) in actions.iter_mut().zip(&policy.actions) {
            action.step = checked.measure.as_ref().map(|measure| smallest(measure, policy.currency_decimals));
        }
        for (at, fallback) in policy.fallbacks.iter().enumerate() {
            for action in &fallback.actions {
                if let Some(action) = actions.get_mut(action.index()) {
                    action.fallbacks.push(FallbackId::new(at));
                }
            }
        }
        self.owing =
            (0..actions.len()).map(ActionId::new).filter(|id| actions.get(id.index()).is_some_and(|it| !it.entitlements.is_empty())).collect();
        self.actions = actions;
    }

    /// An action of these rules; its candidates are added to those of the others.
    fn action(&self, policy: &Policy, rules: &[usize], all_candidates: &mut Vec<Candidates>) -> Action {
        let mut gates = Vec::new();
        let mut entitlements = Vec::new();
        let mut by_role = vec![(Vec::new(), Vec::new()); policy.roles.len()];
        for at in rules {
            let (Some(rule), Some(compiled)) = (policy.rules.get(*at), self.rules.get(*at)) else { continue };
            let entry = self.entry(*at, &compiled.condition, &mut gates);
            let mut binding = by_role.iter_mut().enumerate().map(|(role, lists)| (RoleId::new(role), lists));
            match &rule.kind {
                RuleKind::Entitlement => entitlements.push(entry),
                RuleKind::Permission { subject, .. } => {
                    let binds = |role| compile::binds(subject, |named| self.steps_up(named, role).is_some());
                    binding.by_ref().filter(|(role, _)| binds(*role)).for_each(|(_, (permissions, _))| permissions.push(entry));
                }
                RuleKind::Prohibition { subject, .. } => {
                    let binds = |role| compile::binds(subject, |named| self.steps_up(role, named).is_some());
                    binding.by_ref().filter(|(role, _)| binds(*role)).for_each(|(_, (_, prohibitions))| prohibitions.push(entry));
                }
            }
        }
        // Roles that the same rules bind share a screen.
        let mut screens: Vec<Screen> = Vec::new();
        let mut screen = |entries: Vec<Entry>| {
            if let Some(screen) = screens.iter().find(|screen| screen.entries() == entries) {
                return screen.clone();
            }
            let screen = Screen::new(entries, &gates, &self.constants);
            screens.push(screen.clone());
            screen
        };
        let candidates = |(permissions, prohibitions): (Vec<Entry>, Vec<Entry>)| {
            let all = || permissions.iter().chain(&prohibitions).chain(&entitlements).filter_map(|entry| self.rules.get(entry.item as usize));
            let thresholds = self.thresholds(all().map(|rule| &rule.condition));
            let personal = all().any(|rule| self.is_personal(&rule.reads));
            Candidates { permissions: screen(permissions), prohibitions: screen(prohibitions), thresholds, personal }
        };
        all_candidates.extend(by_role.into_iter().map(candidates));
        Action { step: None, entitlements: Screen::new(entitlements, &gates, &self.constants), fallbacks: Vec::new(), gates: gates.into() }
    }

    /// Whether what reads this may come out otherwise for another person of the same role than for the asker with every budget of their own unspent.
    fn is_personal(&self, reads: &Reads) -> bool {
        let is_about_actor = |id: FactId| self.fact(id).is_some_and(|fact| fact.about_actor);
        let by_fact = reads.facts.iter().any(|fact| matches!(fact, FactRef::Fact(id) if is_about_actor(*id)));
        let by_key = |key: &Key| matches!(key, Key::Fact(id) if is_about_actor(*id));
        reads.actor_id || by_fact || reads.budgets.iter().any(|id| self.budget(*id).is_some_and(|budget| budget.keys.iter().any(by_key)))
    }
}

impl Reads {
    fn size(&self) -> usize {
        self.facts.len() + self.budgets.len() + usize::from(self.clock) + usize::from(self.amount) + usize::from(self.actor_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Engine;
    use crate::pack::Pack;
    use crate::policy;

    /// Whether the rules of the first action may tell one person of the first role from another.
    fn is_personal(rule: &str) -> bool {
        let text = format!(
            "policy \"P\"\n  currency EUR\n  time zone UTC\n  languages en\n\nrole agent\nfact badge text about actor\nfact trained yes/no about actor\naction refund of money\n\
             budget own\n  100 EUR per actor per month\nbudget badges\n  100 EUR per badge per month\n\nrule r\n  {rule}\n"
        );
        let (pack, diagnostics) = Pack::from_texts(&[("p.kulanz", &text)]);
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        let engine = Engine::new(policy::check(&pack).unwrap());
        engine.program().candidates(ActionId::new(0), RoleId::new(0)).unwrap().personal
    }

    #[test]
    fn what_a_person_has_spent_makes_no_rule_personal() {
        for rule in ["agent may refund up to 20 EUR", "agent may refund\n  charge own", "agent may refund\n  when spent own < 50 EUR\n  charge own"] {
            assert!(!is_personal(rule), "{rule}");
        }
        for rule in [
            "agent may refund\n  when trained",
            "agent may refund\n  when actor.id is \"anna\"\n  charge own",
            "agent may refund\n  charge badges",
            "agent may refund\n  when spent badges < 50 EUR",
        ] {
            assert!(is_personal(rule), "{rule}");
        }
    }
}
