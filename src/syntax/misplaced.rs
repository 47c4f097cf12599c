//! Lines that stand where they do not belong, each told once: an item that is indented under another one, and the sentence of a rule below its clauses.

use super::ast;
use super::complaint::is_read;
use super::items::{ITEMS, ItemReader};
use super::layout::Line;
use super::piece::Rule;
use crate::diagnostic::{Code, Diagnostic, Edit};
use crate::source::Span;

impl ItemReader<'_, '_> {
    /// Where a rule has no sentence under its name, the line of its clauses that is one: in which of them, and which line.
    pub fn late_sentence<'l>(&self, head: &[Line], rest: &[&'l [Line]]) -> Option<(usize, &'l Line)> {
        let head = self.slice(head);
        if rest.is_empty() || is_read(head, Rule::rule_piece) || !is_read(&format!("{head}\n everyone may x"), Rule::rule_piece) {
            return None;
        }
        let is_sentence = |line: &&Line| self.text.get(line.range()).is_some_and(|line| is_read(&format!("rule x {line}"), Rule::rule_piece));
        let found = rest.iter().enumerate().find_map(|(at, lines)| Some((at, lines.iter().skip(1).find(is_sentence)?)));
        found.filter(|(at, line)| rest.get(*at).and_then(|lines| lines.last()).is_some_and(|last| last.start == line.start))
    }

    /// Tells that a sentence stands below clauses, and what is wrong with these.
    pub fn rule_with_late_sentence(&mut self, head: &[Line], rest: &mut [&[Line]], at: usize, line: &Line) -> Option<ast::Rule> {
        if let Some(lines) = rest.get_mut(at) {
            *lines = lines.get(..lines.len().saturating_sub(1)).unwrap_or_default();
        }
        let span = Span::new(self.source, line.start, line.end);
        let problem = Diagnostic::new(Code::Form, "the sentence of a rule stands before its clauses").at(span, "");
        let sentence = self.text.get(line.range()).unwrap_or_default();
        let name = self.text.get(head.first()?.range()).unwrap_or_default().split_whitespace().nth(1).unwrap_or_default();
        self.problems.push(problem.help(format!("write it right under `rule {name}`: `{}`", super::words::shorten(sentence))));
        self.clauses(rest, None);
        None
    }

    /// Reads an item, and those that are indented under it as if they belonged to it.
    pub fn items(&mut self, lines: &[Line], made: &mut impl FnMut(Result<ast::Item, Option<ast::Name>>)) {
        let known = self.problems.len();
        let item = self.item(lines);
        let Some((at, problem)) = self.indented_item(known, lines) else {
            made(item.ok_or_else(|| self.broken_name(lines)));
            return;
        };
        self.problems.truncate(known);
        let (own, others) = lines.split_at(at);
        let item = self.item(own);
        made(item.ok_or_else(|| self.broken_name(own)));
        self.problems.push(problem);
        let mut others = others.to_vec();
        if let Some(first) = others.first_mut() {
            first.flush = true;
        }
        self.items(&others, made);
    }

    /// The line of an item at which another one begins, though it is indented, where that is what is wrong with it.
    fn indented_item(&self, known: usize, lines: &[Line]) -> Option<(usize, Diagnostic)> {
        let problems = self.problems.get(known..)?;
        let at = lines.iter().enumerate().skip(1).position(|(_, line)| {
            let starts = !line.flush && ITEMS.contains(&line.word(self.text));
            starts
                && problems
                    .iter()
                    .any(|problem| problem.code == Code::Indentation && problem.span().is_some_and(|span| span.range().start == line.start))
        })? + 1;
        let line = lines.get(at)?;
        let word = line.word(self.text);
        let start = self.text.get(..line.start)?.rfind('\n')? + 1;
        let edit = Edit { span: Span::new(self.source, start, line.start), text: String::new() };
        let span = Span::new(self.source, line.start, line.start + word.len());
        let problem = Diagnostic::new(Code::Indentation, format!("`{word}` does not go on with the item above")).at(span, "");
        let problem = problem.help("an item starts in the first column; take the space before it away");
        Some((at, problem.fix("begin it in the first column", vec![edit])))
    }
}
