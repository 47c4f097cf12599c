//! Texts that conditions tell apart: those that they name, and others that begin, end or contain what they look for.

use std::collections::{BTreeMap, BTreeSet};

use super::ground::Datum;
use super::linear::Doubt;
use super::pieces::{Extent, Piece};
use crate::syntax::ast::Matching;

/// So many texts are looked for within others.
const MOST_CONTAINED: usize = 5;
const MANY: &str = "conditions look for too many texts within one fact";

/// What texts are compared with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Patterns {
    pub equal: BTreeSet<String>,
    starts: BTreeSet<String>,
    ends: BTreeSet<String>,
    contained: BTreeSet<String>,
}

impl Patterns {
    pub fn add(&mut self, how: Matching, pattern: &str) {
        let set = match how {
            Matching::StartsWith => &mut self.starts,
            Matching::EndsWith => &mut self.ends,
            Matching::Contains => &mut self.contained,
        };
        set.insert(pattern.to_owned());
    }

    /// What all comparisons come to for a text, but those with whole texts.
    fn signature(&self, text: &str) -> Vec<bool> {
        let starts = self.starts.iter().map(|start| text.starts_with(start.as_str()));
        let ends = self.ends.iter().map(|end| text.ends_with(end.as_str()));
        starts.chain(ends).chain(self.contained.iter().map(|part| text.contains(part.as_str()))).collect()
    }

    /// A text for each way in which the comparisons come out. `other` is like one that nothing compares with.
    pub fn pieces(&self, other: &str, doubt: &mut Doubt) -> Vec<Piece> {
        let named = self.equal.iter().map(|text| Piece { extent: Extent::Text(text.clone()), value: Datum::Text(text.clone()) });
        let mut others: BTreeMap<Vec<bool>, String> = BTreeMap::new();
        for middle in self.middles(doubt) {
            let starts = || std::iter::once("").chain(self.starts.iter().map(String::as_str));
            let ends = || std::iter::once("").chain(self.ends.iter().map(String::as_str));
            for (start, end) in starts().flat_map(|start| ends().map(move |end| (start, end))) {
                let mut filler = other.to_owned();
                let text = loop {
                    let text = format!("{start}{filler}{middle}{end}");
                    if !self.equal.contains(&text) {
                        break text;
                    }
                    filler.push('x');
                };
                let known = others.entry(self.signature(&text)).or_insert_with(|| text.clone());
                if text.len() < known.len() {
                    *known = text;
                }
            }
        }
        let others = others.into_values().map(|text| Piece { extent: Extent::OtherText(text.clone()), value: Datum::Text(text) });
        named.chain(others).collect()
    }

    /// Everything that may stand in the middle.
    fn middles(&self, doubt: &mut Doubt) -> Vec<String> {
        if self.contained.len() > MOST_CONTAINED {
            doubt.get_or_insert(MANY);
        }
        let mut middles = vec![String::new()];
        for part in self.contained.iter().take(MOST_CONTAINED) {
            let longer: Vec<String> = middles.iter().map(|middle| format!("{middle}{part} ")).collect();
            middles.extend(longer);
        }
        middles
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_in_which_texts_compare_has_one() {
        let mut patterns = Patterns { equal: BTreeSet::from(["SALE-1".to_owned(), "x".to_owned()]), ..Patterns::default() };
        patterns.add(Matching::StartsWith, "SALE-");
        patterns.add(Matching::EndsWith, "-X");
        patterns.add(Matching::Contains, "VIP");
        let mut doubt = None;
        let pieces = patterns.pieces("x", &mut doubt);
        let texts: BTreeSet<Vec<bool>> = pieces
            .iter()
            .filter_map(|piece| {
                if let (Extent::OtherText(_), Datum::Text(text)) = (&piece.extent, &piece.value) { Some(patterns.signature(text)) } else { None }
            })
            .collect();
        assert_eq!(texts.len(), 8);
        assert!(doubt.is_none() && pieces.iter().all(|piece| !matches!(&piece.extent, Extent::OtherText(text) if text == "x" || text == "SALE-1")));
    }
}
