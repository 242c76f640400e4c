//! Steps into columns of JSON, composites and arrays.

use serde_json::json;

use crate::harness::desk::execute;
use crate::harness::fixture::Fixture;
use crate::harness::server::TestServer;

/// A table with the same in `json` and in `jsonb`.
async fn server() -> (Fixture, TestServer) {
    let fixture = Fixture::own().await;
    let script = r#"
        create type api.point as (x int, y int);
        create table api.document (id int primary key, plain json, packed jsonb, place api.point);
        insert into api.document
        select id, data::json, data::jsonb, place from (values
            (1, '{"b": 1.0, "a": [1,2,  3], "n": 7}', row(1, 2)::api.point),
            (2, '{"b": 2, "a": null, "n": 10}', row(3, 4)::api.point)
        ) as given (id, data, place);
        grant select on api.document to web_anon;
    "#;
    let admin = fixture.admin().await;
    let role = fixture.role("anon");
    execute(&admin, &script.replace("web_anon", &role)).await;
    let server = fixture.serve().await;
    (fixture, server)
}

#[tokio::test]
async fn json_is_shown_as_it_was_written() {
    let (_fixture, server) = server().await;
    for (select, expected) in [
        ("plain->a", r#"[{"a":[1,2,  3]}]"#),
        ("plain->>a", r#"[{"a":"[1,2,  3]"}]"#),
        ("plain->b", r#"[{"b":1.0}]"#),
        ("packed->a", r#"[{"a":[1, 2, 3]}]"#),
        ("place->y", r#"[{"y":2}]"#),
    ] {
        let url = format!("/document?id=eq.1&select={}", select.replace('>', "%3E"));
        let reply = server.get(&url).send().await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        assert_eq!(reply.text(), expected, "{select}");
    }
}

#[tokio::test]
async fn json_is_compared_and_ordered_as_numbers_or_as_text() {
    let (_fixture, server) = server().await;
    for (url, expected) in [
        ("plain->n=gt.8", json!([{"id": 2}])),
        ("packed->n=gt.8", json!([{"id": 2}])),
        ("plain->>n=gt.5", json!([{"id": 1}])),
        ("plain->>a=eq.[1,2,%20%203]", json!([{"id": 1}])),
        ("packed->>a=eq.[1,%202,%203]", json!([{"id": 1}])),
        ("plain->>a=is.null", json!([{"id": 2}])),
        ("or=(plain->>n.eq.7,packed->n.eq.9)", json!([{"id": 1}])),
        ("place->y=gte.4", json!([{"id": 2}])),
        ("order=plain->n.desc", json!([{"id": 2}, {"id": 1}])),
        ("order=plain->>n.desc", json!([{"id": 1}, {"id": 2}])),
        ("order=packed->n.desc", json!([{"id": 2}, {"id": 1}])),
        ("order=place->>x.desc", json!([{"id": 2}, {"id": 1}])),
    ] {
        let url = format!("/document?select=id&{}", url.replace('>', "%3E"));
        assert_eq!(server.get(&url).send().await.ok(), expected, "{url}");
    }
}

#[tokio::test]
async fn a_step_out_of_text_is_refused_in_the_words_of_postgres() {
    let (_fixture, server) = server().await;
    for (column, key, message) in [
        ("plain", "b", "operator does not exist: text -> unknown"),
        ("packed", "b", "operator does not exist: text -> unknown"),
        ("place", "b", "operator does not exist: text -> unknown"),
        ("plain", "1", "operator does not exist: text -> integer"),
    ] {
        let url = format!("/document?select={column}-%3E%3Ea-%3E{key}");
        let reply = server.get(&url).send().await;
        assert_eq!(reply.refused(404, "42883")["message"], message, "{url}");
    }
}
