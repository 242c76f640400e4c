//! All base rows, fetched once by the superuser, whom no policy restricts.

use std::collections::HashMap;

use tokio_postgres::Client as Connection;

use super::calendar::next_day;
use super::generator::{DAYS, INSTANTS, LOCAL_TIMES, ZONES};

/// Microseconds since 1970; the ends of `i64` stand for the infinities.
pub type Micros = i64;

/// Times as [`Micros`]. `i64::MAX` and its opposite are told apart from real times by nobody here.
const MICROS: &str = "case when isfinite(AT) then (extract(epoch from AT) * 1000000)::bigint
    when AT > now() then 9223372036854775807 when AT < now() then -9223372036854775807 end";

#[expect(clippy::struct_field_names, reason = "the columns' names")]
pub struct Ticket {
    pub id: i32,
    pub title: String,
    pub client_id: i32,
    pub assigned_to: Option<i32>,
    pub ticket_type_id: i32,
    pub status: Option<String>,
    pub priority: Option<String>,
    pub source_channel: Option<String>,
    pub tags: Vec<String>,
    pub created_at: Option<Micros>,
    pub resolved_at: Option<Micros>,
    pub closed_at: Option<Micros>,
    /// From the feedback, not from the ticket.
    pub rating: Option<i32>,
    /// From the messages, not from the ticket.
    pub first_response_at: Option<Micros>,
}

pub struct Member {
    pub id: i32,
    pub username: String,
    pub display_name: String,
    pub department: String,
    pub status: Option<String>,
}

pub struct TicketType {
    pub id: i32,
    pub name: String,
    pub department: String,
    pub expected_hours: Option<i32>,
}

pub struct Client {
    pub id: i32,
    pub name: String,
    pub plan: Option<String>,
    pub status: Option<String>,
}

pub struct Payment {
    pub client_id: i32,
    pub cents: i64,
    pub status: Option<String>,
}

/// The local days of a ticket in one zone: ISO dates, which sort as text, infinities included.
#[derive(Default, Clone)]
pub struct LocalDays {
    pub created: Option<String>,
    pub resolved: Option<String>,
    pub closed: Option<String>,
    /// The hours of these days; infinite times have none.
    pub created_hour: Option<i32>,
    pub resolved_hour: Option<i32>,
}

pub struct Base {
    pub tickets: Vec<Ticket>,
    pub members: Vec<Member>,
    pub types: Vec<TicketType>,
    pub clients: Vec<Client>,
    pub payments: Vec<Payment>,
    pub collaborators: Vec<(i32, i32)>,
    categories: HashMap<String, String>,
    days: HashMap<&'static str, HashMap<i32, LocalDays>>,
    instants: HashMap<(&'static str, &'static str), Micros>,
    /// When a local day begins.
    beginnings: HashMap<(&'static str, String), Micros>,
    /// The local day of an instant.
    local_days: HashMap<(&'static str, Micros), String>,
}

impl Base {
    pub async fn load(client: &Connection) -> Self {
        let mut days = HashMap::new();
        let mut instants = HashMap::new();
        let mut beginnings = HashMap::new();
        let mut local_days = HashMap::new();
        for zone in ZONES {
            days.insert(*zone, ticket_days(client, zone).await);
            for local in LOCAL_TIMES {
                let sql = format!(
                    "select (extract(epoch from timestamp '{local}' at time zone '{zone}') * 1000000)::bigint"
                );
                let row = client.query_one(&sql, &[]).await.unwrap();
                instants.insert((*zone, *local), row.get(0));
            }
            let mut moments: Vec<Micros> = INSTANTS.iter().map(|(_, at)| *at).collect();
            moments.extend(LOCAL_TIMES.iter().map(|local| instants[&(*zone, *local)]));
            for day in DAYS
                .iter()
                .flat_map(|day| [(*day).to_owned(), next_day(day)])
            {
                let begins = day_begins(client, zone, &day).await;
                moments.push(begins);
                beginnings.insert((*zone, day), begins);
            }
            for (at, day) in days_of(client, zone, &moments).await {
                local_days.insert((*zone, at), day);
            }
        }
        Self {
            tickets: tickets(client).await,
            members: members(client).await,
            types: types(client).await,
            clients: clients(client).await,
            payments: payments(client).await,
            collaborators: pairs(
                client,
                "select ticket_id, team_member_id from public.ticket_assignees",
            )
            .await,
            categories: pairs(client, "select code, category from public.ticket_statuses")
                .await
                .into_iter()
                .collect(),
            days,
            instants,
            beginnings,
            local_days,
        }
    }

    /// Open or pending; a ticket without a status is open.
    pub fn is_open(&self, ticket: &Ticket) -> bool {
        matches!(self.category(ticket), "open" | "pending")
    }

    pub fn category(&self, ticket: &Ticket) -> &str {
        let status = ticket.status.as_ref();
        status.map_or("open", |code| &self.categories[code])
    }

    /// How long the ticket should take, in hours.
    pub fn expected_hours(&self, ticket: &Ticket) -> Option<i32> {
        let mut types = self.types.iter();
        types
            .find(|y| y.id == ticket.ticket_type_id)
            .expect("its type")
            .expected_hours
    }

    pub fn days(&self, zone: &str, ticket: &Ticket) -> &LocalDays {
        &self.days[zone][&ticket.id]
    }

    /// What a local time means in a zone.
    pub fn instant(&self, zone: &'static str, local: &'static str) -> Micros {
        self.instants[&(zone, local)]
    }

    /// The first instant of a day that conditions name, or of the day after one.
    pub fn day_begins(&self, zone: &'static str, day: &str) -> Micros {
        self.beginnings[&(zone, day.to_owned())]
    }

    /// The local day of an instant that conditions name, or of its neighbour.
    pub fn local_day(&self, zone: &'static str, at: Micros) -> &str {
        &self.local_days[&(zone, at)]
    }
}

async fn tickets(client: &Connection) -> Vec<Ticket> {
    let mut ratings: HashMap<i32, i32> = HashMap::new();
    let sql = "select ticket_id, rating from public.ticket_feedback where rating is not null";
    for (ticket, rating) in pairs(client, sql).await {
        ratings.insert(ticket, rating);
    }
    let mut answers: HashMap<i32, Micros> = HashMap::new();
    let sql = format!(
        "select ticket_id, {} as at, from_client, is_internal from public.ticket_messages",
        MICROS.replace("AT", "created_at")
    );
    for row in client.query(&sql, &[]).await.unwrap() {
        let (from_client, is_internal): (Option<bool>, bool) = (row.get(2), row.get(3));
        let at: Option<Micros> = row.get(1);
        if let (Some(false), false, Some(at)) = (from_client, is_internal, at) {
            let first = answers.entry(row.get(0)).or_insert(at);
            *first = at.min(*first);
        }
    }
    let sql = format!(
        "select id, title, client_id, assigned_to, ticket_type_id, status, priority, source_channel,
            tags, {} as created_at, {} as resolved_at, {} as closed_at
         from public.tickets order by id",
        MICROS.replace("AT", "created_at"),
        MICROS.replace("AT", "resolved_at"),
        MICROS.replace("AT", "closed_at")
    );
    let rows = client.query(&sql, &[]).await.unwrap();
    rows.iter()
        .map(|row| Ticket {
            id: row.get("id"),
            title: row.get("title"),
            client_id: row.get("client_id"),
            assigned_to: row.get("assigned_to"),
            ticket_type_id: row.get("ticket_type_id"),
            status: row.get("status"),
            priority: row.get("priority"),
            source_channel: row.get("source_channel"),
            tags: row.get("tags"),
            created_at: row.get("created_at"),
            resolved_at: row.get("resolved_at"),
            closed_at: row.get("closed_at"),
            rating: ratings.get(&row.get("id")).copied(),
            first_response_at: answers.get(&row.get("id")).copied(),
        })
        .collect()
}

async fn members(client: &Connection) -> Vec<Member> {
    let sql = "select id, username, first_name, last_name, department, status
               from public.team_members order by id";
    let rows = client.query(sql, &[]).await.unwrap();
    rows.iter()
        .map(|row| {
            let names: [Option<String>; 2] = [row.get("first_name"), row.get("last_name")];
            let full = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
            let username: String = row.get("username");
            Member {
                id: row.get("id"),
                display_name: if full.trim().is_empty() {
                    username.clone()
                } else {
                    full.trim().to_owned()
                },
                username,
                department: row.get("department"),
                status: row.get("status"),
            }
        })
        .collect()
}

async fn types(client: &Connection) -> Vec<TicketType> {
    let sql = "select id, type_name, department, avg_resolution_hours
               from public.ticket_types order by id";
    let rows = client.query(sql, &[]).await.unwrap();
    rows.iter()
        .map(|row| TicketType {
            id: row.get(0),
            name: row.get(1),
            department: row.get(2),
            expected_hours: row.get(3),
        })
        .collect()
}

async fn clients(client: &Connection) -> Vec<Client> {
    let sql = "select id, client_name, plan_type, status from public.clients order by id";
    let rows = client.query(sql, &[]).await.unwrap();
    rows.iter()
        .map(|row| Client {
            id: row.get(0),
            name: row.get(1),
            plan: row.get(2),
            status: row.get(3),
        })
        .collect()
}

async fn payments(client: &Connection) -> Vec<Payment> {
    let sql = "select client_id, (amount_usd * 100)::bigint, status from public.payments";
    let rows = client.query(sql, &[]).await.unwrap();
    rows.iter()
        .map(|row| Payment {
            client_id: row.get(0),
            cents: row.get(1),
            status: row.get(2),
        })
        .collect()
}

/// The first quarter of an hour that has this local date.
async fn day_begins(client: &Connection, zone: &str, day: &str) -> Micros {
    let sql = format!(
        "select (extract(epoch from min(at)) * 1000000)::bigint
         from generate_series(
            timestamptz '{day} 00:00Z' - interval '26 hours',
            timestamptz '{day} 00:00Z' + interval '26 hours',
            interval '15 minutes'
         ) as at
         where (at at time zone '{zone}')::date = date '{day}'"
    );
    client.query_one(&sql, &[]).await.unwrap().get(0)
}

/// The local days of instants and their neighbours. In two parts: an interval is multiplied by a double, which
/// in 2999 has no single microseconds any more.
async fn days_of(client: &Connection, zone: &str, moments: &[Micros]) -> Vec<(Micros, String)> {
    let around: Vec<Micros> = moments
        .iter()
        .flat_map(|at| [at - 1, *at, at + 1])
        .collect();
    let sql = format!(
        "select at, ((
                timestamptz '1970-01-01 00:00Z'
                + at / 1000000 * interval '1 second'
                + at % 1000000 * interval '1 microsecond'
            ) at time zone '{zone}')::date::text
         from unnest($1::bigint[]) as at"
    );
    let rows = client.query(&sql, &[&around]).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

async fn ticket_days(client: &Connection, zone: &str) -> HashMap<i32, LocalDays> {
    let sql = format!(
        "select id, (created_at at time zone '{zone}')::date::text,
            (resolved_at at time zone '{zone}')::date::text,
            (closed_at at time zone '{zone}')::date::text,
            case when isfinite(created_at) then date_part('hour', created_at at time zone '{zone}') end::integer,
            case when isfinite(resolved_at) then date_part('hour', resolved_at at time zone '{zone}') end::integer
         from public.tickets"
    );
    let rows = client.query(&sql, &[]).await.unwrap();
    rows.iter()
        .map(|row| {
            let days = LocalDays {
                created: row.get(1),
                resolved: row.get(2),
                closed: row.get(3),
                created_hour: row.get(4),
                resolved_hour: row.get(5),
            };
            (row.get(0), days)
        })
        .collect()
}

async fn pairs<A, B>(client: &Connection, sql: &str) -> Vec<(A, B)>
where
    A: for<'a> tokio_postgres::types::FromSql<'a>,
    B: for<'a> tokio_postgres::types::FromSql<'a>,
{
    let rows = client.query(sql, &[]).await.expect(sql);
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}
