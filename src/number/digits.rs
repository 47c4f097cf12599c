//! Numbers to digits without anything between, for those that are two machine words.

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
    }

    #[test]
    fn what_rounds_to_nothing_has_no_sign() {
        assert_eq!(Number::ratio(-1, 1000).unwrap().to_fixed(2), "0.00");
        assert_eq!(Number::ratio(-5, 1000).unwrap().to_fixed(2), "-0.01");
    }
}
