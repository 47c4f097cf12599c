//! A desk with a ledger, people and a clock that a test sets.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use kulanz::engine::Engine;
use kulanz::ledger::people::People;
use kulanz::ledger::record::{Case, Grant, Who};
use kulanz::ledger::store::Store;
use kulanz::ledger::{Done, Ledger, Office, Proposal, PseudonymKey, Refusal, Settled, Setup, Step, Ticket, Token};
use kulanz::question::{Caller, Reader, Request, Spending, Spoken};

use crate::shop;

pub const DESK: &str = include_str!("desk.kulanz");
pub const PEOPLE: &str = include_str!("people.toml");

pub struct World {
    pub engine: Arc<Engine>,
    pub people: Arc<People>,
    pub ledger: Ledger,
    now: Arc<Mutex<Timestamp>>,
}

/// Who asks, and in which role.
pub fn who(id: &str, role: &str) -> Who {
    Who { id: id.into(), role: role.into(), team: None }
}

pub fn engine(text: &str) -> Arc<Engine> {
    Arc::new(Engine::new(shop::load_all(&[("desk.kulanz", text)])))
}

impl World {
    pub async fn new(store: Arc<dyn Store>) -> Self {
        Self::with_key(store, None).await
    }

    /// One whose log calls people by aliases, if there is a key.
    pub async fn with_key(store: Arc<dyn Store>, pseudonyms: Option<PseudonymKey>) -> Self {
        // More lanes than one, so that orders at the same time meet in the store.
        Self::made(engine(DESK), store, pseudonyms, 4).await
    }

    /// One with a policy of its own.
    pub async fn under(engine: Arc<Engine>, store: Arc<dyn Store>, pseudonyms: Option<PseudonymKey>) -> Self {
        // Orders are carried out in the order in which they come.
        Self::made(engine, store, pseudonyms, 1).await
    }

    async fn made(engine: Arc<Engine>, store: Arc<dyn Store>, pseudonyms: Option<PseudonymKey>, lanes: usize) -> Self {
        let now = Arc::new(Mutex::new("2026-11-21T10:00:00+01:00".parse().unwrap()));
        let clock = {
            let now = Arc::clone(&now);
            Arc::new(move || *now.lock().unwrap())
        };
        let setup = Setup { clock, pseudonyms, lanes, ..Setup::default() };
        let ledger = Ledger::new(store, &setup).await.unwrap();
        Self { engine, people: Arc::new(People::parse(PEOPLE).unwrap()), ledger, now }
    }

    /// Sets the clock.
    pub fn at(&self, when: &str) {
        *self.now.lock().unwrap() = when.parse().unwrap();
    }

    /// A question in words: `anna agent refund 40 EUR | reason=late | !customer.id=c-1`. Behind `!` is what is on record.
    pub fn request(&self, words: &str) -> Request {
        let mut parts = words.split('|').map(str::trim);
        let head: Vec<_> = parts.next().unwrap().splitn(4, ' ').collect();
        let (record, facts): (Vec<&str>, Vec<&str>) = parts.partition(|part| part.starts_with('!'));
        let facts: Vec<String> = facts.into_iter().map(str::to_owned).collect();
        let record = record.iter().map(|fact| fact[1..].split_once('=').unwrap());
        let record: serde_json::Map<_, _> = record.map(|(name, value)| (name.to_owned(), value.into())).collect();
        let record = serde_json::Value::from(record).to_string();
        let spoken = Spoken {
            actor: Some(head[0]),
            role: head[1],
            team: Some("berlin"),
            action: Some(head[2]),
            amount: head.get(3).copied(),
            facts: &facts,
            record_json: Some(&record),
            ..Spoken::default()
        };
        let reader: Reader<'_> = self.engine.reader().caller(Caller::SystemOfRecord).spending(Spending::Ledger);
        reader.spoken(&spoken, self.ledger.now()).unwrap_or_else(|problems| panic!("{words}: {problems:#?}"))
    }

    pub fn proposal(&self, words: &str) -> Proposal {
        Proposal { engine: Arc::clone(&self.engine), request: self.request(words), confirm: Vec::new(), note: None, brought_by: None }
    }

    /// Grants it, with every duty confirmed.
    pub async fn try_grant(&self, words: &str) -> Settled {
        self.grant_as(words, None).await
    }

    pub async fn grant_as(&self, words: &str, key: Option<&str>) -> Settled {
        let ticket = key.map(|key| Ticket { token: Token { caller: "desk".into(), key: key.into() }, digest: words.into() });
        let proposal = Proposal { confirm: vec!["photo".into(), "note".into()], ..self.proposal(words) };
        self.ledger.grant(&proposal, None, ticket).await.unwrap()
    }

    pub async fn grant(&self, words: &str) -> Grant {
        granted(self.try_grant(words).await)
    }

    /// The word and the limit with which a grant is refused.
    pub async fn refused(&self, words: &str) -> String {
        match self.try_grant(words).await {
            Err(Refusal::NotGranted(answer)) => {
                let answer: kulanz::answer::Answer = serde_json::from_str(answer.get()).unwrap();
                answer.limit.map_or(answer.answer.clone(), |limit| format!("{} {limit}", answer.answer))
            }
            other => panic!("{words}: {other:#?}"),
        }
    }

    pub async fn try_reverse(&self, grant: &str) -> Settled {
        self.ledger.reverse(&self.engine, grant, who("lena", "lead"), "a mistake", None).await.unwrap()
    }

    /// What a budget has used in the bucket of a question.
    pub async fn used(&self, words: &str, budget: &str) -> String {
        let mut request = self.request(words);
        request.question.at = self.ledger.now();
        self.ledger.fill(&self.engine, &mut request).await.unwrap();
        let at = self.engine.policy().budgets.iter().position(|known| known.name == budget).unwrap();
        let mut text = request.question.spent[at].to_fixed(2);
        text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
        text
    }

    pub fn office(&self) -> Office {
        Office { engine: Arc::clone(&self.engine), people: Arc::clone(&self.people) }
    }

    pub async fn try_open(&self, words: &str, to: Option<&str>) -> Settled {
        let proposal = Proposal { note: Some("she waited two hours".into()), ..self.proposal(words) };
        self.ledger.open_case(&self.people, &proposal, to.map(str::to_owned), None).await.unwrap()
    }

    pub async fn open(&self, words: &str) -> Case {
        opened(self.try_open(words, None).await)
    }

    pub async fn step(&self, case: &str, by: &str, step: Step) -> Settled {
        let person = self.people.find(by).map_or_else(|| who(by, "agent"), kulanz::ledger::people::Person::who);
        self.ledger.step(&self.office(), case, person, step, None).await.unwrap()
    }

    pub async fn approve(&self, case: &str, by: &str) -> Settled {
        self.step(case, by, Step::Approve { confirm: vec!["photo".into()], note: None }).await
    }
}

pub fn granted(settled: Settled) -> Grant {
    match settled {
        Ok(Done::Grant(grant)) => *grant,
        other => panic!("{other:#?}"),
    }
}

pub fn opened(settled: Settled) -> Case {
    match settled {
        Ok(Done::Case(case)) => *case,
        other => panic!("{other:#?}"),
    }
}
