//! An entitlement and a prohibition that can meet, where the prohibition does not say which of them counts.

use super::Subject;
use super::exact::Exact;
use crate::analysis::{Case, Wanted, When};
use crate::decide::{Decision, Outcome};
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::{ActionId, RoleId, Rule, RuleId};
use crate::program::{self, Kind};

type Known<'a> = (&'a Rule, &'a program::Rule);

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let all: Vec<(&Rule, &program::Rule)> = on.policy.rules.iter().zip(&on.program.rules).collect();
    let entitlements: Vec<_> = all.iter().filter(|(_, compiled)| matches!(compiled.kind, Kind::Entitlement)).collect();
    let exact = Exact::new(on, "contested-entitlement");
    for (rule, compiled) in all.iter().filter(|(_, compiled)| is_contestable(on, compiled)) {
        let met = entitlements.iter().find_map(|(other, other_compiled)| {
            let action = *rule.actions.iter().find(|action| other.actions.contains(action))?;
            Some((other, meeting(&exact, on, action, (rule, compiled), (other, other_compiled))?))
        });
        let Some((other, case)) = met else { continue };
        let title = format!("{} is owed although {}", other.name, rule.name);
        found.push(
            Diagnostic::new(Code::ContestedEntitlement, format!("`{}` and the entitlement `{}` can meet", rule.name, other.name))
                .at(rule.span, "this forbids it, and does not say whether what is owed counts")
                .at(other.span, "the customer is owed it all the same")
                .help(
                    "add `even if entitled`, or rule the case out; where what is owed shall count, say so in an `# allow(contested-entitlement): …`",
                )
                .case(case.as_test(on.policy, on.program, &title)),
        );
    }
    exact.tell(found);
}

/// A prohibition about the case, not about the person who asks: for another person that one is off.
fn is_contestable(on: Subject<'_>, rule: &program::Rule) -> bool {
    matches!(rule.kind, Kind::Prohibition { even_if_entitled: false, whole: true }) && !on.is_about_actor(&rule.reads)
}

/// A case in which both apply and the engine answers `owed`, on the first day on which they meet.
fn meeting<'a>(exact: &Exact<'a>, on: Subject<'a>, action: ActionId, (rule, prohibition): Known<'a>, owing: Known<'a>) -> Option<Case> {
    let role = on.policy.role_ids().find(|role| binds(on, action, *role, rule))?;
    let hold = [&prohibition.condition, &owing.1.condition];
    let wanted = Wanted { asked: (action, role), when: When::Today, hold: &hold, fail: &[], known: None };
    let mut together = exact.analysis().find(wanted);
    if together.case.is_none() && exact.reads_clock(hold.iter()) {
        together = exact.analysis().find(Wanted { when: When::FromToday, ..wanted });
    }
    let Some(case) = together.case else {
        exact.note(rule.span, together.coverage);
        return None;
    };
    let is_owed = |decision: &Decision| decision.outcome == Outcome::Owed;
    if is_owed(&case.decision(on.program)) {
        return Some(case);
    }
    let day = on.policy.time_zone.to_datetime(case.question.at).date();
    let by = on.policy.rules.iter().position(|rule| std::ptr::eq(rule, owing.0)).map(RuleId::new);
    if let Some(case) = by.and_then(|by| exact.analysis_of(day, |analysis| analysis.find_decided_by(wanted, by, is_owed))) {
        return Some(case);
    }
    let owed = exact.analysis_of(day, |analysis| analysis.find_decided(wanted, is_owed));
    if owed.case.is_none() {
        exact.note(rule.span, owed.coverage);
    }
    owed.case
}

fn binds(on: Subject<'_>, action: ActionId, role: RoleId, rule: &Rule) -> bool {
    let named = |id| on.policy.rule(id).is_some_and(|other| std::ptr::eq(other, rule));
    on.program.candidates(action, role).is_some_and(|candidates| candidates.prohibitions.rules().any(named))
}
