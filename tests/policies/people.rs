//! Who asks in the matrix of reading.

use serde_json::json;

use crate::harness::identity::Identity;

/// Somebody who asks, and who that is in the eyes of the test.
pub struct Person {
    pub identity: Identity,
    pub client: Option<i32>,
    pub agent: Option<i32>,
}

impl Person {
    fn client(id: Option<i32>) -> Self {
        Self {
            identity: id.map_or(
                Identity::with("desk_client", json!({ "team_member_id": 1 })),
                Identity::client,
            ),
            client: id,
            agent: None,
        }
    }

    fn staff(role: &str, id: Option<i32>) -> Self {
        let claims = id.map_or(
            json!({ "client_id": 1 }),
            |id| json!({ "team_member_id": id }),
        );
        Self {
            identity: Identity::with(role, claims),
            client: None,
            agent: id,
        }
    }
}

/// Several of each kind; some name nobody that exists, some bring claims that do not help them.
pub fn people(roles: &[String]) -> Vec<Person> {
    let mut people = Vec::new();
    for role in roles {
        match role.as_str() {
            "desk_client" => {
                people
                    .extend([Some(1), Some(2), Some(20), Some(999_999), None].map(Person::client));
            }
            "desk_agent" => people.extend(
                [Some(1), Some(5), Some(11), Some(15), Some(999_999), None]
                    .map(|id| Person::staff(role, id)),
            ),
            _ => people.extend([Some(1), None].map(|id| Person::staff(role, id))),
        }
    }
    people
}
