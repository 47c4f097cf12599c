//! What random steps have found, one by one.

use std::sync::Arc;

use kulanz::ledger::store::Memory;

use super::orders::{By, Order, Question, Step};
use super::{alone, play};

fn plays(steps: &[Step]) {
    alone(play::play(Arc::new(Memory::default()), steps)).unwrap();
}

/// What anna may not grant and a lead may propose.
fn big() -> Order {
    Order::Open(Question { actor: 0, refund: true, cents: 20_000, customer: 0, order: 1, on_record: true })
}

fn one(order: Order) -> Step {
    Step::Orders(vec![order])
}

/// A lead decides, and so proposes what another lead must approve: it must not come back to the first.
#[test]
fn who_proposes_does_not_approve() {
    let (lena, lara) = (3, 8);
    plays(&[
        one(big()),
        one(Order::Approve(0, By::Person(lena))),
        one(Order::HandOver(0, By::Person(lara), lena)),
        one(Order::Approve(0, By::Person(lena))),
        Step::Away(lara, Some(3)),
        Step::Away(4, Some(3)),
        Step::StandIn,
        one(Order::Approve(0, By::Owner)),
    ]);
}

/// Steps of one case that arrive at the same time: the second is another person's, whose budgets count.
#[test]
fn steps_of_a_case_at_the_same_time_charge_the_right_budgets() {
    let voucher = |cents| Question { actor: 0, refund: false, cents, customer: 0, order: 0, on_record: true };
    let (lena, luis) = (3, 4);
    let taken = || Order::Grant(voucher(1), None);
    plays(&[
        Step::Orders(vec![Order::Open(voucher(2_500)), Order::Open(voucher(2_500))]),
        Step::Orders(vec![taken(), Order::HandOver(0, By::Owner, luis), Order::Approve(0, By::Person(luis))]),
        Step::Orders(vec![Order::HandOver(1, By::Person(lena), luis), Order::Approve(1, By::Person(luis))]),
        Step::Orders(vec![big()]),
        Step::Orders(vec![Order::Approve(0, By::Owner), Order::Approve(0, By::Person(8)), Order::Approve(0, By::Person(5))]),
    ]);
}
