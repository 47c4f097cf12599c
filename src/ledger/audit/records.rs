//! Whether the records agree with the log.

use std::collections::{BTreeSet, HashMap};

use super::chain::Line;
use super::{AuditError, Broken, PAGE, Records};
use crate::ledger::fingerprint::Fingerprint;
use crate::ledger::grant::Booked;
use crate::ledger::pseudonym::Names;
use crate::ledger::record::{Case, Grant};
use crate::ledger::store::{BucketRow, CaseFilter, CaseRow, ChargeRow, EventRow, GrantFilter, GrantRow, Transaction};
use crate::ledger::{Ledger, read};

/// What the log says of records: by each, the sum of all fingerprints behind its events without those before them. What is left is the last.
#[derive(Debug, Default)]
pub(super) struct Traces {
    sums: HashMap<u128, u128>,
}

/// A bucket, by its row, its charges and the grants.
#[derive(Debug)]
struct Account {
    row: BucketRow,
    /// The charges of grants in force without those that are kept: nothing is left where they are the same.
    left: u128,
    /// What the charges come to that are kept and count.
    used: i128,
    /// Whether a charge is outside of the time in which the row says it has any.
    is_outside: bool,
}

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
        charges(tx, &mut buckets).await?;
        for account in buckets.values() {
            account.verify()?;
            records.buckets += 1;
        }
        Ok(records)
    }

    fn grant(&mut self, row: &GrantRow, names: &Names, buckets: &mut HashMap<String, Account>) -> Result<(), AuditError> {
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
            let Some(account) = buckets.get_mut(bucket) else { return Err(broken(format!("its bucket `{bucket}` is missing")).into()) };
            let charge = ChargeRow { bucket: bucket.clone(), at: row.at, grant: row.id.clone(), amount: *amount };
            account.left = account.left.wrapping_add(charge_key(&charge));
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

async fn buckets(tx: &mut dyn Transaction) -> Result<HashMap<String, Account>, AuditError> {
    let ids = bucket_ids(tx).await?;
    let mut buckets = HashMap::new();
    for page in ids.chunks(usize::try_from(PAGE).unwrap_or(usize::MAX)) {
        buckets.extend(tx.peek(page).await?.into_iter().map(|row| (row.id.clone(), Account { row, left: 0, used: 0, is_outside: false })));
    }
    Ok(buckets)
}

/// Takes every charge that is kept.
async fn charges(tx: &mut dyn Transaction, buckets: &mut HashMap<String, Account>) -> Result<(), AuditError> {
    let mut behind = (String::new(), i64::MIN, String::new());
    loop {
        let rows = tx.charges(&behind, PAGE).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        behind = (last.bucket.clone(), last.at, last.grant.clone());
        for row in &rows {
            let missing = || Broken::record("bucket", &row.bucket, "it has charges and is missing");
            buckets.get_mut(&row.bucket).ok_or_else(missing)?.take(row);
        }
    }
}

/// A short form of a charge.
fn charge_key(row: &ChargeRow) -> u128 {
    key(&format!("{:?}", (&row.bucket, row.at, &row.grant, row.amount)))
}

impl Account {
    fn take(&mut self, charge: &ChargeRow) {
        self.left = self.left.wrapping_sub(charge_key(charge));
        let counts = charge.at >= self.row.since;
        self.used += if counts { i128::from(charge.amount) } else { 0 };
        self.is_outside |= charge.at > self.row.latest || counts && charge.at < self.row.oldest;
    }

    fn verify(&self) -> Result<(), Broken> {
        let wrong = [
            (self.left != 0, "its charges are not those of the grants"),
            (self.is_outside, "it has charges outside of the time in which it says it has any"),
            (self.used != i128::from(self.row.used), "what it says is used is not the sum of its charges"),
        ];
        wrong.iter().find(|(is_wrong, _)| *is_wrong).map_or(Ok(()), |(_, what)| Err(Broken::record("bucket", &self.row.id, *what)))
    }
}

impl Ledger {
    /// What the log calls everybody whom a record names.
    pub(super) async fn people_of_records(&self, tx: &mut dyn Transaction) -> Result<Names, AuditError> {
        if !self.aliases.are_used() {
            return Ok(Names::default());
        }
        let mut people = BTreeSet::new();
        let mut filter = GrantFilter { most: PAGE, ..GrantFilter::default() };
        while let Some(rows) = grants(tx, &mut filter).await? {
            for row in &rows {
                read::<Grant>(&row.body)?.each_person(&mut |id| people.extend([id.clone()]));
            }
        }
        let mut filter = CaseFilter { most: PAGE, ..CaseFilter::default() };
        while let Some(rows) = cases(tx, &mut filter).await? {
            for row in &rows {
                read::<Case>(&row.body)?.each_person(&mut |id| people.extend([id.clone()]));
            }
        }
        Ok(self.aliases.names(people.iter().map(String::as_str).collect::<Vec<_>>(), tx).await?)
    }
}
