//! The decision log: what was asked, what was answered, by which rules, to whom; a line of JSON each.
//!
//! A [`DecisionLine`] is what a line says, for whoever reads the log: [`read`] finds the lines of a file, [`Summary`] adds them up. The service writes them: straight from the decision into a text,
//! which a bounded queue hands to a thread of its own. What must stay true: a value of a private fact is never written, and a line that is not written is counted.

mod line;
#[cfg(feature = "server")]
mod mask;
#[cfg(feature = "server")]
mod queue;
mod read;
mod sample;
#[cfg(feature = "server")]
mod settings;
#[cfg(feature = "server")]
mod sink;
mod summary;
#[cfg(feature = "server")]
mod write;

pub use line::{
    ActorLine, AnswerLine, AskLine, ChargeLine, DecisionLine, GrantLine, GrantState, LineKind, OfferLine, OwedLine, QuestionLine, SCHEMA, Shown,
};
pub use read::{Found, read};
pub use sample::{NoSample, Sample};
pub use summary::{By, Counts, Need, Summary, Trouble, Wall};

#[cfg(feature = "server")]
pub use mask::{Mask, MaskError};
#[cfg(feature = "server")]
pub(crate) use queue::{Queue, Tally};
#[cfg(feature = "server")]
pub use settings::{Decisions, WhenFull};
#[cfg(feature = "server")]
pub(crate) use sink::{Folder, Place};
#[cfg(feature = "server")]
pub(crate) use write::{Head, ask, hides_figures, is_private_figure, line_id, question, question_line};
