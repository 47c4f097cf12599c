//! The program: a policy made ready to be evaluated.
//!
//! A [`Program`] can only come from a checked [`Policy`]. Names are gone; the rules of an action lie together, and for each role there is the list of those that
//! bind it, so that a decision never looks at the others.

mod compile;
pub(crate) mod coverage;
mod lower;
pub(crate) mod node;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::number::Number;
use crate::policy::expr::{Steps, Type, Value};
use crate::policy::{ActionId, BudgetId, DutyId, FactId, FallbackId, Key, LookupId, Policy, RoleId, RuleId, RuleKind, Window};
pub(crate) use compile::key_ref;
use lower::Lower;
use node::{Atom, Condition, Named, Quantity, Reads, Test, TestKind};

/// A policy made ready to be evaluated.
#[derive(Clone, Debug)]
pub struct Program {
    pub(crate) zone: TimeZone,
    /// Sorted, each once.
    pub(crate) holidays: Vec<Date>,
    pub(crate) roles: Vec<Role>,
    pub(crate) facts: Vec<Fact>,
    pub(crate) actions: Vec<Action>,
    pub(crate) duties: Vec<Duty>,
    pub(crate) budgets: Vec<Budget>,
    pub(crate) definitions: Vec<Definition>,
    pub(crate) lookups: Vec<Lookup>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) fallbacks: Vec<Fallback>,
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

#[derive(Clone, Debug)]
pub(crate) struct Action {
    /// The smallest quantity that can be granted; `None` for an action without a measure.
    pub step: Option<Number>,
    pub entitlements: Vec<RuleId>,
    /// By role: those that bind it.
    pub by_role: Vec<Candidates>,
    pub fallbacks: Vec<FallbackId>,
}

/// The rules of one action that bind one role, in source order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Candidates {
    pub permissions: Vec<RuleId>,
    pub prohibitions: Vec<RuleId>,
    /// What the conditions of these rules and of the entitlements compare `amount` with.
    pub thresholds: Vec<Quantity>,
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
    /// Dates first, then the condition.
    pub condition: Condition,
    /// Limit, cap or quantity; `None` is without limit, but for a prohibition of the whole action.
    pub quantity: Option<Quantity>,
    pub charges: Vec<Charge>,
    pub requires: Vec<Requirement>,
    pub instead: Instead,
    /// All that its condition, quantity, duties and charges read, with the allotments and keys of its budgets.
    pub reads: Reads,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Permission {
        approved_by: Vec<RoleId>,
    },
    /// `whole`: nothing of the action is left.
    Prohibition {
        even_if_entitled: bool,
        whole: bool,
    },
    Entitlement,
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
    pub fn new(policy: &Policy) -> Self {
        let lower = Lower { policy };
        let mut program = Self {
            zone: policy.time_zone.clone(),
            holidays: policy.holidays.clone(),
            roles: (0..policy.roles.len()).map(|at| compile::role(policy, at)).collect(),
            facts: policy.facts.iter().map(compile::fact).collect(),
            actions: Vec::new(),
            duties: policy.duties.iter().map(|it| compile::duty(&lower, it)).collect(),
            budgets: Vec::new(),
            definitions: policy.definitions.iter().map(|it| compile::definition(&lower, it)).collect(),
            lookups: policy.lookups.iter().map(|it| compile::lookup(&lower, it)).collect(),
            rules: policy.rules.iter().map(|it| compile::rule(&lower, it)).collect(),
            fallbacks: policy.fallbacks.iter().map(|it| compile::fallback(&lower, it)).collect(),
            definition_reads: Vec::new(),
            lookup_reads: Vec::new(),
        };
        program.find_what_names_read();
        program.find_complete_tables(policy);
        program.budgets = policy.budgets.iter().map(|it| compile::budget(&lower, &program, it)).collect();
        program.find_what_rules_read();
        program.actions = (0..policy.actions.len()).map(|at| program.action(policy, ActionId::new(at))).collect();
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
        self.action_of(action)?.by_role.get(role.index())
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
        for rule in &mut self.rules {
            rule.reads = compile::rule_reads(rule, &named, &self.budgets);
        }
        for fallback in &mut self.fallbacks {
            fallback.condition.reads(&named, &mut fallback.reads);
        }
    }

    fn action(&self, policy: &Policy, id: ActionId) -> Action {
        let rules = || policy.rules.iter().enumerate().filter(|(_, rule)| rule.actions.contains(&id)).map(|(at, rule)| (RuleId::new(at), rule));
        let entitlements: Vec<RuleId> = rules().filter(|(_, rule)| matches!(rule.kind, RuleKind::Entitlement { .. })).map(|(at, _)| at).collect();
        let mut by_role = vec![Candidates::default(); policy.roles.len()];
        for (at, rule) in rules() {
            for (role, candidates) in by_role.iter_mut().enumerate() {
                let role = RoleId::new(role);
                match &rule.kind {
                    RuleKind::Permission { subject, .. } if compile::binds(subject, |named| self.steps_up(named, role).is_some()) => {
                        candidates.permissions.push(at);
                    }
                    RuleKind::Prohibition { subject, .. } if compile::binds(subject, |named| self.steps_up(role, named).is_some()) => {
                        candidates.prohibitions.push(at);
                    }
                    _ => {}
                }
            }
        }
        for candidates in &mut by_role {
            let all = candidates.permissions.iter().chain(&candidates.prohibitions).chain(&entitlements);
            candidates.thresholds = all.filter_map(|at| self.rule(*at)).flat_map(|rule| self.thresholds(&rule.condition)).collect();
        }
        let fallbacks = policy.fallbacks.iter().enumerate().filter(|(_, it)| it.actions.contains(&id)).map(|(at, _)| FallbackId::new(at));
        let step = policy.actions.get(id.index()).and_then(|it| it.measure.as_ref()).map(|measure| smallest(measure, policy.currency_decimals));
        Action { step, entitlements, by_role, fallbacks: fallbacks.collect() }
    }

    /// What a condition compares `amount` with; the checker lets it stand only alone on one side.
    fn thresholds(&self, condition: &Condition) -> Vec<Quantity> {
        let mut found = Vec::new();
        self.collect_thresholds(condition, &mut found);
        found
    }

    fn collect_thresholds(&self, condition: &Condition, found: &mut Vec<Quantity>) {
        match condition {
            Condition::Constant(_) => {}
            Condition::And(parts, _) | Condition::Or(parts, _) => parts.iter().for_each(|part| self.collect_thresholds(part, found)),
            Condition::Not(part, _) => self.collect_thresholds(part, found),
            Condition::Definition(id) => {
                if let Some(Definition::Condition(body)) = self.definitions.get(id.index()) {
                    self.collect_thresholds(body, found);
                }
            }
            Condition::Test(test) => self.test_thresholds(test, found),
        }
    }

    fn test_thresholds(&self, test: &Test, found: &mut Vec<Quantity>) {
        match &test.kind {
            TestKind::Compare(left, _, right) if self.is_amount(left) => found.push(right.clone()),
            TestKind::Compare(left, _, right) if self.is_amount(right) => found.push(left.clone()),
            TestKind::Between(value, low, high) if self.is_amount(value) => found.extend([low.clone(), high.clone()]),
            TestKind::Between(value, low, high) if self.is_amount(low) || self.is_amount(high) => found.push(value.clone()),
            TestKind::Lookup(id) => {
                for (when, _) in self.lookup(*id).map(|it| it.rows.as_slice()).unwrap_or_default() {
                    self.collect_thresholds(when, found);
                }
            }
            _ => {}
        }
    }

    /// `amount` itself, or a definition that is nothing but it.
    fn is_amount(&self, quantity: &Quantity) -> bool {
        match quantity {
            Quantity::Amount => true,
            Quantity::Definition(id) => {
                matches!(self.definitions.get(id.index()), Some(Definition::Quantity(body)) if self.is_amount(body))
            }
            _ => false,
        }
    }
}

impl Reads {
    fn size(&self) -> usize {
        self.facts.len() + self.budgets.len() + usize::from(self.clock) + usize::from(self.amount)
    }
}
