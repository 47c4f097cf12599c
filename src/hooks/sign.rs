//! Signatures by Standard Webhooks: `v1`, HMAC-SHA256.

use std::fmt;

use base64::Engine as _;
use base64::alphabet::STANDARD as LETTERS;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What every secret begins with.
const PREFIX: &str = "whsec_";
/// The fewest and the most bytes of a secret.
const LEAST: usize = 24;
const MOST: usize = 64;
/// Reads base64 with and without its padding.
const LENIENT: GeneralPurpose = GeneralPurpose::new(&LETTERS, GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent));

/// A secret that a webhook's receiver knows. It is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// Reads `whsec_…`. What is wrong with it is told without showing it.
    ///
    /// # Errors
    ///
    /// Where it is no secret.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let coded = text.strip_prefix(PREFIX).ok_or("a secret begins with `whsec_`")?;
        let bytes = LENIENT.decode(coded).map_err(|_| "behind `whsec_` stands base64")?;
        if (LEAST..=MOST).contains(&bytes.len()) { Ok(Self(bytes)) } else { Err("a secret has 24 to 64 bytes") }
    }

    /// A new one, as it is written.
    #[must_use]
    pub fn fresh() -> String {
        format!("{PREFIX}{}", STANDARD.encode(crate::ledger::random()))
    }

    fn sign(&self, content: &str) -> String {
        // A key of any length will do.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return String::new() };
        mac.update(content.as_bytes());
        STANDARD.encode(mac.finalize().into_bytes())
    }
}

/// The secrets of a webhook: while one takes the place of another, both sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secrets(Vec<Secret>);

impl Secrets {
    /// Reads secrets that stand on lines of their own, or apart from each other.
    ///
    /// # Errors
    ///
    /// Where one of them is none, or there is none at all.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let secrets = text.split_whitespace().map(Secret::parse).collect::<Result<Vec<_>, _>>()?;
        if secrets.is_empty() { Err("there is no secret") } else { Ok(Self(secrets)) }
    }

    /// The header `webhook-signature` of a message: a signature by each secret.
    #[must_use]
    pub fn sign(&self, id: &str, timestamp: i64, body: &str) -> String {
        let content = format!("{id}.{timestamp}.{body}");
        self.0.iter().map(|secret| format!("v1,{}", secret.sign(&content))).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's reference libraries.
    #[test]
    fn the_signature_is_that_of_the_reference() {
        let secrets = Secrets::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature = secrets.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, "{\"test\": 2432232314}");
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn every_secret_signs() {
        let (one, other) = (Secret::fresh(), Secret::fresh());
        let both = Secrets::parse(&format!("{one}\n{other}\n")).unwrap().sign("msg_1", 1, "{}");
        let alone = |secret: &str| Secrets::parse(secret).unwrap().sign("msg_1", 1, "{}");
        assert_eq!(both, format!("{} {}", alone(&one), alone(&other)));
        assert_ne!(alone(&one), alone(&other));
    }

    #[test]
    fn what_is_no_secret_is_refused_without_showing_it() {
        let of = |bytes: usize| format!("whsec_{}", STANDARD.encode(vec![7; bytes]));
        assert!(Secret::parse(&of(24)).is_ok() && Secret::parse(&of(64)).is_ok());
        assert!(Secret::parse(of(25).trim_end_matches('=')).is_ok(), "without padding");
        for wrong in [of(23), of(65), "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into(), "whsec_§§§".into(), "whsec_".into()] {
            let why = Secret::parse(&wrong).unwrap_err();
            assert!(!why.contains(&wrong), "{why}");
        }
        assert!(Secrets::parse(" \n").is_err());
        assert_eq!(format!("{:?}", Secret::parse(&of(32)).unwrap()), "Secret(…)");
    }
}
