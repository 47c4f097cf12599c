//! A handbook as one HTML page that needs nothing from elsewhere, for the screen and for paper. Every tag is closed, so that it is XML too.

use std::fmt::Write as _;

use super::page::{Block, Entry, Inline, Line, Page, Section, Table};
use crate::markup::escaped;

const STYLE: &str = include_str!("handbook.css");

pub(super) fn page(page: &Page) -> String {
    let mut out = String::from("<!DOCTYPE html>\n");
    let (language, title) = (escaped(&page.language), escaped(&page.title));
    let _ = writeln!(out, "<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\"/>");
    let _ = writeln!(
        out,
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<meta name=\"color-scheme\" content=\"light dark\"/>"
    );
    let _ = writeln!(out, "<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>");
    let _ = writeln!(out, "<header>\n<h1>{title}</h1>\n<p>{}</p>\n<p>{}</p>\n</header>", escaped(&page.stand), escaped(&page.intro));
    let _ = writeln!(out, "<nav aria-labelledby=\"contents\">\n<h2 id=\"contents\">{}</h2>", escaped(&page.contents));
    contents(&mut out, &page.sections);
    out.push_str("</nav>\n<main>\n");
    page.sections.iter().for_each(|one| section(&mut out, one, 2));
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn contents(out: &mut String, sections: &[Section]) {
    if sections.is_empty() {
        return;
    }
    out.push_str("<ul>\n");
    for section in sections {
        let _ = write!(out, "<li><a href=\"#{}\">{}</a>", escaped(&section.anchor), escaped(&section.title));
        contents(out, &section.sections);
        out.push_str("</li>\n");
    }
    out.push_str("</ul>\n");
}

fn section(out: &mut String, of: &Section, level: usize) {
    let heading = level.min(6);
    let _ = writeln!(out, "<section id=\"{}\">\n<h{heading}>{}</h{heading}>", escaped(&of.anchor), escaped(&of.title));
    of.blocks.iter().for_each(|one| block(out, one));
    of.sections.iter().for_each(|inner| section(out, inner, level + 1));
    out.push_str("</section>\n");
}

fn block(out: &mut String, block: &Block) {
    match block {
        Block::Paragraph(words) => {
            out.push_str("<p>");
            line(out, words);
            out.push_str("</p>\n");
        }
        Block::List(entries) => list(out, entries),
        Block::Table(table) => rows(out, table),
    }
}

fn list(out: &mut String, entries: &[Entry]) {
    if entries.is_empty() {
        return;
    }
    out.push_str("<ul>\n");
    for entry in entries {
        out.push_str("<li>");
        line(out, &entry.line);
        list(out, &entry.below);
        out.push_str("</li>\n");
    }
    out.push_str("</ul>\n");
}

fn rows(out: &mut String, table: &Table) {
    out.push_str("<table>\n<thead>\n<tr>");
    for title in &table.head {
        let _ = write!(out, "<th scope=\"col\">{}</th>", escaped(title));
    }
    out.push_str("</tr>\n</thead>\n<tbody>\n");
    for row in &table.rows {
        match &row.anchor {
            Some(anchor) => {
                let _ = write!(out, "<tr id=\"{}\">", escaped(anchor));
            }
            None => out.push_str("<tr>"),
        }
        row.cells.iter().for_each(|entries| cell(out, entries));
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n");
}

fn cell(out: &mut String, entries: &[Entry]) {
    out.push_str("<td>");
    match entries {
        [Entry { line: only, below }] if below.is_empty() => line(out, only),
        entries => list(out, entries),
    }
    out.push_str("</td>");
}

fn line(out: &mut String, line: &Line) {
    for inline in &line.0 {
        match inline {
            Inline::Text(text) => {
                let lines: Vec<String> = text.split('\n').map(escaped).collect();
                out.push_str(&lines.join("<br/>\n"));
            }
            Inline::Strong(text) => {
                let _ = write!(out, "<strong>{}</strong>", escaped(text));
            }
            Inline::Link { to, text } => {
                let _ = write!(out, "<a href=\"#{}\">{}</a>", escaped(to), escaped(text));
            }
        }
    }
}
