//! A helpdesk's day from end to end: HTTPS with tokens of an issuer, a ledger in PostgreSQL, and a webhook over HTTPS.

use rcgen::{CertifiedKey, generate_simple_self_signed};
use serde_json::{Value, json};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::access::issuer::{Address, ISSUER, Signer, claims, jwks};
use super::access::{Desk, tls};
use super::grants::with;
use super::hooks::receiver::{Message, Receiver};
use super::running::{Reply, Running, eventually, reply};
use crate::ledger::cluster::Database;
use crate::process::kulanz;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=";

/// Somebody with a token, and what trusts the service's certificate and no other.
struct Person<'a> {
    client: &'a ureq::Agent,
    base: String,
    bearer: String,
}

impl Person<'_> {
    fn get(&self, path: &str) -> Reply {
        reply(self.client.get(format!("{}{path}", self.base)).header("authorization", &self.bearer).call().unwrap())
    }

    fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(path, body, "")
    }

    fn send(&self, path: &str, body: &Value, key: &str) -> Reply {
        let request = self.client.post(format!("{}{path}", self.base)).header("authorization", &self.bearer);
        let request = request.header("content-type", "application/json");
        reply(if key.is_empty() { request } else { request.header("idempotency-key", key) }.send(body.to_string()).unwrap())
    }

    #[track_caller]
    fn ask(&self, body: &Value) -> Value {
        let answer = self.post("/v1/ask", body);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    /// What is left of a budget.
    #[track_caller]
    fn left(&self, budget: &str) -> Value {
        let told = self.get("/v1/budgets").json();
        let found = told["budgets"].as_array().unwrap().iter().find(|one| one["budget"] == budget).unwrap_or_else(|| panic!("{told}"));
        found["left"].clone()
    }
}

/// What an address shows as its certificate, which is written to a file for those who are to trust it.
fn encrypted(desk: &Desk, file: &str) -> ServerConfig {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    desk.write(file, cert.pem());
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(ring::default_provider().into()).with_safe_default_protocol_versions().unwrap();
    config.with_no_client_auth().with_single_cert(vec![cert.der().clone()], key).unwrap()
}

fn configuration(jwks: &str, port: u16) -> String {
    format!(
        "trust_record = true\n[access.jwt]\nissuer = \"{ISSUER}\"\naudience = \"kulanz\"\njwks = \"{jwks}\"\nca_file = \"issuer.pem\"\n\
         [tls]\ncertificate = \"cert.pem\"\nkey = \"key.pem\"\n\
         [[webhook]]\nname = \"desk\"\nurl = \"https://localhost:{port}/hook\"\nsecret_file = \"secret\"\nca_file = \"receiver.pem\"\n"
    )
}

/// A message of this kind; it and all others must be signed.
#[track_caller]
fn told(receiver: &Receiver, kind: &str) -> Message {
    eventually("it is told", || {
        let messages = receiver.messages();
        assert!(messages.iter().all(|message| message.is_signed_with(SECRET)), "{messages:#?}");
        messages.into_iter().find(|message| message.kind() == kind)
    })
}

fn person<'a>(service: &Running, client: &'a ureq::Agent, token: &str) -> Person<'a> {
    let port = service.address.rsplit_once(':').unwrap().1;
    Person { client, base: format!("https://localhost:{port}"), bearer: format!("Bearer {token}") }
}

fn refund(amount: &str, facts: &Value) -> Value {
    json!({"action": "refund", "amount": amount, "facts": facts})
}

#[test]
fn a_day_at_the_helpdesk() {
    // The night before: a database, an issuer of tokens, a desk that wants to be told, and certificates for all of them.
    let database = Database::new();
    let mut desk = Desk::with("").booking(&database.address);
    let signer = Signer::ec();
    let issuer = Address::encrypted(jwks(&[signer.jwk("2026-11")]), encrypted(&desk, "issuer.pem"));
    let receiver = Receiver::encrypted(&["204 No Content"], encrypted(&desk, "receiver.pem"));
    let client = tls::certify(&desk);
    desk.write("secret", SECRET);
    desk.configure(&configuration(&issuer.url, receiver.port));
    let policy = std::fs::read_to_string(desk.path("desk.kulanz")).unwrap();
    let with_offer = policy.replacen(
        "rule known\n",
        "rule too_late\n  everyone may not exchange\n  when reason is late\n  offer voucher up to 10 EUR\n\nrule known\n",
        1,
    );
    assert_ne!(policy, with_offer);
    desk.write("desk.kulanz", with_offer);
    let mut service = desk.serve();
    let token = |id: &str, scopes: &str, more: Value| signer.token("2026-11", &claims(id, scopes, &more));
    let anna = person(&service, &client, &token("anna", "openid ask grant cases record", json!({"role": "agent", "team": "berlin"})));
    let lena = person(&service, &client, &token("lena", "openid ask grant cases", json!({})));

    // Nobody gets in without a token, and nobody with one that says more than it may.
    assert_eq!(client.get(format!("{}/v1/policy", anna.base)).call().unwrap().status(), 401);
    anna.post("/v1/ask", &with(refund("20 EUR", &json!({"reason": "late"})), &json!({"actor": {"role": "lead"}}))).is_problem(403, "actor_mismatch");

    // 09:00. A parcel came late. Anna may give 20 EUR back; what she may give in a month is told with it.
    let yes = anna.ask(&refund("20 EUR", &json!({"reason": "late"})));
    assert_eq!((&yes["answer"], &yes["charge"][0]["left"]), (&json!("yes"), &json!("280.00 EUR")));

    // 09:10. The next customer has not said yet what happened.
    let need = anna.ask(&refund("20 EUR", &json!({})));
    assert_eq!((&need["answer"], &need["need"][0]["fact"]), (&json!("need"), &json!("reason")));

    // 09:20. What came late is not exchanged, by nobody; but a voucher would be fine.
    let no = anna.ask(&json!({"action": "exchange", "facts": {"reason": "late", "customer": {"id": "c-7"}}}));
    assert_eq!((&no["answer"], &no["offer"][0]["action"], &no["offer"][0]["limit"]), (&json!("no"), &json!("voucher"), &json!("10.00 EUR")), "{no}");
    assert_eq!(no["advice"], json!(["Say sorry."]));

    // 09:30. 80 EUR is more than she may; a senior could.
    let more = anna.ask(&refund("80 EUR", &json!({"reason": "late"})));
    assert_eq!((&more["answer"], &more["limit"], &more["ask"][0]["role"]), (&json!("up_to"), &json!("50.00 EUR"), &json!("senior")));

    // 10:00. 150 EUR go to the lead of her team, with everything already told. The desk's own system hears of it.
    let order = json!({"record": {"order": {"id": "o-1", "total": "400 EUR"}}, "note": "she waited two weeks"});
    let opened = anna.post("/v1/cases", &with(refund("150 EUR", &json!({"reason": "late"})), &order));
    assert_eq!(opened.status, 201, "{opened:?}");
    let case = opened.header("location").unwrap().to_owned();
    assert_eq!((&opened.json()["owner"]["id"], &opened.json()["state"]), (&json!("lena"), &json!("open")));
    let message = told(&receiver, "case.opened");
    assert_eq!(message.json()["data"]["case"]["id"], opened.json()["id"]);
    assert!(message.head.starts_with("POST /hook HTTP/1.1\r\n") && !message.body.contains("two weeks"), "notes are private: {message:?}");

    // 10:05. Anna cannot decide it, whoever she says she is. Lena can, with a token of her own.
    anna.post(&format!("{case}/approve"), &json!({})).is_problem(403, "own_case");
    anna.post(&format!("{case}/approve"), &json!({"actor": {"id": "lena"}})).is_problem(403, "actor_mismatch");
    let approved = lena.post(&format!("{case}/approve"), &json!({"note": "yes, of course"}));
    assert_eq!((approved.status, &approved.json()["state"]), (200, &json!("approved")), "{approved:?}");
    let big = approved.json()["grant"].as_str().unwrap().to_owned();
    assert_eq!(told(&receiver, "case.decided").json()["data"]["how"], "approved");
    assert_eq!(told(&receiver, "grant.booked").json()["data"]["grant"]["id"], big.as_str());
    assert_eq!(anna.get(&case).json()["grant"], big.as_str());

    // 11:00. The parcel of the morning: granted once, however often it is sent.
    let first = anna.send("/v1/grants", &refund("20 EUR", &json!({"reason": "late"})), "ticket-1");
    assert_eq!((first.status, &first.json()["actor"]), (201, &json!({"id": "anna", "role": "agent", "team": "berlin"})), "{first:?}");
    let again = anna.send("/v1/grants", &refund("20 EUR", &json!({"reason": "late"})), "ticket-1");
    assert_eq!(again.json()["id"], first.json()["id"]);

    // 12:00. What is left: her own grant is on her budget, and the one that Lena decided is not.
    assert_eq!(anna.left("goodwill"), "280.00 EUR");
    let next = anna.ask(&refund("20 EUR", &json!({"reason": "late"})));
    assert_eq!(next["charge"][0]["left"], "260.00 EUR");

    // 15:00. The parcel had been on time. Anna takes it back, and has everything again.
    let grant = first.header("location").unwrap().to_owned();
    let reversed = anna.post(&format!("{grant}/reverse"), &json!({"reason": "it was on time"}));
    assert_eq!(reversed.status, 200, "{reversed:?}");
    assert_eq!(anna.left("goodwill"), "300.00 EUR");
    assert_eq!(told(&receiver, "grant.reversed").json()["data"]["grant"]["id"], first.json()["id"]);
    assert_eq!(issuer.asked.load(std::sync::atomic::Ordering::SeqCst), 1, "the keys of the issuer were read once");

    // 18:00. The service stops, and the history is sound: two grants, one of them taken back, and a case.
    service.signal("TERM");
    assert_eq!(service.stopped(), 0);
    kulanz(&["audit", "verify", "--ledger", &database.address]).exits(0).prints("2 grants, 1 case");
    let log = desk.path("log.jsonl");
    kulanz(&["audit", "export", &log, "--ledger", &database.address]).exits(0);
    kulanz(&["audit", "verify", &log]).exits(0);
    let text = std::fs::read_to_string(&log).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for kind in ["grant", "reversal", "case_opened", "case_approved"] {
        assert!(lines.iter().any(|line| line["kind"] == kind), "{kind}: {text}");
    }
    // One digit of it changed is found out.
    assert!(text.contains("20.00 EUR"));
    desk.write("log.jsonl", text.replacen("20.00 EUR", "90.00 EUR", 1));
    kulanz(&["audit", "verify", &log]).exits(1).says("broken");
}
