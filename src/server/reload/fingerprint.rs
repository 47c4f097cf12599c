//! Whether the files of a pack say something else than last time.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// How deep folders are followed; beyond it nothing is a pack.
const DEEPEST: usize = 64;
/// How many files are looked at; no pack has more.
const MOST: usize = 10_000;
/// So many bytes of a file are looked at; a longer one is not read.
const LONGEST: u64 = (16 << 20) + 1;

/// A hash of each file that a pack may be made of. Sizes and times would not do: a swapped link or a copied file may keep both.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Fingerprint(BTreeMap<PathBuf, Option<blake3::Hash>>);

impl Fingerprint {
    /// Looks at policies and tables below each root. What cannot be looked at is left out: the loader will say why.
    pub fn of(roots: &[PathBuf]) -> Self {
        let mut print = Self::default();
        for root in roots {
            print.visit(root, &mut Vec::new());
        }
        print
    }

    /// `above` are the folders that this lies in, links followed.
    fn visit(&mut self, path: &Path, above: &mut Vec<PathBuf>) {
        let Ok(metadata) = fs::metadata(path) else { return };
        if metadata.is_dir() {
            self.visit_folder(path, above);
        } else if above.is_empty() || path.extension().is_some_and(|extension| extension == "kulanz" || extension == "csv") {
            // Whatever else has such a name, a pipe for one, might never end.
            let hash = if metadata.is_file() { hash(path).ok() } else { None };
            self.0.insert(path.to_owned(), hash);
        }
    }

    fn visit_folder(&mut self, path: &Path, above: &mut Vec<PathBuf>) {
        let Ok(place) = fs::canonicalize(path) else { return };
        if above.len() >= DEEPEST || above.contains(&place) {
            return;
        }
        above.push(place);
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            if self.0.len() > MOST {
                break;
            }
            self.visit(&entry.path(), above);
        }
        above.pop();
    }
}

/// Of as much of a file as the loader would read.
fn hash(path: &Path) -> io::Result<blake3::Hash> {
    let mut hasher = blake3::Hasher::new();
    io::copy(&mut File::open(path)?.take(LONGEST), &mut hasher)?;
    Ok(hasher.finalize())
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
    fn the_same_size_and_time_do_not_make_it_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let (roots, file) = ([folder.path().to_owned()], folder.path().join("a.kulanz"));
        fs::write(&file, "one").unwrap();
        let (before, age) = (Fingerprint::of(&roots), fs::metadata(&file).unwrap().modified().unwrap());
        fs::write(&file, "two").unwrap();
        File::options().write(true).open(&file).unwrap().set_modified(age).unwrap();
        assert_ne!(Fingerprint::of(&roots), before);
    }

    #[test]
    fn a_circle_of_links_ends() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["again", "and", "again_and"] {
            std::os::unix::fs::symlink(folder.path(), folder.path().join(name)).unwrap();
        }
        Fingerprint::of(&[folder.path().to_owned()]);
    }
}
