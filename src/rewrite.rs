//! Brings files into the one layout, in place.
//!
//! In: paths of files and folders. Out: which files were changed or would be, and every problem. What must stay true: a file is written whole or not at
//! all, and a file that cannot be read or does not parse is left alone.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::diagnostic::{Code, Diagnostic};
use crate::source::Sources;
use crate::syntax;

/// The ending of policy files.
const EXTENSION: &str = "kulanz";

/// Whether files are changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Files in another layout are only listed.
    Check,
    /// Files in another layout are written anew.
    Write,
}

/// What became of the files.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The files that were not in the one layout; with [`Mode::Write`] they are now.
    pub changed: Vec<PathBuf>,
    /// How many files were looked at, those with problems among them.
    pub seen: usize,
    /// What kept files from being formatted.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts that the diagnostics point into.
    pub sources: Sources,
}

/// Formats files, and the `.kulanz` files in folders, in path order. A file with a problem does not keep the others from being formatted.
///
/// Links are followed where they are named, not where they stand in a folder.
#[must_use]
pub fn format_files<P: AsRef<Path>>(paths: &[P], mode: Mode) -> Report {
    let mut report = Report::default();
    let mut files = Vec::new();
    for path in paths {
        if let Err(error) = collect(path.as_ref(), &mut files) {
            report.diagnostics.push(unreadable(path.as_ref(), &error));
        }
    }
    let mut seen = std::collections::HashSet::new();
    files.retain(|file| seen.insert(fs::canonicalize(file).unwrap_or_else(|_| file.clone())));
    for file in files {
        report.seen += 1;
        match format_file(&mut report.sources, &file, mode) {
            Ok(Layout::Right) => {}
            Ok(Layout::Other) => report.changed.push(file),
            Err(diagnostics) => report.diagnostics.extend(diagnostics),
        }
    }
    report
}

/// A named file whatever its ending; of a folder the policy files in it.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !fs::metadata(path)?.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let mut entries = fs::read_dir(path)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (kind, path) = (entry.file_type()?, entry.path());
        let is_policy = kind.is_file() && path.extension().is_some_and(|extension| extension == EXTENSION);
        if is_policy {
            files.push(path);
        } else if kind.is_dir() {
            collect(&path, files)?;
        }
    }
    Ok(())
}

/// The layout that a file was found in.
enum Layout {
    Right,
    Other,
}

fn format_file(sources: &mut Sources, path: &Path, mode: Mode) -> Result<Layout, Vec<Diagnostic>> {
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv")) {
        let problem = Diagnostic::new(Code::Unreadable, format!("`{}` is a table of a spreadsheet, which has no layout", path.display()));
        return Err(vec![problem.help("`kulanz fmt` is for `.kulanz` files; leave this one out")]);
    }
    let text = fs::read_to_string(path).map_err(|error| vec![unreadable(path, &error)])?;
    let id = sources.add(path.display().to_string(), text.as_str());
    let formatted = syntax::format::format(sources, id)?;
    if formatted == text {
        return Ok(Layout::Right);
    }
    if mode == Mode::Write {
        replace(path, &formatted).map_err(|error| vec![unwritable(path, &error)])?;
    }
    Ok(Layout::Other)
}

fn unreadable(path: &Path, error: &io::Error) -> Diagnostic {
    if error.kind() == io::ErrorKind::InvalidData {
        return Diagnostic::new(Code::NotText, format!("`{}` is not UTF-8 text", path.display()));
    }
    Diagnostic::new(Code::Unreadable, format!("cannot read `{}`: {error}", path.display()))
}

pub(crate) fn unwritable(path: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic::new(Code::Unwritable, format!("cannot write `{}`: {error}", path.display()))
}

/// Writes a file beside the old one and puts it in its place, with its permissions. Behind a link it is the target that is replaced.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let target = fs::canonicalize(path)?;
    let permissions = fs::metadata(&target)?.permissions();
    if permissions.readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "the file is read-only"));
    }
    let (beside, file) = create_beside(&target)?;
    let written = fill(file, text, permissions).and_then(|()| fs::rename(&beside, &target));
    if written.is_err() {
        // The first error is the one to report.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// Writes a file whole or not at all, whether there was one or not.
///
/// # Errors
///
/// Where it cannot be written; an old file is as it was.
#[cfg(feature = "cli")]
pub(crate) fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(found) if found.is_file() => replace(path, text),
        // A pipe or a terminal takes what comes.
        Ok(_) => fs::write(path, text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let (beside, mut file) = create_beside(path)?;
            let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&beside, path));
            if written.is_err() {
                let _ = fs::remove_file(&beside);
            }
            written
        }
        Err(error) => Err(error),
    }
}

/// A new file in the same folder, so that it can be renamed.
fn create_beside(target: &Path) -> io::Result<(PathBuf, File)> {
    let mut name = OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(format!(".{}.new", std::process::id()));
    let beside = target.with_file_name(name);
    let file = OpenOptions::new().write(true).create_new(true).open(&beside)?;
    Ok((beside, file))
}

fn fill(mut file: File, text: &str, permissions: fs::Permissions) -> io::Result<()> {
    file.write_all(text.as_bytes())?;
    file.set_permissions(permissions)?;
    file.sync_all()
}
