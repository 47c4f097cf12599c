//! Problems while somebody writes.

use serde_json::{Value, json};

use super::client::{Editor, folder, uri};
use super::{RULES, SHOP, VOUCHERS, shop};

fn codes(problems: &[Value]) -> Vec<&str> {
    problems.iter().map(|problem| problem["code"].as_str().unwrap()).collect()
}

fn errors(problems: &[Value]) -> usize {
    problems.iter().filter(|problem| problem["severity"] == 1).count()
}

#[test]
fn problems_come_and_go_with_what_is_typed() {
    let (_folder, shop) = shop();
    let mut editor = Editor::open_folder(&shop);
    let path = shop.join("rules/rules.kulanz");
    let mut text = RULES.to_owned();
    editor.open(&path, &text);
    assert_eq!(errors(&editor.settled(&path)), 0);
    editor.edit(&path, 2, &mut text, "charge goodwill", "charge godwill");
    let found = editor.problems_until(&path, |problems| errors(problems) == 1);
    let problem = found.iter().find(|problem| problem["severity"] == 1).unwrap();
    assert_eq!((problem["code"].as_str(), problem["source"].as_str()), (Some("K0202"), Some("kulanz")));
    assert_eq!(problem["codeDescription"]["href"], "https://docs.example/K0202");
    assert_eq!(problem["range"], json!({ "start": { "line": 3, "character": 9 }, "end": { "line": 3, "character": 16 } }));
    assert!(problem["message"].as_str().unwrap().contains("help: did you mean `goodwill`?"), "{problem}");
    editor.edit(&path, 3, &mut text, "godwill", "goodwill");
    editor.problems_until(&path, |problems| errors(problems) == 0);
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn a_change_in_one_file_shows_in_the_others() {
    let (_folder, shop) = shop();
    let mut editor = Editor::open_folder(&shop);
    let (vocabulary, rules) = (shop.join("shop.kulanz"), shop.join("rules/rules.kulanz"));
    let mut text = SHOP.to_owned();
    editor.open(&vocabulary, &text);
    editor.edit(&vocabulary, 2, &mut text, "duty note", "duty memo");
    let found = editor.problems_until(&rules, |problems| errors(problems) == 1);
    assert_eq!(codes(&found).first(), Some(&"K0202"));
    // Closed without saving: what is on the disk counts again.
    editor.close(&vocabulary);
    editor.problems_until(&rules, |problems| errors(problems) == 0);
}

#[test]
fn a_table_in_a_file_belongs_to_the_pack() {
    let (_folder, shop) = shop();
    let mut editor = Editor::open_folder(&shop);
    let path = shop.join("rules/vouchers.csv");
    let mut text = VOUCHERS.to_owned();
    editor.open(&path, &text);
    editor.edit(&path, 2, &mut text, "late;10", "late;10,50");
    let found = editor.problems_until(&path, |problems| errors(problems) == 1);
    assert_eq!(found[0]["range"]["start"]["line"], 1);
    assert!(found[0]["message"].as_str().unwrap().contains("row 2"), "{}", found[0]);
    editor.edit(&path, 3, &mut text, "10,50", "10.50");
    editor.problems_until(&path, <[_]>::is_empty);
}

#[test]
fn what_happens_on_the_disk_is_seen() {
    let (_folder, shop) = shop();
    let mut editor = Editor::open_folder(&shop);
    let (rules, table) = (shop.join("rules/rules.kulanz"), shop.join("rules/vouchers.csv"));
    assert_eq!(errors(&editor.settled(&rules)), 0);
    std::fs::remove_file(&table).unwrap();
    let gone = |kind: u8| json!({ "changes": [{ "uri": uri(&table), "type": kind }] });
    editor.notify("workspace/didChangeWatchedFiles", gone(3));
    let found = editor.problems_until(&rules, |problems| errors(problems) == 1);
    assert_eq!(codes(&found), ["K0001"]);
    std::fs::write(&table, VOUCHERS).unwrap();
    editor.notify("workspace/didChangeWatchedFiles", gone(1));
    editor.problems_until(&rules, |problems| errors(problems) == 0);
    // The file of a problem goes away, and with it the problem.
    std::fs::write(&rules, "rule").unwrap();
    editor.notify("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": uri(&rules), "type": 2 }] }));
    editor.problems_until(&rules, |problems| errors(problems) == 1);
    std::fs::remove_file(&rules).unwrap();
    editor.notify("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": uri(&rules), "type": 3 }] }));
    editor.problems_until(&rules, <[_]>::is_empty);
}

#[test]
fn several_packs_are_told_apart_and_an_included_one_is_told_once() {
    let head = |name: &str| format!("policy \"{name}\"\n  currency EUR\n  time zone Europe/Berlin\n");
    let company = head("company") + "role agent\nrole agent\n";
    let shop = |name: &str| head(name) + "  includes \"../company\"\naction refund of money\n";
    let (_folder, root) =
        folder(&[("policies/company/company.kulanz", &company), ("policies/a/a.kulanz", &shop("a")), ("policies/b/b.kulanz", &shop("b"))]);
    let mut editor = Editor::open_folder(&root);
    let path = root.join("policies/company/company.kulanz");
    let found = editor.problems_until(&path, |problems| errors(problems) > 0);
    assert_eq!(codes(&found), ["K0201"]);
    // Where the other name stands.
    let related = &found[0]["relatedInformation"][0];
    assert_eq!((related["message"].as_str(), &related["location"]["range"]["start"]["line"]), (Some("first here"), &json!(3)));
    assert_eq!(editor.settled(&path).len(), 1);
    let mut text = company.clone();
    editor.open(&path, &text);
    editor.edit(&path, 2, &mut text, "role agent\nrole agent", "role agent\nrole lead");
    editor.problems_until(&path, |problems| errors(problems) == 0);
}

#[test]
fn a_document_without_a_file_is_checked_by_itself() {
    let (_folder, shop) = shop();
    let mut editor = Editor::open_folder(&shop);
    editor.open_as("untitled:Untitled-1", "rule a\n  agent mya refund\n");
    let found = editor.problems_of("untitled:Untitled-1", |problems| !problems.is_empty());
    assert_eq!(found.len(), 1, "{found:?}");
    // Of names that another file may declare nothing is said.
    editor.open_as("untitled:Untitled-2", "rule a\n  agent may refund\n");
    editor.open_as("untitled:Untitled-3", "policy \"x\"\n  currency EUR\n  time zone Europe/Berlin\nrule a\n  agent may refund\n");
    let found = editor.problems_of("untitled:Untitled-3", |problems| !problems.is_empty());
    assert!(found.iter().any(|problem| problem["code"] == "K0202"), "{found:?}");
    editor.notify("textDocument/didClose", json!({ "textDocument": { "uri": "untitled:Untitled-3" } }));
    editor.problems_of("untitled:Untitled-3", <[_]>::is_empty);
}

#[test]
fn a_mark_and_windows_line_ends_move_nothing() {
    let text = format!("\u{feff}{}", SHOP.replace('\n', "\r\n").replace("role lead", "rolle lead"));
    let (_folder, root) = folder(&[("shop.kulanz", &text)]);
    let mut editor = Editor::open_folder(&root);
    let path = root.join("shop.kulanz");
    let found = editor.problems_until(&path, |problems| errors(problems) > 0);
    let line = SHOP.lines().position(|line| line.starts_with("role lead")).unwrap();
    let place = json!({ "start": { "line": line, "character": 0 }, "end": { "line": line, "character": 5 } });
    assert!(found.iter().any(|problem| problem["range"] == place), "{found:?}");
    // An editor shows the text without its mark.
    let mut shown = text.trim_start_matches('\u{feff}').to_owned();
    editor.open(&path, &shown);
    editor.edit(&path, 2, &mut shown, "rolle lead", "role lead");
    editor.problems_until(&path, |problems| errors(problems) == 0);
}

#[test]
fn a_folder_can_come_and_go() {
    let (_folder, shop) = shop();
    let (_other, other) = folder(&[("x.kulanz", "policy \"x\"\n  currency EUR\nrole a\nrole a\n")]);
    let mut editor = Editor::open_folder(&shop);
    let event = |added: Value, removed: Value| json!({ "event": { "added": added, "removed": removed } });
    let name = json!([{ "uri": uri(&other), "name": "other" }]);
    editor.notify("workspace/didChangeWorkspaceFolders", event(name.clone(), json!([])));
    editor.problems_until(&other.join("x.kulanz"), |problems| errors(problems) > 0);
    editor.notify("workspace/didChangeWorkspaceFolders", event(json!([]), name));
    editor.problems_until(&other.join("x.kulanz"), <[_]>::is_empty);
}
