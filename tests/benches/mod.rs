//! What the benches compute from what they measure.

#[allow(dead_code, reason = "the benches use the rest")]
#[path = "../../benches/instructions/figures.rs"]
mod figures;
#[allow(dead_code, clippy::cast_precision_loss, reason = "the benches use the rest")]
#[path = "../../benches/speed/rounds.rs"]
mod rounds;
#[allow(dead_code, reason = "the benches use the rest")]
#[path = "../../benches/speed/table.rs"]
mod table;

use std::time::Duration;

use figures::Figures;
use rounds::{Contender, Measured, interleave, median};
use table::{Goal, Row, table, time};

#[test]
fn a_ratio_is_that_of_the_middle_round() {
    let measured = Measured::of(vec![vec![20.0, 300.0, 50.0], vec![10.0, 100.0, 10.0]]);
    assert!((measured.ratio(0, 1) - 3.0).abs() < 1e-9);
    assert!((measured.median(0) - 50.0).abs() < 1e-9);
    assert!((median(vec![1.0, 4.0, 2.0, 3.0]) - 2.5).abs() < 1e-9);
}

#[test]
fn contenders_run_in_turns_and_do_every_piece() {
    let (order, seen) = (std::cell::RefCell::new(String::new()), std::cell::RefCell::new([false; 100]));
    let one = Contender::new(100, |range| {
        order.borrow_mut().push('a');
        seen.borrow_mut()[range].fill(true);
    });
    let other = Contender::new(3, |range| {
        assert!(range.end <= 3);
        order.borrow_mut().push('b');
    });
    interleave(vec![one, other], Duration::ZERO);
    assert!(order.borrow().ends_with("ababababab"), "{}", order.borrow());
    assert!(seen.borrow().iter().all(|seen| *seen));
}

#[test]
fn a_missed_goal_is_told() {
    let row = |ratio, goal| Row::new("what", time(1_500.0), "1.00 µs by hand".to_owned(), ratio).goal(goal);
    let table = table(&[row(1.5, Goal::AtMost(2.0)), row(2.5, Goal::AtMost(2.0)), row(0.8, Goal::AtLeast(0.85))]);
    let lines: Vec<_> = table.lines().skip(2).collect();
    assert_eq!(
        lines,
        [
            "| what | 1.50 µs | 1.00 µs by hand | 1.50 | ≤ 2 | met |",
            "| what | 1.50 µs | 1.00 µs by hand | 2.50 | ≤ 2 | **missed** |",
            "| what | 1.50 µs | 1.00 µs by hand | 0.80 | ≥ 0.85 | **missed** |"
        ]
    );
}

#[test]
fn instructions_may_be_three_in_a_hundred_off() {
    let figures = Figures::parse("compiler = \"x\"\n[instructions]\nyes = 1000\nno = 2000\n");
    let holds = |yes, no| figures.compare(&[("yes", yes), ("no", no)]).holds;
    assert!(holds(1_000, 2_000) && holds(1_030, 1_940));
    assert!(!holds(1_031, 2_000) && !holds(969, 2_000) && !holds(1_000, 1_900));
    let worse = figures.compare(&[("yes", 1_031), ("no", 1_900)]);
    assert!(worse.text.contains("+3.1 %  WORSE") && worse.text.contains("-5.0 %  BETTER"), "{}", worse.text);
}

#[test]
fn a_case_without_a_figure_and_a_figure_without_a_case_are_told() {
    let figures = Figures::parse("compiler = \"x\"\n[instructions]\nyes = 1000\nno = 2000\n");
    let missing = figures.compare(&[("yes", 1_000), ("no", 2_000), ("ask", 1)]);
    assert!(!missing.holds && missing.text.contains("has no figure"), "{}", missing.text);
    let gone = figures.compare(&[("yes", 1_000)]);
    assert!(!gone.holds && gone.text.contains("is counted no more"), "{}", gone.text);
}

#[test]
fn the_figures_can_be_read() {
    Figures::parse(include_str!("../../benches/instructions/figures.toml"));
}
