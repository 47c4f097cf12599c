//! Who works here: `people.toml`.
//!
//! ```toml
//! [[person]]
//! id = "lena"
//! name = "Lena Vogt"
//! role = "lead"
//! team = "berlin-1"
//! away_until = 2026-11-30
//! deputy = "olga"
//! ```

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer};

use super::record::Who;
use crate::diagnostic::nearest;
use crate::policy::Policy;

/// Everybody who may own a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People {
    list: Vec<Person>,
}

/// Somebody who works here.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Tells people apart: the actor's id in questions.
    pub id: String,
    /// The name that people know.
    pub name: Option<String>,
    /// The role, as the policy names it.
    pub role: String,
    /// The team.
    pub team: Option<String>,
    /// The last day of an absence.
    #[serde(default, deserialize_with = "day")]
    pub away_until: Option<Date>,
    /// Who stands in for this person, in this person's role, while they are away: an id.
    pub deputy: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    person: Vec<Person>,
}

/// A TOML date, or a text that is one.
pub(super) fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Date(toml::value::Datetime),
        Text(String),
    }
    let text = match Written::deserialize(deserializer)? {
        Written::Date(date) => date.to_string(),
        Written::Text(text) => text,
    };
    text.parse().map(Some).map_err(|_| serde::de::Error::custom(format!("`{text}` is not a day; write it like 2026-11-30")))
}

/// What is wrong with a list of people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeopleError {
    /// It is not understood.
    #[error("{0}")]
    Unclear(String),
    /// It is understood, but cannot be.
    #[error("{}", .0.join("; "))]
    Wrong(Vec<String>),
}

impl People {
    /// Reads a list of people.
    ///
    /// # Errors
    ///
    /// Where it is no TOML, holds a key that is not known, or names people twice or not at all.
    pub fn parse(text: &str) -> Result<Self, PeopleError> {
        let File { person: list } = toml::from_str(text).map_err(|error| PeopleError::Unclear(error.to_string().trim_end().to_owned()))?;
        let mut wrong = Vec::new();
        for (at, person) in list.iter().enumerate() {
            if person.id.trim().is_empty() {
                wrong.push(format!("person {} has an empty id", at + 1));
            }
            if list.iter().take(at).any(|other| other.id == person.id) {
                wrong.push(format!("`{}` is there twice", person.id));
            }
            match &person.deputy {
                Some(deputy) if *deputy == person.id => wrong.push(format!("`{deputy}` is their own deputy")),
                Some(deputy) if list.iter().all(|other| other.id != *deputy) => {
                    let meant = nearest(deputy, list.iter().map(|other| other.id.as_str())).map(|near| format!("; did you mean `{near}`?"));
                    wrong.push(format!("`{deputy}`, the deputy of `{}`, is not in the list{}", person.id, meant.unwrap_or_default()));
                }
                _ => {}
            }
        }
        if wrong.is_empty() { Ok(Self { list }) } else { Err(PeopleError::Wrong(wrong)) }
    }

    /// What does not fit a policy: roles that it does not have.
    #[must_use]
    pub fn problems(&self, policy: &Policy) -> Vec<String> {
        let roles = || policy.roles.iter().map(|role| role.name.as_str());
        let unknown = self.list.iter().filter(|person| roles().all(|role| role != person.role));
        let tell = |person: &Person| {
            let meant = nearest(&person.role, roles()).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            format!("`{}` has the role `{}`, which the policy does not have{meant}", person.id, person.role)
        };
        unknown.map(tell).collect()
    }

    /// Everybody, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Person> {
        self.list.iter()
    }

    /// Somebody by their id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Person> {
        self.list.iter().find(|person| person.id == id)
    }

    /// Who is to own a case that `wanted` describes: a person of the role in the team who is there, else the deputy of one who is not, else anyone of the role, else the deputy of any; of several the one
    /// with the fewest open cases, then the first in the file.
    #[must_use]
    pub fn owner<'a>(&'a self, wanted: &Wanted<'_>, open_cases: impl Fn(&str) -> i64) -> Option<Owner> {
        let in_team = |person: &&Person| wanted.team.is_some() && person.team.as_deref() == wanted.team;
        let of_role = || self.list.iter().filter(|person| person.role == wanted.role);
        let fits = |person: &&Person| !person.is_away(wanted.today) && !wanted.without.contains(&person.id.as_str());
        let deputy = |person: &Person| person.deputy.as_deref().and_then(|deputy| self.find(deputy));
        let themselves = |person| (person, None);
        let instead = |away: &'a Person| deputy(away).filter(fits).map(|deputy| (deputy, Some(away)));
        let is_away = |person: &&Person| person.is_away(wanted.today);
        let steps: [Vec<(&Person, Option<&Person>)>; 4] = [
            of_role().filter(in_team).filter(fits).map(themselves).collect(),
            of_role().filter(in_team).filter(is_away).filter_map(instead).collect(),
            of_role().filter(fits).map(themselves).collect(),
            of_role().filter(is_away).filter_map(instead).collect(),
        ];
        let (found, absent) = steps.into_iter().find_map(|people| people.into_iter().min_by_key(|(person, _)| open_cases(&person.id)))?;
        let who = Who { id: found.id.clone(), role: wanted.role.to_owned(), team: found.team.clone() };
        Some(Owner { who, stands_in_for: absent.map(|absent| absent.id.clone()) })
    }

    /// Whether nobody is known at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether somebody can be asked on a day: whoever is away cannot, nor whoever is not in the list. Where nobody is known, nobody is missed.
    #[must_use]
    pub fn is_there(&self, id: &str, today: Date) -> bool {
        self.is_empty() || self.find(id).is_some_and(|person| !person.is_away(today))
    }
}

/// Who is to own a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The person, in the role that is wanted.
    pub who: Who,
    /// Somebody of that role who is away, and whose deputy this is.
    pub stands_in_for: Option<String>,
}

/// For what an owner is looked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The role.
    pub role: &'a str,
    /// The team of who asks.
    pub team: Option<&'a str>,
    /// Who it must not be.
    pub without: &'a [&'a str],
    /// The day.
    pub today: Date,
}

impl Person {
    /// Whether this person is away on a day.
    #[must_use]
    pub fn is_away(&self, today: Date) -> bool {
        self.away_until.is_some_and(|until| until >= today)
    }

    /// This person in their own role.
    #[must_use]
    pub fn who(&self) -> Who {
        Who { id: self.id.clone(), role: self.role.clone(), team: self.team.clone() }
    }
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name.as_deref().unwrap_or(&self.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = jiff::civil::date(2026, 11, 22);

    fn people(lines: &[(&str, &str, &str, &str)]) -> People {
        let person =
            |(id, role, team, more): &(&str, &str, &str, &str)| format!("[[person]]\nid = \"{id}\"\nrole = \"{role}\"\nteam = \"{team}\"\n{more}\n");
        People::parse(&lines.iter().map(person).collect::<String>()).unwrap()
    }

    fn owner(people: &People, without: &[&str], busy: &str) -> Option<String> {
        let wanted = Wanted { role: "lead", team: Some("berlin"), without, today: TODAY };
        people.owner(&wanted, |id| i64::from(id == busy)).map(|owner| owner.who.id)
    }

    #[test]
    fn the_owner_is_of_the_team_then_a_deputy_then_anyone() {
        let all = [("lena", "lead", "berlin", ""), ("luis", "lead", "berlin", ""), ("lara", "lead", "bonn", "")];
        assert_eq!(owner(&people(&all), &[], ""), Some("lena".into()));
        assert_eq!(owner(&people(&all), &[], "lena"), Some("luis".into()));
        assert_eq!(owner(&people(&all), &["lena", "luis"], ""), Some("lara".into()));
        assert_eq!(owner(&people(&all), &["lena", "luis", "lara"], ""), None);
        let away = [
            ("lena", "lead", "berlin", "away_until = 2026-11-22\ndeputy = \"omar\""),
            ("omar", "senior", "berlin", ""),
            ("lara", "lead", "bonn", ""),
        ];
        assert_eq!(owner(&people(&away), &[], ""), Some("omar".into()));
        assert_eq!(owner(&people(&away), &["omar"], ""), Some("lara".into()));
        let back = [("lena", "lead", "berlin", "away_until = 2026-11-21\ndeputy = \"omar\""), ("omar", "senior", "berlin", "")];
        assert_eq!(owner(&people(&back), &[], ""), Some("lena".into()));
    }

    #[test]
    fn a_wrong_list_is_refused() {
        let message = |text: &str| People::parse(text).unwrap_err().to_string();
        assert!(message("[[person]]\nid = \"a\"\nrole = \"lead\"\nsince = 1").contains("unknown field `since`"));
        assert!(message("[[person]]\nid = \"a\"\nrole = \"lead\"\naway_until = \"soon\"").contains("`soon` is not a day"));
        let twice = "[[person]]\nid = \"anna\"\nrole = \"lead\"\ndeputy = \"anna\"\n[[person]]\nid = \"anna\"\nrole = \"lead\"\ndeputy = \"ann\"";
        assert_eq!(
            message(twice),
            "`anna` is their own deputy; `anna` is there twice; `ann`, the deputy of `anna`, is not in the list; did you mean `anna`?"
        );
    }
}
