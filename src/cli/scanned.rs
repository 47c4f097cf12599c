//! Problems for code scanning: files are named from the current directory, where the code host looks for them.

use std::path::Path;

use serde_json::Value;

/// A SARIF log of the pack at `path`, with the names of files from the current directory where the pack lies below it.
pub fn from_here(mut log: Value, path: &Path) -> Value {
    if let Some(prefix) = std::env::current_dir().ok().and_then(|here| prefix(&here, path)) {
        rename(&mut log, &prefix);
    }
    log
}

/// How a file that is no part of the pack at `path` is to be called in its log, so that it is named from the current directory in the end.
#[cfg(feature = "ledger")]
pub fn outside(path: &Path, file: &Path) -> String {
    let Some((here, prefix)) = std::env::current_dir().ok().and_then(|here| Some((here.canonicalize().ok()?, prefix(&here, path)?))) else {
        return file.to_string_lossy().into_owned();
    };
    let place = file.canonicalize().unwrap_or_else(|_| here.join(file));
    match place.strip_prefix(&here) {
        Ok(below) => "../".repeat(prefix.len()) + &below.to_string_lossy(),
        Err(_) => file.to_string_lossy().into_owned(),
    }
}

/// The folder of a pack from `here`, a part of the path an item.
fn prefix(here: &Path, path: &Path) -> Option<Vec<String>> {
    let place = path.canonicalize().ok()?;
    let folder = if place.is_dir() { place.as_path() } else { place.parent()? };
    let below = folder.strip_prefix(here.canonicalize().ok()?).ok()?;
    Some(below.components().map(|part| escaped(&part.as_os_str().to_string_lossy())).collect())
}

fn escaped(part: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    part.bytes().map(byte).collect()
}

fn rename(value: &mut Value, prefix: &[String]) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member.get_mut("uri") {
                    Some(Value::String(uri)) if name == "artifactLocation" => *uri = joined(prefix, uri),
                    _ => rename(member, prefix),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, prefix)),
        _ => {}
    }
}

/// `policies/shop` and `../rail/a.kulanz` are `policies/rail/a.kulanz`.
fn joined(prefix: &[String], uri: &str) -> String {
    let mut parts: Vec<&str> = prefix.iter().map(String::as_str).collect();
    for part in uri.split('/') {
        if part != ".." || parts.last().is_none_or(|last| *last == "..") {
            parts.push(part);
        } else {
            parts.pop();
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pack_beside_is_named_from_here_too() {
        let prefix = ["policies".to_owned(), "shop".to_owned()];
        assert_eq!(joined(&prefix, "a.kulanz"), "policies/shop/a.kulanz");
        assert_eq!(joined(&prefix, "../rail/b.kulanz"), "policies/rail/b.kulanz");
        assert_eq!(joined(&[], "../rail/b.kulanz"), "../rail/b.kulanz");
        assert_eq!(joined(&prefix, "../../../b.kulanz"), "../b.kulanz");
    }
}
