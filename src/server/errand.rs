//! A request as far as everything on its way may need to know it, and what is noted of it in the decision log.

use std::time::Instant;

use axum::Extension;
use axum::http::HeaderValue;
use jiff::Timestamp;

use super::problem::Problem;
use super::recorder::Recorder;
use super::service::Service;
use crate::access::Caller;
use crate::answer;
use crate::decide::{Decision, Outcome};
use crate::decisions::{self, AnswerLine, DecisionLine, GrantLine, Head, LineKind, QuestionLine, SCHEMA, Sample};
use crate::engine::Engine;
use crate::policy::Policy;
use crate::question::{Question, Request};

/// The request, as handlers get it.
pub type Errand = Extension<Mission>;

/// A request: its id and when it came.
#[derive(Clone, Debug)]
pub struct Mission {
    /// Its id: sane, and shown to the caller.
    pub id: HeaderValue,
    /// When its head was there.
    pub begun: Instant,
}

impl Mission {
    /// Its id as text.
    pub fn id(&self) -> &str {
        self.id.to_str().unwrap_or_default()
    }

    /// What is logged while it is worked on belongs to it.
    pub fn span(&self, service: &Service) -> tracing::Span {
        tracing::info_span!("request", id = self.id(), policy = %service.version())
    }
}

/// What is noted of a request in the decision log, until it is handed over.
#[derive(Debug)]
pub struct Notes<'a> {
    pub service: &'a Service,
    pub caller: &'a Caller,
    mission: &'a Mission,
    item: Option<usize>,
    begun: Instant,
    lines: String,
    count: u64,
}

/// Longer notes are handed over before they go on, in bytes.
const LONG: usize = 64 << 10;

impl<'a> Notes<'a> {
    /// Of a request of which nothing is noted.
    pub fn new(service: &'a Service, caller: &'a Caller, mission: &'a Mission) -> Self {
        Self { service, caller, mission, item: None, begun: mission.begun, lines: String::new(), count: 0 }
    }

    /// The next question of several begins.
    pub fn next(&mut self, item: usize) {
        self.item = Some(item);
        self.begun = Instant::now();
    }

    /// Writes the answer to a question at the end of `out`, counts it and notes it.
    pub fn answer(&mut self, engine: &Engine, request: &Request, out: &mut String) {
        let (policy, decision) = (engine.policy(), engine.decide(request));
        answer::write(out, policy, &request.question, &decision, request.language);
        self.service.count(policy, &request.question, decision.outcome);
        self.note(policy, &request.question, &decision, None);
    }

    fn note(&mut self, policy: &Policy, question: &Question, decision: &Decision, approval: Option<&str>) {
        if self.service.shows_facts {
            self.show(policy, question, decision.outcome);
        }
        let service = self.service;
        let Some(recorder) = service.recorder.as_deref() else { return };
        let Some(sample) = sample(recorder, decision.outcome) else { return };
        let head = Head {
            kind: "ask",
            time: Timestamp::now(),
            request: self.mission.id(),
            item: self.item,
            caller: self.caller.name(),
            policy: &policy.version,
            micros: self.micros(),
            sample,
            approval,
        };
        decisions::ask(&mut self.lines, &head, policy, question, decision, &recorder.mask);
        self.count += 1;
    }

    /// Notes a question of which only the answer is known. Where the grant of an approved case made it a yes, `approval` is that grant.
    pub fn answered(&mut self, engine: &Engine, request: &Request, approval: Option<&str>) {
        if self.service.recorder.is_some() || self.service.shows_facts {
            self.note(engine.policy(), &request.question, &engine.decide(request), approval);
        }
    }

    fn micros(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// Shows a question in the service's own log, where that is wanted; what is private is hidden there too.
    fn show(&self, policy: &Policy, question: &Question, outcome: Outcome) {
        let mut shown = String::new();
        decisions::question(&mut shown, policy, question, &self.service.mask());
        tracing::info!(id = self.mission.id(), policy = policy.version, answer = outcome.word(), question = shown, "decided");
    }

    /// Notes what came of a grant.
    pub fn grant(&mut self, recorder: &Recorder, version: &str, question: QuestionLine, answer: Option<AnswerLine>, grant: GrantLine) {
        let mut id = String::new();
        decisions::line_id(&mut id);
        let now = Timestamp::now();
        let line = DecisionLine {
            schema: SCHEMA,
            kind: LineKind::Grant,
            id,
            time: Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now),
            request: Some(self.mission.id().to_owned()),
            item: None,
            caller: Some(recorder.mask.caller(self.caller.name())),
            policy: Some(version.to_owned()),
            micros: Some(self.micros()),
            sample: None,
            approval: None,
            question: Some(question),
            answer,
            grant: Some(grant),
            lost: None,
        };
        match serde_json::to_string(&line) {
            Ok(line) => {
                self.lines.push_str(&line);
                self.lines.push('\n');
                self.count += 1;
            }
            Err(error) => tracing::error!(%error, "a line of the decision log is not JSON"),
        }
    }

    /// Whether it is time to hand them over.
    pub fn are_long(&self) -> bool {
        self.lines.len() >= LONG
    }

    /// Hands the notes over, as soon as they are taken.
    ///
    /// # Errors
    ///
    /// 503 where they are not taken in the time that an answer may take.
    pub async fn hand_over(&mut self) -> Result<(), Problem> {
        let Some(recorder) = self.service.recorder.as_deref().filter(|_| self.count > 0) else { return Ok(()) };
        recorder.take(&self.lines, self.count, self.service.limits.answer()).await?;
        self.lines.clear();
        self.count = 0;
        Ok(())
    }

    /// Hands over what tells of something that cannot be undone.
    pub fn leave(&mut self) {
        if let Some(recorder) = self.service.recorder.as_deref().filter(|_| self.count > 0) {
            recorder.take_anyhow(&self.lines, self.count);
            self.lines.clear();
            self.count = 0;
        }
    }
}

/// The share in which the answer is, or nothing where it is left out.
fn sample(recorder: &Recorder, outcome: Outcome) -> Option<Sample> {
    if outcome != Outcome::Yes {
        return Some(Sample::ALL);
    }
    if recorder.sample_yes.is_all() {
        return Some(Sample::ALL);
    }
    // Nothing that a caller chooses says whether it is drawn.
    let mut drawn = String::new();
    decisions::line_id(&mut drawn);
    recorder.sample_yes.takes(&[drawn.as_bytes()]).then_some(recorder.sample_yes)
}
