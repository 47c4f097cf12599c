//! Which share of something is written.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Number;

/// The parts of a whole.
const WHOLE: u32 = 1_000_000;
const DECIMALS: usize = 6;

/// A share above nothing, up to all: a decimal number with at most six decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sample(u32);

/// What is no share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a share is a decimal number above 0 and at most 1, with at most six decimals, such as 0.1")]
pub struct NoSample;

impl Sample {
    /// Everything.
    pub const ALL: Self = Self(WHOLE);

    /// Whether it is everything.
    #[must_use]
    pub fn is_all(self) -> bool {
        self == Self::ALL
    }

    /// For how many one of the sample stands, in millionths, to the nearest.
    #[must_use]
    pub fn weight(self) -> u128 {
        let (whole, parts) = (u128::from(WHOLE), u128::from(self.0));
        (whole * whole + parts / 2) / parts
    }

    /// Whether what has this name is in the sample: for one name always the same, and so often as the share says.
    #[must_use]
    pub fn takes(self, name: &[&[u8]]) -> bool {
        if self.is_all() {
            return true;
        }
        let mut hasher = blake3::Hasher::new();
        for part in name {
            hasher.update(part);
            hasher.update(&[0]);
        }
        let hash = hasher.finalize();
        let drawn = hash.as_bytes().first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes));
        u128::from(drawn) * u128::from(WHOLE) < u128::from(self.0) << 64
    }
}

impl FromStr for Sample {
    type Err = NoSample;

    fn from_str(text: &str) -> Result<Self, NoSample> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        if !is_number(whole) || !is_number(decimals) || decimals.len() > DECIMALS || whole.len() > 1 {
            return Err(NoSample);
        }
        let parts: u32 = format!("{whole}{decimals:0<DECIMALS$}").parse().map_err(|_| NoSample)?;
        if (1..=WHOLE).contains(&parts) { Ok(Self(parts)) } else { Err(NoSample) }
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = format!("{:06}", self.0 % WHOLE);
        match decimals.trim_end_matches('0') {
            "" => write!(f, "{}", self.0 / WHOLE),
            decimals => write!(f, "{}.{decimals}", self.0 / WHOLE),
        }
    }
}

impl Serialize for Sample {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_string().parse::<Number>().map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Sample {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Number::deserialize(deserializer)?.to_string().parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_lies_above_nothing_and_is_at_most_all() {
        for (text, shown) in [("1", "1"), ("1.0", "1"), ("0.1", "0.1"), ("0.10", "0.1"), ("0.000001", "0.000001"), ("0.333333", "0.333333")] {
            assert_eq!(text.parse::<Sample>().map(|sample| sample.to_string()), Ok(shown.to_owned()), "{text}");
        }
        for text in ["", "0", "0.0", "1.000001", "2", "-0.1", "0.0000001", ".1", "1.", "1e-1", "0,1", "+0.1", "00.1"] {
            assert_eq!(text.parse::<Sample>(), Err(NoSample), "{text}");
        }
        assert_eq!(serde_json::to_string(&"0.25".parse::<Sample>().unwrap()).unwrap(), "0.25");
        assert_eq!(serde_json::from_str::<Sample>("0.25").unwrap(), Sample(250_000));
        assert_eq!((Sample::ALL.weight(), Sample(100_000).weight(), Sample(300_000).weight()), (1_000_000, 10_000_000, 3_333_333));
    }

    #[test]
    fn what_is_taken_is_always_taken_and_as_often_as_said() {
        let share: Sample = "0.1".parse().unwrap();
        let names: Vec<String> = (0..20_000).map(|at| format!("request-{at}")).collect();
        let taken: Vec<bool> = names.iter().map(|name| share.takes(&[name.as_bytes()])).collect();
        let again: Vec<bool> = names.iter().map(|name| share.takes(&[name.as_bytes()])).collect();
        assert_eq!(taken, again);
        let count = taken.into_iter().filter(|taken| *taken).count();
        assert!((1_850..2_150).contains(&count), "{count}");
        assert!(names.iter().all(|name| Sample::ALL.takes(&[name.as_bytes()])));
    }
}
