//! `kulanz explain-code [CODE]`

use std::io::{self, Write};

use super::arguments::{ExplainCode, Format};
use super::exit::{Failure, Outcome};
use super::terminal::Terminal;
use crate::diagnostic::{Code, Explanation, Severity, nearest};

/// Says what a code means, or which codes there are.
pub fn run(arguments: &ExplainCode, terminal: &Terminal) -> Result<Outcome, Failure> {
    let Some(written) = &arguments.code else {
        list(terminal)?;
        return Ok(Outcome::Done);
    };
    let code = Code::find(written).ok_or_else(|| unknown(written))?;
    match terminal.format {
        Format::Json => writeln!(terminal.out(), "{}", json(code.explain()))?,
        _ => terminal.out().write_all(human(code.explain()).as_bytes())?,
    }
    Ok(Outcome::Done)
}

fn unknown(written: &str) -> Failure {
    let upper = written.to_uppercase();
    let help = match nearest(&upper, Code::ALL.iter().map(|code| code.text())) {
        Some(near) => format!("did you mean `{near}`? `kulanz explain-code` lists all codes"),
        None => "`kulanz explain-code` lists all codes".to_owned(),
    };
    Failure::usage_with_help(format!("there is no code `{written}`"), help)
}

fn list(terminal: &Terminal) -> io::Result<()> {
    let mut out = terminal.out();
    if terminal.format == Format::Json {
        let codes: Vec<_> = Code::ALL.iter().map(|code| entry(*code)).collect();
        return writeln!(out, "{}", serde_json::json!({ "codes": codes }));
    }
    Code::ALL.iter().try_for_each(|code| {
        let sentence = code.explanation().split(['\n']).next().unwrap_or_default();
        writeln!(out, "{}  {:<7}  {sentence}", code.text(), severity(*code))
    })
}

fn severity(code: Code) -> &'static str {
    match code.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn entry(code: Code) -> serde_json::Value {
    serde_json::json!({ "code": code.text(), "severity": severity(code), "explanation": words(code) })
}

fn json(explained: Explanation) -> serde_json::Value {
    let mut entry = entry(explained.code);
    for (name, text) in [("wrong", explained.wrong()), ("said", explained.said()), ("right", explained.right())] {
        if let Some(fields) = entry.as_object_mut() {
            fields.insert(name.to_owned(), text.into());
        }
    }
    entry
}

/// The explanation in one line.
fn words(code: Code) -> String {
    code.explanation().lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

fn human(explained: Explanation) -> String {
    let mut text = format!("{} ({})\n\n{}\n", explained.code.text(), severity(explained.code), words(explained.code));
    for (heading, part) in [("Wrong", explained.wrong()), ("Kulanz says", explained.said()), ("Right", explained.right())] {
        let Some(part) = part else { continue };
        text.extend(["\n", heading, ":\n\n"]);
        for line in part.lines() {
            text.extend([if line.is_empty() { "" } else { "    " }, line, "\n"]);
        }
    }
    text
}
