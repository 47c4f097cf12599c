//! What a quantity may come to, in multiples of variables as far as that goes.

use super::Turning;
use crate::analysis::ground::{Clock, Datum, Domain, Var};
use crate::analysis::linear::{Bent, Comparing, Linear, Way};
use crate::number::Number;
use crate::policy::FactRef;
use crate::policy::expr::Steps;
use crate::program::node::{Quantity, Scale};
use crate::program::{Definition, LookupValue};
use crate::syntax::ast::{Function, Unit};

/// So many ways in which a quantity may be put together are told apart.
const MOST_WAYS: usize = 40;

const NOT_LINEAR: &str = "a comparison multiplies or divides facts by each other";

impl<'a> Turning<'_, 'a> {
    /// Everything that a quantity may come to, as linear forms; `None` where that cannot be told, or it surely has no value.
    pub fn forms(&mut self, side: usize, quantity: &'a Quantity) -> Option<Vec<Linear>> {
        let forms = match quantity {
            Quantity::Constant(number) => vec![Linear::constant(number.clone())],
            Quantity::Fact(id) => vec![self.variable(self.ground.var(side, FactRef::Fact(*id))?)?],
            Quantity::Spent(id) => {
                // Which bucket it is has to be known.
                let keys = self.ground.sides.get(side).and_then(|side| side.program.budget(*id)).map_or(&[][..], |budget| budget.keys.as_slice());
                self.note_all(side, keys.iter().map(|key| crate::program::key_ref(*key)));
                vec![self.variable(self.ground.spent(side, *id)?)?]
            }
            Quantity::Amount => vec![self.variable(self.ground.amount())?],
            Quantity::Today | Quantity::Now => vec![self.clock(side, quantity)?],
            Quantity::Definition(id) => match self.definition(side, id.index())? {
                Definition::Quantity(body) => self.forms(side, body)?,
                _ => return None,
            },
            Quantity::Lookup(id) => {
                let values = self.rows(side, *id);
                let quantities =
                    values.into_iter().filter_map(|value| if let LookupValue::Quantity(quantity) = value { Some(quantity) } else { None });
                quantities.collect::<Vec<_>>().into_iter().filter_map(|value| self.forms(side, value)).flatten().collect()
            }
            Quantity::Choose(function, parts) => self.choose(side, *function, parts)?,
            Quantity::Negate(part) => self.forms(side, part)?.iter().map(|form| form.times(&Number::from(-1))).collect::<Option<_>>()?,
            Quantity::Add(pair) => {
                let (left, right) = (self.forms(side, &pair.0)?, self.forms(side, &pair.1)?);
                left.iter().flat_map(|left| right.iter().map(move |right| left.plus(right))).collect::<Option<_>>()?
            }
            Quantity::Multiply(pair) => self.product(side, quantity, pair)?,
            Quantity::Divide(pair) if self.reads(side, &pair.1).is_empty() => {
                let divisor = Number::ONE.divide(&self.probe(side)?.number(&pair.1)?)?;
                self.forms(side, &pair.0)?.iter().map(|form| form.times(&divisor)).collect::<Option<_>>()?
            }
            Quantity::Shift(base, steps, scale) => match calendar_length(steps, *scale) {
                Some(length) => self.forms(side, base)?.iter().map(|form| form.plus(&Linear::constant(length.clone()))).collect::<Option<_>>()?,
                None => return self.bent(side, quantity.clone()),
            },
            Quantity::Rounded(inner, ..) => {
                // What stands inside is cut first where it is put together of several.
                if self.reads(side, quantity).len() > 1 {
                    self.forms(side, inner);
                }
                return self.bent(side, quantity.clone());
            }
            Quantity::Divide(_)
            | Quantity::DateOf(_)
            | Quantity::NumberOf(..)
            | Quantity::StartOf(..)
            | Quantity::EndOf(..)
            | Quantity::DaysInMonth(_) => return self.bent(side, quantity.clone()),
        };
        if forms.len() > MOST_WAYS {
            for var in self.reads(side, quantity) {
                self.unclear.insert(var, NOT_LINEAR);
            }
            return None;
        }
        Some(forms)
    }

    fn variable(&mut self, var: Var) -> Option<Linear> {
        match self.value(var) {
            Some(Datum::Number(number)) => Some(Linear::constant(number.clone())),
            Some(_) => None,
            None => {
                self.note(var);
                Some(Linear::variable(var))
            }
        }
    }

    /// A variable as a form: its value where that is settled.
    pub fn settled(&self, var: Var) -> Linear {
        if let Some(Datum::Number(number)) = self.value(var) { Linear::constant(number.clone()) } else { Linear::variable(var) }
    }

    fn clock(&mut self, side: usize, quantity: &Quantity) -> Option<Linear> {
        let (var, clock) = self.ground.clock();
        match (clock, quantity) {
            (Clock::Days, Quantity::Today) | (Clock::Moments, Quantity::Now) => self.variable(var),
            (Clock::Moments, _) if self.is_open(var) => {
                self.note(var);
                Some(Linear::bent(Bent::new(side, var, quantity.clone(), Way::Up)))
            }
            _ => Some(Linear::constant(self.probe(side)?.number(quantity)?)),
        }
    }

    fn choose(&mut self, side: usize, _: Function, parts: &'a [Quantity]) -> Option<Vec<Linear>> {
        let mut all: Vec<Linear> = Vec::new();
        for part in parts {
            let more = self.forms(side, part)?;
            for one in &all {
                for other in &more {
                    self.comparing.extend(one.minus(other).filter(|form| !form.is_constant()).map(Comparing::both));
                }
            }
            all.extend(more);
        }
        Some(all)
    }

    fn product(&mut self, side: usize, whole: &'a Quantity, pair: &'a (Quantity, Quantity)) -> Option<Vec<Linear>> {
        let (left, right) = (self.forms(side, &pair.0)?, self.forms(side, &pair.1)?);
        let constant = |forms: &[Linear]| forms.iter().all(Linear::is_constant);
        let (factors, forms) = if constant(&left) { (left, right) } else { (right, left) };
        if !constant(&factors) {
            return self.bent(side, whole.clone());
        }
        factors.iter().flat_map(|factor| forms.iter().map(|form| form.times(&factor.constant))).collect()
    }

    /// Something that is no multiple of a variable, but goes one way.
    pub(super) fn bent(&mut self, side: usize, quantity: Quantity) -> Option<Vec<Linear>> {
        let reads = self.reads(side, &quantity);
        for var in &reads {
            self.note(*var);
        }
        let mut read = reads.iter();
        match (read.next(), read.next()) {
            (None, _) => Some(vec![Linear::constant(self.probe(side)?.number(&quantity)?)]),
            (Some(var), None) => {
                if let Ok(Some(way)) = self.way(side, &quantity) {
                    return Some(vec![Linear::bent(Bent::new(side, *var, quantity, way))]);
                }
                self.unclear.insert(*var, NOT_LINEAR);
                None
            }
            _ => {
                // The values of an enumeration that tell what is rounded were cut when its inside was looked into.
                let is_rounded = matches!(quantity, Quantity::Rounded(..));
                let is_cut =
                    |var: &Var| is_rounded && matches!(self.ground.variable(*var).map(|it| &it.domain), Some(Domain::OneOf(_) | Domain::YesNo));
                let unclear: Vec<Var> = reads.into_iter().filter(|var| !is_cut(var)).collect();
                self.unclear.extend(unclear.into_iter().map(|var| (var, NOT_LINEAR)));
                None
            }
        }
    }

    /// Which way a quantity goes as its open variable grows; `None` where it stays.
    fn way(&self, side: usize, quantity: &Quantity) -> Result<Option<Way>, ()> {
        let agree = |one: Option<Way>, other: Option<Way>| match (one, other) {
            (Some(one), Some(other)) if one != other => Err(()),
            (one, other) => Ok(one.or(other)),
        };
        if self.reads(side, quantity).is_empty() {
            return Ok(None);
        }
        let turned = |way: Option<Way>| way.map(Way::turned);
        match quantity {
            Quantity::Fact(_) | Quantity::Spent(_) | Quantity::Amount | Quantity::Today | Quantity::Now => Ok(Some(Way::Up)),
            Quantity::Definition(id) => match self.definition(side, id.index()) {
                Some(Definition::Quantity(body)) => self.way(side, body),
                _ => Err(()),
            },
            Quantity::Choose(_, parts) => parts.iter().try_fold(None, |way, part| agree(way, self.way(side, part)?)),
            Quantity::Negate(part) => Ok(turned(self.way(side, part)?)),
            Quantity::Add(pair) => agree(self.way(side, &pair.0)?, self.way(side, &pair.1)?),
            Quantity::NumberOf(_, pair, _) => agree(turned(self.way(side, &pair.0)?), self.way(side, &pair.1)?),
            Quantity::Multiply(pair) | Quantity::Divide(pair) => {
                let is_division = matches!(quantity, Quantity::Divide(_));
                let known = |part: &Quantity| self.probe(side).filter(|_| self.reads(side, part).is_empty()).and_then(|probe| probe.number(part));
                let (factor, other) = match (known(&pair.0), known(&pair.1)) {
                    (_, Some(factor)) => (factor, &pair.0),
                    (Some(factor), None) if !is_division => (factor, &pair.1),
                    _ => return Err(()),
                };
                let way = self.way(side, other)?;
                Ok(if factor < Number::ZERO { turned(way) } else { way })
            }
            Quantity::Shift(part, ..)
            | Quantity::DateOf(part)
            | Quantity::Rounded(part, ..)
            | Quantity::StartOf(_, part)
            | Quantity::EndOf(_, part) => self.way(side, part),
            Quantity::Constant(_) => Ok(None),
            Quantity::Lookup(id) => match self.only_row(side, *id) {
                Some(LookupValue::Quantity(value)) => self.way(side, value),
                _ => Err(()),
            },
            Quantity::DaysInMonth(_) => Err(()),
        }
    }
}

/// How far a step along the calendar moves a date or moment, where that is always the same.
pub(super) fn calendar_length(steps: &Steps, scale: Scale) -> Option<Number> {
    match (steps.unit, scale) {
        (Unit::Day, Scale::Date) => Some(steps.count.clone()),
        (Unit::Week, Scale::Date) => steps.count.multiply(&Number::from(7)),
        (Unit::Hour, Scale::Datetime) => steps.count.multiply(&Number::from(3600)),
        (Unit::Minute, Scale::Datetime) => steps.count.multiply(&Number::from(60)),
        _ => None,
    }
}
