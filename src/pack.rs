//! Reading a pack: a file or a folder, with the packs it includes and its CSV tables.
//!
//! This is the one place between a policy's text and its program that touches the file system.

use crate::source::Sources;
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
}

/// The files of one pack.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// In path order.
    pub files: Vec<File>,
}
