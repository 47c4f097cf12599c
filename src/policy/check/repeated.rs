//! One mistake, told once, however many places suffer from it.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::diagnostic::{Code, Diagnostic, Edit, Fix, Label};
use crate::source::Span;
use crate::syntax::{ITEMS, ast};

use super::Checker;
use super::items::RuleItem;

/// How many further places are shown.
const SHOWN: usize = 3;

/// Something that stands for nothing.
#[derive(Clone, Debug)]
pub(super) struct Unresolved {
    pub(super) text: String,
    pub(super) code: Code,
    /// What is needed there: `role`, `fact or definition`.
    pub(super) needed: String,
    pub(super) span: Span,
    /// What was probably meant.
    pub(super) near: Option<String>,
    /// Whether that is but a slip of the finger away.
    pub(super) is_certain: bool,
}

/// The places of one name that stands for nothing.
struct Places<'u> {
    first: &'u Unresolved,
    others: Vec<Span>,
}

impl Checker<'_> {
    /// The words on lines that could not be read and may declare something: what that is is not known.
    pub(super) fn damaged_words(&self) -> impl Iterator<Item = String> {
        let may_declare = |damage: &&Span| {
            let keyword = self.keyword(**damage);
            !matches!(keyword.as_deref(), Some("rule" | "table" | "fallback" | "test" | "promise"))
        };
        let lines = self.lines_of(self.pack.damaged.iter().filter(may_declare)).flat_map(words);
        lines.map(str::to_owned).chain(self.damaged_heads())
    }

    /// The words that may be the name of an item that could not be read: one of the first two in its first line.
    pub(super) fn damaged_heads(&self) -> impl Iterator<Item = String> {
        self.damaged_lines().filter(|line| !line.starts_with(char::is_whitespace)).flat_map(|line| words(line).take(2)).map(str::to_owned)
    }

    fn damaged_lines(&self) -> impl Iterator<Item = &str> {
        self.lines_of(&self.pack.damaged)
    }

    fn lines_of<'d>(&self, damaged: impl IntoIterator<Item = &'d Span>) -> impl Iterator<Item = &str> {
        let lines: HashSet<_> = damaged.into_iter().map(|damage| self.line(*damage)).collect();
        lines.into_iter().filter_map(|(source, line)| self.pack.sources.get(source)?.text().lines().nth(line.checked_sub(1)?))
    }

    /// Whether some rows of a table could not be read.
    pub(super) fn is_torn(&self, table: &str) -> bool {
        self.items.rules.iter().any(|item| matches!(item, RuleItem::Table(known) if known.name.text == table && self.is_damaged_table(known)))
    }

    fn is_damaged_table(&self, table: &ast::RuleTable) -> bool {
        let Some(from) = &table.body.from else { return self.is_damaged(table.name.span) };
        let ends = |damage: &Span| self.pack.sources.get(damage.source).is_some_and(|source| source.name().ends_with(file_name(&from.value)));
        table.body.grid.is_none() || self.pack.damaged.iter().any(ends)
    }

    /// Every name that stands for nothing is told once. Where it stands in several places and something that is called nearly so in none, it is that
    /// name which is wrong.
    pub(super) fn fold_unresolved(&mut self) {
        let unresolved = std::mem::take(&mut self.unresolved);
        let mut places: BTreeMap<(bool, &str), Places<'_>> = BTreeMap::new();
        let mut in_order: Vec<&Unresolved> = unresolved.iter().collect();
        // It is not told on a line that could not be read, where another problem stands already.
        let damaged: HashSet<_> = self.pack.damaged.iter().map(|damage| self.line(*damage)).collect();
        in_order.sort_by_key(|one| (damaged.contains(&self.line(one.span)), one.code == Code::UnknownPlaceholder, one.span));
        for one in in_order {
            let key = (one.code == Code::UnknownValue, one.text.as_str());
            // A definition is looked at wherever it is used, and still stands in one place.
            let add = |places: &mut Places<'_>| {
                if places.first.span != one.span && !places.others.contains(&one.span) {
                    places.others.push(one.span);
                }
            };
            places.entry(key).and_modify(add).or_insert(Places { first: one, others: Vec::new() });
        }
        let lost = self.lost_items();
        let may_declare = |keyword: &str, needed: &str| {
            let declared = if keyword == "define" { "definition" } else { keyword };
            !ITEMS.contains(&keyword) || needed.contains(declared) || (keyword == "table" && needed.contains("definition"))
        };
        let is_strange = |unresolved: &Unresolved| !unresolved.is_certain && unresolved.code == Code::UnknownName;
        // As many strange names as there are items whose name was lost are probably theirs.
        let is_lost = |unresolved: &Unresolved| {
            let items = lost.iter().filter(|keyword| may_declare(keyword, &unresolved.needed)).count();
            let strange = places.values().filter(|other| is_strange(other.first) && other.first.needed == unresolved.needed).count();
            is_strange(unresolved) && strange <= items
        };
        let told: HashMap<(Span, Code), &Places<'_>> = places.values().map(|places| ((places.first.span, places.first.code), places)).collect();
        let silent: HashSet<(Span, Code)> = unresolved.iter().map(|one| (one.span, one.code)).collect();
        let diagnostics = std::mem::take(&mut self.diagnostics);
        self.diagnostics = diagnostics
            .into_iter()
            .filter_map(|diagnostic| {
                let key = (diagnostic.span()?, diagnostic.code);
                match told.get(&key) {
                    Some(places) if is_lost(places.first) => None,
                    Some(places) => Some(self.folded(diagnostic, places)),
                    None if silent.contains(&key) => None,
                    None => Some(diagnostic),
                }
            })
            .collect();
    }

    /// The first words of items that could not be read and of which nothing is known, not even the name.
    fn lost_items(&self) -> Vec<String> {
        if self.names.sought_broken() {
            return Vec::new();
        }
        let files: Vec<_> = self.pack.parts.iter().flat_map(|part| &part.files).collect();
        let is_lost = |damage: &&Span| {
            let file = files.iter().find(|file| file.source == damage.source);
            file.is_some_and(|file| file.items.iter().all(|item| item.span.start > damage.start || damage.start > item.span.end))
        };
        self.pack.damaged.iter().filter(is_lost).filter_map(|damage| self.keyword(*damage)).collect()
    }

    /// The word in the first column at or above a place.
    fn keyword(&self, place: Span) -> Option<String> {
        let text = self.pack.sources.get(place.source)?.text();
        let end = text.get(place.range().start..)?.find('\n').map_or(text.len(), |at| place.range().start + at);
        let line = text.get(..end)?.lines().rev().find(|line| line.starts_with(char::is_alphabetic))?;
        Some(line.split(char::is_whitespace).next()?.to_owned())
    }

    fn folded(&self, mut diagnostic: Diagnostic, places: &Places<'_>) -> Diagnostic {
        if places.others.is_empty() {
            return diagnostic;
        }
        let declared = places.first.near.as_deref().and_then(|near| Some((near, self.idle_declaration(near, places.first.code)?)));
        if let Some((near, declared)) = declared {
            return misnamed(&diagnostic, places, near, declared);
        }
        for (nth, span) in places.others.iter().take(SHOWN).enumerate() {
            let more = places.others.len() - SHOWN.min(places.others.len());
            let text = if nth + 1 == SHOWN && more > 0 { format!("also here, and in {more} more places") } else { "also here".to_owned() };
            diagnostic.labels.push(Label { span: *span, text });
        }
        if let Some(Fix { edits, .. }) = &mut diagnostic.fix
            && let Some(text) = edits.first().map(|edit| edit.text.clone())
        {
            edits.extend(places.others.iter().map(|span| Edit { span: *span, text: text.clone() }));
        }
        diagnostic
    }

    /// Where a name or a value is declared to which nothing refers.
    fn idle_declaration(&self, name: &str, code: Code) -> Option<Span> {
        if code != Code::UnknownValue {
            return self.names.idle(name);
        }
        if !self.choices.is_idle(name) {
            return None;
        }
        let values = self.items.facts.iter().filter_map(|fact| match &fact.ty.value {
            ast::Type::OneOf(values) | ast::Type::SomeOf(values) => Some(values),
            _ => None,
        });
        values.flatten().find(|value| value.text == name).map(|value| value.span)
    }
}

/// All that refers to a thing calls it otherwise than its declaration.
fn misnamed(problem: &Diagnostic, places: &Places<'_>, near: &str, declared: Span) -> Diagnostic {
    let text = &places.first.text;
    let count = places.others.len() + 1;
    let message = format!("{}; this one is called `{near}`, and nothing refers to it", problem.message);
    let mut diagnostic = Diagnostic::new(problem.code, message).at(declared, "").at(places.first.span, format!("`{text}` stands in {count} places"));
    diagnostic.help = Some(format!("did you mean `{text}` here?"));
    // What a value is called is also said by whoever asks.
    if problem.fix.is_some() && problem.code != Code::UnknownValue {
        diagnostic = diagnostic.fix(format!("write `{text}`"), vec![Edit { span: declared, text: text.clone() }]);
    }
    diagnostic
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    line.split(move |c: char| !is_word(c)).filter(|word| word.starts_with(char::is_alphabetic))
}

fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}
