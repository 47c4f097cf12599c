//! What `check --fix` writes, and what it leaves alone.

use std::fs;
use std::path::Path;

use kulanz::diagnostic::{Code, Diagnostic, render};
use kulanz::mend::{Mended, mend};
use kulanz::pack::Pack;

/// What stands in a pack, and what surely was meant. Beside it stands `docs/problems/base.kulanz`.
const MENDED: [(Code, &str, &str); 41] = [
    (
        Code::DifferentUnits,
        "rule r\n  agent may refund\n  when order.total is between 10 and 20 EUR\n",
        "rule r\n  agent may refund\n  when order.total is between 10 EUR and 20 EUR\n",
    ),
    (
        Code::DifferentUnits,
        "table t\n  may refund\n  | role  | up to  | order.total  |\n  | agent | 50 EUR | 60 .. 80 EUR |\n",
        "table t\n  may refund\n  | role  | up to  | order.total  |\n  | agent | 50 EUR | 60 EUR .. 80 EUR |\n",
    ),
    (Code::Form, "rule r\n  agent may refund upp to 50 EUR\n", "rule r\n  agent may refund up to 50 EUR\n"),
    (Code::Form, "rule r\n  agent may refund up to to 50 EUR\n", "rule r\n  agent may refund up to 50 EUR\n"),
    (Code::Form, "rule r\n  agent may refund up to 50 EUR EUR # once\n", "rule r\n  agent may refund up to 50 EUR # once\n"),
    (Code::Form, "rule r\n  agent may refund up to 50 EUR.\n", "rule r\n  agent may refund up to 50 EUR\n"),
    (Code::Form, "rule r\n  agent may refund up to 50 EUR;\n", "rule r\n  agent may refund up to 50 EUR\n"),
    (Code::Form, "rule r\n  agent may refund up to EUR 50\n", "rule r\n  agent may refund up to 50 EUR\n"),
    (Code::Form, "rule r\n  agent may refund up to 50 €\n", "rule r\n  agent may refund up to 50 EUR\n"),
    (Code::Form, "rule r\n  agent may refund up to 50€\n", "rule r\n  agent may refund up to 50 EUR\n"),
    (Code::Form, "rule r\n  agent may refund up to 50 eur\n", "rule r\n  agent may refund up to 50 EUR\n"),
    (Code::Form, "rule r\n  agent may refund and exchange\n", "rule r\n  agent may refund, exchange\n"),
    (Code::Form, "rule r\n  agent can refund\n", "rule r\n  agent may refund\n"),
    (Code::Form, "rule r\n  agent may refund\n  whn reason is late\n", "rule r\n  agent may refund\n  when reason is late\n"),
    (Code::Form, "rule r\n  agent may refund when reason is late\n", "rule r\n  agent may refund\n  when reason is late\n"),
    (Code::Form, "rule r\n  agent may refund\n  when order.total == 5 EUR\n", "rule r\n  agent may refund\n  when order.total = 5 EUR\n"),
    (Code::Form, "rule r\n  agent may refund\n  when order.total ≤ 5 EUR\n", "rule r\n  agent may refund\n  when order.total <= 5 EUR\n"),
    (Code::Form, "rule r\n  agent may refund\n  when order.total => 5 EUR\n", "rule r\n  agent may refund\n  when order.total >= 5 EUR\n"),
    (Code::Form, "rule r\n  agent may refund\n  when reason <> late\n", "rule r\n  agent may refund\n  when reason is not late\n"),
    (
        Code::Form,
        "rule r\n  agent may refund\n  when order.total > 20 EUR and < 50 EUR\n",
        "rule r\n  agent may refund\n  when order.total > 20 EUR and order.total < 50 EUR\n",
    ),
    (Code::Form, "rule r\n  agent may refund\n  when reason != late\n", "rule r\n  agent may refund\n  when reason is not late\n"),
    (
        Code::Form,
        "rule r\n  agent may refund\n  when order.seasonal && reason is late\n",
        "rule r\n  agent may refund\n  when order.seasonal and reason is late\n",
    ),
    (
        Code::Form,
        "rule r\n  agent may refund\n  when order.seasonal || reason is late\n",
        "rule r\n  agent may refund\n  when order.seasonal or reason is late\n",
    ),
    (
        Code::Form,
        "rule r\n  agent may refund\n  when reason one of late, damaged\n",
        "rule r\n  agent may refund\n  when reason is one of late, damaged\n",
    ),
    (
        Code::Form,
        "rule r\n  agent may refund\n  when reason is late, damaged\n",
        "rule r\n  agent may refund\n  when reason is one of late, damaged\n",
    ),
    (
        Code::Form,
        "rule r\n  agent may refund\n  when within 30 day s after order.delivered_on\n",
        "rule r\n  agent may refund\n  when within 30 days after order.delivered_on\n",
    ),
    (Code::Form, "fact shop.open bool\n", "fact shop.open yes/no\n"),
    (Code::UnknownItem, "Rule r\n  agent may refund\n", "rule r\n  agent may refund\n"),
    (
        Code::BadText,
        "rule r\n  agent may refund\n  because “Sorry, we were late.”\n",
        "rule r\n  agent may refund\n  because \"Sorry, we were late.\"\n",
    ),
    (Code::BadNumber, "rule r\n  agent may refund up to 1.000,00 EUR\n", "rule r\n  agent may refund up to 1000.00 EUR\n"),
    (Code::SaidTwice, "rule r\n  agent may refund, exchange, refund\n", "rule r\n  agent may refund, exchange\n"),
    (Code::Indentation, "rule r\n  agent may refund\nwhen reason is late\n", "rule r\n  agent may refund\n  when reason is late\n"),
    (Code::Indentation, "rule r\n  agent may refund\n rule s\n  agent may exchange\n", "rule r\n  agent may refund\nrule s\n  agent may exchange\n"),
    (
        Code::UnknownName,
        "rule r\n  agnet may refund\n\nrule s\n  agnet may exchange\n",
        "rule r\n  agent may refund\n\nrule s\n  agent may exchange\n",
    ),
    (Code::UnknownValue, "rule r\n  agent may refund\n  when reason is lat\n", "rule r\n  agent may refund\n  when reason is late\n"),
    (Code::WrongType, "rule r\n  agent may refund up to 1_000\n", "rule r\n  agent may refund up to 1_000 EUR\n"),
    (Code::WrongType, "rule r\n  agent may discount up to 5\n", "rule r\n  agent may discount up to 5%\n"),
    (Code::DifferentUnits, "rule r\n  agent may refund\n  when reason is \"late\"\n", "rule r\n  agent may refund\n  when reason is late\n"),
    (
        Code::TableShape,
        "table t\n  may refund\n  | role  | up to  |\n  | agent | 50 EUR\n",
        "table t\n  may refund\n  | role  | up to  |\n  | agent | 50 EUR |\n",
    ),
    (
        Code::BadCell,
        "table t\n  may refund\n  | role  | today - order.delivered_on |\n  | agent | > 3 days, <= 6 days |\n",
        "table t\n  may refund\n  | role  | today - order.delivered_on |\n  | agent | > 3 days and <= 6 days |\n",
    ),
    (
        Code::TableColumn,
        "table t\n  may refund\n  | role  | chrge    |\n  | agent | goodwill |\n",
        "table t\n  may refund\n  | role  | charge    |\n  | agent | goodwill |\n",
    ),
];

/// Where more than one thing can have been meant, nothing is written.
const LEFT: [&str; 16] = [
    // A share of a spreadsheet, a condition of one clause, a time of day.
    "rule r\n  agent may discount up to 0.1\n",
    "rule r\n  agent may refund up to 50 EUR\n  charge goodwill when reason is late\n",
    "rule r\n  agent may refund\n  because \"So it is.\" unless reason is late\n",
    "rule r\n  agent may refund\n  when now >= 08:00\n",
    // What a value is called is said by whoever asks, too.
    "fact colour one of red, gren\n\nrule r\n  agent may refund\n  when colour is green\n\nrule s\n  lead may refund\n  when colour is green\n",
    // What it means is said in several other words.
    "rule r\n  agent darf refund bis 50 EUR\n",
    // What a test expects is not guessed.
    "test \"t\"\n  on 2026-11-21\n  as agent\n  ask exchange\n  expect yess\n",
    // One or a thousand?
    "rule r\n  agent may refund up to 1,000 EUR\n",
    // 12 or 21?
    "rule r\n  agent may refund up to 12 21 EUR\n",
    // A cap, or a permission?
    "rule r\n  agent may not refund up to 50 EUR\n",
    // Days or weeks?
    "rule r\n  agent may refund\n  when today - order.delivered_on < 5\n",
    // Far from everything.
    "rule r\n  clerk may refund\n",
    // `cast` and `cost` are as near.
    "fact cast yes/no\nfact cost yes/no\nrule r\n  agent may refund\n  when cust\n",
    "rule r\n  agent may refund\n  when voucher.value > 5 EUR\n",
    // A missing `is`, or a missing `and`?
    "rule r\n  agent may refund\n  when reason late\n",
    // The comment between would be lost.
    "rule r\n  agent may refund, # first\n    refund\n",
];

fn base() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/problems/base.kulanz")).unwrap()
}

fn folder(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("base.kulanz"), base()).unwrap();
    fs::write(folder.path().join("rules.kulanz"), text).unwrap();
    folder
}

fn mended(folder: &Path) -> (Mended, String) {
    let mended = mend(folder, "2026-11-22T12:00:00Z".parse().unwrap());
    (mended, fs::read_to_string(folder.join("rules.kulanz")).unwrap())
}

fn codes(problems: &[Diagnostic]) -> Vec<Code> {
    problems.iter().map(|problem| problem.code).collect()
}

#[test]
fn what_is_certain_is_written() {
    let mut amiss = Vec::new();
    for (code, before, after) in MENDED {
        let folder = folder(before);
        let (mended, text) = mended(folder.path());
        let made: Vec<Code> = mended.changes.iter().map(|change| change.code).collect();
        let left = render::human(&mended.checked.diagnostics, &mended.checked.sources, false);
        if text != after || made != [code] || mended.checked.engine.is_none() {
            amiss.push(format!("{before}becomes\n{text}by {made:?}; left is\n{left}"));
        }
        assert_eq!(fs::read_to_string(folder.path().join("base.kulanz")).unwrap(), base());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing else lies there");
    }
    assert!(amiss.is_empty(), "{}", amiss.join("\n----\n"));
}

#[test]
fn what_is_not_certain_is_left() {
    for before in LEFT {
        let folder = folder(before);
        let (mended, text) = mended(folder.path());
        assert_eq!(text, before);
        assert!(mended.changes.is_empty() && mended.checked.engine.is_none(), "{before}");
    }
}

/// A mistake behind a mistake is mended too, and all of them in one go.
#[test]
fn several_mistakes_are_mended_together() {
    let folder = folder("rule r # ours\n  agnet may refund up to 12,50 EUR\n  whn reason is lat\n\nrule s\n  clerk may exchange\n");
    let (mended, text) = mended(folder.path());
    assert_eq!(text, "rule r # ours\n  agent may refund up to 12.50 EUR\n  when reason is late\n\nrule s\n  clerk may exchange\n");
    assert_eq!(mended.changes.len(), 4);
    assert_eq!(codes(&mended.checked.diagnostics), [Code::UnknownName]);
}

#[test]
fn the_lines_of_a_file_end_as_they_did() {
    let folder = folder("rule r\r\n  agent may refund up to 50 EUR when reason is late\r\n");
    let (mended, text) = mended(folder.path());
    assert_eq!(text, "rule r\r\n  agent may refund up to 50 EUR\r\n  when reason is late\r\n");
    assert_eq!(mended.changes.len(), 1);
}

/// What is mended shows more than was wrong before, so it stays.
#[test]
fn nothing_is_mended_that_makes_more_errors() {
    let text = "rule r\n  agent may refnd up to 12,50 EUR\n  when clerk and reason is lost and order.total and today\n";
    let folder = folder(text);
    let (mended, after) = mended(folder.path());
    assert_eq!((after.as_str(), mended.changes.len()), (text, 0), "{:?}", mended.checked.diagnostics);
    assert_eq!(codes(&mended.checked.diagnostics), [Code::BadNumber]);
}

#[test]
fn a_table_in_a_spreadsheet_is_mended() {
    let folder = folder("table t from \"t.csv\"\n  may refund\n");
    let table = folder.path().join("t.csv");
    fs::write(&table, "role;up to;reason\nagnet;1.000,00 EUR;lat\n").unwrap();
    let (mended, _) = mended(folder.path());
    assert_eq!(fs::read_to_string(table).unwrap(), "role;up to;reason\nagent;1000.00 EUR;late\n");
    assert!(mended.checked.engine.is_some(), "{:?}", mended.checked.diagnostics);
}

/// Only the pack's own files: what it includes has another owner.
#[test]
fn an_included_pack_is_left_alone() {
    let root = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        fs::create_dir_all(root.path().join(name).parent().unwrap()).unwrap();
        fs::write(root.path().join(name), text).unwrap();
    };
    let head = "policy \"P\"\n  currency EUR\n  time zone Europe/Berlin\n";
    let theirs = format!("{head}role agent\naction refund of money\nrule theirs\n  agnet may refund\n");
    write("company/company.kulanz", &theirs);
    write("shop/rules.kulanz", &format!("{head}  includes \"../company\"\nrule ours\n  agent may refnd\n"));
    let (mended, text) = mended(&root.path().join("shop"));
    assert!(text.ends_with("agent may refund\n"));
    assert_eq!(mended.changes.len(), 1);
    assert_eq!(fs::read_to_string(root.path().join("company/company.kulanz")).unwrap(), theirs);
    assert_eq!(codes(&mended.checked.diagnostics), [Code::UnknownName]);
}

#[test]
fn what_is_outside_is_not_reached_by_a_link() {
    let outside = tempfile::NamedTempFile::new().unwrap();
    fs::write(outside.path(), "rule r\n  agnet may refund\n").unwrap();
    let folder = folder("");
    fs::remove_file(folder.path().join("rules.kulanz")).unwrap();
    std::os::unix::fs::symlink(outside.path(), folder.path().join("rules.kulanz")).unwrap();
    let (mended, text) = mended(folder.path());
    assert!(mended.changes.is_empty(), "{:?}", mended.changes);
    assert_eq!(text, "rule r\n  agnet may refund\n");
}

#[test]
fn a_file_that_may_not_be_written_stays_and_is_told() {
    let folder = folder("rule r\n  agnet may refund\n");
    let file = folder.path().join("rules.kulanz");
    let mut permissions = fs::metadata(&file).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&file, permissions).unwrap();
    let (mended, text) = mended(folder.path());
    assert_eq!(text, "rule r\n  agnet may refund\n");
    assert_eq!(codes(&mended.unwritten), [Code::Unwritable]);
    assert!(mended.changes.is_empty());
    assert_eq!(codes(&mended.checked.diagnostics), [Code::UnknownName]);
}

/// Each change by itself takes its own problem away and makes nothing worse.
#[test]
fn a_change_takes_its_own_problem_away() {
    let mut tried = 0;
    for entry in fs::read_dir(super::folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "kulanz") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let told = |text: &str| {
            let (pack, mut problems) = Pack::from_texts(&[("shop.kulanz", text)]);
            problems.extend(kulanz::policy::check(&pack).err().unwrap_or_default());
            problems
        };
        let problems = told(&text);
        for problem in problems.iter().filter(|problem| problem.fix.is_some()) {
            let mut changed = text.clone();
            let mut edits = problem.fix.clone().unwrap().edits;
            edits.sort_by_key(|edit| std::cmp::Reverse(edit.span));
            for edit in &edits {
                changed.replace_range(edit.span.range(), &edit.text);
            }
            let same = |other: &&Diagnostic| (other.code, &other.message) == (problem.code, &problem.message);
            let after = told(&changed);
            let (was, is) = (problems.iter().filter(same).count(), after.iter().filter(same).count());
            assert!(is < was, "{}: {} is still there", path.display(), problem.message);
            tried += 1;
        }
    }
    assert!(tried > 30, "{tried}");
}
