//! The stream of a connection: it fails where its client takes nothing of what is written to it, and it ends so that a client that is still sending sees its answer.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use super::pulse::Pulse;

/// For so long a client that was answered before all of its body was there may go on sending…
const LINGER: Duration = Duration::from_secs(5);
/// …and so many bytes of that are received, and thrown away. To close at once would reset the connection, and the client might lose the answer.
const THROWN_AWAY: usize = 64 << 20;

/// A stream whose writes fail after they made no progress for a while.
#[derive(Debug)]
pub struct Impatient<S> {
    stream: S,
    patience: Duration,
    pulse: Arc<Pulse>,
    stalled: Option<Pin<Box<Sleep>>>,
    /// Until when the rest of a body is thrown away, and how much of it.
    lingering: Option<(Pin<Box<Sleep>>, usize)>,
}

impl<S> Impatient<S> {
    /// Waits for at most `patience`, and tells `pulse` what comes and goes.
    pub fn new(stream: S, patience: Duration, pulse: Arc<Pulse>) -> Self {
        Self { stream, patience, pulse, stalled: None, lingering: None }
    }

    /// Passes on what a write came to, and runs out of patience where it comes to nothing.
    fn watch<T>(&mut self, context: &mut Context<'_>, progress: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if progress.is_ready() {
            self.pulse.wrote(true);
            self.stalled = None;
            return progress;
        }
        self.pulse.wrote(false);
        let patience = self.patience;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(stalled.as_mut().poll(context));
        stalled.as_mut().reset(Instant::now() + patience);
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client takes nothing of the answer")))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Impatient<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let progress = Pin::new(&mut self.stream).poll_read(context, buffer);
        if progress.is_ready() {
            self.pulse.read();
        }
        progress
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Impatient<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let progress = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.watch(context, progress)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, context: &mut Context<'_>, parts: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let progress = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.watch(context, progress)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let progress = Pin::new(&mut self.stream).poll_flush(context);
        self.watch(context, progress)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.lingering.is_none() {
            let progress = Pin::new(&mut self.stream).poll_shutdown(context);
            ready!(self.watch(context, progress))?;
            if !self.pulse.has_unread_body() {
                return Poll::Ready(Ok(()));
            }
        }
        self.linger(context).map(Ok)
    }
}

impl<S: AsyncRead + Unpin> Impatient<S> {
    /// Throws away what still comes, until nothing does or it has been enough.
    fn linger(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let patience = self.patience.min(LINGER);
        let (until, left) = self.lingering.get_or_insert_with(|| (Box::pin(sleep(patience)), THROWN_AWAY));
        let mut bytes = [0; 1 << 12];
        while *left > 0 && until.as_mut().poll(context).is_pending() {
            let mut buffer = ReadBuf::new(&mut bytes);
            let read = ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer));
            match buffer.filled().len() {
                length if read.is_ok() && length > 0 => *left = left.saturating_sub(length),
                _ => break,
            }
        }
        Poll::Ready(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::pulse::Pulses;
    use super::*;
    use tokio::io::AsyncWriteExt;

    fn impatient<S>(stream: S) -> Impatient<S> {
        let pulse = Arc::clone(&Arc::new(Pulses::default()).join().pulse);
        Impatient::new(stream, Duration::from_millis(20), pulse)
    }

    #[tokio::test]
    async fn a_client_that_takes_nothing_is_left() {
        let (near, _far) = tokio::io::duplex(4);
        let mut stream = impatient(near);
        let error = stream.write_all(b"more than four bytes").await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_client_that_takes_it_is_served() {
        let (near, _far) = tokio::io::duplex(64);
        let mut stream = impatient(near);
        stream.write_all(b"more than four bytes").await.unwrap();
    }

    #[tokio::test]
    async fn a_client_that_still_sends_is_heard_to_the_end() {
        let (near, mut far) = tokio::io::duplex(16);
        let mut stream = impatient(near);
        stream.pulse.body(true);
        let client = async {
            far.write_all(&[0; 1000]).await.unwrap();
            drop(far);
        };
        let (ended, ()) = tokio::join!(stream.shutdown(), client);
        ended.unwrap();
    }

    #[tokio::test]
    async fn a_client_that_sends_no_more_is_not_waited_for_long() {
        let (near, mut far) = tokio::io::duplex(16);
        let mut stream = impatient(near);
        stream.pulse.body(true);
        far.write_all(b"some").await.unwrap();
        stream.shutdown().await.unwrap();
    }
}
