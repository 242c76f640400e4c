//! `rowdesk token`: a signed token, for trying things out.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, bail};
use serde_json::{Map, Value};

use crate::auth::{mint, secret_bytes};
use crate::config::Config;

use super::claim;

/// What the token says, and where the key is.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The database role
    #[arg(long)]
    role: String,

    /// A further claim; may be repeated. The value is JSON if it can be read as JSON, else text
    #[arg(long = "claim", value_name = "NAME=VALUE", value_parser = claim::parsed)]
    claims: Vec<(String, Value)>,

    /// Seconds until the token expires. An hour outlasts a session of trying things out, and a
    /// token forgotten in a shell history is soon worthless
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    expires_in: u64,

    /// Where the demo keeps its data. Its key signs if no jwt-secret is set
    #[arg(long, value_name = "FOLDER", default_value = ".rowdesk")]
    data_dir: PathBuf,
}

/// Prints a token, and nothing else.
///
/// # Errors
/// No key, a key that cannot sign, or a role that the server would not find in the token.
pub(super) fn run(args: &Args, config: &Config) -> anyhow::Result<ExitCode> {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .context("the clock is before 1970")?
        .as_secs();
    let claims = claims(args, now);
    // A role elsewhere cannot be written by us: the path need not be one that can be inverted.
    let path = &config.jwt_role_claim_key;
    if path
        .find(&Value::Object(claims.clone()))
        .and_then(Value::as_str)
        != Some(&args.role)
    {
        bail!(
            "jwt-role-claim-key is {}, and there this token does not name {}: add it with --claim",
            path.as_str(),
            args.role
        );
    }
    let token = match secret_bytes(config)? {
        Some(secret) => mint(secret, &claims)?,
        None => mint(demo_secret(&args.data_dir)?, &claims)?,
    };
    super::print(&format!("{token}\n"))?;
    Ok(ExitCode::SUCCESS)
}

fn claims(args: &Args, now: u64) -> Map<String, Value> {
    let mut claims = Map::new();
    claims.insert("role".to_owned(), args.role.clone().into());
    claims.insert("iat".to_owned(), now.into());
    claims.insert("exp".to_owned(), now.saturating_add(args.expires_in).into());
    claims.extend(args.claims.iter().cloned());
    claims
}

/// The key that the demo made for itself. Where the demo could not use the folder, a file in it
/// names the one it uses instead.
pub(super) fn demo_secret(data_dir: &Path) -> anyhow::Result<Vec<u8>> {
    let mut candidates = vec![data_dir.join("jwt-secret")];
    if let Ok(elsewhere) = fs::read_to_string(data_dir.join("location")) {
        candidates.push(Path::new(elsewhere.trim()).join("jwt-secret"));
    }
    for path in &candidates {
        if path.exists() {
            let secret =
                fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
            return Ok(secret.trim_ascii().to_vec());
        }
    }
    let looked: Vec<_> = candidates
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    bail!(
        "no key to sign with: set jwt-secret, or start `rowdesk demo` once (looked for {})",
        looked.join(" and ")
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn args(claims: &[&str]) -> Args {
        Args {
            role: "ann".to_owned(),
            claims: claims
                .iter()
                .map(|text| claim::parsed(text).unwrap())
                .collect(),
            expires_in: 60,
            data_dir: PathBuf::from(".rowdesk"),
        }
    }

    #[test]
    fn claims_are_json_where_they_can_be() {
        let claims = claims(
            &args(&[
                "id=17",
                "name=Ann B",
                "ok=true",
                "list=[1,2]",
                "text=\"17\"",
                "eq=a=b",
                "no=",
            ]),
            1000,
        );
        let expected = json!({
            "role": "ann", "iat": 1000, "exp": 1060, "id": 17, "name": "Ann B", "ok": true,
            "list": [1, 2], "text": "17", "eq": "a=b", "no": "",
        });
        assert_eq!(Value::Object(claims), expected);
        for bad in ["", "novalue", "=x"] {
            assert!(claim::parsed(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn claims_given_win_over_those_made() {
        let claims = claims(&args(&["exp=5", "role=bob"]), 1000);
        assert_eq!(
            Value::Object(claims),
            json!({ "role": "bob", "iat": 1000, "exp": 5 })
        );
    }

    #[test]
    fn the_key_of_the_demo_is_found_where_it_went() {
        let base = std::env::temp_dir().join(format!("rowdesk-token-{}", std::process::id()));
        let (here, there) = (base.join("here"), base.join("there"));
        fs::create_dir_all(&here).unwrap();
        fs::create_dir_all(&there).unwrap();
        let missing = demo_secret(&here).unwrap_err().to_string();
        assert!(missing.contains("set jwt-secret"), "{missing}");
        fs::write(here.join("location"), format!("{}\n", there.display())).unwrap();
        fs::write(there.join("jwt-secret"), "from there\n").unwrap();
        assert_eq!(demo_secret(&here).unwrap(), b"from there");
        fs::write(here.join("jwt-secret"), "from here\n").unwrap();
        assert_eq!(demo_secret(&here).unwrap(), b"from here");
        fs::remove_dir_all(base).unwrap();
    }
}
