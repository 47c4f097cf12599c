//! The hierarchy of roles: distances, and no cycles.

use std::collections::{BTreeSet, HashMap, VecDeque};

use crate::diagnostic::{Code, Diagnostic};
use crate::policy::RoleId;
use crate::policy::index::distances;

use super::Checker;

impl Checker<'_> {
    /// The roles below with their distance in steps, nearest first.
    pub(super) fn roles_below(&self, role: RoleId) -> Vec<(RoleId, usize)> {
        distances(&self.below, role)
    }

    pub(super) fn all_roles(&self) -> impl Iterator<Item = RoleId> + use<> {
        (0..self.items.roles.len()).map(RoleId::new)
    }

    /// By `RoleId`: the role itself and every role above it.
    pub(super) fn with_roles_above(&self) -> Vec<Vec<RoleId>> {
        let mut above: Vec<Vec<RoleId>> = self.all_roles().map(|role| vec![role]).collect();
        for role in self.all_roles() {
            for (below, _) in self.roles_below(role) {
                if let Some(list) = above.get_mut(below.index()) {
                    list.push(role);
                }
            }
        }
        above
    }

    /// Reports each cycle once.
    pub(super) fn no_role_cycles(&mut self) {
        let mut reported = BTreeSet::new();
        for role in self.all_roles() {
            if reported.contains(&role) {
                continue;
            }
            if let Some(cycle) = self.way_back(role) {
                reported.extend(cycle.iter().copied());
                self.role_cycle(&cycle);
            }
        }
    }

    /// The shortest way from a role down to itself.
    fn way_back(&self, start: RoleId) -> Option<Vec<RoleId>> {
        let mut from: HashMap<RoleId, RoleId> = HashMap::new();
        let mut queue = VecDeque::from([start]);
        while let Some(role) = queue.pop_front() {
            for below in self.below.get(role.index()).into_iter().flatten() {
                if *below == start {
                    return Some(Self::path(start, role, &from));
                }
                if !from.contains_key(below) {
                    from.insert(*below, role);
                    queue.push_back(*below);
                }
            }
        }
        None
    }

    fn path(start: RoleId, end: RoleId, from: &HashMap<RoleId, RoleId>) -> Vec<RoleId> {
        let mut path = vec![end];
        let mut role = end;
        while role != start {
            let Some(previous) = from.get(&role) else { break };
            role = *previous;
            path.push(role);
        }
        path.reverse();
        path
    }

    fn role_cycle(&mut self, cycle: &[RoleId]) {
        let names: Vec<_> = cycle.iter().filter_map(|role| self.items.roles.get(role.index())).map(|role| &role.name).collect();
        let words: Vec<_> = names.iter().chain(names.first()).map(|name| format!("`{}`", name.text)).collect();
        let mut diagnostic = Diagnostic::new(Code::RoleCycle, format!("a role is above itself: {}", words.join(" above ")));
        for (at, name) in names.iter().enumerate() {
            diagnostic = diagnostic.at(name.span, words.get(at + 1).map_or_else(String::new, |next| format!("above {next}")));
        }
        self.report(diagnostic.help("take one `above` out"));
    }
}
