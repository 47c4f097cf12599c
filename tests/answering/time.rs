//! Days, working days, months, hours; the policy's time zone; daylight saving.

use serde_json::{Value, json};

use super::shop::shop;

fn holds_at(condition: &str, at: &str, facts: &Value) -> bool {
    let shop = shop(&format!("rule a\n  agent may exchange\n  when {condition}\n"));
    let word = shop.ask("agent", "exchange").at(at).all(facts).answer().word();
    assert!(word == "yes" || word == "no", "{condition}: {word}");
    word == "yes"
}

fn on(condition: &str, day: &str, bought: &str) -> bool {
    holds_at(condition, &format!("{day}T12:00:00"), &json!({ "bought": bought }))
}

#[test]
fn within_after_is_from_e_to_e_plus_n() {
    let condition = "within 30 days after bought";
    assert!(!on(condition, "2026-10-31", "2026-11-01"));
    assert!(on(condition, "2026-11-01", "2026-11-01"));
    assert!(on(condition, "2026-12-01", "2026-11-01"));
    assert!(!on(condition, "2026-12-02", "2026-11-01"));
}

#[test]
fn within_before_is_from_e_minus_n_to_e() {
    let condition = "today is within 2 weeks before bought";
    assert!(!on(condition, "2026-10-31", "2026-11-15"));
    assert!(on(condition, "2026-11-01", "2026-11-15"));
    assert!(on(condition, "2026-11-15", "2026-11-15"));
    assert!(!on(condition, "2026-11-16", "2026-11-15"));
}

#[test]
fn more_than_after_and_before() {
    assert!(!on("more than 14 days after bought", "2026-11-15", "2026-11-01"));
    assert!(on("more than 14 days after bought", "2026-11-16", "2026-11-01"));
    assert!(!on("more than 14 days before bought", "2026-11-01", "2026-11-15"));
    assert!(on("more than 14 days before bought", "2026-10-31", "2026-11-15"));
}

#[test]
fn at_least_after_and_before() {
    assert!(!on("at least 14 days after bought", "2026-11-14", "2026-11-01"));
    assert!(on("at least 14 days after bought", "2026-11-15", "2026-11-01"));
    assert!(on("at least 14 days before bought", "2026-11-01", "2026-11-15"));
    assert!(!on("at least 14 days before bought", "2026-11-02", "2026-11-15"));
}

#[test]
fn is_not_turns_a_distance_around() {
    assert!(on("today is not within 30 days after bought", "2026-12-02", "2026-11-01"));
    assert!(!on("today is not within 30 days after bought", "2026-12-01", "2026-11-01"));
}

#[test]
fn adding_months_keeps_the_day_or_takes_the_last() {
    assert!(on("bought + 1 month = today", "2027-02-28", "2027-01-31"));
    assert!(on("bought + 1 month = today", "2028-02-29", "2028-01-31"));
    assert!(on("bought + 1 month = today", "2026-04-15", "2026-03-15"));
    assert!(on("bought - 1 month = today", "2026-02-28", "2026-03-30"));
    assert!(on("bought + 12 months = today", "2029-02-28", "2028-02-29"));
    assert!(on("bought + 1 year = today", "2029-02-28", "2028-02-29"));
    assert!(on("bought + 4 years = today", "2032-02-29", "2028-02-29"));
}

#[test]
fn within_months_counts_from_the_day_itself() {
    let condition = "within 24 months after bought";
    assert!(on(condition, "2026-11-21", "2024-11-21"));
    assert!(!on(condition, "2026-11-22", "2024-11-21"));
    assert!(on("within 1 month after bought", "2027-02-28", "2027-01-31"));
    assert!(!on("within 1 month after bought", "2027-03-01", "2027-01-31"));
}

#[test]
fn working_days_are_monday_to_friday_but_the_holidays() {
    // Friday plus one is Monday.
    assert!(on("bought + 1 working day = today", "2026-11-23", "2026-11-20"));
    assert!(on("bought + 1 working day = today", "2026-11-23", "2026-11-21"));
    assert!(on("bought + 1 working day = today", "2026-11-23", "2026-11-22"));
    assert!(on("bought - 1 working day = today", "2026-11-20", "2026-11-23"));
    // Christmas, a Friday, is off: Thursday plus one is Monday, the 28th.
    assert!(on("bought + 1 working day = today", "2026-12-28", "2026-12-24"));
    assert!(on("within 2 working days after bought", "2026-12-29", "2026-12-24"));
    assert!(!on("within 2 working days after bought", "2026-12-30", "2026-12-24"));
    // No step stays where it is.
    assert!(on("bought + 0 working days = today", "2026-11-21", "2026-11-21"));
}

#[test]
fn days_are_taken_in_the_policys_time_zone() {
    // 23:30 UTC on the 20th is the 21st in Berlin.
    assert!(holds_at("today = bought", "2026-11-20T23:30:00Z", &json!({ "bought": "2026-11-21" })));
    // A moment counts as its day in Berlin.
    assert!(holds_at("within 0 days after made", "2026-11-21T08:00:00", &json!({ "made": "2026-11-20T23:30:00Z" })));
    assert!(!holds_at("within 0 days after made", "2026-11-21T08:00:00", &json!({ "made": "2026-11-20T22:30:00Z" })));
}

#[test]
fn hours_and_minutes_are_exact() {
    let made = json!({ "made": "2026-11-21T10:00:00+01:00" });
    assert!(holds_at("within 24 hours after made", "2026-11-22T10:00:00", &made));
    assert!(!holds_at("within 24 hours after made", "2026-11-22T10:00:01", &made));
    assert!(!holds_at("within 24 hours after made", "2026-11-21T09:59:59", &made));
    assert!(holds_at("more than 90 minutes after made", "2026-11-21T11:30:01", &made));
    assert!(!holds_at("more than 90 minutes after made", "2026-11-21T11:30:00", &made));
    assert!(holds_at("at least 90 minutes after made", "2026-11-21T11:30:00", &made));
    assert!(holds_at("at least 2 hours before made", "2026-11-21T08:00:00", &made));
    assert!(!holds_at("at least 2 hours before made", "2026-11-21T08:00:01", &made));
}

#[test]
fn a_day_is_a_step_on_the_calendar_twenty_four_hours_are_not_over_daylight_saving() {
    // In Berlin the clock goes forward on 29 March 2026 and back on 25 October 2026.
    let spring = json!({ "made": "2026-03-28T12:00:00+01:00" });
    assert!(holds_at("made + 1 day = now", "2026-03-29T12:00:00+02:00", &spring));
    assert!(holds_at("made + 24 hours = now", "2026-03-29T13:00:00+02:00", &spring));
    let autumn = json!({ "made": "2026-10-24T12:00:00+02:00" });
    assert!(holds_at("made + 1 day = now", "2026-10-25T12:00:00+01:00", &autumn));
    assert!(holds_at("made + 24 hours = now", "2026-10-25T11:00:00+01:00", &autumn));
    assert!(holds_at("within 24 hours after made", "2026-10-25T11:00:00+01:00", &autumn));
    assert!(!holds_at("within 24 hours after made", "2026-10-25T11:00:01+01:00", &autumn));
    assert!(holds_at("within 1 day after made", "2026-10-25T23:59:59+01:00", &autumn));
    assert!(holds_at("now - made = 25 hours", "2026-10-25T12:00:00+01:00", &autumn));
}

#[test]
fn number_of_is_the_largest_n_with_a_plus_n_units_at_most_b() {
    let full = |unit: &str, n: i64, from: &str, to: &str| on(&format!("number of {unit} from bought to today = {n}"), to, from);
    assert!(full("days", 20, "2026-11-01", "2026-11-21"));
    assert!(full("weeks", 2, "2026-11-01", "2026-11-21"));
    assert!(full("weeks", 3, "2026-11-01", "2026-11-22"));
    assert!(full("months", 0, "2027-01-31", "2027-02-27"));
    assert!(full("months", 1, "2027-01-31", "2027-02-28"));
    assert!(full("months", 1, "2027-01-31", "2027-03-30"));
    assert!(full("months", 2, "2027-01-31", "2027-03-31"));
    assert!(full("years", 0, "2024-11-22", "2025-11-21"));
    assert!(full("years", 2, "2024-11-21", "2026-11-21"));
    assert!(full("years", 1, "2024-02-29", "2025-02-28"));
    // Friday to the next Friday: five; Saturday to Sunday: none.
    assert!(full("working days", 5, "2026-11-13", "2026-11-20"));
    assert!(full("working days", 0, "2026-11-21", "2026-11-22"));
    assert!(full("working days", 1, "2026-12-24", "2026-12-28"));
    // Earlier is none.
    assert!(full("days", 0, "2026-11-22", "2026-11-21"));
}

#[test]
fn number_of_hours_counts_whole_ones() {
    let made = json!({ "made": "2026-11-21T10:00:00+01:00" });
    assert!(holds_at("number of hours from made to now = 2", "2026-11-21T12:59:59", &made));
    assert!(holds_at("number of hours from made to now = 3", "2026-11-21T13:00:00", &made));
    assert!(holds_at("number of minutes from made to now = 179", "2026-11-21T12:59:59", &made));
    assert!(holds_at("number of hours from made to now = 0", "2026-11-21T07:00:00", &made));
}

#[test]
fn start_and_end_are_the_first_and_the_last_date() {
    for (period, first, last) in [
        ("day", "2026-11-21", "2026-11-21"),
        ("week", "2026-11-16", "2026-11-22"),
        ("month", "2026-11-01", "2026-11-30"),
        ("quarter", "2026-10-01", "2026-12-31"),
        ("year", "2026-01-01", "2026-12-31"),
    ] {
        assert!(on(&format!("start of {period} of today = bought"), "2026-11-21", first), "{period}");
        assert!(on(&format!("end of {period} of today = bought"), "2026-11-21", last), "{period}");
    }
    assert!(on("end of month of today = bought", "2028-02-10", "2028-02-29"));
}

#[test]
fn days_in_month_counts() {
    assert!(on("days in month of bought = 30", "2026-11-21", "2026-11-05"));
    assert!(on("days in month of bought = 29", "2026-11-21", "2028-02-05"));
    assert!(on("days in month of bought = 28", "2026-11-21", "2100-02-05"));
}

#[test]
fn dates_apart_are_a_duration() {
    assert!(on("today - bought = 20 days", "2026-11-21", "2026-11-01"));
    assert!(on("today - bought <= 45 days", "2026-12-16", "2026-11-01"));
    assert!(!on("today - bought <= 45 days", "2026-12-17", "2026-11-01"));
    // A day is 24 hours as a quantity, whatever the clock does.
    assert!(on("today - bought = 48 hours", "2026-03-30", "2026-03-28"));
    assert!(on("today - bought = 2 weeks", "2026-11-15", "2026-11-01"));
    assert!(on("today - bought < 0 days", "2026-11-01", "2026-11-15"));
}

#[test]
fn durations_are_quantities() {
    let delay = |delay: &'static str| json!({ "delay": delay });
    assert!(holds_at("delay >= 3 hours", "2026-11-21T10:00:00", &delay("180 minutes")));
    assert!(!holds_at("delay >= 3 hours", "2026-11-21T10:00:00", &delay("179 minutes")));
    assert!(holds_at("delay / 1 hour = 2.5", "2026-11-21T10:00:00", &delay("150 minutes")));
    assert!(holds_at("50% of delay = 75 minutes", "2026-11-21T10:00:00", &delay("150 minutes")));
}

#[test]
fn a_window_may_be_measured_between_two_facts() {
    let shop = shop("rule a\n  agent may exchange\n  when coupon.expired is present and bought is within 10 days after coupon.expired\n");
    let word = |bought: &str| shop.ask("agent", "exchange").given("coupon.expired", "2026-11-01").given("bought", bought).answer().word();
    assert_eq!([word("2026-10-31"), word("2026-11-01"), word("2026-11-11"), word("2026-11-12")], ["no", "yes", "yes", "no"]);
}
