//! Which problems of a pack are shown, and in what order.

use super::{Code, Diagnostic, Severity};
use crate::source::{SourceId, Sources};

/// How many problems are shown at one time.
pub(super) const MOST: usize = 200;

/// All problems by file and place, or the first of them and how many more there are; errors go before warnings where not all are shown. What lies in no text
/// comes first.
pub(super) fn shown(diagnostics: Vec<Diagnostic>, sources: &Sources) -> Vec<Diagnostic> {
    let (unread, mut all): (Vec<_>, Vec<_>) = diagnostics.into_iter().partition(|diagnostic| diagnostic.code == Code::TooManyProblems);
    all.sort_by_key(|diagnostic| (diagnostic.span(), diagnostic.code));
    let of = |severity| all.iter().filter(|diagnostic| diagnostic.severity() == severity).count();
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    let mut room = [(Severity::Error, MOST), (Severity::Warning, MOST.saturating_sub(errors))];
    all.retain(|diagnostic| {
        let left = room.iter_mut().find(|(severity, left)| *severity == diagnostic.severity() && *left > 0);
        left.map(|(_, left)| *left -= 1).is_some()
    });
    let further = errors.saturating_sub(MOST);
    if further > 0 || !unread.is_empty() {
        all.push(more_errors(further, &unread, sources));
    }
    let further = warnings.saturating_sub(MOST.saturating_sub(errors));
    if further > 0 {
        all.push(Diagnostic::new(Code::TooManyWarnings, format!("and {further} more {}", counted(further, "warning"))).help("mend the others first"));
    }
    all
}

/// Behind the errors that are shown. In a text that was not read to its end there is one more at least.
fn more_errors(further: usize, unread: &[Diagnostic], sources: &Sources) -> Diagnostic {
    // What has no place is about files that were not looked at.
    let least = further + unread.iter().filter(|unread| unread.span().is_some()).count();
    let help = "mend the others first";
    let Some(first) = unread.first() else {
        return Diagnostic::new(Code::TooManyProblems, format!("and {least} more {}", counted(least, "error"))).help(help);
    };
    let name = |id: SourceId| sources.get(id).map(|source| format!("`{}` is", source.name()));
    let what = first.span().filter(|_| unread.len() == 1).and_then(|span| name(span.source)).unwrap_or_else(|| "some files are".to_owned());
    let message = format!("and at least {least} more {}; {what} not read to the end", counted(least, "error"));
    Diagnostic::new(Code::TooManyProblems, message).help(help)
}

fn counted(count: usize, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn sources() -> (Sources, [SourceId; 2]) {
        let mut sources = Sources::default();
        let ids = ["a.kulanz", "b.kulanz"].map(|name| sources.add(name, "x".repeat(1000)));
        (sources, ids)
    }

    fn at(code: Code, source: SourceId, place: usize) -> Diagnostic {
        Diagnostic::new(code, place.to_string()).at(Span::new(source, place, place), "")
    }

    #[test]
    fn problems_stand_by_file_and_place() {
        let (sources, [a, b]) = sources();
        let whole = Diagnostic::new(Code::Unreadable, "gone");
        let found = vec![at(Code::Form, b, 1), at(Code::PastReview, a, 3), at(Code::UnknownName, a, 2), at(Code::Form, a, 9), whole.clone()];
        let [form_b, review, name, form_a, _] = found.clone().try_into().unwrap();
        assert_eq!(shown(found, &sources), [whole, name, review, form_a, form_b]);
    }

    #[test]
    fn so_many_are_shown_and_the_others_counted() {
        let (sources, [a, b]) = sources();
        let many = |code, source, count: usize| (0..count).map(move |place| at(code, source, place));
        let last = |found: Vec<Diagnostic>| {
            let shown = shown(found, &sources);
            let rest: Vec<_> = shown.iter().skip(MOST).map(|problem| problem.message.clone()).collect();
            (shown.len().min(MOST), rest.join("; "))
        };
        assert_eq!(last(many(Code::Form, a, MOST).collect()), (MOST, String::new()));
        assert_eq!(last(many(Code::Form, a, MOST + 1).collect()), (MOST, "and 1 more error".to_owned()));
        // No error is left out for a warning.
        let mixed = many(Code::PastReview, a, MOST).chain(many(Code::Form, b, 150)).collect();
        assert_eq!(last(mixed), (MOST, "and 150 more warnings".to_owned()));
        let both = many(Code::PastReview, a, 3).chain(many(Code::Form, b, MOST + 5)).collect();
        assert_eq!(last(both), (MOST, "and 5 more errors; and 3 more warnings".to_owned()));
        let unread = |source| at(Code::TooManyProblems, source, 900);
        let one = many(Code::Form, a, MOST).chain([unread(a)]).collect();
        assert_eq!(last(one), (MOST, "and at least 1 more error; `a.kulanz` is not read to the end".to_owned()));
        let two = many(Code::Form, a, MOST).chain(many(Code::Form, b, MOST)).chain([unread(a), unread(b)]).collect();
        assert_eq!(last(two), (MOST, "and at least 202 more errors; some files are not read to the end".to_owned()));
    }
}
