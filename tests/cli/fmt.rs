//! `kulanz fmt`

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::process::{COUNTER, folder, kulanz, kulanz_reading};

const WIDE: &str = "role   agent    \"Service agent\"\n# kept\nrole lead\n    above    agent\n";

fn formatted() -> String {
    kulanz_reading(WIDE.as_bytes(), &["fmt", "-"]).exits(0).out
}

#[test]
fn standard_input_becomes_standard_output() {
    let text = formatted();
    assert_ne!(text, WIDE);
    assert!(text.contains("# kept"));
    assert_eq!(kulanz_reading(text.as_bytes(), &["fmt", "-"]).exits(0).out, text);
}

#[test]
fn files_are_rewritten_once() {
    let files = folder(&[("a.kulanz", WIDE), ("b.kulanz", &formatted())]);
    let path = |name: &str| files.path().join(name);
    fs::set_permissions(path("a.kulanz"), fs::Permissions::from_mode(0o640)).unwrap();
    let untouched = fs::metadata(path("b.kulanz")).unwrap().modified().unwrap();
    kulanz(&["fmt", "-p", files.path().to_str().unwrap()]).exits(0).prints("a.kulanz");
    assert_eq!(fs::read_to_string(path("a.kulanz")).unwrap(), formatted());
    assert_eq!(fs::metadata(path("a.kulanz")).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(fs::metadata(path("b.kulanz")).unwrap().modified().unwrap(), untouched);
    assert_eq!(kulanz(&["fmt", path("a.kulanz").to_str().unwrap()]).exits(0).out, "");
    assert_eq!(fs::read_dir(files.path()).unwrap().count(), 2);
}

#[test]
fn json_says_nothing_on_standard_error_where_nothing_is_wrong() {
    let files = folder(&[("a.kulanz", WIDE)]);
    let path = files.path().to_str().unwrap();
    for changed in [1, 0] {
        let ended = kulanz(&["fmt", "--format", "json", "-p", path]).exits(0);
        assert_eq!((ended.err.as_str(), ended.json()["changed"].as_array().unwrap().len()), ("", changed));
    }
}

#[test]
fn check_changes_nothing() {
    let files = folder(&[("a.kulanz", WIDE)]);
    let path = files.path().to_str().unwrap();
    kulanz(&["fmt", "--check", "-p", path]).exits(1).prints("a.kulanz");
    assert_eq!(fs::read_to_string(files.path().join("a.kulanz")).unwrap(), WIDE);
    kulanz(&["fmt", "-p", path]).exits(0);
    kulanz(&["fmt", "--check", "-p", path]).exits(0);
    kulanz_reading(WIDE.as_bytes(), &["fmt", "--check", "-"]).exits(1);
    kulanz(&["fmt", "--check", "-p", COUNTER]).exits(0);
}

#[test]
fn a_file_that_cannot_be_read_is_left_alone_and_the_rest_goes_on() {
    let files = folder(&[("a.kulanz", "role agent\n  frobnicates 5\n"), ("b.kulanz", WIDE)]);
    kulanz(&["fmt", "-p", files.path().to_str().unwrap()]).exits(1).says("a.kulanz:2:3");
    assert_eq!(fs::read_to_string(files.path().join("a.kulanz")).unwrap(), "role agent\n  frobnicates 5\n");
    assert_eq!(fs::read_to_string(files.path().join("b.kulanz")).unwrap(), formatted());
    kulanz(&["fmt", "no/such.kulanz"]).exits(1).says("no/such.kulanz");
}

#[test]
fn a_table_of_a_spreadsheet_has_no_layout() {
    let files = folder(&[("t.csv", "role,up to\n")]);
    let table = files.path().join("t.csv");
    kulanz(&["fmt", table.to_str().unwrap()]).exits(1).says("has no layout").says("`.kulanz` files");
    assert_eq!(fs::read_to_string(&table).unwrap(), "role,up to\n");
}

#[test]
fn a_link_stays_a_link() {
    let files = folder(&[("real.kulanz", WIDE)]);
    let link = files.path().join("link.kulanz");
    std::os::unix::fs::symlink("real.kulanz", &link).unwrap();
    kulanz(&["fmt", link.to_str().unwrap()]).exits(0);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(files.path().join("real.kulanz")).unwrap(), formatted());
}

/// A file of more than a hundred kilobytes that is not in the one layout.
#[cfg(unix)]
fn large() -> String {
    (0..4_000).fold(String::new(), |text, nth| text + &format!("role   role_{nth}    \"Role {nth}\"\n"))
}

/// Runs `kulanz fmt` in a shell that lets no file grow beyond a few kilobytes.
#[cfg(unix)]
fn with_little_room(before: &str, file: &std::path::Path) -> std::process::Output {
    let script = format!("{before} ulimit -c 0; ulimit -f 8; exec \"$0\" fmt \"$1\"");
    std::process::Command::new("sh").args(["-c", &script, env!("CARGO_BIN_EXE_kulanz")]).arg(file).output().unwrap()
}

#[cfg(unix)]
#[test]
fn who_is_killed_while_writing_leaves_the_file_whole() {
    use std::os::unix::process::ExitStatusExt;
    let folder = folder(&[("a.kulanz", &large())]);
    let file = folder.path().join("a.kulanz");
    let ended = with_little_room("", &file);
    assert!(ended.status.signal().is_some(), "{ended:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), large());
    // What is left behind is no part of a pack and in nobody's way.
    kulanz(&["fmt", file.to_str().unwrap()]).exits(0).prints("changed");
    assert!(fs::read_to_string(&file).unwrap().starts_with("role role_0    \"Role 0\"\n"));
    let policies = fs::read_dir(folder.path()).unwrap().filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|it| it == "kulanz"));
    assert_eq!(policies.count(), 1);
}

#[cfg(unix)]
#[test]
fn a_full_disk_changes_nothing() {
    let folder = folder(&[("a.kulanz", &large())]);
    let file = folder.path().join("a.kulanz");
    let ended = with_little_room("trap '' XFSZ;", &file);
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    assert!(String::from_utf8_lossy(&ended.stderr).contains("cannot write"), "{ended:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), large());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn standard_input_has_the_bounds_of_a_file() {
    let refused = |bytes: &[u8]| kulanz_reading(bytes, &["fmt", "-"]).exits(1).err;
    assert!(refused(b"role agent\n\0").contains("error[K0003]: `standard input` holds a NUL byte in line 2"));
    assert!(refused(b"role agent\n# \xff\n").contains("`standard input` is not UTF-8 text: the first wrong byte is in line 2"));
    assert!(refused(&vec![b'#'; (16 << 20) + 1]).contains("Kulanz reads files of at most 16 MiB"));
}
