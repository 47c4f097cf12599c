//! `[mcp]` of the configuration: as whom a language model acts, and from which pages.

use serde::Deserialize;

use crate::access::Identity;
use crate::access::is_no_name;
use crate::ledger::people::People;
use crate::policy::Policy;

/// Who a model is, as far as the policy is concerned. The model has no say in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mcp {
    /// The actor's id. May be left out where `[access]` says who calls.
    pub actor: Option<String>,
    /// Its role; what the list of people says where it is left out.
    pub role: Option<String>,
    /// Its team; likewise.
    pub team: Option<String>,
    /// The origins of web pages that may talk to `/mcp`, such as `https://desk.example:443`. Without any, no page may.
    pub origins: Vec<String>,
}

impl Mcp {
    /// As whom it acts, where that is said.
    #[must_use]
    pub fn identity(&self) -> Option<Identity> {
        let id = self.actor.clone()?;
        Some(Identity { id, role: self.role.clone(), team: self.team.clone() })
    }

    /// What makes no sense in it. `has_access` is whether callers show a token.
    #[must_use]
    pub fn mistake(&self, has_access: bool) -> Option<String> {
        let names = [("actor", &self.actor), ("role", &self.role), ("team", &self.team)];
        if let Some((key, _)) = names.iter().find(|(_, name)| name.as_deref().is_some_and(is_no_name)) {
            return Some(format!("`mcp.{key}` is no name"));
        }
        if self.actor.is_none() && !has_access {
            return Some("`mcp.actor` is missing: without `[access]` nothing else says as whom a model acts".into());
        }
        if self.actor.is_none() && (self.role.is_some() || self.team.is_some()) {
            return Some("`mcp.role` and `mcp.team` are those of `mcp.actor`, which is missing".into());
        }
        let wrong = self.origins.iter().find(|origin| !origin.starts_with("https://") && !origin.starts_with("http://"));
        wrong.map(|origin| format!("`mcp.origins`: `{origin}` is no origin; write it as `https://desk.example:443`"))
    }

    /// What the policy and the list of people do not know of it.
    #[must_use]
    pub fn unknown(&self, policy: &Policy, people: &People) -> Option<String> {
        let id = self.actor.as_deref()?;
        match &self.role {
            Some(role) if policy.roles.iter().any(|known| known.name == *role) => None,
            Some(role) => {
                let roles: Vec<_> = policy.roles.iter().map(|role| role.name.as_str()).collect();
                Some(format!("unknown role `{role}`; the roles are {}", roles.join(", ")))
            }
            None if people.find(id).is_some() => None,
            None => Some(format!("the role of `{id}` is not known; say it, or put `{id}` into the list of people")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistake(text: &str, has_access: bool) -> Option<String> {
        toml::from_str::<Mcp>(text).unwrap().mistake(has_access)
    }

    #[test]
    fn somebody_must_be_said_to_act() {
        assert_eq!(mistake("actor = \"bot\"", false), None);
        assert_eq!(mistake("", true), None);
        assert!(mistake("", false).unwrap().contains("`mcp.actor` is missing"));
        assert!(mistake("role = \"agent\"", true).unwrap().contains("`mcp.actor`, which is missing"));
        assert!(mistake("actor = \" bot\"", true).unwrap().contains("`mcp.actor` is no name"));
    }

    #[test]
    fn an_origin_has_a_scheme() {
        assert_eq!(mistake("origins = [\"https://desk.example:443\", \"http://localhost:*\"]", true), None);
        assert!(mistake("origins = [\"desk.example\"]", true).unwrap().contains("`desk.example` is no origin"));
        assert!(toml::from_str::<Mcp>("token = 1").is_err());
    }
}
