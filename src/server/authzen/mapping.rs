//! From what is asked to a question of the policy, as the configuration says.
//!
//! What is listed in a file of the service is on record. What a caller says of a subject or a resource is on record where callers are believed (as a `record` in a
//! question is), else it is said, and then what is listed counts before it. What is said of an action, and the context, is always said.

use std::collections::BTreeMap;

use super::config::{Authzen, Meaning, Subjects};
use super::known::Properties;
use super::model::{Asked, Entity};
use crate::access::Caller;
use crate::ledger::people::People;
use crate::policy::Policy;
use crate::question::Json;
use crate::server::behalf::{self, Deed, Listed, Mismatch, Resolved};

/// Why something is not even a question of this policy. The decision is `false`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// What kind of reason; never changes.
    pub reason: &'static str,
    /// In words.
    pub message: String,
}

fn closed<T>(reason: &'static str, message: String) -> Result<T, Closed> {
    Err(Closed { reason, message })
}

/// Makes questions.
#[derive(Clone, Copy, Debug)]
pub struct Mapping<'a> {
    pub config: &'a Authzen,
    pub people: &'a People,
    pub policy: &'a Policy,
    /// Who calls.
    pub caller: &'a Caller,
    /// Whether the caller is a system of record.
    pub is_believed: bool,
    /// Whether the caller is believed about the roles of people that are not listed.
    pub knows_roles: bool,
}

/// Who asks.
#[derive(Debug)]
struct Actor {
    role: String,
    team: Option<String>,
}

#[derive(Debug, Default)]
struct Facts {
    record: Properties,
    said: Properties,
}

impl Facts {
    fn add(&mut self, fact: &str, value: &Json, is_record: bool) {
        if *value != Json::Null {
            let list = if is_record { &mut self.record } else { &mut self.said };
            list.push((fact.to_owned(), value.clone()));
        }
    }
}

fn find<'p>(properties: &'p Properties, name: &str) -> Option<&'p Json> {
    properties.iter().find(|(property, _)| property == name).map(|(_, value)| value)
}

fn text<'p>(properties: &'p Properties, name: Option<&String>) -> Option<&'p str> {
    match find(properties, name?)? {
        Json::Text(text) => Some(text),
        _ => None,
    }
}

impl Mapping<'_> {
    /// The question, as `POST /v1/ask` takes it.
    ///
    /// # Errors
    ///
    /// Where the configuration, the list of people or the policy does not have what is named.
    pub fn question(&self, asked: &Asked) -> Result<Json, Closed> {
        let mut facts = Facts::default();
        let actor = self.subject(&asked.subject, &mut facts)?;
        self.resource(&asked.resource, &mut facts)?;
        let default = Meaning::default();
        let action = self.config.actions.get(&asked.action.name).unwrap_or(&default);
        let name = self.action(&asked.action.name, action, &asked.resource.ty)?;
        for (property, fact) in &action.facts {
            facts.add(fact, find(&asked.action.properties, property).unwrap_or(&Json::Null), false);
        }
        for (member, fact) in &self.config.context.facts {
            facts.add(fact, find(&asked.context, member).unwrap_or(&Json::Null), false);
        }
        let word = |text: &str| Json::Text(text.to_owned());
        let mut who = vec![("id".to_owned(), word(&asked.subject.id)), ("role".to_owned(), word(&actor.role))];
        who.extend(actor.team.map(|team| ("team".to_owned(), Json::Text(team))));
        let mut question = vec![("actor".to_owned(), Json::Object(who)), ("action".to_owned(), word(name))];
        let amount = action.amount.as_ref().and_then(|amount| find(&asked.action.properties, amount));
        question.extend(amount.map(|amount| ("amount".to_owned(), amount.clone())));
        question.push(("facts".to_owned(), Json::Object(facts.said)));
        question.push(("record".to_owned(), Json::Object(facts.record)));
        Ok(Json::Object(question))
    }

    /// Where in a request that stands which became a place of its question, both as JSON Pointers (RFC 6901).
    pub fn origin(&self, asked: &Asked, path: &str) -> Option<String> {
        let default = Meaning::default();
        let action = self.config.actions.get(&asked.action.name).unwrap_or(&default);
        if path == "/amount" {
            return action.amount.as_ref().map(|property| pointer("/action/properties", property));
        }
        let fact = path.strip_prefix("/facts/").or_else(|| path.strip_prefix("/record/"))?;
        let resource = self.config.resources.get(&asked.resource.ty);
        if resource.is_some_and(|resource| resource.id.as_deref() == Some(fact)) {
            return Some("/resource/id".into());
        }
        let subject = self.config.subjects.get(&asked.subject.ty).map(|config| ("/subject/properties", &config.facts, &asked.subject.properties));
        let resource = resource.map(|config| ("/resource/properties", &config.facts, &asked.resource.properties));
        let others = [("/action/properties", &action.facts, &asked.action.properties), ("/context", &self.config.context.facts, &asked.context)];
        subject.into_iter().chain(resource).chain(others).find_map(|(place, names, given)| {
            let (property, _) = names.iter().find(|(property, known)| *known == fact && find(given, property).is_some())?;
            Some(pointer(place, property))
        })
    }

    fn subject(&self, subject: &Entity, facts: &mut Facts) -> Result<Actor, Closed> {
        let Some(config) = self.config.subjects.get(&subject.ty) else {
            return closed("unknown_subject", format!("there are no subjects of the type `{}`", subject.ty));
        };
        let listed = config.list.find(&subject.id);
        self.facts(&config.facts, &subject.properties, listed, facts);
        let actor = self.actor(config, subject, listed)?;
        if self.policy.roles.iter().all(|role| role.name != actor.role) {
            return closed("unknown_subject", format!("the policy has no role `{}`", actor.role));
        }
        Ok(actor)
    }

    /// As whom the caller asks: by the rules of `actor` in a question, where a file of known subjects is a list too.
    fn actor(&self, config: &Subjects, subject: &Entity, listed: Option<&Properties>) -> Result<Actor, Closed> {
        let id = &subject.id;
        let role = |properties: &Properties| {
            let written = text(properties, config.role_property.as_ref())?;
            if config.roles.is_empty() { Some(written.to_owned()) } else { config.roles.get(written).cloned() }
        };
        let team = |properties: &Properties| text(properties, config.team_property.as_ref()).map(str::to_owned);
        let person = self.people.find(id).filter(|_| config.people).map(Listed::from);
        let listed = person.or_else(|| listed.map(|listed| Listed { role: role(listed).or_else(|| config.role.clone()), team: team(listed) }));
        let own = self.caller.identity().filter(|own| own.id == *id).and_then(|own| own.role.as_ref());
        let has_role = own.is_some() || listed.as_ref().is_some_and(|listed| listed.role.is_some());
        if !has_role && !self.knows_roles {
            return closed("unknown_subject", format!("`{id}` is not known, and this caller is not believed about roles"));
        }
        let given = Resolved { id: Some(id.clone()), role: role(&subject.properties), team: team(&subject.properties) };
        let resolved = behalf::resolve_among(self.caller, given, Deed::Question, |_| listed).map_err(|mismatch| match mismatch {
            Mismatch::Role(_) => ("subject_contradicted", format!("the role of `{id}` is another one here")),
            Mismatch::Team(_) => ("subject_contradicted", format!("the team of `{id}` is another one here")),
            Mismatch::Somebody(_) | Mismatch::Nobody | Mismatch::NoRole(_) => ("unknown_subject", format!("this caller may not ask as `{id}`")),
        });
        let Resolved { role, team, .. } = resolved.or_else(|(reason, message)| closed(reason, message))?;
        match role.or_else(|| config.role.clone()) {
            Some(role) => Ok(Actor { role, team }),
            None => closed("unknown_subject", format!("nothing says which role `{id}` has")),
        }
    }

    fn resource(&self, resource: &Entity, facts: &mut Facts) -> Result<(), Closed> {
        let Some(config) = self.config.resources.get(&resource.ty) else {
            return closed("unknown_resource", format!("there are no resources of the type `{}`", resource.ty));
        };
        let listed = config.list.find(&resource.id);
        if config.known.is_some() && !config.others && listed.is_none() {
            return closed("unknown_resource", format!("there is no `{}` of the type `{}`", resource.id, resource.ty));
        }
        if let Some(fact) = &config.id {
            facts.add(fact, &Json::Text(resource.id.clone()), listed.is_some() || self.is_believed);
        }
        self.facts(&config.facts, &resource.properties, listed, facts);
        Ok(())
    }

    /// What is said of an entity and what is listed of it: whoever is believed may know better than the list.
    fn facts(&self, names: &BTreeMap<String, String>, said: &Properties, listed: Option<&Properties>, facts: &mut Facts) {
        for (property, fact) in names {
            let (said, listed) = (find(said, property), listed.and_then(|listed| find(listed, property)));
            match (said, listed) {
                (Some(said), _) if self.is_believed => facts.add(fact, said, true),
                (_, Some(listed)) => facts.add(fact, listed, true),
                (Some(said), None) => facts.add(fact, said, false),
                (None, None) => {}
            }
        }
    }

    fn action<'n>(&self, name: &'n str, config: &'n Meaning, resource: &str) -> Result<&'n str, Closed> {
        let meant = config.action.as_deref().unwrap_or(name);
        if !is_for(config, resource) || self.policy.actions.iter().all(|action| action.name != meant) {
            return closed("unknown_action", format!("there is no action `{name}` for the type `{resource}`"));
        }
        Ok(meant)
    }

    /// The actions that there are for a type of resources: those of the configuration, then those of the policy that are their own name.
    pub fn actions(&self, resource: &str) -> Vec<String> {
        let configured = self.config.actions.iter().filter(|(_, action)| is_for(action, resource)).map(|(name, _)| name);
        let own = self.policy.actions.iter().map(|action| &action.name).filter(|name| !self.config.actions.contains_key(*name));
        configured.chain(own).cloned().collect()
    }

    /// The subjects of a type that are known.
    pub fn subjects(&self, ty: &str) -> Vec<String> {
        let Some(config) = self.config.subjects.get(ty) else { return Vec::new() };
        let people = self.people.iter().filter(|_| config.people).map(|person| person.id.as_str());
        let further = config.list.ids().filter(|id| !config.people || self.people.find(id).is_none());
        people.chain(further).map(str::to_owned).collect()
    }

    /// The resources of a type that are known.
    pub fn resources(&self, ty: &str) -> Vec<String> {
        self.config.resources.get(ty).map(|config| config.list.ids().map(str::to_owned).collect()).unwrap_or_default()
    }
}

fn pointer(place: &str, property: &str) -> String {
    format!("{place}/{}", property.replace('~', "~0").replace('/', "~1"))
}

fn is_for(action: &Meaning, resource: &str) -> bool {
    action.resources.as_ref().is_none_or(|types| types.iter().any(|ty| ty == resource))
}
