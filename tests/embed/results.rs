//! Embedding in what functions return, and in every representation.

use serde_json::json;

use super::{assert_answers, server};

#[tokio::test]
async fn functions_that_return_rows_of_a_relation_embed_as_it_does() {
    let server = server().await;
    let cheap = json!([
        {"id": 3, "maker": {"name": "Basso"}, "tag": []},
        {"id": 4, "maker": {"name": "Alto"}, "tag": [{"word": "small"}]},
    ]);
    assert_answers(
        &server,
        [
            (
                "/rpc/parts?cheaper_than=2&select=id,maker(name),tag(word)&order=id",
                cheap.clone(),
            ),
            (
                "/rpc/parts?select=id,maker!inner(name)&maker.name=eq.Alto&order=id",
                json!([{"id": 1, "maker": {"name": "Alto"}}, {"id": 4, "maker": {"name": "Alto"}}]),
            ),
            (
                "/rpc/known_parts?select=id,maker(name)&order=id",
                json!([{"id": 1, "maker": {"name": "Alto"}}, {"id": 2, "maker": {"name": "Basso"}}]),
            ),
            (
                "/rpc/one_part?wanted=2&select=id,...maker(name)",
                json!({"id": 2, "name": "Basso"}),
            ),
            (
                "/rpc/parts?select=id,manual()&manual=not.is.null&order=id",
                json!([{"id": 1}, {"id": 3}]),
            ),
        ],
    )
    .await;
    let body = json!({ "cheaper_than": 2 });
    let post = server
        .post("/rpc/parts?select=id,maker(name),tag(word)&order=id")
        .json(&body);
    assert_eq!(post.send().await.ok(), cheap);
}

#[tokio::test]
async fn other_functions_have_no_relationships() {
    let server = server().await;
    for url in [
        "/rpc/price_list?select=label,maker(name)",
        "/rpc/answer?select=maker(name)",
    ] {
        server.get(url).send().await.refused(400, "PGRST200");
    }
}

#[tokio::test]
async fn objects_nulls_and_csv_hold_embeds() {
    let server = server().await;
    let get = |accept: &str| {
        let url = "/part?select=id,maker(name),manual(pages),tag(word)&id=eq.4";
        server.get(url).header("accept", accept).send()
    };
    let object = get("application/vnd.pgrst.object+json").await;
    let whole =
        json!({"id": 4, "maker": {"name": "Alto"}, "manual": null, "tag": [{"word": "small"}]});
    assert_eq!(object.ok(), whole);
    let stripped = get("application/vnd.pgrst.array+json;nulls=stripped").await;
    let without_null = json!([{"id": 4, "maker": {"name": "Alto"}, "tag": [{"word": "small"}]}]);
    assert_eq!(stripped.ok(), without_null);
    let csv = get("text/csv").await;
    assert_eq!(
        csv.text(),
        "id,maker,manual,tag\n4,\"{\"\"name\"\": \"\"Alto\"\"}\",,\"[{\"\"word\"\": \"\"small\"\"}]\""
    );
}

#[tokio::test]
async fn head_says_what_get_says_without_the_body() {
    let server = server().await;
    let head = server.head("/part?select=id,maker(name)").send().await;
    assert_eq!(head.status, 200);
    assert_eq!(head.header("content-range"), Some("0-4/*"));
    assert_eq!(head.text(), "");
}
