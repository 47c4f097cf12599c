//! What people write who do not know the language yet: each is one error at its place, and its help can be pasted.

use kulanz::diagnostic::{Diagnostic, Severity};
use kulanz::pack::Pack;

/// What is left to do behind a help.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pasted {
    /// The line that the help ends with takes the place of the one with the mistake.
    Line,
    /// What stands in the first backticks takes the place of what is marked.
    Place,
    /// Nothing can be pasted: it is said in words.
    Words,
}

use Pasted::{Line, Place, Words};

/// An item with a mistake in it, what is marked, what the help is, and how that is pasted. Beside it stands `docs/problems/base.kulanz`.
const ITEMS: &[(&str, &str, &str, Pasted)] = include!("otherwise.in");

fn base() -> String {
    std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/problems/base.kulanz")).unwrap()
}

fn errors(item: &str) -> (Pack, Vec<Diagnostic>) {
    let (pack, problems) = Pack::from_texts(&[("base.kulanz", &base()), ("item.kulanz", item)]);
    let problems = super::check(&pack, problems);
    (pack, problems.into_iter().filter(|problem| problem.severity() == Severity::Error).collect())
}

fn lines(messages: &[Diagnostic]) -> String {
    messages.iter().map(|problem| format!("{} ({:?})", problem.message, problem.help)).collect::<Vec<_>>().join("\n")
}

/// The item with the help in it.
fn pasted(item: &str, marked: std::ops::Range<usize>, help: &str, how: Pasted) -> String {
    let parts: Vec<&str> = help.split('`').collect();
    match how {
        Words => item.to_owned(),
        Place => format!("{}{}{}", &item[..marked.start], parts[1], &item[marked.end..]),
        Line => {
            let start = item[..marked.start].rfind('\n').map_or(0, |at| at + 1);
            let end = item[marked.start..].find('\n').map_or(item.len(), |at| marked.start + at);
            let indent = item[start..end].len() - item[start..end].trim_start().len();
            format!("{}{}{}", &item[..start + indent], parts[parts.len() - 2], &item[end..])
        }
    }
}

#[test]
fn what_is_said_otherwise_is_one_error_with_a_help_that_can_be_pasted() {
    let mut wrong = Vec::new();
    for (item, marked, help, how) in ITEMS {
        let (pack, errors_found) = errors(item);
        let [problem] = errors_found.as_slice() else {
            wrong.push(format!("{item}: {} errors\n{}", errors_found.len(), lines(&errors_found)));
            continue;
        };
        let span = problem.span().unwrap();
        let (shown, said) = (pack.sources.snippet(span), problem.help.clone().unwrap_or_default());
        if shown != *marked || said != *help {
            wrong.push(format!("{item}: marks {shown:?}, help {said:?}"));
            continue;
        }
        if *how != Words {
            let mended = pasted(item, span.range(), help, *how);
            let (_, left) = errors(&mended);
            if !left.is_empty() {
                wrong.push(format!("{item}: pasted\n{mended}\n{}", lines(&left)));
            }
        }
        if let Some(fix) = &problem.fix {
            let mut mended = (*item).to_owned();
            let mut edits: Vec<_> = fix.edits.iter().collect();
            edits.sort_by_key(|edit| std::cmp::Reverse(edit.span));
            for edit in edits {
                mended.replace_range(edit.span.range(), &edit.text);
            }
            let (_, left) = errors(&mended);
            if !left.is_empty() {
                wrong.push(format!("{item}: fixed\n{mended}\n{}", lines(&left)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n----\n"));
}
