//! Problems as text, JSON and SARIF.

use kulanz::diagnostic::{Code, render};
use kulanz::pack::Pack;

const BROKEN: &str = "role agent\nfact a monney # größe\nrole größe größe\nfact b money verified verified\n";

#[test]
fn json_has_places_and_counts() {
    let (pack, problems) = Pack::from_texts(&[("shop.kulanz", BROKEN)]);
    insta::assert_snapshot!(serde_json::to_string_pretty(&render::json(&problems, &pack.sources)).unwrap());
}

#[test]
fn sarif_has_rules_and_results() {
    let (pack, problems) = Pack::from_texts(&[("größe a.kulanz", BROKEN)]);
    let mut sarif = render::sarif(&problems, &pack.sources);
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"].take();
    assert_eq!(rules.as_array().unwrap().len(), Code::ALL.len());
    assert!(rules.as_array().unwrap().iter().all(|rule| rule["help"]["text"].as_str().is_some_and(|text| !text.is_empty())));
    for rule in rules.as_array().unwrap() {
        let text = |field: &str| rule[field]["text"].as_str().unwrap();
        assert!(text("fullDescription").starts_with(text("shortDescription")) && text("shortDescription").ends_with(['.', '?']), "{rule}");
        assert!(!text("fullDescription").contains('\n') && !text("shortDescription").contains(". "), "{rule}");
    }
    for result in sarif["runs"][0]["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
    insta::assert_snapshot!(serde_json::to_string_pretty(&sarif).unwrap());
}

#[test]
fn colour_is_optional() {
    let (pack, problems) = Pack::from_texts(&[("shop.kulanz", BROKEN)]);
    assert!(!render::human(&problems, &pack.sources, false).contains('\u{1b}'));
    assert!(render::human(&problems, &pack.sources, true).contains('\u{1b}'));
    assert_eq!(render::human(&[], &pack.sources, true), "");
}

#[test]
fn a_wide_line_is_shown_in_part() {
    let text = format!("role agent\nrule r {} \"{}\"\n  agent may refund\n", "\"a\" ".repeat(3), "ü".repeat(20_000));
    let (pack, problems) = Pack::from_texts(&[("shop.kulanz", &text)]);
    let shown = render::human(&problems, &pack.sources, false);
    assert!(shown.contains("shop.kulanz:2:12") && shown.len() < 1000, "{shown}");
}
