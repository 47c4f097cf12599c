//! Packs in the file system.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::Overlay;
use super::load::{MAX_FILE, MAX_FILES, Refusal, Shelf, check_size, is_policy, join, outside};
use crate::diagnostic::{Code, Diagnostic};

/// How many folders may lie inside each other.
const MAX_DEPTH: usize = 64;

/// The folder that holds a pack, and nothing outside of it.
pub(super) struct Disk<'o> {
    /// What stands in the place of files.
    overlay: &'o Overlay,
    /// Canonical.
    root: PathBuf,
    /// The pack's own folder below the root; what people see is relative to it.
    home: String,
}

impl<'o> Disk<'o> {
    /// Finds the pack at `path`, and the path by which it is asked for.
    pub fn open(path: &Path, overlay: &'o Overlay) -> Result<(Self, String), Refusal> {
        let canonical = match fs::canonicalize(path) {
            Ok(canonical) => canonical,
            Err(_) if overlay.get(path).is_some() => path.to_path_buf(),
            Err(error) => return Err(unreadable(&path.display().to_string(), &error).into()),
        };
        let is_folder = canonical.is_dir();
        let home = if is_folder { canonical.as_path() } else { canonical.parent().unwrap_or(&canonical) };
        let root = if is_folder { home.parent().unwrap_or(home) } else { home }.to_path_buf();
        let disk = Self { overlay, home: below(&root, home).unwrap_or_default(), root };
        let start = below(&disk.root, &canonical).unwrap_or_default();
        Ok((disk, start))
    }

    /// The real place of a path below the root.
    fn place(&self, path: &str) -> Result<PathBuf, Refusal> {
        let place = self.canonical(path, path)?;
        if place.starts_with(&self.root) { Ok(place) } else { Err(outside(&self.shown(path)).into()) }
    }

    /// Where a path below the root leads; `written` is what people call it.
    fn canonical(&self, path: &str, written: &str) -> Result<PathBuf, Refusal> {
        let wanted = self.root.join(path);
        match fs::canonicalize(&wanted) {
            Ok(place) => Ok(place),
            Err(_) if self.overlay.get(&wanted).is_some() => Ok(wanted),
            Err(error) => {
                let problem = unreadable(&(if path == written { self.shown(path) } else { written.to_owned() }), &error);
                Err(Box::new(match beside(&wanted, written) {
                    Some(name) => problem.help(format!("did you mean `{name}`?")),
                    None => problem,
                }))
            }
        }
    }

    /// Policy files in a folder that are not on the disk yet.
    fn unsaved(&self, folder: &Path, found: &mut Vec<String>) {
        let names = self.overlay.paths().filter(|path| path.starts_with(folder)).filter_map(|path| below(&self.root, path));
        found.extend(names.filter(|name| is_policy(name)));
        found.sort();
        found.dedup();
    }

    fn walk(&self, folder: &str, above: &mut Vec<PathBuf>, found: &mut Vec<String>) -> Result<(), Refusal> {
        let place = self.place(folder)?;
        if above.contains(&place) || above.len() >= MAX_DEPTH {
            let problem = Diagnostic::new(Code::Unreadable, format!("the folder `{}` contains itself", self.shown(folder)));
            return Err(Box::new(problem.help("remove the link that leads back")));
        }
        let entries = fs::read_dir(&place).map_err(|error| unreadable(&self.shown(folder), &error))?;
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| unreadable(&self.shown(folder), &error))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if !name.starts_with('.') {
                names.push(name);
            }
        }
        names.sort();
        above.push(place);
        for name in names {
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            if self.root.join(&path).is_dir() {
                self.walk(&path, above, found)?;
            } else if is_policy(&name) {
                found.push(path);
            }
            if found.len() > MAX_FILES {
                return Err(Box::new(Diagnostic::new(Code::TooLarge, format!("`{}` has more than {MAX_FILES} policy files", self.shown(folder)))));
            }
        }
        above.pop();
        Ok(())
    }
}

impl Shelf for Disk<'_> {
    fn resolve(&self, from: &str, written: &str) -> Result<String, Refusal> {
        // By its words first, so that nothing is learned about what lies elsewhere; then by where links lead.
        let wanted = join(from, written).ok_or_else(|| outside(written))?;
        let place = self.canonical(&wanted, written)?;
        below(&self.root, &place).ok_or_else(|| outside(written).into())
    }

    fn policies(&self, path: &str) -> Result<Vec<String>, Refusal> {
        let place = self.place(path)?;
        if place.is_file() || self.overlay.get(&place).is_some() {
            return Ok(vec![path.to_owned()]);
        }
        let mut found = Vec::new();
        self.walk(path, &mut Vec::new(), &mut found)?;
        found.sort();
        self.unsaved(&place, &mut found);
        Ok(found)
    }

    fn text(&self, path: &str) -> Result<String, Refusal> {
        let shown = self.shown(path);
        let place = self.place(path)?;
        if let Some(text) = self.overlay.get(&place) {
            return readable(text.to_owned(), &shown);
        }
        let meta = fs::metadata(&place).map_err(|error| unreadable(&shown, &error))?;
        if !meta.is_file() {
            return Err(Box::new(Diagnostic::new(Code::Unreadable, format!("`{shown}` is not a file"))));
        }
        check_size(usize::try_from(meta.len()).unwrap_or(usize::MAX), &shown)?;
        // The bound holds also where the file grows while it is read.
        read(fs::File::open(&place).map_err(|error| unreadable(&shown, &error))?, &shown)
    }

    fn damaged(&self, path: &str) -> Option<(String, usize)> {
        let bytes = fs::read(self.place(path).ok()?).ok().filter(|bytes| bytes.len() <= MAX_FILE)?;
        let wrong = std::str::from_utf8(&bytes).err()?.valid_up_to();
        Some((String::from_utf8_lossy(&bytes).into_owned(), wrong))
    }

    fn shown(&self, path: &str) -> String {
        let home: Vec<&str> = self.home.split('/').filter(|part| !part.is_empty()).collect();
        let parts: Vec<&str> = path.split('/').collect();
        let shared = home.iter().zip(&parts).take_while(|(a, b)| a == b).count();
        let up = std::iter::repeat_n("..", home.len() - shared);
        up.chain(parts.iter().skip(shared).copied()).collect::<Vec<_>>().join("/")
    }
}

/// What a file that is not there was probably meant to be: one beside it that is called nearly so.
fn beside(wanted: &Path, written: &str) -> Option<String> {
    let name = wanted.file_name()?.to_string_lossy().to_lowercase();
    let entries = fs::read_dir(wanted.parent()?).ok()?.take(1000).flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).filter(|name| !name.starts_with('.')).collect();
    names.sort();
    let folder = written.rfind('/').map_or("", |at| written.get(..=at).unwrap_or_default());
    let same = names.iter().find(|other| other.to_lowercase() == name);
    let ending = Path::new(written).extension();
    let near = || {
        crate::diagnostic::nearest(&name, names.iter().map(String::as_str).filter(|other| Path::new(other).extension() == ending)).map(str::to_owned)
    };
    same.cloned().or_else(near).map(|name| format!("{folder}{name}"))
}

/// The path from `root` down to `place`, with `/` between its parts; `None` where it does not lie there.
fn below(root: &Path, place: &Path) -> Option<String> {
    let parts = place.strip_prefix(root).ok()?;
    Some(parts.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"))
}

fn unreadable(shown: &str, error: &std::io::Error) -> Diagnostic {
    let message = match error.kind() {
        std::io::ErrorKind::NotFound => format!("there is no file or folder `{shown}`"),
        std::io::ErrorKind::PermissionDenied => format!("`{shown}` may not be read: permission denied"),
        _ => format!("`{shown}` cannot be read: {error}"),
    };
    Diagnostic::new(Code::Unreadable, message)
}

/// The text of a file of a pack, wherever it comes from, within the bound of such files.
///
/// # Errors
///
/// Where it cannot be read, is too large or is no text.
pub(crate) fn read(file: impl Read, shown: &str) -> Result<String, Refusal> {
    let mut bytes = Vec::new();
    file.take(MAX_FILE as u64 + 1).read_to_end(&mut bytes).map_err(|error| unreadable(shown, &error))?;
    check_size(bytes.len(), shown)?;
    let text = String::from_utf8(bytes).map_err(|error| not_text(shown, error.as_bytes(), error.utf8_error().valid_up_to()))?;
    readable(text, shown)
}

/// A text that can be a policy.
fn readable(text: String, shown: &str) -> Result<String, Refusal> {
    check_size(text.len(), shown)?;
    match text.find('\0') {
        Some(at) => Err(with_nul(shown, text.as_bytes(), at).into()),
        None => Ok(text),
    }
}

fn line_of(bytes: &[u8], at: usize) -> usize {
    bytes.iter().take(at).filter(|byte| **byte == b'\n').count() + 1
}

fn with_nul(shown: &str, bytes: &[u8], at: usize) -> Diagnostic {
    let problem = Diagnostic::new(Code::NotText, format!("`{shown}` holds a NUL byte in line {}, as binary files do", line_of(bytes, at)));
    problem.help("a policy is plain text; save it as such, with the encoding UTF-8")
}

fn not_text(shown: &str, bytes: &[u8], wrong: usize) -> Diagnostic {
    let line = line_of(bytes, wrong);
    let problem = Diagnostic::new(Code::NotText, format!("`{shown}` is not UTF-8 text: the first wrong byte is in line {line}"));
    problem.help("save the file with the encoding UTF-8")
}
