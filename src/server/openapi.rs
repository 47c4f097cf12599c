//! `GET /openapi.json`: the description of everything here, generated from the code.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use super::authzen::{evaluation, metadata, requests, search};
use super::problem::Problem;
use super::service::{self, line};
use super::{ask, batch, budgets, cases, docs, gate, grants, health, metrics, options, policy};

/// OpenAPI 3.1.
#[derive(OpenApi)]
#[openapi(
    info(title = "Kulanz", description = "What may I grant, what is owed, who else can decide?"),
    paths(ask::ask, batch::ask_batch, options::options, policy::policy, grants::grant, grants::grants, grants::one, grants::reverse, budgets::budgets, cases::open, cases::cases, cases::one, cases::approve, cases::decline, cases::hand_over, cases::add, metadata::metadata, evaluation::evaluation, evaluation::evaluations, search::subject, search::resource, search::action, requests::open, requests::one, health::healthz, health::readyz, metrics::metrics, openapi, docs::docs),
    tags((name = "questions", description = "Can this be granted?"), (name = "policy", description = "What a form is built from"), (name = "grants", description = "What is granted, and what is left"), (name = "cases", description = "What somebody else must decide"), (name = "authzen", description = "The OpenID AuthZEN Authorization API 1.0"), (name = "service", description = "Is it there?"))
)]
struct Description;

/// This description.
#[utoipa::path(get, path = "/openapi.json", tag = "service", responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json")))]
pub async fn openapi() -> Response {
    static DESCRIPTION: LazyLock<Result<String, Problem>> = LazyLock::new(|| line(&description()));
    DESCRIPTION.clone().map(service::json).into_response()
}

/// What the code says, in the form that clients are made from: a schema that is put together is one object, and what is read has no fields but those that are named.
pub fn description() -> Value {
    let mut description = serde_json::to_value(Description::openapi()).unwrap_or_default();
    let read = read(&description);
    secure(&mut description);
    if let Some(schemas) = description.pointer_mut(SCHEMAS).and_then(Value::as_object_mut) {
        for (name, schema) in schemas {
            merge(schema);
            if read.contains(name) {
                close(schema);
            }
        }
    }
    description
}

/// Says of every operation that it takes a token, and what is answered where the token is missing, not taken, not allowed to do it, or too busy.
fn secure(description: &mut Value) {
    let scheme =
        json!({"type": "http", "scheme": "bearer", "description": "a key (`kz_…`) or a JWT; none where the service runs without `[access]`"});
    let Some(components) = description.get_mut("components").and_then(Value::as_object_mut) else { return };
    components.insert("securitySchemes".into(), json!({"bearer": scheme}));
    let paths = description.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten();
    let closed = paths.filter(|(path, _)| !gate::OPEN.contains(&path.as_str()));
    for operation in closed.filter_map(|(_, path)| path.as_object_mut()).flatten().filter_map(|(_, operation)| operation.as_object_mut()) {
        // Without `[access]` nothing is asked for.
        operation.insert("security".into(), json!([{"bearer": []}, {}]));
        let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { continue };
        for (status, told) in [
            ("400", "`invalid_request`: the header `Authorization` is not understood"),
            ("401", "`unauthorized`, `invalid_token`: no token, or none that is taken"),
            ("403", "`insufficient_scope`, `actor_mismatch`: the token does not allow this"),
            ("429", "`rate_limited`: try again after `Retry-After` seconds"),
        ] {
            let problem = json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}});
            let there = responses.entry(status).or_insert_with(|| json!({"description": "", "content": problem}));
            if let Some(Value::String(text)) = there.get_mut("description") {
                let more = if text.is_empty() { told.to_owned() } else { format!("; {told}") };
                text.push_str(&more);
            }
        }
    }
}

/// Lets objects, and those within them, have no other fields than their own.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            fields.values_mut().for_each(close);
            if fields.get("properties").is_some_and(Value::is_object) && fields.contains_key("type") {
                fields.insert("additionalProperties".into(), false.into());
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

/// Where the schemas lie, as a JSON Pointer.
const SCHEMAS: &str = "/components/schemas";

/// The schemas of what is read: those of the bodies of requests, and those that they name. The AuthZEN API passes over what it does not know.
fn read(description: &Value) -> BTreeSet<String> {
    let mut read = BTreeSet::new();
    let paths = description.get("paths").and_then(Value::as_object).into_iter().flatten();
    let paths = paths.filter(|(path, _)| !path.starts_with("/access/")).map(|(_, path)| path);
    let operations = paths.filter_map(Value::as_object).flat_map(Map::values);
    let mut open = Vec::new();
    operations.filter_map(|operation| operation.get("requestBody")).for_each(|body| names(body, &mut open));
    while let Some(name) = open.pop() {
        if let Some(schema) = description.pointer(SCHEMAS).and_then(|schemas| schemas.get(&name)) {
            names(schema, &mut open);
        }
        // What was there before has told its own names.
        open.retain(|name| !read.contains(name));
        read.insert(name);
    }
    read
}

/// The schemas that a part of the description names.
fn names(part: &Value, found: &mut Vec<String>) {
    match part {
        Value::Object(fields) => {
            let name = fields.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next());
            found.extend(name.map(str::to_owned));
            fields.values().for_each(|field| names(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| names(item, found)),
        _ => {}
    }
}

/// Makes one object of objects that hold together, where all of them are written out here.
fn merge(schema: &mut Value) {
    let Some(parts) = schema.get_mut("allOf").and_then(Value::as_array_mut) else { return };
    parts.iter_mut().for_each(merge);
    if parts.iter().any(|part| part.get("type").is_none_or(|kind| kind != "object")) {
        return;
    }
    let parts = std::mem::take(parts);
    let own = schema.as_object_mut().map(std::mem::take).unwrap_or_default();
    let mut whole = Map::new();
    // What it says of itself comes last, and counts where several say it.
    for (key, value) in parts.into_iter().chain([Value::Object(own)]).filter_map(fields).flatten().filter(|(key, _)| key != "allOf") {
        match (whole.get_mut(&key), value) {
            (Some(Value::Object(there)), Value::Object(more)) => there.extend(more),
            (Some(Value::Array(there)), Value::Array(more)) => there.extend(more),
            (_, value) => drop(whole.insert(key, value)),
        }
    }
    *schema = Value::Object(whole);
}

fn fields(value: Value) -> Option<Map<String, Value>> {
    if let Value::Object(fields) = value { Some(fields) } else { None }
}
