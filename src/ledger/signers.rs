//! Whether there are enough different people for the signatures that a permission asks for: each approver is a further person of that role or above it, and never the one
//! who proposes.

use crate::engine::Engine;
use crate::policy::{RoleId, Rule, RuleKind, Subject};

/// Somebody with a role that the policy has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signer<'p> {
    pub id: &'p str,
    pub role: RoleId,
}

/// Where signatures are missing.
#[derive(Debug)]
pub(super) struct Missing<'p> {
    pub rule: &'p Rule,
    /// The role that proposes, and nobody of which gets all signatures.
    pub proposing: RoleId,
    /// Somebody of that role.
    pub proposer: &'p str,
    /// How many signatures are asked for.
    pub asked: usize,
    /// Who could sign for them.
    pub signers: Vec<&'p str>,
}

/// The permissions that nobody of a role can have signed, though each signature has somebody.
pub(super) fn missing<'p>(engine: &'p Engine, people: &[Signer<'p>]) -> Vec<Missing<'p>> {
    engine.policy().rules.iter().filter_map(|rule| of_rule(engine, rule, people)).collect()
}

fn of_rule<'p>(engine: &Engine, rule: &'p Rule, people: &[Signer<'p>]) -> Option<Missing<'p>> {
    let RuleKind::Permission { subject, approved_by } = &rule.kind else { return None };
    let signs = |person: &Signer<'_>, role: RoleId| engine.program().steps_up(role, person.role).is_some();
    // A role that nobody has is told by itself.
    if approved_by.is_empty() || !approved_by.iter().all(|role| people.iter().any(|person| signs(person, *role))) {
        return None;
    }
    let named: Vec<RoleId> = match subject {
        Subject::Everyone => engine.policy().role_ids().collect(),
        Subject::Roles(roles) => roles.to_vec(),
    };
    let enough = |proposer: &Signer<'_>| {
        let others: Vec<Signer<'_>> = people.iter().filter(|person| person.id != proposer.id).copied().collect();
        let may_sign = |at: usize, role: RoleId| others.get(at).is_some_and(|person| signs(person, role));
        all_signed(approved_by, others.len(), &may_sign)
    };
    let of_role = |role: RoleId| people.iter().filter(move |person| person.role == role);
    // Of those named somebody is there, and gets them.
    let stuck = |role: &RoleId| of_role(*role).next().filter(|_| !of_role(*role).any(enough)).map(|first| (*role, first.id));
    let is_served = |role: &RoleId| of_role(*role).any(enough);
    if *subject == Subject::Everyone && named.iter().any(is_served) {
        return None;
    }
    let (proposing, proposer) = named.iter().find_map(stuck)?;
    let can_sign = |person: &&Signer<'p>| person.id != proposer && approved_by.iter().any(|role| signs(person, *role));
    let signers = people.iter().filter(can_sign).map(|person| person.id).collect();
    Some(Missing { rule, proposing, proposer, asked: approved_by.len(), signers })
}

/// Whether each role gets a person of its own: by augmenting paths.
fn all_signed(roles: &[RoleId], people: usize, may_sign: &dyn Fn(usize, RoleId) -> bool) -> bool {
    let mut signed: Vec<Option<usize>> = vec![None; people];
    (0..roles.len()).all(|role| assign(role, roles, &mut vec![false; people], &mut signed, may_sign))
}

fn assign(role: usize, roles: &[RoleId], tried: &mut [bool], signed: &mut [Option<usize>], may_sign: &dyn Fn(usize, RoleId) -> bool) -> bool {
    let Some(wanted) = roles.get(role) else { return false };
    for person in 0..signed.len() {
        if !may_sign(person, *wanted) || tried.get(person).copied().unwrap_or(true) {
            continue;
        }
        if let Some(tried) = tried.get_mut(person) {
            *tried = true;
        }
        let is_free = match signed.get(person).copied().flatten() {
            None => true,
            Some(other) => assign(other, roles, tried, signed, may_sign),
        };
        if let (true, Some(slot)) = (is_free, signed.get_mut(person)) {
            *slot = Some(role);
            return true;
        }
    }
    false
}
