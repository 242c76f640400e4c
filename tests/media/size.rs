//! How large an answer may be.

use serde_json::json;

use super::{get, own, serve, serve_with, shared};
use crate::harness::desk::execute;
use crate::harness::fixture::Fixture;
use crate::harness::server::TestServer;

async fn limited(fixture: &Fixture, bytes: u32) -> TestServer {
    serve_with(fixture, |config| {
        config.server_max_answer_bytes = Some(bytes);
    })
    .await
}

#[tokio::test]
async fn an_answer_of_any_kind_is_sent_up_to_the_limit_and_refused_above() {
    let fixture = shared().await;
    let free = serve_with(fixture, |config| config.server_max_answer_bytes = None).await;
    for (url, accept) in [
        ("/line?order=id", "application/json"),
        ("/line?id=eq.1", "application/vnd.pgrst.object+json"),
        ("/rpc/lines", "application/json"),
        ("/rpc/hello?name=anybody", "application/json"),
        ("/rpc/hello_twice", "application/json"),
        ("/rpc/first_line", "application/json"),
    ] {
        let whole = get(&free, url, accept).await;
        let length = u32::try_from(whole.body.len()).unwrap();
        // An object is one of a list.
        let length = length + if accept.contains("object") { 2 } else { 0 };
        let length = length
            + if url.contains("first_line") || url.contains("anybody") {
                2
            } else {
                0
            };
        let reply = get(&limited(fixture, length).await, url, accept).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.body),
            (200, &whole.body),
            "{url}"
        );
        let server = limited(fixture, length - 1).await;
        get(&server, url, accept).await.refused(400, "RD109");
    }
    let server = limited(fixture, 4).await;
    for (url, accept) in [
        ("/line", "text/csv"),
        ("/line?select=id,name", "text/csv"),
        ("/line", "application/vnd.ids"),
        ("/line", "pg/record"),
        ("/line", "application/vnd.pgrst.array;nulls=stripped"),
        ("/rpc/png", "image/png"),
        ("/rpc/page", "text/html"),
    ] {
        let reply = get(&server, url, accept).await;
        assert_eq!(
            reply.refused(400, "RD109")["message"],
            "The answer is larger than 4 bytes"
        );
        // Nothing is made, so nothing is too large.
        let head = server.head(url).header("accept", accept).send().await;
        assert_eq!(head.status, 200, "{url} {accept}");
    }
}

#[tokio::test]
async fn the_refusal_says_what_to_do() {
    let error = get(&limited(shared().await, 10).await, "/line", "*/*").await;
    assert_eq!(
        error.refused(400, "RD109"),
        json!({
            "code": "RD109",
            "message": "The answer is larger than 10 bytes",
            "details": null,
            "hint": "Ask for fewer columns (select=…) or fewer rows (limit=… and offset=…, filters); \
                     text/csv is shorter than JSON",
        })
    );
}

#[tokio::test]
async fn what_cannot_be_shown_is_not_changed() {
    let fixture = own().await;
    let server = limited(&fixture, 30).await;
    let token = fixture.user(json!({}));
    let row = |id| json!({"id": id, "name": "some thirty bytes or even more"});
    let call = |prefer| server.post("/line").token(&token).header("prefer", prefer);
    for prefer in [
        "return=representation",
        "return=representation, max-affected=5",
    ] {
        let reply = call(prefer).json(&row(3)).send().await;
        reply.refused(400, "RD109");
    }
    let reply = call("return=minimal").json(&row(4)).send().await;
    assert_eq!(reply.status, 201);
    let ids = server.get("/line?select=id&id=gt.2").send().await;
    assert_eq!(ids.ok(), json!([{"id": 4}]));
}

/// Only an error of the statement itself is one of the answer's size.
#[tokio::test]
async fn a_function_that_reads_sizes_fails_as_ever() {
    let fixture = own().await;
    let script = "
        create function media.size(of text) returns bigint language plpgsql immutable as
            $$ begin return pg_size_bytes(of); end $$";
    execute(&fixture.admin().await, script).await;
    let server = limited(&fixture, 1_000_000).await;
    assert_eq!(
        server.get("/rpc/size?of=1kB").send().await.ok(),
        json!(1024)
    );
    let reply = server.get("/rpc/size?of=large").send().await;
    reply.refused(400, "22023");
}

#[tokio::test]
async fn a_column_asked_for_again_and_again_makes_no_answer_without_end() {
    let fixture = own().await;
    let script = "
        create table media.long (id int, text text);
        insert into media.long select n, repeat('x', 100000) from generate_series(1, 20) n;
        grant select on media.long to public";
    execute(&fixture.admin().await, script).await;
    let times = |count: usize| {
        let columns: Vec<String> = (0..count).map(|n| format!("a{n}:text")).collect();
        columns.join(",")
    };
    // 20 MB from a URL of 3 kB: one row, then two.
    let server = limited(&fixture, 30_000_000).await;
    let url = format!("/long?select={}", times(200));
    let one = server.get(&format!("{url}&limit=1")).send().await;
    assert_eq!((one.status.as_u16(), one.body.len() / 1_000_000), (200, 20));
    let two = server.get(&format!("{url}&limit=2")).send().await;
    two.refused(400, "RD109");
    // CSV, objects and functions have the same limit.
    for accept in ["text/csv", "application/vnd.pgrst.object", "pg/record"] {
        let reply = get(&server, &format!("{url}&limit=2"), accept).await;
        reply.refused(400, "RD109");
    }

    let most = server.get(&format!("/long?id=eq.0&select={}", times(500)));
    assert_eq!(most.send().await.ok(), json!([]));
    let more = server.get(&format!("/long?id=eq.0&select={}", times(501)));
    let error = more.send().await.refused(400, "PGRST100");
    assert_eq!(error["message"], "Too many columns are selected");
    assert_eq!(
        error["details"],
        "Those of all embedded resources count, and `*` once; the limit is 500"
    );
}

#[tokio::test]
async fn columns_of_embedded_resources_count_as_well() {
    let server = serve(shared().await).await;
    let columns = |prefix: &str, count: usize| {
        let columns: Vec<String> = (0..count).map(|n| format!("{prefix}{n}:id")).collect();
        columns.join(",")
    };
    let url = |below| {
        let (own, below) = (columns("a", 250), columns("b", below));
        format!("/line?select={own},point({below})")
    };
    assert_eq!(server.get(&url(250)).send().await.status, 200);
    server.get(&url(251)).send().await.refused(400, "PGRST100");
}
