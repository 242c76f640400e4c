//! What has to be true of a desk, whatever happened there.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use tokio_postgres::Client;

use super::walk::rows;

/// Statements that give what is wrong, a line each.
const RULES: &[(&str, &str)] = &[
    (
        "open and resolved at once",
        "select t.id from public.tickets as t
        left join public.ticket_statuses as s on s.code = t.status
        where coalesce(s.category, 'open') in ('open', 'pending')
            and (t.resolved_at is not null or t.closed_at is not null)",
    ),
    (
        "solved at no time",
        "select t.id from public.tickets as t
        join public.ticket_statuses as s on s.code = t.status
        where s.category = 'solved' and (t.resolved_at is null or t.closed_at is not null)",
    ),
    (
        "merged and not closed",
        "select t.id from public.tickets as t
        join public.ticket_statuses as s on s.code = t.status
        where t.merged_into is not null and s.category <> 'closed'",
    ),
    (
        "merged with another client's",
        "select t.id from public.tickets as t join public.tickets as o on o.id = t.merged_into
        where o.client_id <> t.client_id",
    ),
    (
        "the first response is not the first",
        "select t.id from public.tickets as t
        where t.first_response_at is distinct from (
            select min(m.created_at) from public.ticket_messages as m
            where m.ticket_id = t.id and not m.from_client and not m.is_internal
        )",
    ),
    (
        "a step that is not foreseen",
        "select e.ticket_id from public.ticket_events as e
        left join public.ticket_statuses as o on o.code = e.old_value #>> '{}'
        left join public.ticket_statuses as n on n.code = e.new_value #>> '{}'
        where e.type = 'status-update' and e.actor_role <> 'system'
            and coalesce(o.category, 'open') <> coalesce(n.category, 'open')
            and not exists (
                select from public.status_transitions as t
                where t.from_category = coalesce(o.category, 'open')
                    and t.to_category = coalesce(n.category, 'open')
            )
            and not exists (
                select from public.ticket_events as m
                where m.ticket_id = e.ticket_id and m.field_name = 'merged_into'
                    and m.created_at = e.created_at
            )",
    ),
    (
        "reopened another number of times",
        "select t.id from public.tickets as t
        where t.reopen_count <> (
            select count(*) from public.ticket_events as e
            join public.ticket_statuses as o on o.code = e.old_value #>> '{}'
            left join public.ticket_statuses as n on n.code = e.new_value #>> '{}'
            where e.ticket_id = t.id and e.type = 'status-update'
                and o.category in ('solved', 'closed')
                and coalesce(n.category, 'open') in ('open', 'pending')
        )",
    ),
    (
        "a message without its event, or two",
        "select m.ticket_id from public.ticket_messages as m
        where 1 <> (
            select count(*) from public.ticket_events as e
            where e.ticket_id = m.ticket_id and e.message_id = m.id
                and e.type = case when m.is_internal then 'note-added' else 'message' end
                and e.visibility = case when m.is_internal then 'private' else 'public' end
        )",
    ),
    (
        "an event before its ticket was created",
        "select e.ticket_id from public.ticket_events as e
        where e.type = 'created' and exists (
            select from public.ticket_events as b where b.ticket_id = e.ticket_id and b.seq < e.seq
        )",
    ),
];

const STATES: &str = "
    select to_jsonb(t) || jsonb_build_object('collaborators', (
        select coalesce(jsonb_agg(a.team_member_id order by a.team_member_id), '[]')
        from public.ticket_assignees as a where a.ticket_id = t.id
    ))
    from public.tickets as t order by t.id";

const EVENTS: &str = "select to_jsonb(e) from public.ticket_events as e order by e.seq";

/// What follows from other things: the times of its end from its status, the rest from its clocks.
const KEPT: [&str; 2] = ["resolved_at", "closed_at"];

/// What follows from the events of a ticket, one after the other.
#[derive(Default)]
struct Replayed {
    state: Map<String, Value>,
    collaborators: BTreeSet<i64>,
}

impl Replayed {
    fn apply(&mut self, event: &Value) {
        let new = event["new_value"].clone();
        let helps = event["metadata"]["collaborator"] == true;
        let mut set = |column: &str, value: Value| self.state.insert(column.to_owned(), value);
        match event["type"].as_str().expect("a type") {
            "created" => self.state = new.as_object().expect("a state").clone(),
            "status-update" => drop(set("status", new)),
            "priority-change" => drop(set("priority", new)),
            "assignment-added" if helps => {
                self.collaborators.extend(event["agent_id"].as_i64());
            }
            "assignment-removed" if helps => {
                self.collaborators
                    .remove(&event["agent_id"].as_i64().expect("a member"));
            }
            "assignment-added" => drop(set("assigned_to", event["agent_id"].clone())),
            "assignment-removed" => drop(set("assigned_to", Value::Null)),
            "field-added" | "field-changed" | "field-removed" => self.field(event, new),
            _ => {}
        }
    }

    fn field(&mut self, event: &Value, new: Value) {
        let name = event["field_name"].as_str().expect("a name").to_owned();
        if event["metadata"]["custom_field"] != true {
            self.state.insert(name, new);
            return;
        }
        let fields = self.state["custom_fields"].as_object_mut().expect("fields");
        if event["type"] == "field-removed" {
            fields.remove(&name);
        } else {
            fields.insert(name, new);
        }
    }
}

/// What is wrong, in words; nothing if nothing is.
pub async fn broken(admin: &Client) -> Vec<String> {
    let mut wrong = Vec::new();
    for (rule, statement) in RULES {
        for row in admin.query(*statement, &[]).await.expect(rule) {
            wrong.push(format!("ticket {}: {rule}", row.get::<_, i32>(0)));
        }
    }
    let mut replayed: BTreeMap<i64, Replayed> = BTreeMap::new();
    for event in rows(admin, EVENTS).await {
        let ticket = event["ticket_id"].as_i64().expect("a ticket");
        replayed.entry(ticket).or_default().apply(&event);
    }
    for state in rows(admin, STATES).await {
        let id = state["id"].as_i64().expect("an id");
        let Some(told) = replayed.get(&id) else {
            wrong.push(format!("ticket {id}: no event at all"));
            continue;
        };
        for (column, value) in &told.state {
            if !KEPT.contains(&column.as_str()) && state[column] != *value {
                wrong.push(format!(
                    "ticket {id}: {column} is {}, the events say {value}",
                    state[column]
                ));
            }
        }
        let helpers: BTreeSet<i64> = state["collaborators"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(Value::as_i64)
            .collect();
        if helpers != told.collaborators {
            wrong.push(format!(
                "ticket {id}: {helpers:?} help, the events say {:?}",
                told.collaborators
            ));
        }
    }
    wrong
}
