//! What a transaction writes, as few statements: each row set is a list of columns, and parts that change different tables go together.

use std::fmt::Write as _;

use sqlx::Arguments as _;
use sqlx::postgres::PgArguments;

use crate::ledger::store::rows::{BucketRow, CaseRow, Changes, ChargeRow, EventRow, GrantRow, Head, HookRow, NoticeRow, ReplyRow};

/// A list of one column each.
enum Column<'a> {
    Text(Vec<&'a str>),
    Int(Vec<i64>),
    Yes(Vec<bool>),
}

/// Statements with their arguments. A statement changes a table in one place only: what does so again is in the next.
#[derive(Default)]
pub(super) struct Script {
    pub statements: Vec<(String, PgArguments, Vec<&'static str>)>,
}

impl Script {
    /// Adds a part that changes a table; `$` stands for the rows.
    fn add(&mut self, table: &'static str, sql: &str, columns: Vec<Column<'_>>) {
        if self.statements.last().is_none_or(|(.., tables)| tables.contains(&table)) {
            self.statements.push((String::new(), PgArguments::default(), Vec::new()));
        }
        let Some((text, arguments, tables)) = self.statements.last_mut() else { return };
        let mut rows = String::from("unnest(");
        for (at, column) in columns.into_iter().enumerate() {
            // A list goes into any argument, and a text takes everything.
            let (_, kind) = match column {
                Column::Text(list) => (arguments.add(list), "text[]"),
                Column::Int(list) => (arguments.add(list), "bigint[]"),
                Column::Yes(list) => (arguments.add(list), "boolean[]"),
            };
            let _ = write!(rows, "{}${}::{kind}", if at == 0 { "" } else { ", " }, arguments.len());
        }
        rows.push(')');
        let _ = write!(text, "{} w{} AS ({})", if text.is_empty() { "WITH" } else { "," }, tables.len(), sql.replace('$', &rows));
        tables.push(table);
    }

    fn grants(&mut self, rows: &[GrantRow], sql: &str) {
        if rows.is_empty() {
            return;
        }
        let ids = Column::Text(rows.iter().map(|row| row.id.as_str()).collect());
        let actors = Column::Text(rows.iter().map(|row| row.actor.as_str()).collect());
        let at = Column::Int(rows.iter().map(|row| row.at).collect());
        let reversed = Column::Yes(rows.iter().map(|row| row.reversed).collect());
        let bodies = Column::Text(rows.iter().map(|row| row.body.as_str()).collect());
        let charges = Column::Text(rows.iter().map(|row| row.charges.as_str()).collect());
        self.add("grants", sql, vec![ids, actors, at, reversed, bodies, charges]);
    }

    fn charges(&mut self, rows: &[ChargeRow], sql: &str, with_amounts: bool) {
        if rows.is_empty() {
            return;
        }
        let buckets = Column::Text(rows.iter().map(|row| row.bucket.as_str()).collect());
        let at = Column::Int(rows.iter().map(|row| row.at).collect());
        let grants = Column::Text(rows.iter().map(|row| row.grant.as_str()).collect());
        let mut columns = vec![buckets, at, grants];
        if with_amounts {
            columns.push(Column::Int(rows.iter().map(|row| row.amount).collect()));
        }
        self.add("charges", sql, columns);
    }

    fn buckets(&mut self, rows: &[BucketRow], sql: &str) {
        if rows.is_empty() {
            return;
        }
        let ids = Column::Text(rows.iter().map(|row| row.id.as_str()).collect());
        let since = Column::Int(rows.iter().map(|row| row.since).collect());
        let used = Column::Int(rows.iter().map(|row| row.used).collect());
        let oldest = Column::Int(rows.iter().map(|row| row.oldest).collect());
        let latest = Column::Int(rows.iter().map(|row| row.latest).collect());
        self.add("buckets", sql, vec![ids, since, used, oldest, latest]);
    }

    fn cases(&mut self, rows: &[CaseRow], sql: &str) {
        if rows.is_empty() {
            return;
        }
        let ids = Column::Text(rows.iter().map(|row| row.id.as_str()).collect());
        let owners = Column::Text(rows.iter().map(|row| row.owner.as_str()).collect());
        let states = Column::Text(rows.iter().map(|row| row.state.as_str()).collect());
        let due = Column::Int(rows.iter().map(|row| row.due).collect());
        let bodies = Column::Text(rows.iter().map(|row| row.body.as_str()).collect());
        self.add("cases", sql, vec![ids, owners, states, due, bodies]);
    }

    fn replies(&mut self, rows: &[ReplyRow], sql: &str) {
        if rows.is_empty() {
            return;
        }
        // In one order for all, so that two servers with the same requests do not wait for each other.
        let mut rows: Vec<_> = rows.iter().collect();
        rows.sort_by_key(|row| &row.token);
        let callers = Column::Text(rows.iter().map(|row| row.token.caller.as_str()).collect());
        let keys = Column::Text(rows.iter().map(|row| row.token.key.as_str()).collect());
        let at = Column::Int(rows.iter().map(|row| row.at).collect());
        let digests = Column::Text(rows.iter().map(|row| row.digest.as_str()).collect());
        let bodies = Column::Text(rows.iter().map(|row| row.body.as_str()).collect());
        self.add("replies", sql, vec![callers, keys, at, digests, bodies]);
    }

    fn events(&mut self, rows: &[EventRow]) {
        if rows.is_empty() {
            return;
        }
        let streams = Column::Int(rows.iter().map(|row| row.stream).collect());
        let seqs = Column::Int(rows.iter().map(|row| row.seq).collect());
        let at = Column::Int(rows.iter().map(|row| row.at).collect());
        let about = Column::Text(rows.iter().map(|row| row.about.as_str()).collect());
        let lines = Column::Text(rows.iter().map(|row| row.line.as_str()).collect());
        self.add("events", "INSERT INTO events SELECT * FROM $", vec![streams, seqs, at, about, lines]);
    }

    fn heads(&mut self, rows: &[Head]) {
        if rows.is_empty() {
            return;
        }
        let streams = Column::Int(rows.iter().map(|row| row.stream).collect());
        let seqs = Column::Int(rows.iter().map(|row| row.seq).collect());
        let hashes = Column::Text(rows.iter().map(|row| row.hash.as_str()).collect());
        let sql = "INSERT INTO heads SELECT * FROM $ ON CONFLICT (stream) DO UPDATE SET seq = excluded.seq, hash = excluded.hash";
        self.add("heads", sql, vec![streams, seqs, hashes]);
    }

    fn notices(&mut self, rows: &[NoticeRow], sql: &str) {
        if rows.is_empty() {
            return;
        }
        // In one order for all, as the replies.
        let mut rows: Vec<_> = rows.iter().collect();
        rows.sort_by_key(|row| (&row.hook, &row.id));
        let text = |of: fn(&NoticeRow) -> &str| Column::Text(rows.iter().map(|row| of(row)).collect());
        let int = |of: fn(&NoticeRow) -> i64| Column::Int(rows.iter().map(|row| of(row)).collect());
        let named = [text(|row| &row.hook), text(|row| &row.id), text(|row| &row.kind), text(|row| &row.about)];
        let counted = [int(|row| row.at), int(|row| row.due), int(|row| row.tries)];
        let told = [text(|row| &row.state), text(|row| &row.last), text(|row| &row.body)];
        self.add("outbox", sql, named.into_iter().chain(counted).chain(told).collect());
    }

    fn hooks(&mut self, rows: &[HookRow]) {
        if rows.is_empty() {
            return;
        }
        let names = Column::Text(rows.iter().map(|row| row.name.as_str()).collect());
        let setups = Column::Text(rows.iter().map(|row| row.setup.as_str()).collect());
        let off = Column::Int(rows.iter().map(|row| row.off).collect());
        let sql = "INSERT INTO hooks SELECT * FROM $ ON CONFLICT (name) DO UPDATE SET setup = excluded.setup, off = excluded.off";
        self.add("hooks", sql, vec![names, setups, off]);
    }

    /// What is told, and to whom.
    fn told(&mut self, changes: &Changes) {
        self.notices(&changes.notices, "INSERT INTO outbox SELECT * FROM $ ON CONFLICT (hook, id) DO NOTHING");
        self.notices(
            &changes.changed_notices,
            "UPDATE outbox SET due = v.due, tries = v.tries, state = v.state, last = v.last, body = v.body \
             FROM $ AS v (hook, id, kind, about, at, due, tries, state, last, body) WHERE outbox.hook = v.hook AND outbox.id = v.id",
        );
        if !changes.dropped_notices.is_empty() {
            let hooks = Column::Text(changes.dropped_notices.iter().map(|(hook, _)| hook.as_str()).collect());
            let ids = Column::Text(changes.dropped_notices.iter().map(|(_, id)| id.as_str()).collect());
            let sql = "DELETE FROM outbox USING $ AS v (hook, id) WHERE outbox.hook = v.hook AND outbox.id = v.id";
            self.add("outbox", sql, vec![hooks, ids]);
        }
        self.hooks(&changes.hooks);
        if !changes.dropped_hooks.is_empty() {
            let names = Column::Text(changes.dropped_hooks.iter().map(String::as_str).collect());
            self.add("hooks", "DELETE FROM hooks USING $ AS v (name) WHERE hooks.name = v.name", vec![names]);
        }
    }

    /// What writes these changes.
    pub fn of(changes: &Changes) -> Self {
        let mut script = Self::default();
        script.buckets(&changes.buckets, "INSERT INTO buckets SELECT * FROM $");
        script.grants(&changes.grants, "INSERT INTO grants SELECT * FROM $");
        script.charges(&changes.charges, "INSERT INTO charges SELECT * FROM $", true);
        script.cases(&changes.cases, "INSERT INTO cases SELECT * FROM $");
        script.replies(&changes.replies, "INSERT INTO replies SELECT * FROM $");
        script.events(&changes.events);
        script.heads(&changes.heads);
        script.told(changes);
        script.buckets(
            &changes.changed_buckets,
            "UPDATE buckets SET since = v.since, used = v.used, oldest = v.oldest, latest = v.latest FROM $ AS v (id, since, used, oldest, latest) WHERE buckets.id = v.id",
        );
        script.grants(
            &changes.changed_grants,
            "UPDATE grants SET actor = v.actor, reversed = v.reversed, body = v.body, charges = v.charges FROM $ AS v (id, actor, at, reversed, body, charges) WHERE grants.id = v.id",
        );
        script.charges(
            &changes.released,
            "DELETE FROM charges USING $ AS v (bucket, at, grant_id) WHERE charges.bucket = v.bucket AND charges.at = v.at AND charges.grant_id = v.grant_id",
            false,
        );
        script.cases(
            &changes.changed_cases,
            "UPDATE cases SET owner = v.owner, state = v.state, due = v.due, body = v.body FROM $ AS v (id, owner, state, due, body) WHERE cases.id = v.id",
        );
        script.replies(
            &changes.changed_replies,
            "UPDATE replies SET body = v.body FROM $ AS v (caller, key, at, digest, body) WHERE replies.caller = v.caller AND replies.key = v.key",
        );
        if !changes.dropped_buckets.is_empty() {
            let ids = Column::Text(changes.dropped_buckets.iter().map(String::as_str).collect());
            script.add("buckets", "DELETE FROM buckets USING $ AS v (id) WHERE buckets.id = v.id", vec![ids]);
        }
        script
    }
}
