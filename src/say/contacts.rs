//! Whom to ask, and lists of such things.

use super::Speech;
use crate::decide::{Contact, ContactKind};
use crate::number::Number;

/// So many of a list are said in a sentence.
const MOST: usize = 3;
/// So many of those who decide are named.
const MOST_WHO_DECIDE: usize = 2;

impl Speech<'_> {
    /// The best of the contacts and its like: approvers together, or those who decide as alternatives. `kind` is that of the best.
    pub(super) fn contacts(&self, out: &mut String, contacts: &[Contact], kind: ContactKind) {
        let (word, most) = if kind == ContactKind::Approve { ("and", usize::MAX) } else { ("or", MOST_WHO_DECIDE) };
        let same = || contacts.iter().filter(|contact| contact.kind == kind).take(most);
        self.listed(out, &same, word, &|out, contact| self.contact(out, contact));
    }

    /// `Team lead (answers within 4 hours), together with Finance`
    pub(super) fn contact(&self, out: &mut String, contact: &Contact) {
        let role = |out: &mut String| self.role(out, contact.role);
        let person = |out: &mut String| {
            if contact.another_person {
                self.tongue.tell(out, "contact-colleague", &|out, _| role(out));
            } else {
                role(out);
            }
        };
        let within = |out: &mut String| match &contact.within {
            Some(within) => self.tongue.tell(out, "contact-within", &|out, name| match name {
                "within" => self.steps_dative(out, within),
                _ => person(out),
            }),
            None => person(out),
        };
        if contact.approved_by.is_empty() {
            return within(out);
        }
        self.tongue.tell(out, "contact-approved", &|out, name| match name {
            "approvers" => self.listed(out, &|| contact.approved_by.iter(), "and", &|out, role| self.role(out, *role)),
            _ => within(out),
        });
    }

    /// `a, b or c`; `word` is `or` or `and`.
    fn listed<T, I: Iterator<Item = T>>(&self, out: &mut String, items: &dyn Fn() -> I, word: &str, item: &dyn Fn(&mut String, T)) {
        let count = items().count();
        let Some(before) = count.checked_sub(1) else { return };
        let last = |out: &mut String| items().skip(before).for_each(|last| item(out, last));
        if before == 0 {
            return last(out);
        }
        self.tongue.tell(out, word, &|out, name| match name {
            "last" => last(out),
            _ => super::joined(out, items().take(before), ", ", |out, one| item(out, one)),
        });
    }

    /// The names of those to ask, where more would be too much.
    pub(super) fn contact_names(&self, out: &mut String, contacts: &[Contact]) {
        self.listed(out, &|| contacts.iter().take(MOST_WHO_DECIDE), "or", &|out, contact| self.role(out, contact.role));
    }

    /// The first few items, and how many more there are. After a question mark no further mark is needed.
    pub(super) fn first_few<T>(&self, out: &mut String, items: &[T], item: &dyn Fn(&mut String, &T)) {
        let list = |out: &mut String| {
            let start = out.len();
            super::joined(out, items.iter().take(MOST), "; ", |out, one| item(out, one));
            without_marks(out, start);
        };
        match items.len().saturating_sub(MOST) {
            0 => list(out),
            more => self.tongue.tell(out, "and-more", &|out, name| match name {
                "count" => Number::from(i64::try_from(more).unwrap_or(i64::MAX)).write_plain(out),
                _ => list(out),
            }),
        }
    }
}

/// Takes out the semicolons between a question mark and a space.
fn without_marks(out: &mut String, start: usize) {
    if !out.get(start..).unwrap_or_default().contains(';') {
        return;
    }
    let mut from = start;
    while let Some(at) = out.get(from..).and_then(|rest| rest.find("?; ")) {
        out.remove(from + at + 1);
        from += at + 2;
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn questions_need_no_semicolon() {
        let mut text = "?; a?; b; c??; ?; d".to_owned();
        super::without_marks(&mut text, 1);
        assert_eq!(text, "?; a? b; c?? ? d");
        let mut text = "a?; ; b".to_owned();
        super::without_marks(&mut text, 0);
        assert_eq!(text, "a?; ; b".replace("?; ", "? "));
    }
}
