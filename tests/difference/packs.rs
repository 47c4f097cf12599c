//! One-place changes of the packs in `policies/` are found, each in a few entries whose examples both engines confirm.

use std::path::Path;

use kulanz::difference::{Changed, Difference, difference};
use kulanz::engine::Engine;
use kulanz::pack::Pack;
use kulanz::{policy, testing};

const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 21);

/// The files of a pack and of those beside it, by their places below `policies`.
fn files() -> Vec<(String, String)> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
    let mut files = Vec::new();
    let mut folders = vec![top.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "kulanz" || extension == "csv") {
                files.push((path.strip_prefix(&top).unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files
}

/// A pack with one place changed, and with a test at its end.
fn engine(pack: &str, change: Option<(&str, &str, &str)>, test: &str) -> Engine {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files() {
        let place = folder.path().join(&name);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        let text = match change {
            Some((file, from, to)) if name == format!("{pack}/{file}") => {
                assert!(text.contains(from), "{file}: {from}");
                text.replacen(from, to, 1)
            }
            _ => text,
        };
        std::fs::write(place, text).unwrap();
    }
    if !test.is_empty() {
        std::fs::write(folder.path().join(pack).join("one-example.kulanz"), format!("{test}\n")).unwrap();
    }
    let (read, problems) = Pack::read(&folder.path().join(pack));
    assert!(problems.is_empty(), "{problems:?}");
    Engine::new(policy::check(&read).unwrap_or_else(|problems| panic!("{pack} {change:?}\n{problems:#?}")))
}

fn passes(pack: &str, change: Option<(&str, &str, &str)>, test: &str) -> bool {
    let engine = engine(pack, change, test);
    let title = test.lines().next().unwrap().trim_start_matches("test ").trim_matches('"').to_owned();
    let report = testing::run(engine.policy(), engine.program(), testing::Options { filter: Some(&title), ..testing::Options::default() });
    assert_eq!(report.tests.iter().filter(|test| test.title == title).count(), 1, "{title}");
    report.tests.iter().any(|test| test.title == title && test.passed)
}

fn compared(pack: &str, change: Option<(&str, &str, &str)>) -> Difference {
    let (old, new) = (engine(pack, None, ""), engine(pack, change, ""));
    difference((old.policy(), old.program()), (new.policy(), new.program()), TODAY)
}

/// Entries for a change that was found, a few of them, each with an example.
fn changed(pack: &str, change: (&str, &str, &str), most: usize) -> Vec<Changed> {
    let found = compared(pack, Some(change));
    assert!(!found.answers.is_empty(), "{change:?}: {}", found.human());
    assert!(found.answers.len() <= most, "{change:?}: {}", found.human());
    for entry in &found.answers {
        assert!(!(entry.example.is_empty() && entry.old_example.is_empty()), "{entry:#?}");
        for (test, in_new) in [(&entry.example, true), (&entry.old_example, false)] {
            assert!(test.is_empty() || passes(pack, Some(change), test) == in_new && passes(pack, None, test) != in_new, "{entry:#?}");
        }
    }
    found.answers
}

fn says(entries: &[Changed], role: &str, action: &str, old: &str, new: &str) {
    let is = |entry: &Changed| entry.roles.iter().any(|it| it == role) && entry.action == action && entry.old == old && entry.new == new;
    assert!(entries.iter().any(is), "{entries:#?}");
}

#[test]
fn limits_of_the_fashion_shop() {
    let entries = changed("fashion-shop", ("refunds.kulanz", "agent may refund up to 50 EUR", "agent may refund up to 60 EUR"), 2);
    says(&entries, "agent", "refund", "up to 50.00 EUR", "up to 60.00 EUR");
    let first = &entries[0];
    assert!(first.roles == ["agent", "senior"] && first.when.starts_with(&["our_fault".into(), "fresh".into()]), "{first:#?}");
    assert!(!first.example.contains("-1.00 EUR"), "{first:#?}");
}

#[test]
fn a_duty_of_the_fashion_shop() {
    let entries = changed("fashion-shop", ("refunds.kulanz", "reason is damaged and amount > 25 EUR", "reason is damaged and amount > 30 EUR"), 4);
    assert!(entries.iter().all(|entry| entry.old.contains("require photo") && entry.action == "refund"), "{entries:#?}");
}

/// A prohibition that begins on another day is told for each role, though far from all cases of refunds are looked at.
#[test]
fn a_day_of_the_fashion_shop() {
    for days in ["7 days", "30 days"] {
        let seasonal = |days: &str| format!("when order.seasonal and more than {days} after order.delivered_on");
        let entries = changed("fashion-shop", ("refunds.kulanz", &seasonal("14 days"), &seasonal(days)), 9);
        for role in ["agent", "senior", "lead", "manager"] {
            let of_role = entries.iter().any(|entry| entry.roles.iter().any(|it| it == role) && entry.when.contains(&"order.seasonal".to_owned()));
            assert!(of_role, "{days}: {role} {entries:#?}");
        }
    }
}

#[test]
fn limits_of_the_hotel() {
    let entries = changed("hotel", ("guards.kulanz", "desk may dining up to 80 EUR", "desk may dining up to 7 EUR"), 3);
    says(&entries, "desk", "dining", "up to 80.00 EUR", "up to 40.00 EUR");
    let entries = changed("hotel", ("guards.kulanz", "assistant may dining up to 50 EUR", "assistant may dining up to 55 EUR"), 3);
    says(&entries, "assistant", "dining", "up to 50.00 EUR", "up to 55.00 EUR");
}

#[test]
fn limits_of_the_railway() {
    let entries = changed("rail", ("goodwill.kulanz", "| agent      | 15 EUR ", "| agent      | 18 EUR "), 3);
    says(&entries, "agent", "voucher", "up to 15.00 EUR", "up to 18.00 EUR");
    let entries = changed("rail", ("goodwill.kulanz", "| 80 EUR    | 1 ", "| 90 EUR    | 1 "), 4);
    assert!(entries.iter().any(|entry| entry.action == "taxi"), "{entries:#?}");
}

#[test]
fn limits_of_the_city() {
    let entries = changed("city-utility", ("guards.kulanz", "assistant may waive_fee up to 25 USD", "assistant may waive_fee up to 7 USD"), 1);
    says(&entries, "assistant", "waive_fee", "up to 25.00 USD", "up to 7.00 USD");
    let entries = changed("city-utility", ("goodwill.kulanz", "clerk may payment_plan up to 6", "clerk may payment_plan up to 5"), 2);
    says(&entries, "clerk", "payment_plan", "up to 6", "up to 5");
}

#[test]
fn limits_of_the_company() {
    let entries = changed("company", ("gift.kulanz", "everyone may gift up to 10 EUR", "everyone may gift up to 12 EUR"), 2);
    // The only role that has no larger gift is an assistant, who gives 5 EUR at most; the other one is spared a note.
    assert!(entries.iter().all(|entry| entry.amount.as_deref() == Some("11.00 EUR") && entry.roles == ["integrity"]), "{entries:#?}");
    let entries = changed(
        "company",
        ("gift.kulanz", "integrity may gift up to 50 EUR\n  charge gifts\n  require note", "integrity may gift up to 50 EUR\n  charge gifts"),
        2,
    );
    assert!(entries.iter().all(|entry| entry.example.is_empty() && entry.old_example.contains("require note")), "{entries:#?}");
}

#[test]
fn who_says_yes_is_told_before_what_is_advised() {
    let known = ("guards.kulanz", "account.holder_is_known or account.holder_id is actor.id", "account.holder_id is actor.id");
    let found = compared("city-utility", Some(known));
    let allows: Vec<bool> = found.answers.iter().map(|entry| entry.new.contains("up to")).collect();
    let advises: Vec<bool> = found.answers.iter().map(|entry| entry.new.starts_with("with ") && entry.old.starts_with("with ")).collect();
    let last_allowed = found.answers.iter().rposition(|entry| !entry.old.contains("offer") && entry.new.starts_with("up to")).unwrap();
    assert!(allows[0] && advises.iter().any(|is| *is), "{}", found.human());
    assert!(advises.iter().position(|is| *is) > Some(last_allowed), "{}", found.human());
}

#[test]
fn another_rule_for_the_same_answer_is_no_difference() {
    let wider = ("goodwill.kulanz", "treasurer            | 100 USD   | 1 .. 3 ", "treasurer            | 100 USD   | 1 .. 4 ");
    let found = compared("city-utility", Some(wider));
    assert!(found.answers.iter().all(|entry| entry.old != entry.new && entry.role == "treasurer"), "{}", found.human());
}

#[test]
fn what_only_looks_otherwise_is_told_at_once() {
    for (pack, change) in [
        ("fashion-shop", ("refunds.kulanz", "rule high_value_refund", "# a comment\n\nrule high_value_refund")),
        ("hotel", ("guards.kulanz", "rule night_team", "# a comment\n\nrule night_team")),
        ("rail", ("goodwill.kulanz", "rule taxi_home", "# a comment\nrule taxi_to_bed")),
        ("city-utility", ("goodwill.kulanz", "rule plan ", "# a comment\nrule instalments ")),
        ("company", ("gift.kulanz", "The AI assistant gives 5 EUR at most.", "Five euros at most.")),
    ] {
        let found = compared(pack, Some(change));
        assert!(found.is_empty() && found.gave_up.is_empty(), "{}", found.human());
        assert!(found.human().starts_with("same answers"));
    }
}
