//! Rules, their heads and clauses, and fallbacks.

use super::{Expr, Name, Steps, Text};
use crate::source::{Span, Spanned};

/// `rule …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name.
    pub name: Name,
    /// Its title.
    pub title: Option<Text>,
    /// Who may or may not do what.
    pub head: Head,
    /// In source order.
    pub clauses: Vec<Clause>,
}

/// The sentence of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The whole sentence.
    pub span: Span,
    /// What is granted or forbidden.
    pub actions: Vec<Name>,
    /// Its kind.
    pub kind: HeadKind,
}

/// The three kinds of rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeadKind {
    /// `ROLES may ACTIONS [up to QTY]`
    Permission {
        /// Whom it binds.
        subject: Subject,
        /// `None` is without limit.
        limit: Option<Quantity>,
    },
    /// `ROLES may not ACTIONS [more than QTY] [even if entitled]`
    Prohibition {
        /// Whom it binds.
        subject: Subject,
        /// `None` forbids it whole.
        cap: Option<Quantity>,
        /// Where `even if entitled` stands.
        even_if_entitled: Option<Span>,
    },
    /// `entitled to ACTIONS [of QTY]`
    Entitlement {
        /// `None` is without limit.
        quantity: Option<Quantity>,
    },
}

/// A quantity in a head, a column or an `offer`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// `unlimited`
    Unlimited(Span),
    /// An expression.
    Of(Expr),
}

/// Whom a rule or a promise binds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Named roles.
    Roles(Vec<Name>),
    /// `everyone`
    Everyone(Span),
    /// `nobody` (with `may`; means `everyone may not`)
    Nobody(Span),
}

/// A clause of a rule, a rule table or a fallback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// From its word to its end.
    pub span: Span,
    /// What it says.
    pub kind: ClauseKind,
}

/// The kinds of clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClauseKind {
    /// `when COND`
    When(Expr),
    /// `unless COND`
    Unless(Expr),
    /// `from DATE [by FACT]`
    From(Spanned<jiff::civil::Date>, Option<Name>),
    /// `until DATE [by FACT]`
    Until(Spanned<jiff::civil::Date>, Option<Name>),
    /// `approved by ROLE[, …]`
    ApprovedBy(Vec<Name>),
    /// `charge BUDGET[, …] [by EXPR]`
    Charge(Vec<Name>, Option<Expr>),
    /// `require DUTY[, …] [when COND]`
    Require(Vec<Name>, Option<Expr>),
    /// `because TEXT`
    Because(Text),
    /// `offer ACTION [up to QTY] [when COND]`
    Offer(Name, Option<Quantity>, Option<Expr>),
    /// `advise TEXT [when COND]`
    Advise(Text, Option<Expr>),
    /// `ask ROLE [within DURATION] [when COND]`
    Ask(Name, Option<Steps>, Option<Expr>),
    /// `cites TEXT`
    Cites(Text),
    /// `owner TEXT`
    Owner(Text),
    /// `review by DATE`
    ReviewBy(Spanned<jiff::civil::Date>),
}

/// `fallback ACTIONS`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fallback {
    /// Whose answers it serves.
    pub actions: Vec<Name>,
    /// `offer`, `advise`, `ask` and what all rules may have.
    pub clauses: Vec<Clause>,
}
