//! Bytes to a request, a plan and SQL: `src/fuzzing/` says what must hold.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    rowdesk::fuzzing::check(bytes);
});
