//! `kulanz budget`

use std::io::Write;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::arguments::{Budget, Format};
use super::books::{self, Session};
use super::exit::{Failure, Outcome};
use super::terminal::Terminal;
use crate::engine::json_line;
use crate::ledger::record::{Grant, Who};
use crate::ledger::store::{GrantFilter, Purpose};
use crate::ledger::{BudgetState, LedgerError};
use crate::policy::RoleId;
use crate::question::Actor;
use crate::say::Month;

/// So many grants are shown to people.
const SHOWN: usize = 50;
/// So many are read at a time.
const PAGE: u32 = 500;

/// The month as JSON.
#[derive(Serialize)]
struct Told<'a> {
    actor: &'a Who,
    /// `2026-11`
    month: String,
    budgets: &'a [BudgetState],
    /// Newest first.
    grants: &'a [Grant],
}

/// Shows what is left of somebody's budgets, and what they granted this month.
pub fn run(arguments: &Budget, terminal: &Terminal) -> Result<Outcome, Failure> {
    books::open_existing(&arguments.books, terminal, async |session| {
        let policy = session.policy();
        if arguments.actor.is_none() {
            return Err(Failure::usage_with_help("whose month is missing", "name the person: `kulanz budget anna`"));
        }
        let who = session.person(arguments.actor.as_deref(), arguments.role.as_deref(), arguments.team.as_deref())?;
        let role = policy.roles.iter().position(|role| role.name == who.role).map_or(RoleId::new(0), RoleId::new);
        let actor = Actor { id: Some(who.id.clone()), role, team: who.team.clone() };
        let budgets = session.ledger.budgets(&session.office.engine, &actor, session.language).await?;
        let today = policy.time_zone.to_datetime(session.ledger.now()).date();
        let grants = this_month(session, &who.id, today).await?;
        let text = if terminal.format == Format::Json {
            json_line(&Told { actor: &who, month: today.strftime("%Y-%m").to_string(), budgets: &budgets, grants: &grants })?
        } else {
            let shown = grants.get(..SHOWN).unwrap_or(&grants);
            session.herald().month(&Month { who: &who, today, budgets: &budgets, grants: shown, more: grants.len() - shown.len() })
        };
        terminal.out().write_all(text.as_bytes())?;
        Ok(Outcome::Done)
    })
}

/// The grants of the month that holds a day, newest first.
async fn this_month(session: &Session<'_>, actor: &str, today: Date) -> Result<Vec<Grant>, Failure> {
    let first = today.first_of_month().to_datetime(jiff::civil::Time::midnight());
    let since = session.policy().time_zone.to_timestamp(first).unwrap_or(Timestamp::MIN).as_microsecond();
    let mut tx = session.ledger.store().begin(Purpose::Read).await.map_err(LedgerError::from)?;
    let mut filter = GrantFilter { actor: Some(actor.to_owned()), since: Some(since), behind: None, most: PAGE };
    let mut grants = Vec::new();
    loop {
        let rows = tx.find_grants(&filter).await.map_err(LedgerError::from)?;
        let Some(last) = rows.last() else { return Ok(grants) };
        filter.behind = Some((last.at, last.id.clone()));
        for row in &rows {
            grants.push(serde_json::from_str(&row.body)?);
        }
    }
}
