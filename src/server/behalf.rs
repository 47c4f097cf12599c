//! As whom a caller acts: what a body says of its actor is held against the token and the list of people, and completed from them.
//!
//! A reader behind this sees one actor that nobody made up. The local caller is believed as `trust_record` says, and does not come through here.

use super::problem::{Kind, Problem};
use super::service::Service;
use crate::access::{Caller, Identity, Scope};
use crate::ledger::people::Person;
use crate::question::{self, Json};

/// The members of an actor.
const PARTS: [&str; 3] = ["id", "role", "team"];

/// What the actor does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Asks, or grants: somebody may do it on behalf of somebody else.
    Question,
    /// A step of a case, or a reversal: whoever is bound to their token does it themselves.
    Step,
}

/// An actor as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resolved {
    /// Who.
    pub id: Option<String>,
    /// In which role.
    pub role: Option<String>,
    /// In which team.
    pub team: Option<String>,
}

/// Whether a question of this caller needs no look at its actor and its record.
pub fn is_believed_in_all(service: &Service, caller: &Caller) -> bool {
    caller.is_local() || (caller.identity().is_none() && caller.may(Scope::OnBehalf) && caller.may(Scope::Record) && service.people.is_none())
}

/// A body with the actor as whom the caller acts.
///
/// # Errors
///
/// 403 where it says another one than the token or the list of people, or sends a `record` without the scope.
pub fn admit(service: &Service, caller: &Caller, json: Json, deed: Deed) -> Result<Json, Problem> {
    if caller.is_local() {
        return Ok(json);
    }
    let Json::Object(mut members) = json else { return Ok(json) };
    if !caller.may(Scope::Record) && members.iter().any(|(name, value)| question::name(name) == "record" && claims(value)) {
        return Err(lacking(Scope::Record, "/record", "a `record` is what a system of record says", "send these facts in `facts`"));
    }
    let mut given = Resolved::default();
    let mut others = Vec::new();
    for (_, actor) in members.iter().filter(|(name, _)| question::name(name) == "actor") {
        // What is no actor is told by whoever reads it.
        let parts = match actor {
            Json::Object(parts) => parts,
            Json::Null => continue,
            _ => return Ok(Json::Object(members)),
        };
        for (name, value) in parts {
            let Some(part) = PARTS.into_iter().position(|part| question::name(name) == part) else {
                others.push((name.clone(), value.clone()));
                continue;
            };
            let slot = match part {
                0 => &mut given.id,
                1 => &mut given.role,
                _ => &mut given.team,
            };
            match value {
                Json::Null => {}
                Json::Text(text) if slot.is_none() => *slot = Some(text.clone()),
                _ => return Ok(unclear(service, caller, members, deed)),
            }
        }
    }
    let resolved = resolve(service, caller, given, deed)?;
    let part = |name: &str, text: Option<String>| text.map(|text| (name.to_owned(), Json::Text(text)));
    others.extend([part("id", resolved.id), part("role", resolved.role), part("team", resolved.team)].into_iter().flatten());
    let mut actor = Some(Json::Object(others));
    for (_, value) in members.iter_mut().filter(|(name, _)| question::name(name) == "actor") {
        if let Some(actor) = actor.take() {
            *value = actor;
        }
    }
    members.extend(actor.map(|actor| ("actor".to_owned(), actor)));
    Ok(Json::Object(members))
}

/// A body whose actor is told wrong, which whoever reads it refuses. What is left out is filled in, so that it is not told to be missing.
fn unclear(service: &Service, caller: &Caller, mut members: Vec<(String, Json)>, deed: Deed) -> Json {
    let known = resolve(service, caller, Resolved::default(), deed).unwrap_or_default();
    for (_, value) in members.iter_mut().filter(|(name, _)| question::name(name) == "actor") {
        let Json::Object(parts) = value else { continue };
        for (name, text) in [("id", &known.id), ("role", &known.role)] {
            if let Some(text) = text
                && !parts.iter().any(|(given, _)| question::name(given) == name)
            {
                parts.push((name.to_owned(), Json::Text(text.clone())));
            }
        }
    }
    Json::Object(members)
}

/// What the service itself knows of somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// In which role.
    pub role: Option<String>,
    /// In which team.
    pub team: Option<String>,
}

impl From<&Person> for Listed {
    fn from(person: &Person) -> Self {
        Self { role: Some(person.role.clone()), team: person.team.clone() }
    }
}

/// Why a caller does not act as what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// The token is that of somebody else.
    Somebody(String),
    /// The token is nobody's in particular.
    Nobody,
    /// The role is this one.
    Role(String),
    /// The team is this one, if there is one.
    Team(Option<String>),
    /// Nothing that counts says the role.
    NoRole(&'static str),
}

impl From<Mismatch> for Problem {
    fn from(mismatch: Mismatch) -> Self {
        match mismatch {
            Mismatch::Somebody(id) => contradicts("/actor/id", &format!("the token is that of `{id}`"), "leave `actor` out"),
            Mismatch::Nobody => lacking(Scope::OnBehalf, "/actor", "the token is nobody's in particular", "use a token that is bound to the actor"),
            Mismatch::Role(known) => contradicts("/actor/role", &format!("the role is `{known}`"), "leave `role` out"),
            Mismatch::Team(known) => {
                let known = known.map_or("there is no team".to_owned(), |team| format!("the team is `{team}`"));
                contradicts("/actor/team", &known, "leave `team` out")
            }
            Mismatch::NoRole(help) => contradicts("/actor/role", "neither the token nor the list of people says in which role", help),
        }
    }
}

/// As whom a caller acts that says this of its actor.
///
/// # Errors
///
/// 403, with the place where the body is wrong.
pub fn resolve(service: &Service, caller: &Caller, given: Resolved, deed: Deed) -> Result<Resolved, Problem> {
    let people = service.people();
    Ok(resolve_among(caller, given, deed, |id| people.find(id).map(Listed::from))?)
}

/// The identity of a caller, where it speaks for itself; nothing where it may speak for this person.
///
/// # Errors
///
/// Where it is somebody else, or nobody.
pub fn speaker<'c>(caller: &'c Caller, id: Option<&str>, deed: Deed) -> Result<Option<&'c Identity>, Mismatch> {
    let bound = caller.identity().filter(|bound| id.is_none_or(|id| id == bound.id));
    let may_act_for_others = caller.may(Scope::OnBehalf);
    match (bound, caller.identity()) {
        (None, Some(Identity { id, .. })) if !may_act_for_others || deed == Deed::Step => Err(Mismatch::Somebody(id.clone())),
        (None, _) if !may_act_for_others => Err(Mismatch::Nobody),
        _ => Ok(bound),
    }
}

/// The same, where `listed` says what the service knows of somebody.
///
/// # Errors
///
/// Where it says another one than the token or the list.
pub fn resolve_among(caller: &Caller, given: Resolved, deed: Deed, listed: impl FnOnce(&str) -> Option<Listed>) -> Result<Resolved, Mismatch> {
    let may_act_for_others = caller.may(Scope::OnBehalf);
    let bound = speaker(caller, given.id.as_deref(), deed)?;
    let id = bound.map(|bound| bound.id.clone()).or_else(|| given.id.clone());
    let person = id.as_deref().and_then(listed);
    let is_known = bound.is_some_and(|bound| bound.role.is_some()) || person.is_some();
    let person = person.unwrap_or_default();
    let role = bound.and_then(|bound| bound.role.clone()).or(person.role);
    let team = bound.and_then(|bound| bound.team.clone()).or(person.team);
    if let (Some(known), Some(said)) = (&role, &given.role)
        && question::name(known) != question::name(said)
    {
        return Err(Mismatch::Role(known.clone()));
    }
    if (is_known || !may_act_for_others) && given.team.is_some() && given.team != team {
        return Err(Mismatch::Team(team));
    }
    if role.is_none() && !may_act_for_others && deed == Deed::Question {
        return Err(Mismatch::NoRole("add this person to the list, or let the token say the role"));
    }
    if role.is_none() && !may_act_for_others && given.role.is_some() {
        return Err(Mismatch::NoRole("leave `role` out"));
    }
    Ok(Resolved { id, role: role.or(given.role), team: team.or(given.team) })
}

/// Lets callers see what is theirs, and others what is somebody else's only with the scope for that.
///
/// # Errors
///
/// 403 where it is somebody else's.
pub fn demand_own(caller: &Caller, owners: &[&str]) -> Result<(), Problem> {
    let is_own = caller.identity().is_some_and(|bound| owners.contains(&bound.id.as_str()));
    if is_own || caller.may(Scope::Read) { Ok(()) } else { Err(Problem::insufficient_scope(Scope::Read)) }
}

/// Of whom a list is that a caller may see: where it may not see everybody's, its own.
///
/// # Errors
///
/// 403 where somebody else's is asked for.
pub fn own_list(caller: &Caller, asked: Option<String>) -> Result<Option<String>, Problem> {
    if caller.may(Scope::Read) {
        return Ok(asked);
    }
    let own = caller.identity().map(|bound| bound.id.clone());
    let asked = asked.or(own);
    demand_own(caller, asked.as_deref().as_slice())?;
    Ok(asked)
}

/// Whether a `record` says anything.
fn claims(record: &Json) -> bool {
    !matches!(record, Json::Null) && !matches!(record, Json::Object(members) if members.is_empty())
}

fn problem(path: &str, message: &str, help: &str) -> question::Problem {
    question::Problem { path: path.to_owned(), message: message.to_owned(), help: Some(help.to_owned()) }
}

fn lacking(scope: Scope, path: &str, message: &str, help: &str) -> Problem {
    Problem { errors: vec![problem(path, message, help)], ..Problem::insufficient_scope(scope) }
}

fn contradicts(path: &str, message: &str, help: &str) -> Problem {
    Problem { errors: vec![problem(path, message, help)], ..Problem::from(Kind::ActorMismatch) }
}
