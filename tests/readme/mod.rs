//! The first page: every command on it runs, and prints what is shown under it.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::process::{Ended, end, root};

/// A fenced block.
struct Block {
    language: String,
    text: String,
}

fn blocks() -> Vec<Block> {
    let text = std::fs::read_to_string(root().join("README.md")).unwrap();
    let mut lines = text.lines();
    let mut blocks = Vec::new();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let body: Vec<_> = lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect();
            blocks.push(Block { language: language.to_owned(), text: body.concat() });
        }
    }
    blocks
}

/// Where the commands of the page run: a folder with the example packs, on a port of its own.
struct Place {
    folder: tempfile::TempDir,
    port: u16,
    service: Option<Child>,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(root().join("policies"), folder.path().join("policies")).unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { folder, port, service: None }
    }

    /// The commands as a shell runs them here.
    fn shell(&self, commands: &str) -> Command {
        let built = Path::new(env!("CARGO_BIN_EXE_kulanz")).parent().unwrap();
        let commands = commands.replace("cargo run --release -- ", "kulanz ").replace("7373", &self.port.to_string());
        let mut shell = Command::new("bash");
        shell.args(["-euc", &commands]).current_dir(self.folder.path());
        shell.env("PATH", format!("{}:{}", built.display(), std::env::var("PATH").unwrap())).env("KULANZ_LISTEN", format!("127.0.0.1:{}", self.port));
        shell
    }

    /// Runs commands to their end, or starts the service in the place of the one before.
    fn run(&mut self, commands: &str) -> Option<Ended> {
        if !commands.starts_with("kulanz serve") {
            return Some(end(&mut self.shell(commands)));
        }
        self.stop();
        // The service takes the place of the shell, so that it is this child that is stopped.
        self.service = Some(self.shell(&format!("exec {commands}")).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        let begun = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(30), "`{commands}` does not listen");
            std::thread::sleep(Duration::from_millis(10));
        }
        None
    }

    fn stop(&mut self) {
        if let Some(mut service) = self.service.take() {
            let _ = service.kill();
            let _ = service.wait();
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.stop();
    }
}

#[test]
fn every_command_runs_and_prints_what_is_shown() {
    let mut place = Place::new();
    let blocks = blocks();
    let mut ran = 0;
    for (at, block) in blocks.iter().enumerate().filter(|(_, block)| block.language == "sh" && !block.text.starts_with("cargo nextest")) {
        ran += 1;
        let Some(ended) = place.run(&block.text) else { continue };
        assert!([0, 10, 11, 12, 13].contains(&ended.status), "{}\n{ended:#?}", block.text);
        match blocks.get(at + 1).filter(|next| next.language == "text" || next.language == "json") {
            Some(next) if next.language == "text" => assert_eq!(format!("{}{}", ended.out, ended.err), next.text, "{}", block.text),
            Some(next) => {
                let (shown, given): (Value, Value) = (serde_json::from_str(&next.text).unwrap(), serde_json::from_str(&ended.out).unwrap());
                assert_holds(&shown, &given);
            }
            None => {}
        }
    }
    assert!(ran >= 8, "the page shows commands");
}

/// Everything that is shown is in what was given; of a list its beginning.
#[track_caller]
fn assert_holds(shown: &Value, given: &Value) {
    match (shown, given) {
        (Value::Object(shown), Value::Object(given)) => {
            for (name, value) in shown {
                assert_holds(value, &given[name]);
            }
        }
        (Value::Array(shown), Value::Array(given)) => {
            for (shown, given) in shown.iter().zip(given) {
                assert_holds(shown, given);
            }
        }
        (shown, given) => assert_eq!(shown, given),
    }
}

#[test]
fn the_rule_it_shows_is_one_of_the_fashion_shop() {
    let rule = blocks().into_iter().find(|block| block.language == "kulanz").unwrap().text;
    let file = std::fs::read_to_string(root().join("policies/fashion-shop/refunds.kulanz")).unwrap();
    assert!(file.contains(&rule), "{rule}");
}

#[test]
fn the_second_command_is_the_one_that_ci_runs() {
    let commands: Vec<_> = blocks().into_iter().filter(|block| block.language == "sh").map(|block| block.text).collect();
    assert_eq!(commands[1], "cargo nextest run && cargo test --doc\n");
    let ci = std::fs::read_to_string(root().join(".ci/run")).unwrap();
    assert!(ci.contains("s/^\\(cargo nextest run.*\\)$/\\1/p' README.md"));
}

#[test]
fn every_link_leads_somewhere() {
    let text = std::fs::read_to_string(root().join("README.md")).unwrap();
    let links: Vec<_> = text.split("](").skip(1).filter_map(|rest| rest.split(')').next()).filter(|link| !link.starts_with("http")).collect();
    assert!(links.len() >= 10);
    for link in links {
        assert!(root().join(link).exists(), "{link}");
    }
}
