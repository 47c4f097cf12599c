//! From the words and variables of this process to its arguments.
//!
//! What was typed goes before what the environment says: only what was typed can contradict itself, a variable that is set but empty counts as unset, and a
//! value that makes no sense is told by the name of its variable.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, CommandFactory, Error, FromArgMatches};

use super::arguments::{Arguments, Format};

/// What does not go with `--batch`: each line of a batch says it itself.
const NOT_IN_A_BATCH: [&str; 9] = ["words", "role", "actor", "team", "facts", "record", "spent", "at", "explain"];
/// Stands for the hyphen before a digit, which would look like an option. Somebody who types it means the same.
const MINUS: char = '\u{2212}';

/// Reads the arguments of this process; ends it where they make no sense or only ask for help.
pub fn arguments() -> Arguments {
    let mut command = without_empty_variables(Arguments::command());
    let read = command.try_get_matches_from_mut(std::env::args_os().map(shield)).map_err(|error| by_its_variable(error, &command));
    let read = read.and_then(|mut matches| {
        let batch_is_meant = no_conflict(&matches, &mut command)?;
        #[cfg(feature = "ledger")]
        let by_ledger = by_ledger(&matches, &mut command)?;
        let coverage_typed = matches.subcommand().is_some_and(|(name, test)| name == "test" && is_typed(test, "coverage"));
        let mut arguments = Arguments::from_arg_matches_mut(&mut matches)?;
        if let (super::Command::Ask(ask), false) = (&mut arguments.command, batch_is_meant) {
            ask.batch = None;
        }
        #[cfg(feature = "ledger")]
        by_ledger.settle(&mut arguments.command);
        // Such a report shows none: asked for by name it is an error, by a variable it is not.
        if let (super::Command::Test(test), Format::Junit, false) = (&mut arguments.command, arguments.common.format, coverage_typed) {
            test.coverage = false;
        }
        Ok(arguments)
    });
    read.unwrap_or_else(|error| error.exit())
}

/// `-5` as a word that is no option.
fn shield(word: OsString) -> OsString {
    let shielded = word.to_str().and_then(|text| text.strip_prefix('-')).filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let shielded = shielded.map(|rest| format!("{MINUS}{rest}").into());
    shielded.unwrap_or(word)
}

/// `-5` as it was typed.
pub fn unshielded(word: &str) -> String {
    word.strip_prefix(MINUS).map_or_else(|| word.to_owned(), |rest| format!("-{rest}"))
}

fn without_empty_variables(command: Command) -> Command {
    let unset = |arg: Arg| {
        let empty = arg.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty());
        if empty { arg.env(None::<&'static str>) } else { arg }
    };
    command.mut_args(unset).mut_subcommands(without_empty_variables)
}

fn is_typed(matches: &ArgMatches, name: &str) -> bool {
    matches.value_source(name) == Some(ValueSource::CommandLine)
}

/// Whether `--batch` is meant: a variable that asks for one gives way to a question that was typed.
fn no_conflict(matches: &ArgMatches, command: &mut Command) -> Result<bool, Error> {
    let Some(("ask", ask)) = matches.subcommand() else { return Ok(false) };
    let typed = |name: &str| is_typed(ask, name);
    if !typed("batch") && (!ask.contains_id("batch") || typed("words")) {
        return Ok(false);
    }
    let Some(stray) = NOT_IN_A_BATCH.into_iter().find(|name| typed(name)) else { return Ok(true) };
    command.build();
    let word = ask.try_get_many::<String>("words").ok().flatten().into_iter().flatten().next().filter(|_| stray == "words");
    let Some(command) = command.find_subcommand_mut("ask") else { return Ok(true) };
    let option = command.get_arguments().find(|arg| arg.get_id() == stray).map(ToString::to_string);
    let shown = word.map(|word| unshielded(word)).or(option).unwrap_or_default();
    let batch = if typed("batch") { "`--batch`" } else { "`KULANZ_BATCH`" };
    let message = format!("`{shown}` does not go with {batch}: each line of a batch says it itself");
    Err(command.error(ErrorKind::ArgumentConflict, message))
}

/// Who says what the budgets have used.
#[cfg(feature = "ledger")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    Question,
    Ledger,
}

#[cfg(feature = "ledger")]
impl Says {
    /// Forgets what the other one says.
    fn settle(self, command: &mut super::Command) {
        let case = match command {
            super::Command::Ask(ask) => &mut ask.case,
            super::Command::Options(options) => &mut options.case,
            _ => return,
        };
        match self {
            Self::Question => case.ledger = None,
            Self::Ledger => case.spent.clear(),
        }
    }
}

/// A ledger knows what is spent, so that only one of the two can be typed; what was typed goes before a variable, and of two variables the ledger's goes first.
#[cfg(feature = "ledger")]
fn by_ledger(matches: &ArgMatches, command: &mut Command) -> Result<Says, Error> {
    let Some((name @ ("ask" | "options"), question)) = matches.subcommand() else { return Ok(Says::Ledger) };
    let conflict = |command: &mut Command, message: &str| Err(command.error(ErrorKind::ArgumentConflict, message));
    match (is_typed(question, "spent"), is_typed(question, "ledger")) {
        (true, true) => conflict(command, "`--spent` does not go with `--ledger`: the ledger knows what is spent"),
        (_, true) if name == "ask" && is_typed(question, "batch") => {
            conflict(command, "`--ledger` does not go with `--batch`: each line of a batch says itself what is `spent`")
        }
        (false, _) if question.contains_id("ledger") => Ok(Says::Ledger),
        _ => Ok(Says::Question),
    }
}

/// The same error, by the name of the variable where the value came from one.
fn by_its_variable(mut error: Error, command: &Command) -> Error {
    let Some(ContextValue::String(shown)) = error.get(ContextKind::InvalidArg).cloned() else { return error };
    let mut command = command.clone();
    // Only then do its options know how they are shown.
    command.build();
    let options = every_argument(&command);
    let value = match error.get(ContextKind::InvalidValue) {
        Some(ContextValue::String(value)) => value.clone(),
        _ => return error,
    };
    let from = options.into_iter().filter(|arg| arg.to_string() == shown).find_map(|arg| Some((arg.get_long()?, arg.get_env()?)));
    let Some((long, variable)) = from else { return error };
    let long = format!("--{long}");
    let was_typed = std::env::args_os().any(|word| word.to_str().is_some_and(|word| word == long || word.starts_with(&format!("{long}="))));
    if !was_typed && std::env::var(variable).is_ok_and(|set| set.split(',').any(|part| part == value) || set == value) {
        error.insert(ContextKind::InvalidArg, ContextValue::String(variable.to_string_lossy().into_owned()));
    }
    error
}

/// Those of a command and of everything below it.
fn every_argument(command: &Command) -> Vec<&Arg> {
    command.get_subcommands().flat_map(every_argument).chain(command.get_arguments()).collect()
}
