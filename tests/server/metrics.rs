//! `GET /metrics`

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::json;

use super::grants::{desk, late};
use super::running::{Running, eventually};
use crate::process::own_counter;

/// The samples of a page by their names and labels; every line must be one of the text format, and every sample's kind be told before it.
fn samples(page: &str) -> BTreeMap<String, String> {
    let mut kinds = BTreeMap::new();
    let mut samples = BTreeMap::new();
    for line in page.lines() {
        if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').unwrap();
            assert!(kinds.insert(name.to_owned(), kind.to_owned()).is_none(), "`{name}` is told twice");
        } else if !line.starts_with("# HELP ") {
            let (key, value) = line.rsplit_once(' ').unwrap();
            let name = key.split('{').next().unwrap();
            let known = kinds.get(name).is_some_and(|kind| kind != "histogram");
            let part = ["_bucket", "_sum", "_count"].iter().filter_map(|end| name.strip_suffix(end));
            assert!(known || part.into_iter().any(|name| kinds.get(name).is_some_and(|kind| kind == "histogram")), "{line}");
            assert!(!key.contains('{') || key.ends_with("\"}"), "{line}");
            assert!(value.parse::<f64>().is_ok(), "{line}");
            assert!(samples.insert(key.to_owned(), value.to_owned()).is_none(), "{line}");
        }
    }
    samples
}

fn look(service: &Running) -> BTreeMap<String, String> {
    let reply = service.get("/metrics", &[]);
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("text/plain; version=0.0.4; charset=utf-8")));
    samples(&reply.body)
}

#[test]
fn requests_and_answers_are_counted_and_nobody_is_named() {
    let service = Running::counter();
    let question = r#"{"actor": {"role": "agent", "id": "anna-secret"}, "action": "voucher"}"#;
    let kind = service.post("/v1/ask", question).json()["answer"].as_str().unwrap().to_owned();
    service.post("/v1/ask", question);
    service.post("/v1/ask", "{");
    service.post("/v1/ask/batch", format!(r#"{{"questions": [{question}, {question}]}}"#));
    service.get("/v1/made-up-secret", &[]);
    let page = look(&service);
    assert_eq!(page[r#"kulanz_http_requests_total{route="/v1/ask",status="200"}"#], "2");
    assert_eq!(page[r#"kulanz_http_requests_total{route="/v1/ask",status="400"}"#], "1");
    assert_eq!(page[r#"kulanz_http_requests_total{route="other",status="404"}"#], "1");
    assert_eq!(page[r#"kulanz_http_request_duration_seconds_count{route="/v1/ask"}"#], "3");
    assert_eq!(page[&format!(r#"kulanz_answers_total{{action="voucher",answer="{kind}"}}"#)], "4");
    assert_ne!(page["kulanz_connections_open"], "0");
    assert!(page.keys().all(|key| !key.contains("secret")), "{page:?}");
    let version = service.get("/v1/policy", &[]).json()["version"].as_str().unwrap().to_owned();
    assert_eq!(page[&format!(r#"kulanz_policy_info{{version="{version}"}}"#)], "1");
}

#[test]
fn a_policy_that_does_not_check_is_counted() {
    let pack = own_counter();
    let service = Running::start(pack.path(), &[]);
    assert_eq!(look(&service)[r#"kulanz_reload_failures_total{source="policy"}"#], "0");
    fs::write(pack.path().join("counter.kulanz"), "role\n").unwrap();
    eventually("the failure is counted", || (look(&service)[r#"kulanz_reload_failed{source="policy"}"#] == "1").then_some(()));
    assert_eq!(look(&service)[r#"kulanz_reload_failures_total{source="policy"}"#], "1");
}

/// Whoever adds a path adds its route.
#[test]
fn every_path_of_the_description_is_a_route_of_its_own() {
    let service = Running::counter();
    let description = service.get("/openapi.json", &[]).json();
    let paths: Vec<String> = description["paths"].as_object().unwrap().keys().cloned().collect();
    for path in &paths {
        service.get(&path.replace("{id}", "x"), &[]);
    }
    let found = look(&service);
    for path in paths {
        let counted = format!("kulanz_http_requests_total{{route=\"{path}\",");
        assert!(found.keys().any(|key| key.starts_with(&counted)), "{path}");
    }
    assert!(!found.keys().any(|key| key.contains("route=\"other\"")));
}

#[test]
fn grants_and_what_they_use_of_budgets_are_counted_once() {
    let desk = desk();
    let none = look(&desk);
    assert!(!none.keys().any(|key| key.starts_with("kulanz_grants_total") || key.starts_with("kulanz_budget")), "{none:?}");
    let first = desk.send("/v1/grants", &late("50 EUR"), "k-1");
    assert_eq!(first.status, 201);
    desk.send("/v1/grants", &late("50 EUR"), "k-1");
    desk.send("/v1/grants", &late("49.99 EUR"), "k-2");
    for _ in 0..2 {
        desk.send("/v1/grants", &late("5000 EUR"), "k-3").is_problem(403, "not_granted");
    }
    let path = format!("/v1/grants/{}/reverse", first.json()["id"].as_str().unwrap());
    desk.send(&path, &json!({"actor": {"id": "lena"}, "reason": "it was not late"}), "");
    let page = look(&desk);
    for (result, count) in [("booked", "2"), ("refused", "1"), ("reversed", "1")] {
        assert_eq!(page[&format!(r#"kulanz_grants_total{{action="refund",result="{result}"}}"#)], count, "{page:?}");
    }
    // 50 of 300 EUR were used, then 99.99.
    assert_eq!(page[r#"kulanz_budget_charged_total{budget="goodwill",unit="EUR"}"#], "99.99");
    let share = |end: &str| page[&format!("kulanz_budget_used_ratio{end}")].clone();
    assert_eq!(share(r#"_bucket{budget="goodwill",unit="EUR",le="0.25"}"#), "1");
    assert_eq!(share(r#"_bucket{budget="goodwill",unit="EUR",le="0.50"}"#), "2");
    assert_eq!(share(r#"_sum{budget="goodwill",unit="EUR"}"#), "0.499");
    assert_eq!(share(r#"_count{budget="goodwill",unit="EUR"}"#), "2");
    assert!(page.keys().all(|key| !key.contains("anna")), "{page:?}");
}

/// What a text says of metrics by name; the parts of a histogram count as the histogram.
fn named(text: &str) -> BTreeSet<String> {
    let names = text.split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_').filter(|word| word.starts_with("kulanz_"));
    names.map(|name| ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name).to_owned()).collect()
}

#[test]
fn the_docs_name_what_is_measured_and_alerts_and_dashboard_ask_for_nothing_else() {
    let desk = desk();
    desk.send("/v1/grants", &late("50 EUR"), "k");
    let page = desk.get("/metrics", &[]).body + &super::decisions::page_of_metrics();
    let measured: BTreeSet<_> = page.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next().map(str::to_owned)).collect();
    let docs = include_str!("../../docs/observing.md");
    let rows: String = docs.lines().filter(|line| line.starts_with("| `kulanz_")).collect();
    assert_eq!(named(&rows), measured);
    for text in [include_str!("../../deploy/prometheus/alerts.yaml"), include_str!("../../deploy/grafana/kulanz.json")] {
        let asked = named(text);
        assert!(asked.len() > 5 && asked.is_subset(&measured), "{:?}", asked.difference(&measured).collect::<Vec<_>>());
    }
}
