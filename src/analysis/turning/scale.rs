//! Where the values of a variable lie, and what expressions of one come to.

use super::Turning;
use crate::analysis::ground::{Datum, Domain, Var};
use crate::analysis::linear::{Bent, Scale, places};
use crate::decide::Probe;
use crate::number::Number;
use crate::policy::expr::Type;
use crate::policy::{ActionId, RoleId};

/// Dates from 1900 to 2200; other quantities up to a thousand millions.
const FIRST_DAY: i64 = -25_567;
const LAST_DAY: i64 = 84_006;
const LARGEST: i64 = 1_000_000_000;

impl Scale for Turning<'_, '_> {
    fn grid(&self, var: Var) -> Option<(Number, i64, i64)> {
        let Domain::Quantity(ty, step) = &self.ground.variable(var)?.domain else { return None };
        let (first, last) = match ty {
            Type::Date => (FIRST_DAY, LAST_DAY),
            Type::Datetime => (FIRST_DAY * 86_400, LAST_DAY * 86_400),
            _ => (-LARGEST, LARGEST),
        };
        Some((step.clone(), places(step, first)?, places(step, last)?))
    }

    fn value(&self, bent: &Bent, at: &Number) -> Option<Number> {
        let known = self.questions.get(bent.side).and_then(Option::as_ref);
        let changed = known.and_then(|known| self.ground.changed(bent.side, known, bent.var, at));
        let anew = || {
            let mut point = self.point.clone();
            *point.get_mut(bent.var.0)? = Some(Datum::Number(at.clone()));
            self.ground.question(bent.side, &point, (ActionId::new(0), RoleId::new(0)))
        };
        let question = changed.or_else(anew)?;
        Probe::new(self.ground.sides.get(bent.side)?.program, &question).number(&bent.quantity)
    }
}
