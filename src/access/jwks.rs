//! The keys of an issuer, from a file or an address.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use ureq::http::Uri;
use ureq::tls::TlsConfig;

use super::authorities;

/// So long an issuer may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// So long its answer may be, in bytes.
const LONGEST: u64 = 1 << 20;

/// Where the keys of an issuer are.
#[derive(Clone, Debug)]
pub enum Place {
    /// A file.
    File(PathBuf),
    /// An address, and what asks there.
    Address(String, ureq::Agent),
}

/// The keys of an issuer.
#[derive(Clone, Default)]
pub struct IssuerKeys {
    list: Vec<IssuerKey>,
    version: String,
}

/// A key of an issuer: for one algorithm.
#[derive(Clone)]
pub struct IssuerKey {
    id: Option<String>,
    /// What it verifies.
    pub algorithm: Algorithm,
    /// The key.
    pub key: DecodingKey,
}

impl std::fmt::Debug for IssuerKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.list.iter().map(|key| (&key.id, key.algorithm))).finish()
    }
}

/// What is wrong with a place: an address over which anybody on the way could put other keys.
pub(super) fn mistake_in_place(place: &str) -> Option<String> {
    let (scheme, _) = place.split_once("://")?;
    let uri: Option<Uri> = place.parse().ok();
    let host = uri.as_ref().and_then(Uri::host).map(|host| host.trim_matches(['[', ']']));
    let is_here = host.is_some_and(|host| host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()));
    match (scheme, host) {
        ("https", Some(_)) => None,
        ("http", Some(_)) if is_here => None,
        _ => Some(format!("`access.jwt.jwks` is `{place}`: write a file, an address of https, or one of http on this machine")),
    }
}

impl Place {
    /// The place that is written so, and for which the authorities of a file vouch.
    ///
    /// # Errors
    ///
    /// Where that file holds none; in words.
    pub fn new(written: &str, ca_file: Option<&Path>) -> Result<Self, String> {
        if !written.contains("://") {
            return Ok(Self::File(written.into()));
        }
        let roots = authorities(ca_file).map_err(|why| format!("`access.jwt.ca_file`: {why}"))?;
        let tls = TlsConfig::builder().root_certs(roots).build();
        // Another address than the one that is written could be anywhere, and without TLS.
        let config = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).max_redirects(0).tls_config(tls).build();
        Ok(Self::Address(written.to_owned(), config.new_agent()))
    }

    /// Reads the keys that are there now.
    ///
    /// # Errors
    ///
    /// Where they cannot be read, or are none; in words.
    pub fn read(&self) -> Result<IssuerKeys, String> {
        let text = match self {
            Self::File(path) => std::fs::read_to_string(path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))?,
            Self::Address(address, agent) => {
                let failed = |error: ureq::Error| format!("`{address}`: {error}");
                let mut answer = agent.get(address).call().map_err(failed)?;
                if answer.status() != ureq::http::StatusCode::OK {
                    return Err(format!("`{address}`: the answer is {}", answer.status()));
                }
                answer.body_mut().with_config().limit(LONGEST).read_to_string().map_err(failed)?
            }
        };
        IssuerKeys::parse(&text)
    }
}

impl IssuerKeys {
    /// Reads a JWKS. What verifies no signature that is taken here is passed over.
    ///
    /// # Errors
    ///
    /// Where it is none, or holds no key that can be used; in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let set: JwkSet = serde_json::from_str(text).map_err(|error| format!("this is no JWKS: {error}"))?;
        let list: Vec<_> = set.keys.iter().filter_map(usable).collect();
        if list.is_empty() {
            return Err("this JWKS holds no key for RS256, ES256 or EdDSA".into());
        }
        Ok(Self { list, version: blake3::hash(text.as_bytes()).to_hex().to_string() })
    }

    /// Two of one version are the same.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The key by which a token says that it is signed; where it names none, the only one for its algorithm.
    #[must_use]
    pub fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Option<&IssuerKey> {
        let mut fitting = self.list.iter().filter(|key| key.algorithm == algorithm);
        match id {
            Some(id) => fitting.find(|key| key.id.as_deref() == Some(id)),
            None => fitting.next().filter(|_| fitting.next().is_none()),
        }
    }
}

/// A key that can be used here. The algorithm is that of the key and not that of a token, so that no token chooses how it is verified.
fn usable(jwk: &Jwk) -> Option<IssuerKey> {
    let algorithm = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => Algorithm::RS256,
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => Algorithm::ES256,
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => Algorithm::EdDSA,
        _ => return None,
    };
    let named = match jwk.common.key_algorithm {
        None => None,
        Some(KeyAlgorithm::RS256) => Some(Algorithm::RS256),
        Some(KeyAlgorithm::ES256) => Some(Algorithm::ES256),
        Some(KeyAlgorithm::EdDSA) => Some(Algorithm::EdDSA),
        Some(_) => return None,
    };
    let signs = jwk.common.public_key_use.as_ref().is_none_or(|used| *used == PublicKeyUse::Signature);
    if !signs || named.is_some_and(|named| named != algorithm) {
        return None;
    }
    Some(IssuerKey { id: jwk.common.key_id.clone(), algorithm, key: DecodingKey::from_jwk(jwk).ok()? })
}
