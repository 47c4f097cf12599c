//! What would take too much to compute is refused; what is just allowed is computed, on the small stack of a worker thread.

use std::time::{Duration, Instant};

use jiff::civil::date;
use kulanz::Program;
use kulanz::decide::Mode;
use kulanz::diagnostic::Diagnostic;
use kulanz::lint;
use kulanz::pack::Pack;
use kulanz::policy::check;
use kulanz::question::{Reader, Spoken};
use kulanz::syntax::format::format;
use kulanz::testing;

const SHOP: &str = "policy \"Shop\"\n  currency EUR\n  time zone Europe/Berlin\n\nrole agent\n\nfact m number\nfact c yes/no\nfact d date\n\naction refund of money\naction gift of number\n\n";
const TEST: &str =
    "\ntest \"it is asked\"\n  on 2026-11-21\n  as agent\n  given m is 1\n  given c\n  given d is 2026-11-20\n  ask gift of 0.001\n  expect need\n";

/// Checks, compiles, lints, asks, formats and tests; gives the codes of what is wrong.
fn use_up(rules: &str) -> Vec<&'static str> {
    let text = format!("{SHOP}{rules}{TEST}");
    let (pack, problems) = Pack::from_texts(&[("shop.kulanz", &text)]);
    let codes = |problems: &[Diagnostic]| problems.iter().map(|problem| problem.code.text()).collect::<Vec<_>>();
    if !problems.is_empty() {
        return codes(&problems);
    }
    let policy = match check(&pack) {
        Ok(policy) => policy,
        Err(problems) => return codes(&problems),
    };
    let program = Program::new(&policy);
    drop(lint::lint(&policy, &program, date(2026, 11, 21)));
    let now = "2026-11-21T10:00:00+01:00".parse().unwrap();
    for facts in [vec![], vec!["m=1".to_owned(), "c=yes".to_owned(), "d=2026-11-20".to_owned()]] {
        for amount in [None, Some("0.5")] {
            let spoken = Spoken { role: "agent", action: Some("gift"), amount, facts: &facts, ..Spoken::default() };
            let question = Reader::new(&policy).spoken(&spoken, now).unwrap().question;
            drop(program.decide(&question, Mode::Ask));
        }
    }
    drop(testing::run(&policy, &program, testing::Options::default()));
    let (id, _) = pack.sources.iter().next().unwrap();
    assert!(format(&pack.sources, id).is_ok());
    Vec::new()
}

/// On a stack of 2 MiB, which is what a thread has that nobody chose one for.
fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(2 * 1024 * 1024).spawn(work).unwrap().join().unwrap();
}

#[test]
fn the_longest_chains_are_computed() {
    on_a_small_stack(|| {
        for sign in ["+", "-", "*", "/"] {
            let chain = |operands: usize| format!("m{}", format!(" {sign} m").repeat(operands - 1));
            assert!(use_up(&format!("rule r\n  agent may gift up to {}\n  when {} > 0\n", chain(1000), chain(1000))).is_empty(), "{sign}");
            assert_eq!(use_up(&format!("rule r\n  agent may gift up to {}\n", chain(1001))), ["K0110"], "{sign}");
            assert_eq!(use_up(&format!("rule r\n  agent may gift up to {}\n", chain(6000))), ["K0110"], "{sign}");
        }
        for word in ["and", "or"] {
            let chain = |operands: usize| format!("c{}", format!(" {word} m > 1").repeat(operands - 1));
            assert!(use_up(&format!("rule r\n  agent may gift\n  when {}\n", chain(1000))).is_empty(), "{word}");
            assert_eq!(use_up(&format!("rule r\n  agent may gift\n  when {}\n", chain(1001))), ["K0110"], "{word}");
        }
        let days = format!("rule r\n  agent may gift\n  when today{} > d\n", " + 1 day".repeat(999));
        assert_eq!(use_up(&days), ["K0210"]);
    });
}

/// Chains in parentheses in chains, and definitions over as many levels as there may be.
#[test]
fn the_deepest_definitions_are_computed() {
    on_a_small_stack(|| {
        let nested = |levels: usize, name: &str| (0..levels).fold(name.to_owned(), |inner, _| format!("({inner} + 1) * 2 / 3"));
        let deep = |definitions: usize, levels: usize| {
            let lines =
                (1..=definitions).map(|at| format!("define q{at} as {}\n", nested(levels, &format!("q{}", at - 1)))).collect::<Vec<_>>().concat();
            format!("define q0 as m\n{lines}\nrule r\n  agent may gift up to q{definitions}\n  when q{definitions} > 1\n")
        };
        let not = |definitions: usize| {
            let lines = (1..=definitions).map(|at| format!("define q{at} as {}q{}\n", "not ".repeat(7), at - 1)).collect::<Vec<_>>().concat();
            format!("define q0 as c\n{lines}\nrule r\n  agent may gift\n  when q{definitions}\n")
        };
        assert!(use_up(&deep(1, 60)).is_empty());
        assert!(use_up(&deep(60, 1)).is_empty());
        assert!(use_up(&not(60)).is_empty());
        assert_eq!(use_up(&deep(60, 60)), ["K0210"]);
    });
}

#[test]
fn what_doubles_with_every_line_is_refused_at_once() {
    let begin = Instant::now();
    let doubling = |lines: usize, form: fn(usize) -> String| {
        let lines: String = (1..=lines).map(form).collect();
        format!("define q0 as m\n{lines}\nrule r\n  agent may gift up to 1\n  when q1 > 0\n")
    };
    let squares = |at: usize| format!("define q{at} as q{} * q{}\n", at - 1, at - 1);
    let tables = |at: usize| format!("table q{at} gives number\n  | q{} | is |\n  | > 1 | q{} |\n  | <= 1 | q{} + 1 |\n", at - 1, at - 1, at - 1);
    assert!(use_up(&doubling(11, squares)).is_empty());
    assert_eq!(use_up(&doubling(40, squares)), ["K0210"]);
    assert_eq!(use_up(&doubling(40, tables)), ["K0210"]);
    let inside = format!("{}\nrule s\n  agent may gift\n  when {} > 1\n", doubling(11, squares), vec!["q11"; 100].join(" + "));
    assert_eq!(use_up(&inside), ["K0210"]);
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
}
