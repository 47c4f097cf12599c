//! Servers that come and go, and those who ask them again and again until they have an answer.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use jiff::Zoned;
use kulanz::ledger::audit::Sound;
use kulanz::ledger::{Ledger, Setup};
use serde_json::{Value, json};

use super::super::stores::block_on;
use crate::process::root;
use crate::server::running::Running;

/// So long anybody asks again for one answer.
const PATIENCE: Duration = Duration::from_mins(1);

/// Some servers of one ledger.
pub struct Site {
    ledger: String,
    servers: Vec<Mutex<Running>>,
    addresses: Mutex<Vec<String>>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Heard {
    pub status: u16,
    pub retry_after: Option<String>,
    pub body: Value,
}

/// What somebody was told, by the keys of their requests.
#[derive(Debug, Default)]
pub struct Told {
    /// The grants, by key.
    pub granted: BTreeMap<String, Value>,
    /// The keys that were refused.
    pub refused: BTreeSet<String>,
    /// The ids of what was taken back.
    pub reversed: BTreeSet<String>,
}

/// The pack of these tests.
pub fn pack() -> PathBuf {
    root().join("tests/ledger/desk.kulanz")
}

pub fn serve(ledger: &str) -> Running {
    Running::start(&pack(), &["--ledger", ledger, "--people", "tests/ledger/people.toml"])
}

/// Anna, or whoever, asks for a refund because it came late.
pub fn late(actor: &str, cents: u64) -> Value {
    let amount = format!("{}.{:02} EUR", cents / 100, cents % 100);
    json!({"actor": {"id": actor, "role": "agent", "team": "berlin"}, "action": "refund", "amount": amount, "facts": {"reason": "late"}})
}

/// The same for a voucher, which charges three budgets.
pub fn voucher(actor: &str, cents: u64, customer: &str) -> Value {
    let mut asked = late(actor, cents);
    asked["action"] = "voucher".into();
    asked["facts"] = json!({"customer.id": customer});
    asked
}

/// An amount in cents.
pub fn cents(money: &Value) -> u64 {
    let text = money.as_str().unwrap_or_else(|| panic!("{money}"));
    text.trim_end_matches(" EUR").replace('.', "").parse().unwrap()
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(30))).build().new_agent()
}

/// One who asks.
pub struct Client<'s> {
    site: &'s Site,
    agent: ureq::Agent,
    pub told: Told,
}

impl Site {
    pub fn new(ledger: &str, servers: usize) -> Self {
        Self::of((0..servers).map(|_| serve(ledger)).collect(), ledger)
    }

    /// Servers that run already. The ledger is where the auditor finds it.
    pub fn of(servers: Vec<Running>, ledger: &str) -> Self {
        let addresses = servers.iter().map(|server| server.address.clone()).collect();
        Self { ledger: ledger.to_owned(), servers: servers.into_iter().map(Mutex::new).collect(), addresses: Mutex::new(addresses) }
    }

    /// Kills a server in the middle of whatever it does, and starts another.
    pub fn kill(&self, server: usize) {
        let mut running = self.servers[server].lock().unwrap();
        running.signal("KILL");
        running.stopped();
        *running = serve(&self.ledger);
        self.addresses.lock().unwrap()[server].clone_from(&running.address);
    }

    pub fn client(&self) -> Client<'_> {
        Client { site: self, agent: agent(), told: Told::default() }
    }

    /// What the auditor says, who needs no server.
    pub fn audit(&self) -> Sound {
        block_on(async {
            let ledger = Ledger::open(&self.ledger, Setup::default()).await.unwrap();
            let sound = ledger.verify().await.unwrap();
            ledger.close().await.unwrap();
            sound
        })
    }

    /// Asserts that the ledger holds what was acknowledged and nothing else, and that each budget is the sum of its grants and not overspent. The allotments are those of `desk.kulanz`, in cents.
    pub fn check(&self, told: &[Told]) {
        let mut client = self.client();
        let mut grants: BTreeMap<String, Value> = BTreeMap::new();
        let mut path = "/v1/grants?limit=500".to_owned();
        loop {
            let page = client.hear(0, &path, None).unwrap().body;
            for grant in page["grants"].as_array().unwrap() {
                let id = grant["id"].as_str().unwrap().to_owned();
                assert!(grants.insert(id, grant.clone()).is_none(), "it is listed twice: {grant}");
            }
            let Some(next) = page["next"].as_str() else { break };
            path = format!("/v1/grants?limit=500&cursor={next}");
        }
        let ids = |values: &mut dyn Iterator<Item = &Value>| values.map(|grant| grant["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        let mut acknowledged = ids(&mut told.iter().flat_map(|told| told.granted.values()));
        acknowledged.sort();
        assert_eq!(ids(&mut grants.values()), acknowledged, "what is booked is not what was acknowledged");
        let reversed: BTreeSet<_> = told.iter().flat_map(|told| told.reversed.iter().cloned()).collect();
        let is_reversed = |grant: &&Value| !grant["reversed"].is_null();
        assert_eq!(ids(&mut grants.values().filter(is_reversed)).into_iter().collect::<BTreeSet<_>>(), reversed);

        // By actor and month, by day, and by customer.
        let mut used: BTreeMap<String, u64> = BTreeMap::new();
        for grant in grants.values().filter(|grant| grant["reversed"].is_null()) {
            let (at, amount) = (grant["at"].as_str().unwrap(), cents(&grant["amount"]));
            *used.entry(format!("goodwill {} {}", grant["actor"]["id"].as_str().unwrap(), &at[..7])).or_default() += amount;
            if grant["action"] == "voucher" {
                *used.entry(format!("house {}", &at[..10])).or_default() += amount;
            }
        }
        for (bucket, used) in &used {
            let allotment = if bucket.starts_with("house") { 100_000 } else { 30_000 };
            assert!(*used <= allotment, "{bucket}: {used}");
        }
        let now = Zoned::now().with_time_zone(jiff::tz::TimeZone::get("Europe/Berlin").unwrap()).strftime("%Y-%m").to_string();
        let actors: BTreeSet<_> = grants.values().map(|grant| grant["actor"]["id"].as_str().unwrap()).collect();
        for actor in actors {
            let budgets = client.hear(0, &format!("/v1/budgets?actor={actor}&role=agent&team=berlin"), None).unwrap().body;
            let goodwill = budgets["budgets"].as_array().unwrap().iter().find(|budget| budget["budget"] == "goodwill").unwrap().clone();
            let sum = used.get(&format!("goodwill {actor} {now}")).copied().unwrap_or(0);
            assert_eq!(cents(&goodwill["spent"]), sum, "{actor}: {goodwill}");
        }
        let sound = self.audit();
        let records = sound.records.unwrap();
        assert_eq!(records.grants, u64::try_from(grants.len()).unwrap());
        assert_eq!(sound.events, u64::try_from(grants.len() + reversed.len()).unwrap());
    }
}

impl Client<'_> {
    /// Asks once. `None` where nobody was there, or the answer was cut off.
    pub fn hear(&mut self, server: usize, path: &str, body: Option<(&Value, &str)>) -> Option<Heard> {
        let addresses = self.site.addresses.lock().unwrap();
        let url = format!("http://{}{path}", addresses[server % addresses.len()]);
        drop(addresses);
        let response = match body {
            None => self.agent.get(url).call(),
            Some((body, key)) => {
                self.agent.post(url).header("content-type", "application/json").header("idempotency-key", key).send(body.to_string())
            }
        };
        let mut response = response.ok()?;
        let retry_after = response.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
        let body = response.body_mut().with_config().limit(1 << 26).read_to_string().ok()?;
        Some(Heard {
            status: response.status().as_u16(),
            retry_after,
            body: serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}")),
        })
    }

    /// Asks, beginning with this server, until there is an answer.
    pub fn insist(&mut self, server: usize, path: &str, body: &Value, key: &str) -> Heard {
        let begun = Instant::now();
        for attempt in 0.. {
            let heard = self.hear(server + attempt, path, Some((body, key)));
            match &heard {
                Some(heard) if heard.status != 503 => return heard.clone(),
                Some(heard) => assert_eq!(heard.retry_after.as_deref(), Some("1"), "{heard:?}"),
                None => {}
            }
            assert!(begun.elapsed() < PATIENCE, "nobody answers {path} {key}: {heard:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
        unreachable!()
    }

    /// Asks for a grant, and notes what came of it. Whether it was granted.
    pub fn grant(&mut self, server: usize, body: &Value, key: &str) -> bool {
        let heard = self.insist(server, "/v1/grants", body, key);
        self.note(key, &heard)
    }

    /// Notes the answer to a request for a grant. Whether it was granted.
    pub fn note(&mut self, key: &str, heard: &Heard) -> bool {
        match (heard.status, heard.body["code"].as_str()) {
            (201, _) => {
                let before = self.told.granted.insert(key.to_owned(), heard.body.clone());
                assert!(before.is_none_or(|before| before == heard.body), "{key} was granted twice");
                assert!(!self.told.refused.contains(key), "{key} was refused before");
                true
            }
            (403, Some("not_granted")) => {
                assert!(!self.told.granted.contains_key(key), "{key} was granted before");
                self.told.refused.insert(key.to_owned());
                false
            }
            _ => panic!("{key}: {heard:?}"),
        }
    }

    /// Takes back what was granted under a key.
    pub fn reverse(&mut self, server: usize, key: &str) {
        let id = self.told.granted[key]["id"].as_str().unwrap().to_owned();
        let body = json!({"actor": {"id": "lena"}, "reason": "a mistake"});
        let heard = self.insist(server, &format!("/v1/grants/{id}/reverse"), &body, &format!("{key} back").replace(' ', "-"));
        assert_eq!((heard.status, heard.body["reversed"]["by"].as_str()), (200, Some("lena")), "{heard:?}");
        self.told.reversed.insert(id);
    }
}
