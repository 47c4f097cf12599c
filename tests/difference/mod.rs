//! What `kulanz diff` says of small changes; each example that it prints passes in the pack that it is for.

mod packs;
mod random;

use kulanz::difference::{Difference, difference};
use kulanz::engine::Engine;
use kulanz::pack::Pack;
use kulanz::{policy, testing};

use crate::process::{end, folder, kulanz};

const BASE: &str = include_str!("base.kulanz");
const BANDS: &str = "role,up to,order.total\nagent,5 EUR,< 10 EUR\n";
const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 21);

fn engine(text: &str, bands: &str) -> Engine {
    let (pack, problems) = Pack::from_texts(&[("shop.kulanz", text), ("bands.csv", bands)]);
    assert!(problems.is_empty(), "{text}\n{problems:?}");
    Engine::new(policy::check(&pack).unwrap_or_else(|problems| panic!("{text}\n{problems:?}")))
}

/// Whether the one test of a text passes; one that the pack does not understand does not.
fn passes(text: &str, bands: &str, test: &str) -> bool {
    let (pack, problems) = Pack::from_texts(&[("shop.kulanz", &format!("{text}\n{test}\n")), ("bands.csv", bands)]);
    let (true, Ok(policy)) = (problems.is_empty(), policy::check(&pack)) else { return false };
    let engine = Engine::new(policy);
    let report = testing::run(engine.policy(), engine.program(), testing::Options::default());
    report.passed == 1 && report.failed == 0
}

fn compared(old: (&str, &str), new: (&str, &str)) -> Difference {
    let (was, is) = (engine(old.0, old.1), engine(new.0, new.1));
    let found = difference((was.policy(), was.program()), (is.policy(), is.program()), TODAY);
    for changed in &found.answers {
        let test = &changed.example;
        assert!(test.is_empty() || passes(new.0, new.1, test) && !passes(old.0, old.1, test), "{changed:#?}");
        let test = &changed.old_example;
        assert!(test.is_empty() || passes(old.0, old.1, test) && !passes(new.0, new.1, test), "{changed:#?}");
        assert!(changed.old != changed.new, "{changed:#?}");
    }
    found
}

fn changed(from: &str, to: &str) -> Difference {
    assert!(BASE.contains(from), "{from}");
    compared((BASE, BANDS), (&BASE.replace(from, to), BANDS))
}

fn shown(name: &str, found: &Difference) {
    insta::with_settings!({ snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/tests/difference/cases"), prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, found.human());
    });
}

#[test]
fn a_limit_is_raised() {
    let found = changed("up to 50 EUR", "up to 80 EUR");
    assert!(found.gave_up.is_empty() && !found.answers.is_empty());
    shown("limit", &found);
}

#[test]
fn a_condition_is_widened() {
    shown("condition", &changed("within 30 days", "within 45 days"));
}

#[test]
fn a_rule_is_removed() {
    shown("removed", &changed("rule lead_refund\n  lead may refund up to 500 EUR\n", ""));
}

#[test]
fn an_entitlement_is_added() {
    let rule =
        "rule warranty\n  entitled to refund of order.total\n  when reason is damaged and within 24 months after order.delivered_on\n\ntable bands\n";
    shown("entitlement", &changed("table bands\n", rule));
}

#[test]
fn a_row_is_changed() {
    shown("row", &changed("| agent | 15 EUR | >= 100 EUR and < 500 EUR |", "| agent | 15 EUR | >= 100 EUR and < 700 EUR |"));
}

#[test]
fn a_csv_file_is_changed() {
    shown("csv", &compared((BASE, BANDS), (BASE, "role,up to,order.total\nagent,7 EUR,< 10 EUR\n")));
}

#[test]
fn an_allotment_is_changed() {
    shown("allotment", &changed("300 EUR per actor", "400 EUR per actor"));
}

#[test]
fn a_share_is_changed() {
    shown("share", &changed("20% of order.total", "25% of order.total"));
}

#[test]
fn a_date_in_force_is_changed() {
    shown(
        "in_force",
        &changed("  agent may voucher up to 20% of order.total\n", "  agent may voucher up to 20% of order.total\n  until 2026-11-20\n"),
    );
}

#[test]
fn words_that_only_one_has_are_told() {
    let found = changed("late, changed_mind", "late, changed_mind, stolen");
    shown("vocabulary", &found);
    assert_eq!(found.vocabulary.len(), 1);
}

#[test]
fn what_a_value_that_only_one_has_gives_is_told() {
    let with = BASE.replace("late, changed_mind\n", "late, changed_mind, stolen\n").replace("damaged, late and", "damaged, late, stolen and");
    let with =
        with.replace("rule lead_refund\n", "rule stolen\n  agent may not refund more than 20 EUR\n  when reason is stolen\n\nrule lead_refund\n");
    let added = compared((BASE, BANDS), (&with, BANDS));
    shown("value_added", &added);
    let removed = compared((&with, BANDS), (BASE, BANDS));
    assert_eq!(removed.answers.len(), added.answers.len());
    assert!(removed.answers.iter().all(|entry| entry.new == "there is no such value" && entry.example.is_empty() && !entry.old_example.is_empty()));
    // A value that no rule names gives nothing of its own.
    assert!(changed("late, changed_mind", "late, changed_mind, stolen").answers.is_empty());
    let tags =
        |values: &str, rule: &str| BASE.replace("fact customer.id text\n", &format!("fact customer.id text\nfact tags some of {values}\n")) + rule;
    let found = compared(
        (&tags("vip", ""), BANDS),
        (&tags("vip, press", "\nrule press\n  lead may voucher up to 90 EUR\n  when tags includes press\n"), BANDS),
    );
    let lines: Vec<String> =
        found.answers.iter().map(|entry| format!("{:?} {}: {:?} {} → {}", entry.roles, entry.action, entry.when, entry.old, entry.new)).collect();
    assert_eq!(lines, [r#"["lead"] voucher: ["tags includes press"] there is no such value → up to 90.00 EUR"#]);
}

#[test]
fn who_is_still_asked_is_told_where_an_offer_goes() {
    let pack = |offer: &str| {
        let text = "policy \"P\"\n  currency EUR\n  time zone Europe/Berlin\nrole desk\nrole boss\n  above desk\naction refund of money\naction exchange\n\
                    rule swap\n  boss may exchange\nrule large\n  boss may refund up to 100 EUR\nrule guard\n  desk may not refund more than 10 EUR\n";
        format!("{text}{offer}")
    };
    let found = compared((&pack("  offer exchange\n"), BANDS), (&pack(""), BANDS));
    let lines: Vec<(&str, &str)> = found.answers.iter().map(|entry| (entry.old.as_str(), entry.new.as_str())).collect();
    assert_eq!(lines, [("ask boss; offer exchange by asking", "ask boss")]);
}

#[test]
fn texts_alone_and_recording_budgets_are_no_difference() {
    let told = |because: &str| {
        format!("{BASE}\nbudget count\n  unlimited per actor per month\n\nrule swap\n  lead may voucher up to 5 EUR\n  charge count by 1\n{because}")
    };
    assert!(compared((&told(""), BANDS), (&told("  because \"So it is.\"\n"), BANDS)).is_empty());
}

#[test]
fn what_changed_of_a_name_is_told() {
    let told = |from: &str, to: &str| changed(from, to).human().lines().next().unwrap().to_owned();
    assert_eq!(
        told("role lead\n  above agent", "role lead\n  above agent\n  answers within 2 days"),
        "role lead changed: no time to answer → answers within 2 days"
    );
    assert_eq!(
        told("fact order.total money", "fact order.total money verified default 5 EUR"),
        "fact order.total changed: not verified, no default → verified, default 5.00 EUR"
    );
    assert_eq!(
        told("per actor per month", "per actor.team per rolling 30 days"),
        "budget goodwill changed: per actor, month → per actor.team, rolling 30 days"
    );
    assert_eq!(told("languages en", "languages en\n  holidays 2026-12-25"), "setting holidays changed: none → 2026-12-25");
    let found = changed("fact customer.id text", "fact customer.id text optional");
    let json = serde_json::to_value(&found.vocabulary).unwrap();
    assert_eq!(json, serde_json::json!([{"kind": "fact", "name": "customer.id", "change": "changed", "was": "not optional", "is": "optional"}]));
}

#[test]
fn what_answers_the_same_is_no_difference() {
    assert!(changed("rule small_refund", "rule little_refund").is_empty());
    assert!(changed("reason is one of damaged, late and", "not reason is changed_mind and").is_empty());
    assert!(compared((BASE, BANDS), (BASE, BANDS)).is_empty());
    // The lead may do what the agent may, so that saying it again changes nothing.
    assert!(changed("  agent may refund up to 50 EUR", "  agent, lead may refund up to 50 EUR").is_empty());
}

#[test]
fn the_command_exits_like_diff() {
    let pack = |text: &str| folder(&[("shop.kulanz", text), ("bands.csv", BANDS)]);
    let (old, new, broken) = (pack(BASE), pack(&BASE.replace("up to 50 EUR", "up to 80 EUR")), pack("policy"));
    let path = |folder: &tempfile::TempDir| folder.path().to_str().unwrap().to_owned();
    let (old, new, broken) = (path(&old), path(&new), path(&broken));
    kulanz(&["diff", &old, &old, "--on", "2026-11-21"]).exits(0).prints("same answers");
    kulanz(&["diff", &old, &new, "--on", "2026-11-21"]).exits(1).prints("up to 50.00 EUR").prints("up to 80.00 EUR");
    let json = kulanz(&["diff", &old, &new, "--on", "2026-11-21", "--format", "json"]).exits(1).json();
    assert_eq!(json["same"], false);
    assert_eq!(json["answers"][0]["role"], "agent");
    kulanz(&["diff", &old, &new, "--on", "2026-11-21", "--format", "markdown"]).exits(1).prints("### agent");
    kulanz(&["diff", &old, &broken]).exits(2).says("does not check");
    kulanz(&["diff", &old, "no-such-revision"]).exits(2);
    kulanz(&["diff", &old, &new, "--on", "tomorrow"]).exits(2).says("is not a date");
    kulanz(&["diff", &old, &new, "--format", "junit"]).exits(2).says("markdown");
}

#[test]
fn a_revision_is_a_pack_too() {
    let repository = folder(&[("shop/shop.kulanz", BASE), ("shop/bands.csv", BANDS)]);
    let git = |arguments: &[&str]| {
        let mut command = std::process::Command::new("git");
        command.current_dir(repository.path()).args(["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]).args(arguments);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "first"]);
    std::fs::write(repository.path().join("shop/shop.kulanz"), BASE.replace("up to 50 EUR", "up to 80 EUR")).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = crate::process::command();
        command.current_dir(repository.path()).args(arguments);
        end(&mut command)
    };
    run(&["diff", "HEAD", "shop", "-p", "shop", "--on", "2026-11-21"]).exits(1).prints("up to 80.00 EUR");
    // A folder beside a revision says which pack is meant.
    run(&["diff", "HEAD", "shop", "--on", "2026-11-21"]).exits(1).prints("up to 80.00 EUR").prints("Compared at noon of 2026-11-21");
    run(&["diff", "shop", "HEAD", "--on", "2026-11-21"]).exits(1).prints("up to 50.00 EUR");
    run(&["diff", "git:HEAD:shop", "shop", "--on", "2026-11-21"]).exits(1).prints("up to 80.00 EUR");
    run(&["diff", "git:HEAD:shop", "git:HEAD:shop", "--on", "2026-11-21"]).exits(0);
    run(&["diff", "git:HEAD:shops", "shop"]).exits(2).says("shops");
    run(&["diff", "HAED", "shop", "-p", "shop"]).exits(2).says("no file, folder or revision `HAED`");
}
