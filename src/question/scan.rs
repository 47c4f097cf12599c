//! Reads JSON of the plain kind: without exponents, without escapes in names. Whatever is more, or wrong, is `None`, and the whole is left to
//! [`Json`](super::Json), which tells what it is.

use crate::escapes;

/// A place in a JSON text.
#[derive(Debug)]
pub(super) struct Scan<'t> {
    text: &'t str,
    at: usize,
}

/// A value, or how one begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token<'t> {
    Null,
    Bool(bool),
    /// The digits of a number, with a sign and a point where they have one.
    Number(&'t str),
    /// A text in which nothing is escaped.
    Text(&'t str),
    /// A text as it is written, with its quotes.
    Escaped(&'t str),
    /// An array, whose `[` has been read.
    Array,
    /// An object, whose `{` has been read.
    Object,
}

impl<'t> Scan<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// The byte here.
    fn here(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is no space.
    fn next(&mut self) -> Option<u8> {
        loop {
            match self.here()? {
                b' ' | b'\n' | b'\r' | b'\t' => self.at += 1,
                byte => return Some(byte),
            }
        }
    }

    /// Goes on behind this byte.
    fn eat(&mut self, byte: u8) -> Option<()> {
        (self.next()? == byte).then(|| self.at += 1)
    }

    /// Whether nothing follows.
    pub fn is_at_end(&mut self) -> bool {
        self.next().is_none()
    }

    /// The next value.
    pub fn value(&mut self) -> Option<Token<'t>> {
        match self.next()? {
            b'"' => self.text(),
            b'{' => Some(self.opened(Token::Object)),
            b'[' => Some(self.opened(Token::Array)),
            b'-' | b'0'..=b'9' => self.number().map(Token::Number),
            b't' => self.word("true", Token::Bool(true)),
            b'f' => self.word("false", Token::Bool(false)),
            b'n' => self.word("null", Token::Null),
            _ => None,
        }
    }

    fn opened(&mut self, token: Token<'t>) -> Token<'t> {
        self.at += 1;
        token
    }

    fn word(&mut self, word: &str, token: Token<'t>) -> Option<Token<'t>> {
        if !self.text.as_bytes().get(self.at..)?.starts_with(word.as_bytes()) {
            return None;
        }
        self.at += word.len();
        Some(token)
    }

    /// `-12.50`; what may not follow it is noticed by whoever reads on.
    fn number(&mut self) -> Option<&'t str> {
        let start = self.at;
        if self.here()? == b'-' {
            self.at += 1;
        }
        if self.here()? == b'0' {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.here() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        self.text.get(start..self.at)
    }

    /// One digit or more.
    fn digits(&mut self) -> Option<()> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let count = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
        self.at += count;
        (count > 0).then_some(())
    }

    /// The text of the string that begins here.
    fn text(&mut self) -> Option<Token<'t>> {
        let start = self.at + 1;
        let rest = self.text.as_bytes().get(start..)?;
        let length = escapes::first(rest)?;
        if rest.get(length) != Some(&b'"') {
            return self.escaped();
        }
        self.at = start + length + 1;
        self.text.get(start..start + length).map(Token::Text)
    }

    /// Likewise, where something in it is escaped.
    #[cold]
    fn escaped(&mut self) -> Option<Token<'t>> {
        let start = self.at;
        let mut escaped = false;
        let length = self.text.as_bytes().get(start + 1..)?.iter().position(|byte| {
            let closes = *byte == b'"' && !escaped;
            escaped = *byte == b'\\' && !escaped;
            closes
        })?;
        self.at = start + length + 2;
        self.text.get(start..self.at).map(Token::Escaped)
    }

    /// The name of a member.
    fn name(&mut self) -> Option<&'t str> {
        if self.next()? != b'"' {
            return None;
        }
        if let Token::Text(name) = self.text()? { Some(name) } else { None }
    }

    /// Hands over the members of an object whose `{` has been read: `each` reads the value.
    pub fn members(&mut self, mut each: impl FnMut(&mut Self, &'t str) -> Option<()>) -> Option<()> {
        if self.next()? == b'}' {
            self.at += 1;
            return Some(());
        }
        loop {
            let name = self.name()?;
            self.eat(b':')?;
            each(self, name)?;
            if self.is_last(b'}')? {
                return Some(());
            }
        }
    }

    /// Hands over the texts of an array whose `[` has been read.
    pub fn texts(&mut self, mut each: impl FnMut(&str) -> Option<()>) -> Option<()> {
        if self.next()? == b']' {
            self.at += 1;
            return Some(());
        }
        loop {
            match self.value()? {
                Token::Text(text) => each(text)?,
                Token::Escaped(written) => each(&plain(written)?)?,
                _ => return None,
            }
            if self.is_last(b']')? {
                return Some(());
            }
        }
    }

    /// Goes on behind a comma, or behind the end.
    fn is_last(&mut self, end: u8) -> Option<bool> {
        let byte = self.next()?;
        self.at += 1;
        if byte == end {
            return Some(true);
        }
        (byte == b',').then_some(false)
    }
}

/// What an escaped text says.
#[cold]
pub(super) fn plain(written: &str) -> Option<String> {
    serde_json::from_str(written).ok()
}

#[cfg(test)]
mod tests {
    use super::super::Json;
    use super::*;

    /// The whole text as a tree.
    fn tree(text: &str) -> Option<Json> {
        let mut scan = Scan::new(text);
        let tree = value(&mut scan)?;
        scan.is_at_end().then_some(tree)
    }

    fn value(scan: &mut Scan<'_>) -> Option<Json> {
        Some(match scan.value()? {
            Token::Null => Json::Null,
            Token::Bool(value) => Json::Bool(value),
            Token::Number(digits) => Json::Number(digits.to_owned()),
            Token::Text(text) => Json::Text(text.to_owned()),
            Token::Escaped(written) => Json::Text(plain(written)?),
            Token::Array => {
                let mut items = Vec::new();
                scan.texts(|text| {
                    items.push(Json::Text(text.to_owned()));
                    Some(())
                })?;
                Json::Array(items)
            }
            Token::Object => {
                let mut members = Vec::new();
                scan.members(|scan, name| {
                    members.push((name.to_owned(), value(scan)?));
                    Some(())
                })?;
                Json::Object(members)
            }
        })
    }

    #[test]
    fn plain_json_is_read() {
        for text in [
            r#" {"a": 1, "b" : [ "x","y" ] ,"c":{"d":null,"e":true,"f":false}, "g":-0.50, "h":[],"i":{}} "#,
            "\"ß\\u00e4\\n\\\"\\\\\"",
            "\t\"\"\r\n",
            "0",
            "-120",
            "12345678901234567890.5",
        ] {
            assert_eq!(tree(text), Some(Json::parse(text).unwrap()), "{text}");
        }
    }

    #[test]
    fn what_is_no_json_is_not_read() {
        for text in [
            "",
            " ",
            "{",
            "{]",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{,}",
            "{\"a\":1 \"b\":2}",
            "{a:1}",
            "[\"a\",]",
            "[,]",
            "[\"a\" \"b\"]",
            "\"",
            "\"\\\"",
            "\"\\x\"",
            "\"a\nb\"",
            "\"a\\\n\"",
            "01",
            "-",
            "1.",
            ".5",
            "+1",
            "--1",
            "1 2",
            "tru",
            "nulll",
            "True",
            "{}{}",
            "\u{a0}1",
            "\"\\ud800\"",
        ] {
            assert!(Json::parse(text).is_err(), "{text}");
            assert_eq!(tree(text), None, "{text}");
        }
    }

    /// These are for the other reader.
    #[test]
    fn what_is_not_plain_is_not_read() {
        for text in ["1e2", "[1]", "[[]]", "{\"\\u0061\":1}", "\u{feff}{}"] {
            assert!(Json::parse(text).is_ok(), "{text}");
            assert_eq!(tree(text), None, "{text}");
        }
    }
}
