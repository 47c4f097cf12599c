//! The facts of a question: found by name, nested or flat, each once, and `facts` in agreement with `record`.

use super::fields::twice;
use super::json::Json;
use super::problem::{Mistake, Problems, member, quoted};
use super::{FactState, Provenance, value};
use crate::diagnostic::nearest;
use crate::policy::expr::Value;
use crate::policy::{Fact, Policy};

/// What was supplied for each fact, by [`FactId`](crate::policy::FactId).
pub(super) struct Supplied<'p, 'j> {
    policy: &'p Policy,
    said: Vec<Option<Given<'j>>>,
    record: Vec<Option<Given<'j>>>,
}

/// One supplied value, where it stood and how it was written.
#[derive(Clone)]
struct Given<'j> {
    path: String,
    written: &'j Json,
    value: Reading,
}

#[derive(Clone, PartialEq)]
enum Reading {
    /// Something is wrong with it, and a problem says so.
    Wrong,
    Absent,
    Known(Value),
}

/// Which of the two objects is read.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Origin {
    /// `facts`
    Said,
    /// `record`
    Record,
}

impl<'p, 'j> Supplied<'p, 'j> {
    pub fn new(policy: &'p Policy) -> Self {
        let none = vec![None; policy.facts.len()];
        Self { policy, said: none.clone(), record: none }
    }

    /// Reads `facts` or `record`.
    pub fn read(&mut self, origin: Origin, json: &'j Json, path: &str, problems: &mut Problems) {
        let mut groups: Vec<(String, &str, &Json)> = Vec::new();
        for (key, json) in json.members(path, problems) {
            if problems.is_full() {
                return;
            }
            let here = member(path, key);
            let name = super::name(key);
            let first = groups.iter().find(|(group, ..)| *group == name);
            match (json, first) {
                (Json::Object(_), Some((_, first, group))) => {
                    problems.add(&here, twice(&name, &[(member(path, first), group), (here.clone(), json)]));
                }
                (Json::Object(members), None) if self.is_group(&name) => {
                    self.read_group(origin, &name, members, &here, problems);
                    groups.push((name, key, json));
                }
                _ => self.read_fact(origin, &name, json, here, problems),
            }
        }
    }

    fn read_group(&mut self, origin: Origin, group: &str, members: &'j [(String, Json)], path: &str, problems: &mut Problems) {
        for (key, json) in members {
            if problems.is_full() {
                return;
            }
            self.read_fact(origin, &format!("{group}.{}", super::name(key)), json, member(path, key), problems);
        }
    }

    fn read_fact(&mut self, origin: Origin, name: &str, json: &'j Json, path: String, problems: &mut Problems) {
        let Some((at, fact)) = self.policy.facts.iter().enumerate().find(|(_, fact)| fact.name == name) else {
            problems.add(&path, self.unknown(name));
            return;
        };
        let value = reading(self.policy, fact, json, &path, problems);
        let list = if origin == Origin::Said { &mut self.said } else { &mut self.record };
        let Some(slot) = list.get_mut(at) else { return };
        match slot {
            Some(first) => problems.add(&path, twice(name, &[(first.path.clone(), first.written), (path.clone(), json)])),
            None => *slot = Some(Given { path, written: json, value }),
        }
    }

    fn groups(&self) -> impl Iterator<Item = &'p str> {
        self.policy.facts.iter().filter_map(|fact| fact.name.split_once('.')).map(|(group, _)| group)
    }

    fn is_group(&self, name: &str) -> bool {
        self.groups().any(|group| group == name)
    }

    fn unknown(&self, name: &str) -> Mistake {
        if matches!(name, "actor.id" | "actor.team" | "actor.role" | "actor") {
            return Mistake::new("who asks is no fact").help("it belongs in `actor`");
        }
        let members = |group: &str| {
            self.policy
                .facts
                .iter()
                .map(|fact| fact.name.as_str())
                .filter(|name| name.split_once('.').is_some_and(|(of, _)| of == group))
                .collect::<Vec<_>>()
        };
        if self.is_group(name) {
            return Mistake::new(format!("`{name}` is a group of facts, not a fact")).help(format!("it holds {}", members(name).join(", ")));
        }
        let names = self.policy.facts.iter().map(|fact| fact.name.as_str()).chain(self.groups());
        Mistake::new(format!("unknown fact {}", quoted(name))).did_you_mean(near(name, names))
    }

    /// The state of every fact: what was supplied, else its default.
    pub fn states(self, record_as: Provenance, problems: &mut Problems) -> Vec<FactState> {
        let given = self.said.into_iter().zip(self.record);
        given.zip(&self.policy.facts).map(|((said, record), fact)| state(fact, said, record, record_as, problems)).collect()
    }
}

fn reading(policy: &Policy, fact: &Fact, json: &Json, path: &str, problems: &mut Problems) -> Reading {
    match json {
        Json::Null if fact.optional => Reading::Absent,
        Json::Null => {
            let mistake = Mistake::new(format!("`{}` cannot be absent", fact.name)).help("leave it out where it is not known");
            problems.add(path, mistake);
            Reading::Wrong
        }
        _ => value::read(policy, &fact.ty, json, path, problems).map_or(Reading::Wrong, Reading::Known),
    }
}

fn state(fact: &Fact, said: Option<Given<'_>>, record: Option<Given<'_>>, record_as: Provenance, problems: &mut Problems) -> FactState {
    if let (Some(said), Some(record)) = (&said, &record)
        && said.value != record.value
        && said.value != Reading::Wrong
        && record.value != Reading::Wrong
    {
        let mistake = Mistake::new(format!("`{}` has one value in `facts` and another in `record`", fact.name));
        problems.add(&said.path, mistake.help(format!("leave it out here, or mend it at {}", record.path)));
    }
    let record = record.map(|given| (given.value, record_as));
    match record.or_else(|| said.map(|given| (given.value, Provenance::Said))) {
        Some((Reading::Known(value), from)) => FactState::Known(value, from),
        Some((Reading::Absent, from)) => FactState::Absent(from),
        Some((Reading::Wrong, _)) => FactState::Unknown,
        None => default_state(fact),
    }
}

/// The state of a fact that nobody supplied.
pub(crate) fn default_state(fact: &Fact) -> FactState {
    fact.default.clone().map_or(FactState::Unknown, |value| FactState::Known(value, Provenance::Default))
}

/// The nearest candidate; names that are far too long are not compared.
pub(super) fn near<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 64;
    (written.len() <= LONGEST).then(|| nearest(written, candidates)).flatten()
}
