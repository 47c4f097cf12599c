//! Ids that were shortened: any part at their end names them, if it is long enough and there is only one such.

use super::exit::Failure;
use crate::ledger::record::{Case, Grant};
use crate::ledger::store::{CaseFilter, GrantFilter, Purpose, Transaction};
use crate::ledger::{Ledger, LedgerError};

/// A shorter part names nothing.
const SHORTEST: usize = 6;
/// How many are looked at at a time.
const PAGE: u32 = 1000;
/// So many candidates are named.
const MOST_NAMED: usize = 8;

/// The id of the grant that was meant.
///
/// # Errors
///
/// Where there is none, or more than one.
pub async fn grant(ledger: &Ledger, written: &str) -> Result<String, Failure> {
    let found = match whole(written)? {
        Whole(id) => return Ok(id),
        Part(end) => find_grants(ledger, &end).await?,
    };
    let told =
        |body: &str| serde_json::from_str(body).ok().map(|grant: Grant| told(&grant.at, &grant.action, grant.amount.as_deref(), &grant.actor.id));
    one("grant", written, found, told)
}

/// The id of the case that was meant.
///
/// # Errors
///
/// Where there is none, or more than one.
pub async fn case(ledger: &Ledger, written: &str) -> Result<String, Failure> {
    let found = match whole(written)? {
        Whole(id) => return Ok(id),
        Part(end) => find_cases(ledger, &end).await?,
    };
    let told =
        |body: &str| serde_json::from_str(body).ok().map(|case: Case| told(&case.opened, &case.action, case.amount.as_deref(), &case.proposer.id));
    one("case", written, found, told)
}

use Written::{Part, Whole};

/// What was written for an id.
#[derive(Debug, PartialEq, Eq)]
enum Written {
    Whole(String),
    Part(String),
}

fn whole(written: &str) -> Result<Written, Failure> {
    let text = written.trim().to_lowercase();
    if let Ok(id) = text.parse::<uuid::Uuid>() {
        return Ok(Whole(id.to_string()));
    }
    if text.chars().count() < SHORTEST || !text.chars().all(|sign| sign == '-' || sign.is_ascii_hexdigit()) {
        let help = format!("write it whole, or at least {SHORTEST} characters of its end");
        return Err(Failure::usage_with_help(format!("`{written}` is no id"), help));
    }
    Ok(Part(text))
}

/// An id, and the record as JSON.
type Row = (String, String);

async fn find_grants(ledger: &Ledger, end: &str) -> Result<Vec<Row>, Failure> {
    let mut tx = begin(ledger).await?;
    let (mut found, mut behind) = (Vec::new(), None);
    loop {
        let rows = tx.find_grants(&GrantFilter { behind: behind.take(), most: PAGE, ..GrantFilter::default() }).await.map_err(LedgerError::from)?;
        let Some(last) = rows.last() else { return Ok(found) };
        behind = Some((last.at, last.id.clone()));
        found.extend(rows.into_iter().filter(|row| row.id.ends_with(end)).map(|row| (row.id, row.body)));
    }
}

async fn find_cases(ledger: &Ledger, end: &str) -> Result<Vec<Row>, Failure> {
    let mut tx = begin(ledger).await?;
    let (mut found, mut behind) = (Vec::new(), None);
    loop {
        let rows = tx.find_cases(&CaseFilter { behind: behind.take(), most: PAGE, ..CaseFilter::default() }).await.map_err(LedgerError::from)?;
        let Some(last) = rows.last() else { return Ok(found) };
        behind = Some((last.due, last.id.clone()));
        found.extend(rows.into_iter().filter(|row| row.id.ends_with(end)).map(|row| (row.id, row.body)));
    }
}

async fn begin(ledger: &Ledger) -> Result<Box<dyn Transaction + '_>, Failure> {
    Ok(ledger.store().begin(Purpose::Read).await.map_err(LedgerError::from)?)
}

/// `refund 40.00 EUR by anna, 2026-11-21T10:00:00+01:00`
fn told(at: &str, action: &str, amount: Option<&str>, by: &str) -> String {
    format!("{action}{}{} by {by}, {at}", if amount.is_some() { " " } else { "" }, amount.unwrap_or_default())
}

fn one(kind: &str, written: &str, mut found: Vec<Row>, told: impl Fn(&str) -> Option<String>) -> Result<String, Failure> {
    match (found.pop(), found.len()) {
        (None, _) => Err(Failure::usage(format!("there is no {kind} `{written}`"))),
        (Some((id, _)), 0) => Ok(id),
        (Some(last), others) => {
            found.push(last);
            let candidates = found.iter().take(MOST_NAMED).map(|(id, body)| format!("{id} ({})", told(body).unwrap_or_default()));
            let more = (others + 1).checked_sub(MOST_NAMED).filter(|more| *more > 0).map(|more| format!(", and {more} more")).unwrap_or_default();
            let help = format!("it fits {}{more}", candidates.collect::<Vec<_>>().join(", "));
            Err(Failure::usage_with_help(format!("`{written}` is not the end of one {kind} alone"), help))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_must_be_long_enough_to_name_something() {
        let id = "019AB12C-3456-7890-abcd-ef0123456789";
        assert_eq!(whole(id).unwrap(), Whole(id.to_lowercase()));
        assert_eq!(whole("456789").unwrap(), Part("456789".into()));
        assert_eq!(whole("abcd-ef0123456789").unwrap(), Part("abcd-ef0123456789".into()));
        for wrong in ["56789", "no-such-id", "", "45678g"] {
            assert!(whole(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn candidates_are_named() {
        let row = |id: &str| (id.to_owned(), String::new());
        let told = |_: &str| Some("refund".to_owned());
        assert_eq!(one("grant", "aaaaaa", vec![row("1")], told).unwrap(), "1");
        assert!(matches!(one("grant", "aaaaaa", vec![], told), Err(Failure::Usage(message, None)) if message == "there is no grant `aaaaaa`"));
        let several = one("grant", "aaaaaa", (0..10).map(|id| row(&id.to_string())).collect(), told);
        let Err(Failure::Usage(_, Some(help))) = several else { panic!("{several:?}") };
        assert!(help.contains("0 (refund), 1 (refund)") && help.ends_with("7 (refund), and 2 more"), "{help}");
    }
}
