//! The tools with their schemas, made from the policy: actions, facts, values and duties are those that it has.

use std::sync::Arc;

use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use serde_json::{Map, Value, json};

use crate::access::Scope;
use crate::outline::{FactOutline, Outline};
use crate::question::LONGEST_TEXT;

/// What a model can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Everything that may be done in a case.
    Options,
    /// Can this be granted?
    Ask,
    /// Decide and book.
    Grant,
    /// Bring it to a person.
    OpenCase,
}

impl Deed {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 4] = [Self::Options, Self::Ask, Self::Grant, Self::OpenCase];

    /// The name of its tool.
    pub fn name(self) -> &'static str {
        match self {
            Self::Options => "options",
            Self::Ask => "ask",
            Self::Grant => "grant",
            Self::OpenCase => "open_case",
        }
    }

    /// The scope that it takes.
    pub fn scope(self) -> Scope {
        match self {
            Self::Options | Self::Ask => Scope::Ask,
            Self::Grant => Scope::Grant,
            Self::OpenCase => Scope::Cases,
        }
    }

    /// Whether something is written down by it.
    pub fn books(self) -> bool {
        matches!(self, Self::Grant | Self::OpenCase)
    }

    /// What it may be told; anything else is refused.
    pub fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Options => &["facts", "lang"],
            Self::Ask => &["action", "amount", "facts", "lang"],
            Self::Grant | Self::OpenCase => &["action", "amount", "facts", "confirm", "note", "idempotency_key", "lang"],
        }
    }

    fn needed(self) -> &'static [&'static str] {
        match self {
            Self::Options => &[],
            Self::Ask => &["action"],
            Self::Grant | Self::OpenCase => &["action", "idempotency_key"],
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Options => "What may be done in this case",
            Self::Ask => "May this be granted?",
            Self::Grant => "Grant it and book it",
            Self::OpenCase => "Bring it to the person who decides",
        }
    }

    fn description(self) -> &'static str {
        match self {
            Self::Options => "Every action of the policy with its answer and its limit in this case. Changes nothing.",
            Self::Ask => {
                "Asks whether an action may be granted. Changes nothing. Without `amount` the answer's `limit` is the largest one. \
                 `answer` is `yes` or `owed` (it may be granted), `up_to` (a part of it, see `limit`), `ask` (somebody else decides: see `ask`), \
                 `no` (nobody may; see `because` and `offer`), or `need` (first find out what `need` lists, with the questions in it, and ask again). \
                 Facts in `provisional` must be on record first; what is said here does not put them there."
            }
            Self::Grant => {
                "Grants something and books it against budgets, if the policy allows it now. Name every duty of `require` in `confirm`, and only what was really done. \
                 Use a new `idempotency_key` for each new grant, and the same one to repeat a call whose result was lost: it is booked once. A call that you change is a new one."
            }
            Self::OpenCase => {
                "Brings what `ask` answered with `ask` to the one person who may decide it; the answer names them and by when. \
                 Use a new `idempotency_key` for each new case, and the same one to repeat a call whose result was lost."
            }
        }
    }

    fn annotations(self) -> ToolAnnotations {
        // The same key again changes nothing, so both that write are idempotent; neither takes anything away.
        ToolAnnotations::with_title(self.title()).read_only(!self.books()).destructive(false).idempotent(true).open_world(false)
    }

    /// Its tool, for a policy.
    pub fn tool(self, outline: &Outline) -> Tool {
        Tool::new(self.name(), self.description(), Arc::new(self.schema(outline))).with_title(self.title()).with_annotations(self.annotations())
    }

    fn schema(self, outline: &Outline) -> JsonObject {
        let properties: Map<String, Value> = self.arguments().iter().map(|name| ((*name).to_owned(), argument(name, outline))).collect();
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": properties,
            "required": self.needed(),
            "additionalProperties": false,
        });
        if let Value::Object(schema) = schema { schema } else { Map::new() }
    }
}

fn argument(name: &str, outline: &Outline) -> Value {
    match name {
        "action" => json!({"type": "string", "enum": names(outline.actions.iter().map(|action| &action.name)), "description": actions(outline)}),
        "amount" => json!({"type": ["string", "number"], "description": amounts(outline)}),
        "facts" => json!({
            "type": "object",
            "description": "What is known of the case, as somebody said it. Leave out what nobody said.",
            "properties": outline.facts.iter().map(|told| (told.name.clone(), fact(told, outline))).collect::<Map<_, _>>(),
            "additionalProperties": false,
        }),
        "confirm" => json!({
            "type": "array",
            "items": one_of(outline.duties.iter().map(|duty| &duty.name)),
            "description": lines("The duties that are done or promised.", outline.duties.iter().map(|duty| (&duty.name, duty.title.as_deref()))),
        }),
        // A character is at least one byte, so that nothing longer would be taken.
        "note" => json!({"type": "string", "maxLength": LONGEST_TEXT, "description": "What the next reader should know: at most 8192 bytes."}),
        "idempotency_key" => json!({
            "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$",
            "description": "Names this request: 1 to 255 visible ASCII characters.",
        }),
        _ => json!({"type": "string", "enum": outline.languages, "description": "The language of the sentences in the answer."}),
    }
}

fn names<'a>(names: impl Iterator<Item = &'a String>) -> Vec<&'a str> {
    names.map(String::as_str).collect()
}

/// One of some names; an `enum` must not be empty.
fn one_of<'a>(all: impl Iterator<Item = &'a String>) -> Value {
    let all = names(all);
    if all.is_empty() { json!(false) } else { json!({"type": "string", "enum": all}) }
}

/// A sentence, and what has a title, a line each.
fn lines<'a>(sentence: &str, titled: impl Iterator<Item = (&'a String, Option<&'a str>)>) -> String {
    titled.filter_map(|(name, title)| Some((name, title?))).fold(sentence.to_owned(), |text, (name, title)| format!("{text}\n{name}: {title}"))
}

fn actions(outline: &Outline) -> String {
    lines("What is to be granted.", outline.actions.iter().map(|action| (&action.name, action.title.as_deref())))
}

fn amounts(outline: &Outline) -> String {
    let form = |action: &crate::outline::ActionOutline| match action.measure {
        Some(measure) => format!("{}: {measure}, {}", action.name, written(measure, &outline.currency)),
        None => format!("{}: no amount", action.name),
    };
    outline.actions.iter().map(form).fold("How much; the form depends on the action.".to_owned(), |text, line| format!("{text}\n{line}"))
}

/// How a value of a type is written.
fn written(ty: &str, currency: &str) -> String {
    match ty {
        "money" => format!("such as \"80.00 {currency}\"; always in {currency}"),
        "percent" => "such as \"25%\"".into(),
        "duration" => "such as \"30 days\" or \"PT3H\"".into(),
        "date" => "such as \"2026-11-21\"".into(),
        "datetime" => "such as \"2026-11-21T10:00:00+01:00\"".into(),
        _ => "such as 3".into(),
    }
}

fn fact(fact: &FactOutline, outline: &Outline) -> Value {
    let values = || fact.values.clone().unwrap_or_default();
    let mut schema = match fact.ty {
        "yes/no" => json!({"type": "boolean"}),
        "text" | "duration" | "datetime" => json!({"type": "string"}),
        "one of" => json!({"type": "string", "enum": values()}),
        "some of" => json!({"type": "array", "uniqueItems": true, "items": {"type": "string", "enum": values()}}),
        "date" => json!({"type": "string", "format": "date"}),
        _ => json!({"type": ["string", "number"]}),
    };
    let form = matches!(fact.ty, "money" | "percent" | "number" | "duration" | "date" | "datetime").then(|| written(fact.ty, &outline.currency));
    let form = form.map(|form| format!("{}, {form}", fact.ty));
    let absent = fact.optional.then(|| "null: known to be absent".to_owned());
    let record = fact.verified.then(|| "believed only from a system of record, not from you".to_owned());
    let told = [fact.title.clone(), fact.question.clone(), form, absent, record];
    if let Value::Object(schema) = &mut schema {
        if fact.optional {
            or_null(schema);
        }
        schema.insert("description".into(), told.into_iter().flatten().collect::<Vec<_>>().join("; ").into());
    }
    schema
}

/// Lets a value also be `null`.
fn or_null(schema: &mut Map<String, Value>) {
    match schema.get_mut("type") {
        Some(Value::Array(types)) => types.push("null".into()),
        Some(ty) => *ty = json!([ty.clone(), "null"]),
        None => {}
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.push(Value::Null);
    }
}
