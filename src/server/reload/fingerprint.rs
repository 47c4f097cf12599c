//! Whether the files of a pack look different from last time, without reading them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// How deep folders are followed; beyond it nothing is a pack.
const DEEPEST: usize = 32;

/// Sizes and times of all files that a pack may be made of.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Fingerprint(BTreeMap<PathBuf, (u64, Option<SystemTime>)>);

impl Fingerprint {
    /// Looks at policies and tables below each root. What cannot be looked at is left out: the loader will say why.
    pub fn of(roots: &[PathBuf]) -> Self {
        let mut print = Self::default();
        for root in roots {
            print.visit(root, 0);
        }
        print
    }

    fn visit(&mut self, path: &Path, depth: usize) {
        let Ok(metadata) = fs::metadata(path) else { return };
        if metadata.is_dir() && depth < DEEPEST {
            for entry in fs::read_dir(path).into_iter().flatten().flatten() {
                self.visit(&entry.path(), depth + 1);
            }
        } else if depth == 0 || path.extension().is_some_and(|extension| extension == "kulanz" || extension == "csv") {
            self.0.insert(path.to_owned(), (metadata.len(), metadata.modified().ok()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_policies_and_tables_count() {
        let folder = tempfile::tempdir().unwrap();
        let roots = [folder.path().to_owned()];
        fs::write(folder.path().join("a.kulanz"), "x").unwrap();
        let before = Fingerprint::of(&roots);
        fs::write(folder.path().join("notes.txt"), "x").unwrap();
        assert_eq!(Fingerprint::of(&roots), before);
        fs::create_dir(folder.path().join("deeper")).unwrap();
        fs::write(folder.path().join("deeper/b.csv"), "x").unwrap();
        let with_table = Fingerprint::of(&roots);
        assert_ne!(with_table, before);
        fs::write(folder.path().join("a.kulanz"), "xy").unwrap();
        assert_ne!(Fingerprint::of(&roots), with_table);
    }

    #[test]
    fn a_circle_of_links_ends() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("again")).unwrap();
        Fingerprint::of(&[folder.path().to_owned()]);
    }
}
