//! What each word is, for colours.

use gen_lsp_types::{SemanticToken, SemanticTokens, SemanticTokensLegend};

use super::words;
use crate::lsp::analysis::Analysis;
use crate::lsp::lexer::{Token, TokenKind, tokens};
use crate::lsp::names::{Kind, Occurrence, Use};
use crate::source::SourceId;

/// The kinds of tokens, by the places in the legend.
const TYPES: [&str; 14] = [
    "keyword",
    "comment",
    "string",
    "number",
    "operator",
    "type",
    "class",
    "property",
    "enumMember",
    "function",
    "event",
    "struct",
    "variable",
    "method",
];

/// Something gets its name here.
const DECLARATION: u32 = 1;
/// It is built in.
const BUILT_IN: u32 = 2;

/// What the numbers in the answer mean.
pub fn legend() -> SemanticTokensLegend {
    SemanticTokensLegend {
        token_types: TYPES.map(str::to_owned).to_vec(),
        token_modifiers: ["declaration", "defaultLibrary"].map(str::to_owned).to_vec(),
    }
}

/// The tokens of a text of a pack.
pub fn of_text(analysis: &Analysis, source: SourceId) -> SemanticTokens {
    let mut paint = Paint { analysis, source, text: analysis.text(source), last: (0, 0), data: Vec::new() };
    for token in tokens(paint.text) {
        paint.token(&token);
    }
    SemanticTokens { result_id: None, data: paint.data }
}

struct Paint<'a> {
    analysis: &'a Analysis,
    source: SourceId,
    text: &'a str,
    /// Line and character of the token before.
    last: (u32, u32),
    data: Vec<SemanticToken>,
}

impl Paint<'_> {
    fn token(&mut self, token: &Token) {
        match token.kind {
            TokenKind::Comment => self.put(token.range.clone(), "comment", 0),
            TokenKind::Number => self.put(token.range.clone(), "number", 0),
            TokenKind::Text | TokenKind::OpenText => self.quoted(token),
            TokenKind::Word => self.word(token),
            TokenKind::Sign if ["<", "<=", ">", ">=", "=", "+", "-", "*", "/", ".."].contains(&self.written(token)) => {
                self.put(token.range.clone(), "operator", 0);
            }
            TokenKind::Sign => {}
        }
    }

    fn written(&self, token: &Token) -> &str {
        self.text.get(token.range.clone()).unwrap_or_default()
    }

    /// A text, and the placeholders in it.
    fn quoted(&mut self, token: &Token) {
        let inside: Vec<Occurrence> = self.analysis.names.within(self.source, &token.range).to_vec();
        let mut at = token.range.start;
        for occurrence in inside {
            let place = occurrence.span.range();
            self.put(at..place.start, "string", 0);
            self.name(&occurrence);
            at = place.end;
        }
        self.put(at..token.range.end, "string", 0);
    }

    fn word(&mut self, token: &Token) {
        let named = self.analysis.names.within(self.source, &token.range).first().copied();
        if let Some(occurrence) =
            named.filter(|it| self.analysis.names.symbol(it.symbol).is_some_and(|symbol| self.analysis.names.kind(symbol).is_some()))
        {
            return self.name(&occurrence);
        }
        let written = self.written(token).to_owned();
        if words::is_built_in(&written) {
            self.put(token.range.clone(), "variable", BUILT_IN);
        } else if words::is_type(&written) {
            self.put(token.range.clone(), "type", 0);
        } else if words::is_keyword(&written) {
            self.put(token.range.clone(), "keyword", 0);
        } else if let Some(declared) = self.analysis.names.declared(&written) {
            self.put(token.range.clone(), type_of(declared.kind), 0);
        }
    }

    fn name(&mut self, occurrence: &Occurrence) {
        let names = &self.analysis.names;
        let kind = names.symbol(occurrence.symbol).and_then(|symbol| names.kind(symbol));
        let modifiers = if occurrence.usage == Use::Declaration { DECLARATION } else { 0 };
        match kind {
            Some(kind) => self.put(occurrence.span.range(), type_of(kind), modifiers),
            None => self.put(occurrence.span.range(), "variable", BUILT_IN),
        }
    }

    fn put(&mut self, bytes: std::ops::Range<usize>, ty: &str, modifiers: u32) {
        let Some(place) = self.analysis.place(self.source).filter(|_| !bytes.is_empty()) else { return };
        let encoding = self.analysis.encoding();
        let start = place.lines.position(self.text, bytes.start, encoding);
        let length = encoding.length(self.text.get(bytes).unwrap_or_default());
        let same_line = start.line == self.last.0;
        self.data.push(SemanticToken {
            delta_line: start.line - self.last.0,
            delta_start: if same_line { start.character - self.last.1 } else { start.character },
            length,
            token_type: TYPES.iter().position(|known| *known == ty).and_then(|at| u32::try_from(at).ok()).unwrap_or_default(),
            token_modifiers_bitset: modifiers,
        });
        self.last = (start.line, start.character);
    }
}

fn type_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Role => "class",
        Kind::Fact => "property",
        Kind::Action => "function",
        Kind::Duty => "event",
        Kind::Budget => "struct",
        Kind::Definition | Kind::Lookup => "variable",
        Kind::Rule | Kind::RuleTable => "method",
        Kind::Value => "enumMember",
    }
}
