//! `kulanz serve`

use super::arguments::{Format, Serve, Setup};
use super::exit::{Failure, Outcome};
use super::terminal::Terminal;
use super::{books, locate, pack};
use crate::server::{self, Config, Form};

/// Answers over HTTP until it is told to stop.
pub fn run(arguments: &Serve, terminal: &Terminal) -> Result<Outcome, Failure> {
    let mut config = arguments.setup.config()?;
    if let Some(listen) = &arguments.listen {
        config.listen = server::address(listen).map_err(Failure::usage)?;
    }
    if let Some(trust_record) = arguments.trust_record {
        config.trust_record = trust_record;
    }
    config.behind_proxy |= arguments.behind_proxy;
    config.validate().map_err(Failure::usage)?;
    let path = match (&terminal.policies, &config.policies) {
        (None, Some(configured)) => configured.clone(),
        _ => locate::pack(terminal)?,
    };
    if config.people.is_none() && config.ledger.is_some() {
        config.people = books::list(&path);
    }
    if terminal.format == Format::Json {
        config.log.format = Form::Json;
    }
    server::log(config.log);
    let engine = pack::read(&path, terminal)?;
    server::run(&config, &path, engine)?;
    Ok(Outcome::Done)
}

impl Setup {
    /// The configuration, with what is typed.
    ///
    /// # Errors
    ///
    /// Where the file cannot be read, or is none.
    pub fn config(&self) -> Result<Config, Failure> {
        let config = self.config.as_deref().map_or_else(|| Ok(Config::default()), Config::read).map_err(Failure::usage)?;
        Ok(Config {
            ledger: self.ledger.clone().or(config.ledger),
            pseudonym_key: self.pseudonym_key.clone().or(config.pseudonym_key),
            people: self.people.clone().or(config.people),
            ..config
        })
    }
}
