//! Sets of values in few words: what they include, and what not.

use std::collections::BTreeSet;

use crate::analysis::Choice;

type Set = BTreeSet<Choice>;

/// With more values the sets are told one by one.
const MOST_VALUES: usize = 6;

/// All sets that include some values and do not include others.
struct Form {
    with: Set,
    without: Set,
}

impl Form {
    fn holds(&self, set: &Set) -> bool {
        self.with.is_subset(set) && self.without.is_disjoint(set)
    }

    fn length(&self) -> usize {
        self.with.len() + self.without.len()
    }

    fn words(&self, all: usize, name: impl Fn(&Choice) -> String) -> String {
        let names = |set: &Set| set.iter().map(&name).collect::<Vec<_>>().join(", ");
        let (with, without) = (names(&self.with), names(&self.without));
        match (self.with.len(), self.without.len()) {
            (0, none) if none == all => "has none of the values that matter".to_owned(),
            (0, 1) => format!("does not include {without}"),
            (0, _) => format!("includes none of {without}"),
            (1, 0) => format!("includes {with}"),
            (_, 0) => format!("includes all of {with}"),
            (1, 1) => format!("includes {with} but not {without}"),
            (1, _) => format!("includes {with} but none of {without}"),
            (_, 1) => format!("includes all of {with} but not {without}"),
            _ => format!("includes all of {with} but none of {without}"),
        }
    }
}

/// Some of the sets that were looked at, in few words. The others among these are told apart; of sets that were not looked at nothing is said.
pub(super) fn words(told: &BTreeSet<&Set>, looked_at: &BTreeSet<&Set>, name: impl Fn(&Choice) -> String) -> Vec<String> {
    let values: Set = looked_at.iter().chain(told).flat_map(|set| set.iter().copied()).collect();
    let others: Vec<&Set> = looked_at.difference(told).copied().collect();
    let mut forms = if values.len() <= MOST_VALUES { forms(&values) } else { Vec::new() };
    forms.retain(|form| !others.iter().any(|set| form.holds(set)));
    let mut left = told.clone();
    let mut words = Vec::new();
    while let Some(first) = left.first().copied() {
        let gain = |form: &&Form| (left.iter().filter(|set| form.holds(set)).count(), std::cmp::Reverse(form.length()));
        let best = forms.iter().rev().max_by_key(gain).filter(|form| gain(form).0 > 0);
        // Without a form for several sets, a set is told by itself.
        let alone = Form { with: first.clone(), without: values.difference(first).copied().collect() };
        let form = best.unwrap_or(&alone);
        words.push(form.words(values.len(), &name));
        left.retain(|set| !form.holds(set));
    }
    words
}

/// All forms over some values, those with fewer words of each kind first.
fn forms(values: &Set) -> Vec<Form> {
    let mut forms = vec![Form { with: Set::new(), without: Set::new() }];
    for value in values {
        let more = |form: &Form, is_in: bool| {
            let (mut with, mut without) = (form.with.clone(), form.without.clone());
            if is_in {
                with.insert(*value)
            } else {
                without.insert(*value)
            };
            Form { with, without }
        };
        let longer: Vec<Form> = forms.iter().flat_map(|form| [more(form, true), more(form, false)]).collect();
        forms.extend(longer);
    }
    forms.sort_by_key(Form::length);
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(told: &[&[usize]], looked_at: &[&[usize]]) -> String {
        let set = |values: &&[usize]| values.iter().map(|value| Choice(*value)).collect::<Set>();
        let (told, looked_at): (Vec<Set>, Vec<Set>) = (told.iter().map(set).collect(), looked_at.iter().map(set).collect());
        words(&told.iter().collect(), &looked_at.iter().collect(), |choice| ["a", "b", "c"][choice.0].to_owned()).join(" or ")
    }

    const ALL: &[&[usize]] = &[&[], &[0], &[1], &[2], &[0, 1], &[0, 2], &[1, 2], &[0, 1, 2]];

    #[test]
    fn what_the_sets_have_in_common_is_told() {
        assert_eq!(said(&[&[0], &[0, 1], &[0, 2], &[0, 1, 2]], ALL), "includes a");
        assert_eq!(said(&[&[], &[1], &[2], &[1, 2]], ALL), "does not include a");
        assert_eq!(said(&[&[], &[2]], ALL), "includes none of a, b");
        assert_eq!(said(&[&[]], ALL), "has none of the values that matter");
        assert_eq!(said(&[&[0], &[0, 2]], ALL), "includes a but not b");
        assert_eq!(said(&[&[0, 1, 2]], ALL), "includes all of a, b, c");
        assert_eq!(said(&[&[0], &[0, 1], &[0, 2], &[0, 1, 2], &[1, 2]], ALL), "includes a or includes all of b, c");
    }

    #[test]
    fn of_sets_that_were_not_looked_at_nothing_is_said() {
        assert_eq!(said(&[&[0, 1]], &[&[], &[0, 1]]), "includes a");
    }

    #[test]
    fn many_values_are_told_one_by_one() {
        let many: Vec<Vec<usize>> = (0..=MOST_VALUES).map(|value| vec![value]).collect();
        let told: Vec<Set> = many.iter().take(2).map(|values| values.iter().map(|value| Choice(*value)).collect()).collect();
        let all: Vec<Set> = many.iter().map(|values| values.iter().map(|value| Choice(*value)).collect()).collect();
        let words = words(&told.iter().collect(), &all.iter().collect(), |choice| choice.0.to_string());
        assert_eq!(words, ["includes 0 but none of 1, 2, 3, 4, 5, 6", "includes 1 but none of 0, 2, 3, 4, 5, 6"]);
    }
}
