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
        if let Some(thousands) = of_thousands(&self.written).filter(|_| !lists) {
            return format!("write `{thousands}`, or `{}` where decimals are meant", self.right);
        }
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

/// `1,000`: what it is where the comma groups digits.
pub(super) fn of_thousands(written: &str) -> Option<String> {
    let (first, rest) = written.split_once(',')?;
    let is_group = |part: &str| part.len() == 3 && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_first = (1..=3).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_digit()) && !first.starts_with('0');
    (is_first && is_group(rest)).then(|| format!("{first}{rest}"))
}

/// A day that is written in the manner of another place.
pub(super) struct Day {
    /// How many bytes it takes.
    pub length: usize,
    /// What it can mean.
    pub days: Vec<Date>,
    /// Whether it can mean nothing else.
    pub is_certain: bool,
}

const MONTHS: [(&str, i8); 17] = [
    ("january", 1),
    ("januar", 1),
    ("february", 2),
    ("februar", 2),
    ("march", 3),
    ("märz", 3),
    ("april", 4),
    ("may", 5),
    ("mai", 5),
    ("june", 6),
    ("juni", 6),
    ("july", 7),
    ("juli", 7),
    ("august", 8),
    ("september", 9),
    ("october", 10),
    ("oktober", 10),
];

fn month_called(word: &str) -> Option<i8> {
    let word = word.trim_end_matches(['.', ',']).to_lowercase();
    let rest = [("november", 11), ("december", 12), ("dezember", 12)];
    let begins = |name: &str| name == word || (word.chars().count() >= 3 && name.starts_with(&word));
    MONTHS.iter().chain(&rest).find(|(name, _)| begins(name)).map(|(_, month)| *month)
}

/// The day that a text begins with: `30.06.2027`, `06/30/2027`, `2027/06/30`, `30 June 2027`, `June 30, 2027`.
pub(super) fn written_day(text: &str) -> Option<Day> {
    let line = text.lines().next()?;
    let length = line.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '/' | '-'))).unwrap_or(line.len());
    let figures = line.get(..length)?.trim_end_matches(['.', '/', '-']);
    let parts: Vec<&str> = figures.split(['.', '/', '-']).collect();
    let short = |part: &str| if (1..=2).contains(&part.len()) { part.parse::<i8>().ok() } else { None };
    let long = |part: &str| if part.len() == 4 { part.parse::<i16>().ok() } else { None };
    let day = |year: i16, month: i8, day: i8| Date::new(year, month, day).ok();
    if let [first, second, third] = parts.as_slice() {
        if let (Some(year), Some(month), Some(at)) = (long(first), short(second), short(third)) {
            return Some(Day { length: figures.len(), days: vec![day(year, month, at)?], is_certain: true }).filter(|_| !figures.contains('-'));
        }
        let (first, second, year) = (short(first)?, short(second)?, long(third)?);
        let mut days: Vec<Date> = day(year, second, first).into_iter().collect();
        if figures.contains('/') {
            days.extend(day(year, first, second));
            days.dedup();
        }
        let is_certain = days.len() == 1;
        return Some(Day { length: figures.len(), days, is_certain }).filter(|day| !day.days.is_empty());
    }
    let words: Vec<&str> = line.split_whitespace().take(3).collect();
    let [first, second, third] = words.as_slice() else { return None };
    let number = |word: &str| short(word.trim_end_matches(|c: char| !c.is_ascii_digit()));
    let year = long(third.trim_end_matches(|c: char| !c.is_ascii_digit()))?;
    let (month, at) = month_called(second).zip(number(first)).or_else(|| month_called(first).zip(number(second)))?;
    let end = third.as_ptr().addr() - line.as_ptr().addr() + 4;
    Some(Day { length: end, days: vec![day(year, month, at)?], is_certain: true })
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
    fn a_comma_may_group_digits() {
        assert_eq!(of_thousands("1,000").as_deref(), Some("1000"));
        assert_eq!(of_thousands("250,000").as_deref(), Some("250000"));
        for written in ["1,00", "0,500", "1,000,000", "1000,000", "1,000.50", "1000"] {
            assert_eq!(of_thousands(written), None, "{written}");
        }
    }

    #[test]
    fn days_are_read_in_every_manner() {
        let read = |text: &str| {
            written_day(text).map(|day| (day.length, day.days.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "), day.is_certain))
        };
        for (written, length, days, is_certain) in [
            ("30.06.2027", 10, "2027-06-30", true),
            ("1.6.2027, 2.6.2027", 8, "2027-06-01", true),
            ("06/30/2027", 10, "2027-06-30", true),
            ("05/06/2027", 10, "2027-06-05 2027-05-06", false),
            ("05/05/2027", 10, "2027-05-05", true),
            ("30-06-2027", 10, "2027-06-30", true),
            ("2027/06/30 by d", 10, "2027-06-30", true),
            ("30 June 2027", 12, "2027-06-30", true),
            ("30.  Juni 2027", 14, "2027-06-30", true),
            ("June 30th, 2027 by d", 15, "2027-06-30", true),
            ("3 Sept. 2027", 12, "2027-09-03", true),
        ] {
            assert_eq!(read(written), Some((length, days.to_owned(), is_certain)), "{written}");
        }
        for written in ["2027-06-30", "31.02.2027", "13/13/2027", "30.06.27", "30 Junk 2027", "30 June", "x", "", "1.5 EUR a"] {
            assert_eq!(read(written), None, "{written}");
        }
    }

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
