//! What is done at random.

use proptest::prelude::*;

use super::house::PEOPLE;

/// What happens at one time.
#[derive(Clone, Debug)]
pub enum Step {
    /// Somebody sends these, each before any is answered.
    Orders(Vec<Order>),
    /// The clock jumps, by so many microseconds.
    Clock(i64),
    /// The clock jumps to just before the end of its month.
    EndOfMonth,
    /// Somebody is away for so many days from today; none to be back.
    Away(usize, Option<i64>),
    /// The cases of those who are away go to others.
    StandIn,
    /// Another policy is published.
    Publish(Published),
}

/// The policies that are in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Published {
    /// The monthly allotment is one by the month.
    Monthly,
    /// It is one by the quarter.
    Quarterly,
    /// Every other order is by the one, and those between by the other, as while servers are updated.
    Both,
}

/// A question. The numbers stand for people, customers and orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub actor: usize,
    pub refund: bool,
    pub cents: i64,
    pub customer: usize,
    pub order: usize,
    /// Whether the order is on record, or only said.
    pub on_record: bool,
}

/// Who takes a step of a case.
#[derive(Clone, Copy, Debug)]
pub enum By {
    /// Whoever owned it before.
    Owner,
    /// This person.
    Person(usize),
}

/// Numbers of grants and cases count back from the newest.
#[derive(Clone, Debug)]
pub enum Order {
    /// The key is that of an earlier request, or a new one.
    Grant(Question, Option<usize>),
    Reverse(usize),
    Open(Question),
    Approve(usize, By),
    Decline(usize, By),
    HandOver(usize, By, usize),
    /// Puts the order of the question on record.
    Add(usize),
}

fn question() -> impl Strategy<Value = Question> {
    let cents = prop_oneof![4 => 1..5_100_i64, 2 => 1..16_000_i64, 2 => 14_000..42_000_i64, 1 => Just(2_000_i64)];
    let actor = prop_oneof![6 => 0..5_usize, 1 => Just(7_usize)];
    (actor, prop::bool::weighted(0.7), cents, 0..3_usize, 0..2_usize, prop::bool::weighted(0.8))
        .prop_map(|(actor, refund, cents, customer, order, on_record)| Question { actor, refund, cents, customer, order, on_record })
}

fn recent() -> impl Strategy<Value = usize> {
    prop_oneof![4 => Just(0_usize), 2 => Just(1_usize), 1 => 0..6_usize]
}

fn order() -> impl Strategy<Value = Order> {
    let by = || prop_oneof![3 => Just(By::Owner), 2 => (0..PEOPLE.len()).prop_map(By::Person)];
    prop_oneof![
        6 => (question(), prop::option::weighted(0.3, 0..5_usize)).prop_map(|(question, key)| Order::Grant(question, key)),
        2 => recent().prop_map(Order::Reverse),
        3 => question().prop_map(Order::Open),
        5 => (recent(), by()).prop_map(|(case, by)| Order::Approve(case, by)),
        1 => (recent(), by()).prop_map(|(case, by)| Order::Decline(case, by)),
        3 => (recent(), by(), 0..PEOPLE.len()).prop_map(|(case, by, to)| Order::HandOver(case, by, to)),
        1 => recent().prop_map(Order::Add),
    ]
}

/// Steps of one case that are sent at the same time, each of which is only right after the one before it.
fn chain() -> impl Strategy<Value = Vec<Order>> {
    let person = || (2..PEOPLE.len()).prop_map(By::Person);
    prop_oneof![
        (recent(), 2..PEOPLE.len()).prop_map(|(case, to)| vec![Order::HandOver(case, By::Owner, to), Order::Approve(case, By::Person(to))]),
        (recent(), person()).prop_map(|(case, next)| vec![Order::Approve(case, By::Owner), Order::Approve(case, next)]),
        recent().prop_map(|case| vec![Order::Add(case), Order::Approve(case, By::Owner)]),
    ]
}

/// Some steps, one after the other.
pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    const SECOND: i64 = 1_000_000;
    const DAY: i64 = 86_400 * SECOND;
    let jump = prop_oneof![
        3 => 0..2 * DAY,
        2 => DAY..12 * DAY,
        1 => Just(7 * DAY),
        1 => Just(7 * DAY - 1),
        1 => Just(30 * DAY),
        1 => Just(1_i64),
        2 => Just(-DAY),
        1 => -40 * DAY..0,
    ];
    let step = prop_oneof![
        10 => order().prop_map(|order| Step::Orders(vec![order])),
        4 => prop::collection::vec(order(), 2..6).prop_map(Step::Orders),
        2 => chain().prop_map(Step::Orders),
        3 => jump.prop_map(Step::Clock),
        1 => Just(Step::EndOfMonth),
        1 => (2..PEOPLE.len(), prop::option::weighted(0.7, 0..4_i64)).prop_map(|(person, days)| Step::Away(person, days)),
        1 => Just(Step::StandIn),
        1 => prop_oneof![Just(Published::Monthly), Just(Published::Quarterly), Just(Published::Both)].prop_map(Step::Publish),
    ];
    prop::collection::vec(step, 1..48)
}
