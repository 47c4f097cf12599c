//! From what was typed to what the reader of questions takes.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::arguments::{Case, Known, Told};
use super::exit::Failure;
use super::terminal::Terminal;
use super::typed::unshielded;
use crate::question::{Explain, Spoken};

/// A longer file is no question.
const LONGEST: u64 = 1 << 20;

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
    /// Where one cannot be read.
    pub fn read(told: &Told) -> Result<Self, Failure> {
        Ok(Self { facts: told.facts.as_deref().map(text).transpose()?, record: told.record.as_deref().map(text).transpose()? })
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

fn text(path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    // One byte more than a question may have, so that the reader of questions sees that it is too long.
    let read = File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_string(&mut text));
    read.map(|_| text).map_err(|error| Failure::usage(format!("cannot read `{}`: {error}", path.display())))
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
}
