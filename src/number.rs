//! Exact numbers.
//!
//! A [`Number`] is a fraction in lowest terms. Small ones are two machine words; larger ones fall back to big integers, so no result
//! is ever rounded unless a policy says so. Every operation that can leave the range of the language (a result beyond 10³⁰, a division by zero)
//! returns `None`, which the evaluator calls *undefined*. Binary floating point appears nowhere.

mod digits;

use std::cmp::Ordering;
use std::fmt;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};

/// The largest magnitude of a result; beyond it lies overflow.
const LIMIT_EXPONENT: u32 = 30;
/// The largest magnitude of a fact or a literal, as a power of ten.
const INPUT_EXPONENT: u32 = 15;
/// The largest denominator of a result, in bits: far beyond what policies compute, and small enough that repeated squaring ends soon.
const MOST_DENOMINATOR_BITS: u64 = 4096;
/// The most decimals of a fact or a literal.
pub const MAX_DECIMALS: usize = 9;

/// An exact fraction.
///
/// ```
/// use kulanz::Number;
/// let third = Number::from(1).divide(&Number::from(3)).unwrap();
/// assert_eq!(third.multiply(&Number::from(3)), Some(Number::from(1)));
/// assert_eq!(Number::from(1).divide(&Number::from(0)), None);
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Number(Repr);

/// Canonical: whatever fits two words is `Small`, so equality and hashing can look at the parts.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Repr {
    /// Lowest terms, the denominator above zero.
    Small(i64, i64),
    Big(Box<BigRational>),
}

/// How [`Number::round`] treats what lies between two steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rounding {
    /// To the nearest step; a half goes away from zero.
    HalfUp,
    /// To the next step towards positive infinity.
    Up,
    /// To the next step towards negative infinity.
    Down,
}

/// Why a written number is not one that the language takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Not digits with at most one point.
    #[error("not a number")]
    Malformed,
    /// More than nine decimals.
    #[error("more than 9 decimals")]
    TooManyDecimals,
    /// Beyond 10¹⁵.
    #[error("larger than 1 000 000 000 000 000")]
    TooLarge,
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// The same of what most numbers are made of; to divide these takes a tenth of the time.
fn gcd_of_words(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl Number {
    /// Zero.
    pub const ZERO: Self = Self(Repr::Small(0, 1));
    /// One.
    pub const ONE: Self = Self(Repr::Small(1, 1));

    /// The fraction `numerator / denominator`; `None` where the denominator is zero.
    #[must_use]
    pub fn ratio(numerator: i64, denominator: i64) -> Option<Self> {
        (denominator != 0).then(|| Self::reduce(numerator.into(), denominator.into()))
    }

    /// `denominator` is not zero.
    fn reduce(numerator: i128, denominator: i128) -> Self {
        if denominator == 1
            && let Ok(small) = i64::try_from(numerator)
        {
            return Self(Repr::Small(small, 1));
        }
        if let (Ok(n), Ok(d @ 1..)) = (i64::try_from(numerator), i64::try_from(denominator)) {
            // A divisor of d fits where d does.
            let divisor = i64::try_from(gcd_of_words(n.unsigned_abs(), d.unsigned_abs())).unwrap_or(1);
            return Self(Repr::Small(n / divisor, d / divisor));
        }
        let divisor = gcd(numerator.unsigned_abs(), denominator.unsigned_abs());
        let divisor = i128::try_from(divisor).unwrap_or(1);
        let sign = if denominator < 0 { -1 } else { 1 };
        let (n, d) = (numerator / divisor * sign, denominator / divisor * sign);
        match (i64::try_from(n), i64::try_from(d)) {
            (Ok(n), Ok(d)) => Self(Repr::Small(n, d)),
            _ => Self(Repr::Big(Box::new(BigRational::new_raw(n.into(), d.into())))),
        }
    }

    fn from_big(value: BigRational) -> Self {
        match (value.numer().to_i64(), value.denom().to_i64()) {
            (Some(n), Some(d)) => Self(Repr::Small(n, d)),
            _ => Self(Repr::Big(Box::new(value))),
        }
    }

    fn to_big(&self) -> BigRational {
        match &self.0 {
            Repr::Small(n, d) => BigRational::new_raw((*n).into(), (*d).into()),
            Repr::Big(value) => (**value).clone(),
        }
    }

    /// `None` beyond 10³⁰, or where the fraction has become too fine to be kept.
    fn bounded(self) -> Option<Self> {
        match &self.0 {
            Repr::Small(..) => Some(self),
            Repr::Big(value) => (value.denom().bits() <= MOST_DENOMINATOR_BITS && value.abs() <= power_of_ten(LIMIT_EXPONENT)).then_some(self),
        }
    }

    /// 10³⁰, which nothing lies above.
    pub(crate) fn largest() -> Self {
        Self::from_big(power_of_ten(LIMIT_EXPONENT))
    }

    /// The sum, `None` on overflow.
    #[must_use]
    pub fn add(&self, other: &Self) -> Option<Self> {
        if let (Repr::Small(a, b), Repr::Small(c, d)) = (&self.0, &other.0) {
            let (a, b, c, d) = (i128::from(*a), i128::from(*b), i128::from(*c), i128::from(*d));
            if b == d {
                return Some(Self::reduce(a + c, b));
            }
            if let Some(sum) = (a * d).checked_add(c * b) {
                return Self::reduce(sum, b * d).bounded();
            }
        }
        Self::from_big(self.to_big() + other.to_big()).bounded()
    }

    /// The difference, `None` on overflow.
    #[must_use]
    pub fn subtract(&self, other: &Self) -> Option<Self> {
        self.add(&other.negate())
    }

    /// The product, `None` on overflow.
    #[must_use]
    pub fn multiply(&self, other: &Self) -> Option<Self> {
        if let (Repr::Small(a, b), Repr::Small(c, d)) = (&self.0, &other.0) {
            let product = |x: &i64, y: &i64| i128::from(*x) * i128::from(*y);
            return Self::reduce(product(a, c), product(b, d)).bounded();
        }
        Self::from_big(self.to_big() * other.to_big()).bounded()
    }

    /// The quotient, `None` on overflow or where `other` is zero.
    #[must_use]
    pub fn divide(&self, other: &Self) -> Option<Self> {
        if other.is_zero() {
            return None;
        }
        if let (Repr::Small(a, b), Repr::Small(c, d)) = (&self.0, &other.0) {
            let product = |x: &i64, y: &i64| i128::from(*x) * i128::from(*y);
            return Self::reduce(product(a, d), product(b, c)).bounded();
        }
        Self::from_big(self.to_big() / other.to_big()).bounded()
    }

    /// The same magnitude with the other sign.
    #[must_use]
    pub fn negate(&self) -> Self {
        match &self.0 {
            Repr::Small(n, d) => n.checked_neg().map_or_else(|| Self::reduce(-i128::from(*n), (*d).into()), |n| Self(Repr::Small(n, *d))),
            Repr::Big(value) => Self::from_big(-(**value).clone()),
        }
    }

    /// This value rounded to a multiple of `step`, which must be above zero; `None` where it is not.
    #[must_use]
    pub fn round(&self, step: &Self, rounding: Rounding) -> Option<Self> {
        if *step <= Self::ZERO {
            return None;
        }
        if let (Repr::Small(n, d), Repr::Small(p, q)) = (&self.0, &step.0) {
            // Most quantities are whole steps already: n/d is one of 1/q, so p/q too where p is 1.
            if *p == 1 && q % d == 0 {
                return Some(self.clone());
            }
            // n/d ÷ p/q = nq / dp
            let (top, bottom) = (i128::from(*n) * i128::from(*q), i128::from(*d) * i128::from(*p));
            let below = top.div_euclid(bottom);
            let rest = top.rem_euclid(bottom);
            let steps = match rounding {
                Rounding::Down => below,
                Rounding::Up => below + i128::from(rest != 0),
                Rounding::HalfUp if top >= 0 => below + i128::from(rest >= bottom - rest),
                Rounding::HalfUp => below + i128::from(rest > bottom - rest),
            };
            if let Some(product) = steps.checked_mul(i128::from(*p)) {
                return Self::reduce(product, i128::from(*q)).bounded();
            }
        }
        let steps = self.to_big() / step.to_big();
        let whole = match rounding {
            Rounding::Down => steps.floor(),
            Rounding::Up => steps.ceil(),
            Rounding::HalfUp => steps.round(),
        };
        Self::from_big(whole * step.to_big()).bounded()
    }

    /// How this compares with `mantissa` / 10^`decimals`; at most [`MAX_DECIMALS`].
    #[inline]
    pub(crate) fn cmp_decimal(&self, mantissa: i64, decimals: u8) -> Ordering {
        match &self.0 {
            Repr::Small(n, 1) if decimals == 0 => n.cmp(&mantissa),
            Repr::Small(n, d) => (i128::from(*n) * i128::from(tens(decimals))).cmp(&(i128::from(mantissa) * i128::from(*d))),
            Repr::Big(_) => self.cmp(&Self::reduce(mantissa.into(), tens(decimals).into())),
        }
    }

    /// As `mantissa` / 10^`decimals`, with the fewest decimals; `None` where it is no such number.
    pub(crate) fn to_decimal(&self) -> Option<(i64, u8)> {
        let decimals = self.decimals().filter(|decimals| *decimals <= MAX_DECIMALS)?;
        let decimals = u8::try_from(decimals).ok()?;
        let (mantissa, is_exact) = self.shifted(decimals)?;
        is_exact.then_some((mantissa, decimals))
    }

    /// This times 10^`decimals` (at most [`MAX_DECIMALS`]), rounded down, and whether that is exact; `None` where a word does not hold it.
    #[inline]
    pub(crate) fn shifted(&self, decimals: u8) -> Option<(i64, bool)> {
        match &self.0 {
            Repr::Small(n, 1) => Some((n.checked_mul(tens(decimals))?, true)),
            Repr::Small(n, d) => {
                if let Some(top) = n.checked_mul(tens(decimals)) {
                    return Some((top.div_euclid(*d), top.rem_euclid(*d) == 0));
                }
                let (top, d) = (i128::from(*n) * i128::from(tens(decimals)), i128::from(*d));
                Some((i64::try_from(top.div_euclid(d)).ok()?, top.rem_euclid(d) == 0))
            }
            Repr::Big(value) => {
                let shifted = &**value * BigInt::from(tens(decimals));
                Some((shifted.floor().to_integer().to_i64()?, shifted.is_integer()))
            }
        }
    }

    /// Whether this is zero.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        matches!(self.0, Repr::Small(0, _))
    }

    /// Whether this is above zero.
    #[must_use]
    pub fn is_positive(&self) -> bool {
        match &self.0 {
            Repr::Small(n, _) => *n > 0,
            Repr::Big(value) => value.is_positive(),
        }
    }

    /// Whether this is a whole number.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        match &self.0 {
            Repr::Small(_, d) => *d == 1,
            Repr::Big(value) => value.denom().is_one(),
        }
    }

    /// The largest whole number that is not above this one, where it fits.
    #[must_use]
    pub fn floor(&self) -> Option<i64> {
        match &self.0 {
            Repr::Small(n, d) => Some(n.div_euclid(*d)),
            Repr::Big(value) => value.floor().to_integer().to_i64(),
        }
    }

    /// The value as a whole number, where it is one and fits.
    #[must_use]
    pub fn to_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::Small(n, 1) => Some(*n),
            _ => None,
        }
    }

    /// How many decimals it takes to write this exactly; `None` where no number of them would do.
    #[must_use]
    pub fn decimals(&self) -> Option<usize> {
        self.small_decimals().unwrap_or_else(|()| self.big_decimals())
    }

    fn big_decimals(&self) -> Option<usize> {
        let mut rest = self.to_big().denom().clone();
        let (mut twos, mut fives) = (0, 0);
        while (&rest % 2_u8).is_zero() {
            rest /= 2_u8;
            twos += 1;
        }
        while (&rest % 5_u8).is_zero() {
            rest /= 5_u8;
            fives += 1;
        }
        rest.is_one().then_some(twos.max(fives))
    }

    /// Written with exactly `decimals` decimals and a point, rounded half away from zero where that is not exact: `-0.50`.
    #[must_use]
    pub fn to_fixed(&self, decimals: usize) -> String {
        let mut text = String::new();
        self.write_fixed(decimals, &mut text);
        text
    }

    fn big_to_fixed(&self, decimals: usize) -> String {
        let scale = BigInt::from(10_u8).pow(u32::try_from(decimals).unwrap_or(u32::MAX));
        let scaled = (self.to_big() * BigRational::from_integer(scale)).round().to_integer();
        let digits = scaled.abs().to_string();
        let digits = format!("{digits:0>width$}", width = decimals + 1);
        let (whole, fraction) = digits.split_at(digits.len() - decimals);
        let sign = if scaled.is_negative() { "-" } else { "" };
        let point = if decimals > 0 { "." } else { "" };
        format!("{sign}{whole}{point}{fraction}")
    }

    /// Reads `1_000.50`: digits, `_` between digits, at most one point with digits on both sides, an optional `-` before.
    ///
    /// # Errors
    /// Where the text is no such number, has more than nine decimals or lies beyond 10¹⁵.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let well_formed = |part: &str| {
            part.starts_with(|c: char| c.is_ascii_digit())
                && part.ends_with(|c: char| c.is_ascii_digit())
                && part.bytes().all(|b| b.is_ascii_digit() || b == b'_')
        };
        if !well_formed(whole) || !well_formed(fraction) {
            return Err(NumberError::Malformed);
        }
        let clean = |part: &str| part.replace('_', "");
        let (whole, fraction) = (clean(whole), clean(fraction));
        let whole = whole.trim_start_matches('0');
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > MAX_DECIMALS {
            return Err(NumberError::TooManyDecimals);
        }
        // 10^15 itself has 16 digits.
        if whole.len() > INPUT_EXPONENT as usize + 1 {
            return Err(NumberError::TooLarge);
        }
        let digits = format!("0{whole}{fraction}").parse::<i128>().map_err(|_| NumberError::Malformed)?;
        let scale = 10_i128.pow(u32::try_from(fraction.len()).unwrap_or(0));
        let value = Self::reduce(if negative { -digits } else { digits }, scale);
        if digits > 10_i128.pow(INPUT_EXPONENT) * scale {
            return Err(NumberError::TooLarge);
        }
        Ok(value)
    }
}

/// 10^`decimals`, of which there are at most [`MAX_DECIMALS`].
#[inline]
fn tens(decimals: u8) -> i64 {
    const TENS: [i64; MAX_DECIMALS + 1] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];
    TENS.get(usize::from(decimals)).copied().unwrap_or(1_000_000_000)
}

fn power_of_ten(exponent: u32) -> BigRational {
    BigRational::from_integer(BigInt::from(10_u8).pow(exponent))
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(Repr::Small(value, 1))
    }
}

impl Ord for Number {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Repr::Small(a, b), Repr::Small(c, d)) if b == d => a.cmp(c),
            (Repr::Small(a, b), Repr::Small(c, d)) => (i128::from(*a) * i128::from(*d)).cmp(&(i128::from(*c) * i128::from(*b))),
            _ => self.to_big().cmp(&other.to_big()),
        }
    }
}

impl PartialOrd for Number {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The plain form: as many decimals as it takes, nine where no number of them is exact.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_fixed(self.decimals().unwrap_or(MAX_DECIMALS)))
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Small(n, 1) => write!(f, "{n}"),
            Repr::Small(n, d) => write!(f, "{n}/{d}"),
            Repr::Big(value) => write!(f, "{value}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        Number::parse(text).unwrap()
    }

    #[test]
    fn the_ends_of_a_word_are_reduced_and_negated() {
        let least = Number::from(i64::MIN);
        assert_eq!(least.negate().negate(), least);
        assert_eq!(Number::ratio(i64::MIN, i64::MIN), Some(Number::ONE));
        assert_eq!(Number::ratio(i64::MIN, i64::MAX - 1).unwrap().multiply(&Number::from(i64::MAX - 1)), Some(least.clone()));
        assert_eq!(Number::ratio(i64::MIN, -1), Some(least.negate()));
        assert_eq!(Number::ratio(-6, 4), Number::ratio(3, -2));
        assert_eq!(number("80").subtract(&number("0.01")), Some(number("79.99")));
    }

    #[test]
    fn reads_what_the_language_writes() {
        assert_eq!(number("1_000.50").to_fixed(2), "1000.50");
        assert_eq!(number("-0.5").to_string(), "-0.5");
        assert_eq!(number("1000000000000000"), Number::from(1_000_000_000_000_000));
        assert_eq!(Number::parse("1000000000000001"), Err(NumberError::TooLarge));
        assert_eq!(Number::parse("1000000000000000.1"), Err(NumberError::TooLarge));
        assert_eq!(Number::parse("0.1234567891"), Err(NumberError::TooManyDecimals));
        for wrong in ["", "-", ".5", "5.", "1,5", "1__", "_1", "1e5", "٣"] {
            assert_eq!(Number::parse(wrong), Err(NumberError::Malformed), "{wrong}");
        }
    }

    #[test]
    fn keeps_fractions_exact() {
        let third = Number::from(1).divide(&Number::from(3)).unwrap();
        assert_eq!(third.add(&third).unwrap().add(&third), Some(Number::ONE));
        assert_eq!(third.decimals(), None);
        assert_eq!(third.to_fixed(2), "0.33");
        assert_eq!(number("0.125").decimals(), Some(3));
    }

    #[test]
    fn overflows_beyond_ten_to_the_thirtieth() {
        let input = number("1000000000000000");
        let limit = input.multiply(&input).unwrap();
        assert_eq!(limit.add(&Number::ONE), None);
        assert_eq!(limit.subtract(&Number::ONE).unwrap().add(&Number::ONE), Some(limit.clone()));
        assert_eq!(limit.multiply(&number("1.000000001")), None);
        assert_eq!(limit.negate().subtract(&number("0.000000001")), None);
        assert_eq!(limit.divide(&limit), Some(Number::ONE));
    }

    #[test]
    fn fractions_that_grow_without_end_are_undefined() {
        let mut value = number("0.123456789");
        let squarings = std::iter::from_fn(|| {
            value = value.multiply(&value)?;
            Some(())
        });
        assert!(squarings.take(100).count() < 20);
    }

    #[test]
    fn rounds_to_steps() {
        let step = number("0.05");
        let round = |text: &str, rounding| number(text).round(&step, rounding).unwrap().to_fixed(2);
        assert_eq!(round("1.025", Rounding::HalfUp), "1.05");
        assert_eq!(round("1.024", Rounding::HalfUp), "1.00");
        assert_eq!(round("1.001", Rounding::Up), "1.05");
        assert_eq!(round("1.049", Rounding::Down), "1.00");
        assert_eq!(round("-1.025", Rounding::HalfUp), "-1.05");
        assert_eq!(round("-1.01", Rounding::Down), "-1.05");
        assert_eq!(number("1").round(&Number::ZERO, Rounding::Up), None);
    }

    #[test]
    fn decimals_are_compared_like_any_numbers() {
        let numbers: Vec<Number> = ["-12.5", "-0.01", "0", "0.009", "0.01", "0.3", "12.49", "12.5", "12.500000001", "999999999999999.999999999"]
            .map(number)
            .into_iter()
            .chain([Number::ratio(1, 3).unwrap(), Number::ratio(-1, 3).unwrap(), Number::largest()])
            .collect();
        for one in &numbers {
            for (mantissa, decimals) in numbers.iter().filter_map(Number::to_decimal) {
                let other = Number::decimal(mantissa, decimals.into()).unwrap();
                assert_eq!(one.cmp_decimal(mantissa, decimals), one.cmp(&other), "{one:?} {other:?}");
            }
            for decimals in [0, 2, 9] {
                let Some((below, is_exact)) = one.shifted(decimals) else { continue };
                let at = |mantissa| Number::decimal(mantissa, decimals.into()).unwrap();
                assert!(at(below) <= *one && *one < at(below + 1) && is_exact == (at(below) == *one), "{one:?}");
            }
        }
        assert_eq!(number("12.50").to_decimal(), Some((125, 1)));
        assert_eq!((Number::ratio(1, 3).unwrap().to_decimal(), number("999999999999999.999999999").to_decimal()), (None, None));
        assert_eq!((number("-0.01").shifted(0), number("999999999999999.999999999").shifted(9)), (Some((-1, false)), None));
    }

    #[test]
    fn orders_across_representations() {
        let big = number("999999999999999").multiply(&number("999999999999999")).unwrap();
        assert!(big > Number::ONE);
        assert!(big.negate() < Number::ZERO);
        assert!(number("0.3") < number("0.31"));
    }
}
