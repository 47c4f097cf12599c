//! From files to trees: which packs belong together, which tables are filled from where, and what all of it is called.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceId, Sources, Span};
use crate::syntax::ast::{File, ItemKind, Quoted, Setting, TableBody};
use crate::syntax::{TableKind, parse, parse_csv_table, parse_holidays};

use super::{Pack, Part, reserved};

/// Behind so many problems no further file of a pack is read.
const MAX_PROBLEMS: usize = 1000;

/// Why something cannot be read; the place that asks for it is added by the loader.
pub(super) type Refusal = Box<Diagnostic>;

/// Where a pack's texts are. Paths have `/` between their parts, and are relative to the folder that holds the pack.
pub(super) trait Shelf {
    /// The path of `written`, as it stands in the file at `from`.
    fn resolve(&self, from: &str, written: &str) -> Result<String, Refusal>;
    /// The policy files of the pack at `path`, in path order.
    fn policies(&self, path: &str) -> Result<Vec<String>, Refusal>;
    /// The text at `path`.
    fn text(&self, path: &str) -> Result<String, Refusal>;
    /// What people call the file at `path`.
    fn shown(&self, path: &str) -> String;
    /// What can be read of a file that is no text: up to where it is wrong, and beyond with signs for what cannot be read; and where it is first wrong.
    fn damaged(&self, _path: &str) -> Option<(String, usize)> {
        None
    }
}

/// Texts in memory: one pack, and the files that it refers to.
pub(super) struct Memory<'t>(pub &'t [(&'t str, &'t str)]);

impl Shelf for Memory<'_> {
    fn resolve(&self, from: &str, written: &str) -> Result<String, Refusal> {
        join(from, written).ok_or_else(|| outside(written).into())
    }

    fn policies(&self, path: &str) -> Result<Vec<String>, Refusal> {
        let below = |name: &str| path.is_empty() || name == path || name.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
        let mut found: Vec<String> = self.0.iter().map(|(name, _)| *name).filter(|name| below(name) && is_policy(name)).map(str::to_owned).collect();
        found.sort();
        Ok(found)
    }

    fn text(&self, path: &str) -> Result<String, Refusal> {
        let found = self.0.iter().find(|(name, _)| *name == path);
        let text = found.ok_or_else(|| Box::new(Diagnostic::new(Code::Unreadable, format!("there is no file `{path}`"))))?.1;
        check_size(text.len(), path)?;
        Ok(text.to_owned())
    }

    fn shown(&self, path: &str) -> String {
        path.to_owned()
    }
}

/// Whether a file of this name belongs to a pack.
pub(super) fn is_policy(name: &str) -> bool {
    name.ends_with(".kulanz")
}

/// `written` beside the file at `from`; `None` where it leaves the folder that all paths are relative to.
pub(super) fn join(from: &str, written: &str) -> Option<String> {
    if written.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in written.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// A pack reads nothing outside its folder.
pub(super) fn outside(written: &str) -> Diagnostic {
    let problem = Diagnostic::new(Code::OutsideFolder, format!("`{written}` lies outside the folder that holds this pack"));
    problem.help("a pack reads only what lies beside it or below")
}

/// The largest file that is read, in bytes.
pub(super) const MAX_FILE: usize = 16 * 1024 * 1024;
/// All files of a pack together, in bytes.
const MAX_PACK: usize = 64 * 1024 * 1024;
/// The most files of a pack and the packs that it includes.
pub(super) const MAX_FILES: usize = 10_000;

/// What is wrong with the size of a file.
pub(super) fn check_size(bytes: usize, shown: &str) -> Result<(), Refusal> {
    if bytes <= MAX_FILE {
        return Ok(());
    }
    let message = format!("`{shown}` is {} MiB large; Kulanz reads files of at most {} MiB", bytes.div_ceil(1024 * 1024), MAX_FILE / 1024 / 1024);
    Err(Box::new(Diagnostic::new(Code::TooLarge, message).help("split the file")))
}

/// Reads the pack at `start` and what it includes.
pub(super) fn load(shelf: &dyn Shelf, start: &str) -> (Pack, Vec<Diagnostic>) {
    let mut loader = Loader {
        shelf,
        sources: Sources::default(),
        read: HashMap::new(),
        parsed: HashSet::new(),
        bytes: 0,
        problems: Vec::new(),
        parts: Vec::new(),
        open: Vec::new(),
        incomplete: false,
        gave_up: false,
    };
    loader.pack(start, None);
    let version = version(&loader.sources);
    let parts = loader.parts.into_iter().map(|(_, part)| part).collect();
    let damaged = loader.problems.iter().filter_map(Diagnostic::span).collect();
    let incomplete = loader.incomplete || loader.problems.iter().any(|problem| problem.code == Code::TooManyProblems);
    reserved::told_once(&loader.sources, &mut loader.problems);
    (Pack { parts, sources: loader.sources, version, damaged, incomplete }, loader.problems)
}

struct Loader<'s> {
    shelf: &'s dyn Shelf,
    sources: Sources,
    /// Which path became which source.
    read: HashMap<String, SourceId>,
    /// The policy files that belong to a part already.
    parsed: HashSet<String>,
    bytes: usize,
    problems: Vec<Diagnostic>,
    /// With the path of each.
    parts: Vec<(String, Part)>,
    /// The packs whose includes are being followed, outermost first.
    open: Vec<String>,
    incomplete: bool,
    gave_up: bool,
}

impl Loader<'_> {
    /// Reads the pack at `path`, unless it was read before; `asked` is the place that includes it.
    fn pack(&mut self, path: &str, asked: Option<Span>) {
        // A folder that holds a pack which is being read would bring that one in again.
        let circle = |open: &String| open == path || (asked.is_some() && (path.is_empty() || open.starts_with(&format!("{path}/"))));
        if self.open.iter().any(circle) {
            let problem = Diagnostic::new(Code::IncludeCycle, "these packs include each other in a circle");
            self.report(problem.help("take the rules that both need out into a pack of their own"), asked);
            return;
        }
        if self.parts.iter().any(|(known, _)| known == path) {
            return;
        }
        let files = match self.shelf.policies(path) {
            Ok(files) => files,
            Err(refusal) => return self.report(*refusal, asked),
        };
        if files.is_empty() {
            let problem = Diagnostic::new(Code::EmptyPack, "this pack has no file whose name ends in `.kulanz`");
            return self.report(problem.help("`kulanz new DIR` makes a small pack to start from"), asked);
        }
        if let Some(known) = files.iter().find(|file| self.parsed.contains(*file)) {
            let problem = Diagnostic::new(Code::IncludedAlready, format!("`{}` is part of this pack already", self.shelf.shown(known)));
            let help = "a pack is a folder with everything below it: remove this `includes`, or move what is included beside the pack";
            return self.report(problem.help(help), asked);
        }
        self.open.push(path.to_owned());
        let at = self.parts.len();
        self.parts.push((path.to_owned(), Part::default()));
        let (part, wanted) = self.part(&files, asked);
        if let Some((_, place)) = self.parts.get_mut(at) {
            *place = part;
        }
        for (from, include) in wanted {
            match self.shelf.resolve(&from, &include.value) {
                Ok(path) => self.pack(&path, Some(include.span)),
                Err(refusal) => self.report(*refusal, Some(include.span)),
            }
        }
        self.open.pop();
    }

    /// Reads these files; also gives what they include, each with the path of the file that says so.
    fn part(&mut self, files: &[String], asked: Option<Span>) -> (Part, Vec<(String, Quoted)>) {
        let (mut part, mut wanted) = (Part::default(), Vec::new());
        let known = self.problems.len();
        for path in files {
            if !self.parsed.insert(path.clone()) || self.gives_up() {
                continue;
            }
            let Some(mut file) = self.file(path, asked) else {
                self.incomplete = true;
                continue;
            };
            self.fill(&mut file, path);
            wanted.extend(includes(&file).map(|include| (path.clone(), include)));
            part.files.push(file);
        }
        let says_nothing = !part.files.is_empty() && part.files.iter().all(|file| file.items.is_empty());
        if says_nothing && self.problems.len() == known {
            self.incomplete = true;
            let names: Vec<String> = files.iter().take(3).map(|path| format!("`{}`", self.shelf.shown(path))).collect();
            let problem = Diagnostic::new(Code::EmptyPack, format!("there is nothing but space and comments in {}", names.join(", ")));
            self.report(problem.help("`kulanz new DIR` makes a small pack to start from"), asked);
        }
        (part, wanted)
    }

    /// Whether nothing more is read, which is said once.
    fn gives_up(&mut self) -> bool {
        if self.problems.len() < MAX_PROBLEMS {
            return false;
        }
        if !self.gave_up {
            self.gave_up = true;
            let message = format!("there are more than {MAX_PROBLEMS} problems in this pack; the rest of it is not read");
            self.problems.push(Diagnostic::new(Code::TooManyProblems, message));
        }
        true
    }

    fn report(&mut self, problem: Diagnostic, asked: Option<Span>) {
        self.problems.push(match asked {
            Some(span) => problem.at(span, ""),
            None => problem,
        });
    }

    /// The text at `path` as a source, read once.
    fn source(&mut self, path: &str, asked: Option<Span>) -> Option<SourceId> {
        if let Some(id) = self.read.get(path) {
            return Some(*id);
        }
        if self.read.len() >= MAX_FILES || self.bytes > MAX_PACK {
            if self.problems.iter().all(|problem| problem.code != Code::TooLarge) {
                let message = format!("this pack has more than {MAX_FILES} files or {} MiB", MAX_PACK / 1024 / 1024);
                self.report(Diagnostic::new(Code::TooLarge, message).help("split it into packs that do not include each other"), asked);
            }
            return None;
        }
        match self.shelf.text(path) {
            Ok(text) => {
                self.bytes += text.len();
                let id = self.sources.add(self.shelf.shown(path), text);
                self.read.insert(path.to_owned(), id);
                Some(id)
            }
            Err(refusal) => {
                match self.shelf.damaged(path).filter(|_| refusal.code == Code::NotText) {
                    Some((text, at)) => self.no_text(path, *refusal, text, at),
                    None => self.report(*refusal, asked),
                }
                None
            }
        }
    }

    /// A file that is no text is shown at the place where it is wrong; a table by row and column too.
    fn no_text(&mut self, path: &str, problem: Diagnostic, text: String, at: usize) {
        let shown = self.shelf.shown(path);
        let message = match crate::syntax::Sheet::read(&text).place(&(at..at + 1)).filter(|_| !is_policy(path)) {
            Some(place) => format!("{place}: {}", problem.message),
            None => problem.message.clone(),
        };
        let id = self.sources.add(shown, text);
        let wrong = '\u{fffd}'.len_utf8();
        self.problems.push(Diagnostic { message, ..problem }.at(Span::new(id, at, at + wrong), "not UTF-8"));
    }

    fn file(&mut self, path: &str, asked: Option<Span>) -> Option<File> {
        let id = self.source(path, asked)?;
        let (file, problems) = parse(&self.sources, id);
        self.problems.extend(problems);
        Some(file)
    }

    /// Reads what the tables and holidays of a file take from other files.
    fn fill(&mut self, file: &mut File, path: &str) {
        for item in &mut file.items {
            match &mut item.kind {
                ItemKind::RuleTable(table) => self.table(path, TableKind::from(&table.head.kind), &mut table.body),
                ItemKind::Lookup(lookup) => self.table(path, TableKind::Lookup, &mut lookup.body),
                ItemKind::Policy(policy) => {
                    for setting in &mut policy.settings {
                        if let Setting::HolidaysFrom(file, days) = &mut setting.value {
                            let Some(id) = self.beside(path, file) else { continue };
                            let (found, problems) = parse_holidays(&self.sources, id);
                            *days = found;
                            self.problems.extend(problems);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn table(&mut self, path: &str, kind: TableKind, body: &mut TableBody) {
        let Some(from) = &body.from else { return };
        let Some(id) = self.beside(path, from) else { return };
        let (grid, problems) = parse_csv_table(&self.sources, id, kind);
        body.grid = grid;
        self.problems.extend(problems);
    }

    /// The source of a file that the file at `path` names.
    fn beside(&mut self, path: &str, named: &Quoted) -> Option<SourceId> {
        match self.shelf.resolve(path, &named.value) {
            Ok(path) => self.source(&path, Some(named.span)),
            Err(refusal) => {
                self.report(*refusal, Some(named.span));
                None
            }
        }
    }
}

fn includes(file: &File) -> impl Iterator<Item = Quoted> {
    let settings = file.items.iter().filter_map(|item| match &item.kind {
        ItemKind::Policy(policy) => Some(&policy.settings),
        _ => None,
    });
    settings.flatten().filter_map(|setting| match &setting.value {
        Setting::Includes(path) => Some(path.clone()),
        _ => None,
    })
}

/// A hash over every name and text, each with its length before it so that no two packs look alike.
fn version(sources: &Sources) -> String {
    let mut hasher = blake3::Hasher::new();
    for (_, source) in sources.iter() {
        for part in [source.name(), source.text()] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
    }
    format!("b3:{}", hasher.finalize().to_hex())
}
