//! The `policy` items: currency, time zone, languages, holidays.

use std::collections::BTreeMap;

use iso_currency::Currency;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::diagnostic::{Code, Diagnostic, near};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{self, Name, Setting};

use super::Checker;

/// What the `policy` items say; what they fail to say was reported.
#[derive(Default)]
pub(super) struct Settings {
    pub(super) currency: Option<Currency>,
    pub(super) time_zone: Option<TimeZone>,
    /// Of the first part; the first is the default. Empty where it lists none.
    pub(super) languages: Vec<String>,
    /// The languages of texts, and where they stand.
    pub(super) used_languages: BTreeMap<Span, String>,
    /// Of all parts: an included pack may speak more.
    pub(super) known_languages: Vec<String>,
    pub(super) holidays: Vec<Date>,
}

impl Settings {
    /// How many decimals the currency has.
    pub(super) fn decimals(&self) -> usize {
        self.currency.and_then(Currency::exponent).map_or(2, usize::from)
    }

    /// At least one: those listed, else those that the texts are in.
    pub(super) fn spoken_languages(&self) -> Vec<String> {
        let mut languages = self.languages.clone();
        if languages.is_empty() {
            for language in self.used_languages.values() {
                if !languages.contains(language) {
                    languages.push(language.clone());
                }
            }
        }
        if languages.is_empty() {
            languages.push("en".to_owned());
        }
        languages
    }

    /// The currency's code, for messages.
    pub(super) fn code(&self) -> &'static str {
        self.currency.map_or("EUR", |currency| currency.code())
    }
}

/// What one `policy` item says.
#[derive(Default)]
struct Said {
    currency: Option<Spanned<Currency>>,
    time_zone: Option<Spanned<TimeZone>>,
    languages: Vec<String>,
}

impl<'a> Checker<'a> {
    /// The first part's title.
    pub(super) fn settings(&mut self) -> Option<&'a ast::Text> {
        let items = self.items;
        let mut first: Option<(&'a ast::Text, Said)> = None;
        for part in &items.parts {
            let Some((policy, span)) = part.policies.first() else {
                self.no_policy(part.first);
                continue;
            };
            for (_, again) in part.policies.iter().skip(1) {
                self.second_policy(*span, *again);
            }
            let said = self.policy_item(policy, *span);
            match &first {
                Some((_, said_first)) => self.agree(said_first, &said),
                None => first = Some((&policy.title, said)),
            }
        }
        self.settings.holidays.sort_unstable();
        self.settings.holidays.dedup();
        let (title, said) = first?;
        self.settings.currency = said.currency.map(|currency| currency.value);
        self.settings.time_zone = said.time_zone.map(|zone| zone.value);
        self.settings.languages = said.languages;
        Some(title)
    }

    fn no_policy(&mut self, span: Option<Span>) {
        let diagnostic = Diagnostic::new(Code::NoPolicyItem, "the pack has no `policy` item")
            .help("begin it with\npolicy \"The policy's name\"\n  currency EUR\n  time zone Europe/Berlin");
        self.report(match span {
            Some(span) => diagnostic.at(Span { end: span.start, ..span }, "the pack's first item"),
            None => diagnostic,
        });
    }

    fn second_policy(&mut self, first: Span, again: Span) {
        self.report(
            Diagnostic::new(Code::SecondPolicyItem, "a pack has one `policy` item")
                .at(again, "a second one")
                .at(first, "the first one")
                .help("put what both say into one of them, or include the other pack with `includes`"),
        );
    }

    fn policy_item(&mut self, policy: &'a ast::Policy, span: Span) -> Said {
        self.settings_once(policy);
        let mut said = Said::default();
        let (mut has_currency, mut has_zone) = (false, false);
        for setting in &policy.settings {
            match &setting.value {
                Setting::Currency(code) => {
                    has_currency = true;
                    said.currency = self.currency(code);
                }
                Setting::TimeZone(zone) => {
                    has_zone = true;
                    said.time_zone = self.time_zone(zone);
                }
                Setting::Languages(codes) => said.languages = self.languages(codes),
                Setting::Holidays(days) | Setting::HolidaysFrom(_, days) => self.settings.holidays.extend(days.iter().map(|day| day.value)),
                Setting::Includes(_) => {}
            }
        }
        if !has_currency {
            self.missing_setting(policy, span, "currency", "currency EUR");
        }
        if !has_zone {
            self.missing_setting(policy, span, "time zone", "time zone Europe/Berlin");
        }
        self.settings.known_languages.extend(said.languages.iter().cloned());
        said
    }

    fn settings_once(&mut self, policy: &'a ast::Policy) {
        let mut seen: Vec<(&str, Span)> = Vec::new();
        for setting in &policy.settings {
            let word = match &setting.value {
                Setting::Currency(_) => "currency",
                Setting::TimeZone(_) => "time zone",
                Setting::Languages(_) => "languages",
                Setting::Holidays(_) | Setting::HolidaysFrom(..) | Setting::Includes(_) => continue,
            };
            if let Some((_, first)) = seen.iter().find(|(other, _)| *other == word) {
                self.report(
                    Diagnostic::new(Code::SaidTwice, format!("`{word}` stands twice"))
                        .at(setting.span, "again here")
                        .at(*first, "first here")
                        .help("keep one of them"),
                );
            }
            seen.push((word, setting.span));
        }
    }

    fn missing_setting(&mut self, policy: &'a ast::Policy, span: Span, word: &str, example: &str) {
        self.report(
            Diagnostic::new(Code::MissingSetting, format!("the policy does not say its {word}"))
                .at(policy.title.span.to(Span { end: policy.title.span.end, ..span }), "")
                .help(format!("add a line such as `{example}`")),
        );
    }

    fn currency(&mut self, code: &'a Name) -> Option<Spanned<Currency>> {
        if let Some(value) = Currency::from_code(&code.text) {
            return Some(Spanned { value, span: code.span });
        }
        let help = match Currency::from_code(&code.text.to_uppercase()) {
            Some(known) => format!("write `{}`", known.code()),
            None => "write the three letters of ISO 4217, such as `EUR`, `USD` or `CHF`".to_owned(),
        };
        self.problem(Code::UnknownCurrency, code.span, format!("`{}` is no currency", code.text), help);
        None
    }

    fn time_zone(&mut self, zone: &'a Spanned<String>) -> Option<Spanned<TimeZone>> {
        if let Ok(value) = TimeZone::get(&zone.value)
            && value.iana_name().is_some()
        {
            return Some(Spanned { value, span: zone.span });
        }
        let names: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
        let problem = Diagnostic::new(Code::UnknownTimeZone, format!("`{}` is no time zone", zone.value)).at(zone.span, "");
        let near = near(&zone.value, names.iter().map(|name| (name.as_str(), true)));
        self.report(problem.meant(zone.span, near, || "write a name of the IANA list, such as `Europe/Berlin`".to_owned()));
        None
    }

    fn languages(&mut self, codes: &'a [Name]) -> Vec<String> {
        self.each_once(codes);
        codes.iter().map(|code| code.text.to_lowercase()).collect()
    }

    /// An included pack counts in the same currency and lives in the same time zone.
    fn agree(&mut self, first: &Said, other: &Said) {
        if let (Some(first), Some(other)) = (&first.currency, &other.currency)
            && first.value != other.value
        {
            let message = format!("the included pack counts in {}, this one in {}", other.value.code(), first.value.code());
            self.disagree(message, first.span, other.span);
        }
        if let (Some(first), Some(other)) = (&first.time_zone, &other.time_zone)
            && first.value != other.value
        {
            let name = |zone: &TimeZone| zone.iana_name().unwrap_or_default().to_owned();
            let message = format!("the included pack lives in {}, this one in {}", name(&other.value), name(&first.value));
            self.disagree(message, first.span, other.span);
        }
    }

    fn disagree(&mut self, message: String, first: Span, other: Span) {
        self.report(
            Diagnostic::new(Code::PacksDisagree, message)
                .at(other, "the included pack")
                .at(first, "this pack")
                .help("packs that include each other share one currency and one time zone"),
        );
    }
}
