//! POST.

use serde_json::json;

use super::{Writer, assert_empty};

#[tokio::test]
async fn a_row_is_created_and_by_default_nothing_of_it_comes_back() {
    let writer = Writer::new().await;
    for prefer in ["", "return=minimal"] {
        let reply = writer
            .send(
                "POST",
                "/thing?select=nonsense",
                prefer,
                &json!({"name": "a", "amount": 3}),
            )
            .await;
        assert_empty(&reply, 201);
        assert_eq!(reply.header("content-range"), Some("*/*"));
        assert_eq!(reply.header("content-length"), Some("0"));
        assert_eq!(reply.header("location"), None);
        let applied = (!prefer.is_empty()).then_some(prefer);
        assert_eq!(reply.header("preference-applied"), applied);
    }
    assert_eq!(
        writer
            .get("/thing?select=id,name,amount,done,size,rank,doubled")
            .await,
        json!([
            {"id": 1, "name": "a", "amount": 3, "done": false, "size": "small", "rank": 7, "doubled": 6},
            {"id": 2, "name": "a", "amount": 3, "done": false, "size": "small", "rank": 7, "doubled": 6},
        ])
    );
}

#[tokio::test]
async fn the_created_rows_come_back_in_the_asked_shape() {
    let writer = Writer::new().await;
    let full = "return=representation, count=exact";
    let reply = writer
        .send(
            "POST",
            "/thing?select=key:id::text,name,data-%3Ea",
            full,
            &json!({"name": "a", "data": {"a": {"b": 1}}}),
        )
        .await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    assert_eq!(
        reply.json(),
        json!([{"key": "1", "name": "a", "a": {"b": 1}}])
    );
    assert_eq!(reply.header("content-range"), Some("*/1"));
    assert_eq!(reply.header("preference-applied"), Some(full));
    assert_eq!(
        reply.header("content-type"),
        Some("application/json; charset=utf-8")
    );
    assert_eq!(reply.header("location"), None);

    let rows = json!([{"k1": 1, "k2": "a"}, {"k1": 2, "k2": "b", }]);
    let reply = writer
        .send("POST", "/pair_key", "return=representation", &rows)
        .await;
    assert_eq!(reply.status, 201);
    assert_eq!(
        reply.text(),
        "[{\"k1\":1,\"k2\":\"a\",\"extra\":null}, \n {\"k1\":2,\"k2\":\"b\",\"extra\":null}]"
    );
    assert_eq!(reply.header("content-range"), Some("*/*"));
}

#[tokio::test]
async fn rows_come_back_in_their_order_or_as_asked() {
    let writer = Writer::new().await;
    let rows = json!([{"k1": 2, "k2": "b"}, {"k1": 3, "k2": "c"}, {"k1": 1, "k2": "a"}]);
    for (query, expected) in [
        ("", ["b", "c", "a"]),
        ("&order=k1.desc", ["c", "b", "a"]),
        // A page is of what is read, not of what was written.
        ("&order=k2&limit=1", ["a", "b", "c"]),
    ] {
        let url = format!("/pair_key?select=k2{query}");
        let reply = writer
            .send("POST", &url, "return=representation", &rows)
            .await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        assert_eq!(reply.json(), json!(expected.map(|k2| json!({"k2": k2}))));
        let gone = writer.call("DELETE", "/pair_key", "").send().await;
        assert_eq!(gone.status, 204);
    }
}

#[tokio::test]
async fn a_new_rows_place_is_told_when_asked_for_headers_only() {
    let writer = Writer::new().await;
    let row = json!({"k1": 12, "k2": "Rock & R+ll=ö", "extra": 1});
    for (url, body, location) in [
        (
            "/thing?select=name",
            json!({"name": "a"}),
            Some("/thing?id=eq.1"),
        ),
        ("/thing", json!([{"name": "b"}]), Some("/thing?id=eq.2")),
        ("/thing", json!([{"name": "c"}, {"name": "d"}]), None),
        ("/thing", json!([]), None),
        ("/no_key", json!({"a": "x"}), None),
        (
            "/pair_key",
            row,
            Some("/pair_key?k1=eq.12&k2=eq.Rock%20%26%20R%2Bll%3D%C3%B6"),
        ),
    ] {
        let reply = writer.send("POST", url, "return=headers-only", &body).await;
        assert_empty(&reply, 201);
        assert_eq!(reply.header("location"), location, "{url}");
        assert_eq!(reply.header("content-range"), Some("*/*"));
        let applied = reply.header("preference-applied");
        assert_eq!(applied, Some("return=headers-only"));
        if let Some(location) = location {
            let rows = writer.get(location).await;
            assert_eq!(rows.as_array().map(Vec::len), Some(1), "{location}");
        }
    }
}

#[tokio::test]
async fn rows_of_nothing_but_defaults() {
    let writer = Writer::new().await;
    for (body, rows) in [
        (json!({}), 1),
        (json!([{}, {}]), 2),
        (json!([]), 0),
        (json!(null), 0),
    ] {
        let prefer = "return=representation, count=exact";
        let reply = writer.send("POST", "/no_key", prefer, &body).await;
        assert_eq!(reply.status, 201, "{body}: {}", reply.text());
        let expected = vec![json!({"a": null, "b": null}); rows];
        assert_eq!(reply.json(), json!(expected), "{body}");
        let range = format!("*/{rows}");
        assert_eq!(reply.header("content-range"), Some(range.as_str()));
    }
    let reply = writer.send("POST", "/thing", "", &json!({})).await;
    reply.refused(400, "23502");
}

#[tokio::test]
async fn missing_values_are_null_or_the_default_as_preferred() {
    let writer = Writer::new().await;
    let rows = json!([
        {"name": "a", "size": "large"},
        {"name": "b", "size": null, "rank": 3, "id": 50},
        {"name": "c", "done": true},
    ]);
    let url = "/thing?columns=id,name,size,rank,done,data&select=name,size,rank,done,data";
    let prefer = "missing=default, return=representation";
    let reply = writer.send("POST", url, prefer, &rows).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    assert_eq!(reply.header("preference-applied"), Some(prefer));
    assert_eq!(
        reply.json(),
        json!([
            {"name": "a", "size": "large", "rank": 7, "done": false, "data": null},
            {"name": "b", "size": null, "rank": 3, "done": false, "data": null},
            {"name": "c", "size": "small", "rank": 7, "done": true, "data": null},
        ])
    );
    // The number of the row that brought its own was not taken.
    assert_eq!(
        writer.get("/thing?select=id&order=id").await,
        json!([{"id": 1}, {"id": 2}, {"id": 50}])
    );

    let one = "/thing?columns=id,name,size&select=id,size";
    let reply = writer
        .send("POST", one, prefer, &json!({"name": "d"}))
        .await;
    assert_eq!(reply.json(), json!([{"id": 3, "size": "small"}]));
    let reply = writer
        .send("POST", one, "missing=null", &json!({"name": "e"}))
        .await;
    let refused = reply.refused(400, "23502");
    let message = refused["message"].as_str().expect("text");
    assert!(message.contains("\"id\""), "{message}");
}

#[tokio::test]
async fn only_the_named_columns_of_a_body_are_written() {
    let writer = Writer::new().await;
    let body = json!([{"name": "a", "amount": 5, "nonsense": {}}, {"name": "b", "other": 1}]);
    let reply = writer
        .send(
            "POST",
            "/thing?columns=name&select=name,amount",
            "return=representation",
            &body,
        )
        .await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    let expected = json!([{"name": "a", "amount": null}, {"name": "b", "amount": null}]);
    assert_eq!(reply.json(), expected);
}

#[tokio::test]
async fn every_type_is_written_as_it_is_read() {
    let writer = Writer::new().await;
    let thing = json!({
        "id": 9, "name": "Ünïcode ☃ \"quoted\"", "amount": 7, "price": 12.5, "ratio": 0.1, "done": true,
        "due": "2025-07-01T12:00:00+00:00", "code": "00000000-0000-4000-8000-000000000001",
        "size": "large", "label": "abcde", "rank": 2, "data": {"a": [1, "x", null]}, "tags": ["a,b", "c"],
        "slug": "s", "parent": null,
    });
    let mut expected = thing.clone();
    expected["price"] = json!(12.50);
    expected["doubled"] = json!(14);
    let reply = writer
        .send("POST", "/thing", "return=representation", &thing)
        .await;
    assert_eq!(reply.json(), json!([expected]));
    // Digits that no float holds.
    let reply = writer
        .call("POST", "/thing?select=price", "return=representation")
        .body("application/json", r#"{"name": "p", "price": 1234.10}"#)
        .send()
        .await;
    assert_eq!(reply.text(), r#"[{"price":1234.10}]"#);
}

#[tokio::test]
async fn a_preferred_time_zone_reads_and_shows_times() {
    let writer = Writer::new().await;
    let prefer = "return=representation, timezone=Europe/Berlin";
    let row = json!({"name": "t", "due": "2025-07-01T12:00:00"});
    let reply = writer.send("POST", "/thing?select=due", prefer, &row).await;
    assert_eq!(reply.json(), json!([{"due": "2025-07-01T12:00:00+02:00"}]));
    assert_eq!(reply.header("preference-applied"), Some(prefer));
    let reply = writer
        .send("POST", "/thing", "timezone=Nowhere/Else", &row)
        .await;
    reply.refused(400, "22023");
    assert_eq!(writer.get("/thing?select=id").await, json!([{"id": 1}]));
}

#[tokio::test]
async fn no_limit_of_reading_cuts_what_was_written() {
    let writer = Writer::new().await;
    let server = writer
        .fixture
        .serve_with(|config| config.db_max_rows = Some(1))
        .await;
    let call = server.post("/no_key?select=a").token(&writer.user);
    let rows = json!([{"a": "1"}, {"a": "2"}, {"a": "3"}]);
    let reply = call
        .header("prefer", "return=representation, count=exact")
        .header("range", "0-0")
        .json(&rows)
        .send()
        .await;
    assert_eq!(reply.json(), rows);
    assert_eq!(reply.header("content-range"), Some("*/3"));
}

#[tokio::test]
async fn the_content_profile_names_the_schema_that_is_written() {
    let writer = Writer::new().await;
    let server = writer
        .fixture
        .serve_with(|config| config.db_schemas = vec!["api".to_owned(), "other".to_owned()])
        .await;
    let call = |prefer: &str| {
        let call = server.post("/item").token(&writer.user);
        let call = call.header("content-profile", "other");
        call.header("prefer", prefer)
            .json(&json!({"id": 8, "name": "new"}))
            .send()
    };
    let reply = call("return=representation").await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    assert_eq!(reply.json(), json!([{"id": 8, "name": "new"}]));
    assert_eq!(reply.header("content-profile"), Some("other"));
    assert_eq!(call("").await.header("content-profile"), None);
    let rows = server.get("/item?id=eq.8&select=name");
    let rows = rows.header("accept-profile", "other").send().await;
    assert_eq!(rows.ok(), json!([{"name": "new"}, {"name": "new"}]));
}

#[tokio::test]
async fn odd_names_are_written() {
    let writer = Writer::new().await;
    crate::harness::desk::execute(
        &writer.fixture.admin().await,
        &format!(
            "grant insert, update on api.\"Odd Name\", api.\"表\" to {}",
            writer.fixture.role("user")
        ),
    )
    .await;
    let row =
        json!({"Zahl 1": 3, "größe": "g", "a.b": "d", "a,b": "c", "q\"q": "q", "select": "w"});
    let reply = writer
        .send("POST", "/Odd%20Name", "return=representation", &row)
        .await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    assert_eq!(reply.json(), json!([row]));
    let reply = writer
        .send(
            "PATCH",
            "/%E8%A1%A8",
            "return=representation",
            &json!({"名": "新"}),
        )
        .await;
    assert_eq!(reply.ok(), json!([{"名": "新"}]));
}

#[tokio::test]
async fn a_new_rows_place_can_be_followed_whatever_its_tables_name() {
    let writer = Writer::new().await;
    let user = writer.fixture.role("user");
    let script = format!(
        "create table api.\"50% [a/b] \\^?\" (id int primary key);
         grant select, insert on api.\"50% [a/b] \\^?\" to {user}"
    );
    crate::harness::desk::execute(&writer.fixture.admin().await, &script).await;
    let server = writer.fixture.serve().await;
    let path = "/50%25%20%5Ba%2Fb%5D%20%5C%5E%3F";
    let reply = server
        .post(path)
        .token(&writer.user)
        .header("prefer", "return=headers-only")
        .json(&json!({"id": 7}))
        .send()
        .await;
    assert_empty(&reply, 201);
    let location = reply.header("location").expect("a location");
    assert_eq!(location, format!("{path}?id=eq.7"));
    let row = server.get(location).token(&writer.user).send().await;
    assert_eq!(row.ok(), json!([{"id": 7}]));
}
