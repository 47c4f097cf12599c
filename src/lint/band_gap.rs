//! A gap between the bands of several rules for one action, or of the duties of one rule: a case for which none of them holds, while all else being the same one holds for
//! less of a quantity and another for more.
//!
//! Looked at are, along each fact that measures something and along the quantity asked for, the permissions that somebody of a role has, those of all roles together, the
//! caps that bind a role, the entitlements, and the duties of a rule.

use std::collections::BTreeSet;

use super::Subject;
use super::case::literal;
use super::exact::{Exact, asked};
use crate::analysis::{Along, Family, Gap};
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::expr::{Type, Value};
use crate::policy::{ActionId, FactRef, Requirement, RoleId, Rule, RuleId};
use crate::program::gate::Gate;
use crate::program::node::{Condition, Reads};
use crate::program::{self, Definition, Kind};
use crate::source::Span;

/// The bands of more rules are not looked at, and it is said so.
const MOST_RULES: usize = 400;

/// Conditions that belong together, each with what it is called and its place.
struct Group<'a> {
    asked: (ActionId, RoleId),
    members: Vec<Member<'a>>,
    /// What holds in each case.
    hold: Option<&'a Condition>,
    /// What they are, for people.
    what: &'static str,
}

#[derive(Clone, Copy)]
struct Member<'a> {
    name: &'a str,
    span: Span,
    condition: &'a Condition,
}

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let exact = Exact::new(on, "band-gap");
    for at in 0..on.policy.actions.len() {
        let mut told = BTreeSet::new();
        for group in of_action(on, ActionId::new(at)) {
            look(on, &exact, &group, &mut told, found);
        }
    }
    let mut tables = BTreeSet::new();
    for (rule, compiled) in on.policy.rules.iter().zip(&on.program.rules) {
        // The rows of a table share its duties, as a rule.
        if rule.name.split_once('[').is_some_and(|(table, _)| !tables.insert(table)) {
            continue;
        }
        let Some(group) = of_duties(on, rule, compiled) else { continue };
        look(on, &exact, &group, &mut BTreeSet::new(), found);
    }
    exact.tell(found);
}

/// What somebody may do and is bound by, each set of rules once.
fn of_action(on: Subject<'_>, action: ActionId) -> Vec<Group<'_>> {
    let mut groups: Vec<(RoleId, &'static str, Vec<RuleId>)> = Vec::new();
    let mut all = BTreeSet::new();
    let is_cap = |id: &RuleId| on.program.rule(*id).is_some_and(|rule| matches!(rule.kind, Kind::Prohibition { whole: false, .. }));
    for role in on.policy.role_ids() {
        let Some(candidates) = on.program.candidates(action, role) else { continue };
        let permissions: Vec<RuleId> = candidates.permissions.rules().collect();
        all.extend(permissions.iter().copied());
        groups.push((role, "rule", permissions));
        groups.push((role, "cap", candidates.prohibitions.rules().filter(is_cap).collect()));
    }
    groups.push((RoleId::new(0), "rule", all.into_iter().collect()));
    let entitlements = on.program.action_of(action).map(|action| action.entitlements.rules().collect());
    groups.push((RoleId::new(0), "entitlement", entitlements.unwrap_or_default()));
    let mut known = BTreeSet::new();
    for (.., rules) in &mut groups {
        rules.sort();
    }
    groups.retain(|(.., rules)| rules.len() > 1 && known.insert(rules.clone()));
    let member = |id: &RuleId| {
        let (rule, compiled) = (on.policy.rule(*id)?, on.program.rule(*id)?);
        Some(Member { name: &rule.name, span: rule.span, condition: &compiled.condition })
    };
    let group = |(role, what, rules): (RoleId, &'static str, Vec<RuleId>)| Group {
        asked: (action, role),
        members: rules.iter().filter_map(member).collect(),
        hold: None,
        what,
    };
    groups.into_iter().map(group).collect()
}

/// The duties that a rule requires under conditions, where there are several.
fn of_duties<'a>(on: Subject<'a>, rule: &'a Rule, compiled: &'a program::Rule) -> Option<Group<'a>> {
    let conditional = rule.requires.iter().zip(&compiled.requires).filter(|(_, compiled)| !matches!(compiled.when, Condition::Constant(_)));
    let member = |(written, compiled): (&Requirement, &'a program::Requirement)| {
        Some(Member { name: &on.policy.duty(written.duty)?.name, span: rule.span, condition: &compiled.when })
    };
    let members: Vec<Member<'_>> = conditional.filter_map(member).collect();
    (members.len() > 1).then_some(Group { asked: asked(rule), members, hold: Some(&compiled.condition), what: "duty" })
}

/// The quantities that a condition compares with what is no fact, each on its own.
fn measured(on: Subject<'_>, condition: &Condition, found: &mut BTreeSet<Along>) {
    match condition {
        Condition::And(parts, _) | Condition::Or(parts, _) => parts.iter().for_each(|part| measured(on, part, found)),
        Condition::Not(part, _) => measured(on, part, found),
        Condition::Definition(id) => {
            if let Some(Definition::Condition(body)) = on.program.definitions.get(id.index()) {
                measured(on, body, found);
            }
        }
        Condition::Gate(Gate::Number(fact, ..), _) => drop(found.insert(Along::Fact(*fact))),
        Condition::Test(_) => {
            let mut reads = Reads::default();
            condition.reads(&on.program.named(), &mut reads);
            found.extend(match reads.facts.as_slice() {
                [] if reads.amount => Some(Along::Amount),
                [FactRef::Fact(id)] if !reads.amount => Some(Along::Fact(*id)),
                _ => None,
            });
        }
        Condition::Constant(_) | Condition::Gate(..) => {}
    }
}

/// What bands are measured in; `None` where there are none.
fn type_of(on: Subject<'_>, action: ActionId, along: Along) -> Option<Type> {
    let ty = match along {
        Along::Fact(id) => on.policy.fact(id)?.ty.clone(),
        Along::Amount => on.policy.action(action)?.measure.clone()?,
    };
    (!matches!(ty, Type::YesNo | Type::Text | Type::OneOf(_) | Type::SomeOf(_))).then_some(ty)
}

/// The bands beside gaps that were told: what lies along what.
type Told = BTreeSet<(Along, &'static str, Span)>;

/// Looks along each quantity that at least two members read; where gaps beside a band are told, no other role needs to hear of them.
fn look<'a>(on: Subject<'a>, exact: &Exact<'a>, group: &Group<'a>, told: &mut Told, found: &mut Vec<Diagnostic>) {
    let read = |member: &Member<'_>| {
        let mut read = BTreeSet::new();
        measured(on, member.condition, &mut read);
        read
    };
    // It covers every line.
    if group.members.iter().any(|member| is_true(member.condition)) {
        return;
    }
    let reads: Vec<BTreeSet<Along>> = group.members.iter().map(read).collect();
    let all: BTreeSet<Along> = reads.iter().flatten().copied().collect();
    let conditions: Vec<&Condition> = group.members.iter().map(|member| member.condition).collect();
    for along in all {
        let banded: Vec<bool> = reads.iter().map(|reads| reads.contains(&along)).collect();
        let count = banded.iter().filter(|banded| **banded).count();
        let (Some(measure), Some(first)) = (type_of(on, group.asked.0, along), group.members.first()) else { continue };
        if count < 2 {
            continue;
        }
        if count > MOST_RULES {
            found.push(
                Diagnostic::new(Code::TooManyCases, format!("the bands of so many rules for `{}` were not looked at", on.action_name(group.asked.0)))
                    .at(first.span, format!("there are more than {MOST_RULES} of them; `band-gap` says nothing here")),
            );
            continue;
        }
        let hold: Vec<&Condition> = group.hold.into_iter().collect();
        let family = Family { asked: group.asked, along, measure: &measure, conditions: &conditions, banded: &banded, hold: &hold };
        let (mut gaps, mut coverage) = exact.analysis().find_gaps(family);
        for day in exact.days(conditions.iter().copied()).into_iter().skip(1) {
            if gaps.is_empty() {
                let (later, further) = exact.analysis_of(day, |analysis| analysis.find_gaps(family));
                (gaps, coverage) = (later, coverage.and(further));
            }
        }
        if gaps.is_empty() {
            exact.note(first.span, coverage);
        }
        let of = |nth: usize| group.members.get(nth).map(|member| (along, group.what, member.span));
        let known = told.clone();
        let is_told = |gap: &Gap| [gap.beside.0, gap.beside.1].into_iter().filter_map(of).any(|band| known.contains(&band));
        for gap in gaps.iter().filter(|gap| !is_told(gap)) {
            if report(on, group, along, &measure, gap, found) {
                told.extend([gap.beside.0, gap.beside.1].into_iter().filter_map(of));
            }
        }
    }
}

/// Whether the gap is news: `row-gap` looks at the rows of one table.
fn report(on: Subject<'_>, group: &Group<'_>, along: Along, measure: &Type, gap: &Gap, found: &mut Vec<Diagnostic>) -> bool {
    let (Some(below), Some(above)) = (group.members.get(gap.beside.0), group.members.get(gap.beside.1)) else { return false };
    let table = |name: &str| name.split_once('[').map(|(table, _)| table.to_owned());
    let is_of_one_table = table(below.name).is_some_and(|own| table(above.name) == Some(own));
    if is_of_one_table && matches!(along, Along::Fact(_)) {
        return false;
    }
    let shown = literal(on.policy, measure, &Value::Quantity(gap.value.clone()));
    let name = match along {
        Along::Fact(id) => on.policy.fact(id).map_or_else(String::new, |fact| fact.name.clone()),
        Along::Amount => "amount".into(),
    };
    let what = group.what;
    let title = format!("between {} and {}", below.name, above.name);
    let finding = Diagnostic::new(Code::BandGap, format!("the bands of `{}` and `{}` do not meet", below.name, above.name));
    let finding = if below.span == above.span {
        finding.at(below.span, format!("one is required for less, the other for more, and no such {what} where {name} is {shown}"))
    } else {
        finding.at(below.span, format!("this holds below, and no such {what} where {name} is {shown}")).at(above.span, "this holds above")
    };
    found.push(
        finding
            .help(format!("let one side own the boundary, and the other begin right behind it: neither holds where `{name}` is {shown}"))
            .case(gap.case.as_test(on.policy, on.program, &title)),
    );
    true
}

/// Whether a condition asks for nothing.
pub(super) fn is_true(condition: &Condition) -> bool {
    match condition {
        Condition::Constant(value) => *value,
        Condition::And(parts, _) => parts.iter().all(is_true),
        _ => false,
    }
}
