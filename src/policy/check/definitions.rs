//! Definitions and tables of values: checked when they are first read, so a cycle shows, and once for each measure that `amount` has where they are read.
//!
//! A definition that reads `amount` means another thing in a rule about money than in one about a percentage. Such a definition becomes one
//! [`Definition`] for each measure with which it makes sense; any other becomes exactly one.

use rustc_hash::FxHashMap;

use crate::diagnostic::{Code, Diagnostic};
use crate::policy::expr::{Expr, ExprKind, Type};
use crate::policy::{Definition, DefinitionId, LookupId};
use crate::source::Span;

use super::Checker;
use super::extents::Extent;
use super::guards::{Place, Present};
use super::names::Named;
use super::report::{Checked, Reported};
use super::scope::{AmountScope, Scope};
use super::wording::{node, type_words};

/// How many levels of definitions may stand between a rule and a fact.
const MAX_DEPTH: usize = 64;

/// What else is known of a checked definition or table.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Traits {
    pub(super) reads_amount: bool,
    pub(super) reads_spent: bool,
    pub(super) reads_clock: bool,
    depth: usize,
    pub(super) extent: Extent,
}

#[derive(Clone)]
enum State {
    Checking,
    /// Its place among the checked ones.
    Done(usize),
    Failed(Vec<Diagnostic>),
}

/// What was checked so far. The measure is `None` where `amount` is not read, or cannot be.
#[derive(Default)]
pub(super) struct Memo {
    states: FxHashMap<(Named, Option<Type>), State>,
    stack: Vec<Named>,
    /// By `DefinitionId`.
    definitions: Vec<Traits>,
    /// By `LookupId`.
    lookups: Vec<Traits>,
    /// By `DefinitionId`: what is present where it holds, and where it does not.
    present: Vec<(Present, Present)>,
}

impl Memo {
    /// What is known of the definition or table that an expression stands for.
    pub(super) fn traits(&self, kind: &ExprKind) -> Option<Traits> {
        match kind {
            ExprKind::Definition(id) => self.definitions.get(id.index()).copied(),
            ExprKind::Lookup(id) => self.lookups.get(id.index()).copied(),
            _ => None,
        }
    }

    /// The facts that are present where a definition comes out as `holds`.
    pub(super) fn present(&self, id: DefinitionId, holds: bool) -> Present {
        let known = self.present.get(id.index());
        known.map(|(yes, no)| if holds { yes.clone() } else { no.clone() }).unwrap_or_default()
    }

    fn done(&self, named: Named, measure: Option<&Type>) -> Option<usize> {
        match self.states.get(&(named, measure.cloned())) {
            Some(State::Done(at)) => Some(*at),
            _ => None,
        }
    }

    /// The measures with which it was found to make sense.
    fn measures(&self, named: Named) -> Vec<Type> {
        let known = [Type::Money, Type::Percent, Type::Number, Type::Duration];
        known.into_iter().filter(|measure| self.done(named, Some(measure)).is_some()).collect()
    }
}

impl Checker<'_> {
    /// Checks all of them, also those that nothing reads.
    pub(super) fn definitions(&mut self) {
        let mut scopes: Vec<Scope> = Vec::new();
        for measure in [Type::Money, Type::Percent, Type::Number, Type::Duration] {
            if self.measures.contains(&Some(measure.clone())) {
                scopes.push(Scope::measured(measure));
            }
        }
        if scopes.is_empty() {
            scopes.push(Scope::facts());
        }
        for at in 0..self.items.defines.len() {
            self.survey(Named::Definition(at), &scopes);
        }
        for at in 0..self.items.lookups.len() {
            self.survey(Named::Lookup(at), &scopes);
        }
    }

    /// Tries every measure. Where it makes sense with none, the problems are those of the measure that comes nearest.
    fn survey(&mut self, named: Named, scopes: &[Scope]) {
        let (name, span) = self.name_of(named);
        let mut failures: Vec<Vec<Diagnostic>> = Vec::new();
        let mut makes_sense = false;
        for scope in scopes {
            let mark = self.diagnostics.len();
            let result = self.instance(named, &name, span, scope);
            let found = self.diagnostics.split_off(mark);
            match result {
                Ok(_) => {
                    makes_sense = true;
                    // It has a meaning, but reads an optional fact without a guard, or `amount` not alone.
                    self.diagnostics.extend(found);
                }
                Err(_) => failures.push(found),
            }
        }
        // With none at all, what is wrong was told elsewhere.
        let nearest = failures.into_iter().min_by_key(Vec::len);
        if !makes_sense {
            self.diagnostics.extend(nearest.unwrap_or_default());
        }
    }

    fn name_of(&self, named: Named) -> (String, Span) {
        let name = match named {
            Named::Definition(at) => self.items.defines.get(at).map(|define| &define.name),
            Named::Lookup(at) => self.items.lookups.get(at).map(|lookup| &lookup.name),
            _ => None,
        };
        name.map(|name| (name.text.clone(), name.span)).unwrap_or_default()
    }

    pub(super) fn use_definition(&mut self, at: usize, name: &str, span: Span, scope: &Scope) -> Checked<Expr> {
        let id = self.instance(Named::Definition(at), name, span, scope)?;
        let body = self.definitions.get(id).map(|definition| &definition.body).ok_or(Reported::ALREADY)?;
        // Another name for `amount` is as good as `amount` itself.
        let kind = if body.kind == ExprKind::Amount { ExprKind::Amount } else { ExprKind::Definition(DefinitionId::new(id)) };
        Ok(node(kind, body.ty.clone(), span))
    }

    pub(super) fn use_lookup(&mut self, at: usize, name: &str, span: Span, scope: &Scope) -> Checked<Expr> {
        let id = self.instance(Named::Lookup(at), name, span, scope)?;
        let ty = self.lookups.get(id).map(|lookup| lookup.ty.clone()).ok_or(Reported::ALREADY)?;
        Ok(node(ExprKind::Lookup(LookupId::new(id)), ty, span))
    }

    /// The checked form that fits a scope.
    fn instance(&mut self, named: Named, name: &str, span: Span, scope: &Scope) -> Checked<usize> {
        if let Some(at) = self.memo.done(named, None) {
            return Ok(at);
        }
        let key = (named, scope.measure().cloned());
        match self.memo.states.get(&key).cloned() {
            Some(State::Done(at)) => Ok(at),
            Some(State::Checking) => Err(self.cycle(named)),
            Some(State::Failed(diagnostics)) => Err(self.failed_before(named, name, span, scope, diagnostics)),
            None if key.1.is_none() && !self.memo.measures(named).is_empty() => Err(self.other_measure(named, name, span, scope)),
            None => self.check_instance(key, scope),
        }
    }

    fn failed_before(&mut self, named: Named, name: &str, span: Span, scope: &Scope, diagnostics: Vec<Diagnostic>) -> Reported {
        if !self.memo.measures(named).is_empty() {
            return self.other_measure(named, name, span, scope);
        }
        self.diagnostics.extend(diagnostics);
        Reported::ALREADY
    }

    fn other_measure(&mut self, named: Named, name: &str, span: Span, scope: &Scope) -> Reported {
        let understood = self.memo.measures(named);
        let reads = understood.first().map_or("a quantity", type_words);
        let (code, message) = match &scope.amount {
            AmountScope::Unknown => return Reported::ALREADY,
            AmountScope::Measure(here) => (Code::DifferentUnits, format!("`{name}` reads `amount` as {reads}, here it is {}", type_words(here))),
            AmountScope::NoUnit(why, _) => (Code::AmountWithoutUnit, format!("`{name}` reads `amount`, which has no unit here: {why}")),
            AmountScope::Nowhere => (Code::AmountNotHere, format!("`{name}` reads `amount`, which cannot be read here")),
        };
        self.problem(code, span, message, "write the condition out, or define it for this kind of action")
    }

    fn check_instance(&mut self, key: (Named, Option<Type>), scope: &Scope) -> Checked<usize> {
        let named = key.0;
        if self.memo.stack.len() >= MAX_DEPTH {
            return Err(self.too_deep(named));
        }
        let mark = self.diagnostics.len();
        self.memo.states.insert(key.clone(), State::Checking);
        self.memo.stack.push(named);
        let result = self.check_body(named, scope);
        self.memo.stack.pop();
        match result {
            Ok((at, traits)) => {
                self.memo.states.remove(&key);
                let key = if traits.reads_amount { key } else { (named, None) };
                self.memo.states.insert(key, State::Done(at));
                Ok(at)
            }
            Err(reported) => {
                // Each once: what names a failed one twice would otherwise double its problems with every level.
                let mut found: Vec<Diagnostic> = Vec::new();
                for diagnostic in self.diagnostics.split_off(mark) {
                    if !found.contains(&diagnostic) {
                        found.push(diagnostic);
                    }
                }
                self.diagnostics.extend(found.iter().cloned());
                self.memo.states.insert(key, State::Failed(found));
                Err(reported)
            }
        }
    }

    fn check_body(&mut self, named: Named, scope: &Scope) -> Checked<(usize, Traits)> {
        match named {
            Named::Definition(at) => {
                let definition = self.definition_body(at, scope)?;
                let mut traits = self.traits_of(&[&definition.body], named)?;
                traits.extent = self.extent(&definition.body);
                let present = (self.present_if(&definition.body, true), self.present_if(&definition.body, false));
                self.memo.present.push(present);
                self.memo.definitions.push(traits);
                self.definitions.push(definition);
                Ok((self.definitions.len() - 1, traits))
            }
            Named::Lookup(at) => {
                let lookup = self.lookup_body(at, scope)?;
                let parts: Vec<&Expr> = lookup.rows.iter().flat_map(|row| [&row.when, &row.value]).collect();
                let mut traits = self.traits_of(&parts, named)?;
                traits.extent = self.extent_of_table(&lookup);
                self.bounded(traits.extent, lookup.span, &format!("`{}`", lookup.name))?;
                self.memo.lookups.push(traits);
                self.lookups.push(lookup);
                Ok((self.lookups.len() - 1, traits))
            }
            _ => Err(Reported::ALREADY),
        }
    }

    fn definition_body(&mut self, at: usize, scope: &Scope) -> Checked<Definition> {
        let define = *self.items.defines.get(at).ok_or(Reported::ALREADY)?;
        let title = self.optional_text(define.title.as_ref());
        let body = self.expr(&define.body, scope)?;
        self.bounded(self.extent(&body), define.name.span, &format!("`{}`", define.name.text))?;
        if body.ty == Type::YesNo {
            self.amount_alone(&body);
        }
        self.guarded(&body, &Present::new(), Place::Definition);
        Ok(Definition { name: define.name.text.clone(), title: title?, body, span: define.name.span })
    }

    fn traits_of(&mut self, parts: &[&Expr], named: Named) -> Checked<Traits> {
        let mut traits = Traits::default();
        for part in parts {
            self.add_traits(part, &mut traits);
        }
        traits.depth += 1;
        if traits.depth > MAX_DEPTH {
            return Err(self.too_deep(named));
        }
        Ok(traits)
    }

    fn add_traits(&self, expr: &Expr, traits: &mut Traits) {
        match &expr.kind {
            ExprKind::Amount => traits.reads_amount = true,
            ExprKind::Today | ExprKind::Now => traits.reads_clock = true,
            ExprKind::Spent(_) => traits.reads_spent = true,
            kind => {
                if let Some(inner) = self.memo.traits(kind) {
                    traits.reads_amount |= inner.reads_amount;
                    traits.reads_spent |= inner.reads_spent;
                    traits.reads_clock |= inner.reads_clock;
                    traits.depth = traits.depth.max(inner.depth);
                }
            }
        }
        for child in expr.children() {
            self.add_traits(child, traits);
        }
    }

    /// What an expression reads, also through definitions and tables.
    pub(super) fn reads(&self, expr: &Expr) -> Traits {
        let mut traits = Traits::default();
        self.add_traits(expr, &mut traits);
        traits
    }

    fn too_deep(&mut self, named: Named) -> Reported {
        let (name, span) = self.name_of(named);
        let message = format!("`{name}` stands at the end of more than {MAX_DEPTH} definitions that read each other");
        self.problem(Code::DefinitionDepth, span, message, "write some of them out where they are read")
    }

    fn cycle(&mut self, named: Named) -> Reported {
        let start = self.memo.stack.iter().position(|other| *other == named).unwrap_or(0);
        let members: Vec<_> = self.memo.stack.iter().skip(start).map(|member| self.name_of(*member)).collect();
        let first = members.iter().enumerate().min_by_key(|(_, (_, span))| *span).map_or(0, |(at, _)| at);
        let members: Vec<_> = members.iter().cycle().skip(first).take(members.len()).cloned().collect();
        let path: Vec<_> = members.iter().chain(members.first()).map(|(name, _)| format!("`{name}`")).collect();
        let mut diagnostic = Diagnostic::new(Code::DefinitionCycle, format!("a definition reads itself: {}", path.join(" reads ")));
        for (at, (_, span)) in members.iter().enumerate() {
            diagnostic = diagnostic.at(*span, path.get(at + 1).map_or_else(String::new, |next| format!("reads {next}")));
        }
        self.report(diagnostic.help("write one of them without the others"))
    }
}
