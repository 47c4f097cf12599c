//! Packs on disk and in memory.

use std::fs;
use std::path::Path;

use kulanz::diagnostic::Diagnostic;
use kulanz::pack::Pack;
use tempfile::TempDir;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn names(pack: &Pack) -> Vec<Vec<&str>> {
    let name = |file: &kulanz::syntax::ast::File| pack.sources.get(file.source).unwrap().name();
    pack.parts.iter().map(|part| part.files.iter().map(name).collect()).collect()
}

fn codes(problems: &[Diagnostic]) -> Vec<&'static str> {
    problems.iter().map(|problem| problem.code.text()).collect()
}

const ROLE: &str = "role agent\n";

#[test]
fn a_folder_is_read_in_path_order_and_includes_come_after() {
    let files = [
        ("shop/b.kulanz", "policy \"S\"\n  includes \"../company\"\n  holidays from \"days.csv\"\n"),
        ("shop/days.csv", "date,name\n2026-12-25,Christmas\n"),
        ("shop/a/z.kulanz", ROLE),
        ("shop/notes.txt", "not a policy"),
        ("shop/.hidden.kulanz", "nonsense"),
        ("company/roles.kulanz", "policy \"C\"\n  includes \"../base.kulanz\"\n"),
        ("base.kulanz", ROLE),
    ];
    let folder = folder(&files);
    let (pack, problems) = Pack::read(&folder.path().join("shop"));
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(names(&pack), [vec!["a/z.kulanz", "b.kulanz"], vec!["../company/roles.kulanz"], vec!["../base.kulanz"]]);
    let (file, problems) = Pack::read(&folder.path().join("base.kulanz"));
    assert!(problems.is_empty());
    assert_eq!(names(&file), [vec!["base.kulanz"]]);
}

#[test]
fn the_version_depends_on_names_and_texts() {
    let version = |texts: &[(&str, &str)]| Pack::from_texts(texts).0.version;
    let one = version(&[("a.kulanz", "role agent\n")]);
    assert_eq!(one.len(), 3 + 64);
    assert!(one.starts_with("b3:"));
    assert_eq!(one, version(&[("a.kulanz", "role agent\n")]));
    assert_ne!(one, version(&[("b.kulanz", "role agent\n")]));
    assert_ne!(one, version(&[("a.kulanz", "role agent \n")]));
    let table = "table t from \"t.csv\"\n  may refund\n";
    assert_ne!(version(&[("a.kulanz", table), ("t.csv", "role\nagent\n")]), version(&[("a.kulanz", table), ("t.csv", "role\nlead\n")]));
    let folder = folder(&[("p/a.kulanz", "role agent\n")]);
    assert_eq!(Pack::read(&folder.path().join("p")).0.version, one);
}

#[test]
fn each_pack_is_read_once_and_circles_are_errors() {
    let include = |path: &str| format!("policy \"P\"\n  includes \"{path}\"\n");
    let twice =
        folder(&[("a/a.kulanz", &format!("{}  includes \"../c\"\n", include("../b"))), ("b/b.kulanz", &include("../c")), ("c/c.kulanz", ROLE)]);
    let (pack, problems) = Pack::read(&twice.path().join("a"));
    assert!(problems.is_empty());
    assert_eq!(pack.parts.len(), 3);
    let circle = folder(&[("a/a.kulanz", &include("../b")), ("b/b.kulanz", &include("../a"))]);
    assert_eq!(codes(&Pack::read(&circle.path().join("a")).1), ["K0006"]);
    let around = folder(&[("a/a.kulanz", &include(".."))]);
    assert_eq!(codes(&Pack::read(&around.path().join("a")).1), ["K0006"]);
    let itself = folder(&[("a/a.kulanz", &include("."))]);
    assert_eq!(codes(&Pack::read(&itself.path().join("a")).1), ["K0006"]);
}

#[test]
fn nothing_outside_the_folder_is_read() {
    let outer = folder(&[("secret.csv", "role\nagent\n"), ("secret.kulanz", ROLE), ("in/shop/a.kulanz", ROLE)]);
    let shop = outer.path().join("in/shop");
    for text in [
        "table t from \"../../secret.csv\"\n  may refund\n",
        "policy \"P\"\n  includes \"../../secret.kulanz\"\n",
        "policy \"P\"\n  holidays from \"/etc/passwd\"\n",
        "policy \"P\"\n  includes \"../../nowhere\"\n",
    ] {
        fs::write(shop.join("a.kulanz"), text).unwrap();
        let (pack, problems) = Pack::read(&shop);
        assert_eq!(codes(&problems), ["K0005"], "{text}");
        assert_eq!(pack.sources.iter().count(), 1);
    }
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_checked() {
    use std::os::unix::fs::symlink;
    let outer = folder(&[("secret.kulanz", ROLE), ("in/shop/a.kulanz", ROLE), ("in/more/b.kulanz", ROLE)]);
    let shop = outer.path().join("in/shop");
    symlink("../more", shop.join("more")).unwrap();
    let (pack, problems) = Pack::read(&shop);
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(names(&pack), [["a.kulanz", "more/b.kulanz"]]);
    symlink("../../secret.kulanz", shop.join("c.kulanz")).unwrap();
    assert_eq!(codes(&Pack::read(&shop).1), ["K0005"]);
    fs::remove_file(shop.join("c.kulanz")).unwrap();
    symlink(".", shop.join("loop")).unwrap();
    assert_eq!(codes(&Pack::read(&shop).1), ["K0001"]);
    fs::remove_file(shop.join("loop")).unwrap();
    symlink("nowhere", shop.join("gone.kulanz")).unwrap();
    assert_eq!(codes(&Pack::read(&shop).1), ["K0001"]);
}

#[test]
fn what_cannot_be_read_is_reported() {
    assert_eq!(codes(&Pack::read(Path::new("/nowhere/at/all")).1), ["K0001"]);
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(codes(&Pack::read(empty.path()).1), ["K0002"]);
    let bytes = folder(&[("p/a.kulanz", "role a\0gent\n")]);
    assert_eq!(codes(&Pack::read(&bytes.path().join("p")).1), ["K0003"]);
    let comments = folder(&[("p/a.kulanz", "# nothing\n")]);
    assert_eq!(codes(&Pack::read(&comments.path().join("p")).1), ["K0002"]);
    let large = folder(&[("p/a.kulanz", &"# x\n".repeat(5_000_000))]);
    assert_eq!(codes(&Pack::read(&large.path().join("p")).1), ["K0004"]);
}

#[test]
fn an_include_of_what_the_pack_holds_is_one_problem() {
    let settings = "  currency EUR\n  time zone Europe/Berlin\n";
    let shop = format!("policy \"S\"\n{settings}  includes \"../company\"\nrole agent\n");
    let company = format!("policy \"C\"\n{settings}role lead\n");
    let folder = folder(&[("x/shop/a.kulanz", &shop), ("x/company/b.kulanz", &company)]);
    let (pack, problems) = Pack::read(&folder.path().join("x"));
    assert_eq!(codes(&problems), ["K0008"]);
    assert_eq!(codes(&kulanz::policy::check(&pack).unwrap_err()), ["K0221"]);
    assert_eq!(names(&pack), [vec!["company/b.kulanz", "shop/a.kulanz"]]);
    let (_, problems) = Pack::read(&folder.path().join("x/shop"));
    assert!(problems.is_empty(), "{problems:?}");
}

#[test]
fn an_include_around_another_include_is_a_problem() {
    let shop = "policy \"S\"\n  includes \"../company/base\"\n  includes \"../company\"\n";
    let folder = folder(&[("shop/a.kulanz", shop), ("company/base/b.kulanz", ROLE), ("company/c.kulanz", ROLE)]);
    let (pack, problems) = Pack::read(&folder.path().join("shop"));
    assert_eq!(codes(&problems), ["K0008"]);
    assert_eq!(names(&pack), [["a.kulanz"], ["../company/base/b.kulanz"]]);
}
