//! Adds the lines of a decision log up.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::line::{AnswerLine, DecisionLine, GrantState, LineKind};
use super::read::Found;
use super::sample::Sample;

/// By what answers are counted besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// By each rule that decided.
    Rule,
    /// By action.
    Action,
    /// By the role of who asked.
    Role,
}

/// Millionths: so much one line counts that stands for itself.
const ONE: u128 = 1_000_000;

/// How often something was answered, by the word of the answer, in millionths: a line of a sample stands for several.
pub type Counts = BTreeMap<String, u128>;

/// What stopped customers: a rule that decided a `no`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wall {
    /// How often.
    pub count: u64,
    /// How often nothing else was offered.
    pub without_offer: u64,
    /// The id of a line, of one without an offer where there is one.
    pub example: String,
    has_bare_example: bool,
}

/// A fact that was missing, or a role that was to be asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Need {
    /// How often.
    pub count: u64,
    /// The id of a line.
    pub example: String,
}

/// What a log says, added up.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// From when on, and to when, lines count.
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    by: Option<By>,
    /// Lines that count.
    pub lines: u64,
    /// The first and the last of them.
    pub first: Option<Timestamp>,
    /// See [`Self::first`].
    pub last: Option<Timestamp>,
    /// Answers to questions.
    pub answers: Counts,
    /// What came of grants.
    pub grants: BTreeMap<&'static str, u64>,
    /// Answers to questions, by what was wanted.
    pub groups: BTreeMap<String, Counts>,
    /// By rule.
    pub walls: BTreeMap<String, Wall>,
    /// By fact, where the answer was `need`.
    pub needs: BTreeMap<String, Need>,
    /// By role, where the answer was `ask`: the first who could be asked.
    pub asks: BTreeMap<String, Need>,
    /// So many lines were lost while the log was written.
    pub lost: u64,
    /// Lines that are none, with the places of the first ones.
    pub damaged: Trouble,
    /// Lines of a later version; likewise.
    pub newer: Trouble,
    micros: BTreeMap<u64, u128>,
}

/// Lines that do not count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trouble {
    /// How many.
    pub count: u64,
    /// Where the first ones are, and why.
    pub places: Vec<String>,
}

/// More places are not told.
const PLACES: usize = 3;

impl Trouble {
    fn add(&mut self, place: String) {
        self.count += 1;
        if self.places.len() < PLACES {
            self.places.push(place);
        }
    }
}

impl Summary {
    /// Of the lines from a moment on, before another; with counts by something.
    #[must_use]
    pub fn new(since: Option<Timestamp>, until: Option<Timestamp>, by: Option<By>) -> Self {
        Self { since, until, by, ..Self::default() }
    }

    /// Adds what stands at a place.
    pub fn add(&mut self, place: &str, found: Found) {
        match found {
            Found::Line(line) => self.line(&line),
            Found::Damaged(why) => self.damaged.add(format!("{place}: {why}")),
            Found::Newer(schema) => self.newer.add(format!("{place}: version {schema}")),
        }
    }

    fn line(&mut self, line: &DecisionLine) {
        if self.since.is_some_and(|since| line.time < since) || self.until.is_some_and(|until| line.time >= until) {
            return;
        }
        self.lines += 1;
        self.first = Some(self.first.map_or(line.time, |first| first.min(line.time)));
        self.last = Some(self.last.map_or(line.time, |last| last.max(line.time)));
        self.lost += line.lost.unwrap_or(0);
        if let Some(grant) = &line.grant {
            let state = match grant.state {
                GrantState::Booked => "booked",
                GrantState::Refused => "refused",
                GrantState::Replayed => "replayed",
                GrantState::Reversed => "reversed",
            };
            *self.grants.entry(state).or_default() += 1;
        }
        if let (LineKind::Ask, Some(answer)) = (line.kind, &line.answer) {
            self.answer(line, answer);
        }
    }

    fn answer(&mut self, line: &DecisionLine, answer: &AnswerLine) {
        let weight = line.sample.map_or(ONE, Sample::weight);
        // Somebody had approved it: nobody met what the policy says of it.
        let word = if line.approval.is_some() { "approved" } else { answer.answer.as_str() };
        *self.answers.entry(word.to_owned()).or_default() += weight;
        if let Some(micros) = line.micros {
            *self.micros.entry(micros).or_default() += weight;
        }
        for group in self.groups_of(line, answer) {
            *self.groups.entry(group).or_default().entry(word.to_owned()).or_default() += weight;
        }
        match word {
            "no" => self.wall(line, answer),
            "need" => answer.need.iter().for_each(|fact| count(&mut self.needs, fact, &line.id)),
            "ask" => answer.ask.first().into_iter().for_each(|contact| count(&mut self.asks, &contact.role, &line.id)),
            _ => {}
        }
    }

    fn groups_of(&self, line: &DecisionLine, answer: &AnswerLine) -> Vec<String> {
        let question = line.question.as_ref();
        match self.by {
            None => Vec::new(),
            Some(By::Rule) => answer.rules.clone(),
            Some(By::Action) => question.map(|question| question.action.clone()).into_iter().collect(),
            Some(By::Role) => question.map(|question| question.actor.role.clone()).into_iter().collect(),
        }
    }

    /// A `no`, by each rule that decided it; by none where none is named.
    fn wall(&mut self, line: &DecisionLine, answer: &AnswerLine) {
        let is_bare = answer.offer.is_empty();
        let nobody = [String::new()];
        let rules = if answer.rules.is_empty() { &nobody[..] } else { &answer.rules };
        for rule in rules {
            let wall = self.walls.entry(rule.clone()).or_default();
            wall.count += 1;
            wall.without_offer += u64::from(is_bare);
            if wall.example.is_empty() || (is_bare && !wall.has_bare_example) {
                wall.example.clone_from(&line.id);
                wall.has_bare_example = is_bare;
            }
        }
    }

    /// The walls: those first that most often offered nothing else, then those met most.
    #[must_use]
    pub fn walls_by_weight(&self) -> Vec<(&str, &Wall)> {
        let mut walls: Vec<_> = self.walls.iter().map(|(rule, wall)| (rule.as_str(), wall)).collect();
        walls.sort_by_key(|(_, wall)| std::cmp::Reverse((wall.without_offer, wall.count)));
        walls
    }

    /// So many microseconds were enough for this many of a hundred answers to questions.
    #[must_use]
    pub fn within(&self, percent: u32) -> Option<u64> {
        let all: u128 = self.micros.values().sum();
        let wanted = (all * u128::from(percent)).div_ceil(100);
        let mut seen = 0;
        self.micros.iter().find_map(|(micros, weight)| {
            seen += weight;
            (seen >= wanted).then_some(*micros)
        })
    }

    /// A count in whole answers, to the nearest.
    #[must_use]
    pub fn whole(count: u128) -> u128 {
        (count + ONE / 2) / ONE
    }
}

fn count(counts: &mut BTreeMap<String, Need>, name: &str, line: &str) {
    let need = counts.entry(name.to_owned()).or_default();
    need.count += 1;
    if need.example.is_empty() {
        line.clone_into(&mut need.example);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decisions::read;

    fn ask(id: &str, time: &str, more: &str, answer: &str) -> String {
        format!(
            r#"{{"schema":1,"kind":"ask","id":"{id}","time":"{time}","micros":{},{more}"question":{{"actor":{{"role":"agent"}},"action":"refund"}},"answer":{answer}}}"#,
            id.len() * 10
        )
    }

    fn of(mut summary: Summary, lines: &[String]) -> Summary {
        read(lines.join("\n").as_bytes()).for_each(|found| summary.add("here", found.unwrap()));
        summary
    }

    #[test]
    fn walls_without_an_offer_come_first_and_samples_weigh_more() {
        let at = "2026-11-23T10:00:00Z";
        let no = |rules: &str, offer: &str| format!(r#"{{"answer":"no","rules":[{rules}],"offer":[{offer}]}}"#);
        let offer = r#"{"action":"voucher","answer":"yes"}"#;
        let lines = [
            ask("a", at, r#""sample":0.1,"#, r#"{"answer":"yes","rules":["small"]}"#),
            ask("bb", at, "", r#"{"answer":"yes","rules":["small"]}"#),
            ask("c", at, "", &no(r#""often""#, offer)),
            ask("d", at, "", &no(r#""often""#, offer)),
            ask("e", at, "", &no(r#""bare","often""#, "")),
            ask("f", at, "", &no("", "")),
            ask("g", at, "", r#"{"answer":"need","rules":[],"need":["order.total","reason"]}"#),
            ask("h", at, "", r#"{"answer":"ask","rules":[],"ask":[{"role":"lead","kind":"approve"},{"role":"head","kind":"decide"}]}"#),
            "{".to_owned(),
            r#"{"schema":9}"#.to_owned(),
        ];
        let summary = of(Summary::new(None, None, Some(By::Rule)), &lines);
        assert_eq!((Summary::whole(summary.answers["yes"]), Summary::whole(summary.answers["no"])), (11, 4));
        let walls: Vec<_> =
            summary.walls_by_weight().iter().map(|(rule, wall)| (*rule, wall.count, wall.without_offer, wall.example.clone())).collect();
        assert_eq!(walls, [("often", 3, 1, "e".to_owned()), ("", 1, 1, "f".to_owned()), ("bare", 1, 1, "e".to_owned())]);
        assert_eq!((summary.needs.len(), summary.needs["reason"].example.as_str(), summary.asks["lead"].count, summary.asks.len()), (2, "g", 1, 1));
        assert_eq!((summary.damaged.count, summary.newer.count, summary.lines), (1, 1, 8));
        assert_eq!(Summary::whole(summary.groups["small"]["yes"]), 11);
        assert_eq!((summary.within(50), summary.within(99), summary.within(100)), (Some(10), Some(20), Some(20)));
    }

    #[test]
    fn the_first_moment_counts_and_the_last_does_not() {
        let times = ["2026-11-22T23:59:59.999999Z", "2026-11-23T00:00:00Z", "2026-11-23T23:59:59.999999Z", "2026-11-24T00:00:00Z"];
        let lines = times.map(|time| ask("a", time, "", r#"{"answer":"yes","rules":[]}"#));
        let moment = |text: &str| Some(text.parse().unwrap());
        let summary = of(Summary::new(moment(times[1]), moment(times[3]), None), &lines);
        assert_eq!((summary.lines, summary.first, summary.last), (2, moment(times[1]), moment(times[2])));
        assert_eq!(of(Summary::default(), &[]).within(50), None);
    }
}
