//! `POST /v1/grants` of a server that keeps its ledger in a file, against the same grants on such a ledger in this process.

use std::fs;
use std::sync::Arc;
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::child::{Running, kulanz};
use crate::desk::{Desk, POLICY, Wish, clock, count, ledger};
use crate::table::{Goal, Row};
use crate::turns::{TURN, measured, rate, turn};
use crate::{Effort, folder};

/// So many clients, on either side.
const CLIENTS: usize = 64;

/// One client: asks, waits for the answer, looks at it and asks again; how often.
async fn client(address: String, desk: Arc<Desk>, questions: Arc<[String]>, first: usize, end: Instant) -> usize {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let (mut done, mut buffer) = (0, Vec::with_capacity(1 << 14));
    while Instant::now() < end {
        let json = &questions[(first + done * CLIENTS) % questions.len()];
        let head = format!(
            "POST /v1/grants HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nIdempotency-Key: key-{:032}\r\nContent-Length: {}\r\n\r\n",
            desk.number(),
            json.len()
        );
        stream.write_all(format!("{head}{json}").as_bytes()).await.unwrap();
        read(&mut stream, &mut buffer).await;
        done += 1;
    }
    done
}

/// One response; nothing may follow it.
async fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>) {
    buffer.clear();
    loop {
        assert_ne!(stream.read_buf(buffer).await.unwrap(), 0, "the server hung up");
        let Some(head) = buffer.windows(4).position(|end| end == b"\r\n\r\n") else { continue };
        let (head, body) = buffer.split_at(head + 4);
        let head = std::str::from_utf8(head).unwrap();
        assert!(head.starts_with("HTTP/1.1 201 "), "{}", String::from_utf8_lossy(buffer));
        let (_, length) = head.split_once("content-length: ").unwrap();
        if body.len() < length.split_once('\r').unwrap().0.parse().unwrap() {
            continue;
        }
        assert!(body.starts_with(br#"{"id":""#) && body.windows(12).any(|part| part == br#""12.50 EUR","#), "{}", String::from_utf8_lossy(body));
        return;
    }
}

/// Seconds for each grant.
async fn over_http(address: &str, desk: &Arc<Desk>, questions: &Arc<[String]>) -> f64 {
    let begun = Instant::now();
    let client = |first| tokio::spawn(client(address.to_owned(), Arc::clone(desk), Arc::clone(questions), first, begun + TURN));
    let mut done = 0;
    for client in (0..CLIENTS).map(client).collect::<Vec<_>>() {
        done += client.await.unwrap();
    }
    begun.elapsed().as_secs_f64() / done as f64
}

/// The server and this process take turns.
pub async fn http(effort: Effort) -> Vec<Row> {
    let folder = folder();
    let pack = folder.path().join("desk.kulanz");
    fs::write(&pack, POLICY).unwrap();
    let address = |name: &str| format!("sqlite:{}", folder.path().join(name).display());
    let mut command = kulanz();
    command.args(["serve", "--listen", "127.0.0.1:0", "--ledger", &address("http.db"), "-p"]).arg(&pack);
    let mut server = Running::start(&mut command);
    let at = server.address();
    let desk = Arc::new(Desk::new());
    let ours = Arc::new(ledger(&address("here.db"), clock()).await);
    let proposals: Arc<[_]> = desk.proposals(Wish::Refund).into();
    let questions: Arc<[_]> = (0..proposals.len()).map(|at| Desk::question(Wish::Refund, at)).collect();
    let mut turns = vec![Vec::new(); 2];
    for round in 0..=effort.rounds {
        let http = over_http(&at, &desk, &questions).await;
        let all = (Arc::clone(&ours), Arc::clone(&desk), Arc::clone(&proposals));
        let here = turn(CLIENTS, move |at| {
            let (ours, desk, proposals) = all.clone();
            async move { desk.grant(&ours, &proposals[at % proposals.len()]).await }
        });
        let here = here.await;
        // The first round warms up.
        if round > 0 {
            turns[0].push(here);
            turns[1].push(http);
        }
    }
    drop(server);
    let served = ledger(&address("http.db"), clock()).await;
    assert!(count(served.store()).await > 0 && count(ours.store()).await > 0);
    let measured = measured(turns);
    let against = format!("{} in process", rate(measured.median(0)));
    vec![
        Row::new(format!("HTTP `POST /v1/grants`, SQLite, clients at one time: {CLIENTS}"), rate(measured.median(1)), against, measured.ratio(0, 1))
            .goal(Goal::AtLeast(0.4)),
    ]
}
