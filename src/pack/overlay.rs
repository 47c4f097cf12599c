//! Files as they stand in an editor.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Texts that stand in the place of files: what somebody writes and has not saved. A file that is not on the disk yet is there as soon as it has a text.
#[derive(Clone, Debug, Default)]
pub struct Overlay(BTreeMap<PathBuf, Arc<str>>);

impl Overlay {
    /// Puts a text in the place of the file at `path`.
    pub fn insert(&mut self, path: &Path, text: Arc<str>) {
        self.0.insert(canonical(path), text);
    }

    /// The text in the place of a file, by its canonical path.
    #[must_use]
    pub fn get(&self, path: &Path) -> Option<&str> {
        self.0.get(path).map(AsRef::as_ref)
    }

    /// The canonical paths of all of them.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.0.keys().map(PathBuf::as_path)
    }
}

/// Where a path leads, links followed; also of a file that is not there yet.
#[must_use]
pub fn canonical(path: &Path) -> PathBuf {
    if let Ok(place) = fs::canonicalize(path) {
        return place;
    }
    match (path.parent().map(fs::canonicalize), path.file_name()) {
        (Some(Ok(folder)), Some(name)) => folder.join(name),
        _ => path.to_path_buf(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::Pack;

    #[test]
    fn an_open_file_stands_before_the_one_on_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let shop = folder.path().join("shop.kulanz");
        fs::write(&shop, "role agent\n").unwrap();
        let names = |overlay: &Overlay| {
            let (pack, problems) = Pack::read_over(folder.path(), overlay);
            assert!(problems.is_empty(), "{problems:?}");
            pack.sources.iter().map(|(_, source)| format!("{}: {}", source.name(), source.text())).collect::<Vec<_>>()
        };
        let mut overlay = Overlay::default();
        assert_eq!(names(&overlay), ["shop.kulanz: role agent\n"]);
        overlay.insert(&shop, "role lead\n".into());
        overlay.insert(&folder.path().join("new.kulanz"), "role senior\n".into());
        overlay.insert(&folder.path().join("new.txt"), "no policy".into());
        assert_eq!(names(&overlay), ["new.kulanz: role senior\n", "shop.kulanz: role lead\n"]);
    }

    #[test]
    fn a_table_and_a_pack_can_be_there_before_they_are_saved() {
        let folder = tempfile::tempdir().unwrap();
        let (pack, table) = (folder.path().join("a.kulanz"), folder.path().join("t.csv"));
        let mut overlay = Overlay::default();
        overlay.insert(&pack, "table t from \"t.csv\"\n  may refund\n".into());
        let (_, problems) = Pack::read_over(&canonical(&pack), &overlay);
        assert_eq!(problems.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>(), ["there is no file or folder `t.csv`"]);
        overlay.insert(&table, "role,up to\nagent,5 EUR\n".into());
        let (read, problems) = Pack::read_over(&canonical(&pack), &overlay);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(read.sources.iter().count(), 2);
    }
}
