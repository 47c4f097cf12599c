//! A pack that answers: read, checked and compiled.
//!
//! This is what the command line, the service and an embedding program share. An [`Engine`] never changes; a changed pack is a new one.
//!
//! ```
//! use kulanz::engine::Engine;
//!
//! let engine = Engine::read("policies/fashion-shop".as_ref()).expect("the pack checks");
//! let question = r#"{"actor": {"role": "agent", "id": "anna"}, "action": "exchange", "lang": "en"}"#;
//! let request = engine.reader().json(question, jiff::Timestamp::now()).expect("the question is right");
//! assert_eq!(engine.ask(&request).answer, "yes");
//! ```
//!
//! Whoever has JSON and wants JSON saves the steps between:
//!
//! ```
//! # use kulanz::engine::{Engine, Scratch};
//! # let engine = Engine::read("policies/fashion-shop".as_ref()).expect("the pack checks");
//! let (mut scratch, mut answers) = (Scratch::default(), String::new());
//! for question in [r#"{"actor": {"role": "agent"}, "action": "exchange"}"#, r#"{"actor": {"role": "agent"}, "action": "refund"}"#] {
//!     engine.answer_json(&engine.reader(), question, jiff::Timestamp::now(), &mut scratch, &mut answers).expect("the question is right");
//!     answers.push('\n');
//! }
//! assert_eq!(answers.lines().count(), 2);
//! ```

use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::answer::{self, Answer};
use crate::decide::{Decision, Mode, Outcome};
use crate::diagnostic::{Diagnostic, has_errors, shown};
use crate::lint::{self, Levels};
use crate::options::{self, Options};
use crate::pack::{Overlay, Pack};
use crate::policy::{self, Complete, Policy};
#[cfg(feature = "ledger")]
use crate::policy::{ActionId, BudgetId};
use crate::program::Program;
use crate::question::{Names, OptionsRequest, Reader, Request, Slate, Unread};
use crate::source::Sources;

/// A policy and its program.
#[derive(Debug)]
pub struct Engine {
    policy: Policy,
    program: Program,
    names: Names,
    /// By action: see [`Self::charged_by`].
    #[cfg(feature = "ledger")]
    charged: Vec<Vec<BudgetId>>,
}

/// What is used again from one question to the next, so that it takes no new memory. It serves any engine, one question at a time.
#[derive(Debug, Default)]
pub struct Scratch {
    slate: Slate,
}

/// A pack that answers nothing.
#[derive(Debug)]
pub struct Broken {
    /// The texts that could be read.
    pub sources: Sources,
    /// What is wrong with them, errors and warnings, [as it is shown](shown).
    pub diagnostics: Vec<Diagnostic>,
}

/// What a look at a pack found.
#[derive(Debug)]
pub struct Checked {
    /// The texts that could be read.
    pub sources: Sources,
    /// What is wrong with them, errors and warnings, [as it is shown](shown).
    pub diagnostics: Vec<Diagnostic>,
    /// The pack, ready to answer, where nothing is an error.
    pub engine: Option<Engine>,
}

/// Reads, checks, compiles and lints a pack: a folder or a file. `now` is the moment by which what has a date is judged.
#[must_use]
pub fn check(path: &Path, now: Timestamp) -> Checked {
    at_its_levels(path, Pack::read(path), now)
}

/// The same, with some files as they stand elsewhere than on the disk.
pub(crate) fn check_over(path: &Path, overlay: &Overlay, now: Timestamp) -> Checked {
    at_its_levels(path, Pack::read_over(path, overlay), now)
}

/// The lints are taken as seriously as the pack's `kulanz.toml` says.
fn at_its_levels(path: &Path, (mut pack, diagnostics): (Pack, Vec<Diagnostic>), now: Timestamp) -> Checked {
    let (levels, unclear) = Levels::find(path, &mut pack.sources);
    let mut found = checked((pack, diagnostics), now, |policy, program, today| lint::lint_at(policy, program, today, &levels));
    found.diagnostics.extend(unclear);
    found
}

fn checked((pack, mut diagnostics): (Pack, Vec<Diagnostic>), now: Timestamp, lint: impl Fn(&Policy, &Program, Date) -> Vec<Diagnostic>) -> Checked {
    let engine = match compile(&pack) {
        Ok(engine) => {
            // What a lint says of a pack that could be read only in part would mislead.
            if !has_errors(&diagnostics) {
                diagnostics.extend(lint(&engine.policy, &engine.program, engine.day(now)));
            }
            Some(engine)
        }
        Err(further) => {
            diagnostics.extend(further);
            None
        }
    };
    // What is only denied is no reason to answer nothing.
    let engine = engine.filter(|_| !diagnostics.iter().any(lint::is_fatal));
    Checked { diagnostics: shown(diagnostics, &pack.sources), sources: pack.sources, engine }
}

/// Checks and compiles a pack that was read, without a look at what the lints would say of it.
///
/// # Errors
///
/// Everything that is wrong with it.
pub(crate) fn compile(pack: &Pack) -> Result<Engine, Vec<Diagnostic>> {
    policy::check(pack).map(Engine::new)
}

impl Engine {
    /// The day of a moment where the policy holds.
    fn day(&self, now: Timestamp) -> Date {
        self.policy.time_zone.to_datetime(now).date()
    }

    /// What the lints say of it, at the levels of the pack at `path`.
    #[cfg(feature = "lsp")]
    pub(crate) fn lint(&self, path: &Path, now: Timestamp) -> Vec<Diagnostic> {
        let (levels, _) = Levels::find(path, &mut Sources::default());
        lint::lint_at(&self.policy, &self.program, self.day(now), &levels)
    }

    /// Reads, checks and compiles a pack: a folder or a file.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it; warnings are left to [`check`].
    pub fn read(path: &Path) -> Result<Self, Broken> {
        let Checked { sources, diagnostics, engine } = checked(Pack::read(path), Timestamp::now(), lint::errors);
        engine.ok_or(Broken { sources, diagnostics })
    }

    /// Compiles a checked policy.
    #[must_use]
    pub fn new(policy: Complete) -> Self {
        let program = Program::new(&policy);
        Self {
            #[cfg(feature = "ledger")]
            charged: program.charged(),
            program,
            names: Names::new(&policy),
            policy: policy.into_policy(),
        }
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Its program.
    #[must_use]
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// The budgets that may be charged for an action, and those whose use its rules read.
    #[cfg(feature = "ledger")]
    pub(crate) fn charged_by(&self, action: ActionId) -> &[BudgetId] {
        self.charged.get(action.index()).map(Vec::as_slice).unwrap_or_default()
    }

    /// Reads questions for this policy.
    #[must_use]
    pub fn reader(&self) -> Reader<'_> {
        Reader::new(&self.policy).with_names(&self.names)
    }

    #[cfg(test)]
    pub(crate) fn names(&self) -> &Names {
        &self.names
    }

    /// Can this be granted?
    #[must_use]
    pub fn ask(&self, request: &Request) -> Answer {
        Answer::new(&self.policy, &request.question, &self.decide(request), request.language)
    }

    /// The same, before it is put into words.
    #[must_use]
    pub fn decide(&self, request: &Request) -> Decision {
        self.program.decide(&request.question, Mode::Ask)
    }

    /// Reads a question in JSON and writes its answer in JSON at the end of `out`, without a line end. `reader` is one of this engine; `now` is the moment
    /// of a question that names none.
    ///
    /// # Errors
    ///
    /// Where the text is no right question: what is wrong with it. Then nothing is written.
    pub fn answer_json(
        &self,
        reader: &Reader<'_>,
        question: &str,
        now: Timestamp,
        scratch: &mut Scratch,
        out: &mut String,
    ) -> Result<Outcome, Unread> {
        Ok(self.write_answer(Self::read_json(reader, question, now, scratch)?, out))
    }

    /// Reads a question in JSON, where it is read in the room that `scratch` keeps.
    ///
    /// # Errors
    ///
    /// As [`Self::answer_json`].
    pub(crate) fn read_json<'s>(reader: &Reader<'_>, question: &str, now: Timestamp, scratch: &'s mut Scratch) -> Result<&'s Request, Unread> {
        reader.fill(question, now, &mut scratch.slate)
    }

    /// Writes the answer in JSON at the end of `out`, without a line end.
    pub fn write_answer(&self, request: &Request, out: &mut String) -> Outcome {
        let decision = self.decide(request);
        answer::write(out, &self.policy, &request.question, &decision, request.language);
        decision.outcome
    }

    /// Writes everything that a role may do in a case, in JSON, at the end of `out`, without a line end.
    pub fn write_options(&self, request: &OptionsRequest, out: &mut String) {
        options::write(out, &self.policy, &self.program, request);
    }

    /// Everything that a role may do in a case.
    #[must_use]
    pub fn options(&self, request: &OptionsRequest) -> Options {
        Options::new(&self.policy, &self.program, request)
    }
}

/// One line of JSON with its end: the same bytes on the command line and over HTTP.
///
/// # Errors
///
/// Where a value cannot be JSON, which none of an answer is.
pub fn json_line(value: &impl Serialize) -> serde_json::Result<String> {
    serde_json::to_string(value).map(|line| line + "\n")
}
