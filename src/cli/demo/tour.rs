//! What to try: lines that work when pasted.

use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;
use serde_json::{Map, Value, json};

use super::people::{self, Person};
use crate::auth;
use crate::cli::seed::PASSWORD;
use crate::config::Config;
use crate::migrate::AdminSession;

/// Longer than anyone tries things out at a stretch.
const TOKEN_SECONDS: u64 = 24 * 3600;

/// The tokens of two people who exist, and who else can sign in.
pub(super) struct Tour {
    agent: String,
    client: String,
    people: Vec<Person>,
}

impl Tour {
    /// Chooses the people; the session is the owner's.
    pub async fn plan(session: &AdminSession, config: &Config) -> anyhow::Result<Self> {
        let sql = "select (select min(id) from public.team_members), (select min(id) from public.clients)";
        let people = session
            .client()
            .query_one(sql, &[])
            .await
            .context("choosing who tries it out")?;
        let (member, client): (Option<i32>, Option<i32>) = (people.get(0), people.get(1));
        Ok(Self {
            agent: token(config, "desk_agent", "team_member_id", member)?,
            client: token(config, "desk_client", "client_id", client)?,
            people: people::people(session).await?,
        })
    }

    /// The lines, for the server at this URL.
    pub fn text(&self, url: &str) -> String {
        let (agent, client) = (Some(self.agent.as_str()), Some(self.client.as_str()));
        let mut text = format!("\nReady: {url} (stop with Ctrl-C). Try:\n");
        for (title, token, path) in [
            (
                "An agent: the five best rated for urgent work this spring",
                agent,
                "/rpc/team_performance?created_at=gte.2025-03-01&created_at=lte.2025-05-31&priority=in.(high,urgent)&order=avg_rating.desc.nullslast&limit=5",
            ),
            (
                "An agent: the dashboard's figures for May",
                agent,
                "/rpc/dashboard_overview?created_at=gte.2025-05-01&created_at=lt.2025-06-01",
            ),
            (
                "A client: the own tickets, newest first",
                client,
                "/tickets?select=id,title,status,created_at&order=created_at.desc&limit=5",
            ),
            (
                "A client may not see the team's figures: 403",
                client,
                "/rpc/team_performance",
            ),
            ("Without a token: 401", None, "/rpc/team_performance"),
        ] {
            // Where the status is what there is to see, it is shown.
            let options = if title.ends_with(char::is_numeric) {
                "-si"
            } else {
                "-s"
            };
            let _ = write!(text, "\n# {title}\ncurl {options} '{url}{path}'");
            if let Some(token) = token {
                let _ = write!(text, " -H 'Authorization: Bearer {token}'");
            }
            text.push('\n');
        }
        self.signing_in(url, &mut text);
        let _ = writeln!(
            text,
            "\n# Mails with links to set a password: {url}/auth/v1/mails"
        );
        text.push('\n');
        text
    }

    fn signing_in(&self, url: &str, text: &mut String) {
        let Some(first) = self.people.first() else {
            return;
        };
        let _ = write!(
            text,
            "\n# Sign in for a token of your own; the password is {PASSWORD}:"
        );
        for person in &self.people {
            let _ = write!(text, "\n#   {:<8} {}", person.kind, person.email);
        }
        let credentials = json!({ "email": first.email, "password": PASSWORD });
        let _ = writeln!(
            text,
            "\ncurl -s '{url}/auth/v1/token?grant_type=password' -H 'Content-Type: application/json' -d '{credentials}'"
        );
    }
}

fn token(config: &Config, role: &str, claim: &str, id: Option<i32>) -> anyhow::Result<String> {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    let mut claims = Map::new();
    claims.insert("role".to_owned(), json!(role));
    claims.insert(claim.to_owned(), json!(id));
    claims.insert("iat".to_owned(), json!(now));
    claims.insert("exp".to_owned(), json!(now + TOKEN_SECONDS));
    if let Some(audience) = &config.jwt_aud {
        claims.insert("aud".to_owned(), Value::from(audience.as_str()));
    }
    if let Some(issuer) = &config.jwt_iss {
        claims.insert("iss".to_owned(), Value::from(issuer.as_str()));
    }
    let secret = auth::secret_bytes(config)?.context("no key to sign with")?;
    Ok(auth::mint(secret, &claims)?)
}
