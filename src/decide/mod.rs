//! A program and a question become a decision, as §5 of the language page says.
//!
//! Everything is computed in two readings: with what is unknown read against the asker, and in the asker's favour. What the first grants is sure; what only the
//! second grants hangs on facts that can still be found out.

mod approval;
mod authority;
mod bearing;
mod bound;
mod budget;

mod case;
mod contacts;
mod coverage;
mod decision;
mod explain;
mod gates;
mod grant;
mod need;
mod offers;
mod open;
mod probe;
mod provisional;
mod range;
mod truth;

pub use approval::Proposal;
pub(crate) use bound::{Bound, Reading};
#[cfg(feature = "ledger")]
pub(crate) use budget::Allotted;
pub use case::Mode;
pub(crate) use coverage::{Coverage, Held};
pub use decision::*;
pub(crate) use probe::Probe;
pub(crate) use range::Range;
pub(crate) use truth::Truth;

use crate::number::Number;
use crate::policy::{ActionId, FactRef, FallbackId, RoleId, RuleId};
use crate::program::{Program, node};
use crate::question::{Explain, Question};
use authority::{Standing, View};
use case::{Case, Person};
use contacts::Search;
use need::{Approval, Goal, Need};
use offers::{Sources, also_owed};
use smallvec::SmallVec;
use std::cell::OnceCell;

impl Program {
    /// Answers a question. In [`Mode::Grant`] verified facts that no system of record says are unknown.
    #[must_use]
    pub fn decide(&self, question: &Question, mode: Mode) -> Decision {
        self.decide_approved(question, mode, &[])
    }

    /// The same after people have approved: `approvals` are their roles, one for each person, the asker not among them. A permission whose `approved_by` they fulfil is one like any other.
    #[must_use]
    pub fn decide_approved(&self, question: &Question, mode: Mode, approvals: &[RoleId]) -> Decision {
        let case = Case { program: self, question, mode, person: Person::Asker };
        let view = |reading| Some(View { approvals, ..View::new(case, question.action, question.actor.role, reading)? });
        match (view(Reading::Against), view(Reading::Favour)) {
            (Some(sure), Some(perhaps)) => Asked { sure, perhaps, favourable: OnceCell::new(), of_others: OnceCell::new() }.decide(),
            _ => empty(question.action, question.amount.clone()),
        }
    }
}

impl Program {
    /// What a condition comes to for the asker of a question.
    pub(crate) fn truth(&self, question: &Question, condition: &node::Condition, mode: Mode) -> Truth {
        Case { program: self, question, mode, person: Person::Asker }.condition(condition, question.amount.as_ref())
    }
}

/// A bare `no` names at most so many permissions that do not apply; `explain` has them all.
const MOST_MISSED: usize = 3;

fn empty(action: ActionId, amount: Option<Number>) -> Decision {
    Decision {
        outcome: Outcome::No,
        action,
        amount,
        limit: Limit::None,
        entitled: Limit::None,
        because: SmallVec::new(),
        require: Vec::new(),
        charge: Vec::new(),
        ask: Vec::new(),
        offer: Vec::new(),
        advice: Vec::new(),
        need: Vec::new(),
        provisional: Vec::new(),
        also_owed: Vec::new(),
        otherwise: None,
        explain: Vec::new(),
    }
}

/// Nothing is no limit; an action without a measure has none.
fn as_limit(bound: &Bound, step: Option<&Number>) -> Limit {
    match bound {
        _ if step.is_none() || bound.is_zero() => Limit::None,
        Bound::Finite(most) => Limit::Amount(most.clone()),
        Bound::Unlimited => Limit::Unlimited,
    }
}

fn reasons(rules: impl IntoIterator<Item = RuleId>) -> SmallVec<[Reason; 2]> {
    let mut reasons: SmallVec<[Reason; 2]> = rules.into_iter().map(Reason::Rule).collect();
    reasons.sort();
    reasons.dedup();
    reasons
}

/// A question in both readings.
struct Asked<'a> {
    sure: View<'a>,
    perhaps: View<'a>,
    /// Where the role perhaps stands, for the quantity that the answer is about.
    favourable: OnceCell<Standing>,
    /// What could put somebody else in the place to decide or approve that.
    of_others: OnceCell<Need>,
}

impl<'a> Asked<'a> {
    fn question(&self) -> &'a Question {
        self.sure.case.question
    }

    fn role(&self) -> RoleId {
        self.sure.role
    }

    fn decide(&self) -> Decision {
        let asked = self.question().amount.as_ref();
        let smallest = self.sure.smallest();
        let amount = asked.unwrap_or(&smallest);
        let own = self.sure.standing(amount);
        let mut decision = empty(self.sure.action_id, asked.cloned());
        match asked {
            None if self.sure.step().is_some() => self.how_much(amount, &own, &mut decision),
            _ => self.for_amount(amount, &own, &mut decision),
        }
        self.complete(&own, &mut decision);
        if let Some(otherwise) = &mut decision.otherwise {
            self.complete(&own, otherwise);
        }
        decision
    }

    /// What every answer carries, whatever it is. `own` is where the role stands, for whatever quantity.
    fn complete(&self, own: &Standing, decision: &mut Decision) {
        if !self.sure.action.entitlements.is_empty() {
            let entitled = self.sure.largest(|| own, &Bound::Unlimited, |standing| standing.entitled.clone());
            decision.entitled = as_limit(&entitled, self.sure.step());
        }
        decision.also_owed = also_owed(self.sure.case, self.sure.action_id, self.role());
        if self.sure.case.mode == Mode::Ask {
            decision.provisional = self.sure.provisional(decision);
        }
        if self.question().explain == Explain::Every {
            let at = match (&self.question().amount, &decision.limit) {
                (Some(amount), _) => amount.clone(),
                (None, Limit::Amount(limit)) => limit.clone(),
                (None, _) => self.sure.smallest(),
            };
            decision.explain = self.sure.explain(&at);
        }
    }

    /// Without a quantity: the largest that is surely granted, or else the answer for the smallest.
    fn how_much(&self, smallest: &Number, own: &Standing, decision: &mut Decision) {
        let limit = self.sure.largest(|| own, &Bound::Unlimited, |standing| standing.authority.clone());
        if limit.is_zero() {
            return self.for_amount(smallest, own, decision);
        }
        let at_limit;
        let standing = if self.sure.is_even() {
            own
        } else {
            at_limit = self.sure.standing(&self.sure.representative(&limit));
            &at_limit
        };
        decision.outcome = if limit <= standing.entitled { Outcome::Owed } else { Outcome::Yes };
        decision.limit = as_limit(&limit, self.sure.step());
        decision.need = self.could_raise(smallest, own, &Bound::Unlimited, &limit).ranked(self.sure.case);
        self.sure.grant(standing, &limit, decision);
    }

    /// The answer for a quantity, where the role stands as `standing` says.
    fn for_amount(&self, amount: &Number, standing: &Standing, decision: &mut Decision) {
        if standing.authority.covers(amount) {
            decision.outcome = if standing.entitled.covers(amount) { Outcome::Owed } else { Outcome::Yes };
            let limit = self.sure.largest(|| standing, &Bound::Unlimited, |standing| standing.authority.clone());
            decision.limit = as_limit(&limit, self.sure.step());
            return self.sure.grant(standing, &Bound::Finite(amount.clone()), decision);
        }
        let search = Search::new(self.sure, amount);
        self.first_reading(&search, amount, standing, decision);
        let mut need = Need::default();
        let perhaps = (!self.sure.is_settled(standing)).then(|| self.favourable(standing, amount));
        if let Some(perhaps) = perhaps.filter(|perhaps| perhaps.authority.covers(amount)) {
            let wanted = Bound::Finite(amount.clone());
            let goal = Goal { at: amount, least: amount, sure: &standing.authority, wanted: &wanted, approval: Approval::Left };
            self.sure.collect_need_between(standing, perhaps, goal, &mut need);
        } else if decision.outcome == Outcome::No && search.is_open() {
            need.merge(self.need_of_others(&search, standing));
        }
        let because = reasons(need.rules.iter().copied());
        let need = need.ranked(self.sure.case);
        if !need.is_empty() {
            self.turn_into_need(amount, standing, (because, need), decision);
        }
    }

    /// Where the role stands in the asker's favour, from where it surely does; always asked for the same quantity.
    fn favourable(&self, sure: &Standing, amount: &Number) -> &Standing {
        self.favourable.get_or_init(|| self.perhaps.perhaps(sure, amount))
    }

    /// The answer that hangs on facts; the one that does not is kept beside it. What prohibitions offer and advise is held back while they may still be off.
    fn turn_into_need(&self, amount: &Number, standing: &Standing, (because, need): (SmallVec<[Reason; 2]>, Vec<FactRef>), decision: &mut Decision) {
        let sources = Sources::new(&self.sure, &blockers(self.favourable(standing, amount), amount), amount);
        let first = std::mem::replace(decision, empty(decision.action, decision.amount.clone()));
        decision.outcome = Outcome::Need;
        decision.limit = first.limit.clone();
        decision.because = because;
        decision.ask.clone_from(&first.ask);
        decision.offer = sources.offers(self.role());
        decision.advice = sources.advice();
        decision.need = need;
        decision.otherwise = Some(Box::new(first));
    }

    /// The answer where everything unknown stays unknown and the quantity is not granted.
    fn first_reading(&self, search: &Search<'_>, amount: &Number, standing: &Standing, decision: &mut Decision) {
        let blockers = blockers(standing, amount);
        let sources = Sources::new(&self.sure, &blockers, amount);
        let contacts = search.contacts(standing, &sources.preferred());
        let below = self.sure.step().and_then(|step| amount.subtract(step)).map_or(Bound::ZERO, Bound::Finite);
        let limit = match self.sure.step() {
            Some(_) => self.sure.largest(|| standing, &below, |standing| standing.authority.clone()),
            None => Bound::ZERO,
        };
        let mut need = self.could_raise(amount, standing, &below, &limit);
        if contacts.list.is_empty() && search.is_open() {
            need.merge(self.need_of_others(search, standing));
        }
        decision.limit = as_limit(&limit, self.sure.step());
        if !limit.is_zero() {
            decision.outcome = Outcome::UpTo;
            if self.sure.is_even() {
                self.sure.grant(standing, &limit, decision);
            } else {
                self.sure.grant(&self.sure.standing(&self.sure.representative(&limit)), &limit, decision);
            }
        } else if !contacts.list.is_empty() {
            decision.outcome = Outcome::Ask;
            decision.because.extend(contacts.proposal.map(Reason::Rule));
        }
        decision.because.extend(blockers.into_iter().map(Reason::Rule));
        if decision.because.is_empty() {
            decision.because.extend(most_generous(standing).map(Reason::Rule));
        }
        if decision.because.is_empty() && decision.outcome == Outcome::No {
            decision.because = self.missed(search, standing);
        }
        decision.because.extend(sources.fallbacks().filter(|id| self.speaks(*id)).map(Reason::Fallback));
        decision.because.sort();
        decision.because.dedup();
        decision.ask = contacts.list;
        decision.offer = sources.offers(self.role());
        decision.advice = sources.advice();
        decision.need = need.ranked(self.sure.case);
    }

    /// Why nobody can, where no rule that applies says so: what bars the approvers, or else the first permissions whose conditions do not hold.
    fn missed(&self, search: &Search<'_>, standing: &Standing) -> SmallVec<[Reason; 2]> {
        let bars = search.bars(standing);
        if !bars.is_empty() {
            return reasons(bars);
        }
        let applies = |id: &RuleId| standing.shared.iter().any(|share| share.rule == *id);
        reasons(self.sure.candidates.permissions.rules().filter(|id| !applies(id)).take(MOST_MISSED))
    }

    /// Whether a fallback says why.
    fn speaks(&self, id: FallbackId) -> bool {
        self.sure.case.program.fallbacks.get(id.index()).is_some_and(|fallback| fallback.speaks)
    }

    /// What could bring the role above a limit, up to `most`; `own` is where it stands for an amount.
    fn could_raise(&self, amount: &Number, own: &Standing, most: &Bound, limit: &Bound) -> Need {
        let mut need = Need::default();
        let authority = |standing: &Standing| standing.authority.clone();
        let is_even = self.sure.is_even();
        if is_even && self.sure.is_settled(own) {
            return need;
        }
        let best = self.perhaps.largest(|| self.favourable(own, amount), most, authority);
        if best > *limit {
            let (at, least) = (self.perhaps.representative(&best), self.sure.smallest());
            let goal = Goal { at: &at, least: &least, sure: limit, wanted: &best, approval: Approval::Left };
            if is_even {
                self.sure.collect_need_between(own, self.favourable(own, amount), goal, &mut need);
            } else {
                self.sure.collect_need(goal, &mut need);
            }
        }
        need
    }

    /// What could put somebody else in the place to decide or approve, after `search` found nobody; `own` is where the asker stands.
    fn need_of_others(&self, search: &Search<'_>, own: &Standing) -> &Need {
        self.of_others.get_or_init(|| {
            let mut need = Need::default();
            let amount = search.amount();
            let perhaps = Search::perhaps(self.perhaps, search);
            for contact in perhaps.contacts(self.favourable(own, amount), &[]).list {
                let (nothing, wanted) = (Bound::ZERO, Bound::Finite(amount.clone()));
                let goal = Goal { at: amount, least: amount, sure: &nothing, wanted: &wanted, approval: Approval::Included };
                let (person, role) = match contact.kind {
                    ContactKind::Decide => (Person::Other, contact.role),
                    ContactKind::Approve => (Person::Asker, self.role()),
                };
                let Some(view) = View::new(self.sure.case.of(person), self.sure.action_id, role, Reading::Against) else { continue };
                match (contact.kind, search.other(role), perhaps.other(role)) {
                    (ContactKind::Approve, ..) => view.collect_need_between(own, self.favourable(own, amount), goal, &mut need),
                    (ContactKind::Decide, Some(low), Some(high)) => view.collect_need_between(&low, &high, goal, &mut need),
                    (ContactKind::Decide, ..) => view.collect_need(goal, &mut need),
                }
                search.collect_approvers(&contact, &mut need);
            }
            need
        })
    }
}

/// The applicable prohibitions whose cap is below a quantity.
fn blockers(standing: &Standing, amount: &Number) -> Vec<RuleId> {
    standing.caps.iter().filter(|cap| !cap.value.covers(amount)).map(|cap| cap.rule).collect()
}

/// The applicable permission with the highest limit, where none has room.
fn most_generous(standing: &Standing) -> Option<RuleId> {
    standing.permissions.iter().rev().max_by(|a, b| a.value.cmp(&b.value)).map(|share| share.rule)
}
