//! What each role may do, action by action, with links to the rules that say so.

use super::page::{Block, Entry, Line, Section};
use super::standing::{Standing, above, below, standing};
use super::{Author, rules};
use crate::number::Number;
use crate::policy::expr::{ExprKind, Value};
use crate::policy::{ActionId, Cap, Role, RoleId, Rule, RuleId, RuleKind, Subject};

impl Author<'_> {
    pub(super) fn roles(&self) -> Section {
        let mut part = Section::new("roles", self.speech.words("handbook-roles"));
        let shown = self.policy.role_ids().filter(|role| self.role.is_none_or(|only| only == *role));
        part.sections = shown.filter_map(|id| Some(self.role_section(id, self.policy.role(id)?))).collect();
        part
    }

    fn role_section(&self, id: RoleId, role: &Role) -> Section {
        let mut section = Section::new(format!("role-{}", role.name), self.role_name(id));
        for (message, roles) in [("handbook-stands-above", below(self.policy, id)), ("handbook-stands-below", above(self.policy, id))] {
            if !roles.is_empty() {
                section.paragraph(Line::text(self.speech.with(message, &self.role_names(&roles).join(", "))));
            }
        }
        if let Some(within) = &role.answers_within {
            section.paragraph(Line::text(self.speech.message("handbook-answers", &|out, _| self.speech.steps_dative(out, within))));
        }
        section.sections = (0..self.policy.actions.len()).map(|at| self.role_action(id, role, ActionId::new(at))).collect();
        section
    }

    fn role_action(&self, role: RoleId, named: &Role, action: ActionId) -> Section {
        let mut section = Section::new(self.anchor_of_action(&format!("role-{}", named.name), action), self.action_name(action));
        let may = self.of_kind(action, |rule| matches!(rule.kind, RuleKind::Permission { .. }) && standing(self.policy, rule, role).is_some());
        let owed = self.of_kind(action, |rule| matches!(rule.kind, RuleKind::Entitlement));
        let not = self.of_kind(action, |rule| matches!(rule.kind, RuleKind::Prohibition { .. }) && standing(self.policy, rule, role).is_some());
        if may.is_empty() {
            section.paragraph(Line::text(self.speech.words("handbook-own-nothing")));
        }
        let groups = [("handbook-you-may", may), ("handbook-you-owe", owed), ("handbook-you-may-not", not)];
        for (label, rules) in groups {
            self.group(&mut section, label, rules.into_iter().map(|id| self.summary(id, role)).collect());
        }
        self.group(&mut section, "handbook-you-ask", self.others(role, action));
        self.group(&mut section, "handbook-instead", self.fallback_links(action));
        section
    }

    /// A list under its label, unless there is nothing in it.
    fn group(&self, section: &mut Section, label: &str, entries: Vec<Entry>) {
        if !entries.is_empty() {
            section.paragraph(Line::text(format!("{}:", self.speech.words(label))));
            section.blocks.push(Block::List(entries));
        }
    }

    fn of_kind(&self, action: ActionId, is_meant: impl Fn(&Rule) -> bool) -> Vec<RuleId> {
        let rules = self.policy.rules.iter().enumerate();
        rules.filter(|(_, rule)| rule.actions.contains(&action) && is_meant(rule)).map(|(at, _)| RuleId::new(at)).collect()
    }

    /// `Small refunds on the spot: up to 50.00 EUR, in certain cases (as Service agent may)`
    fn summary(&self, id: RuleId, role: RoleId) -> Entry {
        let Some(rule) = self.rule(id) else { return Entry::default() };
        let line = self.rule_link(id).and(format!(": {}", self.extent(id, rule, Some(role))));
        let from = match standing(self.policy, rule, role) {
            Some(Standing::From(roles)) => {
                let names = self.role_names(&roles).join(", ");
                let is_permission = matches!(rule.kind, RuleKind::Permission { .. });
                Some(self.speech.with(if is_permission { "handbook-from-role" } else { "handbook-flows-down-from" }, &names))
            }
            Some(Standing::Everyone) if !matches!(rule.kind, RuleKind::Entitlement) => Some(self.speech.words("handbook-everyone-rule")),
            _ => None,
        };
        match from {
            Some(from) => line.and(format!(" ({from})")).into(),
            None => line.into(),
        }
    }

    /// How far a rule reaches for a role, in short.
    fn extent(&self, id: RuleId, rule: &Rule, role: Option<RoleId>) -> String {
        let terms = self.policy.terms(id);
        let limit = self.limit(terms);
        let with = |message: &str| self.speech.with(message, limit.as_deref().unwrap_or_default());
        let is_bound = terms.is_some_and(|terms| terms.condition.is_some()) || !rule.from.is_empty() || !rule.until.is_empty();
        let mut parts = Vec::new();
        parts.extend(match &rule.kind {
            RuleKind::Permission { .. } if limit.is_some() => Some(with("handbook-up-to")),
            RuleKind::Entitlement if limit.is_some() => Some(with("handbook-of")),
            RuleKind::Prohibition { cap: Cap::UpTo, .. } => Some(with("handbook-not-more")),
            RuleKind::Prohibition { cap: Cap::Nothing, .. } => (!is_bound).then(|| self.speech.words("handbook-not-granted")),
            _ => self.is_measured(&rule.actions).then(|| self.speech.words("handbook-no-limit")),
        });
        if let RuleKind::Permission { approved_by, .. } = &rule.kind
            && !approved_by.is_empty()
        {
            let (own, others): (Vec<RoleId>, Vec<RoleId>) = approved_by.iter().partition(|signer| Some(**signer) == role);
            let others = self.speech.either(&self.role_names(&others), "and");
            parts.push(match (own.is_empty(), others.is_empty()) {
                (true, _) => self.speech.with("handbook-with", &others),
                (false, true) => self.speech.words("handbook-with-another"),
                (false, false) => self.speech.with("handbook-with-another-and", &others),
            });
        }
        if is_bound {
            parts.push(self.speech.words("handbook-some-cases"));
        }
        if parts.is_empty() {
            parts.push(self.speech.words("handbook-every-case"));
        }
        parts.join(", ")
    }

    /// The other roles that have permissions which this one has not, with the time in which they answer.
    fn others(&self, role: RoleId, action: ActionId) -> Vec<Entry> {
        let lower = below(self.policy, role);
        let others = self.policy.role_ids().filter(|other| *other != role && !lower.contains(other));
        others.filter_map(|other| self.other(role, other, action)).collect()
    }

    fn other(&self, role: RoleId, other: RoleId, action: ActionId) -> Option<Entry> {
        let further = self.of_kind(action, |rule| {
            let is_permission = matches!(rule.kind, RuleKind::Permission { .. });
            is_permission && standing(self.policy, rule, other).is_some() && standing(self.policy, rule, role).is_none()
        });
        let own = self.sure(role, action);
        let further: Vec<_> = further.into_iter().filter(|id| !own.as_ref().is_some_and(|own| self.is_within(*id, own))).collect();
        let further = self.telling(&further, self.sure(other, action).as_ref());
        if further.is_empty() {
            return None;
        }
        let mut name = self.role_name(other);
        if let Some(within) = self.policy.role(other).and_then(|role| role.answers_within.as_ref()) {
            let answers = self.speech.message("handbook-answers-short", &|out, _| self.speech.steps_dative(out, within));
            name = format!("{name} ({answers})");
        }
        let extents = further.iter().filter_map(|id| Some(Line::text(self.extent(*id, self.rule(*id)?, Some(other)))));
        let mut seen: Vec<Line> = Vec::new();
        for extent in extents {
            if !seen.contains(&extent) {
                seen.push(extent);
            }
        }
        Some(Line::labelled(&name, Line::join(seen, "; ")).into())
    }

    /// The permissions that say something beside each other: smaller ones than what is granted in every case say nothing, and of those under conditions the largest is enough.
    fn telling(&self, all: &[RuleId], sure: Option<&Number>) -> Vec<RuleId> {
        let is_alone =
            |id: RuleId| matches!(self.rule(id).map(|rule| &rule.kind), Some(RuleKind::Permission { approved_by, .. }) if approved_by.is_empty());
        let is_sure = |id: RuleId| {
            let rule = self.rule(id);
            let is_dated = rule.is_none_or(|rule| !rule.from.is_empty() || !rule.until.is_empty());
            is_alone(id) && !is_dated && self.policy.terms(id).is_some_and(|terms| terms.condition.is_none())
        };
        let bounded = |id: RuleId| self.most(id).filter(|_| is_alone(id));
        let largest = all.iter().filter(|id| !is_sure(**id)).filter_map(|id| bounded(*id)).max();
        let tells = |id: &RuleId| match (self.most(*id), is_sure(*id)) {
            (None, _) => true,
            (Some(most), true) => sure.is_none_or(|sure| most >= *sure),
            (Some(most), false) => sure.is_none_or(|sure| most > *sure) && (!is_alone(*id) || largest.as_ref() == Some(&most)),
        };
        all.iter().copied().filter(tells).collect()
    }

    /// The largest amount that a role may grant in every case, where it can be told without one.
    fn sure(&self, role: RoleId, action: ActionId) -> Option<Number> {
        let own = self.of_kind(action, |rule| {
            let alone = matches!(&rule.kind, RuleKind::Permission { approved_by, .. } if approved_by.is_empty());
            alone && rule.from.is_empty() && rule.until.is_empty() && standing(self.policy, rule, role).is_some()
        });
        own.into_iter().filter(|id| self.policy.terms(*id).is_some_and(|terms| terms.condition.is_none())).filter_map(|id| self.most(id)).max()
    }

    /// Whether a rule never grants more than this.
    fn is_within(&self, id: RuleId, most: &Number) -> bool {
        self.most(id).is_some_and(|limit| limit <= *most)
    }

    /// The limit of a rule where it is one and the same in every case.
    fn most(&self, id: RuleId) -> Option<Number> {
        match &self.policy.terms(id)?.quantity.as_ref()?.kind {
            ExprKind::Constant(Value::Quantity(most)) => Some(most.clone()),
            _ => None,
        }
    }

    fn fallback_links(&self, action: ActionId) -> Vec<Entry> {
        let fallbacks = self.policy.fallbacks.iter().enumerate().filter(|(_, fallback)| fallback.actions.contains(&action));
        let link = |(at, fallback): (usize, &crate::policy::Fallback)| {
            let text = self.speech.with("fallback-for", &self.action_names(&fallback.actions));
            Line(vec![super::page::Inline::Link { to: rules::fallback_anchor(at), text }]).into()
        };
        fallbacks.map(link).collect()
    }

    /// What the customer is owed, whoever is asked.
    pub(super) fn owed(&self) -> Section {
        self.links("owed", "handbook-owed", |rule| matches!(rule.kind, RuleKind::Entitlement))
    }

    /// What nobody may do.
    pub(super) fn nobody(&self) -> Section {
        self.links("nobody", "handbook-nobody", |rule| matches!(rule.kind, RuleKind::Prohibition { subject: Subject::Everyone, .. }))
    }

    fn links(&self, anchor: &str, title: &str, is_meant: impl Fn(&Rule) -> bool) -> Section {
        let mut part = Section::new(anchor, self.speech.words(title));
        let meant = self.shown.iter().filter_map(|id| Some((*id, self.rule(*id)?))).filter(|(_, rule)| is_meant(rule));
        part.list(
            meant
                .map(|(id, rule)| self.rule_link(id).and(format!(": {} — {}", self.action_names(&rule.actions), self.extent(id, rule, None))).into())
                .collect(),
        );
        part
    }
}
