//! Finds the lines of a decision log.

use std::io::{self, BufRead};

use serde::Deserialize;

use super::line::{DecisionLine, SCHEMA};

/// What stands in one line.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// A line of the log.
    Line(Box<DecisionLine>),
    /// A line of a log of a later version.
    Newer(u32),
    /// Something else, and why it is no line: cut off where a server died, or changed since.
    Damaged(String),
}

#[derive(Deserialize)]
struct Version {
    schema: u32,
}

/// The lines of a decision log, in order. Empty ones are passed over.
///
/// An error of the source ends it.
pub fn read(mut source: impl BufRead) -> impl Iterator<Item = io::Result<Found>> {
    let mut bytes = Vec::new();
    let mut is_over = false;
    std::iter::from_fn(move || {
        while !is_over {
            bytes.clear();
            match source.read_until(b'\n', &mut bytes) {
                Ok(0) => is_over = true,
                Ok(_) if bytes.trim_ascii().is_empty() => {}
                Ok(_) => return Some(Ok(found(bytes.trim_ascii()))),
                Err(error) => {
                    is_over = true;
                    return Some(Err(error));
                }
            }
        }
        None
    })
}

fn found(line: &[u8]) -> Found {
    match serde_json::from_slice::<Version>(line) {
        Ok(Version { schema }) if schema > SCHEMA => Found::Newer(schema),
        Ok(_) => serde_json::from_slice(line).map_or_else(|error| Found::Damaged(error.to_string()), |line| Found::Line(Box::new(line))),
        Err(error) => Found::Damaged(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOST: &str = r#"{"schema":1,"kind":"lost","id":"a-1","time":"2026-11-23T05:00:00Z","lost":3}"#;

    #[test]
    fn every_line_is_told_whatever_it_is() {
        let text = format!("{LOST}\n\r\n{}\n{{\"schema\":2,\"new\":[]}}\n{{\"schema\":0}}\nx\n\u{7f}\n{LOST}", LOST.get(..40).unwrap());
        let found: Vec<_> = read(text.as_bytes()).map(Result::unwrap).collect();
        let line = |found: &Found| matches!(found, Found::Line(line) if line.lost == Some(3));
        assert!(line(&found[0]) && line(&found[6]), "{found:#?}");
        assert_eq!(found[2], Found::Newer(2));
        for at in [1, 3, 4, 5] {
            assert!(matches!(found[at], Found::Damaged(_)), "{found:#?}");
        }
        assert_eq!(found.len(), 7);
    }

    #[test]
    fn further_fields_of_this_version_do_no_harm() {
        let further = LOST.replace("\"lost\":3", "\"lost\":3,\"weather\":\"fine\"");
        assert!(matches!(read(further.as_bytes()).next().unwrap().unwrap(), Found::Line(_)));
    }
}
