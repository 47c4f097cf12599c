//! Clauses that ask a role which can never say yes where they are reached, and those that only look like it.

use kulanz::diagnostic::Code;

use super::of_text;

const HEAD: &str = "policy \"P\"\n  currency EUR\n  time zone Europe/Berlin\nrole agent\nrole lead\n  above agent\nrole clerk\n\
    fact vip yes/no\n  asks \"VIP?\"\nfact broken yes/no\n  asks \"Broken?\"\nfact account text\n  about actor\n  asks \"Whose?\"\nduty note\n\
    budget month\n  500 EUR per actor per month\nbudget owed\n  500 EUR per actor.team per month\naction refund of money\naction voucher of money\n";

/// What is said of the clauses of these rules.
fn idle(rules: &str) -> Vec<String> {
    let text = format!("{HEAD}{rules}");
    super::pasted::paste(&text);
    let idle = of_text(&text).0.into_iter().filter(|finding| finding.code == Code::IdleRoute);
    idle.map(|finding| {
        assert!(finding.case.is_some(), "{finding:?}");
        finding.message
    })
    .collect()
}

/// The first permission is everybody's; the prohibition is about these, and has these clauses.
fn forbidding(who: &str, more: &str) -> Vec<String> {
    idle(&format!("rule first\n  agent may refund up to 50 EUR\n  charge month\nrule second\n  {who}\n  when vip\n  {more}\n"))
}

const LEAD: &str = "`lead` can never decide or approve `refund` where this clause is reached";

#[test]
fn what_is_forbidden_to_all_is_no_way_out() {
    assert_eq!(forbidding("nobody may refund", "ask lead"), [LEAD]);
    assert_eq!(forbidding("lead may not refund", "ask lead"), [LEAD]);
    assert_eq!(forbidding("agent may not refund", "ask lead"), [""; 0]);
    assert_eq!(forbidding("agent may not refund", "ask agent"), ["`agent` can never decide or approve `refund` where this clause is reached"]);
    // A cap leaves nothing above it to those whom it binds.
    assert_eq!(forbidding("nobody may refund more than 20 EUR", "ask lead"), [LEAD]);
    assert_eq!(forbidding("agent may not refund more than 20 EUR", "ask lead"), [""; 0]);
}

#[test]
fn what_another_rule_forbids_counts_where_both_apply() {
    let other =
        |when: &str| forbidding("agent may not refund", &format!("ask lead\nrule third\n  nobody may refund\n  when {when}\n  advise \"Sorry.\""));
    assert_eq!(other("vip"), [LEAD]);
    assert_eq!(other("vip or broken"), [LEAD]);
    assert_eq!(other("broken"), [""; 0]);
    assert_eq!(other("not vip"), [""; 0]);
    // What is about the person who asks is off for another one.
    assert_eq!(other("account = actor.id"), [""; 0]);
    assert_eq!(forbidding("nobody may refund", "ask lead when broken\n  ask lead"), [LEAD, LEAD]);
}

#[test]
fn a_signature_needs_somebody_who_may_propose() {
    let signed = |subject: &str, who: &str| {
        idle(&format!(
            "rule first\n  {subject} may refund up to 50 EUR\n  approved by clerk\n  charge month\nrule second\n  {who}\n  when vip\n  ask clerk\n"
        ))
    };
    let clerk = "`clerk` can never decide or approve `refund` where this clause is reached";
    assert_eq!(signed("agent", "nobody may refund"), [clerk]);
    assert_eq!(signed("agent", "agent may not refund more than 20 EUR"), [""; 0]);
    assert_eq!(signed("agent", "agent may not refund"), [""; 0]);
    assert_eq!(signed("clerk", "clerk may not refund"), [clerk]);
}

#[test]
fn an_entitlement_is_a_way_out_only_where_it_is_not_everybodys() {
    let owed = |entitled: &str, forbidden: &str| {
        idle(&format!(
            "rule first\n  agent may refund up to 50 EUR\n  charge month\nrule law\n  {entitled}\nrule second\n  {forbidden}\n  when vip\n  ask lead\n"
        ))
    };
    let law = "entitled to refund of 20 EUR\n  when broken\n  charge owed";
    assert_eq!(owed(law, "nobody may refund"), [LEAD]);
    // The lead owes it, where the agent may not even grant what is owed.
    assert_eq!(owed(law, "agent may not refund even if entitled"), [""; 0]);
    assert_eq!(owed(law, "nobody may refund even if entitled"), [LEAD]);
}

/// Who may only do less than what brings somebody to the clause is no help.
#[test]
fn a_limit_below_the_cap_is_no_way_out() {
    let capped = |limit: &str, cap: &str| {
        idle(&format!(
            "rule first\n  agent may refund up to 50 EUR\n  charge month\nrule other\n  clerk may refund up to {limit}\n  charge owed\n\
             rule cap\n  agent may not refund{cap}\n  ask clerk\n"
        ))
    };
    let clerk = ["`clerk` can never decide or approve `refund` where this clause is reached"];
    for cap in [" more than 40 EUR", "\n  when amount > 40 EUR", "\n  when vip and amount > 40 EUR"] {
        assert_eq!(capped("30 EUR", cap), clerk, "{cap}");
        assert_eq!(capped("40 EUR", cap), clerk, "{cap}");
        assert_eq!(capped("40.01 EUR", cap), [""; 0], "{cap}");
    }
    assert_eq!(capped("30 EUR", "\n  when vip"), [""; 0]);
}
