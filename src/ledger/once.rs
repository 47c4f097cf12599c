//! An order that tells whether it was carried out, or whether only its first reply was given again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::book::Book;
use super::order::{Buckets, Done, Order, Refusal, Wanted};

/// An order and whether the last try carried it out.
pub(crate) struct Once {
    order: Box<dyn Order>,
    is_fresh: Arc<AtomicBool>,
}

impl Once {
    /// With where it tells so.
    pub fn new(order: Box<dyn Order>) -> (Self, Arc<AtomicBool>) {
        let is_fresh = Arc::default();
        (Self { order, is_fresh: Arc::clone(&is_fresh) }, is_fresh)
    }
}

impl Order for Once {
    fn wanted(&self, wanted: &mut Wanted) {
        // Each try begins here.
        self.is_fresh.store(false, Ordering::Release);
        self.order.wanted(wanted);
    }

    fn buckets(&self, book: &Book) -> Buckets {
        self.order.buckets(book)
    }

    fn carry_out(&self, book: &mut Book) -> Result<Done, Refusal> {
        self.is_fresh.store(true, Ordering::Release);
        self.order.carry_out(book)
    }
}
