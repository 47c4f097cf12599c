//! The one namespace of a pack.

use std::cell::Cell;
use std::collections::HashMap;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostic::{Code, Diagnostic, near};
use crate::policy::{ActionId, BudgetId, DutyId, Entity, FactId, RoleId, RuleId};
use crate::source::Span;
use crate::syntax::ast::{Name, RuleTable};

use super::Checker;
use super::items::RuleItem;
use super::repeated::Unresolved;
use super::report::{Checked, Reported};

/// What a name stands for. Definitions and tables by their place among the items, since one of them can be checked more than once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Named {
    Role(RoleId),
    Fact(FactId),
    Action(ActionId),
    Duty(DutyId),
    Budget(BudgetId),
    Definition(usize),
    Lookup(usize),
    Rule(RuleId),
    /// A table of rules: the first of them and how many there are.
    RuleTable(RuleId, usize),
}

impl Named {
    /// With its article, for messages.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Role(_) => "a role",
            Self::Fact(_) => "a fact",
            Self::Action(_) => "an action",
            Self::Duty(_) => "a duty",
            Self::Budget(_) => "a budget",
            Self::Definition(_) => "a definition",
            Self::Lookup(_) => "a table of values",
            Self::Rule(_) => "a rule",
            Self::RuleTable(..) => "a table of rules",
        }
    }
}

#[derive(Default)]
pub(super) struct Names {
    entries: FxHashMap<String, Entry>,
    /// In source order, for suggestions that do not depend on hashing.
    order: Vec<(String, Named)>,
    /// Names of items that could not be read, and words on lines that could not: nothing is known of them, so nothing about them is wrong.
    broken: FxHashSet<String>,
    /// Those of them that stand where an item that could not be read has its name.
    damaged_heads: FxHashSet<String>,
    /// Whether one of those was looked for.
    sought_broken: Cell<bool>,
}

struct Entry {
    named: Named,
    span: Span,
    /// Whether anything refers to it.
    used: Cell<bool>,
}

impl Names {
    pub(super) fn get(&self, text: &str) -> Option<Named> {
        let entry = self.entries.get(text)?;
        entry.used.set(true);
        Some(entry.named)
    }

    /// The same, without referring to it.
    pub(super) fn peek(&self, text: &str) -> Option<Named> {
        self.entries.get(text).map(|entry| entry.named)
    }

    pub(super) fn is_broken(&self, text: &str) -> bool {
        let broken = self.broken.contains(text);
        self.sought_broken.set(self.sought_broken.get() || self.damaged_heads.contains(text));
        broken
    }

    /// The same, without looking for it.
    pub(super) fn may_be_broken(&self, text: &str) -> bool {
        self.broken.contains(text)
    }

    /// Whether anything referred to an item that could not be read.
    pub(super) fn sought_broken(&self) -> bool {
        self.sought_broken.get()
    }

    /// Where a name is declared, if nothing refers to it.
    pub(super) fn idle(&self, text: &str) -> Option<Span> {
        self.entries.get(text).filter(|entry| !entry.used.get()).map(|entry| entry.span)
    }

    /// All names for which `fits` holds.
    pub(super) fn of_kind(&self, fits: impl Fn(Named) -> bool) -> impl Iterator<Item = &str> {
        self.order.iter().filter(move |(_, named)| fits(*named)).map(|(name, _)| name.as_str())
    }

    /// The facts of a group.
    pub(super) fn group(&self, group: &str) -> Vec<&str> {
        self.of_kind(|named| matches!(named, Named::Fact(_))).filter(|name| name.split_once('.').is_some_and(|(first, _)| first == group)).collect()
    }

    /// What questions and answers can name.
    pub(super) fn of_policy(&self) -> impl Iterator<Item = (&str, Entity)> {
        self.order.iter().filter_map(|(name, named)| Some((name.as_str(), named.entity()?)))
    }
}

impl Named {
    fn entity(self) -> Option<Entity> {
        match self {
            Self::Role(id) => Some(Entity::Role(id)),
            Self::Fact(id) => Some(Entity::Fact(id)),
            Self::Action(id) => Some(Entity::Action(id)),
            Self::Duty(id) => Some(Entity::Duty(id)),
            Self::Budget(id) => Some(Entity::Budget(id)),
            _ => None,
        }
    }
}

/// How many rules a table becomes.
fn row_count(table: &RuleTable) -> usize {
    table.body.grid.as_ref().map_or(0, |grid| grid.rows.len())
}

impl<'a> Checker<'a> {
    pub(super) fn collect_names(&mut self) {
        let items = self.items;
        let broken = self.pack.parts.iter().flat_map(|part| &part.files).flat_map(|file| &file.broken);
        self.names.broken = broken.map(|name| name.text.clone()).chain(self.damaged_words()).collect();
        self.names.damaged_heads = self.damaged_heads().collect();
        for (at, role) in items.roles.iter().enumerate() {
            self.declare(&role.name, Named::Role(RoleId::new(at)));
        }
        for (at, fact) in items.facts.iter().enumerate() {
            self.declare(&fact.name, Named::Fact(FactId::new(at)));
        }
        self.facts_like_groups();
        for (at, action) in items.actions.iter().enumerate() {
            self.declare(&action.name, Named::Action(ActionId::new(at)));
        }
        for (at, duty) in items.duties.iter().enumerate() {
            self.declare(&duty.name, Named::Duty(DutyId::new(at)));
        }
        for (at, budget) in items.budgets.iter().enumerate() {
            self.declare(&budget.name, Named::Budget(BudgetId::new(at)));
        }
        for (at, define) in items.defines.iter().enumerate() {
            self.declare(&define.name, Named::Definition(at));
        }
        for (at, lookup) in items.lookups.iter().enumerate() {
            self.declare(&lookup.name, Named::Lookup(at));
        }
        self.collect_rule_names();
    }

    /// `g` beside `g.h`: in a question, `{"g": …}` would be the one and the other.
    fn facts_like_groups(&mut self) {
        let facts = &self.items.facts;
        let mut groups: HashMap<&str, &Name> = HashMap::new();
        for fact in facts {
            if let Some((group, _)) = fact.name.text.split_once('.') {
                groups.entry(group).or_insert(&fact.name);
            }
        }
        for fact in facts {
            let Some(member) = groups.get(fact.name.text.as_str()) else { continue };
            let message = format!("`{}` is the name of a fact and of a group of facts", fact.name.text);
            self.report(
                Diagnostic::new(Code::NameClash, message)
                    .at(fact.name.span, "a fact")
                    .at(member.span, "a fact of a group with the same name")
                    .help("in a question the two cannot be told apart; rename one of them"),
            );
        }
    }

    fn collect_rule_names(&mut self) {
        let mut next = 0;
        for item in &self.items.rules {
            let id = RuleId::new(next);
            match item {
                RuleItem::Rule(rule) => {
                    self.declare(&rule.name, Named::Rule(id));
                    next += 1;
                }
                RuleItem::Table(table) => {
                    self.declare(&table.name, Named::RuleTable(id, row_count(table)));
                    next += row_count(table);
                }
            }
        }
    }

    /// How many rules there are, rows among them.
    pub(super) fn rule_count(&self) -> usize {
        self.items.rules.iter().map(|item| if let RuleItem::Table(table) = item { row_count(table) } else { 1 }).sum()
    }

    fn declare(&mut self, name: &'a Name, named: Named) {
        if matches!(name.text.as_str(), "actor.id" | "actor.team") {
            let message = format!("`{}` is built in", name.text);
            self.problem(Code::NameClash, name.span, message, "it comes with every question; choose another name for this fact");
        }
        let Some((other, other_span)) = self.names.entries.get(&name.text).map(|entry| (entry.named, entry.span)) else {
            self.names.entries.insert(name.text.clone(), Entry { named, span: name.span, used: Cell::new(false) });
            self.names.order.push((name.text.clone(), named));
            return;
        };
        let (first, second) = if other_span <= name.span { (other_span, name.span) } else { (name.span, other_span) };
        let what = if other.kind() == named.kind() { format!("{} twice", named.kind()) } else { format!("{} and {}", other.kind(), named.kind()) };
        self.report(
            Diagnostic::new(Code::NameClash, format!("`{}` is the name of {what}", name.text))
                .at(second, "again here")
                .at(first, "first here")
                .help("all names of a pack share one namespace; rename one of them"),
        );
    }

    /// What a name stands for, if it is of the kind that is needed at its place (`needed` with its article).
    pub(super) fn resolve<T>(&mut self, name: &Name, needed: &str, fits: impl Fn(Named) -> Option<T>) -> Checked<T> {
        match self.names.get(&name.text) {
            None if self.names.is_broken(&name.text) => Err(Reported::ALREADY),
            Some(named) => fits(named).ok_or_else(|| self.wrong_kind(&name.text, name.span, named, needed, &fits)),
            None => Err(self.unknown_name(&name.text, name.span, needed, |named| fits(named).is_some())),
        }
    }

    fn wrong_kind<T>(&mut self, text: &str, span: Span, named: Named, needed: &str, fits: &impl Fn(Named) -> Option<T>) -> Reported {
        let fits = |named| fits(named).is_some();
        let near = near(text, self.names.of_kind(fits).map(|name| (name, true)));
        let problem = Diagnostic::new(Code::WrongKind, format!("`{text}` is {}, here {needed} is needed", named.kind())).at(span, "");
        let problem = problem.meant(span, near, || self.known(needed, fits));
        self.report(problem)
    }

    pub(super) fn unknown_name(&mut self, text: &str, span: Span, needed: &str, fits: impl Fn(Named) -> bool) -> Reported {
        let bare = needed.split_once(' ').map_or(needed, |(_, noun)| noun).to_owned();
        let wanted = self.wanted.clone();
        let right = |name: &str| wanted.as_ref().is_none_or(|ty| self.has_type(name, ty));
        let near = near(text, self.names.of_kind(&fits).map(|name| (name, right(name))));
        let near = near.filter(|near| near.is_certain).or_else(|| self.without_group(text, &fits)).or(near);
        let problem = Diagnostic::new(Code::UnknownName, format!("there is no {bare} `{text}`")).at(span, "");
        let word = || self.word_of_the_language(text, needed).map(|word| format!("write `{word}`"));
        let absence = || Self::absence(text).filter(|_| needed == "a fact or definition");
        let problem = problem.meant(span, near, || word().or_else(absence).unwrap_or_else(|| self.known(needed, &fits)));
        let (near, is_certain) = (near.map(|near| near.name.to_owned()), near.is_some_and(|near| near.is_certain));
        self.unresolved.push(Unresolved { text: text.to_owned(), code: Code::UnknownName, needed: bare, span, near, is_certain });
        self.report(problem)
    }

    /// "known here: …", at most eight of them, and where there are some of the type that is needed only those.
    fn known(&self, needed: &str, fits: impl Fn(Named) -> bool) -> String {
        let (first, then): (Vec<_>, Vec<_>) =
            self.names.of_kind(fits).partition(|name| self.wanted.as_ref().is_none_or(|ty| self.has_type(name, ty)));
        let names: Vec<_> = if first.is_empty() { then } else { first };
        let names: Vec<_> = names.into_iter().take(8).map(|name| format!("`{name}`")).collect();
        if names.is_empty() {
            return format!("the pack has no such item; add one, or write the name of {needed} that it has");
        }
        format!("known here: {}", names.join(", "))
    }

    pub(super) fn role(&mut self, name: &Name) -> Checked<RoleId> {
        self.resolve(name, "a role", |named| if let Named::Role(id) = named { Some(id) } else { None })
    }

    pub(super) fn fact(&mut self, name: &Name) -> Checked<FactId> {
        if self.names.peek(&name.text).is_none() && !self.names.is_broken(&name.text) && !self.names.group(&name.text).is_empty() {
            return Err(self.group_instead_of_fact(&name.text, name.span));
        }
        self.resolve(name, "a fact", |named| if let Named::Fact(id) = named { Some(id) } else { None })
    }

    pub(super) fn action(&mut self, name: &Name) -> Checked<ActionId> {
        self.resolve(name, "an action", |named| if let Named::Action(id) = named { Some(id) } else { None })
    }

    pub(super) fn duty(&mut self, name: &Name) -> Checked<DutyId> {
        self.resolve(name, "a duty", |named| if let Named::Duty(id) = named { Some(id) } else { None })
    }

    pub(super) fn budget(&mut self, name: &Name) -> Checked<BudgetId> {
        self.resolve(name, "a budget", |named| if let Named::Budget(id) = named { Some(id) } else { None })
    }

    pub(super) fn group_instead_of_fact(&mut self, text: &str, span: Span) -> Reported {
        let members: Vec<_> = self.names.group(text).iter().map(|name| format!("`{name}`")).collect();
        let help = format!("name one of its facts: {}", members.join(", "));
        self.problem(Code::UnknownName, span, format!("`{text}` is a group of facts, not a fact"), help)
    }

    /// All names of a list.
    pub(super) fn list<T>(&mut self, names: &[Name], resolve: impl Fn(&mut Self, &Name) -> Checked<T>) -> Checked<Vec<T>> {
        let results: Vec<_> = names.iter().map(|name| resolve(self, name)).collect();
        results.into_iter().collect()
    }

    pub(super) fn each_once(&mut self, names: &[Name]) {
        let mut seen: HashMap<&str, Span> = HashMap::new();
        for name in names {
            if let Some(first) = seen.insert(&name.text, name.span) {
                let message = format!("`{}` stands twice in this list", name.text);
                self.report(Diagnostic::new(Code::SaidTwice, message).at(name.span, "again here").at(first, "first here").help("remove one of them"));
            }
        }
    }
}
