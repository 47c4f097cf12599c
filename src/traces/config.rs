//! `[traces]` in `kulanz.toml`.
//!
//! ```toml
//! [traces]
//! endpoint = "http://localhost:4318"
//! sample = 0.1
//! ```

use std::path::{Path, PathBuf};

use axum::http::{HeaderName, HeaderValue, Uri};
use serde::Deserialize;

use super::context::Ratio;
use crate::hooks::is_here;

/// The most spans that may wait.
const LONGEST_QUEUE: usize = 1_000_000;
/// What requests to a collector say anyhow.
const TAKEN: [&str; 5] = ["content-type", "content-length", "transfer-encoding", "host", "connection"];

/// Where traces go.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The collector: `https://…`, or `http://` on this machine. `/v1/traces` is added.
    pub endpoint: String,
    /// What this service is called there.
    #[serde(default = "service_name")]
    pub service_name: String,
    /// Which share of the requests is traced whose callers do not say whether they are: 0 to 1.
    #[serde(default)]
    pub sample: Ratio,
    /// The file with headers for the collector, such as its key: one a line, `name: value`. In a configuration it is relative to that file.
    pub headers_file: Option<PathBuf>,
    /// The environment variable with such headers.
    pub headers_env: Option<String>,
    /// The certificates that vouch for the collector, a PEM file; those of the public authorities where it is left out.
    pub ca_file: Option<PathBuf>,
    /// Whether spans may go to another machine in the clear.
    #[serde(default)]
    pub insecure: bool,
    /// How many spans may wait; one more is lost, and counted.
    #[serde(default = "queue")]
    pub queue: usize,
}

fn service_name() -> String {
    "kulanz".into()
}

fn queue() -> usize {
    8192
}

/// Why nothing can be traced.
#[derive(Debug, thiserror::Error)]
#[error("`[traces]` {0}")]
pub struct SettingsError(pub String);

impl Settings {
    /// The same, with what is relative so to a folder.
    #[must_use]
    pub fn beside(self, folder: &Path) -> Self {
        let join = |path: PathBuf| folder.join(path);
        Self { headers_file: self.headers_file.map(join), ca_file: self.ca_file.map(join), ..self }
    }

    /// Refuses what would be unsafe or senseless.
    ///
    /// # Errors
    ///
    /// Where spans or a key would go to another machine in the clear, or something is not understood.
    pub fn validate(&self) -> Result<(), SettingsError> {
        let wrong = |why: &str| Err(SettingsError(why.into()));
        self.is_safe()?;
        if self.service_name.is_empty() || self.service_name.len() > 255 || self.service_name.chars().any(char::is_control) {
            return wrong("has a `service_name` that could not be shown");
        }
        if !(1..=LONGEST_QUEUE).contains(&self.queue) {
            return Err(SettingsError(format!("has a `queue` of {}; it lies between 1 and {LONGEST_QUEUE}", self.queue)));
        }
        self.headers().map(drop)
    }

    fn is_safe(&self) -> Result<(), SettingsError> {
        let wrong = |why: &str| Err(SettingsError(why.into()));
        let Ok(url) = self.endpoint.parse::<Uri>() else { return wrong("has no `endpoint` that could be understood") };
        if url.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return wrong("has a user in its `endpoint`; `headers_file` and `headers_env` are for keys");
        }
        if url.query().is_some() || self.endpoint.contains('#') {
            return wrong("has an `endpoint` with more than a path");
        }
        let has_headers = self.headers_file.is_some() || self.headers_env.is_some();
        match (url.scheme_str().unwrap_or_default(), url.host().unwrap_or_default()) {
            (_, "") => wrong("has no `endpoint` with a host"),
            ("http", host) if !is_here(host) && !self.insecure => wrong(
                "sends in the clear: write `https://`; `http://` is for this machine only, unless `insecure = true` says that the network is trusted",
            ),
            ("http", host) if !is_here(host) && has_headers => wrong("would send its headers in the clear: write `https://`"),
            ("http" | "https", _) => Ok(()),
            _ => wrong("has an `endpoint` that is neither `https://` nor `http://`"),
        }
    }

    /// Where spans are sent to.
    pub(super) fn url(&self) -> String {
        format!("{}/v1/traces", self.endpoint.trim_end_matches('/'))
    }

    /// Whether the collector is on this machine.
    pub(super) fn is_here(&self) -> bool {
        self.endpoint.parse::<Uri>().is_ok_and(|url| url.host().is_some_and(is_here))
    }

    /// What each request to the collector says besides. No error tells a value.
    ///
    /// # Errors
    ///
    /// Where the headers cannot be read.
    pub(super) fn headers(&self) -> Result<Vec<(HeaderName, HeaderValue)>, SettingsError> {
        let (place, text) = match (&self.headers_file, &self.headers_env) {
            (None, None) => return Ok(Vec::new()),
            (Some(_), Some(_)) => return Err(SettingsError("has `headers_file` and `headers_env`; one of them is enough".into())),
            (Some(file), None) => (format!("`{}`", file.display()), std::fs::read_to_string(file).map_err(|error| error.to_string())),
            (None, Some(variable)) => (format!("`{variable}`"), std::env::var(variable).map_err(|error| error.to_string())),
        };
        let text = text.map_err(|error| SettingsError(format!("has no headers: {place}: {error}")))?;
        let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim())).filter(|(_, line)| !line.is_empty());
        let unclear = |at| SettingsError(format!("has no headers: {place}: line {at} is no `name: value`"));
        lines.map(|(at, line)| header(line).ok_or_else(|| unclear(at))).collect()
    }
}

fn header(line: &str) -> Option<(HeaderName, HeaderValue)> {
    let (name, value) = line.split_once(':')?;
    let name = HeaderName::try_from(name.trim()).ok().filter(|name| !TAKEN.contains(&name.as_str()))?;
    let mut value = HeaderValue::try_from(value.trim()).ok()?;
    value.set_sensitive(true);
    Some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(lines: &str) -> Settings {
        toml::from_str(lines).unwrap()
    }

    fn why(lines: &str) -> String {
        settings(lines).validate().unwrap_err().to_string()
    }

    #[test]
    fn nothing_goes_to_another_machine_in_the_clear_unless_it_is_said() {
        for safe in ["https://collector.example", "https://collector.example/otlp/", "http://localhost:4318", "http://127.0.0.1:1", "http://[::1]:1"]
        {
            settings(&format!("endpoint = \"{safe}\"")).validate().unwrap();
        }
        for open in ["http://collector.example", "http://localhost.example:4318", "http://10.0.0.1"] {
            assert!(why(&format!("endpoint = \"{open}\"")).contains("in the clear"), "{open}");
            settings(&format!("endpoint = \"{open}\"\ninsecure = true")).validate().unwrap();
            let key = format!("endpoint = \"{open}\"\ninsecure = true\nheaders_env = \"KULANZ_NO_SUCH\"");
            assert!(why(&key).contains("headers in the clear"), "{open}");
        }
        for wrong in
            ["", "collector", "/v1", "ftp://collector.example", "https://", "https://u:pw@collector.example", "https://collector.example/?key=pw"]
        {
            assert!(!why(&format!("endpoint = \"{wrong}\"")).contains("pw"), "{wrong}");
        }
        assert!(toml::from_str::<Settings>("sample = 1").is_err(), "no endpoint");
        assert!(toml::from_str::<Settings>("endpoint = \"https://a\"\nsamples = 1").is_err());
    }

    #[test]
    fn the_path_is_added() {
        assert_eq!(settings("endpoint = \"https://a.example/otlp/\"").url(), "https://a.example/otlp/v1/traces");
        assert_eq!(settings("endpoint = \"http://localhost:4318\"").url(), "http://localhost:4318/v1/traces");
    }

    #[test]
    fn numbers_and_names_have_bounds() {
        let with = |line: &str| settings(&format!("endpoint = \"https://a\"\n{line}")).validate().map_err(|error| error.to_string());
        assert!(with("queue = 1").is_ok() && with("queue = 1_000_000").is_ok());
        assert!(with("queue = 0").unwrap_err().contains("`queue`") && with("queue = 1_000_001").unwrap_err().contains("`queue`"));
        assert!(with("service_name = \"\"").unwrap_err().contains("`service_name`"));
    }

    #[test]
    fn headers_are_lines_and_no_error_tells_a_value() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("headers");
        let read = |text: &str| {
            std::fs::write(&file, text).unwrap();
            settings(&format!("endpoint = \"https://a\"\nheaders_file = {file:?}")).headers()
        };
        let headers = read("Authorization: Bearer a:b\n\nx-team: desk\n").unwrap();
        assert_eq!(
            headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect::<Vec<_>>(),
            [("authorization", "Bearer a:b"), ("x-team", "desk")]
        );
        assert!(headers.iter().all(|(_, value)| value.is_sensitive()));
        for wrong in ["secret", "a b: secret", "content-type: secret", "a: secret\u{7}"] {
            let error = read(&format!("x: y\n{wrong}")).unwrap_err().to_string();
            assert!(error.contains("line 2") && !error.contains("secret"), "{error}");
        }
        assert!(why("endpoint = \"https://a\"\nheaders_file = \"/nowhere/kulanz\"").contains("has no headers"));
        assert!(why("endpoint = \"https://a\"\nheaders_file = \"a\"\nheaders_env = \"B\"").contains("one of them"));
    }
}
