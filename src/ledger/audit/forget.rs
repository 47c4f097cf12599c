//! Forgetting a person.

use serde_json::Map;

use super::records::{bucket_ids, cases, grants};
use super::{AuditError, PAGE};
use crate::ledger::event::Event;
use crate::ledger::grant::{Booked, text};
use crate::ledger::pseudonym::Names;
use crate::ledger::record::{Case, Grant};
use crate::ledger::store::{CaseFilter, CaseRow, Changes, GrantFilter, GrantRow, Purpose, Renaming, StoreError, Transaction};
use crate::ledger::{Ledger, LedgerError, bucket, read};

/// So often it is tried where somebody else changes the same records.
const MOST_TRIES: u32 = 8;

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

impl Ledger {
    /// Forgets a person: the alias takes the place of the id in grants, cases and buckets, and nobody can find out any more whose alias it is. `None` where the ledger has never named this
    /// person.
    ///
    /// # Errors
    ///
    /// Where the ledger has no pseudonyms, or does not answer.
    pub async fn forget(&self, id: &str) -> Result<Option<Forgotten>, AuditError> {
        let Some((alias, is_new)) = self.aliases.alias(id, self.store.as_ref()).await? else {
            return Err(LedgerError::Pseudonyms("it has no pseudonyms, and its log names people").into());
        };
        let mut tries = 0;
        let forgotten = loop {
            match self.replace(id, &alias, is_new).await {
                Err(AuditError::Ledger(LedgerError::Store(StoreError::Conflict))) if tries < MOST_TRIES => tries += 1,
                other => break other?,
            }
        };
        self.aliases.forget(id, self.store.as_ref()).await?;
        Ok(forgotten)
    }

    async fn replace(&self, id: &str, alias: &str, is_new: bool) -> Result<Option<Forgotten>, AuditError> {
        let mut tx = self.store.begin(Purpose::Write).await?;
        let (grant_ids, case_ids) = (grants_of(tx.as_mut(), id).await?, cases_of(tx.as_mut(), id).await?);
        let mut changes = Changes::default();
        for row in tx.grants(&grant_ids).await? {
            changes.changed_grants.push(without(row, id, alias)?);
        }
        for row in tx.cases(&case_ids).await? {
            changes.changed_cases.push(case_without(row, id, alias)?);
        }
        let names = bucket_ids(tx.as_mut()).await?.into_iter();
        let buckets: Vec<_> = names.filter_map(|name| bucket::renamed(&name, id, alias).map(|renamed| (name, renamed))).collect();
        if is_new && grant_ids.is_empty() && case_ids.is_empty() && buckets.is_empty() {
            return Ok(None);
        }
        let old: Vec<String> = buckets.iter().map(|(name, _)| name.clone()).collect();
        tx.buckets(&old).await?;
        let mut head = tx.head().await?;
        let event = Event { kind: "forgotten", about: alias.to_owned(), at: self.now().as_microsecond(), body: Map::new(), change: None };
        changes.events.push(event.append(&mut head, &Names::default()));
        changes.heads.push(head);
        let forgotten = Forgotten { alias: alias.to_owned(), grants: grant_ids.len(), cases: case_ids.len(), buckets: buckets.len() };
        tx.write(&changes).await?;
        tx.rename(&Renaming { from: id.to_owned(), to: alias.to_owned(), buckets }).await?;
        tx.commit().await?;
        Ok(Some(forgotten))
    }
}

/// The ids of the grants that name somebody, in ascending order.
async fn grants_of(tx: &mut dyn Transaction, id: &str) -> Result<Vec<String>, AuditError> {
    let mut found = Vec::new();
    let mut filter = GrantFilter { most: PAGE, ..GrantFilter::default() };
    while let Some(rows) = grants(tx, &mut filter).await? {
        for row in &rows {
            let mut is_named = row.actor == id;
            read::<Grant>(&row.body)?.each_person(&mut |person| is_named |= *person == id);
            found.extend(is_named.then(|| row.id.clone()));
        }
    }
    found.sort();
    Ok(found)
}

/// The ids of the cases that name somebody, in ascending order.
async fn cases_of(tx: &mut dyn Transaction, id: &str) -> Result<Vec<String>, AuditError> {
    let mut found = Vec::new();
    let mut filter = CaseFilter { most: PAGE, ..CaseFilter::default() };
    while let Some(rows) = cases(tx, &mut filter).await? {
        for row in &rows {
            let mut is_named = row.owner == id;
            read::<Case>(&row.body)?.each_person(&mut |person| is_named |= *person == id);
            found.extend(is_named.then(|| row.id.clone()));
        }
    }
    found.sort();
    Ok(found)
}

fn without(row: GrantRow, id: &str, alias: &str) -> Result<GrantRow, LedgerError> {
    let mut grant: Grant = read(&row.body)?;
    grant.each_person(&mut |person| replace(person, id, alias));
    let mut booked: Vec<Booked> = read(&row.charges)?;
    for booked in &mut booked {
        if let Some(renamed) = bucket::renamed(&booked.bucket, id, alias) {
            booked.bucket = renamed;
        }
    }
    Ok(GrantRow { body: text(&grant), charges: text(&booked), ..row })
}

fn case_without(row: CaseRow, id: &str, alias: &str) -> Result<CaseRow, LedgerError> {
    let mut case: Case = read(&row.body)?;
    case.each_person(&mut |person| replace(person, id, alias));
    Ok(CaseRow { owner: case.owner.id.clone(), body: text(&case), ..row })
}

fn replace(person: &mut String, id: &str, alias: &str) {
    if person == id {
        alias.clone_into(person);
    }
}
