//! Numbers to digits and back without anything between, for those that are two machine words.

use super::{Number, Repr};

/// The largest power of ten that a word holds.
const MOST_PLACES: usize = 18;

/// `10^exponent` where a word holds it.
fn power(exponent: usize) -> Option<i64> {
    if exponent > MOST_PLACES {
        return None;
    }
    10_i64.checked_pow(u32::try_from(exponent).ok()?)
}

impl Number {
    /// `mantissa / 10^decimals`; `None` where a word does not hold the power.
    pub(crate) fn decimal(mantissa: i64, decimals: usize) -> Option<Self> {
        if decimals == 0 {
            return Some(Self::from(mantissa));
        }
        let (mut top, mut bottom) = (mantissa, power(decimals)?);
        // The bottom has no other factors.
        for factor in [2, 5] {
            let mut left = decimals;
            while left > 0 && top % factor == 0 {
                (top, bottom, left) = (top / factor, bottom / factor, left - 1);
            }
        }
        Some(Self(Repr::Small(top, bottom)))
    }

    /// How many decimals it takes to write a small one exactly; `Err` where it is no small one.
    pub(super) fn small_decimals(&self) -> Result<Option<usize>, ()> {
        let Repr::Small(_, bottom) = &self.0 else { return Err(()) };
        let mut rest = *bottom;
        let (mut twos, mut fives) = (0_usize, 0_usize);
        while rest % 2 == 0 {
            (rest, twos) = (rest / 2, twos + 1);
        }
        while rest % 5 == 0 {
            (rest, fives) = (rest / 5, fives + 1);
        }
        Ok((rest == 1).then_some(twos.max(fives)))
    }

    /// Writes this with exactly `decimals` decimals, as [`Number::to_fixed`] does.
    pub(crate) fn write_fixed(&self, decimals: usize, out: &mut String) {
        match self.scaled(decimals) {
            Some(scaled) => write_scaled(scaled, decimals, out),
            None => out.push_str(&self.big_to_fixed(decimals)),
        }
    }

    /// Writes this as it is displayed.
    pub(crate) fn write_plain(&self, out: &mut String) {
        self.write_fixed(self.decimals().unwrap_or(super::MAX_DECIMALS), out);
    }

    /// This times `10^decimals`, rounded half away from zero; `None` where a word does not hold it.
    fn scaled(&self, decimals: usize) -> Option<i64> {
        let Repr::Small(top, bottom) = &self.0 else { return None };
        let product = top.checked_mul(power(decimals)?)?;
        if *bottom == 1 {
            return Some(product);
        }
        let (whole, rest) = (product / bottom, product % bottom);
        let away = rest.unsigned_abs() >= bottom.unsigned_abs() - rest.unsigned_abs();
        if away { whole.checked_add(product.signum()) } else { Some(whole) }
    }
}

/// Writes `value / 10^decimals`.
fn write_scaled(value: i64, decimals: usize, out: &mut String) {
    if value < 0 {
        out.push('-');
    }
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(value.unsigned_abs());
    if decimals == 0 {
        out.push_str(digits);
        return;
    }
    let (whole, fraction) = digits.split_at(digits.len().saturating_sub(decimals));
    out.push_str(if whole.is_empty() { "0" } else { whole });
    out.push('.');
    (fraction.len()..decimals).for_each(|_| out.push('0'));
    out.push_str(fraction);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn words_write_as_big_integers_do(top in any::<i64>(), bottom in 1_i64..=4000, small in -4000_i64..=4000, decimals in 0_usize..=20) {
            for top in [top, small, top >> 20, top >> 44] {
                let number = Number::ratio(top, bottom).unwrap();
                let mut written = String::new();
                number.write_fixed(decimals, &mut written);
                prop_assert_eq!(&written, &number.big_to_fixed(decimals));
                prop_assert_eq!(number.small_decimals(), Ok(number.big_decimals()));
            }
        }

        #[test]
        fn decimals_are_fractions_in_lowest_terms(mantissa in any::<i64>(), near in -2000_i64..=2000, decimals in 0_usize..=18) {
            for mantissa in [mantissa, near, near * 1000] {
                let expected = Number::ratio(mantissa, 10_i64.pow(u32::try_from(decimals).unwrap()));
                prop_assert_eq!(Number::decimal(mantissa, decimals), expected);
            }
        }
    }

    #[test]
    fn a_power_that_no_word_holds_is_no_decimal() {
        assert_eq!(Number::decimal(1, 19), None);
        assert_eq!(Number::ratio(-1, 1000).unwrap().to_fixed(2), "0.00");
        assert_eq!(Number::ratio(-5, 1000).unwrap().to_fixed(2), "-0.01");
    }
}
