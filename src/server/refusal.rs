//! What the ledger refuses, or why it does not answer, as a problem.

use super::problem::{Kind, More, Problem};
use crate::ledger::store::StoreError;
use crate::ledger::{LedgerError, Refusal};
use crate::question;

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let more = More::default();
        match refusal {
            Refusal::NotGranted(answer) => Self::from(Kind::NotGranted).more(More { answer: Some(answer), ..more }),
            Refusal::Unconfirmed { duties, answer } => {
                let detail = format!("confirm {} once it is done or promised", duties.join(", "));
                Self::from(Kind::Unconfirmed).detail(detail).more(More { answer: Some(answer), duties: Some(duties), ..more })
            }
            Refusal::KeyReused => Kind::IdempotencyKeyReused.into(),
            Refusal::NoSuchGrant(id) => Self::from(Kind::NoSuchGrant).detail(format!("there is no grant `{id}`")),
            Refusal::AlreadyReversed(id) => Self::from(Kind::AlreadyReversed).detail(format!("`{id}` was reversed before")),
            Refusal::NoSuchCase(id) => Self::from(Kind::NoSuchCase).detail(format!("there is no case `{id}`")),
            Refusal::CaseClosed { state, grant } => {
                Self::from(Kind::CaseClosed).detail(format!("it was {state}")).more(More { state: Some(state), grant, ..more })
            }
            Refusal::NotTheOwner(owner) => {
                Self::from(Kind::NotTheOwner).detail(format!("`{owner}` owns it")).more(More { owner: Some(owner), ..more })
            }
            Refusal::OwnCase => Kind::OwnCase.into(),
            Refusal::SecondSignature(id) => Self::from(Kind::SecondSignature).detail(format!("`{id}` approved it before")),
            Refusal::WrongRole { needed } => {
                Self::from(Kind::WrongRole).detail(format!("this takes `{needed}` or a role above it")).more(More { role: Some(needed), ..more })
            }
            Refusal::NothingToAsk(answer) => Self::from(Kind::NothingToAsk).more(More { answer: Some(answer), ..more }),
            Refusal::NobodyHasRole(role) => {
                let detail = format!("this takes somebody with the role `{role}`; the people are those of `kulanz serve --people`");
                Self::from(Kind::NobodyHasRole).detail(detail).more(More { role: Some(role), ..more })
            }
            Refusal::NoSuchPerson(id) => {
                let error = question::Problem { path: "/to".into(), message: format!("there is no `{id}` in the list of people"), help: None };
                Self { errors: vec![error], ..Kind::NoSuchPerson.into() }
            }
            Refusal::WrongQuestion(problems) => Self::wrong_question(problems),
        }
    }
}

impl From<LedgerError> for Problem {
    /// The cause is for the log: it may name machines and files.
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Overloaded => Self::from(Kind::Overloaded).detail("too many requests wait for the ledger"),
            LedgerError::Store(StoreError::Unavailable(_) | StoreError::Conflict) => {
                tracing::warn!(%error, "the ledger does not answer");
                Self::from(Kind::LedgerUnavailable)
                    .detail("where something was to be booked, the same request with the same `Idempotency-Key` tells whether it was")
            }
            LedgerError::Store(StoreError::Full(_)) => {
                tracing::error!(%error, "there is no room left for the ledger");
                Kind::LedgerFull.into()
            }
            error => {
                tracing::error!(%error, "the ledger failed");
                Kind::Internal.into()
            }
        }
    }
}
