//! In which of a policy's languages to answer.

use super::exit::Failure;
use super::terminal::Terminal;
use crate::policy::Policy;

/// The place of `--lang` in the policy's languages; the first where it was left out.
///
/// # Errors
///
/// Where the policy does not speak it.
pub fn place(policy: &Policy, terminal: &Terminal) -> Result<usize, Failure> {
    let Some(asked) = terminal.lang.as_deref() else { return Ok(0) };
    let found = policy.languages.iter().position(|language| *language == asked.to_lowercase());
    found
        .ok_or_else(|| Failure::usage_with_help(format!("the policy does not speak `{asked}`"), format!("it speaks {}", policy.languages.join(", "))))
}
