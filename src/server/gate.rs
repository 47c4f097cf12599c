//! Who calls: the header `Authorization` (RFC 6750) becomes a [`Caller`], or the request goes no further.

use std::io;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use jiff::Timestamp;

use super::problem::{Kind, Problem};
use super::reload::{self, Bell, Fingerprint, Live, Reading, Source};
use crate::access::Caller;
use crate::access::jwks::IssuerKeys;
use crate::access::keyring::{Keyring, Refused, is_key};
use crate::access::rate::{Buckets, Left};
use crate::access::settings::{Access, Rate};
use crate::access::token::{Issuer, Unfit};

/// What everybody may read: whether the service is there, and how to talk with it.
pub const OPEN: [&str; 5] = ["/healthz", "/readyz", "/openapi.json", super::docs::PATH, super::authzen::metadata::PATH];
/// Ends of names that nobody gives to machines of others: RFC 6761, RFC 6762, and what ICANN keeps for private use.
const NEAR: [&str; 3] = [".localhost", ".local", ".internal"];
const REALM: &str = "Bearer realm=\"kulanz\"";

/// Lets callers in.
#[derive(Debug, Default)]
pub struct Gate {
    keys: Option<Arc<Live<Keyring>>>,
    issuer: Option<Arc<Issuer>>,
    rate: Option<Rate>,
    buckets: Arc<Buckets>,
}

/// The caller of the last request on a connection, so that the same token is not verified again and again.
#[derive(Debug, Default)]
pub struct Remembered(Mutex<Option<Known>>);

#[derive(Debug)]
struct Known {
    /// The hash of the token; two of them are compared in a time that says nothing.
    token: blake3::Hash,
    until: Option<Timestamp>,
    caller: Arc<Caller>,
    keys: Option<Arc<Keyring>>,
    issuer: Option<Arc<IssuerKeys>>,
}

/// A request that may go on.
#[derive(Debug)]
pub struct Admitted {
    /// Who calls; nobody where everybody may.
    pub caller: Option<Arc<Caller>>,
    /// What is left of the caller's requests, where they are counted.
    pub left: Option<Left>,
}

/// The file of the keys.
struct KeyFile {
    path: PathBuf,
    rate: Option<Rate>,
    buckets: Arc<Buckets>,
}

impl KeyFile {
    fn keyring(&self) -> Result<Keyring, String> {
        let path = self.path.display();
        let text = std::fs::read_to_string(&self.path).map_err(|error| format!("cannot read `{path}`: {error}"))?;
        Keyring::parse(&text, self.rate, &self.buckets).map_err(|error| format!("`{path}`: {error}"))
    }
}

impl Source for KeyFile {
    type Output = Keyring;

    const NAME: &'static str = "list of keys";

    fn read(&self) -> Reading<Keyring> {
        Reading { outcome: self.keyring(), roots: vec![self.path.clone()] }
    }

    fn version(keyring: &Keyring) -> &str {
        keyring.version()
    }
}

impl Gate {
    /// As it is configured; looks at keys again when they change.
    ///
    /// # Errors
    ///
    /// Where the keys cannot be read.
    pub fn new(settings: &Access) -> io::Result<Self> {
        let buckets = Arc::new(Buckets::default());
        let keys = match &settings.keys {
            None => None,
            Some(path) => {
                let file = KeyFile { path: path.clone(), rate: settings.rate, buckets: Arc::clone(&buckets) };
                let keys = Arc::new(Live::new(file.keyring().map_err(io::Error::other)?));
                reload::watch(file, vec![path.clone()], Arc::clone(&keys))?;
                Some(keys)
            }
        };
        let issuer = match &settings.jwt {
            None => None,
            Some(jwt) => {
                let issuer = Arc::new(Issuer::new(jwt.clone()).map_err(io::Error::other)?);
                let refreshed = Arc::clone(&issuer);
                std::thread::Builder::new().name("issuer".into()).spawn(move || keep_fresh(&refreshed))?;
                Some(issuer)
            }
        };
        Ok(Self { keys, issuer, rate: settings.rate, buckets })
    }

    /// Whether nobody is asked for a token.
    pub fn is_open(&self) -> bool {
        self.keys.is_none() && self.issuer.is_none()
    }

    /// Lets a request in, with whoever it is from.
    ///
    /// # Errors
    ///
    /// 400, 401 or 429, with what the head of the response says of it.
    pub async fn admit(&self, path: &str, headers: &HeaderMap, local: &Arc<Caller>, remembered: &Remembered) -> Result<Admitted, Problem> {
        if self.is_open() {
            return Ok(Admitted { caller: Some(Arc::clone(local)), left: None });
        }
        if OPEN.contains(&path) {
            return Ok(Admitted { caller: None, left: None });
        }
        let token = bearer(headers)?;
        let caller = match self.known(token, remembered) {
            Some(caller) => caller,
            None => self.find(token, remembered).await?,
        };
        let left = caller.bucket().map(crate::access::rate::Bucket::take);
        if let Some(Left { retry: Some(seconds), .. }) = left {
            let problem = Problem::from(Kind::RateLimited).detail(format!("the next request may come in {seconds} s"));
            return Err(
                told(left).fold(problem.header(header::RETRY_AFTER, &seconds.to_string()), |problem, (name, value)| problem.header(name, &value))
            );
        }
        Ok(Admitted { caller: Some(caller), left })
    }

    /// The caller of the request before, where the token is the same and still taken.
    fn known(&self, token: &str, remembered: &Remembered) -> Option<Arc<Caller>> {
        let known = remembered.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.as_ref().filter(|known| known.token == blake3::hash(token.as_bytes()))?;
        let same_keys = match (&self.keys, &known.keys) {
            (Some(live), Some(keys)) => live.with(|now| std::ptr::eq(now, Arc::as_ptr(keys))),
            _ => known.keys.is_none(),
        };
        let same_issuer = match (&self.issuer, &known.issuer) {
            (Some(issuer), Some(keys)) => issuer.is_at(keys),
            _ => known.issuer.is_none(),
        };
        let in_time = known.until.is_none_or(|end| Timestamp::now() < end);
        (same_keys && same_issuer && in_time).then(|| Arc::clone(&known.caller))
    }

    async fn find(&self, token: &str, remembered: &Remembered) -> Result<Arc<Caller>, Problem> {
        let found = match (&self.keys, &self.issuer) {
            (Some(keys), _) if is_key(token) => Self::by_key(keys, token),
            (_, Some(issuer)) if !is_key(token) => self.by_issuer(issuer, token).await,
            _ => Err(invalid("tokens of this kind are not taken here")),
        }?;
        let caller = Arc::clone(&found.caller);
        *remembered.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(found);
        Ok(caller)
    }

    fn by_key(keys: &Live<Keyring>, token: &str) -> Result<Known, Problem> {
        let keys = keys.current();
        let (caller, until) = keys.find(token, Timestamp::now()).map_err(|refused| {
            invalid(match refused {
                Refused::Unknown => "the key is not known",
                Refused::Revoked => "the key is revoked",
                Refused::Expired => "the key has expired",
            })
        })?;
        // Each connection has its own, so that those of one key do not count the same references.
        let caller = Arc::new(Caller::clone(&caller));
        Ok(Known { token: blake3::hash(token.as_bytes()), until, caller, keys: Some(keys), issuer: None })
    }

    async fn by_issuer(&self, issuer: &Arc<Issuer>, token: &str) -> Result<Known, Problem> {
        let verify = || {
            let keys = issuer.version();
            issuer.verify(token, Timestamp::now(), self.rate, &self.buckets).map(|accepted| (accepted, keys))
        };
        let verified = match verify() {
            Err(Unfit::UnknownKey) => {
                Arc::clone(issuer).look_again().await;
                verify()
            }
            verified => verified,
        };
        let (accepted, keys) = verified.map_err(|unfit| invalid(&unfit.to_string()))?;
        let (caller, until) = (Arc::new(accepted.caller), Some(accepted.until));
        Ok(Known { token: blake3::hash(token.as_bytes()), until, caller, keys: None, issuer: Some(keys) })
    }
}

/// Looks at the keys of an issuer again: a file when it changes, an address from time to time.
fn keep_fresh(issuer: &Issuer) -> ! {
    let roots: Vec<_> = issuer.file().map(PathBuf::from).into_iter().collect();
    if roots.is_empty() {
        loop {
            std::thread::sleep(issuer.refresh_every());
            issuer.refresh();
        }
    }
    let mut bell = Bell::default();
    bell.hang_up(&roots);
    // The first look finds what changed between the reading at the start and now.
    let mut seen = None;
    loop {
        let now = Some(Fingerprint::of(&roots));
        if seen != now {
            issuer.refresh();
            seen = now;
        }
        bell.wait();
    }
}

/// What the head of a response says of the caller's requests: `RateLimit-Policy` and `RateLimit` of draft-ietf-httpapi-ratelimit-headers-10.
pub fn told(left: Option<Left>) -> impl Iterator<Item = (HeaderName, String)> {
    let told = left.map(|left| {
        [
            (HeaderName::from_static("ratelimit-policy"), format!("\"caller\";q={};w={}", left.quota, left.window)),
            (HeaderName::from_static("ratelimit"), format!("\"caller\";r={};t={}", left.remaining, left.reset)),
        ]
    });
    told.into_iter().flatten()
}

/// Adds to the head of a response what is left of the caller's requests.
pub fn tell(left: Option<Left>, headers: &mut HeaderMap) {
    headers.extend(told(left).filter_map(|(name, value)| Some((name, HeaderValue::from_str(&value).ok()?))));
}

/// The token of a request.
/// Whether a host, with or without its port, can be a name of this machine or its neighbourhood. Of a web page whose own name was made to point here, it is that name; and a name
/// that everybody can have made has a dot.
pub fn can_be_near(host: &str) -> bool {
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit())).map_or(host, |(name, _)| name);
    let name = name.trim_end_matches('.');
    let is_local =
        |suffix: &str| name.len() > suffix.len() && name.get(name.len() - suffix.len()..).is_some_and(|end| end.eq_ignore_ascii_case(suffix));
    !name.contains('.') || name.starts_with('[') || name.parse::<Ipv4Addr>().is_ok() || NEAR.into_iter().any(is_local)
}

fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let missing = || Problem::from(Kind::Unauthorized).detail("send `Authorization: Bearer` and a token").header(header::WWW_AUTHENTICATE, REALM);
    let wrong = |detail: &str| {
        let challenge = format!("{REALM}, error=\"invalid_request\"");
        Problem::from(Kind::InvalidRequest).detail(detail).header(header::WWW_AUTHENTICATE, &challenge)
    };
    let value = given.next().ok_or_else(missing)?;
    if given.next().is_some() {
        return Err(wrong("it is there more than once"));
    }
    let value = value.to_str().map_err(|_| wrong("it is not ASCII"))?;
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(missing());
    }
    let token = token.trim_matches(' ');
    let is_token = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte));
    if is_token { Ok(token) } else { Err(wrong("there is no token behind `Bearer`")) }
}

/// A token that is not taken. What is wrong with it holds no text of its own, so that nothing of it comes into the head of the response.
fn invalid(what: &str) -> Problem {
    let shown: String = what.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').filter(|c| !matches!(c, '"' | '\\')).collect();
    let challenge = format!("{REALM}, error=\"invalid_token\", error_description=\"{shown}\"");
    Problem::from(Kind::InvalidToken).detail(what).header(header::WWW_AUTHENTICATE, &challenge)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[&'static str]) -> Result<String, (&'static str, String)> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::AUTHORIZATION, HeaderValue::from_static(value));
        }
        bearer(&headers).map(str::to_owned).map_err(|problem| (problem.code, problem.headers[0].1.to_str().unwrap().to_owned()))
    }

    #[test]
    fn a_token_stands_behind_bearer_once() {
        assert_eq!(of(&["Bearer a.b-c_~+/="]), Ok("a.b-c_~+/=".into()));
        assert_eq!(of(&["bEARER  x "]), Ok("x".into()));
        let challenge = REALM.to_owned();
        for none in [&[][..], &["Basic YTpi"], &["Token x"], &["kz_1"]] {
            assert_eq!(of(none), Err(("unauthorized", challenge.clone())), "{none:?}");
        }
        for wrong in [&["Bearer a", "Bearer b"][..], &["Bearer"], &["Bearer "], &["Bearer a b"], &["Bearer a,b"], &["Bearer \"a\""]] {
            assert_eq!(of(wrong), Err(("invalid_request", format!("{REALM}, error=\"invalid_request\""))), "{wrong:?}");
        }
    }

    #[test]
    fn the_head_of_a_response_holds_no_text_of_a_token() {
        let problem = invalid("its claim `a\"\r\nset-cookie: x\\` is missing");
        let (_, value) = &problem.headers[0];
        assert_eq!(value, "Bearer realm=\"kulanz\", error=\"invalid_token\", error_description=\"its claim `aset-cookie: x` is missing\"");
    }

    #[test]
    fn the_headers_of_the_draft() {
        let left = Left { quota: 100, window: 60, remaining: 50, reset: 30, retry: None };
        let told: Vec<_> = told(Some(left)).map(|(name, value)| format!("{name}: {value}")).collect();
        assert_eq!(told, ["ratelimit-policy: \"caller\";q=100;w=60", "ratelimit: \"caller\";r=50;t=30"]);
    }

    #[test]
    fn a_name_from_elsewhere_is_not_near() {
        for near in [
            "127.0.0.1:8080",
            "127.0.0.1",
            "localhost:1",
            "LocalHost",
            "[::1]:8080",
            "[::1]",
            "desk",
            "desk.localhost",
            "host.docker.internal:80",
            "mac.LOCAL.",
        ] {
            assert!(can_be_near(near), "{near}");
        }
        for far in [
            "evil.example",
            "evil.example:8080",
            "127.0.0.1.evil.example",
            "localhost.evil.example:80",
            ".local",
            "1.2.3.4.5",
            "evil.example.",
            "evil.internal.example",
        ] {
            assert!(!can_be_near(far), "{far}");
        }
    }
}
