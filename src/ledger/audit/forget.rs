//! Forgetting a person.
//!
//! What names the person is found in a transaction that only reads, and changed page by page, so that nobody waits for long. The log tells what came to name the person meanwhile. The last transaction
//! takes the salt away; before that it waits for those who are logging the person, and whoever comes after finds nobody by that id.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Map;

use super::records::{bucket_ids, cases, grants};
use super::{AuditError, PAGE};
use crate::ledger::event::Event;
use crate::ledger::grant::{Booked, text};
use crate::ledger::order::{Done, Refusal};
use crate::ledger::pseudonym::Names;
use crate::ledger::record::{Case, Grant};
use crate::ledger::store::{
    BucketRow, CaseFilter, CaseRow, Changes, ChargeRow, GrantFilter, GrantRow, NoticeKey, NoticeRow, Purpose, ReplyRow, StoreError, Stretch, Token,
    Transaction,
};
use crate::ledger::{Ledger, LedgerError, bucket, read};

/// So often it is tried where somebody else changes the same records.
const MOST_TRIES: u32 = 32;
/// So often it is looked for what names the person meanwhile.
const MOST_ROUNDS: u32 = 1000;
/// So many records are changed in one transaction.
const TOGETHER: usize = 200;

/// What was forgotten of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Forgotten {
    /// What stands in the place of the id now.
    pub alias: String,
    /// The grants that named the person.
    pub grants: usize,
    /// The cases that did.
    pub cases: usize,
    /// The buckets that were kept for the person.
    pub buckets: usize,
}

/// Somebody who is being forgotten.
struct Leaving<'a> {
    id: &'a str,
    alias: String,
    /// How far each stream of the log was when it was last asked who names the person.
    seen: BTreeMap<i64, i64>,
    grants: BTreeSet<String>,
    cases: BTreeSet<String>,
    buckets: BTreeSet<String>,
}

impl Ledger {
    /// Forgets a person: the alias takes the place of the id in grants, cases, buckets and replies, and nobody can find out any more whose alias it is. `None` where the log has never named this
    /// person.
    ///
    /// # Errors
    ///
    /// Where the ledger has no pseudonyms, or does not answer. What was begun then is found by the next that tries.
    pub async fn forget(&self, id: &str) -> Result<Option<Forgotten>, AuditError> {
        if !self.aliases.are_used() {
            return Err(LedgerError::Pseudonyms("it has no pseudonyms, and its log names people").into());
        }
        let mut tx = self.store.begin(Purpose::Read).await?;
        let Some(alias) = self.aliases.alias(id, tx.as_mut()).await? else { return Ok(None) };
        let (grants, cases, buckets) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let mut leaving = Leaving { id, alias, seen: BTreeMap::new(), grants, cases, buckets };
        let mut named = leaving.everything(tx.as_mut()).await?;
        drop(tx);
        self.forget_replies(&leaving, i64::MAX).await?;
        for _ in 0..MOST_ROUNDS {
            for page in named.chunks(TOGETHER) {
                if !self.replace(&mut leaving, page).await? {
                    return Ok(None);
                }
            }
            let mut tx = self.store.begin(Purpose::Read).await?;
            named = leaving.since(tx.as_mut()).await?;
            drop(tx);
            if !named.is_empty() {
                continue;
            }
            match self.finish(&mut leaving).await {
                Ok(Err(more)) => named = more,
                Ok(Ok(at)) => {
                    // Whoever was being logged meanwhile may have been replied to.
                    self.forget_replies(&leaving, at).await?;
                    self.forget_messages(&leaving).await?;
                    let Leaving { alias, grants, cases, buckets, .. } = leaving;
                    return Ok(Some(Forgotten { alias, grants: grants.len(), cases: cases.len(), buckets: buckets.len() }));
                }
                Err(AuditError::Ledger(LedgerError::Store(StoreError::Conflict))) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Unavailable("the person is named again and again; forget them when they no longer work with the ledger".into()).into())
    }

    /// Puts the alias into records. Says whether the person is still known by it.
    async fn replace(&self, leaving: &mut Leaving<'_>, ids: &[String]) -> Result<bool, AuditError> {
        let mut tries = 0;
        loop {
            match self.try_to_replace(leaving, ids).await {
                Err(AuditError::Ledger(LedgerError::Store(StoreError::Conflict))) if tries < MOST_TRIES => tries += 1,
                other => return other,
            }
        }
    }

    async fn try_to_replace(&self, leaving: &mut Leaving<'_>, ids: &[String]) -> Result<bool, AuditError> {
        let mut tx = self.store.begin(Purpose::Write).await?;
        let (mut grants, mut cases) = (Vec::new(), Vec::new());
        for row in tx.grants(ids).await? {
            grants.extend(leaving.grant(row)?);
        }
        for row in tx.cases(ids).await? {
            cases.extend(leaving.case(row)?);
        }
        let mut changes = Changes::default();
        let mut moved = Vec::new();
        for (row, charges) in grants {
            moved.extend(charges);
            changes.changed_grants.push(row);
        }
        changes.changed_cases = cases;
        leaving.move_charges(tx.as_mut(), moved, &mut changes).await?;
        if self.aliases.alias(leaving.id, tx.as_mut()).await?.as_deref() != Some(&leaving.alias) {
            return Ok(false);
        }
        tx.write(&changes).await?;
        tx.commit().await?;
        leaving.grants.extend(changes.changed_grants.into_iter().map(|row| row.id));
        leaving.cases.extend(changes.changed_cases.into_iter().map(|row| row.id));
        Ok(true)
    }

    /// Takes the salt away, with the buckets that are empty now, and says when. Where something names the person again, it says what, and does nothing.
    async fn finish(&self, leaving: &mut Leaving<'_>) -> Result<Result<i64, Vec<String>>, AuditError> {
        let mut tx = self.store.begin(Purpose::Write).await?;
        let dropped: Vec<String> = leaving.buckets.iter().cloned().collect();
        tx.buckets(&dropped).await?;
        self.aliases.forget(leaving.id, tx.as_mut()).await?;
        let named = leaving.since(tx.as_mut()).await?;
        if !named.is_empty() {
            return Ok(Err(named));
        }
        for bucket in &dropped {
            if tx.charged(bucket, Stretch { from: i64::MIN, to: i64::MIN }).await?.1.is_some() {
                return Err(
                    StoreError::Broken(format!("the bucket `{bucket}` has charges of nobody's grants; `kulanz audit verify` says more")).into()
                );
            }
        }
        let at = self.now().as_microsecond();
        let mut head = tx.head().await?;
        let event = Event { kind: "forgotten", about: leaving.alias.clone(), at, body: Map::new(), change: None };
        let events = vec![event.append(&mut head, &Names::default())];
        tx.write(&Changes { dropped_buckets: dropped, events, heads: vec![head], ..Changes::default() }).await?;
        tx.commit().await?;
        Ok(Ok(at))
    }

    /// Puts the alias into replies that are no younger than this moment.
    async fn forget_replies(&self, leaving: &Leaving<'_>, until: i64) -> Result<(), AuditError> {
        let mut behind = Token { caller: String::new(), key: String::new() };
        loop {
            let mut tx = self.store.begin(Purpose::Read).await?;
            let rows = tx.find_replies(&behind, PAGE).await?;
            drop(tx);
            let Some(last) = rows.last() else { return Ok(()) };
            behind = last.token.clone();
            let changed_replies: Vec<_> = rows.into_iter().filter(|row| row.at <= until).filter_map(|row| leaving.reply(row)).collect();
            if !changed_replies.is_empty() {
                let mut tx = self.store.begin(Purpose::Write).await?;
                tx.write(&Changes { changed_replies, ..Changes::default() }).await?;
                tx.commit().await?;
            }
        }
    }
}

impl Ledger {
    /// Puts the alias into messages that webhooks were not told yet.
    async fn forget_messages(&self, leaving: &Leaving<'_>) -> Result<(), AuditError> {
        let mut behind = NoticeKey::default();
        loop {
            let rows = self.messages(&behind).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            behind = last.key();
            let named: Vec<_> = rows.iter().filter(|row| leaving.message(row).is_some()).map(NoticeRow::key).collect();
            for key in named {
                let mut tx = self.store.begin(Purpose::Write).await?;
                // It may have gone out meanwhile.
                let changed_notices: Vec<_> = tx.notice(&key).await?.and_then(|row| leaving.message(&row)).into_iter().collect();
                tx.write(&Changes { changed_notices, ..Changes::default() }).await?;
                tx.commit().await?;
            }
        }
    }
}

/// Where people stand in a message.
const NAMED_AS: [&str; 5] = ["id", "by", "actor", "opened_by", "stands_in_for"];

/// Puts one text into the place of another wherever somebody is named. Says whether there was any.
fn rename(told: &mut serde_json::Value, from: &str, to: &str) -> bool {
    use serde_json::Value::{Array, Object, String};
    match told {
        Object(members) => {
            let mut found = false;
            for (name, value) in members {
                match value {
                    String(text) if text == from && NAMED_AS.contains(&name.as_str()) => {
                        to.clone_into(text);
                        found = true;
                    }
                    other => found |= rename(other, from, to),
                }
            }
            found
        }
        Array(items) => items.iter_mut().filter_map(|item| rename(item, from, to).then_some(())).count() > 0,
        _ => false,
    }
}

impl Leaving<'_> {
    /// A message with the alias; `None` where it does not name the person.
    fn message(&self, row: &NoticeRow) -> Option<NoticeRow> {
        let mut told = serde_json::from_str(&row.body).ok()?;
        rename(&mut told, self.id, &self.alias).then(|| NoticeRow { body: told.to_string(), ..row.clone() })
    }

    /// The ids of all records that name the person, in ascending order.
    async fn everything(&mut self, tx: &mut dyn Transaction) -> Result<Vec<String>, AuditError> {
        self.seen = tx.heads().await?.into_iter().map(|head| (head.stream, head.seq)).collect();
        let mut found = Vec::new();
        let mut filter = GrantFilter { most: PAGE, ..GrantFilter::default() };
        while let Some(rows) = grants(tx, &mut filter).await? {
            for row in rows {
                let id = row.id.clone();
                found.extend(self.grant(row)?.map(|_| id));
            }
        }
        let mut filter = CaseFilter { most: PAGE, ..CaseFilter::default() };
        while let Some(rows) = cases(tx, &mut filter).await? {
            for row in rows {
                let id = row.id.clone();
                found.extend(self.case(row)?.map(|_| id));
            }
        }
        let buckets = bucket_ids(tx).await?.into_iter();
        self.buckets.extend(buckets.filter(|name| bucket::renamed(name, self.id, &self.alias).is_some()));
        found.sort();
        Ok(found)
    }

    /// The ids of the records of which the log says since it was last asked that they name the person, in ascending order.
    async fn since(&mut self, tx: &mut dyn Transaction) -> Result<Vec<String>, AuditError> {
        let alias = format!("\"{}\"", self.alias);
        let mut found = BTreeSet::new();
        // What was seen counts only once all of it was.
        let mut all = self.seen.clone();
        for head in tx.heads().await? {
            let seen = all.entry(head.stream).or_default();
            while *seen < head.seq {
                let rows = tx.events((head.stream, *seen), PAGE).await?;
                let rows: Vec<_> = rows.into_iter().filter(|row| row.stream == head.stream).collect();
                let Some(last) = rows.last() else { break };
                *seen = last.seq;
                found.extend(rows.into_iter().filter(|row| row.line.contains(&alias)).map(|row| row.about));
            }
        }
        self.seen = all;
        Ok(found.into_iter().collect())
    }

    fn is_replaced(&self, person: &mut String) -> bool {
        let is_named = person == self.id;
        if is_named {
            person.clone_from(&self.alias);
        }
        is_named
    }

    /// A grant with the alias, and the charges in force that are to be moved; `None` where it does not name the person.
    fn grant(&self, row: GrantRow) -> Result<Option<(GrantRow, Vec<ChargeRow>)>, LedgerError> {
        let mut grant: Grant = read(&row.body)?;
        let mut is_named = row.actor == self.id;
        grant.each_person(&mut |person| is_named |= self.is_replaced(person));
        if !is_named {
            return Ok(None);
        }
        let mut booked: Vec<Booked> = read(&row.charges)?;
        let mut moved = Vec::new();
        for booked in &mut booked {
            if let Some(renamed) = bucket::renamed(&booked.bucket, self.id, &self.alias) {
                let bucket = std::mem::replace(&mut booked.bucket, renamed);
                moved.push(ChargeRow { bucket, at: row.at, grant: row.id.clone(), amount: booked.amount });
            }
        }
        if row.reversed {
            moved.clear();
        }
        Ok(Some((GrantRow { actor: grant.actor.id.clone(), body: text(&grant), charges: text(&booked), ..row }, moved)))
    }

    /// A case with the alias; `None` where it does not name the person.
    fn case(&self, row: CaseRow) -> Result<Option<CaseRow>, LedgerError> {
        let mut case: Case = read(&row.body)?;
        let mut is_named = row.owner == self.id;
        case.each_person(&mut |person| is_named |= self.is_replaced(person));
        Ok(is_named.then(|| CaseRow { owner: case.owner.id.clone(), body: text(&case), ..row }))
    }

    /// A reply with the alias; `None` where it does not name the person.
    fn reply(&self, row: ReplyRow) -> Option<ReplyRow> {
        let mut is_named = false;
        let mut see = |person: &mut String| is_named |= self.is_replaced(person);
        // One that is not understood is not replied either. Refusals that are kept name nobody.
        let mut outcome: Result<Done, Refusal> = serde_json::from_str(&row.body).ok()?;
        match &mut outcome {
            Ok(Done::Grant(grant)) => grant.each_person(&mut see),
            Ok(Done::Case(case)) => case.each_person(&mut see),
            Err(_) => {}
        }
        is_named.then(|| ReplyRow { body: text(&outcome), ..row })
    }

    /// Moves charges from the buckets of the person to those of the alias.
    async fn move_charges(&mut self, tx: &mut dyn Transaction, moved: Vec<ChargeRow>, changes: &mut Changes) -> Result<(), AuditError> {
        let renamed = |id: &str| bucket::renamed(id, self.id, &self.alias).unwrap_or_else(|| id.to_owned());
        let old: BTreeSet<String> = moved.iter().map(|charge| charge.bucket.clone()).collect();
        let ids: BTreeSet<String> = old.iter().flat_map(|id| [id.clone(), renamed(id)]).collect();
        let ids: Vec<String> = ids.into_iter().collect();
        let mut rows: HashMap<String, BucketRow> = tx.buckets(&ids).await?.into_iter().map(|row| (row.id.clone(), row)).collect();
        let known: BTreeSet<String> = rows.keys().cloned().collect();
        for charge in moved {
            let to = renamed(&charge.bucket);
            let missing = || StoreError::Broken(format!("the bucket `{}` is missing", charge.bucket));
            let from = rows.get_mut(&charge.bucket).ok_or_else(missing)?;
            from.used -= if charge.at >= from.since { charge.amount } else { 0 };
            let fresh = BucketRow { id: to.clone(), used: 0, ..from.clone() };
            let row = rows.entry(to.clone()).or_insert(fresh);
            row.used += if charge.at >= row.since { charge.amount } else { 0 };
            row.oldest = row.oldest.min(charge.at);
            row.latest = row.latest.max(charge.at);
            changes.charges.push(ChargeRow { bucket: to, ..charge.clone() });
            changes.released.push(charge);
        }
        (changes.changed_buckets, changes.buckets) = rows.into_values().partition(|row| known.contains(&row.id));
        self.buckets.extend(old);
        Ok(())
    }
}
