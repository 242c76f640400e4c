//! What of the database the server shows.

use super::name::Qualified;

/// The settings that decide who can reach what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exposure {
    /// `db-schemas`: what has a URL.
    pub schemas: Vec<String>,
    /// `db-anon-role`: whoever comes without a token.
    pub anon: Option<String>,
    /// The user of `db-uri`: the server's login.
    pub login: Option<String>,
}

impl Exposure {
    /// Whether the object has a URL.
    pub fn shows(&self, name: &Qualified) -> bool {
        self.schemas.contains(&name.schema)
    }
}
