//! The names that there are, and what is known of each: from the pack, and from the document where the pack does not know it yet.

use std::collections::HashSet;

use crate::lsp::analysis::Analysis;
use crate::lsp::features::hover;
use crate::lsp::names::{Kind, Names};
use crate::lsp::text::Document;
use crate::pack::Pack;
use crate::policy::expr;
use crate::syntax::ast::{self, ItemKind, Modifier, Setting};

use super::place::first_word;

/// What a value is, as far as it matters for what fits beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ty {
    Money,
    Percent,
    Number,
    Duration,
    Date,
    Datetime,
    YesNo,
    Text,
    OneOf,
    SomeOf,
}

impl Ty {
    /// Whether it can be counted with.
    pub fn is_quantity(self) -> bool {
        matches!(self, Self::Money | Self::Percent | Self::Number | Self::Duration)
    }

    /// Whether it is a point in time.
    pub fn is_time(self) -> bool {
        matches!(self, Self::Date | Self::Datetime)
    }
}

impl From<&ast::Type> for Ty {
    fn from(ty: &ast::Type) -> Self {
        match ty {
            ast::Type::Money => Self::Money,
            ast::Type::Percent => Self::Percent,
            ast::Type::Number => Self::Number,
            ast::Type::Duration => Self::Duration,
            ast::Type::Date => Self::Date,
            ast::Type::Datetime => Self::Datetime,
            ast::Type::YesNo => Self::YesNo,
            ast::Type::Text => Self::Text,
            ast::Type::OneOf(_) => Self::OneOf,
            ast::Type::SomeOf(_) => Self::SomeOf,
        }
    }
}

impl From<&expr::Type> for Ty {
    fn from(ty: &expr::Type) -> Self {
        match ty {
            expr::Type::Money => Self::Money,
            expr::Type::Percent => Self::Percent,
            expr::Type::Number => Self::Number,
            expr::Type::Duration => Self::Duration,
            expr::Type::Date => Self::Date,
            expr::Type::Datetime => Self::Datetime,
            expr::Type::YesNo => Self::YesNo,
            expr::Type::Text => Self::Text,
            expr::Type::OneOf(_) => Self::OneOf,
            expr::Type::SomeOf(_) => Self::SomeOf,
        }
    }
}

/// A name.
#[derive(Clone, Debug)]
pub struct Entry {
    /// As it is written.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// The type of its value, where it has one.
    pub ty: Option<Ty>,
    /// Its values, where it has some of its own.
    pub values: Vec<String>,
    /// Whether it may be absent.
    pub optional: bool,
    /// In a few words.
    pub brief: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// How many rows it has, where it is a table of rules.
    pub rows: usize,
    /// The roles that it is directly above, where it is one.
    pub above: Vec<String>,
}

/// All names that there are.
#[derive(Debug, Default)]
pub struct Vocabulary {
    /// In source order, those of the document that are new behind the others.
    pub entries: Vec<Entry>,
    /// The currency of the pack.
    pub currency: Option<String>,
    /// The languages of the pack.
    pub languages: Vec<String>,
}

impl Vocabulary {
    /// The names of a pack as it was known before, and those of a document.
    pub fn new(known: Option<&Analysis>, document: &Document) -> Self {
        let mut vocabulary = known.map(|analysis| Self::of(&analysis.pack, &analysis.names, Some(analysis))).unwrap_or_default();
        vocabulary.follow(known, document);
        vocabulary
    }

    fn of(pack: &Pack, names: &Names, analysis: Option<&Analysis>) -> Self {
        let entries = names.all().filter_map(|(name, declared)| entry(pack, names, analysis, name, declared.kind)).collect();
        let policies = pack.parts.iter().flat_map(|part| &part.files).flat_map(|file| &file.items).filter_map(|item| match &item.kind {
            ItemKind::Policy(policy) => Some(policy),
            _ => None,
        });
        let (mut currency, mut languages) = (None, Vec::new());
        for setting in policies.flat_map(|policy| &policy.settings) {
            match &setting.value {
                Setting::Currency(code) if currency.is_none() => currency = Some(code.text.clone()),
                Setting::Languages(codes) if languages.is_empty() => languages = codes.iter().map(|code| code.text.clone()).collect(),
                _ => {}
            }
        }
        Self { entries, currency, languages }
    }

    /// What the document declares by now, and what it does not declare any more.
    fn follow(&mut self, known: Option<&Analysis>, document: &Document) {
        let declared: HashSet<&str> = heads(&document.text).map(|(_, name)| name).collect();
        let source = known.and_then(|analysis| analysis.source(&document.uri));
        if let (Some(analysis), Some(source)) = (known, source) {
            let is_here = |name: &str| analysis.names.declared(name).is_some_and(|declared| declared.name.source == source);
            self.entries.retain(|entry| !is_here(&entry.name) || declared.contains(entry.name.as_str()));
        }
        let names: HashSet<String> = self.entries.iter().map(|entry| entry.name.clone()).collect();
        for (item, _) in heads(&document.text).filter(|(_, name)| !names.contains(*name)) {
            let (pack, _) = Pack::from_texts(&[("new.kulanz", item)]);
            let found = Names::of(&pack);
            self.entries.extend(Self::of(&pack, &found, None).entries);
        }
    }

    /// What is known of a name.
    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// The roles that are above a role, over others too, and itself.
    pub fn over(&self, role: &str) -> HashSet<String> {
        let mut over: HashSet<String> = [role.to_owned()].into();
        loop {
            let further = |entry: &&Entry| !over.contains(&entry.name) && entry.above.iter().any(|below| over.contains(below));
            let found: Vec<String> = self.of_kind(Kind::Role).filter(further).map(|entry| entry.name.clone()).collect();
            if found.is_empty() {
                return over;
            }
            over.extend(found);
        }
    }

    /// The names of a kind.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.kind == kind)
    }
}

/// Each item that declares a name: its text and the name.
fn heads(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let is_head = |line: &str| !line.starts_with([' ', '\t', '#', '\r', '\n', '|']);
    let mut starts: Vec<usize> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if is_head(line) {
            starts.push(at);
        }
        at += line.len();
    }
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([text.len()]).collect();
    starts.into_iter().zip(ends).filter_map(move |(start, end)| {
        let item = text.get(start..end)?;
        let keyword = first_word(item);
        let rest = item.get(item.find(keyword)? + keyword.len()..)?.trim_start_matches([' ', '\t']);
        let name = rest.get(..rest.find(|c: char| !(crate::lsp::lexer::is_word(c) || c == '.')).unwrap_or(rest.len()))?;
        let declares = matches!(keyword, "role" | "fact" | "action" | "duty" | "budget" | "define" | "table" | "rule");
        (declares && name.starts_with(char::is_alphabetic)).then_some((item, name))
    })
}

fn entry(pack: &Pack, names: &Names, analysis: Option<&Analysis>, name: &str, kind: Kind) -> Option<Entry> {
    let item = names.item(pack, name)?;
    let ty = match &item.kind {
        ItemKind::Fact(fact) => Some(Ty::from(&fact.ty.value)),
        ItemKind::Lookup(lookup) => Some(Ty::from(&lookup.gives.value)),
        ItemKind::Action(action) => action.measure.as_ref().map(|measure| Ty::from(&measure.value)),
        ItemKind::Define(define) => analysis.and_then(|analysis| defined(analysis, name)).or_else(|| by_form(&define.body)),
        _ => None,
    };
    let optional = matches!(&item.kind, ItemKind::Fact(fact) if fact.modifiers.iter().any(|modifier| modifier.value == Modifier::Optional));
    let above = if let ItemKind::Role(role) = &item.kind { role.above.iter().map(|name| name.text.clone()).collect() } else { Vec::new() };
    let rows = if let ItemKind::RuleTable(table) = &item.kind { table.body.grid.as_ref().map_or(0, |grid| grid.rows.len()) } else { 0 };
    Some(Entry {
        name: name.to_owned(),
        kind,
        ty,
        values: names.values(name).map(<[String]>::to_vec).unwrap_or_default(),
        optional,
        brief: analysis.and_then(|analysis| hover::brief(analysis, name)),
        title: hover::title_of(item),
        rows,
        above,
    })
}

/// That a definition is a condition, where it has the form of one.
fn by_form(body: &ast::Expr) -> Option<Ty> {
    use ast::ExprKind as Form;
    let is_condition = matches!(
        body.kind,
        Form::Not(_)
            | Form::And(_)
            | Form::Or(_)
            | Form::Compare(..)
            | Form::OneOf(..)
            | Form::Between(..)
            | Form::Presence(..)
            | Form::Includes(..)
            | Form::Match(..)
            | Form::Within(_)
            | Form::MoreThan(_)
            | Form::AtLeast(_)
    );
    is_condition.then_some(Ty::YesNo)
}

/// The type of a definition, where the pack was right when it was last looked at.
fn defined(analysis: &Analysis, name: &str) -> Option<Ty> {
    let policy = analysis.engine.as_ref()?.policy();
    policy.definitions.iter().find(|definition| definition.name == name).map(|definition| Ty::from(&definition.body.ty))
}
