//! What the counts mean, in words.

use super::levels::Levels;
use super::{Level, PolicyCount};
use crate::plan::{Change, Plan};

/// A sentence a level, and the reason at last.
pub(super) fn says(levels: &Levels<'_>, counted: &[Level]) -> Vec<String> {
    let Some(own) = counted.first() else {
        return vec!["The request reads no relation: there is nothing to count.".to_owned()];
    };
    let mut says: Vec<String> = counted.iter().map(sentence).collect();
    for level in counted {
        for note in &level.notes {
            let note = format!("{}: {note}.", level.rows_of);
            // A table may be read in two ways.
            if !says.contains(&note) {
                says.push(note);
            }
        }
    }
    says.push(
        if let Plan::Mutate(plan) = levels.plan
            && matches!(plan.change, Change::Insert { .. })
        {
            "An insert has no rows to choose: where a policy refuses, it says so.".to_owned()
        } else {
            reason(levels, own, counted)
        },
    );
    says
}

fn rows(count: i64) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} row{plural}")
}

/// `12 rows of api.item exist; 4 pass status=eq.open; of these policy select_own lets 0 pass; api_user sees 0.`
fn sentence(level: &Level) -> String {
    let mut parts = Vec::new();
    if let Some(exist) = level.exist {
        parts.push(if level.rows_of.starts_with("function ") {
            format!("{} gives {}", level.rows_of, rows(exist))
        } else {
            format!("{} of {} exist", rows(exist), level.rows_of)
        });
    }
    let filters: Vec<&str> = level.filters.iter().map(|it| it.filter.as_str()).collect();
    match (level.matching, level.filters.as_slice()) {
        (_, []) => {}
        (Some(matching), [_]) => parts.push(format!("{matching} pass {}", filters.join(" "))),
        (matching, many) => {
            let each: Vec<String> = many
                .iter()
                .map(|one| format!("{} pass {}", one.rows, one.filter))
                .collect();
            parts.push(each.join(", "));
            if let Some(matching) = matching {
                parts.push(format!("{matching} pass all of them"));
            }
        }
    }
    let of_these = if level.filters.is_empty() {
        ""
    } else {
        "of these "
    };
    let policies = level.policies.iter().map(policy);
    let policies: Vec<String> = policies.collect();
    if !policies.is_empty() {
        parts.push(format!("{of_these}{}", policies.join(", ")));
    }
    for verb in &level.without_policy {
        parts.push(format!("no policy lets {} {verb} any", level.role));
    }
    if let Some(hidden) = level.let_by_none
        && level.policies.iter().filter(|it| it.permissive).count() > 1
    {
        parts.push(format!("{hidden} pass none of these"));
    }
    if let Some(visible) = level.visible {
        let which = if level.exist.is_none() {
            format!(" of {}", level.rows_of)
        } else {
            String::new()
        };
        let can = if level.policies.iter().any(|it| it.verb != "select") {
            "may change"
        } else {
            "sees"
        };
        parts.push(format!("{} {can} {visible}{which}", level.role));
    }
    for embed in &level.embeds {
        let all = embed
            .of_all
            .map(|all| format!(" ({all} of all would, with every embedded row)"));
        parts.push(format!(
            "of these {} pass {}{}",
            embed.rows,
            embed.condition,
            all.unwrap_or_default()
        ));
    }
    if parts.is_empty() {
        parts.push(format!("the rows of {} were not counted", level.rows_of));
    }
    format!("{}.", parts.join("; "))
}

fn policy(count: &PolicyCount) -> String {
    let PolicyCount {
        policy, rows, verb, ..
    } = count;
    let of = if verb == "select" {
        String::new()
    } else {
        format!(" ({verb})")
    };
    if count.permissive {
        format!("policy {policy}{of} lets {rows} pass")
    } else {
        format!("restrictive policy {policy}{of} takes away {rows}")
    }
}

fn reason(levels: &Levels<'_>, own: &Level, counted: &[Level]) -> String {
    let range = levels
        .plan
        .rows()
        .map(|rows| rows.node.range)
        .unwrap_or_default();
    let Some(answered) = own.answered.or(own.visible) else {
        return "Why it is empty could not be found out: see above.".to_owned();
    };
    if answered > 0 {
        let offset = i64::try_from(range.offset).unwrap_or(i64::MAX);
        let there = rows(answered);
        return if range.limit == Some(0) {
            format!("The answer is empty because of limit=0: {there} would be in it.")
        } else if offset >= answered {
            format!("The answer is empty because of offset={offset}: there are only {there}.")
        } else {
            format!("The answer is not empty: it has {there} (before limit and offset).")
        };
    }
    match because(own, counted) {
        Some(because) => format!("The answer is empty because {because}."),
        None => "The answer is empty, and no count says why: see above.".to_owned(),
    }
}

/// Why nothing of a level is there.
fn because(level: &Level, counted: &[Level]) -> Option<String> {
    let is_function = level.rows_of.starts_with("function ");
    if level.visible.is_some_and(|visible| visible > 0) {
        return Some(embeds(level, counted));
    }
    if level.exist == Some(0) {
        return below(level, counted).or_else(|| {
            let others = read(level, counted);
            let full = others
                .iter()
                .filter(|it| level.is_view && it.exist != Some(0));
            let full: Vec<&str> = full.map(|it| it.rows_of.as_str()).collect();
            Some(if is_function {
                format!("{} gives {} no rows", level.rows_of, level.role)
            } else if full.is_empty() {
                format!("{} has no rows at all", level.rows_of)
            } else {
                format!(
                    "{} chooses none of the rows of {}, neither for {} nor for who counted",
                    level.rows_of,
                    full.join(", "),
                    level.role
                )
            })
        });
    }
    if level.matching == Some(0) {
        return filters(level);
    }
    if level.exist.is_none() && !is_function {
        return below(level, counted).or_else(|| Some(uncounted(level)));
    }
    if let Some(verb) = level.without_policy.first() {
        return Some(format!(
            "row-level security of {} is on, and no policy lets {} {verb} anything",
            level.rows_of, level.role
        ));
    }
    policies(level).or_else(|| below(level, counted))
}

/// Where only what the role sees was counted: a filter may be right and a policy to blame.
fn uncounted(level: &Level) -> String {
    let role = &level.role;
    let filters: Vec<&str> = level.filters.iter().map(|it| it.filter.as_str()).collect();
    let none = if filters.is_empty() {
        format!("{role} sees no row of {}", level.rows_of)
    } else {
        format!("no row that {role} sees passes {}", filters.join(" and "))
    };
    format!("{none}; whether policies hide some was not counted")
}

fn filters(level: &Level) -> Option<String> {
    let none = level.filters.iter().filter(|it| it.rows == 0);
    let none: Vec<&str> = none.map(|it| it.filter.as_str()).collect();
    match (none.as_slice(), level.filters.len()) {
        ([], 0) => None,
        ([], _) => Some("no row passes all filters at once, though each lets some pass".to_owned()),
        ([one], _) => Some(format!("no row passes the filter {one}")),
        (several, _) => Some(format!(
            "no row passes the filters {}",
            several.join(" and ")
        )),
    }
}

/// Which condition on embedded rows nothing passes that is visible.
fn embeds(level: &Level, counted: &[Level]) -> String {
    let visible = level.visible.map_or_else(String::new, rows);
    let Some(one) = level.embeds.iter().find(|it| it.rows == 0) else {
        return format!("of the {visible} none passes all conditions on embedded rows at once");
    };
    let name = one.condition.strip_suffix("!inner");
    let embedded = name.and_then(|name| {
        let begins = format!("{name}: ");
        let ends = format!(".{name}: ");
        counted
            .iter()
            .find(|it| it.rows_of.starts_with(&begins) || it.rows_of.contains(&ends))
    });
    let why = embedded
        .filter(|it| it.answered == Some(0))
        .and_then(|embedded| because(embedded, counted));
    let nothing = format!("of the {visible} none passes {}", one.condition);
    match why {
        Some(why) => format!("{nothing}: {why}"),
        None => nothing,
    }
}

/// Which policies hide all that match.
fn policies(level: &Level) -> Option<String> {
    let matching = level.matching?;
    let verbs: Vec<&str> = level.policies.iter().map(|it| it.verb.as_str()).collect();
    for verb in verbs {
        let of = |permissive| {
            let counts = level.policies.iter();
            counts.filter(move |it: &&PolicyCount| it.verb == verb && it.permissive == permissive)
        };
        let names: Vec<&str> = of(true).map(|it| it.policy.as_str()).collect();
        if of(true).all(|it| it.rows == 0) {
            return Some(match names.as_slice() {
                [one] => format!(
                    "policy {one} of {} lets none of the rows pass{}",
                    level.rows_of,
                    unset(level, one)
                ),
                several => format!(
                    "none of the policies {} of {} lets any of the rows pass",
                    several.join(", "),
                    level.rows_of
                ),
            });
        }
        // All that permissive policies let pass, where one alone takes them away.
        let let_pass = matching - level.let_by_none.unwrap_or(0);
        let sole = of(false).find(|it| it.rows > 0 && it.rows >= let_pass);
        if let Some(one) = sole {
            return Some(format!(
                "the restrictive policy {} of {} takes them all away",
                one.policy, level.rows_of
            ));
        }
    }
    let all: Vec<&str> = level.policies.iter().map(|it| it.policy.as_str()).collect();
    if all.is_empty() {
        return None;
    }
    Some(format!(
        "the policies {} of {} together hide them all",
        all.join(", "),
        level.rows_of
    ))
}

/// What the policy asks of the caller in vain.
fn unset(level: &Level, policy: &str) -> String {
    let begins = format!("policy {policy} ");
    let mut notes = level
        .notes
        .iter()
        .filter_map(|note| note.strip_prefix(&begins));
    notes
        .next()
        .map(|note| format!(": it {note}"))
        .unwrap_or_default()
}

/// What a view or a function reads, where something of it is hidden: all of it, or else some.
fn below(level: &Level, counted: &[Level]) -> Option<String> {
    let read = read(level, counted);
    let hidden: Vec<String> = read
        .iter()
        .filter(|it| it.visible == Some(0) && it.exist.is_some_and(|exist| exist > 0))
        .filter_map(|it| because(it, &[]))
        .collect();
    if !hidden.is_empty() {
        return Some(hidden.join("; and "));
    }
    // Rows of a view are there for others.
    if level.matching.is_none_or(|matching| matching == 0) {
        return None;
    }
    let hiding = read.iter().filter(|it| it.exist > it.visible);
    let tables: Vec<&str> = hiding.map(|it| it.rows_of.as_str()).collect();
    (!tables.is_empty()).then(|| {
        format!(
            "policies of {}, which it reads, hide the rows that match",
            tables.join(", ")
        )
    })
}

/// Tables that the plan reads beside what the request names.
fn read<'a>(level: &Level, counted: &'a [Level]) -> Vec<&'a Level> {
    let others = counted.iter().filter(|it| !std::ptr::eq(*it, level));
    others
        .filter(|it| it.filters.is_empty() && !it.rows_of.contains(": "))
        .collect()
}
