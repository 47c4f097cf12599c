//! The languages that Kulanz itself speaks, and their messages.

use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

/// A language of Kulanz's own sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tongue {
    /// German, which says du.
    German,
    /// English, and what every other language falls back to.
    English,
}

type Bundle = FluentBundle<FluentResource>;

/// A piece that goes into a message.
#[derive(Clone, Debug)]
pub(super) enum Arg<'a> {
    /// Text as it stands.
    Text(&'a str),
    /// A count that chooses between singular and plural; `None` is no whole number.
    Count(Option<i64>),
}

impl Tongue {
    /// The tongue for a language code.
    #[must_use]
    pub fn of(code: &str) -> Self {
        if code == "de" { Self::German } else { Self::English }
    }

    fn bundle(self) -> &'static Bundle {
        static GERMAN: OnceLock<Bundle> = OnceLock::new();
        static ENGLISH: OnceLock<Bundle> = OnceLock::new();
        match self {
            Self::German => GERMAN.get_or_init(|| load("de", include_str!("de.ftl"))),
            Self::English => ENGLISH.get_or_init(|| load("en", include_str!("en.ftl"))),
        }
    }

    /// The message `id` with its pieces filled in; the id itself where there is no such message.
    pub(super) fn say(self, id: &str, args: &[(&str, Arg<'_>)]) -> String {
        self.format(id, None, args).unwrap_or_else(|| id.to_owned())
    }

    /// Likewise with texts alone.
    pub(super) fn tell(self, id: &str, args: &[(&str, &str)]) -> String {
        let args: Vec<(&str, Arg<'_>)> = args.iter().map(|(name, text)| (*name, Arg::Text(text))).collect();
        self.say(id, &args)
    }

    /// A form of the message, or the message itself where this language has no such form.
    pub(super) fn form(self, id: &str, form: &str, args: &[(&str, Arg<'_>)]) -> String {
        self.format(id, Some(form), args).unwrap_or_else(|| self.say(id, args))
    }

    fn format(self, id: &str, form: Option<&str>, args: &[(&str, Arg<'_>)]) -> Option<String> {
        let bundle = self.bundle();
        let message = bundle.get_message(id)?;
        let pattern = match form {
            Some(form) => message.get_attribute(form)?.value(),
            None => message.value()?,
        };
        let args: FluentArgs<'_> = args.iter().map(|(name, arg)| (*name, value(arg))).collect();
        Some(bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned())
    }
}

fn value<'a>(arg: &Arg<'a>) -> FluentValue<'a> {
    match arg {
        Arg::Text(text) => FluentValue::from(*text),
        Arg::Count(Some(count)) => FluentValue::from(*count),
        Arg::Count(None) => FluentValue::from(2),
    }
}

/// A broken message is left out; a test sees to it that there is none.
fn load(language: &str, text: &str) -> Bundle {
    let mut bundle = FluentBundle::new_concurrent(language.parse().into_iter().collect());
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(resource, _)| resource);
    bundle.add_resource_overriding(resource);
    bundle
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// The variables of every message, by id.
    fn messages(text: &str) -> BTreeMap<String, Vec<String>> {
        FluentResource::try_new(text.to_owned()).expect("well-formed messages");
        let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut id = String::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some((name, _)) = line.split_once(" =").filter(|(name, _)| !name.starts_with([' ', '.'])) {
                id = name.to_owned();
                assert!(!found.contains_key(&id), "{id} is there twice");
            }
            let variables = line.split('$').skip(1).map(|rest| rest.split([' ', '}']).next().unwrap().to_owned());
            found.entry(id.clone()).or_default().extend(variables);
        }
        for names in found.values_mut() {
            names.sort();
            names.dedup();
        }
        found
    }

    #[test]
    fn both_languages_have_the_same_messages() {
        let (german, english) = (messages(include_str!("de.ftl")), messages(include_str!("en.ftl")));
        assert_eq!(german.keys().collect::<Vec<_>>(), english.keys().collect::<Vec<_>>());
    }
}
