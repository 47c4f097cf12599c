//! Nothing outside the folder that holds a pack is read while it is served.

use super::super::running::{Running, eventually};
use crate::process::folder;

const PACK: &str = "policy \"Desk\"\n  currency EUR\n  time zone Europe/Berlin\n  languages en\n\nrole agent \"Agent\"\n\naction exchange \"Exchange\"\n\nrule swap \"Swap\"\n  agent may exchange\n";
const SECRET: &str = "2026-01-01 PASSWORD-OF-SOMEBODY\n";

/// Guard: names in a policy stay below the folder that holds the pack, also behind links.
#[test]
fn a_served_pack_reads_nothing_outside_its_root() {
    let outer = folder(&[("secret.csv", SECRET), ("secret.kulanz", SECRET), ("packs/desk/desk.kulanz", PACK), ("packs/other/other.kulanz", PACK)]);
    let pack = outer.path().join("packs/desk");
    let absolute = outer.path().join("secret.csv").to_str().unwrap().to_owned();
    let service = Running::start(&pack, &[]);
    let ready = || service.get("/readyz", &[]).json();
    let version = ready()["policy"]["version"].clone();
    #[cfg(unix)]
    std::os::unix::fs::symlink(outer.path().join("secret.csv"), pack.join("link.csv")).unwrap();
    let names = ["../../secret.csv", "../other/../../secret.csv", &absolute, "file:../../secret.csv", "..\\..\\secret.csv", "link.csv"];
    let lines = names
        .iter()
        .map(|name| format!("  holidays from \"{name}\"\n"))
        .chain(["../..", "../../secret.kulanz"].map(|name| format!("  includes \"{name}\"\n")));
    for line in lines {
        std::fs::write(pack.join("desk.kulanz"), PACK.replacen("  languages en\n", &format!("  languages en\n{line}"), 1)).unwrap();
        let failed = eventually("the change is refused", || {
            let ready = ready();
            ready["reload"].as_str().is_some_and(|reload| reload.starts_with("failed") && reload.contains("desk.kulanz")).then_some(ready)
        });
        assert_eq!(failed["policy"]["version"], version, "{line}");
        assert!(!failed.to_string().contains("PASSWORD") && !service.log().contains("PASSWORD"), "{line} {failed}");
        std::fs::write(pack.join("desk.kulanz"), PACK).unwrap();
        eventually("it is whole again", || (ready()["reload"] == "current").then_some(()));
    }
}
