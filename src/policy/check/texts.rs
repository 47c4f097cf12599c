//! Texts for people: their languages and placeholders.

use crate::diagnostic::{Code, Diagnostic, near};
use crate::policy::{Piece, Template, Text};
use crate::source::Span;
use crate::syntax::ast::{self, Name, Quoted};

use super::Checker;
use super::names::Named;
use super::repeated::Unresolved;
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
                Ok((language?.map(String::into_boxed_str), template?))
            })
            .collect();
        Ok(Text { variants: all(variants)?.into() })
    }

    /// A title for those who keep the policy: as it is written, in the policy's first language where there are several.
    pub(super) fn title(&mut self, text: &ast::Text) -> Checked<String> {
        self.languages_once(text);
        let mut known = Vec::new();
        for variant in &text.variants {
            let language = variant.language.as_ref().map(|language| self.language(language)).transpose();
            known.push(language.map(|language| (language, &variant.value.value)));
        }
        let known = all(known)?;
        let first = self.settings.spoken_languages().into_iter().next();
        let spoken = known.iter().find(|(language, _)| language.is_none() || *language == first).or(known.first());
        Ok(spoken.map(|(_, title)| (*title).clone()).unwrap_or_default())
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
        let mut plain = String::new();
        let mut rest = quoted.value.as_str();
        while let Some((before, behind)) = rest.split_once('{') {
            plain.push_str(before);
            let (inside, end) = behind.split_at(behind.find(['{', '}']).unwrap_or(behind.len()));
            rest = match end.strip_prefix('}') {
                Some(after) => {
                    if !plain.is_empty() {
                        pieces.push(Ok(Piece::Plain(std::mem::take(&mut plain).into())));
                    }
                    pieces.push(self.piece(inside, quoted.span));
                    after
                }
                // A brace by itself is plain text.
                None if !inside.starts_with(|c: char| !c.is_whitespace()) => {
                    plain.push('{');
                    behind
                }
                None => {
                    pieces.push(Err(self.open_placeholder(inside, quoted.span)));
                    end
                }
            };
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            pieces.push(Ok(Piece::Plain(plain.into())));
        }
        Ok(Template(all(pieces)?.into()))
    }

    fn open_placeholder(&mut self, inside: &str, text: Span) -> super::report::Reported {
        let word = inside.split_whitespace().next().unwrap_or_default();
        let span = self.inside(text, &format!("{{{word}"));
        let help = format!("write `{{{word}}}`; a brace that is meant as such is followed by a space");
        self.problem(Code::UnknownPlaceholder, span, format!("the placeholder `{{{word}` is not closed"), help)
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
        let near = near(name, facts.chain(BUILT_IN.iter().copied()).map(|name| (name, true)));
        let help = match near {
            Some(near) => format!("did you mean `{{{}}}`?", near.name),
            None => "in braces stand facts, `{amount}`, `{limit}`, `{left}`, `{today}`, `{now}`, `{actor.id}` and `{actor.team}`".to_owned(),
        };
        let span = self.inside(text, &format!("{{{inside}}}"));
        let (near, is_certain) = (near.map(|near| near.name.to_owned()), near.is_some_and(|near| near.is_certain));
        self.unresolved.push(Unresolved { text: name.to_owned(), code: Code::UnknownPlaceholder, needed: "fact".to_owned(), span, near, is_certain });
        self.problem(Code::UnknownPlaceholder, span, format!("`{{{inside}}}` stands for nothing"), help)
    }

    /// Where a part of a text stands; the whole text where it cannot be found as written.
    fn inside(&self, text: Span, part: &str) -> Span {
        let Some(at) = self.pack.sources.snippet(text).find(part) else { return text };
        let start = text.range().start + at;
        Span::new(text.source, start, start + part.len())
    }
}
