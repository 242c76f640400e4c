//! What the examples of the rules stand on, and how they are read. The integration tests run the same texts in a
//! database.

use crate::check::files::{self, Files};
use crate::check::model::{Exposure, Subject};
use crate::migrate::Script;

use super::rule::{Finding, Rule};

/// Runs before each example: roles, and an owner who gives everybody nothing. The prefix `web_` may be replaced.
pub const PREAMBLE: &str = "\
create role web_owner nologin;
create role web_anon nologin;
create role web_user nologin;
create role web_login login noinherit;
grant web_anon, web_user to web_login;
grant usage on schema public to web_anon, web_user;
grant usage, create on schema public to web_owner;
do $$ begin execute format('grant create on database %I to web_owner', current_database()); end $$;
alter default privileges for role web_owner revoke execute on functions from public;
set role web_owner;
";

/// The file that an example is read as.
pub const FILE: &str = "sql/functions/example.sql";

/// What the examples are shown by.
pub fn exposure(prefix: &str) -> Exposure {
    Exposure {
        schemas: vec!["public".to_owned()],
        anon: Some(format!("{prefix}anon")),
        login: Some(format!("{prefix}login")),
    }
}

/// An example as the files of a project.
pub fn read(example: &str, prefix: &str) -> Files {
    let script = |path: &str, text: &str| Script {
        path: path.to_owned(),
        text: text.replace("web_", prefix),
    };
    let files = [
        script("database/bootstrap.sql", PREAMBLE),
        script(FILE, example),
    ];
    files::read(&files, Some(&format!("{prefix}owner")))
}

/// What a rule finds in an example, ordered.
pub fn found(rule: &Rule, example: &str, prefix: &str) -> Vec<Finding> {
    let files = read(example, prefix);
    let exposure = exposure(prefix);
    let mut found = (rule.find)(Subject {
        catalog: &files.catalog,
        exposure: &exposure,
    });
    found.sort_by(|one, other| one.object.cmp(&other.object));
    found
}

/// The lines of an example that are marked `-- here`.
pub fn marked(example: &str) -> Vec<usize> {
    let lines = example.lines().zip(1..);
    lines
        .filter(|(line, _)| line.ends_with("-- here"))
        .map(|(_, number)| number)
        .collect()
}

/// The test of every rule: all marked lines are found in the bad example, and nothing in the good one.
#[cfg(test)]
#[track_caller]
pub(super) fn hold(rule: &Rule) {
    let mut lines: Vec<_> = found(rule, rule.bad, "web_")
        .iter()
        .map(|finding| {
            let place = finding.place.as_ref().unwrap();
            assert_eq!(place.file, FILE, "{}", finding.message);
            place.line
        })
        .collect();
    lines.sort_unstable();
    assert_eq!(lines, marked(rule.bad), "{}", rule.name);
    assert!(!lines.is_empty(), "{} finds nothing", rule.name);
    assert_eq!(found(rule, rule.good, "web_"), [], "{}", rule.name);
    assert_eq!(read(rule.bad, "web_").unread, []);
    assert_eq!(read(rule.good, "web_").unread, []);
}
