//! The scenario in Cerbos, with the program from its npm package.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use peers::{Asked, Question, Rule, Scenario, places, places_asked, words};
use serde_json::{Map, Value, json};

/// Where it is asked: <https://docs.cerbos.dev/cerbos/latest/api/#check-resources>.
pub const PATH: &str = "/api/check/resources";

/// Writes the policies and the configuration, and says how to start it and where it will listen.
///
/// A resource policy for each action of ours, because Cerbos finds policies by kind of resource, and rules by role and action: <https://docs.cerbos.dev/cerbos/latest/policies/best_practices>. Nothing is watched, audited or reported,
/// and requests are not logged: <https://docs.cerbos.dev/cerbos/latest/configuration/>.
///
/// # Errors
/// Where files cannot be written, or no port is free.
pub fn server(program: &Path, scenario: &Scenario, folder: &Path) -> Result<(Command, String), String> {
    let policies = folder.join("cerbos");
    fs::create_dir(&policies).map_err(words)?;
    let mut by_action: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for one in &scenario.rules {
        by_action.entry(&one.action).or_default().push(rule(one));
    }
    for (action, rules) in by_action {
        let policy = json!({ "apiVersion": "api.cerbos.dev/v1", "resourcePolicy": { "version": "default", "resource": action, "rules": rules } });
        // JSON is YAML.
        fs::write(policies.join(format!("{action}.json")), policy.to_string()).map_err(words)?;
    }
    let (http, grpc) = (free_port()?, free_port()?);
    let address = format!("127.0.0.1:{http}");
    let configuration = json!({
        "server": { "httpListenAddr": address, "grpcListenAddr": format!("127.0.0.1:{grpc}") },
        "storage": { "driver": "disk", "disk": { "directory": policies, "watchForChanges": false } },
        "audit": { "enabled": false },
        "telemetry": { "disabled": true },
    });
    let file = folder.join("cerbos.yaml");
    fs::write(&file, configuration.to_string()).map_err(words)?;
    let mut command = Command::new(program);
    command.arg("server").arg("--config").arg(file).arg("--log-level=error");
    Ok((command, address))
}

/// What is likeliest to fail stands first.
fn rule(rule: &Rule) -> Value {
    let Rule { role, limit, reasons: [one, two, three], days, .. } = rule;
    let mut test = String::new();
    for (fact, value) in places(rule) {
        let _ = write!(test, "R.attr.{fact} == \"{value}\" && ");
    }
    let _ = write!(
        test,
        "R.attr.amount <= {limit}.0 && R.attr.days <= {days}.0 && R.attr.reason in [\"{one}\", \"{two}\", \"{three}\"] && !R.attr.fraud"
    );
    json!({ "actions": ["grant"], "effect": "EFFECT_ALLOW", "roles": [role], "condition": { "match": { "expr": test } } })
}

/// A question as Cerbos takes it.
pub fn request(asked: &Asked) -> String {
    let Question { actor, role, action, amount, days, reason, fraud, .. } = &asked.question;
    let mut attributes = Map::new();
    attributes.insert("amount".to_owned(), (*amount).into());
    attributes.insert("days".to_owned(), (*days).into());
    attributes.insert("reason".to_owned(), reason.as_str().into());
    attributes.insert("fraud".to_owned(), (*fraud).into());
    attributes.extend(places_asked(&asked.question).map(|(fact, value)| (fact.to_owned(), value.into())));
    json!({
        "principal": { "id": actor, "roles": [role] },
        "resources": [{ "actions": ["grant"], "resource": { "kind": action, "id": "case", "attr": attributes } }],
    })
    .to_string()
}

/// Its word for an answer.
pub fn effect(granted: bool) -> &'static str {
    if granted { "EFFECT_ALLOW" } else { "EFFECT_DENY" }
}

fn free_port() -> Result<u16, String> {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).map(|address| address.port()).map_err(words)
}
