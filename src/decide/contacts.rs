//! Who could make it happen: other roles that decide, and those that approve what the asker proposes.

use std::cell::{Cell, Ref, RefCell};

use super::authority::{Share, Standing, View, forbids_all, stops_entitlements};
use super::case::Person;
use super::decision::{Contact, ContactKind};
use super::need::Need;
use super::open::Open;
use super::truth::Truth;
use crate::number::Number;
use crate::policy::expr::Steps;
use crate::policy::{RoleId, RuleId};
use crate::program::screen::Entry;
use crate::program::{Kind, Program, Rule};

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
pub(crate) struct Search<'a> {
    /// The asker's own.
    view: View<'a>,
    amount: &'a Number,
    /// Whether anything that was looked at may come out otherwise in the other reading.
    open: Cell<bool>,
    /// Where other roles stand, of those that were looked at.
    others: RefCell<Vec<Other>>,
    /// The search in the other reading. Whoever stands for sure as they do there is passed over.
    sure: Option<&'a Search<'a>>,
}

/// Where somebody of another role stands.
struct Other {
    role: RoleId,
    standing: Standing,
    is_settled: bool,
}

impl<'a> Search<'a> {
    pub fn new(view: View<'a>, amount: &'a Number) -> Self {
        Self { view, amount, open: Cell::new(false), others: RefCell::default(), sure: None }
    }

    /// In the asker's favour, after nobody was found for sure.
    pub fn perhaps(view: View<'a>, sure: &'a Search<'a>) -> Self {
        Self { sure: Some(sure), ..Self::new(view, sure.amount) }
    }

    /// Where somebody of another role stands, if that was looked at.
    pub fn other(&self, role: RoleId) -> Option<Ref<'_, Standing>> {
        Ref::filter_map(self.others.borrow(), |others| others.iter().find(|other| other.role == role).map(|other| &other.standing)).ok()
    }

    fn is_settled_for(&self, role: RoleId) -> bool {
        self.others.borrow().iter().any(|other| other.role == role && other.is_settled)
    }

    /// The quantity that somebody is to grant.
    pub fn amount(&self) -> &'a Number {
        self.amount
    }

    /// Whether the other reading may find others than were found.
    pub fn is_open(&self) -> bool {
        self.open.get()
    }

    fn of(&self, person: Person, role: RoleId) -> Option<View<'a>> {
        View::new(self.view.case.of(person), self.view.action_id, role, self.view.reading)
    }

    fn program(&self) -> &'a Program {
        self.view.case.program
    }

    /// Whether a person of a role has the authority.
    fn covers(&self, view: &View<'a>, standing: &Standing) -> bool {
        let covers = standing.authority.covers(self.amount);
        if !covers && !view.is_settled(standing) {
            self.open.set(true);
        }
        covers
    }

    /// The roles that `kulanz` would go to, in the order of the language page; `own` is where the asker stands.
    pub fn contacts(&self, own: &Standing, preferred: &[Preferred]) -> Contacts {
        self.others.borrow_mut().reserve(self.program().roles.len());
        let mut list: Vec<Contact> = (0..self.program().roles.len()).filter_map(|at| self.decides(RoleId::new(at))).collect();
        if !self.view.is_settled(own) {
            self.open.set(true);
        }
        let proposal = self.approved(own);
        for role in proposal.iter().flat_map(|(_, approvers)| *approvers) {
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
        let steps = self.program().steps_up(self.view.role, contact.role).unwrap_or(u32::MAX);
        (!contact.another_person, named, steps, contact.role)
    }

    fn contact(&self, role: RoleId, kind: ContactKind) -> Contact {
        let within = self.program().roles.get(role.index()).and_then(|role| role.answers_within.clone());
        Contact { role, kind, within, another_person: false, approved_by: Vec::new() }
    }

    /// How a role decides this itself, if it can.
    fn decides(&self, role: RoleId) -> Option<Contact> {
        if role == self.view.role {
            return self.is_for_another_person().then(|| Contact { another_person: true, ..self.contact(role, ContactKind::Decide) });
        }
        if self.program().steps_up(role, self.view.role).is_some() {
            return None;
        }
        if self.sure.is_some_and(|sure| sure.is_settled_for(role)) {
            return None;
        }
        let view = self.of(Person::Other, role)?;
        let known = self.sure.and_then(|sure| sure.other(role));
        let standing = known.map_or_else(|| view.standing(self.amount), |sure| view.perhaps(&sure, self.amount));
        let covers = self.covers(&view, &standing);
        let approved_by = if covers { Some(Vec::new()) } else { self.approved(&standing).map(|(_, approvers)| approvers.to_vec()) };
        let is_settled = !covers && standing.shared.is_empty() && view.is_settled(&standing);
        self.others.borrow_mut().push(Other { role, standing, is_settled });
        approved_by.map(|approved_by| Contact { approved_by, ..self.contact(role, ContactKind::Decide) })
    }

    /// Somebody else of the role would have the authority; the asker would not, even with every budget of their own unspent.
    fn is_for_another_person(&self) -> bool {
        let covers = |person| self.of(person, self.view.role).is_some_and(|view| self.covers(&view, &view.standing(self.amount)));
        self.view.candidates.personal && covers(Person::Other) && !covers(Person::AskerUnspent)
    }

    /// Of the permissions that need further people and reach the quantity, the one with the fewest, then the first.
    pub fn approved(&self, standing: &Standing) -> Option<(RuleId, &'a [RoleId])> {
        let reaches = |share: &&Share| share.value.covers(self.amount);
        let with_approvers = |share: &Share| Some((share.rule, approvers(self.program().rule(share.rule)?)));
        let possible = standing.shared.iter().filter(reaches).filter_map(with_approvers);
        possible.filter(|(_, approvers)| approvers.iter().all(|role| self.can_approve(*role))).min_by_key(|(_, approvers)| approvers.len())
    }

    /// Nobody approves what is forbidden to them even where it is owed.
    pub fn can_approve(&self, role: RoleId) -> bool {
        self.barring(role).is_empty()
    }

    /// The prohibitions that keep a role from approving.
    fn barring(&self, role: RoleId) -> Vec<RuleId> {
        let Some(view) = self.of(Person::Other, role) else { return Vec::new() };
        let forbids = |entry: &&Entry| {
            view.rule(entry.rule()).is_some_and(|rule| {
                let truth = if bars(rule) { view.truth(entry, rule, self.amount) } else { Truth::NO };
                if truth.is_open() {
                    self.open.set(true);
                }
                view.applies(rule, truth)
            })
        };
        view.case.possible(&view.candidates.prohibitions).filter(forbids).map(Entry::rule).collect()
    }

    /// The prohibitions that keep anybody from approving what the asker could propose.
    pub fn bars(&self, standing: &Standing) -> Vec<RuleId> {
        let proposals = standing.shared.iter().filter(|share| share.value.covers(self.amount)).filter_map(|share| self.program().rule(share.rule));
        proposals.flat_map(approvers).flat_map(|role| self.barring(*role)).collect()
    }

    /// Adds what is open about the prohibitions that could keep the approvers of a contact from approving.
    pub fn collect_approvers(&self, contact: &Contact, need: &mut Need) {
        let proposed = if contact.kind == ContactKind::Approve { std::slice::from_ref(&contact.role) } else { &[] };
        for role in contact.approved_by.iter().chain(proposed) {
            let Some(view) = self.of(Person::Other, *role) else { continue };
            for entry in view.case.possible(&view.candidates.prohibitions) {
                let Some(rule) = view.rule(entry.rule()).filter(|rule| bars(rule)) else { continue };
                let mut open = Open::default();
                view.case.open_in_entry(entry, &view.action.gates, &rule.condition, Some(self.amount), &mut open);
                need.add(entry.rule(), &open);
            }
        }
    }
}

/// Whether a prohibition leaves nothing even where it is owed.
fn bars(rule: &Rule) -> bool {
    stops_entitlements(rule) && forbids_all(rule)
}

/// Who must agree to what a rule grants.
fn approvers(rule: &Rule) -> &[RoleId] {
    if let Kind::Permission { approved_by } = &rule.kind { approved_by } else { &[] }
}
