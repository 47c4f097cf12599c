//! Calls of tools: what a model says becomes a question of the actor that the configuration names.

use std::sync::Arc;

use jiff::Timestamp;
use rmcp::model::JsonObject;
use serde_json::Value;

use super::Desk;
use super::tools::Deed;
use crate::access::{Caller, Identity};
use crate::answer::Answer;
use crate::ledger::Done;
use crate::question::{self, Field, Json};
use crate::server::behalf::{self, Deed as Acting};
use crate::server::booking::Booking;
use crate::server::errand::{Mission, Notes};
use crate::server::problem::{Kind, Problem};
use crate::server::service::line;
use crate::server::{idempotency, noting, proposal, traced};

/// What a tool answers: sentences for the model, and the JSON of the contract.
#[derive(Debug)]
pub struct Told {
    /// In the language that was asked for.
    pub text: String,
    /// All of it.
    pub value: Value,
}

/// Does what a tool is for.
///
/// # Errors
///
/// What is wrong with the call, in the words of the HTTP service.
pub async fn call(desk: &Desk, (caller, mission): (&Arc<Caller>, &Mission), deed: Deed, arguments: JsonObject) -> Result<Told, Problem> {
    desk.service.demand(caller, deed.scope())?;
    let Json::Object(arguments) = Json::parse(&Value::Object(arguments).to_string())? else { return Err(Kind::Internal.into()) };
    fits(deed, &arguments)?;
    let (key, members): (Vec<_>, Vec<_>) = arguments.into_iter().partition(|(name, _)| question::name(name) == KEY);
    let question = Json::Object(desk.completed(caller, members));
    match deed {
        Deed::Options => options(desk, caller, question).await,
        Deed::Ask => ask(desk, (caller, mission), question).await,
        Deed::Grant | Deed::OpenCase => book(desk, (caller, mission), deed, question, key.into_iter().next().map(|(_, key)| key)).await,
    }
}

const KEY: &str = "idempotency_key";
/// What the configuration says, and nobody else.
const FIXED: [&str; 4] = ["actor", "id", "role", "team"];

/// Refuses what a tool does not take.
fn fits(deed: Deed, arguments: &[(String, Json)]) -> Result<(), Problem> {
    let unknown = arguments.iter().filter(|(name, _)| !deed.arguments().contains(&question::name(name).as_str()));
    let problems: Vec<_> = unknown.map(|(name, _)| refused(deed, name)).collect();
    if problems.is_empty() { Ok(()) } else { Err(Problem::wrong_question(problems)) }
}

fn refused(deed: Deed, given: &str) -> question::Problem {
    let name = question::name(given);
    let (message, help) = if FIXED.contains(&name.as_str()) {
        (format!("`{name}` is not yours to say: who acts is fixed by whoever runs this server"), "leave it out".to_owned())
    } else if name == "record" {
        ("a `record` is what a system of record says, and no model is one".to_owned(), "send it in `facts`; it counts as said".to_owned())
    } else {
        let shown: String = given.chars().filter(|c| !c.is_control()).take(60).collect();
        (format!("unknown argument `{shown}`"), format!("`{}` takes {}", deed.name(), deed.arguments().join(", ")))
    };
    let path = format!("/{}", given.replace('~', "~0").replace('/', "~1"));
    question::Problem { path, message, help: Some(help) }
}

impl Desk {
    /// The question with what the configuration says beside what the model said.
    fn completed(&self, caller: &Caller, mut members: Vec<(String, Json)>) -> Vec<(String, Json)> {
        let text = |name: &str, text: &str| (name.to_owned(), Json::Text(text.to_owned()));
        // Whoever is bound to a token is completed from that.
        if let Some(Identity { id, role, team }) = self.identity.as_ref().filter(|_| caller.identity().is_none()) {
            let parts = [Some(text("id", id)), role.as_ref().map(|role| text("role", role)), team.as_ref().map(|team| text("team", team))];
            members.push(("actor".into(), Json::Object(parts.into_iter().flatten().collect())));
        }
        members.extend(self.record.clone().map(|record| ("record".to_owned(), record)));
        if !members.iter().any(|(name, _)| question::name(name) == "lang") {
            members.extend(self.language.as_deref().map(|language| text("lang", language)));
        }
        members
    }
}

async fn options(desk: &Desk, caller: &Caller, question: Json) -> Result<Told, Problem> {
    let service = &desk.service;
    let case = behalf::admit(service, caller, question, Acting::Question)?;
    let engine = service.live.current();
    let mut request = service.reader(&engine, caller).options(&case, Timestamp::now()).map_err(Problem::wrong_question)?;
    if let Some(books) = &service.books {
        let case = &request.case;
        request.case.spent = service.ledger(books.ledger.spent_by(&engine, &case.actor, &case.facts, case.at)).await?;
    }
    let mut out = String::new();
    engine.write_options(&request, &mut out);
    let value = value(&out)?;
    let said = |option: &Value| Some(format!("{}: {}", option.get("action")?.as_str()?, option.get("say")?.as_str()?));
    let lines: Vec<_> = value.get("options").and_then(Value::as_array).into_iter().flatten().filter_map(said).collect();
    Ok(Told { text: lines.join("\n"), value })
}

async fn ask(desk: &Desk, (caller, mission): (&Caller, &Mission), question: Json) -> Result<Told, Problem> {
    let service = &desk.service;
    let question = behalf::admit(service, caller, question, Acting::Question)?;
    let engine = service.live.current();
    let mut request = service.reader(&engine, caller).question(&question, Timestamp::now()).map_err(Problem::wrong_question)?;
    if let Some(books) = &service.books {
        service.ledger(books.ledger.fill(&engine, &mut request)).await?;
    }
    let mut out = String::new();
    let mut notes = Notes::new(service, caller, mission);
    notes.answer(&engine, &request, &mut out);
    notes.hand_over().await?;
    Ok(Told { text: sentences(&out), value: value(&out)? })
}

async fn book(desk: &Desk, (caller, mission): (&Arc<Caller>, &Mission), deed: Deed, question: Json, key: Option<Json>) -> Result<Told, Problem> {
    let service = &desk.service;
    let ledger = &service.books()?.ledger;
    let Some(Json::Text(key)) = key else {
        let help = "a new text for each new request, the same one to repeat it".to_owned();
        let missing = question::Problem { path: format!("/{KEY}"), message: format!("`{KEY}` is missing, or no text"), help: Some(help) };
        return Err(Problem::wrong_question(vec![missing]));
    };
    let ticket = idempotency::ticket(caller, &key, &format!("mcp {}", deed.name()), &question).map_err(|problem| {
        let help = Some("1 to 255 visible ASCII characters, without blanks".to_owned());
        let wrong = question::Problem { path: format!("/{KEY}"), message: format!("`{KEY}` is wrong"), help };
        Problem { title: "the argument `idempotency_key` cannot be one", errors: vec![wrong], ..problem }
    })?;
    let question = behalf::admit(service, caller, question, Acting::Question)?;
    service.room_to_record().await?;
    let settled = match proposal::read(service, caller, &question, &[Field::Confirm, Field::Note]) {
        Ok((proposal, _)) if deed == Deed::Grant => Booking::of(service, caller, mission).grant(proposal, None, ticket).await?.0,
        Ok((proposal, _)) => service.ledger(ledger.open_case(&service.people(), &proposal, None, Some(ticket))).await?,
        // The policy may have been another one when it was booked.
        Err(problem) => {
            let told = (service.ledger(ledger.recall(&ticket)).await?.ok_or(problem)?, false);
            noting::granted(&mut Notes::new(service, caller, mission), None, &told);
            told.0
        }
    };
    traced::note(service, |notes| notes.settled(&settled));
    match settled? {
        Done::Grant(grant) => {
            let text = format!("{}\ngrant {}", sentences(grant.answer.get()), grant.id);
            Ok(Told { text, value: value(&line(&grant)?)? })
        }
        Done::Case(case) => {
            let text = format!("{}\ncase {}: {} ({}), {}", sentences(case.answer.get()), case.id, case.owner.id, case.owner.role, case.due);
            Ok(Told { text, value: value(&line(&case)?)? })
        }
    }
}

/// What an answer says, and what to ask the customer.
pub fn sentences(answer: &str) -> String {
    let Ok(answer) = serde_json::from_str::<Answer>(answer) else { return String::new() };
    let questions = answer.need.iter().map(|need| match &need.question {
        Some(question) => format!("\n- {}: {question}", need.fact),
        None => format!("\n- {}", need.fact),
    });
    answer.say.clone() + &questions.collect::<String>()
}

fn value(text: &str) -> Result<Value, Problem> {
    serde_json::from_str(text).map_err(|error| {
        tracing::error!(%error, "an answer is not JSON");
        Kind::Internal.into()
    })
}
