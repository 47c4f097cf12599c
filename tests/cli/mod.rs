//! The command line: every command, option and exit status.

mod ask;
mod audit;
mod batch;
mod booking;
mod check;
mod explain_code;
mod fmt;
mod handbook;
mod new;
mod options;
mod surface;
mod test;
mod watch;
