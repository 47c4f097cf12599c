//! What is known of a pack at one moment.
//!
//! In: where the pack is and what an editor has open. Out: its trees, its names, its problems, and the engine that answers where there is one. It never
//! changes; a changed pack is a new one.

use std::path::{Path, PathBuf};

use gen_lsp_types::{Location, Uri};
use jiff::Timestamp;

use super::names::Names;
use super::places::{Places, Root, normal};
use super::text::{Encoding, Lines, Mark};
use crate::diagnostic::{Diagnostic, has_errors};
use crate::engine::{self, Engine};
use crate::pack::{Pack, find};
use crate::source::{SourceId, Span};

/// A text of the pack, as the editor knows it.
#[derive(Debug)]
pub struct Place {
    /// `None` for what has no name that an editor could use.
    pub uri: Option<Uri>,
    /// Which version it is, where it is open.
    pub version: Option<i32>,
    /// Its lines.
    pub lines: Lines,
}

/// What is known of a pack.
#[derive(Debug)]
pub struct Analysis {
    /// Which pack.
    pub root: Root,
    /// Its trees and texts.
    pub pack: Pack,
    /// What its names stand for.
    pub names: Names,
    /// The pack, ready to answer, where nothing is an error.
    pub engine: Option<Engine>,
    /// What is wrong with it, but for what the lints say.
    pub problems: Vec<Diagnostic>,
    /// Sorted by [`SourceId`].
    places: Vec<(SourceId, Place)>,
    encoding: Encoding,
}

impl Analysis {
    /// Reads and checks a pack.
    pub fn new(root: Root, places: &Places, encoding: Encoding) -> Self {
        let (pack, mut problems) = read(&root, places);
        let names = Names::of(&pack);
        let engine = match root {
            // What belongs to no pack has no vocabulary to be held against.
            Root::Alone(_) if !pack.sources.iter().any(|(_, source)| find::is_policy_begun(source.text())) => None,
            _ => match engine::compile(&pack) {
                Ok(engine) => Some(engine),
                Err(further) => {
                    problems.extend(further);
                    None
                }
            },
        };
        let engine = engine.filter(|_| !has_errors(&problems));
        let home = home(&root);
        let texts = pack.sources.iter().map(|(id, source)| (id, place(&root, &home, source, places))).collect();
        Self { root, pack, names, engine, problems, places: texts, encoding }
    }

    /// What the lints say.
    pub fn lint(&self) -> Vec<Diagnostic> {
        self.engine.as_ref().map(|engine| engine.lint(&home(&self.root), Timestamp::now())).unwrap_or_default()
    }

    /// What the editor counts in a line.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// A text of the pack.
    pub fn place(&self, id: SourceId) -> Option<&Place> {
        let at = self.places.binary_search_by_key(&id, |(source, _)| *source).ok()?;
        self.places.get(at).map(|(_, place)| place)
    }

    /// Every text of the pack.
    pub fn places(&self) -> impl Iterator<Item = (SourceId, &Place)> {
        self.places.iter().map(|(id, place)| (*id, place))
    }

    /// The text behind a URI.
    pub fn source(&self, uri: &Uri) -> Option<SourceId> {
        self.places.iter().find(|(_, place)| place.uri.as_ref() == Some(uri)).map(|(id, _)| *id)
    }

    /// The text of a source.
    pub fn text(&self, id: SourceId) -> &str {
        self.pack.sources.get(id).map(crate::source::Source::text).unwrap_or_default()
    }

    /// Where a span is for the editor.
    pub fn location(&self, span: Span) -> Option<Location> {
        let place = self.place(span.source)?;
        Some(Location { uri: place.uri.clone()?, range: place.lines.range(self.text(span.source), span.range(), self.encoding) })
    }
}

fn read(root: &Root, places: &Places) -> (Pack, Vec<Diagnostic>) {
    match root {
        Root::Pack(path) => Pack::read_over(path, &places.overlay),
        Root::Alone(uri) => {
            let text = places.untitled.get(uri).map(|(_, text)| &**text).unwrap_or_default();
            Pack::from_texts(&[("untitled.kulanz", text)])
        }
    }
}

/// The folder that the names of a pack's sources are relative to.
fn home(root: &Root) -> PathBuf {
    match root {
        Root::Pack(path) if path.is_dir() => path.clone(),
        Root::Pack(path) => path.parent().map(Path::to_path_buf).unwrap_or_default(),
        Root::Alone(_) => PathBuf::new(),
    }
}

fn place(root: &Root, home: &Path, source: &crate::source::Source, places: &Places) -> Place {
    if let Root::Alone(uri) = root {
        let version = places.untitled.get(uri).map(|(version, _)| *version);
        return Place { uri: Some(uri.clone()), version, lines: Lines::new(source.text(), Mark::Counts) };
    }
    let path = normal(&home.join(source.name()));
    let version = places.version(&path);
    let mark = if version.is_some() { Mark::Counts } else { Mark::Hidden };
    Place { uri: places.uri(&path), version, lines: Lines::new(source.text(), mark) }
}
