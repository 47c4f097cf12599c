//! The scenario in Cedar.

use std::str::FromStr;
use std::time::Instant;

use cedar_policy::{PolicySet, Schema, ValidationMode, Validator};
use peer_cedar::{Cedar, Sliced, Whole, pairs};
use peers::{Bout, Kind, Scenario, words};

fn main() -> Result<(), String> {
    let bout = Bout::from_args()?;
    match bout.form.as_str() {
        "sliced" => bout.run::<Cedar<Sliced>>(),
        "whole" => bout.run::<Cedar<Whole>>(),
        "validate" => validate(&bout),
        other => Err(format!("no form is called {other:?}")),
    }
}

/// Validation against a schema, which the documentation recommends for every change of policies. Says the nanoseconds of parsing and of validating.
fn validate(bout: &Bout) -> Result<(), String> {
    let scenario = Scenario::new(bout.kind, bout.size);
    let text: String = pairs(&scenario).into_iter().map(|pair| pair.text).collect();
    let start = Instant::now();
    let policies = PolicySet::from_str(&text).map_err(words)?;
    let parse = start.elapsed();
    let further = if bout.kind == Kind::Desk { ", category: String, brand: String" } else { "" };
    let actions: Vec<String> = scenario.actions.iter().map(|action| format!("\"{action}\"")).collect();
    let schema = format!(
        "entity Role; entity Case; action {} appliesTo {{ principal: [Role], resource: [Case], context: {{ amount: Long, days: Long, reason: String, region: String{further}, fraud: Bool }} }};",
        actions.join(", ")
    );
    let start = Instant::now();
    let (schema, _) = Schema::from_cedarschema_str(&schema).map_err(words)?;
    let result = Validator::new(schema).validate(&policies, ValidationMode::default());
    let validate = start.elapsed();
    if let Some(error) = result.validation_errors().next() {
        return Err(error.to_string());
    }
    println!("{}", serde_json::json!({"parse_ns": parse.as_nanos() as u64, "validate_ns": validate.as_nanos() as u64}));
    Ok(())
}
