//! The model: the policy of `house.kulanz` by hand, and a ledger that is a list of charges.

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};

use super::orders::{Order, Question};

pub const POLICY: &str = include_str!("house.kulanz");
/// Id, role, team and deputy. A role is its number.
pub const PEOPLE: [(&str, usize, Option<&str>, Option<usize>); 9] = [
    ("anna", AGENT, Some("berlin"), None),
    ("ben", AGENT, Some("bonn"), None),
    ("sam", SENIOR, Some("berlin"), Some(3)),
    ("lena", LEAD, Some("berlin"), Some(4)),
    ("luis", LEAD, Some("bonn"), Some(2)),
    ("fritz", FINANCE, None, Some(3)),
    ("fee", FINANCE, None, Some(5)),
    ("hanna", HEAD, None, None),
    ("lara", LEAD, Some("berlin"), None),
];
pub const ROLES: [&str; 5] = ["agent", "senior", "lead", "finance", "head"];
/// In minutes.
const ANSWERS_WITHIN: [i64; 5] = [0, 30, 240, 120, 360];
const AGENT: usize = 0;
const SENIOR: usize = 1;
const LEAD: usize = 2;
const FINANCE: usize = 3;
const HEAD: usize = 4;
/// What the orders are worth, in cents.
pub const TOTALS: [i64; 2] = [12_000, 50_000];

/// Whether a role is another or above it.
fn reaches(role: usize, wanted: usize) -> bool {
    role == wanted || (role != FINANCE && wanted != FINANCE && role > wanted)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Budget {
    Goodwill,
    Team,
    Patience,
    House,
    Order,
}

pub const BUDGETS: [Budget; 5] = [Budget::Goodwill, Budget::Team, Budget::Patience, Budget::House, Budget::Order];

struct Rule {
    role: usize,
    refund: bool,
    limit: i64,
    approved_by: &'static [usize],
    charges: &'static [Budget],
}

const RULES: [Rule; 6] = [
    Rule { role: AGENT, refund: true, limit: 5_000, approved_by: &[], charges: &[Budget::Goodwill, Budget::Team] },
    Rule { role: AGENT, refund: false, limit: 2_000, approved_by: &[], charges: &[Budget::Goodwill, Budget::Patience, Budget::House] },
    Rule { role: SENIOR, refund: true, limit: 8_000, approved_by: &[], charges: &[Budget::Goodwill, Budget::House] },
    Rule { role: LEAD, refund: true, limit: 15_000, approved_by: &[], charges: &[Budget::Order, Budget::House] },
    Rule { role: LEAD, refund: true, limit: 40_000, approved_by: &[LEAD, FINANCE], charges: &[Budget::Order] },
    Rule { role: LEAD, refund: false, limit: 6_000, approved_by: &[], charges: &[Budget::Patience] },
];

/// Who a question counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asker {
    /// `None` for somebody else.
    pub person: Option<usize>,
    pub role: usize,
    pub team: Option<&'static str>,
}

#[derive(Clone, Debug)]
pub struct Grant {
    pub actor: usize,
    pub cents: i64,
    pub case: Option<usize>,
    pub reversed: bool,
}

#[derive(Clone, Debug)]
struct Charge {
    budget: Budget,
    key: String,
    at: i64,
    units: i64,
    grant: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    pub kind: &'static str,
    pub state: &'static str,
    /// A person, and the role in which they own it.
    pub owner: (usize, usize),
    pub due: i64,
    pub waiting_for: Vec<usize>,
    pub approved_by: Vec<usize>,
    pub handed_over: u32,
    pub grant: Option<usize>,
    pub proposer: usize,
    /// Whose question it is by now.
    pub asker: Asker,
    pub question: Question,
    /// The roles that could decide when it was opened.
    deciders: Vec<usize>,
}

/// What came of an order: the number of a grant or case, or the word of a refusal.
pub type Outcome = Result<Done, &'static str>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    Grant(usize),
    Case(usize),
}

#[derive(Debug)]
pub struct House {
    pub now: Timestamp,
    /// Whether the monthly allotment is one by the quarter.
    pub is_quarterly: bool,
    pub grants: Vec<Grant>,
    pub cases: Vec<Case>,
    charges: Vec<Charge>,
    away: [Option<Date>; PEOPLE.len()],
    replies: HashMap<usize, (Question, Outcome)>,
}

fn zone() -> TimeZone {
    TimeZone::get("Europe/Berlin").unwrap()
}

pub fn asker(person: usize) -> Asker {
    let (_, role, team, _) = PEOPLE[person];
    Asker { person: Some(person), role, team }
}

impl House {
    pub fn new(now: Timestamp) -> Self {
        Self {
            now,
            is_quarterly: false,
            grants: Vec::new(),
            cases: Vec::new(),
            charges: Vec::new(),
            away: [None; PEOPLE.len()],
            replies: HashMap::new(),
        }
    }

    fn local(&self) -> Zoned {
        self.now.to_zoned(zone())
    }

    pub fn today(&self) -> Date {
        self.local().date()
    }

    /// The first moment that counts, and the first that counts no more.
    fn window(&self, budget: Budget) -> (i64, i64) {
        let begin = |date: Date| date.to_zoned(zone()).unwrap().timestamp().as_microsecond();
        let later_than = |days: i64| self.local().checked_sub(days.days()).unwrap().timestamp().as_microsecond() + 1;
        let today = self.today();
        match budget {
            Budget::Goodwill if self.is_quarterly => {
                let first = Date::new(today.year(), (today.month() - 1) / 3 * 3 + 1, 1).unwrap();
                (begin(first), begin(first + 3.months()))
            }
            Budget::Goodwill => (begin(today.first_of_month()), begin(today.last_of_month().tomorrow().unwrap())),
            Budget::House => (begin(today), begin(today.tomorrow().unwrap())),
            Budget::Team => (later_than(7), i64::MAX),
            Budget::Patience => (later_than(30), i64::MAX),
            Budget::Order => (i64::MIN, i64::MAX),
        }
    }

    fn key(budget: Budget, asker: Asker, question: &Question) -> String {
        match budget {
            Budget::Goodwill => asker.person.map_or_else(|| "nobody".into(), |person| PEOPLE[person].0.to_owned()),
            Budget::Team => asker.team.unwrap_or("no team").to_owned(),
            Budget::Patience => question.customer.to_string(),
            Budget::House => String::new(),
            Budget::Order => question.order.to_string(),
        }
    }

    pub fn used(&self, budget: Budget, asker: Asker, question: &Question) -> i64 {
        let (from, to) = self.window(budget);
        let key = Self::key(budget, asker, question);
        let counts =
            |charge: &&Charge| charge.budget == budget && charge.key == key && (from..to).contains(&charge.at) && !self.grants[charge.grant].reversed;
        self.charges.iter().filter(counts).map(|charge| charge.units).sum()
    }

    /// `None` where nothing limits.
    fn allotment(budget: Budget, asker: Asker, question: &Question) -> Option<i64> {
        match budget {
            Budget::Goodwill => [Some(10_000), Some(20_000), None, Some(0), None][asker.role],
            Budget::Team => Some(15_000),
            Budget::Patience => Some(2),
            Budget::House => Some(30_000),
            Budget::Order => Some(TOTALS[question.order]),
        }
    }

    /// Whether a rule lets somebody grant it. What is only said counts where `said` does.
    fn covers(&self, rule: &Rule, asker: Asker, question: &Question, said: bool) -> bool {
        let has_room = |budget: &Budget| {
            if *budget == Budget::Order && !(said || question.on_record) || *budget == Budget::Team && asker.team.is_none() {
                return false;
            }
            let Some(allotment) = Self::allotment(*budget, asker, question) else { return true };
            let left = allotment - self.used(*budget, asker, question);
            if *budget == Budget::Patience { left >= 1 } else { left >= question.cents }
        };
        reaches(asker.role, rule.role) && rule.refund == question.refund && question.cents <= rule.limit && rule.charges.iter().all(has_room)
    }

    fn rule(&self, asker: Asker, question: &Question, said: bool, approved: bool) -> Option<&'static Rule> {
        let all = RULES.iter().filter(|rule| (approved || rule.approved_by.is_empty()) && self.covers(rule, asker, question, said));
        all.min_by_key(|rule| rule.charges.iter().filter(|budget| Self::allotment(**budget, asker, question).is_some()).count())
    }

    fn proposal(&self, asker: Asker, question: &Question, said: bool) -> Option<&'static Rule> {
        RULES.iter().find(|rule| !rule.approved_by.is_empty() && self.covers(rule, asker, question, said))
    }

    fn book(&mut self, asker: Asker, question: &Question, case: Option<usize>, approved: bool) -> Result<usize, &'static str> {
        let rule = self.rule(asker, question, false, approved).ok_or("not_granted")?;
        let (grant, at) = (self.grants.len(), self.now.as_microsecond());
        self.grants.push(Grant { actor: asker.person.unwrap(), cents: question.cents, case, reversed: false });
        for budget in rule.charges {
            let units = if *budget == Budget::Patience { 1 } else { question.cents };
            self.charges.push(Charge { budget: *budget, key: Self::key(*budget, asker, question), at, units, grant });
        }
        Ok(grant)
    }

    /// Who could decide: a role, and whether by approving; the nearest first.
    fn contacts(&self, asker: Asker, question: &Question) -> Vec<(usize, bool)> {
        let mut found: Vec<(usize, bool)> = Vec::new();
        for role in 0..ROLES.len() {
            let other = Asker { person: None, role, team: asker.team };
            let decides = !reaches(asker.role, role) && RULES.iter().any(|rule| self.covers(rule, other, question, true));
            let approves = self.proposal(asker, question, true).is_some_and(|rule| rule.approved_by.contains(&role));
            if decides || approves {
                found.push((role, !decides));
            }
        }
        // The roles above stand in the order of their steps, but for finance, which is above nobody.
        let steps = |role: usize| if reaches(role, asker.role) { role - asker.role } else { 100 };
        found.sort_by_key(|(role, _)| steps(*role));
        found
    }

    fn is_away(&self, person: usize) -> bool {
        self.away[person].is_some_and(|until| until >= self.today())
    }

    pub fn set_away(&mut self, person: usize, days: Option<i64>) {
        self.away[person] = days.map(|days| self.today().checked_add(days.days()).unwrap());
    }

    pub fn away_until(&self, person: usize) -> Option<Date> {
        self.away[person]
    }

    fn owner(&self, role: usize, team: Option<&str>, without: &[usize]) -> Result<(usize, usize), &'static str> {
        let everybody = || 0..PEOPLE.len();
        let of_role = |person: &usize| PEOPLE[*person].1 == role;
        let of_team = |person: &usize| team.is_some() && PEOPLE[*person].2 == team;
        let fits = |person: &usize| !self.is_away(*person) && !without.contains(person);
        let deputy = |person: usize| if self.is_away(person) { PEOPLE[person].3 } else { None };
        let open = |person: &usize| self.cases.iter().filter(|case| case.state == "open" && case.owner.0 == *person).count();
        let candidates: [Vec<usize>; 4] = [
            everybody().filter(of_role).filter(of_team).filter(fits).collect(),
            everybody().filter(of_role).filter(of_team).filter_map(deputy).filter(fits).collect(),
            everybody().filter(of_role).filter(fits).collect(),
            everybody().filter(of_role).filter_map(deputy).filter(fits).collect(),
        ];
        let found = candidates.into_iter().find_map(|some| some.into_iter().min_by_key(open));
        found.map(|person| (person, role)).ok_or("nobody_has_role")
    }

    fn due(&self, role: usize) -> i64 {
        (self.now + ANSWERS_WITHIN[role].minutes()).as_microsecond()
    }

    /// Carries out an order. Numbers of grants and cases are those of the model, and `by` is somebody.
    pub fn carry_out(&mut self, order: &Order, by: usize) -> Outcome {
        match order {
            Order::Grant(question, None) => self.book(asker(question.actor), question, None, false).map(Done::Grant),
            Order::Grant(question, Some(key)) => {
                if let Some((asked, outcome)) = self.replies.get(key) {
                    return if asked == question { *outcome } else { Err("key_reused") };
                }
                let outcome = self.book(asker(question.actor), question, None, false).map(Done::Grant);
                self.replies.insert(*key, (question.clone(), outcome));
                outcome
            }
            Order::Reverse(grant) => {
                let found = &mut self.grants[*grant];
                if found.reversed {
                    return Err("already_reversed");
                }
                found.reversed = true;
                Ok(Done::Grant(*grant))
            }
            Order::Open(question) => self.open(question),
            Order::Approve(case, _) => self.approve(*case, by),
            Order::Decline(case, _) => {
                self.own(*case, by)?;
                self.cases[*case].state = "declined";
                Ok(Done::Case(*case))
            }
            Order::HandOver(case, _, to) => self.hand_over(*case, by, *to),
            Order::Add(case) => {
                if self.cases[*case].state != "open" {
                    return Err("case_closed");
                }
                self.cases[*case].question.on_record = true;
                Ok(Done::Case(*case))
            }
        }
    }

    fn open(&mut self, question: &Question) -> Outcome {
        let asker = asker(question.actor);
        if self.rule(asker, question, true, false).is_some() {
            // What is only said must be on record first.
            return Err(if self.rule(asker, question, false, false).is_some() { "nothing_to_ask" } else { "not_granted" });
        }
        let contacts = self.contacts(asker, question);
        let (role, approves) = *contacts.first().ok_or("not_granted")?;
        let owner = self.owner(role, asker.team, &[question.actor])?;
        let mut waiting_for = if approves { vec![LEAD, FINANCE] } else { Vec::new() };
        if role == FINANCE {
            waiting_for.reverse();
        }
        self.cases.push(Case {
            kind: if approves { "approve" } else { "decide" },
            state: "open",
            owner,
            due: self.due(role),
            waiting_for,
            approved_by: Vec::new(),
            handed_over: 0,
            grant: None,
            proposer: question.actor,
            asker,
            question: question.clone(),
            deciders: contacts.into_iter().filter(|(_, approves)| !approves).map(|(role, _)| role).collect(),
        });
        Ok(Done::Case(self.cases.len() - 1))
    }

    /// Everybody who had a part in a case and so cannot approve it any more.
    fn partakers(&self, case: usize) -> Vec<usize> {
        let case = &self.cases[case];
        [case.proposer].into_iter().chain(case.asker.person).chain(case.approved_by.iter().copied()).collect()
    }

    fn own(&self, case: usize, by: usize) -> Result<(), &'static str> {
        let found = &self.cases[case];
        if found.state != "open" {
            return Err("case_closed");
        }
        self.may_have_a_say(case, by)?;
        if found.owner.0 == by { Ok(()) } else { Err("not_the_owner") }
    }

    fn may_have_a_say(&self, case: usize, person: usize) -> Result<(), &'static str> {
        let case = &self.cases[case];
        if case.proposer == person || case.asker.person == Some(person) {
            return Err("own_case");
        }
        if case.approved_by.contains(&person) { Err("second_signature") } else { Ok(()) }
    }

    fn approve(&mut self, at: usize, by: usize) -> Outcome {
        self.own(at, by)?;
        let mut case = self.cases[at].clone();
        if case.kind == "decide" {
            let asker = Asker { person: Some(by), role: case.owner.1, team: PEOPLE[by].2.or(case.asker.team) };
            match self.book(asker, &case.question, Some(at), false) {
                Ok(grant) => (case.state, case.grant) = ("approved", Some(grant)),
                Err(error) => {
                    self.proposal(asker, &case.question, false).ok_or(error)?;
                    case.kind = "approve";
                    case.asker = asker;
                    case.waiting_for = vec![LEAD, FINANCE];
                    case.owner = self.owner(LEAD, PEOPLE[case.proposer].2, &[self.partakers(at), vec![by]].concat())?;
                    case.due = self.due(LEAD);
                }
            }
        } else {
            let role = case.waiting_for.remove(0);
            if !reaches(case.owner.1, role) {
                return Err("wrong_role");
            }
            case.approved_by.push(by);
            if let Some(next) = case.waiting_for.first() {
                case.owner = self.owner(*next, PEOPLE[case.proposer].2, &[self.partakers(at), vec![by]].concat())?;
                case.due = self.due(*next);
            } else {
                let grant = self.book(case.asker, &case.question, Some(at), true)?;
                (case.state, case.grant) = ("approved", Some(grant));
            }
        }
        self.cases[at] = case;
        Ok(Done::Case(at))
    }

    fn hand_over(&mut self, at: usize, by: usize, to: usize) -> Outcome {
        self.own(at, by)?;
        if by == to {
            return Err("wrong_question");
        }
        self.may_have_a_say(at, to)?;
        if self.is_away(to) {
            return Err("wrong_question");
        }
        let (role, case) = (PEOPLE[to].1, &self.cases[at]);
        let needed = case.waiting_for.first().copied().unwrap_or(case.owner.1);
        if !(reaches(role, needed) || case.kind == "decide" && case.deciders.contains(&role)) {
            return Err("wrong_role");
        }
        let case = &mut self.cases[at];
        case.owner = (to, role);
        case.handed_over += 1;
        Ok(Done::Case(at))
    }

    /// How many cases stay with somebody who is away.
    pub fn stand_in(&mut self) -> usize {
        let mut stuck = 0;
        for person in (0..PEOPLE.len()).filter(|person| self.is_away(*person)).collect::<Vec<_>>() {
            let is_theirs = |at: &usize| self.cases[*at].state == "open" && self.cases[*at].owner.0 == person;
            let mut theirs: Vec<_> = (0..self.cases.len()).filter(is_theirs).collect();
            theirs.sort_by_key(|at| self.cases[*at].due / 1000);
            for at in theirs {
                let mut without = self.partakers(at);
                without.push(person);
                let role = self.cases[at].owner.1;
                let deputy = PEOPLE[person].3.filter(|deputy| !self.is_away(*deputy) && !without.contains(deputy));
                let next = deputy.map_or_else(|| self.owner(role, PEOPLE[self.cases[at].proposer].2, &without), |deputy| Ok((deputy, role)));
                match next {
                    Ok(next) => {
                        self.cases[at].owner = next;
                        self.cases[at].handed_over += 1;
                    }
                    Err(_) => stuck += 1,
                }
            }
        }
        stuck
    }
}
