//! From what was typed to what the reader of questions takes.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::arguments::{Case, Known, Told};
use super::exit::Failure;
use super::terminal::Terminal;
use super::typed::unshielded;
use crate::question::{Explain, Json, Problem, Spoken};

/// What was typed, in parts.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// `ACTION`
    pub action: Option<String>,
    /// `AMOUNT`, its words joined by spaces.
    pub amount: Option<String>,
    /// `FACT=VALUE` each.
    pub facts: Vec<String>,
}

impl Words {
    /// Everything before the first `FACT=VALUE` is the action and the amount; everything from there on is a fact.
    ///
    /// # Errors
    ///
    /// Where a word behind the first fact is none.
    pub fn split(words: &[String]) -> Result<Self, Failure> {
        let words: Vec<_> = words.iter().map(|word| unshielded(word)).collect();
        let begin = words.iter().position(|word| word.contains('=')).unwrap_or(words.len());
        let (asked, facts) = words.split_at(begin);
        if let Some(stray) = facts.iter().find(|word| !word.contains('=')) {
            let help = "the action and the amount stand before the first fact, and a value with spaces is quoted: `order.total=\"80 EUR\"`";
            return Err(Failure::usage_with_help(format!("`{stray}` is not FACT=VALUE"), help));
        }
        let (action, amount) = asked.split_first().map_or((None, &[][..]), |(action, amount)| (Some(action.clone()), amount));
        Ok(Self { action, amount: (!amount.is_empty()).then(|| amount.join(" ")), facts: facts.to_vec() })
    }

    /// Facts and nothing else; `hint` says what else could be meant.
    ///
    /// # Errors
    ///
    /// Where a word is none.
    pub fn facts(words: &[String], hint: &str) -> Result<Self, Failure> {
        let facts: Vec<_> = words.iter().map(|word| unshielded(word)).collect();
        if let Some(stray) = facts.iter().find(|word| !word.contains('=')) {
            let help = format!("{hint}. A value with spaces is quoted: `order.total=\"80 EUR\"`");
            return Err(Failure::usage_with_help(format!("`{stray}` is not FACT=VALUE"), help));
        }
        Ok(Self { facts, ..Self::default() })
    }
}

/// The files that a case names, read.
#[derive(Debug)]
pub struct Files {
    facts: Option<String>,
    record: Option<String>,
}

impl Files {
    /// Reads them.
    ///
    /// # Errors
    ///
    /// What is wrong with each that is no text, in the place of its facts.
    pub fn read(told: &Told) -> Result<Self, Vec<Problem>> {
        let (mut problems, mut files) = (Vec::new(), Self { facts: None, record: None });
        for (path, member, file) in [(&told.facts, "/facts", &mut files.facts), (&told.record, "/record", &mut files.record)] {
            match path.as_deref().map(text).transpose() {
                Ok(text) => *file = text,
                Err(message) => problems.push(Problem { path: member.to_owned(), message, help: None }),
            }
        }
        if problems.is_empty() { Ok(files) } else { Err(problems) }
    }

    /// The JSON of what is said.
    pub fn facts(&self) -> Option<&str> {
        self.facts.as_deref()
    }

    /// The JSON of what is on record.
    pub fn record(&self) -> Option<&str> {
        self.record.as_deref()
    }
}

/// The text of a file, or what is wrong with it.
fn text(path: &Path) -> Result<String, String> {
    let shown = path.display();
    let bytes = bytes(path).map_err(|error| format!("cannot read `{shown}`: {error}"))?;
    if bytes.len() > Json::MOST_BYTES {
        return Err(format!("`{shown}` is longer than 1 MiB"));
    }
    String::from_utf8(bytes).map_err(|error| format!("`{shown}` is not UTF-8 from byte {} on", error.utf8_error().valid_up_to() + 1))
}

/// What a file holds, up to one byte more than is read.
fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let longest = u64::try_from(Json::MOST_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    File::open(path)?.take(longest).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Who asks must be said.
///
/// # Errors
///
/// Where `--as` was left out.
pub fn role(known: &Known) -> Result<(), Failure> {
    let missing = || Failure::usage_with_help("the role of the person who asks is missing", "name it with `--as ROLE`");
    known.role.as_ref().map(|_| ()).ok_or_else(missing)
}

/// The question as the reader takes it.
pub fn spoken<'a>(words: &'a Words, case: &'a Case, files: &'a Files, explain: Explain, terminal: &'a Terminal) -> Spoken<'a> {
    Spoken {
        role: case.known.role.as_deref().unwrap_or_default(),
        actor: case.known.actor.as_deref(),
        team: case.known.team.as_deref(),
        action: words.action.as_deref(),
        amount: words.amount.as_deref(),
        facts: &words.facts,
        facts_json: files.facts(),
        record_json: files.record(),
        spent: &case.spent,
        at: case.at.as_deref(),
        lang: terminal.lang.as_deref(),
        explain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(line: &str) -> Words {
        Words::split(&line.split(' ').map(str::to_owned).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn the_amount_ends_where_the_facts_begin() {
        let some = |text: &str| Some(text.to_owned());
        let facts = vec!["reason=late".to_owned(), "a.b=1=2".to_owned()];
        assert_eq!(split("refund 80 EUR reason=late a.b=1=2"), Words { action: some("refund"), amount: some("80 EUR"), facts: facts.clone() });
        assert_eq!(split("refund reason=late a.b=1=2"), Words { action: some("refund"), amount: None, facts });
        assert_eq!(split("refund 80"), Words { action: some("refund"), amount: some("80"), facts: Vec::new() });
    }

    #[test]
    fn a_word_behind_a_fact_is_an_error() {
        assert!(Words::split(&["refund".into(), "a=b".into(), "80".into()]).is_err());
    }

    #[test]
    fn facts_alone_are_no_action() {
        assert!(Words::facts(&["a=b".into(), "refund".into()], "x").is_err() && Words::facts(&["refund".into()], "x").is_err());
        assert_eq!(Words::facts(&["a=b".into()], "x").unwrap(), split("a=b"));
    }
}
