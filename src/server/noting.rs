//! What the decision log says of grants: booked, refused, given again, taken back.

use jiff::Timestamp;
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};

use super::errand::Notes;
use super::problem::Problem;
use crate::answer::Answer;
use crate::decisions::{self, ActorLine, AnswerLine, GrantLine, GrantState, Mask, QuestionLine, is_private_figure};
use crate::ledger::record::{Case, CaseKind, Grant, Who};
use crate::ledger::{Done, Proposal, Refusal, Settled};
use crate::policy::Policy;

/// What came of an order, and whether it was carried out just now.
pub type Told = (Settled, bool);

/// Notes what came of a question that was to be granted. Where it is not known, it is what the grant says of it.
pub fn granted(notes: &mut Notes<'_>, proposal: Option<&Proposal>, (settled, is_fresh): &Told) {
    let Some(recorder) = notes.service.recorder.clone() else { return };
    let engine = proposal.map_or_else(|| notes.service.live.current(), |proposal| proposal.engine.clone());
    let policy = engine.policy();
    let hides =
        proposal.map_or_else(|| policy.facts.iter().any(is_private_figure), |proposal| decisions::hides_figures(policy, &proposal.request.question));
    let (answer, line, grant) = match settled {
        Ok(Done::Grant(grant)) => {
            let state = if *is_fresh { GrantState::Booked } else { GrantState::Replayed };
            let line = GrantLine { state, id: Some(grant.id.clone()), case: grant.case.clone(), code: None, by: None };
            (Some(&*grant.answer), line, Some(&**grant))
        }
        Ok(Done::Case(_)) => return,
        Err(refusal) => (answer_of(refusal), refused(refusal, *is_fresh), None),
    };
    let question = match (proposal, grant) {
        (Some(proposal), _) => decisions::question_line(policy, &proposal.request.question, &recorder.mask),
        (None, Some(grant)) => of_grant(grant, &recorder.mask),
        (None, None) => return,
    };
    let (answer, version) = told_by(answer, hides, policy);
    notes.grant(&recorder, &version, question, answer, line);
    notes.leave();
}

/// What a line says of an answer that was written before, and by which version of the policy that was: of a repetition it may be an older one.
fn told_by(written: Option<&RawValue>, hides: bool, policy: &Policy) -> (Option<AnswerLine>, String) {
    let answer = written.and_then(|written| serde_json::from_str::<Answer>(written.get()).ok());
    let line = answer.as_ref().map(|answer| AnswerLine::of(answer, hides));
    (line, answer.map_or_else(|| policy.version.clone(), |answer| answer.policy.version))
}

/// Notes what came of a grant that was to be taken back.
pub fn reversed(notes: &mut Notes<'_>, id: &str, who: Option<&Who>, (settled, is_fresh): &Told) {
    let Some(recorder) = notes.service.recorder.clone() else { return };
    let version = notes.service.version();
    let by = who.map(|who| actor(who, &recorder.mask));
    let (question, line) = match settled {
        Ok(Done::Grant(grant)) => {
            let state = if *is_fresh { GrantState::Reversed } else { GrantState::Replayed };
            (of_grant(grant, &recorder.mask), GrantLine { state, id: Some(grant.id.clone()), case: grant.case.clone(), code: None, by })
        }
        Ok(Done::Case(_)) => return,
        Err(refusal) => (QuestionLine::default(), GrantLine { id: Some(id.to_owned()), by, ..refused(refusal, *is_fresh) }),
    };
    notes.grant(&recorder, &version, question, None, line);
    notes.leave();
}

/// Notes what an approval made of a case: a grant, where there is one, or what the policy refused.
pub fn approved(notes: &mut Notes<'_>, case: &Case, grant: Option<&Grant>, (settled, is_fresh): &Told) {
    let Some(recorder) = notes.service.recorder.clone() else { return };
    let engine = notes.service.live.current();
    let (policy, mask) = (engine.policy(), &recorder.mask);
    let (answer, line) = match settled {
        Ok(_) => {
            let Some(id) = &case.grant else { return };
            let state = if *is_fresh { GrantState::Booked } else { GrantState::Replayed };
            (grant.map(|grant| &*grant.answer), GrantLine { state, id: Some(id.clone()), case: None, code: None, by: None })
        }
        Err(refusal) => match answer_of(refusal) {
            Some(answer) => (Some(answer), refused(refusal, *is_fresh)),
            None => return,
        },
    };
    let line = GrantLine { case: Some(case.id.clone()), by: Some(actor(&case.owner, mask)), ..line };
    let (question, hides) = of_case(case, policy, mask);
    let (answer, version) = told_by(answer, hides, policy);
    notes.grant(&recorder, &version, question, answer, line);
    notes.leave();
}

/// Whether a refusal is one that the policy decided, so that [`approved`] has a line for it.
pub fn is_decided(settled: &Settled) -> bool {
    settled.as_ref().is_err_and(|refusal| answer_of(refusal).is_some())
}

fn answer_of(refusal: &Refusal) -> Option<&RawValue> {
    match refusal {
        Refusal::NotGranted(answer) | Refusal::Unconfirmed { answer, .. } => Some(answer),
        _ => None,
    }
}

fn refused(refusal: &Refusal, is_fresh: bool) -> GrantLine {
    // Only what the policy decided is kept for repetitions.
    let state = if is_fresh || answer_of(refusal).is_none() { GrantState::Refused } else { GrantState::Replayed };
    let code = Problem::from(refusal.clone()).code.to_owned();
    GrantLine { state, id: None, case: None, code: Some(code), by: None }
}

fn actor(who: &Who, mask: &Mask) -> ActorLine {
    ActorLine { id: Some(mask.actor(&who.id)), role: who.role.clone(), team: who.team.clone() }
}

fn of_grant(grant: &Grant, mask: &Mask) -> QuestionLine {
    QuestionLine { actor: actor(&grant.actor, mask), action: grant.action.clone(), amount: grant.amount.clone(), ..QuestionLine::default() }
}

/// The question of a case, and whether its answer hides quantities. What the policy does not know (any more) may be private.
fn of_case(case: &Case, policy: &Policy, mask: &Mask) -> (QuestionLine, bool) {
    let mut hides = false;
    let mut shown = |part: &str| -> Map<String, Json> {
        let facts = case.question.get(part).and_then(Json::as_object).into_iter().flatten();
        let shown = facts.map(|(name, value)| {
            let fact = policy.facts.iter().find(|fact| fact.name == *name);
            hides |= fact.is_none_or(is_private_figure);
            let is_open = fact.is_some_and(|fact| !fact.private);
            (name.clone(), if is_open { value.clone() } else { mask.hidden(name, value) })
        });
        shown.collect()
    };
    let (facts, record) = (shown("facts"), shown("record"));
    let at: Option<Timestamp> = None;
    let question = QuestionLine {
        actor: actor(if case.kind == CaseKind::Decide { &case.owner } else { &case.proposer }, mask),
        action: case.action.clone(),
        amount: case.amount.clone(),
        at,
        facts,
        record,
        spent: Map::new(),
    };
    (question, hides)
}
