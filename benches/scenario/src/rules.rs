use std::collections::HashMap;
use std::fmt::Write as _;

use crate::dice::Dice;
use crate::{Euros, Outcome, Question};

/// How the rules lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// About 4 rules for each of many pairs of role and action.
    Spread,
    /// All rules for one role and one action.
    Desk,
}

/// A permission. It holds only where there is no fraud.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Rule {
    /// The name of the rule.
    pub name: String,
    /// The role that may.
    pub role: String,
    /// What it may do.
    pub action: String,
    /// Up to so many cents.
    pub limit: u32,
    /// The reason is one of these.
    pub reasons: [String; 3],
    /// At most so many days since delivery.
    pub days: u32,
    /// The region is this one.
    pub region: String,
    /// The category is this one; at the desk only.
    pub category: Option<String>,
    /// The brand is this one; at the desk only.
    pub brand: Option<String>,
}

/// The one rule of the second role at the desk: it may do the action up to so many cents where there is no fraud.
#[derive(Clone, Debug)]
pub struct Above {
    /// The role, which stands above the only other one.
    pub role: String,
    /// In cents.
    pub limit: u32,
}

/// Rules, and the words in which they and the questions are put.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// How the rules lie.
    pub kind: Kind,
    /// The rules; of one role and action several may hold, the largest limit counts.
    pub rules: Vec<Rule>,
    /// Who stands above; at the desk only. No question is asked by this role.
    pub above: Option<Above>,
    /// The roles that ask. None is above another.
    pub roles: Vec<String>,
    /// The actions.
    pub actions: Vec<String>,
    /// The values of the fact `reason`.
    pub reasons: Vec<String>,
    /// The values of the fact `region`.
    pub regions: Vec<String>,
    /// The values of the fact `category`; empty unless at the desk.
    pub categories: Vec<String>,
    /// The values of the fact `brand`; empty unless at the desk.
    pub brands: Vec<String>,
    /// The rules of each action.
    of_action: HashMap<String, Vec<usize>>,
}

const REASONS: [&str; 8] = ["damaged", "late", "wrong_item", "missing_part", "changed_mind", "wrong_size", "cheaper_elsewhere", "ordered_twice"];

impl Scenario {
    /// The scenario of this kind with so many rules.
    #[must_use]
    pub fn new(kind: Kind, size: usize) -> Self {
        let mut scenario = match kind {
            Kind::Spread => Self::spread(size),
            Kind::Desk => Self::desk(),
        };
        let mut dice = Dice::new(0x5EED ^ size as u64);
        let mut places: Vec<usize> = (0..scenario.places()).collect();
        for number in 0..size {
            let rule = scenario.rule(number, &mut places, &mut dice);
            scenario.of_action.entry(rule.action.clone()).or_default().push(number);
            scenario.rules.push(rule);
        }
        scenario
    }

    fn spread(size: usize) -> Self {
        Self {
            kind: Kind::Spread,
            rules: Vec::with_capacity(size),
            above: None,
            roles: words(&["agent", "senior", "lead", "manager"]),
            actions: numbered("grant", (size / 16).max(4)),
            reasons: words(&REASONS),
            regions: words(&["north", "south", "east", "west", "centre"]),
            categories: Vec::new(),
            brands: Vec::new(),
            of_action: HashMap::new(),
        }
    }

    fn desk() -> Self {
        Self {
            kind: Kind::Desk,
            rules: Vec::new(),
            above: Some(Above { role: "head".to_owned(), limit: 40_000 }),
            roles: words(&["agent"]),
            actions: words(&["refund"]),
            reasons: words(&REASONS),
            regions: numbered("region", 200),
            categories: numbered("category", 50),
            brands: numbered("brand", 50),
            of_action: HashMap::new(),
        }
    }

    /// So many combinations of region, category and brand there are.
    fn places(&self) -> usize {
        self.regions.len() * self.categories.len() * self.brands.len()
    }

    fn rule(&self, number: usize, places: &mut [usize], dice: &mut Dice) -> Rule {
        let mut reasons = self.reasons.clone();
        for at in 0..3 {
            let other = at + dice.below(reasons.len() - at);
            reasons.swap(at, other);
        }
        reasons.truncate(3);
        let pair = number % (self.roles.len() * self.actions.len());
        let mut rule = Rule {
            name: format!("rule_{number}"),
            role: self.roles[pair % self.roles.len()].clone(),
            action: self.actions[pair / self.roles.len()].clone(),
            limit: dice.between(2, 50) * 500,
            reasons: [reasons.remove(0), reasons.remove(0), reasons.remove(0)],
            days: dice.between(1, 12) * 5,
            region: dice.pick(&self.regions).clone(),
            category: None,
            brand: None,
        };
        if self.kind == Kind::Desk {
            // The next of a shuffled list, so that none comes twice.
            let other = number + dice.below(places.len() - number);
            places.swap(number, other);
            let place = places[number];
            rule.region.clone_from(&self.regions[place % self.regions.len()]);
            let place = place / self.regions.len();
            rule.category = Some(self.categories[place % self.categories.len()].clone());
            rule.brand = Some(self.brands[place / self.categories.len()].clone());
        }
        rule
    }

    /// The policy in Kulanz' own language, in one text.
    #[must_use]
    pub fn policy(&self) -> String {
        let mut text = String::from("policy \"Generated\"\n  currency EUR\n  time zone Europe/Berlin\n  languages en\n\n");
        for role in &self.roles {
            let _ = writeln!(text, "role {role} \"{role}\"");
        }
        if let Some(above) = &self.above {
            let _ = writeln!(text, "role {} \"{}\"\n  above {}", above.role, above.role, self.roles.join(", "));
        }
        for action in &self.actions {
            let _ = writeln!(text, "action {action} of money \"{action}\"");
        }
        for (fact, values) in [("reason", &self.reasons), ("region", &self.regions), ("category", &self.categories), ("brand", &self.brands)] {
            if !values.is_empty() {
                let _ = writeln!(text, "fact {fact} one of {}", values.join(", "));
            }
        }
        text += "fact days_since_delivery number\nfact fraud yes/no\n";
        for rule in &self.rules {
            rule.write(&mut text);
        }
        if let Some(above) = &self.above {
            let (role, action, limit) = (&above.role, &self.actions[0], Euros(above.limit));
            let _ = writeln!(text, "\nrule of_the_{role} \"Above the desk\"\n  {role} may {action} up to {limit} EUR\n  when not fraud");
        }
        text
    }

    /// What this question leads to, when everything has been told.
    #[must_use]
    pub fn outcome(&self, question: &Question) -> Outcome {
        let (own, others) = self.authorities(question, true);
        match question.amount {
            amount if amount <= own => Outcome::Yes,
            _ if own > 0 => Outcome::UpTo(own),
            amount if amount <= others => Outcome::Ask,
            _ => Outcome::No,
        }
    }

    /// What this question leads to, when nobody has told the region. Every rule of the role asks for one, so the role surely has nothing.
    #[must_use]
    pub fn outcome_without_region(&self, question: &Question) -> Outcome {
        let (perhaps, others_perhaps) = self.authorities(question, false);
        let above = self.above.as_ref().filter(|_| !question.fraud).map_or(0, |above| above.limit);
        match question.amount {
            amount if amount <= perhaps => Outcome::Need,
            amount if amount <= above => Outcome::Ask,
            amount if amount <= others_perhaps => Outcome::Need,
            _ => Outcome::No,
        }
    }

    /// The largest limit of the asker's own role and that of all others, in cents.
    fn authorities(&self, question: &Question, read_region: bool) -> (u32, u32) {
        let above = self.above.as_ref().filter(|_| !question.fraud).map_or(0, |above| above.limit);
        let rules = self.of_action.get(&question.action).into_iter().flatten().map(|&number| &self.rules[number]);
        rules.filter(|rule| rule.holds(question, read_region)).fold((0, above), |(own, others), rule| {
            if rule.role == question.role { (own.max(rule.limit), others) } else { (own, others.max(rule.limit)) }
        })
    }
}

impl Rule {
    /// Do its conditions hold in this case, whoever asks for however much?
    #[must_use]
    pub fn applies(&self, question: &Question) -> bool {
        self.holds(question, true)
    }

    fn holds(&self, question: &Question, read_region: bool) -> bool {
        (!read_region || question.region == self.region)
            && question.category == self.category
            && question.brand == self.brand
            && question.days <= self.days
            && self.reasons.contains(&question.reason)
            && !question.fraud
    }

    fn write(&self, text: &mut String) {
        let Self { name, role, action, limit, reasons, days, region, category, brand } = self;
        let _ = write!(text, "\nrule {name} \"{}\"\n  {role} may {action} up to {} EUR\n", name.replace('_', " "), Euros(*limit));
        let _ = write!(text, "  when reason is one of {}\n   and days_since_delivery <= {days}\n   and region is {region}\n", reasons.join(", "));
        for (fact, value) in [("category", category), ("brand", brand)] {
            if let Some(value) = value {
                let _ = writeln!(text, "   and {fact} is {value}");
            }
        }
        text.push_str("   and not fraud\n");
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

fn numbered(word: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{word}_{number}")).collect()
}
