//! Tables: rows of cells into columns of meaning. Where the cells come from, bars in the text or a CSV file, makes no difference here.

use std::borrow::Cow;

use super::MAX_PROBLEMS;
use super::ast::{
    Cell, CellKind, CellTest, Column, ColumnKind, Expr, ExprKind, Grid, ItemKind, Literal, Lookup, Row, RuleTable, TableBody, TableHead,
    TableHeadKind, Term, Text,
};
use super::bounds::too_long;
use super::clauses::Bearer;
use super::expressions::presence;
use super::headers;
use super::items::ItemReader;
use super::layout::{Line, comment_start};
use super::numerals::decimal_comma;
use super::piece::{Node, Piece, Reader, Rule, child, children, has};
use crate::diagnostic::{Code, Diagnostic, Edit};
use crate::source::{SourceId, Span, Spanned};

/// What a table is, as far as its columns depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableKind {
    /// `may`
    Permission,
    /// `may not`
    Prohibition,
    /// `entitled to`
    Entitlement,
    /// `gives`
    Lookup,
}

impl From<&TableHeadKind> for TableKind {
    fn from(kind: &TableHeadKind) -> Self {
        match kind {
            TableHeadKind::Permission => Self::Permission,
            TableHeadKind::Prohibition { .. } => Self::Prohibition,
            TableHeadKind::Entitlement => Self::Entitlement,
        }
    }
}

impl TableKind {
    fn bearer(self) -> Option<Bearer> {
        match self {
            Self::Permission => Some(Bearer::Permission),
            Self::Prohibition => Some(Bearer::Prohibition),
            Self::Entitlement => Some(Bearer::Entitlement),
            Self::Lookup => None,
        }
    }
}

/// The most columns of a table.
pub(super) const MAX_COLUMNS: usize = 1000;

/// A cell before it is read.
#[derive(Clone, Debug)]
pub(super) struct RawCell<'t> {
    pub text: Cow<'t, str>,
    /// Where it begins in the source.
    pub base: usize,
    /// As in [`Piece`].
    pub doubled: Vec<usize>,
}

/// A row before it is read.
#[derive(Clone, Debug)]
pub(super) struct RawRow<'t> {
    pub span: Span,
    pub cells: Vec<RawCell<'t>>,
    /// `None` for a row in the text.
    pub sheet: Option<SheetRow>,
}

/// What a row of a CSV file is besides its cells.
#[derive(Clone, Copy, Debug)]
pub(super) struct SheetRow {
    /// Counted as a spreadsheet does.
    pub number: usize,
    /// What stands between its cells.
    pub separator: char,
}

impl RawCell<'_> {
    fn piece(&self, source: SourceId) -> Piece<'_> {
        Piece { text: &self.text, source, base: self.base, doubled: &self.doubled }
    }
}

impl<'t> ItemReader<'t, '_> {
    /// A table of either kind.
    pub fn table(&mut self, lines: &[Line]) -> Option<ItemKind> {
        let (sentences, rows) = self.part_rows(lines);
        let (head, rest) = self.cut("table", &sentences);
        let head = self.read(head, Rule::table_piece, |reader, tree| reader.table_head(tree));
        let Some(head) = head else {
            self.clauses(&rest, None);
            return None;
        };
        let kind = match &head.sense {
            Sense::Rules(sentence) => TableKind::from(&sentence.kind),
            Sense::Gives(_) => TableKind::Lookup,
        };
        // Its file is named in the wrong place, which is told.
        let is_elsewhere = rest.iter().any(|part| super::complaint::names_file(self.slice(part)));
        let grid = if is_elsewhere { None } else { self.grid(&head, kind, &rows) };
        let body = TableBody { from: head.from, grid };
        match head.sense {
            Sense::Rules(sentence) => {
                let clauses = self.clauses(&rest, kind.bearer());
                Some(ItemKind::RuleTable(RuleTable { name: head.name, title: head.title, head: sentence, clauses, body }))
            }
            Sense::Gives(gives) => {
                for lines in rest {
                    let problem = Diagnostic::new(Code::MisplacedClause, "a table with `gives` takes no clauses").at(self.span(lines), "");
                    self.problems.push(problem.help("put the condition into a column"));
                }
                Some(ItemKind::Lookup(Lookup { name: head.name, title: head.title, gives, body }))
            }
        }
    }

    /// The lines of sentences, and the lines of rows.
    fn part_rows<'l>(&mut self, lines: &'l [Line]) -> (Vec<Line>, Vec<&'l Line>) {
        let (mut sentences, mut rows) = (Vec::new(), Vec::new());
        let mut after_row = false;
        for line in lines {
            let is_row = self.text.get(line.range()).is_some_and(|text| text.starts_with('|') || is_open_row(text));
            if is_row {
                rows.push(line);
            } else if self.problems.len() > MAX_PROBLEMS {
                continue;
            } else if after_row && !super::clauses::CLAUSES.contains(&line.word(self.text)) {
                let span = Span::new(self.source, line.start, line.end.min(line.start + 40));
                let problem = Diagnostic::new(Code::TableShape, "this line is neither a row nor a clause").at(span, "");
                self.problems.push(problem.help("a row stands in one line, between `|` and `|`"));
                continue;
            } else {
                sentences.push(line.clone());
            }
            after_row = is_row;
        }
        (sentences, rows)
    }

    fn grid(&mut self, head: &TableTop, kind: TableKind, rows: &[&Line]) -> Option<Grid> {
        if let Some(from) = &head.from {
            if let Some(first) = rows.first() {
                let problem = Diagnostic::new(Code::TableShape, "this table has rows here and in a file");
                let span = Span::new(self.source, first.start, first.end);
                self.problems.push(problem.at(span, "rows here").at(from.span, "rows there").help("keep one of them"));
            }
            return None;
        }
        let mut read = rows.iter().enumerate().map(|(at, line)| (at, self.row(line, at == 1)));
        // Without its header, of which the problem is told, nothing of a table means anything.
        let first = read.next();
        if matches!(first, Some((_, None))) {
            return None;
        }
        let rows: Vec<RawRow<'t>> = first.into_iter().chain(read).filter_map(|(_, row)| row).collect();
        read_grid(kind, self.source, head.name.span, &rows, self.problems)
    }

    /// A line between bars; `None` for the line of dashes under the header, and for what is reported.
    fn row(&mut self, line: &Line, may_be_dashes: bool) -> Option<RawRow<'t>> {
        if self.problems.len() > MAX_PROBLEMS {
            return None;
        }
        let span = Span::new(self.source, line.start, line.end);
        if let Some(problem) = too_long(line.end - line.start, Span::new(self.source, line.start, line.start + 1)) {
            self.problems.push(problem);
            return None;
        }
        if let Some(open) = line.open_text {
            let text = self.text.get(open..line.end).unwrap_or_default();
            self.problems.push(super::complaint::open_text(Span::new(self.source, open, line.end.min(open + 40)), text));
            return None;
        }
        let text = self.text.get(line.range())?;
        if !text.starts_with('|') {
            let start = Span::new(self.source, line.start, line.start);
            let problem = Diagnostic::new(Code::TableShape, "this row does not begin with `|`").at(Span { end: start.end + 1, ..start }, "");
            self.problems.push(problem.help("begin it with `|`").fix("write `|` before it", vec![Edit { span: start, text: "| ".to_owned() }]));
        }
        let cells = bars(text, line.start);
        let dashes = |cell: &RawCell<'_>| cell.text.contains('-') && cell.text.bytes().all(|b| matches!(b, b'-' | b':' | b' '));
        if may_be_dashes && cells.iter().all(dashes) {
            return None;
        }
        if !text.ends_with('|') {
            let last = text.chars().next_back().map_or(0, char::len_utf8);
            let problem = Diagnostic::new(Code::TableShape, "this row is not closed").at(Span::new(self.source, line.end - last, line.end), "");
            let edit = Edit { span: Span::new(self.source, line.end, line.end), text: " |".to_owned() };
            self.problems.push(problem.help("end it with `|`").fix("write `|` behind it", vec![edit]));
        }
        Some(RawRow { span, cells, sheet: None })
    }
}

/// A row whose first bar is missing.
fn is_open_row(line: &str) -> bool {
    line.ends_with('|') && bars(line, 0).len() > 1
}

/// The cells of a line that starts at byte `base`. Bars inside texts are text.
fn bars(line: &str, base: usize) -> Vec<RawCell<'_>> {
    let mut cells = Vec::new();
    let first = usize::from(line.starts_with('|'));
    let (mut in_text, mut escaped, mut start) = (false, false, first);
    for (at, byte) in line.bytes().enumerate().skip(first) {
        match byte {
            b'"' if !escaped => in_text = !in_text,
            b'|' if !in_text && cells.len() > MAX_COLUMNS => break,
            b'|' if !in_text => {
                cells.push(trimmed(line, start, at, base));
                start = at + 1;
            }
            _ => {}
        }
        escaped = in_text && byte == b'\\' && !escaped;
    }
    if start < line.len() && cells.len() <= MAX_COLUMNS {
        cells.push(trimmed(line, start, line.len(), base));
    }
    cells
}

fn trimmed(line: &str, start: usize, end: usize, base: usize) -> RawCell<'_> {
    let raw = line.get(start..end).unwrap_or_default();
    let text = raw.trim_start();
    let base = base + start + (raw.len() - text.len());
    RawCell { text: Cow::Borrowed(text.trim_end()), base, doubled: Vec::new() }
}

/// What stands above the rows.
struct TableTop {
    name: super::ast::Name,
    title: Option<Text>,
    from: Option<super::ast::Quoted>,
    sense: Sense,
}

enum Sense {
    Rules(TableHead),
    Gives(Spanned<super::ast::Type>),
}

impl Reader<'_, '_> {
    fn table_head(&mut self, node: &Node<'_>) -> Option<TableTop> {
        let sense = match child(node, Rule::gives) {
            Some(gives) => Sense::Gives(child(&gives, Rule::fact_type).and_then(|ty| self.fact_type(&ty))?),
            None => Sense::Rules(child(node, Rule::table_sentence).and_then(|sentence| self.table_sentence(&sentence))?),
        };
        let from = child(node, Rule::table_from).and_then(|from| self.own_quoted(&from));
        Some(TableTop { name: self.own_name(node)?, title: self.own_text(node), from, sense })
    }
}

/// Reads rows, the first of which is the header; `None` where that one cannot be read.
pub(super) fn read_grid(kind: TableKind, source: SourceId, place: Span, rows: &[RawRow<'_>], problems: &mut Vec<Diagnostic>) -> Option<Grid> {
    let Some((header, rows)) = rows.split_first().filter(|(_, rows)| !rows.is_empty()) else {
        let help = "a table has a header and at least one row, as in `| role | up to |`";
        problems.push(Diagnostic::new(Code::TableShape, "this table has no rows").at(place, "").help(help));
        return None;
    };
    if header.cells.len() > MAX_COLUMNS {
        problems.push(Diagnostic::new(Code::TableShape, format!("this table has more than {MAX_COLUMNS} columns")).at(header.span, ""));
        return None;
    }
    let known = problems.len();
    if let Some(problem) = headers::beside_the_sheet(header, source) {
        problems.push(problem);
        return None;
    }
    let columns: Vec<Option<Column>> = header.cells.iter().map(|cell| column(kind, cell.piece(source), problems)).collect();
    let columns: Vec<Column> = columns.into_iter().collect::<Option<_>>()?;
    check_columns(kind, header, source, &columns, problems);
    if problems.len() > known {
        return None;
    }
    let mut read = Vec::with_capacity(rows.len());
    let before_rows = problems.len();
    for row in rows {
        if problems.len() > MAX_PROBLEMS {
            break;
        }
        let known = problems.len();
        read.extend(read_row(source, &columns, row, problems));
        name_row(row, header, problems.get_mut(known..).unwrap_or_default());
    }
    let found = problems.get(before_rows..).unwrap_or_default();
    if let Some(problem) = headers::wrong_header(header, &columns, rows, found, source) {
        problems.truncate(before_rows);
        problems.push(problem);
        return None;
    }
    Some(Grid { columns, rows: read })
}

/// In a file that somebody edits as a spreadsheet a problem is found by row and column.
fn name_row(row: &RawRow<'_>, header: &RawRow<'_>, problems: &mut [Diagnostic]) {
    let Some(SheetRow { number, .. }) = row.sheet else { return };
    for problem in problems {
        let at = problem.span().map_or(0, |span| span.start as usize);
        let column = row.cells.iter().rposition(|cell| cell.base <= at).and_then(|column| header.cells.get(column));
        let place = match column {
            Some(column) if problem.code != Code::TableShape => format!("row {number}, column `{}`", column.text),
            _ => format!("row {number}"),
        };
        problem.message = format!("{place}: {}", problem.message);
    }
}

fn read_row(source: SourceId, columns: &[Column], row: &RawRow<'_>, problems: &mut Vec<Diagnostic>) -> Option<Row> {
    if row.cells.len() != columns.len() {
        let joined = headers::joined_cells(source, columns, row);
        problems.push(joined.unwrap_or_else(|| wrong_count(columns.len(), row)));
        return None;
    }
    let cells: Vec<Option<Cell>> = columns.iter().zip(&row.cells).map(|(column, cell)| read_cell(source, column, cell, problems)).collect();
    Some(Row { span: row.span, cells: cells.into_iter().collect::<Option<_>>()? })
}

pub(super) fn read_cell(source: SourceId, column: &Column, cell: &RawCell<'_>, problems: &mut Vec<Diagnostic>) -> Option<Cell> {
    Reader::new(cell.piece(source), problems).cell(column)
}

fn wrong_count(expected: usize, row: &RawRow<'_>) -> Diagnostic {
    let found = row.cells.len();
    let cells = |count: usize| if count == 1 { "1 cell".to_owned() } else { format!("{count} cells") };
    let message = format!("this row has {}, but the header has {}", cells(found), cells(expected));
    let problem = Diagnostic::new(Code::TableShape, message).at(row.span, "");
    let split = row.cells.windows(2).find_map(|node| match node {
        [a, b] if a.text.bytes().all(|byte| byte.is_ascii_digit() || b"<>= ._".contains(&byte)) => decimal_comma(&format!("{},{}", a.text, b.text)),
        _ => None,
    });
    match (split, found < expected) {
        (Some(comma), false) if row.sheet.is_some() => problem.help(format!("a number has a point, not a comma: write `{}`", comma.right)),
        (_, false) if row.sheet.is_some() => problem.help("put a cell with a comma in it between quotation marks"),
        (_, false) => problem.help("leave a cell out, or add a column to the header"),
        (_, true) => {
            let sign = row.sheet.map_or('|', |sheet| sheet.separator);
            let empty = if row.sheet.is_some() { format!("{sign}{sign}") } else { format!("{sign}  {sign}") };
            problem.help(format!("write an empty cell where there is nothing to say: `{empty}`"))
        }
    }
}

/// The words of headers that are no expressions.
pub(super) const HEADERS: [(&str, ColumnKind); 14] = [
    ("role", ColumnKind::Role),
    ("up to", ColumnKind::UpTo),
    ("more than", ColumnKind::MoreThan),
    ("of", ColumnKind::Of),
    ("is", ColumnKind::Is),
    ("charge", ColumnKind::Charge),
    ("require", ColumnKind::Require),
    ("approved by", ColumnKind::ApprovedBy),
    ("because", ColumnKind::Because),
    ("from", ColumnKind::From),
    ("until", ColumnKind::Until),
    ("offer", ColumnKind::Offer),
    ("advise", ColumnKind::Advise),
    ("ask", ColumnKind::Ask),
];

/// The same, by themselves.
pub(crate) fn header_words() -> impl Iterator<Item = &'static str> {
    HEADERS.iter().map(|(word, _)| *word)
}

fn column(kind: TableKind, piece: Piece<'_>, problems: &mut Vec<Diagnostic>) -> Option<Column> {
    let span = piece.whole();
    let words = piece.text.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.is_empty() {
        let problem = Diagnostic::new(Code::TableColumn, "this column has no header").at(span, "");
        problems.push(problem.help("write what its cells say: `role`, `up to`, a clause, or what they test"));
        return None;
    }
    // In a table that gives a value `role` is as good a name for a fact as any other.
    let known = HEADERS.into_iter().find(|(header, _)| *header == words && (kind != TableKind::Lookup || *header != "role"));
    if known.is_none()
        && let Some(problem) = headers::in_capitals(&words, &piece)
    {
        problems.push(problem);
        return None;
    }
    let kind = if let Some((_, kind)) = known {
        kind
    } else {
        let mut reader = Reader::new(piece, problems);
        let tree = reader.tree(Rule::column_piece)?;
        ColumnKind::Test(reader.condition(&tree.root()?)?)
    };
    Some(Column { span, kind })
}

pub(super) fn word_of(kind: &ColumnKind) -> Option<&'static str> {
    HEADERS.iter().find(|(_, known)| known == kind).map(|(word, _)| *word)
}

fn check_columns(kind: TableKind, header: &RawRow<'_>, source: SourceId, columns: &[Column], problems: &mut Vec<Diagnostic>) {
    for column in columns {
        problems.extend(misplaced(kind, column));
    }
    for (at, column) in columns.iter().enumerate() {
        let once =
            matches!(column.kind, ColumnKind::Role | ColumnKind::UpTo | ColumnKind::MoreThan | ColumnKind::Of | ColumnKind::Is | ColumnKind::Because);
        let same = |other: &&Column| std::mem::discriminant(&other.kind) == std::mem::discriminant(&column.kind);
        if let Some(first) = columns.iter().take(at).find(same).filter(|_| once) {
            let problem = Diagnostic::new(Code::SaidTwice, format!("there are two columns `{}`", word_of(&column.kind).unwrap_or_default()));
            problems.push(problem.at(column.span, "again here").at(first.span, "first here").help("leave one of them out"));
        }
    }
    let has = |kind: &ColumnKind| columns.iter().any(|column| column.kind == *kind);
    let missing = match kind {
        TableKind::Permission | TableKind::Prohibition if !has(&ColumnKind::Role) => Some(("role", "it says whom a row is about")),
        TableKind::Lookup if columns.last().is_some_and(|last| last.kind != ColumnKind::Is) => {
            Some(("is", "the last column, with the value of a row"))
        }
        _ => None,
    };
    if let Some(problem) = missing.and_then(|(word, _)| headers::called_otherwise(word, header, columns, source)) {
        problems.push(problem);
    } else if let Some((word, why)) = missing {
        let problem = Diagnostic::new(Code::TableColumn, format!("this table has no column `{word}`"));
        let problem = if word == "is" { Diagnostic::new(Code::TableColumn, "the last column of this table is not `is`") } else { problem };
        problems.push(problem.at(header.span, "").help(format!("add a column `{word}`: {why}")));
    }
}

fn misplaced(kind: TableKind, column: &Column) -> Option<Diagnostic> {
    let word = word_of(&column.kind)?;
    let problem = |message: &str, help: &str| Some(Diagnostic::new(Code::TableColumn, message.to_owned()).at(column.span, "").help(help));
    match (&column.kind, kind) {
        (ColumnKind::Is, TableKind::Lookup) => None,
        (ColumnKind::Is, _) => problem("a column `is` belongs to a table with `gives`", "test with the expression itself as the header"),
        (_, TableKind::Lookup) => {
            problem(&format!("a column `{word}` belongs to a table of rules"), "a table with `gives` has columns that test, and a last column `is`")
        }
        (ColumnKind::Role, TableKind::Entitlement) => problem("a customer is entitled whoever is asked", "leave the column `role` out"),
        (ColumnKind::UpTo, TableKind::Prohibition) => problem("a cap is not written with `up to`", "write `more than`"),
        (ColumnKind::UpTo, TableKind::Entitlement) => problem("what is owed is not written with `up to`", "write `of`"),
        (ColumnKind::MoreThan, TableKind::Permission) => problem("a limit is not written with `more than`", "write `up to`"),
        (ColumnKind::MoreThan, TableKind::Entitlement) => problem("what is owed is not written with `more than`", "write `of`"),
        (ColumnKind::Of, TableKind::Permission) => problem("a limit is not written with `of`", "write `up to`"),
        (ColumnKind::Of, TableKind::Prohibition) => problem("a cap is not written with `of`", "write `more than`"),
        _ => kind.bearer()?.misplaced(word.split(' ').next()?, column.span),
    }
}

impl Reader<'_, '_> {
    fn cell(&mut self, column: &Column) -> Option<Cell> {
        let span = self.piece.whole();
        if self.piece.text.is_empty() {
            let kind = self.empty_cell(&column.kind)?;
            return Some(Cell { span, kind });
        }
        // In a row of the text a comment was cut off before.
        if let Some(at) = comment_start(self.piece.text) {
            let problem = Diagnostic::new(Code::BadCell, "a CSV file has no comments").at(self.piece.span(at, at + 1), "");
            return self.refuse(problem.help("take the `#` and what follows it out"));
        }
        if matches!(self.piece.text, "n/a" | "N/A") {
            let problem = Diagnostic::new(Code::BadCell, "a cell that says nothing is empty").at(self.piece.whole(), "");
            return self.refuse(problem.help("leave it empty, or write `any` for a test that always holds"));
        }
        if let Some(comma) = decimal_comma(self.piece.text) {
            let at = self.piece.span(comma.at.start, comma.at.end);
            let problem = Diagnostic::new(Code::BadNumber, format!("`{}` is no number", comma.written)).at(at, "");
            let lists = matches!(column.kind, ColumnKind::Test(_) | ColumnKind::Is);
            let problem = problem.help(comma.help(lists));
            let fix = vec![Edit { span: at, text: comma.right.clone() }];
            return self.refuse(if comma.is_clear(lists) { problem.fix(format!("write `{}`", comma.right), fix) } else { problem });
        }
        Some(Cell { span, kind: self.cell_kind(&column.kind)? })
    }

    fn empty_cell(&mut self, column: &ColumnKind) -> Option<CellKind> {
        let help = match column {
            ColumnKind::Role => "write `everyone` where the row is about all roles",
            ColumnKind::UpTo | ColumnKind::MoreThan | ColumnKind::Of => "write `unlimited` where there is no limit",
            ColumnKind::Is => "write the value that the table gives in this row",
            _ => return Some(CellKind::Empty),
        };
        let word = word_of(column).unwrap_or_default();
        let at = self.piece.span(0, 1);
        self.refuse(Diagnostic::new(Code::EmptyCell, format!("a cell under `{word}` must say something")).at(at, "").help(help))
    }

    fn cell_kind(&mut self, column: &ColumnKind) -> Option<CellKind> {
        use super::ast::ClauseKind;
        match column {
            ColumnKind::Role => self.tree(Rule::role_cell_piece).and_then(|tree| self.subject(&tree.root()?)).map(CellKind::Subject),
            ColumnKind::UpTo | ColumnKind::MoreThan | ColumnKind::Of => {
                self.tree(Rule::limit_cell_piece).and_then(|tree| self.limit(&tree.root()?)).map(CellKind::Quantity)
            }
            ColumnKind::Is => self.tree(Rule::value_cell_piece).and_then(|tree| self.values(&tree.root()?)).map(CellKind::Value),
            ColumnKind::Test(_) => self.tree(Rule::test_cell_piece).and_then(|tree| self.test_cell(&tree.root()?)).map(CellKind::Test),
            ColumnKind::Charge => self.clause_cell(Rule::charge_cell_piece, Self::charge),
            ColumnKind::Require => self.clause_cell(Rule::require_cell_piece, Self::require),
            ColumnKind::ApprovedBy => self.clause_cell(Rule::names_cell_piece, |reader, tree| Some(ClauseKind::ApprovedBy(reader.names(tree)))),
            ColumnKind::Because => self.clause_cell(Rule::text_cell_piece, |reader, tree| Some(ClauseKind::Because(reader.text(tree)))),
            ColumnKind::From => self.clause_cell(Rule::day_cell_piece, |reader, tree| reader.day(tree, ClauseKind::From)),
            ColumnKind::Until => self.clause_cell(Rule::day_cell_piece, |reader, tree| reader.day(tree, ClauseKind::Until)),
            ColumnKind::Offer => self.clause_cell(Rule::offer_cell_piece, Self::offer),
            ColumnKind::Advise => self.clause_cell(Rule::advise_cell_piece, Self::advise),
            ColumnKind::Ask => self.clause_cell(Rule::ask_cell_piece, Self::ask),
        }
    }

    fn clause_cell(&mut self, rule: Rule, make: fn(&mut Self, &Node<'_>) -> Option<super::ast::ClauseKind>) -> Option<CellKind> {
        let tree = self.tree(rule)?;
        make(self, &tree.root()?).map(CellKind::Clause)
    }

    fn test_cell(&mut self, node: &Node<'_>) -> Option<CellTest> {
        let Some(test) = child(node, Rule::cell_test) else {
            return Some(CellTest::Any);
        };
        let read = self.cell_test(&test)?;
        Some(if has(node, Rule::kw_not) { CellTest::Not(Box::new(read)) } else { read })
    }

    fn cell_test(&mut self, node: &Node<'_>) -> Option<CellTest> {
        if let Some(part) = child(node, Rule::presence) {
            return Some(CellTest::Presence(presence(&part)));
        }
        let compares: Vec<_> = children(node, Rule::cell_compare).collect();
        if !compares.is_empty() {
            return compares.iter().map(|part| self.compare(part)).collect::<Option<Vec<_>>>().map(CellTest::Compare);
        }
        if let Some(end) = child(node, Rule::range_end) {
            return Some(CellTest::Range(self.own_value(node)?, self.own_value(&end)?));
        }
        let values = self.values(node)?;
        match values.as_slice() {
            [value] if is_dashed(value) => self.refuse(self.dashed_range(value)),
            _ => Some(CellTest::OneOf(values)),
        }
    }

    fn dashed_range(&self, value: &Expr) -> Diagnostic {
        let written = self.piece.text.split_once('-').map(|(low, high)| format!("{} .. {}", low.trim(), high.trim())).unwrap_or_default();
        let problem = Diagnostic::new(Code::BadCell, "`-` takes away, and less than nothing is left").at(value.span, "");
        problem.help(format!("for a range write `{written}`"))
    }
}

/// `10 EUR - 50 EUR`: nobody tests for what that is.
fn is_dashed(value: &Expr) -> bool {
    let ExprKind::Sum(low, rest) = &value.kind else { return false };
    let ([(Term::Minus, high)], ExprKind::Literal(low)) = (rest.as_slice(), &low.kind) else { return false };
    let ExprKind::Literal(high) = &high.kind else { return false };
    match (low, high) {
        (Literal::Number(low), Literal::Number(high)) | (Literal::Percent(low), Literal::Percent(high)) => low < high,
        (Literal::Money(low, one), Literal::Money(high, other)) => low < high && one.text == other.text,
        (Literal::Steps(low), Literal::Steps(high)) => low.count < high.count && low.unit == high.unit,
        _ => false,
    }
}
