//! The ledger and the model, side by side.

use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use kulanz::engine::Engine;
use kulanz::ledger::people::People;
use kulanz::ledger::record;
use kulanz::ledger::store::{CaseFilter, GrantFilter, Store};
use kulanz::ledger::{self as books, Office, Proposal, PseudonymKey, Settled, Ticket, Token};
use kulanz::question::{Caller, Request, Spending};
use serde_json::json;

use super::super::super::budgets::join_all;
use super::super::super::world::{World, engine};
use super::house::{self, Asker, BUDGETS, Budget, Done, House, Outcome, PEOPLE, ROLES, TOTALS, asker};
use super::orders::{By, Order, Published, Question, Step};

struct Play {
    world: World,
    house: House,
    /// By the month, and by the quarter.
    engines: &'static [Arc<Engine>; 2],
    published: Published,
    /// What the ledger calls the grants and cases of the model.
    grants: Vec<String>,
    cases: Vec<String>,
}

/// Plays steps, and says where the two differ.
pub async fn play(store: Arc<dyn Store>, steps: &[Step]) -> Result<(), String> {
    static ENGINES: OnceLock<[Arc<Engine>; 2]> = OnceLock::new();
    let quarterly = || house::POLICY.replace("per actor per month", "per actor per quarter");
    let engines = ENGINES.get_or_init(|| [engine(house::POLICY), engine(&quarterly())]);
    // Every other time the log calls people by aliases.
    let pseudonyms = steps.len().is_multiple_of(2).then(PseudonymKey::random);
    let world = World::under(Arc::clone(&engines[0]), store, pseudonyms).await;
    let house = House::new(world.ledger.now());
    let mut play = Play { house, world, engines, published: Published::Monthly, grants: Vec::new(), cases: Vec::new() };
    play.publish_people();
    for (at, step) in steps.iter().enumerate() {
        play.step(step).await.map_err(|error| format!("step {at}, {step:?}, at {}: {error}", play.house.now))?;
    }
    play.world.ledger.verify().await.map_err(|error| format!("the audit fails: {error}"))?;
    play.world.ledger.close().await.map_err(|error| error.to_string())
}

fn differ<T: PartialEq + std::fmt::Debug>(what: &str, ledger: &T, model: &T) -> Result<(), String> {
    if ledger == model { Ok(()) } else { Err(format!("{what}: the ledger says {ledger:?}, the model {model:?}")) }
}

/// A grant or case counted back from the newest.
fn back(count: usize, from_newest: usize) -> Option<usize> {
    count.checked_sub(1 + from_newest % count.max(1))
}

fn euros(cents: i64) -> String {
    format!("{}.{:02} EUR", cents / 100, cents % 100)
}

impl Play {
    async fn step(&mut self, step: &Step) -> Result<(), String> {
        match step {
            Step::Orders(orders) => self.orders(orders).await?,
            Step::Clock(micros) => self.set_clock(self.house.now.as_microsecond() + micros),
            Step::EndOfMonth => {
                let next = self.house.today().last_of_month().tomorrow().unwrap();
                let midnight = next.in_tz("Europe/Berlin").unwrap().timestamp();
                self.set_clock(midnight.as_microsecond() - 1);
            }
            Step::Away(person, days) => {
                self.house.set_away(*person, *days);
                self.publish_people();
            }
            Step::Publish(published) => {
                self.published = *published;
                self.house.is_quarterly = self.is_quarterly(0);
                self.world.engine = Arc::clone(self.engine(0));
            }
            Step::StandIn => self.stand_in().await?,
        }
        self.compare().await
    }

    async fn stand_in(&mut self) -> Result<(), String> {
        let stuck = self.world.ledger.stand_in(&self.world.office()).await.map_err(|error| error.to_string())?;
        differ("how many cases are stuck", &stuck, &self.house.stand_in())
    }

    /// Whether an order is by the policy with the quarter.
    fn is_quarterly(&self, order: usize) -> bool {
        match self.published {
            Published::Monthly => false,
            Published::Quarterly => true,
            Published::Both => order % 2 == 1,
        }
    }

    fn engine(&self, order: usize) -> &Arc<Engine> {
        &self.engines[usize::from(self.is_quarterly(order))]
    }

    fn set_clock(&mut self, micros: i64) {
        self.house.now = Timestamp::from_microsecond(micros).unwrap();
        self.world.at(&self.house.now.to_string());
    }

    fn publish_people(&mut self) {
        let mut text = String::new();
        for (at, (id, role, team, deputy)) in PEOPLE.iter().enumerate() {
            write!(text, "[[person]]\nid = \"{id}\"\nrole = \"{}\"\n", ROLES[*role]).unwrap();
            if let Some(team) = team {
                writeln!(text, "team = \"{team}\"").unwrap();
            }
            if let Some(deputy) = deputy {
                writeln!(text, "deputy = \"{}\"", PEOPLE[*deputy].0).unwrap();
            }
            if let Some(until) = self.house.away_until(at) {
                writeln!(text, "away_until = {until}").unwrap();
            }
        }
        self.world.people = Arc::new(People::parse(&text).unwrap());
    }

    /// Sends orders at the same time. The numbers in them mean what there was before.
    async fn orders(&mut self, orders: &[Order]) -> Result<(), String> {
        // A step lets the deputy in first; the model does so for all cases at once.
        self.stand_in().await?;
        let (grants, cases) = (self.grants.len(), self.cases.len());
        let meant = orders.iter().filter_map(|order| {
            Some(match order {
                Order::Grant(..) | Order::Open(_) => order.clone(),
                Order::Reverse(grant) => Order::Reverse(back(grants, *grant)?),
                Order::Approve(case, by) => Order::Approve(back(cases, *case)?, *by),
                Order::Decline(case, by) => Order::Decline(back(cases, *case)?, *by),
                Order::HandOver(case, by, to) => Order::HandOver(back(cases, *case)?, *by, *to),
                Order::Add(case) => Order::Add(back(cases, *case)?),
            })
        });
        let meant: Vec<Order> = meant.collect();
        // What is added after a signature asks everybody again; that has tests of its own.
        let is_signed = |case: usize| {
            let now = meant.iter().any(|order| matches!(order, Order::Approve(at, _) if *at == case));
            now || !self.house.cases[case].approved_by.is_empty()
        };
        let plain = |order: &&Order| !matches!(order, Order::Add(case) if is_signed(*case));
        let orders: Vec<(Order, usize)> = meant.iter().filter(plain).map(|order| (order.clone(), self.who(order))).collect();
        let play = &*self;
        let settled = join_all(orders.iter().enumerate().map(|(at, (order, by))| play.send(order, *by, play.engine(at))).collect()).await;
        for (at, ((order, by), settled)) in orders.iter().zip(settled).enumerate() {
            let settled = settled?;
            self.house.is_quarterly = self.is_quarterly(at);
            let expected = self.house.carry_out(order, *by);
            self.learn(&settled, expected);
            let named = |outcome: &Outcome| match outcome {
                Ok(Done::Grant(grant)) => format!("grant {}", self.grants.get(*grant).map_or("none", String::as_str)),
                Ok(Done::Case(case)) => format!("case {}", self.cases.get(*case).map_or("none", String::as_str)),
                Err(word) => (*word).to_owned(),
            };
            differ(&format!("{order:?} by {}", PEOPLE[*by].0), &word(&settled), &named(&expected))?;
        }
        self.house.is_quarterly = self.is_quarterly(0);
        Ok(())
    }

    fn who(&self, order: &Order) -> usize {
        match order {
            Order::Grant(question, _) | Order::Open(question) => question.actor,
            Order::Approve(_, By::Person(by)) | Order::Decline(_, By::Person(by)) | Order::HandOver(_, By::Person(by), _) => *by,
            Order::Approve(case, By::Owner) | Order::Decline(case, By::Owner) | Order::HandOver(case, By::Owner, _) => {
                self.house.cases[*case].owner.0
            }
            Order::Reverse(_) | Order::Add(_) => 3,
        }
    }

    /// Takes the id of something new.
    fn learn(&mut self, settled: &Settled, expected: Outcome) {
        match (settled, expected) {
            (Ok(books::Done::Grant(grant)), Ok(Done::Grant(number))) if number == self.grants.len() => self.grants.push(grant.id.clone()),
            (Ok(books::Done::Case(case)), Ok(Done::Case(number))) => {
                if number == self.cases.len() {
                    self.cases.push(case.id.clone());
                }
                // An approval may have booked a grant.
                if let Some(grant) = &case.grant
                    && self.house.cases[number].grant == Some(self.grants.len())
                {
                    self.grants.push(grant.clone());
                }
            }
            _ => {}
        }
    }

    fn request(&self, question: &Question) -> Request {
        let Asker { role, team, .. } = asker(question.actor);
        let order = json!({"order.id": format!("o-{}", question.order), "order.total": euros(TOTALS[question.order])});
        let mut facts = json!({"customer.id": format!("c-{}", question.customer)});
        let mut record = json!({});
        let believed = if question.on_record { &mut record } else { &mut facts };
        believed.as_object_mut().unwrap().extend(order.as_object().unwrap().clone());
        let mut actor = json!({"id": PEOPLE[question.actor].0, "role": ROLES[role]});
        if let Some(team) = team {
            actor["team"] = team.into();
        }
        let action = if question.refund { "refund" } else { "voucher" };
        let asked = json!({"actor": actor, "action": action, "amount": euros(question.cents), "facts": facts, "record": record}).to_string();
        let reader = self.world.engine.reader().caller(Caller::SystemOfRecord).spending(Spending::Ledger);
        reader.json(&asked, self.house.now).unwrap()
    }

    async fn send(&self, order: &Order, by: usize, engine: &Arc<Engine>) -> Result<Settled, String> {
        let World { ledger, people, .. } = &self.world;
        let propose = |question: &Question| Proposal {
            engine: Arc::clone(engine),
            request: self.request(question),
            confirm: Vec::new(),
            note: None,
            brought_by: None,
        };
        let office = Office { engine: Arc::clone(engine), people: Arc::clone(people) };
        let who = || people.find(PEOPLE[by].0).unwrap().who();
        let settled = match order {
            Order::Grant(question, key) => {
                let token = |key: &usize| Token { caller: "model".into(), key: key.to_string() };
                let ticket = key.as_ref().map(|key| Ticket { token: token(key), digest: format!("{question:?}") });
                ledger.grant(&propose(question), None, ticket).await
            }
            Order::Reverse(grant) => ledger.reverse(engine, &self.grants[*grant], who(), "a mistake", None).await,
            Order::Open(question) => ledger.open_case(people, &propose(question), None, None).await,
            Order::Approve(case, _) | Order::Decline(case, _) | Order::HandOver(case, ..) | Order::Add(case) => {
                ledger.step(&office, &self.cases[*case], who(), self.step_of(order), None).await
            }
        };
        settled.map_err(|error| format!("{order:?}: {error}"))
    }

    fn step_of(&self, order: &Order) -> books::Step {
        match order {
            Order::Decline(..) => books::Step::Decline { reason: "too much".into(), offered: "nothing".into() },
            Order::HandOver(_, _, to) => books::Step::HandOver { to: PEOPLE[*to].0.into(), note: None },
            Order::Add(case) => {
                let order = self.house.cases[*case].question.order;
                let record = vec![("order.id".into(), format!("o-{order}").into()), ("order.total".into(), euros(TOTALS[order]).into())];
                books::Step::Add { facts: Vec::new(), record, note: None }
            }
            _ => books::Step::Approve { confirm: Vec::new(), note: None },
        }
    }

    /// Whether both know the same.
    async fn compare(&self) -> Result<(), String> {
        self.compare_budgets().await?;
        self.compare_grants().await?;
        self.compare_cases().await
    }

    async fn compare_budgets(&self) -> Result<(), String> {
        let question = |actor: usize| {
            let (customer, order) = (actor % 3, actor % 2);
            Question { actor, refund: true, cents: 1, customer, order, on_record: true }
        };
        let questions: Vec<_> = (0..PEOPLE.len()).map(question).collect();
        let mut requests: Vec<_> = questions.iter().map(|question| self.request(question)).collect();
        let mut all: Vec<_> = requests.iter_mut().collect();
        self.world.ledger.fill_all(&self.world.engine, &mut all).await.map_err(|error| error.to_string())?;
        for (question, request) in questions.iter().zip(requests) {
            for (budget, spent) in BUDGETS.iter().zip(&request.question.spent) {
                let asker = asker(question.actor);
                let used = if *budget == Budget::Team && asker.team.is_none() { 0 } else { self.house.used(*budget, asker, question) };
                let used = if *budget == Budget::Patience { format!("{used}.00") } else { euros(used).replace(" EUR", "") };
                differ(&format!("what {budget:?} has used in the bucket of {question:?}"), &spent.to_fixed(2), &used)?;
            }
        }
        Ok(())
    }

    async fn compare_grants(&self) -> Result<(), String> {
        let filter = GrantFilter { most: u32::MAX, ..GrantFilter::default() };
        let found = self.world.ledger.grants(&filter).await.map_err(|error| error.to_string())?;
        let mut ledger: Vec<_> = found
            .into_iter()
            .map(|grant| (grant.id, grant.actor.id, grant.amount.unwrap_or_default(), grant.case, grant.reversed.is_some()))
            .collect();
        let of_model = |(at, grant): (usize, &house::Grant)| {
            let case = grant.case.map(|case| self.cases[case].clone());
            (self.grants[at].clone(), PEOPLE[grant.actor].0.to_owned(), euros(grant.cents), case, grant.reversed)
        };
        let mut model: Vec<_> = self.house.grants.iter().enumerate().map(of_model).collect();
        ledger.sort();
        model.sort();
        differ("the grants", &ledger, &model)
    }

    async fn compare_cases(&self) -> Result<(), String> {
        let filter = CaseFilter { most: u32::MAX, ..CaseFilter::default() };
        let found = self.world.ledger.cases(&filter).await.map_err(|error| error.to_string())?;
        differ("how many cases there are", &found.len(), &self.cases.len())?;
        for case in found {
            let number = self.cases.iter().position(|id| *id == case.id).unwrap();
            differ(&format!("case {number}"), &told(&case), &self.expected(number))?;
        }
        Ok(())
    }

    fn expected(&self, number: usize) -> String {
        let case = &self.house.cases[number];
        let (owner, role) = case.owner;
        let (kind, owner) = (json!(case.kind), (PEOPLE[owner].0, ROLES[role]));
        let waits: Vec<_> = case.waiting_for.iter().map(|role| ROLES[*role]).collect();
        let signed: Vec<_> = case.approved_by.iter().map(|person| PEOPLE[*person].0).collect();
        let asker = case.asker.person.map(|person| PEOPLE[person].0);
        let (state, grant) = (case.state, case.grant.map(|grant| &self.grants[grant]));
        let due = case.due.div_euclid(1000);
        format!(
            "{kind} {state} {owner:?} due {due} waits for {waits:?} signed {signed:?} of {asker:?} handed over {} became {grant:?}",
            case.handed_over
        )
    }
}

/// What came of an order, in a word; of something done, with its id.
fn word(settled: &Settled) -> String {
    match settled {
        Ok(books::Done::Grant(grant)) => format!("grant {}", grant.id),
        Ok(books::Done::Case(case)) => format!("case {}", case.id),
        Err(refusal) => match serde_json::to_value(refusal).unwrap() {
            serde_json::Value::Object(named) => named.keys().next().unwrap().clone(),
            word => word.as_str().unwrap_or_default().to_owned(),
        },
    }
}

fn told(case: &record::Case) -> String {
    let kind = serde_json::to_value(case.kind).unwrap();
    let due: Timestamp = case.due.parse().unwrap();
    let signed: Vec<_> = case.approved_by.iter().map(|signature| signature.id.as_str()).collect();
    let asker = case.question.pointer("/actor/id").and_then(|id| id.as_str());
    let owner = (case.owner.id.as_str(), case.owner.role.as_str());
    let state = case.state.word();
    let (due, grant) = (due.as_millisecond(), case.grant.as_ref());
    format!(
        "{kind} {state} {owner:?} due {due} waits for {:?} signed {signed:?} of {asker:?} handed over {} became {grant:?}",
        case.waiting_for, case.handed_over
    )
}
