//! Changes that the server proposes, and tests that it runs.

use serde_json::{Value, json};

use super::client::{Editor, spot, uri};
use super::{RULES, SHOP, shop};

#[test]
fn a_test_is_run_and_shows_its_result() {
    let (_folder, shop) = shop();
    let mut editor = Editor::open_folder(&shop);
    let rules = shop.join("rules/rules.kulanz");
    let mut text = RULES.to_owned();
    editor.open(&rules, &text);
    let document = json!({ "textDocument": { "uri": uri(&rules) } });
    let lenses = editor.request("textDocument/codeLens", document.clone());
    let titles: Vec<_> = lenses.as_array().unwrap().iter().map(|lens| lens["command"]["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["✓ run test", "✗ run test (expected yes, got up to 20.00 EUR)"]);
    assert_eq!(lenses[0]["range"]["start"]["line"], 11);
    let run = |editor: &mut Editor, lens: &Value| {
        let command = &lens["command"];
        editor.request("workspace/executeCommand", json!({ "command": command["command"], "arguments": command["arguments"] }))
    };
    assert_eq!(run(&mut editor, &lenses[0])["passed"], true);
    let told = editor.told_until("window/showMessage");
    assert!(told["params"]["message"].as_str().unwrap().starts_with("✓ a late order"), "{told}");
    let ran = run(&mut editor, &lenses[1]);
    assert_eq!(ran["passed"], false);
    let told = editor.told_until("window/showMessage");
    let message = told["params"]["message"].as_str().unwrap();
    assert!(message.contains("expected yes, got up to 20.00 EUR") && message.contains("small_refund") && told["params"]["type"] == 1, "{message}");
    // Of two tests with one title each lens runs its own.
    let first = text.rfind("test \"").unwrap();
    let double = format!("{text}\n{}", text[first..].replace("ask refund of 30 EUR", "ask refund of 20 EUR"));
    let other = shop.join("rules/double.kulanz");
    editor.open(&other, &double[first..]);
    let twice = editor.request("textDocument/codeLens", json!({ "textDocument": { "uri": uri(&other) } }));
    let passed: Vec<bool> = twice.as_array().unwrap().iter().map(|lens| run(&mut editor, lens)["passed"].as_bool().unwrap()).collect();
    assert_eq!(passed, [false, true], "{twice}");
    // The result follows the text.
    editor.edit(&rules, 2, &mut text, "ask refund of 30 EUR", "ask refund of 20 EUR");
    editor.told.clear();
    editor.told_until("workspace/codeLens/refresh");
    let lenses = editor.request("textDocument/codeLens", document.clone());
    assert_eq!(lenses[1]["command"]["title"], "✓ run test");
    editor.edit(&rules, 3, &mut text, "agent may refund", "agent mya refund");
    let lenses = editor.request("textDocument/codeLens", document);
    assert_eq!(lenses[0]["command"]["title"], "run test (the pack has errors)");
    let command = &lenses[0]["command"];
    let (_, message) = editor.refusal("workspace/executeCommand", json!({ "command": command["command"], "arguments": command["arguments"] }));
    assert!(message.contains("errors"), "{message}");
}

#[test]
fn a_document_gets_the_one_layout() {
    let (_folder, shop) = shop();
    let mut editor = Editor::open_folder(&shop);
    let path = shop.join("shop.kulanz");
    let text = SHOP.replace("role lead \"Team lead\"", "role   lead   \"Team lead\"");
    editor.open(&path, &text);
    let options = json!({ "tabSize": 2, "insertSpaces": true });
    let edits = editor.request("textDocument/formatting", json!({ "textDocument": { "uri": uri(&path) }, "options": options }));
    assert!(edits.as_array().unwrap().iter().any(|edit| edit["newText"].as_str().unwrap().contains("role lead")), "{edits}");
    let range = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 1, "character": 0 } });
    let edits = editor.request("textDocument/rangeFormatting", json!({ "textDocument": { "uri": uri(&path) }, "range": range, "options": options }));
    assert_eq!(edits, json!([]));
    // A table in a file is its spreadsheet's.
    let table = shop.join("rules/vouchers.csv");
    editor.open(&table, "role;reason\n");
    assert_eq!(editor.request("textDocument/formatting", json!({ "textDocument": { "uri": uri(&table) }, "options": options })), Value::Null);
}

#[test]
fn a_code_is_explained() {
    let (_folder, shop) = shop();
    let mut editor = Editor::open_folder(&shop);
    let explained = editor.request("workspace/executeCommand", json!({ "command": "kulanz.explainCode", "arguments": ["K0201"] }));
    assert!(explained.as_str().unwrap().starts_with("# K0201"), "{explained}");
    let (_, message) = editor.refusal("workspace/executeCommand", json!({ "command": "kulanz.explainCode", "arguments": ["K9999"] }));
    assert_eq!(message, "there is no code `K9999`");
}

#[test]
fn what_is_certain_is_mended_by_a_click() {
    let (_folder, shop) = shop();
    let mut editor = Editor::open_folder(&shop);
    let rules = shop.join("rules/rules.kulanz");
    let mut text = RULES.to_owned();
    editor.open(&rules, &text);
    editor.edit(&rules, 2, &mut text, "charge goodwill", "charge godwill");
    let place = spot(&rules, &text, "godwill", 2)["position"].clone();
    let params = |place: &Value| json!({ "textDocument": { "uri": uri(&rules) }, "range": { "start": place, "end": place }, "context": { "diagnostics": [] } });
    let actions = editor.request("textDocument/codeAction", params(&place));
    let action = &actions[0];
    assert_eq!(
        (action["title"].as_str(), action["kind"].as_str(), &action["isPreferred"]),
        (Some("write `goodwill`"), Some("quickfix"), &json!(true)),
        "{actions}"
    );
    assert_eq!(action["diagnostics"][0]["code"], "K0202");
    assert_eq!(action["edit"]["changes"][uri(&rules)][0]["newText"], "goodwill");
    assert_eq!(editor.request("textDocument/codeAction", params(&json!({ "line": 0, "character": 0 }))), json!([]));
}
