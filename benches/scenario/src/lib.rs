//! Rules and questions by which Kulanz and its peers are measured, always the same for the same size.
//!
//! - [`Kind::Spread`]: N rules, each a permission of one (role, action) pair: 4 roles, N/16 actions but at least 4, so about 4 rules a pair. A rule has a limit, a `reason` that is one of 3 out of 8, at most so many days since delivery, a
//!   region that is one of 5, and says that there is no fraud.
//! - [`Kind::Desk`]: N rules for one role and one action. They read what the others read, and each has its own region (of 200), category (of 50) and brand (of 50): no two rules share all three. Beside them stands one rule of a
//!   second role ([`Scenario::above`]), so that there is somebody to ask.
//!
//! Nothing here knows Kulanz: what is granted is found by looking at every rule in turn ([`Scenario::outcome`]).

pub mod by_hand;
mod dice;
mod rules;

use std::fmt::Write as _;

use dice::Dice;
pub use rules::{Above, Kind, Rule, Scenario};

/// The sizes, in rules.
pub const SIZES: [usize; 4] = [16, 160, 1_600, 16_000];

/// How many questions [`Scenario::questions`] has.
pub const QUESTIONS: usize = 10_000;

/// One question: may this role do this, in this case?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The id of the asker.
    pub actor: String,
    /// The role of the asker.
    pub role: String,
    /// The action asked for.
    pub action: String,
    /// How much is asked for, in cents; above zero.
    pub amount: u32,
    /// What happened, one of [`Scenario::reasons`].
    pub reason: String,
    /// Whole days since delivery.
    pub days: u32,
    /// One of [`Scenario::regions`].
    pub region: String,
    /// One of [`Scenario::categories`]; at the desk only.
    pub category: Option<String>,
    /// One of [`Scenario::brands`]; at the desk only.
    pub brand: Option<String>,
    /// Is fraud being examined?
    pub fraud: bool,
}

/// What a question leads to, by plain evaluation of every rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The role may grant the amount.
    Yes,
    /// The role may grant a part of it, so many cents.
    UpTo(u32),
    /// The role may grant nothing, somebody else the amount.
    Ask,
    /// Nobody may grant the amount, and the role nothing.
    No,
    /// It hangs on the region, which has not been told.
    Need,
}

/// A word for each [`Outcome`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Word {
    /// [`Outcome::Yes`]
    Yes,
    /// [`Outcome::UpTo`]
    UpTo,
    /// [`Outcome::Ask`]
    Ask,
    /// [`Outcome::No`]
    No,
    /// [`Outcome::Need`]
    Need,
}

impl Word {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Yes, Self::UpTo, Self::Ask, Self::No, Self::Need];

    /// As Kulanz writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::UpTo => "up_to",
            Self::Ask => "ask",
            Self::No => "no",
            Self::Need => "need",
        }
    }
}

impl Outcome {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> Word {
        match self {
            Self::Yes => Word::Yes,
            Self::UpTo(_) => Word::UpTo,
            Self::Ask => Word::Ask,
            Self::No => Word::No,
            Self::Need => Word::Need,
        }
    }
}

/// A question with what it must lead to.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The question. Where the outcome is [`Outcome::Need`], its region is known to nobody and stands not in the JSON.
    pub question: Question,
    /// What it leads to.
    pub outcome: Outcome,
    /// The same question as JSON.
    pub json: String,
}

impl Asked {
    fn new(question: Question, outcome: Outcome) -> Self {
        let json = question.json(outcome != Outcome::Need, false);
        Self { question, outcome, json }
    }

    /// Is the whole amount granted?
    #[must_use]
    pub fn granted(&self) -> bool {
        self.outcome == Outcome::Yes
    }

    /// The question as JSON, which wants to know why.
    #[must_use]
    pub fn json_with_explain(&self) -> String {
        self.question.json(self.outcome != Outcome::Need, true)
    }
}

impl Question {
    fn json(&self, with_region: bool, explain: bool) -> String {
        let mut json = format!(
            r#"{{"actor":{{"id":"{}","role":"{}"}},"action":"{}","amount":"{} EUR","facts":{{"reason":"{}","days_since_delivery":{}"#,
            self.actor,
            self.role,
            self.action,
            Euros(self.amount),
            self.reason,
            self.days
        );
        let region = with_region.then_some(&self.region);
        for (fact, value) in [("region", region), ("category", self.category.as_ref()), ("brand", self.brand.as_ref())] {
            if let Some(value) = value {
                let _ = write!(json, r#","{fact}":"{value}""#);
            }
        }
        let _ = write!(json, r#","fraud":{}}}"#, self.fraud);
        json += if explain { r#","explain":true}"# } else { "}" };
        json
    }
}

/// Cents, written as euros.
struct Euros(u32);

impl std::fmt::Display for Euros {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

impl Scenario {
    /// 10,000 questions with everything told, about half of them granted.
    #[must_use]
    pub fn questions(&self) -> Vec<Asked> {
        let mut dice = Dice::new(0xA5ED ^ self.rules.len() as u64);
        (0..QUESTIONS)
            .map(|_| {
                let question = match dice.below(4) {
                    0 | 1 => self.granted_by_a_rule(&mut dice),
                    2 => self.just_missed(&mut dice),
                    _ => self.anything(&mut dice),
                };
                let outcome = self.outcome(&question);
                Asked::new(question, outcome)
            })
            .collect()
    }

    /// So many questions that lead to this word.
    #[must_use]
    pub fn questions_for(&self, word: Word, count: usize) -> Vec<Asked> {
        let mut dice = Dice::new(0x0DD5 ^ self.rules.len() as u64);
        let mut asked = Vec::with_capacity(count);
        while asked.len() < count {
            let question = self.meant_for(word, &mut dice);
            let outcome = if word == Word::Need { self.outcome_without_region(&question) } else { self.outcome(&question) };
            if outcome.word() == word {
                asked.push(Asked::new(question, outcome));
            }
        }
        asked
    }

    fn meant_for(&self, word: Word, dice: &mut Dice) -> Question {
        let mut question = self.granted_by_a_rule(dice);
        match word {
            Word::Yes | Word::Need => {}
            Word::UpTo => question.amount += dice.between(1, 20_000),
            Word::Ask if self.above.is_some() => question.reason.clone_from(dice.pick(&self.reasons)),
            Word::Ask => question.role.clone_from(dice.pick(&self.roles)),
            Word::No => question = self.just_missed(dice),
        }
        question
    }

    /// A case of one rule, and an amount within its limit.
    fn granted_by_a_rule(&self, dice: &mut Dice) -> Question {
        let rule = dice.pick(&self.rules);
        Question {
            actor: actor(dice),
            role: rule.role.clone(),
            action: rule.action.clone(),
            amount: dice.between(1, rule.limit),
            reason: dice.pick(&rule.reasons).clone(),
            days: dice.between(0, rule.days),
            region: rule.region.clone(),
            category: rule.category.clone(),
            brand: rule.brand.clone(),
            fraud: false,
        }
    }

    /// A case of one rule but for one thing.
    fn just_missed(&self, dice: &mut Dice) -> Question {
        let mut question = self.granted_by_a_rule(dice);
        match dice.below(5) {
            0 => question.amount += dice.between(10_000, 30_000),
            1 => question.reason.clone_from(dice.pick(&self.reasons)),
            2 => question.days += dice.between(30, 60),
            3 => question.region.clone_from(dice.pick(&self.regions)),
            _ => question.fraud = true,
        }
        question
    }

    /// Any case of anybody.
    fn anything(&self, dice: &mut Dice) -> Question {
        Question {
            actor: actor(dice),
            role: dice.pick(&self.roles).clone(),
            action: dice.pick(&self.actions).clone(),
            amount: dice.between(1, 30_000),
            reason: dice.pick(&self.reasons).clone(),
            days: dice.between(0, 90),
            region: dice.pick(&self.regions).clone(),
            category: (!self.categories.is_empty()).then(|| dice.pick(&self.categories).clone()),
            brand: (!self.brands.is_empty()).then(|| dice.pick(&self.brands).clone()),
            fraud: dice.chance(10),
        }
    }
}

fn actor(dice: &mut Dice) -> String {
    format!("anna-{}", dice.below(500))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY: [(Kind, usize); 6] =
        [(Kind::Spread, 16), (Kind::Spread, 160), (Kind::Spread, 1_600), (Kind::Desk, 16), (Kind::Desk, 160), (Kind::Desk, 1_600)];

    #[test]
    fn about_half_is_granted() {
        for (kind, size) in EVERY {
            let granted = Scenario::new(kind, size).questions().iter().filter(|asked| asked.granted()).count();
            assert!((4_500..=6_000).contains(&granted), "{kind:?} {size}: {granted}");
        }
    }

    #[test]
    fn every_outcome_can_be_had() {
        for (kind, size) in EVERY {
            let scenario = Scenario::new(kind, size);
            for word in Word::ALL {
                assert_eq!(scenario.questions_for(word, 20).len(), 20, "{kind:?} {size} {word:?}");
            }
        }
    }

    #[test]
    fn the_same_size_is_the_same_scenario() {
        for (kind, size) in EVERY {
            let (one, other) = (Scenario::new(kind, size), Scenario::new(kind, size));
            assert_eq!(one.policy(), other.policy());
            assert!(one.questions().iter().zip(other.questions()).all(|(one, other)| one.json == other.json));
        }
    }

    #[test]
    fn rules_are_about_four_a_pair() {
        let scenario = Scenario::new(Kind::Spread, 1_600);
        assert_eq!((scenario.roles.len(), scenario.actions.len(), scenario.rules.len()), (4, 100, 1_600));
        for role in &scenario.roles {
            for action in &scenario.actions {
                assert_eq!(scenario.rules.iter().filter(|rule| rule.role == *role && rule.action == *action).count(), 4);
            }
        }
    }

    #[test]
    fn no_two_rules_of_a_desk_share_region_category_and_brand() {
        let scenario = Scenario::new(Kind::Desk, 16_000);
        let places: std::collections::HashSet<_> = scenario.rules.iter().map(|rule| (&rule.region, &rule.category, &rule.brand)).collect();
        assert_eq!(places.len(), scenario.rules.len());
    }

    #[test]
    fn a_question_is_written_as_json() {
        let question = Question {
            actor: "anna-1".into(),
            role: "agent".into(),
            action: "grant_3".into(),
            amount: 1_205,
            reason: "late".into(),
            days: 12,
            region: "north".into(),
            category: None,
            brand: None,
            fraud: false,
        };
        let text = r#"{"actor":{"id":"anna-1","role":"agent"},"action":"grant_3","amount":"12.05 EUR","facts":{"reason":"late","days_since_delivery":12,"region":"north","fraud":false}}"#;
        assert_eq!(question.json(true, false), text);
        let text = r#"{"actor":{"id":"anna-1","role":"agent"},"action":"grant_3","amount":"12.05 EUR","facts":{"reason":"late","days_since_delivery":12,"fraud":false},"explain":true}"#;
        assert_eq!(question.json(false, true), text);
    }
}
