//! What is tried with the path of the configuration, and with paths in it.

use std::fs;

use super::super::running::{Running, eventually};
use crate::process::{command_that_ends, end, folder};

const PACK: &str = "policy \"Desk\"\n  currency EUR\n  time zone Europe/Berlin\n  languages en\n\nrole agent \"Agent\"\n\naction exchange \"Exchange\"\n\nrule swap \"Swap\"\n  agent may exchange\n";

/// Guard: a configuration is a file that ends, and is read no further than that.
#[cfg(unix)]
#[test]
fn what_is_no_configuration_is_refused_at_once() {
    let folder = folder(&[("desk.kulanz", PACK), ("long.toml", &"# long\n".repeat(200_000))]);
    let pack = folder.path().join("desk.kulanz");
    let serve =
        |config: &str| end(command_that_ends().args(["serve", "--listen", "127.0.0.1:0", "--config", config, "-p", pack.to_str().unwrap()])).exits(2);
    serve("/dev/zero").says("cannot read `/dev/zero`");
    serve("/dev/null/../zero").says("cannot read");
    serve(folder.path().to_str().unwrap()).says("cannot read");
    serve(folder.path().join("long.toml").to_str().unwrap()).says("cannot read");
    serve(folder.path().join("no.toml").to_str().unwrap()).says("cannot read");
}

/// Guard: the folder that bounds what a pack reads is the real one, however the configuration leads there.
#[cfg(unix)]
#[test]
fn no_way_to_a_pack_widens_what_it_reads() {
    let outer = folder(&[
        ("secret.csv", "2026-01-01 PASSWORD-OF-SOMEBODY\n"),
        ("shop/packs/desk/desk.kulanz", PACK),
        ("etc/kulanz.toml", ""),
        ("elsewhere/packs/desk/desk.kulanz", PACK),
    ]);
    let at = |name: &str| outer.path().join(name);
    std::os::unix::fs::symlink(at("shop/packs/desk"), at("link")).unwrap();
    std::os::unix::fs::symlink(at("etc/kulanz.toml"), at("linked.toml")).unwrap();
    let with_holidays = PACK.replacen("  languages en\n", "  languages en\n  holidays from \"../../../secret.csv\"\n", 1);
    let absolute = at("shop/packs/desk").display().to_string();
    for (config, policies) in [
        ("etc/kulanz.toml", "../shop/packs/desk"),
        ("etc/kulanz.toml", "../shop/./packs/../packs/desk/"),
        ("etc/kulanz.toml", "../link"),
        ("etc/../etc/kulanz.toml", "../shop/packs/desk/desk.kulanz"),
        ("etc/kulanz.toml", absolute.as_str()),
    ] {
        fs::write(at("etc/kulanz.toml"), format!("policies = \"{policies}\"\nlisten = \"127.0.0.1:0\"\n")).unwrap();
        let serve = || end(command_that_ends().current_dir(at("elsewhere")).args(["serve", "--config", at(config).to_str().unwrap()]));
        fs::write(at("shop/packs/desk/desk.kulanz"), &with_holidays).unwrap();
        let refused = serve();
        assert!(refused.status != 0 && refused.err.contains("outside the folder") && !refused.err.contains("PASSWORD"), "{policies}: {refused:?}");
        fs::write(at("shop/packs/desk/desk.kulanz"), PACK).unwrap();
    }
    // What is relative is so to the folder of the configuration as it was written, and never to where the command runs.
    fs::write(at("etc/kulanz.toml"), "policies = \"packs/desk\"\n").unwrap();
    for config in ["etc/kulanz.toml", "linked.toml"] {
        let refused = end(command_that_ends().current_dir(at("elsewhere")).args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--config",
            at(config).to_str().unwrap(),
        ]));
        assert!(refused.status != 0 && refused.out.is_empty(), "{refused:?}");
    }
}

/// Guard: a table of a file (CSV) stays below the folder that holds the pack, also in a policy that is changed while it is served.
#[test]
fn a_table_of_another_folder_is_not_read() {
    let outer = folder(&[("secret.csv", "a,b\nPASSWORD,1\n"), ("packs/desk/desk.kulanz", PACK)]);
    let pack = outer.path().join("packs/desk");
    let service = Running::start(&pack, &[]);
    let version = service.get("/v1/policy", &[]).json()["version"].clone();
    for name in ["../../secret.csv", "../other/../../secret.csv", outer.path().join("secret.csv").to_str().unwrap()] {
        fs::write(pack.join("desk.kulanz"), format!("{PACK}\ntable hours \"Hours\" from \"{name}\"\n  may exchange\n")).unwrap();
        eventually("the change is refused", || service.get("/readyz", &[]).json()["reload"].as_str().unwrap().starts_with("failed").then_some(()));
        let told = service.get("/readyz", &[]).body;
        assert!(!told.contains("PASSWORD") && told.contains("outside the folder"), "{told}");
        assert_eq!(service.get("/v1/policy", &[]).json()["version"], version);
        fs::write(pack.join("desk.kulanz"), PACK).unwrap();
        eventually("it is whole again", || (service.get("/readyz", &[]).json()["reload"] == "current").then_some(()));
    }
}
