//! Packs with a few words swapped: there is a policy, or a problem that says why not.

use kulanz::pack::Pack;
use kulanz::policy::check;

/// Deterministic, so a failure can be seen again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap()
    }
}

fn swap_a_word(text: &str, words: &[&str], dice: &mut Dice) -> String {
    let starts: Vec<usize> = text.match_indices(' ').map(|(at, _)| at + 1).filter(|at| text[*at..].starts_with(char::is_alphanumeric)).collect();
    let at = starts[dice.below(starts.len())];
    let end = text[at..].find(char::is_whitespace).map_or(text.len(), |length| at + length);
    format!("{}{}{}", &text[..at], words[dice.below(words.len())], &text[end..])
}

#[test]
fn a_mangled_pack_fails_with_a_problem() {
    let names = ["more.kulanz", "rules.kulanz", "tables.kulanz", "tests.kulanz", "vocabulary.kulanz", "vouchers.csv"];
    let read = |name: &str| std::fs::read_to_string(super::root("tests/policy/reference/shop").join(name)).unwrap();
    let texts: Vec<String> = names.iter().map(|name| read(name).replace("includes \"../company\"", "")).collect();
    let words: Vec<&str> = texts.iter().flat_map(|text| text.split_whitespace()).collect();
    let mut dice = Dice(88_172_645_463_325_252);
    let mut refused = 0;
    for _ in 0..100 {
        let mut mangled = texts.clone();
        for _ in 0..=dice.below(2) {
            let file = dice.below(5);
            mangled[file] = swap_a_word(&mangled[file], &words, &mut dice);
        }
        let named: Vec<(&str, &str)> = names.iter().copied().zip(mangled.iter().map(String::as_str)).collect();
        let (pack, problems) = Pack::from_texts(&named);
        if let Err(found) = check(&pack) {
            assert!(!problems.is_empty() || !found.is_empty(), "{mangled:#?}");
            refused += 1;
        }
    }
    assert!(refused > 30, "{refused}");
}
