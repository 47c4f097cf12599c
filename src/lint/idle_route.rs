//! An `ask` clause for a role that can never say yes: none of its permissions for the action, and none that it signs, applies in a case that reaches the clause, or something forbids it there.

use super::Subject;
use super::exact::{Exact, asked};
use super::supposed::amount_is;
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::expr::Comparison;
use crate::policy::{ActionId, Policy, RoleId, Route, RuleKind};
use crate::program::node::{Condition, Reads};
use crate::program::{self, Kind, Program};

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let exact = Exact::new(on, "idle-route");
    for (rule, compiled) in on.policy.rules.iter().zip(&on.program.rules) {
        let reached = Reached { actions: &rule.actions, role: asked(rule).1, rule: Some(compiled), condition: &compiled.condition };
        check_routes(on, &exact, reached, (&rule.instead.routes, compiled.instead.as_deref()), found);
    }
    for (fallback, compiled) in on.policy.fallbacks.iter().zip(&on.program.fallbacks) {
        let reached = Reached { actions: &fallback.actions, role: RoleId::new(0), rule: None, condition: &compiled.condition };
        check_routes(on, &exact, reached, (&fallback.instead.routes, Some(&compiled.instead)), found);
    }
    exact.tell(found);
}

/// Who reaches a clause, and when.
#[derive(Clone, Copy)]
struct Reached<'a> {
    actions: &'a [ActionId],
    role: RoleId,
    /// The prohibition that has the clause; nothing where a fallback has it.
    rule: Option<&'a program::Rule>,
    condition: &'a Condition,
}

fn check_routes<'a>(
    on: Subject<'a>,
    exact: &Exact<'a>,
    reached: Reached<'a>,
    (written, compiled): (&[Route], Option<&'a program::Instead>),
    found: &mut Vec<Diagnostic>,
) {
    for (route, compiled) in written.iter().zip(compiled.into_iter().flat_map(|instead| &instead.routes)) {
        let clause = Clause { on, exact, role: route.role, rule: reached.rule, hold: [reached.condition, &compiled.when] };
        if reached.actions.iter().any(|action| clause.says_yes(*action)) {
            continue;
        }
        let role = on.role_name(route.role);
        let actions: Vec<String> = reached.actions.iter().map(|action| format!("`{}`", on.action_name(*action))).collect();
        let title = format!("{role} is no help");
        let first = reached.actions.first().copied().unwrap_or_else(|| ActionId::new(0));
        let asker = Some(reached.role).filter(|asker| *asker != route.role).or_else(|| on.policy.role_ids().find(|other| *other != route.role));
        let above = clause.above_cap();
        let hold: Vec<&Condition> = clause.hold.into_iter().chain(&above).collect();
        let case = exact.find_asked((first, asker.unwrap_or(reached.role)), &hold);
        let can = reached.actions.iter().any(|action| can_say_yes(on.policy, on.program, *action, route.role));
        let (where_, help) = if can {
            (" where this clause is reached", format!("let a rule allow it to `{role}` there, or ask a role that can; look also at what forbids it"))
        } else {
            ("", format!("let `{role}` do it in a rule of its own, or ask a role that can"))
        };
        found.push(Diagnostic {
            case: case.map(|case| case.as_test(on.policy, on.program, &title)),
            ..Diagnostic::new(Code::IdleRoute, format!("`{role}` can never decide or approve {}{where_}", actions.join(" or ")))
                .at(route.span, "so this clause never sends anybody there")
                .help(help)
        });
    }
}

/// A clause that asks a role.
struct Clause<'a, 'e> {
    on: Subject<'a>,
    exact: &'e Exact<'a>,
    role: RoleId,
    rule: Option<&'a program::Rule>,
    /// When it is reached, and when it counts.
    hold: [&'a Condition; 2],
}

impl<'a> Clause<'a, '_> {
    /// Whether the role may decide or sign something in a case that reaches the clause; where that could not be told, it may.
    fn says_yes(&self, action: ActionId) -> bool {
        can_say_yes(self.on.policy, self.on.program, action, self.role) && (self.decides(action) || self.signs(action) || self.owes(action))
    }

    /// By a permission of its own that nothing forbids.
    fn decides(&self, action: ActionId) -> bool {
        let against = self.forbidding(action, self.role, |_| true);
        self.permissions(action, self.role).any(|rule| self.meets(action, rule, &against))
    }

    /// By signing what somebody proposes who may.
    fn signs(&self, action: ActionId) -> bool {
        let against = self.forbidding(action, self.role, |even_if_entitled| even_if_entitled);
        let rules = self.on.policy.rules.iter().zip(&self.on.program.rules).filter(|(rule, _)| rule.actions.contains(&action));
        let mut signed = rules.filter(|(rule, _)| matches!(&rule.kind, RuleKind::Permission { approved_by, .. } if approved_by.contains(&self.role)));
        signed.any(|(_, compiled)| {
            let binds = |proposer: &RoleId| self.permissions(action, *proposer).any(|other| std::ptr::eq(other, compiled));
            self.on.policy.role_ids().filter(binds).any(|proposer| {
                let of_proposer = self.forbidding(action, proposer, |_| true);
                self.meets(action, compiled, &[&against[..], &of_proposer].concat())
            })
        })
    }

    /// By an entitlement by which more may be owed when this role is asked than when another one is.
    fn owes(&self, action: ActionId) -> bool {
        let program = self.on.program;
        let against = self.forbidding(action, self.role, |even_if_entitled| even_if_entitled);
        let cuts = |rule: &&program::Rule| matches!(rule.kind, Kind::Prohibition { even_if_entitled: true, .. });
        let cut = |role| self.prohibitions(action, role).filter(cuts).count();
        let is_cut_less = self.on.policy.role_ids().any(|other| cut(other) > cut(self.role));
        let entitlements = program.action_of(action).into_iter().flat_map(|action| action.entitlements.rules());
        let mut entitlements = entitlements.filter_map(|id| program.rule(id)).filter(|rule| is_cut_less || self.on.is_about_actor(&rule.reads));
        entitlements.any(|rule| self.meets(action, rule, &against))
    }

    /// When a role is forbidden the whole of an action, or what the clause's own rule forbids.
    fn forbidding(&self, action: ActionId, role: RoleId, counts: impl Fn(bool) -> bool) -> Vec<&'a Condition> {
        let forbids = |rule: &&program::Rule| match rule.kind {
            Kind::Prohibition { even_if_entitled, whole } => {
                counts(even_if_entitled) && (whole || self.rule.is_some_and(|own| std::ptr::eq(own, *rule)))
            }
            _ => false,
        };
        // What depends on who asks is off for somebody else.
        let all = self.prohibitions(action, role).filter(forbids).filter(|rule| !self.on.is_about_actor(&rule.reads));
        all.map(|rule| &rule.condition).collect()
    }

    /// The permissions that bind a role.
    fn permissions(&self, action: ActionId, role: RoleId) -> impl Iterator<Item = &'a program::Rule> {
        let program = self.on.program;
        let all = program.candidates(action, role).into_iter().flat_map(|candidates| candidates.permissions.rules());
        all.filter_map(|id| program.rule(id))
    }

    fn prohibitions(&self, action: ActionId, role: RoleId) -> impl Iterator<Item = &'a program::Rule> {
        let program = self.on.program;
        let all = program.candidates(action, role).into_iter().flat_map(|candidates| candidates.prohibitions.rules());
        all.filter_map(|id| program.rule(id))
    }

    /// That the amount is above the cap that has the clause, if one has.
    fn above_cap(&self) -> Option<Condition> {
        let cap = self.rule.filter(|own| matches!(own.kind, Kind::Prohibition { whole: false, .. }))?;
        cap.quantity.as_deref().map(|cap| amount_is(Comparison::Greater, cap))
    }

    /// Where the amount brings somebody to the clause: that it is above the cap, and within the limit of a permission.
    fn bounds(&self, rule: &program::Rule) -> Vec<Condition> {
        let mut reads = Reads::default();
        self.hold.iter().for_each(|condition| condition.reads(&self.on.program.named(), &mut reads));
        let above = self.above_cap();
        let limit = rule.quantity.as_deref().filter(|_| matches!(rule.kind, Kind::Permission { .. }));
        let Some(limit) = limit.filter(|_| reads.amount || above.is_some()) else { return Vec::new() };
        above.into_iter().chain([amount_is(Comparison::AtMost, limit)]).collect()
    }

    fn meets(&self, action: ActionId, rule: &'a program::Rule, against: &[&'a Condition]) -> bool {
        let [condition, when] = self.hold;
        let bounds = self.bounds(rule);
        let together: Vec<&Condition> = [condition, when, &rule.condition].into_iter().chain(&bounds).collect();
        let is_plain = |condition: &&Condition| matches!(condition, Condition::Constant(true));
        (together.iter().all(is_plain) && against.is_empty()) || !self.exact.never_asked((action, self.role), &together, against)
    }
}

/// Whether a role can decide about an action, or approve it.
pub(crate) fn can_say_yes(policy: &Policy, program: &Program, action: ActionId, role: RoleId) -> bool {
    let decides = program.candidates(action, role).is_some_and(|candidates| !candidates.permissions.is_empty());
    let is_owed = program.action_of(action).is_some_and(|action| !action.entitlements.is_empty());
    let approves = policy
        .rules
        .iter()
        .any(|rule| rule.actions.contains(&action) && matches!(&rule.kind, RuleKind::Permission { approved_by, .. } if approved_by.contains(&role)));
    decides || is_owed || approves
}
