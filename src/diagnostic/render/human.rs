//! Problems for a terminal.
//!
//! Only the lines around a place are shown, and of a very long line only the part around it, so that no source makes the output large.

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet, renderer::DecorStyle};

use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::source::{Source, SourceId, Sources};

/// Places this many lines apart or less are shown together.
const NEAR: usize = 8;
/// The longest line that is shown whole, and the longest excerpt, in bytes.
const WIDE: usize = 400;
/// What is shown before and behind a place in a wide line, in bytes.
const AROUND: usize = 60;

/// Each problem with its code, its places in the text, and its help; an empty line between them. A case that shows it stands below it from the first column on,
/// so that it can be pasted as it is.
#[must_use]
pub fn human(diagnostics: &[Diagnostic], sources: &Sources, color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let blocks: Vec<String> = diagnostics.iter().map(|diagnostic| block(diagnostic, sources, &renderer)).collect();
    let mut text = blocks.join("\n\n");
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

fn block(diagnostic: &Diagnostic, sources: &Sources, renderer: &Renderer) -> String {
    let text = renderer.render(&[group(diagnostic, sources)]);
    match &diagnostic.case {
        Some(case) => format!("{text}\n\n{case}"),
        None => text,
    }
}

fn group<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Group<'a> {
    let level = match diagnostic.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = level.primary_title(&diagnostic.message).id(diagnostic.code.text()).elements(Vec::<Element<'a>>::new());
    for (nth, excerpt) in excerpts(&diagnostic.labels, sources).into_iter().enumerate() {
        group = excerpt.show(group, nth == 0);
    }
    let help = diagnostic.help.as_ref().map(|help| Level::HELP.message(help));
    let lint = diagnostic.lint.map(|lint| Level::NOTE.message(format!("the lint is `{lint}`")));
    group.elements(help.into_iter().chain(lint))
}

/// Labels that are shown in one piece of a text.
struct Excerpt<'a> {
    source: &'a Source,
    id: SourceId,
    /// The bytes shown; whole lines.
    start: usize,
    end: usize,
    first_line: usize,
    last_line: usize,
    /// Each with whether it is the main one.
    labels: Vec<(&'a Label, bool)>,
}

fn excerpts<'a>(labels: &'a [Label], sources: &'a Sources) -> Vec<Excerpt<'a>> {
    let mut found: Vec<Excerpt<'a>> = Vec::new();
    for (nth, label) in labels.iter().enumerate() {
        let Some(source) = sources.get(label.span.source) else { continue };
        let text = source.text();
        let (start, end) = clipped(label, text);
        let (line, _) = source.position(start);
        let (last_line, _) = source.position(end);
        let (start, end) = (line_start(text, start), line_end(text, end));
        let near = |excerpt: &&mut Excerpt<'_>| {
            excerpt.id == label.span.source && line <= excerpt.last_line + NEAR && excerpt.first_line <= last_line + NEAR
        };
        if let Some(excerpt) = found.iter_mut().find(near) {
            excerpt.start = excerpt.start.min(start);
            excerpt.end = excerpt.end.max(end);
            excerpt.first_line = excerpt.first_line.min(line);
            excerpt.last_line = excerpt.last_line.max(last_line);
            excerpt.labels.push((label, nth == 0));
        } else {
            let labels = vec![(label, nth == 0)];
            found.push(Excerpt { source, id: label.span.source, start, end, first_line: line, last_line, labels });
        }
    }
    found
}

/// The bytes of a label on character boundaries; a label over many lines is shown at its first one.
fn clipped(label: &Label, text: &str) -> (usize, usize) {
    let boundary = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let (start, end) = (boundary(label.span.start as usize), boundary(label.span.end as usize));
    let end = end.max(start);
    let lines = text.get(start..end).unwrap_or_default().bytes().filter(|byte| *byte == b'\n').count();
    if lines >= NEAR { (start, line_end(text, start)) } else { (start, end) }
}

fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |found| found + 1)
}

fn line_end(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|behind| behind.find(['\n', '\r'])).map_or(text.len(), |found| at + found)
}

impl<'a> Excerpt<'a> {
    fn show(self, group: Group<'a>, is_first: bool) -> Group<'a> {
        let text = self.source.text().get(self.start..self.end).unwrap_or_default();
        if text.lines().any(|line| line.len() > WIDE) {
            return self.show_wide(group);
        }
        let mut snippet = Snippet::source(text).line_start(self.first_line).fold(true);
        if is_first || self.labels.iter().all(|(_, main)| !main) {
            snippet = snippet.path(self.source.name());
        }
        for (label, main) in &self.labels {
            let (start, end) = clipped(label, self.source.text());
            let kind = if *main { AnnotationKind::Primary } else { AnnotationKind::Context };
            let annotation = kind.span(start - self.start..end - self.start);
            let text = (!label.text.is_empty()).then_some(label.text.as_str());
            snippet = snippet.annotation(annotation.label(text));
        }
        group.element(snippet)
    }

    /// Only what stands around each place.
    fn show_wide(self, mut group: Group<'a>) -> Group<'a> {
        let text = self.source.text();
        for (label, _) in &self.labels {
            let (start, end) = clipped(label, text);
            let end = floor(text, end.min(start + WIDE / 2).min(line_end(text, start))).max(start);
            let (from, to) =
                (floor(text, start.saturating_sub(AROUND)).max(line_start(text, start)), floor(text, end + AROUND).min(line_end(text, end)));
            let before = if from > line_start(text, start) { "…" } else { "" };
            let behind = if to < line_end(text, end) { "…" } else { "" };
            let shown = format!("near `{before}{}{behind}`", text.get(from..to).unwrap_or_default());
            let shown = if label.text.is_empty() { shown } else { format!("{}, {shown}", label.text) };
            let (line, column) = self.source.position(start);
            group = group.element(Origin::path(self.source.name()).line(line).char_column(column));
            group = group.element(Level::NOTE.message(shown));
        }
        group
    }
}

/// The nearest character boundary at or before a byte.
fn floor(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}
