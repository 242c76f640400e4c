//! What nobody sends by accident: each is refused, nothing panics, and the server answers the next.

mod bodies;
mod raw_targets;
mod transport;
mod urls;
mod writes;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::server::TestServer;

/// Sends bytes as they are, and gives all that comes back until the server closes the connection.
async fn raw(server: &TestServer, request: impl AsRef<[u8]>) -> String {
    let address = server.base.strip_prefix("http://").expect("an address");
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    // A server that refuses early may close while we still write.
    let _ = stream.write_all(request.as_ref()).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// The status of each answer in what came back.
fn statuses(answer: &str) -> Vec<&str> {
    let lines = answer.split("HTTP/1.1 ").skip(1);
    lines
        .map(|line| line.get(..3).unwrap_or_default())
        .collect()
}

async fn still_answers(server: &TestServer) {
    let reply = server.get("/rpc/answer").send().await;
    assert_eq!(reply.ok(), json!(42));
}
