//! The answer.

use std::collections::BTreeSet;

use kulanz::Number;
use kulanz::decide::Outcome;
use kulanz::syntax::ast::Expr;

use super::answer::{Answer, By, Charge, Limit, Offer};
use super::asked::{Asked, Belief, Source};
use super::authority::{Approvals, Grant, Seat};
use super::book::{Book, Rule};
use super::calendar::{clock_length, date_of, days_of, moment_of, seconds_of};
use super::evaluate::{Case, Person};
use super::reads::facts_of_rule;
use super::room::Reading;
use super::value::{End, Value};

/// Answers a question.
pub fn decide(book: &Book, asked: &Asked, belief: Belief) -> Answer {
    let case = Case { book, asked, belief, person: Person::Asker, amount: Value::Absent };
    let seat = Seat { case, role: asked.role.clone(), action: asked.action.clone(), reading: Reading::Against };
    let mut answer = match &asked.amount {
        Some(amount) => seat.answer(&End::At(amount.clone())),
        None if book.measure(&asked.action).is_none() => seat.answer(&End::At(Number::ONE)),
        None => seat.how_much(),
    };
    seat.add_what_all_carry(&mut answer);
    answer
}

fn empty(outcome: Outcome) -> Answer {
    Answer {
        outcome,
        limit: Limit::None,
        entitled: Limit::None,
        because: Vec::new(),
        require: Vec::new(),
        charge: Vec::new(),
        ask: Vec::new(),
        offer: Vec::new(),
        advice: Vec::new(),
        need: Vec::new(),
        provisional: Vec::new(),
        also_owed: Vec::new(),
        otherwise: None,
    }
}

impl<'a> Seat<'a> {
    fn is_measured(&self) -> bool {
        self.case.book.measure(&self.action).is_some()
    }

    fn limit(&self, quantity: &End) -> Limit {
        match quantity {
            End::At(number) if self.is_measured() && number.is_positive() => Limit::Amount(number.clone()),
            End::Above if self.is_measured() => Limit::Unlimited,
            _ => Limit::None,
        }
    }

    fn bound(&self) -> End {
        if self.is_measured() { End::Above } else { End::At(Number::ONE) }
    }

    /// The largest quantity that may be granted, up to a bound.
    pub fn largest_granted(&self, bound: &End) -> End {
        self.largest(bound, |standing| standing.authority(Approvals::Without))
    }

    /// The largest quantity that is owed.
    pub fn largest_owed(&self) -> End {
        self.largest(&self.bound(), |standing| standing.entitled.clone())
    }

    /// How many of a rule's texts decided: those that are in source order of the pack.
    fn in_source_order(&self, rules: &[&Rule]) -> Vec<String> {
        let names: BTreeSet<&str> = rules.iter().map(|rule| rule.name.as_str()).collect();
        self.case.book.rules.iter().filter(|rule| names.contains(rule.name.as_str())).map(|rule| rule.name.clone()).collect()
    }

    /// The answer for a quantity.
    fn answer(&self, quantity: &End) -> Answer {
        let seat = self.asking(quantity);
        if let Some(mut answer) = seat.granted(quantity) {
            answer.limit = self.limit(&self.largest_granted(&self.bound()));
            return answer;
        }
        let mut first = seat.refused(quantity);
        let sure = self.largest_granted(quantity);
        let favour = seat.with_reading(Reading::Favour);
        if *quantity <= favour.standing().authority(Approvals::Without) {
            let mut answer = Answer { outcome: Outcome::Need, need: seat.own_need(quantity, &sure), ..first.clone() };
            answer.otherwise = Some(Box::new(first));
            return answer;
        }
        if first.outcome == Outcome::No && !favour.contacts(quantity).is_empty() {
            let mut answer = Answer { outcome: Outcome::Need, need: seat.anybodys_need(quantity), ..first.clone() };
            answer.otherwise = Some(Box::new(first));
            return answer;
        }
        first.need = seat.own_need(quantity, &sure);
        first
    }

    /// The answer to "how much could I?".
    fn how_much(&self) -> Answer {
        let limit = self.largest_granted(&End::Above);
        if limit == End::ZERO {
            return self.answer(&End::At(self.grid()));
        }
        let mut answer = self.asking(&limit).granted(&limit).unwrap();
        answer.limit = self.limit(&limit);
        let perhaps = self.with_reading(Reading::Favour).largest_granted(&End::Above);
        if perhaps > limit {
            answer.need = self.own_need(&perhaps, &limit);
        }
        answer
    }

    /// The answer where the quantity is within the first reading.
    fn granted(&self, quantity: &End) -> Option<Answer> {
        let standing = self.standing();
        let grant = self.grant(&standing, quantity)?;
        let mut answer = empty(if *quantity <= standing.entitled { Outcome::Owed } else { Outcome::Yes });
        let rules = self.carry(&grant, &mut answer);
        answer.provisional = self.provisional(&rules, quantity);
        Some(answer)
    }

    /// Puts what a grant asks for and takes into an answer, and names the rules behind it.
    fn carry(&self, grant: &Grant<'a>, answer: &mut Answer) -> Vec<&'a Rule> {
        let rules: Vec<&Rule> = grant.entitlement.iter().chain(&grant.permission).map(|candidate| candidate.rule).collect();
        answer.because = self.in_source_order(&rules);
        answer.require = grant.duties.iter().map(|duty| (duty.clone(), self.due(duty))).collect();
        answer.charge = grant
            .charges
            .iter()
            .map(|(take, amount)| Charge {
                budget: take.budget.clone(),
                amount: amount.number().cloned(),
                left: take.left.number().map(|left| left.subtract(amount.number().unwrap()).unwrap()),
                of: take.of.number().cloned(),
                resets: self.case.resets(&take.budget),
            })
            .collect();
        rules
    }

    fn due(&self, duty: &str) -> Option<By> {
        let deadline = self.case.book.duties[duty].deadline.as_ref()?;
        let calendar = &self.case.book.calendar;
        let steps = &deadline.within;
        if clock_length(steps.unit).is_some() {
            let from = deadline
                .after
                .as_ref()
                .map_or_else(|| Some(seconds_of(self.case.asked.at)), |after| self.case.value(after).range().exact().cloned())?;
            return Some(By::Moment(moment_of(&calendar.step_moment(&from, &steps.count, steps.unit)?)?));
        }
        let from = match &deadline.after {
            None => days_of(self.case.today()),
            Some(after) => self.case.days(&self.case.value(after)).exact().cloned()?,
        };
        Some(By::Day(calendar.step(date_of(&from)?, steps.count.to_i64()?, steps.unit)?))
    }

    /// The answer of the first reading where the quantity is beyond it.
    fn refused(&self, quantity: &End) -> Answer {
        let unasked = self.largest_granted(quantity);
        let contacts = self.contacts(quantity);
        let outcome = match (&unasked, contacts.is_empty()) {
            (limit, _) if *limit > End::ZERO => Outcome::UpTo,
            (_, false) => Outcome::Ask,
            _ => Outcome::No,
        };
        let mut answer = empty(outcome);
        let mut rules = self.in_the_way(quantity);
        if outcome == Outcome::UpTo {
            let seat = self.asking(&unasked);
            let standing = seat.standing();
            rules.extend(seat.carry(&seat.grant(&standing, &unasked).unwrap(), &mut answer));
            answer.provisional = seat.provisional(&rules, &unasked);
        } else {
            answer.provisional = self.provisional(&rules, quantity);
        }
        answer.because = self.in_source_order(&rules);
        answer.limit = self.limit(&unasked);
        answer.ask = contacts;
        let sources: Vec<&Rule> = self.in_the_way(quantity).into_iter().chain(self.fallbacks()).collect();
        answer.offer = self.offers(&sources);
        for rule in sources {
            let given = rule.advice.iter().enumerate().filter(|(_, when)| self.reading.gives(self.case.holds(when.as_ref())));
            answer.advice.extend(given.map(|(at, _)| (rule.name.clone(), at)));
        }
        answer
    }

    fn offers(&self, sources: &[&'a Rule]) -> Vec<Offer> {
        let mut offers: Vec<Offer> = Vec::new();
        for (action, up_to, when) in sources.iter().flat_map(|rule| &rule.offers) {
            if self.reading.gives(self.case.holds(when.as_ref())) && !offers.iter().any(|offer| offer.action == *action) {
                offers.extend(self.offer(action, up_to.as_ref()));
            }
        }
        offers
    }

    /// What this role really has of another action.
    fn offer(&self, action: &str, up_to: Option<&Expr>) -> Option<Offer> {
        let mut seat = Self { action: action.to_owned(), ..self.clone() };
        let bound = match up_to {
            Some(up_to) => self.reading.quantity(&self.case.value(up_to).range()).on_grid(&seat.grid(), kulanz::Rounding::Down),
            None => seat.bound(),
        };
        if bound == End::ZERO {
            return None;
        }
        seat.case.amount = Value::Absent;
        let limit = seat.largest_granted(&bound);
        let mut offer = Offer { action: action.to_owned(), outcome: Outcome::Yes, limit: seat.limit(&limit), ask: Vec::new(), need: Vec::new() };
        if limit > End::ZERO {
            if limit <= seat.asking(&limit).standing().entitled {
                offer.outcome = Outcome::Owed;
            }
            return Some(offer);
        }
        let smallest = End::At(seat.grid());
        let answer = seat.answer(&smallest);
        offer.outcome = answer.outcome;
        match answer.outcome {
            Outcome::Ask => offer.ask = answer.ask,
            Outcome::Need => offer.need = answer.need,
            _ => return None,
        }
        Some(offer)
    }

    /// Verified facts that are not on record and were read by what decided.
    fn provisional(&self, rules: &[&Rule], quantity: &End) -> Vec<String> {
        let mut strict = self.clone();
        strict.case.belief = Belief::Recorded;
        let kept_away = strict.prohibitions().into_iter().filter(|(rule, cap)| {
            let here = self.prohibitions().into_iter().find(|(other, _)| other.name == rule.name);
            cap < quantity && here.is_none_or(|(_, cap)| cap >= *quantity)
        });
        let names: BTreeSet<String> =
            rules.iter().copied().chain(kept_away.map(|(rule, _)| rule)).flat_map(|rule| facts_of_rule(self.case.book, rule)).collect();
        let facts = self.case.book.facts.iter().map(|fact| fact.name.text.clone());
        facts.filter(|fact| names.contains(fact) && self.is_provisional(fact)).collect()
    }

    fn is_provisional(&self, fact: &str) -> bool {
        let believed = match self.case.asked.facts.get(fact) {
            Some(given) => given.source == Source::Record,
            None => self.case.is_unknown(fact),
        };
        self.case.belief == Belief::Said && self.case.book.is_verified(fact) && !believed
    }

    /// What every answer carries.
    fn add_what_all_carry(&self, answer: &mut Answer) {
        answer.entitled = self.limit(&self.largest_owed());
        answer.also_owed = self.also_owed();
        let (entitled, also_owed) = (answer.entitled.clone(), answer.also_owed.clone());
        if let Some(otherwise) = &mut answer.otherwise {
            otherwise.entitled = entitled;
            otherwise.also_owed = also_owed;
        }
    }

    fn also_owed(&self) -> Vec<(String, Limit, String)> {
        let mut all = Vec::new();
        for action in self.case.book.actions.iter().map(|action| &action.name.text).filter(|action| **action != self.action) {
            let seat = Self { action: action.clone(), ..self.clone() };
            let owed = seat.largest_owed();
            if owed > End::ZERO {
                let at = seat.asking(&owed);
                let rule = at.grant(&at.standing(), &owed).unwrap().entitlement.unwrap().rule;
                all.push((action.clone(), seat.limit(&owed), rule.name.clone()));
            }
        }
        all
    }
}
