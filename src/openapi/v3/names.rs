//! Names of the database as paths and as names of components.

use std::fmt::Write;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// A segment of a path: what could mean anything in a path or a template is encoded.
pub fn segment(name: &str) -> String {
    const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'_')
        .remove(b'-')
        .remove(b'.')
        .remove(b'~');
    utf8_percent_encode(name, ENCODED).to_string()
}

/// The name of a component, which takes letters, digits, `.`, `-` and `_` alone.
///
/// Other bytes are written as `_` and two hexadecimal digits.
pub fn component(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"._-".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(text, "_{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_names_are_encoded() {
        for (name, expected_segment, expected_component) in [
            ("tasks", "tasks", "tasks"),
            ("Odd Name", "Odd%20Name", "Odd_20Name"),
            ("a{b}/c", "a%7Bb%7D%2Fc", "a_7Bb_7D_2Fc"),
            ("größe", "gr%C3%B6%C3%9Fe", "gr_C3_B6_C3_9Fe"),
        ] {
            assert_eq!(segment(name), expected_segment);
            assert_eq!(component(name), expected_component);
        }
    }
}
