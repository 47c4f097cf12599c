//! How the command ends: what it exits with and what it says before.

use std::fmt::Display;
use std::io;
use std::process::ExitCode;

use super::terminal::Terminal;

/// An end that was foreseen. What there is to say has been said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// 0
    Done,
    /// 1: problems in the pack, failed tests, files that would change, lines that were errors.
    Problems,
    /// 2: the question is wrong.
    WrongQuestion,
    /// 3: duties are not confirmed.
    #[cfg(feature = "ledger")]
    Unconfirmed,
    /// 0, 10, 11, 12 or 13.
    Answered(crate::decide::Outcome),
}

impl Outcome {
    fn status(self) -> u8 {
        use crate::decide::Outcome as Answer;
        match self {
            Self::Done | Self::Answered(Answer::Yes | Answer::Owed) => 0,
            Self::Problems => 1,
            Self::WrongQuestion => 2,
            #[cfg(feature = "ledger")]
            Self::Unconfirmed => 3,
            Self::Answered(Answer::UpTo) => 10,
            Self::Answered(Answer::Ask) => 11,
            Self::Answered(Answer::No) => 12,
            Self::Answered(Answer::Need) => 13,
        }
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(outcome.status())
    }
}

/// An end that still has to be told.
#[derive(Debug)]
pub enum Failure {
    /// 2: what was typed makes no sense; a second text says how to mend it.
    Usage(String, Option<String>),
    /// It was told already.
    Told(Outcome),
    /// 1: something else went wrong.
    Broken(anyhow::Error),
}

impl Failure {
    /// What was typed makes no sense.
    pub fn usage(message: impl Display) -> Self {
        Self::Usage(message.to_string(), None)
    }

    /// Likewise, with a way to mend it.
    pub fn usage_with_help(message: impl Display, help: impl Display) -> Self {
        Self::Usage(message.to_string(), Some(help.to_string()))
    }

    /// Whether nobody is left to be told.
    #[cfg(feature = "server")]
    pub fn is_unheard(&self) -> bool {
        matches!(self, Self::Broken(error) if is_broken_pipe(error))
    }

    /// Says it and gives the exit status. A reader who went away (`| head`) is told nothing.
    pub fn report(&self, terminal: &Terminal) -> ExitCode {
        match self {
            Self::Usage(message, help) => {
                terminal.problem(message, help.as_deref());
                ExitCode::from(2)
            }
            Self::Told(outcome) => (*outcome).into(),
            Self::Broken(error) if is_broken_pipe(error) => ExitCode::SUCCESS,
            Self::Broken(error) => {
                terminal.problem(&format!("{error:#}"), None);
                ExitCode::FAILURE
            }
        }
    }
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Broken(error.into())
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>()).any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}
