//! Which of several accepted types is sent.

use super::{get, serve, shared};

#[tokio::test]
async fn the_first_that_can_be_made_wins() {
    let server = serve(shared().await).await;
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/png,*/*;q=0.8";
    let json = "application/json; charset=utf-8";
    for (url, accept, content_type) in [
        ("/rpc/png", "image/png, */*", "image/png"),
        ("/rpc/png", browser, "image/png"),
        ("/rpc/page", browser, "text/html"),
        ("/line", browser, json),
        ("/line", "text/plain, application/json", json),
        (
            "/line",
            "text/csv;q=0.5, application/vnd.ids",
            "application/vnd.ids",
        ),
        (
            "/line",
            "application/vnd.ids;q=0.5, text/csv",
            "text/csv; charset=utf-8",
        ),
        ("/line", "x/y, pg/record;q=0.1", "pg/record"),
        (
            "/line?select=id",
            "application/vnd.ids, pg/record",
            "pg/record",
        ),
        // Of two that are wanted as much, the one with fewer stars.
        ("/line", "*/*, application/vnd.ids", "application/vnd.ids"),
    ] {
        let reply = get(&server, url, accept).await;
        assert_eq!(reply.status, 200, "{url} {accept}");
        let found = reply.header("content-type");
        assert_eq!(found, Some(content_type), "{url} {accept}");
    }
}

#[tokio::test]
async fn everything_that_was_accepted_is_named_where_nothing_fits() {
    let server = serve(shared().await).await;
    for (accept, named) in [
        ("undefined", "undefined"),
        ("text/plain, x/y;q=0.5", "text/plain, x/y"),
        ("x/y;q=0.5, text/plain", "text/plain, x/y"),
        (
            "application/vnd.pgrst.plan+json; options=wal|analyze",
            "application/vnd.pgrst.plan+json; for=\"application/json\"; options=analyze|wal",
        ),
        ("application/openapi+json", "application/openapi+json"),
    ] {
        let error = get(&server, "/line", accept).await.refused(406, "PGRST107");
        assert_eq!(
            error["message"],
            format!("None of these media types are available: {named}"),
            "{accept}"
        );
        assert!(error["details"].is_null() && error["hint"].is_null());
    }
}
