//! Makes the changes that surely mend problems.
//!
//! In: a pack on disk. Out: which changes were made in which files, and what is still wrong. What must stay true: only files of the pack itself are changed,
//! each whole or not at all; and no change is made after which the pack has more errors than before.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::diagnostic::{Code, Diagnostic, Edit, Fix, Severity};
use crate::engine::{Checked, check, check_over};
use crate::pack::Overlay;
use crate::rewrite::{replace, unwritable};
use crate::source::{Source, SourceId};

/// How often what is left is looked at again: a mended line may show the next mistake.
const ROUNDS: usize = 20;

/// A change that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The problem that it mends.
    pub code: Code,
    /// The file, by the name that problems call it.
    pub file: String,
    /// The line that the problem was in when the change was made.
    pub line: usize,
    /// What it does: "write `order.total`".
    pub title: String,
}

/// What became of a pack.
#[derive(Debug)]
pub struct Mended {
    /// What was changed, in the order in which it was.
    pub changes: Vec<Change>,
    /// Files that were to be written and could not.
    pub unwritten: Vec<Diagnostic>,
    /// What the pack is like now.
    pub checked: Checked,
}

/// Mends what can be mended without asking, in the files of the pack at `path`: a folder or a file.
///
/// Where a file cannot be written, what was said of the pack before is what is left.
#[must_use]
pub fn mend(path: &Path, now: Timestamp) -> Mended {
    let before = check(path, now);
    let at_first = errors(&before);
    let Some(home) = home(path) else { return Mended { changes: Vec::new(), unwritten: Vec::new(), checked: before } };
    let bench = |checked, care| Bench { path, home: &home, now, care, edited: Edited::default(), changes: Vec::new(), checked };
    let mended = bench(before, Care::AtLast).work();
    // A mended line may show mistakes behind it, and those be mended too. Where they are not, each change must stand on its own.
    let mended = if errors(&mended.checked) <= at_first { mended } else { bench(check(path, now), Care::Always).work() };
    let (texts, mut changes, mut checked) = (mended.edited, mended.changes, mended.checked);
    let mut unwritten = Vec::new();
    for (name, text) in texts {
        if let Err(error) = replace(&home.join(&name), &text) {
            unwritten.push(unwritable(Path::new(&name), &error));
            changes.retain(|change| change.file != name);
        }
    }
    if !unwritten.is_empty() {
        checked = check(path, now);
    }
    Mended { changes, unwritten, checked }
}

/// The folder that the names of a pack's files are relative to.
fn home(path: &Path) -> Option<PathBuf> {
    let path = fs::canonicalize(path).ok()?;
    if path.is_dir() { Some(path) } else { path.parent().map(Path::to_owned) }
}

/// New texts of files, by the names that problems call them.
type Edited = BTreeMap<String, String>;

/// When a pack must not have more errors than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Care {
    /// When everything is mended.
    AtLast,
    /// After each change.
    Always,
}

/// A pack being mended.
struct Bench<'p> {
    path: &'p Path,
    home: &'p Path,
    now: Timestamp,
    care: Care,
    edited: Edited,
    changes: Vec<Change>,
    /// What the pack is like with what is edited so far.
    checked: Checked,
}

impl Bench<'_> {
    /// Makes changes until there are none left.
    fn work(mut self) -> Self {
        for _ in 0..ROUNDS {
            if !self.round() {
                break;
            }
        }
        self
    }

    /// Makes all changes that there are now; whether there was one.
    fn round(&mut self) -> bool {
        let fixes: Vec<(Code, Fix)> = self
            .checked
            .diagnostics
            .iter()
            .filter_map(|problem| Some((problem.code, problem.fix.clone()?)))
            .filter(|(_, fix)| self.is_ours(fix))
            .collect();
        let apart = apart(fixes);
        // All of them at once; where that makes it worse, each by itself.
        self.try_out(&apart) || apart.iter().any(|one| self.try_out(std::slice::from_ref(one)))
    }

    /// Whether a change lies in files of the pack itself, as they were read.
    fn is_ours(&self, fix: &Fix) -> bool {
        !fix.edits.is_empty() && fix.edits.iter().all(|edit| self.source(edit.span.source).is_some_and(|source| self.is_file_of_pack(source)))
    }

    fn source(&self, id: SourceId) -> Option<&Source> {
        self.checked.sources.get(id)
    }

    fn is_file_of_pack(&self, source: &Source) -> bool {
        let written = fs::canonicalize(self.home.join(source.name())).ok().filter(|place| place.starts_with(self.home));
        let Some(written) = written else { return false };
        self.edited.contains_key(source.name()) || fs::read_to_string(written).is_ok_and(|text| text == source.text())
    }

    /// Takes changes over where there are no more errors after them than before.
    fn try_out(&mut self, fixes: &[(Code, Fix)]) -> bool {
        if fixes.is_empty() {
            return false;
        }
        let Some(edited) = self.with(fixes) else { return false };
        let mut overlay = Overlay::default();
        for (name, text) in &edited {
            overlay.insert(&self.home.join(name), text.as_str().into());
        }
        let checked = check_over(self.path, &overlay, self.now);
        let is_worse = self.care == Care::Always && errors(&checked) > errors(&self.checked);
        if is_worse || edited == self.edited {
            return false;
        }
        for (code, fix) in fixes {
            let place = fix.edits.first().and_then(|edit| Some((self.source(edit.span.source)?, edit.span.range().start)));
            let Some((source, start)) = place else { continue };
            let (file, line) = (source.name().to_owned(), source.line(start));
            self.changes.push(Change { code: *code, file, line, title: fix.title.clone() });
        }
        (self.edited, self.checked) = (edited, checked);
        true
    }

    /// The texts with these changes.
    fn with(&self, fixes: &[(Code, Fix)]) -> Option<Edited> {
        let mut edits: Vec<&Edit> = fixes.iter().flat_map(|(_, fix)| &fix.edits).collect();
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.span));
        let mut edited = self.edited.clone();
        for edit in edits {
            let source = self.source(edit.span.source)?;
            let text = edited.entry(source.name().to_owned()).or_insert_with(|| source.text().to_owned());
            let range = edit.span.range();
            text.get(range.clone())?;
            text.replace_range(range, &edit.text_for(source.text()));
        }
        Some(edited)
    }
}

/// Changes whose places do not overlap, the first of them where some do.
fn apart(fixes: Vec<(Code, Fix)>) -> Vec<(Code, Fix)> {
    let mut taken: Vec<Edit> = Vec::new();
    let meets = |a: &Edit, b: &Edit| a.span.source == b.span.source && a.span.start <= b.span.end && b.span.start <= a.span.end;
    let mut apart = Vec::new();
    for (code, fix) in fixes {
        if fix.edits.iter().all(|edit| taken.iter().all(|other| !meets(edit, other))) {
            taken.extend(fix.edits.iter().cloned());
            apart.push((code, fix));
        }
    }
    apart
}

fn errors(checked: &Checked) -> usize {
    checked.diagnostics.iter().filter(|problem| problem.severity() == Severity::Error).count()
}
