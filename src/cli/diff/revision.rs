//! A pack as it was in a revision of a git repository: its files, written into a folder of their own.

use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::cli::exit::Failure;

/// Writes the pack of a revision, with what lies beside it so that it can be included. `path` is below the top of the repository; where it is left out, the pack that lies
/// here is meant. The folder goes with the first of what is given.
pub(super) fn checkout(
    revision: &str,
    path: Option<PathBuf>,
    here: impl FnOnce() -> Result<PathBuf, Failure>,
) -> Result<(TempDir, PathBuf), Failure> {
    let (repository, path) = match path {
        Some(path) => (PathBuf::from("."), path),
        None => place(&here()?)?,
    };
    let top = PathBuf::from(text(&git(&repository, ["rev-parse", "--show-toplevel"])?));
    let commit = text(&git(&top, ["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{revision}^{{commit}}")]).map_err(
        |failure| match failure {
            Failure::Usage(message, help) if message.contains("git does not") => Failure::Usage(message, help),
            _ => Failure::usage_with_help(
                format!("there is no file, folder or revision `{revision}`"),
                "name a folder, a file, a commit, a tag or a branch, or `git:REVISION:PATH`",
            ),
        },
    )?);
    // A pack may include what lies beside it.
    let around = path.parent().map(Path::to_path_buf).unwrap_or_default();
    let around = if around.as_os_str().is_empty() { PathBuf::from(".") } else { around };
    let listed = git(
        &top,
        [
            OsStr::new("ls-tree"),
            OsStr::new("-r"),
            OsStr::new("-z"),
            OsStr::new("--name-only"),
            OsStr::new(&commit),
            OsStr::new("--"),
            around.as_os_str(),
        ],
    )?;
    let checkout = TempDir::new()?;
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    for name in listed.split('\0').filter(|name| is_read(name)) {
        let file = git(&top, ["cat-file", "blob", &format!("{commit}:{name}")])?;
        let place = checkout.path().join(name);
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(place, file.stdout)?;
    }
    let pack = checkout.path().join(&path);
    if !pack.exists() {
        return Err(Failure::usage(format!("revision `{revision}` has no `{}`", path.display())));
    }
    Ok((checkout, pack))
}

/// A folder in the repository of a pack, and where the pack lies below its top.
fn place(pack: &Path) -> Result<(PathBuf, PathBuf), Failure> {
    let is_folder = pack.is_dir();
    let folder = if is_folder { pack } else { pack.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new(".")) };
    let below = PathBuf::from(text(&git(folder, ["rev-parse", "--show-prefix"])?));
    let path = if is_folder { below } else { below.join(pack.file_name().unwrap_or_default()) };
    Ok((folder.to_path_buf(), path))
}

/// Policies and their tables, at a place below the folder.
fn is_read(name: &str) -> bool {
    let path = Path::new(name);
    path.components().all(|part| matches!(part, Component::Normal(_)))
        && path.extension().is_some_and(|extension| extension == "kulanz" || extension == "csv")
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).trim_end_matches(['\n', '\r']).to_owned()
}

fn git<I: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = I>) -> Result<Output, Failure> {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output().map_err(|error| match error.kind() {
        ErrorKind::NotFound => Failure::usage_with_help("the program git does not exist here", "install git, or name a folder or a file"),
        _ => Failure::usage(format!("the program git does not start: {error}")),
    })?;
    if output.status.success() {
        return Ok(output);
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Failure::usage_with_help(format!("git says: {said}"), "name a folder or a file, or a revision of the repository that holds the pack"))
}
