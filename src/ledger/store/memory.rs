//! A ledger that lasts as long as the process: for tests, for trying out, and as the model that the other stores agree with.

use std::collections::BTreeMap;

use tokio::sync::{Mutex, MutexGuard};

use super::rows::{
    BucketRow, CaseFilter, CaseRow, Changes, ChargeRow, EventRow, GrantFilter, GrantRow, Head, HookRow, NoticeKey, NoticeRow, ReplyRow, Stretch,
    Token,
};
use super::{Pending, Purpose, Store, StoreError, Transaction};

/// The store in memory.
#[derive(Debug, Default)]
pub struct Memory {
    rows: Mutex<Rows>,
}

#[derive(Debug, Default)]
struct Rows {
    grants: BTreeMap<String, GrantRow>,
    cases: BTreeMap<String, CaseRow>,
    buckets: BTreeMap<String, BucketRow>,
    /// By bucket, moment and grant: how much.
    charges: BTreeMap<(String, i64, String), i64>,
    replies: BTreeMap<Token, ReplyRow>,
    events: BTreeMap<(i64, i64), EventRow>,
    heads: BTreeMap<i64, Head>,
    secrets: BTreeMap<String, String>,
    hooks: BTreeMap<String, HookRow>,
    notices: BTreeMap<NoticeKey, NoticeRow>,
}

/// One transaction at a time: it holds the rows.
struct Turn<'a> {
    rows: MutexGuard<'a, Rows>,
    written: Vec<Changes>,
    forgotten: Vec<String>,
    dropped_before: Option<i64>,
    failed_before: Option<i64>,
}

fn now<'a, T: Send + 'a>(result: Result<T, StoreError>) -> Pending<'a, T> {
    Box::pin(std::future::ready(result))
}

/// The rows with these ids, as far as they are there.
fn some<T: Clone>(rows: &BTreeMap<String, T>, ids: &[String]) -> Vec<T> {
    ids.iter().filter_map(|id| rows.get(id).cloned()).collect()
}

fn most(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

impl Store for Memory {
    fn begin(&self, _: Purpose) -> Pending<'_, Box<dyn Transaction + '_>> {
        Box::pin(async {
            let rows = self.rows.lock().await;
            Ok(Box::new(Turn { rows, written: Vec::new(), forgotten: Vec::new(), dropped_before: None, failed_before: None })
                as Box<dyn Transaction + '_>)
        })
    }

    fn secret<'a>(&'a self, name: &'a str, fresh: &'a str) -> Pending<'a, String> {
        Box::pin(async move { Ok(self.rows.lock().await.secrets.entry(name.to_owned()).or_insert_with(|| fresh.to_owned()).clone()) })
    }

    fn ping(&self) -> Pending<'_, ()> {
        now(Ok(()))
    }

    fn close(&self) -> Pending<'_, ()> {
        now(Ok(()))
    }
}

impl Transaction for Turn<'_> {
    fn replies<'a>(&'a mut self, tokens: &'a [Token]) -> Pending<'a, Vec<ReplyRow>> {
        now(Ok(tokens.iter().filter_map(|token| self.rows.replies.get(token).cloned()).collect()))
    }

    fn grants<'a>(&'a mut self, ids: &'a [String]) -> Pending<'a, Vec<GrantRow>> {
        now(Ok(some(&self.rows.grants, ids)))
    }

    fn cases<'a>(&'a mut self, ids: &'a [String]) -> Pending<'a, Vec<CaseRow>> {
        now(Ok(some(&self.rows.cases, ids)))
    }

    fn buckets<'a>(&'a mut self, ids: &'a [String]) -> Pending<'a, Vec<BucketRow>> {
        now(Ok(some(&self.rows.buckets, ids)))
    }

    fn peek<'a>(&'a mut self, ids: &'a [String]) -> Pending<'a, Vec<BucketRow>> {
        self.buckets(ids)
    }

    fn charged<'a>(&'a mut self, bucket: &'a str, stretch: Stretch) -> Pending<'a, (i64, Option<i64>)> {
        let from = |at: i64| (bucket.to_owned(), at, String::new())..;
        let of_bucket = |from| self.rows.charges.range(from).take_while(|((id, ..), _)| id == bucket);
        let mut within = of_bucket(from(stretch.from)).take_while(|((_, at, _), _)| *at < stretch.to).map(|(_, amount)| *amount);
        let sum = within.try_fold(0_i64, i64::checked_add).ok_or_else(|| StoreError::Broken("the charges of a bucket are beyond all bounds".into()));
        let next = of_bucket(from(stretch.to)).next().map(|((_, at, _), _)| *at);
        now(sum.map(|sum| (sum, next)))
    }

    fn head(&mut self) -> Pending<'_, Head> {
        now(Ok(self.rows.heads.get(&1).cloned().unwrap_or_else(|| Head::empty(1))))
    }

    fn secrets<'a>(&'a mut self, names: &'a [String]) -> Pending<'a, Vec<(String, String)>> {
        let kept = |name: &String| Some((name.clone(), self.rows.secrets.get(name)?.clone()));
        now(Ok(names.iter().filter_map(kept).collect()))
    }

    fn forget_secret<'a>(&'a mut self, name: &'a str) -> Pending<'a, ()> {
        self.forgotten.push(name.to_owned());
        now(Ok(()))
    }

    fn write<'a>(&'a mut self, changes: &'a Changes) -> Pending<'a, ()> {
        self.written.push(changes.clone());
        now(Ok(()))
    }

    fn find_grants<'a>(&'a mut self, filter: &'a GrantFilter) -> Pending<'a, Vec<GrantRow>> {
        let place = |row: &GrantRow| (row.at, row.id.clone());
        let wanted = |row: &&GrantRow| {
            filter.actor.as_ref().is_none_or(|actor| row.actor == *actor)
                && filter.since.is_none_or(|since| row.at >= since)
                && filter.behind.as_ref().is_none_or(|behind| place(row) < *behind)
        };
        let mut found: Vec<_> = self.rows.grants.values().filter(wanted).cloned().collect();
        found.sort_by_key(|row| std::cmp::Reverse(place(row)));
        found.truncate(most(filter.most));
        now(Ok(found))
    }

    fn find_cases<'a>(&'a mut self, filter: &'a CaseFilter) -> Pending<'a, Vec<CaseRow>> {
        let place = |row: &CaseRow| (row.due, row.id.clone());
        let wanted = |row: &&CaseRow| {
            filter.owner.as_ref().is_none_or(|owner| row.owner == *owner)
                && filter.state.as_ref().is_none_or(|state| row.state == *state)
                && filter.due_before.is_none_or(|before| row.due < before)
                && filter.behind.as_ref().is_none_or(|behind| place(row) > *behind)
        };
        let mut found: Vec<_> = self.rows.cases.values().filter(wanted).cloned().collect();
        found.sort_by_key(place);
        found.truncate(most(filter.most));
        now(Ok(found))
    }

    fn open_cases(&mut self) -> Pending<'_, Vec<(String, i64)>> {
        let mut counts: BTreeMap<String, i64> = BTreeMap::new();
        for row in self.rows.cases.values().filter(|row| row.state == "open") {
            *counts.entry(row.owner.clone()).or_default() += 1;
        }
        now(Ok(counts.into_iter().collect()))
    }

    fn events(&mut self, behind: (i64, i64), limit: u32) -> Pending<'_, Vec<EventRow>> {
        let rest = self.rows.events.range((std::ops::Bound::Excluded(behind), std::ops::Bound::Unbounded));
        now(Ok(rest.map(|(_, row)| row.clone()).take(most(limit)).collect()))
    }

    fn events_about<'a>(&'a mut self, id: &'a str) -> Pending<'a, Vec<EventRow>> {
        let mut found: Vec<_> = self.rows.events.values().filter(|row| row.about == id).cloned().collect();
        found.sort_by_key(|row| (row.at, row.stream, row.seq));
        now(Ok(found))
    }

    fn heads(&mut self) -> Pending<'_, Vec<Head>> {
        now(Ok(self.rows.heads.values().filter(|head| head.stream != Head::SEALS).cloned().collect()))
    }

    fn seal_head(&mut self) -> Pending<'_, Head> {
        now(Ok(self.rows.heads.get(&Head::SEALS).cloned().unwrap_or_else(|| Head::empty(Head::SEALS))))
    }

    fn bucket_ids<'a>(&'a mut self, behind: &'a str, limit: u32) -> Pending<'a, Vec<String>> {
        let rest = self.rows.buckets.range::<str, _>((std::ops::Bound::Excluded(behind), std::ops::Bound::Unbounded));
        now(Ok(rest.map(|(id, _)| id.clone()).take(most(limit)).collect()))
    }

    fn charges<'a>(&'a mut self, behind: &'a (String, i64, String), limit: u32) -> Pending<'a, Vec<ChargeRow>> {
        let rest = self.rows.charges.range((std::ops::Bound::Excluded(behind), std::ops::Bound::Unbounded)).take(most(limit));
        let row = |((bucket, at, grant), amount): (&(String, i64, String), &i64)| ChargeRow {
            bucket: bucket.clone(),
            at: *at,
            grant: grant.clone(),
            amount: *amount,
        };
        now(Ok(rest.map(row).collect()))
    }

    fn find_replies<'a>(&'a mut self, behind: &'a Token, limit: u32) -> Pending<'a, Vec<ReplyRow>> {
        let rest = self.rows.replies.range((std::ops::Bound::Excluded(behind), std::ops::Bound::Unbounded));
        now(Ok(rest.map(|(_, row)| row.clone()).take(most(limit)).collect()))
    }

    fn drop_replies(&mut self, before: i64) -> Pending<'_, ()> {
        self.dropped_before = Some(before);
        now(Ok(()))
    }

    fn hooks(&mut self) -> Pending<'_, Vec<HookRow>> {
        now(Ok(self.rows.hooks.values().cloned().collect()))
    }

    fn due_notices<'a>(&'a mut self, hook: &'a str, before: i64, limit: u32) -> Pending<'a, Vec<NoticeRow>> {
        let mut found: Vec<_> = self.rows.waiting().filter(|row| row.due < before && row.hook == hook).cloned().collect();
        found.sort_by(|one, other| (one.due, &one.id).cmp(&(other.due, &other.id)));
        found.truncate(most(limit));
        now(Ok(found))
    }

    fn notice<'a>(&'a mut self, key: &'a NoticeKey) -> Pending<'a, Option<NoticeRow>> {
        now(Ok(self.rows.notices.get(key).cloned()))
    }

    fn find_notices<'a>(&'a mut self, behind: &'a NoticeKey, limit: u32) -> Pending<'a, Vec<NoticeRow>> {
        let rest = self.rows.notices.range((std::ops::Bound::Excluded(behind), std::ops::Bound::Unbounded));
        now(Ok(rest.map(|(_, row)| row.clone()).take(most(limit)).collect()))
    }

    fn drop_failed_notices(&mut self, before: i64) -> Pending<'_, ()> {
        self.failed_before = Some(before);
        now(Ok(()))
    }

    fn commit<'a>(mut self: Box<Self>) -> Pending<'a, ()>
    where
        Self: 'a,
    {
        let written = std::mem::take(&mut self.written);
        if written.iter().any(|changes| self.rows.conflict(changes)) {
            return now(Err(StoreError::Conflict));
        }
        for changes in written {
            self.rows.take(changes);
        }
        for name in std::mem::take(&mut self.forgotten) {
            self.rows.secrets.remove(&name);
        }
        if let Some(before) = self.dropped_before {
            self.rows.replies.retain(|_, row| row.at >= before);
        }
        if let Some(before) = self.failed_before {
            self.rows.notices.retain(|_, row| row.at >= before || row.state != NoticeRow::FAILED);
        }
        now(Ok(()))
    }
}

impl Rows {
    fn waiting(&self) -> impl Iterator<Item = &NoticeRow> {
        self.notices.values().filter(|row| row.state == NoticeRow::WAITING)
    }

    /// Whether something new is there already.
    fn conflict(&self, changes: &Changes) -> bool {
        changes.grants.iter().any(|row| self.grants.contains_key(&row.id))
            || changes.cases.iter().any(|row| self.cases.contains_key(&row.id))
            || changes.buckets.iter().any(|row| self.buckets.contains_key(&row.id))
            || changes.charges.iter().any(|row| self.charges.contains_key(&place(row)))
            || changes.replies.iter().any(|row| self.replies.contains_key(&row.token))
            || changes.events.iter().any(|row| self.events.contains_key(&(row.stream, row.seq)))
    }

    fn take(&mut self, changes: Changes) {
        self.grants.extend(changes.grants.into_iter().chain(changes.changed_grants).map(|row| (row.id.clone(), row)));
        self.cases.extend(changes.cases.into_iter().chain(changes.changed_cases).map(|row| (row.id.clone(), row)));
        self.buckets.extend(changes.buckets.into_iter().chain(changes.changed_buckets).map(|row| (row.id.clone(), row)));
        self.charges.extend(changes.charges.into_iter().map(|row| (place(&row), row.amount)));
        changes.released.iter().for_each(|row| {
            self.charges.remove(&place(row));
        });
        changes.dropped_buckets.iter().for_each(|id| {
            self.buckets.remove(id);
        });
        self.replies.extend(changes.replies.into_iter().map(|row| (row.token.clone(), row)));
        for changed in changes.changed_replies {
            if let Some(row) = self.replies.get_mut(&changed.token) {
                row.body = changed.body;
            }
        }
        self.events.extend(changes.events.into_iter().map(|row| ((row.stream, row.seq), row)));
        self.heads.extend(changes.heads.into_iter().map(|head| (head.stream, head)));
        for row in changes.notices {
            self.notices.entry(row.key()).or_insert(row);
        }
        self.notices.extend(changes.changed_notices.into_iter().map(|row| (row.key(), row)));
        changes.dropped_notices.iter().for_each(|key| {
            self.notices.remove(key);
        });
        self.hooks.extend(changes.hooks.into_iter().map(|row| (row.name.clone(), row)));
        changes.dropped_hooks.iter().for_each(|name| {
            self.hooks.remove(name);
        });
    }
}

fn place(row: &ChargeRow) -> (String, i64, String) {
    (row.bucket.clone(), row.at, row.grant.clone())
}
