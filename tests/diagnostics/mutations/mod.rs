//! How good the problems are that a slip of the hand yields: random changes of one token in the packs of `policies/`.
//!
//! - A change **breaks** a pack where `check` finds an error, of any kind.
//! - It is told **on its line** where the main place of an error lies on a line on which a token was changed; where two neighbours were swapped over a line
//!   break, those are two lines. What an error only shows beside its main place does not count, nor does a line near by, nor the head of the item.
//! - It is told **once** where there is one error and no more, in the whole pack.
//! - It has a **help** where the first error has one.
//!
//! Only what breaks a pack counts. Each change is a kind of [`Change`], the kinds in turn, at a random token of a random file, tables of values among them.
//! `KULANZ_MUTATIONS` is how many changes there are, `KULANZ_MUTATION_SEED` another run of the dice, and `KULANZ_MUTATION_LIST` is how many of those that fall short
//! are printed, with `KULANZ_MUTATION_ALL` also of the others.

mod change;
mod words;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use kulanz::diagnostic::{Diagnostic, Severity, render};
use kulanz::engine;
use kulanz::source::Sources;

use super::dice::Dice;
use change::{CHANGES, Change, Mutant, mutate};

const MUTATIONS: usize = 1000;
/// What holds of those that break a pack, in percent.
const ON_ITS_LINE: usize = 92;
const ONCE: usize = 88;
const WITH_HELP: usize = 80;

/// How many of something, and for how many of these something holds.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    made: usize,
    broke: usize,
    on_its_line: usize,
    once: usize,
    helped: usize,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.made += other.made;
        self.broke += other.broke;
        self.on_its_line += other.on_its_line;
        self.once += other.once;
        self.helped += other.helped;
    }

    fn line(self) -> String {
        let percent = |part: usize| {
            let tenths = part * 1000 / self.broke.max(1);
            format!("{}.{} %", tenths / 10, tenths % 10)
        };
        let (line, once, help) = (percent(self.on_its_line), percent(self.once), percent(self.helped));
        format!("{:4} made, {:4} broke the pack: {line} told on its line, {once} told once, {help} with a help", self.made, self.broke)
    }

    fn reaches(self, part: usize, percent: usize) -> bool {
        part * 100 >= self.broke * percent
    }
}

/// A copy of `policies/` that may be broken.
struct Copy {
    root: tempfile::TempDir,
    /// The same without tests. Nothing refers to a test, so one in which something is changed is checked beside the rules alone.
    bare: tempfile::TempDir,
    /// Below the root, in path order.
    files: Vec<(PathBuf, String)>,
}

impl Copy {
    fn new() -> Self {
        let copy = Self { root: tempfile::tempdir().unwrap(), bare: tempfile::tempdir().unwrap(), files: files() };
        for (path, text) in &copy.files {
            write(copy.root.path(), path, text);
            if !is_test(path) {
                write(copy.bare.path(), path, text);
            }
        }
        copy
    }

    /// What is said of the pack of a file in which something was changed.
    fn problems(&self, path: &Path, mutant: &Mutant) -> (Sources, Vec<Diagnostic>) {
        let root = if is_test(path) { self.bare.path() } else { self.root.path() };
        write(root, path, &mutant.text);
        let pack = root.join(path.iter().next().unwrap());
        let engine::Broken { sources, mut diagnostics } = match engine::Engine::read(&pack) {
            Ok(_) => engine::Broken { sources: Sources::default(), diagnostics: Vec::new() },
            Err(broken) => broken,
        };
        let (_, text) = self.files.iter().find(|(known, _)| known == path).unwrap();
        if is_test(path) {
            fs::remove_file(root.join(path)).unwrap();
        } else {
            write(root, path, text);
        }
        diagnostics.retain(|problem| problem.severity() == Severity::Error);
        (sources, diagnostics)
    }
}

fn write(root: &Path, path: &Path, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn is_test(path: &Path) -> bool {
    path.iter().any(|part| part == "tests")
}

/// Everything in `policies/`, in path order.
fn files() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
    let mut paths = Vec::new();
    walk(&root, &mut paths);
    paths.sort();
    paths.into_iter().map(|path| (path.strip_prefix(&root).unwrap().to_owned(), fs::read_to_string(&path).unwrap())).collect()
}

/// What became of one change.
struct Outcome {
    change: Change,
    tally: Tally,
    /// What falls short, as it is shown.
    short: Option<String>,
}

fn judge(path: &Path, change: Change, mutant: &Mutant, sources: &Sources, problems: &[Diagnostic]) -> Outcome {
    let name = path.iter().skip(1).collect::<PathBuf>();
    let is_there = |problem: &Diagnostic| {
        let Some(source) = problem.span().and_then(|span| sources.get(span.source)) else { return false };
        // A file of an included pack is called by the way to it.
        let same = Path::new(source.name()).ends_with(&name) && !source.name().starts_with("..");
        same && mutant.lines.contains(&source.position(problem.span().unwrap().start as usize).0)
    };
    let tally = Tally {
        made: 1,
        broke: usize::from(!problems.is_empty()),
        on_its_line: usize::from(problems.iter().any(is_there)),
        once: usize::from(problems.len() == 1),
        helped: usize::from(problems.first().is_some_and(|problem| problem.help.is_some())),
    };
    let short =
        tally.broke > 0 && (std::env::var_os("KULANZ_MUTATION_ALL").is_some() || tally.on_its_line == 0 || tally.once == 0 || tally.helped == 0);
    Outcome { change, tally, short: short.then(|| shown(path, change, mutant, sources, problems, tally)) }
}

fn shown(path: &Path, change: Change, mutant: &Mutant, sources: &Sources, problems: &[Diagnostic], tally: Tally) -> String {
    let mut shown = format!("---- {change:?} in {}:{:?}", path.display(), mutant.lines);
    for (holds, what) in [(tally.on_its_line, "not on its line"), (tally.once, "not once"), (tally.helped, "no help")] {
        if holds == 0 {
            let _ = write!(shown, ", {what}");
        }
    }
    for line in &mutant.lines {
        let _ = write!(shown, "\n{}", mutant.text.lines().nth(line - 1).unwrap_or_default());
    }
    let few = &problems[..problems.len().min(3)];
    let _ = write!(shown, "\n{} errors\n{}", problems.len(), render::human(few, sources, false));
    shown
}

fn number(variable: &str, default: usize) -> usize {
    std::env::var(variable).ok().map_or(default, |value| value.parse().unwrap())
}

/// So many changes, every so-manieth of them.
fn run(count: usize, seed: usize, nth: usize, of: usize) -> Vec<Outcome> {
    let copy = Copy::new();
    let mut dice = Dice(0x0139_408d_cbbf_7a44 ^ ((seed as u64) << 20));
    let mut outcomes = Vec::new();
    let mut made = 0;
    while made < count {
        let change = CHANGES[made % CHANGES.len()];
        let (path, text) = dice.pick(&copy.files).unwrap();
        let Some(mutant) = mutate(text, change, &mut dice) else { continue };
        if made % of == nth {
            let (sources, problems) = copy.problems(path, &mutant);
            outcomes.push(judge(path, change, &mutant, &sources, &problems));
        }
        made += 1;
    }
    outcomes
}

/// Without a change there is nothing to tell.
#[test]
fn the_packs_check() {
    let copy = Copy::new();
    for (path, text) in copy.files.iter().filter(|(path, _)| path.iter().count() == 3 || path.ends_with("company.kulanz")) {
        let (sources, problems) = copy.problems(path, &Mutant { text: text.clone(), lines: Vec::new() });
        assert!(problems.is_empty(), "{}", render::human(&problems, &sources, false));
    }
}

#[test]
fn a_slip_of_the_hand_is_told_where_it_is_once_and_with_a_help() {
    let (count, seed) = (number("KULANZ_MUTATIONS", MUTATIONS), number("KULANZ_MUTATION_SEED", 0));
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(4);
    let outcomes: Vec<Outcome> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|nth| scope.spawn(move || run(count, seed, nth, threads))).collect();
        running.into_iter().flat_map(|one| one.join().unwrap()).collect()
    });
    let mut of_change: BTreeMap<Change, Tally> = BTreeMap::new();
    let mut all = Tally::default();
    for outcome in &outcomes {
        of_change.entry(outcome.change).or_default().add(outcome.tally);
        all.add(outcome.tally);
    }
    for (change, tally) in &of_change {
        println!("{:<12}{}", format!("{change:?}"), tally.line());
    }
    println!("{:<12}{}", "all", all.line());
    let most = number("KULANZ_MUTATION_LIST", 12);
    outcomes.iter().filter_map(|outcome| outcome.short.as_ref()).take(most).for_each(|short| println!("{short}"));
    assert!(all.made >= 1000 && all.broke * 2 > all.made, "{all:?}");
    assert!(all.reaches(all.on_its_line, ON_ITS_LINE) && all.reaches(all.once, ONCE) && all.reaches(all.helped, WITH_HELP), "{}", all.line());
}
