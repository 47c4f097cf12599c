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
