//! The scenario in Lemma.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;

use lemma::{DateTimeValue, Engine, EvaluateDataValue, IndexMap, ResourceLimits, SourceType};
use peers::{Asked, Bout, Contender, Question, Rule, Scenario, places, places_asked};
use serde::Deserialize;

fn main() -> Result<(), String> {
    let bout = Bout::from_args()?;
    match bout.form.as_str() {
        "sliced" => bout.run::<Lemma<false>>(),
        "sliced-explained" => bout.run::<Lemma<true>>(),
        other => Err(format!("no form is called {other:?}")),
    }
}

/// One spec for each role and action, with one rule: no, unless one of ours holds. Specs are loaded and planned once, evaluated with a fixed instant and for the one rule that is wanted, as in the project's own benches and in
/// <https://lemma.run> "Rust": `evaluate(repository, spec, effective, data, rules, explain)`. The guide of the engine asks for `unless` clauses without `or`, and for explanations only where wanted.
struct Lemma<const EXPLAIN: bool> {
    engine: Engine,
    names: HashMap<String, HashMap<String, String>>,
    now: DateTimeValue,
    rules: [String; 1],
}

type Data = IndexMap<String, EvaluateDataValue>;

struct Prepared {
    role: String,
    action: String,
    data: Data,
}

#[derive(Deserialize)]
struct Call<'a> {
    #[serde(borrow)]
    role: Cow<'a, str>,
    #[serde(borrow)]
    action: Cow<'a, str>,
    facts: IndexMap<String, Fact>,
}

/// Lemma reads numbers as texts, so that they stay exact.
#[derive(Deserialize)]
#[serde(untagged)]
enum Fact {
    Boolean(bool),
    Text(String),
}

impl<const EXPLAIN: bool> Lemma<EXPLAIN> {
    fn holds(&self, role: &str, action: &str, data: Data) -> bool {
        let Some(spec) = self.names.get(role).and_then(|names| names.get(action)) else { return false };
        let response = self.engine.evaluate(None, spec, Some(&self.now), data, Some(&self.rules), EXPLAIN).expect("the spec has an answer");
        response.results["granted"].result() == Some("true")
    }
}

impl<const EXPLAIN: bool> Contender for Lemma<EXPLAIN> {
    type Source = (String, HashMap<String, HashMap<String, String>>);
    type Prepared = Prepared;

    fn source(scenario: &Scenario) -> Self::Source {
        let mut pairs: HashMap<(&str, &str), Vec<&Rule>> = HashMap::new();
        for rule in &scenario.rules {
            pairs.entry((&rule.role, &rule.action)).or_default().push(rule);
        }
        let mut text = String::new();
        let mut names: HashMap<String, HashMap<String, String>> = HashMap::new();
        for ((role, action), rules) in pairs {
            let name = format!("{role}_{action}");
            spec(scenario, &name, &rules, &mut text);
            names.entry(role.to_owned()).or_default().insert(action.to_owned(), name);
        }
        (text, names)
    }

    fn load((text, names): Self::Source) -> Result<Self, String> {
        // The limits guard a service against strangers; these rules are larger than what they expect.
        let limits = ResourceLimits {
            max_source_size_bytes: 1 << 30,
            max_loaded_bytes: 1 << 30,
            max_expression_count: usize::MAX,
            max_normalized_expression_nodes: usize::MAX,
            max_dag_specs: usize::MAX,
            ..ResourceLimits::default()
        };
        let mut engine = Engine::with_limits(limits);
        engine.load([(SourceType::Volatile, text)]).map_err(|errors| format!("{errors:?}").chars().take(400).collect::<String>())?;
        Ok(Self { engine, names, now: DateTimeValue::now(), rules: ["granted".to_owned()] })
    }

    fn prepare(&self, asked: &Asked) -> Prepared {
        let Question { role, action, amount, days, reason, fraud, .. } = &asked.question;
        let mut data: Data = IndexMap::new();
        data.insert("amount".to_owned(), amount.to_string().into());
        data.insert("days".to_owned(), days.to_string().into());
        data.insert("reason".to_owned(), reason.as_str().into());
        for (fact, value) in places_asked(&asked.question) {
            data.insert(fact.to_owned(), value.into());
        }
        data.insert("fraud".to_owned(), EvaluateDataValue::Boolean(*fraud));
        Prepared { role: role.clone(), action: action.clone(), data }
    }

    fn decide(&mut self, question: &Prepared) -> bool {
        self.holds(&question.role, &question.action, question.data.clone())
    }

    fn json(&self, asked: &Asked) -> String {
        let Question { role, action, amount, days, reason, fraud, .. } = &asked.question;
        let mut json = format!(r#"{{"role":"{role}","action":"{action}","facts":{{"amount":"{amount}","days":"{days}","reason":"{reason}""#);
        for (fact, value) in places_asked(&asked.question) {
            let _ = write!(json, r#","{fact}":"{value}""#);
        }
        let _ = write!(json, r#","fraud":{fraud}}}}}"#);
        json
    }

    fn decide_json(&mut self, json: &str) -> bool {
        let call: Call = serde_json::from_str(json).expect("the JSON is right");
        let value = |fact| match fact {
            Fact::Boolean(value) => EvaluateDataValue::Boolean(value),
            Fact::Text(value) => EvaluateDataValue::Literal(value),
        };
        let data = call.facts.into_iter().map(|(name, fact)| (name, value(fact))).collect();
        self.holds(&call.role, &call.action, data)
    }
}

fn spec(scenario: &Scenario, name: &str, rules: &[&Rule], text: &mut String) {
    let _ = write!(text, "spec {name}\n\ndata amount: number\ndata days: number\ndata reason: text\n");
    for (fact, _) in places(&scenario.rules[0]) {
        let _ = writeln!(text, "data {fact}: text");
    }
    text.push_str("data fraud: boolean\n\nrule granted:\n  false\n");
    for rule in rules {
        // Lemma has no `or`: a clause for each reason.
        for reason in &rule.reasons {
            text.push_str("  unless ");
            for (fact, value) in places(rule) {
                let _ = write!(text, "{fact} is \"{value}\" and ");
            }
            let _ = writeln!(text, "amount <= {} and days <= {} and reason is \"{reason}\" and fraud is false then true", rule.limit, rule.days);
        }
    }
    text.push('\n');
}
