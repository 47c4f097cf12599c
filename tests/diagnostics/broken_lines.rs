//! A line that cannot be read is told, and nothing that only follows from it.

use std::path::Path;

use kulanz::diagnostic::render;
use kulanz::pack::Pack;
use kulanz::policy;

/// The files of the pack with everything that the language has.
fn shop() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policy/reference/shop");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            // The pack beside it is not there in memory.
            let text: String = std::fs::read_to_string(&path).unwrap().split_inclusive('\n').filter(|line| !line.starts_with("  includes")).collect();
            (path.file_name().unwrap().to_str().unwrap().to_owned(), text)
        })
        .collect();
    files.sort();
    files
}

/// What is said of these files.
fn told(files: &[(String, String)]) -> Vec<String> {
    let texts: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let (pack, mut problems) = Pack::from_texts(&texts);
    problems.extend(policy::check(&pack).err().unwrap_or_default());
    problems.iter().map(|problem| render::human(std::slice::from_ref(problem), &pack.sources, false)).collect()
}

/// A line of an item with a sign in it that nothing is made of; `None` for one that says nothing, and for the first of an item, without which there is no item.
fn broken(line: &str) -> Option<String> {
    if !line.starts_with(' ') || line.trim_start().starts_with('#') || line.contains("|--") {
        return None;
    }
    if line.contains('|') {
        return Some(line.replacen("| ", "| ?? ", 1));
    }
    let (code, comment) = line.split_once(" #").unwrap_or((line, ""));
    Some(format!("{code} ?? #{comment}"))
}

#[test]
fn a_line_that_cannot_be_read_is_one_problem() {
    let files = shop();
    assert_eq!(told(&files), [""; 0]);
    let mut count = 0;
    for (at, (name, text)) in files.iter().enumerate().filter(|(_, (name, _))| name.ends_with(".kulanz")) {
        for (number, line) in text.lines().enumerate() {
            let Some(broken) = broken(line) else { continue };
            let changed: Vec<&str> = text.lines().enumerate().map(|(other, line)| if other == number { &broken } else { line }).collect();
            let mut files = files.clone();
            files[at].1 = changed.join("\n");
            let told = told(&files);
            assert_eq!(told.len(), 1, "{name}:{}\n{}", number + 1, told.join("\n"));
            count += 1;
        }
    }
    assert!(count > 80, "{count}");
}

/// A head that cannot be read in one of four ways; without it nothing is known of the item, nor of what it declares.
fn broken_heads(line: &str) -> Option<[String; 4]> {
    if line.is_empty() || line.starts_with([' ', '#', '|', '"']) {
        return None;
    }
    let (keyword, rest) = line.split_once(' ')?;
    let (code, comment) = rest.split_once(" #").unwrap_or((rest, ""));
    let behind_name = code.trim_start().split_once(' ').map_or("", |(_, behind)| behind);
    let signs = format!("{keyword} {code} ?? #{comment}");
    Some([signs, format!("{keyword} ?? {rest}"), format!("{keyword}{keyword} {rest}"), format!("{keyword} {behind_name}")])
}

#[test]
fn a_head_that_cannot_be_read_is_one_problem() {
    let files = shop();
    let (mut count, mut cascades) = (0, Vec::new());
    for (at, (name, text)) in files.iter().enumerate().filter(|(_, (name, _))| name.ends_with(".kulanz")) {
        for (number, line) in text.lines().enumerate() {
            for head in broken_heads(line).into_iter().flatten() {
                let changed: Vec<&str> = text.lines().enumerate().map(|(other, line)| if other == number { &head } else { line }).collect();
                let mut files = files.clone();
                files[at].1 = changed.join("\n");
                let told = told(&files);
                count += 1;
                if told.len() > 1 {
                    cascades.push(format!("{name}:{} {head}\n{}", number + 1, told.join("\n")));
                }
            }
        }
    }
    assert!(count > 200, "{count}");
    assert!(cascades.is_empty(), "{} of {count}\n{}", cascades.len(), cascades.join("\n----\n"));
}

/// A line of a rule declares nothing, so that a name which stands there and nowhere else is unknown all the same, and told where the line can be read.
#[test]
fn a_broken_line_of_a_rule_hides_no_unknown_name() {
    let base = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/problems/base.kulanz")).unwrap();
    let rules = "rule a\n  agent may refund\n  when reazon is late ??\n\nrule b\n  lead may refund\n  when reazon is damaged\n";
    let told = told(&[("base.kulanz".to_owned(), base), ("rules.kulanz".to_owned(), rules.to_owned())]);
    let [broken, unknown] = told.as_slice() else { panic!("{}", told.join("\n")) };
    assert!(broken.contains("rules.kulanz:3:"), "{broken}");
    assert!(unknown.contains("rules.kulanz:7:") && unknown.contains("there is no fact or definition `reazon`"), "{unknown}");
}
