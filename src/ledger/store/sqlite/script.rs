//! What goes over to the thread of a connection at one time: statements and their arguments.

use std::fmt::Write as _;

use sqlx::Arguments as _;
use sqlx::sqlite::SqliteArguments;

use super::super::rows::{BucketRow, CaseRow, Changes, ChargeRow, EventRow, GrantRow, Head, HookRow, NoticeRow, ReplyRow};
use super::super::sql::{Cell, Question};
use crate::ledger::grant;

/// Statements that go over together.
#[derive(Default)]
pub(super) struct Script {
    pub sql: String,
    pub arguments: SqliteArguments,
}

impl Script {
    pub fn ask(question: &Question<'_>) -> Self {
        let mut script = Self { sql: question.sql.clone().into_owned(), arguments: SqliteArguments::default() };
        question.cells.iter().for_each(|cell| script.bind(*cell));
        script
    }

    pub fn bind(&mut self, cell: Cell<'_>) {
        // A text or a number goes into any argument.
        let _ = match cell {
            Cell::Text(text) | Cell::Long(text) => self.arguments.add(text.to_owned()),
            Cell::Int(number) => self.arguments.add(number),
        };
    }

    /// Writes rows to a table: one with its own arguments, several as one list. `or` says what is done with those that are there already.
    pub fn put<'r, T, const N: usize>(&mut self, table: &str, rows: &'r [T], cells: fn(&'r T) -> [Cell<'r>; N], or: &str) {
        let sql = &mut self.sql;
        // A text takes everything.
        let _ = match rows {
            [] => return,
            [_] => write!(sql, "INSERT INTO {table} VALUES (?{}){or};", ",?".repeat(N - 1)),
            [first, ..] => write!(sql, "INSERT INTO {table} SELECT {} FROM (SELECT ? AS long), json_each(?) WHERE true{or};", items(&cells(first))),
        };
        if let [row] = rows {
            return self.bind_row(cells(row));
        }
        let mut long = Vec::new();
        let all = list(rows.iter().flat_map(cells), N, &mut long);
        // Bytes go into any argument.
        let _ = self.arguments.add(long);
        self.bind(Cell::Text(&all));
    }

    fn remove(&mut self, rows: &[ChargeRow]) {
        let cells = |row: &ChargeRow| [row.bucket.clone().into(), row.at.into(), row.grant.clone().into()];
        match rows {
            [] => {}
            [row] => {
                self.sql.push_str("DELETE FROM charges WHERE bucket = ? AND at = ? AND grant_id = ?;");
                self.bind_row([Cell::Text(&row.bucket), Cell::Int(row.at), Cell::Text(&row.grant)]);
            }
            _ => {
                let places = "SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)";
                let _ = write!(self.sql, "DELETE FROM charges WHERE (bucket, at, grant_id) IN ({places});");
                let all: Vec<[serde_json::Value; 3]> = rows.iter().map(cells).collect();
                self.bind(Cell::Text(&grant::text(&all)));
            }
        }
    }

    fn bind_row<const N: usize>(&mut self, cells: [Cell<'_>; N]) {
        for cell in cells {
            self.bind(cell);
        }
    }

    pub fn changes(&mut self, changes: &Changes) {
        self.put("grants", &changes.grants, grant_cells, "");
        self.put(
            "grants",
            &changes.changed_grants,
            grant_cells,
            " ON CONFLICT (id) DO UPDATE SET actor = excluded.actor, reversed = excluded.reversed, body = excluded.body, charges = excluded.charges",
        );
        self.put("charges", &changes.charges, charge_cells, "");
        self.remove(&changes.released);
        self.put("buckets", &changes.buckets, bucket_cells, "");
        self.put(
            "buckets",
            &changes.changed_buckets,
            bucket_cells,
            " ON CONFLICT (id) DO UPDATE SET since = excluded.since, used = excluded.used, oldest = excluded.oldest, latest = excluded.latest",
        );
        for id in &changes.dropped_buckets {
            self.sql.push_str("DELETE FROM buckets WHERE id = ?;");
            self.bind(Cell::Text(id));
        }
        self.put("cases", &changes.cases, case_cells, "");
        self.put(
            "cases",
            &changes.changed_cases,
            case_cells,
            " ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, state = excluded.state, due = excluded.due, body = excluded.body",
        );
        self.put("replies", &changes.replies, reply_cells, "");
        self.put("replies", &changes.changed_replies, reply_cells, " ON CONFLICT (caller, key) DO UPDATE SET body = excluded.body");
        self.put("events", &changes.events, event_cells, "");
        self.put("heads", &changes.heads, head_cells, " ON CONFLICT (stream) DO UPDATE SET seq = excluded.seq, hash = excluded.hash");
        self.told(changes);
    }

    /// What is told, and to whom.
    fn told(&mut self, changes: &Changes) {
        self.put("outbox", &changes.notices, notice_cells, " ON CONFLICT (hook, id) DO NOTHING");
        self.put(
            "outbox",
            &changes.changed_notices,
            notice_cells,
            " ON CONFLICT (hook, id) DO UPDATE SET due = excluded.due, tries = excluded.tries, state = excluded.state, last = excluded.last, body = excluded.body",
        );
        for (hook, id) in &changes.dropped_notices {
            self.sql.push_str("DELETE FROM outbox WHERE hook = ? AND id = ?;");
            self.bind_row([Cell::Text(hook), Cell::Text(id)]);
        }
        self.put("hooks", &changes.hooks, hook_cells, " ON CONFLICT (name) DO UPDATE SET setup = excluded.setup, off = excluded.off");
        for name in &changes.dropped_hooks {
            self.sql.push_str("DELETE FROM hooks WHERE name = ?;");
            self.bind(Cell::Text(name));
        }
    }
}

/// The items of each list in a list of lists, for cells like these. One that is long says where it is in a text of its own and how many bytes it has.
fn items(cells: &[Cell<'_>]) -> String {
    let mut text = String::new();
    for (at, cell) in cells.iter().enumerate() {
        let comma = if at == 0 { "" } else { ", " };
        // A text takes everything.
        let _ = match cell {
            Cell::Long(_) => write!(text, "{comma}CAST(substr(long, (value ->> {at} >> 32) + 1, value ->> {at} & 4294967295) AS TEXT)"),
            Cell::Text(_) | Cell::Int(_) => write!(text, "{comma}value ->> {at}"),
        };
    }
    text
}

/// A list of lists of so many items each, in JSON. What is long is put behind the others in `long`, where nothing of it has to be escaped.
pub(super) fn list<'a>(cells: impl Iterator<Item = Cell<'a>>, width: usize, long: &mut Vec<u8>) -> String {
    let mut text = Vec::from(*b"[");
    for (at, cell) in cells.enumerate() {
        text.extend_from_slice(match (at, at % width) {
            (0, _) => b"[",
            (_, 0) => b"],[",
            _ => b",",
        });
        // Bytes take everything.
        let _ = match cell {
            Cell::Text(cell) => serde_json::to_writer(&mut text, cell),
            Cell::Int(number) => serde_json::to_writer(&mut text, &number),
            Cell::Long(cell) => {
                let place = ((long.len() as u64) << 32) | cell.len() as u64;
                long.extend_from_slice(cell.as_bytes());
                serde_json::to_writer(&mut text, &place)
            }
        };
    }
    text.extend_from_slice(if text.len() == 1 { b"]" } else { b"]]" });
    // JSON is UTF-8.
    String::from_utf8(text).unwrap_or_default()
}

fn grant_cells(row: &GrantRow) -> [Cell<'_>; 6] {
    let (id, actor, body, charges) = (Cell::Text(&row.id), Cell::Text(&row.actor), Cell::Long(&row.body), Cell::Long(&row.charges));
    [id, actor, Cell::Int(row.at), Cell::Int(row.reversed.into()), body, charges]
}

fn charge_cells(row: &ChargeRow) -> [Cell<'_>; 4] {
    [Cell::Text(&row.bucket), Cell::Int(row.at), Cell::Text(&row.grant), Cell::Int(row.amount)]
}

fn bucket_cells(row: &BucketRow) -> [Cell<'_>; 5] {
    [Cell::Text(&row.id), Cell::Int(row.since), Cell::Int(row.used), Cell::Int(row.oldest), Cell::Int(row.latest)]
}

fn case_cells(row: &CaseRow) -> [Cell<'_>; 5] {
    [Cell::Text(&row.id), Cell::Text(&row.owner), Cell::Text(&row.state), Cell::Int(row.due), Cell::Long(&row.body)]
}

fn reply_cells(row: &ReplyRow) -> [Cell<'_>; 5] {
    [Cell::Text(&row.token.caller), Cell::Text(&row.token.key), Cell::Int(row.at), Cell::Text(&row.digest), Cell::Long(&row.body)]
}

fn event_cells(row: &EventRow) -> [Cell<'_>; 5] {
    [Cell::Int(row.stream), Cell::Int(row.seq), Cell::Int(row.at), Cell::Text(&row.about), Cell::Long(&row.line)]
}

fn head_cells(head: &Head) -> [Cell<'_>; 3] {
    [Cell::Int(head.stream), Cell::Int(head.seq), Cell::Text(&head.hash)]
}

fn notice_cells(row: &NoticeRow) -> [Cell<'_>; 10] {
    let (hook, id, kind, about) = (Cell::Text(&row.hook), Cell::Text(&row.id), Cell::Text(&row.kind), Cell::Text(&row.about));
    let (at, due, tries) = (Cell::Int(row.at), Cell::Int(row.due), Cell::Int(row.tries));
    [hook, id, kind, about, at, due, tries, Cell::Text(&row.state), Cell::Text(&row.last), Cell::Long(&row.body)]
}

fn hook_cells(row: &HookRow) -> [Cell<'_>; 3] {
    [Cell::Text(&row.name), Cell::Text(&row.setup), Cell::Int(row.off)]
}
