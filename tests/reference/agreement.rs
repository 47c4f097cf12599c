//! The program and the plain evaluator give the same answers to random questions about random packs.

use kulanz::Program;
use kulanz::decide::Mode;
use kulanz::pack::Pack;
use kulanz::policy::{self, Complete};

use super::answer::Answer;
use super::asked::{Asked, Belief};
use super::book::Book;
use super::dice::Dice;
use super::packs::{Draft, Taste, crowd, draft};
use super::questions::question;
use super::{compare, decide};

/// A pack in both forms.
pub struct Both {
    pub book: Book,
    pub policy: Complete,
    pub program: Program,
}

/// Panics where the checker refuses a pack.
pub fn accept(text: &str) -> Both {
    accept_files(&[("random.kulanz", text)])
}

/// The same for a pack of several files.
pub fn accept_files(texts: &[(&str, &str)]) -> Both {
    try_accept(texts).unwrap_or_else(|problems| panic!("{problems}\n{texts:?}"))
}

fn try_accept(texts: &[(&str, &str)]) -> Result<Both, String> {
    let (pack, diagnostics) = Pack::from_texts(texts);
    let shown = |diagnostics: &[kulanz::diagnostic::Diagnostic]| {
        let line = |it: &kulanz::diagnostic::Diagnostic| {
            let place = it.span().map(|span| pack.sources.location(span)).unwrap_or_default();
            format!("{place}: {}", it.message)
        };
        diagnostics.iter().map(line).collect::<Vec<_>>().join("\n")
    };
    if !diagnostics.is_empty() {
        return Err(shown(&diagnostics));
    }
    let policy = policy::check(&pack).map_err(|diagnostics| shown(&diagnostics))?;
    Ok(Both { book: Book::new(&pack), program: Program::new(&policy), policy })
}

impl Both {
    pub fn compiled(&self, asked: &Asked, belief: Belief) -> Answer {
        let question = compare::question(&self.policy, &self.book, asked);
        let mode = if belief == Belief::Said { Mode::Ask } else { Mode::Grant };
        compare::answer(&self.policy, &self.program.decide(&question, mode))
    }

    fn difference(&self, asked: &Asked, belief: Belief) -> Option<String> {
        compare::difference(&self.compiled(asked, belief), &decide::decide(&self.book, asked, belief))
    }
}

/// Puts `questions` questions to each of the packs that `seeds` give.
fn agree(seeds: std::ops::Range<u64>, questions: usize, draft: impl Fn(&mut Dice) -> Draft) {
    for seed in seeds {
        let mut dice = Dice::new(seed);
        let draft = draft(&mut dice);
        let both = accept(&draft.text());
        for at in 0..questions {
            let known = [95, 80, 50, 20][at % 4];
            let asked = question(&mut dice, &both.book, known);
            let belief = if at % 5 == 0 { Belief::Recorded } else { Belief::Said };
            if both.difference(&asked, belief).is_some() {
                report(seed, draft, asked, belief);
            }
        }
    }
}

/// Makes the case as small as it gets and shows it.
fn report(seed: u64, mut draft: Draft, mut asked: Asked, belief: Belief) -> ! {
    let differs =
        |draft: &Draft, asked: &Asked| try_accept(&[("random.kulanz", &draft.text())]).ok().and_then(|both| both.difference(asked, belief)).is_some();
    let mut at = 0;
    while at < draft.items.len() {
        let mut fewer = draft.clone();
        fewer.items.remove(at);
        if differs(&fewer, &asked) { draft = fewer } else { at += 1 }
    }
    for at in 0..draft.items.len() {
        let lines: Vec<String> = draft.items[at].lines().map(str::to_owned).collect();
        for line in lines.iter().skip(2).rev() {
            let mut fewer = draft.clone();
            fewer.items[at] = draft.items[at].replacen(&format!("{line}\n"), "", 1);
            if differs(&fewer, &asked) {
                draft = fewer;
            }
        }
    }
    for fact in asked.facts.keys().cloned().collect::<Vec<_>>() {
        let mut fewer = asked.clone();
        fewer.facts.remove(&fact);
        if differs(&draft, &fewer) {
            asked = fewer;
        }
    }
    let both = accept(&draft.text());
    let (compiled, plain) = (both.compiled(&asked, belief), decide::decide(&both.book, &asked, belief));
    let difference = compare::difference(&compiled, &plain);
    panic!("seed {seed}: {difference:?}\n{}\n{asked:#?}\n{belief:?}\ncompiled: {compiled:#?}\nplain: {plain:#?}", draft.text());
}

/// Packs and questions of each part; with four parts 100 000 questions.
const PACKS: u64 = 125;
const QUESTIONS: usize = 200;

fn agree_on_part(part: u64) {
    agree(part * PACKS..(part + 1) * PACKS, QUESTIONS, |dice| draft(dice, Taste::RICH));
}

#[test]
fn both_evaluators_agree_on_random_questions_first_part() {
    agree_on_part(0);
}

#[test]
fn both_evaluators_agree_on_random_questions_second_part() {
    agree_on_part(1);
}

#[test]
fn both_evaluators_agree_on_random_questions_third_part() {
    agree_on_part(2);
}

#[test]
fn both_evaluators_agree_on_random_questions_fourth_part() {
    agree_on_part(3);
}

/// So many rules of one action that the program finds the candidates by its index.
#[test]
fn both_evaluators_agree_where_many_rules_bind_one_role() {
    agree(1_000..1_040, 40, |dice| {
        let count = dice.between(16, 120);
        crowd(dice, Taste::RICH, count)
    });
}

/// So many that a row of the index has a summary of more than one word.
#[test]
fn both_evaluators_agree_where_thousands_of_rules_bind_one_role() {
    agree(2_000..2_001, 4, |dice| crowd(dice, Taste { rules: 2, ..Taste::RICH }, 5_000));
}
