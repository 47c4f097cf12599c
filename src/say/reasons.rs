//! Why a rule did or did not apply, in a sentence.

use std::cmp::Ordering;

use super::Speech;
use crate::decide::{Explanation, FailedCondition, Measured, Verdict};
use crate::number::Number;
use crate::policy::expr::{Distance, Point, Type, Value};
use crate::policy::{FactRef, Policy};
use crate::question::{FactState, Question};
use crate::source::Span;
use crate::syntax::ast::Side;
use crate::syntax::comment_start;

/// Writes a condition as it is written in the policy, on one line.
pub(crate) fn condition(out: &mut String, policy: &Policy, span: Span) {
    // What was parsed may end with the line.
    let written = policy.sources.snippet(span).trim_ascii();
    if is_one_line(written) {
        return out.push_str(written);
    }
    let (begun, mut space) = (out.len(), false);
    for line in written.lines() {
        let code = comment_start(line).and_then(|comment| line.get(..comment)).unwrap_or(line);
        // A text ends in its line, and what it says stays as it is.
        let (mut in_text, mut escaped) = (false, false);
        for character in code.chars() {
            if character.is_whitespace() && !in_text {
                space = true;
                continue;
            }
            if std::mem::take(&mut space) && out.len() > begun {
                out.push(' ');
            }
            out.push(character);
            in_text ^= character == '"' && !escaped;
            escaped = character == '\\' && !escaped;
        }
        space = true;
    }
}

/// Whether a text is surely words with one space between, without a comment. Both passes go to the end, so that they look at many bytes at a time.
fn is_one_line(text: &str) -> bool {
    let bytes = text.as_bytes();
    let other = bytes.iter().fold(0, |found, byte| found | u8::from(!(b' '..0x7f).contains(byte) || *byte == b'#'));
    let pairs = bytes.iter().zip(bytes.iter().skip(1));
    let wide = pairs.fold(0, |found, (one, next)| found | u8::from(*one == b' ' && *next == b' '));
    other | wide == 0
}

impl Speech<'_> {
    /// What kept a rule from applying: `order.delivered_on 2026-08-01, 112 days ago; the rule asks for at most 30 days`.
    pub(crate) fn failed(&self, out: &mut String, question: &Question, explanation: &Explanation, failed: &FailedCondition) {
        let condition = |out: &mut String| {
            if !super::cells::with_header(out, self.policy, failed.span) {
                condition(out, self.policy, failed.span);
            }
        };
        if explanation.verdict == Verdict::Undefined {
            return self.tongue.tell(out, "explain-gap", &|out, _| condition(out));
        }
        let missing = || failed.seen.iter().filter(|(fact, value)| value.is_none() && is_unknown(question, *fact));
        if explanation.verdict == Verdict::Unknown && missing().next().is_some() {
            return self.tongue.tell(out, "explain-missing", &|out, name| match name {
                "facts" => super::listed(out, missing(), |out, (fact, _)| self.fact(out, *fact)),
                _ => condition(out),
            });
        }
        if failed.measured.as_ref().is_some_and(|measured| self.distance(out, measured)) {
            return;
        }
        let id = if failed.seen.is_empty() { "explain-condition-only" } else { "explain-condition" };
        self.tongue.tell(out, id, &|out, name| match name {
            "seen" => super::listed(out, &failed.seen, |out, (fact, value)| self.seen(out, question, *fact, value.as_ref())),
            _ => condition(out),
        });
    }

    fn seen(&self, out: &mut String, question: &Question, fact: FactRef, value: Option<&Value>) {
        let id = match value {
            Some(_) => "explain-fact",
            None if is_unknown(question, fact) => "explain-unknown-fact",
            None => "explain-absent-fact",
        };
        self.tongue.tell(out, id, &|out, name| match (name, value) {
            ("value", Some(value)) => self.value(out, self.type_of(fact), value),
            _ => self.fact(out, fact),
        });
    }

    fn type_of(&self, fact: FactRef) -> &Type {
        let FactRef::Fact(id) = fact else { return &Type::Text };
        self.policy.facts.get(id.index()).map_or(&Type::Text, |fact| &fact.ty)
    }

    /// Writes what was measured and what is asked for; `false` where the condition is on no distance.
    fn distance(&self, out: &mut String, measured: &Measured) -> bool {
        let (Value::Quantity(from), Value::Quantity(to)) = (&measured.from, &measured.to) else { return false };
        let Some(apart) = to.subtract(from) else { return false };
        self.tongue.tell(out, "explain-distance", &|out, name| match name {
            "measured" => self.measured(out, measured, &apart),
            _ => self.asked_for(out, measured),
        });
        true
    }

    fn asked_for(&self, out: &mut String, measured: &Measured) {
        let message = message(measured);
        let distance = |out: &mut String| {
            self.tongue.tell(out, message, &|out, _| match message {
                "asks-not-within" => self.steps_dative(out, &measured.asked),
                _ => self.steps(out, &measured.asked),
            });
        };
        match measured.side {
            Side::Before => self.tongue.tell(out, "asks-before", &|out, _| distance(out)),
            Side::After if measured.days < 0 => self.tongue.tell(out, "asks-after", &|out, _| distance(out)),
            Side::After => distance(out),
        }
    }

    /// `order.delivered_on 2026-08-01, 112 days ago`
    fn measured(&self, out: &mut String, measured: &Measured, apart: &Number) {
        let is_now = matches!(measured.subject, Point::Clock(_));
        let id = match (apart.cmp(&Number::ZERO), is_now) {
            (Ordering::Equal, true) => "explain-today",
            (Ordering::Greater, true) => "explain-ago",
            (Ordering::Less, true) => "explain-ahead",
            (Ordering::Equal, false) => "explain-same",
            (Ordering::Greater, false) => "explain-after",
            (Ordering::Less, false) => "explain-before",
        };
        let ty = if measured.is_date { Type::Date } else { Type::Datetime };
        self.tongue.tell(out, id, &|out, name| match name {
            "subject" => self.point(out, measured.subject),
            "fact" => self.point(out, measured.anchor),
            "from" => self.value(out, &ty, &measured.from),
            "to" => self.value(out, &ty, &measured.to),
            _ => self.apart(out, apart, measured.is_date, is_now.then_some("dative")),
        });
    }

    /// What a point in time is called: a fact's name, or the expression as it is written.
    fn point(&self, out: &mut String, point: Point) {
        match point {
            Point::Fact(id) => self.fact(out, FactRef::Fact(id)),
            Point::Clock(span) | Point::Computed(span) => condition(out, self.policy, span),
        }
    }

    /// The days between two dates or the time between two moments, whichever comes first.
    fn apart(&self, out: &mut String, apart: &Number, is_date: bool, form: Option<&str>) {
        let apart = if *apart < Number::ZERO { apart.negate() } else { apart.clone() };
        if is_date { self.unit(out, "unit-day", &apart, form) } else { self.duration(out, &apart, form) }
    }
}

fn is_unknown(question: &Question, fact: FactRef) -> bool {
    match fact {
        FactRef::Fact(id) => *question.fact(id) == FactState::Unknown,
        FactRef::ActorId => question.actor.id.is_none(),
        FactRef::ActorTeam => question.actor.team.is_none(),
    }
}

/// What a condition on a distance asks for.
fn message(measured: &Measured) -> &'static str {
    match (measured.distance, measured.negated) {
        (Distance::Within, false) | (Distance::MoreThan, true) => "asks-at-most",
        (Distance::Within, true) => "asks-not-within",
        (Distance::MoreThan, false) => "asks-more-than",
        (Distance::AtLeast, false) => "asks-at-least",
        (Distance::AtLeast, true) => "asks-less-than",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;

    fn policy(text: &str) -> Policy {
        let text = format!("policy \"P\"\n  currency EUR\n  time zone Europe/Berlin\n  languages en\n{text}");
        crate::policy::check(&crate::pack::Pack::from_texts(&[("p.kulanz", &text)]).0).unwrap().into_policy()
    }

    /// The condition of a rule that is written like this.
    fn shown(written: &str) -> String {
        let policy =
            policy(&format!("role agent\naction refund of money\nfact note text\nfact day number\nrule a\n  agent may refund\n  when {written}\n"));
        let (id, source) = policy.sources.iter().next().unwrap();
        let start = source.text().find("when ").unwrap() + "when ".len();
        let mut out = String::new();
        condition(&mut out, &policy, Span::new(id, start, source.text().len()));
        out
    }

    #[test]
    fn only_a_comment_is_cut_and_a_text_stays_as_it_is() {
        assert_eq!(shown(r#"note is "order #1""#), r#"note is "order #1""#);
        assert_eq!(
            shown("note is \"a #1\" # one\n   or   note is \"b  #2\"# two\n   # three\n   or day is 1"),
            "note is \"a #1\" or note is \"b  #2\" or day is 1"
        );
        assert_eq!(shown(r#"note is "a \" # b  \\" # c"#), r#"note is "a \" # b  \\""#);
    }

    #[test]
    fn a_condition_stands_on_one_line() {
        let policy = policy(
            "role agent\naction refund money\nfact order.note text\nfact day number\nrule a\n  agent may refund up to 5 EUR\n  when day  is 1 # one\n   and\torder.note is \"a#1\"\n   and day is at most 7   \n",
        );
        let mut found = Vec::new();
        for (at, end) in [("day  is", "7   "), ("day  is", "is 1"), ("day is at", "most 7"), ("day is at", "7   \n")] {
            let (id, source) = policy.sources.iter().next().unwrap();
            let start = source.text().find(at).unwrap();
            let end = source.text().find(end).unwrap() + end.len();
            let mut out = String::new();
            condition(&mut out, &policy, Span::new(id, start, end));
            found.push(out);
        }
        assert_eq!(found, ["day is 1 and order.note is \"a#1\" and day is at most 7", "day is 1", "day is at most 7", "day is at most 7"]);
    }
}
