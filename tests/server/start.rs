//! How the service begins, and when it refuses to.

use std::net::TcpListener;

use super::running::Running;
use crate::process::{COUNTER, command, end, folder, kulanz, own_counter};

#[test]
fn only_this_machine_is_served() {
    kulanz(&["serve", "-p", COUNTER, "--listen", "0.0.0.0:0"]).exits(2).says("not authenticated");
    kulanz(&["serve", "-p", COUNTER, "--listen", "[::]:0"]).exits(2).says("not authenticated");
    kulanz(&["serve", "-p", COUNTER, "--listen", "somewhere"]).exits(2).says("somewhere");
}

#[test]
fn a_pack_that_does_not_check_is_not_served() {
    let pack = folder(&[("a.kulanz", "rule broken\n  agent may fly\n")]);
    let ended = kulanz(&["serve", "-p", pack.path().to_str().unwrap(), "--listen", "127.0.0.1:0"]).exits(1);
    assert!(ended.out.is_empty());
    ended.says("a.kulanz");
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    kulanz(&["serve", "-p", COUNTER, "--listen", &address]).exits(1).says(&address);
    let named = address.replace("127.0.0.1", "localhost");
    kulanz(&["serve", "-p", COUNTER, "--listen", &named]).exits(1).says(&format!("cannot listen on {address}"));
}

#[test]
fn the_configuration_is_read_and_checked() {
    let pack = own_counter();
    let config = |text: &str| folder(&[("kulanz.toml", text)]);
    let refused = |text: &str, part: &str| {
        let folder = config(text);
        kulanz(&["serve", "--config", folder.path().join("kulanz.toml").to_str().unwrap()]).exits(2).says(part);
    };
    refused("listne = \"127.0.0.1:0\"", "listne");
    refused("[limits]\nconnections = 0", "limits.connections");
    refused("listen = \"0.0.0.0:80\"", "not authenticated");
    refused("listen = ", "kulanz.toml");
    kulanz(&["serve", "--config", "no/such.toml"]).exits(2).says("no/such.toml");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let whole = folder(&[("kulanz.toml", &format!("listen = \"{address}\"\npolicies = \"{}\"\n", pack.path().display()))]);
    let ended = end(command().args(["serve", "--config"]).arg(whole.path().join("kulanz.toml")));
    ended.exits(1).says(&address);
}

#[test]
fn the_log_is_json_where_json_is_asked_for() {
    let service = Running::start(&crate::process::root().join(COUNTER), &["--format", "json"]);
    service.get("/v1/nothing", &[("x-request-id", "logged")]);
    let line = super::running::eventually("it is logged", || service.log().lines().find(|line| line.contains("logged")).map(str::to_owned));
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!((&line["fields"]["status"], &line["fields"]["id"]), (&404.into(), &"logged".into()));
}
