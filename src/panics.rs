//! What a panic ends: the one piece of work in which it happened, and nothing beside it.

use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// With what a piece of work panicked.
pub(crate) type Panic = Box<dyn Any + Send>;

/// What a future comes to, or with what it panicked. What it holds is dropped in either case.
pub(crate) async fn caught<F: Future>(future: F) -> Result<F::Output, Panic> {
    let mut future = pin!(future);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_ends_only_its_own_work() {
        let panic = caught(async { panic!("at the disco") }).await.map(|(): ()| ()).unwrap_err();
        assert_eq!(panic.downcast_ref(), Some(&"at the disco"));
        assert_eq!(caught(async { 1 }).await.unwrap(), 1);
    }
}
