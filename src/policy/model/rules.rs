//! Rules and fallbacks.

use jiff::civil::Date;
use thin_vec::ThinVec;

use super::Text;
use crate::policy::expr::{Expr, Steps};
use crate::policy::ids::{ActionId, BudgetId, DutyId, RoleId};
use crate::source::Span;

/// A rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// `small_refund`, or `accept_returns[1]` for a row.
    pub name: Box<str>,
    /// Its title, or its table's.
    pub title: Option<Text>,
    /// Its kind and what belongs only to it.
    pub kind: RuleKind,
    /// What it is about; at least one. Where it has a quantity, all have one measure.
    pub actions: ThinVec<ActionId>,
    /// In force from this day.
    pub from: ThinVec<Day>,
    /// In force until this day, that day included.
    pub until: ThinVec<Day>,
    /// What it charges; for permissions and entitlements.
    pub charges: ThinVec<Charge>,
    /// What it requires; for permissions and entitlements.
    pub requires: ThinVec<Requirement>,
    /// What it offers, advises and where it routes; for prohibitions.
    pub instead: Instead,
    /// What is said to the reader.
    pub because: Option<Text>,
    /// Law or handbook.
    pub cites: ThinVec<Text>,
    /// Who answers for it.
    pub owner: Option<Text>,
    /// After this day `check` warns.
    pub review_by: Option<(Date, Span)>,
    /// Where its name stands, or its row.
    pub span: Span,
}

/// When a rule applies and how far it reaches.
#[derive(Clone, Debug)]
pub struct Terms {
    /// When it applies, besides its dates: the `when`, then `not` the `unless`, then the tests of the row. `None` is always.
    pub condition: Option<Expr>,
    /// Limit, cap or quantity, in the actions' measure; `None` is without limit, but for a prohibition of the whole action.
    pub quantity: Option<Expr>,
}

/// The three kinds of rule.
#[derive(Clone, Debug)]
pub enum RuleKind {
    /// Flows up the hierarchy.
    Permission {
        /// Whom it is given to; the roles above them have it too.
        subject: Subject,
        /// Further people, each of that role or above.
        approved_by: ThinVec<RoleId>,
    },
    /// Flows down the hierarchy.
    Prohibition {
        /// Whom it binds; the roles below them too.
        subject: Subject,
        /// What of it is forbidden.
        cap: Cap,
        /// Whether it also stops what the customer is owed.
        even_if_entitled: bool,
    },
    /// Whoever is asked.
    Entitlement,
}

/// What a prohibition leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cap {
    /// Nothing: it forbids the action whole.
    Nothing,
    /// So much as its terms say.
    UpTo,
    /// Everything: a row of a table whose `more than` is `unlimited`.
    Everything,
}

/// Whom a rule names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Every role.
    Everyone,
    /// These.
    Roles(ThinVec<RoleId>),
}

/// A day that bounds a rule's time in force.
#[derive(Clone, Debug)]
pub struct Day {
    /// The day.
    pub date: Date,
    /// The date that is compared with it: `Today`, or a fact (as a date).
    pub by: Expr,
    /// The clause.
    pub span: Span,
}

/// What a grant takes from a budget.
#[derive(Clone, Debug)]
pub struct Charge {
    /// The budget.
    pub budget: BudgetId,
    /// How much.
    pub by: ChargeBy,
    /// Where it stands.
    pub span: Span,
}

/// How much of a budget a grant takes.
#[derive(Clone, Debug)]
pub enum ChargeBy {
    /// The granted quantity itself.
    Amount,
    /// 1, for a budget that counts.
    Once,
    /// This times the granted quantity; the factor is what one unit of the action's measure costs (one currency unit, one percent point, 1, one second),
    /// in the budget's unit, as a plain number, and reads no `amount`.
    PerUnit(Expr),
    /// A quantity in the budget's unit that does not read `amount`.
    Fixed(Expr),
}

/// A duty that a grant asks for.
#[derive(Clone, Debug)]
pub struct Requirement {
    /// The duty.
    pub duty: DutyId,
    /// When; `None` is always.
    pub when: Option<Expr>,
    /// Where it stands.
    pub span: Span,
}

/// What can be done where something is not granted.
#[derive(Clone, Debug, Default)]
pub struct Instead {
    /// `offer`
    pub offers: ThinVec<Offer>,
    /// `advise`
    pub advice: ThinVec<Advice>,
    /// `ask`
    pub routes: ThinVec<Route>,
}

/// Another action that may be granted.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The action.
    pub action: ActionId,
    /// At most this, in its measure.
    pub up_to: Option<Expr>,
    /// When; `None` is always.
    pub when: Option<Expr>,
    /// Where it stands.
    pub span: Span,
}

/// What can be done that is no grant.
#[derive(Clone, Debug)]
pub struct Advice {
    /// What to say.
    pub text: Text,
    /// When; `None` is always.
    pub when: Option<Expr>,
    /// Where it stands.
    pub span: Span,
}

/// A preferred role to ask.
#[derive(Clone, Debug)]
pub struct Route {
    /// The role.
    pub role: RoleId,
    /// How soon it answers here.
    pub within: Option<Steps>,
    /// When; `None` is always.
    pub when: Option<Expr>,
    /// Where it stands.
    pub span: Span,
}

/// A fallback.
#[derive(Clone, Debug)]
pub struct Fallback {
    /// `fallback refund, accept_return`
    pub name: Box<str>,
    /// Whose answers it serves.
    pub actions: ThinVec<ActionId>,
    /// When it serves; `None` is always.
    pub condition: Option<Expr>,
    /// In force from this day.
    pub from: ThinVec<Day>,
    /// In force until this day, that day included.
    pub until: ThinVec<Day>,
    /// What it offers, advises and where it routes.
    pub instead: Instead,
    /// What is said to the reader.
    pub because: Option<Text>,
    /// Law or handbook.
    pub cites: ThinVec<Text>,
    /// Who answers for it.
    pub owner: Option<Text>,
    /// After this day `check` warns.
    pub review_by: Option<(Date, Span)>,
    /// The item's first line.
    pub span: Span,
}
