//! `GET /metrics`: what the service counts, in the text format of Prometheus.
//!
//! Every thread counts in a shard of its own, so that cores that answer do not wait for each other; whoever reads adds the shards up. Labels come from lists that are
//! written here: no caller, no actor and no path that somebody made up becomes one.

mod decisions;
mod ledger;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::problem::{Kind, Problem};
use super::reload::{Live, Reload};
use super::service::{Asking, Service};
use crate::access::Scope;
use crate::decide::Outcome;
use crate::traces::Tally;

/// Where it is.
pub const PATH: &str = "/metrics";
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
const SHARDS: usize = 16;
/// The routes that are told apart; what fits none of them is the last. The parts in braces stand for anything.
const ROUTES: [&str; 29] = [
    "/v1/ask",
    "/v1/ask/batch",
    "/v1/options",
    "/v1/policy",
    "/v1/grants",
    "/v1/grants/{id}",
    "/v1/grants/{id}/reverse",
    "/v1/budgets",
    "/v1/cases",
    "/v1/cases/{id}",
    "/v1/cases/{id}/approve",
    "/v1/cases/{id}/decline",
    "/v1/cases/{id}/hand_over",
    "/v1/cases/{id}/add",
    "/healthz",
    "/readyz",
    "/openapi.json",
    "/docs",
    "/.well-known/authzen-configuration",
    "/access/v1/evaluation",
    "/access/v1/evaluations",
    "/access/v1/search/subject",
    "/access/v1/search/resource",
    "/access/v1/search/action",
    "/access/v1/requests",
    "/access/v1/requests/{id}",
    "/mcp",
    PATH,
    "other",
];
/// The statuses that are told apart; 0 is any other.
const STATUSES: [u16; 20] = [200, 201, 202, 304, 400, 401, 403, 404, 405, 406, 408, 409, 413, 415, 422, 429, 500, 503, 504, 0];
/// The upper bounds of the latencies, in microseconds and as they are written in seconds.
const BOUNDS: [(u64, &str); 13] = [
    (50, "0.00005"),
    (100, "0.0001"),
    (250, "0.00025"),
    (500, "0.0005"),
    (1_000, "0.001"),
    (2_500, "0.0025"),
    (5_000, "0.005"),
    (10_000, "0.01"),
    (50_000, "0.05"),
    (250_000, "0.25"),
    (1_000_000, "1"),
    (5_000_000, "5"),
    (30_000_000, "30"),
];

const OUTCOMES: [Outcome; 6] = [Outcome::Yes, Outcome::Owed, Outcome::UpTo, Outcome::Ask, Outcome::No, Outcome::Need];

/// What the service counts.
#[derive(Debug, Default)]
pub struct Meter {
    shards: [Shard; SHARDS],
    connections: AtomicU64,
    connections_closed: AtomicU64,
    ledger_errors: AtomicU64,
}

/// The counts of one thread, on cache lines of its own.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Shard {
    routes: [Counts; ROUTES.len()],
    /// By action. Its lock is free, unless more threads answer than there are shards, or the page is read.
    answers: Mutex<BTreeMap<String, [u64; OUTCOMES.len()]>>,
}

#[derive(Debug, Default)]
struct Counts {
    statuses: [AtomicU64; STATUSES.len()],
    /// Each holds what is within its bound and above the one before it.
    latencies: [AtomicU64; BOUNDS.len()],
    micros: AtomicU64,
}

impl Meter {
    /// A request was answered.
    pub fn answered(&self, path: &str, status: u16, took: Duration) {
        let Some(counts) = self.shards.get(shard()).and_then(|shard| shard.routes.get(route(path))) else { return };
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let status = STATUSES.iter().position(|known| *known == status).unwrap_or(STATUSES.len() - 1);
        if let Some(count) = counts.statuses.get(status) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        // What took longer than the last bound is in the number of requests alone.
        if let Some(count) = BOUNDS.iter().position(|(bound, _)| micros <= *bound).and_then(|place| counts.latencies.get(place)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        counts.micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// A question was answered. `action` is the policy's own name.
    pub fn decided(&self, action: &str, outcome: Outcome) {
        let Some(shard) = self.shards.get(shard()) else { return };
        let mut answers = shard.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if !answers.contains_key(action) {
            answers.insert(action.to_owned(), [0; OUTCOMES.len()]);
        }
        let place = OUTCOMES.iter().position(|known| *known == outcome);
        if let Some(count) = answers.get_mut(action).zip(place).and_then(|(counts, place)| counts.get_mut(place)) {
            *count += 1;
        }
    }

    /// Somebody has connected.
    pub fn connected(&self) {
        self.connections.fetch_add(1, Ordering::Relaxed);
    }

    /// A connection is closed.
    pub fn disconnected(&self) {
        self.connections_closed.fetch_add(1, Ordering::Relaxed);
    }

    /// The ledger did not answer, or failed.
    pub fn ledger_failed(&self) {
        self.ledger_errors.fetch_add(1, Ordering::Relaxed);
    }

    fn sum(&self, route: usize, count: impl Fn(&Counts) -> Option<&AtomicU64>) -> u64 {
        let counts = self.shards.iter().filter_map(|shard| count(shard.routes.get(route)?));
        counts.map(|count| count.load(Ordering::Relaxed)).sum()
    }

    fn write_answers(&self, out: &mut String) -> fmt::Result {
        let mut all: BTreeMap<String, [u64; OUTCOMES.len()]> = BTreeMap::new();
        for shard in &self.shards {
            for (action, counts) in &*shard.answers.lock().unwrap_or_else(PoisonError::into_inner) {
                let sums = all.entry(action.clone()).or_default();
                sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
            }
        }
        head(out, "kulanz_answers_total", "counter", "Questions that were answered, alone, in a batch or through a tool, by action and answer.")?;
        for (action, counts) in &all {
            for (outcome, count) in OUTCOMES.iter().zip(counts) {
                writeln!(out, "kulanz_answers_total{{action=\"{action}\",answer=\"{}\"}} {count}", outcome.word())?;
            }
        }
        Ok(())
    }

    fn write(&self, out: &mut String) -> fmt::Result {
        self.write_answers(out)?;
        head(out, "kulanz_http_requests_total", "counter", "Requests that were answered, by route and status.")?;
        for (place, route) in ROUTES.iter().enumerate() {
            for (index, status) in STATUSES.iter().enumerate() {
                let count = self.sum(place, |counts| counts.statuses.get(index));
                if count > 0 {
                    writeln!(out, "kulanz_http_requests_total{{route=\"{route}\",status=\"{}\"}} {count}", Status(*status))?;
                }
            }
        }
        head(out, "kulanz_http_request_duration_seconds", "histogram", "How long the answers took to make, by route.")?;
        for (place, route) in ROUTES.iter().enumerate() {
            self.write_latencies(out, place, route)?;
        }
        let (opened, closed) = (self.connections.load(Ordering::Relaxed), self.connections_closed.load(Ordering::Relaxed));
        single(out, ("kulanz_connections_total", "counter"), "Connections that were accepted.", opened)?;
        single(out, ("kulanz_connections_open", "gauge"), "Connections that are open now.", opened.saturating_sub(closed))?;
        let errors = self.ledger_errors.load(Ordering::Relaxed);
        single(out, ("kulanz_ledger_errors_total", "counter"), "Times the ledger failed or did not answer in time.", errors)
    }

    fn write_latencies(&self, out: &mut String, place: usize, route: &str) -> fmt::Result {
        const NAME: &str = "kulanz_http_request_duration_seconds";
        let buckets: Vec<_> = (0..BOUNDS.len()).map(|index| self.sum(place, |counts| counts.latencies.get(index))).collect();
        let counted: u64 = (0..STATUSES.len()).map(|index| self.sum(place, |counts| counts.statuses.get(index))).sum();
        if counted == 0 {
            return Ok(());
        }
        let mut within = 0;
        for ((_, bound), count) in BOUNDS.iter().zip(buckets) {
            within += count;
            writeln!(out, "{NAME}_bucket{{route=\"{route}\",le=\"{bound}\"}} {within}")?;
        }
        // A request that is counted right now may be in one count and not yet in the other.
        let whole = counted.max(within);
        let micros = self.sum(place, |counts| Some(&counts.micros));
        writeln!(out, "{NAME}_bucket{{route=\"{route}\",le=\"+Inf\"}} {whole}")?;
        writeln!(out, "{NAME}_sum{{route=\"{route}\"}} {}.{:06}", micros / 1_000_000, micros % 1_000_000)?;
        writeln!(out, "{NAME}_count{{route=\"{route}\"}} {whole}")
    }
}

struct Status(u16);

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 { f.write_str("other") } else { write!(f, "{}", self.0) }
    }
}

/// The shard of this thread.
fn shard() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static OWN: Cell<usize> = Cell::new(NEXT.fetch_add(1, Ordering::Relaxed) % SHARDS);
    }
    OWN.get()
}

/// The place of a path among the routes.
fn route(path: &str) -> usize {
    let fits = |route: &str| {
        let (mut named, mut asked) = (route.split('/'), path.split('/'));
        loop {
            match (named.next(), asked.next()) {
                (None, None) => return true,
                (Some("{id}"), Some(part)) if !part.is_empty() => {}
                (Some(named), Some(part)) if named == part => {}
                _ => return false,
            }
        }
    };
    let last = ROUTES.len() - 1;
    ROUTES.iter().take(last).position(|route| path == *route).or_else(|| ROUTES.iter().take(last).position(|route| fits(route))).unwrap_or(last)
}

/// The route of a path that the service knows.
pub fn route_of(path: &str) -> Option<&'static str> {
    let place = route(path);
    ROUTES.get(place).copied().filter(|_| place < ROUTES.len() - 1)
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) -> fmt::Result {
    writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}")
}

fn single(out: &mut String, (name, kind): (&str, &str), help: &str, value: u64) -> fmt::Result {
    head(out, name, kind, help)?;
    writeln!(out, "{name} {value}")
}

/// What the service counts, for Prometheus. With `[access]` it needs a token with the scope `read`.
#[utoipa::path(
    get, path = "/metrics", tag = "service",
    responses((status = 200, description = "the text format of Prometheus, version 0.0.4", body = String, content_type = "text/plain"))
)]
pub async fn metrics(State(service): State<Arc<Service>>, Extension(caller): Asking) -> Result<Response, Problem> {
    service.demand(&caller, Scope::Read)?;
    let mut out = String::new();
    write(&service, &mut out).map_err(|_| Problem::from(Kind::Internal))?;
    Ok(([(header::CONTENT_TYPE, TEXT)], out).into_response())
}

fn write(service: &Service, out: &mut String) -> fmt::Result {
    service.meter.write(out)?;
    if let Some(books) = &service.books {
        ledger::write(out, &books.ledger.usage(), &service.told)?;
    }
    if let Some(recorder) = &service.recorder {
        decisions::write(out, recorder)?;
    }
    let traces = service.tracer.as_ref().map(|tracer| tracer.spans.tally());
    let traced = |count: fn(&Tally) -> u64| traces.map_or(0, count);
    single(out, ("kulanz_traces_sent_total", "counter"), "Spans that the collector took.", traced(Tally::sent))?;
    single(out, ("kulanz_traces_lost_total", "counter"), "Spans that found the queue full or were not taken.", traced(Tally::lost))?;
    single(out, ("kulanz_traces_failures_total", "counter"), "Requests to the collector that came to nothing.", traced(Tally::failures))?;
    head(out, "kulanz_policy_info", "gauge", "The version of the policy that answers; always 1.")?;
    let engine = service.live.current();
    writeln!(out, "kulanz_policy_info{{version=\"{}\"}} 1", engine.policy().version)?;
    let age = service.live.in_force().as_secs();
    single(out, ("kulanz_policy_age_seconds", "gauge"), "For how long this service answers by the policy's version.", age)?;
    let mut sources = vec![("policy", standing(&service.live))];
    sources.extend(service.people.as_deref().map(|people| ("people", standing(people))));
    head(out, "kulanz_reload_failures_total", "counter", "Changed files that did not check, by what they hold.")?;
    for (source, (failures, _)) in &sources {
        writeln!(out, "kulanz_reload_failures_total{{source=\"{source}\"}} {failures}")?;
    }
    head(out, "kulanz_reload_failed", "gauge", "1 while the files do not check and what they said before is in force.")?;
    for (source, (_, failed)) in &sources {
        writeln!(out, "kulanz_reload_failed{{source=\"{source}\"}} {}", u8::from(*failed))?;
    }
    Ok(())
}

fn standing<T>(live: &Live<T>) -> (u64, bool) {
    (live.failures(), live.reload() != Reload::Current)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_of_the_routes() {
        let name = |path: &str| ROUTES[route(path)];
        assert_eq!((name("/v1/ask"), name("/v1/grants/17"), name("/v1/cases/a/approve")), ("/v1/ask", "/v1/grants/{id}", "/v1/cases/{id}/approve"));
        for made_up in ["", "/", "other", "/v1/ask/", "/v1/cases//add", "/v1/cases/a/b", "/v1/grants/1/reverse/2", "/{id}"] {
            assert_eq!(name(made_up), "other", "{made_up}");
        }
    }

    #[test]
    fn a_latency_at_a_bound_is_within_it_and_threads_are_added_up() {
        let meter = Meter::default();
        std::thread::scope(|scope| {
            for micros in [50, 51, 30_000_000, 30_000_001] {
                let meter = &meter;
                scope.spawn(move || meter.answered("/v1/ask", 200, Duration::from_micros(micros)));
            }
        });
        let mut out = String::new();
        meter.write(&mut out).unwrap();
        let line = |le: &str| format!("kulanz_http_request_duration_seconds_bucket{{route=\"/v1/ask\",le=\"{le}\"}}");
        for (le, count) in [("0.00005", 1), ("0.0001", 2), ("5", 2), ("30", 3), ("+Inf", 4)] {
            assert!(out.contains(&format!("{} {count}\n", line(le))), "{out}");
        }
        assert!(out.contains("_sum{route=\"/v1/ask\"} 60.000102\n"), "{out}");
    }
}
