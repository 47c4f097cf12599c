//! A case as one person sees it: the facts, and what conditions and quantities come to.
//!
//! Nothing here knows of readings. A condition comes to a [`Truth`], a quantity to a [`Range`]; the two readings only differ in what they make of those.

use super::range::Range;
use super::truth::Truth;
use crate::calendar::{self, Calendar};
use crate::number::Number;
use crate::policy::expr::{Distance, Value};
use crate::policy::{BudgetId, ChoiceId, DefinitionId, FactId, Key, LookupId};
use crate::program::node::{Atom, Condition, Offset, Quantity, Scale, TestKind};
use crate::program::{Definition, Lookup, LookupValue, Program};
use crate::question::{FactState, Provenance, Question};
use crate::syntax::ast::{Function, Matching, Quantifier, Side};

/// Which rules of evidence hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Verified facts that are only said are believed, and named as provisional.
    Ask,
    /// They are unknown.
    Grant,
}

/// About whom the question is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Person {
    /// Who asks.
    Asker,
    /// Who asks, with every budget of their own unspent.
    AskerUnspent,
    /// Somebody else of whom nothing is known.
    Other,
}

/// What a person knows of a fact.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fact<'a> {
    Known(&'a Value),
    Absent,
    Unknown,
}

impl<'a> Fact<'a> {
    pub fn value(self) -> Option<&'a Value> {
        match self {
            Self::Known(value) => Some(value),
            Self::Absent | Self::Unknown => None,
        }
    }
}

/// A value that is not a quantity.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Datum<'a> {
    Known(Plain<'a>),
    /// The id of somebody else: equal to no text that was supplied.
    Stranger,
    Unknown,
    Absent,
    Undefined,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Plain<'a> {
    Text(&'a str),
    Choice(ChoiceId),
    Set(&'a [ChoiceId]),
    YesNo(bool),
    Quantity(&'a Number),
}

impl<'a> From<&'a Value> for Plain<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Text(text) => Self::Text(text),
            Value::Choice(id) => Self::Choice(*id),
            Value::Set(ids) => Self::Set(ids),
            Value::YesNo(value) => Self::YesNo(*value),
            Value::Quantity(number) => Self::Quantity(number),
        }
    }
}

/// A case as one person sees it.
#[derive(Clone, Copy)]
pub(crate) struct Case<'a> {
    pub program: &'a Program,
    pub question: &'a Question,
    pub mode: Mode,
    pub person: Person,
}

impl<'a> Case<'a> {
    pub fn of(self, person: Person) -> Self {
        Self { person, ..self }
    }

    pub fn calendar(self) -> Calendar<'a> {
        Calendar { zone: &self.program.zone, holidays: &self.program.holidays }
    }

    /// What is known of a fact, about this person, under these rules of evidence.
    #[inline]
    pub fn fact(self, id: FactId) -> Fact<'a> {
        if self.mode == Mode::Ask && self.is_asker() {
            return match self.question.fact(id) {
                FactState::Known(value, _) => Fact::Known(value),
                FactState::Absent(_) => Fact::Absent,
                FactState::Unknown => Fact::Unknown,
            };
        }
        let Some(fact) = self.program.fact(id) else { return Fact::Unknown };
        let accepts = |from: Provenance| self.mode == Mode::Ask || !fact.verified || from == Provenance::Record;
        if fact.about_actor && self.person == Person::Other {
            return fact.default.as_ref().filter(|_| accepts(Provenance::Default)).map_or(Fact::Unknown, Fact::Known);
        }
        match self.question.fact(id) {
            FactState::Known(value, from) if accepts(*from) => Fact::Known(value),
            FactState::Absent(from) if accepts(*from) => Fact::Absent,
            _ => Fact::Unknown,
        }
    }

    /// Whether a verified fact is used here although no system of record said it.
    pub fn is_provisional(self, id: FactId) -> bool {
        let verified = self.program.fact(id).is_some_and(|fact| fact.verified);
        let from = match self.question.fact(id) {
            FactState::Unknown => None,
            FactState::Known(_, from) | FactState::Absent(from) => Some(*from),
        };
        verified && from.is_some_and(|from| from != Provenance::Record)
    }

    fn is_asker(self) -> bool {
        self.person != Person::Other
    }

    /// Whether a bucket's key is known (absent is known).
    pub fn knows_key(self, key: Key) -> bool {
        match key {
            Key::Actor => !self.is_asker() || self.question.actor.id.is_some(),
            Key::Team => self.question.actor.team.is_some(),
            Key::Fact(id) => !matches!(self.fact(id), Fact::Unknown),
        }
    }

    /// What the bucket of a budget has used: a range that is not known where a key is unknown.
    pub fn spent(self, id: BudgetId) -> Range {
        let Some(budget) = self.program.budget(id) else { return Range::undefined() };
        // Somebody of whom nothing is known has spent nothing, whatever else the bucket is kept by.
        if budget.keys.contains(&Key::Actor) && self.person != Person::Asker {
            return Range::known(Number::ZERO);
        }
        if !budget.keys.iter().all(|key| self.knows_key(*key)) {
            return Range::between(Some(Number::ZERO), None);
        }
        Range::known(self.question.spent(id).clone())
    }

    pub fn condition(self, condition: &'a Condition, amount: Option<&Number>) -> Truth {
        match condition {
            Condition::Constant(value) => Truth::known(*value),
            Condition::And(parts, _) => self.all(Truth::YES, parts.iter(), amount),
            Condition::Or(parts, _) => self.any(parts, amount),
            Condition::Not(part, _) => !self.condition(part, amount),
            Condition::Definition(id) => self.definition(*id, amount),
            Condition::Gate(gate, _) => self.gate(*gate),
            Condition::Test(test) => self.test(&test.kind, amount),
        }
    }

    /// What some parts and what is known of others come to together.
    pub(super) fn all(self, mut truth: Truth, parts: impl Iterator<Item = &'a Condition>, amount: Option<&Number>) -> Truth {
        for part in parts {
            truth = truth.and(self.condition(part, amount));
            if truth.is_surely_no() {
                break;
            }
        }
        truth
    }

    fn any(self, parts: &'a [Condition], amount: Option<&Number>) -> Truth {
        let mut truth = Truth::NO;
        for part in parts {
            truth = truth.or(self.condition(part, amount));
            if truth.is_surely_yes() {
                break;
            }
        }
        truth
    }

    fn definition(self, id: DefinitionId, amount: Option<&Number>) -> Truth {
        match self.program.definitions.get(id.index()) {
            Some(Definition::Condition(body)) => self.condition(body, amount),
            _ => Truth::UNDEFINED,
        }
    }

    fn test(self, kind: &'a TestKind, amount: Option<&Number>) -> Truth {
        match kind {
            TestKind::Flag(id) => self.flag(*id),
            TestKind::Lookup(id) => self.truth_table(*id, amount),
            TestKind::Present(id) => self.presence(*id),
            TestKind::Compare(left, how, right) => self.quantity(left, amount).compare(*how, &self.quantity(right, amount)),
            TestKind::Between(value, low, high) => {
                use crate::policy::expr::Comparison::{AtLeast, AtMost};
                let value = self.quantity(value, amount);
                value.compare(AtLeast, &self.quantity(low, amount)).and(value.compare(AtMost, &self.quantity(high, amount)))
            }
            TestKind::OneOf(value, among) => self.one_of(value, among, amount),
            TestKind::Includes(set, quantifier, choices) => self.includes(set, *quantifier, choices, amount),
            TestKind::Match(text, how, pattern) => self.matches(text, *how, pattern, amount),
            TestKind::Offset(offset) => self.offset(offset, amount),
        }
    }

    fn flag(self, id: FactId) -> Truth {
        match self.fact(id) {
            Fact::Known(Value::YesNo(value)) => Truth::known(*value),
            Fact::Unknown => Truth::UNKNOWN,
            _ => Truth::UNDEFINED,
        }
    }

    fn presence(self, id: FactId) -> Truth {
        match self.fact(id) {
            Fact::Known(_) => Truth::YES,
            Fact::Absent => Truth::NO,
            Fact::Unknown => Truth::UNKNOWN,
        }
    }

    /// What the rows that can hold come to together, and whether one of them surely holds. The rows beside one that surely holds do not matter, since no two that can
    /// both hold differ.
    fn rows<T>(
        self,
        lookup: &'a Lookup,
        amount: Option<&Number>,
        value: impl Fn(&'a LookupValue) -> T,
        join: impl Fn(T, T) -> T,
    ) -> (Option<T>, bool) {
        let mut found = None;
        for entry in self.possible(&lookup.screen) {
            let Some((when, row)) = lookup.rows.get(entry.item as usize) else { continue };
            let truth = self.entry(entry, &lookup.gates, when, amount);
            if truth.is_surely_yes() {
                return (Some(value(row)), true);
            }
            if truth.can_be_yes() {
                let value = value(row);
                found = Some(match found {
                    Some(found) => join(found, value),
                    None => value,
                });
            }
        }
        (found, lookup.complete)
    }

    fn truth_table(self, id: LookupId, amount: Option<&Number>) -> Truth {
        let Some(lookup) = self.program.lookup(id) else { return Truth::UNDEFINED };
        let value = |value: &'a LookupValue| match value {
            LookupValue::Condition(condition) => self.condition(condition, amount),
            _ => Truth::UNDEFINED,
        };
        match self.rows(lookup, amount, value, Truth::or_else) {
            (Some(truth), true) => truth,
            (Some(truth), false) => truth.or_else(Truth::UNDEFINED),
            (None, _) => Truth::UNDEFINED,
        }
    }

    fn datum(self, atom: &'a Atom, amount: Option<&Number>) -> Datum<'a> {
        let text = |text: &'a Option<String>| text.as_ref().map_or(Datum::Unknown, |text| Datum::Known(Plain::Text(text)));
        match atom {
            Atom::Constant(value) => Datum::Known(value.into()),
            Atom::Fact(id) => match self.fact(*id) {
                Fact::Known(value) => Datum::Known(value.into()),
                Fact::Absent => Datum::Absent,
                Fact::Unknown => Datum::Unknown,
            },
            Atom::ActorId if self.is_asker() => text(&self.question.actor.id),
            Atom::ActorId => Datum::Stranger,
            Atom::ActorTeam => text(&self.question.actor.team),
            Atom::Lookup(id) => self.atom_table(*id, amount),
        }
    }

    /// Known where all rows that can hold agree. Where a gap is possible beside them the value is unknown, so that it is never surely anything.
    fn atom_table(self, id: LookupId, amount: Option<&Number>) -> Datum<'a> {
        let Some(lookup) = self.program.lookup(id) else { return Datum::Undefined };
        let value = |value: &'a LookupValue| match value {
            LookupValue::Atom(atom) => self.datum(atom, amount),
            _ => Datum::Undefined,
        };
        // Rows that do not agree leave it unknown, and so does whatever joins those.
        let join = |one: (Datum<'a>, bool), other: (Datum<'a>, bool)| (one.0, one.1 && one.0 == other.0);
        match self.rows(lookup, amount, |row| (value(row), true), join) {
            (None, _) => Datum::Undefined,
            (Some((datum, true)), true) => datum,
            (Some(_), _) => Datum::Unknown,
        }
    }

    fn one_of(self, value: &'a Atom, among: &'a [Atom], amount: Option<&Number>) -> Truth {
        let value = self.datum(value, amount);
        let each = among.iter().map(|other| same(&value, &self.datum(other, amount)));
        each.fold(Truth::NO, Truth::or)
    }

    fn includes(self, set: &'a Atom, quantifier: Quantifier, choices: &[ChoiceId], amount: Option<&Number>) -> Truth {
        let set = self.datum(set, amount);
        let holds = |choice: &ChoiceId| match &set {
            Datum::Known(Plain::Set(set)) => Truth::known(set.binary_search(choice).is_ok()),
            Datum::Unknown => Truth::UNKNOWN,
            _ => Truth::UNDEFINED,
        };
        match quantifier {
            Quantifier::All => choices.iter().map(holds).fold(Truth::YES, Truth::and),
            Quantifier::One | Quantifier::Any => choices.iter().map(holds).fold(Truth::NO, Truth::or),
        }
    }

    fn matches(self, text: &'a Atom, how: Matching, pattern: &'a Atom, amount: Option<&Number>) -> Truth {
        let (text, pattern) = (self.datum(text, amount), self.datum(pattern, amount));
        match (&text, &pattern) {
            (Datum::Known(Plain::Text(text)), Datum::Known(Plain::Text(pattern))) => Truth::known(match how {
                Matching::StartsWith => text.starts_with(pattern),
                Matching::EndsWith => text.ends_with(pattern),
                Matching::Contains => text.contains(pattern),
            }),
            (Datum::Known(_), Datum::Known(_)) | (Datum::Absent | Datum::Undefined, _) | (_, Datum::Absent | Datum::Undefined) => Truth::UNDEFINED,
            (Datum::Unknown, _) | (_, Datum::Unknown) => Truth::UNKNOWN,
            (Datum::Stranger, Datum::Stranger) => Truth::YES,
            (Datum::Stranger, _) | (_, Datum::Stranger) => Truth::NO,
        }
    }

    fn offset(self, offset: &'a Offset, amount: Option<&Number>) -> Truth {
        use crate::policy::expr::Comparison::{AtLeast, AtMost, Greater, Less};
        let subject = self.quantity(&offset.subject, amount);
        let anchor = self.quantity(&offset.anchor, amount);
        let mut steps = offset.steps.clone();
        if offset.side == Side::Before {
            steps.count = steps.count.negate();
        }
        let moved = self.shift(&anchor, &steps, offset.scale);
        match (offset.distance, offset.side) {
            (Distance::Within, Side::After) => subject.compare(AtLeast, &anchor).and(subject.compare(AtMost, &moved)),
            (Distance::Within, Side::Before) => subject.compare(AtMost, &anchor).and(subject.compare(AtLeast, &moved)),
            (Distance::MoreThan, Side::After) => subject.compare(Greater, &moved),
            (Distance::MoreThan, Side::Before) => subject.compare(Less, &moved),
            (Distance::AtLeast, Side::After) => subject.compare(AtLeast, &moved),
            (Distance::AtLeast, Side::Before) => subject.compare(AtMost, &moved),
        }
    }

    fn shift(self, from: &Range, steps: &crate::policy::expr::Steps, scale: Scale) -> Range {
        let calendar = self.calendar();
        from.rising(|at| match scale {
            Scale::Datetime => calendar.shift_moment(at, steps),
            Scale::Date => calendar.shift_date(at.to_i64()?, steps.count.to_i64()?, steps.unit).map(Number::from),
        })
    }

    pub fn quantity(self, quantity: &'a Quantity, amount: Option<&Number>) -> Range {
        let inner = |inner: &'a Quantity| self.quantity(inner, amount);
        match quantity {
            Quantity::Constant(number) => Range::known(number.clone()),
            Quantity::Fact(id) => self.number(*id),
            Quantity::Definition(id) => match self.program.definitions.get(id.index()) {
                Some(Definition::Quantity(body)) => self.quantity(body, amount),
                _ => Range::undefined(),
            },
            Quantity::Lookup(id) => self.table(*id, amount),
            Quantity::Amount => amount.map_or_else(|| Range::between(Some(Number::ZERO), None), |amount| Range::known(amount.clone())),
            Quantity::Today => Range::known(calendar::days(self.calendar().date_of(self.question.at)).into()),
            Quantity::Now => Range::known(calendar::seconds(self.question.at)),
            Quantity::Spent(id) => self.spent(*id),
            Quantity::Choose(function, parts) => self.choose(*function, parts, amount),
            Quantity::Negate(part) => inner(part).negate(),
            Quantity::Add(pair) => inner(&pair.0).add(&inner(&pair.1)),
            Quantity::Multiply(pair) => inner(&pair.0).multiply(&inner(&pair.1)),
            Quantity::Divide(pair) => inner(&pair.0).divide(&inner(&pair.1)),
            Quantity::Shift(base, steps, scale) => self.shift(&inner(base), steps, *scale),
            Quantity::DateOf(part) => {
                let calendar = self.calendar();
                inner(part).rising(|at| Some(calendar::days(calendar.date_of(calendar::moment(at)?)).into()))
            }
            Quantity::Rounded(part, rounding, step) => inner(part).round(step, *rounding),
            Quantity::NumberOf(unit, pair, scale) => self.number_of(*unit, &inner(&pair.0), &inner(&pair.1), *scale),
            Quantity::StartOf(period, part) => inner(part).rising(|at| on_date(at, |date| calendar::start_of(*period, date))),
            Quantity::EndOf(period, part) => inner(part).rising(|at| on_date(at, |date| calendar::end_of(*period, date))),
            Quantity::DaysInMonth(part) => days_in_month(&inner(part)),
        }
    }

    fn number(self, id: FactId) -> Range {
        match self.fact(id) {
            Fact::Known(Value::Quantity(number)) => Range::known(number.clone()),
            Fact::Unknown => Range::anything(),
            _ => Range::undefined(),
        }
    }

    fn table(self, id: LookupId, amount: Option<&Number>) -> Range {
        let Some(lookup) = self.program.lookup(id) else { return Range::undefined() };
        let value = |value: &'a LookupValue| match value {
            LookupValue::Quantity(quantity) => self.quantity(quantity, amount),
            _ => Range::undefined(),
        };
        let (value, some_row_holds) = self.rows(lookup, amount, value, Range::hull);
        let value = value.unwrap_or_else(Range::undefined);
        if some_row_holds { value } else { value.or_undefined() }
    }

    fn choose(self, function: Function, parts: &'a [Quantity], amount: Option<&Number>) -> Range {
        let parts = parts.iter().map(|part| self.quantity(part, amount));
        let chosen = match function {
            Function::Min => parts.reduce(|a, b| a.min(&b)),
            Function::Max => parts.reduce(|a, b| a.max(&b)),
        };
        chosen.unwrap_or_else(Range::undefined)
    }

    /// Rises with the end and falls with the beginning.
    fn number_of(self, unit: crate::syntax::ast::Unit, from: &Range, to: &Range, scale: Scale) -> Range {
        let count = |from: Option<&Number>, to: Option<&Number>| -> Option<Option<Number>> { Some(self.count(unit, from?, to?, scale)) };
        if from.is_surely_undefined() || to.is_surely_undefined() {
            return Range::undefined();
        }
        let low = count(from.high(), to.low()).unwrap_or(Some(Number::ZERO));
        let high = count(from.low(), to.high());
        let range = match (low, high) {
            (None, Some(None)) => Range::undefined(),
            (None, high) => Range::between(Some(Number::ZERO), high.flatten()).or_undefined(),
            (low, Some(None)) => Range::between(low, None).or_undefined(),
            (low, high) => Range::between(low, high.flatten()),
        };
        if from.may_be_undefined() || to.may_be_undefined() { range.or_undefined() } else { range }
    }

    fn count(self, unit: crate::syntax::ast::Unit, from: &Number, to: &Number, scale: Scale) -> Option<Number> {
        use crate::syntax::ast::Unit;
        match scale {
            Scale::Date => self.calendar().number_of_days(unit, from.to_i64()?, to.to_i64()?).map(Number::from),
            Scale::Datetime => {
                let length = Number::from(if unit == Unit::Hour { 3600 } else { 60 });
                let whole = to.subtract(from)?.divide(&length)?.floor()?;
                Some(Number::from(whole.max(0)))
            }
        }
    }
}

fn on_date(at: &Number, f: impl Fn(jiff::civil::Date) -> Option<jiff::civil::Date>) -> Option<Number> {
    f(calendar::date(at.to_i64()?)?).map(|date| calendar::days(date).into())
}

/// Not monotonous: between 28 and 31 unless the month is known.
fn days_in_month(date: &Range) -> Range {
    if date.is_surely_undefined() {
        return Range::undefined();
    }
    if let Some(at) = date.as_known() {
        return Range::computed(at.to_i64().and_then(calendar::date).map(|date| i64::from(date.days_in_month()).into()));
    }
    let range = Range::between(Some(28.into()), Some(31.into()));
    if date.may_be_undefined() { range.or_undefined() } else { range }
}

fn same(a: &Datum<'_>, b: &Datum<'_>) -> Truth {
    match (a, b) {
        (Datum::Known(a), Datum::Known(b)) => Truth::known(a == b),
        (Datum::Absent | Datum::Undefined, _) | (_, Datum::Absent | Datum::Undefined) => Truth::UNDEFINED,
        (Datum::Unknown, _) | (_, Datum::Unknown) => Truth::UNKNOWN,
        (Datum::Stranger, Datum::Stranger) => Truth::YES,
        (Datum::Stranger, _) | (_, Datum::Stranger) => Truth::NO,
    }
}
