//! What is compared: commands as a shell cuts them, and JSON that is shown in part.

use serde_json::Value;

/// A command cut as a shell does it, double and single quotes taken away.
pub fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for character in command.chars() {
        match (character, quote) {
            ('"' | '\'', None) => quote = Some(character),
            (end, Some(begun)) if end == begun => quote = None,
            (' ' | '\n', None) => words.push(std::mem::take(&mut word)),
            (other, _) => word.push(other),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// Where `given` does not hold what `expected` says. Members that are not shown may be there; a list is shown whole.
pub fn missing(expected: &Value, given: &Value) -> Option<String> {
    match (expected, given) {
        (Value::Object(expected), Value::Object(given)) => {
            expected.iter().find_map(|(key, value)| missing(value, given.get(key).unwrap_or(&Value::Null)).map(|path| format!("{key} {path}")))
        }
        (Value::Array(expected), Value::Array(given)) if expected.len() == given.len() => {
            expected.iter().zip(given).enumerate().find_map(|(at, (expected, given))| missing(expected, given).map(|path| format!("{at} {path}")))
        }
        (expected, given) => (expected != given).then(String::new),
    }
}
