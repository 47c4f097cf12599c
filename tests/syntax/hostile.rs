//! Input that wants to break the parser ends in an error, and soon.

use std::time::{Duration, Instant};

use kulanz::diagnostic::render;
use kulanz::source::Sources;
use kulanz::syntax::parse;

use super::codes;

/// Parses, renders and drops; none of it may take long, and the output stays small.
fn survive(text: &str) -> Vec<&'static str> {
    let begin = Instant::now();
    let mut sources = Sources::default();
    let id = sources.add("hostile.kulanz", text);
    let (file, problems) = parse(&sources, id);
    let shown = render::human(&problems, &sources, false);
    assert!(shown.len() < 400_000, "{} bytes shown", shown.len());
    drop(file);
    assert!(begin.elapsed() < Duration::from_secs(30), "{:?} for {:?}…", begin.elapsed(), text.chars().take(40).collect::<String>());
    problems.iter().map(|problem| problem.code.text()).collect()
}

#[test]
fn nesting() {
    for count in [60, 10_000, 1_000_000] {
        let text = format!("define x as {}a{}\n", "(".repeat(count), ")".repeat(count));
        let expected: &[&str] = match count {
            60 => &[],
            10_000 => &["K0109"],
            _ => &["K0110"],
        };
        assert_eq!(survive(&text), expected, "{count}");
        assert!(!survive(&format!("define x as {}\n", "(".repeat(count))).is_empty());
        assert!(!survive(&format!("define x as {}\n", "min(".repeat(count))).is_empty());
    }
}

/// The deepest expression that is accepted, on the stack of a worker thread.
#[test]
fn the_deepest_expression_fits_a_small_stack() {
    let deep = |open: &str, close: &str| format!("define x as {}a{}\n", open.repeat(64), close.repeat(64));
    let texts =
        [deep("(", ")"), deep("min(1, ", ")"), deep("not ", ""), deep("- ", ""), deep("start of day of ", ""), deep("number of days from ", " to b")];
    let thread = std::thread::Builder::new().stack_size(1536 * 1024).spawn(move || {
        for text in texts {
            assert!(codes(&text).is_empty(), "{text}");
        }
    });
    thread.unwrap().join().unwrap();
}

#[test]
fn a_million_of_anything() {
    let tokens = [
        "(",
        ")",
        "not ",
        "- ",
        "a ",
        "a.",
        "a, ",
        "and ",
        "or ",
        "is ",
        "\"",
        "\"\" ",
        "\\",
        "#",
        "|",
        "| ",
        "1",
        "1 ",
        "1,",
        "1.",
        "% ",
        "= ",
        "< ",
        "when ",
        "\n",
        "\r",
        "\t",
        "x\n",
        "  x\n",
        "|\n",
        "  |\n",
        "\"\n",
        "ü",
        "\u{301}",
        "\u{feff}",
        "de \"x\" ",
        "min(",
        "start of day of ",
        "number of days from ",
        "50 EUR + ",
        "a of ",
        "role a\n",
        "rule r\n",
        "  when a\n",
        "within 1 day after ",
        "{",
        "„",
    ];
    for token in tokens {
        let most = if ["(", "a ", "a, ", "\"", "\n", "x\n", "  |\n", "not "].contains(&token) { 1_000_000 } else { 100_000 };
        survive(&format!("rule r\n  agent may refund\n  when {}", token.repeat(most)));
        let many = token.repeat(20_000 / token.len());
        for before in
            ["", "define x as ", "table t\n  may refund\n  | role |\n  | ", "fact a one of ", "budget b\n  ", "role a \"", "test \"t\"\n  given "]
        {
            survive(&format!("{before}{many}"));
        }
    }
}

#[test]
fn a_line_of_a_megabyte() {
    let line = "x".repeat(1_000_000);
    for text in [
        format!("role a \"{line}\"\n"),
        format!("role {line}\n"),
        format!("{line}\n"),
        format!("# {line}\n"),
        format!("rule r\n  agent may refund\n  when {line} {line}\n"),
        format!("table t\n  may refund\n  | role |\n  | \"{line}\" |\n"),
    ] {
        survive(&text);
    }
}

#[test]
fn long_chains_are_bounded() {
    for next in [" + a", " - a", " * a", " / a", " and a", " or a"] {
        assert_eq!(survive(&format!("define x as a{}\n", next.repeat(999))), Vec::<&str>::new(), "{next}");
        assert_eq!(survive(&format!("define x as a{}\n", next.repeat(1000))), ["K0110"], "{next}");
    }
    assert_eq!(survive(&format!("define x as a is one of b{}\n", ", b".repeat(5000))), Vec::<&str>::new());
}

/// Whatever is cut off or left out of a policy, the parser answers.
#[test]
fn broken_policies() {
    let text = std::fs::read_to_string(format!("{}/tests/syntax/reference/rules.kulanz", env!("CARGO_MANIFEST_DIR"))).unwrap();
    for at in (0..text.len()).filter(|at| text.is_char_boundary(*at)) {
        codes(&text[..at]);
        if at % 7 == 0 {
            codes(&text[at..]);
        }
    }
}
