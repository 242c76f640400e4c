//! A matrix for people: a block for each relation, a line for each role. Pure.

use std::fmt::Write as _;

use super::model::{Function, Matrix, Relation, Right};
use super::words::{described, filtered_by};

/// Of a policy's line; the JSON has all of it.
const LONGEST_POLICY: usize = 140;
/// More columns are only counted in the table.
const MOST_COLUMNS: usize = 3;

/// More policies, too.
const MOST_POLICIES: usize = 2;

/// As a terminal shows it.
#[must_use]
pub fn text(matrix: &Matrix) -> String {
    let mut text = String::new();
    for relation in &matrix.relations {
        text += &of_relation(matrix, relation);
        text.push('\n');
    }
    if matrix.functions.is_empty() {
        // Nothing to say of none.
    } else {
        text += "functions\n\n";
        let lines = matrix
            .functions
            .iter()
            .map(|function| callers(function, &matrix.roles));
        text += &aligned(&lines.collect::<Vec<_>>());
    }
    text
}

fn of_relation(matrix: &Matrix, relation: &Relation) -> String {
    let mut text = format!("{} ({})\n\n", relation.name, relation.described());
    let verbs: Vec<&str> = ["select", "insert", "update", "delete", "truncate"]
        .into_iter()
        .filter(|verb| {
            *verb != "truncate" || relation.rights.iter().any(|right| right.verb == *verb)
        })
        .collect();
    let (mut lines, mut silent) = (Vec::new(), Vec::new());
    lines.push(
        std::iter::once("")
            .chain(verbs.iter().copied())
            .map(str::to_owned)
            .collect(),
    );
    for role in &matrix.roles {
        let rights: Vec<_> = verbs
            .iter()
            .map(|verb| relation.right(role, verb))
            .collect();
        if rights.iter().all(Option::is_none) {
            silent.push(role.as_str());
            continue;
        }
        let cells = rights
            .into_iter()
            .map(|right| right.map_or_else(|| "–".to_owned(), cell));
        lines.push(std::iter::once(role.clone()).chain(cells).collect());
    }
    if lines.len() > 1 {
        text += &aligned(&lines);
    }
    if !silent.is_empty() {
        let _ = writeln!(text, "  nothing: {}", silent.join(", "));
    }
    for (who, columns) in long_lists(relation) {
        let _ = writeln!(text, "  {who}: {columns}");
    }
    for policy in &relation.policies {
        let line = format!("policy {} {}", policy.name, described(policy));
        let line: Vec<_> = line.split_whitespace().collect();
        let _ = writeln!(text, "  {}", shortened(&line.join(" ")));
    }
    if !relation.policies.is_empty() && relation.row_security.as_deref() == Some("off") {
        text += "  row-level security is off: these policies hold nothing back\n";
    }
    text
}

/// The lists of columns that the table only counts, and whose they are: `clerk, boss insert`.
fn long_lists(relation: &Relation) -> Vec<(String, String)> {
    let mut found: Vec<((&str, String), Vec<&str>)> = Vec::new();
    for right in relation
        .rights
        .iter()
        .filter(|right| !right.whole && right.columns.len() > MOST_COLUMNS)
    {
        let key = (right.verb.as_str(), right.columns.join(", "));
        match found.iter_mut().find(|(known, _)| *known == key) {
            Some((_, roles)) => roles.push(&right.role),
            None => found.push((key, vec![&right.role])),
        }
    }
    let lists = found
        .into_iter()
        .map(|((verb, columns), roles)| (format!("{} {verb}", roles.join(", ")), columns));
    lists.collect()
}

/// `all: select_own`, `(id, name): all rows by staff`
fn cell(right: &Right) -> String {
    let mut text = match right.columns.len() {
        _ if right.whole => "all".to_owned(),
        1..=MOST_COLUMNS => format!("({})", right.columns.join(", ")),
        count => format!("{count} columns"),
    };
    let rows = filtered_by(
        right,
        &match right.policies.len() {
            0..=MOST_POLICIES => right.policies.join(" or "),
            count => format!("{count} policies"),
        },
    );
    if rows != "as the view" {
        let _ = write!(text, ": {rows}");
    }
    if !right.by.contains(&right.role) && !right.by.is_empty() {
        let _ = write!(text, ", by {}", right.by.join(", "));
    }
    if !right.usage {
        text += ", but no usage of the schema";
    }
    text
}

fn callers(function: &Function, roles: &[String]) -> Vec<String> {
    let who = if function.roles.is_empty() {
        "nobody of these".to_owned()
    } else if function.roles.len() == roles.len() && roles.len() > 1 {
        "all of these".to_owned()
    } else {
        function.roles.join(", ")
    };
    let public = if function.public {
        " (granted to public)"
    } else {
        ""
    };
    let definer = if function.definer {
        format!(" (runs as {})", function.owner)
    } else {
        String::new()
    };
    vec![function.name.clone(), format!("{who}{public}{definer}")]
}

fn shortened(line: &str) -> String {
    if line.chars().count() <= LONGEST_POLICY {
        return line.to_owned();
    }
    let short: String = line.chars().take(LONGEST_POLICY - 1).collect();
    format!("{}…", short.trim_end())
}

fn aligned(lines: &[Vec<String>]) -> String {
    let columns = lines.iter().map(Vec::len).max().unwrap_or_default();
    let width = |at: usize| {
        lines
            .iter()
            .filter_map(|line| line.get(at))
            .map(|cell| cell.chars().count())
            .max()
    };
    let widths: Vec<usize> = (0..columns)
        .map(|at| width(at).unwrap_or_default())
        .collect();
    let mut text = String::new();
    for line in lines {
        let cells: Vec<_> = line
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        let _ = writeln!(text, "  {}", cells.join(" | ").trim_end());
    }
    text
}
