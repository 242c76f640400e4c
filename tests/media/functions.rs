//! Functions whose one value is the whole answer.

use serde_json::json;

use super::{assert_answer, get, own, serve, shared};

#[tokio::test]
async fn a_value_of_a_media_type_is_the_answer_as_it_is() {
    let server = serve(shared().await).await;
    for (url, accept, content_type, body) in [
        (
            "/rpc/png",
            "image/png",
            "image/png",
            &b"\x89PNG\r\n\x1a\n\x00\xff"[..],
        ),
        (
            "/rpc/hello?name=%C3%BC",
            "text/plain",
            "text/plain; charset=utf-8",
            "hello ü".as_bytes(),
        ),
        ("/rpc/tag", "text/xml", "text/xml; charset=utf-8", b"<tag/>"),
        ("/rpc/page", "text/html", "text/html", "<p>ü</p>".as_bytes()),
        (
            "/rpc/silence",
            "text/plain",
            "text/plain; charset=utf-8",
            b"",
        ),
        ("/rpc/anything", "*/*", "application/octet-stream", b"any"),
        ("/rpc/anything", "x/y", "application/octet-stream", b"any"),
        (
            "/rpc/anything",
            "application/json",
            "application/octet-stream",
            b"any",
        ),
    ] {
        assert_answer(&get(&server, url, accept).await, content_type, body);
        let head = server.head(url).header("accept", accept).send().await;
        assert_eq!(head.status, 200, "{url}");
        assert_eq!(head.header("content-type"), Some(content_type), "{url}");
    }
}

#[tokio::test]
async fn its_json_is_there_as_well_and_nothing_else() {
    let server = serve(shared().await).await;
    for accept in ["application/json", "*/*"] {
        let reply = get(&server, "/rpc/hello", accept).await;
        assert_eq!(reply.ok(), json!("hello you"), "{accept}");
    }
    for (url, accept) in [
        ("/rpc/hello", "text/xml"),
        ("/rpc/hello", "text/html"),
        ("/rpc/png", "image/*"),
        ("/rpc/hello_twice", "text/plain"),
        ("/rpc/overloaded?b=x", "text/plain"),
        // Its one value is all there is.
        ("/rpc/hello?select=x", "text/plain"),
    ] {
        get(&server, url, accept).await.refused(406, "PGRST107");
    }
    // Another overload of that name makes it.
    let reply = get(&server, "/rpc/overloaded?a=1", "text/plain").await;
    assert_answer(&reply, "text/plain; charset=utf-8", "plain");
}

#[tokio::test]
async fn a_page_behind_the_one_value_is_empty() {
    let server = serve(shared().await).await;
    let reply = get(&server, "/rpc/hello?offset=1", "text/plain").await;
    assert_answer(&reply, "text/plain; charset=utf-8", "");
}

#[tokio::test]
async fn it_is_called_once() {
    let fixture = own().await;
    let server = serve(&fixture).await;
    let arguments = json!({"id": 3, "name": "three"});
    let call = server.post("/rpc/add_line").header("accept", "text/plain");
    let reply = call
        .json(&arguments)
        .token(&fixture.user(json!({})))
        .send()
        .await;
    assert_answer(&reply, "text/plain; charset=utf-8", "three");
    let count = server.get("/line?id=eq.3").send().await.ok();
    assert_eq!(count, json!([{"id": 3, "name": "three"}]));
}
