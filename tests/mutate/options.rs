//! OPTIONS: which methods a resource has.

use crate::harness::fixture::Fixture;

#[tokio::test]
async fn a_resource_says_what_it_takes_whoever_asks() {
    let fixture = Fixture::shared().await;
    let server = fixture.serve().await;
    for (url, allowed) in [
        ("/thing", "OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE"),
        (
            "/rest/v1/pair_key",
            "OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE",
        ),
        ("/no_key", "OPTIONS,GET,HEAD,POST,PATCH,DELETE"),
        ("/hidden", "OPTIONS,GET,HEAD,POST,PATCH,DELETE"),
        ("/thing_count", "OPTIONS,GET,HEAD"),
        ("/rpc/answer", "OPTIONS,GET,HEAD,POST"),
        ("/rpc/items", "OPTIONS,GET,HEAD,POST"),
        ("/rpc/touch", "OPTIONS,POST"),
        ("/", "OPTIONS,GET,HEAD"),
    ] {
        let reply = server.call("OPTIONS", url).send().await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        assert_eq!(reply.header("allow"), Some(allowed), "{url}");
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
        assert_eq!(reply.header("content-length"), Some("0"));
        assert_eq!(reply.header("content-type"), None);
    }
}

#[tokio::test]
async fn what_does_not_exist_takes_nothing() {
    let fixture = Fixture::shared().await;
    let server = fixture.serve().await;
    for (url, status, code) in [
        ("/nowhere", 404, "PGRST205"),
        ("/rpc/nowhere", 404, "PGRST202"),
        ("/a/b", 404, "PGRST125"),
    ] {
        let reply = server.call("OPTIONS", url).send().await;
        reply.refused(status, code);
    }
    let call = server.call("OPTIONS", "/thing").token("nonsense");
    assert_eq!(call.send().await.status, 401);
}
