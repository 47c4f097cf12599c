//! The table.

use std::fmt::Write as _;

/// One row: something measured, and what it is compared with.
#[derive(Clone)]
pub struct Row {
    what: String,
    measured: String,
    against: String,
    ratio: f64,
    goal: Option<Goal>,
}

/// What a ratio should be.
#[derive(Clone, Copy)]
pub enum Goal {
    /// Not more than this.
    AtMost(f64),
    /// Not less than this.
    AtLeast(f64),
}

impl Goal {
    fn is_met_by(self, ratio: f64) -> bool {
        match self {
            Self::AtMost(most) => ratio <= most,
            Self::AtLeast(least) => ratio >= least,
        }
    }

    fn text(self) -> String {
        match self {
            Self::AtMost(most) => format!("≤ {most}"),
            Self::AtLeast(least) => format!("≥ {least}"),
        }
    }
}

impl Row {
    /// What was measured, the figure and the one it is compared with as they are to be read, and the ratio of the two.
    pub fn new(what: impl Into<String>, measured: String, against: String, ratio: f64) -> Self {
        Self { what: what.into(), measured, against, ratio, goal: None }
    }

    /// With what the ratio should be.
    pub fn goal(self, goal: Goal) -> Self {
        Self { goal: Some(goal), ..self }
    }

    fn line(&self) -> String {
        let Self { what, measured, against, ratio, goal } = self;
        let verdict = goal.map_or("", |goal| if goal.is_met_by(*ratio) { "met" } else { "**missed**" });
        format!("| {what} | {measured} | {against} | {ratio:.2} | {} | {verdict} |", goal.map(Goal::text).unwrap_or_default())
    }
}

/// The whole table in Markdown.
pub fn table(rows: &[Row]) -> String {
    format!("| what | Kulanz | against | ratio | goal | |\n|---|---|---|---|---|---|\n{}", lines(rows))
}

/// The same without its head.
pub fn lines(rows: &[Row]) -> String {
    rows.iter().fold(String::new(), |mut text, row| {
        let _ = writeln!(text, "{}", row.line());
        text
    })
}

/// Nanoseconds as they are read.
pub fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        n if n < 1e3 => format!("{n:.0} ns"),
        n if n < 1e6 => format!("{:.2} µs", n / 1e3),
        n if n < 1e9 => format!("{:.1} ms", n / 1e6),
        n => format!("{:.2} s", n / 1e9),
    }
}
