//! Signed tokens.

use std::sync::atomic::Ordering;

use jiff::Timestamp;
use serde_json::json;

use super::issuer::{Address, Signer, claims, configuration, encode, jwks};
use super::{As, Desk, is_refused, late};

fn desk(signer: &Signer) -> Desk {
    let desk = Desk::with(&configuration("jwks.json", ""));
    desk.write("jwks.json", jwks(&[signer.jwk("k1")]));
    desk
}

#[test]
fn three_algorithms_are_taken_and_say_who_asks() {
    for signer in [Signer::rsa("one.rsa.der"), Signer::ec(), Signer::ed()] {
        let service = desk(&signer).serve();
        let token = signer.token("k1", &claims("anna", "openid ask", &json!({})));
        let answer = As(&service, &token).post("/v1/ask", &late("20 EUR"));
        assert_eq!((answer.status, &answer.json()["answer"]), (200, &json!("yes")), "{} {answer:?}", signer.algorithm());
        super::lacks(&As(&service, &token).send("/v1/grants", &late("20 EUR"), "k"), "grant");
        // Without an id the only key of the algorithm is meant.
        let unnamed = signer.headed(&json!({"alg": signer.algorithm()}), &claims("anna", "ask", &json!({})));
        assert_eq!(As(&service, &unnamed).post("/v1/ask", &late("20 EUR")).status, 200);
    }
}

/// Guard: the signature is verified, with a key of the issuer.
#[test]
fn a_token_signed_with_another_key_is_refused() {
    for (signer, other) in [(Signer::rsa("one.rsa.der"), Signer::rsa("other.rsa.der")), (Signer::ec(), Signer::ec()), (Signer::ed(), Signer::ed())] {
        let service = desk(&signer).serve();
        let ask = |token: &str| As(&service, token).post("/v1/ask", &late("20 EUR"));
        is_refused(&ask(&other.token("k1", &claims("lena", "ask admin", &json!({})))));
        let token = signer.token("k1", &claims("anna", "ask", &json!({})));
        let parts: Vec<_> = token.split('.').collect();
        let forged = encode(claims("lena", "ask", &json!({})).to_string());
        is_refused(&ask(&format!("{}.{forged}.{}", parts[0], parts[2])));
        is_refused(&ask(&format!("{}.{}.", parts[0], parts[1])));
        is_refused(&ask(&format!("{}.{}", parts[0], parts[1])));
        assert_eq!(ask(&token).status, 200);
    }
}

/// Guards: the time of a token, its issuer and its audience are looked at.
#[test]
fn an_expired_or_foreign_token_is_refused() {
    let signer = Signer::ed();
    let service = desk(&signer).serve();
    let now = Timestamp::now().as_second();
    let ask = |more: &serde_json::Value| As(&service, &signer.token("k1", &claims("anna", "ask", more))).post("/v1/ask", &late("20 EUR"));
    assert_eq!(ask(&json!({"exp": now - 15})).status, 200, "clocks differ a little");
    assert_eq!(ask(&json!({"aud": ["other", "kulanz"]})).status, 200);
    for more in [
        json!({"exp": now - 31}),
        json!({"exp": null}),
        json!({"exp": "never"}),
        json!({"nbf": now + 60}),
        json!({"iss": "https://login.example.evil"}),
        json!({"iss": null}),
        json!({"aud": "other"}),
        json!({"aud": null}),
        json!({"aud": []}),
        json!({"sub": null}),
        json!({"sub": "anna\nadmin"}),
        json!({"role": ["agent", "lead"]}),
    ] {
        is_refused(&ask(&more));
    }
}

/// Guard: a token does not choose how it is verified: only three algorithms are known, and each key has its one algorithm.
#[test]
fn no_token_chooses_how_it_is_verified() {
    let signer = Signer::rsa("one.rsa.der");
    let service = desk(&signer).serve();
    let ask = |token: &str| As(&service, token).post("/v1/ask", &late("20 EUR"));
    let said = encode(claims("lena", "ask", &json!({})).to_string());
    for none in ["none", "None", "NONE", ""] {
        let head = encode(json!({"alg": none, "kid": "k1"}).to_string());
        is_refused(&ask(&format!("{head}.{said}.")));
        is_refused(&ask(&format!("{head}.{said}.AA")));
    }
    // The public key as the secret of an HMAC, as it is published in several forms.
    let jwk = signer.jwk("k1");
    for secret in [jwk.to_string(), jwk["n"].as_str().unwrap().to_owned()] {
        let message = format!("{}.{said}", encode(json!({"alg": "HS256", "kid": "k1"}).to_string()));
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.as_bytes());
        is_refused(&ask(&format!("{message}.{}", encode(ring::hmac::sign(&key, message.as_bytes())))));
    }
    for other in ["RS512", "PS256", "ES256", "EdDSA"] {
        is_refused(&ask(&signer.headed(&json!({"alg": other, "kid": "k1"}), &claims("lena", "ask", &json!({})))));
    }
    is_refused(&ask(&signer.headed(&json!({"alg": "RS256", "kid": "k1", "crit": ["exp"]}), &claims("lena", "ask", &json!({})))));
    is_refused(&ask(&signer
        .headed(&json!({"alg": "RS256", "kid": "k1", "jwk": Signer::rsa("other.rsa.der").jwk("k1")}), &claims("lena", "ask", &json!({"exp": 1})))));
}

#[test]
fn a_new_key_of_the_issuer_is_looked_for_once() {
    let (old, new) = (Signer::ed(), Signer::ed());
    let address = Address::new(jwks(&[old.jwk("old")]));
    let desk = Desk::with(&configuration(&address.url, "pause_seconds = 3600\nrefresh_seconds = 3600\n"));
    let service = desk.serve();
    let ask = |signer: &Signer, id: &str| As(&service, &signer.token(id, &claims("anna", "ask", &json!({})))).post("/v1/ask", &late("20 EUR"));
    assert_eq!(ask(&old, "old").status, 200);
    assert_eq!(address.asked.load(Ordering::SeqCst), 1, "what is known is not asked for again");
    *address.keys.lock().unwrap() = jwks(&[new.jwk("new")]);
    assert_eq!(ask(&new, "new").status, 200, "a key that is not known is looked for");
    is_refused(&ask(&old, "old"));
    for made_up in 0..20 {
        is_refused(&ask(&new, &format!("made-up-{made_up}")));
    }
    assert_eq!(address.asked.load(Ordering::SeqCst), 2, "keys that somebody makes up are not looked for again and again");
}

#[test]
fn the_keys_of_the_issuer_are_looked_at_from_time_to_time() {
    let (old, new) = (Signer::ed(), Signer::ed());
    let address = Address::new(jwks(&[old.jwk("k")]));
    let service = Desk::with(&configuration(&address.url, "pause_seconds = 3600\nrefresh_seconds = 1\n")).serve();
    // Each is one token, so that it is remembered from the first time on.
    let [old, second] = [&old, &new].map(|signer| signer.token("k", &claims("anna", "ask", &json!({}))));
    let ask = |token: &str| As(&service, token).post("/v1/ask", &late("20 EUR"));
    assert_eq!(ask(&old).status, 200);
    *address.keys.lock().unwrap() = "{}".into();
    let asked = address.asked.load(Ordering::SeqCst);
    super::super::running::eventually("it is asked twice more", || (address.asked.load(Ordering::SeqCst) > asked + 1).then_some(()));
    assert_eq!(ask(&old).status, 200, "what is no list of keys changes nothing");
    // The same id with another key, on a connection whose token was remembered.
    *address.keys.lock().unwrap() = jwks(&[new.jwk("k")]);
    super::super::running::eventually("the old key is taken no more", || (ask(&old).status == 401).then_some(()));
    assert_eq!(ask(&second).status, 200);
}

/// Guard: the file of the keys is looked at when it changes, not only from time to time.
#[test]
fn a_key_that_is_taken_out_of_its_file_is_good_no_more() {
    let (old, new) = (Signer::ed(), Signer::ed());
    let desk = desk(&old);
    let service = desk.serve();
    let [old, second] = [(&old, "k1"), (&new, "k2")].map(|(signer, id)| signer.token(id, &claims("anna", "ask", &json!({}))));
    let ask = |token: &str| As(&service, token).post("/v1/ask", &late("20 EUR"));
    assert_eq!(ask(&old).status, 200);
    desk.write("jwks.json", "{");
    super::super::running::eventually("it is logged", || service.log().contains("cannot be read").then_some(()));
    assert_eq!(ask(&old).status, 200, "what is no list of keys changes nothing");
    desk.write("jwks.json", jwks(&[new.jwk("k2")]));
    super::super::running::eventually("the old key is taken no more", || (ask(&old).status == 401).then_some(()));
    assert_eq!(ask(&second).status, 200);
}

#[test]
fn what_is_wrong_with_a_token_is_said() {
    let signer = Signer::ed();
    let service = desk(&signer).serve();
    let detail = |claims: &serde_json::Value| {
        let reply = As(&service, &signer.token("k1", claims)).get("/v1/policy");
        is_refused(&reply);
        reply.json()["detail"].as_str().unwrap_or_default().to_owned()
    };
    assert!(detail(&claims("anna", "ask", &json!({"iss": [super::issuer::ISSUER]}))).contains("`iss`"));
    assert!(detail(&claims("anna", "ask", &json!({"sub": ["anna"]}))).contains("its claims cannot be read"));
    assert!(detail(&json!([])).contains("its claims cannot be read"));
}

#[test]
fn claims_are_found_where_the_configuration_says() {
    let signer = Signer::ed();
    let desk = Desk::with(&configuration("jwks.json", "[access.jwt.claims]\nid = \"email\"\nrole = \"/realm/roles\"\nscopes = \"permissions\"\n"));
    desk.write("jwks.json", jwks(&[signer.jwk("k1")]));
    let service = desk.serve();
    let said = claims("x", "", &json!({"email": "nobody@here", "realm": {"roles": ["lead"]}, "team": "berlin", "permissions": ["ask", "grant"]}));
    let reply = As(&service, &signer.token("k1", &said)).send("/v1/grants", &late("20 EUR"), "k");
    assert_eq!((reply.status, &reply.json()["actor"]), (201, &json!({"id": "nobody@here", "role": "lead", "team": "berlin"})), "{reply:?}");
}

#[test]
fn an_issuer_whose_keys_are_not_there_is_told_at_the_start() {
    use crate::process::{command, end};
    let desk = Desk::with("");
    desk.write("kulanz.toml", configuration("nothing.json", ""));
    let serve = |desk: &Desk| end(command().args(["serve", "--config", &desk.path("kulanz.toml"), "-p", &desk.path("desk.kulanz")]));
    serve(&desk).exits(1).says("nothing.json");
    desk.write("kulanz.toml", configuration("http://login.example/jwks", ""));
    serve(&desk).exits(2).says("access.jwt.jwks");
}
