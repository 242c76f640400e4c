//! What is in a queue, against a brute force over the base tables.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tokio_postgres::Client;

use super::QUEUES;
use crate::harness::desk::{desk, serve};
use crate::harness::server::token;
use crate::policies::scope::{SETTINGS, set_visibility};

struct Ticket {
    id: i64,
    assigned_to: Option<i64>,
    /// The department of its type.
    department: String,
    is_open: bool,
    is_overdue: bool,
}

/// The tables, as their owner sees them.
struct World {
    tickets: Vec<Ticket>,
    departments: BTreeMap<i64, String>,
    /// Ticket and team member.
    collaborators: BTreeSet<(i64, i64)>,
}

async fn rows(admin: &Client, table: &str) -> Vec<Value> {
    let query = format!("select to_jsonb(r) from {table} as r");
    let rows = admin.query(&query, &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

fn id(row: &Value, name: &str) -> i64 {
    row[name].as_i64().expect(name)
}

fn text(row: &Value, name: &str) -> String {
    row[name].as_str().expect(name).to_owned()
}

async fn world(admin: &Client) -> World {
    let by_id = |rows: Vec<Value>, name: &'static str| -> BTreeMap<i64, String> {
        rows.iter()
            .map(|row| (id(row, "id"), text(row, name)))
            .collect()
    };
    let departments = by_id(rows(admin, "public.team_members").await, "department");
    let types = by_id(rows(admin, "public.ticket_types").await, "department");
    let statuses = rows(admin, "public.ticket_statuses").await;
    let statuses: BTreeMap<String, String> = statuses
        .iter()
        .map(|row| (text(row, "code"), text(row, "category")))
        .collect();
    let now: Value = admin
        .query_one("select to_jsonb(now())", &[])
        .await
        .unwrap()
        .get(0);
    let now = now.as_str().unwrap().to_owned();
    let tickets = rows(admin, "public.tickets").await;
    let tickets = tickets.iter().map(|row| {
        let category = row["status"]
            .as_str()
            .map_or("open", |code| &statuses[code]);
        // Times as JSON, all in the zone of the session: the text's order is theirs.
        let is_over = |name: &str| row[name].as_str().is_some_and(|due| *due < *now);
        Ticket {
            id: id(row, "id"),
            assigned_to: row["assigned_to"].as_i64(),
            department: types[&id(row, "ticket_type_id")].clone(),
            is_open: !["solved", "closed"].contains(&category),
            is_overdue: is_over("sla_due_at"),
        }
    });
    let pairs = rows(admin, "public.ticket_assignees").await;
    let pairs = pairs
        .iter()
        .map(|row| (id(row, "ticket_id"), id(row, "team_member_id")));
    World {
        tickets: tickets.collect(),
        departments,
        collaborators: pairs.collect(),
    }
}

impl World {
    fn collaborates(&self, ticket: &Ticket, agent: i64) -> bool {
        self.collaborators.contains(&(ticket.id, agent))
    }

    fn department_of(&self, member: Option<i64>) -> Option<&String> {
        self.departments.get(&member?)
    }

    fn sees(&self, setting: &str, ticket: &Ticket, agent: i64) -> bool {
        let is_known = self.departments.contains_key(&agent);
        let has = ticket.assigned_to;
        match setting {
            "all" => true,
            _ if self.collaborates(ticket, agent) => true,
            _ if has.is_none() => is_known,
            "queue" => has == Some(agent),
            _ => self.department_of(has) == self.department_of(Some(agent)),
        }
    }

    fn is_in(&self, queue: &str, ticket: &Ticket, agent: i64) -> bool {
        let has = ticket.assigned_to;
        ticket.is_open
            && match queue {
                "open_tickets" => true,
                "queue_own" => has == Some(agent) || self.collaborates(ticket, agent),
                "queue_unassigned" => has.is_none(),
                "queue_overdue" => ticket.is_overdue,
                "queue_team" => {
                    let whose = has.map_or(Some(&ticket.department), |_| self.department_of(has));
                    whose == self.department_of(Some(agent))
                }
                other => panic!("{other}"),
            }
    }
}

#[tokio::test]
async fn every_agent_finds_what_a_brute_force_finds_under_every_setting() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let server = serve(&database).await;
    let world = world(&admin).await;
    let mut told_apart: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for setting in SETTINGS {
        set_visibility(&admin, setting).await;
        for agent in world.departments.keys().copied().chain([999_999]) {
            let agent_token = token("desk_agent", json!({ "team_member_id": agent }));
            for queue in QUEUES {
                let url = format!("/{queue}?select=id&order=id");
                let found = server.get(&url).token(&agent_token).send().await;
                let mut expected: Vec<i64> = world
                    .tickets
                    .iter()
                    .filter(|it| world.is_in(queue, it, agent) && world.sees(setting, it, agent))
                    .map(|it| it.id)
                    .collect();
                expected.sort_unstable();
                assert_eq!(found.ids(), expected, "{queue} of {agent} under {setting}");
                told_apart.entry(queue).or_default().insert(expected.len());
            }
        }
    }
    let open = world.tickets.iter().filter(|it| it.is_open).count();
    for (queue, sizes) in told_apart {
        let is_some = sizes.iter().any(|size| *size > 0);
        let is_part = queue == "open_tickets" || sizes.iter().all(|size| *size < open);
        assert!(is_some && is_part, "{queue}: {sizes:?} of {open}");
    }
}

#[tokio::test]
async fn a_row_says_what_a_list_of_work_shows() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let server = serve(&database).await;
    let agent = token("desk_agent", json!({ "team_member_id": 3 }));
    let url = "/open_tickets?order=id&limit=400";
    let shown = server.get(url).token(&agent).send().await.ok();
    let query = "
        select to_jsonb(r) from (
            select t.id, 1000 + t.id as number, t.title, t.client_id, c.client_name, t.ticket_type_id,
                y.type_name, y.department, t.priority,
                coalesce(array_position('{low,medium,high,urgent}', t.priority::text), 0) as priority_rank,
                t.status, t.assigned_to, m.display_name as assignee_name, t.tags,
                t.created_at, t.updated_at
            from public.tickets t
            join public.clients c on c.id = t.client_id
            join public.ticket_types y on y.id = t.ticket_type_id
            left join public.team_members m on m.id = t.assigned_to
            where coalesce(t.status, 'new') in ('new', 'open', 'in_progress', 'blocked', 'pending')
            order by t.id limit 400
        ) as r";
    let expected = admin.query(query, &[]).await.unwrap();
    let expected: Vec<Value> = expected.iter().map(|row| row.get(0)).collect();
    let mut shown = shown.as_array().unwrap().clone();
    for row in &mut shown {
        let row = row.as_object_mut().unwrap();
        let category = row.remove("status_category").unwrap();
        let is_pending = row["status"] == "pending";
        assert_eq!(category, if is_pending { "pending" } else { "open" });
        assert!(row.remove("age").unwrap().is_string());
        row.remove("due_at").unwrap();
    }
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn a_ticket_whose_time_is_over_is_overdue_and_no_other() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let server = serve(&database).await;
    let manager = token("desk_manager", json!({ "team_member_id": 1 }));
    // What the clocks would say of it, they say in tests/sla.
    let script = "set session_replication_role = replica;
        insert into public.tickets (id, client_id, ticket_type_id, title, sla_due_at) values
            (9200001, 1, 1, 'Over', now() - interval '1 minute'),
            (9200002, 1, 1, 'Soon', now() + interval '1 minute'),
            (9200003, 1, 1, 'Never', null)";
    crate::harness::desk::execute(&admin, script).await;
    let url = "/queue_overdue?id=gte.9200001&select=id";
    let found = server.get(url).token(&manager).send().await;
    assert_eq!(found.ids(), [9_200_001]);
}
