//! Whether the records agree with the log.

use std::collections::{BTreeSet, HashMap};

use super::chain::Line;
use super::{AuditError, Broken, PAGE, Records};
use crate::ledger::fingerprint::Fingerprint;
use crate::ledger::grant::Booked;
use crate::ledger::pseudonym::Names;
use crate::ledger::record::{Case, Grant};
use crate::ledger::store::{CaseFilter, CaseRow, EventRow, GrantFilter, GrantRow, Purpose, Stretch, Transaction};
use crate::ledger::{Ledger, read};

/// What the log says of records: by each, the sum of all fingerprints behind its events without those before them. What is left is the last.
#[derive(Debug, Default)]
pub(super) struct Traces {
    sums: HashMap<u128, u128>,
}

/// What is used of a bucket, by its row and by the grants.
#[derive(Debug, Default)]
struct Sums {
    since: i64,
    used: i64,
    /// All charges of grants in force.
    all: i128,
    /// Those since `since`.
    counted: i128,
}

const ALWAYS: Stretch = Stretch { from: i64::MIN, to: i64::MAX };

impl Traces {
    /// Notes what an event says.
    pub fn take(&mut self, row: &EventRow, line: &Line) -> Result<(), Broken> {
        let Some(after) = &line.digest else { return Ok(()) };
        let number = |digest: &str| number(digest).ok_or_else(|| Broken::at(row.stream, row.seq, "it has no fingerprint"));
        let change = number(after)?.wrapping_sub(line.before.as_deref().map_or(Ok(0), number)?);
        let sum = self.sums.entry(key(&line.about)).or_default();
        *sum = sum.wrapping_add(change);
        Ok(())
    }

    fn agrees(&mut self, kind: &str, id: &str, fingerprint: &Fingerprint, names: &Names) -> Result<(), Broken> {
        match self.sums.remove(&key(id)) {
            None => Err(Broken::record(kind, id, "the log does not know it")),
            Some(sum) if Some(sum) == number(&fingerprint.digest(names)) => Ok(()),
            Some(_) => Err(Broken::record(kind, id, "it is not as the log left it")),
        }
    }

    /// Holds every record against the log.
    pub async fn verify(mut self, tx: &mut dyn Transaction, names: &Names) -> Result<Records, AuditError> {
        let mut records = Records::default();
        let mut buckets = buckets(tx).await?;
        let mut filter = GrantFilter { most: PAGE, ..GrantFilter::default() };
        while let Some(rows) = grants(tx, &mut filter).await? {
            for row in &rows {
                self.grant(row, names, &mut buckets)?;
                records.grants += 1;
            }
        }
        let mut filter = CaseFilter { most: PAGE, ..CaseFilter::default() };
        while let Some(rows) = cases(tx, &mut filter).await? {
            for row in &rows {
                self.case(row, names)?;
                records.cases += 1;
            }
        }
        if !self.sums.is_empty() {
            return Err(self.missing(tx).await?.into());
        }
        for (id, sums) in &buckets {
            bucket(tx, id, sums).await?;
            records.buckets += 1;
        }
        Ok(records)
    }

    fn grant(&mut self, row: &GrantRow, names: &Names, buckets: &mut HashMap<String, Sums>) -> Result<(), AuditError> {
        let broken = |what: String| Broken::record("grant", &row.id, what);
        let grant: Grant = serde_json::from_str(&row.body).map_err(|error| broken(format!("it is not understood: {error}")))?;
        let booked: Vec<Booked> = serde_json::from_str(&row.charges).map_err(|error| broken(format!("its charges are not understood: {error}")))?;
        let moment = grant.at.parse::<jiff::Timestamp>().ok();
        let millisecond = |at: jiff::Timestamp| at.as_millisecond();
        let columns = [
            (grant.id == row.id, "its row has another id"),
            (grant.actor.id == row.actor, "its row has another actor"),
            (grant.reversed.is_some() == row.reversed, "its row and its text do not agree whether it is reversed"),
            (moment.map(millisecond) == jiff::Timestamp::from_microsecond(row.at).ok().map(millisecond), "its row has another moment"),
        ];
        if let Some((_, what)) = columns.iter().find(|(agrees, _)| !agrees) {
            return Err(broken((*what).to_owned()).into());
        }
        self.agrees("grant", &row.id, &Fingerprint::of_grant(&grant, row.at, &booked), names)?;
        for Booked { bucket, amount } in booked.iter().filter(|_| !row.reversed) {
            let Some(sums) = buckets.get_mut(bucket) else { return Err(broken(format!("its bucket `{bucket}` is missing")).into()) };
            sums.all += i128::from(*amount);
            sums.counted += if row.at >= sums.since { i128::from(*amount) } else { 0 };
        }
        Ok(())
    }

    fn case(&mut self, row: &CaseRow, names: &Names) -> Result<(), AuditError> {
        let broken = |what: String| Broken::record("case", &row.id, what);
        let case: Case = serde_json::from_str(&row.body).map_err(|error| broken(format!("it is not understood: {error}")))?;
        let due = case.due.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_microsecond);
        let columns = [
            (case.id == row.id, "its row has another id"),
            (case.owner.id == row.owner, "its row has another owner"),
            (case.state.word() == row.state, "its row has another state"),
            (due == Some(row.due), "its row has another due time"),
        ];
        if let Some((_, what)) = columns.iter().find(|(agrees, _)| !agrees) {
            return Err(broken((*what).to_owned()).into());
        }
        Ok(self.agrees("case", &row.id, &Fingerprint::of_case(&case), names)?)
    }

    /// The first event whose record is missing.
    async fn missing(&self, tx: &mut dyn Transaction) -> Result<Broken, AuditError> {
        let mut pages = super::Pages::new();
        loop {
            let rows = pages.next(tx).await?;
            if let Some(row) = rows.iter().find(|row| self.sums.contains_key(&key(&row.about))) {
                return Ok(Broken::at(row.stream, row.seq, format!("the record that it is about, {}, is missing", row.about)));
            }
            if rows.is_empty() {
                return Ok(Broken::record("record", "", "a record is missing"));
            }
        }
    }
}

/// A short form of an id.
fn key(id: &str) -> u128 {
    let mut bytes = [0; 16];
    blake3::Hasher::new().update(id.as_bytes()).finalize_xof().fill(&mut bytes);
    u128::from_le_bytes(bytes)
}

/// The first half of a fingerprint as a number.
fn number(digest: &str) -> Option<u128> {
    u128::from_str_radix(digest.get(..32).filter(|_| digest.len() == 64)?, 16).ok()
}

/// The next page of grants.
pub(super) async fn grants(tx: &mut dyn Transaction, filter: &mut GrantFilter) -> Result<Option<Vec<GrantRow>>, AuditError> {
    let rows = tx.find_grants(filter).await?;
    filter.behind = rows.last().map(|row| (row.at, row.id.clone()));
    Ok(Some(rows).filter(|rows| !rows.is_empty()))
}

/// The next page of cases.
pub(super) async fn cases(tx: &mut dyn Transaction, filter: &mut CaseFilter) -> Result<Option<Vec<CaseRow>>, AuditError> {
    let rows = tx.find_cases(filter).await?;
    filter.behind = rows.last().map(|row| (row.due, row.id.clone()));
    Ok(Some(rows).filter(|rows| !rows.is_empty()))
}

/// The ids of all buckets.
pub(super) async fn bucket_ids(tx: &mut dyn Transaction) -> Result<Vec<String>, AuditError> {
    let mut all: Vec<String> = Vec::new();
    loop {
        let behind = all.last().cloned().unwrap_or_default();
        let ids = tx.bucket_ids(&behind, PAGE).await?;
        if ids.is_empty() {
            return Ok(all);
        }
        all.extend(ids);
    }
}

async fn buckets(tx: &mut dyn Transaction) -> Result<HashMap<String, Sums>, AuditError> {
    let ids = bucket_ids(tx).await?;
    let mut buckets = HashMap::new();
    for page in ids.chunks(usize::try_from(PAGE).unwrap_or(usize::MAX)) {
        for row in tx.peek(page).await? {
            // The moments between which charges are must hold too.
            let outside = [(row.since, row.oldest), (row.latest.saturating_add(1), i64::MAX)];
            for (from, to) in outside.into_iter().filter(|(from, to)| from < to) {
                if tx.charged(&row.id, Stretch { from, to }).await?.0 != 0 {
                    return Err(Broken::record("bucket", &row.id, "it has charges outside of the time in which it says it has any").into());
                }
            }
            buckets.insert(row.id, Sums { since: row.since, used: row.used, ..Sums::default() });
        }
    }
    Ok(buckets)
}

async fn bucket(tx: &mut dyn Transaction, id: &str, sums: &Sums) -> Result<(), AuditError> {
    let (all, _) = tx.charged(id, ALWAYS).await?;
    let (counted, _) = tx.charged(id, Stretch { from: sums.since, to: i64::MAX }).await?;
    let broken = |what: &str| Err(Broken::record("bucket", id, what).into());
    if i128::from(all) != sums.all || i128::from(counted) != sums.counted {
        return broken("its charges are not those of the grants");
    }
    if counted != sums.used {
        return broken("what it says is used is not the sum of its charges");
    }
    Ok(())
}

impl Ledger {
    /// What the log calls everybody whom a record names.
    pub(super) async fn people_of_records(&self) -> Result<Names, AuditError> {
        if !self.aliases.are_used() {
            return Ok(Names::default());
        }
        let mut people = BTreeSet::new();
        let mut tx = self.store.begin(Purpose::Read).await?;
        let mut filter = GrantFilter { most: PAGE, ..GrantFilter::default() };
        while let Some(rows) = grants(tx.as_mut(), &mut filter).await? {
            for row in &rows {
                read::<Grant>(&row.body)?.each_person(&mut |id| people.extend([id.clone()]));
            }
        }
        let mut filter = CaseFilter { most: PAGE, ..CaseFilter::default() };
        while let Some(rows) = cases(tx.as_mut(), &mut filter).await? {
            for row in &rows {
                read::<Case>(&row.body)?.each_person(&mut |id| people.extend([id.clone()]));
            }
        }
        drop(tx);
        Ok(self.aliases.all(&people, self.store.as_ref()).await?)
    }
}
