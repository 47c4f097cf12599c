//! `# allow(lint): reason` above an item: what this lint finds in it is not reported.

use std::collections::HashSet;
use std::ops::Range;

use super::items::Item;
use super::levels::{Level, Levels};
use super::registry::{Lint, named, of};
use super::{Subject, Texts};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceId, Span};

/// A lint that a comment allows.
struct Allow {
    lint: &'static Lint,
    /// Where it stands in the comment.
    span: Span,
    /// By its place in the list of items.
    item: usize,
}

/// What is left of some findings, with what is wrong with the comments themselves.
pub(super) fn apply(on: Subject<'_>, levels: &Levels, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let items = &on.texts.items;
    let (allows, mut unclear) = read(on.texts);
    let mut used: HashSet<Span> = HashSet::new();
    let mut left: Vec<Diagnostic> = Vec::new();
    for finding in found {
        let item = items_of(on, &finding);
        let allowing = |allow: &&Allow| {
            allow.lint.code == finding.code && items.all.get(allow.item).is_some_and(|it| item.is_some_and(|item| std::ptr::eq(it, item)))
        };
        match allows.iter().find(allowing) {
            Some(allow) => drop(used.insert(allow.span)),
            None => left.push(finding),
        }
    }
    for allow in allows.iter().filter(|allow| !used.contains(&allow.span) && levels.of(allow.lint) != Level::Allow) {
        let item = items.all.get(allow.item).map(|item| format!("{} {}", item.keyword, item.name)).unwrap_or_default();
        unclear.push(
            Diagnostic::new(Code::UnusedAllow, format!("`{}` finds nothing here", allow.lint.name))
                .at(allow.span, format!("nothing in `{}` needs this", item.trim_end()))
                .help("take the comment out"),
        );
    }
    // What another pack says of itself is judged there.
    unclear.retain(|problem| problem.span().is_some_and(|span| on.policy.own.contains(&span.source)));
    let is_looked_for = |problem: &Diagnostic| of(problem.code).is_none_or(|lint| levels.of(lint) != Level::Allow);
    left.extend(unclear.into_iter().filter(is_looked_for));
    left
}

/// The item to which a finding belongs; for a row in a file of its own, that of the table.
fn items_of<'t>(on: Subject<'t>, finding: &Diagnostic) -> Option<&'t Item<'t>> {
    let span = finding.span()?;
    let items = &on.texts.items;
    items.at(span).or_else(|| {
        let rows = on.policy.rules.iter().filter(|rule| rule.span == span).filter_map(|rule| Some(rule.name.split_once('[')?.0));
        let lookups = on.policy.lookups.iter().filter(|lookup| lookup.rows.iter().any(|row| row.span == span)).map(|lookup| lookup.name.as_str());
        let table = rows.chain(lookups).next()?;
        items.all.iter().find(|item| item.keyword == "table" && item.name == table)
    })
}

fn read(texts: &Texts<'_>) -> (Vec<Allow>, Vec<Diagnostic>) {
    let (mut allows, mut unclear) = (Vec::new(), Vec::new());
    for (at, item) in texts.items.all.iter().enumerate() {
        for line in &item.comment {
            let Some(comment) = Comment::read(texts, item.source, line) else { continue };
            match comment.lints() {
                Ok(lints) => allows.extend(lints.into_iter().map(|(lint, span)| Allow { lint, span, item: at })),
                Err(problem) => unclear.push(*problem),
            }
        }
    }
    for (source, line) in &texts.items.loose {
        let Some(comment) = Comment::read(texts, *source, line) else { continue };
        unclear.push(
            Diagnostic::new(Code::UnclearAllow, "this stands above no item and allows nothing")
                .at(comment.span, "no item begins below it")
                .help("put it directly above a rule, table, fact or other item; what it allows holds for the whole of it"),
        );
    }
    (allows, unclear)
}

/// `# allow(a, b): reason`
struct Comment<'t> {
    span: Span,
    /// What stands in the parentheses, with its place; `None` where they do not close.
    names: Option<Vec<(&'t str, Span)>>,
    reason: &'t str,
}

impl<'t> Comment<'t> {
    /// `None` where a comment is about something else.
    fn read(texts: &Texts<'t>, source: SourceId, line: &Range<usize>) -> Option<Self> {
        let text = texts.policy.sources.get(source)?.text();
        let written = text.get(line.clone())?;
        let inside = written.trim_start().trim_start_matches('#').trim_start().strip_prefix("allow(")?;
        let start = line.end - inside.len();
        let span = Span::new(source, line.start + (written.len() - written.trim_start().len()), line.start + written.trim_end().len());
        let Some((names, behind)) = inside.split_once(')') else { return Some(Self { span, names: None, reason: "" }) };
        let mut at = start;
        let names = names.split(',').map(|name| {
            let place = at + (name.len() - name.trim_start().len());
            at += name.len() + 1;
            (name.trim(), Span::new(source, place, place + name.trim().len()))
        });
        Some(Self { span, names: Some(names.collect()), reason: behind.trim_start().strip_prefix(':').unwrap_or_default().trim() })
    }

    fn lints(&self) -> Result<Vec<(&'static Lint, Span)>, Box<Diagnostic>> {
        let Some(names) = &self.names else {
            return Err(Diagnostic::new(Code::UnclearAllow, "the parenthesis is not closed").at(self.span, "").help(FORM).into());
        };
        let lints = names.iter().map(|(name, span)| match named(name) {
            Ok(lint) => Ok((lint, *span)),
            Err(help) => {
                Err(Diagnostic::new(Code::UnclearAllow, format!("there is no lint `{name}` that can be allowed")).at(*span, "").help(help).into())
            }
        });
        let lints = lints.collect::<Result<_, Box<Diagnostic>>>()?;
        if self.reason.is_empty() {
            return Err(Diagnostic::new(Code::UnclearAllow, "this does not say why")
                .at(self.span, "behind a colon stands the reason")
                .help(FORM)
                .into());
        }
        Ok(lints)
    }
}

const FORM: &str = "write such as `# allow(bare-no): the shop closes in May`";
