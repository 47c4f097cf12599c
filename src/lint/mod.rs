//! What a checked policy's author should look at: one lint a file.
//!
//! In go a policy, its program and the day; out come warnings, and errors for what only shows once conditions are evaluated. A finding that depends on a case
//! shows that case, found and confirmed by the engine.

mod bare_no;
mod case;
mod idle_route;
mod idle_row;
mod lookup_gap;
mod lookup_overlap;
mod past_review;
mod row_gap;
mod unverified_default;
mod unverified_key;

use jiff::civil::Date;

#[cfg(feature = "ledger")]
pub(crate) use idle_route::can_say_yes;

use crate::diagnostic::Diagnostic;
use crate::policy::Policy;
use crate::program::Program;

/// What the lints look at.
#[derive(Clone, Copy)]
struct Subject<'a> {
    policy: &'a Policy,
    program: &'a Program,
    /// The day on which the policy is checked.
    today: Date,
}

type Lint = fn(Subject<'_>, &mut Vec<Diagnostic>);

/// What makes a pack answer nothing.
const ERRORS: &[Lint] = &[lookup_overlap::check];

const WARNINGS: &[Lint] = &[
    lookup_gap::check,
    row_gap::check,
    idle_row::check,
    unverified_default::check,
    unverified_key::check,
    past_review::check,
    idle_route::check,
    bare_no::check,
];

/// Everything that the lints find, in the order of the text.
#[must_use]
pub fn lint(policy: &Policy, program: &Program, today: Date) -> Vec<Diagnostic> {
    run(ERRORS.iter().chain(WARNINGS), Subject { policy, program, today })
}

/// The errors among what [`lint`] finds, without the time that the warnings take.
#[must_use]
pub fn errors(policy: &Policy, program: &Program, today: Date) -> Vec<Diagnostic> {
    run(ERRORS, Subject { policy, program, today })
}

fn run<'a>(lints: impl IntoIterator<Item = &'a Lint>, subject: Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for lint in lints {
        lint(subject, &mut found);
    }
    found.sort_by_key(|diagnostic| (diagnostic.span(), diagnostic.code));
    found
}
