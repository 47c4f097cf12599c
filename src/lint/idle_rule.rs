//! A rule that can never apply, or never makes a difference: the counterpart of `idle-row` for rules that stand by themselves.

use super::Subject;
use super::exact::Exact;
use super::idle_row::gives_at_least;
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::expr::ExprKind;
use crate::policy::{ActionId, Rule};
use crate::program;
use crate::program::node::Condition;

/// The rules of an action are compared with each other where there are no more.
const MOST_RULES: usize = 2_000;

type Known<'a> = (&'a Rule, &'a program::Rule);

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let all: Vec<Known<'_>> = on.policy.rules.iter().zip(&on.program.rules).collect();
    let exact = Exact::new(on, "idle-rule");
    let alone = |known: &&Known<'_>| !known.0.name.contains('[');
    let mut idle: Vec<&str> = Vec::new();
    for known in all.iter().filter(alone) {
        if never_applies(&exact, *known) {
            idle.push(&known.0.name);
            found.push(
                Diagnostic::new(Code::IdleRule, format!("`{}` can never apply", known.0.name))
                    .at(known.0.span, "no case fulfils all of its conditions")
                    .help("mend the conditions that exclude each other, or take the rule out"),
            );
        }
    }
    for at in 0..on.policy.actions.len() {
        covered(on, &exact, ActionId::new(at), &all, &mut idle, found);
    }
    exact.tell(found);
}

fn never_applies<'a>(exact: &Exact<'a>, (rule, compiled): Known<'a>) -> bool {
    let by_same = |from: &ExprKind, until: &ExprKind| from == until;
    let is_over = rule.from.iter().any(|from| rule.until.iter().any(|until| by_same(&from.by.kind, &until.by.kind) && until.date < from.date));
    is_over || exact.never(rule, &[&compiled.condition], &[])
}

/// The rules of an action whose first action it is, each beside one that gives as much in all its cases.
fn covered<'a>(on: Subject<'_>, exact: &Exact<'a>, action: ActionId, all: &[Known<'a>], idle: &mut Vec<&'a str>, found: &mut Vec<Diagnostic>) {
    let of_action: Vec<&Known<'a>> = all.iter().filter(|(rule, _)| rule.actions.contains(&action)).collect();
    if of_action.len() > MOST_RULES {
        return tell(on, action, &of_action, found);
    }
    for (rule, compiled) in of_action.iter().filter(|(rule, _)| rule.actions.first() == Some(&action) && !rule.name.contains('[')) {
        let is_told = found.iter().any(|other| other.code == Code::LowerGivesMore && other.span() == Some(rule.span));
        if is_told || idle.contains(&rule.name.as_ref()) {
            continue;
        }
        let covering = of_action.iter().find(|(other, other_compiled)| {
            other.name != rule.name
                && !idle.contains(&other.name.as_ref())
                && rule.actions.iter().all(|action| other.actions.contains(action))
                && gives_at_least(on, (other, other_compiled), (rule, compiled))
                && is_within(on, exact, rule, &compiled.condition, &other_compiled.condition)
        });
        let Some((other, _)) = covering else { continue };
        idle.push(&rule.name);
        found.push(Diagnostic {
            case: exact.changing_nothing(rule, &compiled.condition),
            ..Diagnostic::new(Code::IdleRule, format!("`{}` never makes a difference", rule.name))
                .at(rule.span, "whenever this rule applies…")
                .at(other.span, "…this one does too, and gives at least as much for no more")
                .help("take the rule out, or change what it gives")
        });
    }
}

/// Says that not everything was looked at.
fn tell(on: Subject<'_>, action: ActionId, of_action: &[&Known<'_>], found: &mut Vec<Diagnostic>) {
    let Some((first, _)) = of_action.first() else { return };
    found.push(
        Diagnostic::new(Code::TooManyCases, format!("not all rules for `{}` were compared with each other", on.action_name(action)))
            .at(first.span, format!("`idle-rule` compares {MOST_RULES} and leaves out the others")),
    );
}

/// The parts of a condition that have to hold together.
pub(super) fn parts(condition: &Condition) -> Vec<&Condition> {
    if let Condition::And(parts, _) = condition { parts.iter().flat_map(self::parts).collect() } else { vec![condition] }
}

/// Whether two parts are written alike.
pub(super) fn is_same(on: Subject<'_>, a: &Condition, b: &Condition) -> bool {
    match (a, b) {
        (Condition::Definition(a), Condition::Definition(b)) => a == b,
        (Condition::Gate(a, _), Condition::Gate(b, _)) => a == b,
        (Condition::Test(a), Condition::Test(b)) => {
            let written = on.policy.sources.snippet(a.span);
            !written.is_empty() && written == on.policy.sources.snippet(b.span)
        }
        _ => false,
    }
}

/// Whether each part of one condition is written in the other as well.
fn is_written_in(on: Subject<'_>, outer: &Condition, inner: &Condition) -> bool {
    let inner = parts(inner);
    parts(outer).into_iter().all(|part| inner.iter().any(|other| is_same(on, part, other)))
}

/// Whether a condition holds nowhere where the other does not.
fn is_within<'a>(on: Subject<'_>, exact: &Exact<'a>, rule: &Rule, inner: &'a Condition, outer: &'a Condition) -> bool {
    matches!(outer, Condition::Constant(true)) || is_written_in(on, outer, inner) || exact.never(rule, &[inner], &[outer])
}
