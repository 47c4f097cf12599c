//! Files and what an editor calls them, and which pack a file belongs to.

use std::collections::HashMap;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use gen_lsp_types::Uri;

use crate::pack::{Overlay, canonical, find};

/// The file behind a URI, where there is one.
pub fn path_of(uri: &Uri) -> Option<PathBuf> {
    if uri.scheme() == "file" { uri.to_file_path().ok() } else { None }
}

/// Whether a document is a policy, and not a table that one is filled from.
pub fn is_policy(uri: &Uri) -> bool {
    uri.scheme() != "file" || find::is_policy_file(Path::new(uri.path()))
}

/// A pack, or a text that belongs to none.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Root {
    /// A folder; canonical.
    Pack(PathBuf),
    /// A text by itself.
    Alone(Uri),
}

/// What an editor has open and where it works, at one moment.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// The folders that somebody works in: canonical, and as the editor calls them.
    pub folders: Vec<(PathBuf, PathBuf)>,
    /// By canonical path: what the editor calls the file, and which version of it this is.
    pub open: HashMap<PathBuf, (Uri, i32)>,
    /// The texts of open files.
    pub overlay: Overlay,
    /// The texts of documents that are no files.
    pub untitled: HashMap<Uri, (i32, Arc<str>)>,
}

impl Places {
    /// What the editor calls a file.
    pub fn uri(&self, path: &Path) -> Option<Uri> {
        if let Some((uri, _)) = self.open.get(path) {
            return Some(uri.clone());
        }
        let inside = self.folders.iter().find_map(|(canonical, shown)| Some(shown.join(path.strip_prefix(canonical).ok()?)));
        Uri::from_file_path(inside.as_deref().unwrap_or(path)).ok()
    }

    /// The version of a file that is open.
    pub fn version(&self, path: &Path) -> Option<i32> {
        self.open.get(path).map(|(_, version)| *version)
    }

    /// The packs of a folder that somebody works in, found as the command line finds them; none where nothing in it begins a policy.
    pub fn packs_in(folder: &Path) -> Vec<PathBuf> {
        let place = canonical(&find::place(folder));
        let several = find::several(&place);
        if !several.is_empty() {
            return several;
        }
        if find::holds_policy(&place, 0) { vec![place] } else { Vec::new() }
    }

    /// The pack that a file belongs to: the nearest one of `known`, else the nearest folder above it in which a file begins a policy.
    pub fn pack_of(&self, path: &Path, known: &[PathBuf]) -> Option<PathBuf> {
        let nearest = known.iter().filter(|pack| path.starts_with(pack)).max_by_key(|pack| pack.components().count());
        if let Some(pack) = nearest {
            return Some(pack.clone());
        }
        let top = self.folders.iter().map(|(canonical, _)| canonical.as_path()).find(|folder| path.starts_with(folder));
        let folders = path.ancestors().skip(1).take_while(|folder| top.is_none_or(|top| folder.starts_with(top)));
        folders.into_iter().find(|folder| self.begins_policy(folder)).map(Path::to_path_buf)
    }

    fn begins_policy(&self, folder: &Path) -> bool {
        let unsaved = self.overlay.paths().filter(|path| path.parent() == Some(folder) && find::is_policy_file(path));
        unsaved.into_iter().any(|path| self.overlay.get(path).is_some_and(find::is_policy_begun))
            || fs::read_dir(folder)
                .into_iter()
                .flatten()
                .flatten()
                .map(|entry| entry.path())
                .any(|path| path.is_file() && find::is_policy_file(&path) && find::begins_policy(&path))
    }
}

/// A path without `.` and `..`.
pub fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(normal.pop()),
            part => normal.push(part),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let path = fs::canonicalize(folder.path()).unwrap();
        (folder, path)
    }

    #[test]
    fn packs_are_found_as_the_command_line_finds_them() {
        let (_folder, root) =
            folder(&[("policies/a/a.kulanz", "policy \"a\""), ("policies/b/b.kulanz", "policy \"b\""), ("c/c.kulanz", "policy \"c\"")]);
        assert_eq!(Places::packs_in(&root), [root.join("policies/a"), root.join("policies/b")]);
        assert_eq!(Places::packs_in(&root.join("c")), [root.join("c")]);
        assert_eq!(Places::packs_in(&root.join("policies/a")), [root.join("policies/a")]);
        let (_empty, empty) = folder(&[("notes.txt", "policy")]);
        assert!(Places::packs_in(&empty).is_empty());
    }

    #[test]
    fn a_file_belongs_to_the_nearest_pack() {
        let (_folder, root) = folder(&[("x/shop.kulanz", "policy \"x\""), ("x/tests/t.kulanz", "role r"), ("lone/l.kulanz", "role r")]);
        let places = Places { folders: vec![(root.clone(), root.clone())], ..Places::default() };
        assert_eq!(places.pack_of(&root.join("x/tests/t.kulanz"), &[]), Some(root.join("x")));
        assert_eq!(places.pack_of(&root.join("lone/l.kulanz"), &[]), None);
        assert_eq!(places.pack_of(&root.join("lone/l.kulanz"), &[root.clone(), root.join("lone")]), Some(root.join("lone")));
    }

    #[test]
    fn names_of_files_may_hold_anything() {
        let path = Path::new(if cfg!(windows) { r"C:\tmp\Größe und Maß\a#b.kulanz" } else { "/tmp/Größe und Maß/a#b.kulanz" });
        let uri = Places::default().uri(path).unwrap();
        assert!(uri.as_str().ends_with("/Gr%C3%B6%C3%9Fe%20und%20Ma%C3%9F/a%23b.kulanz"), "{uri}");
        assert_eq!(path_of(&uri).unwrap(), path);
        assert_eq!(path_of(&"untitled:Untitled-1".parse().unwrap()), None);
    }

    #[test]
    fn a_closed_file_is_named_by_the_folder_that_the_editor_knows() {
        let places = Places { folders: vec![("/private/tmp/shop".into(), "/tmp/shop".into())], ..Places::default() };
        assert_eq!(places.uri(Path::new("/private/tmp/shop/a.kulanz")).unwrap().as_str(), "file:///tmp/shop/a.kulanz");
        assert_eq!(normal(Path::new("/a/b/../c/./d")), Path::new("/a/c/d"));
    }
}
