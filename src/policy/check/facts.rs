//! Facts: their types, the values of `one of`, their modifiers and defaults.

use std::sync::{Arc, OnceLock};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostic::{Code, Diagnostic};
use crate::policy::expr::{Type, Value};
use crate::policy::{ChoiceId, Fact, FactId};
use crate::source::Span;
use crate::syntax::ast::{self, Modifier, Name};

use super::report::{Checked, all};
use super::scope::Scope;
use super::{Checker, wording};

/// A set without values, unless one of its values is called so.
const NONE: &str = "none";

/// The values of all `one of` and `some of`; equal names are equal values.
#[derive(Default)]
pub(super) struct Choices {
    names: Vec<String>,
    ids: FxHashMap<String, ChoiceId>,
    /// Those that something refers to.
    used: FxHashSet<ChoiceId>,
}

impl Choices {
    fn intern(&mut self, name: &str) -> ChoiceId {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        let id = ChoiceId::new(self.names.len());
        self.names.push(name.to_owned());
        self.ids.insert(name.to_owned(), id);
        id
    }

    pub(super) fn get(&self, name: &str) -> Option<ChoiceId> {
        self.ids.get(name).copied()
    }

    /// Something refers to this one.
    pub(super) fn mark(&mut self, id: ChoiceId) {
        self.used.insert(id);
    }

    /// Whether nothing refers to a value.
    pub(super) fn is_idle(&self, name: &str) -> bool {
        self.get(name).is_some_and(|id| !self.used.contains(&id))
    }

    pub(super) fn name(&self, id: ChoiceId) -> &str {
        self.names.get(id.index()).map_or("", String::as_str)
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.names.clone()
    }
}

/// What expressions need to know of a fact.
#[derive(Clone, Debug)]
pub(super) struct FactShape {
    pub(super) ty: Type,
    pub(super) optional: bool,
}

impl<'a> Checker<'a> {
    pub(super) fn collect_facts(&mut self) {
        for fact in &self.items.facts {
            let ty = self.fact_type(&fact.ty.value);
            let optional = fact.modifiers.iter().any(|modifier| matches!(modifier.value, Modifier::Optional));
            self.facts.push(FactShape { ty, optional });
        }
    }

    pub(super) fn fact_type(&mut self, ty: &ast::Type) -> Type {
        match ty {
            ast::Type::OneOf(values) => Type::OneOf(self.choice_list(values)),
            ast::Type::SomeOf(values) => Type::SomeOf(self.choice_list(values)),
            ast::Type::Money => Type::Money,
            ast::Type::Percent => Type::Percent,
            ast::Type::Number => Type::Number,
            ast::Type::Date => Type::Date,
            ast::Type::Datetime => Type::Datetime,
            ast::Type::Duration => Type::Duration,
            ast::Type::YesNo => Type::YesNo,
            ast::Type::Text => Type::Text,
        }
    }

    fn choice_list(&mut self, values: &[Name]) -> Arc<[ChoiceId]> {
        values.iter().map(|value| self.choices.intern(&value.text)).collect()
    }

    pub(super) fn fact_shape(&self, id: FactId) -> Option<&FactShape> {
        self.facts.get(id.index())
    }

    pub(super) fn fact_name(&self, id: FactId) -> String {
        self.items.facts.get(id.index()).map(|fact| fact.name.text.clone()).unwrap_or_default()
    }

    pub(super) fn fact_items(&mut self) -> Checked<Vec<Fact>> {
        let items = self.items;
        all(items.facts.iter().enumerate().map(|(at, fact)| self.fact_item(FactId::new(at), fact)).collect::<Vec<_>>())
    }

    fn fact_item(&mut self, id: FactId, fact: &'a ast::Fact) -> Checked<Fact> {
        self.optional_or_default(fact);
        let ty = self.fact_shape(id).map_or(Type::YesNo, |shape| shape.ty.clone());
        let title = self.optional_text(fact.title.as_ref());
        let has = |wanted: fn(&Modifier) -> bool| fact.modifiers.iter().any(|modifier| wanted(&modifier.value));
        let mut default = Ok(None);
        let mut asks = Ok(None);
        for modifier in &fact.modifiers {
            match &modifier.value {
                Modifier::Default(values) => default = self.default_value(fact, &ty, values, modifier.span).map(Some),
                Modifier::Asks(text) => asks = self.text(text).map(Some),
                _ => {}
            }
        }
        Ok(Fact {
            name: fact.name.text.clone(),
            ty,
            title: title?,
            optional: has(|modifier| matches!(modifier, Modifier::Optional)),
            verified: has(|modifier| matches!(modifier, Modifier::Verified)),
            private: has(|modifier| matches!(modifier, Modifier::Private)),
            about_actor: has(|modifier| matches!(modifier, Modifier::AboutActor)),
            default: default?,
            asks: asks?,
            span: fact.name.span,
            listed: OnceLock::new(),
        })
    }

    fn optional_or_default(&mut self, fact: &'a ast::Fact) {
        let optional = fact.modifiers.iter().find(|modifier| matches!(modifier.value, Modifier::Optional));
        let default = fact.modifiers.iter().find(|modifier| matches!(modifier.value, Modifier::Default(_)));
        if let (Some(optional), Some(default)) = (optional, default) {
            let message = format!("`{}` is optional and has a default", fact.name.text);
            self.report(
                Diagnostic::new(Code::BadDefault, message)
                    .at(default.span, "taken where nobody says anything")
                    .at(optional.span, "may be absent")
                    .help("keep `optional` if it can be known to be absent, `default` if it has a usual value"),
            );
        }
    }

    fn default_value(&mut self, fact: &'a ast::Fact, ty: &Type, values: &'a [ast::Expr], span: Span) -> Checked<Value> {
        let what = format!("`{}`", fact.name.text);
        self.constant_values(values, ty, &what, span, Code::BadDefault)
    }

    /// A plain value of a type; several values only for a set.
    pub(super) fn constant_values(&mut self, values: &'a [ast::Expr], ty: &Type, what: &str, span: Span, code: Code) -> Checked<Value> {
        if let Type::SomeOf(choices) = ty {
            return self.set_value(values, choices, what, code);
        }
        let [value] = values else {
            return Err(self.problem(code, span, format!("{what} is one value"), "write one of them; only a `some of` fact holds several"));
        };
        let message = if code == Code::BadDefault { "a default is a plain value" } else { "a test gives plain values" };
        // No day has a name: `yesterday`.
        if matches!((ty, &value.kind), (Type::Date | Type::Datetime, ast::ExprKind::Name(_))) {
            return Err(self.problem(code, value.span, message, format!("write {}", self.example(ty))));
        }
        let checked = self.expect(value, ty, what, &Scope::constant())?;
        wording::constant(&checked).ok_or_else(|| self.problem(code, value.span, message, format!("write {}", self.example(ty))))
    }

    fn set_value(&mut self, values: &'a [ast::Expr], choices: &[ChoiceId], what: &str, code: Code) -> Checked<Value> {
        if let [ast::Expr { kind: ast::ExprKind::Name(name), .. }] = values
            && name == NONE
            && choices.iter().all(|id| self.choices.name(*id) != NONE)
        {
            return Ok(Value::Set(Vec::new()));
        }
        let ids: Vec<_> = values.iter().map(|value| self.choice_value(value, choices, what, code)).collect();
        let mut ids: Vec<ChoiceId> = ids.into_iter().collect::<Checked<_>>()?;
        ids.sort_unstable();
        ids.dedup();
        Ok(Value::Set(ids))
    }

    fn choice_value(&mut self, value: &'a ast::Expr, choices: &[ChoiceId], what: &str, code: Code) -> Checked<ChoiceId> {
        if let ast::ExprKind::Name(name) = &value.kind {
            return self.choice(name, value.span, choices, |_| what.to_owned());
        }
        let message = format!("{what} takes values of its list");
        Err(self.problem(code, value.span, message, format!("its values are {}", self.choice_words(choices))))
    }

    /// "`damaged`, `late`"
    pub(super) fn choice_words(&self, choices: &[ChoiceId]) -> String {
        choices.iter().map(|id| format!("`{}`", self.choices.name(*id))).collect::<Vec<_>>().join(", ")
    }
}
