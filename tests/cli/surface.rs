//! What belongs to all commands.

use crate::process::{COUNTER, command, end, folder, kulanz, kulanz_in};

#[test]
fn version_in_both_forms() {
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(kulanz(&["version"]).exits(0).out, format!("kulanz {version}\n"));
    assert_eq!(kulanz(&["--version"]).exits(0).out, format!("kulanz {version}\n"));
    assert_eq!(kulanz(&["version", "--format", "json"]).exits(0).json()["version"], version);
}

#[test]
fn usage_errors_exit_2() {
    kulanz(&[]).exits(2);
    kulanz(&["frobnicate"]).exits(2).says("unrecognized subcommand");
    kulanz(&["check", "--frobnicate"]).exits(2);
    kulanz(&["ask", "-p", COUNTER]).exits(2);
    kulanz(&["ask", "refund", "-p", COUNTER]).exits(2).says("--as");
    kulanz(&["ask", "refund", "--as", "agent", "--batch", "-", "-p", COUNTER]).exits(2);
    kulanz(&["check", "--color", "sometimes", "-p", COUNTER]).exits(2);
}

#[test]
fn only_the_commands_that_have_a_form_print_it() {
    kulanz(&["check", "--format", "sarif", "-p", COUNTER]).exits(0);
    kulanz(&["test", "--format", "junit", "-p", COUNTER]).exits(0);
    kulanz(&["test", "--format", "sarif", "-p", COUNTER]).exits(2).says("`human`, `json` and `junit`");
    kulanz(&["check", "--format", "junit", "-p", COUNTER]).exits(2).says("`human`, `json` and `sarif`");
    kulanz(&["ask", "voucher", "--as", "agent", "--format", "sarif", "-p", COUNTER]).exits(2).says("`human` and `json`");
}

#[test]
fn options_of_all_commands_may_stand_before_the_command() {
    let json = kulanz(&["-p", COUNTER, "--format", "json", "ask", "voucher", "--as", "agent"]).exits(0).json();
    assert_eq!(json["answer"], "yes");
}

#[test]
fn every_option_is_an_environment_variable() {
    let ended = end(command()
        .env("KULANZ_POLICIES", COUNTER)
        .env("KULANZ_FORMAT", "json")
        .env("KULANZ_LANG", "de")
        .env("KULANZ_AS", "agent")
        .env("KULANZ_ACTOR", "anna")
        .env("KULANZ_TEAM", "berlin")
        .env("KULANZ_SPENT", "gestures=190 EUR")
        .env("KULANZ_AT", "2026-11-21T10:00:00+01:00")
        .env("KULANZ_EXPLAIN", "1")
        .args(["ask", "refund", "40", "EUR", "reason=late"]));
    let json = ended.exits(10).json();
    assert_eq!(json["limit"], "10.00 EUR");
    assert!(json["explain"].as_array().unwrap().len() > 1);
    assert!(json["say"].as_str().unwrap().contains("Teamleitung"), "{json}");
}

#[test]
fn only_what_was_typed_contradicts_itself() {
    let questions = folder(&[("questions.jsonl", "{\"actor\": {\"role\": \"agent\"}, \"action\": \"voucher\"}\n")]);
    let file = questions.path().join("questions.jsonl");
    let file = file.to_str().unwrap();
    let with = |variables: &[(&str, &str)], arguments: &[&str]| end(command().envs(variables.iter().copied()).args(["-p", COUNTER]).args(arguments));
    let case = [("KULANZ_AS", "agent"), ("KULANZ_ACTOR", "anna"), ("KULANZ_EXPLAIN", "yes"), ("KULANZ_SPENT", "gestures=1 EUR")];
    with(&case, &["ask", "--batch", file]).exits(0).prints("\"voucher\"");
    with(&[], &["ask", "--batch", file, "--as", "agent"]).exits(2).says("--as").says("--batch");
    with(&[], &["ask", "voucher", "--batch", file]).exits(2).says("--batch");
    with(&[("KULANZ_BATCH", file)], &["ask"]).exits(0).prints("\"voucher\"");
    with(&[("KULANZ_BATCH", file)], &["ask", "refund", "--as", "agent", "--actor", "anna", "reason=late"]).exits(0).prints("YES");
    with(&[("KULANZ_BATCH", file)], &["ask", "--as", "agent"]).exits(2).says("KULANZ_BATCH");
    with(&[("KULANZ_COVERAGE", "1")], &["test", "--format", "junit"]).exits(0).prints("<testsuite");
}

#[test]
fn variables_are_read_with_care() {
    let with = |name: &str, value: &str, arguments: &[&str]| end(command().env(name, value).args(["-p", COUNTER]).args(arguments));
    let covers = |value: &str| with("KULANZ_COVERAGE", value, &["test"]).exits(0).out.contains("warranty");
    for (yes, no) in [("1", "0"), ("true", "false"), ("yes", "no")] {
        assert!(covers(yes) && !covers(no), "{yes} {no}");
    }
    assert!(!covers(""));
    with("KULANZ_COVERAGE", "perhaps", &["test"]).exits(2).says("KULANZ_COVERAGE").says("perhaps");
    with("KULANZ_FORMAT", "", &["check"]).exits(0).prints("no problems");
    with("KULANZ_FORMAT", "xml", &["check"]).exits(2).says("KULANZ_FORMAT").says("xml");
    with("KULANZ_FORMAT", "json", &["check", "--format", "xml"]).exits(2).says("--format");
    for empty in ["KULANZ_LANG", "KULANZ_AT", "KULANZ_SPENT", "KULANZ_FACTS", "KULANZ_BATCH", "KULANZ_POLICIES", "KULANZ_TEAM"] {
        with(empty, "", &["ask", "voucher", "--as", "agent"]).exits(0);
    }
}

#[test]
fn every_option_of_every_command_has_an_environment_variable() {
    use clap::CommandFactory;
    fn every(command: &clap::Command) -> Vec<&clap::Arg> {
        command.get_subcommands().flat_map(every).chain(command.get_arguments()).collect()
    }
    let command = kulanz::cli::Arguments::command();
    for option in every(&command).into_iter().filter(|option| option.get_long().is_some_and(|long| !["help", "version"].contains(&long))) {
        let name = format!("KULANZ_{}", option.get_long().unwrap().replace('-', "_").to_uppercase());
        assert_eq!(option.get_env().map(|env| env.to_string_lossy().into_owned()), Some(name));
    }
}

#[test]
fn colour_is_asked_for_or_not_there() {
    let colourful = |arguments: &[&str], no_color: &str| {
        let ended = end(command().env("NO_COLOR", no_color).args(["ask", "voucher", "--as", "agent", "-p", COUNTER]).args(arguments));
        ended.exits(0).out.contains('\u{1b}')
    };
    assert!(!colourful(&[], ""));
    assert!(colourful(&["--color", "always"], ""));
    assert!(!colourful(&["--color", "never"], ""));
    assert!(!colourful(&["--color", "auto"], "1"));
}

#[test]
fn the_pack_is_found() {
    let policy = std::fs::read_to_string(crate::process::root().join(COUNTER).join("counter.kulanz")).unwrap();
    let ask = ["ask", "voucher", "--as", "agent"];
    kulanz_in(folder(&[("policies/a.kulanz", &policy)]).path(), &ask).exits(0);
    kulanz_in(folder(&[("policies/counter/a.kulanz", &policy)]).path(), &ask).exits(0);
    kulanz_in(folder(&[("a.kulanz", &policy)]).path(), &ask).exits(0);
    let ended = kulanz_in(folder(&[("policies/one/a.kulanz", &policy), ("policies/two/a.kulanz", &policy)]).path(), &ask).exits(2);
    assert!(ended.out.is_empty());
    kulanz_in(folder(&[("policies/one/a.kulanz", &policy), ("policies/two/a.kulanz", &policy)]).path(), &["fmt", "--check"]).exits(0);
    ended.says("several packs").says("`-p policies/one`, `-p policies/two`");
    kulanz(&["check", "-p", "tests/fixtures/nothing-here"]).exits(1).says("nothing-here");
    kulanz_in(folder(&[]).path(), &["check"]).exits(1);
}

#[test]
fn a_single_file_is_a_pack() {
    kulanz(&["ask", "voucher", "--as", "agent", "-p", "tests/fixtures/counter/counter.kulanz"]).exits(0);
}

#[test]
fn completions_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        kulanz(&["completions", shell]).exits(0).prints("deny-warnings");
    }
    kulanz(&["completions", "nosuchshell"]).exits(2);
}

#[test]
fn manual_pages() {
    kulanz(&["man"]).exits(0).prints(".TH kulanz 1");
    let folder = folder(&[]);
    let pages = folder.path().join("pages");
    kulanz(&["man", pages.to_str().unwrap()]).exits(0);
    for page in ["kulanz.1", "kulanz-ask.1", "kulanz-serve.1"] {
        assert!(std::fs::metadata(pages.join(page)).unwrap().len() > 100, "{page}");
    }
}
