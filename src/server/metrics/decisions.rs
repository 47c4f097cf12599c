//! What came of the lines of the decision log.

use std::fmt;

use super::single;
use crate::server::recorder::Recorder;

/// Writes what this process logged, and what it did not.
pub fn write(out: &mut String, recorder: &Recorder) -> fmt::Result {
    let [written, lost, errors, refused, bytes] = recorder.figures();
    single(out, ("kulanz_decisions_written_total", "counter"), "Lines of the decision log that were written.", written)?;
    single(out, ("kulanz_decisions_lost_total", "counter"), "Lines of the decision log that were lost.", lost)?;
    single(out, ("kulanz_decisions_write_errors_total", "counter"), "Times the decision log could not be written.", errors)?;
    single(out, ("kulanz_decisions_refused_total", "counter"), "Answers that were refused because the decision log took no more.", refused)?;
    single(out, ("kulanz_decisions_queue_bytes", "gauge"), "Bytes that wait to be written to the decision log.", bytes)
}
