//! `kulanz handbook`

use std::io::Write;

use anyhow::Context as _;
use jiff::Timestamp;

use super::arguments::{Format, Handbook};
use super::exit::{Failure, Outcome};
use super::terminal::Terminal;
use super::{check, language, locate};
use crate::diagnostic::has_errors;
use crate::engine::json_line;
use crate::handbook::{Page, Scope};
use crate::pack::Pack;
use crate::policy::{self, Complete, Policy, RoleId};
use crate::rewrite;

/// Writes what a role may do, or every role.
pub fn run(arguments: &Handbook, terminal: &Terminal) -> Result<Outcome, Failure> {
    let policy = read(terminal)?;
    let language = language::place(&policy, terminal)?;
    let role = arguments.role.as_deref().map(|name| role(&policy, name)).transpose()?;
    let day = arguments.at.unwrap_or_else(|| policy.time_zone.to_datetime(Timestamp::now()).date());
    let page = Page::new(&policy, Scope { role, language, day });
    let text = match terminal.format {
        Format::Html => page.html(),
        Format::Json => json_line(&page)?,
        _ => page.markdown(),
    };
    match &arguments.output {
        None => terminal.out().write_all(text.as_bytes())?,
        Some(path) => rewrite::write_whole(path, &text).with_context(|| format!("cannot write `{}`", path.display()))?,
    }
    Ok(Outcome::Done)
}

/// The policy with the terms of its rules, which an engine no longer has.
fn read(terminal: &Terminal) -> Result<Complete, Failure> {
    let (pack, mut problems) = Pack::read(&locate::pack(terminal)?);
    let policy = match policy::check(&pack) {
        Ok(policy) if !has_errors(&problems) => return Ok(policy),
        Ok(_) => None,
        Err(further) => Some(further),
    };
    problems.extend(policy.into_iter().flatten());
    check::tell(&crate::diagnostic::shown(problems, &pack.sources), &pack.sources, terminal)?;
    Err(Failure::Told(Outcome::Problems))
}

fn role(policy: &Policy, name: &str) -> Result<RoleId, Failure> {
    let names: Vec<&str> = policy.roles.iter().map(|role| role.name.as_str()).collect();
    let found = names.iter().position(|known| *known == name);
    found
        .map(RoleId::new)
        .ok_or_else(|| Failure::usage_with_help(format!("there is no role `{name}`"), format!("the roles are {}", names.join(", "))))
}
