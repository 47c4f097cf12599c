//! `kulanz ask --batch`

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::process::{COUNTER, Ended, command, folder, kulanz, kulanz_reading};

fn batch(input: &[u8]) -> Ended {
    kulanz_reading(input, &["ask", "--batch", "-", "-p", COUNTER])
}

fn lines(ended: &Ended) -> Vec<Value> {
    ended.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn question(amount: u32) -> String {
    let asked = json!({"actor": {"role": "agent", "id": "anna"}, "action": "refund", "amount": format!("{amount} EUR"), "facts": {"reason": "late"}});
    format!("{asked}\n")
}

#[test]
fn good_and_bad_lines_in_order() {
    let input =
        [question(1), "not json\n".into(), question(2), "\n".into(), "{\"action\": \"fly\"}\n".into(), question(3).trim_end().into()].concat();
    let ended = batch(input.as_bytes()).exits(1);
    let lines = lines(&ended);
    assert_eq!(lines.len(), 6);
    assert_eq!(
        lines.iter().map(|line| line["amount"].as_str()).collect::<Vec<_>>(),
        [Some("1.00 EUR"), None, Some("2.00 EUR"), None, None, Some("3.00 EUR")]
    );
    assert_eq!((&lines[1]["error"]["code"], &lines[1]["error"]["line"]), (&json!("not_json"), &json!(2)));
    assert_eq!(lines[3]["error"]["code"], "not_json");
    assert_eq!(lines[4]["error"]["code"], "wrong_question");
    assert!(lines[4]["error"]["errors"].as_array().unwrap().len() >= 2, "{}", lines[4]);
}

#[test]
fn all_good_exits_0() {
    let ended = batch([question(10), question(80)].concat().as_bytes()).exits(0);
    assert_eq!(lines(&ended)[1]["answer"], "up_to");
    assert_eq!(batch(b"").exits(0).out, "");
}

#[test]
fn a_batch_line_is_the_answer_of_a_single_question() {
    let at = "2026-11-21T10:00:00+01:00";
    let asked = json!({"actor": {"role": "agent", "id": "anna"}, "action": "refund", "amount": "80 EUR", "facts": {"reason": "late"}, "at": at});
    let single =
        kulanz(&["ask", "refund", "80 EUR", "--as", "agent", "--actor", "anna", "reason=late", "--at", at, "-p", COUNTER, "--format", "json"]);
    assert_eq!(batch(asked.to_string().as_bytes()).exits(0).out, single.exits(10).out);
}

#[test]
fn the_language_of_the_batch_serves_lines_without_one() {
    let ended = kulanz_reading(question(80).as_bytes(), &["ask", "--batch", "-", "-p", COUNTER, "--lang", "de"]);
    assert!(lines(&ended.exits(0))[0]["say"].as_str().unwrap().contains("Teamleitung"));
}

#[test]
fn lines_that_are_no_text_or_absurdly_long() {
    let long = format!("{{\"action\": \"{}\"}}\n", "a".repeat(1 << 20));
    let input = [question(1).as_bytes(), b"{\"action\": \"\xff\xfe\"}\n", long.as_bytes(), question(2).as_bytes()].concat();
    let ended = batch(&input).exits(1);
    let lines = lines(&ended);
    let codes: Vec<_> = lines.iter().map(|line| line["error"]["code"].as_str()).collect();
    assert_eq!(codes, [None, Some("not_utf8"), Some("too_large"), None]);
    assert_eq!(lines[3]["amount"], "2.00 EUR");
}

#[test]
fn from_a_file() {
    let files = folder(&[("questions.jsonl", &question(1))]);
    kulanz(&["ask", "--batch", files.path().join("questions.jsonl").to_str().unwrap(), "-p", COUNTER]).exits(0).prints("1.00 EUR");
    kulanz(&["ask", "--batch", "no/such.jsonl", "-p", COUNTER]).exits(2).says("no/such.jsonl");
}

#[test]
fn a_folder_is_no_file_of_questions() {
    let files = folder(&[]);
    let path = files.path().to_str().unwrap();
    kulanz(&["ask", "--batch", path, "-p", COUNTER]).exits(2).says(path).says("directory");
}

#[test]
fn a_byte_order_mark_is_no_part_of_a_line() {
    let ended = batch(format!("\u{feff}{}", question(1)).as_bytes()).exits(0);
    assert_eq!(lines(&ended)[0]["amount"], "1.00 EUR");
    // Files that are put together have one at the beginning of each.
    let together = batch(format!("{}\u{feff}{}", question(1), question(2)).as_bytes()).exits(0);
    assert_eq!(lines(&together)[1]["amount"], "2.00 EUR");
}

#[test]
fn a_line_that_is_no_question_says_why() {
    let long = format!("\"{}\"\n", "a".repeat(1 << 20));
    let deep = format!("{}{}\n", "[".repeat(128), "]".repeat(128));
    let ended = batch(&[b"\xff\n", long.as_bytes(), deep.as_bytes(), b"{\n", b"5\n"].concat()).exits(1);
    let codes: Vec<_> = lines(&ended).iter().map(|line| line["error"]["code"].clone()).collect();
    assert_eq!(codes, ["not_utf8", "too_large", "too_deep", "not_json", "wrong_question"]);
}

#[test]
fn what_a_line_says_itself_is_not_typed() {
    let typed = |arguments: &[&str], shown: &str| {
        let ended = kulanz(&[&["ask", "--batch", "-", "-p", COUNTER], arguments].concat()).exits(2);
        ended.says(&format!("`{shown}` does not go with `--batch`")).says("Usage: kulanz ask").says("--batch <FILE>")
    };
    typed(&["refund", "80 EUR"], "refund");
    typed(&["--as", "agent"], "--as <ROLE>");
    assert!(!typed(&["-5"], "-5").err.contains('\u{2212}'));
}

#[test]
fn a_blank_line_is_answered_too() {
    let ended = batch([question(1), "\n".into(), " \r\n".into(), question(2)].concat().as_bytes()).exits(1);
    let codes: Vec<_> = lines(&ended).iter().map(|line| line["error"]["code"].clone()).collect();
    assert_eq!(codes, [json!(null), json!("not_json"), json!("not_json"), json!(null)]);
}

#[test]
fn an_answer_comes_before_the_next_question() {
    let mut child = command().args(["ask", "--batch", "-", "-p", COUNTER]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
    for amount in 1..4 {
        stdin.write_all(question(amount).as_bytes()).unwrap();
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert!(line.contains(&format!("\"{amount}.00 EUR\"")), "{line}");
    }
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_reader_who_goes_away_is_told_nothing() {
    let questions = (1..20_000).map(|amount| question(amount % 90 + 1)).collect::<String>();
    let files = folder(&[("questions.jsonl", &questions)]);
    let file = files.path().join("questions.jsonl");
    let mut child = command();
    child.args(["ask", "--batch", file.to_str().unwrap(), "-p", COUNTER]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = child.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn long_answers_keep_their_order() {
    let explained = |amount: u32| question(amount).replacen('{', "{\"explain\": true, ", 1);
    let ended = batch((1..1_500).map(explained).collect::<String>().as_bytes()).exits(0);
    let amounts: Vec<_> = lines(&ended).iter().map(|line| line["amount"].clone()).collect();
    assert!(ended.out.len() > 1 << 20, "they are not long");
    assert_eq!(amounts, (1..1_500).map(|amount| json!(format!("{amount}.00 EUR"))).collect::<Vec<_>>());
}

#[test]
fn it_ends_where_nobody_reads_although_more_could_be_asked() {
    let mut child = command().args(["ask", "--batch", "-", "-p", COUNTER]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
    stdin.write_all(question(1).as_bytes()).unwrap();
    stdout.read_line(&mut String::new()).unwrap();
    drop(stdout);
    stdin.write_all(question(2).as_bytes()).unwrap();
    child.wait().unwrap();
    drop(stdin);
}

/// The most memory that a process has had, in KiB.
fn peak_memory(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Streams so many mixed questions, looks at the order of the answers, and gives the peak memory before the end of the input.
fn stream(count: usize) -> u64 {
    let mut child = command().args(["ask", "--batch", "-", "-p", COUNTER]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut stdin, stdout) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
    let (told, end) = std::sync::mpsc::channel::<()>();
    let writer = std::thread::spawn(move || {
        for index in 0..count {
            let line = if index % 3 == 1 { format!("{{\"bad\": {index}}}\n") } else { question(u32::try_from(index % 1000).unwrap() + 1) };
            stdin.write_all(line.as_bytes()).unwrap();
        }
        // The process must still be there to be looked at.
        end.recv().unwrap();
    });
    let mut answers = stdout.lines();
    for index in 0..count {
        let answer: Value = serde_json::from_str(&answers.next().unwrap().unwrap()).unwrap();
        if index % 3 == 1 {
            assert_eq!(answer["error"]["line"], index + 1);
        } else {
            assert_eq!(answer["amount"], format!("{}.00 EUR", index % 1000 + 1));
        }
    }
    let peak = peak_memory(child.id());
    told.send(()).unwrap();
    writer.join().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    peak
}

#[test]
fn memory_does_not_grow_with_the_number_of_questions() {
    let (few, many) = (stream(10_000), stream(100_000));
    // The answers to the others are 60 MiB; what the allocator keeps differs by a few from run to run.
    assert!(many < few + 16_384, "10,000 questions took {few} KiB, 100,000 took {many} KiB");
}
