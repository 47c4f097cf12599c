//! What a checked policy's author should look at: one lint a file.
//!
//! In go a policy, its program and the day; out come warnings, and errors for what only shows once conditions are evaluated. A finding that depends on a case
//! shows that case, found and confirmed by the engine. How seriously a lint is taken is set in `kulanz.toml`, and a comment above an item can allow what it
//! finds there.

mod allow;
mod band_gap;
mod bare_no;
mod case;
mod contested_entitlement;
mod division_by_zero;
mod equal_lines;
mod exact;
mod expired_rule;
mod extent;
mod idle_route;
mod idle_row;
mod idle_rule;
mod items;
mod levels;
mod limits;
mod lookup_gap;
mod lookup_overlap;
mod lower_gives_more;
mod missing_language;
mod negative_limit;
mod no_budget;
mod no_limit;
mod no_question;
mod owed_from_allotment;
mod own_account;
mod own_signature;
mod past_review;
mod registry;
mod row_gap;
mod splittable_cap;
mod supposed;
mod uncounted_entitlement;
mod ungrantable_action;
mod unused_budget;
mod unused_definition;
mod unused_duty;
mod unused_fact;
mod unused_role;
mod unverified_absence;
mod unverified_default;
mod unverified_key;

use jiff::civil::Date;

#[cfg(feature = "ledger")]
pub(crate) use idle_route::can_say_yes;
pub use levels::{Level, Levels};
pub use registry::{LINTS, Lint, of};

use crate::diagnostic::{Diagnostic, Severity};
use crate::policy::{ActionId, FactRef, Policy, RoleId};
use crate::program::Program;
use crate::program::node::Reads;
use crate::source::Span;
use items::Items;

/// What the lints look at.
#[derive(Clone, Copy)]
struct Subject<'a> {
    policy: &'a Policy,
    program: &'a Program,
    texts: &'a Texts<'a>,
    /// The day on which the policy is checked.
    today: Date,
}

impl Subject<'_> {
    /// Whether a place lies in the pack itself. What an included pack has for others to use is not judged here.
    fn is_own(self, span: Span) -> bool {
        self.policy.own.contains(&span.source)
    }

    /// Whether something depends on who asks, and not only on the case, the team and the role: for somebody else it is otherwise.
    fn is_about_actor(self, reads: &Reads) -> bool {
        let about_actor = |fact: &FactRef| match fact {
            FactRef::Fact(id) => self.policy.fact(*id).is_some_and(|fact| fact.about_actor),
            FactRef::ActorId => true,
            FactRef::ActorTeam => false,
        };
        reads.actor_id || reads.facts.iter().any(about_actor)
    }

    fn role_name(self, id: RoleId) -> String {
        self.policy.role(id).map_or_else(String::new, |role| role.name.clone())
    }

    fn action_name(self, id: ActionId) -> String {
        self.policy.action(id).map_or_else(String::new, |action| action.name.clone())
    }
}

/// The policy as it is written.
struct Texts<'a> {
    policy: &'a Policy,
    items: Items<'a>,
}

impl<'a> Texts<'a> {
    fn of(policy: &'a Policy) -> Self {
        Self { policy, items: Items::of(policy) }
    }
}

/// Everything that the lints find at their own levels, in the order of the text.
#[must_use]
pub fn lint(policy: &Policy, program: &Program, today: Date) -> Vec<Diagnostic> {
    lint_at(policy, program, today, &Levels::default())
}

/// The same at other levels.
#[must_use]
pub fn lint_at(policy: &Policy, program: &Program, today: Date, levels: &Levels) -> Vec<Diagnostic> {
    let texts = Texts::of(policy);
    let on = Subject { policy, program, texts: &texts, today };
    let mut found = Vec::new();
    for lint in LINTS.iter().filter(|lint| levels.of(lint) != Level::Allow) {
        if let Some(look) = lint.look {
            look(on, &mut found);
        }
    }
    let mut found = allow::apply(on, levels, found);
    for (finding, lint) in found.iter_mut().filter_map(|finding| of(finding.code).map(|lint| (finding, lint))) {
        finding.lint = Some(lint.name);
        if levels.of(lint) == Level::Deny {
            finding.severity = Severity::Error;
        }
    }
    found.extend(errors(policy, program, today));
    found.sort_by_key(|diagnostic| (diagnostic.span(), diagnostic.code));
    found
}

/// What makes the pack answer nothing, without the time that the lints take.
#[must_use]
pub fn errors(policy: &Policy, program: &Program, today: Date) -> Vec<Diagnostic> {
    let texts = Texts { policy, items: Items::default() };
    let mut found = Vec::new();
    lookup_overlap::check(Subject { policy, program, texts: &texts, today }, &mut found);
    found.sort_by_key(|diagnostic| (diagnostic.span(), diagnostic.code));
    found
}

/// Whether a finding makes the pack answer nothing, however seriously it is taken.
pub(crate) fn is_fatal(finding: &Diagnostic) -> bool {
    finding.code.severity() == Severity::Error
}
