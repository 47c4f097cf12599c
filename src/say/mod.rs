//! Answers in words: sentences that an agent can act on, and the form for a terminal.
//!
//! A policy's own texts are in the reader's language where they have it. Kulanz's own sentences are German or English; a reader of another language gets
//! the English ones around the policy's texts.
//!
//! Everything is written at the end of one text, piece by piece, and nothing is put together beforehand.

#[cfg(all(feature = "cli", feature = "ledger"))]
mod booked;
mod cells;
mod contacts;
mod figures;
mod human;
#[cfg(all(feature = "cli", feature = "ledger"))]
mod month;
mod names;
mod phrase;
mod reasons;
mod sentence;
mod tongue;

#[cfg(all(feature = "cli", feature = "ledger"))]
pub(crate) use booked::{Herald, short};
pub(crate) use cells::with_header as cell;
pub use human::Colour;
#[cfg(all(feature = "cli", feature = "ledger"))]
pub(crate) use month::Month;
pub(crate) use phrase::Phrase;
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

/// What was asked and decided, for the placeholders of a text.
type Told<'a> = (&'a Question, &'a Decision);

impl<'p> Speech<'p> {
    /// `language` is a place in the policy's `languages`; beyond them it is the default one.
    #[must_use]
    pub fn new(policy: &'p Policy, language: usize) -> Self {
        let code = policy.languages.get(language).or(policy.languages.first()).map_or("en", String::as_str);
        Self { policy, code, tongue: Tongue::of(code) }
    }

    /// The variant of a text for this reader: in the language, else the one that serves all, else the policy's default language, else English, else the first.
    fn variant<'t>(&self, text: &'t Text) -> Option<&'t Template> {
        if let [(None, template)] = &*text.variants {
            return Some(template);
        }
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
        written(|out| self.write_plain(out, text))
    }

    /// Writes a text without a case.
    pub(crate) fn write_plain(&self, out: &mut String, text: &Text) {
        self.fill(out, text, None);
    }

    /// Writes a text in a case.
    pub(crate) fn write_text(&self, out: &mut String, text: &Text, question: &Question, decision: &Decision) {
        self.fill(out, text, Some((question, decision)));
    }

    fn fill(&self, out: &mut String, text: &Text, told: Option<Told<'_>>) {
        for piece in self.variant(text).map_or(&[][..], |template| &template.0) {
            let filled = match (piece, told) {
                (Piece::Plain(text), _) => {
                    out.push_str(text);
                    true
                }
                (_, None) => false,
                (piece, Some(told)) => self.placeholder(out, piece, told),
            };
            if !filled {
                out.push_str(figures::NOTHING);
            }
        }
    }

    /// Writes what stands for a placeholder; `false` where there is nothing.
    fn placeholder(&self, out: &mut String, piece: &Piece, (question, decision): Told<'_>) -> bool {
        match piece {
            Piece::Plain(text) => out.push_str(text),
            Piece::Amount => return decision.amount.as_ref().map(|amount| self.quantity(out, self.measure(decision.action), amount)).is_some(),
            Piece::Limit => return self.limit(out, decision.action, &decision.limit),
            Piece::Left => return self.left(out, decision),
            Piece::Fact(id) => self.fact_value(out, question, FactRef::Fact(*id)),
            Piece::ActorId => self.fact_value(out, question, FactRef::ActorId),
            Piece::ActorTeam => self.fact_value(out, question, FactRef::ActorTeam),
            Piece::Today => self.date(out, self.policy.time_zone.to_datetime(question.at).date()),
            Piece::Now => self.moment(out, question.at),
        }
        true
    }

    /// What is left of the budget that binds: of those in the action's measure the one with the least left, else of all.
    fn left(&self, out: &mut String, decision: &Decision) -> bool {
        let measure = self.measure(decision.action);
        let left = |same: bool| {
            let charges = decision.charge.iter().filter_map(|charge| {
                let unit = self.budget_measure(charge.budget, decision.action);
                charge.left.as_ref().filter(|_| !same || unit == measure).map(|left| (left, unit))
            });
            charges.min_by(|a, b| a.0.cmp(b.0))
        };
        let Some((value, unit)): Option<(&Number, _)> = left(true).or_else(|| left(false)) else { return false };
        self.quantity(out, unit, &crate::answer::plain::rounded_down(self.policy, unit, value));
        true
    }
}

/// What is written, by itself.
fn written(write: impl FnOnce(&mut String)) -> String {
    let mut text = String::new();
    write(&mut text);
    text
}

/// Items with something between.
fn joined<T>(out: &mut String, items: impl IntoIterator<Item = T>, between: &str, item: impl Fn(&mut String, T)) {
    for (at, one) in items.into_iter().enumerate() {
        if at > 0 {
            out.push_str(between);
        }
        item(out, one);
    }
}

/// Items with commas between.
fn listed<T>(out: &mut String, items: impl IntoIterator<Item = T>, item: impl Fn(&mut String, T)) {
    joined(out, items, ", ", item);
}
