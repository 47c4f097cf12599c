//! What the language page says of conditions and of the answer, a test a sentence. Every expected figure is worked out by hand.

mod asking;
mod budgets;
mod carries;
mod choice;
mod computed;
mod conditions;
mod limits;
mod optional;
mod rounding;
mod shop;
mod tables;
mod time;
mod undefined;
mod unknown;
