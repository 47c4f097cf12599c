//! Signed tokens (JWT, RFC 7519) of one issuer.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use jiff::Timestamp;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Validation, decode, decode_header};
use serde_json::{Map, Value};
use tokio::sync::Mutex;

use super::caller::{Caller, Identity, is_no_name};
use super::crypto;
use super::jwks::{IssuerKeys, Place};
use super::rate::Buckets;
use super::scope::{Scope, Scopes};
use super::settings::{Claims, Jwt, Rate};

/// Whose tokens are taken, and the keys with which they are verified.
#[derive(Debug)]
pub struct Issuer {
    settings: Jwt,
    place: Place,
    keys: ArcSwap<IssuerKeys>,
    /// When an unknown key was last looked for.
    looked: Mutex<Option<Instant>>,
}

/// Why a token is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// The key that signed it is not known; it may be new.
    #[error("it is signed with a key that is not known")]
    UnknownKey,
    /// Its time is over.
    #[error("it has expired")]
    Expired,
    /// Its time has not come.
    #[error("it is not valid yet")]
    TooEarly,
    /// Something else is wrong with it.
    #[error("{0}")]
    Wrong(&'static str),
    /// A claim is missing or cannot be.
    #[error("its claim `{0}` is missing, or cannot be that of a caller")]
    Claim(String),
}

/// A token that is taken.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// Whose it is.
    pub caller: Caller,
    /// Until when.
    pub until: Timestamp,
}

impl Issuer {
    /// With the keys that are there now. An issuer that does not answer may do so later; a file must be there.
    ///
    /// # Errors
    ///
    /// Where the file cannot be used; in words.
    pub fn new(settings: Jwt) -> Result<Self, String> {
        crypto::install();
        let place = Place::new(&settings.jwks, settings.ca_file.as_deref())?;
        let keys = match (place.read(), &place) {
            (Ok(keys), _) => keys,
            (Err(error), Place::File(_)) => return Err(error),
            (Err(error), Place::Address(..)) => {
                tracing::warn!(%error, "the keys of the issuer are not there yet; its tokens are not taken");
                IssuerKeys::default()
            }
        };
        Ok(Self { settings, place, keys: ArcSwap::from_pointee(keys), looked: Mutex::new(None) })
    }

    /// The file that holds the keys, where it is one.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match &self.place {
            Place::File(path) => Some(path),
            Place::Address(..) => None,
        }
    }

    /// How often the keys of an address are to be looked at again.
    #[must_use]
    pub fn refresh_every(&self) -> Duration {
        Duration::from_secs(u64::from(self.settings.refresh_seconds.max(1)))
    }

    /// Which keys are known: one word, other for others.
    #[must_use]
    pub fn version(&self) -> Arc<IssuerKeys> {
        self.keys.load_full()
    }

    /// Whether these are the keys that are known.
    #[must_use]
    pub fn is_at(&self, keys: &IssuerKeys) -> bool {
        std::ptr::eq(&raw const **self.keys.load(), keys)
    }

    /// Looks at the keys again; where they cannot be read, those before stay.
    pub fn refresh(&self) {
        match self.place.read() {
            Ok(keys) if keys.version() == self.keys.load().version() => {}
            Ok(keys) => {
                tracing::info!(?keys, "the keys of the issuer changed");
                self.keys.store(Arc::new(keys));
            }
            Err(error) => tracing::warn!(%error, "the keys of the issuer cannot be read; those before are in force"),
        }
    }

    /// Looks for a key that is not known, unless one was looked for just now: whoever makes keys up does not make this service ask and ask.
    pub async fn look_again(self: Arc<Self>) {
        let mut looked = self.looked.lock().await;
        let pause = Duration::from_secs(u64::from(self.settings.pause_seconds));
        if looked.is_some_and(|at| at.elapsed() < pause) {
            return;
        }
        let issuer = Arc::clone(&self);
        // It is noted however it ends.
        let _ = tokio::task::spawn_blocking(move || issuer.refresh()).await;
        *looked = Some(Instant::now());
    }

    /// Whose token this is.
    ///
    /// # Errors
    ///
    /// Where it is nobody's.
    pub fn verify(&self, token: &str, now: Timestamp, rate: Option<Rate>, buckets: &Buckets) -> Result<Accepted, Unfit> {
        let header = decode_header(token).map_err(|_| Unfit::Wrong("it is no token of RS256, ES256 or EdDSA"))?;
        if !crypto::ALGORITHMS.contains(&header.alg) {
            return Err(Unfit::Wrong("it is no token of RS256, ES256 or EdDSA"));
        }
        if header.crit.is_some() {
            return Err(Unfit::Wrong("it asks for an extension that is not known"));
        }
        let keys = self.keys.load();
        let key = keys.find(header.kid.as_deref(), header.alg).ok_or(Unfit::UnknownKey)?;
        let mut validation = Validation::new(key.algorithm);
        validation.set_issuer(&[&self.settings.issuer]);
        validation.set_audience(&[&self.settings.audience]);
        validation.set_required_spec_claims(&["iss", "aud"]);
        // The library does not read numbers as this crate has them, with all their digits; see `times`.
        (validation.validate_exp, validation.validate_nbf) = (false, false);
        let claims = decode::<Map<String, Value>>(token, &key.key, &validation).map_err(|error| unfit(error.kind()))?.claims;
        // The library takes a list of issuers too; RFC 7519 knows none.
        if !claims.get("iss").is_some_and(Value::is_string) {
            return Err(Unfit::Claim("iss".to_owned()));
        }
        let until = times(&claims, i64::from(self.settings.leeway_seconds), now)?;
        let (name, scopes, identity) = told(&self.settings.claims, claims)?;
        let name = format!("jwt:{name}");
        let bucket = rate.map(|rate| buckets.of(&name, rate));
        Ok(Accepted { caller: Caller::new(name, scopes, Some(identity)).paced(bucket), until })
    }
}

fn unfit(kind: &ErrorKind) -> Unfit {
    match kind {
        ErrorKind::InvalidIssuer => Unfit::Wrong("it is of another issuer"),
        ErrorKind::InvalidAudience => Unfit::Wrong("it is for somebody else"),
        ErrorKind::MissingRequiredClaim(claim) => Unfit::Claim(claim.clone()),
        // The signature is looked at before the claims are read.
        ErrorKind::Json(_) | ErrorKind::Utf8(_) => Unfit::Wrong("its claims cannot be read"),
        _ => Unfit::Wrong("its signature does not fit"),
    }
}

/// Until when it is taken.
fn times(claims: &Map<String, Value>, leeway: i64, now: Timestamp) -> Result<Timestamp, Unfit> {
    let at = |claim: &str| match claims.get(claim) {
        None => Ok(None),
        // Seconds; a part of one is passed over.
        Some(Value::Number(seconds)) => {
            let text = seconds.to_string();
            let whole = text.split_once('.').map_or(text.as_str(), |(whole, _)| whole);
            whole.parse::<i64>().map(Some).map_err(|_| Unfit::Claim(claim.to_owned()))
        }
        Some(_) => Err(Unfit::Claim(claim.to_owned())),
    };
    let missing = || Unfit::Claim("exp".to_owned());
    let until = at("exp")?.and_then(|end| Timestamp::from_second(end.saturating_add(leeway)).ok()).ok_or_else(missing)?;
    if now >= until {
        return Err(Unfit::Expired);
    }
    if at("nbf")?.is_some_and(|begin| begin.saturating_sub(leeway) > now.as_second()) {
        return Err(Unfit::TooEarly);
    }
    Ok(until)
}

/// Who it is, and what they may do.
fn told(names: &Claims, claims: Map<String, Value>) -> Result<(String, Scopes, Identity), Unfit> {
    let claims = Value::Object(claims);
    let find = |name: &str| if name.starts_with('/') { claims.pointer(name) } else { claims.get(name) }.filter(|value| !value.is_null());
    let text = |name: &str| {
        let value = match find(name) {
            None => return Ok(None),
            Some(Value::String(text)) => Some(text),
            // Several would leave open which counts.
            Some(Value::Array(only)) => match only.as_slice() {
                [Value::String(text)] => Some(text),
                _ => None,
            },
            Some(_) => None,
        };
        value.filter(|text| !is_no_name(text)).map(|text| Some(text.clone())).ok_or_else(|| Unfit::Claim(name.to_owned()))
    };
    let id = text(&names.id)?.ok_or_else(|| Unfit::Claim(names.id.clone()))?;
    let words: Vec<&str> = match find(&names.scopes) {
        None => Vec::new(),
        Some(Value::String(text)) => text.split_ascii_whitespace().collect(),
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        Some(_) => return Err(Unfit::Claim(names.scopes.clone())),
    };
    let scopes = words.iter().filter_map(|word| word.parse::<Scope>().ok()).collect();
    let (role, team) = (text(&names.role)?, text(&names.team)?);
    Ok((id.clone(), scopes, Identity { id, role, team }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn claims(value: &Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn a_token_has_its_time_and_a_little_leeway() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let end = |value: &Value, now| times(&claims(value), 30, at(now)).map(Timestamp::as_second);
        assert_eq!(end(&json!({"exp": 1000}), 1029), Ok(1030));
        assert_eq!(end(&json!({"exp": 1000}), 1030), Err(Unfit::Expired));
        assert_eq!(end(&json!({"exp": 2000, "nbf": 1030}), 1000), Ok(2030));
        assert_eq!(end(&json!({"exp": 2000, "nbf": 1031}), 1000), Err(Unfit::TooEarly));
        assert_eq!(end(&json!({"exp": 1000.9}), 1029), Ok(1030));
        for wrong in [json!({}), json!({"exp": "1000"}), json!({"exp": null}), json!({"exp": 1e99}), json!({"exp": 2000, "nbf": "x"})] {
            assert!(matches!(end(&wrong, 0), Err(Unfit::Claim(_))), "{wrong}");
        }
    }

    #[test]
    fn claims_say_who_it_is_and_what_they_may() {
        let names = Claims { role: "/realm/roles".into(), ..Claims::default() };
        let of = |value: &Value| told(&names, claims(value));
        let (id, scopes, identity) = of(&json!({"sub": "lena", "realm": {"roles": ["lead"]}, "scope": "openid ask grant Record"})).unwrap();
        assert_eq!((id.as_str(), identity.role.as_deref(), identity.team), ("lena", Some("lead"), None));
        assert!(scopes.iter().eq([Scope::Ask, Scope::Grant]));
        assert!(of(&json!({"sub": "a", "scope": ["read"]})).unwrap().1.has(Scope::Read));
        let missing = |claim: &str| Unfit::Claim(claim.to_owned());
        assert_eq!(of(&json!({})).unwrap_err(), missing("sub"));
        for id in [json!(""), json!("a\nb"), json!(7), json!(" a"), json!("a".repeat(256))] {
            assert_eq!(of(&json!({"sub": id})).unwrap_err(), missing("sub"));
        }
        assert_eq!(of(&json!({"sub": "a", "realm": {"roles": ["agent", "lead"]}})).unwrap_err(), missing("/realm/roles"));
        assert_eq!(of(&json!({"sub": "a", "scope": 1})).unwrap_err(), missing("scope"));
    }
}
