//! How a right and a policy are said, in tables and in differences. Pure.

use std::fmt::Write as _;

use super::model::{Policy, Right, Rows};

/// `all rows`, `select_own or select_shared, and not_deleted`
pub(super) fn filtered(right: &Right) -> String {
    filtered_by(right, &right.policies.join(" or "))
}

/// As [`filtered`], with other words for the permissive policies.
pub(super) fn filtered_by(right: &Right, policies: &str) -> String {
    match (right.rows, &right.bypasses) {
        (_, Some(why)) => format!("all rows ({why})"),
        (Rows::All, _) => "all rows".to_owned(),
        (Rows::None, _) => "no rows".to_owned(),
        (Rows::ByView, _) => "as the view".to_owned(),
        (Rows::ByPolicies, _) => {
            let mut text = policies.to_owned();
            for one in &right.restrictive {
                let _ = write!(text, ", and {one}");
            }
            text
        }
    }
}

/// `for select to reader using (…)`
pub(super) fn described(policy: &Policy) -> String {
    let restrictive = if policy.restrictive {
        "restrictive "
    } else {
        ""
    };
    let mut text = format!(
        "{restrictive}for {} to {}",
        policy.verb,
        policy.roles.join(", ")
    );
    for (word, expression) in [("using", &policy.using), ("with check", &policy.check)] {
        if let Some(expression) = expression {
            let _ = write!(text, " {word} ({})", bare(expression));
        }
    }
    text
}

/// Postgres puts most expressions in parentheses of their own.
fn bare(expression: &str) -> &str {
    let inside = expression
        .strip_prefix('(')
        .and_then(|it| it.strip_suffix(')'));
    let Some(inside) = inside else {
        return expression;
    };
    let mut depth = 0_i32;
    for char in inside.chars() {
        depth += i32::from(char == '(') - i32::from(char == ')');
        if depth < 0 {
            return expression;
        }
    }
    inside
}
