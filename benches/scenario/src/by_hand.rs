//! The floor: what somebody would write who has these rules only, and needs no language.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::{Kind, Question, Rule, Scenario};

/// A hash map from role and action to rules whose texts are compared as texts. At the desk the key is role, action, region, category and brand, for nobody would look through all rules of a desk by hand.
#[derive(Clone, Debug)]
pub struct ByHand<'s> {
    kind: Kind,
    rules: HashMap<Key<'s>, Vec<Rule>>,
}

/// What is looked up: at the spread rules, the last three are empty.
type Key<'k> = (&'k str, &'k str, Option<[&'k str; 3]>);

/// A question whose texts stand elsewhere.
#[derive(Clone, Copy)]
struct Case<'q> {
    role: &'q str,
    action: &'q str,
    amount: u32,
    reason: &'q str,
    days: u32,
    region: &'q str,
    category: &'q str,
    brand: &'q str,
    fraud: bool,
}

#[derive(Deserialize)]
struct Read<'t> {
    #[serde(borrow)]
    actor: Asker<'t>,
    action: &'t str,
    amount: &'t str,
    facts: Facts<'t>,
}

#[derive(Deserialize)]
struct Asker<'t> {
    #[serde(borrow)]
    id: &'t str,
    role: &'t str,
}

#[derive(Deserialize)]
struct Facts<'t> {
    #[serde(borrow)]
    reason: &'t str,
    days_since_delivery: u32,
    region: &'t str,
    #[serde(default)]
    category: &'t str,
    #[serde(default)]
    brand: &'t str,
    fraud: bool,
}

#[derive(Serialize)]
struct Reply<'t> {
    answer: &'static str,
    allowed: bool,
    actor: &'t str,
    action: &'t str,
}

impl<'s> ByHand<'s> {
    /// Lays out the rules of a scenario.
    #[must_use]
    pub fn new(scenario: &'s Scenario) -> Self {
        Self::of_rules(scenario.kind, &scenario.rules)
    }

    /// Lays out these rules.
    #[must_use]
    pub fn of_rules(kind: Kind, rules: &'s [Rule]) -> Self {
        let mut by_key: HashMap<Key<'s>, Vec<Rule>> = HashMap::new();
        for rule in rules {
            let place = place(kind, &rule.region, rule.category.as_deref().unwrap_or_default(), rule.brand.as_deref().unwrap_or_default());
            by_key.entry((&rule.role, &rule.action, place)).or_default().push(rule.clone());
        }
        Self { kind, rules: by_key }
    }

    /// How many pairs of role and action have rules; at the desk, how many places.
    #[must_use]
    pub fn pairs(&self) -> usize {
        self.rules.len()
    }

    /// Is the whole amount granted?
    #[must_use]
    pub fn decide(&self, question: &Question) -> bool {
        self.grants(&Case {
            role: &question.role,
            action: &question.action,
            amount: question.amount,
            reason: &question.reason,
            days: question.days,
            region: &question.region,
            category: question.category.as_deref().unwrap_or_default(),
            brand: question.brand.as_deref().unwrap_or_default(),
            fraud: question.fraud,
        })
    }

    /// The same for a question in JSON, whose region must be told; a short answer is written behind what is in `out`.
    ///
    /// # Errors
    ///
    /// Where it is not such a question.
    pub fn json(&self, text: &str, out: &mut Vec<u8>) -> Result<bool, serde_json::Error> {
        let read: Read<'_> = serde_json::from_str(text)?;
        let granted = self.grants(&Case {
            role: read.actor.role,
            action: read.action,
            amount: cents(read.amount).ok_or_else(|| serde::de::Error::custom("no amount"))?,
            reason: read.facts.reason,
            days: read.facts.days_since_delivery,
            region: read.facts.region,
            category: read.facts.category,
            brand: read.facts.brand,
            fraud: read.facts.fraud,
        });
        let answer = if granted { "yes" } else { "no" };
        serde_json::to_writer(out, &Reply { answer, allowed: granted, actor: read.actor.id, action: read.action })?;
        Ok(granted)
    }

    fn grants(&self, case: &Case<'_>) -> bool {
        let key = (case.role, case.action, place(self.kind, case.region, case.category, case.brand));
        self.rules.get(&key).is_some_and(|rules| rules.iter().any(|rule| case.is_granted_by(rule)))
    }
}

fn place<'k>(kind: Kind, region: &'k str, category: &'k str, brand: &'k str) -> Option<[&'k str; 3]> {
    (kind == Kind::Desk).then_some([region, category, brand])
}

impl Case<'_> {
    fn is_granted_by(&self, rule: &Rule) -> bool {
        self.amount <= rule.limit
            && self.days <= rule.days
            && !self.fraud
            && rule.region == self.region
            && rule.category.as_deref().is_none_or(|category| category == self.category)
            && rule.brand.as_deref().is_none_or(|brand| brand == self.brand)
            && rule.reasons.iter().any(|reason| reason == self.reason)
    }
}

/// `12.05 EUR` in cents.
fn cents(text: &str) -> Option<u32> {
    let (euros, cents) = text.strip_suffix(" EUR")?.split_once('.')?;
    if cents.len() != 2 {
        return None;
    }
    euros.parse::<u32>().ok()?.checked_mul(100)?.checked_add(cents.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grants_what_a_look_at_every_rule_grants() {
        for (kind, size) in [(Kind::Spread, 16), (Kind::Spread, 1_600), (Kind::Desk, 1_600)] {
            let scenario = Scenario::new(kind, size);
            let by_hand = ByHand::new(&scenario);
            for asked in scenario.questions() {
                assert_eq!(by_hand.decide(&asked.question), asked.granted(), "{}", asked.json);
                let mut answer = Vec::new();
                assert_eq!(by_hand.json(&asked.json, &mut answer).unwrap(), asked.granted(), "{}", asked.json);
                let word = if asked.granted() { "yes" } else { "no" };
                assert!(answer.starts_with(format!(r#"{{"answer":"{word}","allowed":"#).as_bytes()));
            }
        }
    }

    #[test]
    fn amounts_are_read_exactly() {
        assert_eq!(cents("12.05 EUR"), Some(1_205));
        for wrong in ["12.5 EUR", "12 EUR", "12.05", "x.05 EUR", "4294967295.00 EUR"] {
            assert_eq!(cents(wrong), None);
        }
    }
}
