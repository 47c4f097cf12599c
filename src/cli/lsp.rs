//! `kulanz lsp`

use super::exit::{Failure, Outcome};
use crate::lsp::{self, End};

/// Serves an editor to the end, which is a good one only where the editor has announced it.
pub fn run() -> Result<Outcome, Failure> {
    Ok(match lsp::serve()? {
        End::Agreed => Outcome::Done,
        End::Sudden => Outcome::Problems,
    })
}
