//! Numbers in the manner of other places: `12,50`, `1.000,00`, `1,000.50`. They are errors, and the error shows the right form.

use std::ops::Range;

use jiff::civil::Date;

/// A number that is written with a comma.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DecimalComma {
    /// Where it stands.
    pub at: Range<usize>,
    /// As it was written.
    pub written: String,
    /// As it should be.
    pub right: String,
}

impl DecimalComma {
    /// Whether only one number can be meant: `1,000` may be one or a thousand, and where there are lists `12,50` may be two numbers.
    pub fn is_clear(&self, lists: bool) -> bool {
        is_clear(&self.written) && (!lists || self.written.contains('.'))
    }

    /// How to mend it; `lists` says whether it could have been meant as a list.
    pub fn help(&self, lists: bool) -> String {
        if lists && self.written.chars().filter(|c| *c == ',').count() == 1 && !self.written.contains('.') {
            return format!("write `{}` for the number, or `{}` for a list", self.right, self.written.replace(',', ", "));
        }
        format!("write `{}`", self.right)
    }
}

/// Whether the last sign of a number can only be its decimal point, or the others only group digits.
pub(super) fn is_clear(written: &str) -> bool {
    let last = written.rsplit([',', '.']).next().unwrap_or_default();
    last.len() != 3 || (written.contains(',') && written.contains('.'))
}

/// `01.10.2026`: a day, a month and a year of four digits.
pub(super) fn day_month_year(written: &str) -> Option<Date> {
    let mut parts = written.split('.');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let is_short = |part: &str| (1..=2).contains(&part.len());
    if parts.next().is_some() || !is_short(day) || !is_short(month) || year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// The first number in `text` that has a comma between digits. Texts in it are skipped.
pub(super) fn decimal_comma(text: &str) -> Option<DecimalComma> {
    if !text.contains(',') {
        return None;
    }
    let (mut at, mut in_text) = (0, false);
    let bytes = text.as_bytes();
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' if in_text => at += 1,
            b'"' => in_text = !in_text,
            b'0'..=b'9' if !in_text => {
                let length = bytes.iter().skip(at).take_while(|b| b.is_ascii_digit() || matches!(b, b',' | b'.' | b'_')).count();
                if let Some(found) = numeral(text, at, length) {
                    return Some(found);
                }
                at += length.max(1);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

fn numeral(text: &str, start: usize, length: usize) -> Option<DecimalComma> {
    let written = text.get(start..start + length)?.trim_end_matches([',', '.', '_']);
    if !written.contains(',') {
        return None;
    }
    Some(DecimalComma { at: start..start + written.len(), written: written.to_owned(), right: right_form(written) })
}

/// The last sign that separates is the decimal point, the others group digits.
pub(super) fn right_form(written: &str) -> String {
    let decimal = written.rfind([',', '.']).unwrap_or(written.len());
    let commas = written.matches(',').count();
    let grouped_only = commas > 1 && !written.contains('.');
    let clean = |part: &str| part.replace([',', '.'], "");
    if grouped_only {
        return clean(written);
    }
    let (whole, fraction) = written.split_at(decimal);
    format!("{}.{}", clean(whole), clean(fraction))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_right_form() {
        let right = |text: &str| decimal_comma(text).map(|comma| comma.right);
        assert_eq!(right("12,50").as_deref(), Some("12.50"));
        assert_eq!(right("1.000,00 EUR").as_deref(), Some("1000.00"));
        assert_eq!(right("<= 1,000.50 EUR").as_deref(), Some("1000.50"));
        assert_eq!(right("1,000,000").as_deref(), Some("1000000"));
        assert_eq!(right("1, 2"), None);
        assert_eq!(right("\"1,2\""), None);
        assert_eq!(right("clothing,shoes"), None);
    }
}
