//! No caller can hold up another: size, time and number.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use serde_json::json;

use super::running::{Running, read_all};

/// A question padded with space to exactly so many bytes.
fn padded(length: usize) -> String {
    let question = json!({"actor": {"role": "agent"}, "action": "exchange"}).to_string();
    format!("{question}{}", " ".repeat(length - question.len()))
}

#[test]
fn a_question_has_1_mib_and_a_batch_16() {
    let service = Running::counter();
    assert_eq!(service.post("/v1/ask", padded(1 << 20)).status, 200);
    service.post("/v1/ask", padded((1 << 20) + 1)).is_problem(413, "too_large");
    let batch = |length: usize| format!("{{\"questions\":[]}}{}", " ".repeat(length - 16));
    assert_eq!(service.post("/v1/ask/batch", batch(16 << 20)).status, 200);
    service.post("/v1/ask/batch", batch((16 << 20) + 1)).is_problem(413, "too_large");
}

#[test]
fn a_body_that_says_that_it_is_too_long_is_refused_at_once() {
    let service = Running::with_limits("body_bytes = 100\nbatch_bytes = 200\n");
    for (path, length) in [("/v1/ask", 101), ("/v1/options", 101), ("/v1/ask/batch", 201)] {
        let head = format!("POST {path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n");
        for expect in ["", "expect: 100-continue\r\n"] {
            let answer = read_all(begin(&service, &format!("{head}{expect}\r\n")));
            assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("connection: close\r\n") && answer.contains("too_large"), "{answer}");
            assert!(!answer.contains("100 Continue"), "{answer}");
        }
    }
}

#[test]
fn who_waits_for_leave_to_send_gets_it() {
    let service = Running::counter();
    let body = padded(100);
    let head = "POST /v1/ask HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\nexpect: 100-continue\r\ncontent-length: 100\r\n\r\n";
    let mut stream = begin(&service, head);
    let mut leave = [0; 25];
    stream.read_exact(&mut leave).unwrap();
    assert_eq!(leave, *b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(body.as_bytes()).unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").unwrap();
    let answers = read_all(stream);
    assert_eq!(answers.matches("HTTP/1.1 200").count(), 2, "{answers}");
}

#[test]
fn a_connection_that_ends_behind_an_unread_body_says_so() {
    let service = Running::with_limits("body_seconds = 1\n");
    let json = "content-type: application/json\r\n";
    for (line, headers, status) in [
        ("POST /v1/ask", json, 408),
        ("POST /v1/ask", "", 415),
        ("POST /nowhere", json, 404),
        ("POST /healthz", json, 405),
        ("GET /healthz", "", 200),
    ] {
        let stream = begin(&service, &format!("{line} HTTP/1.1\r\nhost: a\r\n{headers}content-length: 50\r\n\r\n{{\"actor\":"));
        let answer = read_all(stream);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")) && answer.contains("connection: close\r\n"), "{answer}");
    }
    // One that was read to its end, whatever came of it, is followed by the next.
    for body in ["content-length: 2\r\n\r\n{}", "transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"] {
        let next = "GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
        for path in ["/v1/ask", "/v1/options", "/v1/ask/batch"] {
            let answers = read_all(begin(&service, &format!("POST {path} HTTP/1.1\r\nhost: a\r\n{json}{body}{next}")));
            assert!(answers.starts_with("HTTP/1.1 422") && answers.contains("HTTP/1.1 200"), "{answers}");
        }
    }
}

/// A reset could take the answer away from a client that sends first and reads then.
#[test]
fn a_client_that_sends_all_the_same_sees_why_it_is_refused() {
    let service = Running::counter();
    let body = vec![b' '; 32 << 20];
    for _ in 0..5 {
        service.post("/v1/ask/batch", &body).is_problem(413, "too_large");
        service.post_as("/v1/ask", &body, &[("content-type", "text/plain")]).is_problem(415, "unsupported_media_type");
    }
}

#[test]
fn a_body_without_an_announced_length_is_bounded_too() {
    let service = Running::with_limits("body_bytes = 100\n");
    let chunked = |bytes: usize| {
        let mut stream = service.connect();
        let head = "POST /v1/ask HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n";
        write!(stream, "{head}{bytes:x}\r\n{}\r\n0\r\n\r\n", padded(bytes)).unwrap();
        read_all(stream)
    };
    assert!(chunked(100).starts_with("HTTP/1.1 200"));
    assert!(chunked(101).starts_with("HTTP/1.1 413"));
}

#[test]
fn bodies_share_a_bounded_memory() {
    let service = Running::with_limits("bodies_in_memory_bytes = 20000\n");
    assert_eq!(service.post("/v1/ask", padded(20_000)).status, 200);
    let reply = service.post("/v1/ask", padded(20_001));
    reply.is_problem(503, "overloaded");
    assert_eq!(reply.header("retry-after"), Some("1"));
    assert_eq!(service.post("/v1/ask", padded(20_000)).status, 200);
    let service = Running::with_limits("bodies_in_memory_bytes = 1\n");
    assert_eq!(service.post("/v1/ask", padded(1 << 14)).status, 200);
    service.post("/v1/ask", padded((1 << 14) + 1)).is_problem(503, "overloaded");
}

#[test]
fn slow_clients_hold_up_nobody() {
    let service = Running::with_limits("header_seconds = 2\nbody_seconds = 2\n");
    let begun = Instant::now();
    let heads: Vec<_> = (0..100).map(|_| begin(&service, "POST /v1/ask HTTP/1.1\r\nhos")).collect();
    let body = "POST /v1/ask HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{\"actor\":";
    let bodies: Vec<_> = (0..100).map(|_| begin(&service, body)).collect();
    assert_eq!(service.post("/v1/ask", padded(100)).status, 200);
    assert!(begun.elapsed() < Duration::from_secs(2), "the others were in the way for {:?}", begun.elapsed());
    for stream in bodies {
        let answer = read_all(stream);
        assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("request_timeout"), "{answer}");
    }
    for stream in heads {
        assert!(!read_all(stream).starts_with("HTTP/1.1 200"));
    }
    assert!(begun.elapsed() < Duration::from_secs(20));
}

fn begin(service: &Running, bytes: &str) -> std::net::TcpStream {
    let mut stream = service.connect();
    stream.write_all(bytes.as_bytes()).unwrap();
    stream
}

#[test]
fn a_silent_connection_is_closed() {
    let service = Running::with_limits("header_seconds = 1\n");
    assert_eq!(read_all(service.connect()), "");
    let kept = begin(&service, "GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n");
    let begun = Instant::now();
    assert!(read_all(kept).starts_with("HTTP/1.1 200"));
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_client_that_takes_no_answer_is_left() {
    let service = Running::with_limits("write_seconds = 1\nheader_seconds = 300\n");
    // Far more than the buffers of a connection hold.
    let question = json!({"actor": {"role": "agent", "id": "anna"}, "action": "refund", "facts": {"reason": "late"}, "explain": true}).to_string();
    let body = format!("{{\"questions\":[{}]}}", vec![question; 6_000].join(","));
    let head = format!("POST /v1/ask/batch HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
    let is_socket = |entry: &std::fs::DirEntry| std::fs::read_link(entry.path()).is_ok_and(|target| target.to_string_lossy().starts_with("socket:"));
    let open = || std::fs::read_dir(format!("/proc/{}/fd", service.id())).unwrap().flatten().filter(is_socket).count();
    let before = open();
    let _silent = begin(&service, &format!("{head}{body}"));
    super::running::eventually("the connection is there", || (open() > before).then_some(()));
    super::running::eventually("the connection ends", || (open() <= before).then_some(()));
}

const HALF: &str = "POST /v1/ask HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{\"actor\":";

#[test]
fn one_connection_more_than_allowed_waits() {
    let service = Running::with_limits("connections = 2\nheader_seconds = 300\nbody_seconds = 3\n");
    let (one, _two) = (begin(&service, HALF), begin(&service, HALF));
    std::thread::sleep(Duration::from_millis(200));
    let begun = Instant::now();
    assert_eq!(service.get("/healthz", &[]).status, 200);
    assert!(begun.elapsed() > Duration::from_secs(2), "it did not wait: {:?}", begun.elapsed());
    assert!(read_all(one).starts_with("HTTP/1.1 408"), "a request that is under way is not cut off");
}

#[test]
fn idle_connections_make_room() {
    let service = Running::with_limits("connections = 20\nheader_seconds = 300\nbody_seconds = 300\n");
    let _idle: Vec<_> = (0..19).map(|_| service.connect()).collect();
    let _busy = begin(&service, HALF);
    let begun = Instant::now();
    for _ in 0..5 {
        let stream = begin(&service, "GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        assert!(read_all(stream).starts_with("HTTP/1.1 200"));
    }
    assert!(begun.elapsed() < Duration::from_secs(20), "it waited: {:?}", begun.elapsed());
}

#[test]
fn one_batch_more_than_allowed_is_turned_away() {
    let service = Running::with_limits("concurrent_batches = 1\n");
    let question = json!({"actor": {"role": "agent", "id": "anna"}, "action": "refund", "facts": {"reason": "late"}, "explain": true}).to_string();
    let batch = format!("{{\"questions\":[{}]}}", vec![question; 10_000].join(","));
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                let status = service.post("/v1/ask/batch", &batch).status;
                assert!(status == 200 || status == 503, "{status}");
            }
        });
        let turned_away = super::running::eventually("the place is taken", || {
            let reply = service.post("/v1/ask/batch", "{\"questions\":[]}");
            (reply.status == 503).then_some(reply)
        });
        turned_away.is_problem(503, "overloaded");
        assert_eq!(turned_away.header("retry-after"), Some("1"));
        assert_eq!(service.post("/v1/ask", padded(100)).status, 200, "single questions need no place");
        done.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    super::running::eventually("the place is free", || (service.post("/v1/ask/batch", "{\"questions\":[]}").status == 200).then_some(()));
}

#[test]
fn a_batch_that_takes_too_long_ends() {
    let service = Running::with_limits("answer_seconds = 1\nbatch_bytes = 200_000_000\nbodies_in_memory_bytes = 200_000_000\n");
    let question = json!({"actor": {"role": "agent", "id": "anna"}, "action": "refund", "facts": {"reason": "late"}, "explain": true, "lang": " ".repeat(10_000)}).to_string();
    let batch = format!("{{\"questions\":[{}]}}", vec![question; 10_000].join(","));
    let begun = Instant::now();
    let status = service.post("/v1/ask/batch", batch).status;
    assert!(status == 503 && begun.elapsed() < Duration::from_secs(30), "{status} after {:?}", begun.elapsed());
}

#[test]
fn a_body_comes_as_it_is_and_says_once_what_it_is() {
    let service = Running::counter();
    let post = |headers: &[(&str, &str)]| service.post_as("/v1/ask", padded(100), headers);
    let json = ("content-type", "application/json");
    assert_eq!(post(&[json, ("content-encoding", "identity")]).status, 200);
    let coded = post(&[json, ("content-encoding", "gzip")]).is_problem(415, "unsupported_media_type");
    assert!(coded["detail"].as_str().unwrap().contains("gzip"), "{coded}");
    let head = "POST /v1/ask HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\n{}";
    let answer = read_all(begin(&service, &head.replacen("\r\n\r\n", "\r\nconnection: close\r\n\r\n", 1)));
    assert!(answer.starts_with("HTTP/1.1 415"), "{answer}");
}

/// RFC 9112, section 3.2
#[test]
fn a_request_names_its_host_once() {
    let service = Running::counter();
    for (version, hosts, status) in
        [("1.1", "host: a\r\n", 200), ("1.1", "", 400), ("1.1", "host: a\r\nhost: a\r\n", 400), ("1.0", "", 200), ("1.0", "host: a\r\n", 200)]
    {
        let answer = read_all(begin(&service, &format!("GET /healthz HTTP/{version}\r\n{hosts}connection: close\r\n\r\n")));
        assert!(answer.starts_with(&format!("HTTP/{version} {status}")), "{version} {hosts} {answer}");
        assert_eq!(answer.contains("wrong_host"), status == 400, "{answer}");
    }
}

/// Guard: without tokens, no web page whose own name points to this machine gets anything.
#[test]
fn without_tokens_a_name_from_elsewhere_is_refused() {
    let service = Running::counter();
    let get = |host: &str, path: &str| read_all(begin(&service, &format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n")));
    let post = |host: &str| {
        let head = format!("POST /v1/ask HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: 2\r\n");
        read_all(begin(&service, &format!("{head}connection: close\r\n\r\n{{}}")))
    };
    for host in ["localhost:1", "127.0.0.1", "[::1]:80", "desk", "host.docker.internal"] {
        assert!(get(host, "/v1/policy").starts_with("HTTP/1.1 200"), "{host}");
        assert!(post(host).starts_with("HTTP/1.1 422"), "{host}");
    }
    for host in ["evil.example", "127.0.0.1.evil.example:80"] {
        for answer in [get(host, "/v1/policy"), get(host, "/healthz"), post(host)] {
            assert!(answer.starts_with("HTTP/1.1 403") && answer.contains("foreign_page"), "{answer}");
        }
    }
    // The line of the request says it before the head does.
    let answer = get("localhost", "http://evil.example/v1/policy");
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
}
