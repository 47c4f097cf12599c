//! What an analysis stands on: one policy, or two that are compared, and the variables that their questions are made of.
//!
//! Two policies name the same things alike and number them differently. A variable is joint: it has a name, a domain and, for each side, the fact or budget that it is
//! there. Values of enumerations are joint likewise.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::calendar;
use crate::number::Number;
use crate::policy::expr::{Type, Value};
use crate::policy::{ActionId, BudgetId, ChoiceId, FactId, FactRef, Policy, RoleId};
use crate::program::{Program, smallest};
use crate::question::{Actor, Explain, FactState, Provenance, Question, default_state};

/// A policy with its program.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Side<'a> {
    pub policy: &'a Policy,
    pub program: &'a Program,
}

/// A variable, by its place in [`Ground::variables`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Var(pub usize);

/// A value of an enumeration, the same on every side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Choice(pub usize);

/// What a variable is on each side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Fact(Vec<Option<FactId>>),
    ActorId,
    ActorTeam,
    /// What the bucket of a budget has used.
    Spent(Vec<Option<BudgetId>>),
    /// The quantity asked for.
    Amount,
    /// The day or the moment of the question.
    Clock,
}

/// Whether the day of the question is a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    /// Every question is asked at noon of one day.
    Stopped,
    /// Any day at noon.
    Days,
    /// Any moment.
    Moments,
}

/// The values that a variable can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Domain {
    YesNo,
    OneOf(BTreeSet<Choice>),
    SomeOf(BTreeSet<Choice>),
    Text,
    /// Multiples of a step.
    Quantity(Type, Number),
}

#[derive(Clone, Debug)]
pub(crate) struct Variable {
    pub name: String,
    pub source: Source,
    pub domain: Domain,
    pub optional: bool,
}

/// A value of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Datum {
    Absent,
    YesNo(bool),
    Choice(Choice),
    Set(BTreeSet<Choice>),
    Text(String),
    Number(Number),
}

/// What is assigned so far; by [`Var`], `None` is open.
pub(crate) type Point = Vec<Option<Datum>>;

/// One policy or two, their variables, and the day on which all questions are asked.
#[derive(Clone, Debug)]
pub(crate) struct Ground<'a> {
    pub sides: Vec<Side<'a>>,
    pub variables: Vec<Variable>,
    pub today: Date,
    names: Vec<String>,
    /// By side, by [`ChoiceId`].
    joint: Vec<Vec<Choice>>,
    /// By side.
    own: Vec<BTreeMap<Choice, ChoiceId>>,
    facts: Vec<BTreeMap<FactId, Var>>,
    budgets: Vec<BTreeMap<BudgetId, Var>>,
    amount: Var,
    clock: (Var, Clock),
    actor: (Var, Var),
    /// Whether a rule reads who asks.
    reads_actor: (bool, bool),
    /// By side: noon of the day.
    noons: Vec<jiff::Timestamp>,
}

/// Who asks in every case whose rules do not care.
pub(crate) const ACTOR: &str = "anna";
/// And in which team.
pub(crate) const TEAM: &str = "team";

/// The smallest step between two values of a fact.
fn step(ty: &Type, decimals: usize) -> Number {
    match ty {
        Type::Money => smallest(ty, decimals),
        Type::Date => Number::ONE,
        Type::Datetime => Number::ratio(1, 1000).unwrap_or(Number::ONE),
        Type::Duration => Number::ratio(60, 1_000_000).unwrap_or(Number::ONE),
        _ => Number::ratio(1, 1_000_000).unwrap_or(Number::ONE),
    }
}

impl<'a> Ground<'a> {
    pub fn new(sides: Vec<Side<'a>>, today: Date) -> Self {
        let mut ground = Self {
            variables: Vec::new(),
            today,
            names: Vec::new(),
            joint: Vec::new(),
            own: Vec::new(),
            facts: vec![BTreeMap::new(); sides.len()],
            budgets: vec![BTreeMap::new(); sides.len()],
            amount: Var(0),
            clock: (Var(0), Clock::Stopped),
            actor: (Var(0), Var(0)),
            reads_actor: (false, false),
            noons: sides.iter().map(|side| noon(side.policy, today)).collect(),
            sides,
        };
        ground.join_choices();
        ground.join_facts();
        ground.join_budgets();
        ground.amount = ground.add("amount", Source::Amount, Domain::Quantity(Type::Number, Number::ONE));
        ground.clock.0 = ground.add("today", Source::Clock, Domain::Quantity(Type::Date, Number::ONE));
        ground.actor = (ground.add("actor.id", Source::ActorId, Domain::Text), ground.add("actor.team", Source::ActorTeam, Domain::Text));
        let reads = |wanted: FactRef| {
            let mut rules = ground.sides.iter().flat_map(|side| &side.program.rules);
            rules.any(|rule| rule.reads.facts.contains(&wanted) && (wanted != FactRef::ActorId || rule.reads.actor_id))
        };
        ground.reads_actor = (reads(FactRef::ActorId), reads(FactRef::ActorTeam));
        ground
    }

    /// The same where the day, or the moment, is a variable.
    pub fn with_clock(&self, clock: Clock) -> Self {
        let mut ground = self.clone();
        ground.clock.1 = clock;
        let ty = if clock == Clock::Moments { Type::Datetime } else { Type::Date };
        let step = step(&ty, 0);
        if let Some(variable) = ground.variables.get_mut(ground.clock.0.0) {
            variable.domain = Domain::Quantity(ty, step);
        }
        ground
    }

    fn add(&mut self, name: &str, source: Source, domain: Domain) -> Var {
        self.variables.push(Variable { name: name.into(), source, domain, optional: false });
        Var(self.variables.len() - 1)
    }

    fn join_choices(&mut self) {
        let mut places: BTreeMap<String, Choice> = BTreeMap::new();
        for side in &self.sides {
            let (mut joint, mut own) = (Vec::new(), BTreeMap::new());
            for (at, name) in side.policy.choices.iter().enumerate() {
                let choice = *places.entry(name.clone()).or_insert_with(|| {
                    self.names.push(name.clone());
                    Choice(self.names.len() - 1)
                });
                joint.push(choice);
                own.insert(choice, ChoiceId::new(at));
            }
            self.joint.push(joint);
            self.own.push(own);
        }
    }

    fn domain(&self, side: usize, ty: &Type) -> Domain {
        let joined = |ids: &[ChoiceId]| ids.iter().filter_map(|id| self.choice(side, *id)).collect();
        let decimals = self.sides.get(side).map_or(2, |side| side.policy.currency_decimals);
        match ty {
            Type::YesNo => Domain::YesNo,
            Type::Text => Domain::Text,
            Type::OneOf(ids) => Domain::OneOf(joined(ids)),
            Type::SomeOf(ids) => Domain::SomeOf(joined(ids)),
            other => Domain::Quantity(other.clone(), step(other, decimals)),
        }
    }

    fn join_facts(&mut self) {
        for side in 0..self.sides.len() {
            let Some(Side { policy, .. }) = self.sides.get(side).copied() else { continue };
            for (at, fact) in policy.facts.iter().enumerate() {
                let (id, domain) = (FactId::new(at), self.domain(side, &fact.ty));
                let known = self.variables.iter_mut().enumerate().find(|(_, known)| known.name == fact.name && is_alike(&known.domain, &domain));
                let var = if let Some((place, known)) = known {
                    join(&mut known.domain, domain);
                    known.optional |= fact.optional;
                    if let Source::Fact(ids) = &mut known.source
                        && let Some(slot) = ids.get_mut(side)
                    {
                        *slot = Some(id);
                    }
                    Var(place)
                } else {
                    let ids = (0..self.sides.len()).map(|other| (other == side).then_some(id)).collect();
                    self.variables.push(Variable { name: fact.name.clone(), source: Source::Fact(ids), domain, optional: fact.optional });
                    Var(self.variables.len() - 1)
                };
                if let Some(facts) = self.facts.get_mut(side) {
                    facts.insert(id, var);
                }
            }
        }
    }

    fn join_budgets(&mut self) {
        for side in 0..self.sides.len() {
            let Some(Side { policy, program }) = self.sides.get(side).copied() else { continue };
            for (at, budget) in policy.budgets.iter().enumerate() {
                let id = BudgetId::new(at);
                let var = self.spent_named(&budget.name, side, id).unwrap_or_else(|| {
                    let ids = (0..self.sides.len()).map(|other| (other == side).then_some(id)).collect();
                    let step = program.budget(id).and_then(|budget| budget.step.clone()).unwrap_or(Number::ONE);
                    let ty = match &budget.unit {
                        crate::policy::BudgetUnit::Quantity(ty) => ty.clone(),
                        _ => Type::Number,
                    };
                    self.add(&budget.name, Source::Spent(ids), Domain::Quantity(ty, step))
                });
                if let Some(budgets) = self.budgets.get_mut(side) {
                    budgets.insert(id, var);
                }
            }
        }
    }

    /// The variable of a budget that another side has under this name; it is that of this side, too.
    fn spent_named(&mut self, name: &str, side: usize, id: BudgetId) -> Option<Var> {
        let mut known = self.variables.iter_mut().enumerate().filter(|(_, known)| known.name == name);
        let (place, ids) = known.find_map(|(place, known)| if let Source::Spent(ids) = &mut known.source { Some((place, ids)) } else { None })?;
        *ids.get_mut(side)? = Some(id);
        Some(Var(place))
    }

    pub fn variable(&self, var: Var) -> Option<&Variable> {
        self.variables.get(var.0)
    }

    pub fn choice(&self, side: usize, id: ChoiceId) -> Option<Choice> {
        self.joint.get(side)?.get(id.index()).copied()
    }

    pub fn choice_name(&self, choice: Choice) -> &str {
        self.names.get(choice.0).map_or("", String::as_str)
    }

    pub fn var(&self, side: usize, fact: FactRef) -> Option<Var> {
        match fact {
            FactRef::Fact(id) => self.facts.get(side)?.get(&id).copied(),
            FactRef::ActorId => Some(self.actor.0),
            FactRef::ActorTeam => Some(self.actor.1),
        }
    }

    pub fn spent(&self, side: usize, id: BudgetId) -> Option<Var> {
        self.budgets.get(side)?.get(&id).copied()
    }

    /// Whether a variable is what a budget has used.
    pub fn is_spent(&self, var: Var) -> bool {
        self.variable(var).is_some_and(|variable| matches!(variable.source, Source::Spent(_)))
    }

    pub fn amount(&self) -> Var {
        self.amount
    }

    /// The variable of the clock, and how it goes.
    pub fn clock(&self) -> (Var, Clock) {
        self.clock
    }

    /// Nothing is known but what no rule reads.
    pub fn start(&self) -> Point {
        let mut point = vec![None; self.variables.len()];
        let mut set = |var: Var, read: bool, text: &str| {
            if let (false, Some(slot)) = (read, point.get_mut(var.0)) {
                *slot = Some(Datum::Text(text.into()));
            }
        };
        set(self.actor.0, self.reads_actor.0, ACTOR);
        set(self.actor.1, self.reads_actor.1, TEAM);
        point
    }

    /// A value as a side has it; `None` where it has no such value.
    #[expect(clippy::option_option, reason = "absent is a value, too")]
    pub fn value(&self, side: usize, datum: &Datum) -> Option<Option<Value>> {
        let own = |choice: &Choice| self.own.get(side)?.get(choice).copied();
        Some(Some(match datum {
            Datum::Absent => return Some(None),
            Datum::YesNo(value) => Value::YesNo(*value),
            Datum::Choice(choice) => Value::Choice(own(choice)?),
            Datum::Set(choices) => {
                let mut ids: Vec<ChoiceId> = choices.iter().map(own).collect::<Option<_>>()?;
                ids.sort();
                Value::Set(ids)
            }
            Datum::Text(text) => Value::Text(text.clone()),
            Datum::Number(number) => Value::Quantity(number.clone()),
        }))
    }

    /// The moment at which the question of a point is asked: noon of the day, as that side tells time.
    pub fn moment(&self, side: usize, point: &Point) -> jiff::Timestamp {
        let told = if let Some(Some(Datum::Number(told))) = point.get(self.clock.0.0) { Some(told) } else { None };
        let day = match (self.clock.1, told) {
            (Clock::Moments, Some(told)) => return calendar::moment(told).unwrap_or_default(),
            (_, Some(told)) => calendar::date_of_number(told),
            (_, None) => None,
        };
        let today = || self.noons.get(side).copied().unwrap_or_default();
        day.zip(self.sides.get(side)).map_or_else(today, |(day, side)| noon(side.policy, day))
    }

    /// The question at a point. What is open is unknown. `None` where the side has no such case: a value that it does not know, or absence where it allows none.
    pub fn question(&self, side: usize, point: &Point, (action, role): (ActionId, RoleId)) -> Option<Question> {
        let Side { policy, .. } = *self.sides.get(side)?;
        let mut facts = vec![FactState::Unknown; policy.facts.len()];
        let mut spent = vec![Number::ZERO; policy.budgets.len()];
        for (variable, datum) in self.variables.iter().zip(point) {
            let Some(datum) = datum else { continue };
            match &variable.source {
                Source::Fact(ids) => {
                    let Some(id) = ids.get(side).copied().flatten() else { continue };
                    let value = self.value(side, datum)?;
                    let fact = policy.facts.get(id.index())?;
                    if value.is_none() && !fact.optional {
                        return None;
                    }
                    *facts.get_mut(id.index())? = state(value);
                }
                Source::Spent(ids) => {
                    if let (Some(id), Datum::Number(number)) = (ids.get(side).copied().flatten(), datum) {
                        spent.get_mut(id.index())?.clone_from(number);
                    }
                }
                Source::ActorId | Source::ActorTeam | Source::Amount | Source::Clock => {}
            }
        }
        let amount = if let Some(Some(Datum::Number(amount))) = point.get(self.amount.0) { Some(amount.clone()) } else { None };
        let text = |var: Var| if let Some(Some(Datum::Text(text))) = point.get(var.0) { Some(text.clone()) } else { None };
        let actor = Actor { id: text(self.actor.0), role, team: text(self.actor.1) };
        Some(Question { actor, action, amount, facts, spent, at: self.moment(side, point), explain: Explain::Decisive })
    }

    /// The question of a point where a variable has another value; `None` where that is not told so.
    pub fn changed(&self, side: usize, question: &Question, var: Var, number: &Number) -> Option<Question> {
        let Source::Fact(ids) = &self.variable(var)?.source else { return None };
        let mut question = question.clone();
        *question.facts.get_mut(ids.get(side).copied().flatten()?.index())? = state(Some(Value::Quantity(number.clone())));
        Some(question)
    }

    /// The same where what is open takes its default, as in a test that does not mention it.
    pub fn whole_question(&self, side: usize, point: &Point, asked: (ActionId, RoleId)) -> Option<Question> {
        let mut question = self.question(side, point, asked)?;
        for (state, fact) in question.facts.iter_mut().zip(&self.sides.get(side)?.policy.facts) {
            if *state == FactState::Unknown {
                *state = default_state(fact);
            }
        }
        question.actor.id.get_or_insert_with(|| ACTOR.into());
        question.actor.team.get_or_insert_with(|| TEAM.into());
        Some(question)
    }
}

fn noon(policy: &Policy, day: Date) -> jiff::Timestamp {
    let noon = day.at(12, 0, 0, 0).to_zoned(policy.time_zone.clone());
    noon.map_or(jiff::Timestamp::UNIX_EPOCH, |noon| noon.timestamp())
}

fn state(value: Option<Value>) -> FactState {
    value.map_or(FactState::Absent(Provenance::Record), |value| FactState::Known(value, Provenance::Record))
}

fn is_alike(one: &Domain, other: &Domain) -> bool {
    match (one, other) {
        (Domain::OneOf(_), Domain::OneOf(_)) | (Domain::SomeOf(_), Domain::SomeOf(_)) => true,
        (Domain::Quantity(one, _), Domain::Quantity(other, _)) => one == other,
        _ => one == other,
    }
}

fn join(known: &mut Domain, other: Domain) {
    if let (Domain::OneOf(known), Domain::OneOf(more)) | (Domain::SomeOf(known), Domain::SomeOf(more)) = (known, other) {
        known.extend(more);
    }
}
