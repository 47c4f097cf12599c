//! Who could make it happen: other roles that decide, and those that approve what the asker proposes.

use super::authority::{Share, Standing, View, forbids_all, stops_entitlements};
use super::bound::Reading;
use super::case::{Case, Person};
use super::decision::{Contact, ContactKind};
use super::need::Need;
use super::open::Open;
use crate::number::Number;
use crate::policy::expr::Steps;
use crate::policy::{ActionId, RoleId, RuleId};
use crate::program::Kind;

/// A role that an `ask` clause names.
#[derive(Clone, Debug)]
pub(crate) struct Preferred {
    pub role: RoleId,
    pub within: Option<Steps>,
}

/// Everybody who could make a quantity happen, and the rule by which the asker proposes it where somebody approves.
#[derive(Clone, Debug, Default)]
pub(crate) struct Contacts {
    pub list: Vec<Contact>,
    pub proposal: Option<RuleId>,
}

/// One question put to everybody else.
#[derive(Clone, Copy)]
pub(crate) struct Search<'a> {
    pub case: Case<'a>,
    pub action: ActionId,
    pub role: RoleId,
    pub reading: Reading,
    pub amount: &'a Number,
}

impl<'a> Search<'a> {
    fn view(&self, person: Person, role: RoleId) -> Option<View<'a>> {
        View::new(self.case.of(person), self.action, role, self.reading)
    }

    /// The roles that `kulanz` would go to, in the order of the language page.
    pub fn contacts(&self, preferred: &[Preferred]) -> Contacts {
        let mut list: Vec<Contact> = (0..self.case.program.roles.len()).filter_map(|at| self.decides(RoleId::new(at))).collect();
        let proposal = self.proposal();
        for role in proposal.iter().flat_map(|(_, approvers)| approvers) {
            if !list.iter().any(|contact| contact.role == *role) {
                list.push(self.contact(*role, ContactKind::Approve));
            }
        }
        for contact in &mut list {
            let within = preferred.iter().find(|named| named.role == contact.role).and_then(|named| named.within.clone());
            contact.within = within.or_else(|| contact.within.take());
        }
        list.sort_by_key(|contact| self.rank(contact, preferred));
        Contacts { list, proposal: proposal.map(|(rule, _)| rule) }
    }

    /// The asker's own role first where it is another person; then as named, then by steps up the hierarchy, then as written.
    fn rank(&self, contact: &Contact, preferred: &[Preferred]) -> (bool, usize, u32, RoleId) {
        let named = preferred.iter().position(|named| named.role == contact.role).unwrap_or(usize::MAX);
        let steps = self.case.program.steps_up(self.role, contact.role).unwrap_or(u32::MAX);
        (!contact.another_person, named, steps, contact.role)
    }

    fn contact(&self, role: RoleId, kind: ContactKind) -> Contact {
        let within = self.case.program.roles.get(role.index()).and_then(|role| role.answers_within.clone());
        Contact { role, kind, within, another_person: false, approved_by: Vec::new() }
    }

    /// How a role decides this itself, if it can.
    pub fn decides(&self, role: RoleId) -> Option<Contact> {
        if role == self.role {
            return self.is_for_another_person().then(|| Contact { another_person: true, ..self.contact(role, ContactKind::Decide) });
        }
        if self.case.program.steps_up(role, self.role).is_some() {
            return None;
        }
        let standing = self.view(Person::Other, role)?.standing(self.amount);
        let contact = self.contact(role, ContactKind::Decide);
        if standing.authority.covers(self.amount) {
            return Some(contact);
        }
        let (_, approved_by) = self.approved(&standing)?;
        Some(Contact { approved_by, ..contact })
    }

    /// Somebody else of the role would have the authority; the asker would not, even with every budget of their own unspent.
    fn is_for_another_person(&self) -> bool {
        let covers = |person| self.view(person, self.role).is_some_and(|view| view.standing(self.amount).authority.covers(self.amount));
        covers(Person::Other) && !covers(Person::AskerUnspent)
    }

    /// The permission by which the asker proposes, with those who approve.
    fn proposal(&self) -> Option<(RuleId, Vec<RoleId>)> {
        self.approved(&self.view(Person::Asker, self.role)?.standing(self.amount))
    }

    /// Of the permissions that need further people and reach the quantity, the one with the fewest, then the first.
    fn approved(&self, standing: &Standing) -> Option<(RuleId, Vec<RoleId>)> {
        let reaches = |share: &&Share| share.value.covers(self.amount);
        let with_approvers = |share: &Share| match &self.case.program.rule(share.rule)?.kind {
            Kind::Permission { approved_by } => Some((share.rule, approved_by.clone())),
            _ => None,
        };
        let possible = standing.shared.iter().filter(reaches).filter_map(with_approvers);
        possible.filter(|(_, approvers)| approvers.iter().all(|role| self.can_approve(*role))).min_by_key(|(_, approvers)| approvers.len())
    }

    /// Nobody approves what is forbidden to them even where it is owed.
    fn can_approve(&self, role: RoleId) -> bool {
        self.barring(role).is_empty()
    }

    /// The prohibitions that keep a role from approving.
    fn barring(&self, role: RoleId) -> Vec<RuleId> {
        let Some(view) = self.view(Person::Other, role) else { return Vec::new() };
        let forbids =
            |id: &RuleId| view.rule(*id).is_some_and(|rule| stops_entitlements(rule) && forbids_all(rule) && view.applies(rule, self.amount));
        view.candidates.prohibitions.iter().copied().filter(forbids).collect()
    }

    /// The prohibitions that keep anybody from approving what the asker could propose.
    pub fn bars(&self, standing: &Standing) -> Vec<RuleId> {
        let proposals = standing.shared.iter().filter(|share| share.value.covers(self.amount)).filter_map(|share| self.case.program.rule(share.rule));
        let approvers = proposals.flat_map(|rule| if let Kind::Permission { approved_by } = &rule.kind { approved_by.as_slice() } else { &[] });
        approvers.flat_map(|role| self.barring(*role)).collect()
    }

    /// Adds what is open about the prohibitions that could keep the approvers of a contact from approving.
    pub fn collect_approvers(&self, contact: &Contact, need: &mut Need) {
        let proposed = if contact.kind == ContactKind::Approve { std::slice::from_ref(&contact.role) } else { &[] };
        for role in contact.approved_by.iter().chain(proposed) {
            let Some(view) = self.view(Person::Other, *role) else { continue };
            for id in &view.candidates.prohibitions {
                let Some(rule) = view.rule(*id).filter(|rule| stops_entitlements(rule) && forbids_all(rule)) else { continue };
                let mut open = Open::default();
                view.case.open_in(&rule.condition, Some(self.amount), &mut open);
                need.add(*id, &open);
            }
        }
    }
}
