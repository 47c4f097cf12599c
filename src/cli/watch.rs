//! Doing something again whenever a file of a pack changes, until Ctrl-C.

use std::path::{Path, PathBuf};
use std::thread;

use jiff::Zoned;

use super::exit::{Failure, Outcome};
use super::terminal::Terminal;
use crate::pack::Pack;
use crate::server::reload::{Bell, Fingerprint, QUIET};
use crate::server::roots;

/// Does it at once, then after every change: of the pack, its tables and the packs that it includes. A pack that is broken is told of, and waited for.
pub fn run(path: &Path, mut once: impl FnMut() -> Result<Outcome, Failure>, terminal: &Terminal) -> Result<Outcome, Failure> {
    let (mut bell, mut places) = (Bell::default(), Vec::new());
    let mut seen: Option<Fingerprint> = None;
    loop {
        look_at(path, &mut places);
        bell.hang_up(&places);
        let now = settled(&places);
        if seen.as_ref() != Some(&now) {
            terminal.note(&format!("{} {}", Zoned::now().strftime("%H:%M:%S"), if seen.is_none() { "begun" } else { "changed" }));
            seen = Some(now);
            match once() {
                Err(failure) if failure.is_unheard() => return Ok(Outcome::Done),
                Err(failure) => {
                    failure.report(terminal);
                }
                Ok(_) => {}
            }
            terminal.note("waiting for the next change; Ctrl-C ends this");
        }
        bell.wait();
    }
}

/// Adds where the pack is read from now. What it was read from before stays: a broken pack may be mended there.
fn look_at(path: &Path, places: &mut Vec<PathBuf>) {
    let (pack, _) = Pack::read(path);
    places.extend(roots(path, &pack.sources));
    places.sort();
    places.dedup();
}

/// What the files say once nobody is writing them any more.
fn settled(places: &[PathBuf]) -> Fingerprint {
    let mut now = Fingerprint::of(places);
    loop {
        thread::sleep(QUIET);
        let next = Fingerprint::of(places);
        if next == now {
            return now;
        }
        now = next;
    }
}
