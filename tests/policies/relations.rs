//! The matrix of reading, relation × role, against `matrix.txt`.

use std::collections::BTreeMap;

use tokio_postgres::Client;

use super::people::{Person, people};
use super::table::{Table, reachable_roles, texts};
use crate::harness::cluster::TestDb;
use crate::harness::desk::{desk, execute};
use crate::harness::identity::sqlstate;

const SETTINGS: [&str; 3] = ["all", "queue", "team"];

/// What belongs to a client. Said here once more, in other words than the policies.
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

/// A cell of the table.
struct Cell<'a> {
    scope: &'a str,
    columns: Option<Vec<&'a str>>,
}

impl<'a> Cell<'a> {
    fn parse(text: &'a str) -> Self {
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
    fn condition(&self, relation: &str, person: &Person, setting: usize) -> String {
        let named = |list: &[(&str, &'static str)]| {
            let found = list.iter().find(|(name, _)| *name == relation);
            let message = "tests/policies/relations.rs says what is whose";
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

fn matrix() -> Table {
    Table::parse("matrix.txt", include_str!("matrix.txt"))
}

/// Every relation that is not the system's.
async fn relations(admin: &Client) -> Vec<String> {
    texts(
        admin,
        "select format('%I.%I', n.nspname, c.relname)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'v', 'm', 'f')
        and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'",
    )
    .await
}

async fn columns(admin: &Client, relation: &str) -> Vec<String> {
    let statement = format!(
        "select attname::text from pg_attribute
        where attrelid = '{relation}'::regclass and attnum > 0 and not attisdropped"
    );
    texts(admin, &statement).await
}

/// What names a row: its primary key, or all of it.
async fn key(admin: &Client, relation: &str) -> String {
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

async fn set_visibility(admin: &Client, setting: &str) {
    let script =
        format!("update ops.settings set value = '{setting}' where name = 'agent_visibility'");
    execute(admin, &script).await;
}

/// Where the database and the matrix disagree, in the relations that `chosen` accepts.
async fn disagreements(database: &TestDb, chosen: impl Fn(&str) -> bool) -> Vec<String> {
    let admin = database.connect("postgres").await;
    let login = database.connect("desk_authenticator").await;
    let matrix = matrix();
    let mut found = Vec::new();
    // How often a rule was seen to let some rows through and to hold others back.
    let mut told_apart: BTreeMap<(String, String), u32> = BTreeMap::new();
    for (number, setting) in SETTINGS.iter().enumerate() {
        set_visibility(&admin, setting).await;
        for relation in matrix.objects().filter(|name| chosen(name)) {
            let key = key(&admin, relation).await;
            let rows = |condition: &str| {
                format!("select ({key})::text from {relation} as r where {condition} order by 1")
            };
            let all = texts(&admin, &rows("true")).await;
            if all.is_empty() {
                found.push(format!("{relation} is empty: a test of nothing"));
            }
            for person in people(matrix.roles()) {
                let role = &person.identity.role;
                let text = matrix.cell(relation, role);
                let who = format!(
                    "{relation} as {role} {} under {setting}, which should be {text}",
                    person.identity.claims
                );
                if text == "–" {
                    let statement = format!("select count(*) from {relation}");
                    let answer = person.identity.query(&login, &statement).await;
                    if sqlstate(&answer) != "42501" {
                        found.push(format!("{who}: not refused, but {answer:?}"));
                    }
                    continue;
                }
                let cell = Cell::parse(text);
                let expected =
                    texts(&admin, &rows(&cell.condition(relation, &person, number))).await;
                match person.identity.query(&login, &rows("true")).await {
                    Err(error) => found.push(format!("{who}: {error:?}")),
                    Ok(seen) => {
                        let seen: Vec<String> = seen.iter().map(|row| row.get(0)).collect();
                        if seen != expected {
                            let (seen, expected) = (seen.len(), expected.len());
                            found.push(format!("{who}: saw {seen} rows, not those {expected}"));
                        }
                    }
                }
                let apart = !expected.is_empty() && expected.len() < all.len();
                let tried = (relation.clone(), cell.scope.to_owned());
                *told_apart.entry(tried).or_default() += u32::from(apart);
                // The columns do not depend on the setting.
                if number == 0 {
                    found.extend(
                        wrong_columns(&admin, &login, relation, &person, &cell)
                            .await
                            .into_iter()
                            .map(|wrong| format!("{who}: {wrong}")),
                    );
                }
            }
        }
    }
    set_visibility(&admin, SETTINGS[0]).await;
    for ((relation, scope), times) in told_apart {
        if scope != "all" && times < 2 {
            found.push(format!(
                "{relation}: nobody tells {scope} from all and nothing"
            ));
        }
    }
    found
}

/// Columns that can be read and should not, or the other way round.
async fn wrong_columns(
    admin: &Client,
    login: &Client,
    relation: &str,
    person: &Person,
    cell: &Cell<'_>,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let star = person
        .identity
        .query(login, &format!("select * from {relation} limit 1"))
        .await;
    let Some(granted) = &cell.columns else {
        if star.is_err() {
            wrong.push(format!("cannot select *: {}", sqlstate(&star)));
        }
        return wrong;
    };
    if sqlstate(&star) != "42501" {
        wrong.push("select * is not refused".to_owned());
    }
    for column in columns(admin, relation).await {
        // Reading, filtering, sorting and counting need the same right.
        for statement in [
            format!("select {column} from {relation}"),
            format!("select 1 from {relation} where {column} is null"),
            format!("select 1 from {relation} order by {column}"),
            format!("select count({column}) from {relation}"),
        ] {
            let answer = person.identity.query(login, &statement).await;
            let expected = if granted.contains(&column.as_str()) {
                ""
            } else {
                "42501"
            };
            if sqlstate(&answer) != expected {
                wrong.push(format!("{statement} answers '{}'", sqlstate(&answer)));
            }
        }
    }
    wrong
}

#[tokio::test]
async fn every_relation_and_every_role_stands_in_the_matrix() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let roles = reachable_roles(&admin).await;
    let none: [String; 0] = [];
    assert_eq!(matrix().gaps(&relations(&admin).await, &roles), none);

    execute(&admin, "create table analytics.tomorrow (id integer)").await;
    execute(&admin, "create view public.later as select 1 as one").await;
    assert_eq!(
        matrix().gaps(&relations(&admin).await, &roles),
        [
            "matrix.txt has no line for analytics.tomorrow",
            "matrix.txt has no line for public.later"
        ]
    );
}

#[tokio::test]
async fn everybody_reads_exactly_what_the_matrix_says() {
    let database = desk().await;
    let found = disagreements(&database, |_| true).await;
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[tokio::test]
async fn the_matrix_notices_every_kind_of_hole() {
    for (hole, relation, noticed) in [
        (
            "create policy oops on public.payments for select to desk_client using (true)",
            "public.payments",
            "public.payments as desk_client",
        ),
        (
            "alter table public.clients disable row level security",
            "public.clients",
            "public.clients as desk_client",
        ),
        (
            "grant select on public.team_members to desk_client",
            "public.team_members",
            "select * is not refused",
        ),
        (
            "grant select (email) on public.team_members to desk_client",
            "public.team_members",
            "select email from public.team_members answers ''",
        ),
        // row-level security hides every row, but the right should not be there
        (
            "grant usage on schema ops to desk_agent; grant select on ops.settings to desk_agent",
            "ops.settings",
            "ops.settings as desk_agent",
        ),
        (
            "alter policy select_visible on public.ticket_messages using (true)",
            "public.ticket_messages",
            "public.ticket_messages as desk_agent",
        ),
        (
            "alter policy select_own on public.ticket_messages using (
                exists (select from public.tickets as t where t.id = ticket_id)
            )",
            "public.ticket_messages",
            "public.ticket_messages as desk_client",
        ),
        (
            "drop policy select_collaborating on public.tickets",
            "public.tickets",
            "public.tickets as desk_agent",
        ),
        (
            "alter view analytics.ticket_facts set (security_invoker = false)",
            "analytics.ticket_facts",
            "analytics.ticket_facts as desk_agent",
        ),
    ] {
        let database = desk().await;
        execute(&database.connect("postgres").await, hole).await;
        let found = disagreements(&database, |name| name == relation).await;
        assert!(
            found.iter().any(|one| one.contains(noticed)),
            "{hole}: {found:?}"
        );
    }
}
