//! Finds the bytes that stand for themselves in no JSON string, eight at a time.

const WORD: usize = 8;
/// This byte in every place of a word.
const fn all(byte: u8) -> u64 {
    u64::from_le_bytes([byte; WORD])
}

/// Whether JSON escapes this byte: a quote, a backslash, a control character.
fn is_special(byte: u8) -> bool {
    byte < b' ' || byte == b'"' || byte == b'\\'
}

/// The highest bit of each byte that is special. Only the lowest such bit is sure: a byte above it may be marked without being special.
fn marks(word: [u8; WORD]) -> u64 {
    let word = u64::from_le_bytes(word);
    let is_below = |word: u64, least: u8| word.wrapping_sub(all(least)) & !word;
    (is_below(word, b' ') | is_below(word ^ all(b'"'), 1) | is_below(word ^ all(b'\\'), 1)) & all(0x80)
}

/// The place of the first special byte.
pub(crate) fn first(bytes: &[u8]) -> Option<usize> {
    let (words, rest) = bytes.as_chunks::<WORD>();
    for (at, word) in words.iter().enumerate() {
        let marks = marks(*word);
        if marks != 0 {
            return Some(at * WORD + marks.trailing_zeros() as usize / WORD);
        }
    }
    rest.iter().position(|byte| is_special(*byte)).map(|at| words.len() * WORD + at)
}

/// Whether any byte is special.
pub(crate) fn any(bytes: &[u8]) -> bool {
    // The last word overlaps the one before it.
    match bytes.last_chunk::<WORD>() {
        Some(last) => bytes.as_chunks::<WORD>().0.iter().fold(marks(*last), |found, word| found | marks(*word)) != 0,
        None => bytes.iter().any(|byte| is_special(*byte)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]

        #[test]
        fn words_find_what_bytes_find(all in prop::collection::vec(prop::num::u8::ANY, 0..40), plain in prop::collection::vec(prop::sample::select(&b" !#[]\x7f\x80\xff\x1f\"\\a"[..]), 0..40)) {
            for bytes in [all, plain] {
                let expected = bytes.iter().position(|byte| is_special(*byte));
                prop_assert_eq!(first(&bytes), expected);
                prop_assert_eq!(super::any(&bytes), expected.is_some());
            }
        }
    }
}
