//! Request targets as people type them: `curl 'http://…/people?select=id,json_data->>blood_type'`.
//!
//! RFC 9112 wants such characters percent-encoded, and hyper answers them with a bare 400, but
//! PostgREST's server takes every byte and its documentation is written that way. So the bytes that
//! hyper refuses are encoded in the request line before hyper sees it. Nothing else is ever changed:
//! see [`framing`] for how that is made sure of.

mod framing;
mod request_line;
mod stream;
#[cfg(test)]
mod tests;

pub(super) use stream::{Begun, RawTargets};
