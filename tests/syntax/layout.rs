//! Items, lines and words.

use kulanz::syntax::ast::{ClauseKind, HeadKind, ItemKind, Subject};

use super::{codes, item, items, messages, read};

fn clauses(text: &str) -> Vec<ClauseKind> {
    match item(text) {
        ItemKind::Rule(rule) => rule.clauses.into_iter().map(|clause| clause.kind).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_broken_item_hides_nothing() {
    let text = "role agent above\n\nrole lead \"L\n\nrul x\n  agent may refund\n\nfact a monney\nfact b money\nrole senior\n  aboev agent\nrule r\n  agent may refund\n  when (\n  charge\n";
    let (file, problems) = read(text);
    let lines: Vec<usize> = problems.iter().map(|problem| text[..problem.span().unwrap().start as usize].matches('\n').count() + 1).collect();
    assert_eq!(lines, [1, 3, 5, 8, 11, 14, 15], "{problems:#?}");
    assert_eq!(file.items.len(), 2);
    let broken: Vec<&str> = file.broken.iter().map(|name| name.text.as_str()).collect();
    assert_eq!(broken, ["agent", "lead", "x", "a", "senior"]);
}

#[test]
fn comments_and_blank_lines_split_nothing() {
    let text = "# a comment\nrule r # first\n\n# in the first column\n  agent may # and\n\n   refund, # then\n# here\n   voucher\n\n  when a # why\n\n    and b\n# the end\n";
    let ItemKind::Rule(rule) = item(text) else { panic!() };
    assert_eq!(rule.head.actions.len(), 2);
    assert_eq!(rule.clauses.len(), 1);
}

#[test]
fn a_comment_may_stand_between_any_two_words() {
    let text = "rule r\n  agent may refund\n  when within 3 working # a week has five\n    days # of them\n    after d\n";
    assert!(matches!(clauses(text).as_slice(), [ClauseKind::When(_)]));
}

#[test]
fn an_item_ends_with_its_last_word() {
    let (file, _) = read("role agent \"A\"  # a comment\n\n# another\n\nrole lead\n");
    assert_eq!(file.items[0].span.range(), 0..14);
}

#[test]
fn signs_inside_texts_are_text() {
    let found = clauses("rule r\n  agent may refund\n  because \"# | when \\\" {order.total}\"\n");
    assert!(matches!(&found[..], [ClauseKind::Because(text)] if text.variants[0].value.value == "# | when \" {order.total}"));
}

#[test]
fn a_clause_begins_only_at_a_line() {
    assert_eq!(codes("rule r\n  agent may refund when a\n"), ["K0101"]);
    assert_eq!(codes("role senior above agent\n"), ["K0101"]);
    assert_eq!(clauses("rule r agent may refund\n  require note when a").len(), 1);
}

#[test]
fn line_breaks_inside_an_item_are_space() {
    items("define\n  fresh\n  \"F\"\n  as\n  within 30 days\n  after\n  d\n");
    items("fact a one of\n    b,\n    c\n  \"T\"\n  optional\n  default b\n");
    items("budget b\n  3\n  times per actor\n  per month for agent,\n    lead\n  unlimited\n  per actor per month\n");
    items("define n as number of working days\n  from a to b\n");
    items("promise \"p\"\n  agent cannot refund\n  more than 5 EUR\n  when a\n  unless entitled\n");
    assert_eq!(clauses("rule r\n  agent may refund\n  when number of days\n    from a to b > 3\n").len(), 1);
}

#[test]
fn a_comma_list_ends_at_the_first_word_without_a_comma() {
    let ItemKind::Fact(fact) = item("fact tags some of vip, press, staff optional private") else { panic!() };
    assert_eq!(fact.modifiers.len(), 2);
    assert_eq!(codes("rule r\n  agent may refund,\n  when a\n"), ["K0101"]);
}

#[test]
fn keywords_end_at_word_boundaries() {
    let ItemKind::Rule(rule) = item("rule r\n  everyone_else may refund\n  when nothing and today_x and order.today\n") else { panic!() };
    assert!(matches!(&rule.head.kind, HeadKind::Permission { subject: Subject::Roles(roles), .. } if roles[0].text == "everyone_else"));
    items("role may\nrole none\nrole table\nrole rule\nrole up\nrole to\nrole days\nrole größe_2\nfact money money\nfact order.when date\n");
}

#[test]
fn reserved_words_are_no_names() {
    let reserved = "and or not is of any yes no one some all between within more than present absent includes per by when unless from until approved \
        charge require because offer advise ask cites owner review even rounded unlimited everyone nobody entitled today now amount spent";
    for word in reserved.split_whitespace() {
        assert_eq!(codes(&format!("role {word}\n")), ["K0103"], "{word}");
        assert_eq!(codes(&format!("fact a one of b, {word}\n")), ["K0103"], "{word}");
    }
}

#[test]
fn languages_of_a_text() {
    let ItemKind::Role(role) = item("role lead de \"Teamleitung\"\n  en \"Team lead\"\n") else { panic!() };
    let title = role.title.unwrap();
    assert_eq!(title.variants.len(), 2);
    assert_eq!(title.variants[1].language.as_ref().unwrap().text, "en");
}

#[test]
fn a_misspelt_word_is_named() {
    for (text, meant) in [
        ("rol agent", "role"),
        ("rule r\n  agent may refund\n  wehn a", "when"),
        ("rule r\n  agent may refund\n  charge a\n  becuase \"x\"", "because"),
        ("fact a datetim", "datetime"),
        ("fact a money verifed", "verified"),
        ("rule r\n  agent mya refund", "may"),
        ("policy \"x\"\n  curency EUR", "currency"),
        ("rule r\n  agent may refund\n  when within 30 mnths after d", "months"),
        ("budget b\n  5 EUR per moth", "month"),
        ("test \"t\"\n  as agent\n  expct yes", "expect"),
    ] {
        let found = messages(text);
        assert!(found.iter().any(|message| message.contains(&format!("did you mean `{meant}`"))), "{text}\n{found:#?}");
    }
}

#[test]
fn everyday_words_are_translated() {
    for (text, right) in [
        ("rule r\n  agent can refund", "write `may`"),
        ("rule r\n  agent cannot refund", "write `may not`"),
        ("rule r\n  agent may refund\n  if a", "write `when`"),
        ("rule r\n  agent may refund\n  when a is b, c", "write `is one of`"),
        ("rule r\n  agent may refund\n  when a over 5", "write `> 5`"),
    ] {
        assert!(messages(text).iter().any(|message| message.contains(right)), "{text}: {:?}", messages(text));
    }
}

#[test]
fn what_the_language_reference_mentions_in_passing() {
    for text in [
        "rule r\n  everyone may not refund more than 5 EUR even if entitled",
        "rule r\n  nobody may refund more than 5 EUR even if entitled\n  ask lead within 2 hours when a",
        "rule r\n  entitled to refund, voucher of min(50 EUR, 20% of order.total) rounded down to 0.05 EUR",
        "rule r\n  agent may refund up to unlimited\n  from 2026-07-31 by contract.signed_on\n  until 2026-12-31\n  charge goodwill by amount of order.total\n  charge a, b by 2 * amount\n  approved by finance, lead\n  review by 2027-01-01",
        "budget b\n  3 times per customer.id per year from 04-01\n  unlimited per customer.id per year from 04-01 for lead\n",
        "budget b\n  5% per actor.team per rolling 12 months",
        "budget b unlimited ever",
        "duty d \"T\"\n  within 2 days after start of month of d",
        "table t \"T\" gives one of a, b\n  | x | is |\n  | 1 | a |",
        "test \"t\"\n  on 2026-10-30T09:00+01:00\n  as agent\n  given not a\n  given b is absent\n  given tags is vip, press\n  said tags includes vip\n  given c = 5 EUR\n  spent patience 2\n  ask exchange\n  expect no\n  expect ask\n  expect need\n  expect ask lead,\n    manager\n  expect need a, actor.id\n  expect because accept_returns[2], x\n  expect limit unlimited\n  expect charge goodwill 5 EUR\n  expect provisional a\n  expect require note\n  expect offer voucher",
        "promise \"p\"\n  everyone can always voucher up to 5 EUR when a",
        "promise \"p\"\n  nobody cannot refund",
        "fact a some of b, c \"T\" default b, c asks de \"?\" en \"?\" private",
        "fact actor.level number about actor default 0 optional verified",
        "define d \"T\" as a is not within 3 working days before b",
        "fallback refund\n  when a\n  offer voucher up to 5 EUR when b\n  advise \"x\"\n  because \"y\"\n  cites \"z\"\n  owner \"o\"",
    ] {
        item(text);
    }
}
