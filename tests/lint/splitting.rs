//! Limits without a second signature that also come up from a role below.

use kulanz::diagnostic::Code;

use super::of_text;

const HEAD: &str = "policy \"P\"\n  currency EUR\n  time zone Europe/Berlin\nrole agent\nrole senior\n  above agent\nrole lead\n  above senior\n\
    action refund of money\nfallback refund\n  advise \"Say that you are sorry.\"\n";

/// What is marked of each finding, after its case was pasted into the pack.
fn found(rules: &str) -> Vec<String> {
    let text = format!("{HEAD}{rules}");
    super::pasted::paste(&text);
    of_text(&text).0.into_iter().filter(|finding| finding.code == Code::SplittableCap).map(|finding| finding.message).collect()
}

#[test]
fn what_flows_up_to_a_role_that_needs_a_signature_is_looked_at() {
    let signed = "rule signed\n  senior may refund up to 200 EUR\n  approved by lead\n";
    let small = "rule small\n  agent may refund up to 50 EUR\n";
    assert_eq!(found(&format!("{small}{signed}")), ["several grants under `small` need no second signature"]);
    // What a role has by a rule of its own is told of that rule, once.
    let own = "rule own\n  senior may refund up to 80 EUR\n";
    assert_eq!(found(&format!("{small}{own}{signed}")), ["several grants under `own` need no second signature"]);
    let counted = "budget once\n  50 EUR per actor per day\nrule small\n  agent may refund up to 50 EUR\n  charge once\n";
    assert_eq!(found(&format!("{counted}{signed}")), [""; 0]);
    // What is given to a role above flows down to nobody.
    let above = "rule above\n  lead may refund up to 50 EUR\n";
    assert_eq!(found(&format!("{above}{signed}")), [""; 0]);
}
