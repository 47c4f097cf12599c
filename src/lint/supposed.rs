//! Conditions that nobody wrote, so that a case can be looked for in which they hold.

use super::Subject;
use crate::number::Number;
use crate::policy::FactRef;
use crate::policy::expr::{Comparison, Type};
use crate::program::node::{Condition, Quantity, Reads, Test, TestKind};
use crate::source::Span;

/// That the amount compares so with a quantity.
pub(super) fn amount_is(how: Comparison, quantity: &Quantity) -> Condition {
    let kind = TestKind::Compare(Quantity::Amount, how, quantity.clone());
    Condition::Test(Box::new(Test { span: Span::default(), kind }))
}

/// A quantity, compared with zero.
fn against_zero(quantity: Quantity, how: Comparison) -> Condition {
    let kind = TestKind::Compare(quantity, how, Quantity::Constant(Number::ZERO));
    Condition::Test(Box::new(Test { span: Span::default(), kind }))
}

/// That a quantity compares so with zero, while the facts that it reads and that measure something are zero or more, as such facts are.
pub(super) fn in_customary_cases(on: Subject<'_>, quantity: &Quantity, how: Comparison) -> Vec<Condition> {
    let mut reads = Reads::default();
    quantity.reads(&on.program.named(), &mut reads);
    let measured = reads.facts.iter().filter_map(|fact| match fact {
        FactRef::Fact(id) => Some(*id).filter(|id| {
            let ty = on.policy.fact(*id).map(|fact| &fact.ty);
            matches!(ty, Some(Type::Money | Type::Percent | Type::Number | Type::Duration))
        }),
        _ => None,
    });
    let mut conditions = vec![against_zero(quantity.clone(), how)];
    conditions.extend(measured.map(|id| against_zero(Quantity::Fact(id), Comparison::AtLeast)));
    conditions
}
