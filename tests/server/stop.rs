//! A stop finishes what is under way and takes nothing new.

use std::io::Write;
use std::time::{Duration, Instant};

use super::running::{Running, read_all};

const HEAD: &str = "POST /v1/ask HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 47\r\n\r\n";
const BODY: &str = r#"{"actor": {"role":"agent"},"action":"exchange"}"#;

fn half_a_request(service: &Running) -> std::net::TcpStream {
    let mut stream = service.connect();
    write!(stream, "{HEAD}{}", &BODY[..20]).unwrap();
    // It must have arrived before the signal does.
    std::thread::sleep(Duration::from_millis(300));
    stream
}

#[test]
fn a_stop_finishes_the_request_under_way() {
    for signal in ["TERM", "INT"] {
        let mut service = Running::counter();
        let mut stream = half_a_request(&service);
        service.signal(signal);
        super::running::eventually("it takes nothing new", || std::net::TcpStream::connect(&service.address).is_err().then_some(()));
        write!(stream, "{}", &BODY[20..]).unwrap();
        let answer = read_all(stream);
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"answer\":\"ask\""), "{answer}");
        assert_eq!(service.stopped(), 0);
    }
}

#[test]
fn an_idle_connection_does_not_keep_it() {
    let mut service = Running::counter();
    let _idle = service.connect();
    assert_eq!(service.get("/healthz", &[]).status, 200);
    let begun = Instant::now();
    service.signal("TERM");
    assert_eq!(service.stopped(), 0);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[test]
fn a_request_that_never_ends_is_cut_off() {
    let mut service = Running::with_limits("drain_seconds = 1\nbody_seconds = 60\n");
    let stream = half_a_request(&service);
    let begun = Instant::now();
    service.signal("TERM");
    assert_eq!(service.stopped(), 0);
    assert!(begun.elapsed() > Duration::from_millis(800) && begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert_eq!(read_all(stream), "");
    assert!(service.log().contains("cut off"), "{}", service.log());
}
