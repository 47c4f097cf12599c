//! Days and moments, in the policy's time zone.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use kulanz::Number;
use kulanz::syntax::ast::{Period, Unit};

/// What a calendar needs to know.
#[derive(Clone, Debug)]
pub struct Calendar {
    pub zone: TimeZone,
    pub holidays: Vec<Date>,
}

const EPOCH: Date = Date::constant(1970, 1, 1);

pub fn days_of(date: Date) -> Number {
    Number::from(i64::from((date - EPOCH).get_days()))
}

pub fn date_of(days: &Number) -> Option<Date> {
    EPOCH.checked_add(i32::try_from(days.floor()?).ok()?.days()).ok()
}

pub fn seconds_of(at: Timestamp) -> Number {
    let whole = Number::from(at.as_second());
    let part = Number::ratio(i64::from(at.subsec_nanosecond()), 1_000_000_000).unwrap();
    whole.add(&part).unwrap()
}

pub fn moment_of(seconds: &Number) -> Option<Timestamp> {
    let whole = seconds.floor()?;
    let part = seconds.subtract(&Number::from(whole))?.multiply(&Number::from(1_000_000_000))?.floor()?;
    Timestamp::new(whole, i32::try_from(part).ok()?).ok()
}

fn days_in_month(year: i16, month: i8) -> i8 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Keeps the day of the month, or takes the last day where there is none.
fn add_months(date: Date, months: i64) -> Option<Date> {
    let total = i64::from(date.year()) * 12 + i64::from(date.month()) - 1 + months;
    let year = i16::try_from(total.div_euclid(12)).ok()?;
    let month = i8::try_from(total.rem_euclid(12)).ok()? + 1;
    Date::new(year, month, date.day().min(days_in_month(year, month))).ok()
}

impl Calendar {
    pub fn day(&self, at: Timestamp) -> Date {
        at.to_zoned(self.zone.clone()).date()
    }

    pub fn is_working_day(&self, date: Date) -> bool {
        !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) && !self.holidays.contains(&date)
    }

    /// `date` moved by `count` calendar steps, back where it is negative.
    pub fn step(&self, date: Date, count: i64, unit: Unit) -> Option<Date> {
        match unit {
            Unit::Day => date.checked_add(i32::try_from(count).ok()?.days()).ok(),
            Unit::Week => date.checked_add(i32::try_from(count.checked_mul(7)?).ok()?.days()).ok(),
            Unit::Month => add_months(date, count),
            Unit::Year => add_months(date, count.checked_mul(12)?),
            Unit::WorkingDay => {
                let mut day = date;
                for _ in 0..count.abs() {
                    day = day.checked_add(count.signum().days()).ok()?;
                    while !self.is_working_day(day) {
                        day = day.checked_add(count.signum().days()).ok()?;
                    }
                }
                Some(day)
            }
            Unit::Hour | Unit::Minute => None,
        }
    }

    /// A moment moved by `count` steps: the clock for hours and minutes, else the calendar with the time of day kept.
    pub fn step_moment(&self, seconds: &Number, count: &Number, unit: Unit) -> Option<Number> {
        if let Some(length) = clock_length(unit) {
            return seconds.add(&count.multiply(&Number::from(length))?);
        }
        let zoned = moment_of(seconds)?.to_zoned(self.zone.clone());
        let day = self.step(zoned.date(), count.to_i64()?, unit)?;
        let moved = day.to_datetime(zoned.time()).to_zoned(self.zone.clone()).ok()?;
        Some(seconds_of(moved.timestamp()))
    }

    /// The largest n with `from` + n UNIT ≤ `to`, 0 where `to` is earlier. For units of a day or more.
    pub fn count(&self, unit: Unit, from: Date, to: Date) -> Option<i64> {
        if to < from {
            return Some(0);
        }
        let days = i64::from((to - from).get_days());
        let mut count = match unit {
            Unit::Day => return Some(days),
            Unit::Week => return Some(days / 7),
            Unit::Month => days / 31,
            Unit::Year => days / 366,
            _ => {
                let mut count = 0;
                let mut day = from;
                while day < to {
                    day = day.tomorrow().ok()?;
                    count += i64::from(self.is_working_day(day));
                }
                return Some(count);
            }
        };
        while self.step(from, count + 1, unit).is_some_and(|day| day <= to) {
            count += 1;
        }
        Some(count)
    }

    /// The first and the last day of the period that `date` lies in.
    pub fn period(&self, period: Period, date: Date) -> Option<(Date, Date)> {
        let first = match period {
            Period::Day => date,
            Period::Week => date.checked_sub(i32::from(date.weekday().to_monday_zero_offset()).days()).ok()?,
            Period::Month => Date::new(date.year(), date.month(), 1).ok()?,
            Period::Quarter => Date::new(date.year(), (date.month() - 1) / 3 * 3 + 1, 1).ok()?,
            Period::Year => Date::new(date.year(), 1, 1).ok()?,
        };
        let next = match period {
            Period::Day => self.step(first, 1, Unit::Day),
            Period::Week => self.step(first, 1, Unit::Week),
            Period::Month => self.step(first, 1, Unit::Month),
            Period::Quarter => self.step(first, 3, Unit::Month),
            Period::Year => self.step(first, 1, Unit::Year),
        }?;
        Some((first, next.yesterday().ok()?))
    }

    pub fn month_length(date: Date) -> i64 {
        i64::from(days_in_month(date.year(), date.month()))
    }
}

/// How many seconds a step on the clock takes; `None` for steps on the calendar.
pub fn clock_length(unit: Unit) -> Option<i64> {
    match unit {
        Unit::Minute => Some(60),
        Unit::Hour => Some(3600),
        _ => None,
    }
}
