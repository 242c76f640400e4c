//! A desk at work: everybody does what they may, at random, thousands of times. Afterwards everything
//! that is written down twice says the same.

mod actions;
mod invariants;
mod promises;
mod walk;
