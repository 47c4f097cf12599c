//! The texts and lists that gates compare facts with. They are kept beside the gates, so that a gate is two words.

use rustc_hash::FxHashMap;

use crate::policy::ChoiceId;

/// A text of the policy, by its place in [`Constants`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TextId(u32);

/// A list of texts, by its place in [`Constants`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TextsId(u32);

/// A list of values of `one of` facts, by its place in [`Constants`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ChoicesId(u32);

/// What gates compare facts with, as far as a gate has no room for it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Constants {
    /// Each once.
    texts: Vec<Box<str>>,
    places: FxHashMap<Box<str>, TextId>,
    /// Each in the order of its texts.
    texts_lists: Vec<Box<[TextId]>>,
    /// Each sorted.
    choices_lists: Vec<Box<[ChoiceId]>>,
}

impl Constants {
    pub fn add_text(&mut self, text: &str) -> TextId {
        if let Some(id) = self.places.get(text) {
            return *id;
        }
        let id = TextId(place(&self.texts));
        self.texts.push(text.into());
        self.places.insert(text.into(), id);
        id
    }

    pub fn add_texts(&mut self, mut texts: Vec<&str>) -> TextsId {
        texts.sort_unstable();
        let list = texts.into_iter().map(|text| self.add_text(text)).collect();
        self.texts_lists.push(list);
        TextsId(place(&self.texts_lists) - 1)
    }

    pub fn add_choices(&mut self, mut choices: Vec<ChoiceId>) -> ChoicesId {
        choices.sort_unstable();
        self.choices_lists.push(choices.into());
        ChoicesId(place(&self.choices_lists) - 1)
    }

    pub fn text(&self, id: TextId) -> Option<&str> {
        self.texts.get(id.0 as usize).map(Box::as_ref)
    }

    /// The texts of a list, in their order.
    pub fn texts(&self, id: TextsId) -> impl Iterator<Item = &str> {
        self.texts_list(id).iter().filter_map(|id| self.text(*id))
    }

    pub fn texts_contain(&self, id: TextsId, text: &str) -> bool {
        self.texts_list(id).binary_search_by(|id| self.text(*id).cmp(&Some(text))).is_ok()
    }

    fn texts_list(&self, id: TextsId) -> &[TextId] {
        self.texts_lists.get(id.0 as usize).map(Box::as_ref).unwrap_or_default()
    }

    /// The values of a list, in their order.
    pub fn choices(&self, id: ChoicesId) -> &[ChoiceId] {
        self.choices_lists.get(id.0 as usize).map(Box::as_ref).unwrap_or_default()
    }
}

/// The place behind the last; a policy is far too small for more.
fn place<T>(all: &[T]) -> u32 {
    u32::try_from(all.len()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_know_what_is_in_them() {
        let mut constants = Constants::default();
        let (first, second) = (constants.add_texts(vec!["b", "", "c", "a"]), constants.add_texts(vec!["c"]));
        assert_eq!(constants.texts(first).collect::<Vec<_>>(), ["", "a", "b", "c"]);
        assert!(["", "a", "b", "c"].iter().all(|text| constants.texts_contain(first, text)));
        assert!(!constants.texts_contain(first, "bb") && !constants.texts_contain(second, "a") && constants.texts_contain(second, "c"));
        assert_eq!(constants.add_text("b"), constants.add_text("b"));
        let choices = constants.add_choices(vec![ChoiceId::new(900), ChoiceId::new(7)]);
        assert_eq!(constants.choices(choices), [ChoiceId::new(7), ChoiceId::new(900)]);
    }
}
