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
        let coverage_typed = matches.subcommand().is_some_and(|(name, test)| name == "test" && is_typed(test, "coverage"));
        let mut arguments = Arguments::from_arg_matches_mut(&mut matches)?;
        if let (super::Command::Ask(ask), false) = (&mut arguments.command, batch_is_meant) {
            ask.batch = None;
        }
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

/// The same error, by the name of the variable where the value came from one.
fn by_its_variable(mut error: Error, command: &Command) -> Error {
    let Some(ContextValue::String(shown)) = error.get(ContextKind::InvalidArg).cloned() else { return error };
    let mut command = command.clone();
    // Only then do its options know how they are shown.
    command.build();
    let options = command.get_subcommands().flat_map(Command::get_arguments).chain(command.get_arguments());
    let value = match error.get(ContextKind::InvalidValue) {
        Some(ContextValue::String(value)) => value.clone(),
        _ => return error,
    };
    let from = options.filter(|arg| arg.to_string() == shown).find_map(|arg| Some((arg.get_long()?, arg.get_env()?)));
    let Some((long, variable)) = from else { return error };
    let long = format!("--{long}");
    let was_typed = std::env::args_os().any(|word| word.to_str().is_some_and(|word| word == long || word.starts_with(&format!("{long}="))));
    if !was_typed && std::env::var(variable).is_ok_and(|set| set.split(',').any(|part| part == value) || set == value) {
        error.insert(ContextKind::InvalidArg, ContextValue::String(variable.to_string_lossy().into_owned()));
    }
    error
}
