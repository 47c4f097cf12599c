//! Items: each is cut into its pieces, and each piece is parsed by itself.

use super::MAX_PROBLEMS;
use super::ast::{Clause, Duty, Fallback, Item, ItemKind, Name, Policy, Role, Test};
use super::clauses::{Bearer, CLAUSES, check_once};
use super::layout::{Line, extent, first_word, pieces};
use super::piece::{Node, Piece, Reader, Rule, child};
use super::words::normal;
use crate::diagnostic::{Code, Diagnostic, Edit, Near, near};
use crate::source::{SourceId, Span, Spanned};

/// The words that an item begins with.
pub(crate) const ITEMS: [&str; 12] = ["policy", "role", "fact", "action", "duty", "budget", "define", "table", "rule", "fallback", "test", "promise"];

/// The most lines of a budget in which the one that cannot be read is looked for.
const MAX_BUDGET_LINES: usize = 50;

/// The words that a line of an item may begin with to start a piece.
pub(crate) fn line_words(keyword: &str) -> &'static [&'static str] {
    match keyword {
        "policy" => &["currency", "time", "languages", "holidays", "includes"],
        "role" => &["above", "answers"],
        "duty" => &["within"],
        "rule" | "fallback" | "table" => &CLAUSES,
        "test" => &["on", "as", "given", "said", "spent", "ask", "expect"],
        _ => &[],
    }
}

/// Whether a clause word that begins a line of such an item is plain text of it.
fn is_inner_word(keyword: &str, word: &str) -> bool {
    match keyword {
        "define" | "budget" => word == "from",
        "promise" => matches!(word, "when" | "unless"),
        _ => false,
    }
}

/// Whether a line in the first column belongs to the item above it, where somebody forgot to indent it.
pub(super) fn is_stray(line: &Line, text: &str) -> bool {
    let word = line.word(text);
    let starts = |sign| text.get(line.range()).is_some_and(|line| line.starts_with(sign));
    starts('|')
        || is_sentence_start(text.get(line.range()).unwrap_or_default())
        || CLAUSES.contains(&word)
        || ["policy", "role", "duty", "test"].iter().any(|item| line_words(item).contains(&word))
}

/// Whether a line begins a sentence: `agent, lead may …`, `entitled to …`.
fn is_sentence_start(line: &str) -> bool {
    let mut words = line.split([' ', '\t']).filter(|word| !word.is_empty()).take(40);
    let mut goes_on = true;
    let first = words.next().unwrap_or_default();
    if ITEMS.contains(&first) || first.is_empty() {
        return false;
    }
    let second = std::iter::once(first).chain(words).find(|word| {
        let is_of_list = goes_on;
        goes_on = word.ends_with(',');
        !is_of_list
    });
    second == Some("may") || (first == "entitled" && second == Some("to"))
}

/// Reads the items of one text.
pub(super) struct ItemReader<'t, 'p> {
    pub text: &'t str,
    pub source: SourceId,
    pub problems: &'p mut Vec<Diagnostic>,
}

/// The first words of items in German, and what the language writes.
const GERMAN: [(&str, &str); 12] = [
    ("regelwerk", "policy"),
    ("richtlinie", "policy"),
    ("rolle", "role"),
    ("fakt", "fact"),
    ("tatsache", "fact"),
    ("aktion", "action"),
    ("leistung", "action"),
    ("pflicht", "duty"),
    ("tabelle", "table"),
    ("regel", "rule"),
    ("prüfung", "test"),
    ("versprechen", "promise"),
];

impl<'t> ItemReader<'t, '_> {
    /// The bytes of some lines.
    pub fn slice(&self, lines: &[Line]) -> &'t str {
        self.text.get(extent(lines)).unwrap_or_default()
    }

    /// The place of some lines.
    pub fn span(&self, lines: &[Line]) -> Span {
        let range = extent(lines);
        Span::new(self.source, range.start, range.end)
    }

    /// Some lines as a piece; `None` where a text in them is not closed, which is reported.
    fn piece(&mut self, lines: &[Line]) -> Option<Piece<'t>> {
        let open = lines.iter().find_map(|line| line.open_text.map(|open| (open, line.end)));
        if let Some((open, end)) = open {
            self.problems
                .push(super::complaint::open_text(Span::new(self.source, open, end.min(open + 40)), self.text.get(open..end).unwrap_or_default()));
            return None;
        }
        Some(Piece { text: self.slice(lines), source: self.source, base: extent(lines).start, doubled: &[] })
    }

    /// Parses some lines by `rule` and makes something of the tree.
    pub fn read<T>(&mut self, lines: &[Line], rule: Rule, make: impl FnOnce(&mut Reader<'t, '_>, &Node<'_>) -> Option<T>) -> Option<T> {
        let piece = self.piece(lines)?;
        let mut reader = Reader::new(piece, self.problems);
        let tree = reader.tree(rule)?;
        make(&mut reader, &tree.root()?)
    }

    /// One item; `None` where its head cannot be read.
    pub fn item(&mut self, lines: &[Line]) -> Option<Item> {
        let first = lines.first()?;
        let keyword = first.word(self.text);
        let known = self.problems.len();
        if !first.flush {
            return self.indented(first);
        }
        for line in lines.iter().skip(1).filter(|line| line.flush).take(MAX_PROBLEMS) {
            let span = Span::new(self.source, line.start, line.end.min(line.start + 40));
            let problem = Diagnostic::new(Code::Indentation, "this line belongs to the item above but starts in the first column");
            let edit = Edit { span: Span::new(self.source, line.start, line.start), text: "  ".to_owned() };
            self.problems.push(problem.at(span, "").help("indent it by two spaces").fix("indent it", vec![edit]));
        }
        let kind = self.kind(keyword, lines);
        self.settle(known);
        Some(Item { span: self.span(lines), kind: kind? })
    }

    /// Takes back what only follows from another problem of the same item: a line in the first column that cannot be read anyway, and what seems to be said
    /// twice behind a line that may have begun another item.
    fn settle(&mut self, known: usize) {
        let text = self.text;
        let line = |problem: &Diagnostic| {
            let at = problem.span().map_or(0, |span| span.range().start);
            text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1)
        };
        let found: Vec<(Code, usize)> = self.problems.iter().skip(known).map(|problem| (problem.code, line(problem))).collect();
        if found.len() < 2 {
            return;
        }
        let first_form = found.iter().filter(|(code, _)| !matches!(code, Code::SaidTwice | Code::Indentation)).map(|(_, line)| *line).min();
        let (mut at, mut shaped) = (0, std::collections::HashSet::new());
        self.problems.retain(|problem| {
            at += 1;
            if at <= known {
                return true;
            }
            let here = line(problem);
            let beside = || found.iter().any(|(code, other)| *code != problem.code && *other == here);
            match problem.code {
                Code::SaidTwice => first_form.is_none_or(|first| here < first),
                Code::Indentation | Code::EmptyCell => !beside(),
                Code::TableShape => !beside() && shaped.insert(here),
                _ => true,
            }
        });
    }

    fn indented(&mut self, first: &Line) -> Option<Item> {
        let span = Span::new(self.source, first.start, first.end.min(first.start + 40));
        let problem = Diagnostic::new(Code::Indentation, "this line is indented but belongs to no item").at(span, "");
        let word = first.word(self.text);
        let item = ITEMS.into_iter().find(|item| line_words(item).contains(&word));
        self.problems.push(match (ITEMS.contains(&word), item) {
            (true, _) => {
                let start = self.text.get(..first.start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
                let edit = Edit { span: Span::new(self.source, start, first.start), text: String::new() };
                problem.help("an item starts in the first column; take the space before it away").fix("begin it in the first column", vec![edit])
            }
            (false, Some("policy")) => problem.help(format!("`{word}` belongs to a `policy`: write `policy \"…\"` above it, in the first column")),
            (false, Some(item)) => problem.help(format!("`{word}` belongs to a `{item}`: begin one above it, in the first column")),
            (false, None) => problem.help("an item starts in the first column"),
        });
        None
    }

    fn kind(&mut self, keyword: &str, lines: &[Line]) -> Option<ItemKind> {
        match keyword {
            "policy" => self.policy(lines).map(ItemKind::Policy),
            "role" => self.role(lines).map(ItemKind::Role),
            "fact" => self.whole(lines, Rule::fact_piece, |reader, tree| reader.fact(tree)).map(ItemKind::Fact),
            "action" => self.whole(lines, Rule::action_piece, |reader, tree| reader.action(tree)).map(ItemKind::Action),
            "duty" => self.duty(lines).map(ItemKind::Duty),
            "budget" => self.budget(lines).map(ItemKind::Budget),
            "define" => self.whole(lines, Rule::define_piece, |reader, tree| reader.define(tree)).map(ItemKind::Define),
            "table" => self.table(lines),
            "rule" => self.rule(lines).map(ItemKind::Rule),
            "fallback" => self.fallback(lines).map(ItemKind::Fallback),
            "test" => self.test(lines).map(ItemKind::Test),
            "promise" => self.whole(lines, Rule::promise_piece, |reader, tree| reader.promise(tree)).map(ItemKind::Promise),
            _ => self.unknown(keyword, lines),
        }
    }

    fn unknown(&mut self, keyword: &str, lines: &[Line]) -> Option<ItemKind> {
        let start = extent(lines).start;
        let shown = if keyword.is_empty() { self.slice(lines).chars().take(1).collect() } else { keyword.to_owned() };
        let span = Span::new(self.source, start, start + shown.len());
        let problem = Diagnostic::new(Code::UnknownItem, format!("no item begins with `{}`", super::words::shorten(&shown))).at(span, "");
        let line = lines.first().and_then(|line| self.text.get(line.range())).unwrap_or_default();
        if let Some(sign) = ["//", "--", "/*", "%", ";"].into_iter().find(|sign| line.starts_with(sign)) {
            let span = Span::new(self.source, start, start + sign.len());
            let edit = Edit { span, text: "#".to_owned() };
            let problem = Diagnostic::new(Code::UnknownItem, "a comment begins with `#`").at(span, "");
            let comment = format!("# {}", line.trim_start_matches(sign).trim());
            self.problems.push(problem.help(format!("write `{}`", super::words::shorten(&comment))).fix("write `#`", vec![edit]));
            return None;
        }
        let lower = keyword.to_lowercase();
        let german = GERMAN.iter().find(|(word, _)| *word == lower).map(|(_, item)| Near { name: item, is_certain: true });
        let near = german.or_else(|| near(&lower, ITEMS.into_iter().map(|item| (item, true))));
        let problem = match (near, self.looks_like(lines)) {
            (Some(near), _) => problem.meant(span, Some(Near { is_certain: near.is_certain || lower == near.name, ..near }), String::new),
            (None, Some(item)) => problem.help(format!("this looks like a `{item}`; write `{item}` before its name")),
            (None, None) => {
                problem.help(format!("an item begins in the first column with one of `{}`; what belongs to an item is indented", ITEMS.join("`, `")))
            }
        };
        self.problems.push(problem);
        None
    }

    /// What somebody who forgot the first word of an item probably meant, by what stands behind it.
    fn looks_like(&self, lines: &[Line]) -> Option<&'static str> {
        let (first, rest) = lines.split_first()?;
        let words = |line: &Line| self.text.get(line.range()).unwrap_or_default();
        let first = words(first);
        let begins = |with: &[&str]| rest.iter().any(|line| with.contains(&line.word(self.text)));
        let says = |word: &str| first.split_whitespace().skip(1).any(|other| other == word);
        if begins(&["given", "said", "expect", "as"]) {
            return Some("test");
        }
        if rest.iter().any(|line| words(line).starts_with('|')) {
            return Some("table");
        }
        if begins(&["currency", "languages", "includes"]) {
            return Some("policy");
        }
        if begins(&["above", "answers"]) {
            return Some("role");
        }
        if rest.iter().any(|line| words(line).split_whitespace().any(|word| word == "may" || word == "entitled")) {
            return Some("rule");
        }
        if rest.iter().any(|line| words(line).split_whitespace().any(|word| word == "per" || word == "ever")) {
            return Some("budget");
        }
        if ["text", "date", "datetime", "yes/no", "one", "some"].iter().any(|ty| says(ty)) || (says("money") && !says("of")) {
            return Some("fact");
        }
        if says("of") {
            return Some("action");
        }
        (says("as") || begins(&["as"])).then_some("define")
    }

    /// Cuts an item into its head and the pieces that begin with a word of its own; pieces that do not belong there are reported.
    pub fn cut<'l>(&mut self, keyword: &str, lines: &'l [Line]) -> (&'l [Line], Vec<&'l [Line]>) {
        let own = line_words(keyword);
        let text = self.text;
        let mut all = pieces(lines, |line, before| {
            let word = line.word(text);
            let starts = own.contains(&word) || (CLAUSES.contains(&word) && !is_inner_word(keyword, word));
            starts && !continues(keyword, word, line, before, text)
        });
        let head = if all.is_empty() { lines } else { all.remove(0) };
        all.retain(|piece| {
            let Some(first) = piece.first() else { return false };
            if self.problems.len() > MAX_PROBLEMS {
                return false;
            }
            let word = first.word(text);
            let belongs = own.contains(&word);
            if !belongs {
                let problem = misplaced(keyword, own, word, Span::new(self.source, first.start, first.start + word.len()));
                self.problems.push(problem);
            }
            belongs
        });
        (head, all)
    }

    /// An item of one piece.
    fn whole<T>(&mut self, lines: &[Line], rule: Rule, make: impl FnOnce(&mut Reader<'t, '_>, &Node<'_>) -> Option<T>) -> Option<T> {
        let keyword = lines.first()?.word(self.text);
        let (head, _) = self.cut(keyword, lines);
        self.read(head, rule, make)
    }

    /// A budget; of one that cannot be read the problem is looked for in the first line with which it cannot be.
    fn budget(&mut self, lines: &[Line]) -> Option<super::ast::Budget> {
        let (head, _) = self.cut("budget", lines);
        let known = self.problems.len();
        let read = self.read(head, Rule::budget_piece, |reader, tree| reader.budget(tree));
        if read.is_some() || self.problems.len() != known + 1 || head.len() > MAX_BUDGET_LINES {
            return read;
        }
        let text = self.text;
        let mut tried = Vec::new();
        let is_read = |lines: &[Line]| {
            let mut reader = ItemReader { text: self.text, source: self.source, problems: &mut tried };
            reader.read(lines, Rule::budget_piece, |_, _| Some(())).is_some()
        };
        let mut is_read = is_read;
        if is_read(head) {
            return None;
        }
        let reaches = (2..head.len()).filter_map(|count| head.get(..count)).rev().map(is_read).position(|read| read);
        let is_title = |line: &&Line| {
            let line = text.get(line.range()).unwrap_or_default();
            line.starts_with('"')
                || (first_word(line).len() <= 3 && line.get(first_word(line).len()..).is_some_and(|rest| rest.trim_start().starts_with('"')))
        };
        let titles = head.iter().skip(1).take_while(is_title).count();
        let count = reaches.map_or(titles + 2, |at| head.len() - at);
        if let Some(shorter) = head.get(..count) {
            self.problems.truncate(known);
            self.read(shorter, Rule::budget_piece, |_, _| Some(()));
        }
        None
    }

    fn policy(&mut self, lines: &[Line]) -> Option<Policy> {
        let (head, rest) = self.cut("policy", lines);
        let title = self.read(head, Rule::policy_piece, |reader, tree| reader.own_text(tree));
        let settings: Vec<_> =
            rest.iter().take(MAX_PROBLEMS).filter_map(|lines| self.read(lines, Rule::setting_piece, |reader, tree| reader.setting(tree))).collect();
        Some(Policy { title: title?, settings })
    }

    fn role(&mut self, lines: &[Line]) -> Option<Role> {
        let (head, rest) = self.cut("role", lines);
        let head = self.read(head, Rule::role_piece, |reader, tree| Some((reader.own_name(tree)?, reader.own_text(tree))));
        let (mut above, mut answers_within): (Vec<Name>, Option<super::ast::Steps>) = (Vec::new(), None);
        for lines in rest {
            let Some((names, steps)) = self.read(lines, Rule::role_line_piece, |reader, tree| reader.role_line(tree)) else { continue };
            above.extend(names);
            match (&answers_within, steps) {
                (Some(first), Some(second)) => {
                    let problem = Diagnostic::new(Code::SaidTwice, "`answers within` stands here twice");
                    self.problems.push(problem.at(second.span, "again here").at(first.span, "first here").help("keep one of them"));
                }
                (None, steps) => answers_within = steps,
                (Some(_), None) => {}
            }
        }
        let (name, title) = head?;
        Some(Role { name, title, above, answers_within })
    }

    fn duty(&mut self, lines: &[Line]) -> Option<Duty> {
        let (head, rest) = self.cut("duty", lines);
        let head = self.read(head, Rule::duty_piece, |reader, tree| Some((reader.own_name(tree)?, reader.own_text(tree))));
        let mut deadline = None;
        for (at, lines) in rest.iter().enumerate() {
            if at > 0 {
                let problem = Diagnostic::new(Code::SaidTwice, "`within` stands here twice");
                self.problems.push(problem.at(self.span(lines), "again here").help("keep one of them"));
            }
            deadline = self.read(lines, Rule::deadline_piece, |reader, tree| reader.deadline(tree)).or(deadline);
        }
        let (name, title) = head?;
        Some(Duty { name, title, deadline })
    }

    /// The clauses among the pieces of an item. What does not belong to `bearer` is reported; `None` is a head that could not be read.
    pub fn clauses(&mut self, rest: &[&[Line]], bearer: Option<Bearer>) -> Vec<Clause> {
        let mut clauses = Vec::new();
        for lines in rest {
            let Some(first) = lines.first() else { continue };
            if self.problems.len() > MAX_PROBLEMS {
                break;
            }
            let word = first.word(self.text);
            let span = Span::new(self.source, first.start, first.start + word.len());
            let misplaced = bearer.and_then(|bearer| bearer.misplaced(word, span));
            match misplaced {
                Some(problem) => self.problems.push(problem),
                None => clauses.extend(self.read(lines, Rule::clause_piece, |reader, tree| reader.clause(tree))),
            }
        }
        check_once(&clauses, self.problems);
        clauses
    }

    fn rule(&mut self, lines: &[Line]) -> Option<super::ast::Rule> {
        let (head, mut rest) = self.cut("rule", lines);
        let known = self.problems.len();
        let read = self.read(head, Rule::rule_piece, |reader, tree| {
            let sentence = child(tree, Rule::sentence).and_then(|sentence| reader.sentence(&sentence))?;
            Some((reader.own_name(tree)?, reader.own_text(tree), sentence))
        });
        if read.is_none()
            && let Some((at, line)) = self.late_sentence(head, &rest)
        {
            self.problems.truncate(known);
            return self.rule_with_late_sentence(head, &mut rest, at, line);
        }
        let clauses = self.clauses(&rest, read.as_ref().map(|(_, _, sentence)| Bearer::from(&sentence.kind)));
        let (name, title, head) = read?;
        Some(super::ast::Rule { name, title, head, clauses })
    }

    fn fallback(&mut self, lines: &[Line]) -> Option<Fallback> {
        let (head, rest) = self.cut("fallback", lines);
        let actions = self.read(head, Rule::fallback_piece, |reader, tree| reader.own_names(tree));
        let clauses = self.clauses(&rest, Some(Bearer::Fallback));
        Some(Fallback { actions: actions?, clauses })
    }

    fn test(&mut self, lines: &[Line]) -> Option<Test> {
        let (head, rest) = self.cut("test", lines);
        let title = self.read(head, Rule::test_piece, |reader, tree| reader.own_text(tree));
        let mut seen: Vec<(&str, Span)> = Vec::new();
        let mut found: Vec<Spanned<super::ast::TestLine>> = Vec::new();
        for lines in rest {
            if self.problems.len() > MAX_PROBLEMS {
                break;
            }
            let word = lines.first().map(|line| line.word(self.text)).unwrap_or_default();
            let span = self.span(lines);
            if matches!(word, "on" | "as" | "ask") {
                if let Some((_, first)) = seen.iter().find(|(other, _)| *other == word) {
                    let problem = Diagnostic::new(Code::SaidTwice, format!("`{word}` stands here twice")).at(span, "again here");
                    self.problems.push(problem.at(*first, "first here").help("write a test of its own for each"));
                }
                seen.push((word, span));
            }
            found.extend(self.read(lines, Rule::test_line_piece, |reader, tree| reader.test_line(tree)));
        }
        Some(Test { title: title?, lines: found })
    }

    /// The name of an item that cannot be read, where it has one.
    pub fn broken_name(&self, lines: &[Line]) -> Option<Name> {
        let first = lines.first()?;
        let keyword = first.word(self.text);
        if matches!(keyword, "policy" | "fallback" | "test" | "promise") || !first.flush {
            return None;
        }
        let rest = self.text.get(first.start + keyword.len()..first.end)?;
        let start = first.start + keyword.len() + (rest.len() - rest.trim_start().len());
        let word = first_word(rest.trim_start());
        let span = Span::new(self.source, start, start + word.len());
        word.starts_with(char::is_alphabetic).then(|| Name { text: normal(word), span })
    }
}

/// Whether a line that begins with a clause word goes on with what stands before it: the `from` of `number of days from`, and of a table's file.
fn continues(keyword: &str, word: &str, line: &Line, before: &[Line], text: &str) -> bool {
    if word != "from" {
        return false;
    }
    let after = text.get(line.range()).unwrap_or_default().trim_start_matches("from").trim_start();
    if keyword == "table" && after.starts_with('"') {
        return true;
    }
    let before = before.last().and_then(|line| text.get(line.range())).unwrap_or_default();
    let mut words = before.split_whitespace().rev();
    let unit = words.next().unwrap_or_default();
    let mut of = words.next();
    if unit.starts_with("day") && of == Some("working") {
        of = words.next();
    }
    of == Some("of") && words.next().is_some_and(|word| word.ends_with("number"))
}

fn misplaced(keyword: &str, own: &[&str], word: &str, span: Span) -> Diagnostic {
    let article = if keyword == "action" { "an" } else { "a" };
    let problem = Diagnostic::new(Code::MisplacedClause, format!("`{word}` does not belong to {article} `{keyword}`")).at(span, "");
    if keyword == "fact" && word == "ask" {
        return problem.help("did you mean `asks`? It stands behind the type and the title: `asks \"…\"`");
    }
    if own.is_empty() {
        return problem.help("clauses belong to `rule`, `fallback` and `table`");
    }
    if keyword == "test" && word == "when" {
        return problem.help("what holds in the case begins with `given`, one line a fact");
    }
    problem.help(format!("the lines of {article} `{keyword}` begin with `{}`", own.join("`, `")))
}
