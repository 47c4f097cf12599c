//! Reading a pack: a file or a folder, with the packs it includes and its CSV tables.
//!
//! This is the one place between a policy's text and its program that touches the file system. A pack reads nothing outside the folder that holds it,
//! links followed.

mod disk;
#[cfg(feature = "cli")]
pub(crate) mod find;
mod load;
mod overlay;
mod reserved;

use std::path::Path;

#[cfg(feature = "cli")]
pub(crate) use disk::read;
pub use overlay::{Overlay, canonical};

use crate::diagnostic::Diagnostic;
use crate::source::{Sources, Span};
use crate::syntax::ast::File;

/// The trees of a pack and of the packs that it includes.
#[derive(Clone, Debug, Default)]
pub struct Pack {
    /// The pack itself first, then the included ones in the order of their `includes`, each once.
    pub parts: Vec<Part>,
    /// The texts that the trees point into.
    pub sources: Sources,
    /// `b3:` and 64 hexadecimal digits: a hash of every text, CSV files among them, with its name.
    pub version: String,
    /// Where the form is wrong. The clause, line or row around such a place is left out, so what is missing there is not called missing.
    pub damaged: Vec<Span>,
    /// Whether a policy file could not be read, or not to its end, so that nobody calls missing what may stand in it.
    pub incomplete: bool,
}

/// The files of one pack.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// In path order.
    pub files: Vec<File>,
}

impl Pack {
    /// Reads the pack at `path`, a folder or a file, and the packs that it includes.
    ///
    /// Whatever cannot be read or parsed is reported; the pack holds the rest.
    #[must_use]
    pub fn read(path: &Path) -> (Self, Vec<Diagnostic>) {
        Self::read_over(path, &Overlay::default())
    }

    /// The same, with some files as they stand in an editor.
    #[must_use]
    pub fn read_over(path: &Path, overlay: &Overlay) -> (Self, Vec<Diagnostic>) {
        match disk::Disk::open(path, overlay) {
            Ok((disk, start)) => load::load(&disk, &start),
            Err(problem) => (Self::default(), vec![*problem]),
        }
    }

    /// Reads a pack from texts in memory, each with its name: `shop.kulanz`, or `vouchers.csv` for a table that refers to it.
    ///
    /// ```
    /// use kulanz::pack::Pack;
    /// let (pack, problems) = Pack::from_texts(&[("shop.kulanz", "role agent\n")]);
    /// assert!(problems.is_empty());
    /// assert_eq!(pack.parts[0].files[0].items.len(), 1);
    /// ```
    #[must_use]
    pub fn from_texts(texts: &[(&str, &str)]) -> (Self, Vec<Diagnostic>) {
        load::load(&load::Memory(texts), "")
    }
}
