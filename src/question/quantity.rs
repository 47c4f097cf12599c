//! Quantities from outside: money, percent, numbers and durations.

use super::json::Json;
use super::problem::{Mistake, Mistakes, quoted};
use super::quick::Written;
use crate::diagnostic::nearest;
use crate::number::{MAX_DECIMALS, Number, NumberError};
use crate::policy::Policy;
use crate::policy::expr::Type;

/// What a quantity is for; that settles how fine it may be and whether it may be zero or negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The value of a fact.
    Fact,
    /// What is asked for: above zero.
    Amount,
    /// What a budget has used: not below zero.
    Spent,
}

const LARGEST: i64 = 1_000_000_000_000_000;
/// No number that is read has more digits before its point, nor more zeros behind it.
const MOST_PLACES: usize = 16;
/// What is asked for, and what is spent, is no finer, but money.
const MOST_DECIMALS: usize = 2;
/// The units of time of a fixed length, in seconds.
const UNITS: [(&str, i64); 8] =
    [("minute", 60), ("minutes", 60), ("hour", 3600), ("hours", 3600), ("day", 86_400), ("days", 86_400), ("week", 604_800), ("weeks", 604_800)];

/// Reads a quantity of a measure.
pub(super) fn read(policy: &Policy, measure: &Type, json: &Json, purpose: Purpose) -> Result<Number, Mistakes> {
    let (value, currency) = match measure {
        Type::Money => money(policy, json)?,
        Type::Percent => (with_unit(json, "a percentage", "25%", percent)?, Ok(())),
        Type::Duration => (duration_json(json)?, Ok(())),
        _ => (with_unit(json, "a number", "2.5", |text| plain(text, "a number", "2.5"))?, Ok(())),
    };
    // How fine another currency is does not matter.
    let fineness = if currency.is_ok() { check_fineness(policy, measure, &value, purpose) } else { Ok(()) };
    let checks = [currency, check_size(&value), fineness, check_sign(&value, purpose)];
    checks.into_iter().filter_map(Result::err).collect::<Mistakes>().or(value)
}

/// Reads a quantity of the plainest form, which nothing is wrong with; `None` is any other.
pub(super) fn plain_decimal(policy: &Policy, measure: &Type, written: &Written<'_>, purpose: Purpose) -> Option<Number> {
    let (mantissa, decimals, rest) = written.decimal()?;
    let unit = rest.trim_start_matches(' ');
    let most = match (measure, purpose) {
        (Type::Money, _) => policy.currency_decimals,
        (_, Purpose::Fact) => MAX_DECIMALS,
        _ => MOST_DECIMALS,
    };
    let least = match purpose {
        Purpose::Fact => i64::MIN,
        Purpose::Amount => 1,
        Purpose::Spent => 0,
    };
    if decimals > most || mantissa < least {
        return None;
    }
    match measure {
        Type::Money if unit.is_empty() || unit == policy.currency.code() => Number::decimal(mantissa, decimals),
        Type::Percent if unit.is_empty() || unit == "%" => Number::decimal(mantissa, decimals),
        Type::Number if rest.is_empty() => Number::decimal(mantissa, decimals),
        Type::Duration if decimals == 0 && !written.is_number() => {
            let (_, seconds) = UNITS.iter().find(|(name, _)| *name == unit)?;
            mantissa.checked_mul(*seconds).filter(|seconds| seconds.abs() <= LARGEST).map(Number::from)
        }
        _ => None,
    }
}

/// Money, and what is wrong with its currency.
type Money = (Number, Result<(), Mistake>);

/// Reads how many grants a budget has counted.
pub(super) fn times(json: &Json) -> Result<Number, Mistakes> {
    let value = with_unit(json, "a count", "1", |text| plain(text, "a count", "1"))?;
    let whole = if value.is_whole() { Ok(()) } else { Err(Mistake::new(format!("{} is not a whole number of times", json.shown()))) };
    [check_sign(&value, Purpose::Spent), whole].into_iter().filter_map(Result::err).collect::<Mistakes>().or(value)
}

/// The digits of a JSON number, or a text that `read` takes apart.
fn with_unit(json: &Json, what: &str, example: &str, read: impl Fn(&str) -> Result<Number, Mistake>) -> Result<Number, Mistake> {
    match json {
        Json::Number(digits) => digits_of(digits).map_err(|error| not_a(digits, what, example, error)),
        Json::Text(text) => exponent(text.trim()).map_or_else(|| read(text.trim()), Err),
        other => Err(wrong_type(what, other).help(format!("write it like `{example}`"))),
    }
}

/// `1e2`: a text is read as people write, and only a JSON number has an exponent.
fn exponent(text: &str) -> Option<Mistake> {
    let (number, unit) = split_unit(text);
    let power = unit.strip_prefix(['e', 'E'])?;
    let power = power.strip_prefix(['+', '-']).unwrap_or(power);
    let behind = power.trim_start_matches(|c: char| c.is_ascii_digit());
    if number.is_empty() || behind.len() == power.len() {
        return None;
    }
    let written = text.strip_suffix(behind)?;
    Some(match digits_of(written) {
        Ok(value) => Mistake::new(format!("{} is written with an exponent", quoted(written))).help(format!("write `{value}`")),
        Err(NumberError::Malformed) => Mistake::new(not_a_message(written, "a number")).help("write all its digits, without an exponent"),
        Err(error) => not_a(written, "a number", "2.5", error),
    })
}

/// `X is needed, not Y`
pub(super) fn wrong_type(what: &str, given: &Json) -> Mistake {
    Mistake::new(format!("{what} is needed, not {}", given.kind()))
}

fn duration_json(json: &Json) -> Result<Number, Mistake> {
    if let Json::Number(digits) = json {
        let count = digits_of(digits).map_or_else(|_| "30".to_owned(), |count| count.to_string());
        return Err(Mistake::new("a duration needs a unit").help(format!("write it like `\"{count} days\"` or `\"PT{count}H\"`")));
    }
    with_unit(json, "a duration", "30 days", duration)
}

fn money(policy: &Policy, json: &Json) -> Result<Money, Mistake> {
    const WHAT: &str = "an amount of money";
    let example = format!("80 {}", policy.currency.code());
    if let Json::Object(members) = json {
        return money_object(policy, members, &example);
    }
    let value = with_unit(json, WHAT, &example, |text| numeral(split_unit(text).0, text, WHAT, &example))?;
    let unit = if let Json::Text(text) = json { split_unit(text.trim()).1 } else { "" };
    thousands(policy, json, &value)?;
    if let (Some(other), Json::Text(text)) = (other_measure(unit), json) {
        return Err(Mistake::new(format!("{} is {other}, not {WHAT}", quoted(text.trim()))).help(format!("write it like `{example}`")));
    }
    Ok((value, if unit.is_empty() { Ok(()) } else { currency(policy, unit) }))
}

/// `1.500 EUR`: what people write so is hardly one and a half.
fn thousands(policy: &Policy, json: &Json, value: &Number) -> Result<(), Mistake> {
    let Json::Text(text) = json else { return Ok(()) };
    let number = split_unit(text.trim()).0;
    let decimals = number.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    if decimals <= policy.currency_decimals || value.decimals().is_none_or(|decimals| decimals > policy.currency_decimals) {
        return Ok(());
    }
    let (code, fixed) = (policy.currency.code(), value.to_fixed(policy.currency_decimals));
    let thousands = value
        .multiply(&Number::from(1000))
        .filter(|_| decimals == 3)
        .map_or_else(String::new, |thousands| format!(", or `{thousands} {code}` if these are thousands"));
    Err(Mistake::new("too many decimals").help(format!("write `{fixed} {code}`{thousands}")))
}

/// What a unit measures that is no money.
fn other_measure(unit: &str) -> Option<&'static str> {
    match unit {
        "%" => Some("a percentage"),
        _ if UNITS.iter().any(|(name, _)| *name == unit) => Some("a duration"),
        _ => None,
    }
}

fn currency(policy: &Policy, code: &str) -> Result<(), Mistake> {
    let own = policy.currency.code();
    if code == own {
        return Ok(());
    }
    Err(Mistake::new(format!("the currency {} is not the policy's", quoted(code))).help(format!("this policy counts in {own}")))
}

/// `{"value": "80.00", "currency": "EUR"}`
fn money_object(policy: &Policy, members: &[(String, Json)], example: &str) -> Result<Money, Mistake> {
    let help = |mistake: Mistake| {
        mistake.help(format!("write it like `\"{example}\"` or `{{\"value\": \"80.00\", \"currency\": \"{}\"}}`", policy.currency.code()))
    };
    let [(first, one), (second, other)] = members else {
        return Err(help(Mistake::new("money as an object has `value` and `currency`, each once")));
    };
    let (value, code) = match (first.as_str(), second.as_str()) {
        ("value", "currency") => (one, other),
        ("currency", "value") => (other, one),
        _ => return Err(help(Mistake::new("money as an object has `value` and `currency`, each once"))),
    };
    let Json::Text(code) = code else { return Err(help(wrong_type("a currency", code))) };
    let written = value;
    let value = with_unit(value, "an amount of money", example, |text| plain(text, "an amount of money", example))?;
    thousands(policy, written, &value)?;
    Ok((value, currency(policy, code)))
}

fn percent(text: &str) -> Result<Number, Mistake> {
    match split_unit(text) {
        (number, "%" | "") => numeral(number, text, "a percentage", "25%"),
        _ => Err(not_a(text, "a percentage", "25%", NumberError::Malformed)),
    }
}

/// `30 days`, `PT3H`, `P1DT2H`
fn duration(text: &str) -> Result<Number, Mistake> {
    let malformed = || Mistake::new(not_a_message(text, "a duration")).help("write it like `30 days`, `4 hours` or `PT3H`");
    let (sign, rest) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let seconds = match rest.strip_prefix(['P', 'p']) {
        _ if rest.starts_with('-') => return Err(malformed()),
        Some(iso) => iso_duration(iso)?.ok_or_else(malformed)?,
        None => worded_duration(rest)?,
    };
    seconds.multiply(&Number::from(sign)).ok_or_else(malformed)
}

fn worded_duration(text: &str) -> Result<Number, Mistake> {
    let (number, unit) = split_unit(text);
    let count = numeral(number, text, "a duration", "30 days")?;
    let Some((_, seconds)) = UNITS.iter().find(|(name, _)| *name == unit) else {
        return Err(not_a_unit(text, unit, nearest(unit, UNITS.map(|(name, _)| name))));
    };
    count.multiply(&Number::from(*seconds)).ok_or_else(|| not_a(text, "a duration", "30 days", NumberError::TooLarge))
}

fn not_a_unit(text: &str, unit: &str, meant: Option<&str>) -> Mistake {
    match unit {
        "" => Mistake::new("a duration needs a unit").help(format!("write it like `{text} days`")),
        "month" | "months" | "year" | "years" | "working day" | "working days" => no_fixed_length(unit),
        _ => Mistake::new(format!("{} is not a unit of time", quoted(unit))).did_you_mean(meant),
    }
}

fn no_fixed_length(unit: &str) -> Mistake {
    Mistake::new(format!("{} have no fixed length, so they are no duration", quoted(unit))).help("write days, hours or minutes")
}

/// What stands behind the `P`; `None` where that is no ISO 8601 duration.
fn iso_duration(text: &str) -> Result<Option<Number>, Mistake> {
    let upper = text.to_ascii_uppercase();
    let (days, clock) = upper.split_once('T').map_or((upper.as_str(), None), |(days, clock)| (days, Some(clock)));
    if days.contains(['M', 'Y']) {
        return Err(no_fixed_length(if days.contains('M') { "months" } else { "years" }));
    }
    if clock.is_some_and(str::is_empty) || (days.is_empty() && clock.is_none()) {
        return Ok(None);
    }
    let days = iso_parts(days, &[('W', 604_800), ('D', 86_400)]);
    let clock = iso_parts(clock.unwrap_or(""), &[('H', 3600), ('M', 60), ('S', 1)]);
    Ok(days.zip(clock).and_then(|(days, clock)| days.add(&clock)))
}

/// The seconds of `2W3D`: each unit at most once, in this order.
fn iso_parts(mut text: &str, units: &[(char, i64)]) -> Option<Number> {
    let mut sum = Number::ZERO;
    for (unit, seconds) in units {
        if let Some((count, rest)) = text.split_once(*unit) {
            sum = sum.add(&Number::parse(count).ok().filter(|count| *count >= Number::ZERO)?.multiply(&Number::from(*seconds))?)?;
            text = rest;
        }
    }
    text.is_empty().then_some(sum)
}

/// The number at the start of a text, and what follows it without the space between.
fn split_unit(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '_' | '-' | ','))).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    (number, unit.trim_start())
}

fn plain(text: &str, what: &str, example: &str) -> Result<Number, Mistake> {
    numeral(text, text, what, example)
}

/// Reads the number in a text.
fn numeral(number: &str, text: &str, what: &str, example: &str) -> Result<Number, Mistake> {
    Number::parse(number).map_err(|error| not_a(text, what, example, error))
}

fn not_a_message(text: &str, what: &str) -> String {
    format!("{} is not {what}", quoted(text))
}

fn not_a(text: &str, what: &str, example: &str, error: NumberError) -> Mistake {
    match error {
        NumberError::Malformed if text.contains(',') => {
            Mistake::new(not_a_message(text, what)).help("write `1000.50`: a point before the decimals, and `_` or nothing between thousands")
        }
        NumberError::Malformed => Mistake::new(not_a_message(text, what)).help(format!("write it like `{example}`")),
        NumberError::TooManyDecimals => Mistake::new(format!("{} has too many decimals", quoted(text))).help("at most 9 decimals are read"),
        NumberError::TooLarge => Mistake::new(format!("{} is too large", quoted(text))).help("at most 10^15 is read"),
    }
}

/// The value of a JSON number, with the exponent it may have.
fn digits_of(text: &str) -> Result<Number, NumberError> {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else { return Number::parse(text) };
    let power = power(exponent)?;
    let mantissa = mantissa.replace('_', "");
    let (sign, digits) = mantissa.strip_prefix('-').map_or(("", mantissa.as_str()), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    if ![whole, fraction].into_iter().all(is_digits) {
        return Err(NumberError::Malformed);
    }
    let all = format!("{whole}{fraction}");
    let significant = all.trim_start_matches('0');
    // A zero is one however far its point is moved.
    if significant.is_empty() {
        return Ok(Number::ZERO);
    }
    // The point stands so many digits behind the beginning of the significant ones.
    let place = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
    let point = power.saturating_add(place(whole.len())).saturating_sub(place(all.len() - significant.len()));
    let (before, gap) = (usize::try_from(point).unwrap_or(0), usize::try_from(point.saturating_neg()).unwrap_or(0));
    if before > MOST_PLACES {
        return Err(NumberError::TooLarge);
    }
    if gap > MOST_PLACES {
        return Err(NumberError::TooManyDecimals);
    }
    let digits = format!("{}{significant:0<before$}", "0".repeat(gap));
    let (whole, fraction) = digits.split_at_checked(before).ok_or(NumberError::Malformed)?;
    Number::parse(&format!("{sign}0{whole}.{fraction}0"))
}

/// An exponent; one that no word holds is as good as the largest.
fn power(exponent: &str) -> Result<i64, NumberError> {
    if !is_digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)) {
        return Err(NumberError::Malformed);
    }
    let furthest = if exponent.starts_with('-') { i64::MIN } else { i64::MAX };
    Ok(exponent.parse().unwrap_or(furthest))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn check_size(value: &Number) -> Result<(), Mistake> {
    let largest = Number::from(LARGEST);
    let fits = *value <= largest && *value >= largest.negate();
    if fits { Ok(()) } else { Err(Mistake::new("the value is too large").help("at most 10^15 is read; durations are counted in seconds")) }
}

fn check_fineness(policy: &Policy, measure: &Type, value: &Number, purpose: Purpose) -> Result<(), Mistake> {
    let too_many = |most: usize, of: &str| {
        let help = if most == 0 { format!("{of} has no decimals") } else { format!("{of} has at most {most} decimals") };
        (value.decimals().unwrap_or(usize::MAX) > most).then(|| Mistake::new("too many decimals").help(help))
    };
    let mistake = match (measure, purpose) {
        (Type::Money, _) => too_many(policy.currency_decimals, policy.currency.code()),
        (_, Purpose::Fact) => None,
        (Type::Percent, _) => too_many(MOST_DECIMALS, "a percentage"),
        (Type::Duration, _) => value
            .divide(&Number::from(60))
            .is_none_or(|minutes| !minutes.is_whole())
            .then(|| Mistake::new("a duration that is finer than a minute").help("give whole minutes")),
        _ => too_many(MOST_DECIMALS, "a quantity"),
    };
    mistake.map_or(Ok(()), Err)
}

fn check_sign(value: &Number, purpose: Purpose) -> Result<(), Mistake> {
    match purpose {
        Purpose::Amount if !value.is_positive() => {
            Err(Mistake::new("the amount must be above zero").help("leave it out to ask how much is possible"))
        }
        Purpose::Spent if *value < Number::ZERO => Err(Mistake::new("what is spent cannot be below zero")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_durations() {
        let seconds = |text: &str| duration(text).ok().and_then(|value| value.to_i64());
        assert_eq!(seconds("30 days"), Some(30 * 86_400));
        assert_eq!(seconds("1 hour"), Some(3600));
        assert_eq!(seconds("1.5 hours"), Some(5400));
        assert_eq!(seconds("PT3H"), Some(3 * 3600));
        assert_eq!(seconds("P1DT2H30M"), Some(95_400));
        assert_eq!(seconds("P2W"), Some(14 * 86_400));
        assert_eq!(seconds("-PT1M"), Some(-60));
        for wrong in ["", "P", "PT", "P1", "PT3", "P1H", "PT3H3H", "3", "3 dys", "2 months", "P1M", "P1Y", "days", "PT-1H", "5 working days"] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
        assert_eq!(duration("3 dyas").unwrap_err().help.as_deref(), Some("did you mean `days`?"));
    }

    #[test]
    fn reads_json_numbers_from_their_digits() {
        let read = |text: &str| digits_of(text).map(|number| number.to_string());
        assert_eq!(read("80.00").as_deref(), Ok("80"));
        assert_eq!(read("0.1").as_deref(), Ok("0.1"));
        assert_eq!(read("1.5e3").as_deref(), Ok("1500"));
        assert_eq!(read("-125e-2").as_deref(), Ok("-1.25"));
        assert_eq!(read("1E+2").as_deref(), Ok("100"));
        assert_eq!(read("1e16"), Err(NumberError::TooLarge));
        assert_eq!(read("1e400"), Err(NumberError::TooLarge));
        assert_eq!(read("1e-400"), Err(NumberError::TooManyDecimals));
        assert_eq!(read("1e99999999999"), Err(NumberError::TooLarge));
        assert_eq!(read(&format!("-1e-{}", "9".repeat(100))), Err(NumberError::TooManyDecimals));
        for zero in ["0e-999", "-0.000e+999", "0E99999999999999999999"] {
            assert_eq!(read(zero).as_deref(), Ok("0"), "{zero}");
        }
        assert_eq!(read("1.50e-8").as_deref(), Ok("0.000000015"));
        assert_eq!(read("1.5e-9"), Err(NumberError::TooManyDecimals));
        assert_eq!(read(&format!("0.{}125e62", "0".repeat(60))).as_deref(), Ok("12.5"));
        assert_eq!(read(&format!("125{}e-62", "0".repeat(61))).as_deref(), Ok("12.5"));
        assert_eq!(read("1e15").as_deref(), Ok("1000000000000000"));
        assert_eq!(read("0.0000000010e9").as_deref(), Ok("1"));
        for malformed in ["e5", "-e5", ".e5", "1e", "1e5.5", "1ee5", "1e+-5"] {
            assert_eq!(read(malformed), Err(NumberError::Malformed), "{malformed}");
        }
    }
}
