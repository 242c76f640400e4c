//! What a function gives back: every kind of result, by GET, HEAD and POST.

use serde_json::{Value, json};

use crate::harness::fixture::Fixture;

#[tokio::test]
async fn each_kind_of_result_has_its_shape() {
    let server = Fixture::shared().await.serve().await;
    for (url, expected, content_range) in [
        ("/rpc/answer", json!(42), "0-0/*"),
        ("/rpc/no_value", json!(null), "0-0/*"),
        ("/rpc/numbers?most=3", json!([1, 2, 3]), "0-2/*"),
        ("/rpc/numbers?most=0", json!([]), "*/*"),
        ("/rpc/pair", json!({"x": 1, "y": "one"}), "0-0/*"),
        (
            "/rpc/one_item?wanted=1&select=id,name",
            json!({"id": 1, "name": "Apple"}),
            "0-0/*",
        ),
        (
            "/rpc/items?select=id&order=id&limit=2",
            json!([{"id": 1}, {"id": 2}]),
            "0-1/*",
        ),
        (
            "/rpc/price_list?cost=gt.5",
            json!([{"label": "Cherry, dark", "cost": 12.00}]),
            "0-0/*",
        ),
        ("/rpc/price_list?cost=gt.500", json!([]), "*/*"),
        ("/rpc/echo_array?v=%7B1,2%7D", json!([1, 2]), "0-0/*"),
    ] {
        let reply = server.get(url).send().await;
        assert_eq!(reply.status, 200, "{url}: {}", reply.text());
        assert_eq!(reply.json(), expected, "{url}");
        assert_eq!(reply.header("content-range"), Some(content_range), "{url}");
        assert_eq!(
            reply.header("content-type"),
            Some("application/json; charset=utf-8"),
            "{url}"
        );
        assert_eq!(reply.header("content-location"), None, "{url}");
        let head = server.head(url).send().await;
        assert_eq!(head.status, 200, "{url}");
        assert!(head.body.is_empty(), "{url}");
        assert_eq!(head.header("content-range"), Some(content_range), "{url}");
    }
}

#[tokio::test]
async fn post_gives_what_get_gives() {
    let server = Fixture::shared().await.serve().await;
    for (function, query, body) in [
        ("answer", "", json!({})),
        ("add", "a=1&b=2", json!({"a": 1, "b": 2})),
        ("numbers", "most=3", json!({"most": 3})),
        ("one_item", "wanted=2", json!({"wanted": 2})),
        ("pair", "", json!({})),
        ("of_size", "wanted=small", json!({"wanted": "small"})),
    ] {
        let url = format!("/rpc/{function}");
        let got = server.get(&format!("{url}?{query}")).send().await.ok();
        let posted = server.post(&url).json(&body).send().await.ok();
        assert_eq!(got, posted, "{function}");
    }
}

#[tokio::test]
async fn a_function_of_nothing_answers_204() {
    let server = Fixture::shared().await.serve().await;
    for call in [server.post("/rpc/touch"), server.get("/rpc/touch")] {
        let reply = call.send().await;
        assert_eq!(reply.status, 204);
        assert!(reply.body.is_empty());
        for absent in ["content-type", "content-length", "content-location"] {
            assert_eq!(reply.header(absent), None, "{absent}");
        }
    }
}

#[tokio::test]
async fn rows_of_a_function_are_filtered_ordered_and_paged_like_a_table() {
    let server = Fixture::shared().await.serve().await;
    for (url, expected) in [
        ("/rpc/items?select=id&order=id", vec![1, 2, 4, 5, 6]),
        ("/rpc/items?min_price=2&select=id&order=id", vec![2, 4, 6]),
        (
            "/rpc/items?select=id&order=price.desc&id=gt.1",
            vec![4, 6, 2, 5],
        ),
        (
            "/rpc/items?select=id&order=id&or=(id.eq.1,name.like.C*)",
            vec![1, 4],
        ),
        ("/rpc/items?select=id&order=id&limit=2&offset=1", vec![2, 4]),
        (
            "/rpc/items?select=id&name=not.ilike.a*&tags=cs.%7Bred%7D",
            vec![6],
        ),
        ("/rpc/of_size?wanted=small&select=id&order=id", vec![1, 2]),
    ] {
        let reply = server.get(url).send().await;
        assert_eq!(reply.status, 200, "{url}: {}", reply.text());
        assert_eq!(reply.ids(), expected, "{url}");
    }
    // A POST has its arguments in the body, so that every parameter of the URL is a filter.
    let call = server.post("/rpc/items?select=id&order=id&id=gt.2&limit=2");
    let reply = call.json(&json!({"min_price": 1})).send().await;
    assert_eq!(reply.ids(), [4, 6]);
}

#[tokio::test]
async fn rows_of_a_function_are_counted() {
    let server = Fixture::shared().await.serve().await;
    for (url, status, content_range) in [
        ("/rpc/items?select=id", 200, "0-4/5"),
        ("/rpc/items?select=id&limit=2", 206, "0-1/5"),
        ("/rpc/items?select=id&limit=2&offset=3", 206, "3-4/5"),
        ("/rpc/items?select=id&id=gt.4", 200, "0-1/2"),
        ("/rpc/items?min_price=1000", 200, "*/0"),
        ("/rpc/numbers?most=7&limit=2", 206, "0-1/7"),
        ("/rpc/answer", 200, "0-0/1"),
        // One value is one, whatever of it is asked for.
        ("/rpc/answer?limit=0", 200, "0-0/1"),
        ("/rpc/answer?offset=5", 416, "5-5/1"),
        ("/rpc/one_item?wanted=1&id=eq.2", 200, "0-0/1"),
        ("/rpc/items?offset=100", 416, "*/5"),
        ("/rpc/items?min_price=1000&offset=1", 416, "*/0"),
    ] {
        let reply = server.get(url).header("prefer", "count=exact").send().await;
        assert_eq!(reply.status, status, "{url}: {}", reply.text());
        assert_eq!(reply.header("content-range"), Some(content_range), "{url}");
        assert_eq!(
            reply.header("preference-applied"),
            Some("count=exact"),
            "{url}"
        );
        if status == 416 {
            reply.refused(416, "PGRST103");
        } else {
            let head = server
                .head(url)
                .header("prefer", "count=exact")
                .send()
                .await;
            assert_eq!(head.status, status, "{url}");
            assert_eq!(head.header("content-range"), Some(content_range), "{url}");
        }
    }
    let none = server.get("/rpc/one_item?wanted=1&id=eq.2");
    let none = none.header("accept", "application/vnd.pgrst.object+json");
    assert_eq!(none.send().await.ok(), Value::Null);
    let ranged = server.get("/rpc/numbers?most=7").header("range", "2-3");
    let ranged = ranged.send().await;
    assert_eq!(ranged.ok(), json!([3, 4]));
    assert_eq!(ranged.header("content-range"), Some("2-3/*"));
}

#[tokio::test]
async fn one_object_csv_and_stripped_nulls() {
    let server = Fixture::shared().await.serve().await;
    let get = |url: &str, accept: &str| server.get(url).header("accept", accept).send();
    let object = "application/vnd.pgrst.object+json";

    let one = get("/rpc/items?id=eq.1&select=id", object).await;
    assert_eq!(one.ok(), json!({"id": 1}));
    assert_eq!(
        one.header("content-type"),
        Some("application/vnd.pgrst.object+json; charset=utf-8")
    );
    let refused = get("/rpc/items?select=id", object)
        .await
        .refused(406, "PGRST116");
    assert_eq!(refused["details"], "The result contains 5 rows");
    assert_eq!(
        get("/rpc/pair", object).await.ok(),
        json!({"x": 1, "y": "one"})
    );

    let csv = get("/rpc/price_list?cost=lt.2&order=cost", "text/csv").await;
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(csv.text(), "label,cost\n\"Ünïcode ☃\",0.99\nApple,1.50");

    let stripped = get(
        "/rpc/items?id=eq.2&select=id,stock,data-%3Enone",
        "application/vnd.pgrst.array+json;nulls=stripped",
    );
    assert_eq!(stripped.await.ok(), json!([{"id": 2}]));
    get("/rpc/answer", "image/png")
        .await
        .refused(406, "PGRST107");
}
