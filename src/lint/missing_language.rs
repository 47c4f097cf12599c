//! A text that one of the policy's languages lacks.

use super::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::{Instead, Text};
use crate::source::Span;

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    if on.policy.languages.len() < 2 {
        return;
    }
    for (text, span, clause) in texts(on) {
        let has = |language: &String| text.variants.iter().any(|(of, _)| of.as_deref().is_none_or(|of| of == language));
        let missing: Vec<&str> = on.policy.languages.iter().filter(|language| !has(language)).map(String::as_str).collect();
        let Some(first) = missing.first() else { continue };
        let place = clause.and_then(|word| on.texts.items.at(span)?.clause(word)).unwrap_or(span);
        // The rows of a table share what stands under its head.
        if found.iter().any(|other| other.code == Code::MissingLanguage && other.span() == Some(place)) {
            continue;
        }
        found.push(
            Diagnostic::new(Code::MissingLanguage, format!("this text is missing in `{}`", missing.join("` and `")))
                .at(place, "whoever reads that language sees another")
                .help(format!("add `{first} \"…\"`; a text without a language serves all")),
        );
    }
}

/// Every text with the item or clause that it stands in, and the word that its clause begins with.
fn texts(on: Subject<'_>) -> Vec<(&Text, Span, Option<&'static str>)> {
    let policy = on.policy;
    let mut all: Vec<(&Text, Span, Option<&'static str>)> = Vec::new();
    all.extend(policy.roles.iter().filter_map(|it| Some((it.title.as_ref()?, it.span, None))));
    all.extend(policy.facts.iter().filter_map(|it| Some((it.title.as_ref()?, it.span, None))));
    all.extend(policy.facts.iter().filter_map(|it| Some((it.asks.as_ref()?, it.span, Some("asks")))));
    all.extend(policy.actions.iter().filter_map(|it| Some((it.title.as_ref()?, it.span, None))));
    all.extend(policy.duties.iter().filter_map(|it| Some((it.title.as_ref()?, it.span, None))));
    all.extend(policy.budgets.iter().filter_map(|it| Some((it.title.as_ref()?, it.span, None))));
    all.extend(policy.definitions.iter().filter_map(|it| Some((it.title.as_ref()?, it.span, None))));
    all.extend(policy.lookups.iter().filter_map(|it| Some((it.title.as_ref()?, it.span, None))));
    for rule in &policy.rules {
        all.extend(rule.title.iter().map(|text| (text, rule.span, None)));
        let shared = [("because", rule.because.as_slice()), ("cites", &rule.cites), ("owner", rule.owner.as_slice())];
        all.extend(shared.into_iter().flat_map(|(word, texts)| texts.iter().map(move |text| (text, rule.span, Some(word)))));
        all.extend(advice(&rule.instead));
    }
    for fallback in &policy.fallbacks {
        let shared = [("because", fallback.because.as_slice()), ("cites", &fallback.cites), ("owner", fallback.owner.as_slice())];
        all.extend(shared.into_iter().flat_map(|(word, texts)| texts.iter().map(move |text| (text, fallback.span, Some(word)))));
        all.extend(advice(&fallback.instead));
    }
    all
}

fn advice(instead: &Instead) -> impl Iterator<Item = (&Text, Span, Option<&'static str>)> {
    instead.advice.iter().map(|advice| (&advice.text, advice.span, None))
}
