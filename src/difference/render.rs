//! A difference for people: as text, and as Markdown for a pull request.

use std::fmt::Write as _;

use super::{Changed, Difference, Word};

const NO_TEST: &str = "no `test` can tell these two answers apart: what it expects is the same in both";
const OLD_ONLY: &str = "no `test` can expect what is not there any more; this one passed before, and fails now";

impl Word {
    /// `: no default → default 0%`
    fn said(&self) -> String {
        if self.was == self.is { String::new() } else { format!(": {} → {}", self.was, self.is) }
    }
}

impl Changed {
    /// `refund, our_fault, order.total from 100.00 EUR: up to 50.00 EUR → up to 80.00 EUR`
    fn line(&self) -> String {
        let when: String = self.when.iter().flat_map(|part| [", ", part.as_str()]).collect();
        let unless = if self.always || self.amount.is_some() { "" } else { " (where no other rule decides)" };
        format!("{}{}{when}{unless}: {} → {}", self.action, self.asked(), self.old, self.new)
    }

    fn asked(&self) -> String {
        self.amount.as_ref().map_or_else(String::new, |amount| format!(" of {amount}"))
    }

    /// The example, and what is to be said of it.
    fn shown(&self) -> (&str, String) {
        match (self.example.as_str(), self.old_example.as_str()) {
            ("", "") => ("", NO_TEST.to_owned()),
            ("", old) => (old, OLD_ONLY.to_owned()),
            (new, _) => (new, format!("before: {}", self.before)),
        }
    }
}

impl Difference {
    /// What was compared, and what was not.
    fn scope(&self) -> String {
        format!(
            "Compared at noon of {}, with every fact known. Not compared: texts, other days, and what is asked for where facts are unknown.",
            self.on
        )
    }

    /// As text.
    #[must_use]
    pub fn human(&self) -> String {
        let mut text = String::new();
        let mut put = |line: &str| {
            let _ = writeln!(text, "{line}");
        };
        for word in &self.vocabulary {
            put(&format!("{} {} {}{}", word.kind, word.name, word.change, word.said()));
        }
        for changed in &self.answers {
            put(&format!("\n{}: {}\n", changed.roles.join(", "), changed.line()));
            let (example, note) = changed.shown();
            example.lines().for_each(|line| put(&format!("    {line}")));
            put(&format!("    # {note}"));
        }
        put("");
        for unsure in &self.gave_up {
            put(&format!("not everything of {}: {} was looked at: {}", unsure.role, unsure.action, unsure.why));
        }
        if self.is_empty() {
            put(if self.gave_up.is_empty() { "same answers" } else { "no difference found" });
        }
        put(&self.scope());
        text.trim_start_matches('\n').to_owned()
    }

    /// As Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = "## What changes\n".to_owned();
        let mut put = |line: &str| {
            let _ = writeln!(text, "{line}");
        };
        if self.is_empty() {
            put(if self.gave_up.is_empty() { "\nBoth give the same answers." } else { "\nNo difference was found." });
        }
        if !self.vocabulary.is_empty() {
            put("");
        }
        for word in &self.vocabulary {
            put(&format!("- {} `{}` {}{}", word.kind, word.name, word.change, escaped(&word.said())));
        }
        let mut last = None;
        for changed in &self.answers {
            let group = (&changed.roles, &changed.action);
            if last != Some(group) {
                put(&format!("\n### {}: {}\n", changed.roles.join(", "), changed.action));
                last = Some(group);
            }
            put(&format!("- {}\n", escaped(&changed.line())));
            let (example, note) = changed.shown();
            put("  <details><summary>Example</summary>\n\n  ```kulanz");
            example.lines().for_each(|line| put(&format!("  {line}")));
            put(&format!("  # {note}\n  ```\n\n  </details>\n"));
        }
        for unsure in &self.gave_up {
            put(&format!("> Not everything of {}: {} was looked at: {}.", unsure.role, unsure.action, unsure.why));
        }
        put(&format!("\n{}", self.scope()));
        text
    }
}

/// So that names with `_` or `*` stay as they are.
fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut escaped, letter| {
        if matches!(letter, '_' | '*' | '<' | '`' | '|') {
            escaped.push('\\');
        }
        escaped.push(letter);
        escaped
    })
}
