//! All base rows, fetched once by the superuser, whom no policy restricts.

use std::collections::HashMap;

use tokio_postgres::Client;

use super::generator::{LOCAL_TIMES, ZONES};

/// Microseconds since 1970; the ends of `i64` stand for the infinities.
pub type Micros = i64;

/// Times as [`Micros`]. `i64::MAX` and its opposite are told apart from real times by nobody here.
const MICROS: &str = "case when isfinite(AT) then (extract(epoch from AT) * 1000000)::bigint
    when AT > now() then 9223372036854775807 when AT < now() then -9223372036854775807 end";

#[expect(clippy::struct_field_names, reason = "the columns' names")]
pub struct Ticket {
    pub id: i32,
    pub client_id: i32,
    pub assigned_to: Option<i32>,
    pub ticket_type_id: i32,
    pub status: Option<String>,
    pub priority: Option<String>,
    pub source_channel: Option<String>,
    pub tags: Vec<String>,
    pub created_at: Option<Micros>,
    pub resolved_at: Option<Micros>,
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

/// The local days of a ticket in one zone: ISO dates, which sort as text, infinities included.
#[derive(Default, Clone)]
pub struct LocalDays {
    pub created: Option<String>,
    pub resolved: Option<String>,
}

pub struct Base {
    pub tickets: Vec<Ticket>,
    pub members: Vec<Member>,
    pub collaborators: Vec<(i32, i32)>,
    categories: HashMap<String, String>,
    days: HashMap<&'static str, HashMap<i32, LocalDays>>,
    instants: HashMap<(&'static str, &'static str), Micros>,
}

impl Base {
    pub async fn load(client: &Client) -> Self {
        let mut days = HashMap::new();
        let mut instants = HashMap::new();
        for zone in ZONES {
            days.insert(*zone, local_days(client, zone).await);
            for local in LOCAL_TIMES {
                let sql = format!(
                    "select (extract(epoch from timestamp '{local}' at time zone '{zone}') * 1000000)::bigint"
                );
                let row = client.query_one(&sql, &[]).await.unwrap();
                instants.insert((*zone, *local), row.get(0));
            }
        }
        Self {
            tickets: tickets(client).await,
            members: members(client).await,
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
        }
    }

    /// Open or pending; a ticket without a status is open.
    pub fn is_open(&self, ticket: &Ticket) -> bool {
        let category = ticket
            .status
            .as_ref()
            .map_or("open", |code| &self.categories[code]);
        matches!(category, "open" | "pending")
    }

    pub fn days(&self, zone: &str, ticket: &Ticket) -> &LocalDays {
        &self.days[zone][&ticket.id]
    }

    /// What a local time means in a zone.
    pub fn instant(&self, zone: &'static str, local: &'static str) -> Micros {
        self.instants[&(zone, local)]
    }
}

async fn tickets(client: &Client) -> Vec<Ticket> {
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
        "select id, client_id, assigned_to, ticket_type_id, status, priority, source_channel, tags,
            {} as created_at, {} as resolved_at
         from public.tickets order by id",
        MICROS.replace("AT", "created_at"),
        MICROS.replace("AT", "resolved_at")
    );
    let rows = client.query(&sql, &[]).await.unwrap();
    rows.iter()
        .map(|row| Ticket {
            id: row.get("id"),
            client_id: row.get("client_id"),
            assigned_to: row.get("assigned_to"),
            ticket_type_id: row.get("ticket_type_id"),
            status: row.get("status"),
            priority: row.get("priority"),
            source_channel: row.get("source_channel"),
            tags: row.get("tags"),
            created_at: row.get("created_at"),
            resolved_at: row.get("resolved_at"),
            rating: ratings.get(&row.get("id")).copied(),
            first_response_at: answers.get(&row.get("id")).copied(),
        })
        .collect()
}

async fn members(client: &Client) -> Vec<Member> {
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

async fn local_days(client: &Client, zone: &str) -> HashMap<i32, LocalDays> {
    let sql = format!(
        "select id, (created_at at time zone '{zone}')::date::text,
            (resolved_at at time zone '{zone}')::date::text
         from public.tickets"
    );
    let rows = client.query(&sql, &[]).await.unwrap();
    rows.iter()
        .map(|row| {
            let (created, resolved) = (row.get(1), row.get(2));
            (row.get(0), LocalDays { created, resolved })
        })
        .collect()
}

async fn pairs<A, B>(client: &Client, sql: &str) -> Vec<(A, B)>
where
    A: for<'a> tokio_postgres::types::FromSql<'a>,
    B: for<'a> tokio_postgres::types::FromSql<'a>,
{
    let rows = client.query(sql, &[]).await.expect(sql);
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}
