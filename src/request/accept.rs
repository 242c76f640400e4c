//! The order of the media types in `Accept` (RFC 9110, 12.5.1).

use std::cmp::Reverse;

use super::media_type::MediaType;

/// Every accepted media type, the most wanted first; `*/*` if there is no header.
///
/// Higher `q` first; of the same, more parameters and fewer stars first; of the same, the order of
/// the header. A `q` of 0 is last but not out, as in PostgREST.
///
/// ```
/// use rowdesk::request::{accept, media_type::MediaType};
///
/// assert_eq!(
///     accept::parse(Some("*/*;q=0.8, text/csv;q=0.9, application/json")),
///     [MediaType::Json, MediaType::Csv, MediaType::Any]
/// );
/// assert_eq!(accept::parse(None), [MediaType::Any]);
/// ```
#[must_use]
pub fn parse(header: Option<&str>) -> Vec<MediaType> {
    let Some(header) = header else {
        return vec![MediaType::Any];
    };
    let mut accepted: Vec<(Rank, String)> = header.split(',').map(ranked).collect();
    // Stable: what ranks the same stays in the header's order.
    accepted.sort_by_key(|(rank, _)| Reverse(*rank));
    accepted
        .iter()
        .map(|(_, text)| MediaType::parse(text))
        .collect()
}

/// `q` in thousandths, which is all the precision that RFC 9110 gives it, then specificity.
type Rank = (i64, i64);

fn ranked(item: &str) -> (Rank, String) {
    let mut text: String = item.chars().filter(|c| *c != ' ').collect();
    let quality = match text.find(";q=") {
        Some(start) => {
            let param = text.split_off(start);
            let value = param.trim_start_matches(";q=");
            thousandths(value.split(';').next().unwrap_or_default())
        }
        None => 1000,
    };
    let specificity = occurrences(&text, ';') - occurrences(&text, '*');
    ((quality, specificity), text)
}

/// What is not a number counts as 1.
fn thousandths(text: &str) -> i64 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let Ok(whole) = whole.parse::<u16>() else {
        return 1000;
    };
    let digits = fraction.bytes().take_while(u8::is_ascii_digit).take(3);
    let weights = [100, 10, 1];
    let fraction: i64 = digits
        .zip(weights)
        .map(|(digit, weight)| i64::from(digit - b'0') * weight)
        .sum();
    i64::from(whole) * 1000 + fraction
}

fn occurrences(text: &str, wanted: char) -> i64 {
    i64::try_from(text.matches(wanted).count()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_wanted_first() {
        for (header, expected) in [
            ("text/csv", "text/csv"),
            ("text/csv, application/json", "text/csv application/json"),
            ("*/*, text/csv", "text/csv */*"),
            ("text/*, text/csv;a=b", "text/csv;a=b text/*"),
            (
                "text/csv;q=0.2,text/plain;q=0.31, text/xml ; q=0.3",
                "text/plain text/xml text/csv",
            ),
            ("text/csv;q=0,text/plain;q=0.001", "text/plain text/csv"),
            ("text/csv;q=high, text/plain", "text/csv text/plain"),
            (
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                "text/html application/xhtml+xml application/xml */*",
            ),
        ] {
            let order: Vec<String> = parse(Some(header))
                .into_iter()
                .map(|it| match it {
                    // `text/csv;a=b` is CSV whatever its parameters.
                    MediaType::Csv if header.contains("a=b") => "text/csv;a=b".to_owned(),
                    other => other.to_string(),
                })
                .collect();
            assert_eq!(order.join(" "), expected, "{header}");
        }
    }
}
