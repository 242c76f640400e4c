//! Who can sign in to the demo: one account of every kind.

use anyhow::Context;

use crate::accounts::{Passwords, Verdict};
use crate::cli::seed::PASSWORD;
use crate::migrate::AdminSession;

/// The first active account of each role, if its password is still the demo's.
const ACCOUNTS: &str = "
    select distinct on (role) replace(role, 'desk_', ''), email, password_hash
    from auth.accounts
    where status = 'active' and email_confirmed_at is not null
    order by role, coalesce(client_id, team_member_id), email";

/// Somebody who can sign in with the demo's password.
pub(super) struct Person {
    /// `client`, `agent`, `manager` or `admin`.
    pub kind: String,
    pub email: String,
}

/// One of each kind. The session is the owner's. Empty where the accounts are not the demo's.
pub(super) async fn people(session: &AdminSession) -> anyhow::Result<Vec<Person>> {
    let rows = session.client().query(ACCOUNTS, &[]).await;
    let passwords = Passwords::default();
    let mut known: Option<String> = None;
    let mut people = Vec::new();
    for row in rows.context("looking for accounts to sign in with")? {
        let hash: Option<String> = row.get(2);
        // The seed gives all the same one, which need not be verified four times.
        if hash.is_none() || hash != known {
            let verdict = passwords.verify(PASSWORD.to_owned(), hash.clone()).await?;
            if verdict == Verdict::Wrong {
                continue;
            }
            known = hash;
        }
        people.push(Person {
            kind: row.get(0),
            email: row.get(1),
        });
    }
    Ok(people)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_password_that_is_printed_is_the_one_that_is_seeded() {
        let script = include_str!("../../../database/seed/seed.sql");
        let quoted = script
            .split('\'')
            .find(|text| text.starts_with("$argon2id$"));
        let hash = quoted.map(str::to_owned);
        assert!(hash.is_some());
        let verdict = Passwords::default().verify(PASSWORD.to_owned(), hash).await;
        assert_eq!(verdict.unwrap(), Verdict::Right { rehashed: None });
    }
}
