//! What every name in a pack stands for, and where it stands.
//!
//! In: the trees of a pack, however much of it is wrong. Out: for each place the [`Symbol`] that is named there, and for each symbol what is declared.
//! All names share one namespace, so a name needs no checker to be resolved; only the values of a `one of` belong to their fact, which is found from what
//! stands beside them.

mod walk;

use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::pack::Pack;
use crate::source::{SourceId, Span};
use crate::syntax::ast::{self, Item, ItemKind, Type};

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Symbol {
    /// An item, or something built in.
    Item(String),
    /// A value of a `one of` or `some of`.
    Value {
        /// The fact or the table of values that it belongs to.
        owner: String,
        /// The value.
        value: String,
    },
}

impl Symbol {
    /// The name itself.
    pub fn text(&self) -> &str {
        match self {
            Self::Item(name) | Self::Value { value: name, .. } => name,
        }
    }
}

/// The kinds of things that have names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Role,
    Fact,
    Action,
    Duty,
    Budget,
    Definition,
    /// `table … gives TYPE`
    Lookup,
    Rule,
    /// `table … may …`
    RuleTable,
    /// A value of a `one of` or `some of`.
    Value,
}

impl Kind {
    /// With its article.
    pub fn words(self) -> &'static str {
        match self {
            Self::Role => "a role",
            Self::Fact => "a fact",
            Self::Action => "an action",
            Self::Duty => "a duty",
            Self::Budget => "a budget",
            Self::Definition => "a definition",
            Self::Lookup => "a table of values",
            Self::Rule => "a rule",
            Self::RuleTable => "a table of rules",
            Self::Value => "a value",
        }
    }
}

/// Which symbol, by its place in the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SymbolId(usize);

/// Whether a name is given or used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// It gets its meaning here.
    Declaration,
    /// It is used here.
    Reference,
}

/// A place where a symbol is named.
#[derive(Clone, Copy, Debug)]
pub struct Occurrence {
    /// The name, and nothing else.
    pub span: Span,
    /// Which symbol.
    pub symbol: SymbolId,
    /// Whether it is declared there.
    pub usage: Use,
}

/// An item with a name, and where it is.
#[derive(Clone, Copy, Debug)]
pub struct Declared {
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: Span,
    /// Which part, file and item of the pack.
    at: (usize, usize, usize),
}

/// All names of a pack.
#[derive(Debug, Default)]
pub struct Names {
    symbols: Vec<Symbol>,
    ids: FxHashMap<Symbol, SymbolId>,
    /// By name; the first in source order where several clash.
    declared: FxHashMap<String, Declared>,
    /// The same in source order.
    order: Vec<String>,
    /// By fact, or table of values.
    values: FxHashMap<String, Vec<String>>,
    /// Sorted by place.
    occurrences: Vec<Occurrence>,
}

impl Names {
    /// Finds all names of a pack.
    pub fn of(pack: &Pack) -> Self {
        let mut names = Self::default();
        names.declare_all(pack);
        let mut found = walk::walk(pack, &mut names);
        found.sort_by_key(|occurrence| (occurrence.span, occurrence.usage == Use::Reference));
        found.dedup_by_key(|occurrence| occurrence.span);
        names.occurrences = found;
        names
    }

    fn declare_all(&mut self, pack: &Pack) {
        for (part_at, part) in pack.parts.iter().enumerate() {
            for (file_at, file) in part.files.iter().enumerate() {
                for (item_at, item) in file.items.iter().enumerate() {
                    let Some((kind, name)) = declares(&item.kind) else { continue };
                    if self.declared.contains_key(&name.text) {
                        continue;
                    }
                    self.declared.insert(name.text.clone(), Declared { kind, name: name.span, at: (part_at, file_at, item_at) });
                    self.order.push(name.text.clone());
                    self.values.extend(values(&item.kind).map(|values| (name.text.clone(), values)));
                }
            }
        }
    }

    /// The id of a symbol, which is a new one where it was not named before.
    fn intern(&mut self, symbol: Symbol) -> SymbolId {
        if let Some(id) = self.ids.get(&symbol) {
            return *id;
        }
        let id = SymbolId(self.symbols.len());
        self.symbols.push(symbol.clone());
        self.ids.insert(symbol, id);
        id
    }

    /// The symbol behind an id.
    pub fn symbol(&self, id: SymbolId) -> Option<&Symbol> {
        self.symbols.get(id.0)
    }

    /// What stands at a byte; at the end of a name that name.
    pub fn at(&self, source: SourceId, byte: usize) -> Option<&Occurrence> {
        let before = self.occurrences.partition_point(|it| (it.span.source, it.span.start as usize) <= (source, byte));
        let found = self.occurrences.get(before.checked_sub(1)?)?;
        (found.span.source == source && found.span.end as usize >= byte).then_some(found)
    }

    /// Everything in a range of one text, in its order.
    pub fn within(&self, source: SourceId, range: &Range<usize>) -> &[Occurrence] {
        let place = |it: &Occurrence| (it.span.source, it.span.start as usize);
        let start = self.occurrences.partition_point(|it| place(it) < (source, range.start));
        let end = self.occurrences.partition_point(|it| place(it) < (source, range.end));
        self.occurrences.get(start..end).unwrap_or_default()
    }

    /// Every place where a symbol is named, in source order.
    pub fn of_symbol(&self, symbol: &Symbol) -> Vec<Occurrence> {
        let Some(id) = self.ids.get(symbol) else { return Vec::new() };
        self.occurrences.iter().filter(|it| it.symbol == *id).copied().collect()
    }

    /// The item of a name.
    pub fn declared(&self, name: &str) -> Option<&Declared> {
        self.declared.get(name)
    }

    /// The names of all items, in source order.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Declared)> {
        self.order.iter().filter_map(|name| Some((name.as_str(), self.declared.get(name)?)))
    }

    /// The values of a fact or of a table of values.
    pub fn values(&self, owner: &str) -> Option<&[String]> {
        self.values.get(owner).map(Vec::as_slice)
    }

    /// What a symbol is; `None` where nothing declares it.
    pub fn kind(&self, symbol: &Symbol) -> Option<Kind> {
        match symbol {
            Symbol::Item(name) => self.declared.get(name).map(|declared| declared.kind),
            Symbol::Value { owner, value } => self.values.get(owner).filter(|values| values.contains(value)).map(|_| Kind::Value),
        }
    }

    /// The tree of an item.
    pub fn item<'p>(&self, pack: &'p Pack, name: &str) -> Option<&'p Item> {
        let (part, file, item) = self.declared.get(name)?.at;
        pack.parts.get(part)?.files.get(file)?.items.get(item)
    }
}

/// The name that an item declares, and what it makes of it.
pub fn declares(item: &ItemKind) -> Option<(Kind, &ast::Name)> {
    Some(match item {
        ItemKind::Role(role) => (Kind::Role, &role.name),
        ItemKind::Fact(fact) => (Kind::Fact, &fact.name),
        ItemKind::Action(action) => (Kind::Action, &action.name),
        ItemKind::Duty(duty) => (Kind::Duty, &duty.name),
        ItemKind::Budget(budget) => (Kind::Budget, &budget.name),
        ItemKind::Define(define) => (Kind::Definition, &define.name),
        ItemKind::Lookup(lookup) => (Kind::Lookup, &lookup.name),
        ItemKind::Rule(rule) => (Kind::Rule, &rule.name),
        ItemKind::RuleTable(table) => (Kind::RuleTable, &table.name),
        ItemKind::Policy(_) | ItemKind::Fallback(_) | ItemKind::Test(_) | ItemKind::Promise(_) => return None,
    })
}

/// The values that an item brings.
fn values(item: &ItemKind) -> Option<Vec<String>> {
    let ty = match item {
        ItemKind::Fact(fact) => &fact.ty.value,
        ItemKind::Lookup(lookup) => &lookup.gives.value,
        _ => return None,
    };
    match ty {
        Type::OneOf(values) | Type::SomeOf(values) => Some(values.iter().map(|value| value.text.clone()).collect()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACK: &str = "\
policy \"p\"
  currency EUR
fact reason one of late, wrong  \"Why ({order.total})\" default late
fact late yes/no
fact order.total money
define cause as reason
role agent
action refund of money
table t
  may refund
  | role  | cause      | up to |
  |-------|------------|-------|
  | agent | not late   | order.total |
rule r \"Up to {order.total}\"
  agent may refund
  when (reason) is late and late or cause is one of late, wrong
test \"x\"
  as agent
  given reason is late
  ask refund
  expect because t[1], r
";

    fn uses(symbol: &Symbol) -> Vec<String> {
        let (pack, problems) = Pack::from_texts(&[("p.kulanz", PACK)]);
        assert!(problems.is_empty(), "{problems:?}");
        let names = Names::of(&pack);
        let place = |it: Occurrence| format!("{} {}", pack.sources.location(it.span), pack.sources.snippet(it.span));
        names.of_symbol(symbol).into_iter().map(place).collect()
    }

    fn item(name: &str) -> Symbol {
        Symbol::Item(name.to_owned())
    }

    #[test]
    fn a_value_is_told_from_a_fact_of_the_same_name() {
        let value = Symbol::Value { owner: "reason".into(), value: "late".into() };
        let places =
            ["p.kulanz:3:20 late", "p.kulanz:3:63 late", "p.kulanz:13:17 late", "p.kulanz:16:20 late", "p.kulanz:16:53 late", "p.kulanz:19:19 late"];
        assert_eq!(uses(&value), places);
        assert_eq!(uses(&item("late")), ["p.kulanz:4:6 late", "p.kulanz:16:29 late"]);
    }

    #[test]
    fn names_stand_in_cells_and_texts_and_behind_brackets() {
        let total = ["p.kulanz:3:40 order.total", "p.kulanz:5:6 order.total", "p.kulanz:13:26 order.total", "p.kulanz:14:16 order.total"];
        assert_eq!(uses(&item("order.total")), total);
        assert_eq!(uses(&item("t")), ["p.kulanz:9:7 t", "p.kulanz:21:18 t"]);
        assert_eq!(uses(&item("reason")), ["p.kulanz:3:6 reason", "p.kulanz:6:17 reason", "p.kulanz:16:9 reason", "p.kulanz:19:9 reason"]);
    }

    #[test]
    fn the_end_of_a_name_is_still_the_name() {
        let (pack, _) = Pack::from_texts(&[("p.kulanz", PACK)]);
        let names = Names::of(&pack);
        let source = pack.sources.iter().next().unwrap().0;
        let at = PACK.find("agent may").unwrap();
        let named = |byte| names.at(source, byte).and_then(|it| names.symbol(it.symbol)).map(Symbol::text);
        assert_eq!([at - 1, at, at + 5, at + 6].map(named), [None, Some("agent"), Some("agent"), None]);
    }
}
