//! Taking a grant back.

use std::sync::Arc;

use super::book::Book;
use super::fingerprint::{Change, Fingerprint};
use super::grant::{Booked, text};
use super::notice::{self, Happening, News};
use super::order::{Buckets, Done, Order, Refusal, Wanted, event, local};
use super::record::{Grant, Reversal, Who};
use super::store::{ChargeRow, GrantRow};
use super::usage::Fate;
use crate::engine::Engine;

/// `POST /v1/grants/{id}/reverse`
#[derive(Clone, Debug)]
pub(crate) struct ReverseOrder {
    pub engine: Arc<Engine>,
    pub grant: String,
    pub who: Who,
    pub reason: String,
}

impl Order for ReverseOrder {
    fn wanted(&self, wanted: &mut Wanted) {
        wanted.grants.insert(self.grant.clone());
    }

    fn buckets(&self, book: &Book) -> Buckets {
        let given_back = book.grant(&self.grant).map(|row| booked(row).into_iter().map(|booked| booked.bucket).collect());
        Buckets { given_back: given_back.unwrap_or_default(), ..Buckets::default() }
    }

    fn carry_out(&self, book: &mut Book) -> Result<Done, Refusal> {
        let missing = || Refusal::NoSuchGrant(self.grant.clone());
        let row = book.grant(&self.grant).cloned().ok_or_else(missing)?;
        let grant: Grant = serde_json::from_str(&row.body).map_err(|_| missing())?;
        if row.reversed {
            return Err(Refusal::AlreadyReversed(self.grant.clone()));
        }
        for Booked { bucket, amount } in booked(&row) {
            book.release(ChargeRow { bucket, at: row.at, grant: row.id.clone(), amount });
        }
        let reversal = Reversal { at: local(self.engine.policy(), book.now), by: self.who.id.clone(), reason: self.reason.clone() };
        let mut event = event("reversal", &row.id, &self.who, book, self.engine.policy());
        event.body.insert("reason".into(), self.reason.clone().into());
        let before = Fingerprint::of_grant(&grant, row.at, &booked(&row));
        let grant = Grant { reversed: Some(reversal), ..grant };
        event.change = Some(Change { before: Some(before), after: Fingerprint::of_grant(&grant, row.at, &booked(&row)) });
        book.happened(event);
        let happening = Happening::GrantReversed;
        if book.is_heard(happening) {
            let policy = &self.engine.policy().version;
            let data = |is_private| serde_json::json!({"grant": notice::grant(&grant, is_private), "who": self.who, "policy": policy});
            book.tell(&News { happening, about: grant.id.clone(), once: None }, |listener| Some(data(listener.private)));
        }
        book.usage.count(&grant.action, Fate::Reversed);
        book.put_grant(GrantRow { reversed: true, body: text(&grant), ..row });
        Ok(Done::Grant(Box::new(grant)))
    }
}

/// What a grant was charged.
pub(crate) fn booked(row: &GrantRow) -> Vec<Booked> {
    serde_json::from_str(&row.charges).unwrap_or_default()
}
