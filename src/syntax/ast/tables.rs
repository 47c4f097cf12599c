//! Tables of rules, and the cells of all tables.

use super::{Clause, ClauseKind, CompareOp, Expr, Name, Presence, Quantity, Quoted, Subject, Text};
use crate::source::{Span, Spanned};

/// A table of rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleTable {
    /// Its name.
    pub name: Name,
    /// Its title.
    pub title: Option<Text>,
    /// The line under the name: without subject or quantity.
    pub head: TableHead,
    /// Clauses that hold for every row.
    pub clauses: Vec<Clause>,
    /// Its rows.
    pub body: TableBody,
}

/// A rule head without subject or quantity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableHead {
    /// The whole line.
    pub span: Span,
    /// What is granted or forbidden.
    pub actions: Vec<Name>,
    /// Its kind.
    pub kind: TableHeadKind,
}

/// The kinds of rule that a table holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TableHeadKind {
    /// `may ACTIONS`
    Permission,
    /// `may not ACTIONS [even if entitled]`
    Prohibition {
        /// Where `even if entitled` stands.
        even_if_entitled: Option<Span>,
    },
    /// `entitled to ACTIONS`
    Entitlement,
}

/// Where a table's rows are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableBody {
    /// `from "FILE.csv"`
    pub from: Option<Quoted>,
    /// The rows: read with the item, or put here by the loader once the CSV file was read. `None` until then, or where the file could not be read.
    pub grid: Option<Grid>,
}

/// Columns and rows; every row has one cell a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    /// The header row.
    pub columns: Vec<Column>,
    /// The rows under it.
    pub rows: Vec<Row>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The whole line.
    pub span: Span,
    /// One a column.
    pub cells: Vec<Cell>,
}

/// The head of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Where it stands.
    pub span: Span,
    /// What its cells say.
    pub kind: ColumnKind,
}

/// What the cells of a column say.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is named after the words of its header")]
pub enum ColumnKind {
    Role,
    UpTo,
    MoreThan,
    Of,
    /// The value of a `gives` table.
    Is,
    Charge,
    Require,
    ApprovedBy,
    Because,
    From,
    Until,
    Offer,
    Advise,
    Ask,
    /// An expression that the cells test.
    Test(Expr),
}

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// What stands between the bars, without the space around it.
    pub span: Span,
    /// What it says.
    pub kind: CellKind,
}

/// What a cell says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CellKind {
    /// Nothing (in a test column this is `any`).
    Empty,
    /// The subject of a row.
    Subject(Subject),
    /// The quantity of a row.
    Quantity(Quantity),
    /// A clause without its word.
    Clause(ClauseKind),
    /// A value of a `gives` table; several only for a set.
    Value(Vec<Expr>),
    /// What the column's expression must fulfil.
    Test(CellTest),
}

/// What a test cell says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CellTest {
    /// `any`
    Any,
    /// `not …`
    Not(Box<CellTest>),
    /// A value or a list of values: one of them must be it. For a set: one of them must be in it.
    OneOf(Vec<Expr>),
    /// `<= 45 days`, or two joined by `and`.
    Compare(Vec<(Spanned<CompareOp>, Expr)>),
    /// `10 EUR .. 50 EUR`, both ends in.
    Range(Expr, Expr),
    /// `present` or `absent`
    Presence(Presence),
}
