//! Conditions in words: each comparison a sentence, what joins them a group.

use super::value::is_clock;
use super::{Phrase, is_point};
use crate::policy::expr::{Comparison, Distance, Expr, ExprKind, Steps, Type, Value};
use crate::policy::{ChoiceId, FactId, FactRef};
use crate::say::{Speech, written};
use crate::syntax::ast::{Matching, Quantifier, Side};

/// Whether a condition is asked for, or its opposite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    So,
    NotSo,
}

impl Wanted {
    fn opposite(self) -> Self {
        if self == Self::So { Self::NotSo } else { Self::So }
    }

    /// One of two messages.
    fn choose<'m>(self, so: &'m str, not_so: &'m str) -> &'m str {
        if self == Self::So { so } else { not_so }
    }
}

impl Speech<'_> {
    /// A condition in words.
    pub(crate) fn phrase(&self, expr: &Expr) -> Phrase {
        self.phrased(expr, Wanted::So)
    }

    fn phrased(&self, expr: &Expr, wanted: Wanted) -> Phrase {
        let parts = |parts: &[Expr]| parts.iter().map(|part| self.phrased(part, Wanted::So)).collect();
        match (&expr.kind, wanted) {
            (ExprKind::Not(inner), wanted) => self.phrased(inner, wanted.opposite()),
            (ExprKind::And(all), Wanted::So) => Phrase::All(parts(all)),
            (ExprKind::And(all), Wanted::NotSo) => Phrase::NotAll(parts(all)),
            (ExprKind::Or(any), Wanted::So) => Phrase::Any(parts(any)),
            (ExprKind::Or(any), Wanted::NotSo) => Phrase::Neither(parts(any)),
            (ExprKind::Definition(id), wanted) => Phrase::Named(self.with(wanted.choose("flag-yes", "flag-no"), &self.definition_called(*id)), *id),
            _ => Phrase::One(self.sentence(expr, wanted)),
        }
    }

    /// A condition without parts.
    fn sentence(&self, expr: &Expr, wanted: Wanted) -> String {
        match &expr.kind {
            ExprKind::Constant(Value::YesNo(value)) => self.words(if *value == (wanted == Wanted::So) { "always" } else { "never" }),
            ExprKind::Fact(id) => self.flag(*id, wanted),
            ExprKind::Lookup(id) => self.with(wanted.choose("table-yes", "table-no"), &self.lookup_called(*id)),
            ExprKind::Compare(left, comparison, right) => self.comparison(left, *comparison, right, wanted),
            ExprKind::OneOf(value, options) => self.one_of(value, options, wanted),
            ExprKind::Between(value, low, high) => self.message(wanted.choose("between", "not-between"), &|out, name| {
                out.push_str(&self.of_value(match name {
                    "value" => value,
                    "low" => low,
                    _ => high,
                }));
            }),
            ExprKind::Present(id) => self.with(wanted.choose("present-yes", "present-no"), &self.called(FactRef::Fact(*id))),
            ExprKind::Includes(set, quantifier, choices) => self.includes(set, *quantifier, choices, wanted),
            ExprKind::Match(text, matching, pattern) => self.two(matching_id(*matching, wanted), "text", text, pattern),
            ExprKind::Offset { subject, distance, steps, side, anchor } => {
                let so = self.offset(subject, *distance, steps, *side, anchor);
                if wanted == Wanted::So { so } else { self.with("not-so", &so) }
            }
            _ if wanted == Wanted::So => self.as_written(expr),
            _ => self.with("not-so", &self.as_written(expr)),
        }
    }

    /// A yes/no fact: what its title says is true, or the answer to its question.
    fn flag(&self, id: FactId, wanted: Wanted) -> String {
        let id_of_message =
            if self.is_called_by_question(id) { wanted.choose("asked-yes", "asked-no") } else { wanted.choose("flag-yes", "flag-no") };
        self.with(id_of_message, &self.called(FactRef::Fact(id)))
    }

    /// Whether a fact has no title, so that it is called by the question that asks for it.
    fn is_called_by_question(&self, id: FactId) -> bool {
        self.policy.fact(id).is_some_and(|fact| fact.title.is_none() && fact.asks.is_some())
    }

    /// Some of the values that can answer a question, or none of them. `None` where nothing is asked.
    fn asked(&self, value: &Expr, list: &str, count: usize, wanted: Wanted) -> Option<String> {
        let ExprKind::Fact(id) = value.kind else { return None };
        let id_of_message = match wanted {
            Wanted::So => "asked-one",
            Wanted::NotSo if count == 1 => "asked-not",
            Wanted::NotSo => "asked-none",
        };
        let said = |out: &mut String, name: &str| out.push_str(if name == "list" { list.to_owned() } else { self.of_value(value) }.as_str());
        self.is_called_by_question(id).then(|| self.message(id_of_message, &said))
    }

    fn comparison(&self, left: &Expr, comparison: Comparison, right: &Expr, wanted: Wanted) -> String {
        let comparison = if wanted == Wanted::So { comparison } else { comparison.opposite() };
        self.two(comparison_id(comparison, &left.ty), "left", left, right)
    }

    fn one_of(&self, value: &Expr, options: &[Expr], wanted: Wanted) -> String {
        if let (ExprKind::Fact(id), Type::YesNo, [Expr { kind: ExprKind::Constant(Value::YesNo(yes)), .. }]) = (&value.kind, &value.ty, options) {
            return self.flag(*id, if *yes { wanted } else { wanted.opposite() });
        }
        let names: Vec<String> = options.iter().map(|option| self.of_value(option)).collect();
        let (id, list) = match wanted {
            Wanted::So => ("one-of", self.either(&names, "or")),
            Wanted::NotSo if names.len() == 1 => ("not-equal", names.join(", ")),
            Wanted::NotSo => ("none-of", names.join(", ")),
        };
        if let Some(asked) = self.asked(value, &list, names.len(), wanted) {
            return asked;
        }
        self.message(id, &|out, name| if name == "left" { out.push_str(&self.of_value(value)) } else { out.push_str(&list) })
    }

    fn includes(&self, set: &Expr, quantifier: Quantifier, choices: &[ChoiceId], wanted: Wanted) -> String {
        let names: Vec<String> = choices.iter().map(|choice| super::value::spaced(self.policy.choice(*choice))).collect();
        let (id, word) = match (quantifier, wanted) {
            (Quantifier::All, Wanted::So) => ("includes-all", "and"),
            (Quantifier::All, Wanted::NotSo) if names.len() > 1 => ("includes-not-all", "and"),
            (_, Wanted::So) => ("includes-any", "or"),
            (_, Wanted::NotSo) => ("includes-none", "or"),
        };
        let list = self.either(&names, word);
        if quantifier != Quantifier::All
            && let Some(asked) = self.asked(set, if wanted == Wanted::So { list.clone() } else { names.join(", ") }.as_str(), names.len(), wanted)
        {
            return asked;
        }
        self.message(id, &|out, name| if name == "set" { out.push_str(&self.of_value(set)) } else { out.push_str(&list) })
    }

    fn offset(&self, subject: &Expr, distance: Distance, steps: &Steps, side: Side, anchor: &Expr) -> String {
        let distance_id = match distance {
            Distance::Within => "distance-at-most",
            Distance::MoreThan => "distance-more-than",
            Distance::AtLeast => "distance-at-least",
        };
        let id = match (is_clock(subject), side, distance) {
            (true, Side::After, _) => "clock-after",
            (true, Side::Before, Distance::Within) => "clock-before-within",
            (true, Side::Before, _) => "clock-before",
            (false, Side::After, _) => "point-after",
            (false, Side::Before, _) => "point-before",
        };
        let is_ahead = id.starts_with("clock-before");
        let steps = written(|out| if is_ahead { self.steps_dative(out, steps) } else { self.steps(out, steps) });
        self.message(id, &|out, name| match name {
            "subject" => out.push_str(&self.of_value(subject)),
            "anchor" => out.push_str(&self.of_value(anchor)),
            _ => self.tongue.tell(out, distance_id, &|out, _| out.push_str(&steps)),
        })
    }
}

fn comparison_id(comparison: Comparison, ty: &Type) -> &'static str {
    match (comparison, is_point(ty)) {
        (Comparison::Less, false) if *ty == Type::Duration => "shorter",
        (Comparison::Greater, false) if *ty == Type::Duration => "longer",
        (Comparison::Equal, false) => "equal",
        (Comparison::NotEqual, false) => "not-equal",
        (Comparison::Less, false) => "less",
        (Comparison::AtMost, false) => "at-most",
        (Comparison::Greater, false) => "greater",
        (Comparison::AtLeast, false) => "at-least",
        (Comparison::Equal, true) => "point-equal",
        (Comparison::NotEqual, true) => "point-not-equal",
        (Comparison::Less, true) => "point-less",
        (Comparison::AtMost, true) => "point-at-most",
        (Comparison::Greater, true) => "point-greater",
        (Comparison::AtLeast, true) => "point-at-least",
    }
}

fn matching_id(matching: Matching, wanted: Wanted) -> &'static str {
    match matching {
        Matching::StartsWith => wanted.choose("starts-with", "starts-not-with"),
        Matching::EndsWith => wanted.choose("ends-with", "ends-not-with"),
        Matching::Contains => wanted.choose("contains", "contains-not"),
    }
}
