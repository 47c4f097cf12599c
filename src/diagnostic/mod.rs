//! What is wrong with a text, said so that its author can mend it.
//!
//! A [`Diagnostic`] is data: a stable [`Code`], what is wrong, where and why, and how to mend it. It becomes text, JSON or SARIF only at the edge, in
//! [`render`]. Messages are lower case without a final full stop; what the author wrote stands in backticks.

mod codes;
mod explain;
mod pages;
pub mod render;
mod shown;

pub use codes::Code;
pub use explain::Explanation;

use crate::source::{Sources, Span};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The pack answers, but its author should look here.
    Warning,
    /// The pack answers nothing.
    Error,
}

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which problem it is.
    pub code: Code,
    /// How bad it is: as its code says, unless whoever keeps the pack has set another level for a lint.
    pub severity: Severity,
    /// The name of the lint that found it, by which its level is set.
    pub lint: Option<&'static str>,
    /// What is wrong.
    pub message: String,
    /// Where and why; the first one is the place of the problem. Empty only where there is no text to point at (a file that cannot be read).
    pub labels: Vec<Label>,
    /// How to mend it.
    pub help: Option<String>,
    /// A change of the text that surely mends it, where there is one.
    pub fix: Option<Fix>,
    /// A case that shows it, as a `test` item that passes: it can be pasted into the pack. Without a line end.
    pub case: Option<String>,
}

/// A change of the text that mends a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, in the words of a command: "write `order.total`".
    pub title: String,
    /// What it changes; the places do not overlap.
    pub edits: Vec<Edit>,
}

/// New text for a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty where something is put in.
    pub span: Span,
    /// By what.
    pub text: String,
}

impl Edit {
    /// What is put into a text: its lines end as those of the text do.
    #[must_use]
    pub fn text_for(&self, whole: &str) -> String {
        if self.text.contains('\n') && whole.contains("\r\n") { self.text.replace('\n', "\r\n") } else { self.text.clone() }
    }
}

/// A place and what there is to say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// May be empty.
    pub text: String,
}

impl Diagnostic {
    /// A problem without a place, for now.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, severity: code.severity(), lint: None, message: message.into(), labels: Vec::new(), help: None, fix: None, case: None }
    }

    /// Adds a place; the first one added is the main one.
    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Says how to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the change that mends it.
    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, edits: Vec<Edit>) -> Self {
        self.fix = Some(Fix { title: title.into(), edits });
        self
    }

    /// Asks whether something else was meant for what stands at `span`, and mends it where that is certain; `other` is the help where nothing is near.
    #[must_use]
    pub fn meant(self, span: Span, near: Option<Near<'_>>, other: impl FnOnce() -> String) -> Self {
        match near {
            Some(Near { name, is_certain: true }) => {
                self.help(format!("did you mean `{name}`?")).fix(format!("write `{name}`"), vec![Edit { span, text: name.to_owned() }])
            }
            Some(Near { name, .. }) => self.help(format!("did you mean `{name}`?")),
            None => self.help(other()),
        }
    }

    /// Adds the case that shows it.
    #[must_use]
    pub fn case(mut self, test: impl Into<String>) -> Self {
        self.case = Some(test.into());
        self
    }

    /// How bad it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// The main place, where there is one.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        self.labels.first().map(|label| label.span)
    }
}

/// Whether any of them is an error.
#[must_use]
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity() == Severity::Error)
}

/// Problems as they are shown: by file and place, with what lies in no text first. Of more than 200 the first are left, errors rather than warnings, and the
/// last of the list says how many more there are.
#[must_use]
pub fn shown(diagnostics: Vec<Diagnostic>, sources: &Sources) -> Vec<Diagnostic> {
    shown::shown(diagnostics, sources)
}

/// The candidate that was most likely meant by `written`, if one is near enough.
///
/// ```
/// # use kulanz::diagnostic::nearest;
/// assert_eq!(nearest("agnet", ["agent", "lead"]), Some("agent"));
/// assert_eq!(nearest("zebra", ["agent", "lead"]), None);
/// ```
pub fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    near(written, candidates.into_iter().map(|candidate| (candidate, true))).map(|near| near.name)
}

/// What was most likely meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Near<'a> {
    /// As it is written right.
    pub name: &'a str,
    /// Whether one slip of the finger or capitals made the one of the other, and of no other candidate: then it can be mended without asking.
    pub is_certain: bool,
}

/// The candidate that was most likely meant by `written`, each with whether it also has the type that is needed: of two that are as near, that one is meant.
///
/// ```
/// # use kulanz::diagnostic::near;
/// assert_eq!(near("cost", [("cast", false), ("post", true)]).unwrap().name, "post");
/// assert!(near("reson", [("reason", true), ("order", true)]).unwrap().is_certain);
/// assert!(!near("cost", [("cast", true), ("post", true)]).unwrap().is_certain);
/// assert!(near("AGENT", [("agent", true)]).unwrap().is_certain);
/// assert!(!near("head", [("lead", true)]).unwrap().is_certain);
/// assert!(!near("foto", [("photo", true)]).unwrap().is_certain);
/// assert!(!near("goodwill2", [("goodwill", true)]).unwrap().is_certain);
/// ```
pub fn near<'a>(written: &str, candidates: impl IntoIterator<Item = (&'a str, bool)>) -> Option<Near<'a>> {
    // What is that long is no word; and comparing it would take its time.
    if written.len() > 100 {
        return None;
    }
    let allowed = (written.chars().count() / 3).max(1);
    // `foto` sounds like `photo`, and is a little further from it than a slip of the finger.
    let edits = |name: &str| strsim::damerau_levenshtein(written, name).min(1 + strsim::damerau_levenshtein(&sound(written), &sound(name)));
    let distance = |name: &str| if is_same_in_capitals(written, name) { 0 } else { edits(name) };
    let measured = candidates.into_iter().map(|(name, fits)| (distance(name), !fits, name));
    let mut found: Vec<_> = measured.filter(|(distance, ..)| *distance <= allowed).collect();
    found.sort_unstable();
    let (distance, _, name) = *found.first()?;
    let alone = found.iter().filter(|(_, _, other)| *other != name).all(|(other, ..)| *other > distance);
    Some(Near { name, is_certain: distance <= 1 && alone && (is_slip(written, name) || is_same_in_capitals(written, name)) })
}

/// A word with one letter for one sound.
fn sound(word: &str) -> String {
    word.replace("ph", "f").replace('c', "k")
}

/// `Agent` and `agent`.
fn is_same_in_capitals(written: &str, name: &str) -> bool {
    written.to_lowercase() == name.to_lowercase()
}

/// Whether one slip of the finger is all that lies between two words. Another first letter or a figure make it another word: `head` is not `lead`, and `goodwill2` not `goodwill`.
fn is_slip(written: &str, name: &str) -> bool {
    let figures = |word: &str| word.chars().filter(char::is_ascii_digit).collect::<String>();
    written.chars().count() > 2 && written.chars().next() == name.chars().next() && figures(written) == figures(name)
}
