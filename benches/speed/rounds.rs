//! Machines wobble by a factor of two within seconds. So whoever is compared runs in turns, a short while each, and only ratios within one round count.

use std::ops::Range;
use std::time::{Duration, Instant};

/// How long one contender runs in one round, if its work can be cut that small.
const TURN: Duration = Duration::from_millis(15);

/// Fewer pieces of work than this say nothing of the others.
const LEAST: usize = 8;

/// Somebody who does the pieces of a work, and checks each.
pub struct Contender<'a> {
    pieces: usize,
    work: Box<dyn FnMut(Range<usize>) + 'a>,
    turn: usize,
    next: usize,
}

impl<'a> Contender<'a> {
    /// `work` does the pieces of a range within `0..pieces`, and panics where something comes out wrong.
    pub fn new(pieces: usize, work: impl FnMut(Range<usize>) + 'a) -> Self {
        Self { pieces, work: Box::new(work), turn: pieces, next: 0 }
    }

    /// Finds how many pieces fit into a turn.
    fn warm_up(&mut self) {
        let few = self.pieces.min(LEAST);
        (self.work)(0..few);
        let begun = Instant::now();
        (self.work)(0..few);
        let fit = TURN.as_nanos() * few as u128 / begun.elapsed().as_nanos().max(1);
        self.turn = usize::try_from(fit).unwrap_or(self.pieces).clamp(few, self.pieces);
        self.run();
    }

    /// One turn; nanoseconds a piece.
    fn run(&mut self) -> f64 {
        if self.next + self.turn > self.pieces {
            self.next = 0;
        }
        let range = self.next..self.next + self.turn;
        self.next = range.end;
        let begun = Instant::now();
        (self.work)(range);
        begun.elapsed().as_nanos() as f64 / self.turn as f64
    }
}

/// What came of it.
pub struct Measured {
    /// By contender: nanoseconds a piece in each round.
    times: Vec<Vec<f64>>,
}

/// Lets the contenders run in turns for about so long, at least five rounds.
pub fn interleave(mut contenders: Vec<Contender<'_>>, long: Duration) -> Measured {
    for contender in &mut contenders {
        contender.warm_up();
    }
    let mut times = vec![Vec::new(); contenders.len()];
    let begun = Instant::now();
    while times.iter().any(|times| times.len() < 5) || begun.elapsed() < long {
        for (contender, times) in contenders.iter_mut().zip(&mut times) {
            times.push(contender.run());
        }
    }
    Measured { times }
}

impl Measured {
    /// From times taken elsewhere, in any unit.
    pub fn of(times: Vec<Vec<f64>>) -> Self {
        Self { times }
    }

    /// The median of one contender.
    pub fn median(&self, contender: usize) -> f64 {
        median(self.times[contender].clone())
    }

    /// The median, over all rounds, of one contender in the measure of another.
    pub fn ratio(&self, contender: usize, floor: usize) -> f64 {
        median(self.times[contender].iter().zip(&self.times[floor]).map(|(time, floor)| time / floor).collect())
    }
}

/// Where nothing was measured, there is no number.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        length if length % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}
