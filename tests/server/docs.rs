//! `GET /docs`

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::running::{Reply, Running};

fn page(service: &Running) -> Reply {
    let page = service.get("/docs", &[]);
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    page
}

/// The operations of the description.
fn operations(service: &Running) -> Vec<(String, Value)> {
    let description = service.get("/openapi.json", &[]).json();
    let methods = description["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| methods.as_object().unwrap().values().map(move |is| (path.clone(), is.clone())));
    methods.collect()
}

#[test]
fn no_two_operations_have_one_id() {
    let service = Running::counter();
    let all = operations(&service);
    let ids: BTreeSet<_> = all.iter().map(|(_, operation)| operation["operationId"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), all.len(), "{ids:?}");
}

#[test]
fn the_page_shows_every_operation_and_every_schema() {
    let service = Running::counter();
    let page = page(&service).body;
    let tree = roxmltree::Document::parse_with_options(&page, roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() }).unwrap();
    let articles: Vec<_> = tree.descendants().filter(|node| node.has_tag_name("article")).collect();
    let article = |id: &str| {
        let found = articles.iter().find(|node| node.attribute("id") == Some(id)).unwrap_or_else(|| panic!("{id}"));
        found.descendants().filter_map(|node| node.text().filter(|_| node.is_text())).collect::<String>()
    };
    for (path, operation) in operations(&service) {
        let text = article(operation["operationId"].as_str().unwrap());
        assert!(text.contains(&path), "{path}");
        for status in operation["responses"].as_object().unwrap().keys() {
            assert!(text.contains(status.as_str()), "{path} {status}");
        }
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(text.contains(parameter["name"].as_str().unwrap()), "{path} {parameter}");
        }
    }
    let description = service.get("/openapi.json", &[]).json();
    for (name, schema) in description["components"]["schemas"].as_object().unwrap() {
        let text = article(&format!("schema-{name}"));
        for field in schema["properties"].as_object().into_iter().flat_map(serde_json::Map::keys) {
            assert!(text.contains(field.as_str()), "{name}.{field}");
        }
    }
    let ask = article("ask");
    assert!(ask.contains("\"reason\": \"late\"") && ask.contains("curl -X POST") && ask.contains("takes a token"), "{ask}");
    assert!(article("healthz").contains("open to everybody"));
    // Every link leads somewhere, and every id is there once.
    let ids: Vec<_> = tree.descendants().filter_map(|node| node.attribute("id")).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    for link in tree.descendants().filter_map(|node| node.attribute("href")) {
        assert!(link == "openapi.json" || link.strip_prefix('#').is_some_and(|id| ids.contains(&id)), "{link}");
    }
}

#[test]
fn the_page_loads_nothing_from_elsewhere() {
    let service = Running::counter();
    let page = page(&service);
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.starts_with("default-src 'none'; ") && !policy.contains("unsafe") && !policy.contains("http") && !policy.contains('*'),
        "{policy}"
    );
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    let tree = roxmltree::Document::parse_with_options(&page.body, roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() }).unwrap();
    for node in tree.descendants() {
        assert!(!["img", "link", "iframe", "object", "embed", "form", "base"].contains(&node.tag_name().name()), "{node:?}");
        assert!(
            node.attributes().all(|attribute| attribute.name() != "src" && attribute.name() != "style" && !attribute.name().starts_with("on")),
            "{node:?}"
        );
    }
    // What the browser runs is what the policy names.
    for (tag, word) in [("style", "style-src"), ("script", "script-src")] {
        let nodes: Vec<_> = tree.descendants().filter(|node| node.has_tag_name(tag)).collect();
        assert_eq!(nodes.len(), 1);
        let raw = page.body.split_once(&format!("<{tag}>")).unwrap().1.split_once(&format!("</{tag}>")).unwrap().0;
        assert!(!raw.contains("url(") && !raw.contains("@import") && !raw.contains("fetch") && !raw.contains("//"), "{raw}");
        assert!(policy.contains(&format!("{word} 'sha256-{}'", STANDARD.encode(Sha256::digest(raw)))), "{policy}");
    }
}
