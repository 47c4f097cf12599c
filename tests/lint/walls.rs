//! Bare answers `no` that only some cases meet, and excuses that are there in every case.

use kulanz::diagnostic::Code;

use super::of_text;

const HEAD: &str = "policy \"P\"\n  currency EUR\n  time zone Europe/Berlin\nrole agent\nfact broken yes/no verified\nfact small yes/no verified\n\
    action refund of money\naction voucher of money\nbudget total\n  100 EUR ever\nrule gives\n  agent may refund up to 50 EUR\n  when small\n  charge total\n\
    rule other\n  agent may voucher up to 20 EUR\n";

/// Whether somebody can meet a wall. Its case is one.
fn wall(rules: &str) -> bool {
    let text = format!("{HEAD}{rules}");
    super::pasted::paste(&text);
    of_text(&text).0.into_iter().filter(|finding| finding.code == Code::BareNo).any(|finding| finding.case.is_some())
}

#[test]
fn what_a_prohibition_offers_excuses_only_where_it_applies() {
    assert!(wall("rule forbids\n  nobody may refund\n  when broken\n  offer voucher\n"));
    assert!(wall("rule forbids\n  nobody may refund\n  when broken\n  advise \"Say that you are sorry.\"\n"));
    assert!(wall("rule caps\n  agent may not refund more than 10 EUR\n  advise \"Say that you are sorry.\"\n"));
    assert!(wall("rule forbids\n  nobody may refund\n  when broken\n  offer voucher\nrule and_this\n  nobody may refund\n  when not small\n"));
    assert!(wall(
        "rule forbids\n  nobody may refund\n  when broken\n  offer voucher\nfallback refund\n  advise \"Say that you are sorry.\" when small\n"
    ));
    assert!(!wall("rule forbids\n  nobody may refund\n  when broken or not broken\n  offer voucher\n"));
    assert!(!wall("rule forbids\n  nobody may refund\n  offer voucher\n"));
    assert!(!wall("fallback refund\n  offer voucher\n"));
    assert!(!wall(
        "rule forbids\n  nobody may refund\n  when broken\n  offer voucher\nfallback refund\n  when not broken\n  advise \"Say that you are sorry.\"\n"
    ));
}
