//! The words of the language, and what they mean: for whoever points at one or looks for it.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::syntax;

/// The words that types are written with.
const TYPES: [&str; 7] = ["money", "percent", "number", "date", "datetime", "duration", "text"];

/// What comes with every question, and what it is.
pub const BUILT_IN: [(&str, &str); 7] = [
    ("amount", "The quantity that is asked for, in the measure of the action."),
    ("today", "The day of the question, in the policy's time zone."),
    ("now", "The moment of the question."),
    ("actor.id", "Who asks. For somebody else it equals no text of the question."),
    ("actor.team", "The team of whoever asks."),
    ("limit", "In a text: how far the answer goes."),
    ("left", "In a text: what is left of the budget that binds."),
];

/// The units of time.
pub const UNITS: [&str; 7] = ["minutes", "hours", "days", "working days", "weeks", "months", "years"];

static KEYWORDS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let further = [
        "min", "max", "times", "day", "days", "week", "weeks", "month", "months", "year", "years", "quarter", "minute", "minutes", "hour", "hours",
        "working",
    ];
    syntax::keywords().into_iter().chain(further.map(str::to_owned)).collect()
});

/// Whether a word is one of the language's own, at some place.
pub fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(word)
}

/// Whether it is the name of a type.
pub fn is_type(word: &str) -> bool {
    TYPES.contains(&word)
}

/// Whether it comes with every question.
pub fn is_built_in(word: &str) -> bool {
    matches!(word, "amount" | "today" | "now" | "actor.id" | "actor.team")
}

/// What a word means, in a sentence.
pub fn meaning(word: &str) -> Option<&'static str> {
    let listed = BUILT_IN.iter().chain(&MEANINGS);
    listed.into_iter().find(|(known, _)| *known == word).map(|(_, meaning)| *meaning)
}

const MEANINGS: [(&str, &str); 54] = [
    ("policy", "The name of the pack, its currency, time zone and languages. A pack has exactly one."),
    ("role", "Somebody who may grant things. `above` puts it over other roles."),
    ("fact", "Something that can be known of a case."),
    ("action", "Something that can be granted; `of money` says what is measured."),
    ("duty", "What whoever grants must have done, or promises to do."),
    ("budget", "How much may be granted in a window of time."),
    ("define", "A condition or a value with a name."),
    ("table", "Rules, or values that are looked up, in rows."),
    ("rule", "A permission, a prohibition or an entitlement."),
    ("fallback", "What is offered whenever the answer to an action is not a yes."),
    ("test", "An example that stays true."),
    ("promise", "A sentence that must hold for every possible case."),
    ("currency", "An ISO 4217 code; it says how many decimals money has."),
    ("time", "`time zone` and an IANA name: where days begin and end."),
    ("languages", "The languages of the texts; the first is the default."),
    ("holidays", "Days that are no working days."),
    ("includes", "Another pack, whose items become a part of this one."),
    ("above", "The roles directly below this one."),
    ("answers", "`answers within`: the time in which a role decides what is brought to it."),
    ("when", "The rule applies only where this holds."),
    ("unless", "The rule does not apply where this holds."),
    ("from", "In force from this day, that day included."),
    ("until", "In force until this day, that day included."),
    ("approved", "`approved by`: each a further, different person of that role or above, all of them."),
    ("charge", "Takes the granted quantity from a budget."),
    ("require", "A duty that a grant asks for."),
    ("because", "Said to the reader."),
    ("offer", "What may be granted instead."),
    ("advise", "What can be done that is no grant."),
    ("ask", "A preferred role to ask; in a test, the action that is asked for."),
    ("cites", "The law or the clause of a handbook behind it."),
    ("owner", "Who answers for the rule."),
    ("review", "`review by`: after this day `check` warns."),
    ("may", "A permission: these roles, and every role above them."),
    ("entitled", "`entitled to`: the customer is owed it, whoever is asked."),
    ("everyone", "Every role."),
    ("nobody", "`nobody may`: a prohibition for every role."),
    ("even", "`even if entitled`: stops also what the customer is owed."),
    ("unlimited", "Without limit; of a budget: recorded, never limiting."),
    ("optional", "The fact may be absent: known not to be there."),
    ("verified", "To be believed only from a system of record."),
    ("private", "Never in clear in a log."),
    ("default", "The value where none is supplied."),
    ("asks", "The question to put to the customer where the fact is missing."),
    ("about", "`about actor`: true of this actor only."),
    ("gives", "The type of the values that a table looks up."),
    ("within", "No more than so much time after or before something."),
    ("rounded", "To a multiple of a step, half up unless `up` or `down` is said."),
    ("spent", "What this question's bucket of a budget has used before it."),
    ("given", "In a test: a fact on record."),
    ("said", "In a test: a fact that somebody says."),
    ("expect", "In a test: what must come out."),
    ("ever", "A window that never begins anew."),
    ("rolling", "A window that ends now."),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_of_the_language_are_explained() {
        for (word, _) in MEANINGS {
            assert!(is_keyword(word), "{word}");
        }
        let mut words: Vec<_> = MEANINGS.iter().map(|(word, _)| word).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), MEANINGS.len());
    }
}
