//! `kulanz log`

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value as Json, json};

use super::arguments::{By, Format, LogCommand, LogStats};
use super::exit::{Failure, Outcome};
use super::pack;
use super::terminal::Terminal;
use crate::answer::parts;
use crate::decisions::{self, Counts, Need, Summary, Trouble, Wall, read};
use crate::engine::Engine;
use crate::policy::Policy;
use crate::question::since;
use crate::say::Speech;

/// The words of answers, in the order in which they are told.
const ANSWERS: [&str; 6] = ["yes", "owed", "up_to", "ask", "no", "need"];
/// More of a kind are not told to people.
const MOST: usize = 10;

/// Says what a decision log says.
pub fn run(command: &LogCommand, terminal: &Terminal) -> Result<Outcome, Failure> {
    match command {
        LogCommand::Stats(arguments) => stats(arguments, terminal),
    }
}

fn stats(arguments: &LogStats, terminal: &Terminal) -> Result<Outcome, Failure> {
    let engine = terminal.policies.as_ref().map(|_| pack::engine(terminal)).transpose()?;
    let zone = engine.as_ref().map_or(TimeZone::UTC, |engine| engine.policy().time_zone.clone());
    let moment = |text: &Option<String>, option: &str| {
        let read = text.as_deref().map(|text| since(text, &zone)).transpose();
        read.map_err(|wrong| Failure::Usage(format!("`{option}`: {}", wrong.message), wrong.help))
    };
    let by = arguments.by.map(|by| match by {
        By::Rule => decisions::By::Rule,
        By::Action => decisions::By::Action,
        By::Role => decisions::By::Role,
    });
    let mut summary = Summary::new(moment(&arguments.since, "--since")?, moment(&arguments.until, "--until")?, by);
    for file in sources(&arguments.files)? {
        if file.as_os_str() == "-" {
            add(&mut summary, "-", io::stdin().lock())?;
        } else {
            let opened = File::open(&file).map_err(|error| unreadable(&file, &error))?;
            add(&mut summary, &file.display().to_string(), BufReader::new(opened))?;
        }
    }
    let titles = engine.as_ref().map(|engine| titles(engine, terminal)).unwrap_or_default();
    if terminal.format == Format::Json {
        writeln!(terminal.out(), "{}", as_json(&summary, &titles))?;
    } else {
        human(&summary, &titles, &mut terminal.out())?;
    }
    for (trouble, what) in [(&summary.damaged, "damaged and does not count"), (&summary.newer, "of a later version and does not count")] {
        tell(trouble, what, terminal);
    }
    Ok(Outcome::Done)
}

/// The files, with those of folders in the order of their names.
fn sources(given: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    if given.is_empty() {
        return Ok(vec!["-".into()]);
    }
    let mut files = Vec::new();
    for path in given {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let entries: io::Result<Vec<_>> = std::fs::read_dir(path).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
        let mut inside = entries.map_err(|error| unreadable(path, &error))?;
        inside.retain(|path| path.extension().is_some_and(|end| end == "jsonl"));
        inside.sort();
        files.extend(inside);
    }
    Ok(files)
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::usage(format!("cannot read `{}`: {error}", path.display()))
}

fn add(summary: &mut Summary, name: &str, source: impl BufRead) -> Result<(), Failure> {
    for (at, found) in read(source).enumerate() {
        let found = found.map_err(|error| unreadable(Path::new(name), &error))?;
        summary.add(&format!("{name}, line {}", at + 1), found);
    }
    Ok(())
}

fn tell(trouble: &Trouble, what: &str, terminal: &Terminal) {
    if trouble.count > 0 {
        let more = if trouble.count > trouble.places.len() as u64 { "; …" } else { "" };
        let lines = if trouble.count == 1 { "1 line is".to_owned() } else { format!("{} lines are", trouble.count) };
        let what = if trouble.count == 1 { what.to_owned() } else { what.replace("does not", "do not") };
        terminal.note(&format!("{lines} {what} ({}{more})", trouble.places.join("; ")));
    }
}

/// What a rule is called and where it stands.
struct Title {
    title: Option<String>,
    source: String,
}

/// By name, the rules and fallbacks of a policy.
fn titles(engine: &Engine, terminal: &Terminal) -> BTreeMap<String, Title> {
    let policy = engine.policy();
    let language = terminal.lang.as_ref().and_then(|lang| policy.languages.iter().position(|known| known == lang)).unwrap_or(0);
    let speech = Speech::new(policy, language);
    let mut titles = BTreeMap::new();
    let rules = (0..policy.rules.len()).map(|at| crate::decide::Reason::Rule(crate::policy::RuleId::new(at)));
    let fallbacks = (0..policy.fallbacks.len()).map(|at| crate::decide::Reason::Fallback(crate::policy::FallbackId::new(at)));
    for told in rules.chain(fallbacks).filter_map(|reason| parts::Told::of(policy, reason)) {
        titles.insert(told.name.to_owned(), title(policy, speech, &told));
    }
    titles
}

fn title(policy: &Policy, speech: Speech<'_>, told: &parts::Told<'_>) -> Title {
    let title = told.title.map(|text| {
        let mut title = String::new();
        speech.write_plain(&mut title, text);
        title
    });
    let mut source = String::new();
    told.write_source(&mut source, policy);
    Title { title, source }
}

fn as_json(summary: &Summary, titles: &BTreeMap<String, Title>) -> Json {
    let counts = |counts: &Counts| -> Map<String, Json> { counts.iter().map(|(answer, count)| (answer.clone(), whole(*count))).collect() };
    let groups: Map<String, Json> = summary.groups.iter().map(|(group, of)| (group.clone(), counts(of).into())).collect();
    let walls: Vec<Json> = summary.walls_by_weight().into_iter().map(|(rule, wall)| wall_json(rule, wall, titles)).collect();
    let needs = |needs: &BTreeMap<String, Need>, name: &str| -> Vec<Json> {
        most(needs).into_iter().map(|(of, need)| json!({name: of, "count": need.count, "example": need.example})).collect()
    };
    json!({
        "lines": summary.lines, "first": moment(summary.first), "last": moment(summary.last), "answers": counts(&summary.answers),
        "grants": summary.grants, "by": groups, "walls": walls, "need": needs(&summary.needs, "fact"), "ask": needs(&summary.asks, "role"),
        "micros": {"p50": summary.within(50), "p99": summary.within(99)}, "lost": summary.lost,
        "damaged": {"count": summary.damaged.count, "places": summary.damaged.places},
        "newer": {"count": summary.newer.count, "places": summary.newer.places},
    })
}

fn wall_json(rule: &str, wall: &Wall, titles: &BTreeMap<String, Title>) -> Json {
    let title = titles.get(rule);
    json!({
        "rule": if rule.is_empty() { Json::Null } else { rule.into() }, "count": wall.count, "without_offer": wall.without_offer, "example": wall.example,
        "title": title.and_then(|title| title.title.clone()), "source": title.map(|title| title.source.clone()),
    })
}

fn whole(count: u128) -> Json {
    u64::try_from(Summary::whole(count)).unwrap_or(u64::MAX).into()
}

fn moment(at: Option<Timestamp>) -> Option<String> {
    at.map(|at| at.to_string())
}

/// Those that happened most, first.
fn most(needs: &BTreeMap<String, Need>) -> Vec<(&str, &Need)> {
    let mut most: Vec<_> = needs.iter().map(|(name, need)| (name.as_str(), need)).collect();
    most.sort_by_key(|(_, need)| std::cmp::Reverse(need.count));
    most
}

fn human(summary: &Summary, titles: &BTreeMap<String, Title>, out: &mut impl Write) -> io::Result<()> {
    let (Some(first), Some(last)) = (summary.first, summary.last) else {
        return writeln!(out, "no line of a decision log");
    };
    let all: u128 = summary.answers.values().sum();
    let (answers, lines) = (counted(Summary::whole(all), "answer"), counted(u128::from(summary.lines), "line"));
    writeln!(out, "{answers} in {lines}, {} to {}", first.strftime("%F %T"), last.strftime("%F %T UTC"))?;
    for (answer, count) in ANSWERS.iter().filter_map(|answer| Some((answer, summary.answers.get(*answer)?))) {
        let share = (count * 1000 + all / 2) / all.max(1);
        writeln!(out, "  {answer:<6} {:>9} {:>4}.{} %", Summary::whole(*count), share / 10, share % 10)?;
    }
    if !summary.grants.is_empty() {
        let grants: Vec<_> = summary.grants.iter().map(|(state, count)| format!("{count} {state}")).collect();
        writeln!(out, "grants: {}", grants.join(", "))?;
    }
    groups(summary, out)?;
    walls(summary, titles, out)?;
    needs(&summary.needs, "missing facts", out)?;
    needs(&summary.asks, "who was to be asked", out)?;
    if let (Some(half), Some(nearly)) = (summary.within(50), summary.within(99)) {
        writeln!(out, "answered within {half} µs in half of the cases, {nearly} µs in 99 of 100")?;
    }
    if summary.lost > 0 {
        writeln!(out, "{} lost when the log was written", counted(u128::from(summary.lost), "line"))?;
    }
    Ok(())
}

fn counted(count: u128, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn groups(summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    let mut groups: Vec<_> = summary.groups.iter().collect();
    groups.sort_by_key(|(_, counts)| std::cmp::Reverse(counts.values().sum::<u128>()));
    for (group, counts) in groups {
        let known = ANSWERS.iter().filter_map(|answer| Some((answer, counts.get(*answer)?)));
        let told: Vec<_> = known.map(|(answer, count)| format!("{} {answer}", Summary::whole(*count))).collect();
        writeln!(out, "  {group}: {}", told.join(", "))?;
    }
    Ok(())
}

fn walls(summary: &Summary, titles: &BTreeMap<String, Title>, out: &mut impl Write) -> io::Result<()> {
    let walls = summary.walls_by_weight();
    if !walls.is_empty() {
        writeln!(out, "where customers met a no:")?;
    }
    for (rule, wall) in walls.iter().take(MOST) {
        let bare = match wall.without_offer {
            0 => "always with an offer".to_owned(),
            bare if bare == wall.count => "without an offer".to_owned(),
            bare => format!("{bare} without an offer"),
        };
        let name = if rule.is_empty() { "no rule" } else { rule };
        let title = titles.get(*rule).map(|Title { title, source }| match title {
            Some(title) => format!(" “{title}” ({source})"),
            None => format!(" ({source})"),
        });
        writeln!(out, "  {:>6} {name}{}, {bare}; such as {}", wall.count, title.unwrap_or_default(), wall.example)?;
    }
    further(walls.len(), out)
}

fn needs(needs: &BTreeMap<String, Need>, what: &str, out: &mut impl Write) -> io::Result<()> {
    let needs = most(needs);
    if !needs.is_empty() {
        writeln!(out, "{what}:")?;
    }
    for (name, need) in needs.iter().take(MOST) {
        writeln!(out, "  {:>6} {name}; such as {}", need.count, need.example)?;
    }
    further(needs.len(), out)
}

fn further(count: usize, out: &mut impl Write) -> io::Result<()> {
    if count > MOST { writeln!(out, "         … and {} more; `--format json` has them all", count - MOST) } else { Ok(()) }
}
