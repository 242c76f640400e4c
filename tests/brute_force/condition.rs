//! What a URL says, and which tickets that means (filters.md, read by eye).

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::base::{Base, LocalDays, Micros, Ticket};

/// One condition as the URL has it, and its meaning.
#[derive(Clone, Debug)]
pub struct Condition {
    pub name: &'static str,
    /// `in.(high,urgent)`.
    pub text: String,
    pub meaning: Meaning,
}

#[derive(Clone, Debug)]
pub enum Meaning {
    /// `eq`, `in`.
    Among(Vec<String>),
    /// `neq`, `not.eq`, `not.in`.
    NotAmong(Vec<String>),
    Missing,
    Present,
    Time(Comparison, Moment),
    AnyTag(Vec<String>),
    AllTags(Vec<String>),
    NoTag(Vec<String>),
}

#[derive(Clone, Copy, Debug)]
pub enum Comparison {
    Is,
    IsNot,
    From,
    After,
    UpTo,
    Before,
}

#[derive(Clone, Debug)]
pub enum Moment {
    /// An ISO date.
    Day(String),
    Instant(Micros),
    Local(&'static str),
}

/// A whole request: conditions, all of which hold, in a zone.
#[derive(Clone, Debug)]
pub struct Selection {
    pub zone: &'static str,
    pub conditions: Vec<Condition>,
}

impl Selection {
    /// The query string, percent-encoded.
    pub fn query(&self) -> String {
        let pairs: Vec<String> = self
            .conditions
            .iter()
            .map(|condition| format!("{}={}", condition.name, encode(&condition.text)))
            .collect();
        pairs.join("&")
    }

    /// The same as a JSON body: a text, or a list where a name occurs again.
    pub fn body(&self) -> Value {
        let mut body: Map<String, Value> = Map::new();
        for Condition { name, text, .. } in &self.conditions {
            match body.get_mut(*name) {
                None => {
                    body.insert((*name).to_owned(), json!(text));
                }
                Some(Value::Array(list)) => list.push(json!(text)),
                Some(one) => *one = json!([one.take(), text]),
            }
        }
        Value::Object(body)
    }

    pub fn tickets<'a>(&self, base: &'a Base) -> Vec<&'a Ticket> {
        let all = base.tickets.iter();
        all.filter(|ticket| self.selects(base, ticket)).collect()
    }

    pub fn selects(&self, base: &Base, ticket: &Ticket) -> bool {
        let days = base.days(self.zone, ticket);
        self.conditions
            .iter()
            .all(|condition| condition.holds(base, self.zone, ticket, days))
    }

    /// As `selects`, but for the conditions on `created_at`.
    pub fn selects_at_any_time(&self, base: &Base, ticket: &Ticket) -> bool {
        let days = base.days(self.zone, ticket);
        let mut conditions = self.conditions.iter();
        conditions.all(|condition| {
            condition.name == "created_at" || condition.holds(base, self.zone, ticket, days)
        })
    }

    /// Whether the conditions on `created_at` hold for when the ticket was resolved.
    pub fn period_holds_for_resolution(&self, base: &Base, ticket: &Ticket) -> bool {
        let day = base.days(self.zone, ticket).resolved.as_deref();
        self.period_holds(base, ticket.resolved_at, day)
    }

    /// Whether the conditions on `created_at` hold for another time, and its local day.
    pub fn period_holds(&self, base: &Base, at: Option<Micros>, day: Option<&str>) -> bool {
        self.periods()
            .all(|meaning| meaning.time(base, self.zone, at, day))
    }

    /// What the conditions on `created_at` mean.
    pub fn periods(&self) -> impl Iterator<Item = &Meaning> {
        let conditions = self.conditions.iter();
        conditions
            .filter(|condition| condition.name == "created_at")
            .map(|condition| &condition.meaning)
    }

    /// Whether a client is one that the conditions on `client_id` speak of.
    pub fn lists_client(&self, id: i32) -> bool {
        let mut conditions = self.conditions.iter();
        conditions.all(|c| c.name != "client_id" || c.meaning.word(Some(&id.to_string())))
    }

    /// Whether a team member is one that the conditions on `assigned_to` speak of.
    pub fn lists_member(&self, id: i32) -> bool {
        let mut conditions = self.conditions.iter();
        conditions.all(|c| c.name != "assigned_to" || c.meaning.word(Some(&id.to_string())))
    }
}

impl Condition {
    fn holds(&self, base: &Base, zone: &'static str, ticket: &Ticket, days: &LocalDays) -> bool {
        let number = |number: i32| Some(number.to_string());
        let word = match self.name {
            "created_at" => {
                return self
                    .meaning
                    .time(base, zone, ticket.created_at, days.created.as_deref());
            }
            "resolved_at" => {
                return self
                    .meaning
                    .time(base, zone, ticket.resolved_at, days.resolved.as_deref());
            }
            "tags" => return self.meaning.tags(&ticket.tags),
            "assigned_to" => ticket.assigned_to.and_then(number),
            "ticket_type_id" => number(ticket.ticket_type_id),
            "client_id" => number(ticket.client_id),
            "priority" => ticket.priority.clone(),
            "status" => ticket.status.clone(),
            "source_channel" => ticket.source_channel.clone(),
            other => unreachable!("no filter {other}"),
        };
        self.meaning.word(word.as_deref())
    }
}

impl Meaning {
    /// Numbers, too: they are compared as they are written.
    fn word(&self, value: Option<&str>) -> bool {
        let among = |list: &Vec<String>| value.is_some_and(|v| list.iter().any(|item| item == v));
        match self {
            Self::Among(list) => among(list),
            Self::NotAmong(list) => !among(list),
            Self::Missing => value.is_none(),
            Self::Present => value.is_some(),
            other => unreachable!("{other:?} of a word"),
        }
    }

    fn tags(&self, tags: &[String]) -> bool {
        match self {
            Self::AnyTag(list) => list.iter().any(|tag| tags.contains(tag)),
            Self::AllTags(list) => list.iter().all(|tag| tags.contains(tag)),
            Self::NoTag(list) => !list.iter().any(|tag| tags.contains(tag)),
            other => unreachable!("{other:?} of tags"),
        }
    }

    fn time(&self, base: &Base, zone: &'static str, at: Option<Micros>, day: Option<&str>) -> bool {
        let (comparison, moment) = match self {
            Self::Time(comparison, moment) => (comparison, moment),
            Self::Missing => return at.is_none(),
            Self::Present => return at.is_some(),
            other => unreachable!("{other:?} of a time"),
        };
        let (Some(at), Some(day)) = (at, day) else {
            return matches!(comparison, Comparison::IsNot);
        };
        let order = match moment {
            Moment::Day(wanted) => day.cmp(wanted),
            Moment::Instant(wanted) => at.cmp(wanted),
            Moment::Local(local) => at.cmp(&base.instant(zone, local)),
        };
        match comparison {
            Comparison::Is => order.is_eq(),
            Comparison::IsNot => order.is_ne(),
            Comparison::From => order.is_ge(),
            Comparison::After => order.is_gt(),
            Comparison::UpTo => order.is_le(),
            Comparison::Before => order.is_lt(),
        }
    }
}

/// Percent-encodes all but what a person leaves as it is.
pub fn encode(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._,():".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").unwrap();
        }
    }
    encoded
}
