//! What counts in which window.

use serde_json::json;

use super::on_every_store;
use super::world::World;

on_every_store!(
    a_month_ends_at_midnight_of_the_policy,
    a_day_has_25_hours_when_clocks_go_back,
    a_rolling_year_rolls,
    a_clock_that_jumps_back_gives_nothing_away,
    an_entitlement_charges_its_own_budget,
    an_absent_key_is_a_bucket_of_its_own,
    many_at_once_spend_no_more_than_there_is,
    a_person_sees_every_budget_of_their_own,
);

async fn a_month_ends_at_midnight_of_the_policy(world: World) {
    world.at("2026-10-31T23:59:59+01:00");
    world.grant("anna agent refund 50 EUR | reason=late").await;
    world.at("2026-11-01T00:00:01+01:00");
    assert_eq!(world.used("anna agent refund", "goodwill").await, "0");
    world.grant("anna agent refund 40 EUR | reason=late").await;
    assert_eq!(world.used("anna agent refund", "goodwill").await, "40");
}

async fn a_day_has_25_hours_when_clocks_go_back(world: World) {
    // On 25 October 2026 the clocks of Berlin show 02:00 to 03:00 twice.
    let voucher = |customer: &str| format!("anna agent voucher 20 EUR | customer.id={customer}");
    world.at("2026-10-24T22:00:00Z");
    world.grant(&voucher("c-1")).await;
    world.at("2026-10-25T22:59:59Z");
    world.grant(&voucher("c-2")).await;
    assert_eq!(world.used(&voucher("c-2"), "house").await, "40");
    world.at("2026-10-25T23:00:00Z");
    assert_eq!(world.used(&voucher("c-2"), "house").await, "0");
}

async fn a_rolling_year_rolls(world: World) {
    let voucher = "anna agent voucher 20 EUR | customer.id=c-1";
    world.grant(voucher).await;
    world.at("2026-11-22T10:00:00+01:00");
    world.grant(voucher).await;
    assert_eq!(world.refused(voucher).await, "no");
    world.at("2027-11-21T09:59:59.999999+01:00");
    assert_eq!(world.refused(voucher).await, "no");
    // Grants later than now minus 365 days count; this one is just so old.
    world.at("2027-11-21T10:00:00+01:00");
    assert_eq!(world.used(voucher, "patience").await, "1");
    world.grant(voucher).await;
    assert_eq!(world.refused(voucher).await, "no");
    world.at("2027-11-22T10:00:00+01:00");
    world.grant(voucher).await;
}

async fn a_clock_that_jumps_back_gives_nothing_away(world: World) {
    let voucher = "anna agent voucher 20 EUR | customer.id=c-1";
    world.at("2026-12-01T08:00:00+01:00");
    world.grant(voucher).await;
    for _ in 0..5 {
        world.grant("anna agent refund 50 EUR | reason=late").await;
    }
    world.at("2026-11-30T08:00:00+01:00");
    // December's grants do not count in November…
    assert_eq!(world.used(voucher, "goodwill").await, "0");
    // …but in a rolling year, whichever way one looks.
    world.grant(voucher).await;
    assert_eq!(world.refused(voucher).await, "no");
    world.at("2026-12-01T08:00:00+01:00");
    assert_eq!(world.used(voucher, "goodwill").await, "270");
    assert_eq!(world.refused(voucher).await, "no");
    assert_eq!(world.refused("anna agent refund 50 EUR | reason=late").await, "up_to 30.00 EUR");
}

async fn an_entitlement_charges_its_own_budget(world: World) {
    let owed = "anna agent refund 70 EUR | reason=wrong | !order.id=o-1 | !order.total=100 EUR";
    world.grant(owed).await;
    assert_eq!(world.used(owed, "order_value").await, "70");
    assert_eq!(world.used(owed, "goodwill").await, "0");
    assert_eq!(world.refused(owed).await, "up_to 30.00 EUR");
}

async fn an_absent_key_is_a_bucket_of_its_own(world: World) {
    let refund = |order: &str| format!("lena lead refund 100 EUR | reason=late | !order.total=150 EUR{order}");
    let absent = "lena lead refund 100 EUR | reason=late | order.id=absent | !order.total=150 EUR";
    world.grant(&refund(" | !order.id=o-1")).await;
    // More than 50 EUR of the order are left by no rule but that of the senior agents, which does not charge it.
    assert_eq!(world.refused(&refund(" | !order.id=o-1")).await, "up_to 80.00 EUR");
    assert_eq!(world.used(&refund(" | !order.id=o-1"), "order_value").await, "100");
    assert_eq!(world.used(absent, "order_value").await, "0");
}

async fn many_at_once_spend_no_more_than_there_is(world: World) {
    let one = |at: usize| {
        let world = &world;
        async move { world.try_grant(&format!("anna agent refund {}.13 EUR | reason=late", 10 + at % 7)).await.is_ok() }
    };
    let mut granted = 0;
    for round in 0..4 {
        let some: Vec<_> = (0..16).map(|at| one(round * 16 + at)).collect();
        granted += join_all(some).await.into_iter().filter(|granted| *granted).count();
    }
    let used: f64 = world.used("anna agent refund", "goodwill").await.parse().unwrap();
    assert!((20..=30).contains(&granted) && used <= 300.0 && used > 283.0, "{granted} grants of {used}");
}

async fn a_person_sees_every_budget_of_their_own(world: World) {
    world.grant("anna agent refund 50 EUR | reason=late").await;
    world.grant("anna agent voucher 20 EUR | customer.id=c-1").await;
    let of = async |id: &str, role: &str| {
        let actor = world.request(&format!("{id} {role} refund")).question.actor;
        let states = world.ledger.budgets(&world.engine, &actor, 0).await.unwrap();
        states.into_iter().map(|state| serde_json::to_value(state).unwrap()).collect::<Vec<_>>()
    };
    let goodwill = json!({"budget": "goodwill", "title": "Monthly allotment", "per": ["actor"], "window": "month", "allotment": "300.00 EUR", "spent": "70.00 EUR", "left": "230.00 EUR", "unlimited": false, "resets": "2026-12-01"});
    let house = json!({"budget": "house", "title": "The whole house", "per": [], "window": "day", "allotment": "1000.00 EUR", "spent": "20.00 EUR", "left": "980.00 EUR", "unlimited": false, "resets": "2026-11-22"});
    assert_eq!(of("anna", "agent").await, [goodwill.clone(), house.clone()]);
    let mut unlimited = goodwill.clone();
    for (field, value) in [("allotment", json!(null)), ("left", json!(null)), ("unlimited", json!(true))] {
        unlimited[field] = value;
    }
    assert_eq!(of("anna", "lead").await[0], unlimited, "in another role the same is spent");
    // Finance has no share of goodwill; what somebody spent before is shown all the same.
    assert_eq!(of("fritz", "finance").await, [house]);
    let spent = of("anna", "finance").await;
    assert_eq!((&spent[0]["allotment"], &spent[0]["spent"], &spent[0]["left"]), (&json!("0.00 EUR"), &json!("70.00 EUR"), &json!("0.00 EUR")));
    world.at("2026-12-01T00:00:00+01:00");
    assert_eq!(of("anna", "agent").await[0]["spent"], "0.00 EUR");
}

/// Budgets that depend on a case, or on a team that is not known, or that count in whatever their actions do.
#[tokio::test]
async fn what_cannot_be_known_of_a_budget_is_null() {
    const PACK: &str = r#"policy "Kiosk"
  currency EUR
  time zone Europe/Berlin
  languages en

role agent "Agent"

fact tenure number about actor

action refund of money "Money back"
action discount of percent "Discount"

budget tenured
  tenure * 10 EUR per actor per month
budget shared
  100 EUR per actor.team per quarter
budget watch
  unlimited per actor per rolling 7 days

rule money
  agent may refund up to 50 EUR
  charge tenured, shared, watch
rule percents
  agent may discount up to 10%
  charge watch
"#;
    let engine = super::world::engine(PACK);
    let ledger = kulanz::ledger::Ledger::in_memory(&kulanz::ledger::Setup::default()).await.unwrap();
    let asked = r#"{"actor": {"id": "anna", "role": "agent"}, "action": "refund"}"#;
    let actor = engine.reader().json(asked, ledger.now()).unwrap().question.actor;
    let states = ledger.budgets(&engine, &actor, 0).await.unwrap();
    let shown: Vec<_> = states
        .iter()
        .map(|state| (state.budget.as_str(), state.allotment.as_deref(), state.spent.as_deref(), state.left.as_deref(), state.unlimited))
        .collect();
    let expected = [
        ("tenured", None, Some("0.00 EUR"), None, false),
        ("shared", Some("100.00 EUR"), None, None, false),
        ("watch", None, Some("0.00 EUR"), None, true),
        ("watch", None, Some("0%"), None, true),
    ];
    assert_eq!(shown, expected);
}

/// Waits for all of them at the same time.
pub async fn join_all<F: Future<Output: Send>>(futures: Vec<F>) -> Vec<F::Output> {
    let mut futures: Vec<_> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        for (future, output) in &mut futures {
            if output.is_none()
                && let std::task::Poll::Ready(ready) = future.as_mut().poll(context)
            {
                *output = Some(ready);
            }
        }
        if futures.iter().all(|(_, output)| output.is_some()) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    futures.into_iter().map(|(_, output)| output.unwrap()).collect()
}
