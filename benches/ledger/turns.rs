//! Clients that each do one thing after the other, for a while; contenders take turns.

use std::future::Future;
use std::time::{Duration, Instant};

use crate::rounds::Measured;

/// So long a turn is.
pub const TURN: Duration = Duration::from_millis(400);

/// Lets so many clients do something for a turn, again and again; seconds for each time it was done. `work` is called with a number that goes up.
pub async fn turn<F>(clients: usize, work: impl Fn(usize) -> F + Send + Sync + Clone + 'static) -> f64
where
    F: Future<Output = ()> + Send + 'static,
{
    let begun = Instant::now();
    let end = begun + TURN;
    let client = |first: usize| {
        let work = work.clone();
        tokio::spawn(async move {
            let mut done = 0_usize;
            while Instant::now() < end {
                work(first + done * clients).await;
                done += 1;
            }
            done
        })
    };
    let mut done = 0;
    for client in (0..clients).map(client).collect::<Vec<_>>() {
        done += client.await.unwrap();
    }
    begun.elapsed().as_secs_f64() / done as f64
}

/// What came of turns, in nanoseconds.
pub fn measured(turns: Vec<Vec<f64>>) -> Measured {
    Measured::of(turns.into_iter().map(|turns| turns.into_iter().map(|seconds| seconds * 1e9).collect()).collect())
}

/// So many times a second.
pub fn rate(nanoseconds: f64) -> String {
    format!("{:.0} a second", 1e9 / nanoseconds)
}
