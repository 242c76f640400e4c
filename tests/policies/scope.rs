//! What the words of `matrix.txt` stand for, said once more, in other words than the policies.

use tokio_postgres::Client;

use super::people::Person;
use super::table::texts;
use crate::harness::desk::execute;

/// What `agent_visibility` may say.
pub const SETTINGS: [&str; 3] = ["all", "queue", "team"];

/// What belongs to a client.
const OWN: &[(&str, &str)] = &[
    ("public.clients", "id = $client"),
    ("public.client_contacts", "client_id = $client"),
    ("public.payments", "client_id = $client"),
    ("public.tickets", "client_id = $client"),
    (
        "public.ticket_feedback",
        "(select client_id from public.tickets where id = ticket_id) = $client",
    ),
    (
        "public.ticket_messages",
        "is_internal = false
        and (select client_id from public.tickets where id = ticket_id) = $client",
    ),
];

/// The column that says which ticket a row belongs to.
const TICKET: &[(&str, &str)] = &[
    ("analytics.ticket_facts", "id"),
    ("public.sla_clocks", "ticket_id"),
    ("public.sla_pauses", "ticket_id"),
    ("public.ticket_assignees", "ticket_id"),
    ("public.ticket_feedback", "ticket_id"),
    ("public.ticket_messages", "ticket_id"),
    ("public.tickets", "id"),
];

/// The tickets that an existing agent sees under each setting.
const VISIBLE_TICKETS: [&str; 3] = [
    "select id from public.tickets",
    "select id from public.tickets where assigned_to is null or assigned_to = $agent
    union select ticket_id from public.ticket_assignees where team_member_id = $agent",
    "select t.id from public.tickets t
    left join public.team_members m on m.id = t.assigned_to
    where m.id is null
    or m.department = (select department from public.team_members where id = $agent)
    union select ticket_id from public.ticket_assignees where team_member_id = $agent",
];

/// A cell of the matrix.
pub struct Cell<'a> {
    pub scope: &'a str,
    pub columns: Option<Vec<&'a str>>,
}

impl<'a> Cell<'a> {
    pub fn parse(text: &'a str) -> Self {
        let Some((scope, columns)) = text.split_once(" (") else {
            return Self {
                scope: text,
                columns: None,
            };
        };
        let columns = columns.strip_suffix(')').expect("a closing parenthesis");
        Self {
            scope,
            columns: Some(columns.split(", ").collect()),
        }
    }

    /// The rows it stands for, as a condition that a superuser asks with.
    pub fn condition(&self, relation: &str, person: &Person, setting: usize) -> String {
        let named = |list: &[(&str, &'static str)]| {
            let found = list.iter().find(|(name, _)| *name == relation);
            let message = "tests/policies/scope.rs says what is whose";
            found.unwrap_or_else(|| panic!("{relation}: {message}")).1
        };
        match self.scope {
            "all" => "true".to_owned(),
            "own" => match person.client {
                Some(id) => named(OWN).replace("$client", &id.to_string()),
                None => "false".to_owned(),
            },
            "visible" => {
                let agent = person.agent.unwrap_or(0);
                let tickets = VISIBLE_TICKETS[setting].replace("$agent", &agent.to_string());
                let exists = format!(
                    "exists (select from public.team_members as who where who.id = {agent})"
                );
                let known = if setting == 0 { "true" } else { &exists };
                format!("{} in ({tickets}) and {known}", named(TICKET))
            }
            other => panic!("matrix.txt knows no {other}"),
        }
    }
}

pub async fn columns(admin: &Client, relation: &str) -> Vec<String> {
    let statement = format!(
        "select attname::text from pg_attribute
        where attrelid = '{relation}'::regclass and attnum > 0 and not attisdropped"
    );
    texts(admin, &statement).await
}

/// What names a row: its primary key, or all of it.
pub async fn key(admin: &Client, relation: &str) -> String {
    let statement = format!(
        "select a.attname::text from pg_constraint c
        cross join unnest(c.conkey) as k (attnum)
        join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.attnum
        where c.conrelid = '{relation}'::regclass and c.contype = 'p'"
    );
    let columns = texts(admin, &statement).await;
    if columns.is_empty() {
        "to_jsonb(r)".to_owned()
    } else {
        format!("concat_ws('/', {})", columns.join(", "))
    }
}

pub async fn set_visibility(admin: &Client, setting: &str) {
    let script =
        format!("update ops.settings set value = '{setting}' where name = 'agent_visibility'");
    execute(admin, &script).await;
}
