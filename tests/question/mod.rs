//! Questions from outside: what is read, and what is said about what cannot be.

mod readings;
mod spoken;
mod wrong;

use std::fmt::Write as _;

use kulanz::question::Problem;

use crate::shop;

/// The problems of a question, a line each.
fn told(problems: &[Problem]) -> String {
    problems.iter().fold(String::new(), |mut text, problem| {
        let help = problem.help.as_deref().unwrap_or("-");
        let path = if problem.path.is_empty() { "(whole)" } else { &problem.path };
        writeln!(text, "  {path}: {}\n    help: {help}", problem.message).unwrap();
        text
    })
}

/// A question of an agent with further members.
fn agent(members: &str) -> String {
    format!(r#"{{"actor": {{"role": "agent"}}, {members}}}"#)
}

fn problems(json: &str) -> String {
    let reader = kulanz::question::Reader::new(shop::policy());
    match reader.json(json, shop::now()) {
        Ok(_) => "  none\n".to_owned(),
        Err(problems) => told(&problems),
    }
}
