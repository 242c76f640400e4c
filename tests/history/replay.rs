//! The history is complete: replaying it gives every ticket as it is, whatever was done to it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use tokio_postgres::Client;

use super::{history, rows};
use crate::brute_force::Generator;
use crate::harness::desk::execute;

/// Columns that the history keeps.
const COLUMNS: [&str; 12] = [
    "client_id",
    "ticket_type_id",
    "title",
    "description",
    "status",
    "priority",
    "assigned_to",
    "tags",
    "custom_fields",
    "source_channel",
    "merged_into",
    "created_by",
];

#[derive(Debug, Default, PartialEq)]
struct State {
    columns: BTreeMap<&'static str, Value>,
    collaborators: BTreeSet<i64>,
    messages: BTreeSet<i64>,
    rating: Option<Value>,
}

impl State {
    fn apply(&mut self, event: &Value) {
        let new = event["new_value"].clone();
        let agent = &event["agent_id"];
        let collaborates = event["metadata"]["collaborator"] == true;
        match event["type"].as_str().unwrap() {
            "created" => {
                for column in COLUMNS {
                    self.columns.insert(column, new[column].clone());
                }
            }
            "status-update" => self.set("status", new, &event["old_value"]),
            "priority-change" => self.set("priority", new, &event["old_value"]),
            "assignment-added" if collaborates => {
                assert!(self.collaborators.insert(agent.as_i64().unwrap()));
            }
            "assignment-removed" if collaborates => {
                assert!(self.collaborators.remove(&agent.as_i64().unwrap()));
            }
            "assignment-added" => self
                .columns
                .insert("assigned_to", agent.clone())
                .map_or((), drop),
            "assignment-removed" => self.set("assigned_to", Value::Null, agent),
            "field-added" | "field-removed" | "field-changed" => self.field(event, new),
            "message" | "note-added" => {
                assert!(self.messages.insert(event["message_id"].as_i64().unwrap()));
            }
            "message-removed" => {
                assert!(self.messages.remove(&event["message_id"].as_i64().unwrap()));
            }
            "feedback-added" | "feedback-changed" => self.rating = Some(new["rating"].clone()),
            "feedback-removed" => self.rating = None,
            "message-changed" | "sla-breached" => {}
            other => panic!("no such event: {other}"),
        }
    }

    fn set(&mut self, column: &'static str, new: Value, old: &Value) {
        let before = self.columns.insert(column, new).expect("a known column");
        assert_eq!(&before, old, "{column} was something else");
    }

    fn field(&mut self, event: &Value, new: Value) {
        let name = event["field_name"].as_str().unwrap();
        if event["metadata"]["custom_field"] != true {
            if let Some(column) = COLUMNS.into_iter().find(|column| *column == name) {
                self.set(column, new, &event["old_value"]);
            }
            return;
        }
        let fields = self.columns.get_mut("custom_fields").unwrap();
        let fields = fields.as_object_mut().unwrap();
        let before = if event["type"] == "field-removed" {
            fields.remove(name)
        } else {
            fields.insert(name.to_owned(), new)
        };
        assert_eq!(before.is_none(), event["type"] == "field-added", "{name}");
        assert_eq!(before.unwrap_or_default(), event["old_value"], "{name}");
    }
}

/// Every ticket as its history has it.
async fn replayed(admin: &Client) -> BTreeMap<i64, State> {
    let mut states: BTreeMap<i64, State> = BTreeMap::new();
    let query = "select * from ticket_events order by ticket_id, created_at, seq";
    for event in rows(admin, query).await {
        let ticket = event["ticket_id"].as_i64().unwrap();
        states.entry(ticket).or_default().apply(&event);
    }
    states
}

/// Every ticket as it is.
async fn real(admin: &Client) -> BTreeMap<i64, State> {
    let query = "select t as ticket,
            array(select team_member_id from ticket_assignees where ticket_id = t.id) as collaborators,
            array(select id from ticket_messages where ticket_id = t.id) as messages,
            (select to_jsonb(f) from ticket_feedback as f where ticket_id = t.id) as feedback
        from tickets as t";
    let numbers = |value: &Value| -> BTreeSet<i64> {
        let all = value.as_array().unwrap().iter();
        all.map(|one| one.as_i64().unwrap()).collect()
    };
    let state = |row: &Value| State {
        columns: COLUMNS
            .into_iter()
            .map(|column| (column, row["ticket"][column].clone()))
            .collect(),
        collaborators: numbers(&row["collaborators"]),
        messages: numbers(&row["messages"]),
        rating: row["feedback"].get("rating").cloned(),
    };
    let rows = rows(admin, query).await;
    let tickets = rows.iter();
    tickets
        .map(|row| (row["ticket"]["id"].as_i64().unwrap(), state(row)))
        .collect()
}

/// Tickets that are not what their history says.
pub async fn disagreements(admin: &Client) -> Vec<String> {
    let (told, is) = (replayed(admin).await, real(admin).await);
    let all: BTreeSet<&i64> = told.keys().chain(is.keys()).collect();
    all.into_iter()
        .filter(|ticket| told.get(ticket) != is.get(ticket))
        .map(|ticket| {
            let (told, is) = (told.get(ticket), is.get(ticket));
            format!("ticket {ticket} is {is:?}, the events say {told:?}")
        })
        .collect()
}

async fn assert_complete(admin: &Client, after: &str) {
    let wrong = disagreements(admin).await;
    assert!(wrong.is_empty(), "after: {after}\n{}", wrong.join("\n"));
}

/// Any kind of write, on some tickets.
fn statement(generator: &mut Generator) -> String {
    let (a, b) = (1 + generator.below(40), 1 + generator.below(40));
    let some = format!("between {} and {}", a.min(b), a.max(b));
    let fields: Map<String, Value> = ["color", "floor", "title"]
        .into_iter()
        .filter(|_| generator.below(2) == 0)
        .map(|key| (key.to_owned(), json!(a % 3)))
        .collect();
    let fields = Value::Object(fields);
    let status = generator.one(&["'open'", "'pending'", "'resolved'", "'closed'", "null"]);
    let priority = generator.one(&["'low'", "'high'", "null"]);
    let member = generator.one(&["1", "2", "3", "null"]);
    let message = format!(
        "ticket_messages (ticket_id, from_client, is_internal, message_text)
        select id, id % 2 = 0, id % 3 = 0, 'x' from tickets where id {some}"
    );
    let all = [
        format!("update tickets set status = {status} where id {some}"),
        format!("update tickets set priority = {priority}, assigned_to = {member} where id {some}"),
        format!("update tickets set assigned_to = {member}, status = {status}, title = 'T{a}' where id {some}"),
        format!("update tickets set custom_fields = '{fields}', tags = '{{t{a}}}' where id {some}"),
        format!("update tickets set custom_fields = custom_fields || '{fields}' where id = {a}"),
        format!("update tickets set client_id = 1 + {a} % 5, ticket_type_id = 1 + {b} % 5 where id {some}"),
        format!("update tickets set description = 'D{b}', source_channel = 'chat' where id = {a}"),
        format!("insert into {message}"),
        format!("update ticket_messages set ticket_id = {a} where ticket_id = {b}"),
        format!("update ticket_messages set is_internal = not is_internal where ticket_id {some}"),
        format!("delete from ticket_messages where ticket_id = {a}"),
        format!("insert into ticket_feedback (ticket_id, rating) select id, 1 + id % 5 from tickets where id {some}
            on conflict (ticket_id) do update set rating = {a} % 5 + 1"),
        format!("delete from ticket_feedback where ticket_id {some}"),
        format!("insert into ticket_assignees (ticket_id, team_member_id) select id, 1 + {a} % 4 from tickets
            where id {some} on conflict do nothing"),
        format!("update ticket_assignees set team_member_id = 5 + {a} % 9 where ticket_id = {b} and team_member_id = (
            select min(team_member_id) from ticket_assignees where ticket_id = {b}) and not exists (
            select from ticket_assignees where ticket_id = {b} and team_member_id = 5 + {a} % 9)"),
        format!("delete from ticket_assignees where ticket_id {some}"),
        format!("insert into tickets (client_id, ticket_type_id, title, assigned_to, custom_fields)
            values (1, 1, 'New {a}', {member}, '{fields}')"),
        format!("delete from tickets where id = {}", 100 + a),
        format!("with gone as (delete from ticket_feedback where ticket_id = {a})
            update tickets set status = {status} where id {some}"),
    ];
    all[generator.below(all.len())].clone()
}

#[tokio::test]
async fn the_history_of_the_demo_gives_its_tickets() {
    let (_database, _server, admin) = history().await;
    assert_complete(&admin, "the seed").await;
}

#[tokio::test]
async fn the_history_gives_the_tickets_after_any_series_of_writes() {
    let (_database, _server, admin) = history().await;
    let mut generator = Generator::new(9);
    for turn in 0..150 {
        let statement = statement(&mut generator);
        // some together in one transaction, at the same moment
        if turn % 5 == 0 {
            let more = self::statement(&mut generator);
            execute(&admin, &format!("begin; {statement}; {more}; commit")).await;
        } else {
            execute(&admin, &statement).await;
        }
        if turn % 10 == 0 {
            assert_complete(&admin, &statement).await;
        }
    }
    assert_complete(&admin, "all of it").await;
}
