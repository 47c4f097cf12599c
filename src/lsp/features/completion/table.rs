//! Values, beside what they are compared with; and the cells of tables, which are the same in short.

use std::sync::LazyLock;

use gen_lsp_types::CompletionItemKind as Shown;

use super::Suggestion;
use super::fill::{COULD, FIRST, FITS, Fill, SELDOM, words_of};
use super::place::first_word;
use super::vocabulary::{Entry, Ty};
use crate::lsp::lexer::{TokenKind, tokens};
use crate::lsp::names::Kind;
use crate::syntax::header_words;

static CURRENCIES: LazyLock<Vec<(&'static str, String)>> = LazyLock::new(|| {
    let letters = || 'A'..='Z';
    let codes = letters().flat_map(move |a| letters().flat_map(move |b| letters().map(move |c| String::from_iter([a, b, c]))));
    let known = |code: String| iso_currency::Currency::from_code(&code).map(|currency| (currency.code(), currency.name().to_owned()));
    codes.filter_map(known).collect()
});

/// Every currency with its name.
pub(super) fn currencies() -> &'static [(&'static str, String)] {
    &CURRENCIES
}

/// Words between a value and what it is compared with.
const BETWEEN: [&str; 17] =
    ["is", "not", "one", "of", "any", "all", "includes", "between", "with", "starts", "ends", "contains", "<", "<=", ">", ">=", "="];

impl Fill<'_> {
    /// The name that a comparison begins with, where one stands before the cursor.
    fn compared(piece: &str) -> Option<&str> {
        let words = words_of(piece);
        let mut rest = words.as_slice();
        // A list that was begun: `is one of a, b,`.
        while let [before @ .., name, ","] = rest {
            if !is_listed(name) {
                break;
            }
            rest = before;
        }
        let listed = rest.len();
        while let [before @ .., word] = rest
            && BETWEEN.contains(word)
        {
            rest = before;
        }
        if rest.len() == listed {
            return None;
        }
        rest.last().copied()
    }

    /// What is being compared, or what a test says something of.
    fn subject(&self, piece: &str) -> Option<&Entry> {
        self.vocabulary.get(Self::compared(piece)?)
    }

    /// The type of the name that stands right before the cursor.
    pub(super) fn subject_type(&self, piece: &str) -> Option<Ty> {
        let words = words_of(piece);
        match words.last().copied()? {
            "amount" => self.measure(piece),
            "today" => Some(Ty::Date),
            "now" => Some(Ty::Datetime),
            "actor.id" | "actor.team" => Some(Ty::Text),
            name => self.vocabulary.get(name).and_then(|entry| entry.ty).or_else(|| self.subject(piece).and_then(|entry| entry.ty)),
        }
    }

    pub(super) fn is_optional(&self, piece: &str) -> bool {
        self.subject(piece).is_some_and(|entry| entry.optional)
    }

    /// The measure of the action that is granted here.
    fn measure(&self, piece: &str) -> Option<Ty> {
        let named = |word: &&str| self.vocabulary.get(word).filter(|entry| entry.kind == Kind::Action).and_then(|entry| entry.ty);
        words_of(piece).iter().rev().find_map(named)
    }

    /// The type that the value before the cursor should have.
    pub(super) fn expected(&self, piece: &str) -> Option<Ty> {
        let words: Vec<&str> = words_of(piece).into_iter().collect();
        let without_number =
            words.split_last().filter(|(last, _)| last.starts_with(|c: char| c.is_ascii_digit())).map_or(words.as_slice(), |(_, rest)| rest);
        let length = piece.trim_end().rfind(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '_'))).map_or(0, |at| at + 1);
        let before = if without_number.len() < words.len() { piece.get(..length).unwrap_or(piece) } else { piece };
        match without_number {
            [.., "after" | "before"] => Some(Ty::Date),
            [.., "up", "to"] | [.., "more", "than"] | [.., "entitled", "to", _, "of"] | ["ask", _, "of"] => self.measure(before),
            ["spent", ..] | ["expect", "charge", ..] => None,
            _ => match Self::compared(before)? {
                "amount" => None,
                "today" => Some(Ty::Date),
                "now" => Some(Ty::Datetime),
                "actor.id" | "actor.team" => Some(Ty::Text),
                name => self.vocabulary.get(name).and_then(|entry| entry.ty),
            },
        }
    }

    /// A whole condition.
    pub(super) fn condition(&mut self, piece: &str) {
        let inside_list = Self::compared(piece).is_some();
        self.values(piece);
        if !inside_list {
            self.words(&["not", "within", "more than", "at least"], COULD);
        }
    }

    /// What has a value that fits.
    pub(super) fn values(&mut self, piece: &str) {
        let own = own_values(piece);
        let subject = self.subject(piece).filter(|_| !is_anchor(piece)).cloned();
        let (expected, values) = match &subject {
            Some(entry) => (entry.ty, entry.values.clone()),
            None => (self.expected(piece), own),
        };
        // What may be absent is no limit, unless a `when` says that it is there: and that stands below.
        let guards = is_limit(piece);
        if guards && let (Some(Ty::Money), Some(code)) = (expected, self.vocabulary.currency.clone()) {
            self.add(Suggestion::new(format!("50 {code}"), Shown::Value, FIRST).snippet(format!("${{1:50}} {code}")));
        }
        let owner = subject.as_ref().map(|entry| entry.name.clone()).unwrap_or_default();
        for value in &values {
            self.add(Suggestion::new(value, Shown::EnumMember, FIRST).detail(format!("a value of {owner}")));
        }
        if !values.is_empty() && matches!(expected, None | Some(Ty::OneOf | Ty::SomeOf)) {
            return;
        }
        if expected == Some(Ty::YesNo) {
            self.words(&["yes", "no"], FIRST);
        }
        let fits = |entry: &Entry| {
            let has_value = matches!(entry.kind, Kind::Fact | Kind::Definition | Kind::Lookup);
            has_value
                && entry.name != owner
                && !(guards && entry.optional && !piece.contains(&format!("{} is present", entry.name)))
                && expected.is_none_or(|ty| entry.ty.is_none_or(|own| own == ty || (own.is_time() && ty.is_time())))
        };
        self.entries(FITS, fits);
        self.built_in(expected, piece);
    }

    fn built_in(&mut self, expected: Option<Ty>, piece: &str) {
        let is_test = matches!(first_word(piece.trim_start()), "given" | "said" | "spent" | "expect");
        if is_test {
            return;
        }
        let fits = |ty: Ty| expected.is_none_or(|expected| expected == ty);
        let listed = [("today", Ty::Date), ("now", Ty::Datetime), ("actor.id", Ty::Text), ("actor.team", Ty::Text)];
        for (word, _) in listed.into_iter().filter(|(_, ty)| fits(*ty)) {
            self.word(word, COULD);
        }
        if expected.is_none_or(Ty::is_quantity)
            && matches!(first_word(piece.trim_start()), "when" | "unless" | "require" | "offer" | "ask" | "advise" | "charge")
        {
            self.word("amount", COULD);
        }
        if expected.is_none_or(Ty::is_quantity) {
            for (label, snippet) in [("min(…)", "min($1, $2)"), ("max(…)", "max($1, $2)")] {
                self.add(Suggestion::new(label, Shown::Function, SELDOM).snippet(snippet));
            }
            self.words(&["spent"], SELDOM);
        }
        if expected.is_none_or(|ty| ty == Ty::Number) {
            self.words(&["number of", "days in month of"], SELDOM);
        }
        if expected.is_none_or(Ty::is_time) {
            self.words(&["start of", "end of"], SELDOM);
        }
    }

    /// A cell of a table in the text.
    pub(super) fn cell(&mut self, head: &str, header: Option<&str>, row: &str) {
        let column = bars(row).len().saturating_sub(1);
        let written = bars(row).last().copied().unwrap_or_default();
        match header {
            None => self.header(head),
            Some(header) => {
                let title = bars(header).get(column).map(|title| title.trim().to_owned()).unwrap_or_default();
                self.under(&title, head, written);
            }
        }
    }

    /// A cell of a table in a file of its own.
    pub(super) fn sheet(&mut self) {
        let text = std::sync::Arc::clone(&self.document().text);
        let before = text.get(..self.cursor_start()).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        let header = text.trim_start_matches('\u{feff}').lines().next().unwrap_or_default();
        let separator = if header.contains(';') { ';' } else { ',' };
        let cells = separated(line, separator);
        let (column, written) = (cells.len().saturating_sub(1), cells.last().copied().unwrap_or_default());
        if !before.contains('\n') {
            return self.header("may");
        }
        let title = separated(header, separator).get(column).map(|title| title.trim().trim_matches('"').to_owned()).unwrap_or_default();
        self.under(&title, "may", written.trim_start_matches('"'));
    }

    /// The head of a column.
    fn header(&mut self, head: &str) {
        let is_lookup = words_of(head).contains(&"gives");
        for word in header_words() {
            if is_lookup == (word == "is") {
                self.word(word, FITS);
            }
        }
        self.entries(FITS, |entry| matches!(entry.kind, Kind::Fact | Kind::Definition | Kind::Lookup));
    }

    /// A cell under the head of its column.
    fn under(&mut self, title: &str, head: &str, written: &str) {
        let piece = |clause: &str| format!("{clause} {written}");
        match title {
            "role" => {
                self.entries(FITS, |entry| entry.kind == Kind::Role);
                self.word("everyone", COULD);
            }
            "up to" | "more than" | "of" => {
                let measure = self.measure(head);
                self.quantities(measure, written);
            }
            "is" => {
                let gives = head.split("gives").nth(1).unwrap_or_default();
                self.own(gives, written);
            }
            "charge" | "require" | "approved by" | "from" | "until" | "offer" | "ask" | "because" | "advise" => self.clause_cell(&piece(title)),
            _ => self.test_cell(title, written),
        }
    }

    fn clause_cell(&mut self, piece: &str) {
        let item = if matches!(first_word(piece), "offer" | "ask" | "advise") { "fallback" } else { "rule" };
        self.piece_of(item, piece);
    }

    /// A cell that tests the value of its column.
    fn test_cell(&mut self, title: &str, written: &str) {
        let (values, ty) = self.vocabulary.get(title).map_or((Vec::new(), None), |entry| (entry.values.clone(), entry.ty));
        for value in values {
            self.add(Suggestion::new(value, Shown::EnumMember, FIRST).detail(format!("a value of {title}")));
        }
        match ty {
            Some(Ty::YesNo) => self.words(&["yes", "no"], FIRST),
            Some(Ty::OneOf | Ty::SomeOf) => {}
            ty => self.quantities(ty.or_else(|| title.contains(" - ").then_some(Ty::Duration)), written),
        }
        if written.trim().is_empty() {
            self.words(&["any", "not"], COULD);
        }
        if self.vocabulary.get(title).is_some_and(|entry| entry.optional) {
            self.words(&["present", "absent"], COULD);
        }
    }

    /// A value of a type, or behind a number its unit.
    fn quantities(&mut self, ty: Option<Ty>, written: &str) {
        let behind_number = tokens(written).last().is_some_and(|token| token.kind == TokenKind::Number);
        match (behind_number, ty) {
            (true, Some(Ty::Duration)) => {
                self.found.extend(crate::lsp::features::words::UNITS.map(|unit| Suggestion::new(unit, Shown::Unit, FIRST)));
            }
            (true, Some(Ty::Percent)) => self.add(Suggestion::new("%", Shown::Unit, FIRST)),
            (true, _) => self.found.extend(self.vocabulary.currency.clone().map(|code| Suggestion::new(code, Shown::Unit, FIRST))),
            (false, ty) => {
                self.entries(FITS, |entry| {
                    matches!(entry.kind, Kind::Fact | Kind::Definition | Kind::Lookup) && ty.is_none_or(|ty| entry.ty.is_none_or(|own| own == ty))
                });
                self.word("unlimited", SELDOM);
            }
        }
    }

    /// A value of a type that is written before it.
    fn own(&mut self, ty: &str, written: &str) {
        for value in own_values(&format!("fact x {ty} default")) {
            self.add(Suggestion::new(value, Shown::EnumMember, FIRST));
        }
        match first_word(ty.trim_start()) {
            "money" => self.quantities(Some(Ty::Money), written),
            "percent" => self.quantities(Some(Ty::Percent), written),
            "duration" => self.quantities(Some(Ty::Duration), written),
            "yes" => self.words(&["yes", "no"], FIRST),
            _ => {}
        }
    }
}

/// Whether what is written next is the day that a time is measured from.
fn is_anchor(piece: &str) -> bool {
    matches!(words_of(piece).last(), Some(&"after" | &"before"))
}

/// Whether what is written next is the limit of a head or of an offer.
fn is_limit(piece: &str) -> bool {
    matches!(words_of(piece).as_slice(), [.., "up", "to"] | [.., "more", "than"] | [.., "entitled", "to", _, "of"])
        && first_word(piece.trim_start()) == "rule"
}

/// Whether a word can stand in a list of values.
fn is_listed(word: &str) -> bool {
    word.starts_with(|c: char| c.is_alphanumeric() || c == '"') && !BETWEEN.contains(&word)
}

/// The values that a fact lists before its own `default`.
fn own_values(piece: &str) -> Vec<String> {
    let words = words_of(piece);
    if words.first() != Some(&"fact") || words.last().is_none_or(|last| !matches!(*last, "default" | ",")) {
        return Vec::new();
    }
    let Some(of) = words.iter().position(|word| *word == "of") else {
        return if words.contains(&"yes") { vec!["yes".to_owned(), "no".to_owned()] } else { Vec::new() };
    };
    let mut values = Vec::new();
    let mut rest = words.get(of + 1..).unwrap_or_default();
    while let [value, after @ ..] = rest {
        values.push((*value).to_owned());
        match after {
            [",", further @ ..] => rest = further,
            _ => break,
        }
    }
    values
}

/// The cells of a row between bars; bars in texts are text.
fn bars(row: &str) -> Vec<&str> {
    let row = row.trim_start();
    let row = row.strip_prefix('|').unwrap_or(row);
    separated(row, '|')
}

/// What stands between separators outside of quotation marks.
fn separated(line: &str, separator: char) -> Vec<&str> {
    let mut quoted = false;
    line.split(move |c: char| {
        quoted ^= c == '"';
        c == separator && !quoted
    })
    .collect()
}
