//! Conditions and values of a policy as sentences, for readers who have no case before them.
//!
//! In go checked expressions; out come phrases in the reader's language. What a phrase leaves out is never a condition: a form that has no words of its own is
//! shown as it is written.

mod condition;
mod value;

use super::Speech;
use super::tongue::Pieces;
use crate::policy::expr::Type;
use crate::policy::{BudgetId, DefinitionId, FactRef, LookupId, Piece, Text};

/// A condition in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Phrase {
    /// A sentence without its full stop.
    One(String),
    /// Likewise; it is about a definition.
    Named(String, DefinitionId),
    /// Each of them.
    All(Vec<Phrase>),
    /// At least one of them.
    Any(Vec<Phrase>),
    /// None of them.
    Neither(Vec<Phrase>),
    /// At least one of them is not so.
    NotAll(Vec<Phrase>),
}

impl Phrase {
    /// What has to be so, each by itself.
    pub fn parts(self) -> Vec<Self> {
        match self {
            Self::All(parts) => parts.into_iter().flat_map(Self::parts).collect(),
            one => vec![one],
        }
    }

    /// The message that introduces the parts, and the parts.
    pub fn group(&self) -> Option<(&'static str, &[Self])> {
        match self {
            Self::One(_) | Self::Named(..) => None,
            Self::All(parts) => Some(("all-of", parts)),
            Self::Any(parts) => Some(("any-of", parts)),
            Self::Neither(parts) => Some(("nothing-of", parts)),
            Self::NotAll(parts) => Some(("not-all-of", parts)),
        }
    }
}

impl Speech<'_> {
    /// A message of Kulanz's own.
    pub(crate) fn message(&self, id: &str, pieces: Pieces<'_>) -> String {
        super::written(|out| self.tongue.tell(out, id, pieces))
    }

    /// A message without pieces.
    pub(crate) fn words(&self, id: &str) -> String {
        self.message(id, &|_, _| {})
    }

    /// A message with one piece, whatever that is called.
    pub(crate) fn with(&self, id: &str, piece: &str) -> String {
        self.message(id, &|out, _| out.push_str(piece))
    }

    /// A message with one piece, in the form for so many.
    pub(crate) fn counted(&self, id: &str, count: usize, pieces: Pieces<'_>) -> String {
        super::written(|out| self.tongue.count(out, id, None, i64::try_from(count).ok(), pieces))
    }

    /// Items with a word before the last.
    pub(crate) fn either(&self, items: &[String], word: &str) -> String {
        let Some((last, before)) = items.split_last() else { return String::new() };
        if before.is_empty() {
            return last.clone();
        }
        let first = before.join(", ");
        self.message(word, &|out, name| out.push_str(if name == "first" { &first } else { last }))
    }

    fn quoted(&self, text: &str) -> String {
        self.with("quoted", text)
    }

    /// What a fact is called, in quotation marks: its title, else its question, else its name.
    pub(crate) fn called(&self, fact: FactRef) -> String {
        let FactRef::Fact(id) = fact else {
            return self.words(if fact == FactRef::ActorId { "actor-id" } else { "actor-team" });
        };
        let Some(fact) = self.policy.fact(id) else { return String::new() };
        self.quoted(&self.titled(fact.title.as_ref().or(fact.asks.as_ref()), &fact.name))
    }

    /// A title without its full stop, or the name as it is written.
    pub(crate) fn titled(&self, title: Option<&Text>, name: &str) -> String {
        title.map_or_else(|| name.to_owned(), |title| self.plain(title).trim_end_matches(['.', ' ']).to_owned())
    }

    /// A text of the policy; a placeholder stands as the name of what will be there.
    pub(crate) fn told(&self, text: &Text) -> String {
        let pieces = self.variant(text).map_or(&[][..], |template| &template.0);
        let name = |piece: &Piece| match piece {
            Piece::Plain(text) => text.to_string(),
            Piece::Amount => self.placeholder_name("placeholder-amount"),
            Piece::Limit => self.placeholder_name("placeholder-limit"),
            Piece::Left => self.placeholder_name("placeholder-left"),
            Piece::Fact(id) => {
                let name = self.policy.fact(*id).map_or_else(String::new, |fact| self.titled(fact.title.as_ref(), &fact.name));
                self.with("placeholder", &name)
            }
            Piece::ActorId => self.with("placeholder", "actor.id"),
            Piece::ActorTeam => self.with("placeholder", "actor.team"),
            Piece::Today => self.placeholder_name("today"),
            Piece::Now => self.placeholder_name("now"),
        };
        pieces.iter().map(name).collect()
    }

    fn placeholder_name(&self, id: &str) -> String {
        self.with("placeholder", &self.words(id))
    }

    pub(crate) fn definition_called(&self, id: DefinitionId) -> String {
        self.policy.definition(id).map_or_else(String::new, |it| self.quoted(&self.titled(it.title.as_ref(), &it.name)))
    }

    pub(crate) fn lookup_called(&self, id: LookupId) -> String {
        self.policy.lookup(id).map_or_else(String::new, |it| self.quoted(&self.titled(it.title.as_ref(), &it.name)))
    }

    pub(crate) fn budget_quoted(&self, id: BudgetId) -> String {
        self.policy.budget(id).map_or_else(String::new, |it| self.quoted(&self.titled(it.title.as_ref(), &it.name)))
    }
}

/// Whether values of a type are points in time.
fn is_point(ty: &Type) -> bool {
    matches!(ty, Type::Date | Type::Datetime)
}
