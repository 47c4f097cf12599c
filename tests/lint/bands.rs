//! Bands of every kind of quantity: those that do not meet are found with a case, and those that do are left alone.

use kulanz::diagnostic::Code;

use super::of_text;

const HEAD: &str = "policy \"P\"\n  currency EUR\n  time zone Europe/Berlin\nrole agent\nrole lead\n  above agent\nrole clerk\n\
    fact wait duration verified\nfact bought date verified\nfact share percent verified\nfact total money verified\nfact nights number verified\nfact at datetime verified\n\
    fact reason one of late, damaged\n  asks \"What?\"\nduty note\nduty photo\nbudget month\n  500 EUR per actor per month\naction refund of money\n\
    fallback refund\n  advise \"Sorry.\"\n";

/// Where something falls between two rules, as `check` says it: the line of the case that tells.
fn gap(rules: &str) -> Option<String> {
    let mut gaps = gaps(rules);
    assert!(gaps.len() < 2, "{gaps:?}");
    gaps.pop()
}

/// The cases of all gaps.
fn gaps(rules: &str) -> Vec<String> {
    let (found, rendered) = of_text(&format!("{HEAD}{rules}"));
    super::pasted::paste(&format!("{HEAD}{rules}"));
    let gaps = found.into_iter().filter(|finding| finding.code == Code::BandGap);
    gaps.map(|gap| gap.case.unwrap_or_else(|| panic!("no case\n{rendered}"))).collect()
}

/// Bands of one role, under these conditions.
fn bands(who: &str, conditions: &[&str]) -> String {
    let band = |(nth, condition): (usize, &&str)| {
        format!("rule {who}_{nth}\n  {who} may refund up to {}0 EUR\n  when {condition}\n  charge month\n", nth + 1)
    };
    conditions.iter().enumerate().map(band).collect()
}

#[test]
fn every_gap_is_told_once() {
    let three = ["total < 100 EUR", "total > 100 EUR and total < 200 EUR", "total > 200 EUR"];
    let found = gaps(&bands("agent", &three));
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].contains("given total is 100.00 EUR") && found[1].contains("given total is 200.00 EUR"), "{found:?}");
    // What the agent lacks the lead lacks too.
    let wider = bands("lead", &["total > 300 EUR"]);
    assert_eq!(gaps(&(bands("agent", &three) + &wider)).len(), 2);
    // Those of each case.
    let by_reason = [
        "total < 100 EUR and reason is late",
        "total > 100 EUR and reason is late",
        "total < 50 EUR and reason is damaged",
        "total > 50 EUR and reason is damaged",
    ];
    let found = gaps(&bands("agent", &by_reason));
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.iter().any(|case| case.contains("reason is damaged")) && found.iter().any(|case| case.contains("reason is late")), "{found:?}");
    // Those of another role.
    let clerk = bands("clerk", &["wait < 1 hour", "wait > 1 hour"]);
    assert_eq!(gaps(&(bands("agent", &three[..2]) + &clerk)).len(), 2);
    let many: Vec<String> = (0..30).map(|nth| format!("total > {nth}00 EUR and total < {}00 EUR", nth + 1)).collect();
    assert_eq!(gaps(&bands("agent", &many.iter().map(String::as_str).collect::<Vec<_>>())).len(), 16);
}

/// Two rules for the same people, each under a condition.
fn two(first: &str, second: &str) -> Option<String> {
    gap(&format!(
        "rule first\n  agent may refund up to 50 EUR\n  when {first}\n  charge month\nrule second\n  agent may refund up to 20 EUR\n  when {second}\n  charge month\n"
    ))
}

#[track_caller]
fn falls(gap: Option<String>, line: &str) {
    let case = gap.unwrap_or_else(|| panic!("nothing falls between"));
    assert!(case.lines().any(|own| own.trim() == line), "{case}");
}

#[test]
fn every_measure_has_bands() {
    falls(two("total <= 499 EUR", "total >= 500 EUR"), "given total is 499.50 EUR");
    falls(two("wait < 30 minutes", "wait >= 31 minutes"), "given wait is 30 minutes");
    falls(two("wait <= 24 hours", "wait >= 25 hours"), "given wait is 1470 minutes");
    falls(two("share < 25%", "share > 25%"), "given share is 25%");
    falls(two("nights <= 2", "nights > 3"), "given nights is 3");
    // What is mostly whole need not be.
    falls(two("nights <= 2", "nights >= 3"), "given nights is 2.5");
    falls(two("nights is between 0 and 499", "nights is between 500 and 1999"), "given nights is 499.5");
    falls(two("wait is between 60 minutes and 119 minutes", "wait >= 2 hours"), "given wait is 119.5 minutes");
    falls(two("bought <= 2026-06-30", "bought >= 2026-07-02"), "given bought is 2026-07-01");
    falls(two("at < 2026-07-01T00:00+02:00", "at > 2026-07-01T00:00+02:00"), "given at is 2026-06-30T22:00:00Z");
    falls(two("amount < 5 EUR", "amount > 5 EUR"), "ask refund of 5.00 EUR");
}

#[test]
fn bands_that_meet_are_left_alone() {
    let pairs = [
        ("total <= 499 EUR", "total >= 499.01 EUR"),
        ("total <= 499 EUR", "total > 499 EUR"),
        ("wait < 30 minutes", "wait >= 30 minutes"),
        ("wait <= 29 minutes", "wait > 29 minutes"),
        ("nights <= 2", "nights > 2"),
        ("bought <= 2026-06-30", "bought >= 2026-07-01"),
        ("within 14 days after bought", "today - bought >= 15 days"),
        ("amount <= 5 EUR", "amount > 5 EUR"),
        // A single band is none of several, and what one rule leaves out is left out on purpose.
        ("total <= 499 EUR", "reason is late"),
        ("total <= 499 EUR or total >= 500 EUR", "total >= 1000 EUR"),
    ];
    for (first, second) in pairs {
        assert_eq!(two(first, second), None, "{first} | {second}");
    }
}

#[test]
fn days_since_something_have_bands() {
    falls(two("within 14 days after bought", "today - bought >= 16 days"), "given bought is 2026-11-07");
    falls(two("within 1 month after bought", "today - bought > 35 days"), "given bought is 2026-10-19");
}

#[test]
fn all_else_is_the_same_in_a_gap() {
    // Each reason has a band of its own, and no case lies between two of one.
    assert_eq!(two("total <= 499 EUR and reason is late", "total >= 500 EUR and reason is damaged"), None);
    falls(two("total <= 499 EUR and reason is late", "total >= 500 EUR and reason is one of late, damaged"), "given reason is late");
    // Another rule covers the damaged, and not the late.
    let third = |reason: &str| {
        gap(&format!(
            "rule first\n  agent may refund up to 50 EUR\n  when total <= 499 EUR\n  charge month\nrule second\n  agent may refund up to 20 EUR\n  when total >= 500 EUR\n  charge month\n\
             rule third\n  agent may refund up to 10 EUR\n  when {reason}\n  charge month\n"
        ))
    };
    falls(third("reason is damaged"), "given reason is late");
    assert_eq!(third("reason is one of late, damaged"), None);
}

#[test]
fn a_gap_is_one_for_somebody() {
    let rules = |first: &str, second: &str, more: &str| {
        format!(
            "rule first\n  {first} may refund up to 50 EUR\n  when total <= 499 EUR\n  charge month\nrule second\n  {second} may refund up to 20 EUR\n  when total >= 500 EUR\n  charge month\n{more}"
        )
    };
    // Between those of two roles lies what is left to nobody, also where neither has both.
    falls(gap(&rules("agent", "lead", "")), "as lead \"anna\" in team \"team\"");
    assert!(gap(&rules("agent", "clerk", "")).is_some());
    // What a higher role may do in any case leaves the gap to those below.
    let lead = "rule wide\n  lead may refund up to 500 EUR\n  charge month\n";
    falls(gap(&rules("agent", "agent", lead)), "as agent \"anna\" in team \"team\"");
    assert_eq!(gap(&rules("agent", "lead", lead)), None);
}

#[test]
fn caps_entitlements_and_duties_have_bands() {
    let caps = |second: &str| {
        gap(&format!(
            "rule wide\n  agent may refund up to 100 EUR\n  charge month\nrule first\n  agent may not refund more than 20 EUR\n  when total < 25 EUR\nrule second\n  agent may not refund more than 50 EUR\n  when total {second} 25 EUR\n"
        ))
    };
    falls(caps(">"), "given total is 25.00 EUR");
    assert_eq!(caps(">="), None);
    let owed = |second: &str| {
        gap(&format!(
            "rule first\n  entitled to refund of 10 EUR\n  when wait < 1 hour\n  charge month\nrule second\n  entitled to refund of 20 EUR\n  when wait {second} 1 hour\n  charge month\n"
        ))
    };
    falls(owed(">"), "given wait is 1 hour");
    assert_eq!(owed(">="), None);
    let duties = |second: &str| {
        gap(&format!(
            "rule wide\n  agent may refund up to 900 EUR\n  charge month\n  require note when total <= 499 EUR\n  require photo when total >= {second} EUR\n"
        ))
    };
    falls(duties("500"), "given total is 499.50 EUR");
    assert_eq!(duties("499.01"), None);
}

#[test]
fn rules_of_another_day_have_bands() {
    let later = |second: &str| {
        gap(&format!(
            "rule first\n  agent may refund up to 50 EUR\n  when total <= 499 EUR\n  from 2027-03-01\n  charge month\nrule second\n  agent may refund up to 20 EUR\n  when total >= {second} EUR\n  from 2027-03-01\n  charge month\n"
        ))
    };
    falls(later("500"), "on 2027-03-01");
    assert_eq!(later("499.01"), None);
}
