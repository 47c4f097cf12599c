//! The page about observing: its configuration is taken, and its table names every key with its default.

use super::blocks;

#[test]
fn the_configuration_of_traces_is_taken_and_every_key_is_named() {
    let blocks = blocks::of("observing.md");
    let shown = blocks.iter().find(|block| block.kind == "toml").unwrap();
    let config: kulanz::server::Config = toml::from_str(&shown.text).unwrap();
    config.validate().unwrap();
    let least: kulanz::traces::Settings = toml::from_str("endpoint = \"http://localhost:4318\"").unwrap();
    assert_eq!((least.service_name.as_str(), least.queue, least.insecure, least.sample), ("kulanz", 8192, false, kulanz::traces::Ratio::default()));
    let page = include_str!("../../docs/observing.md");
    // The complaint about an unknown key lists all that there are.
    let unknown = toml::from_str::<kulanz::traces::Settings>("endpoint = \"a\"\nno_such = 1").unwrap_err().to_string();
    let (_, keys) = unknown.split_once("expected one of ").unwrap();
    let keys: Vec<_> = keys.split('`').skip(1).step_by(2).collect();
    assert!(keys.len() == 8, "{unknown}");
    for key in keys {
        assert!(page.contains(&format!("| `{key}` |")), "{key}");
    }
    for default in ["| `service_name` | `\"kulanz\"` |", "| `queue` | `8192` |", "| `sample` | `1.0` |", "| `insecure` | `false` |"] {
        assert!(page.contains(default), "{default}");
    }
}
