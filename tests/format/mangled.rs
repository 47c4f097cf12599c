//! However a file was written: with the same words it is formatted to the same text.

use proptest::prelude::*;

use super::{folder, formatted};

/// Words that begin a clause, with the order in which clauses stand.
const CLAUSES: &[&str] =
    &["when", "unless", "from", "until", "approved", "charge", "require", "because", "offer", "advise", "ask", "cites", "owner", "review"];

/// Files in the one layout that hold no comment and nothing that keeps the line breaks of its author.
fn known() -> Vec<String> {
    ["rules", "tables", "tests", "vocabulary"]
        .iter()
        .map(|name| std::fs::read_to_string(folder().join(name).with_extension("formatted")).unwrap())
        .map(|text| without_comments(&text))
        .collect()
}

/// The text without its comments, in the one layout.
fn without_comments(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(|line| line.split_once('#').map_or(line, |(before, _)| before)).collect();
    formatted(&lines.join("\n")).unwrap()
}

/// A source of choices that repeats itself.
struct Choices {
    bytes: Vec<u8>,
    at: usize,
}

impl Choices {
    fn below(&mut self, count: usize) -> usize {
        self.at += 1;
        usize::from(self.bytes[self.at % self.bytes.len()]) % count
    }

    fn space(&mut self) -> &'static str {
        [" ", "  ", "\t", " \t "][self.below(4)]
    }
}

/// Shuffles clauses of different kinds, clauses of one kind keep their order.
fn shuffle_clauses(text: &str, choices: &mut Choices) -> String {
    let mut out = String::new();
    for item in text.split("\n\n") {
        let is_rule = ["rule", "fallback"].iter().any(|keyword| item.starts_with(keyword));
        let shuffled = if is_rule { shuffle_item(item, choices) } else { item.trim_end().to_owned() };
        out.push_str(&shuffled);
        out.push_str("\n\n");
    }
    out
}

fn shuffle_item(item: &str, choices: &mut Choices) -> String {
    let mut head: Vec<&str> = Vec::new();
    let mut kinds: Vec<(usize, Vec<Vec<&str>>)> = Vec::new();
    for line in item.lines() {
        let first = line.split_whitespace().next().unwrap_or_default();
        match CLAUSES.iter().position(|word| *word == first) {
            Some(kind) if kinds.last().is_some_and(|(last, _)| *last == kind) => kinds.last_mut().unwrap().1.push(vec![line]),
            Some(kind) => kinds.push((kind, vec![vec![line]])),
            None => kinds.last_mut().map_or(&mut head, |(_, clauses)| clauses.last_mut().unwrap()).push(line),
        }
    }
    while !kinds.is_empty() {
        let chosen = choices.below(kinds.len());
        head.extend(kinds[chosen].1.remove(0));
        kinds.retain(|(_, clauses)| !clauses.is_empty());
    }
    head.join("\n")
}

/// Other space between words, other indentation, empty lines inside items, more of them between items.
fn mangle_space(text: &str, choices: &mut Choices) -> String {
    let end = ["\n", "\r\n"][choices.below(2)];
    let mut out = String::new();
    for line in text.lines() {
        if line.starts_with(' ') {
            if choices.below(4) == 0 {
                out.push_str(end);
            }
            out.push_str(choices.space());
        }
        mangle_line(line.trim_start(), choices, end, &mut out);
        out.push_str(["", " ", "\t"][choices.below(3)]);
        out.push_str(&end.repeat(if line.is_empty() { 1 + choices.below(3) } else { 1 }));
    }
    out
}

fn mangle_line(line: &str, choices: &mut Choices, end: &str, out: &mut String) {
    let is_row = line.starts_with('|');
    let mut in_text = false;
    let mut previous = ' ';
    for char in line.chars() {
        in_text ^= char == '"' && previous != '\\';
        match char {
            ' ' if in_text => out.push(' '),
            ' ' if previous == ' ' => {}
            ' ' if previous == ',' && !is_row && choices.below(3) == 0 => {
                out.push_str(end);
                out.push_str(choices.space());
            }
            ' ' => out.push_str(choices.space()),
            _ => out.push(char),
        }
        previous = char;
    }
}

/// Every item of every case.
fn items() -> Vec<String> {
    let cases = super::policies_in(&folder());
    let texts = cases.iter().map(|case| std::fs::read_to_string(case.with_extension("formatted")).unwrap());
    texts.flat_map(|text| text.split("\n\n").map(|item| format!("{item}\n")).collect::<Vec<_>>()).collect()
}

/// Other line ends, some of them behind a comment.
fn break_lines(text: &str, choices: &mut Choices) -> String {
    let mut out = String::new();
    for (number, line) in text.lines().enumerate() {
        let (mut in_text, mut in_comment, mut indented) = (false, false, false);
        for char in line.chars() {
            in_text ^= char == '"' && !in_comment;
            in_comment |= char == '#' && !in_text;
            let may_break = char == ' ' && indented && !in_text && !in_comment && !line.trim_start().starts_with('|');
            match if may_break { choices.below(16) } else { 16 } {
                0 => out.push_str("\n   "),
                1 => out.extend([" # here ", &number.to_string(), "\n  "]),
                2 => out.extend(["\n  # above ", &number.to_string(), "\n      "]),
                _ => out.push(char),
            }
            indented |= char != ' ';
        }
        out.push('\n');
    }
    out
}

fn formatted_if_it_parses(text: &str) -> Option<String> {
    let mut sources = kulanz::source::Sources::default();
    let id = sources.add("test.kulanz", text);
    let parses = !kulanz::diagnostic::has_errors(&kulanz::syntax::parse(&sources, id).1);
    parses.then(|| formatted(text).unwrap_or_else(|problems| panic!("{text}\n{problems:#?}")))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn wherever_lines_break_the_layout_is_stable(bytes in prop::collection::vec(any::<u8>(), 256..1024)) {
        for item in items() {
            let mut choices = Choices { bytes: bytes.clone(), at: item.len() };
            let broken = break_lines(&item, &mut choices);
            // A word that begins a line may begin a clause that does not belong there; such a text is not formatted.
            if let Some(result) = formatted_if_it_parses(&broken) {
                prop_assert_eq!(formatted(&result).unwrap(), result, "from\n{}", broken);
            }
        }
    }

    #[test]
    fn space_and_the_order_of_clauses_do_not_matter(bytes in prop::collection::vec(any::<u8>(), 64..256)) {
        for known in known() {
            let mut choices = Choices { bytes: bytes.clone(), at: 0 };
            let shuffled = shuffle_clauses(&known, &mut choices);
            let mangled = mangle_space(&shuffled, &mut choices);
            let result = formatted(&mangled).unwrap_or_else(|problems| panic!("{mangled}\n{problems:#?}"));
            prop_assert_eq!(&result, &known, "from\n{}", mangled);
        }
    }
}
