//! A difference for people: as text, and as Markdown for a pull request.

use std::fmt::Write as _;

use super::{Changed, Difference};

impl Changed {
    /// `reason is damaged, order.total from 100.00 EUR: up to 50.00 EUR → up to 80.00 EUR`
    fn line(&self) -> String {
        let when = if self.when.is_empty() { "every case".into() } else { self.when.join(", ") };
        let amount = self.amount.as_ref().map_or_else(String::new, |amount| format!(" ({amount} asked for)"));
        format!("{when}{amount}: {} → {}", self.old, self.new)
    }
}

impl Difference {
    /// As text.
    #[must_use]
    pub fn human(&self) -> String {
        let mut text = String::new();
        let mut put = |line: &str| {
            let _ = writeln!(text, "{line}");
        };
        for word in &self.vocabulary {
            put(&format!("{} {} {}", word.kind, word.name, word.change));
        }
        let mut last = None;
        for changed in &self.answers {
            let group = (&changed.role, &changed.action);
            if last != Some(group) {
                put(&format!("\n{}: {}", changed.role, changed.action));
                last = Some(group);
            }
            put(&format!("  {}\n", changed.line()));
            changed.example.lines().for_each(|line| put(&format!("    {line}")));
            put(&format!("    # before: {}", changed.old));
            put("");
        }
        for unsure in &self.gave_up {
            put(&format!("not everything of {}: {} was looked at: {}", unsure.role, unsure.action, unsure.why));
        }
        if self.is_empty() {
            put(if self.gave_up.is_empty() { "same answers" } else { "no difference found" });
        }
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
            put(&format!("- {} `{}` {}", word.kind, word.name, word.change));
        }
        let mut last = None;
        for changed in &self.answers {
            let group = (&changed.role, &changed.action);
            if last != Some(group) {
                put(&format!("\n### {}: {}\n", changed.role, changed.action));
                last = Some(group);
            }
            put(&format!("- {}\n", escaped(&changed.line())));
            put("  <details><summary>Example</summary>\n\n  ```kulanz");
            changed.example.lines().for_each(|line| put(&format!("  {line}")));
            put(&format!("  # before: {}\n  ```\n\n  </details>\n", changed.old));
        }
        for unsure in &self.gave_up {
            put(&format!("> Not everything of {}: {} was looked at: {}.", unsure.role, unsure.action, unsure.why));
        }
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
