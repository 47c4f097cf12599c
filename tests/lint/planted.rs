//! Defects planted into the packs, each found where it is. Among them is all that the guards of such packs are there against: deciding about one's own account,
//! signing for oneself, bands that do not meet, owing out of an allotment, an assistant without its ceilings.

use std::fs;
use std::path::Path;

use kulanz::engine;

/// Pack, file, what stands there, what is put in its place (everywhere in the file), the lint, and the place of its finding: file and text from the line on.
type Defect = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

#[rustfmt::skip]
const PLANTED: &[Defect] = &[
    ("company", "gift.kulanz", "  everyone may gift up to 10 EUR\n", "  everyone may gift up to 5 EUR\n  when amount <= 5 EUR\n  charge gifts\n\nrule medium_gift\n  everyone may gift up to 10 EUR\n  when amount >= 6 EUR\n", "band-gap", "gift.kulanz", "rule small_gift"),
    ("company", "gift.kulanz", "  everyone may gift up to 10 EUR\n", "  everyone may gift up to 5 EUR\n  when amount < 5 EUR\n  charge gifts\n\nrule medium_gift\n  everyone may gift up to 10 EUR\n  when amount > 5 EUR\n", "band-gap", "gift.kulanz", "rule small_gift"),
    ("fashion-shop", "guards.kulanz", "everyone may not refund, voucher", "everyone may not voucher", "own-account", "refunds.kulanz", "rule small_refund"),
    ("city-utility", "guards.kulanz", "waive_fee, payment_plan,", "payment_plan,", "own-account", "guards.kulanz", "rule assistant_fee"),
    ("hotel", "guards.kulanz", "upgrade, free_night, rescue\n  when conflict", "upgrade, free_night\n  when conflict", "own-account", "comps.kulanz", "rule rescue_stay"),
    ("rail", "guards.kulanz", "voucher, taxi, book_night", "voucher, book_night", "own-account", "goodwill.kulanz", "rule taxi_home"),
    ("company", "gift.kulanz", "  everyone may not gift\n", "  integrity may not gift\n", "own-account", "gift.kulanz", "rule small_gift"),
    ("city-utility", "corrections.kulanz", "approved by finance_director, council", "approved by clerk, council", "own-signature", "corrections.kulanz", "rule large_reading_correction"),
    ("rail", "compensation.kulanz", "approved by manager", "approved by agent", "own-signature", "compensation.kulanz", "rule goodwill_compensation "),
    ("fashion-shop", "refunds.kulanz", "approved by finance", "approved by lead", "own-signature", "refunds.kulanz", "rule big_refund"),
    ("hotel", "comps.kulanz", "approved by general_manager, integrity", "approved by general_manager, supervisor", "own-signature", "comps.kulanz", "rule several_nights "),
    ("fashion-shop", "refunds.kulanz", "approved by lead\n", "approved by senior\n", "own-signature", "refunds.kulanz", "rule lead_refund_with_second"),
    ("rail", "compensation.kulanz", "  | absent        | any          | 0 EUR    |\n", "", "lookup-gap", "compensation.kulanz", "table flat_sum"),
    ("rail", "delay-repay.kulanz", "| >= 30 minutes and < 60 minutes  |", "| >= 31 minutes and < 60 minutes  |", "row-gap", "delay-repay.kulanz", "| >= 15 minutes and < 30 minutes"),
    ("rail", "delay-repay.kulanz", "| >= 60 minutes and < 120 minutes |", "| > 60 minutes and < 120 minutes  |", "row-gap", "delay-repay.kulanz", "| >= 15 minutes and < 30 minutes"),
    ("hotel", "comps.kulanz", "when amount >= 30 EUR and amount", "when amount > 30 EUR and amount", "band-gap", "comps.kulanz", "  | desk            | 30 EUR "),
    ("rail", "compensation.kulanz", "| < 60 minutes                    | 0 EUR ", "| < 59 minutes                    | 0 EUR ", "lookup-gap", "compensation.kulanz", "table delay_share"),
    ("rail", "compensation.kulanz", "unless outside_our_control\n  from 2023-06-07", "unless outside_our_control or trip.operator is own\n  from 2023-06-07", "idle-rule", "compensation.kulanz", "rule compensation_owed"),
    ("rail", "compensation.kulanz", "charge season_ceiling", "charge team_goodwill", "owed-from-allotment", "compensation.kulanz", "charge team_goodwill"),
    ("hotel", "comps.kulanz", "  when incident.kind is overbooking\n  charge free_nights", "  when incident.kind is overbooking\n  charge regulars", "owed-from-allotment", "comps.kulanz", "  charge regulars\n  because"),
    ("fashion-shop", "assistant.kulanz", "assistant may refund up to 50 EUR", "assistant may refund", "idle-rule", "assistant.kulanz", "rule assistant_refund_with_person"),
    ("city-utility", "guards.kulanz", ", assistant_day", "", "unused-budget", "budgets.kulanz", "budget assistant_day"),
    ("city-utility", "guards.kulanz", "assistant_account, ", "", "unused-budget", "budgets.kulanz", "budget assistant_account"),
    ("hotel", "guards.kulanz", "  assistant may dining up to 50 EUR\n  when contact.in_chat\n  charge assistant_customer, assistant_day\n", "  assistant may dining up to 50 EUR\n  when contact.in_chat\n", "splittable-cap", "guards.kulanz", "| assistant | 300 EUR"),
    ("city-utility", "corrections.kulanz", "# allow(splittable-cap): each correction needs a written finding of its own\n", "", "splittable-cap", "corrections.kulanz", "rule reading_correction"),
    ("fashion-shop", "refunds.kulanz", "agent may refund up to 50 EUR", "agent may refund", "no-limit", "refunds.kulanz", "rule small_refund"),
    ("rail", "goodwill.kulanz", "| 10 EUR                  | <", "| unlimited               | <", "no-limit", "goodwill.kulanz", "| agent      | unlimited"),
    ("hotel", "comps.kulanz", "| desk            | 30 EUR ", "| desk            | unlimited ", "no-limit", "comps.kulanz", "| desk            | unlimited"),
    ("city-utility", "goodwill.kulanz", "clerk may payment_plan up to 6\n", "clerk may payment_plan\n", "no-limit", "goodwill.kulanz", "rule plan"),
    ("hotel", "comps.kulanz", "  supervisor may rate_discount up to 15%\n  charge daily by amount of stay.rate\n", "  supervisor may rate_discount up to 15%\n", "no-budget", "comps.kulanz", "rule discount_supervisor"),
    ("hotel", "comps.kulanz", "duty_manager may rate_discount up to 30%", "duty_manager may rate_discount up to 10%", "lower-gives-more", "comps.kulanz", "rule discount_duty_manager"),
    ("fashion-shop", "goodwill.kulanz", "| lead    | 25% ", "| lead    | 5%  ", "lower-gives-more", "goodwill.kulanz", "| lead    | 5% "),
    ("company", "company.kulanz", "action gift", "fact customer.age number verified\n\naction gift", "unused-fact", "company.kulanz", "fact customer.age"),
    ("fashion-shop", "returns.kulanz", "  unless final_sale\n", "", "unused-definition", "facts.kulanz", "define final_sale"),
    ("fashion-shop", "withdrawal.kulanz", "goods_on_way, pay_back", "goods_on_way", "unused-duty", "shop.kulanz", "duty pay_back"),
    ("fashion-shop", "vouchers.kulanz", "  charge extensions\n", "", "unused-budget", "budgets.kulanz", "budget extensions"),
    ("hotel", "comps.kulanz", "  charge rescue_pot\n", "", "unused-budget", "budgets.kulanz", "budget rescue_pot"),
    ("city-utility", "city.kulanz", "\naction credit ", "role guest \"Guest\"\n\naction credit ", "unused-role", "city.kulanz", "role guest"),
    ("city-utility", "facts.kulanz", "  asks en \"Did the city make the error?\" de \"Hat die Stadt den Fehler gemacht?\"\n", "", "no-question", "facts.kulanz", "fact error.by_city"),
    ("fashion-shop", "facts.kulanz", "  asks de \"Was ist passiert?\" en \"What happened?\"\n", "", "no-question", "facts.kulanz", "fact reason"),
    ("rail", "compensation.kulanz", "\n          en \"Before 7 June 2023 the cause did not matter.\"", "", "missing-language", "compensation.kulanz", "because de \"Vor dem"),
    ("company", "company.kulanz", "de \"Revision\" en \"Integrity office\"", "de \"Revision\"", "missing-language", "company.kulanz", "role integrity"),
    ("fashion-shop", "vouchers.kulanz", "  from 2026-01-01\n  until 2028-12-31", "  until 2025-12-31", "expired-rule", "vouchers.kulanz", "until 2025-12-31"),
    ("fashion-shop", "vouchers.kulanz", "  from 2026-01-01\n  until 2028-12-31", "  from 2029-01-01\n  until 2028-12-31", "idle-rule", "vouchers.kulanz", "rule new_experience_voucher"),
    ("fashion-shop", "withdrawal.kulanz", "review by 2028-06-30", "review by 2026-06-30", "past-review", "withdrawal.kulanz", "review by 2026-06-30"),
    ("fashion-shop", "facts.kulanz", "en \"Seasonal goods\"  verified", "en \"Seasonal goods\" ", "unverified-default", "refunds.kulanz", "rule seasonal_final"),
    ("hotel", "facts.kulanz", "en \"Incident number\"  verified", "en \"Incident number\"  ", "unverified-key", "budgets.kulanz", "budget rescue_pot"),
    ("fashion-shop", "defects.kulanz", "  charge order_value\n", "", "uncounted-entitlement", "defects.kulanz", "rule statutory_defect"),
    ("city-utility", "guards.kulanz", "ask treasurer within", "ask water_commissioner within", "idle-route", "guards.kulanz", "ask water_commissioner"),
    ("city-utility", "goodwill.kulanz", "monthly_average > 0 USD\n   and bill.amount > 150% of monthly_average", "bill.amount / monthly_average > 1.5", "division-by-zero", "goodwill.kulanz", "bill.amount / monthly_average"),
    ("city-utility", "goodwill.kulanz", "max(0 USD, bill.amount - bill.normal)", "bill.amount - bill.normal", "negative-limit", "goodwill.kulanz", "up to bill.amount - bill.normal"),
    ("rail", "goodwill.kulanz", "for train_crew, agent\n  1_500 EUR per actor per day for lead\n", "for train_crew\n  500 EUR per actor per day for agent\n", "equal-lines", "goodwill.kulanz", "500 EUR per actor per day for agent"),
    ("fashion-shop", "guards.kulanz", "refund, voucher even if entitled", "refund, voucher", "contested-entitlement", "guards.kulanz", "rule fraud"),
    ("rail", "guards.kulanz", "# allow(contested-entitlement): what is owed is paid while the ticket is examined\n", "", "contested-entitlement", "guards.kulanz", "rule fraud"),
    ("city-utility", "moving-out.kulanz", "fallback prorate, payout", "fallback prorate", "bare-no", "city.kulanz", "action payout"),
    ("rail", "goodwill.kulanz", "| 2 .. 4          |", "| > 4 and < 2     |", "idle-row", "goodwill.kulanz", "| train_crew, agent | 120"),
    ("hotel", "comps.kulanz", "everyone may rescue up to 2_000 EUR", "everyone may amenity up to 2_000 EUR", "ungrantable-action", "hotel.kulanz", "action rescue"),
    ("rail", "guards.kulanz", "rule assistant_voucher", "# allow(bare-no): nothing is wrong here\nrule assistant_voucher", "unused-allow", "guards.kulanz", "# allow(bare-no)"),
    ("hotel", "comps.kulanz", "# allow(uncounted-entitlement): a stay ends once", "# allow(uncounted-entitlement)", "unclear-allow", "comps.kulanz", "# allow(uncounted-entitlement)\n"),
];

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let place = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &place);
        } else {
            fs::copy(entry.path(), place).unwrap();
        }
    }
}

/// The lints that fire in a pack, each with the line of its main place.
fn findings(policies: &Path, pack: &str) -> Vec<(&'static str, String, usize)> {
    let now = "2026-11-22T12:00:00+01:00".parse().unwrap();
    let checked = engine::check(&policies.join(pack), now);
    let place = |found: &kulanz::diagnostic::Diagnostic| {
        let span = found.span().unwrap();
        let source = checked.sources.get(span.source).unwrap();
        (found.lint.unwrap_or(found.code.text()), source.name().to_owned(), source.line(span.start as usize))
    };
    checked.diagnostics.iter().map(place).collect()
}

/// What is missing of what should be found.
fn look(policies: &Path, (pack, file, before, after, lint, place, line): &Defect) -> Option<String> {
    let path = policies.join(pack).join(file);
    let whole = fs::read_to_string(&path).unwrap();
    assert!(whole.contains(before), "{file} of {pack} does not hold {before:?}");
    fs::write(&path, whole.replace(before, after)).unwrap();
    let found = findings(policies, pack);
    let text = fs::read_to_string(policies.join(pack).join(place)).unwrap();
    let line = 1 + text.get(..text.find(line).unwrap_or_else(|| panic!("{place} of {pack} does not hold {line:?}"))).unwrap().matches('\n').count();
    fs::write(&path, whole).unwrap();
    let is_found = found.iter().any(|(name, source, at)| name == lint && source.ends_with(place) && *at == line);
    (!is_found).then(|| format!("{pack}: {before:?} -> {after:?}: no {lint} at {place}:{line} among {found:?}"))
}

/// Each pack by itself, so that they are looked at side by side.
fn check(pack: &str) {
    let folder = tempfile::tempdir().unwrap();
    let policies = folder.path().join("policies");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("policies"), &policies);
    assert_eq!(findings(&policies, pack), []);
    let missed: Vec<String> = PLANTED.iter().filter(|defect| defect.0 == pack).filter_map(|defect| look(&policies, defect)).collect();
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn there_are_enough_of_them() {
    assert!(PLANTED.len() >= 40, "{}", PLANTED.len());
}

#[test]
fn in_the_shop() {
    check("fashion-shop");
}

#[test]
fn on_the_railway() {
    check("rail");
}

#[test]
fn in_the_hotel() {
    check("hotel");
}

#[test]
fn in_the_city() {
    check("city-utility");
}

#[test]
fn in_the_company() {
    check("company");
}
