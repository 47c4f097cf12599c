//! Which rules still bear on an answer, while some facts are open: the others may come out either way, and the answer stays the same.

use super::authority::{Share, View, needs_approval, stops_entitlements};
use super::bound::{Bound, Reading};
use super::case::{Case, Mode, Person};
use crate::number::Number;
use crate::policy::{ActionId, RoleId, RuleId};
use crate::program::node::{Condition, Quantity};
use crate::program::screen::Screen;
use crate::program::{Charge, Kind, Measure, Program, Rule};
use crate::question::Question;

/// What an answer still turns on, as far as the role itself goes.
#[derive(Clone, Debug)]
pub(crate) struct Bearing {
    /// Whether the role surely grants what is asked for, or anything at all where nothing in particular is.
    pub covers: bool,
    /// Whether it may come to that, alone or with others who approve.
    pub may_cover: bool,
    /// The rules that bear on it, whether they surely apply or perhaps.
    pub rules: Vec<RuleId>,
}

impl Program {
    /// What bears on the answer for a role and an action, for the quantity asked for or for any. `is_asker` tells the asker from somebody else of a role.
    pub(crate) fn bearing(&self, question: &Question, (action, role): (ActionId, RoleId), is_asker: bool) -> Option<Bearing> {
        let person = if is_asker { Person::Asker } else { Person::Other };
        let case = Case { program: self, question, mode: Mode::Ask, person };
        let view = View::new(case, action, role, Reading::Against)?;
        let amount = question.amount.as_ref().filter(|_| action == question.action);
        Some(if view.is_even() { even(&view, amount) } else { uneven(&view, amount) })
    }

    /// The prohibitions that keep those who approve by a rule from doing so.
    pub(crate) fn barring(&self, action: ActionId, rule: RuleId) -> Vec<RuleId> {
        let Some(Kind::Permission { approved_by }) = self.rule(rule).map(|rule| &rule.kind) else { return Vec::new() };
        let prohibitions = approved_by.iter().filter_map(|role| self.candidates(action, *role)).flat_map(|it| it.prohibitions.rules());
        let bars = |id: &RuleId| self.rule(*id).is_some_and(|rule| matches!(rule.kind, Kind::Prohibition { even_if_entitled: true, whole: true }));
        prohibitions.filter(bars).collect()
    }
}

/// Where conditions compare the quantity, every rule counts.
fn uneven(view: &View<'_>, amount: Option<&Number>) -> Bearing {
    let most = |view: &View<'_>| match amount {
        Some(amount) => {
            if view.standing(amount).authority.covers(amount) {
                Bound::Unlimited
            } else {
                Bound::ZERO
            }
        }
        None => view.largest(|| view.standing(&view.smallest()), &Bound::Unlimited, |standing| standing.authority.clone()),
    };
    let rules = |screen: &Screen| screen.rules().collect::<Vec<_>>();
    let all = [&view.candidates.permissions, &view.candidates.prohibitions, &view.action.entitlements].map(rules).concat();
    let favour = View { reading: Reading::Favour, ..*view };
    let is_shared = all.iter().filter_map(|id| view.rule(*id)).any(needs_approval);
    Bearing { covers: !most(view).is_zero(), may_cover: is_shared || !most(&favour).is_zero(), rules: all }
}

fn even(view: &View<'_>, amount: Option<&Number>) -> Bearing {
    let smallest = view.smallest();
    let at = amount.unwrap_or(&smallest);
    let low = view.standing(at);
    let high = view.perhaps(&low, at);
    let covers = low.authority.covers(at);
    // A permission below what is sure makes no difference.
    let sure = if covers { amount.map_or_else(|| low.authority.clone(), |at| Bound::Finite(at.clone())) } else { low.authority.clone() };
    let least = if sure.covers(&smallest) { sure } else { Bound::Finite(smallest.clone()) };
    let is_covered = |share: &&Share| low.permissions.iter().any(|sure| is_covered(view, share.rule, sure.rule));
    let of_use = high.permissions.iter().filter(|share| share.value >= least);
    let mut rules: Vec<RuleId> = of_use.filter(|share| !is_covered(share)).map(|share| share.rule).collect();
    rules.extend(high.entitlements.iter().filter(|share| share.value.covers(&smallest)).map(|share| share.rule));
    let shared: Vec<RuleId> = high.shared.iter().filter(|share| share.value.covers(at)).map(|share| share.rule).collect();
    let may_cover = covers || high.authority.covers(at) || !shared.is_empty();
    if !covers {
        rules.extend(shared);
    }
    let favour = View { reading: Reading::Favour, ..*view };
    // What would be let through without any prohibition.
    let beneath = [&high.permissions, &high.shared, &high.entitlements].into_iter().flatten();
    let most = beneath.filter_map(|share| Some(favour.quantity(view.rule(share.rule)?))).max().unwrap_or(Bound::ZERO);
    let ceiling = high.caps.iter().map(|cap| &cap.value).min().cloned().unwrap_or(Bound::Unlimited);
    let binds = |cap: &&Share| {
        let is_hard = view.rule(cap.rule).is_some_and(stops_entitlements) && !high.entitlements.is_empty();
        let is_below = is_hard || cap.value <= ceiling;
        is_below && if amount.is_some() { !cap.value.covers(at) } else { cap.value < most || (!covers && !cap.value.covers(at)) }
    };
    rules.extend(low.caps.iter().filter(binds).map(|cap| cap.rule));
    Bearing { covers, may_cover, rules }
}

/// Whether a permission never makes a difference beside one that surely applies: that one gives as much or more, charges nothing else, asks for nothing else and is
/// preferred.
fn is_covered(view: &View<'_>, id: RuleId, by: RuleId) -> bool {
    let (Some(rule), Some(other)) = (view.rule(id), view.rule(by)) else { return false };
    let gives = id != by && rule.fixed.as_ref().zip(other.fixed.as_ref()).is_some_and(|(less, more)| more >= less);
    let charges = || other.charges.iter().all(|charge| rule.charges.iter().any(|known| is_same_charge(charge, known)));
    let is_always = |when: &Condition| matches!(when, Condition::Constant(true));
    let requires =
        || other.requires.iter().all(|it| is_always(&it.when) && rule.requires.iter().any(|own| own.duty == it.duty && is_always(&own.when)));
    let limiting = |rule: &Rule| rule.charges.iter().filter(|charge| view.case.is_limited(charge.budget, view.role)).count();
    let is_preferred = || {
        let (own, others) = (limiting(rule), limiting(other));
        others < own || (others == own && by < id)
    };
    gives && charges() && requires() && is_preferred()
}

fn is_same_charge(one: &Charge, other: &Charge) -> bool {
    let by = match (&one.by, &other.by) {
        (Measure::Once, Measure::Once) => true,
        (Measure::PerUnit(Quantity::Constant(one)), Measure::PerUnit(Quantity::Constant(other)))
        | (Measure::Fixed(Quantity::Constant(one)), Measure::Fixed(Quantity::Constant(other))) => one == other,
        _ => false,
    };
    by && one.budget == other.budget
}
