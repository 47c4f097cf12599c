//! Ids: which of a policy's things, by its place in the policy's own list.

macro_rules! ids {
    ($($(#[doc = $doc:literal])+ $name:ident;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(u32);

        impl $name {
            pub(crate) fn new(index: usize) -> Self {
                Self(u32::try_from(index).unwrap_or(u32::MAX))
            }

            /// The place in the policy's list.
            #[must_use]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )+};
}

ids! {
    /// A role.
    RoleId;
    /// A fact.
    FactId;
    /// A value of some `one of` or `some of`; equal names are equal values, whichever fact they belong to.
    ChoiceId;
    /// An action.
    ActionId;
    /// A duty.
    DutyId;
    /// A budget.
    BudgetId;
    /// A `define`.
    DefinitionId;
    /// A `table … gives TYPE`.
    LookupId;
    /// A rule: written as one, or a row of a table.
    RuleId;
    /// A fallback.
    FallbackId;
}
