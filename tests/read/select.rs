//! Which columns, under which names and types, in which order.

use serde_json::{Value, json};

use crate::harness::fixture::Fixture;

#[tokio::test]
async fn columns_are_chosen_renamed_and_cast() {
    let server = Fixture::shared().await.serve().await;
    for (select, expected) in [
        ("id,name", json!({"id": 1, "name": "Apple"})),
        ("label:name", json!({"label": "Apple"})),
        ("id::text", json!({"id": "1"})),
        ("nr:id::text", json!({"nr": "1"})),
        ("price::int", json!({"price": 2})),
        ("price::double%20precision", json!({"price": 1.5})),
        ("id,%20name", json!({"id": 1, "name": "Apple"})),
        ("%22Two%20Words%22:id", json!({"Two Words": 1})),
        ("tags", json!({"tags": ["red", "fruit"]})),
        ("data->a->>b", json!({"b": "x"})),
        ("data->a", json!({"a": {"b": "x", "n": 1}})),
        ("x:data->a->n", json!({"x": 1})),
        ("data->list->0", json!({"list": 10})),
        ("data->list->>1", json!({"list": "20"})),
        ("data->a->>n::int", json!({"n": 1})),
        ("tags->>0", json!({"tags": "red"})),
        ("data->nowhere->at->all", json!({"all": null})),
        (
            "size,active,released",
            json!({"size": "small", "active": true, "released": "2025-01-01"}),
        ),
        ("span", json!({"span": "[1,5)"})),
    ] {
        let reply = server
            .get(&format!(
                "/item?id=eq.1&select={}",
                select.replace('>', "%3E")
            ))
            .send()
            .await;
        assert_eq!(reply.status, 200, "{select}: {}", reply.text());
        assert_eq!(reply.json(), json!([expected]), "{select}");
    }
}

#[tokio::test]
async fn without_select_or_with_a_star_all_columns_come() {
    let server = Fixture::shared().await.serve().await;
    let all = server.get("/cheap?id=eq.5").send().await.ok();
    assert_eq!(all, json!([{"id": 5, "name": "Ünïcode ☃", "price": 0.99}]));
    assert_eq!(server.get("/cheap?id=eq.5&select=*").send().await.ok(), all);
    assert_eq!(server.get("/cheap?id=eq.5&select=").send().await.ok(), all);
    let both = server
        .get("/cheap?id=eq.5&select=*,nr:id")
        .send()
        .await
        .ok();
    assert_eq!(both[0]["nr"], 5);
    assert_eq!(both[0]["price"], 0.99);
}

#[tokio::test]
async fn numbers_keep_every_digit_and_columns_their_order() {
    let server = Fixture::shared().await.serve().await;
    let reply = server.get("/item?id=eq.4&select=price,id").send().await;
    assert_eq!(reply.text(), r#"[{"price":12.00,"id":4}]"#);
}

#[tokio::test]
async fn rows_are_ordered_with_nulls_where_asked() {
    let server = Fixture::shared().await.serve().await;
    for (order, expected) in [
        ("id", [1, 2, 3, 4, 5, 6]),
        ("id.desc", [6, 5, 4, 3, 2, 1]),
        ("id.asc", [1, 2, 3, 4, 5, 6]),
        ("stock", [3, 6, 4, 5, 1, 2]),
        ("stock.nullsfirst", [2, 3, 6, 4, 5, 1]),
        ("stock.desc", [2, 1, 5, 4, 6, 3]),
        ("stock.desc.nullslast", [1, 5, 4, 6, 3, 2]),
        ("stock.asc.nullslast", [3, 6, 4, 5, 1, 2]),
        ("size.nullsfirst,id.desc", [4, 2, 1, 6, 5, 3]),
        (
            "active.desc.nullslast,%20price.desc.nullslast",
            [6, 2, 1, 5, 3, 4],
        ),
        ("data->a->>b.desc.nullslast,id", [2, 1, 3, 4, 5, 6]),
    ] {
        let reply = server
            .get(&format!(
                "/item?select=id&order={}",
                order.replace('>', "%3E")
            ))
            .send()
            .await;
        assert_eq!(reply.status, 200, "{order}: {}", reply.text());
        assert_eq!(reply.ids(), expected, "{order}");
    }
}

#[tokio::test]
async fn one_object_where_one_is_asked_for() {
    let server = Fixture::shared().await.serve().await;
    for accept in [
        "application/vnd.pgrst.object+json",
        "application/vnd.pgrst.object",
    ] {
        let one = |url: &str| server.get(url).header("accept", accept).send();
        let reply = one("/item?id=eq.1&select=id,stock").await;
        assert_eq!(reply.ok(), json!({"id": 1, "stock": 10}));
        assert_eq!(
            reply.header("content-type"),
            Some("application/vnd.pgrst.object+json; charset=utf-8")
        );
        assert_eq!(reply.header("content-range"), Some("0-0/*"));

        for (url, rows) in [("/item?id=eq.99", 0), ("/item?select=id", 6)] {
            let reply = one(url).await;
            let error = reply.refused(406, "PGRST116");
            assert_eq!(
                error,
                json!({
                    "code": "PGRST116",
                    "details": format!("The result contains {rows} rows"),
                    "hint": null,
                    "message": "Cannot coerce the result to a single JSON object",
                })
            );
            assert_eq!(
                reply.header("content-type"),
                Some("application/json; charset=utf-8")
            );
        }
        // A page of one row is one row, even of many.
        assert_eq!(
            one("/item?select=id&limit=1&order=id").await.ok(),
            json!({"id": 1})
        );
    }
}

#[tokio::test]
async fn nulls_are_stripped_where_asked() {
    let server = Fixture::shared().await.serve().await;
    let get = |accept: &'static str| {
        server
            .get("/item?id=eq.3&select=id,price,stock,data")
            .header("accept", accept)
            .send()
    };
    for (accept, content_type, expected) in [
        (
            "application/vnd.pgrst.array+json;nulls=stripped",
            "application/vnd.pgrst.array+json;nulls=stripped; charset=utf-8",
            json!([{"id": 3, "stock": 0}]),
        ),
        (
            "application/vnd.pgrst.array;nulls=stripped",
            "application/vnd.pgrst.array+json;nulls=stripped; charset=utf-8",
            json!([{"id": 3, "stock": 0}]),
        ),
        (
            "application/vnd.pgrst.object+json;nulls=stripped",
            "application/vnd.pgrst.object+json;nulls=stripped; charset=utf-8",
            json!({"id": 3, "stock": 0}),
        ),
        (
            "application/vnd.pgrst.array+json",
            "application/json; charset=utf-8",
            json!([{"id": 3, "price": null, "stock": 0, "data": null}]),
        ),
    ] {
        let reply = get(accept).await;
        assert_eq!(reply.ok(), expected, "{accept}");
        assert_eq!(reply.header("content-type"), Some(content_type));
    }
    let empty = server
        .get("/nothing")
        .header("accept", "application/vnd.pgrst.array+json;nulls=stripped")
        .send()
        .await;
    assert_eq!(empty.ok(), Value::Array(Vec::new()));
}

#[tokio::test]
async fn csv_has_a_header_and_quotes_what_needs_it() {
    let server = Fixture::shared().await.serve().await;
    let csv = |url: &str| server.get(url).header("accept", "text/csv").send();
    let reply = csv("/item?select=id,label:name,price,active&order=id&id=in.(1,3,4,6)").await;
    assert_eq!(reply.status, 200);
    assert_eq!(
        reply.header("content-type"),
        Some("text/csv; charset=utf-8")
    );
    assert_eq!(reply.header("content-range"), Some("0-3/*"));
    assert_eq!(
        reply.text(),
        "id,label,price,active\n\
         1,Apple,1.50,t\n\
         3,Banana,,f\n\
         4,\"Cherry, dark\",12.00,\n\
         6,\"100% \"\"juice\"\" (b)\",3.00,t"
    );
    // PostgREST knows the columns only from the first row.
    let empty = csv("/nothing").await;
    assert_eq!((empty.status.as_u16(), empty.text()), (200, "\n"));
}
