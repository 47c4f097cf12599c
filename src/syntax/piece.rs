//! One piece of an item on its way through the grammar.

use pest::Parser as _;

use super::layout::blank_comments;
use super::tree::Tree;
use super::{bounds, complaint};
use crate::diagnostic::Diagnostic;
use crate::source::{SourceId, Span};

/// The grammar, compiled; `Rule` has a variant for each of its rules.
pub(super) mod grammar {
    #![allow(missing_docs, clippy::pedantic, reason = "generated from the grammar file")]

    #[derive(pest_derive::Parser)]
    #[grammar = "../grammar/kulanz.pest"]
    pub struct Grammar;
}

pub(super) use super::tree::Node;
pub(super) use grammar::Rule;

/// A part of a source text that is parsed by itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'t> {
    /// What is parsed.
    pub text: &'t str,
    /// Where it comes from.
    pub source: SourceId,
    /// Where it begins there.
    pub base: usize,
    /// The places in `text` behind which the source has one byte more: the second of two quotation marks in a CSV cell.
    pub doubled: &'t [usize],
}

impl Piece<'_> {
    /// The place of `start..end` of this piece in its source.
    pub fn span(&self, start: usize, end: usize) -> Span {
        let place = |at: usize| self.base + at + self.doubled.partition_point(|doubled| *doubled < at);
        Span::new(self.source, place(start), place(end))
    }

    /// The first byte at or behind `at` that is neither space nor comment.
    pub fn past_space(&self, at: usize) -> usize {
        let mut rest = self.text.get(at..).unwrap_or_default();
        loop {
            rest = rest.trim_start_matches(|c| matches!(c, ' ' | '\t'..='\r'));
            if !rest.starts_with('#') {
                return self.text.len() - rest.len();
            }
            rest = rest.trim_start_matches(|c| c != '\n');
        }
    }

    /// All of it.
    pub fn whole(&self) -> Span {
        self.span(0, self.text.len())
    }
}

/// Reads pieces and collects what is wrong with them.
pub(super) struct Reader<'t, 'p> {
    /// What is being read.
    pub piece: Piece<'t>,
    /// What was found wrong so far.
    pub problems: &'p mut Vec<Diagnostic>,
}

impl<'t, 'p> Reader<'t, 'p> {
    /// A reader of one piece.
    pub fn new(piece: Piece<'t>, problems: &'p mut Vec<Diagnostic>) -> Self {
        Self { piece, problems }
    }

    /// The tree of the piece by `rule`; `None` where it does not fit, which is reported.
    pub fn tree(&mut self, rule: Rule) -> Option<Tree<'t>> {
        if let Some(problem) = bounds::exceeded(&self.piece) {
            self.problems.push(problem);
            return None;
        }
        match grammar::Grammar::parse(rule, &blank_comments(self.piece.text)) {
            Ok(pairs) => Some(Tree::new(self.piece.text, pairs)),
            Err(error) => {
                self.problems.push(complaint::explain(&self.piece, rule, &error));
                None
            }
        }
    }

    /// Where a part of the tree stands.
    pub fn span(&self, node: &Node<'_>) -> Span {
        // The grammar looks past space for what may follow.
        self.piece.span(node.start(), node.start() + node.as_str().trim_end().len())
    }

    /// Reports a problem; nothing comes of what had it.
    pub fn refuse<T>(&mut self, problem: Diagnostic) -> Option<T> {
        self.problems.push(problem);
        None
    }
}

/// The part of a tree that `rule` made, where there is one.
pub(super) fn child<'n>(node: &Node<'n>, rule: Rule) -> Option<Node<'n>> {
    node.inner().find(|part| part.as_rule() == rule)
}

/// Whether `rule` made a part of a tree.
pub(super) fn has(node: &Node<'_>, rule: Rule) -> bool {
    child(node, rule).is_some()
}

/// The parts of a tree that `rule` made.
pub(super) fn children<'n>(node: &Node<'n>, rule: Rule) -> impl Iterator<Item = Node<'n>> {
    node.inner().filter(move |part| part.as_rule() == rule)
}
