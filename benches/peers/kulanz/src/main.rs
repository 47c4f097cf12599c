//! The scenario in Kulanz.

#[path = "../../../kulanz/mod.rs"]
mod calls;

use kulanz::question::Request;
use peers::{Asked, Bout, Contender, Scenario};

use crate::calls::{Asker, Kulanz};

fn main() -> Result<(), String> {
    let bout = Bout::from_args()?;
    match bout.form.as_str() {
        "engine" => bout.run::<Whole>(),
        other => Err(format!("no form is called {other:?}")),
    }
}

/// All rules in one policy. From JSON the answer is the whole one, with its sentences, written as JSON.
struct Whole {
    policy: &'static Kulanz,
    asker: Asker<'static>,
    line: String,
}

impl Contender for Whole {
    type Source = String;
    type Prepared = Request;

    fn source(scenario: &Scenario) -> String {
        scenario.policy()
    }

    fn load(text: String) -> Result<Self, String> {
        let policy: &Kulanz = Box::leak(Box::new(Kulanz::from_text(&text)));
        Ok(Self { policy, asker: policy.asker(), line: String::new() })
    }

    fn prepare(&self, asked: &Asked) -> Request {
        self.policy.prepare(&asked.json)
    }

    fn decide(&mut self, question: &Request) -> bool {
        self.asker.decide(question) == "yes"
    }

    fn json(&self, asked: &Asked) -> String {
        asked.json.clone()
    }

    fn decide_json(&mut self, json: &str) -> bool {
        self.asker.answer(json, &mut self.line);
        self.line.starts_with(r#"{"answer":"yes""#)
    }
}
