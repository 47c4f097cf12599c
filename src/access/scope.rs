//! What a caller may do.

use std::fmt;
use std::str::FromStr;

/// One thing that a caller may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Ask questions, and read the policy.
    Ask,
    /// Grant and reverse.
    Grant,
    /// Send facts of record.
    Record,
    /// Open, read and decide cases.
    Cases,
    /// Read what belongs to other people: budgets, grants and cases.
    Read,
    /// Operate the service.
    Admin,
    /// Say on whose behalf it acts.
    OnBehalf,
}

/// What is no scope.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no scope; the scopes are ask, grant, record, cases, read, admin, on_behalf")]
pub struct UnknownScope(pub String);

impl Scope {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 7] = [Self::Ask, Self::Grant, Self::Record, Self::Cases, Self::Read, Self::Admin, Self::OnBehalf];

    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Grant => "grant",
            Self::Record => "record",
            Self::Cases => "cases",
            Self::Read => "read",
            Self::Admin => "admin",
            Self::OnBehalf => "on_behalf",
        }
    }

    fn bit(self) -> u8 {
        1 << (self as u8)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(written: &str) -> Result<Self, UnknownScope> {
        Self::ALL.into_iter().find(|scope| scope.name() == written).ok_or_else(|| UnknownScope(written.to_owned()))
    }
}

/// Some scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes(u8);

impl Scopes {
    /// All there are.
    #[must_use]
    pub fn all() -> Self {
        Scope::ALL.into_iter().collect()
    }

    /// Whether this is one of them.
    #[must_use]
    pub fn has(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    /// Each, in the order in which they are shown.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.has(*scope))
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | scope.bit()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_is_read_as_it_is_written_and_is_its_own() {
        for scope in Scope::ALL {
            assert_eq!(scope.name().parse(), Ok(scope));
            let only: Scopes = [scope].into_iter().collect();
            assert_eq!(only.iter().collect::<Vec<_>>(), [scope]);
        }
        assert_eq!("Ask".parse::<Scope>().unwrap_err().to_string().split(';').next(), Some("`Ask` is no scope"));
        assert!(Scopes::all().iter().eq(Scope::ALL) && Scopes::default().iter().next().is_none());
    }
}
