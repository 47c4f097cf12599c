//! Who could make a quantity happen.

use kulanz::decide::ContactKind;
use kulanz::syntax::ast::Steps;

use super::answer::Contact;
use super::authority::{Approvals, Candidate, Seat, Standing};
use super::book::{Force, Kind, Rule};
use super::evaluate::Person;
use super::value::End;

/// A preferred role with its time.
#[derive(Clone, Debug)]
pub struct Route<'a> {
    role: &'a str,
    within: Option<&'a Steps>,
}

impl<'a> Seat<'a> {
    /// The same action, seen by another role or person.
    pub fn seen_by(&self, role: &str, person: Person) -> Self {
        let mut seat = Self { role: role.to_owned(), ..self.clone() };
        seat.case.person = person;
        seat
    }

    /// The prohibitions that stand in the way of a quantity.
    pub fn in_the_way(&self, quantity: &End) -> Vec<&'a Rule> {
        let forbidding = self.prohibitions();
        forbidding.into_iter().filter(|(_, cap)| cap < quantity).map(|(rule, _)| rule).collect()
    }

    /// The fallbacks that serve this action here.
    pub fn fallbacks(&self) -> Vec<&'a Rule> {
        let book = self.case.book;
        let mine = book.fallbacks.iter().filter(|fallback| fallback.actions.contains(&self.action));
        mine.filter(|fallback| self.reading.gives(self.case.applies(fallback))).collect()
    }

    fn routes(&self, quantity: &End) -> Vec<Route<'a>> {
        let rules = self.in_the_way(quantity).into_iter().chain(self.fallbacks());
        let clauses = rules.flat_map(|rule| &rule.routes);
        let preferred = clauses.filter(|(_, _, when)| self.reading.gives(self.case.holds(when.as_ref())));
        preferred.map(|(role, within, _)| Route { role, within: within.as_ref() }).collect()
    }

    /// Whether nobody of this role can approve, whatever is asked.
    pub fn may_not_approve(&self, role: &str) -> bool {
        !self.bars(role).is_empty()
    }

    /// What keeps everybody of this role from approving.
    pub fn bars(&self, role: &str) -> Vec<&'a Rule> {
        let seat = self.seen_by(role, Person::SomebodyElse);
        let full = |rule: &Rule| rule.quantity.is_none() && matches!(rule.kind, Kind::Prohibition(_, Force::EvenIfEntitled));
        seat.prohibitions().into_iter().map(|(rule, _)| rule).filter(|rule| full(rule)).collect()
    }

    /// The permission with approvals that reaches the quantity: fewest approvers, then the first.
    pub fn approved(&self, standing: &Standing<'a>, quantity: &End) -> Option<Candidate<'a>> {
        let needs_approval = standing.permissions.iter().filter(|candidate| !candidate.rule.approved_by.is_empty() && candidate.reach >= *quantity);
        let possible = needs_approval.filter(|candidate| !candidate.rule.approved_by.iter().any(|role| self.may_not_approve(role)));
        possible.min_by_key(|candidate| candidate.rule.approved_by.len()).cloned()
    }

    /// The entry of another role whose own authority covers the quantity.
    fn decider(&self, role: &str, quantity: &End) -> Option<Contact> {
        let seat = self.seen_by(role, Person::SomebodyElse);
        let standing = seat.standing();
        if *quantity <= standing.authority(Approvals::Without) {
            return Some(contact(role, ContactKind::Decide, Vec::new()));
        }
        let approved = seat.approved(&standing, quantity)?;
        Some(contact(role, ContactKind::Decide, approved.rule.approved_by.clone()))
    }

    /// Whether somebody else of the same role could, and the asker could not even with unspent budgets.
    fn needs_another_person(&self, quantity: &End) -> bool {
        let covers = |person| *quantity <= self.seen_by(&self.role, person).standing().authority(Approvals::Without);
        covers(Person::SomebodyElse) && !covers(Person::AskerUnspent)
    }

    /// Everybody who could make the seat's quantity happen, best first.
    pub fn contacts(&self, quantity: &End) -> Vec<Contact> {
        let book = self.case.book;
        let roles: Vec<&str> = book.roles.iter().map(|role| role.name.text.as_str()).collect();
        let mut found: Vec<Contact> = Vec::new();
        for role in &roles {
            if !book.is_at_or_above(&self.role, role) {
                found.extend(self.decider(role, quantity));
            }
        }
        if let Some(permission) = self.approved(&self.standing(), quantity) {
            for role in &permission.rule.approved_by {
                if !found.iter().any(|contact| contact.role == *role) {
                    found.push(contact(role, ContactKind::Approve, Vec::new()));
                }
            }
        }
        let routes = self.routes(quantity);
        let place = |contact: &Contact| {
            let named = routes.iter().position(|route| route.role == contact.role);
            let up = book.steps_up(&self.role, &contact.role);
            let item = roles.iter().position(|role| *role == contact.role);
            (named.unwrap_or(usize::MAX), up.unwrap_or(usize::MAX), item)
        };
        found.sort_by_key(place);
        if self.needs_another_person(quantity) {
            let myself = contact(&self.role, ContactKind::Decide, Vec::new());
            found.retain(|contact| contact.role != self.role);
            found.insert(0, Contact { another_person: true, ..myself });
        }
        for contact in &mut found {
            let named = routes.iter().find(|route| route.role == contact.role).and_then(|route| route.within);
            let within = named.or(book.role(&contact.role).answers_within.as_ref());
            contact.within = within.map(|steps| (steps.count.clone(), steps.unit));
        }
        found
    }
}

fn contact(role: &str, kind: ContactKind, approved_by: Vec<String>) -> Contact {
    Contact { role: role.to_owned(), kind, within: None, another_person: false, approved_by }
}
