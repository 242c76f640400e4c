//! Who asks, and what must not come back: everything not named here as a right.

use serde_json::json;

use super::worlds::{HIDDEN, OWN};
use crate::harness::server::token;

/// What the hidden tenant's rows say, what notes among staff say, what only staff know of the team, what
/// no role of the API may read.
pub const MARKS: [&str; 4] = ["hidb", "hidnote", "hidstaff", "hidops"];

/// What stands beside marks: the ids of the hidden tenant's rows, wherever digits begin so.
pub const HIDDEN_IDS: &str = "77000";

/// What a role is entitled to see although it carries a mark, and why. A mark that is not listed for a
/// caller must not reach it.
const ENTITLED: &[(&str, &[&str], &str)] = &[
    (
        "an agent whose tickets are those of the queue",
        &[
            "hidnote",
            "hidstaff",
            "hidb-clients",
            "hidb-client_contacts",
            "hidb-payments",
            "hidb-accounts",
        ],
        "staff read all clients, contacts, payments and each other; notes on tickets that they see",
    ),
    (
        "an agent whose tickets are those of the department",
        &[
            "hidnote",
            "hidstaff",
            "hidb-clients",
            "hidb-client_contacts",
            "hidb-payments",
            "hidb-accounts",
        ],
        "the same",
    ),
    (
        "an admin",
        &["hidb", "hidnote", "hidstaff"],
        "admins read everything that the API has",
    ),
    (
        "a manager",
        &["hidb", "hidnote", "hidstaff"],
        "managers read every ticket, client and payment",
    ),
    (
        "a trusted script",
        &["hidb", "hidnote", "hidstaff"],
        "every row of the API, for imports",
    ),
];

/// Relations that hold no tenant's rows, and why they are shared: there is nothing of the hidden tenant to
/// be found in them.
pub const SHARED: &[(&str, &str)] = &[
    ("business_calendars", "when the desk works"),
    ("business_holidays", "when the desk rests"),
    ("business_hours", "when the desk works"),
    ("custom_fields", "which fields tickets have"),
    (
        "queue_unassigned",
        "what nobody has, which every agent sees and no client",
    ),
    ("sla_policies", "what the desk promises to all"),
    ("status_transitions", "how tickets move"),
    (
        "team_members",
        "who works at the desk; clients see names, see hidstaff",
    ),
    ("ticket_statuses", "which statuses there are"),
    ("ticket_types", "what tickets are about"),
];

/// How much is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Depth {
    /// Every door of every relation, column and function, and both worlds must answer alike.
    Everything,
    /// Every relation and function by its main doors, and both worlds must answer alike.
    Doors,
    /// As `Doors`, of the world with both tenants alone: this caller sees some of the hidden one's.
    Marks,
}

pub struct Caller {
    pub name: &'static str,
    pub token: Option<String>,
    pub depth: Depth,
    /// `agent_visibility` while it asks.
    pub visibility: &'static str,
}

impl Caller {
    fn new(name: &'static str, token: Option<String>, depth: Depth) -> Self {
        Self {
            name,
            token,
            depth,
            visibility: "all",
        }
    }

    fn while_agents_see(mut self, visibility: &'static str) -> Self {
        self.visibility = visibility;
        self
    }

    pub fn is_entitled_to(&self, text: &str) -> bool {
        let rights = ENTITLED.iter().find(|(name, ..)| *name == self.name);
        rights.is_some_and(|(_, marks, _)| marks.iter().any(|mark| text.starts_with(mark)))
    }

    /// Ids say nothing to whoever sees clients and payments: which of them are tickets', the list says.
    pub fn is_entitled_to_id(&self, id: &str) -> bool {
        let tickets = format!("{HIDDEN_IDS}001");
        match self.depth {
            Depth::Marks if self.visibility == "all" => true,
            Depth::Marks => !(id.len() == 9 && id.starts_with(&tickets)),
            _ => false,
        }
    }
}

/// The one whose every door is tried.
pub fn client() -> Caller {
    let claims = json!({ "client_id": OWN });
    Caller::new(
        "a client",
        Some(token("desk_client", claims)),
        Depth::Everything,
    )
}

pub fn agent(visibility: &'static str) -> Caller {
    let name = match visibility {
        "queue" => "an agent whose tickets are those of the queue",
        _ => "an agent whose tickets are those of the department",
    };
    let claims = json!({ "team_member_id": 1 });
    Caller::new(name, Some(token("desk_agent", claims)), Depth::Marks).while_agents_see(visibility)
}

/// Every kind of caller.
pub fn everybody() -> Vec<Caller> {
    let linked = |name, claims| Caller::new(name, Some(token("desk_client", claims)), Depth::Doors);
    let staff = |name, role, id| {
        let claims = json!({ "team_member_id": id });
        Caller::new(name, Some(token(role, claims)), Depth::Marks)
    };
    let contact = format!("{}-0000-4000-8000-000000000001", OWN / 10);
    vec![
        Caller::new("nobody", None, Depth::Doors),
        client(),
        linked(
            "a contact",
            json!({ "client_id": OWN, "sub": contact, "email": "owna-1@example.com" }),
        ),
        linked("a client without a link", json!({})),
        linked("a client linked to null", json!({ "client_id": null })),
        linked("a client linked to nothing", json!({ "client_id": "" })),
        linked(
            "a client linked by a text",
            json!({ "client_id": HIDDEN.to_string() }),
        ),
        linked(
            "a client linked by a list",
            json!({ "client_id": [HIDDEN] }),
        ),
        linked(
            "a client with a team member's link",
            json!({ "team_member_id": 2 }),
        ),
        agent("queue"),
        agent("team"),
        staff("a manager", "desk_manager", 1),
        staff("an admin", "desk_admin", 3),
        staff("a trusted script", "desk_service", 3),
    ]
}
