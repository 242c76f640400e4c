//! Names in SQL that this program writes for itself. What requests name is quoted by the room that renders them.

/// An identifier as Postgres reads it.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
