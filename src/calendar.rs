//! Steps on the calendar.
//!
//! Dates are days since 1970-01-01, moments are seconds since 1970-01-01T00:00Z. Everything here is exact and total: what lies outside the years that can be
//! represented (−9999 to 9999) is `None`.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};

use crate::number::Number;
use crate::policy::Window;
use crate::policy::expr::Steps;
use crate::syntax::ast::{Period, Unit};

const EPOCH: Date = jiff::civil::date(1970, 1, 1);
const NANOSECONDS: i64 = 1_000_000_000;

/// Days since 1970-01-01.
pub(crate) fn days(date: Date) -> i64 {
    (date - EPOCH).get_days().into()
}

/// The date so many days after 1970-01-01.
pub(crate) fn date(days: i64) -> Option<Date> {
    let days = i32::try_from(days).ok()?;
    EPOCH.checked_add(Span::new().try_days(days).ok()?).ok()
}

/// The date that a number of days stands for.
pub(crate) fn date_of_number(number: &Number) -> Option<Date> {
    date(number.to_i64()?)
}

/// Seconds since the epoch.
pub(crate) fn seconds(moment: Timestamp) -> Number {
    let fraction = Number::ratio(moment.subsec_nanosecond().into(), NANOSECONDS).unwrap_or(Number::ZERO);
    Number::from(moment.as_second()).add(&fraction).unwrap_or(Number::ZERO)
}

/// The moment so many seconds after the epoch, to the nanosecond.
pub(crate) fn moment(seconds: &Number) -> Option<Timestamp> {
    let whole = seconds.floor()?;
    let rest = seconds.subtract(&Number::from(whole))?.multiply(&Number::from(NANOSECONDS))?.floor()?;
    Timestamp::new(whole, i32::try_from(rest).ok()?).ok()
}

/// The days on which work is done: Monday to Friday but the holidays.
#[derive(Clone, Copy)]
pub(crate) struct Calendar<'a> {
    pub zone: &'a TimeZone,
    /// Sorted, each once.
    pub holidays: &'a [Date],
}

impl Calendar<'_> {
    /// The date that a moment has here.
    pub fn date_of(&self, moment: Timestamp) -> Date {
        moment.to_zoned(self.zone.clone()).date()
    }

    /// A date moved by whole units of a day or more; a negative count moves back.
    pub fn shift_date(&self, from: i64, count: i64, unit: Unit) -> Option<i64> {
        match unit {
            Unit::Day => valid(from.checked_add(count)?),
            Unit::Week => valid(from.checked_add(count.checked_mul(7)?)?),
            Unit::Month => shift_months(from, count),
            Unit::Year => shift_months(from, count.checked_mul(12)?),
            Unit::WorkingDay => self.shift_working_days(from, count),
            Unit::Hour | Unit::Minute => None,
        }
    }

    /// A moment moved by a step: exactly for hours and minutes, along the calendar with the same time of day for the others.
    pub fn shift_moment(&self, from: &Number, steps: &Steps) -> Option<Number> {
        match steps.unit {
            Unit::Minute => from.add(&steps.count.multiply(&Number::from(60))?),
            Unit::Hour => from.add(&steps.count.multiply(&Number::from(3600))?),
            unit => {
                let here = moment(from)?.to_zoned(self.zone.clone());
                let day = date(self.shift_date(days(here.date()), steps.count.to_i64()?, unit)?)?;
                let there = day.to_datetime(here.time()).to_zoned(self.zone.clone()).ok()?;
                Some(seconds(there.timestamp()))
            }
        }
    }

    /// How many working days there are up to and with this day, counted from an arbitrary Monday long ago.
    fn working_days_until(&self, day: i64) -> i64 {
        // 1970-01-05 was a Monday.
        let since_monday = day - 4;
        let weekdays = since_monday.div_euclid(7) * 5 + (since_monday.rem_euclid(7) + 1).min(5);
        let off = self.holidays.iter().take_while(|holiday| days(**holiday) <= day).filter(|holiday| is_weekday(**holiday)).count();
        weekdays - i64::try_from(off).unwrap_or(i64::MAX)
    }

    fn shift_working_days(&self, from: i64, count: i64) -> Option<i64> {
        if count == 0 {
            return Some(from);
        }
        let (first, last) = (days(Date::MIN), days(Date::MAX));
        if count > 0 {
            let wanted = self.working_days_until(from).checked_add(count)?;
            let found = partition(from, last + 1, |day| self.working_days_until(day) >= wanted);
            return (found <= last).then_some(found);
        }
        // The latest day from which on there are so many working days before `from`.
        let before = self.working_days_until(from - 1);
        let wanted = before.checked_add(count)?;
        let found = partition(first, from, |day| self.working_days_until(day - 1) > wanted) - 1;
        (found >= first && self.working_days_until(found - 1) == wanted).then_some(found)
    }

    /// The largest n with `from` + n units ≤ `to`; 0 where `to` is earlier.
    pub fn number_of_days(&self, unit: Unit, from: i64, to: i64) -> Option<i64> {
        if to < from {
            return Some(0);
        }
        match unit {
            Unit::Day => Some(to - from),
            Unit::Week => Some((to - from) / 7),
            Unit::Month => months_between(from, to),
            Unit::Year => Some(months_between(from, to)? / 12),
            Unit::WorkingDay => Some(self.working_days_until(to) - self.working_days_until(from)),
            Unit::Hour | Unit::Minute => None,
        }
    }

    /// The day on which the window that holds `at` ends.
    pub fn window_end(&self, window: &Window, at: Timestamp) -> Option<Date> {
        let today = self.date_of(at);
        match window {
            Window::Ever => None,
            Window::Calendar(period) => end_of(*period, today)?.tomorrow().ok(),
            Window::YearFrom(month, day) => year_from(*month, *day, today),
            Window::Rolling(steps) => moment(&self.shift_moment(&seconds(at), steps)?).map(|end| self.date_of(end)),
        }
    }
}

#[cfg(feature = "ledger")]
impl Calendar<'_> {
    /// The window that holds `at`: the first moment whose grants count and the first whose grants count no more, in microseconds since 1970-01-01T00:00Z. What has no end ends at the end of time.
    pub fn window(&self, window: &Window, at: Timestamp) -> (i64, i64) {
        const ALWAYS: (i64, i64) = (i64::MIN, i64::MAX);
        let today = self.date_of(at);
        let first = |date: Date| date.to_zoned(self.zone.clone()).map_or(i64::MIN, |start| start.timestamp().as_microsecond());
        match window {
            Window::Ever => ALWAYS,
            Window::Calendar(period) => {
                let end = end_of(*period, today).and_then(|last| last.tomorrow().ok());
                (start_of(*period, today).map_or(i64::MIN, first), end.map_or(i64::MAX, first))
            }
            Window::YearFrom(month, day) => {
                (year_before(*month, *day, today).map_or(i64::MIN, first), year_from(*month, *day, today).map_or(i64::MAX, first))
            }
            // Grants later than then: the first microsecond behind it counts.
            Window::Rolling(steps) => {
                let back = steps.count.negate();
                let begin = self.shift_moment(&seconds(at), &Steps { count: back, unit: steps.unit }).and_then(|begin| moment(&begin));
                (begin.map_or(i64::MIN, |begin| begin.as_microsecond() + 1), i64::MAX)
            }
        }
    }
}

/// The first place in `low..high` that fulfils a test which, once fulfilled, stays so; `high` where none does.
fn partition(mut low: i64, mut high: i64, fulfils: impl Fn(i64) -> bool) -> i64 {
    while low < high {
        let middle = low + (high - low) / 2;
        if fulfils(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

fn is_weekday(date: Date) -> bool {
    !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn valid(day: i64) -> Option<i64> {
    date(day).map(|_| day)
}

fn shift_months(from: i64, count: i64) -> Option<i64> {
    let count = i32::try_from(count).ok()?;
    let to = date(from)?.checked_add(Span::new().try_months(count).ok()?).ok()?;
    Some(days(to))
}

fn months_between(from: i64, to: i64) -> Option<i64> {
    let (a, b) = (date(from)?, date(to)?);
    let guess = i64::from(b.year() - a.year()) * 12 + i64::from(b.month()) - i64::from(a.month());
    let fits = shift_months(from, guess).is_some_and(|there| there <= to);
    Some(if fits { guess } else { guess - 1 })
}

/// The first date of the period that holds a date.
pub(crate) fn start_of(period: Period, date: Date) -> Option<Date> {
    match period {
        Period::Day => Some(date),
        Period::Week => date.checked_sub(i64::from(date.weekday().to_monday_zero_offset()).days()).ok(),
        Period::Month => Some(date.first_of_month()),
        Period::Quarter => Date::new(date.year(), (date.month() - 1) / 3 * 3 + 1, 1).ok(),
        Period::Year => Some(date.first_of_year()),
    }
}

/// The last date of the period that holds a date.
pub(crate) fn end_of(period: Period, date: Date) -> Option<Date> {
    match period {
        Period::Day => Some(date),
        Period::Week => date.checked_add(i64::from(6 - date.weekday().to_monday_zero_offset()).days()).ok(),
        Period::Month => Some(date.last_of_month()),
        Period::Quarter => Date::new(date.year(), (date.month() - 1) / 3 * 3 + 3, 1).ok().map(Date::last_of_month),
        Period::Year => Some(date.last_of_year()),
    }
}

/// The next day after `today` on which a year that begins on this month and day begins. 29 February is the last of February in other years.
fn year_from(month: i8, day: i8, today: Date) -> Option<Date> {
    let this_year = year_begin(month, day, today.year())?;
    if this_year > today { Some(this_year) } else { year_begin(month, day, today.year().checked_add(1)?) }
}

/// The latest day up to `today` on which a year that begins on this month and day begins.
#[cfg(feature = "ledger")]
fn year_before(month: i8, day: i8, today: Date) -> Option<Date> {
    let this_year = year_begin(month, day, today.year())?;
    if this_year <= today { Some(this_year) } else { year_begin(month, day, today.year().checked_sub(1)?) }
}

/// This day of a year; in a month without it, the last.
fn year_begin(month: i8, day: i8, year: i16) -> Option<Date> {
    let first = Date::new(year, month, 1).ok()?;
    first.with().day(day.min(first.days_in_month())).build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> i64 {
        days(text.parse().unwrap())
    }

    fn berlin() -> TimeZone {
        TimeZone::get("Europe/Berlin").unwrap()
    }

    #[test]
    fn months_keep_the_day_or_take_the_last() {
        let zone = berlin();
        let calendar = Calendar { zone: &zone, holidays: &[] };
        let shift = |from, count, unit| calendar.shift_date(day(from), count, unit);
        assert_eq!(shift("2026-01-31", 1, Unit::Month), Some(day("2026-02-28")));
        assert_eq!(shift("2024-01-31", 1, Unit::Month), Some(day("2024-02-29")));
        assert_eq!(shift("2026-03-31", -1, Unit::Month), Some(day("2026-02-28")));
        assert_eq!(shift("2024-02-29", 1, Unit::Year), Some(day("2025-02-28")));
        assert_eq!(shift("2026-01-31", i64::MAX, Unit::Month), None);
        assert_eq!(calendar.number_of_days(Unit::Month, day("2026-01-31"), day("2026-02-28")), Some(1));
        assert_eq!(calendar.number_of_days(Unit::Month, day("2026-01-31"), day("2026-02-27")), Some(0));
        assert_eq!(calendar.number_of_days(Unit::Year, day("2024-02-29"), day("2025-02-28")), Some(1));
        assert_eq!(calendar.number_of_days(Unit::Day, day("2026-02-02"), day("2026-02-01")), Some(0));
    }

    #[test]
    fn working_days_agree_with_counting_one_by_one() {
        let zone = berlin();
        let holidays: Vec<Date> = ["2026-12-25", "2026-12-26", "2027-01-01"].map(|text| text.parse().unwrap()).into();
        let calendar = Calendar { zone: &zone, holidays: &holidays };
        let works = |at: i64| is_weekday(date(at).unwrap()) && !holidays.contains(&date(at).unwrap());
        for from in day("2026-12-10")..day("2027-01-15") {
            for count in -15..=15_i64 {
                let (mut at, mut left) = (from, count.abs());
                while left > 0 {
                    at += count.signum();
                    left -= i64::from(works(at));
                }
                assert_eq!(calendar.shift_date(from, count, Unit::WorkingDay), Some(at), "{from} {count}");
            }
        }
        assert_eq!(calendar.shift_date(0, i64::MAX, Unit::WorkingDay), None);
        assert_eq!(calendar.shift_date(0, i64::MIN, Unit::WorkingDay), None);
    }

    #[test]
    fn a_day_is_a_calendar_step_and_hours_are_exact() {
        let zone = berlin();
        let calendar = Calendar { zone: &zone, holidays: &[] };
        // The night in which the clocks go forward.
        let before = seconds("2026-03-28T12:00+01:00".parse().unwrap());
        let step = |count: i64, unit| calendar.shift_moment(&before, &Steps { count: count.into(), unit }).and_then(|it| moment(&it)).unwrap();
        assert_eq!(step(1, Unit::Day), "2026-03-29T12:00+02:00".parse().unwrap());
        assert_eq!(step(24, Unit::Hour), "2026-03-29T13:00+02:00".parse().unwrap());
    }

    #[test]
    fn windows_end_in_the_zone_of_the_policy() {
        let zone = berlin();
        let calendar = Calendar { zone: &zone, holidays: &[] };
        let end = |window: Window, at: &str| calendar.window_end(&window, at.parse().unwrap()).unwrap().to_string();
        assert_eq!(end(Window::Calendar(Period::Month), "2026-11-30T23:30Z"), "2027-01-01");
        assert_eq!(end(Window::Calendar(Period::Month), "2026-11-30T22:30Z"), "2026-12-01");
        assert_eq!(end(Window::Calendar(Period::Week), "2026-11-22T12:00Z"), "2026-11-23");
        assert_eq!(end(Window::Calendar(Period::Quarter), "2026-11-22T12:00Z"), "2027-01-01");
        assert_eq!(end(Window::YearFrom(4, 1), "2026-03-31T12:00Z"), "2026-04-01");
        assert_eq!(end(Window::YearFrom(4, 1), "2026-04-01T12:00Z"), "2027-04-01");
        let rolling = Window::Rolling(Steps { count: 365.into(), unit: Unit::Day });
        assert_eq!(end(rolling, "2026-11-21T10:00+01:00"), "2027-11-21");
    }

    #[test]
    fn dates_and_moments_are_numbers_and_back() {
        let today: Date = "2026-11-21".parse().unwrap();
        assert_eq!(date(days(today)), Some(today));
        assert_eq!((day("1970-01-02"), day("1969-12-31")), (1, -1));
        let before: Timestamp = "1969-12-31T23:59:59.5Z".parse().unwrap();
        assert_eq!(seconds(before), Number::ratio(-1, 2).unwrap());
        assert_eq!(moment(&seconds(before)), Some(before));
    }
}
