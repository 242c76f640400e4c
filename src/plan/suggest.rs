//! The nearest name, for hints.

use std::collections::HashSet;
use std::iter;

/// PostgREST's threshold for tables and functions.
pub const CLOSE: f64 = 0.75;
/// Looser: for names that the caller may see anyway, such as the filters of a function he may call.
pub const LOOSE: f64 = 0.5;
/// PostgREST's threshold for relationships and lists of parameters.
pub const FAINT: f64 = 0.33;

/// Longer texts are not like any name.
const LONGEST: usize = 256;

/// As much of a text as an error repeats.
///
/// ```
/// # use rowdesk::plan::shortened;
/// assert_eq!(shortened("priority"), "priority");
/// assert_eq!(shortened(&"x".repeat(500)).chars().count(), 101);
/// ```
#[must_use]
pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(100) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}

/// The candidate most like `name`, at least as like as `threshold` (0 to 1); the first in
/// alphabetical order where several are equally near. As PostgREST has it, letters in the same places are
/// not enough: two of them, or an end and one, must follow one another in both.
///
/// ```
/// # use rowdesk::plan::nearest;
/// assert_eq!(nearest("prioritty", ["status", "priority"], 0.75), Some("priority"));
/// assert_eq!(nearest("zebra", ["status", "priority"], 0.75), None);
/// ```
pub fn nearest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    threshold: f64,
) -> Option<&'a str> {
    // A comparison costs the product of both lengths; a name in Postgres has at most 63 bytes.
    if name.len() > LONGEST {
        return None;
    }
    let name = name.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| {
            let lower = candidate.to_lowercase();
            let likeness = if shares_pair(&name, &lower) {
                strsim::normalized_levenshtein(&name, &lower)
            } else {
                0.0
            };
            (likeness, candidate)
        })
        .filter(|(likeness, _)| *likeness >= threshold)
        .max_by(|(a, x), (b, y)| a.total_cmp(b).then_with(|| y.cmp(x)))
        .map(|(_, candidate)| candidate)
}

fn shares_pair(one: &str, other: &str) -> bool {
    let pairs = |text: &str| {
        let inside = text
            .chars()
            .filter(|c| c.is_alphanumeric() || "_, ".contains(*c));
        let bounded: Vec<char> = iter::once('-')
            .chain(inside)
            .chain(iter::once('-'))
            .collect();
        bounded
            .windows(2)
            .map(<[char]>::to_vec)
            .collect::<HashSet<_>>()
    };
    !pairs(one).is_disjoint(&pairs(other))
}
