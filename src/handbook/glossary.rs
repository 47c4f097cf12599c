//! What the words of the rules mean, and what has to be known.

use super::Author;
use super::page::{Entry, Line, Section};
use crate::policy::expr::Type;
use crate::policy::{Definition, DefinitionId, Fact, FactId};

impl Author<'_> {
    /// The definitions that what is shown reads.
    pub(super) fn definitions(&self) -> Section {
        let mut part = Section::new("words", self.speech.words("handbook-definitions"));
        let shown = self.policy.definitions.iter().enumerate().filter(|(at, _)| self.reads.definitions.contains(&DefinitionId::new(*at)));
        part.sections = shown.map(|(_, definition)| self.definition(definition)).collect();
        part
    }

    fn definition(&self, definition: &Definition) -> Section {
        let title = self.speech.titled(definition.title.as_ref(), &definition.name);
        let mut section = Section::new(format!("word-{}", definition.name), title);
        match definition.body.ty {
            Type::YesNo => section.list(self.conditions(&definition.body)),
            _ => section.paragraph(Line::text(self.speech.of_value(&definition.body))),
        }
        section
    }

    /// The facts that what is shown reads.
    pub(super) fn facts(&self) -> Section {
        let mut part = Section::new("facts", self.speech.words("handbook-facts"));
        let shown = self.policy.facts.iter().enumerate().filter(|(at, _)| self.reads.facts.contains(&FactId::new(*at)));
        part.list(shown.map(|(_, fact)| self.fact(fact)).collect());
        part
    }

    fn fact(&self, fact: &Fact) -> Entry {
        let asked = fact.asks.as_ref().map(|asks| self.speech.plain(asks));
        let name = match (&fact.title, &asked) {
            (None, Some(question)) => question.clone(),
            _ => self.speech.titled(fact.title.as_ref(), &fact.name),
        };
        let line = if name == fact.name { Line::default() } else { Line::text(format!(" ({})", fact.name)) };
        let mut line = line;
        line.0.insert(0, super::page::Inline::Strong(name));
        let mut below: Vec<String> = Vec::new();
        below.extend(asked.filter(|_| fact.title.is_some()).map(|question| self.speech.with("fact-asks", &question)));
        if let Type::OneOf(values) | Type::SomeOf(values) = &fact.ty {
            let values: Vec<String> = values.iter().map(|value| self.policy.choice(*value).replace('_', " ")).collect();
            below.push(self.speech.with("fact-values", &values.join(", ")));
        }
        below.extend(fact.verified.then(|| self.speech.words("fact-verified")));
        below.extend(fact.optional.then(|| self.speech.words("fact-optional")));
        below.extend(fact.default.as_ref().map(|value| self.speech.with("fact-default", &self.speech.literal(&fact.ty, value))));
        Entry { line, below: below.into_iter().map(|text| Line::text(text).into()).collect() }
    }
}
