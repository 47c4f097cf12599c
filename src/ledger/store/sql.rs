//! What the stores that speak SQL have in common: the rows as they are read, the questions that both put in the same words, and migrations.

use std::borrow::Cow;
use std::fmt::Write as _;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{Error, SqlSafeStr};

use super::StoreError;
use super::rows::{BucketRow, CaseFilter, CaseRow, ChargeRow, EventRow, GrantFilter, GrantRow, Head, HookRow, NoticeKey, NoticeRow, ReplyRow, Token};

/// A value in a question, or in a row that is written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cell<'a> {
    Text(&'a str),
    /// A text that may be long.
    #[cfg_attr(not(feature = "sqlite"), expect(dead_code, reason = "PostgreSQL binds every text alike"))]
    Long(&'a str),
    Int(i64),
}

/// The cells of a row, from the left, from 0.
pub(super) trait Cells {
    fn text(&self, at: usize) -> Result<String, Error>;
    fn int(&self, at: usize) -> Result<i64, Error>;
    fn maybe_int(&self, at: usize) -> Result<Option<i64>, Error>;
    fn yes(&self, at: usize) -> Result<bool, Error>;
}

pub(super) fn grant(row: &impl Cells) -> Result<GrantRow, Error> {
    Ok(GrantRow { id: row.text(0)?, actor: row.text(1)?, at: row.int(2)?, reversed: row.yes(3)?, body: row.text(4)?, charges: row.text(5)? })
}

pub(super) fn case(row: &impl Cells) -> Result<CaseRow, Error> {
    Ok(CaseRow { id: row.text(0)?, owner: row.text(1)?, state: row.text(2)?, due: row.int(3)?, body: row.text(4)? })
}

pub(super) fn bucket(row: &impl Cells) -> Result<BucketRow, Error> {
    Ok(BucketRow { id: row.text(0)?, since: row.int(1)?, used: row.int(2)?, oldest: row.int(3)?, latest: row.int(4)? })
}

pub(super) fn reply(row: &impl Cells) -> Result<ReplyRow, Error> {
    let token = Token { caller: row.text(0)?, key: row.text(1)? };
    Ok(ReplyRow { token, at: row.int(2)?, digest: row.text(3)?, body: row.text(4)? })
}

pub(super) fn event(row: &impl Cells) -> Result<EventRow, Error> {
    Ok(EventRow { stream: row.int(0)?, seq: row.int(1)?, at: row.int(2)?, about: row.text(3)?, line: row.text(4)? })
}

pub(super) fn head(row: &impl Cells) -> Result<Head, Error> {
    Ok(Head { stream: row.int(0)?, seq: row.int(1)?, hash: row.text(2)? })
}

pub(super) fn charge(row: &impl Cells) -> Result<ChargeRow, Error> {
    Ok(ChargeRow { bucket: row.text(0)?, at: row.int(1)?, grant: row.text(2)?, amount: row.int(3)? })
}

/// A secret with its name.
pub(super) fn secret(row: &impl Cells) -> Result<(String, String), Error> {
    Ok((row.text(0)?, row.text(1)?))
}

pub(super) fn hook(row: &impl Cells) -> Result<HookRow, Error> {
    Ok(HookRow { name: row.text(0)?, setup: row.text(1)?, off: row.int(2)? })
}

pub(super) fn notice(row: &impl Cells) -> Result<NoticeRow, Error> {
    let (hook, id, kind, about) = (row.text(0)?, row.text(1)?, row.text(2)?, row.text(3)?);
    let (at, due, tries) = (row.int(4)?, row.int(5)?, row.int(6)?);
    Ok(NoticeRow { hook, id, kind, about, at, due, tries, state: row.text(7)?, last: row.text(8)?, body: row.text(9)? })
}

/// The sum of the charges in a stretch, and the first moment behind it.
pub(super) fn charged(row: &impl Cells) -> Result<(i64, Option<i64>), Error> {
    Ok((row.int(0)?, row.maybe_int(1)?))
}

pub(super) fn count(row: &impl Cells) -> Result<(String, i64), Error> {
    Ok((row.text(0)?, row.int(1)?))
}

pub(super) fn text(row: &impl Cells) -> Result<String, Error> {
    row.text(0)
}

/// A question in SQL, with what stands for `$1`, `$2`, …
#[derive(Debug)]
pub(super) struct Question<'a> {
    pub sql: Cow<'static, str>,
    pub cells: Vec<Cell<'a>>,
}

impl<'a> Question<'a> {
    pub fn new(sql: &'static str, cells: Vec<Cell<'a>>) -> Self {
        Self { sql: sql.into(), cells }
    }

    /// Adds a part; each `$` in it stands for the next of these cells.
    fn and(&mut self, part: &str, cells: &[Cell<'a>]) {
        let mut cells = cells.iter();
        let sql = self.sql.to_mut();
        for (at, piece) in part.split('$').enumerate() {
            if at > 0 {
                self.cells.extend(cells.next());
                // A text takes everything.
                let _ = write!(sql, "${}", self.cells.len());
            }
            sql.push_str(piece);
        }
    }
}

pub(super) const OPEN_CASES: &str = "SELECT owner, count(*) FROM cases WHERE state = 'open' GROUP BY owner ORDER BY owner";
pub(super) const HEADS: &str = "SELECT stream, seq, hash FROM heads WHERE stream <> 0 AND seq > 0 ORDER BY stream";

pub(super) fn find_grants(filter: &GrantFilter) -> Question<'_> {
    let mut question = Question::new("SELECT id, actor, at, reversed, body, charges FROM grants WHERE true", Vec::new());
    if let Some(actor) = &filter.actor {
        question.and(" AND actor = $", &[Cell::Text(actor)]);
    }
    if let Some(since) = filter.since {
        question.and(" AND at >= $", &[Cell::Int(since)]);
    }
    if let Some((at, id)) = &filter.behind {
        question.and(" AND (at, id) < ($, $)", &[Cell::Int(*at), Cell::Text(id)]);
    }
    question.and(" ORDER BY at DESC, id DESC LIMIT $", &[Cell::Int(filter.most.into())]);
    question
}

pub(super) fn find_cases(filter: &CaseFilter) -> Question<'_> {
    let mut question = Question::new("SELECT id, owner, state, due, body FROM cases WHERE true", Vec::new());
    if let Some(owner) = &filter.owner {
        question.and(" AND owner = $", &[Cell::Text(owner)]);
    }
    if let Some(state) = &filter.state {
        question.and(" AND state = $", &[Cell::Text(state)]);
    }
    if let Some(before) = filter.due_before {
        question.and(" AND due < $", &[Cell::Int(before)]);
    }
    if let Some((due, id)) = &filter.behind {
        question.and(" AND (due, id) > ($, $)", &[Cell::Int(*due), Cell::Text(id)]);
    }
    question.and(" ORDER BY due, id LIMIT $", &[Cell::Int(filter.most.into())]);
    question
}

pub(super) fn events(behind: (i64, i64), most: u32) -> Question<'static> {
    let sql = "SELECT stream, seq, at, about, line FROM events WHERE (stream, seq) > ($1, $2) ORDER BY stream, seq LIMIT $3";
    Question::new(sql, vec![Cell::Int(behind.0), Cell::Int(behind.1), Cell::Int(most.into())])
}

pub(super) fn events_about(id: &str) -> Question<'_> {
    Question::new("SELECT stream, seq, at, about, line FROM events WHERE about = $1 ORDER BY at, stream, seq", vec![Cell::Text(id)])
}

pub(super) fn bucket_ids(behind: &str, most: u32) -> Question<'_> {
    Question::new("SELECT id FROM buckets WHERE id > $1 ORDER BY id LIMIT $2", vec![Cell::Text(behind), Cell::Int(most.into())])
}

pub(super) fn charges((bucket, at, grant): &(String, i64, String), most: u32) -> Question<'_> {
    let sql = "SELECT bucket, at, grant_id, amount FROM charges WHERE (bucket, at, grant_id) > ($1, $2, $3) ORDER BY bucket, at, grant_id LIMIT $4";
    Question::new(sql, vec![Cell::Text(bucket), Cell::Int(*at), Cell::Text(grant), Cell::Int(most.into())])
}

pub(super) fn find_replies(behind: &Token, most: u32) -> Question<'_> {
    let sql = "SELECT caller, key, at, digest, body FROM replies WHERE (caller, key) > ($1, $2) ORDER BY caller, key LIMIT $3";
    Question::new(sql, vec![Cell::Text(&behind.caller), Cell::Text(&behind.key), Cell::Int(most.into())])
}

pub(super) const HOOKS: &str = "SELECT name, setup, off FROM hooks ORDER BY name";

/// The messages to a webhook that are due; `lock` says whether others may take them too.
pub(super) fn due_notices<'a>(hook: &'a str, before: i64, most: u32, lock: &str) -> Question<'a> {
    let sql = "SELECT hook, id, kind, about, at, due, tries, state, last, body FROM outbox WHERE hook = $1 AND state = 'waiting' AND due < $2 \
               ORDER BY due, id LIMIT $3";
    let mut question = Question::new(sql, vec![Cell::Text(hook), Cell::Int(before), Cell::Int(most.into())]);
    question.and(lock, &[]);
    question
}

pub(super) fn one_notice<'a>((hook, id): &'a NoticeKey, lock: &str) -> Question<'a> {
    let sql = "SELECT hook, id, kind, about, at, due, tries, state, last, body FROM outbox WHERE hook = $1 AND id = $2";
    let mut question = Question::new(sql, vec![Cell::Text(hook), Cell::Text(id)]);
    question.and(lock, &[]);
    question
}

pub(super) fn find_notices((hook, id): &NoticeKey, most: u32) -> Question<'_> {
    let sql = "SELECT hook, id, kind, about, at, due, tries, state, last, body FROM outbox WHERE (hook, id) > ($1, $2) ORDER BY hook, id LIMIT $3";
    Question::new(sql, vec![Cell::Text(hook), Cell::Text(id), Cell::Int(most.into())])
}

/// Makes the schema what this program knows, from what any version before it left.
pub(super) fn migrator(migrations: &[(&'static str, &'static str)]) -> Migrator {
    let migration = |(version, (name, sql)): (i64, &(&'static str, &'static str))| {
        Migration::new(version, (*name).into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    let mut migrator = Migrator::with_migrations((1..).zip(migrations).map(migration).collect());
    // What locking there is differs from store to store, and is not done here.
    migrator.set_locking(false);
    migrator
}

/// Why a store could not be migrated.
pub(super) fn not_migrated(error: MigrateError, known: usize, of_database: fn(&Error) -> StoreError) -> StoreError {
    match error {
        MigrateError::VersionMissing(version) => StoreError::Newer(version, i64::try_from(known).unwrap_or(i64::MAX)),
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => of_database(&error),
        other => StoreError::Broken(other.to_string()),
    }
}
