//! A small shop whose policy has an answer of every kind.

use std::sync::OnceLock;

use kulanz::Program;
use kulanz::decide::{Decision, Mode};
use kulanz::pack::Pack;
use kulanz::policy::{Complete, check};
use kulanz::question::{Question, Reader, Spoken};

pub fn load_all(texts: &[(&str, &str)]) -> Complete {
    let (pack, problems) = Pack::from_texts(texts);
    assert!(problems.is_empty(), "{problems:#?}");
    check(&pack).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

pub fn policy() -> &'static Complete {
    static POLICY: OnceLock<Complete> = OnceLock::new();
    POLICY.get_or_init(|| load_all(&[("shop.kulanz", include_str!("shop.kulanz"))]))
}

pub fn program() -> &'static Program {
    static PROGRAM: OnceLock<Program> = OnceLock::new();
    PROGRAM.get_or_init(|| Program::new(policy()))
}

pub fn now() -> jiff::Timestamp {
    "2026-11-21T10:00:00+01:00".parse().unwrap()
}

/// The question of `anna`, an agent unless another role is named, about the words `refund 80 EUR | reason=late | …`.
pub fn spoken(role: &str, words: &str) -> Question {
    let mut parts = words.split('|').map(str::trim);
    let head = parts.next().unwrap();
    let (action, amount) = head.split_once(' ').map_or((head, None), |(action, amount)| (action, Some(amount)));
    let (spent, facts): (Vec<String>, Vec<String>) = parts.map(str::to_owned).partition(|part| part.starts_with("--spent "));
    let spent: Vec<String> = spent.iter().map(|part| part.trim_start_matches("--spent ").to_owned()).collect();
    let spoken = Spoken { role, actor: Some("anna"), action: Some(action), amount, facts: &facts, spent: &spent, ..Spoken::default() };
    Reader::new(policy()).spoken(&spoken, now()).unwrap_or_else(|problems| panic!("{words}: {problems:#?}")).question
}

pub fn decide(question: &Question) -> Decision {
    program().decide(question, Mode::Ask)
}
