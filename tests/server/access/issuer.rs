//! An issuer of tokens, for the tests.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use ring::rand::SystemRandom;
use ring::rsa;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::fixture;

pub const ISSUER: &str = "https://login.example";

pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A key that signs.
pub enum Signer {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

impl Signer {
    pub fn rsa(name: &str) -> Self {
        Self::Rsa(RsaKeyPair::from_pkcs8(&fixture(name)).unwrap())
    }

    pub fn ec() -> Self {
        let (random, how) = (SystemRandom::new(), &ECDSA_P256_SHA256_FIXED_SIGNING);
        let document = EcdsaKeyPair::generate_pkcs8(how, &random).unwrap();
        Self::Ec(EcdsaKeyPair::from_pkcs8(how, document.as_ref(), &random).unwrap())
    }

    pub fn ed() -> Self {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        Self::Ed(Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap())
    }

    pub fn algorithm(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "RS256",
            Self::Ec(_) => "ES256",
            Self::Ed(_) => "EdDSA",
        }
    }

    /// Its public half.
    pub fn jwk(&self, id: &str) -> Value {
        let mut jwk = match self {
            Self::Rsa(pair) => {
                let rsa::PublicKeyComponents { n, e } = rsa::PublicKeyComponents::<Vec<u8>>::from(pair.public());
                json!({"kty": "RSA", "n": encode(n), "e": encode(e)})
            }
            Self::Ec(pair) => {
                let point = pair.public_key().as_ref();
                json!({"kty": "EC", "crv": "P-256", "x": encode(&point[1..33]), "y": encode(&point[33..])})
            }
            Self::Ed(pair) => json!({"kty": "OKP", "crv": "Ed25519", "x": encode(pair.public_key())}),
        };
        jwk["kid"] = id.into();
        jwk["use"] = "sig".into();
        jwk
    }

    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).unwrap();
                signature
            }
            Self::Ec(pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Self::Ed(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }

    /// A token with this head.
    pub fn headed(&self, header: &Value, claims: &Value) -> String {
        let message = format!("{}.{}", encode(header.to_string()), encode(claims.to_string()));
        format!("{message}.{}", encode(self.sign(message.as_bytes())))
    }

    /// A token.
    pub fn token(&self, id: &str, claims: &Value) -> String {
        self.headed(&json!({"alg": self.algorithm(), "kid": id, "typ": "JWT"}), claims)
    }
}

/// The claims of a good token, with others.
pub fn claims(sub: &str, scope: &str, more: &Value) -> Value {
    let now = Timestamp::now().as_second();
    let mut claims = json!({"iss": ISSUER, "aud": "kulanz", "sub": sub, "scope": scope, "iat": now, "exp": now + 600});
    claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    claims
}

pub fn jwks(keys: &[Value]) -> String {
    json!({"keys": keys}).to_string()
}

/// The configuration of a service that takes tokens with keys from this place.
pub fn configuration(jwks: &str, more: &str) -> String {
    format!("[access.jwt]\nissuer = \"{ISSUER}\"\naudience = \"kulanz\"\njwks = \"{jwks}\"\n{more}")
}

fn tell(stream: impl Read + Write, count: &AtomicUsize, text: impl FnOnce() -> String) {
    let mut reader = BufReader::new(stream);
    let mut line = String::from("first");
    while !line.trim().is_empty() {
        line.clear();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
    }
    count.fetch_add(1, Ordering::SeqCst);
    let text = text();
    let _ = write!(reader.get_mut(), "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{text}", text.len());
    let _ = reader.get_mut().flush();
}

/// An address at which there are keys.
pub struct Address {
    pub url: String,
    pub keys: Arc<Mutex<String>>,
    pub asked: Arc<AtomicUsize>,
}

impl Address {
    pub fn new(first: String) -> Self {
        Self::listening(first, None)
    }

    /// One that is reached by HTTPS, under the name `localhost`.
    pub fn encrypted(first: String, tls: ServerConfig) -> Self {
        Self::listening(first, Some(Arc::new(tls)))
    }

    fn listening(first: String, tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let url = if tls.is_some() { format!("https://localhost:{port}/jwks") } else { format!("http://127.0.0.1:{port}/jwks") };
        let (keys, asked) = (Arc::new(Mutex::new(first)), Arc::new(AtomicUsize::new(0)));
        let (served, count) = (Arc::clone(&keys), Arc::clone(&asked));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, text) = (stream.unwrap(), || served.lock().unwrap().clone());
                match &tls {
                    None => tell(stream, &count, text),
                    Some(tls) => tell(StreamOwned::new(ServerConnection::new(Arc::clone(tls)).unwrap(), stream), &count, text),
                }
            }
        });
        Self { url, keys, asked }
    }
}
