//! The tables `[access]` and `[tls]` of `kulanz.toml`.

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// Who may ask, and how they show who they are. Where neither keys nor an issuer are named, nobody is asked for a token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Access {
    /// The file of the keys. In a file it is relative to that file.
    pub keys: Option<PathBuf>,
    /// Whose signed tokens are taken.
    pub jwt: Option<Jwt>,
    /// How many requests each caller has, where its key says nothing else. Without it there is no bound.
    pub rate: Option<Rate>,
}

/// Whose signed tokens are taken.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jwt {
    /// What `iss` must be.
    pub issuer: String,
    /// What `aud` must be, or hold.
    pub audience: String,
    /// The keys of the issuer: a file, or an address of `https://`, or of `http://` on this machine.
    pub jwks: String,
    /// The certificates that vouch for that address, a PEM file; those of the public authorities where it is left out. In a file it is relative to that file.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// By so much clocks may differ.
    #[serde(default = "leeway")]
    pub leeway_seconds: u32,
    /// How often the keys of the issuer are looked at again.
    #[serde(default = "refresh")]
    pub refresh_seconds: u32,
    /// After an unknown key was looked for, so long no other one is.
    #[serde(default = "pause")]
    pub pause_seconds: u32,
    /// In which claims it stands who the caller is.
    #[serde(default)]
    pub claims: Claims,
}

fn leeway() -> u32 {
    30
}

fn refresh() -> u32 {
    300
}

fn pause() -> u32 {
    10
}

/// In which claims it stands who the caller is. A name that begins with `/` is a JSON pointer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Claims {
    /// The actor's id.
    pub id: String,
    /// The actor's role.
    pub role: String,
    /// The actor's team.
    pub team: String,
    /// What the caller may do: a list, or a text with blanks between; what is no scope of Kulanz is passed over.
    pub scopes: String,
}

impl Default for Claims {
    fn default() -> Self {
        Self { id: "sub".into(), role: "role".into(), team: "team".into(), scopes: "scope".into() }
    }
}

/// How many requests a caller has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// So many in a minute…
    pub per_minute: u32,
    /// …and so many at once; as many as in a minute where it is left out.
    pub burst: Option<u32>,
}

/// The certificate with which the service shows who it is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The chain of certificates, PEM. In a file it is relative to that file.
    pub certificate: PathBuf,
    /// Its private key, PEM; likewise.
    pub key: PathBuf,
}

impl Access {
    /// Whether callers are asked for a token.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.keys.is_some() || self.jwt.is_some()
    }

    /// The same, with paths that begin at a folder.
    #[must_use]
    pub fn beside(mut self, folder: &Path) -> Self {
        self.keys = self.keys.map(|keys| folder.join(keys));
        if let Some(jwt) = &mut self.jwt {
            jwt.ca_file = jwt.ca_file.take().map(|file| folder.join(file));
            if !jwt.jwks.contains("://") {
                jwt.jwks = folder.join(&jwt.jwks).display().to_string();
            }
        }
        self
    }

    /// What makes no sense.
    #[must_use]
    pub fn mistake(&self) -> Option<String> {
        if self.rate.is_some_and(|rate| rate.per_minute == 0 || rate.burst == Some(0)) {
            return Some("`access.rate` lets nobody ask anything: `per_minute` and `burst` are at least 1".into());
        }
        if self.rate.is_some() && !self.is_on() {
            return Some("`access.rate` counts by caller, and without `access.keys` or `[access.jwt]` nobody is told from another".into());
        }
        let jwt = self.jwt.as_ref()?;
        if jwt.issuer.is_empty() || jwt.audience.is_empty() {
            return Some("`access.jwt` needs an `issuer` and an `audience`: a token for somebody else would be taken".into());
        }
        let Claims { id, role, team, scopes } = &jwt.claims;
        if let Some(name) = [id, role, team, scopes].into_iter().find(|name| !is_claim(name)) {
            return Some(format!("`access.jwt.claims`: `{name}` is neither the name of a claim nor a JSON pointer, in which `~` is written `~0`"));
        }
        super::jwks::mistake_in_place(&jwt.jwks)
    }
}

/// RFC 6901, section 3, for a name that begins with `/`.
fn is_claim(name: &str) -> bool {
    !name.is_empty() && (!name.starts_with('/') || name.split('~').skip(1).all(|behind| behind.starts_with(['0', '1'])))
}

impl Tls {
    /// The same, with paths that begin at a folder.
    #[must_use]
    pub fn beside(self, folder: &Path) -> Self {
        Self { certificate: folder.join(self.certificate), key: folder.join(self.key) }
    }
}
