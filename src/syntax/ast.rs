//! What was written: names are still names, and nothing is known to be right but the form.
//!
//! Every node that can be the subject of a message carries the [`Span`] of what was written. Comments are not kept here; the formatter finds them in the
//! text.

mod expr;
mod items;
mod rules;
mod tables;
mod tests;

pub use expr::*;
pub use items::*;
pub use rules::*;
pub use tables::*;
pub use tests::*;

use crate::source::{SourceId, Span, Spanned};

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where the text is.
    pub source: SourceId,
    /// The items that could be read, in source order.
    pub items: Vec<Item>,
    /// The names of items that could not be read, so that nobody calls them unknown.
    pub broken: Vec<Name>,
}

/// Something that begins in the first column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// From the keyword to the last character that belongs to it.
    pub span: Span,
    /// What it is.
    pub kind: ItemKind,
}

/// The kinds of item.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is named after the item's keyword")]
pub enum ItemKind {
    Policy(Policy),
    Role(Role),
    Fact(Fact),
    Action(Action),
    Duty(Duty),
    Budget(Budget),
    Define(Define),
    /// `table … gives TYPE`
    Lookup(Lookup),
    Rule(Rule),
    /// A `table` under whose name stands a rule head.
    RuleTable(RuleTable),
    Fallback(Fallback),
    Test(Test),
    Promise(Promise),
}

/// A word as written, in NFC: `agent`, `order.total`, `accept_returns[2]` (the last only where a rule is named).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The characters.
    pub text: String,
    /// Where they stand.
    pub span: Span,
}

/// A quoted text with its escapes resolved.
pub type Quoted = Spanned<String>;

/// A text for people: one for all languages, or one for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// At least one; more than one only where each names its language.
    pub variants: Vec<TextVariant>,
    /// All of them together.
    pub span: Span,
}

/// A text in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextVariant {
    /// `None` serves every language.
    pub language: Option<Name>,
    /// What it says, placeholders still in braces.
    pub value: Quoted,
}
