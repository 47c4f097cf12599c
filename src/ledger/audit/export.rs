//! Exports: the log as a file that says itself whether it is whole.

use std::io::{BufRead, Write};

use serde::{Deserialize, Serialize};

use super::chain::{Chain, Sealed};
use super::{AuditError, Broken, Pages, Sound};
use crate::ledger::Ledger;
use crate::ledger::event::{END, HASH, hash};
use crate::ledger::store::Purpose;

/// The last line of an export, up to its hash.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Last {
    /// The number of this form of an export.
    export: u32,
    /// When it was made.
    at: String,
    /// How many lines are before.
    lines: u64,
    /// The ends of all streams.
    heads: Vec<Sealed>,
    /// The hash of all bytes before this line.
    content: String,
}

impl Last {
    /// The whole line.
    fn text(&self) -> String {
        // Texts and numbers: all of it can be written.
        let mut line = serde_json::to_string(self).unwrap_or_default();
        line.pop();
        let hash = hash(&line);
        line + HASH + &hash + END
    }
}

impl Ledger {
    /// Writes every line of every stream, in order, and a last line that seals them. The log is checked on the way.
    ///
    /// # Errors
    ///
    /// The first place where the log is broken, at which the export ends; or that the ledger does not answer, or that it could not be written.
    pub async fn export(&self, out: &mut (impl Write + ?Sized)) -> Result<Sound, AuditError> {
        let mut tx = self.store.begin(Purpose::Read).await?;
        let (mut chain, mut content, mut lines) = (Chain::default(), blake3::Hasher::new(), 0);
        let mut pages = Pages::new();
        loop {
            let rows = pages.next(tx.as_mut()).await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                chain.row(row)?;
                let line = format!("{}\n", row.line);
                content.update(line.as_bytes());
                out.write_all(line.as_bytes())?;
                lines += 1;
            }
        }
        let walked = chain.finish()?;
        let mut heads = tx.heads().await?;
        heads.push(tx.seal_head().await?);
        super::chain::agree(&walked, &heads)?;
        let last = Last {
            export: 1,
            at: self.now().to_string(),
            lines,
            heads: walked.iter().map(Sealed::from).collect(),
            content: content.finalize().to_hex().to_string(),
        };
        writeln!(out, "{}", last.text())?;
        out.flush()?;
        Ok(Sound::new(&chain, &walked, None))
    }
}

/// Checks an export, byte by byte.
///
/// # Errors
///
/// The first place where it is broken; or that it could not be read.
pub fn verify_export(mut file: impl BufRead) -> Result<Sound, AuditError> {
    let (mut chain, mut content, mut lines) = (Chain::default(), blake3::Hasher::new(), 0);
    loop {
        let mut bytes = Vec::new();
        let line = Some(lines + 1);
        let at_line = |what: &str| Broken { line, stream: None, seq: None, record: None, what: what.to_owned() };
        if file.read_until(b'\n', &mut bytes)? == 0 {
            return Err(at_line("the export ends before its last line").into());
        }
        let text = std::str::from_utf8(&bytes).map_err(|_| at_line("it is no text"))?;
        let text = text.strip_suffix('\n').ok_or_else(|| at_line("it does not end"))?;
        if text.starts_with("{\"export\":") {
            let walked = chain.finish().map_err(|broken| Broken { line, ..broken })?;
            let heads = walked.iter().map(Sealed::from).collect();
            last(text, lines, heads, content.finalize().to_hex().as_str()).map_err(at_line)?;
            if !file.fill_buf()?.is_empty() {
                return Err(Broken { line: Some(lines + 2), ..at_line("it stands behind the end of the export") }.into());
            }
            return Ok(Sound::new(&chain, &walked, None));
        }
        chain.line(text).map_err(|broken| Broken { line, ..broken })?;
        content.update(&bytes);
        lines += 1;
    }
}

/// Whether the last line of an export is the one of what stands before it.
fn last(text: &str, lines: u64, heads: Vec<Sealed>, content: &str) -> Result<(), &'static str> {
    let told =
        text.strip_suffix(END).and_then(|rest| rest.rsplit_once(HASH)).and_then(|(rest, _)| serde_json::from_str::<Last>(&format!("{rest}}}")).ok());
    let told = told.ok_or("the last line of the export is not understood")?;
    if told.export != 1 {
        return Err("the export has a form that this program does not know");
    }
    if told.text() != text {
        return Err("the hash of the last line is not that of its text");
    }
    let expected = Last { export: 1, at: told.at.clone(), lines, heads, content: content.to_owned() };
    if told == expected { Ok(()) } else { Err("the last line does not agree with the lines before it") }
}
