//! What is to be granted or to become a case, and who does something, from a body.

use std::sync::Arc;

use super::parameters::mistake_in_name;
use super::problem::Problem;
use super::service::Service;
use super::traced;
use crate::access::Caller;
use crate::answer::parts::action_name;
use crate::diagnostic::nearest;
use crate::ledger::Proposal;
use crate::ledger::people::Person;
use crate::ledger::record::Who;
use crate::policy::Policy;
use crate::question::{self, Caller as Trust, Doer, Field, Json, Particulars, Question};

/// Reads a question that is to become something, with `fields` beside it.
///
/// # Errors
///
/// 422 with everything that is wrong with it; also where it says a moment, no person, or no quantity of an action that has one.
pub fn read(service: &Service, caller: &Caller, json: &Json, fields: &[Field]) -> Result<(Proposal, Particulars), Problem> {
    let trust = if service.is_system_of_record(caller) { Trust::SystemOfRecord } else { Trust::WithoutRecord };
    read_as(service, caller, trust, json, fields)
}

/// The same, where what is on record is known otherwise.
///
/// # Errors
///
/// As [`read`].
pub fn read_as(service: &Service, caller: &Caller, trust: Trust, json: &Json, fields: &[Field]) -> Result<(Proposal, Particulars), Problem> {
    let engine = service.live.current();
    let now = service.books()?.ledger.now();
    let mut problems = Vec::new();
    if says_when(json) {
        problems.push(problem("/at", "what is booked is booked now", Some("leave `at` out; `POST /v1/ask` answers for another moment")));
    }
    match service.reader(&engine, caller).caller(trust).with_particulars(json, fields, now) {
        Ok((mut request, mut particulars)) => {
            missing(engine.policy(), &request.question, &mut problems);
            listed(service, caller, engine.policy(), &mut request.question, &mut problems);
            if problems.is_empty() {
                let (policy, action) = (engine.policy(), request.question.action);
                traced::note(service, |notes| notes.action(action_name(policy, action), &policy.version));
                let (confirm, note) = (std::mem::take(&mut particulars.confirm), particulars.note.take());
                // Whoever is bound to the token brings it, even in somebody else's name.
                let bound = caller.identity().map(|bound| &bound.id).filter(|id| Some(*id) != request.question.actor.id.as_ref());
                let brought_by = bound.cloned();
                return Ok((Proposal { engine: Arc::clone(&engine), request, confirm, note, brought_by }, particulars));
            }
        }
        Err(wrong) => problems.extend(wrong),
    }
    Err(Problem::wrong_question(problems))
}

fn says_when(json: &Json) -> bool {
    let Json::Object(members) = json else { return false };
    members.iter().any(|(name, value)| name == "at" && *value != Json::Null)
}

fn missing(policy: &Policy, question: &Question, problems: &mut Vec<question::Problem>) {
    match &question.actor.id {
        None => problems.push(problem("/actor/id", "`id` is missing", Some("what is booked is booked for somebody"))),
        Some(id) => problems.extend(mistake_in_name(id).map(|mistake| problem("/actor/id", mistake, None))),
    }
    let team = question.actor.team.as_deref().and_then(mistake_in_name);
    problems.extend(team.map(|mistake| problem("/actor/team", mistake, None)));
    let measured = policy.actions.get(question.action.index()).is_some_and(|action| action.measure.is_some());
    if measured && question.amount.is_none() {
        problems.push(problem("/amount", "`amount` is missing", Some("`POST /v1/ask` without it says how much could be granted")));
    }
}

/// Holds who asks against the list of people. Of somebody who is not in it the body says the role and the team, if this caller is believed. Of callers with
/// a token [`super::behalf`] has done so.
fn listed(service: &Service, caller: &Caller, policy: &Policy, question: &mut Question, problems: &mut Vec<question::Problem>) {
    if !caller.is_local() {
        return;
    }
    let actor = &mut question.actor;
    let Some(id) = &actor.id else { return };
    let people = service.people();
    let Some(person) = people.find(id) else {
        if !service.believes(caller) {
            problems.push(problem("/actor/id", &format!("the list of people does not have `{id}`"), Some("this caller is not believed about roles")));
        }
        return;
    };
    let role = policy.roles.get(actor.role.index()).map_or("", |role| role.name.as_str());
    problems.extend(contradictions(person, Some(role), actor.team.as_deref()));
    if actor.team.is_none() {
        actor.team.clone_from(&person.team);
    }
}

/// Where what a body says of somebody is not what the list of people says.
fn contradictions(person: &Person, role: Option<&str>, team: Option<&str>) -> Vec<question::Problem> {
    let id = &person.id;
    let mut problems = Vec::new();
    if role.is_some_and(|role| role != person.role) {
        problems.push(problem(
            "/actor/role",
            &format!("the list of people has `{id}` as `{}`", person.role),
            Some("leave `role` out, or mend the list"),
        ));
    }
    if team.is_some() && team != person.team.as_deref() {
        let listed = person.team.as_ref().map_or("no team".into(), |team| format!("`{team}`"));
        problems.push(problem("/actor/team", &format!("the list of people has `{id}` in {listed}"), Some("leave `team` out, or mend the list")));
    }
    problems
}

/// Who does something: by the list of people, else as the body says. `with_role` is whether a role must be known.
///
/// # Errors
///
/// 422 where the body and the list do not agree, or the role is none, or not known.
pub fn who(service: &Service, caller: &Caller, policy: &Policy, doer: Option<Doer>, with_role: bool) -> Result<Who, Problem> {
    let wrong = |problem| Err(Problem::wrong_question(vec![problem]));
    let Some(Doer { id, role, team }) = doer else { return wrong(problem("/actor", "`actor` is missing", None)) };
    if let Some(mistake) = mistake_in_name(&id) {
        return wrong(problem("/actor/id", mistake, None));
    }
    // The role of a token counts for more than that of the list.
    let is_told = !caller.is_local() && role.is_some();
    if let Some(person) = service.people().find(&id).filter(|_| !is_told) {
        let problems = contradictions(person, role.as_deref(), team.as_deref());
        return if problems.is_empty() { Ok(person.who()) } else { Err(Problem::wrong_question(problems)) };
    }
    let names = || policy.roles.iter().map(|role| role.name.as_str());
    match role {
        Some(role) if names().any(|name| name == role) => Ok(Who { id, role, team }),
        Some(role) => {
            let help = nearest(&role, names()).map(|near| format!("did you mean `{near}`?"));
            wrong(problem("/actor/role", "unknown role", help.as_deref()))
        }
        None if with_role => wrong(problem("/actor/role", "`role` is missing", Some("the list of people does not have this person"))),
        None => Ok(Who { id, role: String::new(), team }),
    }
}

fn problem(path: &str, message: &str, help: Option<&str>) -> question::Problem {
    question::Problem { path: path.to_owned(), message: message.to_owned(), help: help.map(str::to_owned) }
}
