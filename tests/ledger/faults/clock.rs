//! A clock that jumps: forth and back, by a day or by chance.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use kulanz::engine::Engine;
use kulanz::ledger::store::{Memory, Postgres, Sqlite, Store};
use kulanz::ledger::{Proposal, Refusal};
use kulanz::question::{Caller, Spending};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::super::cluster::Database;
use super::super::stores::block_on;
use super::super::world::{World, engine};

/// One budget of each kind of window, each with its own action, and 100 EUR of each.
const WINDOWS: [&str; 9] = ["day", "week", "month", "quarter", "year", "year from 04-01", "rolling 1 day", "rolling 10 days", "rolling 1 month"];
const ALLOTMENT: i64 = 10_000;
const DAY: i64 = 86_400_000_000;

fn policy() -> Arc<Engine> {
    static ENGINE: std::sync::OnceLock<Arc<Engine>> = std::sync::OnceLock::new();
    let text = || {
        let begin = "policy \"Clock\"\n  currency EUR\n  time zone Europe/Berlin\n  languages en\n\nrole agent \"Agent\"\n\n";
        let window = |(at, window): (usize, &&str)| {
            format!("action a{at} of money\nbudget b{at}\n  100 EUR per {window}\nrule r{at}\n  agent may a{at}\n  charge b{at}\n\n")
        };
        let items: String = WINDOWS.iter().enumerate().map(window).collect();
        engine(&format!("{begin}{items}"))
    };
    Arc::clone(ENGINE.get_or_init(text))
}

/// The first and the last moment of the window that ends with, or holds, this one.
fn window(at: usize, moment: i64) -> (i64, i64) {
    let here = Timestamp::from_microsecond(moment).unwrap().to_zoned(TimeZone::get("Europe/Berlin").unwrap());
    let begin = |date: Date| date.to_zoned(here.time_zone().clone()).unwrap().timestamp().as_microsecond();
    let whole = |first: Date, next: Date| (begin(first), begin(next) - 1);
    let since = |then: Zoned| (then.timestamp().as_microsecond() + 1, moment);
    let today = here.date();
    let monday = today.checked_sub(i64::from(today.weekday().to_monday_zero_offset()).days()).unwrap();
    let quarter = Date::new(today.year(), (today.month() - 1) / 3 * 3 + 1, 1).unwrap();
    let april = Date::new(if today.month() < 4 { today.year() - 1 } else { today.year() }, 4, 1).unwrap();
    match at {
        0 => whole(today, today.tomorrow().unwrap()),
        1 => whole(monday, monday + 7.days()),
        2 => whole(today.first_of_month(), today.first_of_month() + 1.month()),
        3 => whole(quarter, quarter + 3.months()),
        4 => whole(today.first_of_year(), today.first_of_year() + 1.year()),
        5 => whole(april, april + 1.year()),
        6 => since(&here - 1.day()),
        7 => since(&here - 10.days()),
        _ => since(&here - 1.month()),
    }
}

/// Somebody asks for so many cents of each budget.
async fn ask(world: &World, budget: usize, cents: i64) -> bool {
    let amount = format!("{}.{:02} EUR", cents / 100, cents % 100);
    let asked = serde_json::json!({"actor": {"id": "anna", "role": "agent"}, "action": format!("a{budget}"), "amount": amount});
    let reader = world.engine.reader().caller(Caller::SystemOfRecord).spending(Spending::Ledger);
    let request = reader.json(&asked.to_string(), world.ledger.now()).unwrap();
    let proposal = Proposal { engine: Arc::clone(&world.engine), request, confirm: Vec::new(), note: None, brought_by: None };
    match world.ledger.grant(&proposal, None, None).await.unwrap() {
        Ok(_) => true,
        Err(Refusal::NotGranted(_)) => false,
        Err(other) => panic!("{other:?}"),
    }
}

/// Jumps and asks; no window may ever have got more than its allotment.
async fn play(store: Arc<dyn Store>, jumps: &[(i64, i64)]) -> Result<usize, String> {
    let world = World::under(policy(), store, None).await;
    let mut now = world.ledger.now().as_microsecond();
    let mut granted: Vec<(usize, i64, i64)> = Vec::new();
    for (jump, cents) in jumps {
        now += jump;
        world.at(&Timestamp::from_microsecond(now).unwrap().to_string());
        for budget in 0..WINDOWS.len() {
            if ask(&world, budget, *cents).await {
                granted.push((budget, now, *cents));
            }
        }
    }
    for (budget, ends, _) in &granted {
        let (from, to) = window(*budget, *ends);
        let within = granted.iter().filter(|(of, at, _)| of == budget && (from..=to).contains(at));
        let spent: i64 = within.map(|(.., cents)| cents).sum();
        if spent > ALLOTMENT {
            let end = Timestamp::from_microsecond(*ends).unwrap();
            return Err(format!("{spent} cents were spent per {} at {end}: {granted:?}", WINDOWS[*budget]));
        }
    }
    world.ledger.verify().await.map_err(|error| error.to_string())?;
    Ok(granted.len())
}

/// Everything is spent; then the clock is set back by a day, and goes on from there.
async fn back_by_a_day(store: Arc<dyn Store>) {
    // From the first days of a quarter, a month and a week: nearly every window of the day before is another one.
    let to_june = "2027-06-01T12:00:00+02:00".parse::<Timestamp>().unwrap().as_microsecond()
        - "2026-11-21T10:00:00+01:00".parse::<Timestamp>().unwrap().as_microsecond();
    let hours: Vec<_> = (0..72).map(|_| (DAY / 24, 3_333)).collect();
    let jumps = [&[(to_june, 9_999), (0, 1), (0, 1), (-DAY, 9_999), (0, 1), (0, 1)][..], &hours].concat();
    let granted = play(store, &jumps).await.unwrap();
    // Two grants of each; of the calendar's day and month, and whatever ends in between, there is more after the jump.
    assert!(granted > 2 * WINDOWS.len(), "{granted}");
}

super::super::on_every_store!(bare: back_by_a_day);

fn jumps() -> impl Strategy<Value = Vec<(i64, i64)>> {
    let jump = prop_oneof![
        3 => 0..DAY / 2,
        2 => Just(DAY),
        2 => Just(-DAY),
        1 => Just(-DAY / 24),
        1 => Just(0_i64),
        1 => -40 * DAY..40 * DAY,
        1 => -400 * DAY..400 * DAY,
        1 => Just(10 * DAY - 1),
    ];
    prop::collection::vec((jump, prop_oneof![Just(ALLOTMENT), 1..ALLOTMENT, Just(1_i64), 2_000..4_000_i64]), 1..24)
}

/// Plays random jumps, each time in a new store.
fn by_chance<F: Future<Output = Result<usize, String>>>(cases: u32, play_anew: impl Fn(Vec<(i64, i64)>) -> F) {
    let config = ProptestConfig { cases, max_shrink_iters: 200, failure_persistence: None, ..ProptestConfig::default() };
    let played = TestRunner::new(config).run(&jumps(), |jumps| block_on(play_anew(jumps)).map(drop).map_err(TestCaseError::fail));
    if let Err(error) = played {
        panic!("{error}");
    }
}

#[test]
fn by_chance_in_memory() {
    by_chance(48, |jumps| async move { play(Arc::new(Memory::default()), &jumps).await });
}

#[test]
fn by_chance_on_a_file() {
    by_chance(12, |jumps| async move {
        let folder = tempfile::tempdir().unwrap();
        play(Arc::new(Sqlite::open(&folder.path().join("ledger.db")).await.unwrap()), &jumps).await
    });
}

#[test]
fn by_chance_on_postgres() {
    by_chance(8, |jumps| async move {
        let database = Database::new();
        play(Arc::new(Postgres::open(&database.address).await.unwrap()), &jumps).await
    });
}
