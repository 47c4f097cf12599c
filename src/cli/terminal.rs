//! Where a command prints, and how.

use std::io::{self, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

use super::arguments::{Color, Command, Common, Format};
use super::exit::Failure;

const ERROR: Style = AnsiColor::BrightRed.on_default().bold();
const NOTE: Style = AnsiColor::BrightBlue.on_default().bold();
const HELP: Style = AnsiColor::BrightCyan.on_default().bold();

/// The options of every command, and the two streams.
#[derive(Debug)]
pub struct Terminal {
    /// Where the pack is, if it was said.
    pub policies: Option<std::path::PathBuf>,
    /// How results are printed.
    pub format: Format,
    /// The language of answers, if it was said.
    pub lang: Option<String>,
    color: ColorChoice,
}

impl Terminal {
    /// What the options of every command ask for.
    pub fn new(common: &Common) -> Self {
        let color = match common.color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        Self { policies: common.policies.clone(), format: common.format, lang: common.lang.clone(), color }
    }

    /// Standard output; colour that it does not show is taken out.
    pub fn out(&self) -> AutoStream<io::StdoutLock<'static>> {
        AutoStream::new(io::stdout().lock(), self.color)
    }

    /// Standard error, likewise.
    pub fn err(&self) -> AutoStream<io::StderrLock<'static>> {
        AutoStream::new(io::stderr().lock(), self.color)
    }

    /// Says what went wrong and how to mend it.
    pub fn problem(&self, message: &str, help: Option<&str>) {
        let mut err = self.err();
        // Nobody is left to hear of a closed standard error.
        let _ = writeln!(err, "{ERROR}error{ERROR:#}: {message}");
        if let Some(help) = help {
            let _ = writeln!(err, "  {HELP}help{HELP:#}: {help}");
        }
    }

    /// Says something that is no problem.
    pub fn note(&self, message: &str) {
        let _ = writeln!(self.err(), "{NOTE}note{NOTE:#}: {message}");
    }
}

impl Format {
    /// Refuses a form that a command does not have.
    pub fn allowed_for(self, command: &Command) -> Result<(), Failure> {
        let (also, forms): (&[Self], _) = match command {
            Command::Check(_) => (&[Self::Sarif], "`human`, `json` and `sarif`"),
            Command::Test(_) => (&[Self::Junit], "`human`, `json` and `junit`"),
            Command::Diff(_) => (&[Self::Md], "`human`, `json` and `markdown`"),
            Command::Handbook(_) => (&[Self::Html, Self::Md], "`md`, `html` and `json`"),
            _ => (&[], "`human` and `json`"),
        };
        if matches!(self, Self::Human | Self::Json) || also.contains(&self) {
            return Ok(());
        }
        Err(Failure::usage_with_help("this command does not print in that form", format!("it has {forms}")))
    }
}
