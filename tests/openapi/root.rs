//! What answers at the root, and in which form.

use rowdesk::config::{OpenApiMode, ProxyUri};
use serde_json::json;

use super::{serve, zoo};

const SWAGGER: &str = "application/openapi+json; charset=utf-8";

#[tokio::test]
async fn the_description_is_always_openapi() {
    let fixture = zoo().await;
    let server = serve(&fixture, |_| {}).await;
    for accept in [
        "*/*",
        "application/json",
        "application/openapi+json",
        "text/html, */*;q=0.1",
    ] {
        let reply = server.get("/").header("accept", accept).send().await;
        assert_eq!(reply.ok()["swagger"], "2.0", "{accept}");
        assert_eq!(reply.header("content-type"), Some(SWAGGER));
        assert_eq!(reply.header("content-profile"), Some("zoo"));
    }
    for accept in ["text/csv", "text/html", "application/vnd.pgrst.object+json"] {
        let reply = server.get("/").header("accept", accept).send().await;
        reply.refused(406, "PGRST107");
    }
    let reply = server
        .get("/keeper")
        .header("accept", "application/openapi+json");
    reply.send().await.refused(406, "PGRST107");
}

#[tokio::test]
async fn head_has_no_body() {
    let fixture = zoo().await;
    let server = serve(&fixture, |_| {}).await;
    let reply = server.head("/").send().await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), Some(SWAGGER));
    assert_eq!(reply.header("content-length"), None);
    assert!(reply.body.is_empty());
}

#[tokio::test]
async fn a_schema_that_is_not_exposed_is_not_described() {
    let fixture = zoo().await;
    let server = serve(&fixture, |_| {}).await;
    let reply = server
        .get("/")
        .header("accept-profile", "private")
        .send()
        .await;
    reply.refused(406, "PGRST106");
}

#[tokio::test]
async fn nothing_answers_where_the_setting_says_so() {
    let fixture = zoo().await;
    let server = serve(&fixture, |config| {
        config.openapi_mode = OpenApiMode::Disabled;
        config.db_root_spec = Some("root".to_owned());
    })
    .await;
    for method in ["GET", "POST", "OPTIONS"] {
        let reply = server.call(method, "/").send().await;
        reply.refused(404, "PGRST126");
    }
    assert_eq!(server.get("/keeper?select=id").send().await.status, 200);
}

#[tokio::test]
async fn a_function_may_answer_instead() {
    let fixture = zoo().await;
    for name in ["root", "zoo.root"] {
        let server = serve(&fixture, |config| {
            config.db_root_spec = Some(name.to_owned());
        })
        .await;
        let reply = server.get("/").send().await;
        assert_eq!(reply.ok(), json!({ "mine": true }), "{name}");
        let reply = server.call("DELETE", "/").send().await;
        reply.refused(405, "PGRST101");
        // Its schema is that of the request, which has no such function.
        let reply = server.get("/").header("accept-profile", "api").send().await;
        reply.refused(404, "PGRST202");
    }
}

#[tokio::test]
async fn the_address_is_that_of_the_proxy_where_there_is_one() {
    let fixture = zoo().await;
    let server = serve(&fixture, |config| {
        config.server_host = "127.0.0.1".to_owned();
    })
    .await;
    let document = server.get("/").send().await.ok();
    assert_eq!(document["schemes"], json!(["http"]));
    assert_eq!(document["basePath"], "/");
    assert_eq!(document["host"], "127.0.0.1:0");
    let server = serve(&fixture, |config| {
        config.openapi_server_proxy_uri = ProxyUri::parse("https://example.com/base/path");
    })
    .await;
    let document = server.get("/").send().await.ok();
    assert_eq!(document["schemes"], json!(["https"]));
    assert_eq!(document["host"], "example.com:443");
    assert_eq!(document["basePath"], "/base/path");
}

#[tokio::test]
async fn the_root_takes_no_other_method() {
    let fixture = zoo().await;
    let server = serve(&fixture, |_| {}).await;
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        let reply = server.call(method, "/").send().await;
        reply.refused(405, "PGRST117");
    }
    let reply = server.call("OPTIONS", "/").send().await;
    assert_eq!(reply.header("allow"), Some("OPTIONS,GET,HEAD"));
}
