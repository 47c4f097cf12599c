//! The analysis finds every answer that questions reach.

mod random;
