//! What can be folded: items, and comments of several lines.

use gen_lsp_types::{FoldingRange, FoldingRangeKind};

/// The parts of a text, by its lines; it need not be right.
pub fn ranges(text: &str) -> Vec<FoldingRange> {
    let mut folds = Folds::default();
    for (at, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        folds.line(at, line);
    }
    folds.comments.take().into_iter().for_each(|run| folds.end(run, Some(FoldingRangeKind::Comment)));
    folds.item.take().into_iter().for_each(|run| folds.end(run, None));
    folds.found.sort_by_key(|range| range.start_line);
    folds.found
}

/// The first and the last line.
type Run = (usize, usize);

#[derive(Default)]
struct Folds {
    item: Option<Run>,
    comments: Option<Run>,
    found: Vec<FoldingRange>,
}

impl Folds {
    fn line(&mut self, at: usize, line: &str) {
        let flush = !line.starts_with([' ', '\t']);
        let content = line.trim_start();
        if content.starts_with('#') && flush {
            self.comments = Some((self.comments.map_or(at, |(start, _)| start), at));
            return;
        }
        if let Some(run) = self.comments.take() {
            self.end(run, Some(FoldingRangeKind::Comment));
        }
        if content.is_empty() {
            return;
        }
        if flush {
            if let Some(run) = self.item.take() {
                self.end(run, None);
            }
            self.item = Some((at, at));
        } else if let Some((_, end)) = &mut self.item {
            *end = at;
        }
    }

    fn end(&mut self, (start, end): Run, kind: Option<FoldingRangeKind>) {
        let line = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        if end > start {
            self.found.push(FoldingRange { start_line: line(start), end_line: line(end), kind, ..FoldingRange::default() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_and_comments_fold() {
        let text = "# one\r\n# two\nrole a\nrule r\n  agent may refund\n\n  # inside\n  when x\n\n# above\nfact f text\ntest \"t\"\n  as a\n";
        let found: Vec<_> = ranges(text).iter().map(|range| (range.start_line, range.end_line, range.kind.is_some())).collect();
        assert_eq!(found, [(0, 1, true), (3, 7, false), (11, 12, false)]);
    }
}
