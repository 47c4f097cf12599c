//! An answer for a terminal: the answer in one line, then what is needed, what it charges, whom to ask, what to offer and what to find out.

use std::fmt::Write as _;

use super::Speech;
use crate::answer::parts;
use crate::decide::{BudgetCharge, Contact, ContactKind, Decision, Explanation, Limit, Outcome, Reason, Verdict};
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
struct Lines {
    lines: Vec<(String, String)>,
}

impl Lines {
    fn group(&mut self, label: &str, items: impl IntoIterator<Item = String>) {
        for (at, item) in items.into_iter().enumerate() {
            let label = if at == 0 { label.to_owned() } else { String::new() };
            self.lines.push((label, item));
        }
    }
}

impl Speech<'_> {
    /// The whole answer, each line ended.
    #[must_use]
    pub fn human(&self, question: &Question, decision: &Decision, colour: Colour) -> String {
        let mut text = format!("{}\n", coloured(&self.headline("head-", decision), decision.outcome, colour));
        let mut lines = Lines { lines: Vec::new() };
        self.details(question, decision, &mut lines);
        if question.explain == Explain::Every {
            lines.group(&self.label("rules"), decision.explain.iter().filter_map(|explanation| self.explained(question, decision, explanation)));
        }
        let width = lines.lines.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
        for (label, line) in lines.lines {
            let _ = writeln!(text, "  {label:width$}  {line}");
        }
        text
    }

    /// An action among the options of a case: `YES — up to 50.00 EUR`.
    pub(crate) fn option(&self, question: &Question, decision: &Decision, colour: Colour) -> String {
        let reason = self.reason(question, decision).filter(|_| decision.outcome == Outcome::No);
        if let Some(reason) = reason {
            return coloured(&self.tongue.tell("option-no-reason", &[("list", &reason)]), decision.outcome, colour);
        }
        let list = match decision.outcome {
            Outcome::Ask => self.contacts(&decision.ask).map(|(_, contacts)| contacts).unwrap_or_default(),
            Outcome::Need => self.first_few(&decision.need.iter().map(|fact| self.asks(*fact)).collect::<Vec<_>>()),
            _ => self.limit(decision.action, &decision.limit).unwrap_or_default(),
        };
        coloured(&self.tongue.tell(option_id(decision), &[("list", &list)]), decision.outcome, colour)
    }

    fn label(&self, name: &str) -> String {
        self.tongue.tell(&format!("label-{name}"), &[])
    }

    fn details(&self, question: &Question, decision: &Decision, lines: &mut Lines) {
        lines.group(&self.label("because"), decision.because.iter().filter_map(|reason| self.because_line(question, decision, *reason)));
        lines.group(&self.label("entitled"), self.entitled(decision));
        lines.group(&self.label("needed"), decision.require.iter().map(|obligation| self.obligation(obligation)));
        lines.group(&self.label("charges"), decision.charge.iter().map(|charge| self.charge(decision, charge)));
        lines.group(&self.label("ask"), decision.ask.iter().map(|contact| self.contact_line(contact)));
        lines.group(&self.label("offer"), decision.offer.iter().map(|offer| self.offer(offer)));
        let advice = decision.advice.iter().filter_map(|advice| self.advice_text(*advice));
        lines.group(&self.label("advice"), advice.map(|text| self.text(text, question, decision)));
        lines.group(&self.label("need"), decision.need.iter().map(|fact| self.need_line(*fact)));
        lines.group(&self.label("provisional"), decision.provisional.iter().map(|id| parts::ref_name(self.policy, FactRef::Fact(*id))));
        lines.group(&self.label("also-owed"), decision.also_owed.iter().map(|owed| self.with_limit(owed.action, &owed.limit)));
        lines.group(&self.label("otherwise"), decision.otherwise.iter().map(|otherwise| self.say(question, otherwise)));
    }

    /// `small_refund (shop.kulanz:78:1): Small refunds on the spot`
    fn because_line(&self, question: &Question, decision: &Decision, reason: Reason) -> Option<String> {
        let entry = parts::Parts { policy: self.policy, question, decision, speech: *self }.reason(reason)?;
        let words = entry.text.or(entry.title).map_or_else(String::new, |words| format!(": {words}"));
        let cites = if entry.cites.is_empty() { String::new() } else { format!(" [{}]", entry.cites.join("; ")) };
        Some(format!("{} ({}){words}{cites}", entry.rule, entry.source))
    }

    /// What is owed, where that is not already the answer.
    fn entitled(&self, decision: &Decision) -> Option<String> {
        let said = decision.outcome == Outcome::Owed && decision.amount.is_none();
        self.limit(decision.action, &decision.entitled).filter(|_| !said)
    }

    fn charge(&self, decision: &Decision, charge: &BudgetCharge) -> String {
        let unit = self.budget_measure(charge.budget, decision.action);
        let shown = |value: Option<&crate::Number>| value.map_or_else(|| super::figures::NOTHING.to_owned(), |value| self.quantity(unit, value));
        let down = |value: &crate::Number| crate::answer::plain::rounded_down(self.policy, unit, value);
        let (left, of) = (charge.left.as_ref().map(down), charge.of.as_ref().map(down));
        let counts = self.policy.budgets.get(charge.budget.index()).is_some_and(|budget| budget.unit == BudgetUnit::Times);
        let id = match (left.is_some(), counts) {
            (false, _) => "charge-unlimited",
            (true, true) => "charge-once",
            (true, false) => "charge",
        };
        let (budget, amount) = (self.budget(charge.budget), shown(charge.amount.as_ref()));
        let text = self.tongue.tell(id, &[("budget", &budget), ("amount", &amount), ("left", &shown(left.as_ref())), ("of", &shown(of.as_ref()))]);
        match charge.resets {
            Some(day) => self.tongue.tell("resets", &[("charge", &text), ("day", &self.date(day))]),
            None => text,
        }
    }

    /// `Team lead (answers within 4 hours): decides`
    fn contact_line(&self, contact: &Contact) -> String {
        let kind = match contact.kind {
            ContactKind::Decide => "ask-decide",
            ContactKind::Approve => "ask-approve",
        };
        format!("{}: {}", self.contact(contact), self.tongue.tell(kind, &[]))
    }

    /// `reason: What happened? (damaged, late)`
    fn need_line(&self, fact: FactRef) -> String {
        let (name, asks) = (parts::ref_name(self.policy, fact), self.asks(fact));
        let text = if asks == name { name } else { format!("{name}: {asks}") };
        match self.values_of(fact) {
            values if values.is_empty() => text,
            values => format!("{text} ({})", values.join(", ")),
        }
    }

    fn with_limit(&self, action: crate::policy::ActionId, limit: &Limit) -> String {
        let what = self.action(action);
        match limit {
            Limit::Amount(_) => self.tongue.tell("offer-limit", &[("what", &what), ("limit", &self.limit(action, limit).unwrap_or_default())]),
            Limit::None | Limit::Unlimited => what,
        }
    }

    /// `lead_refund (shop.kulanz:85:1): does not apply; reason is late; the rule asks for: reason is damaged`
    fn explained(&self, question: &Question, decision: &Decision, explanation: &Explanation) -> Option<String> {
        let rule = self.policy.rules.get(explanation.rule.index())?;
        let quantity = self.limit(decision.action, &explanation.quantity);
        let verdict = match (explanation.verdict, quantity) {
            (Verdict::Applies, Some(quantity)) => self.tongue.tell("explain-applies-quantity", &[("quantity", &quantity)]),
            (Verdict::Applies, None) => self.tongue.tell("explain-applies", &[]),
            (Verdict::Fails, _) => self.tongue.tell("explain-fails", &[]),
            (Verdict::Unknown, _) => self.tongue.tell("explain-unknown", &[]),
            (Verdict::Undefined, _) => self.tongue.tell("explain-undefined", &[]),
        };
        let failed = explanation.failed.as_ref().map(|failed| format!("; {}", self.failed(question, explanation, failed)));
        Some(format!("{} ({}): {verdict}{}", rule.name, parts::rule_source(self.policy, rule), failed.unwrap_or_default()))
    }
}

/// The word before the dash in the colour of the answer.
pub(crate) fn coloured(headline: &str, outcome: Outcome, colour: Colour) -> String {
    let (Colour::Ansi, Some((word, rest))) = (colour, headline.split_once(" —")) else { return headline.to_owned() };
    let style = anstyle::Style::new().bold().fg_color(Some(hue(outcome).into()));
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
