//! Beginnings, ends, and what nobody knows.

use serde_json::{Value, json};

use super::client::{Editor, capabilities, folder, spot, uri};
use super::{RULES, shop};

#[test]
fn a_conversation_from_start_to_end() {
    let (_folder, shop) = shop();
    let mut editor = Editor::open_folder(&shop);
    assert!(editor.told_until("client/registerCapability")["params"]["registrations"][0]["registerOptions"]["watchers"].is_array());
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn nothing_is_answered_before_initialize_and_after_shutdown() {
    let (_folder, shop) = shop();
    let mut editor = Editor::start(&shop);
    editor.notify("textDocument/didSave", json!({}));
    assert_eq!(editor.refusal("textDocument/hover", json!({})).0, -32002);
    let result = editor.request("initialize", json!({ "capabilities": capabilities() }));
    assert_eq!(result["capabilities"]["positionEncoding"], "utf-16");
    assert_eq!(editor.refusal("initialize", json!({ "capabilities": {} })).0, -32600);
    editor.request("shutdown", Value::Null);
    assert_eq!(editor.refusal("workspace/symbol", json!({ "query": "" })).0, -32600);
    editor.notify("exit", Value::Null);
    assert_eq!(editor.wait(), Some(0));
}

#[test]
fn an_end_without_a_word_is_a_bad_one() {
    let (_folder, shop) = shop();
    assert_eq!(Editor::open_folder(&shop).wait(), Some(1));
    let mut editor = Editor::open_folder(&shop);
    editor.notify("exit", Value::Null);
    assert_eq!(editor.wait(), Some(1));
    assert_eq!(Editor::start(&shop).wait(), Some(1));
}

#[test]
fn what_nobody_knows_ends_nothing() {
    let (_folder, shop) = shop();
    let mut editor = Editor::open_folder(&shop);
    assert_eq!(editor.refusal("textDocument/thing", json!({})).0, -32601);
    assert_eq!(editor.refusal("textDocument/hover", json!({ "position": 7 })).0, -32602);
    editor.notify("textDocument/didChange", json!({ "no": "sense" }));
    editor.notify("$/something", json!([]));
    editor.send(&json!([1, 2]));
    editor.send(&json!({ "jsonrpc": "2.0", "id": "words", "method": "workspace/symbol", "params": { "query": "x" } }));
    let nowhere = json!({ "textDocument": { "uri": "file:///nowhere/x.kulanz" }, "position": { "line": 999, "character": 999 } });
    assert_eq!(editor.request("textDocument/hover", nowhere.clone()), Value::Null);
    assert_eq!(editor.request("textDocument/completion", nowhere), Value::Null);
    assert_eq!(editor.refusal("workspace/executeCommand", json!({ "command": "rm" })).0, -32602);
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn a_wrong_header_ends_nothing() {
    let (_folder, shop) = shop();
    let mut editor = Editor::open_folder(&shop);
    editor.send_raw(b"Content-Length: many\r\n\r\n");
    editor.send_raw(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    editor.send_raw(b"Content-Length: 3\r\n\r\n{\"method\": \"x\"}");
    assert_eq!(editor.refusal("textDocument/thing", json!({})).0, -32601);
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn problems_say_of_which_version_they_are() {
    let (_folder, shop) = shop();
    let mut editor = Editor::open_folder(&shop);
    let rules = shop.join("rules/rules.kulanz");
    let mut text = RULES.to_owned();
    editor.open(&rules, &text);
    editor.edit(&rules, 7, &mut text, "refund", "refunnd");
    editor.problems_until(&rules, |problems| problems.iter().any(|problem| problem["message"].as_str().unwrap().contains("refunnd")));
    assert_eq!(editor.version_of(&rules), 7);
    editor.edit(&rules, 9, &mut text, "refunnd", "refund");
    editor.problems_until(&rules, |problems| problems.iter().all(|problem| !problem["message"].as_str().unwrap().contains("refunnd")));
    assert_eq!(editor.version_of(&rules), 9);
}

#[test]
fn a_request_that_is_not_wanted_any_more_is_cancelled_or_answered() {
    let (_folder, shop) = shop();
    let mut editor = Editor::open_folder(&shop);
    let rules = shop.join("rules/rules.kulanz");
    editor.open(&rules, RULES);
    let id = editor.ask("textDocument/hover", spot(&rules, RULES, "refund", 1));
    editor.notify("$/cancelRequest", json!({ "id": id }));
    editor.notify("$/cancelRequest", json!({ "id": 12345 }));
    let answer = editor.answer(id);
    assert!(answer["error"]["code"] == -32800 || answer.get("result").is_some(), "{answer}");
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn bytes_are_counted_where_both_agree() {
    let text = "policy \"x\" # ü\n  currency EUR\n  time zone Europe/Berlin\nrole ägent \"ü\" ä\n";
    let (_folder, root) = folder(&[("ü b/a.kulanz", text)]);
    let column = |encodings: Value| {
        let mut capabilities = capabilities();
        capabilities["general"] = json!({ "positionEncodings": encodings });
        let mut editor = Editor::open_folder_with(&root, capabilities);
        let problems = editor.problems_until(&root.join("ü b/a.kulanz"), |problems| problems.len() == 1);
        problems[0]["range"]["start"]["character"].as_u64().unwrap()
    };
    assert_eq!(column(json!(["utf-16"])), 15);
    assert_eq!(column(json!(["utf-8", "utf-16"])), 17);
    assert!(uri(&root.join("ü b")).contains("%C3%BC%20b"));
}
