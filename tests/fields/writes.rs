//! Domains with a representation of their own, written.

use serde_json::json;

use super::Fields;

#[tokio::test]
async fn a_body_is_read_by_the_cast_from_json_and_comes_back_as_shown() {
    let fields = Fields::new().await;
    let row = json!({"id": 7, "shade": "#00000A", "gloss": 4});
    let reply = fields
        .send("POST", "/paint?select=id,shade,gloss", &row)
        .await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    assert_eq!(reply.json(), json!([row]));

    let rows = json!([{"id": 8, "shade": "#B"}, {"id": 9, "shade": null}]);
    let reply = fields
        .send("POST", "/paint?columns=id,shade&select=id,shade", &rows)
        .await;
    let expected = json!([{"id": 8, "shade": "#00000B"}, {"id": 9, "shade": null}]);
    assert_eq!(reply.json(), expected);

    let shade = json!({"shade": "#00000C"});
    let reply = fields
        .send("PATCH", "/paint?shade=eq.B&select=shade", &shade)
        .await;
    assert_eq!(reply.json(), json!([shade]));

    let row = json!({"id": 7, "name": "x", "shade": "#00000D", "gloss": 4, "facts": {"a": 1}});
    let reply = fields
        .send(
            "PUT",
            "/paint?id=eq.7&select=id,name,shade,gloss,facts",
            &row,
        )
        .await;
    assert_eq!(reply.json(), json!([row]));

    let reply = fields
        .send("DELETE", "/paint?shade=in.(D)&select=id", &json!({}))
        .await;
    assert_eq!(reply.ids(), [7]);
    fields.assert_ids(&[("/paint?shade=lt.FF", &[8])]).await;
}

#[tokio::test]
async fn columns_left_out_take_their_defaults() {
    let fields = Fields::new().await;
    let call = fields
        .server
        .post("/paint?columns=id,shade&select=id,shade");
    let call = call.token(&fields.fixture.user(json!({})));
    let call = call.header("prefer", "return=representation, missing=default");
    let rows = json!([{"id": 20}, {"id": 21, "shade": "#1"}, {"id": 22, "shade": null}]);
    let expected = json!([
        {"id": 20, "shade": "#0000FF"}, {"id": 21, "shade": "#000001"}, {"id": 22, "shade": null},
    ]);
    assert_eq!(call.json(&rows).send().await.json(), expected);
}

#[tokio::test]
async fn forms_and_csv_are_read_by_it_too() {
    let fields = Fields::new().await;
    for (content_type, body) in [
        ("application/x-www-form-urlencoded", "id=30&shade=%2300001E"),
        ("text/csv", "id,shade\n31,#00001E"),
    ] {
        let call = fields.server.post("/paint?select=shade");
        let call = call.token(&fields.fixture.user(json!({})));
        let call = call.header("prefer", "return=representation");
        let reply = call.body(content_type, body).send().await;
        assert_eq!(
            reply.json(),
            json!([{"shade": "#00001E"}]),
            "{content_type}"
        );
    }
}

#[tokio::test]
async fn what_the_cast_refuses_changes_nothing() {
    let fields = Fields::new().await;
    for (body, code) in [
        (json!({"id": 40, "shade": "nothex"}), "22P02"),
        (json!({"id": 40, "shade": "#FFFFFFF"}), "23514"),
        (
            json!([{"id": 40, "shade": "#1"}, {"id": 41, "shade": "nothex"}]),
            "22P02",
        ),
    ] {
        fields
            .send("POST", "/paint", &body)
            .await
            .refused(400, code);
    }
    fields.assert_ids(&[("/paint?id=gte.40", &[])]).await;
}

#[tokio::test]
async fn strict_json_leaves_such_columns_to_their_casts() {
    let fields = Fields::new().await;
    let strict = |config: &mut rowdesk::config::Config| config.strict_json_types = true;
    let server = fields.fixture.serve_with(strict).await;
    let user = fields.fixture.user(json!({}));
    let post = |body| server.post("/paint").token(&user).json(&body);
    let created = post(json!({"id": 50, "shade": "#1"})).send().await;
    assert_eq!(created.status, 201, "{}", created.text());
    let refused = post(json!({"id": "51", "shade": "#1"})).send().await;
    assert_eq!(refused.status, 400);
}
