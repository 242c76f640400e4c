//! The matrix of writing, relation × role, against the blocks of `matrix.txt`: each attempt is made
//! as the role, in a transaction that is rolled back.

use tokio_postgres::{Client, Error, Row};

use super::people::{Person, people};
use super::scope::{Cell, SETTINGS, key, set_visibility};
use super::table::{Table, reachable_roles, texts};
use crate::harness::cluster::TestDb;
use crate::harness::desk::{desk, execute};
use crate::harness::identity::sqlstate;

/// A new row for somebody: whose (a relation and the rows of it that are tried), and how.
struct Specimen {
    relation: &'static str,
    targets: Option<(&'static str, &'static str)>,
    insert: &'static str,
}

const SPECIMENS: &[Specimen] = &[
    Specimen {
        relation: "public.clients",
        targets: None,
        insert: "insert into public.clients (client_name, email) values ('x', 'x@x.example')",
    },
    Specimen {
        relation: "public.client_contacts",
        targets: None,
        insert: "insert into public.client_contacts (client_id, first_name, last_name, email)
            values (1, 'x', 'x', 'x@x.example')",
    },
    Specimen {
        relation: "public.payments",
        targets: None,
        insert: "insert into public.payments (client_id, amount_usd, payment_type) values (1, 1, 'top-up')",
    },
    Specimen {
        relation: "public.team_members",
        targets: None,
        insert: "insert into public.team_members (username, email, department)
            values ('x', 'x@x.example', 'support')",
    },
    Specimen {
        relation: "public.custom_fields",
        targets: None,
        insert: "insert into public.custom_fields (name, label, kind) values ('x', 'X', 'text')",
    },
    Specimen {
        relation: "public.status_transitions",
        targets: None,
        insert: "insert into public.status_transitions (from_category, to_category)
            values ('open', 'closed')",
    },
    Specimen {
        relation: "public.ticket_types",
        targets: None,
        insert: "insert into public.ticket_types (type_name, department) values ('x', 'support')",
    },
    Specimen {
        relation: "public.ticket_statuses",
        targets: None,
        insert: "insert into public.ticket_statuses (code, category) values ('x', 'open')",
    },
    Specimen {
        relation: "public.tickets",
        targets: Some(("public.clients", "id in (1, 2, 20, 50)")),
        insert: "insert into public.tickets (client_id, ticket_type_id, title) values ($target, 1, 'x')",
    },
    Specimen {
        relation: "public.ticket_messages",
        targets: Some((
            "public.tickets",
            "status in ('open', 'in_progress', 'resolved') and id % 23 = 0",
        )),
        insert: "insert into public.ticket_messages (ticket_id, message_text) values ($target, 'x')",
    },
    Specimen {
        relation: "public.ticket_feedback",
        targets: Some((
            "public.tickets",
            "status in ('resolved', 'closed') and rating is null and id % 3 = 0",
        )),
        insert: "insert into public.ticket_feedback (ticket_id, rating) values ($target, 3)",
    },
    Specimen {
        relation: "public.ticket_assignees",
        targets: Some((
            "public.tickets",
            "id % 23 = 0 and id not in (select ticket_id from public.ticket_assignees)",
        )),
        insert: "insert into public.ticket_assignees (ticket_id, team_member_id) values ($target, 9)",
    },
    Specimen {
        relation: "public.ticket_events",
        targets: None,
        insert: "insert into public.ticket_events (ticket_id, type, visibility, actor_role)
            values (1, 'x', 'public', 'agent')",
    },
    Specimen {
        relation: "public.audit_log",
        targets: None,
        insert: "insert into public.audit_log (action) values ('x')",
    },
    Specimen {
        relation: "public.customers",
        targets: None,
        insert: "insert into public.customers (client_id, email) values (1, 'x@x.example')",
    },
    Specimen {
        relation: "public.ticket_activities",
        targets: None,
        insert: "insert into public.ticket_activities (ticket_id) values (1)",
    },
    Specimen {
        relation: "public.ticket_documents",
        targets: None,
        insert: "insert into public.ticket_documents (title) values ('x')",
    },
    Specimen {
        relation: "public.workers",
        targets: None,
        insert: "insert into public.workers (email) values ('x@x.example')",
    },
    Specimen {
        relation: "public.business_calendars",
        targets: None,
        insert: "insert into public.business_calendars (name, timezone) values ('x', 'UTC')",
    },
    Specimen {
        relation: "public.business_hours",
        targets: None,
        insert: "insert into public.business_hours (calendar_id, weekday, opens, closes)
            values (1, 7, '10:00', '24:00')",
    },
    Specimen {
        relation: "public.business_holidays",
        targets: None,
        insert: "insert into public.business_holidays (calendar_id, day, name) values (1, '2026-08-08', 'x')",
    },
    Specimen {
        relation: "public.sla_policies",
        targets: None,
        insert: "insert into public.sla_policies (name, priority, plan_type) values ('x', 'low', 'starter')",
    },
    Specimen {
        relation: "public.sla_clocks",
        targets: None,
        insert: "insert into public.sla_clocks (ticket_id, metric, started_at) values (1, 'resolution', now())",
    },
    Specimen {
        relation: "public.sla_pauses",
        targets: None,
        insert: "insert into public.sla_pauses (ticket_id, began_at) values (1, now())",
    },
];

/// A change that every role which may update at all is granted.
const CHANGES: &[(&str, &str)] = &[
    ("public.clients", "client_name = 'x'"),
    ("public.client_contacts", "preferred_language = 'x'"),
    ("public.custom_fields", "label = 'x'"),
    ("public.payments", "status = 'pending'"),
    ("public.status_transitions", "metadata = '{}'"),
    ("public.team_members", "timezone = 'UTC'"),
    ("public.ticket_assignees", "metadata = '{}'"),
    ("public.ticket_feedback", "feedback_text = 'x'"),
    ("public.ticket_messages", "message_text = 'x'"),
    ("public.ticket_statuses", "sort = 1"),
    ("public.ticket_types", "type_name = 'x'"),
    ("public.tickets", "title = 'x'"),
    ("public.ticket_events", "visibility = 'public'"),
    ("public.audit_log", "role = 'x'"),
    ("public.customers", "email = 'x@x.example'"),
    ("public.ticket_activities", "ticket_id = 1"),
    ("public.ticket_documents", "title = 'x'"),
    ("public.workers", "email = 'x@x.example'"),
    ("public.business_calendars", "timezone = 'UTC'"),
    ("public.business_hours", "weekday = weekday"),
    ("public.business_holidays", "name = 'x'"),
    ("public.sla_policies", "warn_before_minutes = 1"),
    ("public.sla_clocks", "due_at = null"),
    ("public.sla_pauses", "ended_at = now()"),
];

/// Whose rows have others that hold on to them: a DELETE of all ends at a foreign key.
const HELD: &[&str] = &[
    "public.clients",
    "public.team_members",
    "public.ticket_types",
    "public.ticket_statuses",
    "public.business_calendars",
];

/// Relations of the API, each of which has a line in each block.
async fn exposed(admin: &Client) -> Vec<String> {
    texts(
        admin,
        "select oid::regclass::text from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')
        and pg_relation_is_updatable(oid, true) <> 0",
    )
    .await
}

/// A database in which feedback is fresh: what is older than a week is nobody's to change.
async fn fresh_desk() -> TestDb {
    let database = desk().await;
    execute(
        &database.connect("postgres").await,
        "update public.ticket_feedback set created_at = now(), rating = coalesce(rating, 3)",
    )
    .await;
    database
}

/// Staff whom the token names, and everybody who is no staff.
fn is_somebody(person: &Person) -> bool {
    let is_staff = ["desk_agent", "desk_manager", "desk_admin"]
        .iter()
        .any(|role| person.identity.role == *role);
    !is_staff || person.agent.is_some_and(|id| id < 1000)
}

/// The attempts of one block: what a person does to a relation under a setting, and what comes of it.
struct Trial<'a> {
    admin: &'a Client,
    login: &'a Client,
    person: &'a Person,
    relation: &'a str,
    cell: Cell<'a>,
    setting: usize,
}

impl Trial<'_> {
    async fn keys(&self, of: &str, condition: &str) -> Vec<String> {
        let key = key(self.admin, of).await;
        let statement = format!("select ({key})::text from {of} as r where {condition} order by 1");
        texts(self.admin, &statement).await
    }

    async fn expected(&self) -> Vec<String> {
        let condition = self
            .cell
            .condition(self.relation, self.person, self.setting);
        self.keys(self.relation, &condition).await
    }

    async fn inserts(&self) -> Option<String> {
        let specimen = SPECIMENS.iter().find(|s| s.relation == self.relation);
        let specimen = specimen.expect("a specimen of each relation");
        let insert = |target: &str| specimen.insert.replace("$target", target);
        let Some((of, tried)) = specimen.targets else {
            let answer = self.person.identity.write(self.login, &insert("")).await;
            let may = self.cell.scope != "–";
            return (sqlstate(&answer) != if may { "" } else { "42501" })
                .then(|| format!("answers '{}'", sqlstate(&answer)));
        };
        let allowed = if self.cell.scope == "–" {
            Vec::new()
        } else {
            let condition = self.cell.condition(of, self.person, self.setting);
            self.keys(of, &format!("{tried} and ({condition})")).await
        };
        for target in self.keys(of, tried).await {
            let answer = self
                .person
                .identity
                .write(self.login, &insert(&target))
                .await;
            let may = allowed.contains(&target);
            if sqlstate(&answer) != if may { "" } else { "42501" } {
                return Some(format!("{target} answers '{}'", sqlstate(&answer)));
            }
        }
        None
    }

    /// With and without a column that is read: a statement that reads none is not held against the
    /// policies of SELECT.
    async fn changes(&self, read: &str, blind: &str) -> Option<String> {
        let answer = self.person.identity.write(self.login, read).await;
        let blindly = self.person.identity.affects(self.login, blind).await;
        if self.cell.scope == "–" {
            let states = (sqlstate(&answer), sqlstate(&blindly));
            return (states != ("42501", "42501")).then(|| format!("answers {states:?}"));
        }
        let expected = self.expected().await;
        if sqlstate(&answer) == "23503" && sqlstate(&blindly) == "23503" {
            return (!HELD.contains(&self.relation)).then(|| "ends at a foreign key".to_owned());
        }
        match (answer, blindly) {
            (Ok(rows), Ok(count)) => differs(&rows, count, &expected),
            (Err(error), _) | (_, Err(error)) => Some(told(&error)),
        }
    }

    async fn updates(&self) -> Option<String> {
        let change = CHANGES.iter().find(|(name, _)| *name == self.relation);
        let change = change.expect("a change of each relation").1;
        let key = key(self.admin, self.relation).await;
        let blind = format!("update {} as r set {change}", self.relation);
        self.changes(&format!("{blind} returning ({key})::text"), &blind)
            .await
    }

    async fn deletes(&self) -> Option<String> {
        let key = key(self.admin, self.relation).await;
        let blind = format!("delete from {} as r", self.relation);
        self.changes(&format!("{blind} returning ({key})::text"), &blind)
            .await
    }
}

fn differs(rows: &[Row], count: u64, expected: &[String]) -> Option<String> {
    let mut seen: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    seen.sort();
    let mut expected = expected.to_vec();
    expected.sort();
    let agrees = seen == expected && usize::try_from(count) == Ok(expected.len());
    (!agrees).then(|| {
        format!(
            "reached {} rows, blindly {count}, not those {}",
            seen.len(),
            expected.len()
        )
    })
}

fn told(error: &Error) -> String {
    error
        .as_db_error()
        .map_or_else(|| error.to_string(), ToString::to_string)
}

/// Where the database and a block disagree, in the relations that `chosen` accepts.
async fn disagreements(
    database: &TestDb,
    block: &'static str,
    chosen: impl Fn(&str) -> bool,
) -> Vec<String> {
    let admin = database.connect("postgres").await;
    let login = database.connect("desk_authenticator").await;
    let table = Table::block(block);
    let mut found = Vec::new();
    for (number, setting) in SETTINGS.iter().enumerate() {
        set_visibility(&admin, setting).await;
        for relation in table.objects().filter(|name| chosen(name)) {
            for person in people(table.roles()) {
                let text = table.cell(relation, &person.identity.role);
                // What does not depend on the ticket does not depend on the setting.
                let depends = person.agent.is_some() || text == "visible";
                if (number > 0 && !depends) || (block == "insert" && !is_somebody(&person)) {
                    continue;
                }
                let trial = Trial {
                    admin: &admin,
                    login: &login,
                    person: &person,
                    relation,
                    cell: Cell::parse(text),
                    setting: number,
                };
                let wrong = match block {
                    "insert" => trial.inserts().await,
                    "update" => trial.updates().await,
                    _ => trial.deletes().await,
                };
                found.extend(wrong.map(|wrong| {
                    let Person { identity, .. } = &person;
                    format!(
                        "{block} {relation} as {} {} under {setting}, which should be {text}: {wrong}",
                        identity.role, identity.claims
                    )
                }));
            }
        }
    }
    found
}

#[tokio::test]
async fn every_relation_of_the_api_stands_in_each_block() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    execute(&admin, "set search_path = ''").await;
    let roles = reachable_roles(&admin).await;
    let none: [String; 0] = [];
    for block in ["insert", "update", "delete"] {
        assert_eq!(
            Table::block(block).gaps(&exposed(&admin).await, &roles),
            none
        );
    }
    execute(&admin, "create table public.later (id integer)").await;
    assert_eq!(
        Table::block("delete").gaps(&exposed(&admin).await, &roles),
        ["matrix.txt [delete] has no line for public.later"]
    );
}

#[tokio::test]
async fn everybody_adds_exactly_what_the_matrix_says() {
    let found = disagreements(&fresh_desk().await, "insert", |_| true).await;
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[tokio::test]
async fn everybody_changes_exactly_what_the_matrix_says() {
    let found = disagreements(&fresh_desk().await, "update", |_| true).await;
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[tokio::test]
async fn everybody_deletes_exactly_what_the_matrix_says() {
    let found = disagreements(&fresh_desk().await, "delete", |_| true).await;
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[tokio::test]
async fn the_matrix_notices_every_kind_of_hole_in_writing() {
    for (hole, block, relation, noticed) in [
        (
            "alter policy insert_own on public.tickets with check (true);
            drop trigger check_ticket on public.tickets",
            "insert",
            "public.tickets",
            "as desk_client",
        ),
        (
            "alter policy insert_visible on public.ticket_assignees with check (true)",
            "insert",
            "public.ticket_assignees",
            "as desk_agent",
        ),
        (
            "alter policy update_own on public.client_contacts using (true) with check (true)",
            "update",
            "public.client_contacts",
            "as desk_client",
        ),
        // a statement that reads a column is still held back by the policies of SELECT
        (
            "alter policy update_visible on public.tickets using (true)",
            "update",
            "public.tickets",
            "blindly",
        ),
        (
            "drop policy update_collaborating on public.tickets",
            "update",
            "public.tickets",
            "as desk_agent",
        ),
        (
            "grant delete on public.tickets to desk_manager",
            "delete",
            "public.tickets",
            "as desk_manager",
        ),
        (
            "alter policy delete_visible on public.ticket_assignees using (true)",
            "delete",
            "public.ticket_assignees",
            "blindly",
        ),
    ] {
        let database = fresh_desk().await;
        execute(&database.connect("postgres").await, hole).await;
        let found = disagreements(&database, block, |name| name == relation).await;
        assert!(
            found.iter().any(|one| one.contains(noticed)),
            "{hole}: {found:?}"
        );
    }
}
