//! One client on a ledger that is young, and on one that holds a million grants of the last two years. Clocks go on at the pace of those grants, so that what leaves a rolling window leaves it while it is measured.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use jiff::Timestamp;
use kulanz::ledger::store::{BucketRow, Changes, Head, Purpose, Sqlite, Store};
use kulanz::ledger::{Clock, Ledger};

use crate::desk::{Desk, Rows, Wish, ledger};
use crate::rounds::median;
use crate::table::{Goal, Row, time};
use crate::turns::measured;
use crate::{Effort, folder};

/// A year, in microseconds.
const YEAR: i64 = 365 * 86_400 * 1_000_000;
/// So many grants a young ledger holds.
const YOUNG: usize = 1_000;
/// So many rows are written at one time.
const TOGETHER: usize = 2_000;
/// So many grants are timed in one turn.
const TURN: usize = 150;
/// So many rounds warm up: every agent's month is looked at once.
const WARM_UP: usize = 2;

/// A ledger whose clock goes on by the same step with each grant.
struct Aged {
    ledger: Ledger,
    now: Arc<AtomicI64>,
    step: i64,
}

impl Aged {
    /// Fills a file with grants that are `step` microseconds apart, the last of them now, and opens it.
    async fn new(path: &Path, rows: &Rows, grants: usize, step: i64) -> Self {
        let store = Sqlite::open(path).await.unwrap();
        let end = Timestamp::now().as_microsecond();
        let count = i64::try_from(grants).unwrap();
        let mut buckets = std::collections::BTreeMap::new();
        for first in (0..grants).step_by(TOGETHER) {
            let mut changes = Changes::default();
            let mut head = Head::empty(1);
            for number in first..grants.min(first + TOGETHER) {
                let at = end - (count - i64::try_from(number).unwrap()) * step;
                let mut rows = rows.of(number as u64, at);
                // As if each had been made when it says so.
                rows.grant.id = id(at, number);
                rows.event.about.clone_from(&rows.grant.id);
                (rows.event.stream, rows.event.seq) = (1, i64::try_from(number + 1).unwrap());
                rows.charges.iter_mut().for_each(|charge| charge.grant.clone_from(&rows.grant.id));
                // As if each bucket had been looked at a moment ago.
                for (bucket, charge) in rows.buckets.into_iter().zip(&rows.charges) {
                    let row = buckets.entry(bucket.id.clone()).or_insert(BucketRow { since: end - YEAR, used: 0, oldest: i64::MAX, ..bucket });
                    if at >= row.since {
                        row.used += charge.amount;
                        row.oldest = row.oldest.min(at);
                    }
                    row.latest = at;
                }
                head = Head { seq: rows.event.seq, ..rows.head };
                changes.grants.push(rows.grant);
                changes.charges.extend(rows.charges);
                changes.events.push(rows.event);
                // Replies are kept for two days.
                if at > end - 2 * 86_400 * 1_000_000 {
                    rows.reply.token.caller = "before".into();
                    changes.replies.push(rows.reply);
                }
            }
            changes.heads.push(head);
            write(&store, &changes).await;
        }
        let rows: Vec<_> = buckets.into_values().collect();
        write(&store, &Changes { buckets: rows, ..Changes::default() }).await;
        store.close().await.unwrap();
        let now = Arc::new(AtomicI64::new(end));
        let shown = Arc::clone(&now);
        let clock: Clock = Arc::new(move || Timestamp::from_microsecond(shown.load(Ordering::Relaxed)).unwrap());
        Self { ledger: ledger(&format!("sqlite:{}", path.display()), clock).await, now, step }
    }

    /// The median of some grants one after the other, in seconds.
    async fn turn(&self, desk: &Desk, proposals: &[kulanz::ledger::Proposal], first: usize) -> f64 {
        let mut times = Vec::new();
        for at in first..first + TURN {
            self.now.fetch_add(self.step, Ordering::Relaxed);
            let begun = Instant::now();
            desk.grant(&self.ledger, &proposals[at % proposals.len()]).await;
            times.push(begun.elapsed().as_secs_f64());
        }
        median(times)
    }
}

/// A UUID that tells its moment.
fn id(at: i64, number: usize) -> String {
    let (seconds, nanos) = (at / 1_000_000, at % 1_000_000 * 1_000);
    let at = uuid::Timestamp::from_unix(uuid::NoContext, u64::try_from(seconds).unwrap(), u32::try_from(nanos).unwrap());
    let mut bytes = uuid::Uuid::new_v7(at).into_bytes();
    bytes[8..].copy_from_slice(&(number as u64 | 1 << 63).to_be_bytes());
    uuid::Uuid::from_bytes(bytes).to_string()
}

async fn write(store: &Sqlite, changes: &Changes) {
    let mut tx = store.begin(Purpose::Write).await.unwrap();
    tx.write(changes).await.unwrap();
    tx.commit().await.unwrap();
}

/// An old ledger, a young one in which nothing leaves a window yet, and a young one in which as much leaves as in the old one.
pub async fn age(effort: Effort) -> Vec<Row> {
    let folder = folder();
    let desk = Desk::new();
    let rows = desk.rows(Wish::Refund).await;
    let of = |name: &str| folder.path().join(name);
    let step = 2 * YEAR / i64::try_from(effort.age).unwrap();
    let old = Aged::new(&of("old.db"), &rows, effort.age, step).await;
    let young = Aged::new(&of("young.db"), &rows, YOUNG, step).await;
    let proposals = desk.proposals(Wish::Refund);
    let mut turns = vec![Vec::new(); 2];
    for round in 0..WARM_UP + 2 * effort.rounds {
        for (at, aged) in [&young, &old].into_iter().enumerate() {
            let took = aged.turn(&desk, &proposals, round * TURN).await;
            if round >= WARM_UP {
                turns[at].push(took);
            }
        }
    }
    let measured = measured(turns);
    let what = format!("SQLite, one client: the median grant with {} grants in the table", effort.age);
    vec![
        Row::new(what, time(measured.median(1)), format!("{} with {YOUNG}", time(measured.median(0))), measured.ratio(1, 0)).goal(Goal::AtMost(1.25)),
    ]
}
