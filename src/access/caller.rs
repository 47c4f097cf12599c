//! Somebody, or something, that calls the service.

use super::scope::{Scope, Scopes};

/// The name of whoever calls where nobody is asked for a token.
const LOCAL: &str = "local";

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    name: Box<str>,
    scopes: Scopes,
    identity: Option<Identity>,
}

/// The person as whom a caller acts. What is left out here is looked up in the list of people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The actor's id.
    pub id: String,
    /// The role, where the token says it.
    pub role: Option<String>,
    /// The team, where the token says it.
    pub team: Option<String>,
}

impl Caller {
    /// Whoever can reach a service that asks nobody for a token; may do everything.
    #[must_use]
    pub fn local() -> Self {
        Self { name: LOCAL.into(), scopes: Scopes::all(), identity: None }
    }

    /// A caller by its name, such as `key:7gk2m0qx` or `jwt:lena`.
    #[must_use]
    pub fn new(name: impl Into<Box<str>>, scopes: Scopes, identity: Option<Identity>) -> Self {
        Self { name: name.into(), scopes, identity }
    }

    /// Its name: `local`, `key:` and an id, or `jwt:` and a subject.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether nobody was asked for a token.
    #[must_use]
    pub fn is_local(&self) -> bool {
        &*self.name == LOCAL
    }

    /// Whether it may do this.
    #[must_use]
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.has(scope)
    }

    /// What it may do.
    #[must_use]
    pub fn scopes(&self) -> Scopes {
        self.scopes
    }

    /// As whom it acts, where that is bound to its token.
    #[must_use]
    pub fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }
}
