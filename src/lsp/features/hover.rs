//! What stands at a place, in words.

mod literal;

use std::fmt::Write as _;

use super::words;
use crate::lsp::analysis::Analysis;
use crate::lsp::lexer::{Token, TokenKind, tokens};
use crate::lsp::names::{Kind, Symbol};
use crate::policy::Subject;
use crate::source::{SourceId, Span};
use crate::syntax::ast::{Budget, Fact, Grid, HeadKind, Item, ItemKind, Modifier, Role, Rule, RuleTable, Text, Type};

/// The most rows of a table, and the most rules of an action, that are shown.
const MOST: usize = 12;

/// Something about a place: in Markdown, and the bytes that it is about.
pub type Note = (String, std::ops::Range<usize>);

/// What there is to say about what stands at a byte.
pub fn note(analysis: &Analysis, source: SourceId, byte: usize) -> Option<Note> {
    let names = &analysis.names;
    if let Some(occurrence) = names.at(source, byte) {
        let symbol = names.symbol(occurrence.symbol)?;
        if let Some(text) = of_symbol(analysis, symbol) {
            return Some((text, occurrence.span.range()));
        }
    }
    let text = analysis.text(source);
    let start = text.get(..byte).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let line = text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let found = tokens(line);
    let at = found.iter().position(|token| token.range.contains(&(byte - start)) || token.range.end == byte - start)?;
    let (text, range) = of_token(line, &found, at)?;
    Some((text, range.start + start..range.end + start))
}

/// About a word or a literal of the language.
fn of_token(line: &str, tokens: &[Token], at: usize) -> Option<Note> {
    let token = tokens.get(at)?;
    let written = line.get(token.range.clone())?;
    if token.kind == TokenKind::Word
        && let Some(meaning) = words::meaning(written)
    {
        return Some((format!("**{written}**\n\n{meaning}"), token.range.clone()));
    }
    literal::note(line, tokens, at)
}

/// About something with a name; `None` for what nobody declares and what is not built in.
pub fn of_symbol(analysis: &Analysis, symbol: &Symbol) -> Option<String> {
    match symbol {
        Symbol::Value { owner, value } => of_value(analysis, owner, value),
        Symbol::Item(name) => match analysis.names.item(&analysis.pack, name) {
            Some(item) => Some(Card { analysis, name }.of_item(item)),
            None => words::BUILT_IN.iter().find(|(known, _)| known == name).map(|(_, meaning)| format!("**{name}** (built in)\n\n{meaning}")),
        },
    }
}

fn of_value(analysis: &Analysis, owner: &str, value: &str) -> Option<String> {
    let values = analysis.names.values(owner)?;
    let kind = analysis.names.declared(owner).map_or("a fact", |declared| declared.kind.words());
    let title = analysis.names.item(&analysis.pack, owner).and_then(title_of).map(|title| format!(" ({title})")).unwrap_or_default();
    Some(format!("**{value}** is a value of `{owner}`{title}, {kind}\n\nAll of them: {}", listed(values.iter().map(String::as_str))))
}

/// The title of an item, in every language that it has.
pub fn title_of(item: &Item) -> Option<String> {
    let title = match &item.kind {
        ItemKind::Policy(policy) => Some(&policy.title),
        ItemKind::Role(role) => role.title.as_ref(),
        ItemKind::Fact(fact) => fact.title.as_ref(),
        ItemKind::Action(action) => action.title.as_ref(),
        ItemKind::Duty(duty) => duty.title.as_ref(),
        ItemKind::Budget(budget) => budget.title.as_ref(),
        ItemKind::Define(define) => define.title.as_ref(),
        ItemKind::Lookup(lookup) => lookup.title.as_ref(),
        ItemKind::Rule(rule) => rule.title.as_ref(),
        ItemKind::RuleTable(table) => table.title.as_ref(),
        ItemKind::Fallback(_) => None,
        ItemKind::Test(test) => Some(&test.title),
        ItemKind::Promise(promise) => Some(&promise.title),
    };
    title.map(said)
}

/// A text in every language that it has.
fn said(text: &Text) -> String {
    text.variants.iter().map(|variant| variant.value.value.replace('\n', " ")).collect::<Vec<_>>().join(" / ")
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

struct Card<'a> {
    analysis: &'a Analysis,
    name: &'a str,
}

impl Card<'_> {
    fn of_item(&self, item: &Item) -> String {
        let mut text = self.heading(item);
        if let Some(title) = title_of(item) {
            let _ = write!(text, "\n\n{title}");
        }
        for line in self.body(item) {
            let _ = write!(text, "\n\n{line}");
        }
        if let Some(declared) = self.analysis.names.declared(self.name) {
            let _ = write!(text, "\n\n*{}*", self.analysis.pack.sources.location(declared.name));
        }
        text
    }

    fn heading(&self, item: &Item) -> String {
        let kind = match &item.kind {
            ItemKind::Fact(fact) => format!("fact: {}", self.written(fact.ty.span)),
            ItemKind::Action(action) => {
                action.measure.as_ref().map_or("action".to_owned(), |measure| format!("action of {}", self.written(measure.span)))
            }
            ItemKind::Lookup(lookup) => format!("table that gives {}", self.written(lookup.gives.span)),
            _ => self
                .analysis
                .names
                .declared(self.name)
                .map_or("", |declared| declared.kind.words())
                .trim_start_matches("an ")
                .trim_start_matches("a ")
                .to_owned(),
        };
        format!("**{}** ({kind})", self.name)
    }

    fn body(&self, item: &Item) -> Vec<String> {
        match &item.kind {
            ItemKind::Role(role) => self.role(role),
            ItemKind::Fact(fact) => self.fact(fact),
            ItemKind::Action(_) => self.action(),
            ItemKind::Duty(duty) => {
                duty.deadline.iter().map(|deadline| format!("To be done within {}", self.written(deadline.within.span))).collect()
            }
            ItemKind::Budget(budget) => self.budget(budget),
            ItemKind::Define(define) => vec![code(&self.written(define.body.span))],
            ItemKind::Lookup(lookup) => lookup.body.grid.iter().map(|grid| self.table(grid)).collect(),
            ItemKind::Rule(rule) => self.rule(rule),
            ItemKind::RuleTable(table) => self.rule_table(table),
            _ => Vec::new(),
        }
    }

    fn role(&self, role: &Role) -> Vec<String> {
        let mut lines = Vec::new();
        if !role.above.is_empty() {
            lines.push(format!("Above {}", listed(role.above.iter().map(|name| name.text.as_str()))));
        }
        let engine = self.analysis.engine.as_ref();
        if let Some((policy, id)) = engine.map(crate::engine::Engine::policy).and_then(|policy| Some((policy, policy.role_named(self.name)?))) {
            let above: Vec<&str> = policy.roles_above(id).into_iter().filter_map(|(id, _)| Some(policy.role(id)?.name.as_str())).collect();
            if !above.is_empty() {
                lines.push(format!("Below {}", listed(above.into_iter())));
            }
        }
        lines.extend(role.answers_within.as_ref().map(|steps| format!("Answers within {}", self.written(steps.span))));
        lines
    }

    fn fact(&self, fact: &Fact) -> Vec<String> {
        let mut lines = Vec::new();
        let mut marks = Vec::new();
        for modifier in &fact.modifiers {
            match &modifier.value {
                Modifier::Asks(text) => lines.push(format!("Question: {}", said(text))),
                Modifier::Default(_) => lines.push(format!("Default: `{}`", self.written(modifier.span).trim_start_matches("default").trim())),
                Modifier::Optional => marks.push("optional (may be absent)"),
                Modifier::Verified => marks.push("verified (believed only from a system of record)"),
                Modifier::Private => marks.push("private (never in clear in a log)"),
                Modifier::AboutActor => marks.push("about the actor"),
            }
        }
        if let Type::OneOf(values) | Type::SomeOf(values) = &fact.ty.value {
            lines.insert(0, format!("Values: {}", listed(values.iter().map(|value| value.text.as_str()))));
        }
        if !marks.is_empty() {
            lines.push(marks.join(", "));
        }
        lines
    }

    /// The rules about an action, by their sentences.
    fn action(&self) -> Vec<String> {
        let items = self.analysis.pack.parts.iter().flat_map(|part| &part.files).flat_map(|file| &file.items);
        let about = |actions: &[crate::syntax::ast::Name]| actions.iter().any(|action| action.text == self.name);
        let sentences: Vec<String> = items
            .filter_map(|item| match &item.kind {
                ItemKind::Rule(rule) if about(&rule.head.actions) => Some(format!("- `{}`: {}", rule.name.text, self.written(rule.head.span))),
                ItemKind::RuleTable(table) if about(&table.head.actions) => Some(format!("- `{}`: a table of rules", table.name.text)),
                _ => None,
            })
            .collect();
        let further = sentences.len().saturating_sub(MOST);
        let mut lines: Vec<String> = sentences.into_iter().take(MOST).collect();
        if further > 0 {
            lines.push(format!("- and {further} more"));
        }
        if lines.is_empty() { Vec::new() } else { vec![lines.join("\n")] }
    }

    fn budget(&self, budget: &Budget) -> Vec<String> {
        vec![budget.lines.iter().map(|line| format!("- {}", self.written(line.span))).collect::<Vec<_>>().join("\n")]
    }

    fn rule(&self, rule: &Rule) -> Vec<String> {
        let kind = match rule.head.kind {
            HeadKind::Permission { .. } => "A permission",
            HeadKind::Prohibition { .. } => "A prohibition",
            HeadKind::Entitlement { .. } => "An entitlement",
        };
        let clauses: Vec<String> = rule.clauses.iter().map(|clause| self.written(clause.span)).collect();
        let binds = self.binds().map(|roles| format!(" for {roles}")).unwrap_or_default();
        let sentence = std::iter::once(self.written(rule.head.span)).chain(clauses).collect::<Vec<_>>().join("\n");
        vec![format!("{kind}{binds}"), code(&sentence)]
    }

    /// Whom the rule reaches, up or down the hierarchy.
    fn binds(&self) -> Option<String> {
        let policy = self.analysis.engine.as_ref()?.policy();
        let rule = policy.rule(policy.rule_named(self.name)?)?;
        let (subject, upwards) = match &rule.kind {
            crate::policy::RuleKind::Permission { subject, .. } => (subject, true),
            crate::policy::RuleKind::Prohibition { subject, .. } => (subject, false),
            crate::policy::RuleKind::Entitlement => return Some("every customer, whoever is asked".to_owned()),
        };
        let Subject::Roles(roles) = subject else { return Some("every role".to_owned()) };
        let mut bound: Vec<_> = roles.iter().copied().collect();
        for role in roles {
            let further = if upwards { policy.roles_above(*role) } else { policy.roles_below(*role) };
            bound.extend(further.into_iter().map(|(id, _)| id));
        }
        bound.sort_unstable();
        bound.dedup();
        Some(listed(bound.into_iter().filter_map(|id| Some(policy.role(id)?.name.as_str()))))
    }

    fn rule_table(&self, table: &RuleTable) -> Vec<String> {
        let rows = table.body.grid.iter().map(|grid| self.table(grid));
        std::iter::once(code(&self.written(table.head.span))).chain(rows).collect()
    }

    fn table(&self, grid: &Grid) -> String {
        let row = |cells: &mut dyn Iterator<Item = Span>| {
            format!("| {} |", cells.map(|span| self.written(span).replace('|', "\\|")).collect::<Vec<_>>().join(" | "))
        };
        let mut lines = vec![row(&mut grid.columns.iter().map(|column| column.span)), format!("|{}", "---|".repeat(grid.columns.len()))];
        lines.extend(grid.rows.iter().take(MOST).map(|line| row(&mut line.cells.iter().map(|cell| cell.span))));
        if grid.rows.len() > MOST {
            lines.push(format!("\nand {} more rows", grid.rows.len() - MOST));
        }
        lines.join("\n")
    }

    /// What stands there, on one line.
    fn written(&self, span: Span) -> String {
        self.analysis.pack.sources.snippet(span).split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

fn code(text: &str) -> String {
    format!("```kulanz\n{text}\n```")
}

/// What a name is, in a few words: for a list of names.
pub fn brief(analysis: &Analysis, name: &str) -> Option<String> {
    let names = &analysis.names;
    let item = names.item(&analysis.pack, name)?;
    let written = |span: Span| analysis.pack.sources.snippet(span).split_whitespace().collect::<Vec<_>>().join(" ");
    let kind = names.declared(name)?.kind;
    Some(match &item.kind {
        ItemKind::Fact(fact) => written(fact.ty.span),
        ItemKind::Lookup(lookup) => written(lookup.gives.span),
        ItemKind::Action(action) => action.measure.as_ref().map_or("action".to_owned(), |measure| format!("of {}", written(measure.span))),
        ItemKind::Rule(rule) => written(rule.head.span),
        ItemKind::Budget(budget) => budget.lines.first().map(|line| written(line.span)).unwrap_or_default(),
        _ if kind == Kind::Definition => "define".to_owned(),
        _ => kind.words().trim_start_matches("a ").to_owned(),
    })
}
