//! Random packs, laid out at random, with comments everywhere: ten thousand of them before a change goes in, fewer at other times.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use kulanz::diagnostic::has_errors;
use kulanz::source::Sources;
use kulanz::syntax::ast::File;
use kulanz::syntax::format::same_meaning;
use unicode_width::UnicodeWidthStr;

use super::formatted;

/// The words that may begin a piece of an item, so that no line that goes on begins with them.
const LINE_WORDS: &[&str] = &[
    "above",
    "advise",
    "answers",
    "approved",
    "as",
    "ask",
    "asks",
    "because",
    "charge",
    "cites",
    "currency",
    "every",
    "everyone",
    "expect",
    "from",
    "given",
    "holidays",
    "includes",
    "languages",
    "may",
    "nobody",
    "offer",
    "on",
    "owner",
    "require",
    "review",
    "said",
    "spent",
    "time",
    "unless",
    "until",
    "when",
    "within",
    "entitled",
    "cannot",
    "can",
];

const CLAUSES: &[&str] =
    &["when", "unless", "from", "until", "approved", "charge", "require", "because", "offer", "advise", "ask", "cites", "owner", "review"];

const NAMES: &[&str] = &["a", "agent", "reason", "order.total", "größe", "顧客", "fee_2", "x1", "Straße.nummer", "zähler", "kunde.ключ"];
const TEXTS: &[&str] = &[
    "\"Short\"",
    "\"# no comment | no bar\"",
    "\"漢字と「かな」\"",
    "\"👩\u{200d}👩\u{200d}👧 and e\u{301}\"",
    "\"a \\\"quoted\\\" \\\\ word\"",
    "\"Etwas länger, damit die Zeile manchmal zu voll wird und umbrochen werden muss\"",
    "\"\"",
];
const QUANTITIES: &[&str] = &["50 EUR", "1_000.50 EUR", "25%", "12.5 %", "3", "2.5", "30 days", "2 weeks", "90 minutes"];

/// Choices that follow from a seed alone.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % count
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}

/// The words of a piece of an item: a head, a clause, a row.
type Piece = Vec<String>;

/// Makes the pieces of items.
struct Author<'d> {
    dice: &'d mut Dice,
    named: usize,
}

fn words(text: &str) -> Piece {
    text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

impl Author<'_> {
    fn name(&mut self) -> String {
        self.dice.of(NAMES).to_owned()
    }

    /// A name that nothing else has.
    fn new_name(&mut self) -> String {
        self.named += 1;
        format!("{}{}", self.dice.of(&["rule_", "größe", "名", "n"]), self.named)
    }

    fn text(&mut self) -> Piece {
        if self.dice.one_in(3) {
            let (german, english) = (self.dice.of(TEXTS), self.dice.of(TEXTS));
            return ["de", german, "en", english].map(str::to_owned).to_vec();
        }
        vec![self.dice.of(TEXTS).to_owned()]
    }

    fn maybe_text(&mut self) -> Piece {
        if self.dice.one_in(2) { self.text() } else { Piece::new() }
    }

    /// Names that differ.
    fn list(&mut self) -> Piece {
        let (first, count) = (self.dice.below(NAMES.len()), 1 + self.dice.below(3));
        let names: Vec<&str> = (0..count).map(|at| NAMES[(first + at) % NAMES.len()]).collect();
        words(&names.join(" , "))
    }

    fn quantity(&mut self) -> Piece {
        match self.dice.below(4) {
            0 => [words("min ("), words(self.dice.of(QUANTITIES)), words(","), vec![self.name()], words(")")].concat(),
            1 => [words("20% of"), vec![self.name()]].concat(),
            2 => [vec![self.name()], words("- 5 EUR")].concat(),
            _ => words(self.dice.of(QUANTITIES)),
        }
    }

    fn condition(&mut self, depth: usize) -> Piece {
        if depth > 0 && self.dice.one_in(2) {
            let word = self.dice.of(&["and", "or"]);
            let mut all = self.inner(depth - 1);
            for _ in 0..=self.dice.below(2) {
                all.push(word.into());
                all.extend(self.inner(depth - 1));
            }
            return all;
        }
        let name = self.name();
        match self.dice.below(9) {
            0 => vec![name],
            1 => [words("not"), vec![name]].concat(),
            2 => [vec![name], words("is one of"), self.list()].concat(),
            3 => [vec![name], words(self.dice.of(&[">", "<=", "=", "is not"])), words(self.dice.of(QUANTITIES))].concat(),
            4 => [vec![name], words("is between 1 EUR and 20 EUR")].concat(),
            5 => [vec![name], words("is present")].concat(),
            6 => [vec![name], words("starts with"), vec![self.dice.of(TEXTS).to_owned()]].concat(),
            7 => [words("more than 14 days after"), vec![name]].concat(),
            _ => [vec![name], words("includes any of"), self.list()].concat(),
        }
    }

    fn inner(&mut self, depth: usize) -> Piece {
        let inside = self.condition(depth);
        let is_joined = inside.iter().any(|word| word == "and" || word == "or");
        if is_joined || self.dice.one_in(5) { [words("("), inside, words(")")].concat() } else { inside }
    }

    fn when(&mut self) -> Piece {
        if self.dice.one_in(2) { [words("when"), self.condition(1)].concat() } else { Piece::new() }
    }

    /// Some clauses, in any order; those that may stand once do.
    fn clauses(&mut self, of: &[&str]) -> Vec<Piece> {
        let mut clauses = Vec::new();
        for word in of {
            let often = if ["when", "unless", "because", "owner", "review", "approved"].contains(word) { 1 } else { 2 };
            for _ in 0..often {
                if self.dice.one_in(3) {
                    clauses.push(self.clause(word));
                }
            }
        }
        for at in (1..clauses.len()).rev() {
            clauses.swap(at, self.dice.below(at + 1));
        }
        clauses
    }

    fn clause(&mut self, word: &str) -> Piece {
        let rest = match word {
            "when" | "unless" => self.condition(2),
            "from" | "until" => [words("2026-11-21"), if self.dice.one_in(2) { words("by order.day") } else { Piece::new() }].concat(),
            "approved" => [words("by"), self.list()].concat(),
            "charge" => [self.list(), if self.dice.one_in(2) { words("by amount * 2") } else { Piece::new() }].concat(),
            "require" => [vec![self.name()], self.when()].concat(),
            "because" | "cites" | "owner" => self.text(),
            "offer" => {
                [vec![self.name()], if self.dice.one_in(2) { [words("up to"), self.quantity()].concat() } else { Piece::new() }, self.when()].concat()
            }
            "advise" => [self.text(), self.when()].concat(),
            "ask" => [vec![self.name()], if self.dice.one_in(2) { words("within 2 hours") } else { Piece::new() }, self.when()].concat(),
            _ => words("by 2028-01-01"),
        };
        [vec![word.to_owned()], rest].concat()
    }

    fn rule(&mut self) -> Vec<Piece> {
        const PROHIBITION: &[&str] = &["when", "unless", "from", "until", "because", "offer", "advise", "ask", "cites", "owner", "review"];
        const PERMISSION: &[&str] = &["when", "unless", "from", "until", "approved", "charge", "require", "because", "cites", "owner", "review"];
        const ENTITLEMENT: &[&str] = &["when", "unless", "from", "until", "charge", "require", "because", "cites", "owner", "review"];
        let title = [words("rule"), vec![self.new_name()], self.maybe_text()].concat();
        let (head, clauses) = match self.dice.below(4) {
            0 => ([self.list(), words("may"), self.list(), words("up to"), self.quantity()].concat(), self.clauses(PERMISSION)),
            1 => ([words("nobody may"), self.list()].concat(), self.clauses(PROHIBITION)),
            2 => (
                [self.list(), words("may not"), self.list(), words("more than"), self.quantity(), words("even if entitled")].concat(),
                self.clauses(PROHIBITION),
            ),
            _ => ([words("entitled to"), self.list(), words("of"), self.quantity()].concat(), self.clauses(ENTITLEMENT)),
        };
        [vec![title, head], clauses].concat()
    }

    fn cell(&mut self) -> String {
        match self.dice.below(6) {
            0 => "any".into(),
            1 => format!("<= {}", self.dice.of(QUANTITIES)),
            2 => format!("not {}", self.name()),
            3 => "10 EUR .. 50 EUR".into(),
            4 => self.list().concat(),
            _ => self.name(),
        }
    }

    fn rows(&mut self, columns: &[&str], last: impl Fn(&mut Self) -> String) -> Vec<Piece> {
        let row = |cells: Vec<String>| vec![format!("| {} |", cells.join(" | "))];
        let mut rows = vec![row(columns.iter().map(|column| (*column).to_owned()).collect())];
        if self.dice.one_in(2) {
            rows.push(row(columns.iter().map(|_| "---".to_owned()).collect()));
        }
        for _ in 0..=self.dice.below(3) {
            let named = columns.first() == Some(&"role");
            let mut cells: Vec<String> = (1..columns.len()).map(|at| if named && at == 1 { self.name() } else { self.cell() }).collect();
            cells.push(last(self));
            rows.push(row(cells));
        }
        rows
    }

    fn rule_table(&mut self) -> Vec<Piece> {
        let title = [words("table"), vec![self.new_name()], self.maybe_text()].concat();
        let clauses = self.clauses(&["when", "unless", "charge", "because", "cites", "owner", "review"]);
        let rows = self.rows(&["role", "order.total", "顧客", "up to"], |author| author.dice.of(QUANTITIES).to_owned());
        [vec![title, [words("may"), vec![self.name()]].concat()], clauses, rows].concat()
    }

    fn item(&mut self) -> Vec<Piece> {
        let name = self.new_name();
        match self.dice.below(14) {
            0..4 => self.rule(),
            4 => self.rule_table(),
            5 => {
                let title = [words("table"), vec![name], self.maybe_text(), words("gives money")].concat();
                [vec![title], self.rows(&["größe", "is"], |author| author.dice.of(TEXTS).to_owned())].concat()
            }
            6 => {
                vec![[words("role"), vec![name], self.maybe_text()].concat(), [words("above"), self.list()].concat(), words("answers within 4 hours")]
            }
            7 => {
                let ty = self.dice.of(&["money", "yes/no", "text", "date", "one of a, b, c"]).to_owned();
                let ty = words(&ty.replace(',', " ,"));
                let modifiers = words(self.dice.of(&["", "optional", "verified private", "about actor"]));
                let asks = [words("asks"), self.text()].concat();
                let head = [words("fact"), vec![name], ty, self.maybe_text(), modifiers].concat();
                if self.dice.one_in(2) { vec![head, asks] } else { vec![head] }
            }
            8 => vec![
                [words("budget"), vec![name], self.maybe_text()].concat(),
                words("300 EUR per actor per month for agent , lead"),
                words("20% of order.total per 顧客 ever"),
            ],
            9 => vec![[words("define"), vec![name], self.maybe_text()].concat(), [words("as"), self.condition(2)].concat()],
            10 => [vec![[words("fallback"), self.list()].concat()], self.clauses(&["when", "offer", "advise", "ask", "because", "cites", "owner"])]
                .concat(),
            11 => vec![
                [words("test"), vec![self.dice.of(TEXTS).to_owned()]].concat(),
                words("on 2026-11-21"),
                words("as agent \"anna\" in team \"größe\""),
                [words("given"), vec![self.name()], words("is 20 EUR")].concat(),
                words("ask refund of 20 EUR"),
                words("expect up to 10 EUR"),
                [words("expect because"), self.list()].concat(),
            ],
            12 => vec![
                [words("promise"), vec![self.dice.of(TEXTS).to_owned()]].concat(),
                [words("agent cannot refund more than 50 EUR"), self.when()].concat(),
            ],
            _ => vec![[words("action"), vec![name], words("of money"), self.maybe_text()].concat()],
        }
    }
}

/// Lays pieces out at random.
struct Typist<'d> {
    dice: &'d mut Dice,
    text: String,
    comments: usize,
    end: &'static str,
}

impl Typist<'_> {
    fn comment(&mut self) {
        self.comments += 1;
        let words = self.dice.of(&["why", "\"quoted", "| bar |", "漢字", "when x", "👍", "rule r"]);
        let _ = write!(self.text, "#{} {words} c{}", self.dice.of(&["", " ", "#"]), self.comments);
    }

    fn space(&mut self) {
        self.text += self.dice.of(&[" ", " ", " ", "  ", "\t"]);
    }

    fn indent(&mut self) {
        self.text += self.dice.of(&["  ", " ", "    ", "\t"]);
    }

    /// Ends the line, perhaps with a comment, and perhaps puts others and empty lines below it.
    fn break_line(&mut self) {
        if self.dice.one_in(5) {
            self.space();
            self.comment();
        }
        self.text += self.end;
        while self.dice.one_in(6) {
            if self.dice.one_in(2) {
                self.indent();
                self.comment();
            }
            self.text += self.end;
        }
    }

    fn item(&mut self, pieces: &[Piece]) {
        for (at, piece) in pieces.iter().enumerate() {
            if at > 0 {
                self.indent();
            }
            self.piece(piece);
            self.break_line();
        }
        while self.dice.one_in(3) {
            // Between items a comment may stand in the first column.
            if self.dice.one_in(2) {
                self.comment();
            }
            self.text += self.end;
        }
    }

    fn piece(&mut self, piece: &Piece) {
        for (at, word) in piece.iter().enumerate() {
            if at > 0 {
                let glued = matches!(word.as_str(), "," | ")") || piece[at - 1] == "(";
                let may_break = !LINE_WORDS.contains(&word.as_str());
                if may_break && self.dice.one_in(14) {
                    self.break_line();
                    self.indent();
                } else if !glued || self.dice.one_in(4) {
                    self.space();
                }
            }
            self.text += word;
        }
    }
}

/// A random pack, always the same for one seed.
fn pack(seed: u64) -> String {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    (0..8).for_each(|_| {
        dice.below(2);
    });
    let mut author = Author { dice: &mut dice, named: 0 };
    let items: Vec<Vec<Piece>> = (0..=author.dice.below(3)).map(|_| author.item()).collect();
    let end = if dice.one_in(8) { "\r\n" } else { "\n" };
    let mut typist = Typist { dice: &mut dice, text: String::new(), comments: 0, end };
    for item in &items {
        typist.item(item);
    }
    typist.text
}

fn parsed(text: &str) -> Result<File, String> {
    let mut sources = Sources::default();
    let id = sources.add("random.kulanz", text);
    let (file, problems) = kulanz::syntax::parse(&sources, id);
    if has_errors(&problems) { Err(kulanz::diagnostic::render::human(&problems, &sources, false)) } else { Ok(file) }
}

/// Every comment, with the word that it stands behind, or, where it has a line of its own, the word that it stands above.
fn comments(text: &str) -> BTreeMap<String, (bool, String)> {
    let mut found = BTreeMap::new();
    let mut above: Vec<String> = Vec::new();
    for line in text.lines() {
        let start = comment_start(line).unwrap_or(line.len());
        let (code, comment) = line.split_at(start);
        let first = words_of(code).into_iter().next();
        if let Some(first) = &first {
            found.extend(above.drain(..).map(|comment| (comment, (false, first.clone()))));
        }
        if comment.is_empty() {
            continue;
        }
        match words_of(code).pop() {
            Some(last) => drop(found.insert(comment.trim_end().to_owned(), (true, last))),
            None => above.push(comment.trim_end().to_owned()),
        }
    }
    found.extend(above.into_iter().map(|comment| (comment, (false, String::new()))));
    found
}

fn comment_start(line: &str) -> Option<usize> {
    let (mut in_text, mut escaped) = (false, false);
    line.char_indices().find_map(|(at, character)| {
        in_text ^= character == '"' && !escaped;
        escaped = character == '\\' && !escaped;
        (character == '#' && !in_text).then_some(at)
    })
}

/// Words without the signs that may stand closely beside them.
fn words_of(code: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let (mut in_text, mut escaped) = (false, false);
    for character in code.chars() {
        in_text ^= character == '"' && !escaped;
        escaped = character == '\\' && !escaped;
        if in_text || !(character.is_whitespace() || ",()|%".contains(character)) {
            words.last_mut().unwrap().push(character);
            continue;
        }
        words.push(String::new());
        if !character.is_whitespace() {
            words.push(character.to_string());
            words.push(String::new());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The place of each bar on the screen.
fn bars(line: &str) -> Vec<usize> {
    let end = comment_start(line).unwrap_or(line.len());
    let (mut in_text, mut escaped, mut found) = (false, false, Vec::new());
    for (at, character) in line[..end].char_indices() {
        in_text ^= character == '"' && !escaped;
        escaped = character == '\\' && !escaped;
        if character == '|' && !in_text {
            found.push(line[..at].width());
        }
    }
    found
}

fn check_layout(text: &str, result: &str) {
    let lines: Vec<&str> = result.lines().collect();
    for pair in lines.windows(2).filter(|pair| pair.iter().all(|line| line.starts_with("  |"))) {
        assert_eq!(bars(pair[0]), bars(pair[1]), "{result}\nfrom\n{text}");
    }
    let mut rank = 0;
    for line in lines {
        if !line.starts_with(' ') {
            rank = 0;
        }
        let first = line.strip_prefix("  ").and_then(|line| line.split_whitespace().next()).unwrap_or_default();
        let is_rule = !line.starts_with("   ");
        if let Some(at) =
            CLAUSES.iter().position(|word| *word == first).filter(|_| is_rule && !result.contains("\ntest") && !result.starts_with("test"))
        {
            assert!(at >= rank, "`{first}` is late in\n{result}");
            rank = at;
        }
    }
}

fn check(seed: u64) {
    let text = pack(seed);
    let before = parsed(&text).unwrap_or_else(|problems| panic!("pack {seed} does not parse:\n{text}\n{problems}"));
    let result = formatted(&text).unwrap_or_else(|problems| panic!("pack {seed}:\n{text}\n{problems:#?}"));
    let after = parsed(&result).unwrap_or_else(|problems| panic!("pack {seed}:\n{text}\nbecame\n{result}\n{problems}"));
    assert!(same_meaning(&before, &after), "pack {seed}:\n{text}\nbecame\n{result}");
    assert_eq!(formatted(&result).unwrap(), result, "pack {seed}:\n{text}");
    let (stood, stand) = (comments(&text), comments(&result));
    for (comment, place) in &stood {
        assert_eq!(stand.get(comment), Some(place), "`{comment}` of pack {seed}:\n{text}\nbecame\n{result}");
    }
    assert_eq!(stood.len(), stand.len(), "pack {seed}:\n{text}\nbecame\n{result}");
    check_layout(&text, &result);
}

/// How many packs are looked at; `.ci/run` asks for ten thousand.
fn count() -> u64 {
    std::env::var("KULANZ_PACKS").map_or(800, |count| count.parse().unwrap())
}

/// One of four parts, so that they can be looked at side by side.
fn part(nth: u64) {
    let packs = (0..count()).filter(|seed| seed % 4 == nth);
    let looked_at = packs.map(check).count();
    assert!(looked_at >= 100);
}

#[test]
fn the_first_quarter_stays_what_it_is() {
    part(0);
}

#[test]
fn the_second_quarter_stays_what_it_is() {
    part(1);
}

#[test]
fn the_third_quarter_stays_what_it_is() {
    part(2);
}

#[test]
fn the_fourth_quarter_stays_what_it_is() {
    part(3);
}
