//! What a handbook is made of, before it is written in some form.

use serde::Serialize;

/// A whole handbook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Page {
    /// Its title.
    pub title: String,
    /// The language that it is written in, a lower-case code.
    pub language: String,
    /// The day and the version that it shows.
    pub stand: String,
    /// What it is.
    pub intro: String,
    /// What the table of contents is called.
    pub contents: String,
    /// Its parts.
    pub sections: Vec<Section>,
}

/// A part with its heading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Section {
    /// What a link to it names.
    pub anchor: String,
    /// Its heading.
    pub title: String,
    /// What it says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<Block>,
    /// The parts inside it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<Section>,
}

/// A piece of a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// Sentences.
    Paragraph(Line),
    /// A list.
    List(Vec<Entry>),
    /// A table.
    Table(Table),
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Table {
    /// What its columns hold.
    pub head: Vec<String>,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// What a link to it names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anchor: Option<String>,
    /// A cell a column.
    pub cells: Vec<Vec<Entry>>,
}

/// An entry of a list, with those below it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// What it says.
    pub line: Line,
    /// What belongs to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub below: Vec<Entry>,
}

/// Words and links on one line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Line(pub Vec<Inline>);

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Inline {
    /// Words.
    Text(String),
    /// Words that matter more.
    Strong(String),
    /// Words that lead to a part or a row.
    Link {
        /// Its anchor.
        to: String,
        /// The words.
        text: String,
    },
}

impl Line {
    /// Words.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self(vec![Inline::Text(text.into())])
    }

    /// A label, a colon and what it labels.
    pub(super) fn labelled(label: &str, mut rest: Self) -> Self {
        rest.0.insert(0, Inline::Text(format!("{label}: ")));
        rest
    }

    /// Further words.
    pub(super) fn and(mut self, text: impl Into<String>) -> Self {
        self.0.push(Inline::Text(text.into()));
        self
    }

    pub(super) fn join(lines: impl IntoIterator<Item = Self>, between: &str) -> Self {
        let mut joined = Self::default();
        for line in lines {
            if !joined.0.is_empty() {
                joined.0.push(Inline::Text(between.to_owned()));
            }
            joined.0.extend(line.0);
        }
        joined
    }
}

impl From<Line> for Entry {
    fn from(line: Line) -> Self {
        Self { line, below: Vec::new() }
    }
}

impl Section {
    pub(super) fn new(anchor: impl Into<String>, title: impl Into<String>) -> Self {
        Self { anchor: anchor.into(), title: title.into(), blocks: Vec::new(), sections: Vec::new() }
    }

    pub(super) fn paragraph(&mut self, line: Line) {
        self.blocks.push(Block::Paragraph(line));
    }

    /// Adds a list, unless there is nothing in it.
    pub(super) fn list(&mut self, entries: Vec<Entry>) {
        if !entries.is_empty() {
            self.blocks.push(Block::List(entries));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.blocks.is_empty() && self.sections.is_empty()
    }
}
