//! A question that is written over by the next one.

use super::names::Names;
use super::reader::Request;
use super::{Actor, Explain, FactState, Provenance, Question, default_state};
use crate::number::Number;
use crate::policy::expr::Value;
use crate::policy::{ActionId, BudgetId, ChoiceId, Fact, FactId, Policy, RoleId};

/// Where a fact was given.
pub(super) const SAID: u8 = 1;
/// Likewise.
pub(super) const ON_RECORD: u8 = 2;

/// So many texts and sets are kept to be used again…
const MOST_KEPT: usize = 64;
/// …of a text only the memory of one that is no longer, in bytes.
const LONGEST_KEPT: usize = 1 << 10;

/// Room for a question, for as many as follow one another. With it, reading a plain question takes no memory of its own.
#[derive(Debug)]
pub struct Slate {
    pub(super) request: Request,
    /// Whose facts and budgets there is room for.
    names: Option<u64>,
    /// By [`FactId`]: where each was given.
    given: Vec<u8>,
    /// The facts that were given.
    facts: Vec<FactId>,
    /// By group: where each was given.
    groups: Vec<u8>,
    /// The budgets of which something was said.
    budgets: Vec<BudgetId>,
    texts: Vec<String>,
    sets: Vec<Vec<ChoiceId>>,
}

impl Default for Slate {
    fn default() -> Self {
        let question = Question {
            actor: Actor { id: None, role: RoleId::new(0), team: None },
            action: ActionId::new(0),
            amount: None,
            facts: Vec::new(),
            spent: Vec::new(),
            at: jiff::Timestamp::UNIX_EPOCH,
            explain: Explain::Decisive,
        };
        let request = Request { question, language: 0 };
        Self {
            request,
            names: None,
            given: Vec::new(),
            facts: Vec::new(),
            groups: Vec::new(),
            budgets: Vec::new(),
            texts: Vec::new(),
            sets: Vec::new(),
        }
    }
}

impl Slate {
    /// Makes room for a question of this policy, of which nothing is known.
    pub(super) fn wipe(&mut self, policy: &Policy, names: &Names, now: jiff::Timestamp) {
        let question = &mut self.request.question;
        for text in [&mut question.actor.id, &mut question.actor.team] {
            if let Some(text) = text.take() {
                keep_text(&mut self.texts, text);
            }
        }
        (question.amount, question.at, question.explain) = (None, now, Explain::Decisive);
        self.request.language = 0;
        if self.names != Some(names.id) {
            self.names = Some(names.id);
            question.facts = policy.facts.iter().map(default_state).collect();
            question.spent = vec![Number::ZERO; policy.budgets.len()];
            self.given = vec![0; policy.facts.len()];
            self.groups = vec![0; names.groups()];
            self.facts.clear();
            self.budgets.clear();
            return;
        }
        while let Some(id) = self.facts.pop() {
            if let Some(fact) = policy.facts.get(id.index()) {
                let state = self.default_state(fact);
                self.set(id, state);
            }
            if let Some(given) = self.given.get_mut(id.index()) {
                *given = 0;
            }
        }
        self.groups.fill(0);
        while let Some(id) = self.budgets.pop() {
            if let Some(spent) = self.request.question.spent.get_mut(id.index()) {
                *spent = Number::ZERO;
            }
        }
    }

    /// As [`default_state`], in memory that was used before.
    fn default_state(&mut self, fact: &Fact) -> FactState {
        let value = match &fact.default {
            Some(Value::Text(text)) => Value::Text(self.text(text)),
            Some(Value::Set(ids)) => {
                let mut set = self.new_set();
                set.extend(ids);
                Value::Set(set)
            }
            _ => return default_state(fact),
        };
        FactState::Known(value, Provenance::Default)
    }

    /// Puts a question here that was read elsewhere.
    pub(super) fn put(&mut self, request: Request) {
        (self.request, self.names) = (request, None);
    }

    /// Notes that a fact is given; `None` where it is given twice in the same place, else where it was given before.
    pub(super) fn give(&mut self, id: FactId, origin: u8) -> Option<u8> {
        let given = self.given.get_mut(id.index())?;
        let before = *given;
        if before & origin != 0 {
            return None;
        }
        *given |= origin;
        if before == 0 {
            self.facts.push(id);
        }
        Some(before)
    }

    /// Notes that a group is given; `None` where it is given twice in the same place.
    pub(super) fn open(&mut self, group: usize, origin: u8) -> Option<()> {
        let given = self.groups.get_mut(group)?;
        let is_first = *given & origin == 0;
        *given |= origin;
        is_first.then_some(())
    }

    /// Sets the state of a fact.
    pub(super) fn set(&mut self, id: FactId, state: FactState) {
        let Some(slot) = self.request.question.facts.get_mut(id.index()) else { return };
        match slot {
            FactState::Known(Value::Text(text), _) => keep_text(&mut self.texts, std::mem::take(text)),
            FactState::Known(Value::Set(set), _) if self.sets.len() < MOST_KEPT => self.sets.push(std::mem::take(set)),
            _ => {}
        }
        *slot = state;
    }

    /// Sets what a budget has used; `None` where it is said twice.
    pub(super) fn spend(&mut self, id: BudgetId, used: Number) -> Option<()> {
        if self.budgets.contains(&id) {
            return None;
        }
        self.budgets.push(id);
        *self.request.question.spent.get_mut(id.index())? = used;
        Some(())
    }

    /// A text in memory that was used before.
    pub(super) fn text(&mut self, written: &str) -> String {
        let mut text = self.texts.pop().unwrap_or_default();
        text.clear();
        text.push_str(written);
        text
    }

    /// An empty set in memory that was used before.
    pub(super) fn new_set(&mut self) -> Vec<ChoiceId> {
        let mut set = self.sets.pop().unwrap_or_default();
        set.clear();
        set
    }
}

fn keep_text(kept: &mut Vec<String>, text: String) {
    if kept.len() < MOST_KEPT && text.capacity() <= LONGEST_KEPT {
        kept.push(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_bounded() {
        let mut kept = Vec::new();
        (0..1_000).for_each(|_| keep_text(&mut kept, "a".repeat(LONGEST_KEPT)));
        assert_eq!(kept.len(), MOST_KEPT);
        kept.clear();
        keep_text(&mut kept, "a".repeat(LONGEST_KEPT + 1));
        assert_eq!(kept.len(), 0);
    }
}
