//! Names, texts and literals: trees into what the policy's syntax tree holds.

use jiff::civil::Date;
use jiff::fmt::temporal::Pieces;
use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

use super::ast::{Datetime, Literal, Name, Period, Quoted, Steps, Text, TextVariant, Type, Unit};
use super::piece::{Node, Reader, Rule, child, children, has};
use crate::clock::WIDEST_OFFSET_SECONDS;
use crate::diagnostic::{Code, Diagnostic, Edit};
use crate::number::{Number, NumberError};
use crate::source::{Span, Spanned};

/// The words of the language: never names or values. The grammar has the same list.
const RESERVED: &str = "and or not is of any yes no one some all between within more than present absent includes per by when unless from until approved \
    charge require because offer advise ask cites owner review even rounded unlimited everyone nobody entitled today now amount spent";

/// Whether a word can be no name.
pub(crate) fn is_reserved(word: &str) -> bool {
    RESERVED.split_whitespace().any(|reserved| reserved == word)
}

/// A word in the one form that names are compared in.
pub(super) fn normal(word: &str) -> String {
    if is_nfc_quick(word.chars()) == IsNormalized::Yes { word.to_owned() } else { word.nfc().collect() }
}

impl Reader<'_, '_> {
    /// Any one word.
    pub fn name(&self, node: &Node<'_>) -> Name {
        Name { text: normal(node.as_str()), span: self.span(node) }
    }

    /// The name that a tree holds directly.
    pub fn own_name(&self, node: &Node<'_>) -> Option<Name> {
        child(node, Rule::name).map(|name| self.name(&name))
    }

    /// A comma list of names; each may stand there once.
    pub fn names(&mut self, node: &Node<'_>) -> Vec<Name> {
        let names: Vec<Name> = children(node, Rule::name).map(|name| self.name(&name)).collect();
        self.each_once(&names);
        names
    }

    /// The comma list that a tree holds directly.
    pub fn own_names(&mut self, node: &Node<'_>) -> Option<Vec<Name>> {
        child(node, Rule::names).map(|names| self.names(&names))
    }

    fn each_once(&mut self, names: &[Name]) {
        let mut seen = std::collections::HashMap::new();
        let mut before: Option<Span> = None;
        for name in names {
            if let Some(first) = seen.insert(name.text.as_str(), name.span) {
                let problem = Diagnostic::new(Code::SaidTwice, format!("`{}` stands in this list twice", name.text));
                let problem = problem.at(name.span, "again here").at(first, "first here").help("leave one of them out");
                // With the comma before it, if nothing else stands there.
                let between = before.map(|before| Span { start: before.end, end: name.span.start, ..name.span });
                let is_plain = between.is_some_and(|between| {
                    let start = between.range().start.saturating_sub(self.piece.base);
                    self.piece.text.get(start..start + between.range().len()).is_some_and(|text| text.trim() == ",")
                });
                let edits = between.filter(|_| is_plain).map(|between| vec![Edit { span: between.to(name.span), text: String::new() }]);
                self.problems.push(match edits {
                    Some(edits) => problem.fix(format!("leave the second `{}` out", name.text), edits),
                    None => problem,
                });
            }
            before = Some(name.span);
        }
    }

    /// A text between quotation marks.
    pub fn quoted(&mut self, node: &Node<'_>) -> Quoted {
        let written = node.as_str();
        let inside = written.get(1..written.len().saturating_sub(1)).unwrap_or_default();
        Spanned { value: self.unescape(inside, node.start() + 1), span: self.span(node) }
    }

    fn unescape(&mut self, inside: &str, start: usize) -> String {
        if !inside.contains('\\') {
            return inside.to_owned();
        }
        let mut value = String::with_capacity(inside.len());
        let mut characters = inside.char_indices();
        while let Some((at, character)) = characters.next() {
            match (character, if character == '\\' { characters.next() } else { None }) {
                ('\\', Some((_, 'n'))) => value.push('\n'),
                ('\\', Some((_, escaped @ ('"' | '\\')))) => value.push(escaped),
                ('\\', Some((_, other))) => {
                    let span = self.piece.span(start + at, start + at + 1 + other.len_utf8());
                    let problem = Diagnostic::new(Code::BadText, format!("`\\{other}` means nothing in a text"));
                    self.problems.push(problem.at(span, "").help("a text knows `\\\"`, `\\\\` and `\\n`; write `\\\\` for a backslash"));
                }
                (plain, _) => value.push(plain),
            }
        }
        value
    }

    /// The quoted text that a tree holds directly.
    pub fn own_quoted(&mut self, node: &Node<'_>) -> Option<Quoted> {
        child(node, Rule::quoted).map(|quoted| self.quoted(&quoted))
    }

    /// A text for people.
    pub fn text(&mut self, node: &Node<'_>) -> Text {
        let mut variants = Vec::new();
        for part in node.inner() {
            let language = child(&part, Rule::language).map(|language| self.name(&language));
            let quoted = if part.as_rule() == Rule::quoted { Some(part) } else { child(&part, Rule::quoted) };
            variants.extend(quoted.map(|quoted| TextVariant { language, value: self.quoted(&quoted) }));
        }
        let languages: Vec<Name> = variants.iter().filter_map(|variant| variant.language.clone()).collect();
        self.each_once(&languages);
        Text { variants, span: self.span(node) }
    }

    /// The text that a tree holds directly.
    pub fn own_text(&mut self, node: &Node<'_>) -> Option<Text> {
        child(node, Rule::text).map(|text| self.text(&text))
    }

    /// Digits.
    pub fn number(&mut self, node: &Node<'_>) -> Option<Number> {
        match Number::parse(node.as_str()) {
            Ok(number) => Some(number),
            Err(error) => {
                let help = match error {
                    NumberError::TooManyDecimals => "write at most 9 decimals",
                    NumberError::TooLarge => "a number in a policy is at most 1_000_000_000_000_000",
                    NumberError::Malformed => "write numbers as in `1_000.50`",
                };
                let problem = Diagnostic::new(Code::BadNumber, format!("`{}` is {error}", shorten(node.as_str())));
                self.refuse(problem.at(self.span(node), "").help(help))
            }
        }
    }

    /// `N UNIT`
    pub fn steps(&mut self, node: &Node<'_>) -> Option<Steps> {
        let count = child(node, Rule::number).and_then(|number| self.number(&number))?;
        let unit = child(node, Rule::unit).and_then(|unit| unit_of(unit.as_str()))?;
        Some(Steps { count, unit, span: self.span(node) })
    }

    /// The steps that a tree holds directly; the outer `None` is a problem that was reported.
    #[expect(clippy::option_option, reason = "the inner one is what the author left out, the outer one a problem that was reported")]
    pub fn own_steps(&mut self, node: &Node<'_>) -> Option<Option<Steps>> {
        match child(node, Rule::steps) {
            Some(steps) => self.steps(&steps).map(Some),
            None => Some(None),
        }
    }

    /// A number, money, a percentage or a time.
    pub fn quantity(&mut self, node: &Node<'_>) -> Option<Literal> {
        let number = child(node, Rule::number).and_then(|number| self.number(&number))?;
        if let Some(currency) = child(node, Rule::currency) {
            return Some(Literal::Money(number, self.name(&currency)));
        }
        if let Some(unit) = child(node, Rule::unit) {
            let unit = unit_of(unit.as_str())?;
            return Some(Literal::Steps(Steps { count: number, unit, span: self.span(node) }));
        }
        Some(if has(node, Rule::percent_sign) { Literal::Percent(number) } else { Literal::Number(number) })
    }

    /// A day.
    pub fn date(&mut self, node: &Node<'_>) -> Option<Date> {
        match node.as_str().parse() {
            Ok(date) => Some(date),
            Err(_) => self.refuse(not_a_day(node.as_str(), self.span(node))),
        }
    }

    /// The day that a tree holds directly.
    pub fn own_date(&mut self, node: &Node<'_>) -> Option<Spanned<Date>> {
        let date = child(node, Rule::date)?;
        Some(Spanned { value: self.date(&date)?, span: self.span(&date) })
    }

    /// A moment.
    pub fn datetime(&mut self, node: &Node<'_>) -> Option<Datetime> {
        let written = node.as_str();
        let offset = written.split_once('T').is_some_and(|(_, time)| time.contains(['Z', '+', '-']));
        let read = if offset { instant(written).map(Datetime::Instant) } else { written.parse().ok().map(Datetime::Local) };
        match read {
            Some(datetime) => Some(datetime),
            None => self.refuse(
                Diagnostic::new(Code::BadDate, format!("`{written}` is no moment that exists"))
                    .at(self.span(node), "")
                    .help("write `2026-11-21T10:00`, or with an offset `2026-11-21T10:00+01:00`"),
            ),
        }
    }

    /// `04-01`
    pub fn month_day(&mut self, node: &Node<'_>) -> Option<(i8, i8)> {
        let (month, day) = node.as_str().split_once('-')?;
        let (month, day) = (month.parse().ok()?, day.parse().ok()?);
        // A year that is no leap year: a budget's year must begin every year.
        if Date::new(2025, month, day).is_ok() {
            return Some((month, day));
        }
        self.refuse(
            Diagnostic::new(Code::BadDate, format!("`{}` is no day that every year has", node.as_str()))
                .at(self.span(node), "")
                .help("write month and day, as in `04-01`"),
        )
    }

    /// A type.
    pub fn fact_type(&mut self, node: &Node<'_>) -> Option<Spanned<Type>> {
        let span = self.span(node);
        let value = if let Some(plain) = child(node, Rule::plain_type) {
            plain_type(plain.as_str())?
        } else {
            let values = self.own_names(node)?;
            if has(node, Rule::kw_one) { Type::OneOf(values) } else { Type::SomeOf(values) }
        };
        Some(Spanned { value, span })
    }
}

/// A moment with an offset that some clock could have.
fn instant(written: &str) -> Option<jiff::Timestamp> {
    let offset = Pieces::parse(written).ok()?.to_numeric_offset()?;
    (offset.seconds().abs() <= WIDEST_OFFSET_SECONDS).then(|| written.parse().ok()).flatten()
}

fn not_a_day(written: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::BadDate, format!("`{written}` is no day that exists")).at(span, "").help("write year, month and day, as in `2026-11-21`")
}

/// The beginning of what may be very long.
pub(super) fn shorten(written: &str) -> String {
    const LONGEST: usize = 40;
    match written.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", written.get(..end).unwrap_or_default()),
        None => written.to_owned(),
    }
}

/// `money`, `yes/no`, …
pub(super) fn plain_type(written: &str) -> Option<Type> {
    Some(match written {
        "money" => Type::Money,
        "percent" => Type::Percent,
        "number" => Type::Number,
        "date" => Type::Date,
        "datetime" => Type::Datetime,
        "duration" => Type::Duration,
        "yes/no" => Type::YesNo,
        "text" => Type::Text,
        _ => return None,
    })
}

/// Singular or plural.
fn unit_of(written: &str) -> Option<Unit> {
    Some(match written.trim_end_matches('s') {
        "minute" => Unit::Minute,
        "hour" => Unit::Hour,
        "day" => Unit::Day,
        "week" => Unit::Week,
        "month" => Unit::Month,
        "year" => Unit::Year,
        working if working.starts_with("working") => Unit::WorkingDay,
        _ => return None,
    })
}

/// `day`, `week`, …
pub(super) fn period_of(written: &str) -> Option<Period> {
    Some(match written {
        "day" => Period::Day,
        "week" => Period::Week,
        "month" => Period::Month,
        "quarter" => Period::Quarter,
        "year" => Period::Year,
        _ => return None,
    })
}

impl Reader<'_, '_> {
    /// The unit that a tree holds directly.
    pub fn own_unit(node: &Node<'_>) -> Option<Unit> {
        child(node, Rule::unit).and_then(|unit| unit_of(unit.as_str()))
    }
}
