//! What people try, at random: sensible things and foolish ones.

use serde_json::{Value, json};

use crate::brute_force::Generator;
use crate::harness::server::token;

/// In everything that only staff may read.
pub const SECRET: &str = "among staff";

pub const CLIENTS: [i32; 3] = [1, 2, 3];

const STATUSES: [&str; 7] = [
    "new",
    "open",
    "in_progress",
    "blocked",
    "pending",
    "resolved",
    "closed",
];
const PRIORITIES: [&str; 4] = ["low", "medium", "high", "urgent"];

/// What a client writes names the client.
pub fn mark(client: i32) -> String {
    format!("of client {client};")
}

pub enum Actor {
    Client(i32),
    Agent(i32),
    Manager,
    Admin,
    Service,
}

impl Actor {
    pub fn any(generator: &mut Generator) -> Self {
        match generator.below(20) {
            0..=6 => Self::Client(generator.one(&CLIENTS)),
            7..=15 => Self::Agent(generator.one(&[2, 3, 4, 5, 12, 13])),
            16 | 17 => Self::Manager,
            18 => Self::Admin,
            _ => Self::Service,
        }
    }

    pub fn token(&self) -> String {
        match self {
            Self::Client(id) => token("desk_client", json!({ "client_id": id })),
            Self::Agent(id) => token("desk_agent", json!({ "team_member_id": id })),
            Self::Manager => token("desk_manager", json!({ "team_member_id": 10 })),
            Self::Admin => token("desk_admin", json!({ "team_member_id": 1 })),
            Self::Service => token("desk_service", json!({})),
        }
    }
}

/// One request, and under which name its successes are counted.
pub struct Action {
    pub name: &'static str,
    pub method: &'static str,
    pub url: String,
    pub body: Value,
}

fn post(name: &'static str, url: &str, body: Value) -> Action {
    Action {
        name,
        method: "POST",
        url: url.to_owned(),
        body,
    }
}

fn call(function: &'static str, arguments: Value) -> Action {
    post(function, &format!("/rpc/{function}"), arguments)
}

fn patch(name: &'static str, id: i32, body: Value) -> Action {
    Action {
        name,
        method: "PATCH",
        url: format!("/tickets?id=eq.{id}"),
        body,
    }
}

fn read(url: String) -> Action {
    Action {
        name: "read",
        method: "GET",
        url,
        body: Value::Null,
    }
}

pub fn any(actor: &Actor, generator: &mut Generator, tickets: &[i32]) -> Action {
    if tickets.is_empty() || generator.chance(4) {
        return open(actor, generator);
    }
    let ticket = generator.one(tickets);
    match actor {
        Actor::Client(client) => of_client(*client, generator, ticket),
        Actor::Service => of_service(generator, ticket),
        _ => of_staff(generator, ticket, tickets),
    }
}

fn open(actor: &Actor, generator: &mut Generator) -> Action {
    let client = match actor {
        Actor::Client(id) => *id,
        _ => generator.one(&CLIENTS),
    };
    let mut ticket = json!({
        "client_id": client,
        "ticket_type_id": generator.one(&[1, 2, 3, 9]),
        "title": mark(client),
        "priority": generator.one(&PRIORITIES),
        "tags": [generator.one(&["vip", "api"])],
    });
    if !matches!(actor, Actor::Client(_)) {
        ticket["status"] = json!(generator.one(&STATUSES));
        if generator.chance(50) {
            ticket["assigned_to"] = json!(generator.one(&[2, 3, 12]));
        }
    }
    post("open", "/tickets", ticket)
}

fn of_client(client: i32, generator: &mut Generator, ticket: i32) -> Action {
    match generator.below(10) {
        0..=4 => post(
            "answer",
            "/ticket_messages",
            json!({ "ticket_id": ticket, "message_text": mark(client) }),
        ),
        5 => post(
            "feedback",
            "/ticket_feedback",
            json!({ "ticket_id": ticket, "rating": 1 + generator.below(5) }),
        ),
        6 => patch("forbidden", ticket, json!({ "status": "closed" })),
        7 => call("ticket_history", json!({ "ticket": ticket })),
        _ => read(
            generator
                .one(&CLIENT_READS)
                .replace("$ticket", &ticket.to_string()),
        ),
    }
}

/// Every door behind which something of a ticket stands.
const CLIENT_READS: [&str; 10] = [
    "/tickets?order=id.desc&limit=50",
    "/tickets?select=*,ticket_messages(*),ticket_events(*),ticket_feedback(*)&id=eq.$ticket",
    "/ticket_messages?ticket_id=eq.$ticket",
    "/ticket_events?ticket_id=eq.$ticket",
    "/ticket_events?order=seq.desc&limit=200",
    "/ticket_activities?ticket_id=eq.$ticket",
    "/ticket_documents?id=eq.$ticket",
    "/customers",
    "/rpc/ticket_thread?ticket=$ticket",
    "/rpc/ticket_list?order=created_at.desc&limit=50",
];

fn of_service(generator: &mut Generator, ticket: i32) -> Action {
    match generator.below(3) {
        // mail of whoever's ticket it is: the mark is the server's to check, and is left out
        0 => post(
            "mail",
            "/ticket_messages",
            json!({ "ticket_id": ticket, "message_text": "by mail", "from_client": true }),
        ),
        1 => call("auto_assign", json!({ "ticket": ticket })),
        _ => patch(
            "metadata",
            ticket,
            json!({ "metadata": { "n": generator.below(9) } }),
        ),
    }
}

fn of_staff(generator: &mut Generator, ticket: i32, tickets: &[i32]) -> Action {
    let message = |fields: Value| {
        let mut message = json!({ "ticket_id": ticket, "message_text": "We are on it." });
        for (name, value) in fields.as_object().expect("fields") {
            message[name] = value.clone();
        }
        message
    };
    let only = json!({ "ticket": ticket });
    match generator.below(26) {
        0..=2 => post("message", "/ticket_messages", message(json!({}))),
        3 | 4 => post(
            "question",
            "/ticket_messages",
            message(json!({ "is_question": true })),
        ),
        5 | 6 => post(
            "note",
            "/ticket_messages",
            message(json!({ "is_internal": true, "message_text": SECRET })),
        ),
        7 | 8 => call("take_ticket", only),
        9 => call(
            "assign_ticket",
            json!({ "ticket": ticket, "team_member": generator.one(&[Some(2), Some(3), Some(12), None]) }),
        ),
        10 => call("auto_assign", only),
        11 | 12 => call(
            "resolve_ticket",
            json!({ "ticket": ticket, "answer": "Done." }),
        ),
        13 => call("resolve_ticket", only),
        14 => call("close_ticket", only),
        15 => call(
            "reopen_ticket",
            json!({ "ticket": ticket, "reason": SECRET }),
        ),
        16 => call(
            "override_priority",
            json!({ "ticket": ticket, "new_priority": generator.one(&PRIORITIES), "reason": SECRET }),
        ),
        17 if generator.chance(30) => call(
            "merge_tickets",
            json!({ "ticket": ticket, "into_ticket": generator.one(tickets) }),
        ),
        17..=19 => patch(
            "status",
            ticket,
            json!({ "status": generator.one(&STATUSES) }),
        ),
        20 => patch(
            "fields",
            ticket,
            json!({ "custom_fields": { generator.one(&["a", "b", "c"]): generator.below(3) } }),
        ),
        21 => patch(
            "facts",
            ticket,
            json!({
                "priority": generator.one(&PRIORITIES),
                "tags": [generator.one(&["vip", "api", "billing"])],
                "source_channel": generator.one(&["email", "chat"]),
            }),
        ),
        22 => patch(
            "assignee",
            ticket,
            json!({ "assigned_to": generator.one(&[2, 4, 13]) }),
        ),
        23 => post(
            "help",
            "/ticket_assignees",
            json!({ "ticket_id": ticket, "team_member_id": generator.one(&[2, 5, 13]) }),
        ),
        24 => Action {
            name: "no more help",
            method: "DELETE",
            url: format!("/ticket_assignees?ticket_id=eq.{ticket}"),
            body: Value::Null,
        },
        _ => Action {
            name: "many",
            method: "PATCH",
            url: format!("/tickets?id=in.({ticket},{})", generator.one(tickets)),
            body: json!({ "status": generator.one(&STATUSES) }),
        },
    }
}
