//! The registry of lints: the one place that knows every lint with its name, its code and its level.

use super::levels::Level;
use super::{
    Subject, band_gap, bare_no, contested_entitlement, division_by_zero, equal_lines, expired_rule, idle_route, idle_row, idle_rule, lookup_gap,
    lower_gives_more, missing_language, negative_limit, no_budget, no_limit, no_question, owed_from_allotment, own_account, own_signature,
    past_review, row_gap, splittable_cap, uncounted_entitlement, ungrantable_action, unused_budget, unused_definition, unused_duty, unused_fact,
    unused_role, unverified_absence, unverified_default, unverified_key,
};
use crate::diagnostic::{Code, Diagnostic, nearest};

/// Something that an author should look at.
#[derive(Debug)]
pub struct Lint {
    /// What it is called in `kulanz.toml` and in `# allow(…)`: `bare-no`.
    pub name: &'static str,
    /// The code of its findings.
    pub code: Code,
    /// How seriously it is taken unless somebody says otherwise.
    pub level: Level,
    /// What looks for it; `None` where that is found elsewhere.
    pub(super) look: Option<Look>,
}

pub(super) type Look = fn(Subject<'_>, &mut Vec<Diagnostic>);

const fn lint(name: &'static str, code: Code, look: Look) -> Lint {
    Lint { name, code, level: Level::Warn, look: Some(look) }
}

/// Found where comments or people are read.
const fn found_elsewhere(name: &'static str, code: Code) -> Lint {
    Lint { name, code, level: Level::Warn, look: None }
}

/// What makes a pack answer nothing. Its level is fixed.
const OVERLAP: &str = "lookup-overlap";

/// Every lint whose level can be set.
pub const LINTS: &[Lint] = &[
    lint("unverified-default", Code::UnverifiedDefault, unverified_default::check),
    lint("unverified-key", Code::UnverifiedKey, unverified_key::check),
    lint("past-review", Code::PastReview, past_review::check),
    lint("idle-route", Code::IdleRoute, idle_route::check),
    lint("lookup-gap", Code::LookupGap, lookup_gap::check),
    lint("idle-row", Code::IdleRow, idle_row::check),
    lint("row-gap", Code::RowGap, row_gap::check),
    lint("bare-no", Code::BareNo, bare_no::check),
    lint("unused-fact", Code::UnusedFact, unused_fact::check),
    lint("unused-duty", Code::UnusedDuty, unused_duty::check),
    lint("unused-budget", Code::UnusedBudget, unused_budget::check),
    lint("unused-definition", Code::UnusedDefinition, unused_definition::check),
    lint("unused-role", Code::UnusedRole, unused_role::check),
    lint("ungrantable-action", Code::UngrantableAction, ungrantable_action::check),
    lint("no-question", Code::NoQuestion, no_question::check),
    lint("missing-language", Code::MissingLanguage, missing_language::check),
    lint("expired-rule", Code::ExpiredRule, expired_rule::check),
    lint("unverified-absence", Code::UnverifiedAbsence, unverified_absence::check),
    lint("uncounted-entitlement", Code::UncountedEntitlement, uncounted_entitlement::check),
    lint("own-signature", Code::OwnSignature, own_signature::check),
    lint("own-account", Code::OwnAccount, own_account::check),
    lint("lower-gives-more", Code::LowerGivesMore, lower_gives_more::check),
    lint("equal-lines", Code::EqualLines, equal_lines::check),
    lint("division-by-zero", Code::DivisionByZero, division_by_zero::check),
    lint("negative-limit", Code::NegativeLimit, negative_limit::check),
    lint("splittable-cap", Code::SplittableCap, splittable_cap::check),
    lint("no-limit", Code::NoLimit, no_limit::check),
    lint("no-budget", Code::NoBudget, no_budget::check),
    lint("idle-rule", Code::IdleRule, idle_rule::check),
    lint("band-gap", Code::BandGap, band_gap::check),
    lint("contested-entitlement", Code::ContestedEntitlement, contested_entitlement::check),
    lint("owed-from-allotment", Code::OwedFromAllotment, owed_from_allotment::check),
    found_elsewhere("too-many-cases", Code::TooManyCases),
    found_elsewhere("unused-allow", Code::UnusedAllow),
    found_elsewhere("unclear-allow", Code::UnclearAllow),
];

/// The lint with findings of this code.
#[must_use]
pub fn of(code: Code) -> Option<&'static Lint> {
    LINTS.iter().find(|lint| lint.code == code)
}

/// The lint of this name, or what to write instead.
pub(super) fn named(name: &str) -> Result<&'static Lint, String> {
    if name == OVERLAP {
        return Err("its findings are errors and stay so: a case would have two values".into());
    }
    LINTS.iter().find(|lint| lint.name == name).ok_or_else(|| {
        let near = nearest(name, LINTS.iter().map(|lint| lint.name));
        near.map_or_else(|| "docs/lints.md lists them".to_owned(), |near| format!("did you mean `{near}`?"))
    })
}
