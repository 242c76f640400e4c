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
    (
        "public.ticket_events",
        "visibility <> 'private'
        and (select client_id from public.tickets where id = ticket_id) = $client",
    ),
    (
        "public.ticket_activities",
        "is_internal = false
        and (select client_id from public.tickets where id = ticket_id) = $client",
    ),
    (
        "public.ticket_documents",
        "(select client_id from public.tickets where id = r.id) = $client",
    ),
    ("public.customers", "client_id = $client"),
];

/// Queues that are told from their like by who asks, or by nothing that a policy does: those rows of the view
/// of the second column of which the third holds.
const QUEUES: &[(&str, &str, &str)] = &[
    (
        "public.queue_own",
        "public.open_tickets",
        "(assigned_to = $agent
        or id in (select ticket_id from public.ticket_assignees where team_member_id = $agent))",
    ),
    (
        "public.queue_unassigned",
        "public.open_tickets",
        "assigned_to is null",
    ),
    (
        "public.queue_team",
        "public.open_tickets",
        "(select who.department from public.team_members as who where who.id = $agent) = coalesce(
            (select m.department from public.team_members as m where m.id = assigned_to), department)",
    ),
];

/// The column that says which ticket a row belongs to.
const TICKET: &[(&str, &str)] = &[
    ("analytics.ticket_facts", "id"),
    ("public.ticket_activities", "ticket_id"),
    ("public.sla_clocks", "ticket_id"),
    ("public.sla_pauses", "ticket_id"),
    ("public.ticket_assignees", "ticket_id"),
    ("public.ticket_documents", "id"),
    ("public.ticket_events", "ticket_id"),
    ("public.ticket_feedback", "ticket_id"),
    ("public.ticket_messages", "ticket_id"),
    ("public.tickets", "id"),
    ("public.open_tickets", "id"),
    ("public.queue_own", "id"),
    ("public.queue_overdue", "id"),
    ("public.queue_team", "id"),
    ("public.queue_unassigned", "id"),
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

    /// The rows it stands for, as a condition that a superuser asks with, of [`source`].
    pub fn condition(&self, relation: &str, person: &Person, setting: usize) -> String {
        let queue = QUEUES.iter().find(|(name, ..)| *name == relation);
        let agent = person.agent.unwrap_or(0).to_string();
        let queue = queue.map_or("true".to_owned(), |(.., rows)| {
            rows.replace("$agent", &agent)
        });
        format!("{} and {queue}", self.rights(relation, person, setting))
    }

    fn rights(&self, relation: &str, person: &Person, setting: usize) -> String {
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
            // sums of all tickets: whoever sees fewer sees none of them
            "counted" => (setting == 0).to_string(),
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

/// What names a row of a view whose other columns depend on who reads it, or says enough of many rows.
const VIEWS: &[(&str, &str)] = &[
    ("analytics.duration_cells", "node"),
    ("analytics.promise_cells", "node"),
    ("analytics.ticket_cells", "node"),
    ("public.audit_log", "id"),
    ("public.customers", "contact_id"),
    ("public.ticket_activities", "id"),
    ("public.ticket_documents", "id"),
    ("public.workers", "team_member_id"),
];

/// Where a superuser finds the rows of a relation, whoever asks for them.
pub fn source(relation: &str) -> &str {
    let queue = QUEUES.iter().find(|(name, ..)| *name == relation);
    queue.map_or(relation, |(_, source, _)| source)
}

/// What names a row: its primary key, the id that a view shows, or all of it.
pub async fn key(admin: &Client, relation: &str) -> String {
    if let Some((_, column)) = VIEWS.iter().find(|(view, _)| *view == relation) {
        return (*column).to_owned();
    }
    let statement = format!(
        "select a.attname::text from pg_constraint c
        cross join unnest(c.conkey) as k (attnum)
        join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.attnum
        where c.conrelid = '{relation}'::regclass and c.contype = 'p'"
    );
    let mut columns = texts(admin, &statement).await;
    if columns.is_empty() {
        columns = self::columns(admin, relation).await;
        columns.retain(|name| name == "id");
    }
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
