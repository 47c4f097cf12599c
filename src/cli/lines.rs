//! Lines of any length from anywhere, in the memory of one line of decent length.

use std::io::{self, BufRead, BufReader, Read};

/// A longer line is not kept.
const LONGEST: usize = crate::question::Json::MOST_BYTES;

/// One line, without its end.
#[derive(Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// Its text.
    Text(&'a str),
    /// It is not UTF-8 from this byte on (counted from 1).
    NotUtf8(usize),
    /// It is longer than [`LONGEST`].
    TooLong,
}

/// Reads line by line.
#[derive(Debug)]
pub struct Lines<R> {
    reader: BufReader<R>,
    line: Vec<u8>,
}

impl<R: Read> Lines<R> {
    /// The lines of this.
    pub fn new(reader: R) -> Self {
        Self { reader: BufReader::with_capacity(1 << 16, reader), line: Vec::new() }
    }

    /// The next line; `None` at the end. Whatever follows the last line end counts as a line unless it is empty.
    pub fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.line.clear();
        let room = u64::try_from(LONGEST).unwrap_or(u64::MAX).saturating_add(1);
        self.reader.by_ref().take(room).read_until(b'\n', &mut self.line)?;
        if self.line.is_empty() {
            return Ok(None);
        }
        if self.line.last() == Some(&b'\n') {
            self.line.pop();
        } else if self.line.len() > LONGEST {
            self.reader.skip_until(b'\n')?;
            return Ok(Some(Line::TooLong));
        }
        Ok(Some(match std::str::from_utf8(&self.line) {
            Ok(text) => Line::Text(text),
            Err(error) => Line::NotUtf8(error.valid_up_to() + 1),
        }))
    }

    /// Whether the next line can be given without waiting for more input.
    pub fn is_next_here(&self) -> bool {
        self.reader.buffer().contains(&b'\n')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(input: &[u8]) -> Vec<Result<usize, &'static str>> {
        let mut lines = Lines::new(input);
        let mut seen = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            seen.push(match line {
                Line::Text(text) => Ok(text.len()),
                Line::NotUtf8(_) => Err("not utf-8"),
                Line::TooLong => Err("too long"),
            });
        }
        seen
    }

    #[test]
    fn the_last_line_needs_no_end() {
        assert_eq!(lengths(b"ab\n\nc"), [Ok(2), Ok(0), Ok(1)]);
        assert_eq!(lengths(b"ab\n"), [Ok(2)]);
        assert_eq!(lengths(b""), []);
    }

    #[test]
    fn a_line_may_be_as_long_as_the_longest() {
        let line = |length: usize| [vec![b'a'; length], b"\nb\n".to_vec()].concat();
        assert_eq!(lengths(&line(LONGEST)), [Ok(LONGEST), Ok(1)]);
        assert_eq!(lengths(&line(LONGEST + 1)), [Err("too long"), Ok(1)]);
        assert_eq!(lengths(&line(3 * LONGEST)), [Err("too long"), Ok(1)]);
        assert_eq!(lengths(&vec![b'a'; LONGEST + 1]), [Err("too long")]);
    }

    #[test]
    fn bytes_that_are_no_text_spoil_only_their_line() {
        assert_eq!(lengths(b"a\n\xff\xfe\nb\n"), [Ok(1), Err("not utf-8"), Ok(1)]);
    }
}
