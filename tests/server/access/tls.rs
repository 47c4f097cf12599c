//! Encrypted connections.

use std::io::{ErrorKind, Read, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use super::super::running::{eventually, read_all};
use super::Desk;
use crate::process::{command_that_ends, end};

const TLS: &str = "[access]\nkeys = \"keys.toml\"\n[tls]\ncertificate = \"cert.pem\"\nkey = \"key.pem\"\n";

/// Writes a new certificate, and gives what trusts it and nothing else.
pub fn certify(desk: &Desk) -> ureq::Agent {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    desk.write("key.pem", signing_key.serialize_pem());
    desk.write("cert.pem", cert.pem());
    let root = Certificate::from_der(cert.der()).to_owned();
    let tls = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&[root])).build();
    let config = ureq::Agent::config_builder().http_status_as_error(false).tls_config(tls).max_idle_connections(0);
    config.timeout_global(Some(Duration::from_secs(10))).build().new_agent()
}

fn health(agent: &ureq::Agent, address: &str) -> Option<u16> {
    let port = address.rsplit_once(':').unwrap().1;
    agent.get(format!("https://localhost:{port}/healthz")).call().ok().map(|answer| answer.status().as_u16())
}

#[test]
fn a_certificate_is_renewed_without_a_restart() {
    let desk = Desk::with(TLS);
    let first = certify(&desk);
    let key = desk.key("ask", &[]);
    let service = desk.serve();
    assert_eq!(health(&first, &service.address), Some(200));
    let port = service.address.rsplit_once(':').unwrap().1;
    let policy = first.get(format!("https://localhost:{port}/v1/policy"));
    assert_eq!(policy.header("authorization", format!("Bearer {key}")).call().unwrap().status(), 200);
    assert_eq!(first.get(format!("https://localhost:{port}/v1/policy")).call().unwrap().status(), 401);

    // What is told of addresses has the scheme that answers.
    let told = first.get(format!("https://localhost:{port}/.well-known/authzen-configuration")).call().unwrap().body_mut().read_to_string().unwrap();
    assert!(told.contains(&format!("\"https://localhost:{port}/access/v1/evaluation\"")), "{told}");

    // Half of a pair is not taken.
    let kept = std::fs::read(desk.path("key.pem")).unwrap();
    desk.write("key.pem", "no key");
    eventually("it is told", || service.log().contains("the changed certificate does not check").then_some(()));
    assert_eq!(health(&first, &service.address), Some(200));
    desk.write("key.pem", kept);

    let second = certify(&desk);
    eventually("the new one is shown", || (health(&second, &service.address) == Some(200)).then_some(()));
}

/// Guard: a handshake has as long as the head of a request.
#[test]
fn a_slow_handshake_is_ended_and_holds_up_nobody() {
    let desk = Desk::with(&format!("{TLS}[limits]\nheader_seconds = 2\nconnections = 20\n"));
    let agent = certify(&desk);
    let service = desk.serve();
    let begun = Instant::now();
    let slow: Vec<_> = (0..15)
        .map(|_| {
            let mut stream = service.connect();
            stream.write_all(b"\x16\x03\x01\x02\x00\x01\x00").unwrap();
            stream
        })
        .collect();
    assert_eq!(health(&agent, &service.address), Some(200));
    assert!(begun.elapsed() < Duration::from_secs(2), "the others were in the way for {:?}", begun.elapsed());
    for mut stream in slow {
        let mut bytes = Vec::new();
        // A reset is an end like any other here.
        let _ = stream.read_to_end(&mut bytes);
    }
    assert!(begun.elapsed() < Duration::from_secs(20), "they ended after {:?}", begun.elapsed());
    // What is not encrypted is not answered.
    let mut plain = service.connect();
    plain.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n").unwrap();
    assert!(!read_all(plain).contains("HTTP/1.1 200"));
}

/// Guard: the head of a request has its time behind a handshake too.
#[test]
fn a_slow_head_behind_a_handshake_is_ended_and_holds_up_nobody() {
    let desk = Desk::with(&format!("{TLS}[limits]\nheader_seconds = 2\nconnections = 20\n"));
    let agent = certify(&desk);
    let service = desk.serve();
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(desk.path("cert.pem")).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(ring::default_provider().into()).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_root_certificates(roots).with_no_client_auth());
    let begun = Instant::now();
    let slow: Vec<_> = (0..10)
        .map(|_| {
            let client = ClientConnection::new(Arc::clone(&config), "localhost".try_into().unwrap()).unwrap();
            let mut stream = StreamOwned::new(client, service.connect());
            stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: ").unwrap();
            stream.flush().unwrap();
            stream
        })
        .collect();
    assert_eq!(health(&agent, &service.address), Some(200));
    let readers: Vec<_> = slow
        .into_iter()
        .map(|mut stream| {
            // A byte every now and then is no head either.
            std::thread::spawn(move || {
                let mut bytes = Vec::new();
                stream.sock.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
                for _ in 0..100 {
                    let mut some = [0; 1024];
                    match stream.read(&mut some) {
                        Ok(0) => break,
                        Ok(read) => bytes.extend(&some[..read]),
                        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                        Err(_) => break,
                    }
                    if stream.write_all(b"a").and_then(|()| stream.flush()).is_err() {
                        break;
                    }
                }
                String::from_utf8_lossy(&bytes).into_owned()
            })
        })
        .collect();
    for reader in readers {
        assert!(!reader.join().unwrap().starts_with("HTTP/1.1 200"));
    }
    assert!(begun.elapsed() < Duration::from_secs(15), "they ended after {:?}", begun.elapsed());
}

/// Guard: beyond this machine tokens are asked for, and encrypted, or somebody says that a proxy does so.
#[test]
fn the_network_is_served_only_with_tokens_and_encryption() {
    let desk = Desk::with("");
    certify(&desk);
    let serve = |config: &str, more: &[&str]| {
        desk.write("kulanz.toml", config);
        let (config, pack) = (desk.path("kulanz.toml"), desk.path("desk.kulanz"));
        end(command_that_ends().args(["serve", "--listen", "0.0.0.0:0", "--config", &config, "-p", &pack]).args(more))
    };
    serve("", &[]).exits(2).says("not authenticated");
    serve("", &["--behind-proxy"]).exits(2).says("not authenticated");
    serve("[tls]\ncertificate = \"cert.pem\"\nkey = \"key.pem\"\n", &[]).exits(2).says("not authenticated");
    serve("[access]\nkeys = \"keys.toml\"\n", &[]).exits(2).says("--behind-proxy");
    serve("[access]\nkeys = \"no.toml\"\n", &["--behind-proxy"]).exits(1).says("no.toml");
    serve(&TLS.replace("key.pem", "cert.pem"), &[]).exits(1).says("cert.pem");
    let CertifiedKey { signing_key, .. } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    desk.write("other.pem", signing_key.serialize_pem());
    serve(&TLS.replace("key.pem", "other.pem"), &[]).exits(1).says("other.pem");
}

#[test]
fn without_tokens_it_says_so_and_with_them_it_does_not() {
    let said = "nobody is asked for a token";
    let open = Desk::with("").serve();
    eventually("it says so", || open.log().contains(said).then_some(()));
    let desk = Desk::new().with_key_nobody_has();
    let service = desk.serve_with(&["--behind-proxy"]);
    assert!(service.get("/healthz", &[]).status == 200 && !service.log().contains(said));
}
