//! Dates and datetimes: read from ISO 8601, and as the numbers that a policy computes with.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};

#[cfg(feature = "cli")]
use super::problem::Problem;
use super::problem::{Mistake, quoted};
use crate::clock::{Unreal, WIDEST_OFFSET_SECONDS, local};

/// Reads `2026-11-21`.
pub(super) fn date(text: &str) -> Result<Date, Mistake> {
    let help = "write it like `2026-11-21`";
    let (year, month, day) = date_parts(text).ok_or_else(|| Mistake::new(format!("{} is not a date", quoted(text))).help(help))?;
    civil_date(year, month, day).ok_or_else(|| Mistake::new(format!("{} is not a day of the calendar", quoted(text))))
}

/// Reads `2026-11-21T10:00:00+01:00`; without an offset it is in `zone`.
pub(super) fn datetime(text: &str, zone: &TimeZone) -> Result<Timestamp, Mistake> {
    let mistake = || Mistake::new(format!("{} is not a date with a time", quoted(text))).help("write it like `2026-11-21T10:00+01:00`");
    let (civil, offset) = datetime_parts(text).ok_or_else(mistake)?;
    match offset {
        Some(offset) => offset.to_timestamp(civil).map_err(|_| mistake()),
        None => local(civil, zone).map_err(|unreal| match unreal {
            Unreal::Skipped => skipped(text, zone),
            Unreal::BeyondCalendar => mistake(),
        }),
    }
}

fn skipped(text: &str, zone: &TimeZone) -> Mistake {
    let zone = zone.iana_name().unwrap_or("the policy's time zone");
    let mistake = Mistake::new(format!("{} does not exist in {zone}: the clocks go forward over it", quoted(text)));
    mistake.help("give another time, or one with its offset")
}

/// The moment of a question: a datetime, or a date at noon in `zone`.
pub(super) fn clock(text: &str, zone: &TimeZone) -> Result<Timestamp, Mistake> {
    if date_parts(text).is_none() {
        return datetime(text, zone);
    }
    local(date(text)?.at(12, 0, 0, 0), zone).map_err(|unreal| match unreal {
        Unreal::Skipped => skipped(text, zone),
        Unreal::BeyondCalendar => Mistake::new(format!("{} is beyond the calendar", quoted(text))),
    })
}

/// The first moment of a stretch of time that begins then: a datetime, or a date from its first moment in `zone` on.
#[cfg(feature = "cli")]
pub(crate) fn since(text: &str, zone: &TimeZone) -> Result<Timestamp, Problem> {
    let read = || -> Result<Timestamp, Mistake> {
        if date_parts(text).is_none() {
            return datetime(text, zone);
        }
        let beyond = |_| Mistake::new(format!("{} is beyond the calendar", quoted(text)));
        Ok(date(text)?.to_zoned(zone.clone()).map_err(beyond)?.timestamp())
    };
    read().map_err(|Mistake { message, help }| Problem { path: "/since".into(), message, help })
}

fn civil_date(year: i16, month: i8, day: i8) -> Option<Date> {
    Date::new(year, month, day).ok().filter(|date| date.year() > 0)
}

fn date_parts(text: &str) -> Option<(i16, i8, i8)> {
    let (year, rest) = text.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    Some((digits(year, 4)?, digits(month, 2)?, digits(day, 2)?))
}

/// Exactly so many ASCII digits.
fn digits<T: std::str::FromStr>(text: &str, count: usize) -> Option<T> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

fn datetime_parts(text: &str) -> Option<(DateTime, Option<Offset>)> {
    let (day, rest) = text.split_once(['T', 't', ' '])?;
    let (year, month, day) = date_parts(day)?;
    let (clock, offset) = match rest.find(['Z', 'z', '+', '-']) {
        Some(at) => (rest.get(..at)?, Some(offset(rest.get(at..)?)?)),
        None => (rest, None),
    };
    Some((civil_date(year, month, day)?.to_datetime(clock_time(clock)?), offset))
}

/// `10:00`, `10:00:00`, `10:00:00.5`
fn clock_time(text: &str) -> Option<Time> {
    let (hour, rest) = text.split_once(':')?;
    let (minute, seconds) = rest.split_once(':').unwrap_or((rest, "00"));
    let (second, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    if fraction.is_empty() || fraction.len() > 9 {
        return None;
    }
    let nanosecond = digits(&format!("{fraction:0<9}"), 9)?;
    Time::new(digits(hour, 2)?, digits(minute, 2)?, digits(second, 2)?, nanosecond).ok()
}

/// `Z`, `+01:00`, `+0100`, `+01`
fn offset(text: &str) -> Option<Offset> {
    if text.eq_ignore_ascii_case("z") {
        return Some(Offset::UTC);
    }
    let (sign, rest) = if let Some(rest) = text.strip_prefix('-') { (-1, rest) } else { (1, text.strip_prefix('+')?) };
    let (hours, minutes) = rest.split_once(':').or_else(|| rest.split_at_checked(2))?;
    let minutes = if minutes.is_empty() { 0 } else { digits(minutes, 2)? };
    let seconds = sign * (digits::<i32>(hours, 2)? * 60 + minutes) * 60;
    (minutes < 60 && seconds.abs() <= WIDEST_OFFSET_SECONDS).then(|| Offset::from_seconds(seconds).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> TimeZone {
        TimeZone::get("Europe/Berlin").unwrap()
    }

    #[test]
    fn reads_moments() {
        let at = |text: &str| datetime(text, &berlin()).unwrap().to_string();
        assert_eq!(at("2026-11-21T10:00+01:00"), "2026-11-21T09:00:00Z");
        assert_eq!(at("2026-11-21T10:00:00.5Z"), "2026-11-21T10:00:00.5Z");
        assert_eq!(at("2026-07-01T10:00"), "2026-07-01T08:00:00Z");
        assert_eq!(at("2026-07-01 10:00:30-0230"), "2026-07-01T12:30:30Z");
        for wrong in [
            "2026-11-21",
            "2026-11-21T10",
            "2026-11-21T25:00Z",
            "2026-13-21T10:00Z",
            "2026-11-21T10:00+1",
            "21.11.2026 10:00",
            "0000-01-01T00:00Z",
            "2026-11-21T10:00+25:00",
            "2026-11-21T10:00-18:01",
        ] {
            assert!(datetime(wrong, &berlin()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn clocks_go_forward_and_back() {
        let gap = datetime("2026-03-29T02:30", &berlin()).unwrap_err();
        assert_eq!(gap.message, "`2026-03-29T02:30` does not exist in Europe/Berlin: the clocks go forward over it");
        assert_eq!(datetime("2026-03-29T02:30+01:00", &berlin()).unwrap().to_string(), "2026-03-29T01:30:00Z");
        assert_eq!(datetime("2026-10-25T02:30", &berlin()).unwrap().to_string(), "2026-10-25T00:30:00Z");
        // Samoa went to bed on the 29th and rose on the 31st.
        assert!(clock("2011-12-30", &TimeZone::get("Pacific/Apia").unwrap()).is_err());
        assert_eq!(datetime("2026-11-21T10:00+18:00", &berlin()).unwrap().to_string(), "2026-11-20T16:00:00Z");
    }

    #[test]
    fn a_day_that_there_is_not_is_refused_and_a_bare_date_is_noon() {
        assert!(date("2026-02-30").is_err());
        assert!(clock("9999-12-31", &berlin()).is_err());
        assert_eq!(clock("2026-11-21", &berlin()).unwrap().to_string(), "2026-11-21T11:00:00Z");
    }
}
