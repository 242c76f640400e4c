//! `@supabase/supabase-js` as it is published, through the whole life of an account.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rowdesk::config::Secret;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio_postgres::Client;

use super::{PATIENCE, install};
use crate::auth::accounts::serve_with;
use crate::harness::desk::{desk, execute};

const EMAIL: &str = "nobody.yet@amber.example";
const KEY: &str = "sb_publishable_0123456789";
const SITE: &str = "http://127.0.0.1:5173";

#[tokio::test]
async fn an_account_lives_its_life_with_supabase_js() {
    let folder = install::node_packages("supabase-js");
    let database = desk().await;
    let admin = database.connect("postgres").await;
    // on the allow-list, and without an account
    execute(
        &admin,
        &format!(
            "insert into public.client_contacts (client_id, first_name, last_name, email)
             values (1, 'Ada', 'Amber', '{EMAIL}')"
        ),
    )
    .await;
    let name = format!("supabase-keys-{}.json", std::process::id());
    let keys = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let server = serve_with(&database, |config| {
        config.auth_redirect_urls = vec![SITE.to_owned()];
        config.auth_keys_file = Some(keys.clone());
        config.publishable_key = Some(Secret::new(KEY));
    })
    .await;
    let name = format!("mails-{}", std::process::id());
    let mails = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&mails, "").expect("a file");
    let running = Command::new("node")
        .arg("--test-reporter=spec")
        .arg(folder.join("main.mjs"))
        .env("ROWDESK_URL", &server.base)
        .env("ROWDESK_KEY", KEY)
        .env("ROWDESK_EMAIL", EMAIL)
        .env("ROWDESK_SITE", SITE)
        .env("ROWDESK_MAILS", &mails)
        .env("NO_PROXY", "127.0.0.1")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = tokio::select! {
        output = tokio::time::timeout(PATIENCE, running) => output,
        never = deliver(&admin, &mails) => match never {},
    };
    let output = output.expect("a program that ends").expect("node");
    assert!(
        output.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Lets the program read what would have been mailed, one object a line.
async fn deliver(admin: &Client, file: &Path) -> std::convert::Infallible {
    let mut last = 0_i64;
    let options = tokio::fs::OpenOptions::new().append(true).open(file).await;
    let mut file = options.expect("a file");
    loop {
        let sql = "select id, to_jsonb(o)::text from ops.outbox as o where id > $1 order by id";
        for row in admin.query(sql, &[&last]).await.expect(sql) {
            last = row.get(0);
            let line = format!("{}\n", row.get::<_, String>(1));
            file.write_all(line.as_bytes()).await.expect("a line");
            file.flush().await.expect("a line");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
