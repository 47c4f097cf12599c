//! The floor: the scenario by hand.

use std::hint::black_box;

use peers::by_hand::ByHand;
use peers::{Asked, Bout, Contender, Question, Scenario};

fn main() -> Result<(), String> {
    let bout = Bout::from_args()?;
    match bout.form.as_str() {
        "structs" => bout.run::<Hand>(),
        other => Err(format!("no form is called {other:?}")),
    }
}

/// The floor of all benches, see `benches/scenario`. Its rules are structs from the start, so its load is no load.
struct Hand {
    rules: ByHand<'static>,
    out: Vec<u8>,
}

impl Contender for Hand {
    type Source = &'static Scenario;
    type Prepared = Question;

    fn source(scenario: &Scenario) -> &'static Scenario {
        Box::leak(Box::new(scenario.clone()))
    }

    fn load(scenario: &'static Scenario) -> Result<Self, String> {
        Ok(Self { rules: ByHand::new(scenario), out: Vec::new() })
    }

    fn prepare(&self, asked: &Asked) -> Question {
        asked.question.clone()
    }

    fn decide(&mut self, question: &Question) -> bool {
        self.rules.decide(question)
    }

    fn json(&self, asked: &Asked) -> String {
        asked.json.clone()
    }

    fn decide_json(&mut self, json: &str) -> bool {
        self.out.clear();
        let granted = self.rules.json(json, &mut self.out).expect("the JSON is right");
        black_box(&self.out);
        granted
    }
}
