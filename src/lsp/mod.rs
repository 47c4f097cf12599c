//! The language server behind `kulanz lsp`.
//!
//! In: what an editor says over standard input, and the files of its packs. Out: problems as somebody types, and answers about what stands where. What must
//! stay true: whoever types waits for nobody, and no mistake in one request ends the server.
//!
//! `server` is the state and the loop; `worker` the threads that look at packs; `analysis` what is known of a pack at one moment; `names` what every name
//! in it stands for; `features` the answers, one file each; `wire`, `text` and `places` the protocol's messages, positions and file names.

mod analysis;
mod client;
mod features;
mod lexer;
mod names;
mod places;
mod server;
mod text;
mod wire;
mod worker;

use std::io::{self, BufReader};
use std::thread;

use crossbeam_channel::{Receiver, Sender, unbounded};
use serde_json::Value;

use server::Server;
use wire::Incoming;

/// How the conversation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The editor said that it would end, and then that it has.
    Agreed,
    /// It ended without a word.
    Sudden,
}

/// Serves one editor over standard input and output, to the end.
///
/// # Errors
/// Where there is no thread to be had, or the output cannot be written.
pub fn serve() -> io::Result<End> {
    let (incoming, outgoing) = (unbounded(), unbounded());
    thread::Builder::new().name("read".to_owned()).spawn(move || read(&incoming.0))?;
    let writer = thread::Builder::new().name("write".to_owned()).spawn(move || write(&outgoing.1))?;
    let end = Server::run(&incoming.1, outgoing.0);
    // Everything that was said is still to be heard.
    match writer.join() {
        Ok(written) => written.and(end),
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

fn read(to: &Sender<Incoming>) {
    let mut from = BufReader::new(io::stdin());
    while let Ok(Some(message)) = wire::read(&mut from) {
        if to.send(message).is_err() {
            return;
        }
    }
}

fn write(from: &Receiver<Value>) -> io::Result<()> {
    let mut to = io::stdout();
    from.iter().try_for_each(|message| wire::write(&mut to, &message))
}
