//! ISO dates as text: the next day, the first day of a week, month or quarter, and times.

/// What a bucket of a chart covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grain {
    Day,
    Week,
    Month,
    Quarter,
}

impl Grain {
    pub const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::Quarter];

    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
        }
    }

    /// The first day of the bucket that has this day.
    pub fn bucket(self, day: &str) -> String {
        let (year, month, _) = parts(day);
        match self {
            Self::Day => day.to_owned(),
            Self::Week => later(day, 1 - weekday(day)),
            Self::Month => format!("{year:04}-{month:02}-01"),
            Self::Quarter => format!("{year:04}-{:02}-01", (month - 1) / 3 * 3 + 1),
        }
    }

    /// The first day of the bucket after this one.
    pub fn next(self, bucket: &str) -> String {
        let days = match self {
            Self::Day => 1,
            Self::Week => 7,
            // beyond its end, and before the end of the next
            Self::Month => 35,
            Self::Quarter => 100,
        };
        self.bucket(&from_number(number(bucket) + days))
    }
}

pub fn next_day(day: &str) -> String {
    later(day, 1)
}

/// So many days later, or earlier.
pub fn later(day: &str, days: i64) -> String {
    from_number(number(day) + days)
}

/// How many days lie between two days.
pub fn days_between(from: &str, to: &str) -> i64 {
    number(to) - number(from)
}

/// 1 (Monday) to 7 (Sunday); 1970-01-01 was a Thursday.
pub fn weekday(day: &str) -> i64 {
    (number(day) + 3).rem_euclid(7) + 1
}

/// Microseconds since 1970 of `2025-05-31T18:15:00.5+05:45`, as JSON has it.
pub fn micros(text: &str) -> i64 {
    match text {
        "infinity" => return i64::MAX,
        "-infinity" => return -i64::MAX,
        _ => {}
    }
    let (day, rest) = text.split_once('T').expect("a timestamp");
    let sign = rest.rfind(['+', '-']).expect("an offset");
    let (time, offset) = rest.split_at(sign);
    let mut clock = time.split(':');
    let mut whole = || -> i64 { clock.next().expect("a part").parse().expect("digits") };
    let minutes = whole() * 60 + whole();
    let seconds: f64 = clock.next().expect("seconds").parse().expect("digits");
    #[expect(clippy::cast_possible_truncation, reason = "below 60 million")]
    let seconds = (seconds * 1e6).round() as i64;
    let mut parts = offset.trim_start_matches(['+', '-']).split(':');
    let mut part = || -> i64 { parts.next().map_or(0, |p| p.parse().expect("digits")) };
    let away = part() * 60 + part();
    let away = if offset.starts_with('-') { -away } else { away };
    ((number(day) * 1440 + minutes - away) * 60) * 1_000_000 + seconds
}

fn parts(day: &str) -> (i64, i64, i64) {
    let mut parts = day.split('-').map(|part| part.parse().expect("digits"));
    let mut part = || parts.next().expect("a date");
    (part(), part(), part())
}

/// Days since 1970-01-01 (Howard Hinnant's `days_from_civil`).
fn number(day: &str) -> i64 {
    let (year, month, day) = parts(day);
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn from_number(days: i64) -> String {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let of_year_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * of_year_era + of_year_era / 4 - of_year_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = of_year_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_begin_where_a_calendar_says() {
        for (grain, day, bucket, next) in [
            (Grain::Day, "2024-02-28", "2024-02-28", "2024-02-29"),
            (Grain::Day, "2025-12-31", "2025-12-31", "2026-01-01"),
            (Grain::Week, "2025-01-01", "2024-12-30", "2025-01-06"),
            (Grain::Week, "2025-06-01", "2025-05-26", "2025-06-02"),
            (Grain::Week, "1969-12-31", "1969-12-29", "1970-01-05"),
            (Grain::Month, "2025-01-31", "2025-01-01", "2025-02-01"),
            (Grain::Quarter, "2025-12-31", "2025-10-01", "2026-01-01"),
        ] {
            assert_eq!(grain.bucket(day), bucket, "{day}");
            assert_eq!(grain.next(bucket), next, "{bucket}");
        }
    }

    #[test]
    fn timestamps_are_read_with_their_offset() {
        for (text, expected) in [
            ("1970-01-01T00:00:00+00:00", 0),
            ("2025-06-01T00:00:00+05:45", 1_748_715_300_000_000),
            ("2025-05-31T14:15:00.000001-04:00", 1_748_715_300_000_001),
        ] {
            assert_eq!(micros(text), expected, "{text}");
        }
    }
}
