//! Everything that a role may do in a case: each action with its answer and limit.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::answer::{self, AskEntry, ExplainEntry, NeedEntry, PolicyEntry, RequireEntry, Writer};
use crate::decide::{Decision, Mode};
use crate::policy::{ActionId, Policy};
use crate::program::Program;
use crate::question::{OptionsRequest, Question};
use crate::say::{Colour, Speech};

/// What may be done in a case.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Options {
    /// Each action of the policy, in source order.
    pub options: Vec<OptionEntry>,
    /// Which policy answered.
    pub policy: PolicyEntry,
}

/// One action, as if asked for without a quantity. The fields mean what they mean in an [`answer::Answer`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[expect(missing_docs, reason = "the fields are those of an answer")]
pub struct OptionEntry {
    pub action: String,
    pub title: Option<String>,
    pub answer: String,
    pub allowed: bool,
    pub limit: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub limit_unlimited: bool,
    pub entitled: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub entitled_unlimited: bool,
    pub require: Vec<RequireEntry>,
    pub ask: Vec<AskEntry>,
    pub need: Vec<NeedEntry>,
    pub provisional: Vec<String>,
    pub say: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explain: Option<Vec<ExplainEntry>>,
}

/// Each action's question and decision.
fn decisions<'a>(policy: &'a Policy, program: &'a Program, request: &'a OptionsRequest) -> impl Iterator<Item = (Question, Decision)> + 'a {
    (0..policy.actions.len()).map(|at| {
        let question = request.case.clone().question(ActionId::new(at), None);
        let decision = program.decide(&question, Mode::Ask);
        (question, decision)
    })
}

impl Options {
    /// Decides about every action of the policy.
    #[must_use]
    pub fn new(policy: &Policy, program: &Program, request: &OptionsRequest) -> Self {
        let mut text = String::new();
        write(&mut text, policy, program, request);
        answer::read(&text)
    }

    /// The same for a terminal, an action a line.
    #[must_use]
    pub fn human(policy: &Policy, program: &Program, request: &OptionsRequest, colour: Colour) -> String {
        let speech = Speech::new(policy, request.language);
        let width = policy.actions.iter().map(|action| action.name.chars().count()).max().unwrap_or(0);
        let mut text = String::new();
        for (question, decision) in decisions(policy, program, request) {
            let name = crate::answer::parts::action_name(policy, decision.action);
            let _ = writeln!(text, "{name:width$}  {}", speech.option(&question, &decision, colour));
        }
        text
    }
}

/// Writes the options as JSON, without a line end: the text that `serde_json` makes of [`Options`], without them.
pub fn write(out: &mut String, policy: &Policy, program: &Program, request: &OptionsRequest) {
    let speech = Speech::new(policy, request.language);
    answer::list(out, "{\"options\":", decisions(policy, program, request), |out, (question, decision)| {
        Writer { policy, question: &question, decision: &decision, speech }.option(out);
    });
    out.push_str(",\"policy\":");
    answer::write_policy(out, policy, speech);
    out.push('}');
}
