//! A handbook as Markdown, with an anchor before each heading.

use std::fmt::Write as _;

use super::page::{Block, Entry, Inline, Line, Page, Section, Table};

pub(super) fn page(page: &Page) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "# {}\n\n{}\n\n{}\n", escaped(&page.title), escaped(&page.stand), escaped(&page.intro));
    let _ = writeln!(out, "## {}\n", escaped(&page.contents));
    page.sections.iter().for_each(|section| contents(&mut out, section, 0));
    page.sections.iter().for_each(|one| section(&mut out, one, 2));
    out
}

fn contents(out: &mut String, section: &Section, depth: usize) {
    let _ = writeln!(out, "{}- [{}](#{})", "  ".repeat(depth), escaped(&section.title), section.anchor);
    section.sections.iter().for_each(|inner| contents(out, inner, depth + 1));
}

fn section(out: &mut String, of: &Section, level: usize) {
    let _ = writeln!(out, "\n<a id=\"{}\"></a>\n\n{} {}", of.anchor, "#".repeat(level.min(6)), escaped(&of.title));
    of.blocks.iter().for_each(|one| block(out, one));
    of.sections.iter().for_each(|inner| section(out, inner, level + 1));
}

fn block(out: &mut String, block: &Block) {
    out.push('\n');
    match block {
        Block::Paragraph(words) => {
            line(out, words);
            out.push('\n');
        }
        Block::List(entries) => list(out, entries, 0),
        Block::Table(table) => rows(out, table),
    }
}

fn list(out: &mut String, entries: &[Entry], depth: usize) {
    for entry in entries {
        let _ = write!(out, "{}- ", "  ".repeat(depth));
        line(out, &entry.line);
        out.push('\n');
        list(out, &entry.below, depth + 1);
    }
}

fn rows(out: &mut String, table: &Table) {
    let head: Vec<String> = table.head.iter().map(|title| escaped(title)).collect();
    let _ = writeln!(out, "| {} |\n|{}", head.join(" | "), "---|".repeat(head.len()));
    for row in &table.rows {
        out.push('|');
        for (at, entries) in row.cells.iter().enumerate() {
            out.push(' ');
            if let (0, Some(anchor)) = (at, &row.anchor) {
                let _ = write!(out, "<a id=\"{anchor}\"></a>");
            }
            cell(out, entries);
            out.push_str(" |");
        }
        out.push('\n');
    }
}

/// What stands in a cell is on one line of the text.
fn cell(out: &mut String, entries: &[Entry]) {
    for (at, entry) in entries.iter().enumerate() {
        if at > 0 {
            out.push_str("<br>");
        }
        line(out, &entry.line);
        for below in &entry.below {
            out.push_str("<br>– ");
            cell(out, std::slice::from_ref(below));
        }
    }
}

fn line(out: &mut String, line: &Line) {
    for inline in &line.0 {
        match inline {
            Inline::Text(text) => {
                let lines: Vec<String> = text.split('\n').map(escaped).collect();
                out.push_str(&lines.join("<br>"));
            }
            Inline::Strong(text) => {
                let _ = write!(out, "**{}**", escaped(text));
            }
            Inline::Link { to, text } => {
                let _ = write!(out, "[{}](#{to})", escaped(text));
            }
        }
    }
}

/// A text that means nothing but itself, on one line. A sign that means something only where a line begins is taken for one that could stand there.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let is_number = |before: &str| !before.is_empty() && before.bytes().all(|byte| byte.is_ascii_digit());
    for (at, character) in text.char_indices() {
        let before = text.get(..at).unwrap_or_default();
        match character {
            '<' => escaped.push_str("&lt;"),
            '&' => escaped.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '>' => escaped.extend(['\\', character]),
            '#' | '+' | '-' | '=' if before.trim().is_empty() => escaped.extend(['\\', character]),
            '.' | ')' if is_number(before) && text.get(at + 1..).is_none_or(|rest| rest.is_empty() || rest.starts_with(' ')) => {
                escaped.extend(['\\', character]);
            }
            control if control.is_control() => escaped.push(' '),
            plain => escaped.push(plain),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_policy_says_is_no_markup() {
        assert_eq!(escaped("*a* _b_ [c](d) <e> `f` | ~g~ & \\"), "\\*a\\* \\_b\\_ \\[c\\](d) &lt;e\\> \\`f\\` \\| \\~g\\~ &amp; \\\\");
        assert_eq!(["# a", "- b", "+ c", "1. d", "12) e"].map(escaped), ["\\# a", "\\- b", "\\+ c", "1\\. d", "12\\) e"]);
        assert_eq!(["a # b", "a - b", "am 1. Mai", "1.5", "two\nlines"].map(escaped), ["a # b", "a - b", "am 1. Mai", "1.5", "two lines"]);
    }
}
