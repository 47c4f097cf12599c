//! Formatting files in place.

use std::fs;
use std::path::Path;

use kulanz::diagnostic::Code;
use kulanz::rewrite::{Mode, format_files};

const UNTIDY: &str = "role   agent\n";
const TIDY: &str = "role agent\n";

fn file(folder: &Path, name: &str, text: &str) -> std::path::PathBuf {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn folders_are_read_in_path_order() {
    let folder = tempfile::tempdir().unwrap();
    let second = file(folder.path(), "b/c.kulanz", UNTIDY);
    let first = file(folder.path(), "a.kulanz", UNTIDY);
    let other = file(folder.path(), "a.txt", UNTIDY);
    file(folder.path(), "tidy.kulanz", TIDY);
    let report = format_files(&[folder.path()], Mode::Write);
    assert_eq!(report.changed, [first.clone(), second.clone()]);
    assert_eq!((report.seen, report.diagnostics), (3, vec![]));
    assert_eq!(fs::read_to_string(first).unwrap(), TIDY);
    assert_eq!(fs::read_to_string(second).unwrap(), TIDY);
    assert_eq!(fs::read_to_string(other).unwrap(), UNTIDY);
    assert_eq!(format_files(&[folder.path()], Mode::Write).changed, [] as [&Path; 0]);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 4);
}

#[test]
fn a_check_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "a.kulanz", UNTIDY);
    assert_eq!(format_files(&[&path, &path], Mode::Check).changed, std::slice::from_ref(&path));
    assert_eq!(fs::read_to_string(path).unwrap(), UNTIDY);
}

#[test]
fn a_file_with_a_problem_stays_and_the_others_are_formatted() {
    let folder = tempfile::tempdir().unwrap();
    let broken = file(folder.path(), "a.kulanz", "role   agent above\n");
    let untidy = file(folder.path(), "b.kulanz", UNTIDY);
    let report = format_files(&[&broken, &untidy, &folder.path().join("missing.kulanz")], Mode::Write);
    assert_eq!(report.changed, [untidy]);
    assert!(report.diagnostics.iter().any(|problem| problem.code == Code::Unreadable));
    assert!(report.diagnostics.len() > 1);
    assert_eq!(fs::read_to_string(broken).unwrap(), "role   agent above\n");
}

#[cfg(unix)]
#[test]
fn permissions_stay() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "a.kulanz", UNTIDY);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(format_files(&[&path], Mode::Write).changed.len(), 1);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    fs::write(&path, UNTIDY).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o440)).unwrap();
    let report = format_files(&[&path], Mode::Write);
    assert_eq!(report.diagnostics.first().map(|problem| problem.code), Some(Code::Unwritable));
    assert_eq!(fs::read_to_string(&path).unwrap(), UNTIDY);
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let target = file(folder.path(), "target/a.kulanz", UNTIDY);
    let link = folder.path().join("link.kulanz");
    std::os::unix::fs::symlink(&target, &link).unwrap();
    assert_eq!(format_files(&[&link], Mode::Write).changed, std::slice::from_ref(&link));
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(target).unwrap(), TIDY);
}
