//! What a file says about itself in the comment it begins with: `-- key: value`.

/// The text after `key:` in each comment line at the start of `sql` that begins so.
pub(super) fn lines<'a>(sql: &'a str, key: &'a str) -> impl Iterator<Item = &'a str> {
    sql.lines()
        .map(str::trim)
        .take_while(|line| line.is_empty() || line.starts_with("--"))
        .filter_map(move |line| {
            line.trim_start_matches('-')
                .trim_start()
                .strip_prefix(key)?
                .strip_prefix(':')
        })
        .map(str::trim)
}

/// All values of `key` in the comment lines at the start of `sql`, separated by commas.
///
/// `"-- requires: a, b\n-- requires: c\nselect 1"`, `requires` → `a`, `b`, `c`
pub(super) fn values<'a>(sql: &'a str, key: &'a str) -> impl Iterator<Item = &'a str> {
    lines(sql, key)
        .flat_map(|values| values.split(','))
        .map(str::trim)
        .filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::values;

    #[test]
    fn only_the_comment_at_the_start_counts() {
        let sql =
            "-- What it is.\n-- requires: a, b,\n--\n-- requires: c\nselect 1;\n-- requires: d\n";
        assert_eq!(values(sql, "requires").collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!(values(sql, "owner").next(), None);
    }
}
