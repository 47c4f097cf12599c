//! The HTTP guide: every `curl` gets what the guide shows.

use serde_json::Value;

use super::blocks::{self, Block};
use super::words::{missing, words};
use crate::process::{folder, root};
use crate::server::running::{Reply, Running};

#[test]
fn every_example_of_the_http_guide_runs() {
    let blocks = blocks::of("http-guide.md");
    let service = Running::start(&root().join("policies/fashion-shop"), &[]);
    let mut asked = 0;
    for (at, block) in blocks.iter().enumerate().filter(|(_, block)| block.kind == "console") {
        let answer = blocks
            .get(at + 1)
            .filter(|next| next.kind == "json answer")
            .unwrap_or_else(|| panic!("{}: a `json answer` block must follow", block.place));
        compare(answer, &call(&service, block));
        asked += 1;
    }
    assert!(asked >= 8, "the guide calls the service");
}

/// The configuration that the guide shows is the default one.
#[test]
fn the_configuration_of_the_http_guide_is_taken() {
    let shown = blocks::of("http-guide.md").into_iter().find(|block| block.kind == "toml").unwrap();
    let config = folder(&[("kulanz.toml", &shown.text)]);
    let path = config.path().join("kulanz.toml");
    let service = Running::start(&root().join("policies/fashion-shop"), &["--config", path.to_str().unwrap()]);
    assert_eq!(service.get("/healthz", &[]).status, 200);
}

fn call(service: &Running, block: &Block) -> Reply {
    let command = block.text.strip_prefix("$ curl ").unwrap_or_else(|| panic!("{}: `$ curl` is missing", block.place));
    let words = words(command);
    let url = words.iter().find_map(|word| word.strip_prefix("http://127.0.0.1:7373")).unwrap_or_else(|| panic!("{}: no address", block.place));
    let value = |option: &str| words.iter().skip_while(|word| *word != option).nth(1);
    match (value("-H"), value("-d")) {
        (Some(header), Some(body)) => {
            assert_eq!(header, "Content-Type: application/json");
            service.post(url, body)
        }
        _ => service.get(url, &[]),
    }
}

fn compare(answer: &Block, reply: &Reply) {
    let expected: Value = serde_json::from_str(&answer.text).unwrap_or_else(|error| panic!("{}: {error}", answer.place));
    let status = answer.value("status").unwrap_or("200");
    assert_eq!(reply.status.to_string(), status, "{}: {reply:?}", answer.place);
    let body = reply.json();
    let given = answer.value("first").map_or(&body, |list| &body[list][0]);
    let missing = missing(&expected, given);
    assert!(missing.is_none(), "{}: `{}` differs in\n{given:#}", answer.place, missing.unwrap_or_default());
}
