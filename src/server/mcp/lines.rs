//! The lines of standard input and output: each line that comes in is looked at before the session has it, and no line that goes out is broken by another.

use std::io;

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, DuplexStream, ReadHalf, WriteHalf};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::message::{self, Refused};
use crate::question::{Json, Unread};

/// So much waits between the streams and the session, in bytes.
const BETWEEN: usize = 1 << 16;
/// A longer line is no message.
const LONGEST: u64 = Json::MOST_BYTES as u64 + 2;

/// What stands between the session and the client.
#[derive(Debug)]
pub struct Lines {
    inward: JoinHandle<()>,
    outward: JoinHandle<io::Result<()>>,
}

impl Lines {
    /// Begins to carry lines between a client and the session, which has the other end.
    pub fn between(
        input: impl AsyncBufRead + Unpin + Send + 'static,
        output: impl AsyncWrite + Unpin + Send + 'static,
    ) -> (Self, (ReadHalf<DuplexStream>, WriteHalf<DuplexStream>)) {
        let (session, ours) = tokio::io::duplex(BETWEEN);
        let (from_session, to_session) = tokio::io::split(ours);
        let (refusals, refused) = mpsc::channel(1);
        let inward = tokio::spawn(inward(input, to_session, refusals));
        let outward = tokio::spawn(outward(BufReader::new(from_session), refused, output));
        (Self { inward, outward }, tokio::io::split(session))
    }

    /// Carries them for a session until it ends, and what it said is written, or nobody takes it any more.
    pub async fn carry(mut self, mut session: impl Future<Output = io::Result<()>> + Unpin) -> io::Result<()> {
        let (ended, written) = tokio::select! {
            biased;
            ended = &mut session => (ended, (&mut self.outward).await),
            written = &mut self.outward => {
                written.map_err(io::Error::other)??;
                return session.await;
            }
        };
        self.inward.abort();
        written.map_err(io::Error::other)?.and(ended)
    }
}

/// Hands over each line that is a message, and answers the others.
async fn inward(mut input: impl AsyncBufRead + Unpin, mut session: WriteHalf<DuplexStream>, refusals: mpsc::Sender<Refused>) {
    let mut line = Vec::new();
    while let Ok(true) = read(&mut input, &mut line).await {
        if line.trim_ascii().is_empty() {
            continue;
        }
        let checked = if is_too_long(&line) { Err(Unread::too_large().into()) } else { message::check(&line) };
        let message = match checked {
            Ok(message) => format!("{message}\n"),
            Err(refused) => {
                tracing::warn!(why = refused.message(), "a line on standard input is no message");
                if refusals.send(refused).await.is_err() {
                    return;
                }
                continue;
            }
        };
        if session.write_all(message.as_bytes()).await.is_err() {
            return;
        }
    }
    // The client has nothing more to say.
    let _ = session.shutdown().await;
}

/// Reads a line without its end, or so much of it as is enough to see that it is too long. False where there is none.
async fn read(input: &mut (impl AsyncBufRead + Unpin), line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    (&mut *input).take(LONGEST).read_until(b'\n', line).await?;
    if line.is_empty() {
        return Ok(false);
    }
    if line.last() == Some(&b'\n') {
        line.pop();
        return Ok(true);
    }
    if is_too_long(line) {
        pass_over(input).await?;
    }
    Ok(true)
}

fn is_too_long(line: &[u8]) -> bool {
    line.len() as u64 == LONGEST
}

/// Passes over the rest of a line.
async fn pass_over(input: &mut (impl AsyncBufRead + Unpin)) -> io::Result<()> {
    loop {
        let rest = input.fill_buf().await?;
        let (length, end) = (rest.len(), rest.iter().position(|byte| *byte == b'\n'));
        input.consume(end.map_or(length, |end| end + 1));
        if length == 0 || end.is_some() {
            return Ok(());
        }
    }
}

/// Writes what the session says and what is refused, line by line, until the session has ended.
async fn outward(
    mut session: BufReader<ReadHalf<DuplexStream>>,
    mut refused: mpsc::Receiver<Refused>,
    mut output: impl AsyncWrite + Unpin,
) -> io::Result<()> {
    let mut line = Vec::new();
    let mut is_refused = true;
    loop {
        tokio::select! {
            // What was read of a line stays there when the other branch goes first.
            read = session.read_until(b'\n', &mut line) => {
                if read? == 0 {
                    break;
                }
                output.write_all(&line).await?;
                line.clear();
            }
            refusal = refused.recv(), if is_refused => match refusal {
                Some(refusal) => output.write_all((refusal.answer() + "\n").as_bytes()).await?,
                None => is_refused = false,
            },
        }
        output.flush().await?;
    }
    while let Ok(refusal) = refused.try_recv() {
        output.write_all((refusal.answer() + "\n").as_bytes()).await?;
    }
    output.flush().await
}
