//! What an answer's body is: media types of the database's own, and execution plans.

mod attacks;
mod documented;
mod functions;
mod geo_json;
mod negotiation;
mod plans;
mod size;
mod tables;

use rowdesk::config::Config;
use tokio::sync::OnceCell;

use crate::harness::desk::execute;
use crate::harness::fixture::Fixture;
use crate::harness::http::Reply;
use crate::harness::server::TestServer;

static SHARED: OnceCell<Fixture> = OnceCell::const_new();

/// The fixture with the schema `media`, for tests that change nothing.
async fn shared() -> &'static Fixture {
    SHARED.get_or_init(own).await
}

async fn own() -> Fixture {
    let fixture = Fixture::own().await;
    let prefix = format!("{}_", fixture.database.name());
    let script = include_str!("../fixtures/media.sql").replace("web_", &prefix);
    execute(&fixture.admin().await, &script).await;
    fixture
}

async fn serve(fixture: &Fixture) -> TestServer {
    serve_with(fixture, |_| {}).await
}

async fn serve_with(fixture: &Fixture, change: impl FnOnce(&mut Config)) -> TestServer {
    let change = |config: &mut Config| {
        config.db_schemas = vec!["media".to_owned()];
        change(config);
    };
    fixture.serve_with(change).await
}

/// A GET that accepts only this.
async fn get(server: &TestServer, url: &str, accept: &str) -> Reply {
    server.get(url).header("accept", accept).send().await
}

#[track_caller]
fn assert_answer(reply: &Reply, content_type: &str, body: impl AsRef<[u8]>) {
    assert_eq!(
        reply.status,
        200,
        "{}",
        String::from_utf8_lossy(&reply.body)
    );
    assert_eq!(reply.header("content-type"), Some(content_type));
    let (found, wanted) = (&reply.body[..], body.as_ref());
    assert_eq!(found, wanted, "{}", String::from_utf8_lossy(found));
    let length = wanted.len().to_string();
    assert_eq!(reply.header("content-length"), Some(length.as_str()));
}
