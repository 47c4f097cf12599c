//! Sending one message.

use std::path::Path;
use std::time::Duration;

use ureq::http::{HeaderMap, StatusCode};
use ureq::tls::TlsConfig;

use super::config::{Webhook, WebhookError};
use crate::access::authorities;

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// It was taken: a status of 2xx.
    Taken,
    /// There is nobody any more: 410.
    Gone,
    /// Anything else: why, and how long the receiver asks to wait.
    Refused(String, Option<Duration>),
}

/// What a message is sent with.
pub(super) struct Letter<'a> {
    pub id: &'a str,
    /// Seconds since 1970.
    pub timestamp: i64,
    pub signature: &'a str,
    pub body: &'a str,
}

/// Sends messages to a webhook.
#[derive(Clone, Debug)]
pub(super) struct Sender {
    agent: ureq::Agent,
    url: String,
}

impl Sender {
    /// One for a webhook.
    pub fn new(webhook: &Webhook) -> Result<Self, WebhookError> {
        let agent = agent(webhook.ca_file.as_deref(), Duration::from_secs(webhook.timeout_seconds), webhook.is_here());
        let wrong = |why: String| WebhookError { name: webhook.name(), why: format!("has no `ca_file`: {why}") };
        Ok(Self { agent: agent.map_err(wrong)?, url: webhook.url.clone() })
    }

    /// Sends a message, and waits until it is answered or that takes too long. Says with which status, too.
    pub fn send(&self, letter: &Letter<'_>) -> (Sent, Option<StatusCode>) {
        let request = self.agent.post(&self.url).header("content-type", "application/json");
        let request = request.header("webhook-id", letter.id).header("webhook-timestamp", letter.timestamp.to_string());
        match request.header("webhook-signature", letter.signature).send(letter.body) {
            Ok(answer) => (judged(answer.status(), answer.headers()), Some(answer.status())),
            Err(error) => (Sent::Refused(error.to_string(), None), None),
        }
    }
}

/// A client for requests of our own: it follows no redirects, and believes these certificates, or those of the public authorities.
///
/// # Errors
///
/// Where there are no certificates in the file.
pub fn agent(ca_file: Option<&Path>, timeout: Duration, is_here: bool) -> Result<ureq::Agent, String> {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(timeout))
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .tls_config(TlsConfig::builder().root_certs(authorities(ca_file)?).build())
        .user_agent(concat!("kulanz/", env!("CARGO_PKG_VERSION")));
    // What is for this machine goes through nobody.
    let config = if is_here { config.proxy(None) } else { config };
    Ok(config.build().new_agent())
}

fn judged(status: StatusCode, headers: &HeaderMap) -> Sent {
    if status.is_success() {
        return Sent::Taken;
    }
    if status == StatusCode::GONE {
        return Sent::Gone;
    }
    let wait = headers.get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok()).map(Duration::from_secs);
    let why = if status.is_redirection() { format!("{status}; redirects are not followed") } else { status.to_string() };
    Sent::Refused(why, wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_2xx_is_success() {
        let of = |status: u16| judged(StatusCode::from_u16(status).unwrap(), &HeaderMap::new());
        assert_eq!([of(200), of(204), of(299), of(410)], [Sent::Taken, Sent::Taken, Sent::Taken, Sent::Gone]);
        for refused in [300, 301, 307, 400, 404, 409, 429, 500, 503] {
            assert!(matches!(of(refused), Sent::Refused(_, None)), "{refused}");
        }
        let headers = HeaderMap::from_iter([("retry-after".parse().unwrap(), "90".parse().unwrap())]);
        let wait = judged(StatusCode::SERVICE_UNAVAILABLE, &headers);
        assert_eq!(wait, Sent::Refused("503 Service Unavailable".into(), Some(Duration::from_secs(90))));
    }
}
