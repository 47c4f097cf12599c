//! What somebody meant who called something otherwise, or said it in another form: as a help that can be pasted.

use crate::diagnostic::{Code, Diagnostic, Near, near};
use crate::policy::ActionId;
use crate::policy::expr::Type;
use crate::source::Span;
use crate::syntax::ast::{self, CompareOp, ExprKind as Written, Name, Negation};

use super::Checker;
use super::names::Named;
use super::report::Reported;

/// A use of an action with a quantity that it does not have.
#[derive(Clone, Debug)]
pub(super) struct Unmeasured {
    pub(super) action: ActionId,
    pub(super) span: Span,
    pub(super) code: Code,
}

/// Shares that have a word.
const SHARES: [(&str, &str); 5] = [("half", "50%"), ("quarter", "25%"), ("third", "33.33%"), ("double", "200%"), ("hälfte", "50%")];

/// Words for values, and what the language writes.
const VALUES: [(&str, &str); 20] = [
    ("true", "yes"),
    ("TRUE", "yes"),
    ("True", "yes"),
    ("ja", "yes"),
    ("wahr", "yes"),
    ("false", "no"),
    ("FALSE", "no"),
    ("False", "no"),
    ("nein", "no"),
    ("falsch", "no"),
    ("heute", "today"),
    ("jetzt", "now"),
    ("yesterday", "today - 1 day"),
    ("gestern", "today - 1 day"),
    ("tomorrow", "today + 1 day"),
    ("morgen", "today + 1 day"),
    ("once", "1 time"),
    ("twice", "2 times"),
    ("einmal", "1 time"),
    ("zweimal", "2 times"),
];

/// Words for a value that is not there.
const NOTHING: [&str; 9] = ["empty", "null", "nil", "none", "missing", "blank", "unknown", "leer", "unbekannt"];

/// Words for what only a fact can say.
const WEEKDAYS: [&str; 10] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "weekend", "weekday", "wochenende"];

/// Words for everybody and nobody.
const SUBJECTS: [(&str, &str); 13] = [
    ("everybody", "everyone"),
    ("anyone", "everyone"),
    ("anybody", "everyone"),
    ("jeder", "everyone"),
    ("jede", "everyone"),
    ("alle", "everyone"),
    ("staff", "everyone"),
    ("employees", "everyone"),
    ("noone", "nobody"),
    ("none", "nobody"),
    ("niemand", "nobody"),
    ("keiner", "nobody"),
    ("man", "everyone"),
];

fn called(words: &[(&str, &'static str)], written: &str) -> Option<&'static str> {
    words.iter().find(|(word, _)| *word == written).map(|(_, right)| *right)
}

/// The first condition of a chain.
fn first_of(condition: &ast::Expr) -> &ast::Expr {
    if let Written::And(parts) = &condition.kind { parts.first().unwrap_or(condition) } else { condition }
}

/// The last one.
fn last_of(condition: &ast::Expr) -> &ast::Expr {
    if let Written::And(parts) = &condition.kind { parts.last().unwrap_or(condition) } else { condition }
}

impl Checker<'_> {
    /// What the language calls something for which there is no such name.
    pub(super) fn word_of_the_language(&self, written: &str, needed: &str) -> Option<String> {
        match needed {
            "a role" => called(&SUBJECTS, written).map(str::to_owned),
            "a fact or definition" => called(&VALUES, written)
                .map(str::to_owned)
                .or_else(|| called(&SHARES, written).map(|share| format!("{share} of …")))
                .or_else(|| self.glued_money(written)),
            _ => None,
        }
    }

    /// `order.total is empty`, `today is monday`
    pub(super) fn absence(written: &str) -> Option<String> {
        let help = "whether a fact is there is asked with `is absent` and `is present`; only an `optional` fact can be absent";
        let weekday = "no condition knows a day of the week; let your system say it by a yes/no fact, such as `is_weekend`";
        match written.to_lowercase().as_str() {
            word if NOTHING.contains(&word) => Some(help.to_owned()),
            word if WEEKDAYS.contains(&word) => Some(weekday.to_owned()),
            _ => None,
        }
    }

    /// `EUR50`
    fn glued_money(&self, written: &str) -> Option<String> {
        let code = self.settings.code();
        let digits = written.strip_prefix(code)?;
        (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| format!("{digits} {code}"))
    }

    /// The one name that stands in a group, where its group was left out, or the other way round.
    pub(super) fn without_group(&self, written: &str, fits: impl Fn(Named) -> bool) -> Option<Near<'_>> {
        let last = written.rsplit('.').next().unwrap_or(written);
        let is_same = |name: &&str| {
            let own = name.rsplit('.').next().unwrap_or(name);
            own == last && (written.contains('.') != name.contains('.'))
        };
        let mut found = self.names.of_kind(fits).filter(is_same);
        let name = found.next()?;
        if found.next().is_none() { Some(Near { name, is_certain: false }) } else { None }
    }

    /// `reason is one of damaged or late`: what to say of the first part of a chain that is only a value of what stands before it.
    fn one_more_value<'p>(&self, parts: &'p [ast::Expr], is_or: bool) -> Option<(Span, String, String)> {
        parts.iter().enumerate().skip(1).find_map(|(at, part)| {
            // `and` binds more tightly: in `a or b and c` the part is `b and c`.
            let (part, before) = (first_of(part), last_of(parts.get(at - 1)?));
            let Written::Name(value) = &part.kind else { return None };
            let one_of = "one of";
            let (before, not) = if let Written::Not(inner) = &before.kind { (&**inner, "not ") } else { (before, "") };
            let (fact, word, first) = match &before.kind {
                Written::OneOf(fact, Negation::Plain, values) => (fact, ["is", one_of], values.as_slice()),
                Written::OneOf(fact, Negation::Negated, values) => (fact, ["is not", one_of], values.as_slice()),
                Written::Compare(fact, op, one) if matches!(op.value, CompareOp::Is | CompareOp::Equal) => {
                    (fact, ["is", one_of], std::slice::from_ref(&**one))
                }
                Written::Compare(fact, op, one) if op.value == CompareOp::IsNot => (fact, ["is not", one_of], std::slice::from_ref(&**one)),
                Written::Includes(fact, _, values) => (fact, ["includes", if is_or { "any of" } else { "all of" }], values.as_slice()),
                _ => return None,
            };
            if !self.names_no_value(part) {
                return None;
            }
            let meant = self.value_meant(value, fact)?;
            let listed = |part: &'p ast::Expr| match &part.kind {
                Written::Name(name) => Some((part, self.value_meant(name, fact)?)),
                _ => None,
            };
            let more: Vec<(&ast::Expr, String)> = parts.iter().skip(at).map(first_of).map_while(listed).collect();
            let plain = |expr: &ast::Expr| self.written(expr.span).trim_matches('`').to_owned();
            let values: Vec<String> = first.iter().map(plain).chain(more.iter().map(|(_, value)| value.clone())).collect();
            let fact = plain(fact);
            let help = format!("write `{not}{fact} {} {}`", word.join(" "), values.join(", "));
            let message = if meant == *value {
                format!("`{value}` is one more value of `{fact}`, and a list is separated by commas")
            } else {
                format!("there is no `{value}`; `{meant}` is one more value of `{fact}`, and a list is separated by commas")
            };
            let last = more.last().map_or(part.span, |(last, _)| last.span);
            let whole = parts.get(at - 1).map_or(before.span, |before| last_of(before).span);
            Some((whole.to(last), message, help))
        })
    }

    /// The value of a fact that a name is, or that it is nearly called like where nothing else that can be read is.
    fn value_meant(&self, name: &str, fact: &ast::Expr) -> Option<String> {
        if self.is_value_of(name, fact) {
            return Some(name.to_owned());
        }
        let readable = self.names.of_kind(|named| matches!(named, Named::Fact(_) | Named::Definition(_) | Named::Lookup(_)));
        if self.is_value_name(name) || near(name, readable.map(|name| (name, true))).is_some() {
            return None;
        }
        let Written::Name(fact) = &fact.kind else { return None };
        let Some(Named::Fact(id)) = self.names.peek(fact) else { return None };
        let Some(Type::OneOf(choices) | Type::SomeOf(choices)) = self.fact_shape(id).map(|shape| &shape.ty) else { return None };
        let values = choices.iter().map(|id| self.choices.name(*id));
        near(name, values.map(|value| (value, true))).map(|near| near.name.to_owned())
    }

    /// Whether a chain has such a part.
    pub(super) fn is_listed_with_or(&self, parts: &[ast::Expr], is_or: bool) -> bool {
        self.one_more_value(parts, is_or).is_some()
    }

    /// Tells it.
    pub(super) fn listed_with_or(&mut self, parts: &[ast::Expr], is_or: bool) -> Reported {
        match self.one_more_value(parts, is_or) {
            Some((span, message, help)) => self.problem(Code::UnknownName, span, message, help),
            None => Reported::ALREADY,
        }
    }

    /// Whether a fact is a set.
    pub(super) fn is_set(&self, fact: &str) -> bool {
        let Some(Named::Fact(id)) = self.names.peek(fact) else { return false };
        matches!(self.fact_shape(id).map(|shape| &shape.ty), Some(Type::SomeOf(_)))
    }

    /// Whether a name is a value of a fact.
    fn is_value_of(&self, value: &str, fact: &ast::Expr) -> bool {
        let Written::Name(name) = &fact.kind else { return false };
        let Some(Named::Fact(id)) = self.names.peek(name) else { return false };
        let Some(Type::OneOf(choices) | Type::SomeOf(choices)) = self.fact_shape(id).map(|shape| &shape.ty) else { return false };
        self.choices.get(value).is_some_and(|id| choices.contains(&id))
    }

    /// `customer.tags contains vip`, `vip is one of customer.tags`: a set and what it may hold.
    pub(super) fn set_said_otherwise(&mut self, set: &ast::Expr, values: &[&ast::Expr], span: Span, negation: Negation) -> Option<Reported> {
        let all_fit = values.iter().all(|value| matches!(&value.kind, Written::Name(name) if self.is_value_of(name, set)));
        let Written::Name(name) = &set.kind else { return None };
        if values.is_empty() || !all_fit || !self.is_set(name) {
            return None;
        }
        let values: Vec<String> = values.iter().map(|value| self.written(value.span).trim_matches('`').to_owned()).collect();
        let any = if values.len() > 1 { "any of " } else { "" };
        let not = if negation == Negation::Negated { "not " } else { "" };
        let help = format!("write `{not}{name} includes {any}{}`", values.join(", "));
        Some(self.problem(Code::NotComparable, span, format!("`{name}` is a set"), help))
    }

    /// `customer is vip`: a group, and a value of one of its facts.
    pub(super) fn group_and_value(&mut self, left: &ast::Expr, op: CompareOp, right: &ast::Expr, span: Span) -> Option<Reported> {
        let (Written::Name(group), Written::Name(value)) = (&left.kind, &right.kind) else { return None };
        if self.names.peek(group).is_some() {
            return None;
        }
        let members: Vec<String> = self.names.group(group).into_iter().map(str::to_owned).collect();
        let as_expr = |name: &str| ast::Expr { kind: Written::Name(name.to_owned()), span: left.span };
        let member = members.into_iter().find(|member| self.is_value_of(value, &as_expr(member)))?;
        let is_set = self.is_set(&member);
        let negated = op == CompareOp::IsNot;
        let help = match (is_set, negated) {
            (true, true) => format!("write `not {member} includes {value}`"),
            (true, false) => format!("write `{member} includes {value}`"),
            (false, true) => format!("write `{member} is not {value}`"),
            (false, false) => format!("write `{member} is {value}`"),
        };
        Some(self.problem(Code::UnknownName, span, format!("`{group}` is a group of facts, not a fact"), help))
    }

    /// `per agent`: a role is no key.
    pub(super) fn role_as_key(&mut self, name: &Name) -> Option<Reported> {
        let Some(Named::Role(_)) = self.names.peek(&name.text) else { return None };
        let message = format!("`{}` is a role, and a budget is kept for each person", name.text);
        let help = format!("write `actor`; a line for one role ends with `for {}`", name.text);
        Some(self.report(Diagnostic::new(Code::WrongKind, message).at(name.span, "").help(help)))
    }

    /// `order.id is o-1`: a text without quotation marks.
    pub(super) fn is_bare_text(&self, values: &[ast::Expr], ty: &Type) -> bool {
        let ([value], Type::Text) = (values, ty) else { return false };
        match &value.kind {
            Written::Literal(_) => false,
            Written::Name(name) => self.names.peek(name).is_none() && !self.names.may_be_broken(name),
            _ => true,
        }
    }

    /// Tells it.
    pub(super) fn bare_text(&mut self, values: &[ast::Expr]) -> Reported {
        let Some(span) = values.first().map(|value| value.span) else { return Reported::ALREADY };
        let written = self.pack.sources.snippet(span).trim().to_owned();
        let problem = Diagnostic::new(Code::TestValue, format!("`{written}` is a text, and a text stands in quotation marks")).at(span, "");
        self.report(problem.help(format!("write `\"{written}\"`")))
    }

    /// An action that several places give a quantity, and that has none: its own line is where the mistake is.
    pub(super) fn fold_unmeasured(&mut self) {
        let unmeasured = std::mem::take(&mut self.unmeasured);
        for (at, action) in self.items.actions.iter().enumerate().filter(|(_, action)| action.measure.is_none()) {
            let uses: Vec<&Unmeasured> = unmeasured.iter().filter(|one| one.action.index() == at).collect();
            let Some(first) = uses.iter().find(|one| one.code == Code::HeadMeasure).filter(|_| uses.len() > 2) else { continue };
            self.diagnostics.retain(|known| !uses.iter().any(|one| known.code == one.code && known.span() == Some(one.span)));
            let name = &action.name.text;
            let message = format!("`{name}` has no measure, and {} places give it a quantity", uses.len());
            let problem = Diagnostic::new(Code::HeadMeasure, message).at(action.name.span, "").at(first.span, "such as here");
            self.diagnostics
                .push(problem.help(format!("write `action {name} of money`, or what it is measured in: `percent`, `duration` or `number`")));
        }
    }
}
