//! How seriously each lint is taken: what a pack's `kulanz.toml` says.
//!
//! ```toml
//! [lints]
//! bare-no = "deny"
//! unused-fact = "allow"
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use super::registry::{Lint, named};
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::source::{SourceId, Sources, Span};

/// How seriously a lint is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// It is not looked for.
    Allow,
    /// Its findings are warnings.
    Warn,
    /// Its findings count as errors of `check`. The pack still answers.
    Deny,
}

/// The level of each lint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels(BTreeMap<&'static str, Level>);

/// What `check` reads of the file; the rest is the service's.
#[derive(Deserialize)]
struct File {
    #[serde(default)]
    lints: BTreeMap<Spanned<String>, Spanned<toml::Value>>,
}

impl Levels {
    /// The level of a lint: its own unless another was set.
    #[must_use]
    pub fn of(&self, lint: &Lint) -> Level {
        self.0.get(lint.name).copied().unwrap_or(lint.level)
    }

    /// What the `kulanz.toml` of a pack says: in its folder, else beside that, else in the current directory. Without such a file nothing is set.
    pub fn find(pack: &Path, sources: &mut Sources) -> (Self, Vec<Diagnostic>) {
        let Some(path) = places(pack).into_iter().find(|path| path.is_file()) else { return Default::default() };
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::parse(&path.to_string_lossy(), &text, sources),
            Err(error) => (Self::default(), vec![Diagnostic::new(Code::Unreadable, format!("cannot read `{}`: {error}", path.display()))]),
        }
    }

    /// What such a text says; where something in it is wrong it is added to the sources.
    pub fn parse(name: &str, text: &str, sources: &mut Sources) -> (Self, Vec<Diagnostic>) {
        let mut levels = Self::default();
        let mut wrong = Vec::new();
        match toml::from_str::<File>(text) {
            Err(error) => {
                wrong.push((error.span().unwrap_or(0..0), "`kulanz.toml` is not understood".into(), error.message().trim_end().into(), None));
            }
            Ok(file) => {
                for (lint, level) in &file.lints {
                    match (named(lint.get_ref()), read_level(level.get_ref())) {
                        (Ok(lint), Some(level)) => drop(levels.0.insert(lint.name, level)),
                        (Err(help), _) => {
                            wrong.push((
                                lint.span(),
                                format!("there is no lint `{}` whose level can be set", lint.get_ref()),
                                String::new(),
                                Some(help),
                            ));
                        }
                        (_, None) => wrong.push((level.span(), "this is no level".into(), String::new(), Some(level_help(level.get_ref())))),
                    }
                }
            }
        }
        if wrong.is_empty() {
            return (levels, Vec::new());
        }
        let source = sources.add(name, text);
        (levels, wrong.into_iter().map(|wrong| problem(source, wrong)).collect())
    }
}

fn problem(source: SourceId, (place, message, label, help): (std::ops::Range<usize>, String, String, Option<String>)) -> Diagnostic {
    let found = Diagnostic::new(Code::UnclearLints, message).at(Span::new(source, place.start, place.end), label);
    help.into_iter().fold(found, Diagnostic::help)
}

fn read_level(written: &toml::Value) -> Option<Level> {
    Some(match written.as_str()? {
        "allow" => Level::Allow,
        "warn" => Level::Warn,
        "deny" => Level::Deny,
        _ => return None,
    })
}

fn level_help(written: &toml::Value) -> String {
    let near = written.as_str().and_then(|written| nearest(written, ["allow", "warn", "deny"]));
    near.map_or_else(|| "write \"allow\", \"warn\" or \"deny\"".to_owned(), |near| format!("did you mean \"{near}\"?"))
}

fn places(pack: &Path) -> Vec<PathBuf> {
    let whole = pack.canonicalize().unwrap_or_else(|_| pack.to_owned());
    let folder = if whole.is_dir() { Some(whole.as_path()) } else { whole.parent() };
    let beside = folder.and_then(Path::parent);
    [folder, beside, Some(Path::new("."))].into_iter().flatten().map(|folder| folder.join("kulanz.toml")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Levels, Vec<(Code, String)>> {
        let (levels, problems) = Levels::parse("kulanz.toml", text, &mut Sources::default());
        if problems.is_empty() { Ok(levels) } else { Err(problems.into_iter().map(|it| (it.code, it.help.unwrap_or_default())).collect()) }
    }

    #[test]
    fn levels_are_set_by_name() {
        let lint = named("bare-no").unwrap();
        assert_eq!(parse("").unwrap().of(lint), Level::Warn);
        assert_eq!(parse("listen = \"127.0.0.1:1\"\n[lints]\nbare-no = \"deny\"").unwrap().of(lint), Level::Deny);
        assert_eq!(parse("[lints]\nbare-no = \"allow\"").unwrap().of(lint), Level::Allow);
    }

    #[test]
    fn what_is_not_understood_is_said() {
        let only = |text| parse(text).unwrap_err().remove(0);
        assert_eq!(only("[lints]\nbear-no = \"deny\""), (Code::UnclearLints, "did you mean `bare-no`?".into()));
        assert_eq!(only("[lints]\nbare-no = \"forbid\"").1, "write \"allow\", \"warn\" or \"deny\"");
        assert_eq!(only("[lints]\nbare-no = \"wran\"").1, "did you mean \"warn\"?");
        assert_eq!(only("[lints]\nbare-no = 1").1, "write \"allow\", \"warn\" or \"deny\"");
        assert_eq!(only("[lints").0, Code::UnclearLints);
        // What makes a pack answer nothing cannot be allowed.
        assert!(only("[lints]\nlookup-overlap = \"allow\"").1.contains("error"));
    }
}
