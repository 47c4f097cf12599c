//! Random questions to a pack.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kulanz::Number;
use kulanz::syntax::ast::{Fact, Name, Type};

use super::asked::{Asked, Given, Plain, Source};
use super::book::Book;
use super::calendar::{days_of, seconds_of};
use super::dice::Dice;
use super::value::Unit;

const MOMENTS: [&str; 7] = [
    "2026-11-21T09:00:00Z",
    "2026-11-20T23:30:00Z",
    "2026-11-01T00:00:00Z",
    "2026-10-25T01:30:00Z",
    "2026-03-29T12:00:00Z",
    "2027-01-31T12:00:00Z",
    "2026-11-23T04:59:59Z",
];

fn number(text: &str) -> Number {
    Number::parse(text).unwrap()
}

/// A random question; in `known` of a hundred cases a fact is supplied.
pub fn question(dice: &mut Dice, book: &Book, known: usize) -> Asked {
    let action = book.actions[if dice.chance(50) { 0 } else { dice.below(book.actions.len()) }].name.text.clone();
    let amount = book.measure(&action).filter(|_| dice.chance(85)).map(|unit| amount(dice, unit));
    let mut facts = BTreeMap::new();
    for fact in &book.facts {
        if dice.chance(known) {
            let source = if dice.chance(70) { Source::Record } else { Source::Said };
            let absent = book.is_optional(&fact.name.text) && dice.chance(35);
            let value = (!absent).then(|| value(dice, fact));
            facts.insert(fact.name.text.clone(), Given { value, source });
        }
    }
    let names: Vec<String> = book.budgets.keys().cloned().collect();
    Asked {
        role: dice.pick(&book.roles).name.text,
        id: dice.chance(85).then(|| dice.pick(&["anna", "bob"]).to_owned()),
        team: dice.chance(85).then(|| dice.pick(&["red", "blue"]).to_owned()),
        action,
        amount,
        facts,
        spent: names
            .into_iter()
            .filter_map(|name| dice.chance(50).then(|| (name, number(dice.pick(&["0", "1", "2", "5", "10", "19.99", "30"])))))
            .collect(),
        at: dice.pick(&MOMENTS).parse::<Timestamp>().unwrap(),
    }
}

fn amount(dice: &mut Dice, unit: Unit) -> Number {
    let from: &[&str] = match unit {
        Unit::Money => &["0.01", "4.99", "5", "5.01", "10", "20", "25.50", "30", "33.33", "40", "50", "60.01", "100", "400"],
        Unit::Percent => &["0.01", "5", "5.01", "10", "12.5", "20", "33.33", "50", "99", "200"],
        Unit::Duration => &["60", "5400", "10800", "10860", "86400", "172800", "864000", "6048000"],
        _ => &["0.01", "1", "2", "2.01", "3", "4.5", "10", "33.33"],
    };
    number(dice.pick(from))
}

fn quantity(dice: &mut Dice, from: &[&str]) -> Plain {
    Plain::Quantity(number(dice.pick(from)))
}

fn value(dice: &mut Dice, fact: &Fact) -> Plain {
    let texts = |names: &[Name]| names.iter().map(|name| name.text.clone()).collect::<Vec<_>>();
    match &fact.ty.value {
        Type::Money => quantity(dice, &["0", "5", "10", "19.99", "20", "30", "40", "49.95", "100", "333.33"]),
        Type::Percent => quantity(dice, &["0", "5", "10", "10.00001", "12.5", "12.505", "33.33", "50", "100"]),
        Type::Number => quantity(dice, &["0", "1", "1.0000001", "2", "2.501", "3", "4", "5", "7.5"]),
        Type::Duration => quantity(dice, &["0", "5400", "10800", "86400", "172800", "1000000"]),
        Type::Date => {
            let day = dice.pick(&["2026-11-21", "2026-11-20", "2026-11-01", "2026-10-31", "2026-01-31", "2025-11-21", "2024-02-29", "2026-11-25"]);
            Plain::Quantity(days_of(day.parse().unwrap()))
        }
        Type::Datetime => {
            let at =
                dice.pick(&["2026-11-21T09:00:00Z", "2026-11-21T06:00:00Z", "2026-11-20T23:30:00Z", "2026-10-24T12:00:00Z", "2026-11-22T00:00:00Z"]);
            Plain::Quantity(seconds_of(at.parse().unwrap()))
        }
        Type::YesNo => Plain::YesNo(dice.chance(50)),
        Type::Text => Plain::Text(dice.pick(&["anna", "c1", "c2", "x"]).into()),
        Type::OneOf(names) => Plain::Choice(dice.pick(&texts(names))),
        Type::SomeOf(names) => Plain::Set(texts(names).into_iter().filter(|_| dice.chance(50)).collect::<BTreeSet<_>>()),
    }
}
