//! Which packs a folder holds.

use std::fs;
use std::path::{Path, PathBuf};

/// How deep a folder is searched for the file that makes it a pack.
const DEEPEST: usize = 8;

/// Where the packs of a working folder are: in its `policies`, else in itself.
pub fn place(folder: &Path) -> PathBuf {
    let policies = if folder == Path::new(".") { PathBuf::from("policies") } else { folder.join("policies") };
    if policies.is_dir() { policies } else { folder.to_path_buf() }
}

/// The packs in a folder that is none itself, if there are two or more.
pub fn several(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    if entries.iter().any(|entry| entry.is_file() && is_policy_file(entry)) {
        return Vec::new();
    }
    let packs: Vec<_> = entries.into_iter().filter(|entry| entry.is_dir() && holds_policy(entry, 0)).collect();
    if packs.len() > 1 { packs } else { Vec::new() }
}

/// Whether a file is one of a pack, by its name.
pub fn is_policy_file(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "kulanz")
}

/// Whether a file in this folder begins a policy, which every pack does exactly once.
pub fn holds_policy(folder: &Path, depth: usize) -> bool {
    depth < DEEPEST
        && fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .any(|path| if path.is_dir() { holds_policy(&path, depth + 1) } else { is_policy_file(&path) && begins_policy(&path) })
}

/// Whether a file begins a policy.
pub fn begins_policy(file: &Path) -> bool {
    fs::read_to_string(file).is_ok_and(|text| is_policy_begun(&text))
}

/// Whether a text does.
pub fn is_policy_begun(text: &str) -> bool {
    let begins = |line: &str| line.strip_prefix("policy").is_some_and(|rest| rest.starts_with([' ', '\t', '"']));
    text.trim_start_matches('\u{feff}').lines().any(begins)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    fn names(folder: &tempfile::TempDir) -> Vec<String> {
        several(folder.path()).iter().map(|pack| pack.file_name().unwrap().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn several_packs_are_told_apart() {
        let packs = folder(&[("shop/a.kulanz", "policy \"a\""), ("rail/deep/b.kulanz", "# rail\npolicy \"b\""), ("notes/n.kulanz", "rule policy")]);
        assert_eq!(names(&packs), ["rail", "shop"]);
    }

    #[test]
    fn a_pack_in_folders_is_one() {
        let one = folder(&[("vocabulary/a.kulanz", "policy \"a\""), ("rules/b.kulanz", "rule b")]);
        assert!(names(&one).is_empty());
        let own_file = folder(&[("a.kulanz", "policy \"a\""), ("x/b.kulanz", "policy \"b\""), ("y/c.kulanz", "policy \"c\"")]);
        assert!(names(&own_file).is_empty());
    }
}
