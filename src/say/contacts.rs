//! Whom to ask, and lists of such things.

use super::Speech;
use crate::decide::{Contact, ContactKind};
use crate::number::Number;

/// So many of a list are said in a sentence.
const MOST: usize = 3;

impl Speech<'_> {
    /// The best of the contacts and its like: approvers together, or those who decide as alternatives.
    pub(super) fn contacts(&self, contacts: &[Contact]) -> Option<(ContactKind, String)> {
        let kind = contacts.first()?.kind;
        let same = contacts.iter().filter(|contact| contact.kind == kind).map(|contact| self.contact(contact));
        let word = if kind == ContactKind::Approve { "and" } else { "or" };
        let most = if kind == ContactKind::Approve { usize::MAX } else { 2 };
        Some((kind, self.joined(same.take(most).collect(), word)))
    }

    /// `Team lead (answers within 4 hours), together with Finance`
    pub(super) fn contact(&self, contact: &Contact) -> String {
        let mut text = self.role(contact.role);
        if contact.another_person {
            text = self.tongue.tell("contact-colleague", &[("role", &text)]);
        }
        if let Some(within) = &contact.within {
            text = self.tongue.tell("contact-within", &[("role", &text), ("within", &self.steps_dative(within))]);
        }
        if contact.approved_by.is_empty() {
            return text;
        }
        let approvers = self.joined(contact.approved_by.iter().map(|role| self.role(*role)).collect(), "and");
        self.tongue.tell("contact-approved", &[("contact", &text), ("approvers", &approvers)])
    }

    /// `a, b or c`; `word` is `or` or `and`.
    pub(super) fn joined(&self, mut items: Vec<String>, word: &str) -> String {
        let last = items.pop().unwrap_or_default();
        if items.is_empty() { last } else { self.tongue.tell(word, &[("first", &items.join(", ")), ("last", &last)]) }
    }

    /// The names of those to ask, where more would be too much.
    pub(super) fn contact_names(&self, contacts: &[Contact]) -> String {
        self.joined(contacts.iter().take(2).map(|contact| self.role(contact.role)).collect(), "or")
    }

    /// The first few items, and how many more there are. After a question mark no further mark is needed.
    pub(super) fn first_few(&self, items: &[String]) -> String {
        let list = items.iter().take(MOST).cloned().collect::<Vec<_>>().join("; ").replace("?; ", "? ");
        match items.len().saturating_sub(MOST) {
            0 => list,
            more => self.tongue.tell("and-more", &[("list", &list), ("count", &Number::from(i64::try_from(more).unwrap_or(i64::MAX)).to_string())]),
        }
    }
}
