//! What a document, and what all packs, declare.

use gen_lsp_types::{BaseSymbolInformation, DocumentSymbol, Location, SymbolKind, WorkspaceSymbol, WorkspaceSymbolLocation};

use crate::lsp::analysis::Analysis;
use crate::lsp::names::{Kind, declares};
use crate::lsp::text::{Document, Encoding};
use crate::source::{Sources, Span};
use crate::syntax::ast::{Item, ItemKind};
use crate::syntax::parse;

/// The most symbols of all packs that are told at once.
const MOST: usize = 500;

/// The items of a document, in its order; rows of a table of rules below it.
pub fn of_document(document: &Document, encoding: Encoding) -> Vec<DocumentSymbol> {
    let mut sources = Sources::default();
    let id = sources.add("document", &*document.text);
    let (file, _) = parse(&sources, id);
    let outline = Outline { document, encoding };
    file.items.iter().map(|item| outline.item(item)).collect()
}

struct Outline<'d> {
    document: &'d Document,
    encoding: Encoding,
}

impl Outline<'_> {
    fn item(&self, item: &Item) -> DocumentSymbol {
        let (name, place, kind) = self.heading(item);
        let detail = self.detail(item);
        DocumentSymbol { children: self.rows(item), ..self.symbol(name, detail, kind, item.span, place) }
    }

    fn symbol(&self, name: String, detail: Option<String>, kind: SymbolKind, whole: Span, place: Span) -> DocumentSymbol {
        let range = |span: Span| self.document.lines.range(&self.document.text, span.range(), self.encoding);
        DocumentSymbol { name, detail, kind, range: range(whole), selection_range: range(place), ..nothing() }
    }

    fn heading(&self, item: &Item) -> (String, Span, SymbolKind) {
        if let Some((kind, name)) = declares(&item.kind) {
            return (name.text.clone(), name.span, symbol_kind(kind));
        }
        match &item.kind {
            ItemKind::Policy(policy) => (self.written(policy.title.span), policy.title.span, SymbolKind::Package),
            ItemKind::Test(test) => (self.written(test.title.span), test.title.span, SymbolKind::Event),
            ItemKind::Promise(promise) => (self.written(promise.title.span), promise.title.span, SymbolKind::Constant),
            ItemKind::Fallback(fallback) => {
                let names: Vec<&str> = fallback.actions.iter().map(|name| name.text.as_str()).collect();
                let place = fallback.actions.first().map_or(item.span, |name| name.span);
                (format!("fallback {}", names.join(", ")), place, SymbolKind::Method)
            }
            _ => (String::new(), item.span, SymbolKind::Null),
        }
    }

    fn detail(&self, item: &Item) -> Option<String> {
        let span = match &item.kind {
            ItemKind::Rule(rule) => rule.head.span,
            ItemKind::RuleTable(table) => table.head.span,
            ItemKind::Fact(fact) => fact.ty.span,
            ItemKind::Lookup(lookup) => lookup.gives.span,
            ItemKind::Action(action) => action.measure.as_ref()?.span,
            _ => return None,
        };
        Some(self.written(span))
    }

    /// The rows of a table of rules that stands in this document.
    fn rows(&self, item: &Item) -> Option<Vec<DocumentSymbol>> {
        let ItemKind::RuleTable(table) = &item.kind else { return None };
        let grid = table.body.grid.as_ref()?;
        let row = |(at, row): (usize, &crate::syntax::ast::Row)| {
            self.symbol(format!("{}[{}]", table.name.text, at + 1), Some(self.written(row.span)), SymbolKind::Method, row.span, row.span)
        };
        Some(grid.rows.iter().enumerate().map(row).collect())
    }

    /// What stands there, on one line.
    fn written(&self, span: Span) -> String {
        let written = self.document.text.get(span.range()).unwrap_or_default();
        written.trim_matches('"').split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// A symbol without anything.
fn nothing() -> DocumentSymbol {
    let nowhere = gen_lsp_types::Range::default();
    #[expect(deprecated, reason = "the field is there, and stays empty")]
    DocumentSymbol {
        name: String::new(),
        detail: None,
        kind: SymbolKind::Null,
        tags: None,
        deprecated: None,
        range: nowhere,
        selection_range: nowhere,
        children: None,
    }
}

/// How an editor shows a kind.
pub fn symbol_kind(kind: Kind) -> SymbolKind {
    match kind {
        Kind::Role => SymbolKind::Class,
        Kind::Fact => SymbolKind::Field,
        Kind::Action => SymbolKind::Function,
        Kind::Duty => SymbolKind::Interface,
        Kind::Budget => SymbolKind::Number,
        Kind::Definition => SymbolKind::Variable,
        Kind::Lookup => SymbolKind::Array,
        Kind::Rule => SymbolKind::Method,
        Kind::RuleTable => SymbolKind::Struct,
        Kind::Value => SymbolKind::EnumMember,
    }
}

/// What is declared in some packs and has `query` in its name, letters in between allowed.
pub fn of_packs<'a>(packs: impl Iterator<Item = &'a Analysis>, query: &str) -> Vec<WorkspaceSymbol> {
    let mut found: Vec<(Location, WorkspaceSymbol)> = Vec::new();
    for analysis in packs {
        for (name, declared) in analysis.names.all().filter(|(name, _)| fits(name, query)) {
            let Some(location) = analysis.location(declared.name) else { continue };
            if found.len() < MOST && !found.iter().any(|(known, _)| *known == location) {
                let container = analysis.pack.sources.get(declared.name.source).map(|source| source.name().to_owned());
                let symbol = WorkspaceSymbol {
                    location: WorkspaceSymbolLocation::Location(location.clone()),
                    data: None,
                    base_symbol_information: BaseSymbolInformation {
                        name: name.to_owned(),
                        kind: symbol_kind(declared.kind),
                        tags: None,
                        container_name: container,
                    },
                };
                found.push((location, symbol));
            }
        }
    }
    found.into_iter().map(|(_, symbol)| symbol).collect()
}

/// Whether the letters of a query stand in a name, in their order.
fn fits(name: &str, query: &str) -> bool {
    let mut letters = name.chars().flat_map(char::to_lowercase);
    query.chars().flat_map(char::to_lowercase).all(|wanted| letters.any(|letter| letter == wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_told_by_its_items() {
        let text = "policy \"Größe\"\n  currency EUR\nfact a.b one of x, y\nrule r \"T\"\n  agent may\n    refund\nbroken\ntable t\n  may refund\n  | role |\n  | agent |\n\
                    fallback refund\n  advise \"x\"\ntest \"it works\"\n  as agent\n  ask refund\n  expect yes\n";
        let document = Document::new("untitled:a".parse().unwrap(), 1, text.into());
        let symbols = of_document(&document, Encoding::Utf16);
        let told: Vec<_> = symbols.iter().map(|it| format!("{} {:?} {:?}", it.name, it.kind, it.detail.as_deref().unwrap_or("-"))).collect();
        let expected = [
            "Größe Package \"-\"",
            "a.b Field \"one of x, y\"",
            "r Method \"agent may refund\"",
            "t Struct \"may refund\"",
            "fallback refund Method \"-\"",
            "it works Event \"-\"",
        ];
        assert_eq!(told, expected);
        let rows = symbols[3].children.as_ref().unwrap();
        assert_eq!((rows.len(), rows[0].name.as_str(), rows[0].range.start.line), (1, "t[1]", 10));
        assert_eq!(symbols[2].selection_range.start.character, 5);
        assert_eq!(symbols[2].range.end.line, 5);
    }

    #[test]
    fn letters_may_be_left_out() {
        assert!(fits("small_refund", "smref"));
        assert!(fits("small_refund", ""));
        assert!(fits("Größe", "GRÖ"));
        assert!(!fits("small_refund", "refsm"));
    }
}
