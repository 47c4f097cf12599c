//! `POST /v1/ask` against a handler that does nothing: it reads the same request and answers with one and the same answer of Kulanz.

use std::fs;
use std::process::Command;

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::routing::post;
use axum::serve::ListenerExt;
use kulanz_scenario::{Kind, Scenario, Word};

use crate::Effort;
use crate::child::{Running, kulanz};
use crate::client::{CONNECTIONS, Load, load, request, request_with};
use crate::kulanz::Kulanz;
use crate::rounds::Measured;
use crate::table::{Goal, Row, time};

/// The argument with which this bench is the bare server.
pub const BARE_SERVER: &str = "--bare-server";

/// Serves the one answer until it is killed.
pub fn serve_bare(answer: String) {
    let answer = Bytes::from(answer);
    let handler = async move |_: Bytes| ([(CONTENT_TYPE, "application/json")], answer.clone());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("listening on http://{}", listener.local_addr().unwrap());
        let listener = listener.tap_io(|stream| stream.set_nodelay(true).unwrap());
        axum::serve(listener, Router::new().route("/v1/ask", post(handler))).await.unwrap();
    });
}

/// What a server did in one turn.
struct Turn {
    load: Load,
    /// Seconds of processor time a request.
    processor: f64,
}

fn turn(server: &Running, address: &str, requests: &[Vec<u8>], effort: Effort) -> Turn {
    let before = server.processor_time();
    let load = load(address, requests, r#"{"answer":"yes","#, effort.http);
    let processor = (server.processor_time() - before) / load.answered as f64;
    Turn { load, processor }
}

/// The servers take turns.
pub fn http(effort: Effort) -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    let scenario = Scenario::new(Kind::Spread, 1_600);
    let pack = folder.path().join("policy.kulanz");
    fs::write(&pack, scenario.policy()).unwrap();
    let asked = scenario.questions_for(Word::Yes, 2_000);
    let requests: Vec<_> = asked.iter().map(|asked| request(&asked.json)).collect();
    let mut kulanz = Running::start(kulanz().args(["serve", "--listen", "127.0.0.1:0", "-p"]).arg(&pack));
    let mut bare = Running::start(Command::new(std::env::current_exe().unwrap()).args([BARE_SERVER, &typical(&scenario, &asked)]));
    let (kulanz_at, bare_at) = (kulanz.address(), bare.address());
    let mut turns = [Vec::new(), Vec::new()];
    for _ in 0..effort.repeats {
        turns[0].push(turn(&kulanz, &kulanz_at, &requests, effort));
        turns[1].push(turn(&bare, &bare_at, &requests, effort));
    }
    let figures = |figure: fn(&Turn) -> f64| Measured::of(turns.iter().map(|turns| turns.iter().map(figure).collect()).collect());
    let rates = figures(|turn| turn.load.rate());
    let tail = figures(|turn| turn.load.percentile(99));
    let middle = figures(|turn| turn.load.percentile(50));
    let processor = figures(|turn| turn.processor * 1e9);
    let row = |what: &str, measured: &Measured, show: fn(f64) -> String| {
        let what = format!("HTTP `ask`, {CONNECTIONS} connections: {what}");
        Row::new(what, show(measured.median(0)), format!("{} bare handler", show(measured.median(1))), measured.ratio(0, 1))
    };
    vec![
        row("requests a second", &rates, |rate| format!("{rate:.0}")).goal(Goal::AtLeast(0.85)),
        row("99 of 100 are answered in", &tail, time).goal(Goal::AtMost(1.5)),
        row("50 of 100 are answered in", &middle, time),
        row("processor time of the server a request", &processor, time),
    ]
}

/// With a key and a rate that is counted, and with a decision log besides, against without; the servers take turns.
pub fn access(effort: Effort) -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    let scenario = Scenario::new(Kind::Spread, 1_600);
    let (pack, keys, config) = (folder.path().join("policy.kulanz"), folder.path().join("keys.toml"), folder.path().join("kulanz.toml"));
    fs::write(&pack, scenario.policy()).unwrap();
    let access = "[access]\nkeys = \"keys.toml\"\nrate = {per_minute = 1_000_000_000}\n";
    fs::write(&config, access).unwrap();
    let logging = folder.path().join("logging.toml");
    fs::write(&logging, format!("{access}[decisions]\nto = \"log\"\nkeep = 2\n")).unwrap();
    let made = kulanz().args(["key", "new", "bench", "--scope", "ask,record,on_behalf", "--keys"]).arg(&keys).output().unwrap();
    let bearer = format!("Authorization: Bearer {}\r\n", String::from_utf8(made.stdout).unwrap().trim());
    let asked = scenario.questions_for(Word::Yes, 2_000);
    let plain: Vec<_> = asked.iter().map(|asked| request(&asked.json)).collect();
    let keyed: Vec<_> = asked.iter().map(|asked| request_with(&bearer, &asked.json)).collect();
    let serve = |more: &[&std::ffi::OsStr]| Running::start(kulanz().args(["serve", "--listen", "127.0.0.1:0", "-p"]).arg(&pack).args(more));
    let (mut with, mut without) = (serve(&["--config".as_ref(), config.as_os_str()]), serve(&[]));
    let mut logged = serve(&["--config".as_ref(), logging.as_os_str()]);
    let (with_at, without_at, logged_at) = (with.address(), without.address(), logged.address());
    let mut turns = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..effort.repeats {
        turns[0].push(turn(&with, &with_at, &keyed, effort).load.rate());
        turns[1].push(turn(&without, &without_at, &plain, effort).load.rate());
        turns[2].push(turn(&logged, &logged_at, &keyed, effort).load.rate());
    }
    let rates = Measured::of(turns.into());
    let show = |rate: f64| format!("{rate:.0}");
    let row = |what: &str, which: usize| {
        let what = format!("HTTP `ask` with {what}, {CONNECTIONS} connections: requests a second");
        Row::new(what, show(rates.median(which)), format!("{} without", show(rates.median(1))), rates.ratio(which, 1)).goal(Goal::AtLeast(0.8))
    };
    vec![row("a key and a rate", 0), row("a key, a rate and the decision log", 2)]
}

/// An answer of middling length.
fn typical(scenario: &Scenario, asked: &[kulanz_scenario::Asked]) -> String {
    let kulanz = Kulanz::from_text(&scenario.policy());
    let mut asker = kulanz.asker();
    let answers = asked.iter().map(|asked| {
        let mut answer = String::new();
        asker.answer(&asked.json, &mut answer);
        answer
    });
    let mut answers: Vec<_> = answers.collect();
    answers.sort_by_key(String::len);
    answers.swap_remove(answers.len() / 2)
}
