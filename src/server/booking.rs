//! What is booked is booked to its end and noted, whether its caller waits for it or not.

use std::sync::Arc;

use super::errand::{Mission, Notes};
use super::noting::{self, Told};
use super::problem::Problem;
use super::service::Service;
use crate::access::Caller;
use crate::engine::Engine;
use crate::ledger::record::{Case, Who};

use crate::ledger::{Done, Ledger, Office, Proposal, Step, Ticket};

/// A request that books something.
#[derive(Clone, Debug)]
pub struct Booking {
    service: Arc<Service>,
    caller: Arc<Caller>,
    mission: Mission,
}

impl Booking {
    /// Of a request.
    pub fn of(service: &Arc<Service>, caller: &Arc<Caller>, mission: &Mission) -> Self {
        Self { service: Arc::clone(service), caller: Arc::clone(caller), mission: mission.clone() }
    }

    fn notes(&self) -> Notes<'_> {
        Notes::new(&self.service, &self.caller, &self.mission)
    }

    fn ledger(&self) -> Result<&Ledger, Problem> {
        Ok(&self.service.books()?.ledger)
    }

    /// Decides and books.
    ///
    /// # Errors
    ///
    /// Where the ledger does not do it, or not in time.
    pub async fn grant(self, proposal: Proposal, case: Option<String>, ticket: Ticket) -> Result<Told, Problem> {
        let service = Arc::clone(&self.service);
        let work = async move {
            let told = self.ledger()?.grant_once(&proposal, case, Some(ticket)).await;
            let told = self.service.done(told)?;
            noting::granted(&mut self.notes(), Some(&proposal), &told);
            Ok(told)
        };
        service.to_the_end(work).await
    }

    /// Takes a grant back.
    ///
    /// # Errors
    ///
    /// As [`Self::grant`].
    pub async fn reverse(self, engine: Arc<Engine>, grant: String, (who, reason): (Who, String), ticket: Option<Ticket>) -> Result<Told, Problem> {
        let service = Arc::clone(&self.service);
        let work = async move {
            let told = self.ledger()?.reverse_once(&engine, &grant, who.clone(), &reason, ticket).await;
            let told = self.service.done(told)?;
            noting::reversed(&mut self.notes(), &grant, Some(&who), &told);
            Ok(told)
        };
        service.to_the_end(work).await
    }

    /// Takes a step of a case that may grant something.
    ///
    /// # Errors
    ///
    /// As [`Self::grant`].
    pub async fn step(self, office: Office, case: String, (who, step): (Who, Step), ticket: Option<Ticket>) -> Result<Told, Problem> {
        let service = Arc::clone(&self.service);
        let work = async move {
            let told = self.ledger()?.step_once(&office, &case, who, step, ticket).await;
            let told = self.service.done(told)?;
            self.note_step(&case, &told).await;
            Ok(told)
        };
        service.to_the_end(work).await
    }

    /// Notes what an approval came to. It cannot be undone, so that what cannot be found out any more is left out.
    async fn note_step(&self, id: &str, told: &Told) {
        let (Some(_), Ok(ledger)) = (&self.service.recorder, self.ledger()) else { return };
        let found = match &told.0 {
            Ok(Done::Case(case)) => Some(Case::clone(case)),
            Err(_) if noting::is_decided(&told.0) => ledger.find_case(id).await.ok().flatten().map(|(case, _)| case),
            _ => None,
        };
        let Some(case) = found else { return };
        let grant = match &case.grant {
            Some(id) => ledger.find_grant(id).await.ok().flatten(),
            None => None,
        };
        noting::approved(&mut self.notes(), &case, grant.as_ref(), told);
    }
}
