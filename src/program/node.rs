//! What is evaluated: conditions, quantities and plain values, without names and without anything left to resolve.

use crate::number::{Number, Rounding};
use crate::policy::expr::{Comparison, Distance, Point, Steps, Value};
use crate::policy::{BudgetId, ChoiceId, DefinitionId, FactId, FactRef, LookupId};
use crate::source::Span;
use crate::syntax::ast::{Function, Matching, Period, Quantifier, Side, Unit};

use super::gate::Gate;

/// A condition.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    Constant(bool),
    And(Box<[Condition]>, Span),
    Or(Box<[Condition]>, Span),
    Not(Box<Condition>, Span),
    /// A condition that was given a name.
    Definition(DefinitionId),
    /// A test that is a gate, or the opposite of one: most are.
    Gate(Gate, Span),
    Test(Box<Test>),
}

/// A condition without parts.
#[derive(Clone, Debug)]
pub(crate) struct Test {
    pub span: Span,
    pub kind: TestKind,
}

#[derive(Clone, Debug)]
pub(crate) enum TestKind {
    /// A yes/no fact.
    Flag(FactId),
    /// A yes/no table.
    Lookup(LookupId),
    Present(FactId),
    Compare(Quantity, Comparison, Quantity),
    Between(Quantity, Quantity, Quantity),
    /// The value is one of these.
    OneOf(Atom, Box<[Atom]>),
    Includes(Atom, Quantifier, Box<[ChoiceId]>),
    Match(Atom, Matching, Atom),
    Offset(Offset),
}

/// `D is within N UNIT after E` and its like.
#[derive(Clone, Debug)]
pub(crate) struct Offset {
    pub subject: Quantity,
    pub distance: Distance,
    pub steps: Steps,
    pub side: Side,
    pub anchor: Quantity,
    pub scale: Scale,
    pub points: Points,
}

/// What is said of the two points in time whose distance is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Points {
    pub subject: Point,
    pub anchor: Point,
}

/// What the number behind a point in time counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    /// Days since 1970-01-01.
    Date,
    /// Seconds since 1970-01-01T00:00Z.
    Datetime,
}

/// A text, a value of a `one of`, or a set.
#[derive(Clone, Debug)]
pub(crate) enum Atom {
    Constant(Value),
    Fact(FactId),
    ActorId,
    ActorTeam,
    Lookup(LookupId),
}

/// Anything with a number behind it: money, percent, numbers, durations, dates and datetimes (see [`Value::Quantity`]).
#[derive(Clone, Debug)]
pub(crate) enum Quantity {
    Constant(Number),
    Fact(FactId),
    Definition(DefinitionId),
    Lookup(LookupId),
    Amount,
    Today,
    Now,
    Spent(BudgetId),
    Choose(Function, Box<[Quantity]>),
    Negate(Box<Quantity>),
    Add(Box<(Quantity, Quantity)>),
    Multiply(Box<(Quantity, Quantity)>),
    Divide(Box<(Quantity, Quantity)>),
    /// Moved forward by so many units; a negative count moves back.
    Shift(Box<Quantity>, Steps, Scale),
    DateOf(Box<Quantity>),
    Rounded(Box<Quantity>, Rounding, Number),
    /// From, to.
    NumberOf(Unit, Box<(Quantity, Quantity)>, Scale),
    StartOf(Period, Box<Quantity>),
    EndOf(Period, Box<Quantity>),
    DaysInMonth(Box<Quantity>),
}

/// What an expression reads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Reads {
    /// Facts and who asks.
    pub facts: Vec<FactRef>,
    /// Whether it reads `actor.id` otherwise than as the key of a budget.
    pub actor_id: bool,
    /// Budgets whose use it reads.
    pub budgets: Vec<BudgetId>,
    /// Whether it reads the clock.
    pub clock: bool,
    /// Whether it reads the time of day.
    pub now: bool,
    /// Whether it reads the quantity asked for.
    pub amount: bool,
}

impl Reads {
    pub fn fact(&mut self, fact: FactRef) {
        if !self.facts.contains(&fact) {
            self.facts.push(fact);
        }
    }

    pub fn add(&mut self, other: &Self) {
        for fact in &other.facts {
            self.fact(*fact);
        }
        for budget in &other.budgets {
            self.budget(*budget);
        }
        self.actor_id |= other.actor_id;
        self.clock |= other.clock;
        self.now |= other.now;
        self.amount |= other.amount;
    }

    fn budget(&mut self, budget: BudgetId) {
        if !self.budgets.contains(&budget) {
            self.budgets.push(budget);
        }
    }
}

/// What the named things of a program read; needed to see through them.
pub(crate) struct Named<'a> {
    pub definitions: &'a [Reads],
    pub lookups: &'a [Reads],
}

impl Named<'_> {
    fn definition(&self, id: DefinitionId, into: &mut Reads) {
        if let Some(reads) = self.definitions.get(id.index()) {
            into.add(reads);
        }
    }

    fn lookup(&self, id: LookupId, into: &mut Reads) {
        if let Some(reads) = self.lookups.get(id.index()) {
            into.add(reads);
        }
    }
}

impl Condition {
    pub fn reads(&self, named: &Named<'_>, into: &mut Reads) {
        match self {
            Self::Constant(_) => {}
            Self::And(parts, _) | Self::Or(parts, _) => parts.iter().for_each(|part| part.reads(named, into)),
            Self::Not(part, _) => part.reads(named, into),
            Self::Definition(id) => named.definition(*id, into),
            Self::Gate(gate, _) => into.fact(FactRef::Fact(gate.fact())),
            Self::Test(test) => test.reads(named, into),
        }
    }
}

impl Test {
    pub fn reads(&self, named: &Named<'_>, into: &mut Reads) {
        match &self.kind {
            TestKind::Flag(id) | TestKind::Present(id) => into.fact(FactRef::Fact(*id)),
            TestKind::Lookup(id) => named.lookup(*id, into),
            TestKind::Compare(left, _, right) => [left, right].into_iter().for_each(|side| side.reads(named, into)),
            TestKind::Between(value, low, high) => [value, low, high].into_iter().for_each(|part| part.reads(named, into)),
            TestKind::OneOf(value, among) => {
                value.reads(named, into);
                among.iter().for_each(|atom| atom.reads(named, into));
            }
            TestKind::Includes(set, ..) => set.reads(named, into),
            TestKind::Match(text, _, pattern) => [text, pattern].into_iter().for_each(|atom| atom.reads(named, into)),
            TestKind::Offset(offset) => [&offset.subject, &offset.anchor].into_iter().for_each(|side| side.reads(named, into)),
        }
    }
}

impl Atom {
    pub fn reads(&self, named: &Named<'_>, into: &mut Reads) {
        match self {
            Self::Constant(_) => {}
            Self::Fact(id) => into.fact(FactRef::Fact(*id)),
            Self::ActorId => {
                into.actor_id = true;
                into.fact(FactRef::ActorId);
            }
            Self::ActorTeam => into.fact(FactRef::ActorTeam),
            Self::Lookup(id) => named.lookup(*id, into),
        }
    }
}

impl Quantity {
    pub fn reads(&self, named: &Named<'_>, into: &mut Reads) {
        match self {
            Self::Constant(_) => {}
            Self::Fact(id) => into.fact(FactRef::Fact(*id)),
            Self::Definition(id) => named.definition(*id, into),
            Self::Lookup(id) => named.lookup(*id, into),
            Self::Amount => into.amount = true,
            Self::Today => into.clock = true,
            Self::Now => (into.clock, into.now) = (true, true),
            Self::Spent(id) => into.budget(*id),
            Self::Choose(_, parts) => parts.iter().for_each(|part| part.reads(named, into)),
            Self::Add(pair) | Self::Multiply(pair) | Self::Divide(pair) | Self::NumberOf(_, pair, _) => {
                pair.0.reads(named, into);
                pair.1.reads(named, into);
            }
            Self::Negate(inner)
            | Self::Shift(inner, ..)
            | Self::DateOf(inner)
            | Self::Rounded(inner, ..)
            | Self::StartOf(_, inner)
            | Self::EndOf(_, inner)
            | Self::DaysInMonth(inner) => inner.reads(named, into),
        }
    }
}
