//! What every contender has in common: how it is asked, checked and timed.
//!
//! Each contender is a program of its own, so that none of them changes the features of another's libraries or shares its memory. The judge (`src/main.rs`) starts them, and says on their standard input when to run; a run is one pass over
//! the same questions, timed by the contender itself, and every answer in it is compared with the expected one.

pub mod figures;
pub mod machine;

use std::fmt::Display;
use std::hint::black_box;
use std::io::{self, BufRead, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

pub use kulanz_scenario::{Asked, Kind, Question, Rule, Scenario, by_hand};
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

/// A form is not measured at a size where one decision takes longer than this.
const SLOWEST_DECISION: Duration = Duration::from_millis(50);
/// Nor where loading takes longer.
const LONGEST_LOAD: Duration = Duration::from_mins(1);
/// A timed pass takes about so long, so that rounds stay short.
const PASS: Duration = Duration::from_millis(60);
/// Every question is checked before the timing, but no longer than this for each of the two inputs.
const CHECK: Duration = Duration::from_secs(20);

/// One engine in one form.
pub trait Contender: Sized {
    /// The rules as the engine takes them: texts, JSON, structs.
    type Source;
    /// A question as the engine takes it, with nothing left to read.
    type Prepared;

    /// Writes the rules. Not timed.
    fn source(scenario: &Scenario) -> Self::Source;

    /// Reads, checks and compiles the rules, as often as they change. Timed as `load`.
    ///
    /// # Errors
    /// What the engine does not take.
    fn load(source: Self::Source) -> Result<Self, String>;

    /// Prepares a question. Not timed.
    fn prepare(&self, asked: &Asked) -> Self::Prepared;

    /// Decides: is the amount granted?
    fn decide(&mut self, question: &Self::Prepared) -> bool;

    /// The question as the JSON that the engine reads best. Not timed.
    fn json(&self, asked: &Asked) -> String;

    /// From JSON to the engine's own answer: is the amount granted?
    fn decide_json(&mut self, json: &str) -> bool;
}

/// What the contender tells the judge when it stands ready.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ready {
    /// It can be timed.
    Ready {
        /// From rules to a program that answers, in nanoseconds.
        load_ns: u64,
        /// How many answers were compared with the expected ones, from prepared questions and from JSON.
        checked: [usize; 2],
    },
    /// It is not measured at this size, and why.
    Skipped(String),
}

/// Which of the two inputs a pass takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// Questions prepared beforehand.
    Prepared,
    /// Questions as JSON.
    Json,
}

impl Input {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Prepared, Self::Json];

    /// Its word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prepared => "prepared",
            Self::Json => "json",
        }
    }
}

/// What the judge wants of a contender: the form, the scenario and its size.
#[derive(Debug)]
pub struct Bout {
    /// One of the forms that the program offers.
    pub form: String,
    /// How the rules lie.
    pub kind: Kind,
    /// How many there are.
    pub size: usize,
    /// Only load, and say how long that takes.
    pub load_only: bool,
    /// Time only the questions whose amount is granted. All are checked.
    pub granted_only: bool,
}

impl Bout {
    /// From the command line: `FORM spread|desk SIZE [load] [granted]`.
    ///
    /// # Errors
    /// What the command line should have been.
    pub fn from_args() -> Result<Self, String> {
        let words: Vec<String> = std::env::args().skip(1).collect();
        let usage = || format!("usage: FORM spread|desk SIZE [load] [granted], not {words:?}");
        let [form, kind, size, rest @ ..] = words.as_slice() else { return Err(usage()) };
        let kind = kind_named(kind).ok_or_else(usage)?;
        let size = size.parse().map_err(|_| usage())?;
        let has = |word: &str| rest.iter().any(|other| other == word);
        Ok(Self { form: form.clone(), kind, size, load_only: has("load"), granted_only: has("granted") })
    }

    /// Loads, checks every answer, and then runs a pass for every line on standard input: `prepared` or `json`. Each is answered by the nanoseconds of one decision.
    ///
    /// # Errors
    /// A wrong answer, or that the judge has hung up.
    pub fn run<C: Contender>(&self) -> Result<(), String> {
        let scenario = Scenario::new(self.kind, self.size);
        let source = C::source(&scenario);
        let loading = Arc::new(AtomicBool::new(true));
        give_up_later(&loading);
        let start = Instant::now();
        let loaded = C::load(source);
        let load = start.elapsed();
        loading.store(false, Ordering::SeqCst);
        let mut contender = match loaded {
            Ok(contender) => contender,
            Err(reason) => return say(&Ready::Skipped(reason)),
        };
        if self.load_only {
            return say(&Ready::Ready { load_ns: nanoseconds(load), checked: [0, 0] });
        }
        let asked = scenario.questions();
        let mut prepared: Vec<_> = asked.iter().map(|asked| (contender.prepare(asked), asked.granted())).collect();
        let mut json: Vec<_> = asked.iter().map(|asked| (contender.json(asked), asked.granted())).collect();
        let by_struct = check(&prepared, |question| contender.decide(question))?;
        let by_json = check(&json, |text| contender.decide_json(text))?;
        if let Some(slow) = [&by_struct, &by_json].into_iter().map(|checked| checked.each).find(|&each| each > SLOWEST_DECISION) {
            return say(&Ready::Skipped(format!("a decision takes {:.0} ms", slow.as_secs_f64() * 1e3)));
        }
        say(&Ready::Ready { load_ns: nanoseconds(load), checked: [by_struct.count, by_json.count] })?;
        if self.granted_only {
            prepared.retain(|(_, granted)| *granted);
            json.retain(|(_, granted)| *granted);
        }
        for line in io::stdin().lock().lines() {
            let each = match line.map_err(words)?.as_str() {
                "prepared" => pass(&prepared, by_struct.each, |question| contender.decide(question))?,
                "json" => pass(&json, by_json.each, |text| contender.decide_json(text))?,
                other => return Err(format!("no input is called {other:?}")),
            };
            say(&each)?;
        }
        Ok(())
    }
}

/// Ends the program where it is still loading after [`LONGEST_LOAD`].
fn give_up_later(loading: &Arc<AtomicBool>) {
    let loading = Arc::clone(loading);
    thread::spawn(move || {
        thread::sleep(LONGEST_LOAD);
        if loading.load(Ordering::SeqCst) {
            let _ = say(&Ready::Skipped(format!("loading takes more than {} s", LONGEST_LOAD.as_secs())));
            std::process::exit(0);
        }
    });
}

/// The scenario of this name.
#[must_use]
pub fn kind_named(word: &str) -> Option<Kind> {
    [Kind::Spread, Kind::Desk].into_iter().find(|&kind| kind_name(kind) == word)
}

/// The name of this scenario.
#[must_use]
pub fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Spread => "spread",
        Kind::Desk => "desk",
    }
}

struct Checked {
    count: usize,
    each: Duration,
}

/// Compares answers with the expected ones.
fn check<Q>(questions: &[(Q, bool)], mut decide: impl FnMut(&Q) -> bool) -> Result<Checked, String> {
    let (start, processor) = (Instant::now(), processor_time());
    let mut count = 0;
    for (question, granted) in questions {
        let answer = decide(question);
        if answer != *granted {
            return Err(format!("question {count}: granted is {granted}, answered was {answer}"));
        }
        count += 1;
        if start.elapsed() > CHECK {
            break;
        }
    }
    let each = processor_time().saturating_sub(processor) / u32::try_from(count.max(1)).unwrap_or(u32::MAX);
    Ok(Checked { count, each })
}

/// One timed pass: nanoseconds a decision. What is asked is always the same, from the first question on; the slower the engine, the fewer.
fn pass<Q>(questions: &[(Q, bool)], each: Duration, mut decide: impl FnMut(&Q) -> bool) -> Result<f64, String> {
    let fit = PASS.as_nanos() / each.as_nanos().max(1);
    let count = usize::try_from(fit).unwrap_or(usize::MAX).clamp(20, questions.len());
    let questions = &questions[..count];
    let start = processor_time();
    let wrong = questions.iter().filter(|(question, granted)| decide(black_box(question)) != *granted).count();
    let elapsed = processor_time().saturating_sub(start);
    if wrong > 0 {
        return Err(format!("{wrong} of {count} answers are wrong"));
    }
    #[expect(clippy::cast_precision_loss, reason = "a duration in nanoseconds, not money")]
    Ok(elapsed.as_nanos() as f64 / count as f64)
}

/// What this thread has had of the processor: nobody decides on another thread, and what else runs on the machine is not counted.
fn processor_time() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap_or_default())
}

fn say(what: &impl Serialize) -> Result<(), String> {
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, what).map_err(words)?;
    writeln!(out).and_then(|()| out.flush()).map_err(words)
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// An error in words.
pub fn words(error: impl Display) -> String {
    error.to_string()
}

/// The facts that a rule compares with one value each, with their values: region, and at the desk category and brand.
pub fn places(rule: &Rule) -> impl Iterator<Item = (&'static str, &str)> {
    places_of(&rule.region, rule.category.as_ref(), rule.brand.as_ref())
}

/// The same of a question.
pub fn places_asked(question: &Question) -> impl Iterator<Item = (&'static str, &str)> {
    places_of(&question.region, question.category.as_ref(), question.brand.as_ref())
}

fn places_of<'a>(region: &'a str, category: Option<&'a String>, brand: Option<&'a String>) -> impl Iterator<Item = (&'static str, &'a str)> {
    let further = [("category", category), ("brand", brand)];
    std::iter::once(("region", region)).chain(further.into_iter().filter_map(|(name, value)| Some((name, value?.as_str()))))
}
