//! Cases for what no test touches: first those facts that make a condition come out as wanted, then the others.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;

use super::Candidate;
use super::cuts::Cuts;
use crate::calendar;
use crate::decide::{Limit, Mode};
use crate::number::Number;
use crate::policy::expr::{Type, Value};
use crate::policy::{ActionId, FactId, FactRef, RoleId, RuleId, RuleKind, Subject};
use crate::program::coverage::Samples;
use crate::program::node::{Condition, Reads};
use crate::question::{Actor, Explain, FactState, Provenance, Question, default_state};
use crate::testing::coverage::{Clause, Observer, Owner, What};

/// So many combinations of the facts of a condition are looked at.
const MOST_COMBINATIONS: usize = 20_000;
/// So many of those that make it come out as wanted are gone on with.
const MOST_BASES: usize = 6;
/// So many combinations of the other facts are tried with each.
const MOST_OTHERS: usize = 24;
/// So many cases are asked for one goal.
const MOST_ASKED: usize = 400;

type Known = Vec<(FactId, Option<Value>)>;

/// What is to come out how, and about which action of which role.
struct Aim<'p> {
    steer: Vec<(&'p Condition, bool)>,
    asked: Vec<(ActionId, RoleId)>,
}

pub(super) struct Search<'p> {
    observer: Observer<'p>,
    today: Date,
    open: Vec<bool>,
    /// Cases that reach something open.
    pub pool: Vec<Candidate>,
}

impl<'p> Search<'p> {
    pub fn new(observer: Observer<'p>, today: Date, open: Vec<bool>) -> Self {
        Self { observer, today, open, pool: Vec::new() }
    }

    /// Looks for a case for each open goal, one after the other.
    pub fn run(&mut self) {
        let goals = self.observer.goals;
        for (at, goal) in goals.all.iter().enumerate() {
            if self.open.get(at) == Some(&true) {
                let mut left = MOST_ASKED;
                let aims = self.aims(&goal.what);
                let _ = aims.iter().any(|aim| self.pursue(at, aim, &mut left));
            }
        }
    }

    /// Whether a case for a goal was found.
    fn pursue(&mut self, goal: usize, aim: &Aim<'p>, left: &mut usize) -> bool {
        let cuts = Cuts::of(self.observer.program, aim.steer.iter().map(|(condition, _)| *condition));
        self.moments(&cuts).into_iter().any(|at| {
            self.spendings(&cuts).into_iter().any(|spent| {
                let bases = self.bases(aim, at, &spent);
                bases.iter().any(|base| aim.asked.iter().any(|asked| self.around(goal, base, *asked, at, &spent, &cuts, left)))
            })
        })
    }

    /// Tries the other facts and the amounts around facts that come out as wanted.
    #[expect(clippy::too_many_arguments, reason = "they are the parts of a question")]
    fn around(
        &mut self,
        goal: usize,
        base: &Known,
        asked: (ActionId, RoleId),
        at: Timestamp,
        spent: &[Number],
        cuts: &Cuts,
        left: &mut usize,
    ) -> bool {
        let others = self.others(base, asked);
        // A case in which much is known reads better than one in which everything has to be found out.
        spread(&others, MOST_OTHERS).chain(std::iter::once(Vec::new())).any(|other: Known| {
            let facts: Known = base.iter().cloned().chain(other).collect();
            let mut question = self.question(&facts, asked, at, spent.to_vec());
            if self.reaches(goal, &question, left) {
                return true;
            }
            let amounts = self.amounts(&question, cuts);
            amounts.into_iter().any(|amount| {
                question.amount = Some(amount);
                self.reaches(goal, &question, left)
            })
        })
    }

    /// Leaves out what is not needed for the same answer to reach the same open goals.
    fn shrink(&self, question: &Question, reached: &[bool]) -> Question {
        let program = self.observer.program;
        let decision = program.decide(question, Mode::Ask);
        let mut smaller = question.clone();
        for (at, fact) in self.observer.policy.facts.iter().enumerate() {
            let mut tried = smaller.clone();
            let (Some(state), default) = (tried.facts.get_mut(at), default_state(fact)) else { continue };
            if *state == default {
                continue;
            }
            *state = default;
            let other = program.decide(&tried, Mode::Ask);
            let same = other.outcome == decision.outcome
                && other.limit == decision.limit
                && other.because == decision.because
                && other.need == decision.need;
            let still = self.observer.reached(&tried, &other);
            if same && reached.iter().zip(&still).zip(&self.open).all(|((before, after), open)| !open || !before || *after) {
                smaller = tried;
            }
        }
        smaller
    }

    /// Asks, and keeps the case if it reaches anything that is open.
    fn reaches(&mut self, goal: usize, question: &Question, left: &mut usize) -> bool {
        if *left == 0 {
            return false;
        }
        *left -= 1;
        let decision = self.observer.program.decide(question, Mode::Ask);
        let reached = self.observer.reached(question, &decision);
        let found = reached.get(goal) == Some(&true);
        let is_new = reached.iter().zip(&self.open).any(|(reached, open)| *reached && *open);
        if found || is_new {
            let question = self.shrink(question, &reached);
            let reached = self.observer.reached(&question, &self.observer.program.decide(&question, Mode::Ask));
            self.open.iter_mut().zip(&reached).for_each(|(open, reached)| *open &= !reached);
            self.pool.push(Candidate { question, reached });
        }
        found
    }

    fn aims(&self, what: &What<'p>) -> Vec<Aim<'p>> {
        match what {
            What::Rule(id) => vec![self.aim(Owner::Rule(*id), None)],
            What::Clause(places) => {
                places.iter().map(|(owner, clause)| self.aim(*owner, self.when(*owner, *clause).map(|when| (when, true)))).collect()
            }
            What::Holds(leaves) | What::Fails(leaves) => {
                let wanted = matches!(what, What::Holds(_));
                let of_leaf = |leaf: &crate::testing::coverage::Leaf<'p>| {
                    let mut aim = self.aim(leaf.owner, Some((leaf.condition, wanted)));
                    if !leaf.is_of_clause {
                        aim.steer.retain(|(condition, _)| std::ptr::eq(*condition, leaf.condition));
                    }
                    aim
                };
                leaves.iter().map(of_leaf).collect()
            }
            What::Value(id, row) => {
                let when = self.observer.program.lookup(*id).and_then(|lookup| lookup.rows.get(*row)).map(|(when, _)| (when, true));
                let rules = (0..self.observer.program.rules.len()).map(RuleId::new).filter(|rule| self.observer.goals.looks_up(*rule, *id));
                vec![Aim { steer: when.into_iter().collect(), asked: rules.take(2).flat_map(|id| self.asked(Owner::Rule(id))).collect() }]
            }
        }
    }

    fn aim(&self, owner: Owner, further: Option<(&'p Condition, bool)>) -> Aim<'p> {
        let program = self.observer.program;
        let own = match owner {
            Owner::Rule(id) => program.rule(id).map(|rule| &rule.condition),
            Owner::Fallback(id) => program.fallbacks.get(id.index()).map(|fallback| &fallback.condition),
            Owner::Definition(_) => None,
        };
        Aim { steer: own.map(|own| (own, true)).into_iter().chain(further).collect(), asked: self.asked(owner) }
    }

    /// The condition of a clause.
    fn when(&self, owner: Owner, clause: Clause) -> Option<&'p Condition> {
        let program = self.observer.program;
        let instead = match owner {
            Owner::Rule(id) => program.rule(id)?.instead.as_deref(),
            Owner::Fallback(id) => program.fallbacks.get(id.index()).map(|fallback| &fallback.instead),
            Owner::Definition(_) => None,
        };
        match (clause, owner) {
            (Clause::Require(nth), Owner::Rule(id)) => program.rule(id)?.requires.get(nth).map(|require| &require.when),
            (Clause::Offer(nth), _) => instead?.offers.get(nth).map(|offer| &offer.when),
            (Clause::Advise(nth), _) => instead?.advice.get(nth),
            (Clause::Ask(nth), _) => instead?.routes.get(nth).map(|route| &route.when),
            _ => None,
        }
    }

    /// About which actions, and by whom, something is asked so that the owner is looked at.
    fn asked(&self, owner: Owner) -> Vec<(ActionId, RoleId)> {
        let policy = self.observer.policy;
        match owner {
            Owner::Rule(id) => {
                let Some(rule) = policy.rule(id) else { return Vec::new() };
                let mut roles: Vec<RoleId> = match &rule.kind {
                    RuleKind::Permission { subject: Subject::Roles(roles), .. } => roles.to_vec(),
                    RuleKind::Prohibition { subject: Subject::Roles(roles), .. } => roles
                        .iter()
                        .flat_map(|role| std::iter::once(*role).chain(policy.roles_below(*role).into_iter().map(|(role, _)| role)))
                        .collect(),
                    _ => policy.role_ids().collect(),
                };
                let mut seen = BTreeSet::new();
                roles.retain(|role| seen.insert(*role));
                roles.iter().flat_map(|role| rule.actions.iter().map(|action| (*action, *role))).collect()
            }
            Owner::Fallback(id) => {
                let actions = policy.fallbacks.get(id.index()).map(|fallback| fallback.actions.to_vec()).unwrap_or_default();
                policy.role_ids().flat_map(|role| actions.iter().map(move |action| (*action, role)).collect::<Vec<_>>()).collect()
            }
            Owner::Definition(id) => {
                let rules = (0..policy.rules.len()).map(RuleId::new).filter(|rule| self.observer.goals.reads(Owner::Rule(*rule), id));
                rules.take(3).flat_map(|rule| self.asked(Owner::Rule(rule))).take(6).collect()
            }
        }
    }

    /// Facts with which everything comes out as wanted, as far as it does not turn on the amount.
    fn bases(&self, aim: &Aim<'p>, at: Timestamp, spent: &[Number]) -> Vec<Known> {
        let (Some(first), program) = (aim.asked.first(), self.observer.program) else { return Vec::new() };
        let samples = self.samples(aim.steer.iter().map(|(condition, _)| *condition), at);
        let fits = |known: &Known| {
            let question = self.question(known, *first, at, spent.to_vec());
            aim.steer.iter().all(|(condition, wanted)| {
                let truth = program.truth(&question, condition, Mode::Ask);
                if *wanted { truth.can_be_yes() } else { truth.can_be_no() }
            })
        };
        spread(&samples, MOST_COMBINATIONS).filter(fits).take(MOST_BASES).collect()
    }

    /// What conditions read, with values worth looking at.
    fn samples<'c>(&self, conditions: impl Iterator<Item = &'c Condition> + Clone, at: Timestamp) -> Samples {
        let program = self.observer.program;
        let mut reads = Reads::default();
        conditions.clone().for_each(|condition| condition.reads(&program.named(), &mut reads));
        let facts = reads.facts.iter().filter_map(|fact| if let FactRef::Fact(id) = fact { Some(*id) } else { None });
        let day = self.observer.policy.time_zone.to_datetime(at).date();
        let mut samples = program.representatives(self.observer.policy, facts, conditions.clone(), day);
        let cuts = Cuts::of(program, conditions);
        for (id, values) in &mut samples {
            let Some(fact) = self.observer.policy.fact(*id) else { continue };
            // Whoever asks may be the one whom a text names.
            if reads.actor_id && fact.ty == Type::Text {
                values.push(Some(Value::Text("anna".into())));
            }
            let texts = cuts.texts.iter().filter(|(read, _)| read == id);
            values.extend(texts.map(|(_, text)| Some(Value::Text(text.clone()))));
            self.widen(&fact.ty, values, at);
        }
        samples
    }

    /// Adds values that no constant names: larger and smaller quantities, days further off. Nobody writes an amount below zero without need.
    fn widen(&self, ty: &Type, values: &mut Vec<Option<Value>>, at: Timestamp) {
        let mut add = |number: Number| {
            let value = Some(Value::Quantity(number));
            if !values.contains(&value) {
                values.push(value);
            }
        };
        let today = calendar::days(self.observer.policy.time_zone.to_datetime(at).date());
        match ty {
            Type::Money | Type::Number => [10, 100, 1_000].into_iter().for_each(|number| add(Number::from(number))),
            Type::Percent => [10, 50].into_iter().for_each(|number| add(Number::from(number))),
            Type::Duration => [3_600, 86_400].into_iter().for_each(|number| add(Number::from(number))),
            Type::Date => [-400, -40, -2, 40, 400].into_iter().for_each(|days| add(Number::from(today + days))),
            Type::Datetime => {
                for off in [-400 * 86_400, -40 * 86_400, -2 * 86_400, -3_600, 40 * 86_400] {
                    add(Number::from(at.as_second() + off));
                }
            }
            _ => {}
        }
        if matches!(ty, Type::Money | Type::Number | Type::Percent | Type::Duration) {
            // Nothing and what is below it come last.
            values.sort_by_key(|value| matches!(value, Some(Value::Quantity(number)) if !number.is_positive()));
        }
    }

    /// The other facts that decide about an action.
    fn others(&self, base: &Known, (action, role): (ActionId, RoleId)) -> Samples {
        let program = self.observer.program;
        let Some((compiled, candidates)) = program.action_of(action).zip(program.candidates(action, role)) else { return Samples::new() };
        let rules = candidates.permissions.rules().chain(candidates.prohibitions.rules()).chain(compiled.entitlements.rules());
        let rules: Vec<_> = rules.filter_map(|id| program.rule(id)).collect();
        let facts: BTreeSet<FactId> =
            rules.iter().flat_map(|rule| &rule.reads.facts).filter_map(|fact| if let FactRef::Fact(id) = fact { Some(*id) } else { None }).collect();
        let unknown = facts.into_iter().filter(|id| base.iter().all(|(known, _)| known != id));
        let mut samples = program.representatives(self.observer.policy, unknown, rules.iter().map(|rule| &rule.condition), self.today);
        let moment = self.moments(&Cuts::default()).first().copied().unwrap_or_default();
        for (id, values) in &mut samples {
            let Some(fact) = self.observer.policy.fact(*id) else { continue };
            self.widen(&fact.ty, values, moment);
            let is_point = matches!(fact.ty, Type::Date | Type::Datetime);
            values.retain(|value| is_point || !matches!(value, Some(Value::Quantity(number)) if *number < Number::ZERO));
        }
        samples
    }

    fn question(&self, facts: &Known, (action, role): (ActionId, RoleId), at: Timestamp, spent: Vec<Number>) -> Question {
        let mut states: Vec<FactState> = self.observer.policy.facts.iter().map(default_state).collect();
        for (id, value) in facts {
            if let Some(state) = states.get_mut(id.index()) {
                *state = value.clone().map_or(FactState::Absent(Provenance::Record), |value| FactState::Known(value, Provenance::Record));
            }
        }
        let actor = Actor { id: Some("anna".into()), role, team: Some("team".into()) };
        Question { actor, action, amount: None, facts: states, spent, at, explain: Explain::Every }
    }

    /// What is at the limit and just above it, and around what the amount is compared with.
    fn amounts(&self, question: &Question, cuts: &Cuts) -> Vec<Number> {
        let Some(step) = self.observer.program.action_of(question.action).and_then(|action| action.step.clone()) else { return Vec::new() };
        let decision = self.observer.program.decide(question, Mode::Ask);
        let of_rules = decision.explain.iter().map(|explanation| &explanation.quantity);
        let limits = std::iter::once(&decision.limit).chain(of_rules);
        let limits: Vec<&Number> = limits.filter_map(|limit| if let Limit::Amount(limit) = limit { Some(limit) } else { None }).collect();
        let around = |cut: &Number| [Some(cut.clone()), cut.add(&step), cut.subtract(&step)];
        let mut amounts: Vec<Number> = limits.into_iter().chain(&cuts.amounts).flat_map(around).flatten().collect();
        amounts.push(step);
        amounts.retain(Number::is_positive);
        let mut seen = BTreeSet::new();
        amounts.retain(|amount| seen.insert(amount.clone()));
        amounts
    }

    /// Noon of today, and of the days around those that today is compared with.
    fn moments(&self, cuts: &Cuts) -> Vec<Timestamp> {
        let days = cuts.days.iter().filter_map(Number::to_i64).flat_map(|day| [day, day - 1, day + 1]);
        let dates = std::iter::once(self.today).chain(days.filter_map(calendar::date));
        let noon = |date: Date| date.at(12, 0, 0, 0).to_zoned(self.observer.policy.time_zone.clone()).ok().map(|noon| noon.timestamp());
        dates.filter_map(noon).collect()
    }

    /// Nothing used, and what the use of budgets is compared with.
    fn spendings(&self, cuts: &Cuts) -> Vec<Vec<Number>> {
        let nothing = vec![Number::ZERO; self.observer.policy.budgets.len()];
        let mut all = vec![nothing.clone()];
        for (id, cut) in &cuts.spent {
            let mut spent = nothing.clone();
            if let Some(slot) = spent.get_mut(id.index()) {
                *slot = cut.clone();
                all.push(spent);
            }
        }
        all
    }
}

/// Combinations of samples: all of them, or so many, spread evenly.
fn spread(samples: &Samples, most: usize) -> impl Iterator<Item = Known> {
    let total = samples.values().try_fold(1_usize, |so_far, values| so_far.checked_mul(values.len().max(1))).unwrap_or(usize::MAX);
    // A stride without a factor in common with the total visits all of them evenly.
    let stride = if total <= most { 1 } else { (total / most..total).find(|stride| gcd(*stride, total) == 1).unwrap_or(1) };
    (0..total.min(most)).map(move |nth| {
        let mut place = usize::try_from(nth as u128 * stride as u128 % total.max(1) as u128).unwrap_or(0);
        let mut chosen = Known::new();
        for (id, values) in samples {
            let count = values.len().max(1);
            chosen.extend(values.get(place % count).map(|value| (*id, value.clone())));
            place /= count;
        }
        chosen
    })
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}
