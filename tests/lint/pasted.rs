//! A case that a lint prints as a test can be pasted into the pack, where it parses, checks and passes.

use kulanz::diagnostic::{Code, render};
use kulanz::pack::Pack;
use kulanz::{Program, lint, policy, testing};

const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 22);

fn checked(text: &str) -> policy::Complete {
    let (pack, problems) = Pack::from_texts(&[("pasted.kulanz", text)]);
    assert!(problems.is_empty(), "{text}\n{}", render::human(&problems, &pack.sources, false));
    policy::check(&pack).unwrap_or_else(|problems| panic!("{text}\n{}", render::human(&problems, &pack.sources, false)))
}

/// The tests that `check` prints for a pack, each tried in it.
pub fn paste(text: &str) -> usize {
    let policy = checked(text);
    let found = lint::lint(&policy, &Program::new(&policy), TODAY);
    let walls: Vec<_> = found.iter().filter_map(|finding| finding.case.as_ref()).collect();
    for test in &walls {
        let policy = checked(&format!("{text}\n{test}\n"));
        let report = testing::run(&policy, &Program::new(&policy), testing::Options::default());
        assert!(report.passed == 1 && report.failed == 0, "{text}\n{test}\n{report:#?}");
    }
    walls.len()
}

#[test]
fn the_cases_of_the_fixtures() {
    for code in super::lints() {
        let text = std::fs::read_to_string(super::cases().join(format!("{}-fires.kulanz", code.text()))).unwrap();
        if code != Code::LookupOverlap {
            paste(&text);
        }
    }
    assert_eq!(paste(&std::fs::read_to_string(super::cases().join("K0909-fires.kulanz")).unwrap()), 1);
}

#[test]
fn the_cases_of_every_type() {
    let facts = [
        ("money", "@ > 100 EUR"),
        ("money", "@ >= 0 EUR and @ < 0.01 EUR"),
        ("percent", "@ is between 5% and 7.5%"),
        ("number", "@ = 3"),
        ("duration", "@ > 4 hours"),
        ("duration", "@ is between 1 minute and 2 minutes"),
        ("duration", "@ > 0 minutes and @ < 1 minute"),
        ("date", "@ > 2026-03-01"),
        ("date", "within 3 days after @"),
        ("datetime", "@ > 2026-03-29T03:30"),
        ("datetime", "@ is between 2026-10-25T02:30+02:00 and 2026-10-25T02:30:00.5+01:00"),
        ("yes/no", "@"),
        ("yes/no", "not @"),
        ("text", "@ is \"x\""),
        ("text", "@ is not \"a \\\"b\\\" \\\\ \\n\""),
        ("one of a, b", "@ is a"),
        ("some of a, b", "@ includes a"),
        ("some of a, none", "@ includes any of a, none"),
        ("some of a, b", "not @ includes a"),
        ("money optional", "@ is present and @ > 5 EUR"),
        ("yes/no default yes", "@"),
        ("some of a, b default none", "@ includes b"),
    ];
    let mut walls = 0;
    for (first, one) in facts {
        for (second, other) in facts {
            let (one, other) = (one.replace('@', "f"), other.replace('@', "g"));
            walls += paste(&format!(
                "policy \"P\"\n  currency EUR\n  time zone Europe/Berlin\n\nrole agent\nfact f {first}\nfact g {second}\naction refund of money\n\n\
                 rule small\n  agent may refund up to 50 EUR\n  when {one}\n\nrule other\n  agent may refund up to 20 EUR\n  when {other}\n"
            ));
        }
    }
    assert!(walls > 300, "{walls}");
}

#[test]
fn a_set_without_values_can_be_said() {
    let pack = |values: &str| {
        format!(
            "policy \"P\"\n  currency EUR\n  time zone Europe/Berlin\n\nrole agent\nfact tags some of {values}\naction refund\n\n\
             rule vip\n  agent may refund\n  when tags includes vip\n"
        )
    };
    let case = |text: &str| {
        let policy = checked(text);
        lint::lint(&policy, &Program::new(&policy), TODAY).into_iter().find_map(|finding| finding.case).unwrap()
    };
    assert!(case(&pack("vip, press")).contains("given tags is none\n"));
    assert!(case(&pack("vip, none")).contains("given not tags\n"));
}
