//! Random combinations of conditions, the same at every run.

use super::condition::{Comparison, Condition, Meaning, Moment, Selection};

/// With 23 and 25 hours a day, midnights twice and never, and 45 minutes.
pub const ZONES: &[&str] = &[
    "UTC",
    "Europe/Berlin",
    "America/Havana",
    "Asia/Kathmandu",
    "America/Nuuk",
];

/// Timestamps without an offset: skipped in Berlin, doubled in Berlin and Havana, ordinary ones.
pub const LOCAL_TIMES: &[&str] = &[
    "2025-03-30 02:30:00",
    "2025-10-26 02:30:00",
    "2025-11-02 00:30:00",
    "2025-05-31T18:15:00",
    "2025-07-04 12:00",
    "2025-06-01 00:00:00.000001",
];

pub const DAYS: &[&str] = &[
    "2024-12-31",
    "2025-01-01",
    "2025-02-28",
    "2025-03-09",
    "2025-03-30",
    "2025-04-15",
    "2025-05-31",
    "2025-06-01",
    "2025-08-20",
    "2025-10-25",
    "2025-10-26",
    "2025-11-02",
    "2025-12-31",
    "1999-12-31",
    "2999-01-01",
];

/// Instants as a URL writes them, and their microseconds.
pub const INSTANTS: &[(&str, i64)] = &[
    ("2025-03-30T00:00:00Z", 1_743_292_800_000_000),
    ("2025-05-31T18:15:00z", 1_748_715_300_000_000),
    ("2025-05-31T20:15:00+02:00", 1_748_715_300_000_000),
    ("2025-06-01 00:00:00+05:45", 1_748_715_300_000_000),
    ("2025-11-02T00:00:00-05", 1_762_059_600_000_000),
    ("2025-11-02 05:00:00.000000Z", 1_762_059_600_000_000),
    ("2025-08-20T09:30+0000", 1_755_682_200_000_000),
];

/// How a word is written within a list, and what it means.
const WORDS: &[(&str, &[(&str, &str)])] = &[
    (
        "priority",
        &[
            ("low", "low"),
            ("medium", "medium"),
            ("high", "high"),
            ("\"urgent\"", "urgent"),
            ("High", "High"),
        ],
    ),
    (
        "status",
        &[
            ("open", "open"),
            ("in_progress", "in_progress"),
            ("pending", "pending"),
            ("resolved", "resolved"),
            ("closed", "closed"),
            ("null", "null"),
        ],
    ),
    (
        "source_channel",
        &[
            ("email", "email"),
            ("web", "web"),
            ("\"portal\"", "portal"),
            ("chat", "chat"),
            ("\"a,b\"", "a,b"),
            ("\"\"", ""),
        ],
    ),
];

const TAGS: &[(&str, &str)] = &[
    ("vip", "vip"),
    ("billing", "billing"),
    ("access", "access"),
    ("\"renewal\"", "renewal"),
    ("invoice", "invoice"),
    ("\"two words\"", "two words"),
    ("\"comma, brace}\"", "comma, brace}"),
    (r#""quote\"d""#, "quote\"d"),
    ("nobody-has-this", "nobody-has-this"),
];

/// A linear congruential generator (Knuth's constants).
pub struct Generator(u64);

impl Generator {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % u64::try_from(limit).unwrap()).unwrap()
    }

    pub fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// Up to five conditions, in any zone; a name may come again.
    pub fn selection(&mut self) -> Selection {
        let number = [1, 1, 2, 2, 2, 3, 3, 4, 5][self.below(9)];
        let mut conditions: Vec<Condition> = Vec::new();
        while conditions.len() < number {
            let again = conditions.last().map(|condition| condition.name);
            let name = match again {
                Some(name) if self.chance(35) => name,
                _ => self.name(),
            };
            conditions.push(self.condition(name));
        }
        Selection {
            zone: self.one(ZONES),
            conditions,
        }
    }

    fn name(&mut self) -> &'static str {
        self.one(&[
            "created_at",
            "created_at",
            "created_at",
            "resolved_at",
            "assigned_to",
            "assigned_to",
            "ticket_type_id",
            "client_id",
            "priority",
            "status",
            "source_channel",
            "tags",
        ])
    }

    /// Any condition on this filter.
    pub fn condition(&mut self, name: &'static str) -> Condition {
        let (text, meaning) = match name {
            "created_at" | "resolved_at" => self.time(),
            "tags" => self.tags(),
            "assigned_to" => self.ids(15),
            "ticket_type_id" => self.ids(14),
            "client_id" => self.ids(50),
            _ => self.labels(name),
        };
        Condition {
            name,
            text,
            meaning,
        }
    }

    fn ids(&mut self, most: usize) -> (String, Meaning) {
        let mut items = Vec::new();
        for _ in 0..self.below(6) {
            let written = match self.below(20) {
                // no row has them, the second because no row can
                0 => "999999".to_owned(),
                1 => "99999999999999999999".to_owned(),
                2 => "-1".to_owned(),
                _ => (1 + self.below(most)).to_string(),
            };
            items.push((written.clone(), written));
        }
        self.words(&items)
    }

    fn labels(&mut self, name: &str) -> (String, Meaning) {
        let (_, words) = WORDS.iter().find(|(of, _)| *of == name).unwrap();
        let mut items = Vec::new();
        for _ in 0..self.below(5) {
            let (written, meant) = if self.chance(5) {
                ("nonsense", "nonsense")
            } else {
                self.one(words)
            };
            items.push((written.to_owned(), meant.to_owned()));
        }
        self.words(&items)
    }

    /// Any operator of `filter.ids` and `filter.labels`.
    fn words(&mut self, items: &[(String, String)]) -> (String, Meaning) {
        let written: Vec<&str> = items.iter().map(|(written, _)| written.as_str()).collect();
        let meant: Vec<String> = items.iter().map(|(_, meant)| meant.clone()).collect();
        let operator = self.below(10);
        match (operator, meant.first()) {
            (0, _) => ("is.null".to_owned(), Meaning::Missing),
            (1, _) => ("not.is.null".to_owned(), Meaning::Present),
            // a single value is not quoted
            (2 | 3, Some(one)) => (format!("eq.{one}"), Meaning::Among(vec![one.clone()])),
            (4, Some(one)) => (format!("neq.{one}"), Meaning::NotAmong(vec![one.clone()])),
            (5, Some(one)) => (
                format!("not.eq.{one}"),
                Meaning::NotAmong(vec![one.clone()]),
            ),
            (6 | 7, _) => (
                format!("not.in.({})", written.join(",")),
                Meaning::NotAmong(meant),
            ),
            _ => (format!("in.({})", written.join(",")), Meaning::Among(meant)),
        }
    }

    fn tags(&mut self) -> (String, Meaning) {
        let mut items = Vec::new();
        for _ in 0..self.below(4) {
            items.push(self.one(TAGS));
        }
        let written: Vec<&str> = items.iter().map(|(written, _)| *written).collect();
        let meant = items.iter().map(|(_, meant)| (*meant).to_owned()).collect();
        let list = format!("{{{}}}", written.join(","));
        match self.below(5) {
            0 | 1 => (format!("ov.{list}"), Meaning::AnyTag(meant)),
            2 => (format!("cs.{list}"), Meaning::AllTags(meant)),
            _ => (format!("not.ov.{list}"), Meaning::NoTag(meant)),
        }
    }

    fn time(&mut self) -> (String, Meaning) {
        match self.below(20) {
            0 => return ("is.null".to_owned(), Meaning::Missing),
            1 => return ("not.is.null".to_owned(), Meaning::Present),
            _ => {}
        }
        let (operator, comparison) = self.one(&[
            ("eq", Comparison::Is),
            ("neq", Comparison::IsNot),
            ("not.eq", Comparison::IsNot),
            ("gte", Comparison::From),
            ("gte", Comparison::From),
            ("gt", Comparison::After),
            ("lte", Comparison::UpTo),
            ("lte", Comparison::UpTo),
            ("lt", Comparison::Before),
        ]);
        let (written, moment) = match self.below(10) {
            0..=5 => {
                let day = self.one(DAYS);
                (day, Moment::Day(day.to_owned()))
            }
            6 | 7 => {
                let (written, micros) = self.one(INSTANTS);
                (written, Moment::Instant(micros))
            }
            _ => {
                let local = self.one(LOCAL_TIMES);
                (local, Moment::Local(local))
            }
        };
        let meaning = Meaning::Time(comparison, moment);
        (format!("{operator}.{written}"), meaning)
    }
}
