//! Unix sockets, and ports that processes share.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use rowdesk::http::{Place, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use super::admin::{admin, get};
use crate::harness::fixture::Fixture;
use crate::harness::server::TestServer;

fn path(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("rowdesk-{}-{name}.sock", std::process::id()))
}

async fn asked(path: &PathBuf, url: &str) -> String {
    let mut stream = UnixStream::connect(path).await.expect("a connection");
    let request = format!("GET {url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    answer
}

#[tokio::test]
async fn a_unix_socket_takes_requests_from_whom_its_mode_lets_in() {
    let fixture = Fixture::shared().await;
    let path = path("api");
    std::fs::write(&path, "left by another process").expect("a file");
    let server = TestServer::start(fixture.uri(), |config| {
        fixture.configure(config);
        config.server_unix_socket = Some(path.clone());
        config.server_unix_socket_mode = 0o600;
    })
    .await;
    let mode = std::fs::metadata(&path)
        .expect("a socket")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let answer = asked(&path, "/item?select=id&id=eq.1").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.ends_with(r#"[{"id":1}]"#), "{answer}");

    let admin = admin(&server).await;
    assert_eq!(get(&admin, "/live").await.status, 200);
    let elsewhere = path.with_extension("moved");
    std::fs::rename(&path, &elsewhere).expect("moved");
    assert_eq!(get(&admin, "/live").await.status, 500);
    std::fs::rename(&elsewhere, &path).expect("moved back");
    drop(server);
    let gone = async {
        while path.exists() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    let gone = tokio::time::timeout(std::time::Duration::from_secs(30), gone).await;
    assert!(gone.is_ok(), "the socket's file outlives the server");
}

#[tokio::test]
async fn a_port_is_shared_only_by_those_who_both_say_so() {
    let place = |port, is_shared| Place::Port {
        host: "127.0.0.1".to_owned(),
        port,
        is_shared,
        setting: "server-port",
    };
    let first = Server::bind(&place(0, true)).await.expect("a free port");
    let port = first.address().expect("a port").port();
    Server::bind(&place(port, true)).await.expect("shared");
    let refused = Server::bind(&place(port, false)).await.err();
    let refused = refused.expect("not shared").to_string();
    assert!(refused.contains("is taken"), "{refused}");
}

#[tokio::test]
async fn who_takes_a_socket_over_keeps_it() {
    let fixture = Fixture::shared().await;
    let path = path("shared");
    let serve = || fixture.serve_with(|config| config.server_unix_socket = Some(path.clone()));
    let first = serve().await;
    let second = serve().await;
    let state = std::sync::Arc::clone(&first.app);
    drop(first);
    // It has ended when nothing of it is left.
    let ended = async {
        while std::sync::Arc::strong_count(&state) > 1 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    let ended = tokio::time::timeout(std::time::Duration::from_secs(30), ended).await;
    ended.expect("the first server ends");
    let answer = asked(&path, "/item?select=id&id=eq.1").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    drop(second);
}
