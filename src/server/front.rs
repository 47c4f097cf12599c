//! What every request goes through: it gets an id, it counts as life of its connection, its caller is found out, a panic becomes a 500, and the log says how it ended.
//!
//! `POST /v1/ask` goes from here straight to its handler. All that a question touches on its way belongs to its connection or never changes, so that connections on
//! different cores do not wait for each other.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Instant;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri, Version, header};
use axum::response::{IntoResponse, Response};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use hyper::service::Service as HyperService;
use tower_service::Service as _;
use tracing::Instrument;
use uuid::Uuid;

use super::ask;
use super::errand::Mission;
use super::gate::{self, Admitted, Remembered};
use super::problem::{Kind, Problem};
use super::pulse::{Pulse, UnderWay};
use super::service::Service;
use super::traced::{self, Ended, Traced};
use crate::access::Caller;
use crate::panics::{Panic, caught};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const LONGEST_ID: usize = 128;

/// The service as one connection sees it.
#[derive(Debug)]
pub struct Front {
    connection: Arc<Connection>,
    router: Router,
}

#[derive(Debug)]
struct Connection {
    service: Arc<Service>,
    pulse: Arc<Pulse>,
    /// With which the ids of its requests begin.
    id: String,
    requests: AtomicU64,
    /// Who calls where nobody is asked for a token.
    local: Arc<Caller>,
    remembered: Remembered,
}

impl Front {
    /// For a new connection.
    pub fn new(service: Arc<Service>, router: Router, pulse: Arc<Pulse>) -> Self {
        let (id, local) = (format!("{}-", Uuid::now_v7()), Arc::new(Caller::local()));
        service.meter.connected();
        Self {
            connection: Arc::new(Connection { service, pulse, id, requests: AtomicU64::new(0), local, remembered: Remembered::default() }),
            router,
        }
    }
}

impl HyperService<Request<Incoming>> for Front {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let connection = Arc::clone(&self.connection);
        if request.method() == Method::POST && request.uri().path() == ask::PATH {
            return Box::pin(async move {
                let begun = Begun::new(&connection, &request);
                let (head, body) = request.into_parts();
                let admitted = connection.admit(&head.uri, head.version, &head.headers).await;
                let body = Watched { body, pulse: Arc::clone(&connection.pulse) };
                let answered = match &admitted {
                    Ok(Admitted { caller: Some(caller), .. }) => {
                        let answering = caught(ask::respond(&connection.service, (caller, &begun.mission), &head.headers, body));
                        begun.around(answering).await.map(IntoResponse::into_response)
                    }
                    Ok(Admitted { caller: None, .. }) => Ok(Kind::Unauthorized.into_response()),
                    Err(problem) => Ok(Problem::clone(problem).into_response()),
                };
                Ok(begun.end(&connection.service, &head.method, &head.uri, admitted.ok(), answered))
            });
        }
        let mut router = self.router.clone();
        Box::pin(async move {
            let begun = Begun::new(&connection, &request);
            let (method, uri) = (request.method().clone(), request.uri().clone());
            let pulse = Arc::clone(&connection.pulse);
            let mut request = request.map(|body| Body::new(Watched { body, pulse }));
            let admitted = match connection.admit(&uri, request.version(), request.headers()).await {
                Ok(admitted) => admitted,
                Err(problem) => return Ok(begun.end(&connection.service, &method, &uri, None, Ok(problem.into_response()))),
            };
            if let Some(caller) = &admitted.caller {
                request.extensions_mut().insert(Arc::clone(caller));
            }
            request.extensions_mut().insert(begun.mission.clone());
            if let Some(traced) = &begun.traced {
                request.extensions_mut().insert(traced.notes());
            }
            let answering = caught(router.call(request)).instrument(begun.mission.span(&connection.service));
            let answered = begun.around(answering).await;
            Ok(begun.end(&connection.service, &method, &uri, Some(admitted), answered.map(|Ok(response)| response)))
        })
    }
}

/// A body that tells its connection when it has been read to its end.
struct Watched {
    body: Incoming,
    pulse: Arc<Pulse>,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if matches!(frame, Poll::Ready(None)) || self.body.is_end_stream() {
            self.pulse.body(false);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A request that is worked on.
struct Begun {
    mission: Mission,
    under_way: UnderWay,
    traced: Option<Traced>,
}

impl Begun {
    fn new(connection: &Connection, request: &Request<Incoming>) -> Self {
        connection.pulse.body(!request.body().is_end_stream());
        Self {
            mission: Mission {
                id: request.headers().get(REQUEST_ID).filter(|id| is_sane(id)).cloned().unwrap_or_else(|| connection.make_id()),
                begun: Instant::now(),
            },
            under_way: UnderWay::begin(Arc::clone(&connection.pulse)),
            traced: connection.service.tracer.as_ref().and_then(|tracer| tracer.begin(request.headers())),
        }
    }

    /// What a handler does, as a part of the request's trace.
    async fn around<F: Future>(&self, answering: F) -> F::Output {
        traced::around(self.traced.as_ref(), answering).await
    }

    fn end(self, service: &Service, method: &Method, uri: &Uri, admitted: Option<Admitted>, answered: Result<Response, Panic>) -> Response {
        let Self { mission, under_way, traced } = self;
        let (shown, at) = (mission.id(), mission.begun);
        let mut response = answered.unwrap_or_else(|cause| {
            tracing::error!(id = shown, policy = %service.version(), cause = text_of(&cause), "a handler panicked");
            Kind::Internal.into_response()
        });
        let status = response.status().as_u16();
        let took = at.elapsed();
        service.meter.answered(uri.path(), status, took);
        if let Some(traced) = traced {
            traced.end(service, &Ended { method, uri, status: response.status(), id: shown, took });
        }
        let (caller, left) = admitted.map_or((None, None), |admitted| (admitted.caller, admitted.left));
        let caller = caller.as_deref().map_or("", Caller::name);
        // The path and the name are quoted: they come from outside.
        if response.status().is_success() {
            tracing::debug!(id = shown, policy = %service.version(), caller = ?caller, %method, path = ?uri.path(), status, micros = at.elapsed().as_micros(), "answered");
        } else {
            tracing::info!(id = shown, policy = %service.version(), caller = ?caller, %method, path = ?uri.path(), status, micros = at.elapsed().as_micros(), "answered");
        }
        gate::tell(left, response.headers_mut());
        response.headers_mut().insert(REQUEST_ID, mission.id);
        // What is left of a body is not waited for, so that no further request can follow it.
        if under_way.pulse().has_unread_body() {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.service.meter.disconnected();
    }
}

impl Connection {
    /// Who calls, if they may at all.
    async fn admit(&self, uri: &Uri, version: Version, headers: &HeaderMap) -> Result<Admitted, Problem> {
        // RFC 9112, section 3.2
        if version == Version::HTTP_11 && headers.get_all(header::HOST).iter().count() != 1 {
            return Err(Kind::WrongHost.into());
        }
        let gate = &self.service.gate;
        let host = || uri.authority().map(Authority::as_str).or_else(|| headers.get(header::HOST)?.to_str().ok());
        if gate.is_open() && !host().is_none_or(gate::can_be_near) {
            return Err(Problem::from(Kind::ForeignPage).detail("without tokens only this machine is served, and under no name from elsewhere"));
        }
        gate.admit(uri.path(), headers, &self.local, &self.remembered).await
    }

    /// The id of the connection and the number of the request on it.
    fn make_id(&self) -> HeaderValue {
        let number = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        let mut digits = itoa::Buffer::new();
        let id = [self.id.as_bytes(), digits.format(number).as_bytes()].concat();
        HeaderValue::from_maybe_shared(Bytes::from(id)).unwrap_or(HeaderValue::from_static("none"))
    }
}

/// The log shows the cause, the caller does not see it.
fn text_of(panic: &Panic) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

fn is_sane(id: &HeaderValue) -> bool {
    let bytes = id.as_bytes();
    (1..=LONGEST_ID).contains(&bytes.len()) && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:/+=@".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_short_and_plain() {
        let sane = |id: &str| is_sane(&HeaderValue::from_str(id).unwrap());
        assert!(sane("a") && sane(&"a".repeat(128)) && sane("01J:x/y+z=_-.@"));
        assert!(!sane("") && !sane(&"a".repeat(129)) && !sane("a b") && !sane("a\"b"));
    }
}
