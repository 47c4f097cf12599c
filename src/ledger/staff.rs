//! Whether the people fit the policy, said so that whoever keeps the list can mend it.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

use super::people::{People, Wanted, day};
use super::signers::{self, Missing, Signer};
use crate::diagnostic::{Code, Diagnostic, has_errors, nearest};
use crate::engine::Engine;
use crate::lint::can_say_yes;
use crate::policy::{ActionId, Policy, RoleId, RuleKind};
use crate::source::{SourceId, Sources, Span};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    person: Vec<Written>,
}

/// A person as they stand in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: Spanned<String>,
    #[serde(rename = "name")]
    _name: Option<String>,
    role: Spanned<String>,
    #[serde(rename = "team")]
    _team: Option<String>,
    #[serde(default, deserialize_with = "day")]
    away_until: Option<Date>,
    deputy: Option<Spanned<String>>,
}

/// What is wrong with a list of people: by itself, and for a policy where one is there. `name` is what the list is called; it is added to the sources.
#[must_use]
pub fn check(name: &str, text: &str, engine: Option<&Engine>, now: Timestamp, sources: &mut Sources) -> Vec<Diagnostic> {
    let list = List { source: sources.add(name, text) };
    let people = match toml::from_str::<File>(text) {
        Ok(file) => file.person,
        Err(error) => {
            let place = error.span().map_or(Span::new(list.source, 0, 0), |span| Span::new(list.source, span.start, span.end));
            return vec![Diagnostic::new(Code::UnclearPeople, "the list of people is not understood").at(place, error.message().trim_end())];
        }
    };
    let mut found = list.persons(&people);
    if let Some(engine) = engine {
        found.extend(list.roles(&people, engine.policy()));
    }
    if has_errors(&found) {
        return found;
    }
    // What is right by itself is understood.
    if let (Some(engine), Ok(read)) = (engine, People::parse(text)) {
        let today = engine.policy().time_zone.to_datetime(now).date();
        found.extend(list.desks(&people, &read, engine, today));
    }
    if let Some(engine) = engine {
        found.extend(list.signatures(&people, engine));
    }
    found.extend(list.circles(&people));
    found.sort_by_key(|diagnostic| (diagnostic.span(), diagnostic.code));
    found
}

/// The file.
struct List {
    source: SourceId,
}

impl List {
    fn span<T>(&self, at: &Spanned<T>) -> Span {
        Span::new(self.source, at.span().start, at.span().end)
    }

    fn persons(&self, people: &[Written]) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for (at, person) in people.iter().enumerate() {
            let id = person.id.get_ref();
            if id.trim().is_empty() {
                found.push(Diagnostic::new(Code::UnclearPeople, "a person without an id").at(self.span(&person.id), "this is empty"));
            } else if let Some(first) = people.iter().take(at).find(|other| other.id.get_ref() == id) {
                let twice = Diagnostic::new(Code::PersonTwice, format!("`{id}` is there twice")).at(self.span(&person.id), "and here again");
                found.push(twice.at(self.span(&first.id), "here").help("give one of them another id, or take one out"));
            }
            found.extend(person.deputy.as_ref().and_then(|deputy| self.deputy(person, deputy, people)));
        }
        found
    }

    fn deputy(&self, person: &Written, deputy: &Spanned<String>, people: &[Written]) -> Option<Diagnostic> {
        let (id, name) = (person.id.get_ref(), deputy.get_ref());
        if id == name {
            let own = Diagnostic::new(Code::UnknownDeputy, format!("`{id}` is their own deputy")).at(self.span(deputy), "this is the same person");
            return Some(own.help("name somebody else, or take the line out"));
        }
        let ids = || people.iter().map(|other| other.id.get_ref().as_str());
        if ids().any(|other| other == name) {
            return None;
        }
        let unknown = Diagnostic::new(Code::UnknownDeputy, format!("`{name}`, the deputy of `{id}`, is not in the list"));
        let help = nearest(name, ids()).map_or_else(|| "put that person into the list".to_owned(), |near| format!("did you mean `{near}`?"));
        Some(unknown.at(self.span(deputy), "nobody has this id").help(help))
    }

    fn roles(&self, people: &[Written], policy: &Policy) -> Vec<Diagnostic> {
        let names = || policy.roles.iter().map(|role| role.name.as_str());
        let unknown = people.iter().filter(|person| names().all(|name| name != person.role.get_ref()));
        let tell = |person: &Written| {
            let (id, role) = (person.id.get_ref(), person.role.get_ref());
            let message = format!("`{id}` has the role `{role}`, which the policy does not have");
            let list = || format!("the roles are {}", names().collect::<Vec<_>>().join(", "));
            let help = nearest(role, names()).map_or_else(list, |near| format!("did you mean `{near}`?"));
            Diagnostic::new(Code::UnknownPersonRole, message).at(self.span(&person.role), "no role of the policy has this name").help(help)
        };
        unknown.map(tell).collect()
    }

    /// Roles to which a case can go, and at whose desk nobody sits.
    fn desks(&self, people: &[Written], read: &People, engine: &Engine, today: Date) -> Vec<Diagnostic> {
        let policy = engine.policy();
        let mut found = Vec::new();
        for (at, role) in policy.roles.iter().enumerate() {
            let Some((place, why)) = destination(engine, RoleId::new(at)) else { continue };
            let name = &role.name;
            let mut of_role = people.iter().filter(|person| person.role.get_ref() == name);
            let Some(first) = of_role.next() else {
                let nobody = Diagnostic::new(Code::NobodyHasRole, format!("a case can go to `{name}`, but nobody has that role"));
                let nobody = nobody.at(role.span, "no person in the list has this role");
                let nobody = if place == role.span { nobody } else { nobody.at(place, why) };
                found.push(nobody.help(format!("put somebody with `role = \"{name}\"` into the list of people")));
                continue;
            };
            let wanted = Wanted { role: name, team: None, without: &[], today };
            if read.owner(&wanted, |_| 0).is_none() {
                let until = first.away_until.map(|day| format!(", `{}` until {day}", first.id.get_ref())).unwrap_or_default();
                let away = Diagnostic::new(Code::EverybodyAway, format!("everybody who has the role `{name}` is away{until}"));
                let away = away.at(self.span(&first.id), "and nobody who is there stands in");
                found.push(away.at(role.span, "a case can go there").help("name a `deputy` who is there, or give the role to somebody else too"));
            }
        }
        found
    }

    /// Permissions for which there are not enough different people to sign.
    fn signatures(&self, people: &[Written], engine: &Engine) -> Vec<Diagnostic> {
        let policy = engine.policy();
        let role = |name: &str| policy.role_ids().find(|id| policy.role(*id).is_some_and(|role| role.name == name));
        let signers: Vec<Signer<'_>> =
            people.iter().filter_map(|person| Some(Signer { id: person.id.get_ref(), role: role(person.role.get_ref())? })).collect();
        let tell = |missing: Missing<'_>| {
            let proposing = policy.role(missing.proposing).map_or("", |role| &role.name);
            let who = match missing.signers.as_slice() {
                [] => "nobody else of the list can sign".to_owned(),
                [one] => format!("only `{one}` can sign"),
                several => format!("only {} can sign", several.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ")),
            };
            let (count, signatures) = (missing.asked, if missing.asked == 1 { "signature" } else { "different signatures" });
            let found = Diagnostic::new(Code::TooFewSigners, format!("there are too few people to sign `{}` for a `{proposing}`", missing.rule.name));
            let found = found.at(missing.rule.span, format!("this asks for {count} {signatures} beside the one who proposes"));
            let proposer = people.iter().find(|person| person.id.get_ref() == missing.proposer);
            let found = proposer
                .into_iter()
                .fold(found, |found, person| found.at(self.span(&person.id), format!("where `{}` proposes, {who}", missing.proposer)));
            found.help("put further people of these roles, or of roles above them, into the list")
        };
        signers::missing(engine, &signers).into_iter().map(tell).collect()
    }

    /// Each circle once, at the first of its people in the file.
    fn circles(&self, people: &[Written]) -> Vec<Diagnostic> {
        let deputy = |at: usize| {
            let deputy = people.get(at)?.deputy.as_ref()?;
            people.iter().position(|person| person.id.get_ref() == deputy.get_ref())
        };
        let circle = |first: usize| {
            let mut circle = vec![first];
            let mut next = deputy(first)?;
            while next != first {
                // The circle of somebody else, or one that begins earlier in the file.
                if next < first || circle.contains(&next) {
                    return None;
                }
                circle.push(next);
                next = deputy(next)?;
            }
            Some(circle)
        };
        let tell = |circle: Vec<usize>| {
            let names: Vec<_> = circle.iter().filter_map(|at| people.get(*at)).map(|person| format!("`{}`", person.id.get_ref())).collect();
            let place = circle.first().and_then(|at| people.get(*at)?.deputy.as_ref()).map(|deputy| self.span(deputy));
            let message = format!("{} stand in for each other in a circle", names.join(" and "));
            let found =
                Diagnostic::new(Code::DeputyCircle, message).help("where all of them are away nobody is left; let one of them have another deputy");
            place.into_iter().fold(found, |found, place| found.at(place, "the circle begins here"))
        };
        (0..people.len()).filter_map(circle).map(tell).collect()
    }
}

/// The place by which a case can go to a role, and how: an `ask` clause, an `approved by`, or the hierarchy.
fn destination(engine: &Engine, role: RoleId) -> Option<(Span, &'static str)> {
    let (policy, program) = (engine.policy(), engine.program());
    let says_yes = |action: &ActionId| can_say_yes(policy, program, *action, role);
    let rules = policy.rules.iter().map(|rule| (&rule.actions, &rule.instead));
    let clauses = rules.chain(policy.fallbacks.iter().map(|fallback| (&fallback.actions, &fallback.instead)));
    let mut routes = clauses.filter(|(actions, _)| actions.iter().any(says_yes)).flat_map(|(_, instead)| &instead.routes);
    if let Some(route) = routes.find(|route| route.role == role) {
        return Some((route.span, "this clause sends cases there"));
    }
    let approves = |kind: &RuleKind| matches!(kind, RuleKind::Permission { approved_by, .. } if approved_by.contains(&role));
    if let Some(rule) = policy.rules.iter().find(|rule| approves(&rule.kind)) {
        return Some((rule.span, "this is approved by that role"));
    }
    let declared = policy.roles.get(role.index())?;
    let decides = |at| program.candidates(ActionId::new(at), role).is_some_and(|candidates| !candidates.permissions.is_empty());
    let is_above = !declared.above.is_empty() && (0..policy.actions.len()).any(decides);
    is_above.then_some((declared.span, ""))
}
