//! The command line: every command, option and exit status.

mod ask;
mod batch;
mod booking;
mod check;
mod fmt;
mod new;
mod options;
mod surface;
mod test;
