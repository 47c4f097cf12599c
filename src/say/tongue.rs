//! The languages that Kulanz itself speaks, and their messages.
//!
//! The messages are written in Fluent. Each is taken apart once; after that a message is written piece by piece straight to where it is read.

use std::collections::HashMap;
use std::sync::OnceLock;

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, VariantKey};
use rustc_hash::FxBuildHasher;

/// A language of Kulanz's own sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tongue {
    /// German, which says du.
    German,
    /// English, and what every other language falls back to.
    English,
}

/// Writes the piece of this name.
pub(super) type Pieces<'a> = &'a dyn Fn(&mut String, &str);

/// No message has a form of its own for this, nor a singular.
const MANY: i64 = 2;

const GERMAN_TEXT: &str = concat!(include_str!("de.ftl"), include_str!("handbook.de.ftl"));
const ENGLISH_TEXT: &str = concat!(include_str!("en.ftl"), include_str!("handbook.en.ftl"));

type Messages = HashMap<&'static str, Message, FxBuildHasher>;

#[derive(Debug)]
struct Message {
    text: Vec<Part>,
    forms: Vec<(&'static str, Vec<Part>)>,
}

/// A part of a message.
#[derive(Debug)]
enum Part {
    /// As it stands.
    Text(&'static str),
    /// A piece that is filled in.
    Piece(&'static str),
    /// One of two, as the count has it.
    Plural { one: Vec<Part>, other: Vec<Part> },
}

impl Tongue {
    /// The tongue for a language code.
    #[must_use]
    pub fn of(code: &str) -> Self {
        if code == "de" { Self::German } else { Self::English }
    }

    fn messages(self) -> &'static Messages {
        static GERMAN: OnceLock<Messages> = OnceLock::new();
        static ENGLISH: OnceLock<Messages> = OnceLock::new();
        match self {
            Self::German => GERMAN.get_or_init(|| messages(GERMAN_TEXT)),
            Self::English => ENGLISH.get_or_init(|| messages(ENGLISH_TEXT)),
        }
    }

    /// Writes the message `id` with its pieces filled in; the id itself where there is no such message.
    pub(super) fn tell(self, out: &mut String, id: &str, pieces: Pieces<'_>) {
        self.count(out, id, None, None, pieces);
    }

    /// Writes a message that has no pieces.
    pub(super) fn word(self, out: &mut String, id: &str) {
        self.tell(out, id, &|_, _| {});
    }

    /// Writes a message in the singular or plural that `count` chooses (`None` is no whole number), and in a form of it where this language has that form.
    pub(super) fn count(self, out: &mut String, id: &str, form: Option<&str>, count: Option<i64>, pieces: Pieces<'_>) {
        let Some(message) = self.messages().get(id) else {
            out.push_str(id);
            return;
        };
        let form = form.and_then(|form| message.forms.iter().find(|(name, _)| *name == form));
        write(form.map_or(&message.text, |(_, parts)| parts), out, count.unwrap_or(MANY), pieces);
    }
}

fn write(parts: &[Part], out: &mut String, count: i64, pieces: Pieces<'_>) {
    for part in parts {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Piece(name) => pieces(out, name),
            // German and English have the singular for one alone.
            Part::Plural { one, other } => write(if count.unsigned_abs() == 1 { one } else { other }, out, count, pieces),
        }
    }
}

/// A broken message is left out; a test sees to it that there is none.
fn messages(text: &'static str) -> Messages {
    let resource = fluent_syntax::parser::parse_runtime(text).unwrap_or_else(|(resource, _)| resource);
    let message = |entry| match entry {
        Entry::Message(message) => {
            let forms = message.attributes.iter().map(|form| (form.id.name, parts(&form.value))).collect();
            Some((message.id.name, Message { text: parts(&message.value?), forms }))
        }
        _ => None,
    };
    resource.body.into_iter().filter_map(message).collect()
}

fn parts(pattern: &Pattern<&'static str>) -> Vec<Part> {
    let part = |element: &PatternElement<&'static str>| match element {
        PatternElement::TextElement { value } => Some(Part::Text(value)),
        PatternElement::Placeable { expression: Expression::Inline(InlineExpression::VariableReference { id }) } => Some(Part::Piece(id.name)),
        PatternElement::Placeable { expression: Expression::Select { variants, .. } } => {
            let of = |singular: bool| variants.iter().find(|variant| is_one(&variant.key) == singular).map(|variant| parts(&variant.value));
            Some(Part::Plural { one: of(true)?, other: of(false)? })
        }
        PatternElement::Placeable { .. } => None,
    };
    pattern.elements.iter().filter_map(part).collect()
}

fn is_one(key: &VariantKey<&str>) -> bool {
    matches!(key, VariantKey::Identifier { name: "one" })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const TONGUES: [(Tongue, &str); 2] = [(Tongue::German, GERMAN_TEXT), (Tongue::English, ENGLISH_TEXT)];

    fn count(parts: &[Part]) -> usize {
        let inside = |part: &Part| match part {
            Part::Plural { one, other } => 1 + count(one) + count(other),
            Part::Text(_) | Part::Piece(_) => 1,
        };
        parts.iter().map(inside).sum()
    }

    #[test]
    fn both_languages_have_the_same_messages() {
        let ids = |tongue: Tongue| tongue.messages().keys().copied().collect::<BTreeSet<_>>();
        assert_eq!(ids(Tongue::German), ids(Tongue::English));
        assert!(ids(Tongue::German).contains("yes-amount"));
    }

    #[test]
    fn nothing_of_a_message_is_left_out() {
        for (tongue, text) in TONGUES {
            let resource = fluent_syntax::parser::parse_runtime(text).expect("well-formed messages");
            assert_eq!(resource.body.len(), tongue.messages().len(), "an id is there twice, or an entry is no message");
            for entry in resource.body {
                let Entry::Message(written) = entry else { panic!("{entry:?}") };
                let message = &tongue.messages()[written.id.name];
                let patterns = written.value.iter().chain(written.attributes.iter().map(|form| &form.value));
                let elements: usize = patterns.map(elements).sum();
                assert_eq!(
                    elements,
                    count(&message.text) + message.forms.iter().map(|(_, parts)| count(parts)).sum::<usize>(),
                    "{}",
                    written.id.name
                );
            }
        }
    }

    /// How many elements a pattern has; what is no plural in the two forms that both languages have is an error.
    fn elements(pattern: &Pattern<&str>) -> usize {
        let inside = |element: &PatternElement<&str>| match element {
            PatternElement::Placeable { expression: Expression::Select { selector, variants } } => {
                assert!(matches!(selector, InlineExpression::VariableReference { id } if id.name == "n"), "{selector:?}");
                assert!(variants.len() == 2 && is_one(&variants[0].key) && variants[1].default, "{variants:?}");
                1 + variants.iter().map(|variant| elements(&variant.value)).sum::<usize>()
            }
            _ => 1,
        };
        pattern.elements.iter().map(inside).sum()
    }

    #[test]
    fn a_count_chooses_and_a_form_may_be_there() {
        let say = |tongue: Tongue, form, count: i64| {
            let mut out = String::new();
            tongue.count(&mut out, "unit-day", form, Some(count), &|out, _| out.push_str(&count.to_string()));
            out
        };
        assert_eq!([1, 2, 0, -1].map(|count| say(Tongue::German, None, count)), ["1 Tag", "2 Tage", "0 Tage", "-1 Tag"]);
        assert_eq!(say(Tongue::German, Some("dative"), 2), "2 Tagen");
        assert_eq!(say(Tongue::English, Some("dative"), 2), "2 days");
        let mut out = String::new();
        Tongue::English.word(&mut out, "no-such-message");
        assert_eq!(out, "no-such-message");
    }
}
