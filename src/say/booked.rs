//! Grants and cases for a terminal.
//!
//! They come from the ledger with their quantities written out, so these are read back before they are put into the reader's language.

use anstyle::AnsiColor;
use jiff::Timestamp;
use serde_json::Value as Json;

use super::figures::harmless;
use super::human::{Lines, painted};
use super::{Colour, Speech, written};
use crate::answer::{Answer, ChargeEntry};
use crate::ledger::people::People;
use crate::ledger::record::{Case, CaseKind, CaseState, Grant, Signature, Who};
use crate::number::Number;
use crate::policy::expr::Type;
use crate::policy::{ActionId, BudgetUnit, DutyId, RoleId};

/// So much of an id is shown; it is enough to name what it stands for.
const SHOWN: usize = 8;

/// The end of an id, by which it can be named.
pub(crate) fn short(id: &str) -> &str {
    id.get(id.len().saturating_sub(SHOWN)..).unwrap_or(id)
}

/// A policy spoken to somebody who knows the people.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Herald<'a> {
    pub speech: Speech<'a>,
    pub people: &'a People,
    pub colour: Colour,
}

impl Speech<'_> {
    /// A quantity as the ledger writes it: `1234.50 EUR`, `25%`, `PT3H`, `2`.
    pub(super) fn figure(&self, out: &mut String, figure: &str) {
        let money = figure.strip_suffix(self.policy.currency.code()).map(|rest| (rest, Type::Money));
        let percent = || figure.strip_suffix('%').map(|rest| (rest, Type::Percent));
        let (digits, ty) = money.or_else(percent).unwrap_or((figure, Type::Number));
        let read = Number::parse(digits.trim()).map(|number| (ty, number)).ok();
        match read.or_else(|| Some((Type::Duration, seconds(figure)?))) {
            Some((ty, number)) => self.quantity(out, &ty, &number),
            None => harmless(out, figure),
        }
    }

    /// A moment in RFC 3339.
    pub(super) fn told_moment(&self, out: &mut String, moment: &str) {
        match moment.parse() {
            Ok(at) => self.moment(out, at),
            Err(_) => harmless(out, moment),
        }
    }

    /// `Money back`, for the name of an action that the policy may not have any more.
    pub(super) fn action_called(&self, out: &mut String, name: &str) {
        match self.policy.actions.iter().position(|action| action.name == name) {
            Some(at) => self.action(out, ActionId::new(at)),
            None => harmless(out, name),
        }
    }

    /// `80.00 EUR (Money back)`
    pub(super) fn thing(&self, out: &mut String, action: &str, amount: Option<&str>) {
        let Some(amount) = amount else { return self.action_called(out, action) };
        self.tongue.tell(out, "thing", &|out, name| match name {
            "amount" => self.figure(out, amount),
            _ => self.action_called(out, action),
        });
    }

    fn role_called(&self, out: &mut String, name: &str) {
        match self.policy.roles.iter().position(|role| role.name == name) {
            Some(at) => self.role(out, RoleId::new(at)),
            None => harmless(out, name),
        }
    }

    fn duty_called(&self, out: &mut String, name: &str) {
        match self.policy.duties.iter().position(|duty| duty.name == name) {
            Some(at) => self.duty(out, DutyId::new(at)),
            None => harmless(out, name),
        }
    }

    /// What a grant took from a budget.
    fn charged(&self, out: &mut String, charge: &ChargeEntry) {
        let budget = self.policy.budgets.iter().position(|budget| budget.name == charge.budget);
        let counts = budget.and_then(|at| self.policy.budgets.get(at)).is_some_and(|budget| budget.unit == BudgetUnit::Times);
        let figure = |out: &mut String, figure: Option<&String>| match figure {
            Some(figure) => self.figure(out, figure),
            None => out.push_str(super::figures::NOTHING),
        };
        let id = match (&charge.left, counts) {
            (None, _) => "charge-unlimited",
            (_, true) => "charge-once",
            (_, false) => "charge",
        };
        let line = |out: &mut String| {
            self.tongue.tell(out, id, &|out, name| match name {
                "budget" => self.budget_called(out, &charge.budget),
                "amount" => figure(out, charge.amount.as_ref()),
                "left" => figure(out, charge.left.as_ref()),
                _ => figure(out, charge.of.as_ref()),
            });
        };
        match charge.resets.as_deref().and_then(|day| day.parse().ok()) {
            Some(day) => self.tongue.tell(out, "resets", &|out, name| match name {
                "day" => self.date(out, day),
                _ => line(out),
            }),
            None => line(out),
        }
    }

    /// What a command does that grants the part that may be granted.
    pub(crate) fn next_part(&self) -> String {
        written(|out| self.tongue.word(out, "next-part"))
    }

    /// What a command does that brings it to somebody of a role.
    pub(crate) fn next_case(&self, role: RoleId) -> String {
        written(|out| self.tongue.tell(out, "next-case", &|out, _| self.role(out, role)))
    }

    fn budget_called(&self, out: &mut String, name: &str) {
        match self.policy.budgets.iter().position(|budget| budget.name == name) {
            Some(at) => self.budget(out, crate::policy::BudgetId::new(at)),
            None => harmless(out, name),
        }
    }
}

/// Seconds of `P1DT2H30M`.
pub(super) fn seconds(duration: &str) -> Option<Number> {
    let span: jiff::Span = duration.parse().ok()?;
    let whole = [(span.get_days().into(), 86_400), (span.get_hours().into(), 3600), (span.get_minutes(), 60), (span.get_seconds(), 1)];
    let seconds = whole.into_iter().try_fold(0_i64, |sum, (count, unit): (i64, i64)| sum.checked_add(count.checked_mul(unit)?))?;
    (span.get_years() == 0 && span.get_months() == 0 && span.get_weeks() == 0).then(|| Number::from(seconds))
}

impl Herald<'_> {
    fn name(&self, out: &mut String, id: &str) {
        harmless(out, &self.people.find(id).map_or_else(|| id.to_owned(), ToString::to_string));
    }

    /// `Lena Vogt (Team lead, berlin-1)`
    pub(super) fn person(&self, out: &mut String, who: &Who) {
        let id = if who.team.is_some() { "person-team" } else { "person" };
        self.speech.tongue.tell(out, id, &|out, name| match name {
            "name" => self.name(out, &who.id),
            "role" => self.speech.role_called(out, &who.role),
            _ => harmless(out, who.team.as_deref().unwrap_or_default()),
        });
    }

    fn headline(&self, id: &str, hue: AnsiColor, thing: (&str, Option<&str>), who: &Who, due: &str) -> String {
        let line = written(|out| {
            self.speech.tongue.tell(out, id, &|out, name| match name {
                "thing" => self.speech.thing(out, thing.0, thing.1),
                "due" => self.speech.told_moment(out, due),
                _ => self.person(out, who),
            });
        });
        painted(&line, hue, self.colour) + "\n"
    }

    fn group(&self, lines: &mut Lines, label: &str, items: impl IntoIterator<Item = String>) {
        lines.group(&self.speech.label(label), items);
    }

    fn signatures(&self, lines: &mut Lines, signatures: &[Signature]) {
        let signature = |signature: &Signature| {
            let who = Who { id: signature.id.clone(), role: signature.role.clone(), team: None };
            written(|out| {
                self.person(out, &who);
                out.push_str(", ");
                self.speech.told_moment(out, &signature.at);
            })
        };
        self.group(lines, "approved-by", signatures.iter().map(signature));
    }

    fn texts<'t>(&self, lines: &mut Lines, label: &str, texts: impl IntoIterator<Item = &'t String>) {
        self.group(lines, label, texts.into_iter().map(|text| written(|out| harmless(out, text))));
    }

    /// A grant that was booked; `next` are commands.
    pub fn granted(&self, grant: &Grant, next: Vec<String>) -> String {
        let mut text = self.headline("head-granted", AnsiColor::Green, (&grant.action, grant.amount.as_deref()), &grant.actor, "");
        let mut lines = Lines::default();
        let answer: Answer = serde_json::from_str(grant.answer.get()).unwrap_or_default();
        self.group(&mut lines, "charges", answer.charge.iter().map(|charge| written(|out| self.speech.charged(out, charge))));
        let confirmed = grant.confirmed.iter().map(|duty| written(|out| self.speech.duty_called(out, duty)));
        self.group(&mut lines, "confirmed", confirmed);
        self.signatures(&mut lines, &grant.approved_by);
        self.texts(&mut lines, "note", &grant.note);
        self.texts(&mut lines, "case", &grant.case);
        self.texts(&mut lines, "grant", [&grant.id]);
        self.group(&mut lines, "next", next);
        lines.write(&mut text);
        text
    }

    /// A grant that was taken back.
    pub fn reversed(&self, grant: &Grant) -> String {
        let mut text = self.headline("head-reversed", AnsiColor::Yellow, (&grant.action, grant.amount.as_deref()), &grant.actor, "");
        let mut lines = Lines::default();
        let answer: Answer = serde_json::from_str(grant.answer.get()).unwrap_or_default();
        let given_back = answer.charge.iter().filter_map(|charge| Some((&charge.budget, charge.amount.as_ref()?)));
        let given_back = given_back.map(|(budget, amount)| {
            written(|out| {
                self.speech.tongue.tell(out, "given-back", &|out, name| match name {
                    "budget" => self.speech.budget_called(out, budget),
                    _ => self.speech.figure(out, amount),
                });
            })
        });
        self.group(&mut lines, "given-back", given_back);
        if let Some(reversal) = &grant.reversed {
            self.texts(&mut lines, "why", [&reversal.reason]);
        }
        self.texts(&mut lines, "grant", [&grant.id]);
        lines.write(&mut text);
        text
    }

    /// How a case stands, in one line.
    pub fn standing(&self, case: &Case) -> String {
        let (id, hue) = match case.state {
            CaseState::Open => ("head-case-open", AnsiColor::Yellow),
            CaseState::Approved => ("head-case-approved", AnsiColor::Green),
            CaseState::Declined => ("head-case-declined", AnsiColor::Red),
        };
        self.headline(id, hue, (&case.action, case.amount.as_deref()), &case.owner, &case.due)
    }

    /// A case with what is known of it; `history` are the lines of its log, oldest first, and `next` are commands.
    pub fn case(&self, case: &Case, history: &[&str], next: Vec<String>) -> String {
        let mut text = self.standing(case);
        let mut lines = Lines::default();
        if case.state == CaseState::Open {
            self.group(&mut lines, "kind", [self.who_is_to_act(case)]);
        }
        self.group(&mut lines, "brought-by", [written(|out| self.person(out, &case.proposer))]);
        self.group(&mut lines, "opened-by", case.opened_by.iter().map(|id| written(|out| self.name(out, id))));
        for (label, list) in [("known", "facts"), ("on-record", "record")] {
            let facts = case.question.get(list).and_then(Json::as_object).into_iter().flatten();
            self.group(&mut lines, label, facts.map(|(name, value)| self.fact_told(name, value)));
        }
        self.texts(&mut lines, "note", &case.note);
        let confirmed = case.confirmed.iter().map(|duty| written(|out| self.speech.duty_called(out, duty)));
        self.group(&mut lines, "confirmed", confirmed);
        self.signatures(&mut lines, &case.approved_by);
        if let Some(declined) = &case.declined {
            self.texts(&mut lines, "why", [&declined.reason]);
            self.texts(&mut lines, "offered", [&declined.offered]);
        }
        if case.handed_over > 0 {
            self.group(&mut lines, "handed-over", [self.times(case.handed_over)]);
        }
        self.group(&mut lines, "history", history.iter().filter_map(|line| self.happened(line)));
        self.texts(&mut lines, "became", &case.grant);
        self.texts(&mut lines, "case", [&case.id]);
        self.group(&mut lines, "next", next);
        lines.write(&mut text);
        text
    }

    fn times(&self, count: u32) -> String {
        let count = i64::from(count);
        written(|out| self.speech.tongue.count(out, "times-over", None, Some(count), &|out, _| Number::from(count).write_plain(out)))
    }

    fn who_is_to_act(&self, case: &Case) -> String {
        let others = case.waiting_for.get(1..).unwrap_or_default();
        let id = match case.kind {
            CaseKind::Decide => "case-decide",
            CaseKind::Approve if others.is_empty() => "case-approve",
            CaseKind::Approve => "case-approve-then",
        };
        written(|out| {
            self.speech.tongue.tell(out, id, &|out, name| match name {
                "who" => self.name(out, &case.owner.id),
                _ => super::listed(out, others, |out, role| self.speech.role_called(out, role)),
            });
        })
    }

    /// `reason is late`
    fn fact_told(&self, name: &str, value: &Json) -> String {
        let shown = |out: &mut String, value: &Json| match value {
            Json::Bool(yes) => self.speech.tongue.word(out, if *yes { "yes" } else { "no" }),
            Json::Null => out.push_str(super::figures::NOTHING),
            Json::String(text) => harmless(out, text),
            other => harmless(out, &other.to_string()),
        };
        written(|out| {
            out.push_str(name);
            out.push_str(": ");
            match value {
                Json::Array(items) if items.is_empty() => self.speech.tongue.word(out, "none"),
                Json::Array(items) => super::listed(out, items, shown),
                value => shown(out, value),
            }
        })
    }

    /// A line of the log: `2026-11-21 10:00  Anna brings it to Lena: she waited two hours`
    fn happened(&self, line: &str) -> Option<String> {
        let event: Json = serde_json::from_str(line).ok()?;
        let text = |place: &str| event.pointer(place).and_then(Json::as_str);
        let id = format!("event-{}", text("/kind")?);
        let at: Timestamp = text("/at")?.parse().ok()?;
        Some(written(|out| {
            self.speech.moment(out, at);
            out.push_str("  ");
            self.speech.tongue.tell(out, &id, &|out, name| match name {
                "owner" => self.name(out, text("/owner/id").unwrap_or_default()),
                _ => self.name(out, text("/who/id").unwrap_or_default()),
            });
            for detail in ["/note", "/reason"].into_iter().filter_map(text) {
                out.push_str(": ");
                harmless(out, detail);
            }
        }))
    }

    /// Cases, one a line; what is overdue says by how much.
    pub fn cases(&self, cases: &[Case], now: Timestamp) -> String {
        if cases.is_empty() {
            return written(|out| self.speech.tongue.word(out, "no-cases")) + "\n";
        }
        let late = |case: &Case| {
            let due: Timestamp = case.due.parse().ok()?;
            let late = now.as_second() / 60 - due.as_second() / 60;
            (case.state == CaseState::Open && late > 0).then(|| late * 60)
        };
        let state = |case: &Case| written(|out| self.speech.tongue.word(out, &format!("state-{}", case.state.word())));
        let row = |case: &Case| {
            let late = late(case)
                .map(|late| written(|out| self.speech.tongue.tell(out, "late", &|out, _| self.speech.duration(out, &Number::from(late), None))));
            vec![
                short(&case.id).to_owned(),
                written(|out| self.speech.told_moment(out, &case.due)),
                written(|out| self.name(out, &case.owner.id)),
                written(|out| self.speech.thing(out, &case.action, case.amount.as_deref())),
                written(|out| self.speech.tongue.tell(out, "brought-by", &|out, _| self.name(out, &case.proposer.id))),
                late.unwrap_or_else(|| if case.state == CaseState::Open { String::new() } else { state(case) }),
            ]
        };
        super::month::columns("", &cases.iter().map(row).collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_back() {
        assert_eq!(seconds("P1DT2H30M"), Some(Number::from(95_400)));
        assert_eq!(seconds("PT45S"), Some(Number::from(45)));
        assert_eq!(seconds("P1M"), None);
        assert_eq!(seconds("soon"), None);
    }

    #[test]
    fn the_end_of_an_id_is_shown() {
        assert_eq!(short("019ab12c-3456-7890-abcd-ef0123456789"), "23456789");
        assert_eq!(short("short"), "short");
    }
}
