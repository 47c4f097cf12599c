//! Local times and offsets as real clocks have them.
//!
//! In go a date with a time and a zone, out comes the moment, or why there is none.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};

/// The largest distance from UTC that a clock may have, in seconds; zones in use lie within 14 hours.
pub(crate) const WIDEST_OFFSET_SECONDS: i32 = 18 * 3600;

/// Why a zone has no such local time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreal {
    /// Its clocks go forward over it.
    Skipped,
    /// It lies outside the years that are computed with.
    BeyondCalendar,
}

/// The moment of a local time; of two, where clocks go back, the first.
pub(crate) fn local(civil: DateTime, zone: &TimeZone) -> Result<Timestamp, Unreal> {
    let ambiguous = zone.to_ambiguous_timestamp(civil);
    if matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. }) {
        return Err(Unreal::Skipped);
    }
    ambiguous.compatible().map_err(|_| Unreal::BeyondCalendar)
}
