//! `application/vnd.pgrst.plan`.

use serde_json::{Value, json};

use super::{get, own, serve, serve_with, shared};
use crate::harness::http::Reply;

const JSON: &str = "application/vnd.pgrst.plan+json";

#[track_caller]
fn plan(reply: &Reply) -> Value {
    let body = reply.ok();
    assert!(body[0]["Plan"]["Total Cost"].is_number(), "{body}");
    body[0].clone()
}

#[tokio::test]
async fn nothing_is_told_unless_a_setting_allows_it() {
    let server = serve(shared().await).await;
    for url in ["/line", "/rpc/lines"] {
        for accept in ["application/vnd.pgrst.plan", JSON] {
            get(&server, url, accept).await.refused(406, "PGRST107");
        }
        let reply = get(&server, url, &format!("{JSON}, application/json")).await;
        assert!(reply.ok().is_array(), "{url}");
    }
}

#[tokio::test]
async fn the_plan_comes_as_text_or_json_and_says_of_what() {
    let server = serve_with(shared().await, |config| config.db_plan_enabled = true).await;
    let of_json = "for=\"application/json\"";
    for (accept, content_type) in [
        (
            "application/vnd.pgrst.plan".to_owned(),
            format!("application/vnd.pgrst.plan+text; {of_json}; charset=utf-8"),
        ),
        (
            "application/vnd.pgrst.plan+text; for=\"text/csv\"".to_owned(),
            "application/vnd.pgrst.plan+text; for=\"text/csv\"; charset=utf-8".to_owned(),
        ),
        (
            format!("{JSON}; for=\"application/vnd.pgrst.object\"; options=buffers|verbose"),
            format!(
                "{JSON}; for=\"application/vnd.pgrst.object+json\"; options=verbose|buffers; \
                 charset=utf-8"
            ),
        ),
        (
            format!("{JSON}; for=\"application/vnd.ids\"; options=analyze|wal|settings"),
            format!(
                "{JSON}; for=\"application/vnd.ids\"; options=analyze|settings|wal; charset=utf-8"
            ),
        ),
    ] {
        let reply = get(&server, "/line?id=gt.0&order=name&limit=1", &accept).await;
        assert_eq!(reply.status, 200, "{accept}: {}", reply.text());
        let found = reply.header("content-type");
        assert_eq!(found, Some(content_type.as_str()), "{accept}");
        for absent in ["content-range", "content-location", "preference-applied"] {
            assert_eq!(reply.header(absent), None, "{accept}");
        }
        assert!(reply.text().ends_with('\n'));
        if accept.contains("+json") {
            plan(&reply);
        } else {
            assert!(reply.text().contains("(cost="), "{}", reply.text());
        }
    }
}

#[tokio::test]
async fn options_add_what_postgres_knows() {
    let server = serve_with(shared().await, |config| config.db_plan_enabled = true).await;
    for (options, path) in [
        ("analyze", "/0/Plan/Actual Rows"),
        ("verbose", "/0/Plan/Output"),
        ("settings", "/0/Settings/search_path"),
        ("analyze|buffers", "/0/Plan/Shared Hit Blocks"),
        ("analyze|wal", "/0/Plan/WAL Records"),
    ] {
        let with = get(&server, "/line", &format!("{JSON}; options={options}")).await;
        assert!(with.ok().pointer(path).is_some(), "{options}");
        let without = get(&server, "/line", JSON).await;
        assert!(without.ok().pointer(path).is_none(), "{options}");
    }
}

#[tokio::test]
async fn only_types_that_could_be_made_have_a_plan() {
    let server = serve_with(shared().await, |config| config.db_plan_enabled = true).await;
    for (url, of) in [
        ("/line", "text/html"),
        ("/line?select=id", "application/vnd.ids"),
        ("/line", "application/vnd.pgrst.plan"),
        ("/rpc/hello", "text/xml"),
    ] {
        let accept = format!("{JSON}; for=\"{of}\"");
        get(&server, url, &accept).await.refused(406, "PGRST107");
    }
    for (url, of) in [
        ("/rpc/hello", "text/plain"),
        ("/line", "application/vnd.pgrst.array;nulls=stripped"),
        ("/line?id=gt.7", "application/vnd.pgrst.object"),
    ] {
        plan(&get(&server, url, &format!("{JSON}; for=\"{of}\"")).await);
    }
}

#[tokio::test]
async fn a_change_has_one_and_happens_only_when_it_is_analyzed() {
    let fixture = own().await;
    let server = serve_with(&fixture, |config| {
        config.db_plan_enabled = true;
        config.db_tx_end = rowdesk::config::TransactionEnd::CommitAllowOverride;
    })
    .await;
    let token = fixture.user(json!({}));
    let names = async || {
        server
            .get("/line?select=name&order=id")
            .send()
            .await
            .text()
            .to_owned()
    };
    let unchanged = names().await;
    let row = json!({"id": 3, "name": "three"});
    for (method, url, body) in [
        ("POST", "/line", Some(&row)),
        ("PATCH", "/line?id=eq.1", Some(&json!({"name": "x"}))),
        ("PUT", "/line?id=eq.3", Some(&row)),
        ("DELETE", "/line?id=eq.2", None),
        ("POST", "/rpc/add_line", Some(&row)),
    ] {
        for (accept, prefer) in [
            (JSON.to_owned(), "return=representation"),
            (
                JSON.to_owned(),
                "return=minimal, count=exact, max-affected=0, handling=strict",
            ),
            (format!("{JSON}; options=analyze"), "tx=rollback"),
        ] {
            if url.starts_with("/rpc") && prefer.contains("max-affected") {
                continue;
            }
            let call = server.call(method, url).token(&token);
            let call = call.header("accept", &accept).header("prefer", prefer);
            let call = match body {
                Some(body) => call.json(body),
                None => call,
            };
            plan(&call.send().await);
            assert_eq!(names().await, unchanged, "{method} {url} {accept} {prefer}");
        }
    }
    let accept = format!("{JSON}; options=analyze");
    let call = server.post("/line").header("accept", &accept);
    plan(&call.json(&row).token(&token).send().await);
    assert_ne!(names().await, unchanged);
}

#[tokio::test]
async fn it_is_told_on_every_path() {
    for change in [
        |config: &mut rowdesk::config::Config| config.db_prepared_statements = false,
        |config: &mut rowdesk::config::Config| {
            config.request_path = rowdesk::config::RequestPath::Naive;
        },
    ] {
        let server = serve_with(shared().await, |config| {
            config.db_plan_enabled = true;
            change(config);
        })
        .await;
        plan(&get(&server, "/line?id=eq.1&name=like.*e", JSON).await);
    }
}
