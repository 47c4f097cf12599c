//! One or two sentences for an answer: what is decided, and what to do next.

use super::Speech;
use crate::decide::{Alternative, ContactKind, Deadline, Decision, Limit, Obligation, Outcome, Reason};
use crate::policy::{FactRef, Text};
use crate::question::Question;

/// Where an answer's first sentence is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In JSON.
    Sentence,
    /// At the head of the form for a terminal.
    Headline,
}

impl Speech<'_> {
    /// One or two plain sentences that an agent can act on.
    #[must_use]
    pub fn say(&self, question: &Question, decision: &Decision) -> String {
        super::written(|out| self.write_say(out, question, decision))
    }

    /// Writes them.
    pub(crate) fn write_say(&self, out: &mut String, question: &Question, decision: &Decision) {
        self.first(out, question, decision);
        let end = out.len();
        out.push(' ');
        let start = out.len();
        if self.second(out, question, decision) {
            full_stop(out, start);
        } else {
            out.truncate(end);
        }
    }

    fn first(&self, out: &mut String, question: &Question, decision: &Decision) {
        let reason = if decision.outcome == Outcome::No { self.reason(decision) } else { None };
        let Some(reason) = reason else { return self.headline(out, Place::Sentence, decision) };
        let start = out.len();
        self.tongue.tell(out, "no-reason", &|out, name| match name {
            "what" => self.action(out, decision.action),
            _ => self.write_text(out, reason, question, decision),
        });
        full_stop(out, start);
    }

    /// The message for the answer and its variant.
    pub(super) fn headline(&self, out: &mut String, place: Place, decision: &Decision) {
        self.tongue.tell(out, headline_id(place, decision), &|out, name| match name {
            "what" => self.action(out, decision.action),
            "verb" => self.verb(out, decision.action),
            "amount" => self.amount(out, decision),
            _ => {
                self.limit(out, decision.action, &decision.limit);
            }
        });
    }

    /// How much was asked for.
    fn amount(&self, out: &mut String, decision: &Decision) {
        if let Some(amount) = &decision.amount {
            self.quantity(out, self.measure(decision.action), amount);
        }
    }

    /// The first text among the rules that decided.
    pub(super) fn reason(&self, decision: &Decision) -> Option<&Text> {
        decision.because.iter().find_map(|reason| self.because(*reason))
    }

    pub(crate) fn because(&self, reason: Reason) -> Option<&Text> {
        match reason {
            Reason::Rule(id) => self.policy.rules.get(id.index())?.because.as_ref(),
            Reason::Fallback(id) => self.policy.fallbacks.get(id.index())?.because.as_ref(),
        }
    }

    /// Writes what to do next; `false` where there is nothing to be done.
    fn second(&self, out: &mut String, question: &Question, decision: &Decision) -> bool {
        match decision.outcome {
            Outcome::Yes | Outcome::Owed => self.needed(out, decision) || self.find_out(out, "more-possible", decision),
            Outcome::UpTo => {
                if !(self.ask(out, decision) || self.instead(out, decision) || self.find_out(out, "more-possible", decision)) {
                    self.tongue.word(out, "no-more");
                }
                true
            }
            Outcome::Ask => self.ask(out, decision),
            Outcome::No => self.instead(out, decision) || self.advice(out, question, decision) || self.find_out(out, "part-possible", decision),
            Outcome::Need => self.find_out(out, "find-out", decision),
        }
    }

    fn needed(&self, out: &mut String, decision: &Decision) -> bool {
        let confirm = |out: &mut String, id: &str| {
            let fact = |out: &mut String, id: &_| self.fact(out, FactRef::Fact(*id));
            self.tongue.tell(out, id, &|out, _| self.first_few(out, &decision.provisional, &fact));
        };
        match (decision.require.is_empty(), decision.provisional.is_empty()) {
            (true, true) => return false,
            (true, false) => confirm(out, "on-record-only"),
            (false, nothing_to_confirm) => self.tongue.tell(out, "needed", &|out, _| {
                super::joined(out, &decision.require, "; ", |out, obligation| self.obligation(out, obligation));
                if !nothing_to_confirm {
                    out.push_str("; ");
                    confirm(out, "on-record");
                }
            }),
        }
        true
    }

    /// A duty and by when.
    pub(super) fn obligation(&self, out: &mut String, obligation: &Obligation) {
        let Some(by) = obligation.by else { return self.duty(out, obligation.duty) };
        self.tongue.tell(out, "by", &|out, name| match name {
            "what" => self.duty(out, obligation.duty),
            _ => self.deadline(out, by),
        });
    }

    fn deadline(&self, out: &mut String, deadline: Deadline) {
        match deadline {
            Deadline::Day(date) => self.date(out, date),
            Deadline::Moment(at) => self.moment(out, at),
        }
    }

    fn ask(&self, out: &mut String, decision: &Decision) -> bool {
        let Some(kind) = decision.ask.first().map(|contact| contact.kind) else { return false };
        let id = match (kind, decision.outcome == Outcome::UpTo && decision.amount.is_some()) {
            (ContactKind::Decide, true) => "contacts-for",
            (ContactKind::Decide, false) => "contacts",
            (ContactKind::Approve, true) => "approvers-for",
            (ContactKind::Approve, false) => "approvers",
        };
        self.tongue.tell(out, id, &|out, name| match name {
            "amount" => self.amount(out, decision),
            _ => self.contacts(out, &decision.ask, kind),
        });
        true
    }

    fn instead(&self, out: &mut String, decision: &Decision) -> bool {
        let offers = &decision.offer;
        if !offers.is_empty() {
            self.tongue.tell(out, "instead", &|out, _| self.first_few(out, offers, &|out, offer| self.offer(out, offer)));
        }
        !offers.is_empty()
    }

    /// `Goodwill voucher up to 20.00 EUR (ask: Team lead)`
    pub(super) fn offer(&self, out: &mut String, offer: &Alternative) {
        let text = |out: &mut String| self.with_limit(out, offer.action, &offer.limit);
        match offer.outcome {
            Outcome::Ask if !offer.ask.is_empty() => self.tongue.tell(out, "offer-ask", &|out, name| match name {
                "contacts" => self.contact_names(out, &offer.ask),
                _ => text(out),
            }),
            Outcome::Need => self.tongue.tell(out, "offer-need", &|out, _| text(out)),
            _ => text(out),
        }
    }

    /// An action, and at most how much of it.
    pub(super) fn with_limit(&self, out: &mut String, action: crate::policy::ActionId, limit: &Limit) {
        match limit {
            Limit::Amount(_) => self.tongue.tell(out, "offer-limit", &|out, name| match name {
                "what" => self.action(out, action),
                _ => {
                    self.limit(out, action, limit);
                }
            }),
            Limit::None | Limit::Unlimited => self.action(out, action),
        }
    }

    fn advice(&self, out: &mut String, question: &Question, decision: &Decision) -> bool {
        let text = decision.advice.first().and_then(|advice| self.advice_text(*advice));
        if let Some(text) = text {
            self.write_text(out, text, question, decision);
        }
        text.is_some()
    }

    fn find_out(&self, out: &mut String, id: &str, decision: &Decision) -> bool {
        let facts = &decision.need;
        if !facts.is_empty() {
            self.tongue.tell(out, id, &|out, _| self.first_few(out, facts, &|out, fact| self.asks(out, *fact)));
        }
        !facts.is_empty()
    }

    pub(crate) fn advice_text(&self, advice: crate::decide::AdviceRef) -> Option<&Text> {
        let instead = match advice.reason {
            Reason::Rule(id) => &self.policy.rules.get(id.index())?.instead,
            Reason::Fallback(id) => &self.policy.fallbacks.get(id.index())?.instead,
        };
        instead.advice.get(advice.index).map(|advice| &advice.text)
    }
}

/// Which form of its sentence an answer takes.
#[derive(Clone, Copy)]
enum Variant {
    Amount,
    Limit,
    Unlimited,
    Plain,
}

fn variant(decision: &Decision) -> Variant {
    match (decision.outcome, &decision.amount, &decision.limit) {
        (Outcome::UpTo, ..) | (Outcome::Yes | Outcome::Owed, None, Limit::Amount(_)) => Variant::Limit,
        (_, Some(_), _) => Variant::Amount,
        (Outcome::Yes | Outcome::Owed, None, Limit::Unlimited) => Variant::Unlimited,
        _ => Variant::Plain,
    }
}

fn headline_id(place: Place, decision: &Decision) -> &'static str {
    let (sentence, headline) = match (decision.outcome, variant(decision)) {
        (Outcome::Yes, Variant::Amount) => ("yes-amount", "head-yes-amount"),
        (Outcome::Yes, Variant::Limit) => ("yes-limit", "head-yes-limit"),
        (Outcome::Yes, Variant::Unlimited) => ("yes-unlimited", "head-yes-unlimited"),
        (Outcome::Yes, Variant::Plain) => ("yes-plain", "head-yes-plain"),
        (Outcome::Owed, Variant::Amount) => ("owed-amount", "head-owed-amount"),
        (Outcome::Owed, Variant::Limit) => ("owed-limit", "head-owed-limit"),
        (Outcome::Owed, Variant::Unlimited) => ("owed-unlimited", "head-owed-unlimited"),
        (Outcome::Owed, Variant::Plain) => ("owed-plain", "head-owed-plain"),
        (Outcome::UpTo, _) => ("up-to-limit", "head-up-to-limit"),
        (Outcome::Ask, Variant::Amount) => ("ask-amount", "head-ask-amount"),
        (Outcome::Ask, _) => ("ask-plain", "head-ask-plain"),
        (Outcome::No, Variant::Amount) => ("no-amount", "head-no-amount"),
        (Outcome::No, _) => ("no-plain", "head-no-plain"),
        (Outcome::Need, Variant::Amount) => ("need-amount", "head-need-amount"),
        (Outcome::Need, _) => ("need-plain", "head-need-plain"),
    };
    if place == Place::Headline { headline } else { sentence }
}

/// Puts a mark at the end of what was written from `start` on.
fn full_stop(out: &mut String, start: usize) {
    let written = out.get(start..).unwrap_or_default().trim_end();
    let (end, stops) = (start + written.len(), written.ends_with(['.', '!', '?', '…']));
    out.truncate(end);
    if !stops {
        out.push('.');
    }
}
