//! What some conditions and quantities still turn on at a point, and how their constants cut it.
//!
//! Only what is undecided counts: a part of an `and` that surely holds reads nothing any more.

mod forms;
mod scale;

use std::collections::{BTreeMap, BTreeSet};

use forms::calendar_length;

use super::constants::{Constants, classes, sets};
use super::ground::{Choice, Clock, Datum, Domain, Ground, Point, Source, Var};
use super::linear::{Comparing, Doubt, Linear, splits};
use super::pieces::{Extent, Piece, Split, intervals};
use crate::decide::Probe;
use crate::number::Number;
use crate::policy::expr::{Comparison, Distance, Type, Value};
use crate::policy::{ChoiceId, FactRef, LookupId};
use crate::program::gate::{Choices, Gate};
use crate::program::node::{Atom, Condition, Offset, Quantity, Test, TestKind};
use crate::program::{Definition, LookupValue};
use crate::question::Question;
use crate::syntax::ast::{Matching, Side as Before};

const PATTERNS: &str = "two texts are searched for each other";

/// What is measured and cannot be cut exactly is tried between these.
fn tried(ty: &Type) -> impl Iterator<Item = Number> {
    let unit = match ty {
        Type::Money | Type::Number => Some(Number::ONE),
        Type::Percent => Number::ratio(1, 100),
        Type::Duration => Some(Number::from(360)),
        _ => None,
    };
    [0, 10, 100, 1000].into_iter().filter_map(move |count| unit.as_ref()?.multiply(&Number::from(count)))
}

/// What is undecided, and how it cuts the variables.
pub(crate) struct Turning<'g, 'a> {
    ground: &'g Ground<'a>,
    point: &'g Point,
    questions: &'g [Option<Question>],
    /// How many undecided conditions read a variable.
    pub counts: BTreeMap<Var, usize>,
    /// What only quantities and clauses read.
    pub details: BTreeSet<Var>,
    constants: BTreeMap<Var, Constants>,
    comparing: Vec<Comparing>,
    /// Variables whose comparisons could not be understood.
    unclear: BTreeMap<Var, &'static str>,
    /// Whether decided conditions are read, too.
    pub blind: bool,
    in_detail: bool,
    /// Whether several values are tried of what cannot be cut.
    pub wide: bool,
}

impl<'g, 'a> Turning<'g, 'a> {
    /// `questions` are those of the point, one for each side.
    pub fn new(ground: &'g Ground<'a>, point: &'g Point, questions: &'g [Option<Question>]) -> Self {
        Self {
            ground,
            point,
            questions,
            counts: BTreeMap::new(),
            details: BTreeSet::new(),
            constants: BTreeMap::new(),
            comparing: Vec::new(),
            unclear: BTreeMap::new(),
            blind: false,
            in_detail: false,
            wide: false,
        }
    }

    fn probe(&self, side: usize) -> Option<Probe<'g>> {
        Some(Probe::new(self.ground.sides.get(side)?.program, self.questions.get(side)?.as_ref()?))
    }

    fn value(&self, var: Var) -> Option<&'g Datum> {
        self.point.get(var.0)?.as_ref()
    }

    fn is_open(&self, var: Var) -> bool {
        self.value(var).is_none()
    }

    fn note(&mut self, var: Var) {
        if !self.is_open(var) {
            return;
        }
        if self.in_detail {
            self.details.insert(var);
        } else {
            *self.counts.entry(var).or_default() += 1;
        }
    }

    /// Everything that is read until this is called again is a detail, or is none.
    pub fn detail(&mut self, in_detail: bool) {
        self.in_detail = in_detail;
    }

    /// Looks into a condition that is undecided.
    pub fn condition(&mut self, side: usize, condition: &'a Condition) {
        let Some(probe) = self.probe(side) else { return };
        if !self.blind && !probe.truth(condition).is_open() {
            return;
        }
        match condition {
            Condition::Constant(_) => {}
            Condition::And(parts, _) | Condition::Or(parts, _) => parts.iter().for_each(|part| self.condition(side, part)),
            Condition::Not(part, _) => self.condition(side, part),
            Condition::Definition(id) => {
                if let Some(Definition::Condition(body)) = self.definition(side, id.index()) {
                    self.condition(side, body);
                }
            }
            Condition::Gate(gate, _) => self.gate(side, *gate),
            Condition::Test(test) => self.test(side, test),
        }
    }

    fn definition(&self, side: usize, at: usize) -> Option<&'a Definition> {
        self.ground.sides.get(side)?.program.definitions.get(at)
    }

    fn choices(&self, side: usize, ids: impl IntoIterator<Item = ChoiceId>) -> BTreeSet<Choice> {
        ids.into_iter().filter_map(|id| self.ground.choice(side, id)).collect()
    }

    fn gate(&mut self, side: usize, gate: Gate) {
        let Some(var) = self.ground.var(side, FactRef::Fact(gate.fact())) else { return };
        self.note(var);
        let Some(program) = self.ground.sides.get(side).map(|side| side.program) else { return };
        let choices = match gate {
            Gate::Choices(_, id, _) => self.choices(side, program.constants.choices(id).iter().copied()),
            Gate::Choice(_, first, bits, _) | Gate::Includes(_, _, first, bits) => self.choices(side, Choices { first, bits }.ids()),
            _ => BTreeSet::new(),
        };
        let constants = self.constants.entry(var).or_default();
        if !choices.is_empty() {
            constants.choices.insert(choices);
        }
        match gate {
            Gate::Text(_, id, _) => constants.texts.equal.extend(program.constants.text(id).map(str::to_owned)),
            Gate::Texts(_, id, _) => constants.texts.equal.extend(program.constants.texts(id).map(str::to_owned)),
            Gate::Number(_, how, decimals, mantissa) => {
                let Some(number) = Number::decimal(mantissa, decimals.into()) else { return };
                if let Some(form) = Linear::variable(var).minus(&Linear::constant(number)).filter(|_| self.is_open(var)) {
                    self.compare(form, how);
                }
            }
            _ => {}
        }
    }

    fn compare(&mut self, form: Linear, how: Comparison) {
        let (below, above) = match how {
            Comparison::Less | Comparison::AtLeast => (true, false),
            Comparison::Greater | Comparison::AtMost => (false, true),
            Comparison::Equal | Comparison::NotEqual => (true, true),
        };
        if !form.is_constant() {
            self.comparing.push(Comparing { form, below, above });
        }
    }

    fn test(&mut self, side: usize, test: &'a Test) {
        match &test.kind {
            TestKind::Flag(id) | TestKind::Present(id) => {
                if let Some(var) = self.ground.var(side, FactRef::Fact(*id)) {
                    self.note(var);
                }
            }
            TestKind::Lookup(id) => {
                for value in self.rows(side, *id) {
                    if let LookupValue::Condition(condition) = value {
                        self.condition(side, condition);
                    }
                }
            }
            TestKind::Compare(left, how, right) => self.comparison(side, left, *how, right),
            TestKind::Between(value, low, high) => {
                self.comparison(side, value, Comparison::AtLeast, low);
                self.comparison(side, value, Comparison::AtMost, high);
            }
            TestKind::OneOf(value, among) => self.one_of(side, value, among),
            TestKind::Includes(set, _, choices) => {
                let choices = self.choices(side, choices.iter().copied());
                for set in self.atoms(side, set) {
                    if let Plain::Open(var) = set {
                        self.constants.entry(var).or_default().choices.insert(choices.clone());
                    }
                }
            }
            TestKind::Match(text, how, pattern) => self.matching(side, text, *how, pattern),
            TestKind::Offset(offset) => self.offset(side, offset),
        }
    }

    /// The values that a table may give here; its conditions are looked into.
    fn rows(&mut self, side: usize, id: LookupId) -> Vec<&'a LookupValue> {
        let Some(lookup) = self.ground.sides.get(side).and_then(|side| side.program.lookup(id)) else { return Vec::new() };
        let Some(probe) = self.probe(side) else { return Vec::new() };
        let mut values = Vec::new();
        for (when, value) in &lookup.rows {
            let truth = probe.truth(when);
            if !self.blind && truth.is_surely_no() {
                continue;
            }
            self.condition(side, when);
            values.push(value);
            if !self.blind && truth.is_surely_yes() {
                break;
            }
        }
        values
    }

    /// The value of a table where it is clear which row holds.
    fn only_row(&self, side: usize, id: LookupId) -> Option<&'a LookupValue> {
        let rows = &self.ground.sides.get(side)?.program.lookup(id)?.rows;
        let probe = self.probe(side)?;
        let (when, value) = rows.iter().find(|(when, _)| !probe.truth(when).is_surely_no())?;
        probe.truth(when).is_surely_yes().then_some(value)
    }

    /// All that a plain value may be.
    fn atoms(&mut self, side: usize, atom: &'a Atom) -> Vec<Plain> {
        let reference = match atom {
            Atom::Constant(value) => return self.datum(side, value).map(Plain::Known).into_iter().collect(),
            Atom::Lookup(id) => {
                let values = self.rows(side, *id);
                let atoms = values.into_iter().filter_map(|value| if let LookupValue::Atom(atom) = value { Some(atom) } else { None });
                return atoms.collect::<Vec<_>>().into_iter().flat_map(|atom| self.atoms(side, atom)).collect();
            }
            Atom::Fact(id) => FactRef::Fact(*id),
            Atom::ActorId => FactRef::ActorId,
            Atom::ActorTeam => FactRef::ActorTeam,
        };
        let Some(var) = self.ground.var(side, reference) else { return Vec::new() };
        self.note(var);
        vec![self.value(var).map_or(Plain::Open(var), |datum| Plain::Known(datum.clone()))]
    }

    fn datum(&self, side: usize, value: &Value) -> Option<Datum> {
        Some(match value {
            Value::Quantity(number) => Datum::Number(number.clone()),
            Value::YesNo(value) => Datum::YesNo(*value),
            Value::Text(text) => Datum::Text(text.clone()),
            Value::Choice(id) => Datum::Choice(self.ground.choice(side, *id)?),
            Value::Set(ids) => Datum::Set(self.choices(side, ids.iter().copied())),
        })
    }

    fn one_of(&mut self, side: usize, value: &'a Atom, among: &'a [Atom]) {
        let left = self.atoms(side, value);
        let right: Vec<Plain> = among.iter().flat_map(|atom| self.atoms(side, atom)).collect();
        self.equal(&left, &right);
        self.equal(&right, &left);
    }

    fn equal(&mut self, these: &[Plain], those: &[Plain]) {
        for this in these {
            let Plain::Open(var) = this else { continue };
            let constants = self.constants.entry(*var).or_default();
            let mut together = BTreeSet::new();
            for that in those {
                match that {
                    Plain::Known(Datum::Text(text)) => {
                        constants.texts.equal.insert(text.clone());
                    }
                    Plain::Known(Datum::Choice(choice)) => {
                        together.insert(*choice);
                    }
                    Plain::Known(_) => {}
                    Plain::Open(_) => constants.each = true,
                }
            }
            if !together.is_empty() {
                constants.choices.insert(together);
            }
        }
    }

    fn matching(&mut self, side: usize, text: &'a Atom, how: Matching, pattern: &'a Atom) {
        let (texts, patterns) = (self.atoms(side, text), self.atoms(side, pattern));
        for text in &texts {
            for pattern in &patterns {
                match (text, pattern) {
                    (Plain::Open(var), Plain::Known(Datum::Text(pattern))) => self.constants.entry(*var).or_default().texts.add(how, pattern),
                    (Plain::Open(a), Plain::Open(b)) => {
                        self.unclear.insert(*a, PATTERNS);
                        self.unclear.insert(*b, PATTERNS);
                    }
                    (Plain::Known(_), Plain::Open(var)) => {
                        self.unclear.insert(*var, PATTERNS);
                    }
                    _ => {}
                }
            }
        }
    }

    fn comparison(&mut self, side: usize, left: &'a Quantity, how: Comparison, right: &'a Quantity) {
        // A share of two facts against a constant is the one against a part of the other.
        let share = self.share(side, left).map(|share| (share, right)).or_else(|| self.share(side, right).map(|share| (share, left)));
        if let Some(((dividend, divisor), other)) = share {
            let (dividends, divisors, others) = (self.forms(side, dividend), self.forms(side, divisor), self.forms(side, other));
            if let Some(others) = others.as_deref().filter(|others| others.iter().all(Linear::is_constant)) {
                for (dividend, divisor) in dividends.iter().flatten().flat_map(|one| divisors.iter().flatten().map(move |other| (one, other))) {
                    self.push_both(Some(divisor.clone()));
                    for other in others {
                        self.push_both(divisor.times(&other.constant).and_then(|part| dividend.minus(&part)));
                    }
                }
                return;
            }
        }
        let (Some(lefts), Some(rights)) = (self.forms(side, left), self.forms(side, right)) else { return };
        for left in &lefts {
            for right in &rights {
                if let Some(form) = left.minus(right) {
                    self.compare(form, how);
                }
            }
        }
    }

    fn push_both(&mut self, form: Option<Linear>) {
        self.comparing.extend(form.filter(|form| !form.is_constant()).map(Comparing::both));
    }

    /// What is divided by what, where the divisor is open.
    fn share(&self, side: usize, quantity: &'a Quantity) -> Option<(&'a Quantity, &'a Quantity)> {
        match quantity {
            Quantity::Divide(pair) if !self.reads(side, &pair.1).is_empty() => Some((&pair.0, &pair.1)),
            Quantity::Definition(id) => match self.definition(side, id.index())? {
                Definition::Quantity(body) => self.share(side, body),
                _ => None,
            },
            _ => None,
        }
    }

    fn offset(&mut self, side: usize, offset: &'a Offset) {
        let mut steps = offset.steps.clone();
        if offset.side == Before::Before {
            steps.count = steps.count.negate();
        }
        let (Some(subjects), Some(anchors)) = (self.forms(side, &offset.subject), self.forms(side, &offset.anchor)) else { return };
        let moved = match calendar_length(&steps, offset.scale) {
            Some(length) => Some(anchors.iter().filter_map(|anchor| anchor.plus(&Linear::constant(length.clone()))).collect()),
            None => self.bent(side, Quantity::Shift(Box::new(offset.anchor.clone()), steps, offset.scale)),
        };
        let Some(moved): Option<Vec<Linear>> = moved else { return };
        let (from, to) = match (offset.distance, offset.side) {
            (Distance::Within, Before::After) => (Some(Comparison::AtLeast), Comparison::AtMost),
            (Distance::Within, Before::Before) => (Some(Comparison::AtMost), Comparison::AtLeast),
            (Distance::MoreThan, Before::After) => (None, Comparison::Greater),
            (Distance::MoreThan, Before::Before) => (None, Comparison::Less),
            (Distance::AtLeast, Before::After) => (None, Comparison::AtLeast),
            (Distance::AtLeast, Before::Before) => (None, Comparison::AtMost),
        };
        for subject in &subjects {
            for (anchors, how) in from.map(|how| (&anchors, how)).into_iter().chain([(&moved, to)]) {
                for form in anchors.iter().filter_map(|anchor| subject.minus(anchor)) {
                    self.compare(form, how);
                }
            }
        }
    }

    /// The open variables that a quantity reads.
    fn reads(&self, side: usize, quantity: &Quantity) -> BTreeSet<Var> {
        let Some(program) = self.ground.sides.get(side).map(|side| side.program) else { return BTreeSet::new() };
        let mut reads = crate::program::node::Reads::default();
        quantity.reads(&program.named(), &mut reads);
        let facts = reads.facts.iter().filter_map(|fact| self.ground.var(side, *fact));
        let spent = reads.budgets.iter().filter_map(|id| self.ground.spent(side, *id));
        let amount = reads.amount.then(|| self.ground.amount());
        let clock = reads.clock.then(|| self.ground.clock()).filter(|(_, clock)| *clock != Clock::Stopped).map(|(var, _)| var);
        facts.chain(spent).chain(amount).chain(clock).filter(|var| self.is_open(*var)).collect()
    }

    /// What can be told of a limit: where it passes what is asked for, or, as `least`, where it is nothing.
    pub fn limit(&mut self, forms: &[Linear], least: Option<&Number>) {
        for form in forms {
            let compared = match least {
                Some(least) => form.minus(&Linear::constant(least.clone())),
                None => Linear::variable(self.ground.amount()).minus(form),
            };
            self.push_both(compared);
        }
    }

    /// A further comparison with zero.
    pub fn further(&mut self, form: Option<Linear>) {
        self.push_both(form);
    }

    /// Notes facts that something reads that is not looked into.
    pub fn note_all(&mut self, side: usize, facts: impl IntoIterator<Item = FactRef>) {
        for var in facts.into_iter().filter_map(|fact| self.ground.var(side, fact)).collect::<Vec<_>>() {
            self.note(var);
        }
    }

    /// The variable on which most turns, but for one; what is told apart by few values first.
    pub fn next(&self, but: Option<Var>) -> Option<Var> {
        let unused = |var: &Var| {
            but == Some(*var)
                || self.ground.variable(*var).is_none_or(|variable| matches!(variable.source, Source::Amount | Source::Spent(_) | Source::Clock))
        };
        let rank = |var: &Var, count: usize| {
            let quantity = matches!(self.ground.variable(*var).map(|it| &it.domain), Some(Domain::Quantity(..)));
            (quantity, !self.is_bent(*var), usize::MAX - count, *var)
        };
        let first = self.counts.iter().filter(|(var, _)| !unused(var)).min_by_key(|(var, count)| rank(var, **count)).map(|(var, _)| *var);
        first.or_else(|| self.details.iter().filter(|var| !unused(var)).min_by_key(|var| rank(var, 0)).copied())
    }

    fn is_bent(&self, var: Var) -> bool {
        self.comparing.iter().any(|it| it.form.variables().len() > 1 && it.form.bent.iter().any(|(_, bent)| bent.var == var))
    }

    /// Forgets what a variable is compared with beside constants.
    pub fn keep_plain(&mut self, var: Var) {
        self.comparing.retain(|it| it.form.variables() == BTreeSet::from([var]));
        self.unclear.clear();
    }

    /// The pieces of a variable.
    pub fn pieces(&self, var: Var, doubt: &mut Doubt) -> Vec<Piece> {
        self.pieces_among(var, None, None, doubt)
    }

    /// The same where a quantity is measured otherwise than its variable says, or is cut at a further place.
    pub fn pieces_among(&self, var: Var, measure: Option<&(Type, Number)>, cut: Option<&Number>, doubt: &mut Doubt) -> Vec<Piece> {
        let Some(variable) = self.ground.variable(var) else { return Vec::new() };
        if let Some(why) = self.unclear.get(&var) {
            doubt.get_or_insert(why);
        }
        let none = Constants::default();
        let constants = self.constants.get(&var).unwrap_or(&none);
        let mut pieces = match &variable.domain {
            Domain::YesNo => [true, false].map(|value| Piece { extent: Extent::YesNo(value), value: Datum::YesNo(value) }).to_vec(),
            Domain::OneOf(all) => classes(all, constants),
            Domain::SomeOf(all) => sets(all, constants, doubt),
            Domain::Text => constants.texts.pieces(if variable.source == Source::ActorId { super::ground::ACTOR } else { "x" }, doubt),
            Domain::Quantity(ty, step) => {
                let (ty, step) = measure.map_or((ty, step), |(ty, step)| (ty, step));
                let mut splits = splits(var, &self.comparing, self, doubt);
                splits.extend(cut.cloned().map(Split::before));
                if self.wide && self.unclear.contains_key(&var) {
                    splits.extend(tried(ty).map(Split::before));
                }
                intervals(&splits, ty, step)
            }
        };
        if variable.optional {
            pieces.push(Piece { extent: Extent::Absent, value: Datum::Absent });
        }
        pieces
    }
}

/// A plain value: known, or one that a variable has yet to get.
#[derive(Clone, Debug)]
enum Plain {
    Known(Datum),
    Open(Var),
}
