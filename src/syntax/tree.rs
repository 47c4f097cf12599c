//! The tree of a piece: what the grammar made of it, laid flat so that going through it costs next to nothing.

use pest::Token;
use pest::iterators::Pairs;

use super::piece::Rule;

/// The nodes of a tree, in the order in which they begin.
#[derive(Debug)]
pub(super) struct Tree<'t> {
    text: &'t str,
    nodes: Vec<Entry>,
}

/// One node: bytes of the piece.
#[derive(Clone, Copy, Debug)]
struct Entry {
    rule: Rule,
    start: u32,
    end: u32,
    /// The entry behind all that is inside this one.
    behind: u32,
}

impl<'t> Tree<'t> {
    /// The tree that the grammar made of a text.
    pub fn new(text: &'t str, pairs: Pairs<'_, Rule>) -> Self {
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let tokens = pairs.tokens();
        let mut nodes: Vec<Entry> = Vec::with_capacity(tokens.len() / 2);
        let mut open: Vec<usize> = Vec::with_capacity(32);
        for token in tokens {
            match token {
                Token::Start { rule, pos } => {
                    open.push(nodes.len());
                    nodes.push(Entry { rule, start: place(pos.pos()), end: 0, behind: 0 });
                }
                Token::End { pos, .. } => {
                    let behind = place(nodes.len());
                    if let Some(entry) = open.pop().and_then(|at| nodes.get_mut(at)) {
                        (entry.end, entry.behind) = (place(pos.pos()), behind);
                    }
                }
            }
        }
        Self { text, nodes }
    }

    /// The first node.
    pub fn root(&self) -> Option<Node<'_>> {
        self.nodes.first().map(|entry| Node { tree: self.nodes.as_slice(), text: self.text, at: 0, entry: *entry })
    }
}

/// A node of a [`Tree`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Node<'n> {
    tree: &'n [Entry],
    text: &'n str,
    at: usize,
    entry: Entry,
}

impl<'n> Node<'n> {
    /// The rule of the grammar that made it.
    pub fn as_rule(&self) -> Rule {
        self.entry.rule
    }

    /// What was written.
    pub fn as_str(&self) -> &'n str {
        self.text.get(self.start()..self.end()).unwrap_or_default()
    }

    /// Its first byte.
    pub fn start(&self) -> usize {
        self.entry.start as usize
    }

    /// The byte behind its last one.
    pub fn end(&self) -> usize {
        self.entry.end as usize
    }

    /// The nodes directly inside this one.
    pub fn inner(&self) -> Inner<'n> {
        Inner { tree: self.tree, text: self.text, next: self.at + 1, behind: self.entry.behind as usize }
    }
}

/// The nodes directly inside another, from left to right.
#[derive(Clone, Debug)]
pub(super) struct Inner<'n> {
    tree: &'n [Entry],
    text: &'n str,
    next: usize,
    behind: usize,
}

impl<'n> Iterator for Inner<'n> {
    type Item = Node<'n>;

    fn next(&mut self) -> Option<Node<'n>> {
        if self.next >= self.behind {
            return None;
        }
        let (at, entry) = (self.next, *self.tree.get(self.next)?);
        self.next = entry.behind as usize;
        Some(Node { tree: self.tree, text: self.text, at, entry })
    }
}
