//! `kulanz ask --batch`: two cores against one, and memory that does not grow with the file.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use kulanz_scenario::{Asked, Kind, Scenario};

use crate::Effort;
use crate::child::{kulanz, run_to_end};
use crate::rounds::{Measured, median};
use crate::table::{Goal, Row, time};

/// How often the 10,000 questions stand in the long file, and in the short one.
const LONG: usize = 20;
const SHORT: usize = 2;

/// A file of questions, and what must come out.
struct File {
    path: PathBuf,
    asked: Vec<Asked>,
    times: usize,
}

impl File {
    fn write(path: PathBuf, asked: &[Asked], times: usize) -> Self {
        let text: String = asked.iter().flat_map(|asked| [asked.json.as_str(), "\n"]).collect();
        fs::write(&path, text.repeat(times)).unwrap();
        Self { path, asked: asked.to_vec(), times }
    }

    fn len(&self) -> usize {
        self.asked.len() * self.times
    }

    /// Every line answers its question.
    fn check(&self, answers: &Path) {
        let mut lines = BufReader::new(fs::File::open(answers).unwrap()).lines();
        for asked in (0..self.times).flat_map(|_| &self.asked) {
            let line = lines.next().unwrap().unwrap();
            assert!(line.starts_with(&format!(r#"{{"answer":"{}","#, asked.outcome.word().as_str())), "{} {line}", asked.json);
        }
        assert!(lines.next().is_none());
    }
}

/// The whole run of the program is timed, its start and the load of the pack included.
pub fn batch(effort: Effort) -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    let scenario = Scenario::new(Kind::Spread, 160);
    let pack = folder.path().join("policy.kulanz");
    fs::write(&pack, scenario.policy()).unwrap();
    let questions = scenario.questions();
    let long = File::write(folder.path().join("long"), &questions, LONG);
    let short = File::write(folder.path().join("short"), &questions, SHORT);
    let out = folder.path().join("answers");
    let run = |mut command: Command, file: &File| {
        // To empty the answers of the turn before, a hundred megabytes, takes half as long as to answer anew on two cores; and it is no work of the program.
        let _ = fs::remove_file(&out);
        let begun = Instant::now();
        let most = run_to_end(command.args(["ask", "--batch"]).arg(&file.path).arg("-p").arg(&pack), &out);
        let took = begun.elapsed().as_nanos() as f64;
        file.check(&out);
        (took, most)
    };
    let (mut times, mut most) = (vec![Vec::new(); 2], vec![Vec::new(); 2]);
    for _ in 0..effort.repeats.min(5) {
        let (took, peak) = run(on("0,1"), &long);
        times[0].push(took);
        most[0].push(peak);
        times[1].push(run(on("0"), &long).0);
        most[1].push(run(on("0,1"), &short).1);
    }
    let measured = Measured::of(times);
    let a_second = |run: usize| {
        format!("{:.0} a second ({} each)", long.len() as f64 / measured.median(run) * 1e9, time(measured.median(run) / long.len() as f64))
    };
    let [peak, peak_of_short] = [0, 1].map(|at| median(most[at].clone()));
    let mib = |bytes: f64| format!("{:.1} MiB", bytes / f64::from(1 << 20));
    vec![
        Row::new("`ask --batch` on two cores, 200,000 questions", a_second(0), format!("{} on one core", a_second(1)), measured.ratio(1, 0))
            .goal(Goal::AtLeast(1.7)),
        Row::new("`ask --batch`, 200,000 questions: most memory", mib(peak), format!("{} for 20,000", mib(peak_of_short)), peak / peak_of_short)
            .goal(Goal::AtMost(1.1)),
    ]
}

fn on(cores: &str) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", cores]).arg(kulanz().get_program());
    command
}
