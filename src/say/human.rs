//! An answer for a terminal: the answer in one line, then what is needed, what it charges, whom to ask, what to offer and what to find out.

use std::fmt::Write as _;

use super::sentence::Place;
use super::{Speech, written};
use crate::answer::{parts, plain};
use crate::decide::{BudgetCharge, Contact, ContactKind, Decision, Explanation, Limit, Outcome, Reason, Verdict};
use crate::number::Number;
use crate::policy::{BudgetUnit, FactRef};
use crate::question::{Explain, Question};

/// Whether the form is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// With ANSI escapes.
    Ansi,
    /// As plain text.
    Plain,
}

/// The lines under the headline, each with the label of its group.
#[derive(Debug, Default)]
pub(super) struct Lines {
    lines: Vec<(String, String)>,
}

impl Lines {
    pub(super) fn group(&mut self, label: &str, items: impl IntoIterator<Item = String>) {
        for (at, item) in items.into_iter().enumerate() {
            let label = if at == 0 { label.to_owned() } else { String::new() };
            self.lines.push((label, item));
        }
    }

    /// Writes them, the labels in a column.
    pub(super) fn write(self, text: &mut String) {
        let width = self.lines.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
        for (label, line) in self.lines {
            let _ = writeln!(text, "  {label:width$}  {line}");
        }
    }
}

impl Speech<'_> {
    /// The whole answer, each line ended.
    #[must_use]
    pub fn human(&self, question: &Question, decision: &Decision, colour: Colour) -> String {
        let mut text = format!("{}\n", coloured(&written(|out| self.headline(out, Place::Headline, decision)), decision.outcome, colour));
        let mut lines = Lines::default();
        self.details(question, decision, &mut lines);
        if question.explain == Explain::Every {
            lines.group(&self.label("rules"), decision.explain.iter().filter_map(|explanation| self.explained(question, decision, explanation)));
        }
        lines.write(&mut text);
        text
    }

    /// An action among the options of a case: `YES — up to 50.00 EUR`.
    pub(crate) fn option(&self, question: &Question, decision: &Decision, colour: Colour) -> String {
        let reason = if decision.outcome == Outcome::No { self.reason(decision) } else { None };
        let id = if reason.is_some() { "option-no-reason" } else { option_id(decision) };
        let list = |out: &mut String| match (reason, decision.outcome) {
            (Some(reason), _) => self.write_text(out, reason, question, decision),
            (None, Outcome::Ask) => {
                if let Some(best) = decision.ask.first() {
                    self.contacts(out, &decision.ask, best.kind);
                }
            }
            (None, Outcome::Need) => self.first_few(out, &decision.need, &|out, fact| self.asks(out, *fact)),
            (None, _) => {
                self.limit(out, decision.action, &decision.limit);
            }
        };
        coloured(&written(|out| self.tongue.tell(out, id, &|out, _| list(out))), decision.outcome, colour)
    }

    pub(super) fn label(&self, name: &str) -> String {
        written(|out| self.tongue.word(out, &format!("label-{name}")))
    }

    fn details(&self, question: &Question, decision: &Decision, lines: &mut Lines) {
        lines.group(&self.label("because"), decision.because.iter().filter_map(|reason| self.because_line(question, decision, *reason)));
        lines.group(&self.label("entitled"), self.entitled(decision));
        lines.group(&self.label("needed"), decision.require.iter().map(|obligation| written(|out| self.obligation(out, obligation))));
        lines.group(&self.label("charges"), decision.charge.iter().map(|charge| written(|out| self.charge(out, decision, charge))));
        lines.group(&self.label("ask"), decision.ask.iter().map(|contact| written(|out| self.contact_line(out, contact))));
        lines.group(&self.label("offer"), decision.offer.iter().map(|offer| written(|out| self.offer(out, offer))));
        let advice = decision.advice.iter().filter_map(|advice| self.advice_text(*advice));
        lines.group(&self.label("advice"), advice.map(|text| written(|out| self.write_text(out, text, question, decision))));
        lines.group(&self.label("need"), decision.need.iter().map(|fact| self.need_line(*fact)));
        let provisional = decision.provisional.iter().map(|id| parts::ref_name(self.policy, FactRef::Fact(*id)).to_owned());
        lines.group(&self.label("provisional"), provisional);
        let owed = decision.also_owed.iter().map(|owed| written(|out| self.with_limit(out, owed.action, &owed.limit)));
        lines.group(&self.label("also-owed"), owed);
        lines.group(&self.label("otherwise"), decision.otherwise.iter().map(|otherwise| self.say(question, otherwise)));
    }

    /// `small_refund (shop.kulanz:78:1): Small refunds on the spot`
    fn because_line(&self, question: &Question, decision: &Decision, reason: Reason) -> Option<String> {
        let told = parts::Told::of(self.policy, reason)?;
        let text = |out: &mut String, text| self.write_text(out, text, question, decision);
        Some(written(|out| {
            out.push_str(told.name);
            out.push_str(" (");
            told.write_source(out, self.policy);
            out.push(')');
            if let Some(words) = told.because.or(told.title) {
                out.push_str(": ");
                if told.because.is_some() { text(out, words) } else { self.write_plain(out, words) }
            }
            if !told.cites.is_empty() {
                out.push_str(" [");
                super::joined(out, told.cites, "; ", text);
                out.push(']');
            }
        }))
    }

    /// What is owed, where that is not already the answer.
    fn entitled(&self, decision: &Decision) -> Option<String> {
        let said = decision.outcome == Outcome::Owed && decision.amount.is_none();
        let entitled = written(|out| {
            self.limit(out, decision.action, &decision.entitled);
        });
        (!said && !entitled.is_empty()).then_some(entitled)
    }

    fn charge(&self, out: &mut String, decision: &Decision, charge: &BudgetCharge) {
        let unit = self.budget_measure(charge.budget, decision.action);
        let shown = |out: &mut String, value: Option<&Number>| match value {
            Some(value) => self.quantity(out, unit, value),
            None => out.push_str(super::figures::NOTHING),
        };
        let down = |out: &mut String, value: Option<&Number>| shown(out, value.map(|value| plain::rounded_down(self.policy, unit, value)).as_ref());
        let counts = self.policy.budgets.get(charge.budget.index()).is_some_and(|budget| budget.unit == BudgetUnit::Times);
        let id = match (charge.left.is_some(), counts) {
            (false, _) => "charge-unlimited",
            (true, true) => "charge-once",
            (true, false) => "charge",
        };
        let text = |out: &mut String| {
            self.tongue.tell(out, id, &|out, name| match name {
                "budget" => self.budget(out, charge.budget),
                "amount" => shown(out, charge.amount.as_ref()),
                "left" => down(out, charge.left.as_ref()),
                _ => down(out, charge.of.as_ref()),
            });
        };
        let Some(day) = charge.resets else { return text(out) };
        self.tongue.tell(out, "resets", &|out, name| match name {
            "day" => self.date(out, day),
            _ => text(out),
        });
    }

    /// `Team lead (answers within 4 hours): decides`
    fn contact_line(&self, out: &mut String, contact: &Contact) {
        self.contact(out, contact);
        out.push_str(": ");
        self.tongue.word(
            out,
            match contact.kind {
                ContactKind::Decide => "ask-decide",
                ContactKind::Approve => "ask-approve",
            },
        );
    }

    /// `reason: What happened? (damaged, late)`
    fn need_line(&self, fact: FactRef) -> String {
        let (name, asks) = (parts::ref_name(self.policy, fact), written(|out| self.asks(out, fact)));
        let text = if asks == name { asks } else { format!("{name}: {asks}") };
        match self.values_of(fact) {
            values if values.is_empty() => text,
            values => format!("{text} ({})", values.join(", ")),
        }
    }

    /// `lead_refund (shop.kulanz:85:1): does not apply; reason is late; the rule asks for: reason is damaged`
    fn explained(&self, question: &Question, decision: &Decision, explanation: &Explanation) -> Option<String> {
        let rule = self.policy.rules.get(explanation.rule.index())?;
        let id = match (explanation.verdict, &explanation.quantity) {
            (Verdict::Applies, Limit::None) => "explain-applies",
            (Verdict::Applies, _) => "explain-applies-quantity",
            (Verdict::Fails, _) => "explain-fails",
            (Verdict::Unknown, _) => "explain-unknown",
            (Verdict::Undefined, _) => "explain-undefined",
        };
        Some(written(|out| {
            out.push_str(&rule.name);
            out.push_str(" (");
            parts::write_rule_source(out, self.policy, rule);
            out.push_str("): ");
            self.tongue.tell(out, id, &|out, _| {
                self.limit(out, decision.action, &explanation.quantity);
            });
            if let Some(failed) = &explanation.failed {
                out.push_str("; ");
                self.failed(out, question, explanation, failed);
            }
        }))
    }
}

/// The word before the dash in the colour of the answer.
pub(crate) fn coloured(headline: &str, outcome: Outcome, colour: Colour) -> String {
    painted(headline, hue(outcome), colour)
}

/// The word before the dash in a colour.
pub(super) fn painted(headline: &str, hue: anstyle::AnsiColor, colour: Colour) -> String {
    let (Colour::Ansi, Some((word, rest))) = (colour, headline.split_once(" —")) else { return headline.to_owned() };
    let style = anstyle::Style::new().bold().fg_color(Some(hue.into()));
    format!("{style}{word}{style:#} —{rest}")
}

fn option_id(decision: &Decision) -> &'static str {
    match (decision.outcome, &decision.limit) {
        (Outcome::Yes | Outcome::UpTo, Limit::Amount(_)) => "option-yes-limit",
        (Outcome::Yes | Outcome::UpTo, Limit::Unlimited) => "option-yes-unlimited",
        (Outcome::Yes | Outcome::UpTo, Limit::None) => "option-yes",
        (Outcome::Owed, Limit::Amount(_)) => "option-owed-limit",
        (Outcome::Owed, Limit::Unlimited) => "option-owed-unlimited",
        (Outcome::Owed, Limit::None) => "option-owed",
        (Outcome::Ask, _) => "option-ask",
        (Outcome::No, _) => "option-no",
        (Outcome::Need, _) => "option-need",
    }
}

fn hue(outcome: Outcome) -> anstyle::AnsiColor {
    match outcome {
        Outcome::Yes | Outcome::Owed => anstyle::AnsiColor::Green,
        Outcome::UpTo | Outcome::Ask | Outcome::Need => anstyle::AnsiColor::Yellow,
        Outcome::No => anstyle::AnsiColor::Red,
    }
}
