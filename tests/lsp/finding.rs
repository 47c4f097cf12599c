//! What stands where: hover, definitions, references, new names, symbols, colours.

use serde_json::{Value, json};

use super::client::{Editor, folder, position, spot, uri};
use super::{RULES, SHOP, VOUCHERS, shop};

fn hover(editor: &mut Editor, path: &std::path::Path, text: &str, what: &str) -> String {
    let found = editor.request("textDocument/hover", spot(path, text, what, 1));
    found["contents"]["value"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_name_says_what_it_is() {
    let (_folder, shop) = shop();
    let mut editor = Editor::open_folder(&shop);
    let (vocabulary, rules) = (shop.join("shop.kulanz"), shop.join("rules/rules.kulanz"));
    let mut said = |path: &std::path::Path, text: &str, what: &str, parts: &[&str]| {
        let found = hover(&mut editor, path, text, what);
        for part in parts {
            assert!(found.contains(part), "{what}: {part:?} is missing in {found}");
        }
    };
    said(
        &rules,
        RULES,
        "reason is one",
        &["fact: one of late, damaged", "What happened", "Question: What happened?", "`late`, `damaged`", "shop.kulanz:10:6"],
    );
    said(&rules, RULES, "order.total}", &["fact: money", "Order value", "verified"]);
    said(&rules, RULES, "damaged\n", &["a value of `reason`"]);
    said(&rules, RULES, "goodwill", &["Monthly allotment", "300 EUR per actor per month for agent", "900 EUR"]);
    said(&rules, RULES, "limit_of", &["gives money", "| late | 20 EUR |"]);
    said(&rules, RULES, "small_refund \"", &["A permission for `agent`, `lead`", "agent may refund up to limit_of", "charge goodwill"]);
    said(&rules, RULES, "refund up", &["action of money", "Money back", "`small_refund`: agent may refund up to limit_of"]);
    said(&rules, RULES, "vouchers from", &["| agent | late | 10 EUR |"]);
    said(&rules, RULES, "note when", &["One sentence says why"]);
    said(&rules, RULES, "amount >", &["The quantity that is asked for"]);
    said(&rules, RULES, "25 EUR", &["Euro"]);
    said(&rules, RULES, "because \"", &["Said to the reader"]);
    said(&vocabulary, SHOP, "generous", &["max(order.total, 20 EUR)"]);
    said(&vocabulary, SHOP, "agent \"", &["Below `lead`"]);
    said(&shop.join("rules/vouchers.csv"), VOUCHERS, "order.total", &["fact: money"]);
    assert_eq!(hover(&mut editor, &vocabulary, SHOP, "\n\nrole"), "");
}

/// `file:line` of each place.
fn places(found: &Value) -> Vec<String> {
    let one = |place: &Value| {
        let file = place["uri"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        format!("{file}:{}", place["range"]["start"]["line"].as_u64().unwrap() + 1)
    };
    let mut places: Vec<String> = found.as_array().unwrap().iter().map(one).collect();
    places.sort();
    places
}

#[test]
fn a_name_is_found_wherever_it_stands() {
    let (_folder, shop) = shop();
    let mut editor = Editor::open_folder(&shop);
    let rules = shop.join("rules/rules.kulanz");
    let found = editor.request("textDocument/definition", spot(&rules, RULES, "goodwill", 0));
    assert_eq!(places(&found), ["shop.kulanz:20"]);
    let found = editor.request("textDocument/definition", spot(&rules, RULES, "vouchers.csv", 3));
    assert_eq!(places(&found), ["vouchers.csv:1"]);
    let found = editor.request("textDocument/definition", spot(&rules, RULES, "late,", 0));
    assert_eq!(places(&found), ["shop.kulanz:10"]);
    let mut with = spot(&rules, RULES, "order.total}", 2);
    with["context"] = json!({ "includeDeclaration": true });
    let found = editor.request("textDocument/references", with.clone());
    assert_eq!(places(&found), ["rules.kulanz:15", "rules.kulanz:6", "shop.kulanz:12", "shop.kulanz:24", "vouchers.csv:3"]);
    with["context"] = json!({ "includeDeclaration": false });
    assert_eq!(places(&editor.request("textDocument/references", with)).len(), 4);
    let found = editor.request("textDocument/documentHighlight", spot(&rules, RULES, "reason", 0));
    assert_eq!(found.as_array().unwrap().len(), 3);
}

/// What a rename makes of the files.
fn renamed(edit: &Value, files: &[(&std::path::Path, &str)]) -> Vec<String> {
    let apply = |(path, text): &(&std::path::Path, &str)| {
        let mut edits = edit["changes"][uri(path)].as_array().cloned().unwrap_or_default();
        edits.sort_by_key(|edit| std::cmp::Reverse((edit["range"]["start"]["line"].as_u64(), edit["range"]["start"]["character"].as_u64())));
        edits.iter().fold((*text).to_owned(), |mut text, edit| {
            let byte = |place: &Value| (0..=text.len()).find(|at| text.is_char_boundary(*at) && position(&text, *at) == *place).unwrap();
            let range = byte(&edit["range"]["start"])..byte(&edit["range"]["end"]);
            text.replace_range(range, edit["newText"].as_str().unwrap());
            text
        })
    };
    files.iter().map(apply).collect()
}

#[test]
fn a_new_name_reaches_every_file_and_the_pack_stays_right() {
    let (_folder, shop) = shop();
    let mut editor = Editor::open_folder(&shop);
    let (vocabulary, rules, table) = (shop.join("shop.kulanz"), shop.join("rules/rules.kulanz"), shop.join("rules/vouchers.csv"));
    let files = [(&*vocabulary, SHOP), (&*rules, RULES), (&*table, VOUCHERS)];
    for (at, new, counts) in
        [("order.total is", "order.größe", [2, 2, 1]), ("reason is one", "cause_of", [2, 3, 1]), ("late,", "too_late", [2, 3, 1])]
    {
        let prepared = editor.request("textDocument/prepareRename", spot(&rules, RULES, at, 0));
        assert!(at.starts_with(prepared["placeholder"].as_str().unwrap()), "{prepared}");
        let mut params = spot(&rules, RULES, at, 0);
        params["newName"] = json!(new);
        let edit = editor.request("textDocument/rename", params);
        let found = renamed(&edit, &files);
        let names: Vec<usize> = found.iter().map(|text| text.matches(new).count()).collect();
        assert_eq!(names, counts, "{new}: {found:?}");
        let texts: Vec<(&str, &str)> =
            ["shop.kulanz", "rules/rules.kulanz", "rules/vouchers.csv"].into_iter().zip(found.iter().map(String::as_str)).collect();
        let (pack, problems) = kulanz::pack::Pack::from_texts(&texts);
        assert!(problems.is_empty() && kulanz::policy::check(&pack).is_ok(), "{new}: {problems:?}");
    }
}

#[test]
fn a_new_name_is_refused_where_it_cannot_be_one() {
    let (_folder, shop) = shop();
    let mut editor = Editor::open_folder(&shop);
    let rules = shop.join("rules/rules.kulanz");
    let mut refused = |at: &str, new: &str| {
        let mut params = spot(&rules, RULES, at, 0);
        params["newName"] = json!(new);
        editor.refusal("textDocument/rename", params).1
    };
    assert!(refused("goodwill", "refund").contains("`refund` is an action already (shop.kulanz:15:8)"), "{}", refused("goodwill", "refund"));
    assert!(refused("goodwill", "when").contains("a word of the language"));
    assert!(refused("goodwill", "two words").contains("is no name"));
    assert!(refused("goodwill", "2nd").contains("is no name"));
    assert!(refused("goodwill", "a.b").contains("only facts"));
    assert!(refused("order.total", "actor.team").contains("built in"));
    assert!(refused("reason", "order").contains("group"));
    assert!(refused("late,", "damaged").contains("`reason` has a value `damaged` already"));
    // What stands beside `is` would be another thing.
    assert!(refused("reason", "damaged").contains("`reason` has a value `damaged`, and beside `is`"));
    assert!(refused("late,", "reason").contains("`reason` is a fact already, and beside `is`"));
    assert!(refused("amount", "x").contains("not declared"));
    assert!(refused("is one", "x").contains("no name"));
}

#[test]
fn a_name_of_an_included_pack_changes_in_all_that_include_it() {
    let head = |name: &str, more: &str| format!("policy \"{name}\"\n  currency EUR\n  time zone Europe/Berlin\n{more}");
    let company = head("company", "role agent\naction refund of money\n");
    let a = head("a", "  includes \"../company\"\nrule a\n  agent may refund up to 5 EUR\n");
    let b = head("b", "  includes \"../company\"\nrule b\n  agent may refund up to 9 EUR\n");
    let files = [("policies/company/c.kulanz", &*company), ("policies/a/a.kulanz", &*a), ("policies/b/b.kulanz", &*b)];
    let (_folder, root) = folder(&files);
    let mut editor = Editor::open_folder(&root);
    let paths = files.map(|(name, _)| root.join(name));
    for (path, text) in [(&paths[0], &company), (&paths[1], &a)] {
        let mut params = spot(path, text, "agent", 0);
        params["newName"] = json!("clerk");
        let edit = editor.request("textDocument/rename", params);
        let texts = renamed(&edit, &[(&*paths[0], &*company), (&*paths[1], &*a), (&*paths[2], &*b)]);
        assert_eq!(texts.iter().map(|text| text.matches("clerk").count()).collect::<Vec<_>>(), [1, 1, 1], "{edit}");
    }
}

#[test]
fn documents_and_packs_tell_what_they_declare() {
    let (_folder, shop) = shop();
    let mut editor = Editor::open_folder(&shop);
    let rules = shop.join("rules/rules.kulanz");
    editor.open(&rules, RULES);
    let document = json!({ "textDocument": { "uri": uri(&rules) } });
    let found = editor.request("textDocument/documentSymbol", document.clone());
    let names: Vec<_> = found.as_array().unwrap().iter().map(|symbol| symbol["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["small_refund", "vouchers", "a late order", "a wrong expectation"]);
    let found = editor.request("workspace/symbol", json!({ "query": "order" }));
    let names: Vec<_> = found.as_array().unwrap().iter().map(|symbol| symbol["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["order.total", "order.id"]);
    let found = editor.request("textDocument/foldingRange", document);
    assert_eq!((found[0]["startLine"].as_u64(), found[0]["endLine"].as_u64()), (Some(0), Some(5)));
}

#[test]
fn every_word_has_its_colour() {
    let (_folder, shop) = shop();
    let mut editor = Editor::open_folder(&shop);
    let rules = shop.join("rules/rules.kulanz");
    editor.open(&rules, RULES);
    let legend = [
        "keyword",
        "comment",
        "string",
        "number",
        "operator",
        "type",
        "class",
        "property",
        "enumMember",
        "function",
        "event",
        "struct",
        "variable",
        "method",
    ];
    let found = editor.request("textDocument/semanticTokens/full", json!({ "textDocument": { "uri": uri(&rules) } }));
    let data: Vec<usize> = found["data"].as_array().unwrap().iter().map(|number| usize::try_from(number.as_u64().unwrap()).unwrap()).collect();
    let lines: Vec<&str> = RULES.lines().collect();
    let (mut line, mut start, mut told) = (0, 0, Vec::new());
    for token in data.chunks(5) {
        start = if token[0] == 0 { start + token[1] } else { token[1] };
        line += token[0];
        told.push(format!("{} {}{}", &lines[line][start..start + token[2]], legend[token[3]], if token[4] == 1 { "!" } else { "" }));
    }
    let expected = [
        "rule keyword",
        "small_refund method!",
        "\"Small refunds on the spot\" string",
        "agent class",
        "may keyword",
        "refund function",
        "up keyword",
        "to keyword",
        "limit_of variable",
        "when keyword",
        "reason property",
        "is keyword",
        "one keyword",
        "of keyword",
        "late enumMember",
        "damaged enumMember",
        "charge keyword",
        "goodwill struct",
        "require keyword",
        "note event",
        "when keyword",
        "amount variable",
        "> operator",
        "25 number",
    ];
    assert_eq!(told[..expected.len()], expected);
    assert!(told.contains(&"order.total property".to_owned()) && told.contains(&"\"Up to { string".to_owned()), "{told:?}");
}

#[test]
fn what_fits_is_suggested_as_soon_as_it_is_typed() {
    let (_folder, shop) = shop();
    let mut editor = Editor::open_folder(&shop);
    let rules = shop.join("rules/rules.kulanz");
    let mut text = RULES.to_owned();
    editor.open(&rules, &text);
    editor.settled(&rules);
    editor.edit(&rules, 2, &mut text, "charge goodwill\n", "charge \n  unless reason is \n");
    let labels = |found: Value| found["items"].as_array().unwrap().iter().map(|item| item["label"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let found = editor.request("textDocument/completion", spot(&rules, &text, "charge ", 7));
    assert_eq!(labels(found), ["goodwill"]);
    let found = editor.request("textDocument/completion", spot(&rules, &text, "unless reason is ", 17));
    assert_eq!(labels(found)[..2], ["damaged", "late"]);
}
