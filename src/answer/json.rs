//! JSON written at the end of a text. What is written is what `serde_json` writes.

use serde_json::Value;

use crate::escapes;

/// Writes a string that `write` writes the content of.
pub(crate) fn string(out: &mut String, write: impl FnOnce(&mut String)) {
    out.push('"');
    let start = out.len();
    write(out);
    escape(out, start);
    out.push('"');
}

/// Writes a text as a string.
pub(crate) fn text(out: &mut String, text: &str) {
    string(out, |out| out.push_str(text));
}

/// Writes a name of the policy's, which has nothing in it that JSON escapes.
pub(crate) fn name(out: &mut String, name: &str) {
    debug_assert!(!escapes::any(name.as_bytes()), "{name:?}");
    out.push('"');
    out.push_str(name);
    out.push('"');
}

/// Writes a quantity or a day that is there, else null. Likewise.
pub(crate) fn figure<T>(out: &mut String, value: Option<T>, write: impl FnOnce(&mut String, T)) {
    let Some(value) = value else { return out.push_str("null") };
    out.push('"');
    write(out, value);
    out.push('"');
}

/// Writes a text that is there, else null.
pub(super) fn optional<T>(out: &mut String, value: Option<T>, write: impl FnOnce(&mut String, T)) {
    match value {
        Some(value) => string(out, |out| write(out, value)),
        None => out.push_str("null"),
    }
}

/// Writes a list of what `write` writes, with `before` before it.
pub(crate) fn list<T>(out: &mut String, before: &str, items: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut String, T)) {
    out.push_str(before);
    let mut items = items.into_iter();
    let Some(first) = items.next() else { return out.push_str("[]") };
    out.push('[');
    write(out, first);
    for item in items {
        out.push(',');
        write(out, item);
    }
    out.push(']');
}

/// Escapes what was written from `start` on, where that is needed: mostly it is not.
fn escape(out: &mut String, start: usize) {
    let Some(written) = out.get(start..) else { return };
    if !escapes::any(written.as_bytes()) {
        return;
    }
    let escaped = Value::from(written).to_string();
    out.truncate(start);
    out.push_str(escaped.get(1..escaped.len() - 1).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn strings_are_those_of_serde_json(plain in "[a-zäß€ .]{0,40}", hostile in any::<String>(), quotes in "[\"\\\\\n\u{0}-\u{20}\u{7f}]{0,6}") {
            for written in [plain, hostile, quotes] {
                let mut out = "{".to_owned();
                text(&mut out, &written);
                prop_assert_eq!(out, format!("{{{}", serde_json::to_string(&written).unwrap()));
            }
        }
    }

    #[test]
    fn lists_have_commas_between() {
        let mut out = String::new();
        list(&mut out, "", [Some("a"), None], |out, item| optional(out, item, String::push_str));
        list(&mut out, ":", None::<&str>, text);
        assert_eq!(out, r#"["a",null]:[]"#);
    }
}
