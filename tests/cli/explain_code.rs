//! `kulanz explain-code`

use kulanz::diagnostic::Code;

use crate::process::kulanz;

#[test]
fn a_code_is_explained_with_both_examples() {
    let ended = kulanz(&["explain-code", "k0202"]).exits(0);
    ended
        .prints("K0202 (error)\n")
        .prints("Wrong:\n\n    rule small\n      agnet may")
        .prints("Kulanz says:")
        .prints("Right:\n\n    rule small\n      agent may");
    let json = kulanz(&["explain-code", "K0202", "--format", "json"]).exits(0).json();
    assert_eq!((json["code"].as_str(), json["severity"].as_str()), (Some("K0202"), Some("error")));
    for (field, part) in [("explanation", "stands for nothing"), ("wrong", "agnet"), ("said", "did you mean"), ("right", "agent may refund")] {
        assert!(json[field].as_str().unwrap().contains(part), "{field}: {json}");
    }
}

#[test]
fn the_digits_of_a_code_are_enough() {
    kulanz(&["explain-code", "202"]).exits(0).prints("K0202 (error)\n");
    kulanz(&["explain-code", "0005"]).exits(0).prints("K0005 (error)\n");
    for wrong in ["0", "", "20", "K202", "99999"] {
        kulanz(&["explain-code", wrong]).exits(2);
    }
}

#[test]
fn a_code_without_an_example_says_so_in_json() {
    let json = kulanz(&["explain-code", "K0004", "--format", "json"]).exits(0).json();
    assert!(json["wrong"].is_null() && json["said"].is_null() && json["right"].is_null());
}

#[test]
fn without_a_code_all_are_listed() {
    let ended = kulanz(&["explain-code"]).exits(0);
    assert_eq!(ended.out.lines().count(), Code::ALL.len());
    ended.prints("K0202  error    A name that stands for nothing in the pack.\n").prints("K0903  warning  The day");
    let json = kulanz(&["explain-code", "--format", "json"]).exits(0).json();
    assert_eq!(json["codes"].as_array().unwrap().len(), Code::ALL.len());
}

#[test]
fn an_unknown_code_is_a_usage_error() {
    kulanz(&["explain-code", "K0230"]).exits(2).says("there is no code `K0230`").says("did you mean `K02");
    kulanz(&["explain-code", "nonsense"]).exits(2).says("`kulanz explain-code` lists all codes");
}
