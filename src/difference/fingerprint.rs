//! Which rules of two policies mean the same, whatever else was changed around them.
//!
//! A print is what the program keeps of a rule: by names and not by numbers, with everything that it refers to written out, and without what stands where. A change of a
//! definition, of a row of a table or of a budget changes every rule that reads it, and no other. Where in doubt two prints differ: that costs time, no answer.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Debug, Write as _};

use crate::analysis::{Item, What};
use crate::policy::expr::Type;
use crate::policy::{ActionId, BudgetId, ChoiceId, FactId, FallbackId, Key, LookupId, Policy, RuleId};
use crate::program::gate::{Choices, Gate};
use crate::program::node::{Condition, Quantity, TestKind};
use crate::program::{Allotment, Charge, Definition, Instead, LookupValue, Measure, Program, key_ref};

/// The items that the other side does not have.
pub(super) struct Prints {
    /// By side.
    changed: [BTreeSet<What>; 2],
    /// Of those of the old side that are only said to apply in other cases, what they have become.
    moved: BTreeMap<What, What>,
}

/// What an item is, and what is left of that without the cases in which it applies.
struct Print {
    what: What,
    whole: String,
    effect: String,
}

impl Prints {
    pub fn new(old: (&Policy, &Program), new: (&Policy, &Program)) -> Self {
        let prints = |(policy, program)| Printer { policy, program }.all();
        let (olds, news) = (prints(old), prints(new));
        let missing = |these: &[Print], those: &[Print]| -> BTreeSet<What> {
            let known: BTreeSet<&String> = those.iter().map(|print| &print.whole).collect();
            these.iter().filter(|print| !known.contains(&print.whole)).map(|print| print.what).collect()
        };
        let changed = [missing(&olds, &news), missing(&news, &olds)];
        let [was, is] = &changed;
        // Where several have one effect, nobody can say which became which.
        let only = |prints: &[Print], changed: &BTreeSet<What>, effect: &str| {
            let mut alike = prints.iter().filter(|print| changed.contains(&print.what) && print.effect == effect).map(|print| print.what);
            alike.next().filter(|_| alike.next().is_none())
        };
        let moved = olds.iter().filter(|print| was.contains(&print.what)).filter_map(|print| {
            only(&olds, was, &print.effect)?;
            Some((print.what, only(&news, is, &print.effect)?))
        });
        let moved = moved.collect();
        Self { changed, moved }
    }

    /// What an old item has become that only applies in other cases now.
    pub fn moved(&self, old: What) -> Option<What> {
        self.moved.get(&old).copied()
    }

    pub fn is_changed(&self, item: &Item) -> bool {
        self.changed.get(item.side).is_some_and(|changed| changed.contains(&item.what))
    }

    pub fn changed(&self, side: usize) -> impl Iterator<Item = What> + '_ {
        self.changed.get(side).into_iter().flatten().copied()
    }
}

struct Printer<'a> {
    policy: &'a Policy,
    program: &'a Program,
}

impl Printer<'_> {
    fn all(&self) -> Vec<Print> {
        let place = format!("{} {}", self.policy.time_zone.iana_name().unwrap_or_default(), self.policy.currency.code());
        let rules = (0..self.program.rules.len()).map(RuleId::new).map(|id| (What::Rule(id), self.rule(id)));
        let fallbacks = (0..self.program.fallbacks.len()).map(FallbackId::new).map(|id| (What::Fallback(id), self.fallback(id)));
        let placed = |(what, (when, effect)): (What, (String, String))| {
            let place = |print: &str| if print.contains("Working") { format!("{place}{:?}", self.policy.holidays) } else { place.clone() };
            let effect = format!("{}{effect}", place(&effect));
            Print { what, whole: format!("{}{when} then {effect}", place(&when)), effect }
        };
        rules.chain(fallbacks).map(placed).collect()
    }

    /// When a rule applies, and what it does then.
    fn rule(&self, id: RuleId) -> (String, String) {
        let Some(rule) = self.program.rule(id) else { return Default::default() };
        let mut print = self.bound(id);
        let _ = write!(print, "{}", self.translated(&rule.kind));
        let quantity = rule.quantity.as_deref().map(|quantity| self.quantity(quantity));
        let _ = write!(print, " quantity {quantity:?}");
        for charge in &rule.charges {
            let _ = write!(print, " charge {}", self.charge(charge));
        }
        for requirement in &rule.requires {
            let _ = write!(print, " require {} when {}", self.translated(&requirement.duty), self.condition(&requirement.when));
        }
        if let Some(instead) = rule.instead.as_deref() {
            print.push_str(&self.instead(instead));
        }
        (self.condition(&rule.condition), print)
    }

    /// The actions and roles that a rule is for.
    fn bound(&self, id: RuleId) -> String {
        let mut print = String::new();
        for (at, action) in self.policy.actions.iter().enumerate() {
            let roles = self.policy.roles.iter().zip(self.program.candidates_of(ActionId::new(at)));
            let binds = roles.filter(|(_, it)| it.permissions.find(id).is_some() || it.prohibitions.find(id).is_some());
            let mut names: Vec<&str> = binds.map(|(role, _)| role.name.as_str()).collect();
            names.sort_unstable();
            if self.program.actions.get(at).is_some_and(|it| it.entitlements.find(id).is_some()) {
                names.push("everybody's");
            }
            if !names.is_empty() {
                let _ = write!(print, "{} {:?}: {names:?} ", action.name, action.measure);
            }
        }
        print
    }

    fn fallback(&self, id: FallbackId) -> (String, String) {
        let (Some(it), Some(named)) = (self.program.fallbacks.get(id.index()), self.policy.fallbacks.get(id.index())) else {
            return Default::default();
        };
        let mut actions: Vec<&str> = named.actions.iter().filter_map(|id| Some(self.policy.action(*id)?.name.as_str())).collect();
        actions.sort_unstable();
        (self.condition(&it.condition), format!("fallback {actions:?}{}", self.instead(&it.instead)))
    }

    fn instead(&self, instead: &Instead) -> String {
        let mut print = String::new();
        for offer in &instead.offers {
            let most = offer.up_to.as_ref().map(|quantity| self.quantity(quantity));
            let _ = write!(print, " offer {} {most:?} when {}", self.translated(&offer.action), self.condition(&offer.when));
        }
        for route in &instead.routes {
            let _ = write!(print, " ask {} {:?} when {}", self.translated(&route.role), route.within, self.condition(&route.when));
        }
        for advice in &instead.advice {
            let _ = write!(print, " advise when {}", self.condition(advice));
        }
        print
    }

    fn charge(&self, charge: &Charge) -> String {
        let by = match &charge.by {
            Measure::Once => "once".to_owned(),
            Measure::PerUnit(quantity) => format!("per unit {}", self.quantity(quantity)),
            Measure::Fixed(quantity) => format!("fixed {}", self.quantity(quantity)),
        };
        format!("{} by {by}", self.budget(charge.budget))
    }

    fn budget(&self, id: BudgetId) -> String {
        let (Some(named), Some(budget)) = (self.policy.budgets.get(id.index()), self.program.budget(id)) else { return String::new() };
        let allotment = |it: &Option<Allotment>| match it {
            None => "none".to_owned(),
            Some(Allotment::Unlimited) => "unlimited".to_owned(),
            Some(Allotment::Limited(quantity)) => self.quantity(quantity),
        };
        let lines = self.policy.roles.iter().zip(&budget.allotments).map(|(role, it)| (role.name.as_str(), allotment(it)));
        let mut lines: Vec<_> = lines.collect();
        lines.sort();
        let keys: Vec<String> = budget.keys.iter().map(|key: &Key| self.translated(&key_ref(*key))).collect();
        format!("{} {:?} {keys:?} {:?} {lines:?}", named.name, named.unit, budget.window)
    }

    fn condition(&self, condition: &Condition) -> String {
        let all = |parts: &[Condition]| {
            let mut parts: Vec<String> = parts.iter().map(|part| self.condition(part)).collect();
            parts.sort();
            parts.join(", ")
        };
        match condition {
            Condition::Constant(value) => value.to_string(),
            Condition::And(parts, _) => format!("all({})", all(parts)),
            Condition::Or(parts, _) => format!("any({})", all(parts)),
            Condition::Not(part, _) => format!("not({})", self.condition(part)),
            Condition::Definition(id) => match self.program.definitions.get(id.index()) {
                Some(Definition::Condition(body)) => self.condition(body),
                _ => String::new(),
            },
            Condition::Gate(gate, _) => self.gate(*gate),
            Condition::Test(test) => match &test.kind {
                // But for where its points in time are written.
                TestKind::Offset(it) => {
                    let (subject, anchor) = (self.quantity(&it.subject), self.quantity(&it.anchor));
                    format!("{subject} {:?} {:?} {:?} {anchor} {:?}", it.distance, it.steps, it.side, it.scale)
                }
                other => self.translated(other),
            },
        }
    }

    fn quantity(&self, quantity: &Quantity) -> String {
        self.translated(quantity)
    }

    fn gate(&self, gate: Gate) -> String {
        let fact = self.fact(gate.fact());
        let names = |ids: &mut dyn Iterator<Item = ChoiceId>| {
            let mut names: Vec<&str> = ids.map(|id| self.policy.choice(id)).collect();
            names.sort_unstable();
            names.join(" ")
        };
        let constants = &self.program.constants;
        match gate {
            Gate::Flag(_, holds) => format!("{fact} is {holds}"),
            Gate::Presence(_, holds) => format!("{fact} present {holds}"),
            Gate::Choice(_, first, bits, holds) => format!("{fact} among {} {holds}", names(&mut Choices { first, bits }.ids())),
            Gate::Choices(_, id, holds) => format!("{fact} among {} {holds}", names(&mut constants.choices(id).iter().copied())),
            Gate::Includes(_, how, first, bits) => format!("{fact} {how:?} {}", names(&mut Choices { first, bits }.ids())),
            Gate::Text(_, id, holds) => format!("{fact} texts {:?} {holds}", constants.text(id)),
            Gate::Texts(_, id, holds) => format!("{fact} texts {:?} {holds}", constants.texts(id).collect::<Vec<_>>()),
            Gate::Number(_, how, decimals, mantissa) => format!("{fact} {how:?} {mantissa}/{decimals}"),
        }
    }

    /// A fact by its name and its kind; its values matter where they are compared with.
    fn fact(&self, id: FactId) -> String {
        let Some(fact) = self.policy.fact(id) else { return String::new() };
        let kind = match &fact.ty {
            Type::OneOf(_) => "one of".to_owned(),
            Type::SomeOf(_) => "some of".to_owned(),
            other => format!("{other:?}"),
        };
        format!("<{} {kind} {}>", fact.name, fact.about_actor)
    }

    fn lookup(&self, id: LookupId) -> String {
        let Some(lookup) = self.program.lookup(id) else { return String::new() };
        let value = |value: &LookupValue| match value {
            LookupValue::Quantity(quantity) => self.quantity(quantity),
            LookupValue::Condition(condition) => self.condition(condition),
            LookupValue::Atom(atom) => self.translated(atom),
        };
        lookup.rows.iter().map(|(when, is)| format!("[{} => {}]", self.condition(when), value(is))).collect::<Vec<_>>().concat()
    }

    /// What stands behind an id.
    fn named(&self, kind: &str, at: usize) -> Option<String> {
        Some(match kind {
            "FactId" => self.fact(FactId::new(at)),
            "ChoiceId" => self.policy.choices.get(at)?.clone(),
            "RoleId" => self.policy.roles.get(at)?.name.clone(),
            "ActionId" => self.policy.actions.get(at)?.name.clone(),
            "DutyId" => self.policy.duties.get(at)?.name.clone(),
            "BudgetId" => self.policy.budgets.get(at)?.name.clone(),
            "LookupId" => self.lookup(LookupId::new(at)),
            "DefinitionId" => match self.program.definitions.get(at)? {
                Definition::Condition(body) => self.condition(body),
                Definition::Quantity(body) => self.quantity(body),
                Definition::Atom => String::new(),
            },
            _ => return None,
        })
    }

    /// A part of the program in its own words, with names for ids and without places.
    fn translated(&self, part: &impl Debug) -> String {
        let debug = format!("{part:?}");
        let mut text = String::with_capacity(debug.len());
        let mut rest = debug.as_str();
        while let Some(at) = rest.find("Id(") {
            let (before, after) = rest.split_at(at);
            let start = before.rfind(|letter: char| !letter.is_alphanumeric()).map_or(0, |place| place + 1);
            let (before, kind) = before.split_at(start);
            text.push_str(before);
            let inside = after.get(3..).unwrap_or_default();
            let (number, behind) = inside.split_once(')').unwrap_or((inside, ""));
            match number.parse().ok().and_then(|at| self.named(&format!("{kind}Id"), at)) {
                Some(named) => text.push_str(&named),
                None => {
                    let _ = write!(text, "{kind}Id({number})");
                }
            }
            rest = behind;
        }
        text.push_str(rest);
        text
    }
}
