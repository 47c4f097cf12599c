//! `kulanz reverse`

use std::io::Write;

use serde_json::json;

use super::arguments::{Format, Reverse};
use super::exit::{Failure, Outcome};
use super::grant::unforeseen;
use super::terminal::Terminal;
use super::{books, ids};
use crate::engine::json_line;
use crate::ledger::Done;
use crate::question::Field;

/// Takes a grant back.
pub fn run(arguments: &Reverse, terminal: &Terminal) -> Result<Outcome, Failure> {
    books::open_existing(&arguments.books, terminal, async |session| {
        let who = session.doer(&arguments.doer)?;
        let reason = session.particulars(&[], &[(Field::Reason, "reason", Some(&arguments.reason))])?.reason.unwrap_or_default();
        let id = ids::grant(&session.ledger, &arguments.grant).await?;
        let ticket = books::ticket(arguments.key.as_deref(), &json!(["reverse", id, who, reason]))?;
        match session.ledger.reverse(&session.office.engine, &id, who, &reason, ticket).await? {
            Ok(Done::Grant(grant)) => {
                let text = if terminal.format == Format::Json { json_line(&grant)? } else { session.herald().reversed(&grant) };
                terminal.out().write_all(text.as_bytes())?;
                Ok(Outcome::Done)
            }
            other => unforeseen(session, other),
        }
    })
}
