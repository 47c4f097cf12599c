//! What fits at a place.

use gen_lsp_types::CompletionItemKind as Shown;

use super::Suggestion;
use super::place::{Cursor, Place, first_word};
use super::vocabulary::{Entry, Ty, Vocabulary};
use crate::lsp::features::words;
use crate::lsp::lexer::{TokenKind, tokens};
use crate::lsp::names::Kind;
use crate::lsp::places::path_of;
use crate::lsp::text::Document;
use crate::syntax::{ITEMS, clause_words, could_follow, line_words};

/// What surely is meant.
pub(super) const FIRST: u8 = 1;
/// What fits.
pub(super) const FITS: u8 = 2;
/// What could be.
pub(super) const COULD: u8 = 3;
/// What is seldom meant.
pub(super) const SELDOM: u8 = 4;

/// Which names fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    /// Those of a kind.
    Kind(Kind),
    /// What a budget has buckets for.
    Key,
    /// A fact with a date.
    Day,
    /// Something with a value.
    Value,
    /// None: a new one is given.
    New,
}

/// Finds what fits.
pub(super) struct Fill<'a> {
    pub(super) vocabulary: &'a Vocabulary,
    document: &'a Document,
    cursor: &'a Cursor<'a>,
    pub(super) found: Vec<Suggestion>,
}

impl<'a> Fill<'a> {
    pub(super) fn new(vocabulary: &'a Vocabulary, document: &'a Document, cursor: &'a Cursor<'a>) -> Self {
        Self { vocabulary, document, cursor, found: Vec::new() }
    }

    pub(super) fn suggestions(mut self) -> Vec<Suggestion> {
        if !crate::lsp::places::is_policy(&self.document.uri) {
            self.sheet();
            return self.found;
        }
        match &self.cursor.place {
            Place::Item => self.items(),
            Place::Piece { item, above, piece, starts_line } => self.piece(item, above, piece, *starts_line),
            Place::Cell { head, header, row } => self.cell(head, *header, row),
            Place::Text { before, inside } => self.text(before, inside),
            Place::Nowhere => {}
        }
        self.found
    }

    pub(super) fn document(&self) -> &'a Document {
        self.document
    }

    pub(super) fn cursor_start(&self) -> usize {
        self.cursor.start
    }

    /// What goes on behind a clause without its own line.
    pub(super) fn piece_of(&mut self, item: &str, piece: &str) {
        self.piece(item, "", piece, false);
    }

    pub(super) fn add(&mut self, suggestion: Suggestion) {
        self.found.push(suggestion);
    }

    pub(super) fn word(&mut self, word: &str, rank: u8) {
        let meaning = words::meaning(first_word(word));
        self.add(Suggestion::new(word, Shown::Keyword, rank).documented(meaning));
    }

    pub(super) fn words(&mut self, words: &[&str], rank: u8) {
        for word in words {
            self.word(word, rank);
        }
    }

    fn items(&mut self) {
        for item in ITEMS {
            let suggestion = Suggestion::new(item, Shown::Keyword, FITS).documented(words::meaning(item));
            let template = TEMPLATES.iter().find(|(name, _)| *name == item).map(|(_, template)| *template);
            self.add(match template {
                Some(template) => suggestion.snippet(template),
                None => suggestion,
            });
        }
    }

    fn piece(&mut self, item: &str, above: &str, piece: &str, starts_line: bool) {
        let behind_rows = starts_line && piece.lines().any(|line| line.trim_start().starts_with('|'));
        let follow = if behind_rows { Vec::new() } else { could_follow(item, piece) };
        let may_end = follow.is_empty() || follow.iter().any(|rule| rule == "EOI");
        if starts_line && may_end {
            self.line_words(item, above);
        }
        let names = name_wanted(item, piece);
        for rule in &follow {
            self.rule(rule, item, piece, names);
        }
        // Nothing is above itself, or defined by itself.
        if matches!(item, "role" | "fact" | "budget" | "define" | "table" | "duty") {
            let head = if above.is_empty() { piece } else { above };
            let own = words_of(head).get(1).map(|name| (*name).to_owned());
            self.found.retain(|suggestion| Some(&suggestion.label) != own.as_ref());
        }
        // What is above a role is not below it.
        if item == "role"
            && let Some(own) = words_of(if above.is_empty() { piece } else { above }).get(1)
        {
            let over = self.vocabulary.over(own);
            self.found.retain(|suggestion| suggestion.kind != Shown::Class || !over.contains(&suggestion.label));
        }
        // Where the grammar cannot follow, the word before still says which names are meant.
        if follow.is_empty() && !starts_line {
            self.names(names, piece);
        }
    }

    /// What a new line of an item can begin with.
    fn line_words(&mut self, item: &str, above: &str) {
        let head = above.split('|').next().unwrap_or_default();
        let words = if matches!(item, "rule" | "table" | "fallback") { clause_words(item, head) } else { line_words(item).to_vec() };
        let once = ["when", "unless", "because", "owner", "review", "currency", "time", "languages", "answers", "on", "as"];
        let is_there = |word: &str| above.lines().skip(1).any(|line| first_word(line.trim_start()) == word);
        for word in words {
            if !(once.contains(&word) && is_there(word)) {
                self.word(phrase(word), FITS);
            }
        }
        if item == "table" && head.split_whitespace().any(|word| matches!(word, "may" | "entitled" | "gives")) && !above.contains('|') {
            self.add(
                Suggestion::new("| … |", Shown::Snippet, SELDOM)
                    .detail("a table")
                    .snippet("| ${1:role}  | ${2:up to} |\n  |-------|-------|\n  | ${3:agent} | ${4:50 EUR} |"),
            );
        }
    }

    /// What one of the grammar's rules could be.
    fn rule(&mut self, rule: &str, item: &str, piece: &str, names: Wanted) {
        match rule {
            "name" | "rule_ref" => self.names(names, piece),
            "negation" | "condition" => self.condition(piece),
            "value" | "operand" | "unary" | "sum" => self.values(piece),
            "limit" | "allotment" => {
                self.values(piece);
                self.word("unlimited", COULD);
            }
            "sentence" => self.subjects(&["everyone", "nobody", "entitled to"]),
            "pledge" => self.subjects(&["everyone", "nobody", "every no has an offer"]),
            "fact_line" => {
                self.names(Wanted::Kind(Kind::Fact), piece);
                self.word("not", COULD);
            }
            "fact_value" => self.words(&["is", "includes"], FITS),
            // What is always there is neither.
            "presence" if self.is_optional(piece) => self.words(&["present", "absent"], FITS),
            "presence" if self.subject_type(piece).is_none() => self.words(&["present", "absent"], SELDOM),
            "offset_kind" => self.offsets(piece),
            "compare_sign" => self.signs(piece),
            "match_tail" if matches!(self.subject_type(piece), Some(Ty::Text)) => self.words(&["starts with", "ends with", "contains"], FITS),
            "currency" => self.currency(item, piece),
            "unit" => self.found.extend(words::UNITS.map(|unit| Suggestion::new(unit, Shown::Unit, FITS))),
            "percent_sign" => self.add(Suggestion::new("%", Shown::Unit, COULD)),
            "side" => self.words(&["after", "before"], FITS),
            "date" | "datetime" => self.day(),
            "fact_type" => self.types(&["money", "percent", "number", "date", "datetime", "duration", "yes/no", "text", "one of", "some of"]),
            "measure" => self.types(&["money", "percent", "number", "duration"]),
            "modifier" => self.words(&["optional", "verified", "private", "default", "asks", "about actor"], FITS),
            "text" | "quoted" => self.quotation(rule, piece),
            "language" => self.languages(),
            "zone" => self.zones(),
            "window" => self.words(&["per day", "per week", "per month", "per quarter", "per year", "per rolling 365 days", "ever"], FITS),
            "period" => self.words(&["day", "week", "month", "quarter", "year"], FITS),
            "table_sentence" => self.words(&["may", "may not", "entitled to"], FITS),
            "expectation" => {
                self.words(&["yes", "owed", "no", "ask", "need", "up to", "limit", "offer", "because", "require", "charge", "provisional"], FITS);
            }
            keyword => self.keyword(keyword, piece),
        }
    }

    fn keyword(&mut self, rule: &str, piece: &str) {
        let Some(word) = rule.strip_prefix("kw_") else { return };
        let ty = self.subject_type(piece);
        match word {
            "is" => self.is_tail(ty),
            "includes" if matches!(ty, Some(Ty::SomeOf) | None) => self.words(&["includes", "includes any of", "includes all of"], FITS),
            "rounded" if ty.is_none_or(Ty::is_quantity) => self.words(&["rounded to", "rounded up to", "rounded down to"], SELDOM),
            "between" if ty.is_none_or(|ty| ty.is_quantity() || ty.is_time()) => self.word("between", COULD),
            "includes" | "rounded" | "between" => {}
            "of" if first_word(piece.trim_start()) == "action" => self.word("of", FITS),
            "of" => self.word("of", COULD),
            "times" => self.word("times", FITS),
            "one" if first_word(piece.trim_start()) != "fact" && ty.is_some_and(|ty| ty != Ty::OneOf && ty != Ty::Text) => {}
            "unless" if first_word(piece.trim_start()) == "promise" => self.word("unless entitled", FITS),
            other => self.word(phrase(other), FITS),
        }
    }

    fn is_tail(&mut self, ty: Option<Ty>) {
        match ty {
            Some(Ty::OneOf | Ty::Text) => self.words(&["is", "is not", "is one of", "is not one of"], FITS),
            Some(Ty::SomeOf) => {}
            Some(Ty::YesNo) => self.words(&["is", "is not"], COULD),
            Some(Ty::Date | Ty::Datetime) => self.words(&["is within", "is more than", "is at least", "is between"], FITS),
            Some(_) => self.words(&["is between", "is not between"], FITS),
            None => self.words(&["is", "is not", "is one of", "is between", "is within", "is present", "is absent"], FITS),
        }
    }

    fn signs(&mut self, piece: &str) {
        let ty = self.subject_type(piece);
        if ty.is_none_or(|ty| ty.is_quantity() || ty.is_time()) {
            for sign in ["<", "<=", ">", ">=", "="] {
                self.add(Suggestion::new(sign, Shown::Operator, FITS));
            }
        }
    }

    fn offsets(&mut self, piece: &str) {
        if self.subject_type(piece).is_none_or(Ty::is_time) {
            self.words(&["within", "more than", "at least"], COULD);
        }
    }

    fn subjects(&mut self, words: &[&str]) {
        self.names(Wanted::Kind(Kind::Role), "");
        self.words(words, COULD);
    }

    fn types(&mut self, types: &[&str]) {
        for ty in types {
            self.add(Suggestion::new(*ty, Shown::TypeParameter, FITS).documented(words::meaning(first_word(ty))));
        }
    }

    fn names(&mut self, wanted: Wanted, piece: &str) {
        match wanted {
            Wanted::Kind(Kind::Rule) => self.rules(),
            Wanted::Kind(kind) => self.of_kind(kind, piece),
            Wanted::Key => {
                self.words(&["actor", "actor.team"], FITS);
                self.entries(FITS, |entry| entry.kind == Kind::Fact && entry.ty == Some(Ty::Text));
            }
            Wanted::Day => self.entries(FITS, |entry| entry.kind == Kind::Fact && entry.ty.is_some_and(Ty::is_time)),
            Wanted::Value => self.values(piece),
            Wanted::New => {}
        }
    }

    /// The names of a kind, but for those that the list before the cursor has already.
    fn of_kind(&mut self, kind: Kind, piece: &str) {
        let listed = listed_before(piece);
        self.entries(FITS, |entry| entry.kind == kind && !listed.contains(&entry.name.as_str()));
    }

    fn rules(&mut self) {
        self.entries(FITS, |entry| entry.kind == Kind::Rule);
        let tables: Vec<Entry> = self.vocabulary.of_kind(Kind::RuleTable).cloned().collect();
        for table in tables {
            for row in 1..=table.rows {
                self.add(Suggestion::new(format!("{}[{row}]", table.name), Shown::Method, COULD));
            }
        }
    }

    pub(super) fn entries(&mut self, rank: u8, fits: impl Fn(&Entry) -> bool) {
        let vocabulary = self.vocabulary;
        for entry in vocabulary.entries.iter().filter(|entry| fits(entry)) {
            self.add(named(entry, rank));
        }
    }

    /// What can be put into a text: facts in braces; or the name of a file.
    fn text(&mut self, before: &str, inside: &str) {
        if inside.ends_with('{') {
            let closes = self.document.text.get(self.cursor.start..).is_some_and(|rest| {
                let word = rest.find(|c: char| !(crate::lsp::lexer::is_word(c) || c == '.')).unwrap_or(rest.len());
                rest.get(word..).is_some_and(|rest| rest.starts_with('}'))
            });
            let close = if closes { "" } else { "}" };
            let known = self.found.len();
            self.entries(FITS, |entry| entry.kind == Kind::Fact);
            for (word, meaning) in words::BUILT_IN {
                self.add(Suggestion::new(word, Shown::Variable, COULD).documented(Some(meaning)));
            }
            for suggestion in self.found.iter_mut().skip(known) {
                suggestion.snippet = Some(format!("{}{close}", suggestion.label));
            }
            return;
        }
        let last = before.split_whitespace().next_back().unwrap_or_default();
        match last {
            "from" => self.files(|path| path.extension().is_some_and(|extension| extension == "csv")),
            "includes" => self.siblings(),
            _ => {}
        }
    }

    /// The files beside the document.
    fn files(&mut self, fits: impl Fn(&std::path::Path) -> bool) {
        let folder = path_of(&self.document.uri).and_then(|path| path.parent().map(std::path::Path::to_path_buf));
        let entries = folder.into_iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
        for path in entries.map(|entry| entry.path()).filter(|path| fits(path)) {
            self.found.extend(path.file_name().map(|name| Suggestion::new(name.to_string_lossy(), Shown::File, FITS)));
        }
    }

    /// The folders beside the document's own.
    fn siblings(&mut self) {
        let path = path_of(&self.document.uri);
        let Some((own, above)) = path.as_deref().and_then(|path| Some((path.parent()?, path.parent()?.parent()?))) else { return };
        for folder in std::fs::read_dir(above).into_iter().flatten().flatten().map(|entry| entry.path()) {
            if folder.is_dir() && folder != own {
                self.found.extend(folder.file_name().map(|name| Suggestion::new(format!("../{}", name.to_string_lossy()), Shown::Folder, FITS)));
            }
        }
    }

    fn quotation(&mut self, rule: &str, piece: &str) {
        let snippet = |label: &str, snippet: &str| Suggestion::new(label, Shown::Snippet, SELDOM).snippet(snippet.to_owned());
        self.add(snippet("\"…\"", "\"$1\""));
        if rule == "text" && !piece.trim_end().ends_with('"') && self.vocabulary.languages.len() > 1 {
            let all = self.vocabulary.languages.iter().enumerate().map(|(at, code)| format!("{code} \"${}\"", at + 1)).collect::<Vec<_>>().join(" ");
            let label = self.vocabulary.languages.iter().map(|code| format!("{code} \"…\"")).collect::<Vec<_>>().join(" ");
            self.add(snippet(&label, &all));
        }
        if rule == "text" && first_word(piece.trim_start()) != "rule" {
            self.languages();
        }
    }

    fn languages(&mut self) {
        let known: Vec<&str> = self.vocabulary.languages.iter().map(String::as_str).collect();
        let codes = if known.is_empty() { vec!["de", "en", "fr", "it", "es", "nl", "pl"] } else { known };
        for code in codes {
            self.add(Suggestion::new(code, Shown::Constant, COULD).detail("language"));
        }
    }

    fn zones(&mut self) {
        for zone in jiff::tz::db().available() {
            self.add(Suggestion::new(zone.as_str(), Shown::Constant, FITS).detail("time zone"));
        }
    }

    fn currency(&mut self, item: &str, piece: &str) {
        let own = self.vocabulary.currency.clone();
        if item == "policy" || own.is_none() {
            let all = super::table::currencies().iter();
            return self.found.extend(all.map(|(code, name)| Suggestion::new(*code, Shown::Unit, FITS).detail(name.clone())));
        }
        let fits = self.expected(piece).is_none_or(|ty| ty == Ty::Money);
        self.found.extend(own.map(|code| Suggestion::new(code, Shown::Unit, if fits { FIRST } else { SELDOM }).detail("the policy's currency")));
    }

    fn day(&mut self) {
        let today = jiff::Zoned::now().date();
        self.add(Suggestion::new(today.to_string(), Shown::Value, COULD).detail("today"));
    }
}

/// A name as it is shown.
pub(super) fn named(entry: &Entry, rank: u8) -> Suggestion {
    let shown = match entry.kind {
        Kind::Role => Shown::Class,
        Kind::Fact => Shown::Field,
        Kind::Action => Shown::Function,
        Kind::Duty => Shown::Event,
        Kind::Budget => Shown::Struct,
        Kind::Definition | Kind::Lookup => Shown::Variable,
        Kind::Rule | Kind::RuleTable => Shown::Method,
        Kind::Value => Shown::EnumMember,
    };
    let suggestion = Suggestion::new(&entry.name, shown, rank).documented(entry.title.clone());
    match &entry.brief {
        Some(brief) => suggestion.detail(brief.clone()),
        None => suggestion,
    }
}

/// The words of a piece before the cursor, signs among them.
pub(super) fn words_of(piece: &str) -> Vec<&str> {
    let all = tokens(piece).into_iter().filter(|token| token.kind != TokenKind::Comment);
    all.filter_map(|token| piece.get(token.range)).collect()
}

/// The names of the comma list that the cursor is in.
fn listed_before(piece: &str) -> Vec<&str> {
    let words = words_of(piece);
    let mut listed = Vec::new();
    let mut at = words.len();
    while let (Some(","), Some(name)) = (at.checked_sub(1).and_then(|at| words.get(at)).copied(), at.checked_sub(2).and_then(|at| words.get(at))) {
        listed.push(*name);
        at -= 2;
    }
    listed
}

/// The word before the name, or before the list of names, that is being written; and the one before that.
fn governing(piece: &str) -> (String, String) {
    let words = words_of(piece);
    let end = words.len() - 2 * listed_before(piece).len();
    let at = |back: usize| end.checked_sub(back).and_then(|at| words.get(at)).map_or(String::new(), |word| (*word).to_owned());
    (at(1), at(2))
}

/// Which names the word before says.
fn name_wanted(item: &str, piece: &str) -> Wanted {
    let (word, before) = governing(piece);
    let first = first_word(piece.trim_start());
    let role = Wanted::Kind(Kind::Role);
    match (word.as_str(), before.as_str()) {
        ("ask", _) if item == "test" && first == "ask" => Wanted::Kind(Kind::Action),
        ("ask" | "above" | "as" | "for", _) | ("by", "approved") => role,
        ("by", _) if first == "charge" => Wanted::Value,
        ("by", _) => Wanted::Day,
        ("may" | "cannot" | "always" | "offer" | "fallback", _) | ("not", "may") | ("to", "entitled") => Wanted::Kind(Kind::Action),
        ("charge" | "spent", _) => Wanted::Kind(Kind::Budget),
        ("require", _) => Wanted::Kind(Kind::Duty),
        ("need" | "provisional" | "given" | "said", _) | ("not", "given" | "said") => Wanted::Kind(Kind::Fact),
        ("because", _) if item == "test" => Wanted::Kind(Kind::Rule),
        ("per", _) => Wanted::Key,
        (word, _) if word == first && ITEMS.contains(&word) => Wanted::New,
        _ if matches!(item, "rule" | "promise") && first == item => role,
        _ => Wanted::Value,
    }
}

/// The words that begin something longer.
fn phrase(word: &str) -> &str {
    const PHRASES: [(&str, &str); 22] = [
        ("up", "up to"),
        ("more", "more than"),
        ("one", "one of"),
        ("some", "some of"),
        ("even", "even if entitled"),
        ("approved", "approved by"),
        ("review", "review by"),
        ("entitled", "entitled to"),
        ("answers", "answers within"),
        ("time", "time zone"),
        ("about", "about actor"),
        ("start", "start of"),
        ("end", "end of"),
        ("starts", "starts with"),
        ("ends", "ends with"),
        ("every", "every no has an offer"),
        ("can", "can always"),
        ("at", "at least"),
        ("any", "any of"),
        ("all", "all of"),
        ("rolling", "rolling 365 days"),
        ("in", "in team"),
    ];
    PHRASES.iter().find(|(first, _)| *first == word).map_or(word, |(_, phrase)| phrase)
}

/// Items to begin with.
const TEMPLATES: [(&str, &str); 12] = [
    ("policy", "policy \"${1:name}\"\n  currency ${2:EUR}\n  time zone ${3:Europe/Berlin}\n  languages ${4:en}\n"),
    ("role", "role ${1:name} \"${2:title}\""),
    ("fact", "fact ${1:name} ${2:money}"),
    ("action", "action ${1:name} of ${2:money} \"${3:title}\""),
    ("duty", "duty ${1:name} \"${2:title}\""),
    ("budget", "budget ${1:name} \"${2:title}\"\n  ${3:300 EUR} per ${4:actor} per ${5:month}"),
    ("define", "define ${1:name} \"${2:title}\" as $3"),
    ("table", "table ${1:name} \"${2:title}\"\n  may ${3:refund}\n  | role  | up to  |\n  |-------|--------|\n  | $4 | $5 |"),
    ("rule", "rule ${1:name} \"${2:title}\"\n  $3 may $4"),
    ("fallback", "fallback $1\n  offer $2"),
    ("test", "test \"${1:title}\"\n  as $2\n  ask $3\n  expect $4"),
    ("promise", "promise \"${1:title}\"\n  $2 cannot $3 more than $4"),
];
