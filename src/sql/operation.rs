//! Statements of the server itself, not of a request.

use super::fragment::Sql;

/// Listens on a channel.
#[must_use]
pub fn listen(channel: &str) -> String {
    let mut sql = Sql::default();
    sql.push("listen ").ident(channel);
    sql.finish().sql
}

/// Calls the function that makes settings: `schema.name`, or a name in the search path.
#[must_use]
pub fn pre_config(function: &str) -> String {
    let mut sql = Sql::default();
    sql.push("select ").dotted(function).push("()");
    sql.finish().sql
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted() {
        assert_eq!(listen("pgrst"), "listen \"pgrst\"");
        assert_eq!(listen("a\"; drop"), "listen \"a\"\"; drop\"");
        assert_eq!(pre_config("a.f"), "select \"a\".\"f\"()");
        assert_eq!(pre_config("f(); x"), "select \"f(); x\"()");
    }
}
