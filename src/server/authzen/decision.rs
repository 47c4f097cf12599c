//! A decision and its context.

use std::sync::Arc;

use axum::http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::config::Authzen;
use super::mapping::{Closed, Mapping};
use super::model::{Asked, Entity, as_specified};
use super::seal::{Purpose, Seal};
use super::{metadata, requests};
use crate::access::{self, Scope};
use crate::answer::Answer;
use crate::engine::Engine;
use crate::ledger::people::People;
use crate::question::{Caller, Json, Request};
use crate::server::behalf::{self, Deed, Mismatch};
use crate::server::problem::{Kind, Problem};
use crate::server::service::Service;

/// What every evaluation of a request works with: one policy, one list of people, one moment.
#[derive(Debug)]
pub struct Desk<'s> {
    pub service: &'s Service,
    /// Who calls.
    pub caller: &'s access::Caller,
    pub engine: Arc<Engine>,
    pub people: Arc<People>,
    pub now: Timestamp,
    /// What the paths begin with for this caller.
    pub base: String,
}

/// A question that is ready to be answered, or why there is none.
#[derive(Debug)]
pub enum Prepared {
    /// To the policy.
    Question(Box<Request>),
    /// There is nothing to ask.
    Closed(Closed),
}

impl<'s> Desk<'s> {
    /// For a request of this caller.
    ///
    /// # Errors
    ///
    /// 403 where it may not do this.
    pub fn new(service: &'s Service, caller: &'s access::Caller, scope: Scope, headers: &HeaderMap) -> Result<Self, Problem> {
        service.demand(caller, scope)?;
        let base = metadata::base(service, headers);
        Ok(Self { service, caller, engine: service.live.current(), people: service.people(), now: Timestamp::now(), base })
    }

    /// How words become questions.
    pub fn config(&self) -> &'s Authzen {
        &self.service.authzen.config
    }

    fn seal(&self) -> &'s Seal {
        &self.service.authzen.seal
    }

    /// Makes questions.
    pub fn mapping(&self) -> Mapping<'_> {
        Mapping {
            config: self.config(),
            people: &self.people,
            policy: self.engine.policy(),
            caller: self.caller,
            is_believed: self.service.is_system_of_record(self.caller),
            knows_roles: self.service.believes(self.caller),
        }
    }

    /// Lets only those pass that may ask as this subject: themselves, and whoever may speak for others.
    ///
    /// # Errors
    ///
    /// 403 for anybody else.
    pub fn may_ask_as(&self, subject: &Entity) -> Result<(), Problem> {
        behalf::speaker(self.caller, Some(&subject.id), Deed::Question).map(|_| ()).map_err(|mismatch| match mismatch {
            Mismatch::Nobody => Problem::insufficient_scope(Scope::OnBehalf),
            _ => Kind::ActorMismatch.into(),
        })
    }

    /// The digest of what is asked, by which tokens are bound to it. Of the context only what becomes a fact matters.
    pub fn digest(&self, asked: &Asked) -> String {
        asked.digest(|member| self.config().context.facts.contains_key(member))
    }

    /// Reads the question of what is asked.
    ///
    /// # Errors
    ///
    /// 400 where a value is not one of its fact, 403 where the caller may not ask as this subject.
    pub fn prepare(&self, asked: &Asked) -> Result<Prepared, Problem> {
        self.may_ask_as(&asked.subject)?;
        match self.mapping().question(asked) {
            Ok(json) => self.read(asked, &json).map(|request| Prepared::Question(Box::new(request))),
            Err(closed) => Ok(Prepared::Closed(closed)),
        }
    }

    fn read(&self, asked: &Asked, question: &Json) -> Result<Request, Problem> {
        // What is on record here is so by the mapping.
        let reader = self.service.reader(&self.engine, self.caller).caller(Caller::SystemOfRecord);
        reader.question(question, self.now).map_err(|mut wrong| {
            for problem in &mut wrong {
                problem.path = self.mapping().origin(asked, &problem.path).unwrap_or(std::mem::take(&mut problem.path));
            }
            as_specified(Problem::wrong_question(wrong))
        })
    }

    /// Says in the questions what the ledger says is spent. Nothing is spent by it.
    ///
    /// # Errors
    ///
    /// 503 where the ledger does not answer.
    pub async fn fill<'r>(&self, prepared: impl Iterator<Item = &'r mut Prepared>) -> Result<(), Problem> {
        let Some(books) = &self.service.books else { return Ok(()) };
        let request = |prepared: &'r mut Prepared| match prepared {
            Prepared::Question(request) => Some(&mut **request),
            Prepared::Closed(_) => None,
        };
        let mut requests: Vec<&mut Request> = prepared.filter_map(request).collect();
        self.service.ledger(books.ledger.fill_all(&self.engine, &mut requests)).await
    }

    /// The decision about what is asked, where an approval counts that belongs to it.
    ///
    /// # Errors
    ///
    /// 503 where the ledger does not answer.
    pub async fn decide(&self, asked: &Asked, prepared: &Prepared) -> Result<Value, Problem> {
        let request = match prepared {
            Prepared::Question(request) => request,
            Prepared::Closed(Closed { reason, message }) => return Ok(denied(&json!({"reason": reason, "message": message}))),
        };
        let (policy, decided) = (self.engine.policy(), self.engine.decide(request));
        self.service.count(policy, &request.question, decided.outcome);
        let answer = Answer::new(policy, &request.question, &decided, request.language);
        let mut context = told(&answer);
        let mut decision = answer.allowed;
        if !decision && self.can_be_requested(&answer, request) {
            self.add_request(asked, &answer, &mut context);
        }
        if let Some(approval) = asked.context.iter().find(|(name, _)| name == "approval").map(|(_, approval)| approval)
            && !decision
        {
            match requests::approval(self, asked, approval).await? {
                Ok(approved) => {
                    decision = true;
                    context = approved;
                }
                Err(reason) => refuse(reason, &mut context),
            }
        }
        Ok(json!({"decision": decision, "context": context}))
    }

    /// Whether a case can be made of it: somebody else can decide, and nothing that it takes is missing.
    fn can_be_requested(&self, answer: &Answer, request: &Request) -> bool {
        let action = self.engine.policy().actions.get(request.question.action.index());
        let is_whole = request.question.amount.is_some() || action.is_some_and(|action| action.measure.is_none());
        let is_open = matches!(answer.answer.as_str(), "ask" | "up_to") && !answer.ask.is_empty() && answer.provisional.is_empty();
        self.service.books.is_some() && is_open && is_whole
    }

    fn add_request(&self, asked: &Asked, answer: &Answer, context: &mut Map<String, Value>) {
        let expires = self.now.checked_add(SignedDuration::from_mins(self.config().request_minutes.into())).unwrap_or(self.now);
        let (expires, id) = (seconds(expires), Uuid::now_v7().to_string());
        let token = self.seal().make(Purpose::Denial, &[&expires.as_second().to_string(), &id], &[&self.digest(asked)]);
        let who = answer.ask.first();
        let title = who.and_then(|who| who.title.clone()).or_else(|| who.map(|who| who.role.clone()));
        context.insert("evaluation_id".into(), id.into());
        context.insert("evaluated_at".into(), self.now.to_string().into());
        let request = json!({
            "endpoint": format!("{}{}", self.base, requests::PATH),
            "template": who.map(|who| &who.role),
            "expires_at": expires.to_string(),
            "binding_token": token,
            "display": {"title": title, "description": answer.say},
        });
        context.insert("access_request".into(), request);
    }
}

/// Times in tokens have no parts of a second.
fn seconds(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

/// No, and why.
pub fn denied(context: &Value) -> Value {
    json!({"decision": false, "context": context})
}

/// Says why an approval did not count, and what to do next.
fn refuse(reason: &'static str, context: &mut Map<String, Value>) {
    let asks_anew = matches!(reason, "approval_expired" | "out_of_scope") && context.contains_key("access_request");
    context.insert("reason".into(), reason.into());
    context.insert("next_action".into(), if asks_anew { "request" } else { "none" }.into());
}

/// The context of an answer.
fn told(answer: &Answer) -> Map<String, Value> {
    let mut context = Map::new();
    let mut add = |name: &str, value: Value| {
        let says_something = match &value {
            Value::Null => false,
            Value::Array(items) => !items.is_empty(),
            _ => true,
        };
        if says_something {
            context.insert(name.to_owned(), value);
        }
    };
    add("reason", reason(&answer.answer).into());
    add("answer", json!(answer.answer));
    add("say", json!(answer.say));
    add("reasons", json!(answer.because));
    add("limit", json!(answer.limit));
    add("entitled", json!(answer.entitled));
    add("limit_unlimited", if answer.limit_unlimited { true.into() } else { Value::Null });
    if answer.allowed {
        add("obligations", obligations(answer).into());
        add("charge", json!(answer.charge));
        add("provisional", json!(answer.provisional));
    } else {
        add("ask", json!(answer.ask));
        add("offer", json!(answer.offer));
        add("advice", json!(answer.advice));
        add("need", json!(answer.need));
    }
    add("policy", json!(answer.policy));
    context
}

/// The duties, in the form of the profile for obligations. It has no type for what people promise, so that they are `custom`.
pub fn obligations(answer: &Answer) -> Vec<Value> {
    let duty = |(at, duty): (usize, &crate::answer::RequireEntry)| {
        let properties = json!({"vendor": "kulanz", "duty": duty.duty, "title": duty.title, "by": duty.by});
        json!({"id": format!("{}-{}", duty.duty, at + 1), "type": "custom", "properties": properties})
    };
    answer.require.iter().enumerate().map(duty).collect()
}

/// A kind of answer as a reason code.
fn reason(kind: &str) -> &'static str {
    match kind {
        "yes" => "permitted",
        "owed" => "owed",
        "up_to" => "above_limit",
        "ask" => "approval_required",
        "need" => "facts_needed",
        _ => "not_permitted",
    }
}
