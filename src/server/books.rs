//! The ledger behind the service, and the people who work with it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior};

use super::problem::{Kind, Problem};
use super::reload::{Live, Reading, Source};
use super::service::Service;
use crate::engine::Engine;
use crate::ledger::people::{People, PeopleError};
use crate::ledger::{Ledger, Office, PseudonymKey, Setup};

/// How often it is looked whether the list of people changed.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often cases are taken from the desks of those who are away, the log sealed, and old replies dropped.
const TEND_EVERY: Duration = Duration::from_mins(1);

/// The ledger and its people.
#[derive(Debug)]
pub struct Books {
    /// Where everything about money is kept.
    pub ledger: Ledger,
}

impl Books {
    /// Opens the ledger at an address, with the file of its key for pseudonyms.
    ///
    /// # Errors
    ///
    /// Where the address or the key is none, the ledger was made with another key, or the store does not answer.
    pub async fn open(address: &str, key: Option<&Path>) -> io::Result<Self> {
        let pseudonyms = key.map(PseudonymKey::read).transpose().map_err(io::Error::other)?;
        let ledger = Ledger::open(address, Setup { pseudonyms, ..Setup::default() }).await;
        Ok(Self { ledger: ledger.map_err(io::Error::other)? })
    }
}

/// A list of people as it was read.
#[derive(Debug, Default)]
pub struct Roster {
    /// Everybody.
    pub people: Arc<People>,
    version: String,
}

/// The file of the people.
#[derive(Debug)]
pub struct PeopleFile {
    /// Where it is.
    pub path: PathBuf,
    /// The policy whose roles they have.
    pub live: Arc<Live<Engine>>,
}

impl PeopleFile {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// Where it cannot be read, is no list of people, or names roles that the policy does not have.
    pub fn roster(&self) -> Result<Roster, String> {
        let path = self.path.display();
        let text = std::fs::read_to_string(&self.path).map_err(|error| format!("cannot read `{path}`: {error}"))?;
        let people = People::parse(&text).map_err(|error: PeopleError| format!("`{path}`: {error}"))?;
        let problems = self.live.with(|engine| people.problems(engine.policy()));
        if !problems.is_empty() {
            return Err(format!("`{path}`: {}", problems.join("; ")));
        }
        Ok(Roster { people: Arc::new(people), version: format!("b3:{}", blake3::hash(text.as_bytes()).to_hex()) })
    }
}

impl Source for PeopleFile {
    type Output = Roster;

    const NAME: &'static str = "list of people";

    fn read(&self) -> Reading<Roster> {
        Reading { outcome: self.roster(), roots: vec![self.path.clone()] }
    }

    fn version(roster: &Roster) -> &str {
        &roster.version
    }
}

/// Does what is to be done from time to time, for ever: whoever is away gives their cases to somebody who is there, the log is sealed, and old replies are forgotten.
pub async fn tend(service: Arc<Service>) {
    let mut interval = tokio::time::interval(LOOK_EVERY);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut tended: Option<(Instant, Arc<People>)> = None;
    loop {
        interval.tick().await;
        let Some(books) = &service.books else { return };
        let people = service.people();
        let is_fresh = |(at, of): &(Instant, Arc<People>)| at.elapsed() < TEND_EVERY && Arc::ptr_eq(of, &people);
        if tended.as_ref().is_some_and(is_fresh) {
            continue;
        }
        let office = Office { engine: service.live.current(), people: Arc::clone(&people) };
        match books.ledger.stand_in(&office).await {
            Ok(0) => {}
            Ok(stuck) => tracing::warn!(cases = stuck, "their owners are away and nobody is there who could have them"),
            Err(error) => tracing::warn!(%error, "cases of those who are away stay where they are for now"),
        }
        if let Err(error) = books.ledger.seal().await {
            tracing::warn!(%error, "the log is not sealed for now");
        }
        let kept_since = books.ledger.now().checked_sub(crate::ledger::REPLIES_KEPT).unwrap_or_default();
        if let Err(error) = books.ledger.drop_replies(kept_since).await {
            tracing::warn!(%error, "old replies are kept for now");
        }
        tended = Some((Instant::now(), people));
    }
}

/// Says how a service comes by a ledger.
pub fn none() -> Problem {
    Problem::from(Kind::NoLedger)
        .detail("start it with `kulanz serve --ledger sqlite:kulanz.db`, or write `ledger = \"sqlite:kulanz.db\"` in its configuration")
}
