use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Whether a message is genuine and no older than five minutes. `headers` are `webhook-id`, `webhook-timestamp` and `webhook-signature`; `now` is in seconds since 1970.
pub fn is_genuine(secret: &str, headers: [&str; 3], body: &[u8], now: i64) -> bool {
    let [id, timestamp, signatures] = headers;
    let is_fresh = timestamp.parse::<i64>().is_ok_and(|at| now.abs_diff(at) <= 300);
    let Some(key) = secret.strip_prefix("whsec_").and_then(|coded| STANDARD.decode(coded).ok()) else { return false };
    let is_signed = |signature: &str| {
        let Some(signature) = signature.strip_prefix("v1,").and_then(|coded| STANDARD.decode(coded).ok()) else { return false };
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key) else { return false };
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        // In constant time.
        mac.verify_slice(&signature).is_ok()
    };
    is_fresh && signatures.split(' ').any(is_signed)
}
