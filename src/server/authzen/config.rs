//! `[authzen]` in `kulanz.toml`: what the words of a caller mean in the policy.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::known::Known;
use crate::policy::Policy;

/// How subjects, resources and actions become questions.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Authzen {
    /// How callers reach the service, such as `https://kulanz.example.com`. Without it, what they call it in `Host`.
    pub url: Option<String>,
    /// The file with the key of tokens, 32 bytes or more. Without it each start has its own key, and tokens of an earlier one are worth nothing.
    pub key: Option<PathBuf>,
    /// How long a denial may be brought to somebody else.
    pub request_minutes: u32,
    /// How long an approval holds.
    pub approval_minutes: u32,
    /// The most results of a page.
    pub page: usize,
    /// The most evaluations in a request.
    pub evaluations: usize,
    /// By type.
    pub subjects: BTreeMap<String, Subjects>,
    /// By type.
    pub resources: BTreeMap<String, Resources>,
    /// By name. An action of the policy that is not here has its own name and no properties.
    pub actions: BTreeMap<String, Meaning>,
    /// What the context says.
    pub context: Context,
    /// What the file of the key holds.
    #[serde(skip)]
    pub secret: Option<[u8; 32]>,
}

impl Default for Authzen {
    fn default() -> Self {
        Self {
            url: None,
            key: None,
            request_minutes: 10,
            approval_minutes: 60,
            page: 100,
            evaluations: 1000,
            subjects: BTreeMap::new(),
            resources: BTreeMap::new(),
            actions: BTreeMap::new(),
            context: Context::default(),
            secret: None,
        }
    }
}

/// The subjects of a type: who asks.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Subjects {
    /// Whether they are those of the list of people.
    pub people: bool,
    /// Further ones, with their properties: a JSON file.
    pub known: Option<PathBuf>,
    /// The property that names the role.
    pub role_property: Option<String>,
    /// What its values mean in the policy; where this is empty they are the policy's own. Another value says nothing.
    pub roles: BTreeMap<String, String>,
    /// The role of whoever has none by the rest.
    pub role: Option<String>,
    /// The property that names the team.
    pub team_property: Option<String>,
    /// Property to fact.
    pub facts: BTreeMap<String, String>,
    /// What `known` holds.
    #[serde(skip)]
    pub list: Known,
}

impl Default for Subjects {
    fn default() -> Self {
        Self {
            people: true,
            known: None,
            role_property: None,
            roles: BTreeMap::new(),
            role: None,
            team_property: None,
            facts: BTreeMap::new(),
            list: Known::default(),
        }
    }
}

/// The resources of a type: what it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Resources {
    /// The fact that is the id.
    pub id: Option<String>,
    /// Property to fact.
    pub facts: BTreeMap<String, String>,
    /// Those that searches find, with their properties: a JSON file.
    pub known: Option<PathBuf>,
    /// Whether there are others than those.
    pub others: bool,
    /// What `known` holds.
    #[serde(skip)]
    pub list: Known,
}

/// What an action is in the policy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Meaning {
    /// The policy's name for it; the same where this is left out.
    pub action: Option<String>,
    /// The property that is the quantity.
    pub amount: Option<String>,
    /// Property to fact.
    pub facts: BTreeMap<String, String>,
    /// The types of resources that it is for; all where this is left out.
    pub resources: Option<Vec<String>>,
}

/// What the context says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Context {
    /// Member to fact.
    pub facts: BTreeMap<String, String>,
}

impl Authzen {
    /// Reads the files that it names; what is relative is so to the folder of the configuration.
    ///
    /// # Errors
    ///
    /// Which file cannot be read, or is not what it should be.
    pub fn read_files(&mut self, beside: &Path) -> Result<(), String> {
        for (ty, subjects) in &mut self.subjects {
            if let Some(path) = &subjects.known {
                subjects.list = Known::read(&beside.join(path)).map_err(|why| format!("`authzen.subjects.{ty}.known`: {why}"))?;
            }
        }
        for (ty, resources) in &mut self.resources {
            if let Some(path) = &resources.known {
                resources.list = Known::read(&beside.join(path)).map_err(|why| format!("`authzen.resources.{ty}.known`: {why}"))?;
            }
        }
        if let Some(path) = &self.key {
            let path = beside.join(path);
            let bytes = std::fs::read(&path).map_err(|why| format!("`authzen.key`: cannot read `{}`: {why}", path.display()))?;
            if bytes.len() < 32 {
                return Err(format!("`authzen.key`: `{}` holds less than 32 bytes", path.display()));
            }
            self.secret = Some(blake3::derive_key("kulanz 2026 authzen tokens", &bytes));
        }
        self.sane()
    }

    fn sane(&self) -> Result<(), String> {
        let wrong = |name: &str, value: usize, largest: usize| Err(format!("`authzen.{name}` is {value}; it lies between 1 and {largest}"));
        for (name, value, largest) in [("page", self.page, 1000), ("evaluations", self.evaluations, 10_000)] {
            if !(1..=largest).contains(&value) {
                return wrong(name, value, largest);
            }
        }
        for (name, minutes) in [("request_minutes", self.request_minutes), ("approval_minutes", self.approval_minutes)] {
            if !(1..=LONGEST).contains(&minutes) {
                return Err(format!("`authzen.{name}` is {minutes}; it lies between 1 and {LONGEST}"));
            }
        }
        match &self.url {
            Some(url) if !url.starts_with("https://") && !url.starts_with("http://") => {
                Err(format!("`authzen.url` is `{url}`; write it like https://kulanz.example.com"))
            }
            _ => Ok(()),
        }
    }

    /// What of it the policy does not have.
    #[must_use]
    pub fn problems(&self, policy: &Policy) -> Vec<String> {
        let has_role = |name: &String| policy.roles.iter().any(|role| role.name == *name);
        let has_fact = |name: &String| policy.facts.iter().any(|fact| fact.name == *name);
        let has_action = |name: &String| policy.actions.iter().any(|action| action.name == *name);
        let subjects = self.subjects.values();
        let resources = self.resources.values();
        let roles = subjects.clone().flat_map(|subjects| subjects.roles.values().chain(&subjects.role));
        let facts = subjects.flat_map(|subjects| subjects.facts.values());
        let facts = facts.chain(resources.flat_map(|resources| resources.facts.values().chain(&resources.id)));
        let facts = facts.chain(self.actions.values().flat_map(|action| action.facts.values())).chain(self.context.facts.values());
        let actions = self.actions.iter().map(|(name, action)| action.action.as_ref().unwrap_or(name));
        let roles = roles.filter(|name| !has_role(name)).map(|name| format!("the role `{name}`"));
        let facts = facts.filter(|name| !has_fact(name)).map(|name| format!("the fact `{name}`"));
        let actions = actions.filter(|name| !has_action(name)).map(|name| format!("the action `{name}`"));
        roles.chain(facts).chain(actions).collect()
    }
}

/// A month, in minutes.
const LONGEST: u32 = 44_640;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guide_shows_the_defaults_and_nothing_that_is_not_there() {
        #[derive(Deserialize)]
        struct File {
            authzen: Authzen,
        }
        let guide = include_str!("../../../docs/authzen.md");
        let (_, shown) = guide.split_once("```toml\n").unwrap();
        let shown = toml::from_str::<File>(shown.split_once("```").unwrap().0).unwrap().authzen;
        let default = Authzen::default();
        assert_eq!(
            (shown.request_minutes, shown.approval_minutes, shown.page, shown.evaluations),
            (default.request_minutes, default.approval_minutes, default.page, default.evaluations)
        );
        assert_eq!((shown.subjects.len(), shown.resources.len(), shown.actions.len(), shown.context.facts.len()), (1, 1, 2, 1));
    }

    #[test]
    fn bounds_are_named() {
        let read = |text: &str| toml::from_str::<Authzen>(text).unwrap().read_files(Path::new("/nowhere"));
        assert_eq!(read("url = 'https://a'\npage = 1000\nevaluations = 1\nrequest_minutes = 1\napproval_minutes = 44640"), Ok(()));
        for (text, name) in [
            ("page = 0", "page"),
            ("page = 1001", "page"),
            ("evaluations = 0", "evaluations"),
            ("request_minutes = 0", "request_minutes"),
            ("approval_minutes = 44641", "approval_minutes"),
            ("url = 'kulanz.example.com'", "url"),
            ("key = 'none'", "key"),
            ("[resources.record]\nknown = 'none'", "resources.record.known"),
            ("[subjects.user]\nknown = 'none'", "subjects.user.known"),
        ] {
            assert!(read(text).unwrap_err().starts_with(&format!("`authzen.{name}`")), "{text}");
        }
        assert!(toml::from_str::<Authzen>("[subjects.user]\nrol = 'agent'").is_err());
    }
}
