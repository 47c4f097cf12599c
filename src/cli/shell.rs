//! Commands as they can be typed again.

#[cfg(feature = "ledger")]
use super::arguments::Books;
#[cfg(feature = "ledger")]
use super::terminal::Terminal;

/// A word as a shell takes it.
pub fn quoted(word: &str) -> String {
    let plain = |character: char| character.is_alphanumeric() || "/._-=:+@%,".contains(character);
    if !word.is_empty() && word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

/// A command line, put together word by word.
#[cfg(feature = "ledger")]
#[derive(Clone, Debug)]
pub struct Line(String);

#[cfg(feature = "ledger")]
impl Line {
    /// `kulanz` and these words.
    pub fn new(words: &[&str]) -> Self {
        Self(["kulanz"].iter().chain(words).copied().collect::<Vec<_>>().join(" "))
    }

    /// One word more.
    pub fn word(mut self, word: &str) -> Self {
        self.0.push(' ');
        self.0.push_str(&quoted(word));
        self
    }

    /// An option with its value, where there is one.
    pub fn option(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.word(name).word(value),
            None => self,
        }
    }

    /// A part that is to be filled in.
    pub fn blank(mut self, words: &str) -> Self {
        self.0.push(' ');
        self.0.push_str(words);
        self
    }

    /// An option that the environment does not say by itself.
    pub fn given(self, name: &str, variable: &str, value: Option<&str>) -> Self {
        let says = |set: String| Some(set.as_str()) == value;
        if std::env::var(variable).is_ok_and(says) { self } else { self.option(name, value) }
    }

    /// Which pack, ledger and people.
    pub fn at(self, books: &Books, terminal: &Terminal) -> String {
        let text = |path: &std::path::Path| path.to_string_lossy().into_owned();
        let (policies, people) = (terminal.policies.as_deref().map(text), books.people.as_deref().map(text));
        // An address with a password is not shown.
        let shown = if books.ledger.contains('@') { "…" } else { &books.ledger };
        let ledger = (books.ledger != "sqlite:kulanz.db" && std::env::var("KULANZ_LEDGER").as_ref() != Ok(&books.ledger)).then_some(shown);
        let line = self.given("-p", "KULANZ_POLICIES", policies.as_deref());
        line.option("--ledger", ledger).given("--people", "KULANZ_PEOPLE", people.as_deref()).0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_needs_it() {
        assert_eq!(quoted("reason=late"), "reason=late");
        assert_eq!(quoted("80 EUR"), "'80 EUR'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }

    #[cfg(feature = "ledger")]
    #[test]
    fn what_is_left_out_is_not_in_the_line() {
        let line = Line::new(&["grant"]).word("refund").option("--as", None).option("--actor", Some("an na"));
        assert_eq!(line.0, "kulanz grant refund --actor 'an na'");
    }
}
