use super::*;
use crate::lsp::places::{Places, Root};
use crate::lsp::text::Encoding;

const PACK: &str = "\
policy \"p\"
  currency EUR
  time zone Europe/Berlin
  languages de, en
role agent \"Service agent\"
role lead
  above agent
fact reason one of late, damaged, wrong_item
fact order.total money \"Order value\" verified
fact order.on date
fact order.id text verified
fact tags some of vip, press
fact fraud yes/no default no
fact voucher money optional
action refund of money
action extend of duration
action exchange
duty photo
duty note
budget goodwill
  300 EUR per actor per month
define fresh as within 30 days after order.on
table meals gives money
  | order.total | is |
  |---|---|
  | any | 5 EUR |
rule small
  agent may refund up to 50 EUR
table cases
  may exchange
  | role | reason | order.total | up to | charge |
  |---|---|---|---|---|
  | agent | late | any | 5 EUR | goodwill |
  | lead | late | any | 5 EUR | goodwill |
";

/// The labels at `^`, in a document behind the pack; the pack is known as it was before.
fn at(written: &str) -> Vec<String> {
    let client = Client { snippets: true, ..Client::default() };
    suggested(&format!("{PACK}{written}"), &client).into_iter().map(|item| item.label).collect()
}

fn suggested(text: &str, client: &Client) -> Vec<CompletionItem> {
    let byte = text.find('^').unwrap();
    let uri: gen_lsp_types::Uri = "untitled:a".parse().unwrap();
    let document = Document::new(uri.clone(), 2, text.replace('^', ""));
    let places = Places { untitled: [(uri.clone(), (1, PACK.into()))].into(), ..Places::default() };
    let known = Analysis::new(Root::Alone(uri), &places, Encoding::Utf16);
    complete(&document, byte, Some(&known), client).items
}

fn has(written: &str, labels: &[&str]) {
    let found = at(written);
    for label in labels {
        assert!(found.iter().any(|known| known == label), "`{label}` is missing at {written:?}: {found:?}");
    }
}

fn lacks(written: &str, labels: &[&str]) {
    let found = at(written);
    for label in labels {
        assert!(!found.iter().any(|known| known == label), "`{label}` does not fit at {written:?}: {found:?}");
    }
}

#[test]
fn nothing_is_offered_twice() {
    let places =
        ["budget x\n  3 EUR per ^", "rule x\n  ^", "rule x\n  agent may refund\n  when ^", "rule x\n  agent may refund\n  when reason ^", "fact x ^"];
    for place in places {
        let mut found = at(place);
        found.sort();
        assert!(!found.is_empty() && found.windows(2).all(|pair| pair[0] != pair[1]), "{place:?}: {found:?}");
    }
}

#[test]
fn items_stand_in_the_first_column() {
    has("ru^", &["rule", "fact", "promise"]);
    lacks("ru^", &["when", "agent"]);
    assert_eq!(at("rule x # agent ^"), [""; 0]);
}

#[test]
fn a_head_begins_with_a_role() {
    has("rule x\n  ^", &["agent", "lead", "everyone", "nobody", "entitled to"]);
    lacks("rule x\n  ^", &["refund", "when", "reason", "small"]);
    assert_eq!(at("rule x\n  agent ^"), ["may"]);
    assert_eq!(at("rule x\n  agent, ^"), ["lead"]);
    has("rule x\n  agent may ^", &["refund", "exchange", "not"]);
    lacks("rule x\n  agent may ^", &["agent", "reason", "photo"]);
    assert_eq!(at("rule x\n  agent may not refund, ^"), ["exchange", "extend"]);
    has("rule x\n  entitled to ^", &["refund"]);
    assert_eq!(at("rule x\n  agent may refund ^"), ["up to"]);
}

#[test]
fn clauses_stand_where_they_belong() {
    has("rule x\n  agent may refund\n  ^", &["when", "charge", "approved by", "review by"]);
    lacks("rule x\n  agent may refund\n  ^", &["offer", "ask", "agent"]);
    has("rule x\n  nobody may refund\n  ^", &["offer", "ask", "advise"]);
    lacks("rule x\n  nobody may refund\n  ^", &["charge", "require"]);
    lacks("rule x\n  agent may refund\n  when fraud\n  ^", &["when"]);
    has("rule x\n  agent may refund\n  when fraud\n  ^", &["unless", "require"]);
    has("fallback refund\n  ^", &["offer", "ask"]);
    has("test \"x\"\n  ^", &["given", "expect", "as"]);
    has("policy \"x\"\n  cu^", &["currency", "time zone", "includes"]);
    has("role x\n  ^", &["above", "answers within"]);
    lacks("role x\n  ^", &["when"]);
}

#[test]
fn names_fit_the_clause() {
    assert_eq!(at("rule x\n  agent may refund\n  charge ^"), ["goodwill"]);
    assert_eq!(at("rule x\n  agent may refund\n  require ^"), ["note", "photo"]);
    assert_eq!(at("rule x\n  agent may refund\n  require photo, ^"), ["note"]);
    assert_eq!(at("rule x\n  agent may refund\n  approved by ^"), ["agent", "lead"]);
    has("rule x\n  nobody may refund\n  ask ^", &["agent", "lead"]);
    has("rule x\n  nobody may refund\n  offer ^", &["refund", "exchange"]);
    assert_eq!(at("role x\n  above ^"), ["agent", "lead"]);
    has("fallback ^", &["refund", "exchange"]);
    assert_eq!(at("rule x\n  agent may refund\n  from 2026-01-01 by ^"), ["order.on"]);
    has("budget x\n  3 EUR per ^", &["actor", "actor.team", "order.id", "month", "rolling 365 days"]);
    lacks("budget x\n  3 EUR per ^", &["order.total", "reason"]);
    has("budget x\n  3 EUR per month for ^", &["agent", "lead"]);
}

#[test]
fn values_fit_what_they_are_compared_with() {
    assert_eq!(at("rule x\n  agent may refund\n  when reason is one of late, ^")[..3], ["damaged", "late", "wrong_item"]);
    let values = at("rule x\n  agent may refund\n  when reason is ^");
    assert!(values.starts_with(&["damaged".into(), "late".into(), "wrong_item".into()]), "{values:?}");
    lacks("rule x\n  agent may refund\n  when reason is ^", &["vip", "order.total", "agent", "between", "today"]);
    has("rule x\n  agent may refund\n  when reason is not ^", &["late"]);
    has("rule x\n  agent may refund\n  when tags includes any of ^", &["vip", "press"]);
    has("rule x\n  agent may refund\n  when fraud is ^", &["yes", "no"]);
    has("rule x\n  agent may refund\n  when order.total <= ^", &["voucher", "meals"]);
    lacks("rule x\n  agent may refund\n  when order.total <= ^", &["reason", "fraud", "order.on", "order.total", "late"]);
    has("rule x\n  agent may refund\n  when voucher is ^", &["present", "absent"]);
}

/// Whatever is chosen, the pack checks with it.
#[test]
fn nothing_is_offered_that_would_be_an_error() {
    lacks("rule x\n  agent may refund\n  when reason is ^", &["present", "absent"]);
    lacks("rule x\n  agent may refund\n  when order.total is ^", &["present", "absent"]);
    has("role boss\n  above lead\nrole clerk\n  above ^", &["agent", "lead", "boss"]);
    assert_eq!(at("role boss\n  above clerk\nrole chief\n  above boss\nrole clerk\n  above agent, ^"), ["lead"]);
    for written in ["when within 24 months after ^", "when order.on is within 24 months after ^", "when more than 3 days before ^"] {
        let written = format!("rule x\n  agent may refund\n  {written}");
        has(&written, &["order.on", "today"]);
        lacks(&written, &["order.id", "tags", "fraud", "order.total", "amount", "meals", "voucher", "number of", "fresh"]);
    }
    for written in ["agent may refund up to ^", "agent may not refund more than ^", "entitled to refund of ^"] {
        let written = format!("rule x\n  {written}");
        has(&written, &["order.total", "meals", "50 EUR"]);
        lacks(&written, &["voucher", "days in month of", "number of", "amount", "order.on", "reason"]);
    }
    lacks("rule x\n  agent may extend up to ^", &["50 EUR", "order.total"]);
}

#[test]
fn conditions_take_what_has_a_value() {
    has("rule x\n  agent may refund\n  when ^", &["reason", "fresh", "order.total", "today", "not", "within", "amount"]);
    lacks("rule x\n  agent may refund\n  when ^", &["agent", "refund", "goodwill", "small", "late"]);
    has("rule x\n  agent may refund\n  when reason ^", &["is", "is one of", "and"]);
    lacks("rule x\n  agent may refund\n  when reason ^", &["<=", "includes", "starts with"]);
    has("rule x\n  agent may refund\n  when order.total ^", &["<=", "is between"]);
    has("rule x\n  agent may refund\n  when tags ^", &["includes any of"]);
    has("rule x\n  agent may refund\n  when order.id ^", &["starts with", "is"]);
    has("rule x\n  agent may refund\n  when within 30 days ^", &["after", "before"]);
    has("rule x\n  agent may refund\n  when fraud\n   and ^", &["fresh", "not"]);
}

#[test]
fn units_follow_a_number() {
    let money = at("rule x\n  agent may refund up to 50 ^");
    assert_eq!(money[0], "EUR");
    has("rule x\n  agent may refund\n  when within 30 ^", &["days", "working days", "months"]);
    has("rule x\n  agent may extend up to 30 ^", &["days", "hours"]);
    has("budget x\n  3 ^", &["times", "EUR"]);
    has("policy \"x\"\n  currency ^", &["EUR", "CHF", "JPY"]);
    has("policy \"x\"\n  time zone ^", &["Europe/Berlin", "America/New_York"]);
    has("policy \"x\"\n  languages ^", &["de", "en"]);
}

#[test]
fn facts_have_types_and_modifiers() {
    has("fact x ^", &["money", "yes/no", "one of"]);
    has("fact x money ^", &["verified", "optional", "asks", "default"]);
    let default = at("fact x one of a, b default ^");
    assert_eq!(default[..2], ["a", "b"]);
    has("action x of ^", &["money", "duration"]);
    assert_eq!(at("fact ^"), [""; 0]);
}

#[test]
fn tests_and_promises() {
    assert_eq!(at("test \"x\"\n  as ^"), ["agent", "lead"]);
    has("test \"x\"\n  given ^", &["reason", "fraud", "not"]);
    let values = at("test \"x\"\n  given reason is ^");
    assert_eq!(values[..3], ["damaged", "late", "wrong_item"]);
    has("test \"x\"\n  ask ^", &["refund"]);
    lacks("test \"x\"\n  ask ^", &["agent"]);
    has("test \"x\"\n  expect ^", &["yes", "up to", "ask", "because"]);
    has("test \"x\"\n  expect ask ^", &["agent", "lead"]);
    has("test \"x\"\n  expect because ^", &["small", "cases[1]", "cases[2]"]);
    has("test \"x\"\n  spent ^", &["goodwill"]);
    has("promise \"x\"\n  ^", &["agent", "everyone", "every no has an offer"]);
    has("promise \"x\"\n  agent ^", &["can always", "cannot"]);
    has("promise \"x\"\n  agent cannot ^", &["refund"]);
}

#[test]
fn cells_fit_their_column() {
    let row =
        |cells: &str| format!("table x\n  may exchange\n  | role | reason | order.total | up to | charge |\n  |---|---|---|---|---|\n  {cells}\n");
    has(&row("| ^"), &["agent", "lead", "everyone"]);
    let reason = at(&row("| agent | ^"));
    assert_eq!(reason[..3], ["damaged", "late", "wrong_item"]);
    has(&row("| agent | ^"), &["any", "not"]);
    lacks(&row("| agent | ^"), &["agent", "vip"]);
    has(&row("| agent | late | ^ | |"), &["any", "voucher"]);
    has(&row("| agent | late | <= 5 ^ | |"), &["EUR"]);
    has(&row("| agent | late | any | 5 EUR | ^"), &["goodwill"]);
    has("table x\n  may refund\n  | ^", &["role", "up to", "reason", "order.total"]);
    has("table x gives money\n  | ^", &["is", "reason"]);
}

#[test]
fn a_file_of_a_table_is_completed_like_the_table() {
    let uri: gen_lsp_types::Uri = "file:///x/limits.csv".parse().unwrap();
    let places = Places { untitled: [("untitled:a".parse().unwrap(), (1, PACK.into()))].into(), ..Places::default() };
    let known = Analysis::new(Root::Alone("untitled:a".parse().unwrap()), &places, Encoding::Utf16);
    let at = |text: &str| {
        let document = Document::new(uri.clone(), 1, text.replace('^', ""));
        let found = complete(&document, text.find('^').unwrap(), Some(&known), &Client::default()).items;
        found.into_iter().map(|item| item.label).collect::<Vec<_>>()
    };
    assert_eq!(at("role;reason\n^"), ["agent", "lead", "everyone"]);
    assert_eq!(at("role;reason\nagent;^")[..3], ["damaged", "late", "wrong_item"]);
    assert!(at("ro^").contains(&"up to".to_owned()));
}

#[test]
fn the_document_counts_as_it_stands() {
    has("fact brand_new money\nrule broken\n  agent mmay x\nrule x\n  agent may refund\n  when ^", &["brand_new", "reason"]);
    has("fact other one of a, b\nrule x\n  agent may refund\n  when other is ^", &["a", "b"]);
    let text = PACK.replace("duty photo\n", "") + "rule x\n  agent may refund\n  require ^";
    let labels: Vec<String> = suggested(&text, &Client::default()).into_iter().map(|item| item.label).collect();
    assert_eq!(labels, ["note"]);
    // The clause itself is wrong before the cursor.
    has("rule x\n  agent may refund\n  require !! , ^", &["reason"]);
    has("rule x\n  agent may refund\n  charge ?? by by charge ^", &["goodwill"]);
}

#[test]
fn texts_take_placeholders() {
    let text = format!("{PACK}rule x\n  agent may refund\n  because \"Up to {{ord^\"");
    let items = suggested(&text, &Client::default());
    let total = items.iter().find(|item| item.label == "order.total").unwrap();
    let Some(CompletionItemTextEdit::TextEdit(edit)) = &total.text_edit else { panic!("no edit") };
    assert_eq!(edit.new_text, "order.total}");
    assert_eq!(edit.range.end.character - edit.range.start.character, 3);
    assert!(items.iter().any(|item| item.label == "limit"));
    assert_eq!(at("rule x \"Some ^"), [""; 0]);
}

#[test]
fn the_word_that_is_written_is_replaced() {
    let text = format!("{PACK}rule x\n  agent may refund\n  when order.to^");
    let items = suggested(&text, &Client::default());
    let total = items.iter().find(|item| item.label == "order.total").unwrap();
    assert!(total.detail.as_deref().is_some_and(|detail| detail.contains("money")));
    let Some(CompletionItemTextEdit::TextEdit(edit)) = &total.text_edit else { panic!("no edit") };
    assert_eq!((edit.range.start.character, edit.range.end.character, edit.new_text.as_str()), (7, 15, "order.total"));
}

#[test]
fn snippets_are_plain_for_an_editor_that_knows_none() {
    assert_eq!(without_places("rule ${1:name} \"$2\"\n  $3 may"), "rule name \"\"\n   may");
    let text = format!("{PACK}ru^");
    let rule = |snippets| suggested(&text, &Client { snippets, ..Client::default() }).into_iter().find(|item| item.label == "rule").unwrap();
    assert_eq!(rule(true).insert_text_format, Some(InsertTextFormat::Snippet));
    assert_eq!(rule(false).insert_text_format, Some(InsertTextFormat::PlainText));
}
