//! What an expression may read where it stands.

use crate::policy::ActionId;
use crate::policy::expr::Type;

/// What `amount` is where an expression stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum AmountScope {
    /// The quantity asked for, in this measure.
    Measure(Type),
    /// The actions have no measure in common, or this one has none: why, for the message, and which one that is.
    NoUnit(String, Option<ActionId>),
    /// The actions themselves could not be understood, which was reported.
    Unknown,
    /// There is no question here.
    Nowhere,
}

/// What an expression may read where it stands.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    pub(super) amount: AmountScope,
}

impl Scope {
    /// Where a plain value is needed.
    pub(super) fn constant() -> Self {
        Self { amount: AmountScope::Nowhere }
    }

    /// Where facts can be read, but there is no quantity.
    pub(super) fn facts() -> Self {
        Self { amount: AmountScope::Nowhere }
    }

    /// Beside actions that could not be understood.
    pub(super) fn unknown() -> Self {
        Self { amount: AmountScope::Unknown }
    }

    pub(super) fn measured(measure: Type) -> Self {
        Self { amount: AmountScope::Measure(measure) }
    }

    pub(super) fn measure(&self) -> Option<&Type> {
        if let AmountScope::Measure(measure) = &self.amount { Some(measure) } else { None }
    }
}
