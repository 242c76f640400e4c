//! The readable tables beside the tests: a line an object, a column a role.

use std::collections::{BTreeMap, BTreeSet};

use tokio_postgres::Client;

/// Roles stand in the tables without it.
const PREFIX: &str = "desk_";

/// A table file, read.
pub struct Table {
    name: String,
    /// With their prefix.
    roles: Vec<String>,
    rows: BTreeMap<String, Vec<String>>,
}

impl Table {
    /// A block of `matrix.txt`: what stands between `[name]` and the next such line.
    pub fn block(name: &'static str) -> Self {
        let text = include_str!("matrix.txt");
        let start = format!("[{name}]\n");
        let (_, text) = text.split_once(&start).expect("a block of that name");
        let text = text.split_once("\n[").map_or(text, |(block, _)| block);
        let mut table = Self::parse("matrix.txt", text);
        table.name = format!("matrix.txt [{name}]");
        table
    }

    pub fn parse(name: &'static str, text: &str) -> Self {
        let mut lines = text
            .lines()
            .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
            .map(|line| line.split('|').map(|cell| cell.trim().to_owned()));
        let roles = lines.next().expect("a line of roles").skip(1);
        let roles: Vec<_> = roles.map(|role| format!("{PREFIX}{role}")).collect();
        let mut rows = BTreeMap::new();
        for mut line in lines {
            let object = line.next().expect("an object");
            let cells: Vec<_> = line.collect();
            assert_eq!(cells.len(), roles.len(), "{name}: cells of {object}");
            let before = rows.insert(object.clone(), cells);
            assert!(before.is_none(), "{name} names {object} twice");
        }
        Self {
            name: name.to_owned(),
            roles,
            rows,
        }
    }

    pub fn roles(&self) -> &[String] {
        &self.roles
    }

    pub fn objects(&self) -> impl Iterator<Item = &String> {
        self.rows.keys()
    }

    pub fn cell(&self, object: &str, role: &str) -> &str {
        let column = self.roles.iter().position(|known| known == role);
        &self.rows[object][column.expect("a role of the table")]
    }

    /// What the table and the database do not have in common.
    pub fn gaps(&self, objects: &[String], roles: &[String]) -> Vec<String> {
        let lines = differences(self.objects(), objects, "line", &self.name);
        let columns = differences(self.roles.iter(), roles, "column", &self.name);
        lines.chain(columns).collect()
    }
}

fn differences<'a>(
    said: impl Iterator<Item = &'a String>,
    real: &'a [String],
    kind: &'static str,
    name: &str,
) -> impl Iterator<Item = String> {
    let said: BTreeSet<_> = said.collect();
    let real: BTreeSet<_> = real.iter().collect();
    let missing = real.difference(&said);
    let missing = missing.map(|one| format!("{name} has no {kind} for {one}"));
    let stale = said.difference(&real);
    let stale = stale.map(|one| format!("{name} has a {kind} for {one}, which does not exist"));
    missing.chain(stale).collect::<Vec<_>>().into_iter()
}

/// Every role that the server's login may become, itself included, directly or through others.
pub async fn reachable_roles(admin: &Client) -> Vec<String> {
    texts(
        admin,
        "select rolname::text from pg_roles
        where pg_has_role('desk_authenticator', oid, 'member')",
    )
    .await
}

/// The first column of a query.
pub async fn texts(admin: &Client, statement: &str) -> Vec<String> {
    let rows = admin.query(statement, &[]).await.expect(statement);
    rows.iter().map(|row| row.get(0)).collect()
}
