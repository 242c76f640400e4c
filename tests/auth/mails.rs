//! Mails leave by SMTP, each once, and what fails is sent later.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rowdesk::config::Secret;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::accounts::{AGENT, number, serve_with};
use crate::harness::desk::{desk, execute};

/// What a mail server was given.
type Received = Arc<Mutex<Vec<String>>>;

/// A mail server of one conversation at a time, which refuses the first mail for the moment (RFC 5321).
async fn listen(received: Received) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        let mut is_first = true;
        while let Ok((stream, _)) = listener.accept().await {
            let text = converse(stream, is_first).await;
            is_first = false;
            received.lock().expect("no panic").extend(text);
        }
    });
    port
}

async fn converse(stream: TcpStream, refuses: bool) -> Option<String> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 mail.example\r\n").await.ok()?;
    let mut mail = None;
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = match line.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => "250 mail.example",
            "RCPT" if refuses => "451 come back later",
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.ok()?;
                let mut text = String::new();
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == "." {
                        break;
                    }
                    text = text + &line + "\n";
                }
                mail = Some(text);
                "250 taken"
            }
            "QUIT" => "221 bye",
            _ => "250 fine",
        };
        write
            .write_all(format!("{answer}\r\n").as_bytes())
            .await
            .ok()?;
    }
    mail
}

#[tokio::test]
async fn a_mail_is_sent_once_and_again_after_a_failure() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let received = Received::default();
    let port = listen(Arc::clone(&received)).await;
    let server = serve_with(&database, |config| {
        config.mail_url = Some(Secret::new(format!("smtp://127.0.0.1:{port}")));
        config.mail_from = "Desk <desk@desk.example>".to_owned();
    })
    .await;
    let working = Arc::clone(&server.app);
    let working = tokio::spawn(async move { working.keep_working().await });
    let ask = server
        .post("/auth/v1/recover")
        .json(&json!({ "email": AGENT }));
    ask.send().await.ok();
    let failed = "select count(*) from ops.outbox where failure like '%come back later%' and sent_at is null";
    while number(&admin, failed).await == 0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(received.lock().expect("no panic").is_empty());
    execute(&admin, "update ops.outbox set due_at = now()").await;
    let sent = "select count(*) from ops.outbox where sent_at is not null and body is null";
    while number(&admin, sent).await == 0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // another look at the outbox finds nothing
    tokio::time::sleep(Duration::from_millis(1500)).await;
    working.abort();
    let mails = received.lock().expect("no panic").clone();
    assert_eq!(mails.len(), 1, "{mails:?}");
    for part in [
        "From: Desk <desk@desk.example>",
        &format!("To: {AGENT}"),
        "Subject: ",
        "/auth/v1/verify?token=",
    ] {
        assert!(
            mails[0]
                .replace("=\n", "")
                .replace("=3D", "=")
                .contains(part),
            "{part}: {}",
            mails[0]
        );
    }
}
