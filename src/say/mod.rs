//! Answers in words: sentences that an agent can act on, and the form for a terminal.
//!
//! A policy's own texts are in the reader's language where they have it. Kulanz's own sentences are German or English; a reader of another language gets
//! the English ones around the policy's texts.

mod cells;
mod contacts;
mod figures;
mod human;
mod names;
mod reasons;
mod sentence;
mod tongue;

pub use human::Colour;
pub(crate) use reasons::condition;
pub use tongue::Tongue;

use crate::decide::Decision;
use crate::number::Number;
use crate::policy::{FactRef, Piece, Policy, Template, Text};
use crate::question::Question;

/// A policy spoken in one of its languages.
#[derive(Clone, Copy, Debug)]
pub struct Speech<'p> {
    pub(crate) policy: &'p Policy,
    code: &'p str,
    tongue: Tongue,
}

impl<'p> Speech<'p> {
    /// `language` is a place in the policy's `languages`; beyond them it is the default one.
    #[must_use]
    pub fn new(policy: &'p Policy, language: usize) -> Self {
        let code = policy.languages.get(language).or(policy.languages.first()).map_or("en", String::as_str);
        Self { policy, code, tongue: Tongue::of(code) }
    }

    /// The variant of a text for this reader: in the language, else the one that serves all, else the policy's default language, else English, else the first.
    fn variant<'t>(&self, text: &'t Text) -> Option<&'t Template> {
        let find = |code: Option<&str>| text.variants.iter().find(|(language, _)| language.as_deref() == code).map(|(_, template)| template);
        let default = self.policy.languages.first().map(String::as_str);
        find(Some(self.code))
            .or_else(|| find(None))
            .or_else(|| find(default))
            .or_else(|| find(Some("en")))
            .or_else(|| text.variants.first().map(|(_, template)| template))
    }

    /// A text without a case: its placeholders stand as `—`.
    #[must_use]
    pub fn plain(&self, text: &Text) -> String {
        self.fill(text, None)
    }

    /// A text in a case.
    #[must_use]
    pub fn text(&self, text: &Text, question: &Question, decision: &Decision) -> String {
        self.fill(text, Some((question, decision)))
    }

    fn fill(&self, text: &Text, case: Option<(&Question, &Decision)>) -> String {
        let pieces = self.variant(text).map_or(&[][..], |template| &template.0);
        pieces.iter().map(|piece| self.piece(piece, case)).collect()
    }

    fn piece(&self, piece: &Piece, case: Option<(&Question, &Decision)>) -> String {
        let filled = match (piece, case) {
            (Piece::Plain(text), _) => Some(text.clone()),
            (_, None) => None,
            (piece, Some((question, decision))) => self.placeholder(piece, question, decision),
        };
        filled.unwrap_or_else(|| figures::NOTHING.to_owned())
    }

    fn placeholder(&self, piece: &Piece, question: &Question, decision: &Decision) -> Option<String> {
        match piece {
            Piece::Plain(text) => Some(text.clone()),
            Piece::Amount => decision.amount.as_ref().map(|amount| self.quantity(self.measure(decision.action), amount)),
            Piece::Limit => self.limit(decision.action, &decision.limit),
            Piece::Left => self.left(decision),
            Piece::Fact(id) => Some(self.fact_value(question, FactRef::Fact(*id))),
            Piece::ActorId => Some(self.fact_value(question, FactRef::ActorId)),
            Piece::ActorTeam => Some(self.fact_value(question, FactRef::ActorTeam)),
            Piece::Today => Some(self.date(self.policy.time_zone.to_datetime(question.at).date())),
            Piece::Now => Some(self.moment(question.at)),
        }
    }

    /// What is left of the budget that binds: of those in the action's measure the one with the least left, else of all.
    fn left(&self, decision: &Decision) -> Option<String> {
        let measure = self.measure(decision.action);
        let left = |same: bool| {
            let charges = decision.charge.iter().filter_map(|charge| {
                let unit = self.budget_measure(charge.budget, decision.action);
                charge.left.as_ref().filter(|_| !same || unit == measure).map(|left| (left, unit))
            });
            charges.min_by(|a, b| a.0.cmp(b.0))
        };
        let (value, unit): (&Number, _) = left(true).or_else(|| left(false))?;
        Some(self.quantity(unit, &crate::answer::plain::rounded_down(self.policy, unit, value)))
    }
}
