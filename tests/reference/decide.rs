//! The answer.

use std::collections::BTreeSet;

use kulanz::Number;
use kulanz::decide::Outcome;

use super::answer::{Answer, By, Charge, Limit, Offer};
use super::asked::{Asked, Belief, Source};
use super::authority::{Approvals, Grant, Seat};
use super::book::{Book, Force, Kind, Rule};
use super::calendar::{clock_length, date_of, days_of, moment_of, seconds_of};
use super::evaluate::{Case, Person};
use super::need::Goal;
use super::reads::facts_of_rule;
use super::room::{Reading, Take};
use super::value::{End, Value};

/// A bare `no` names at most so many permissions.
const MOST_MISSED: usize = 3;

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

/// What is shown of a budget, in its smallest unit.
fn whole(number: &Number, take: &Take) -> Number {
    number.round(&take.unit, kulanz::Rounding::Down).unwrap()
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
        let first = seat.refused(quantity);
        let sure = seat.standing().authority(Approvals::Without);
        let favour = seat.with_reading(Reading::Favour);
        let turns = if *quantity <= favour.standing().authority(Approvals::Without) {
            seat.turns(&Goal { at: quantity, least: quantity, sure: &sure, approvals: Approvals::Without })
        } else if first.outcome == Outcome::No {
            seat.turns_of_others(quantity)
        } else {
            Vec::new()
        };
        if seat.sorted(&turns).is_empty() {
            return first;
        }
        let rules: Vec<&Rule> = turns.iter().filter(|turn| !turn.facts.is_empty()).map(|turn| turn.rule).collect();
        let mut answer = Answer { outcome: Outcome::Need, need: seat.sorted(&turns), because: self.in_source_order(&rules), ..first.clone() };
        answer.provisional = seat.provisional(&rules, &[], None);
        (answer.require, answer.charge) = (Vec::new(), Vec::new());
        // Prohibitions that may still be off hold back what they offer.
        seat.put_instead(&favour.in_the_way(quantity), &mut answer);
        answer.otherwise = Some(Box::new(first));
        answer
    }

    /// The answer to "how much could I?".
    fn how_much(&self) -> Answer {
        let limit = self.largest_granted(&End::Above);
        if limit == End::ZERO {
            return self.answer(&End::At(self.grid()));
        }
        let mut answer = self.asking(&limit).granted(&limit).unwrap();
        answer.limit = self.limit(&limit);
        answer.need = self.sorted(&self.could_raise(&End::Above, &limit));
        answer
    }

    /// The answer where the quantity is within the first reading.
    fn granted(&self, quantity: &End) -> Option<Answer> {
        let standing = self.standing();
        let grant = self.grant(&standing, quantity)?;
        let mut answer = empty(if *quantity <= standing.entitled { Outcome::Owed } else { Outcome::Yes });
        let rules = self.carry(&grant, &mut answer);
        answer.provisional = self.provisional(&rules, &answer.require, Some(quantity));
        Some(answer)
    }

    /// Puts what a grant asks for and takes into an answer, and names the rules behind it.
    fn carry(&self, grant: &Grant<'a>, answer: &mut Answer) -> Vec<&'a Rule> {
        let part = grant.entitlement.iter().filter(|_| grant.permission.is_none() || grant.takes_part);
        let rules: Vec<&Rule> = part.chain(&grant.permission).map(|candidate| candidate.rule).collect();
        answer.because = self.in_source_order(&rules);
        answer.require = grant.duties.iter().map(|duty| (duty.clone(), self.due(duty))).collect();
        answer.charge = grant
            .charges
            .iter()
            .map(|(take, amount)| Charge {
                budget: take.budget.clone(),
                amount: amount.number().cloned(),
                left: take.left.number().map(|left| whole(&left.subtract(amount.number().unwrap()).unwrap(), take)),
                of: take.of.number().map(|of| whole(of, take)),
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
        let seat = self.asking(&unasked);
        if outcome == Outcome::UpTo {
            rules.extend(seat.carry(&seat.grant(&seat.standing(), &unasked).unwrap(), &mut answer));
        } else if outcome == Outcome::Ask {
            rules.extend(self.approved(&self.standing(), quantity).map(|candidate| candidate.rule));
        }
        if rules.is_empty() {
            rules.extend(self.most_generous());
        }
        if rules.is_empty() && outcome == Outcome::No {
            rules = self.missed(quantity);
        }
        let speaking: Vec<&Rule> = self.fallbacks().into_iter().filter(|fallback| fallback.speaks).collect();
        answer.because = self.in_source_order(&rules);
        answer.because.extend(speaking.iter().map(|fallback| fallback.name.clone()));
        rules.extend(speaking);
        answer.provisional =
            if outcome == Outcome::UpTo { seat.provisional(&rules, &answer.require, Some(&unasked)) } else { self.provisional(&rules, &[], None) };
        let step_below = quantity.number().filter(|_| self.is_measured()).and_then(|number| number.subtract(&self.grid()));
        let below = step_below.map_or(self.bound(), End::At);
        let mut turns = self.could_raise(&below, &unasked);
        if contacts.is_empty() {
            turns.extend(self.turns_of_others(quantity));
        }
        answer.need = self.sorted(&turns);
        answer.limit = self.limit(&unasked);
        answer.ask = contacts;
        self.put_instead(&self.in_the_way(quantity), &mut answer);
        answer
    }

    /// What these prohibitions and the fallbacks offer and advise.
    fn put_instead(&self, prohibitions: &[&'a Rule], answer: &mut Answer) {
        let sources: Vec<&Rule> = prohibitions.iter().copied().chain(self.fallbacks()).collect();
        answer.offer = self.offers(&sources);
        answer.advice.clear();
        for rule in sources {
            let given = rule.advice.iter().enumerate().filter(|(_, when)| self.reading.gives(self.case.holds(when.as_ref())));
            answer.advice.extend(given.map(|(at, _)| (rule.name.clone(), at)));
        }
    }

    /// What bars the approvers of what could be proposed; else the first permissions whose conditions do not hold.
    fn missed(&self, quantity: &End) -> Vec<&'a Rule> {
        let standing = self.standing();
        let shared: Vec<_> = standing.permissions.iter().filter(|candidate| !candidate.rule.approved_by.is_empty()).collect();
        let proposable = shared.iter().filter(|candidate| candidate.reach >= *quantity);
        let bars: Vec<&Rule> = proposable.flat_map(|candidate| &candidate.rule.approved_by).flat_map(|role| self.bars(role)).collect();
        if !bars.is_empty() {
            return bars;
        }
        let applies = |rule: &Rule| shared.iter().any(|candidate| candidate.rule.name == rule.name);
        self.rules().filter(|rule| matches!(rule.kind, Kind::Permission(_)) && !applies(rule)).take(MOST_MISSED).collect()
    }

    /// The permission that would give the most, where none has room.
    fn most_generous(&self) -> Option<&'a Rule> {
        let own = self.standing().permissions.into_iter().filter(|candidate| candidate.rule.approved_by.is_empty());
        own.rev().max_by(|a, b| a.reach.cmp(&b.reach)).map(|candidate| candidate.rule)
    }

    /// Each offered action once, with the most that is offered of it.
    fn offers(&self, sources: &[&'a Rule]) -> Vec<Offer> {
        let mut offered: Vec<(&str, End)> = Vec::new();
        for (action, up_to, when) in sources.iter().flat_map(|rule| &rule.offers) {
            if !self.reading.gives(self.case.holds(when.as_ref())) {
                continue;
            }
            let most = up_to.as_ref().map_or(End::Above, |up_to| self.reading.quantity(&self.case.value(up_to).range()));
            match offered.iter_mut().find(|(known, _)| known == action) {
                Some((_, known)) => *known = known.clone().max(most),
                None => offered.push((action, most)),
            }
        }
        offered.iter().filter_map(|(action, most)| self.offer(action, most)).collect()
    }

    /// What this role really has of another action; else who grants all that is offered, or the smallest part of it.
    fn offer(&self, action: &str, most: &End) -> Option<Offer> {
        let mut seat = Self { action: action.to_owned(), ..self.clone() };
        seat.case.amount = Value::Absent;
        let bound = most.on_grid(&seat.grid(), kulanz::Rounding::Down).min(seat.bound());
        if bound == End::ZERO {
            return None;
        }
        let limit = seat.largest_granted(&bound);
        let mut offer = Offer { action: action.to_owned(), outcome: Outcome::Yes, limit: seat.limit(&limit), ask: Vec::new(), need: Vec::new() };
        if limit > End::ZERO {
            if limit <= seat.asking(&limit).standing().entitled {
                offer.outcome = Outcome::Owed;
            }
            return Some(offer);
        }
        let smallest = End::At(seat.grid());
        let whole = if bound == End::Above { smallest.clone() } else { bound.clone() };
        offer.ask = seat.asking(&whole).contacts(&whole);
        if offer.ask.is_empty() {
            offer.ask = seat.asking(&smallest).contacts(&smallest);
        }
        if !offer.ask.is_empty() {
            return Some(Offer { outcome: Outcome::Ask, ..offer });
        }
        let need = seat.sorted(&seat.could_raise(&bound, &End::ZERO));
        (!need.is_empty()).then_some(Offer { outcome: Outcome::Need, need, ..offer })
    }

    /// Verified facts that are not on record and were read by what decided, or that alone keep a prohibition from what is granted.
    fn provisional(&self, rules: &[&Rule], require: &[(String, Option<By>)], granted: Option<&End>) -> Vec<String> {
        let mut names: BTreeSet<String> = rules.iter().flat_map(|rule| facts_of_rule(self.case.book, rule)).collect();
        let strict = Case { belief: Belief::Recorded, ..self.case.clone() };
        for (duty, _) in require {
            let after = strict.book.duties[duty].deadline.as_ref().and_then(|deadline| deadline.after.as_ref());
            names.extend(after.into_iter().flat_map(|after| strict.turns_on(after)));
        }
        if let Some(granted) = granted {
            names.extend(self.kept_away(granted));
        }
        let facts = self.case.book.facts.iter().map(|fact| fact.name.text.clone());
        facts.filter(|fact| names.contains(fact) && self.is_provisional(fact)).collect()
    }

    /// What prohibitions turn on that would stand in the way of a grant if only what is on record were known.
    fn kept_away(&self, granted: &End) -> BTreeSet<String> {
        let mut strict = self.asking(granted);
        strict.case.belief = Belief::Recorded;
        let owed = *granted <= self.asking(granted).standing().entitled;
        let binds = |rule: &Rule| !owed || matches!(rule.kind, Kind::Prohibition(_, Force::EvenIfEntitled));
        let in_the_way = strict.in_the_way(granted).into_iter().filter(|rule| binds(rule));
        in_the_way.flat_map(|rule| strict.prohibition_turns_on(rule)).collect()
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
