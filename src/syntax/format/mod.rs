//! The one layout of a policy file.
//!
//! In: a text. Out: the same words in the one layout, or what keeps the text from being read. What must stay true: the result means the same, holds every
//! comment, and formatting it again changes nothing.
//!
//! - Items are parted by one empty line; declarations of one kind stay together where their author put them together, and share columns.
//! - What belongs to an item is indented by two. Clauses stand in the order of the language guide.
//! - A condition goes one operand a line where it does not fit 100 columns or its author spread it; a text in several languages where it does not fit.
//! - Numbers, texts and parentheses keep their written form.

mod clause;
mod condition;
mod item;
mod layout;
mod lexer;
mod meaning;
mod run;
mod spacing;
mod table;
mod token;
mod writer;

pub use meaning::same_meaning;

use crate::diagnostic::{Code, Diagnostic, has_errors};
use crate::source::{SourceId, Sources, Span};
use crate::syntax::ast::File;
use crate::syntax::parse;

/// The text of `id` in the one layout, with LF line ends and a final one; a text without words and comments becomes empty.
///
/// ```
/// use kulanz::{source::Sources, syntax::format::format};
/// let mut sources = Sources::default();
/// let id = sources.add("shop.kulanz", "rule small\n   agent may  refund\n   charge goodwill\n   when fresh");
/// assert_eq!(format(&sources, id).unwrap(), "rule small\n  agent may refund\n  when fresh\n  charge goodwill\n");
/// ```
///
/// # Errors
/// What keeps the text from being read. [`Code::FormatFailed`] where the formatter itself is wrong, so that no wrong text is ever returned.
pub fn format(sources: &Sources, id: SourceId) -> Result<String, Vec<Diagnostic>> {
    let (file, diagnostics) = parse(sources, id);
    if has_errors(&diagnostics) {
        return Err(diagnostics);
    }
    let text = sources.get(id).map_or("", |source| source.text());
    let formatted = layout::write(text, &file);
    if keeps_meaning(&file, &formatted) && keeps_comments(text, &formatted) {
        return Ok(formatted);
    }
    let place = Span::new(id, 0, 0);
    let problem = Diagnostic::new(Code::FormatFailed, "the formatter would change what this file says, so the file stays as it is");
    Err(vec![problem.at(place, "").help("this is a fault of the formatter, please report it with the file")])
}

fn keeps_meaning(file: &File, formatted: &str) -> bool {
    let mut sources = Sources::default();
    let id = sources.add("formatted", formatted);
    let (again, diagnostics) = parse(&sources, id);
    !has_errors(&diagnostics) && same_meaning(file, &again)
}

/// Whether both texts hold the same comments; clauses that moved took theirs with them.
fn keeps_comments(text: &str, formatted: &str) -> bool {
    let comments = |text| {
        let tokens = token::Tokens::read(text);
        let mut comments: Vec<String> = tokens.comments().map(str::to_owned).collect();
        comments.sort_unstable();
        comments
    };
    comments(text) == comments(formatted)
}
