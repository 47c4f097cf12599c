//! Texts for people: their languages and placeholders.

use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::policy::{Piece, Template, Text};
use crate::source::Span;
use crate::syntax::ast::{self, Name, Quoted};

use super::Checker;
use super::names::Named;
use super::report::{Checked, all};

const BUILT_IN: &[&str] = &["amount", "limit", "left", "actor.id", "actor.team", "today", "now"];

impl Checker<'_> {
    pub(super) fn optional_text(&mut self, text: Option<&ast::Text>) -> Checked<Option<Text>> {
        text.map(|text| self.text(text)).transpose()
    }

    pub(super) fn text(&mut self, text: &ast::Text) -> Checked<Text> {
        self.languages_once(text);
        let variants: Vec<_> = text
            .variants
            .iter()
            .map(|variant| {
                let language = variant.language.as_ref().map(|language| self.language(language)).transpose();
                let template = self.template(&variant.value);
                Ok((language?, template?))
            })
            .collect();
        Ok(Text { variants: all(variants)? })
    }

    fn languages_once(&mut self, text: &ast::Text) {
        let mut seen: Vec<&Name> = Vec::new();
        for language in text.variants.iter().filter_map(|variant| variant.language.as_ref()) {
            if let Some(first) = seen.iter().find(|other| other.text.eq_ignore_ascii_case(&language.text)) {
                let message = format!("this text says it twice in `{}`", language.text);
                self.report(
                    Diagnostic::new(Code::SaidTwice, message).at(language.span, "again here").at(first.span, "first here").help("keep one of them"),
                );
            }
            seen.push(language);
        }
    }

    fn language(&mut self, language: &Name) -> Checked<String> {
        let code = language.text.to_lowercase();
        self.settings.used_languages.insert(language.span, code.clone());
        // A pack that lists no languages speaks those of its texts.
        if self.settings.languages.is_empty() || self.settings.known_languages.contains(&code) {
            return Ok(code);
        }
        let listed: Vec<_> = self.settings.languages.iter().map(|code| format!("`{code}`")).collect();
        let message = format!("the policy does not list the language `{}`", language.text);
        let help = format!("it lists {}; add `{}` to its `languages`, or leave this text out", listed.join(", "), language.text);
        Err(self.problem(Code::TextLanguage, language.span, message, help))
    }

    fn template(&mut self, quoted: &Quoted) -> Checked<Template> {
        let mut pieces = Vec::new();
        let mut rest = quoted.value.as_str();
        while let Some((before, inside, after)) = placeholder(rest) {
            if !before.is_empty() {
                pieces.push(Ok(Piece::Plain(before.to_owned())));
            }
            pieces.push(self.piece(inside, quoted.span));
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Ok(Piece::Plain(rest.to_owned())));
        }
        Ok(Template(all(pieces)?))
    }

    fn piece(&mut self, inside: &str, text: Span) -> Checked<Piece> {
        match inside.trim() {
            "amount" => Ok(Piece::Amount),
            "limit" => Ok(Piece::Limit),
            "left" => Ok(Piece::Left),
            "actor.id" => Ok(Piece::ActorId),
            "actor.team" => Ok(Piece::ActorTeam),
            "today" => Ok(Piece::Today),
            "now" => Ok(Piece::Now),
            name => match self.names.get(name) {
                Some(Named::Fact(id)) => Ok(Piece::Fact(id)),
                None if self.names.is_broken(name) => Err(super::report::Reported::ALREADY),
                _ => Err(self.unknown_placeholder(inside, name, text)),
            },
        }
    }

    fn unknown_placeholder(&mut self, inside: &str, name: &str, text: Span) -> super::report::Reported {
        let facts = self.names.of_kind(|named| matches!(named, Named::Fact(_)));
        let near = nearest(name, facts.chain(BUILT_IN.iter().copied())).map(str::to_owned);
        let help = match near {
            Some(near) => format!("did you mean `{{{near}}}`?"),
            None => "in braces stand facts, `{amount}`, `{limit}`, `{left}`, `{today}`, `{now}`, `{actor.id}` and `{actor.team}`".to_owned(),
        };
        let span = self.inside(text, &format!("{{{inside}}}"));
        self.problem(Code::UnknownPlaceholder, span, format!("`{{{inside}}}` stands for nothing"), help)
    }

    /// Where a part of a text stands; the whole text where it cannot be found as written.
    fn inside(&self, text: Span, part: &str) -> Span {
        let Some(at) = self.pack.sources.snippet(text).find(part) else { return text };
        let start = text.range().start + at;
        Span::new(text.source, start, start + part.len())
    }
}

/// What stands before, in and after the first pair of braces.
fn placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (inside, after) = rest.split_once('}')?;
    Some((before, inside, after))
}
