//! Medians, and how figures are written.

/// The middle of these, the mean of the two in the middle where there is an even number.
#[must_use]
pub fn median(figures: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut figures: Vec<f64> = figures.into_iter().collect();
    figures.sort_by(f64::total_cmp);
    let upper = *figures.get(figures.len() / 2)?;
    let lower = *figures.get((figures.len() - 1) / 2)?;
    Some(f64::midpoint(lower, upper))
}

/// The median, over the rounds, of how many times `one` took as long as `other` in the same round.
#[must_use]
pub fn ratio(one: &[f64], other: &[f64]) -> Option<f64> {
    median(one.iter().zip(other).map(|(one, other)| one / other))
}

/// Nanoseconds, in the unit that suits.
#[must_use]
pub fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        ns if ns < 1e3 => format!("{ns:.0} ns"),
        ns if ns < 1e6 => format!("{} µs", short(ns / 1e3)),
        ns if ns < 1e9 => format!("{} ms", short(ns / 1e6)),
        ns => format!("{} s", short(ns / 1e9)),
    }
}

/// Two digits that count, or three before the point.
#[must_use]
pub fn short(figure: f64) -> String {
    if figure < 0.1 {
        format!("{figure:.2}")
    } else if figure < 9.95 {
        format!("{figure:.1}")
    } else {
        grouped(&format!("{figure:.0}"))
    }
}

/// A whole number with commas between thousands.
#[must_use]
pub fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_stands_in_the_middle() {
        assert_eq!(median([]), None);
        assert_eq!(median([3.0, 1.0, 100.0]), Some(3.0));
        assert_eq!(median([4.0, 1.0, 2.0, 100.0]), Some(3.0));
    }

    #[test]
    fn ratios_are_taken_within_a_round() {
        assert_eq!(ratio(&[2.0, 40.0, 6.0], &[1.0, 20.0, 1.0]), Some(2.0));
    }

    #[test]
    fn figures_are_short() {
        assert_eq!([time(81.4), time(1_234.0), time(12_345.0), time(1.6e6), time(27.3e9)], ["81 ns", "1.2 µs", "12 µs", "1.6 ms", "27 s"]);
        assert_eq!([short(0.04), short(0.96), short(9.96), short(1_234.5)], ["0.04", "1.0", "10", "1,234"]);
        assert_eq!([grouped("160"), grouped("1600"), grouped("1234567")], ["160", "1,600", "1,234,567"]);
    }
}
