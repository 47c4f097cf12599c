//! As much of JSON Schema as the schema of the decision log uses. A word that it does not know is a failure.

use serde_json::Value;

/// Words that say nothing about what fits.
const SILENT: [&str; 6] = ["$schema", "$id", "$defs", "title", "description", "format"];

pub fn schema() -> Value {
    serde_json::from_str(include_str!("../../../docs/decision-log.schema.json")).unwrap()
}

/// Why a value does not fit a schema.
pub fn misfit(root: &Value, schema: &Value, value: &Value, path: &str) -> Option<String> {
    let schema = schema.as_object().unwrap();
    schema.iter().filter(|(word, _)| !SILENT.contains(&word.as_str())).find_map(|(word, rule)| {
        let fits = |is_so: bool| (!is_so).then(|| format!("{path}: {value} does not fit {word} {rule}"));
        match word.as_str() {
            "$ref" => misfit(root, root.pointer(rule.as_str().unwrap().strip_prefix('#').unwrap()).unwrap(), value, path),
            "const" => fits(value == rule),
            "enum" => fits(rule.as_array().unwrap().contains(value)),
            "anyOf" => fits(rule.as_array().unwrap().iter().any(|one| misfit(root, one, value, path).is_none())),
            "type" => fits(match rule {
                Value::Array(kinds) => kinds.iter().any(|kind| is_a(kind.as_str().unwrap(), value)),
                kind => is_a(kind.as_str().unwrap(), value),
            }),
            "minimum" => fits(value.as_f64().unwrap() >= rule.as_f64().unwrap()),
            "maximum" => fits(value.as_f64().unwrap() <= rule.as_f64().unwrap()),
            "exclusiveMinimum" => fits(value.as_f64().unwrap() > rule.as_f64().unwrap()),
            "items" => value.as_array()?.iter().find_map(|item| misfit(root, rule, item, &format!("{path}[]"))),
            "required" => fits(rule.as_array().unwrap().iter().all(|name| value.get(name.as_str().unwrap()).is_some())),
            "properties" => value.as_object()?.iter().find_map(|(name, value)| misfit(root, rule.get(name)?, value, &format!("{path}/{name}"))),
            "additionalProperties" => {
                let known = |name: &str| schema.get("properties").is_some_and(|known| known.get(name).is_some());
                value.as_object()?.iter().filter(|(name, _)| !known(name)).find_map(|(name, value)| match rule {
                    Value::Bool(false) => Some(format!("{path}: there is no {name}")),
                    rule => misfit(root, rule, value, &format!("{path}/{name}")),
                })
            }
            unknown => panic!("the schema says {unknown}"),
        }
    })
}

fn is_a(kind: &str, value: &Value) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_u64() || value.is_i64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("{other}"),
    }
}

#[test]
fn what_does_not_fit_is_found() {
    let schema = schema();
    let fits = |text: &str| misfit(&schema, &schema, &serde_json::from_str(text).unwrap(), "").is_none();
    let line = r#"{"schema":1,"kind":"lost","id":"a","time":"2026-11-23T05:00:00Z","lost":3}"#;
    assert!(fits(line));
    for (from, to) in [
        ("\"schema\":1", "\"schema\":2"),
        ("lost\",\"id", "other\",\"id"),
        ("\"lost\":3", "\"lost\":0"),
        ("\"lost\":3", "\"new\":3"),
        ("\"lost\":3", "\"answer\":{\"answer\":\"yes\"}"),
        ("\"lost\":3", "\"caller\":{\"private\":1}"),
        ("\"lost\":3", "\"sample\":0"),
    ] {
        assert!(line.contains(from) && !fits(&line.replacen(from, to, 1)), "{to}");
    }
}
