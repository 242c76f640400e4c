//! PATCH.

use serde_json::json;

use super::{Writer, assert_empty, untouched};

#[tokio::test]
async fn the_filtered_rows_change_and_no_others() {
    let writer = Writer::with_things().await;
    let body = json!({"amount": 0});
    for (url, range) in [
        ("/thing?id=eq.2", "0-0/*"),
        ("/thing?or=(id.eq.4,id.eq.5)&select=nonsense", "0-1/*"),
        ("/thing?id=eq.99", "*/*"),
    ] {
        let reply = writer.send("PATCH", url, "", &body).await;
        assert_empty(&reply, 204);
        assert_eq!(reply.header("content-range"), Some(range), "{url}");
        assert_eq!(reply.header("content-length"), None);
    }
    let expected = json!([[1, 10], [2, 0], [3, 30], [4, 0], [5, 0]]);
    assert_eq!(writer.amounts().await, expected);
}

#[tokio::test]
async fn rows_are_filtered_by_what_is_inside_json() {
    let writer = Writer::with_things().await;
    for (id, data) in [(2, json!({"a": {"n": 12}})), (3, json!({"a": {"n": 5}}))] {
        let url = format!("/thing?id=eq.{id}");
        let reply = writer
            .send("PATCH", &url, "", &json!({"data": data, "tags": ["x"]}))
            .await;
        assert_empty(&reply, 204);
    }
    let full = "return=representation";
    for (filter, rows) in [
        ("data->a->n=gt.8", json!([{"id": 2}])),
        ("data->a->>n=eq.5", json!([{"id": 3}])),
        ("and=(tags->>0.eq.x,data->a->n.lt.8)", json!([{"id": 3}])),
    ] {
        let url = format!("/thing?select=id&{}", filter.replace('>', "%3E"));
        let reply = writer
            .send("PATCH", &url, full, &json!({"amount": 0}))
            .await;
        assert_eq!(reply.ok(), rows, "{filter}");
    }
    let expected = json!([[1, 10], [2, 0], [3, 0], [4, 40], [5, 50]]);
    assert_eq!(writer.amounts().await, expected);
}

#[tokio::test]
async fn the_changed_rows_come_back_in_the_asked_shape() {
    let writer = Writer::with_things().await;
    let full = "return=representation, count=exact";
    let reply = writer
        .send(
            "PATCH",
            "/thing?id=gte.4&select=key:id::text,amount&order=id.desc&limit=1&offset=1",
            full,
            &json!({"amount": 1}),
        )
        .await;
    // Limits are of reading: PostgREST heeds none on a write.
    let expected = json!([{"key": "5", "amount": 1}, {"key": "4", "amount": 1}]);
    assert_eq!(reply.ok(), expected);
    assert_eq!(reply.header("content-range"), Some("0-1/2"));
    assert_eq!(reply.header("preference-applied"), Some(full));

    let reply = writer
        .send("PATCH", "/thing?id=eq.99", full, &json!({"amount": 1}))
        .await;
    assert_eq!(reply.ok(), json!([]));
    assert_eq!(reply.header("content-range"), Some("*/0"));

    let reply = writer
        .send(
            "PATCH",
            "/thing?id=eq.1",
            "return=headers-only",
            &json!({"amount": 1}),
        )
        .await;
    assert_empty(&reply, 204);
    assert_eq!(reply.header("location"), None);
}

#[tokio::test]
async fn without_a_filter_every_row_changes() {
    let writer = Writer::with_things().await;
    let reply = writer
        .send("PATCH", "/thing", "count=exact", &json!({"amount": null}))
        .await;
    assert_empty(&reply, 204);
    assert_eq!(reply.header("content-range"), Some("0-4/5"));
    let expected = json!([[1, null], [2, null], [3, null], [4, null], [5, null]]);
    assert_eq!(writer.amounts().await, expected);
}

#[tokio::test]
async fn a_body_that_names_no_column_changes_nothing() {
    let writer = Writer::with_things().await;
    for body in [json!({}), json!([]), json!([{}])] {
        for url in ["/thing", "/thing?select=id"] {
            let reply = writer.send("PATCH", url, "", &body).await;
            assert_empty(&reply, 204);
            assert_eq!(reply.header("content-range"), Some("*/*"));
            let reply = writer
                .send("PATCH", url, "return=representation", &body)
                .await;
            assert_eq!(reply.ok(), json!([]));
        }
    }
    assert_eq!(writer.amounts().await, untouched());
}

#[tokio::test]
async fn missing_values_are_null_or_the_default_as_preferred() {
    let writer = Writer::with_things().await;
    let url = "/thing?id=eq.1&columns=name,size,amount&select=name,size,amount";
    for (prefer, size) in [
        ("missing=default, return=representation", json!("small")),
        ("return=representation", json!(null)),
    ] {
        let reply = writer
            .send("PATCH", url, prefer, &json!({"name": "n"}))
            .await;
        let expected = json!([{"name": "n", "size": size, "amount": null}]);
        assert_eq!(reply.ok(), expected);
        assert_eq!(reply.header("preference-applied"), Some(prefer));
    }
}

#[tokio::test]
async fn computed_columns_filter_and_come_back() {
    let writer = Writer::with_things().await;
    let url = "/thing?shout=eq.THING%202&select=name,shout&order=shout";
    let reply = writer
        .send("PATCH", url, "return=representation", &json!({"name": "x"}))
        .await;
    assert_eq!(reply.ok(), json!([{"name": "x", "shout": "X"}]));
    let reply = writer
        .send(
            "DELETE",
            "/thing?shout=eq.X&select=shout",
            "return=representation",
            &json!({}),
        )
        .await;
    assert_eq!(reply.ok(), json!([{"shout": "X"}]));
    let url = "/thing?select=shout";
    let reply = writer
        .send(
            "POST",
            url,
            "return=representation",
            &json!({"name": "new"}),
        )
        .await;
    assert_eq!(reply.json(), json!([{"shout": "NEW"}]));
}

#[tokio::test]
async fn filters_of_every_kind_choose_the_rows() {
    let writer = Writer::with_things().await;
    for (query, ids) in [
        ("name=eq.thing%203", vec![3]),
        ("name=like.*2&amount=gt.5", vec![2]),
        ("id=in.(1,5)", vec![1, 5]),
        (
            "id=not.in.(1,5)&and=(amount.lt.40,amount.gte.20)",
            vec![2, 3],
        ),
        ("parent=is.null&id=lt.2", vec![1]),
    ] {
        let url = format!("/thing?select=id&order=id&{query}");
        let reply = writer
            .send(
                "PATCH",
                &url,
                "return=representation",
                &json!({"label": "x"}),
            )
            .await;
        assert_eq!(reply.ids(), ids, "{query}");
    }
}
