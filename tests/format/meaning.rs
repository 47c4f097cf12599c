//! What counts as the same meaning.

use kulanz::source::Sources;
use kulanz::syntax::format::same_meaning;
use kulanz::syntax::parse;

const RULE: &str = "rule a\n  agent may not refund more than 50 EUR\n  when b and c\n  offer d\n  offer e\n  owner \"F\"\n";

fn mean_the_same(a: &str, b: &str) -> bool {
    let mut sources = Sources::default();
    let (a, b) = (sources.add("a", a), sources.add("b", b));
    let ((a, problems_of_a), (b, problems_of_b)) = (parse(&sources, a), parse(&sources, b));
    assert_eq!((problems_of_a, problems_of_b), (vec![], vec![]));
    same_meaning(&a, &b)
}

#[test]
fn places_and_the_order_of_clauses_do_not_count() {
    let other = "# x\n\nrule a\n    agent may not refund\n more than 50.00   EUR\n  owner \"F\"\n  offer d\n  when b\n   and c\n  offer e\n";
    assert!(mean_the_same(RULE, other));
}

#[test]
fn everything_else_counts() {
    let changes = [
        ("50 EUR", "51 EUR"),
        ("b and c", "b or c"),
        ("b and c", "c and b"),
        ("offer d\n  offer e", "offer e\n  offer d"),
        ("\"F\"", "\"G\""),
        ("agent", "lead"),
    ];
    for (from, to) in changes {
        assert!(!mean_the_same(RULE, &RULE.replace(from, to)), "{from} became {to}");
    }
    assert!(!mean_the_same(RULE, &format!("{RULE}\nrole agent\n")));
    assert!(!mean_the_same("fact a text verified", "fact a text verified private"));
}
