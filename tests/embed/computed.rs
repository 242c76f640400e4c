//! Relationships that functions make.

use serde_json::{Value, json};

use super::{assert_user_reads, related};
use crate::harness::desk::execute;
use crate::harness::fixture::Fixture;

#[tokio::test]
async fn a_function_gives_one_row_or_many() {
    assert_user_reads([
        (
            "/part?select=id,made_by(name)&id=in.(1,2,5)&order=id",
            json!([
                {"id": 1, "made_by": {"name": "Alto"}},
                {"id": 2, "made_by": {"name": "Basso"}},
                {"id": 5, "made_by": null},
            ]),
        ),
        (
            "/maker?select=name,makes(id)&order=id&makes.order=id",
            json!([
                {"name": "Alto", "makes": [{"id": 1}, {"id": 4}]},
                {"name": "Basso", "makes": [{"id": 2}, {"id": 3}]},
                {"name": "Coro", "makes": []},
            ]),
        ),
        // without `setof` there is always a row, if only of nulls
        (
            "/part?select=id,its_manual(pages)&id=lt.3&order=id",
            json!([
                {"id": 1, "its_manual": {"pages": 120}},
                {"id": 2, "its_manual": {"pages": null}},
            ]),
        ),
        // one of all that it gives, where it says that it gives one
        (
            "/part?select=anyone(name)&id=eq.1",
            json!([{"anyone": {"name": "Coro"}}]),
        ),
    ])
    .await;
}

#[tokio::test]
async fn functions_lead_to_the_same_relation_and_nest() {
    assert_user_reads([
        (
            "/part?select=id,pieces(id,pieces(id)),piece_of(id)&id=in.(1,3)&order=id&pieces.order=id",
            json!([
                {"id": 1, "pieces": [{"id": 2, "pieces": []}, {"id": 3, "pieces": [{"id": 4}]}], "piece_of": null},
                {"id": 3, "pieces": [{"id": 4, "pieces": []}], "piece_of": {"id": 1}},
            ]),
        ),
        // below a key, and a key below
        (
            "/manual?select=pages,part(made_by(name,part(id)))&part=eq.3&part.made_by.part.order=id",
            json!([{"pages": 4, "part": {"made_by": {"name": "Basso", "part": [{"id": 2}, {"id": 3}]}}}]),
        ),
        // what another schema has
        ("/part?select=id,abroad(name)&id=eq.1", json!([{"id": 1, "abroad": [{"name": "abroad"}]}])),
    ])
    .await;
}

#[tokio::test]
async fn functions_take_rows_of_views_and_give_them() {
    assert_user_reads([
        (
            "/costly?select=name,made_by(name)&order=id",
            json!([
                {"name": "Clock", "made_by": {"name": "Alto"}},
                {"name": "Hand", "made_by": {"name": "Basso"}},
            ]),
        ),
        (
            "/maker?select=name,costly_parts(name)&order=id&limit=1",
            json!([{"name": "Alto", "costly_parts": [{"name": "Clock"}]}]),
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_function_replaces_the_key_whose_name_it_has() {
    assert_user_reads([
        // the relation's name
        (
            "/part?select=id,tag(word)&id=in.(2,4)&order=id",
            json!([{"id": 2, "tag": [{"word": "brass"}]}, {"id": 4, "tag": []}]),
        ),
        // which leaves the other direction as it was
        (
            "/tag?select=word,part(id)&id=eq.2&part.order=id",
            json!([{"word": "small", "part": [{"id": 2}, {"id": 4}]}]),
        ),
        // a column's, and its hint is not looked at
        (
            "/trade?select=id,seller(name),other:seller!nowhere(name)&id=eq.1",
            json!([{"id": 1, "seller": {"name": "Coro"}, "other": {"name": "Coro"}}]),
        ),
        (
            "/trade?select=maker!trade_seller_fkey(name)&id=eq.1",
            json!([{"maker": {"name": "Alto"}}]),
        ),
    ])
    .await;
}

#[tokio::test]
async fn conditions_orders_limits_and_spreads_work_as_with_keys() {
    assert_user_reads([
        (
            "/maker?select=name,cheap:makes(id)&cheap.price=lt.2&order=id&limit=2&cheap.order=id",
            json!([{"name": "Alto", "cheap": [{"id": 4}]}, {"name": "Basso", "cheap": [{"id": 3}]}]),
        ),
        (
            "/maker?select=name,makes!inner(id)&makes.price=gt.20",
            json!([{"name": "Alto", "makes": [{"id": 1}]}]),
        ),
        (
            "/maker?select=id,makes(id)&order=id&makes.order=price.desc&makes.limit=1&makes.offset=1",
            json!([
                {"id": 1, "makes": [{"id": 4}]},
                {"id": 2, "makes": [{"id": 3}]},
                {"id": 3, "makes": []},
            ]),
        ),
        ("/maker?select=id,makes()&makes=is.null", json!([{"id": 3}])),
        ("/part?select=id,made_by()&made_by=not.is.null&order=id&limit=2", json!([{"id": 1}, {"id": 2}])),
        (
            "/part?select=id,made_by()&order=made_by(name).desc.nullslast,id&limit=3",
            json!([{"id": 2}, {"id": 3}, {"id": 1}]),
        ),
        ("/part?select=id,...made_by(maker_name:name)&id=eq.2", json!([{"id": 2, "maker_name": "Basso"}])),
        (
            "/maker?select=id,...makes(prices:price)&id=eq.1&makes.order=id",
            json!([{"id": 1, "prices": [30.00, 0.50]}]),
        ),
        (
            "/maker?select=id,makes(id,name)&or=(makes.not.is.null,id.eq.3)&makes.id=eq.1&order=id",
            json!([{"id": 1, "makes": [{"id": 1, "name": "Clock"}]}, {"id": 3, "makes": []}]),
        ),
    ])
    .await;
    let fixture = related().await;
    let server = fixture.serve().await;
    let user = fixture.user(json!({}));
    let counted = server
        .get("/maker?select=id,makes!inner(id)&limit=1")
        .token(&user);
    let counted = counted.header("prefer", "count=exact").send().await;
    assert_eq!(counted.status, 206);
    assert_eq!(counted.header("content-range"), Some("0-0/2"));
    let many = server
        .get("/maker?select=id,makes(id)&order=makes(id)")
        .token(&user);
    let many = many.send().await.refused(400, "PGRST118");
    assert_eq!(
        many["details"],
        "'maker' and 'makes' do not form a many-to-one or one-to-one relationship"
    );
}

#[tokio::test]
async fn results_of_functions_and_changed_rows_embed_by_functions() {
    assert_user_reads([
        (
            "/rpc/parts?cheaper_than=3&select=id,made_by(name)&order=id&limit=1",
            json!([{"id": 2, "made_by": {"name": "Basso"}}]),
        ),
        (
            "/rpc/one_part?wanted=1&select=pieces(id)",
            json!({"pieces": [{"id": 2}, {"id": 3}]}),
        ),
    ])
    .await;
    let fixture = Fixture::own_with(include_str!("../fixtures/related.sql")).await;
    let admin = fixture.admin().await;
    let grant = format!("grant all on api.part to {}", fixture.role("user"));
    execute(&admin, &grant).await;
    let server = fixture.serve().await;
    let user = fixture.user(json!({}));
    let write = async |method, url: &str, body: Value| {
        let call = server.call(method, url).token(&user).json(&body);
        let reply = call.header("prefer", "return=representation").send().await;
        assert!(reply.status.is_success(), "{url}: {}", reply.text());
        reply.json()
    };
    // The function reads what is not selected.
    let select = "select=name,made_by(name),piece_of(name)";
    assert_eq!(
        write(
            "POST",
            &format!("/part?{select}"),
            json!({"id": 9, "name": "Screw", "maker": 2, "whole": 1})
        )
        .await,
        json!([{"name": "Screw", "made_by": {"name": "Basso"}, "piece_of": {"name": "Clock"}}])
    );
    assert_eq!(
        write(
            "PATCH",
            &format!("/part?{select}&id=eq.9"),
            json!({"maker": 1})
        )
        .await,
        json!([{"name": "Screw", "made_by": {"name": "Alto"}, "piece_of": {"name": "Clock"}}])
    );
    assert_eq!(
        write("DELETE", &format!("/part?{select}&id=eq.9"), json!({})).await,
        json!([{"name": "Screw", "made_by": {"name": "Alto"}, "piece_of": {"name": "Clock"}}])
    );
}

#[tokio::test]
async fn functions_of_other_schemas_are_none_and_hints_name_those_that_there_are() {
    let fixture = related().await;
    let server = fixture.serve().await;
    for (url, hint) in [
        ("/part?select=elsewhere(id)", Value::Null),
        (
            "/part?select=made_bye(id)",
            json!("Perhaps you meant 'made_by' instead of 'made_bye'."),
        ),
        // It takes rows of another relation.
        (
            "/tag?select=made_by(id)",
            json!("Perhaps you meant 'maker' instead of 'made_by'."),
        ),
    ] {
        let refused = server.get(url).send().await.refused(400, "PGRST200");
        assert_eq!(refused["hint"], hint, "{url}");
    }
    // Nor where the schema is exposed: a function belongs to the requests of its own.
    let both = fixture
        .serve_with(|config| config.db_schemas = vec!["api".to_owned(), "other".to_owned()])
        .await;
    let url = "/part?select=elsewhere(id)";
    both.get(url).send().await.refused(400, "PGRST200");
}

#[tokio::test]
async fn a_function_reads_as_the_caller() {
    let fixture = related().await;
    let server = fixture.serve().await;
    let user = fixture.user(json!({}));
    // Anonymous may not read every column of a maker, which the function does; nor every one of its row.
    for url in [
        "/part?select=id,made_by(name)",
        "/part?select=id,made_by!inner()",
        "/part?select=id,made_by()&made_by=not.is.null",
        "/part?select=id,made_by()&order=made_by(name)",
        "/maker?select=id,makes(id)",
    ] {
        server.get(url).send().await.refused(401, "42501");
        assert_eq!(
            server.get(url).token(&user).send().await.status,
            200,
            "{url}"
        );
    }
    let kept = server.get("/part?select=kept(id)").token(&user);
    kept.send().await.refused(403, "42501");
}
