//! What a policy author can rely on, one folder for each phase.

#[cfg(test)]
mod answering;
#[cfg(test)]
mod format;
mod lint;
mod policy;
#[cfg(test)]
mod reference;
mod syntax;
