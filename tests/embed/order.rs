//! Rows ordered by what is embedded in them.

use serde_json::json;

use super::{assert_answers, server};

#[tokio::test]
async fn a_column_of_a_resource_to_one_orders_the_rows() {
    let server = server().await;
    for (url, ids) in [
        (
            "/part?select=id,maker(name)&order=maker(name).desc.nullslast,id",
            vec![2, 3, 1, 4, 5],
        ),
        (
            "/part?select=id,maker(name)&order=maker(name).nullsfirst,id.desc",
            vec![5, 4, 1, 3, 2],
        ),
        (
            "/part?select=id,m:maker(name)&order=m(name),id",
            vec![1, 4, 2, 3, 5],
        ),
        // It need not be selected, and may be renamed.
        (
            "/part?select=id,maker()&order=maker(name).desc.nullslast,id",
            vec![2, 3, 1, 4, 5],
        ),
        (
            "/part?select=id,maker(country)&order=maker(name).desc.nullslast,id",
            vec![2, 3, 1, 4, 5],
        ),
        (
            "/part?select=id,maker(n:name)&order=maker(n).desc.nullslast,id",
            vec![2, 3, 1, 4, 5],
        ),
        (
            "/part?select=id,...maker(name)&order=maker(name).desc.nullslast,id",
            vec![2, 3, 1, 4, 5],
        ),
        (
            "/part?select=id,maker(name)&order=maker(name).desc.nullslast,id&limit=2&offset=1",
            vec![3, 1],
        ),
        (
            "/part?select=id,manual(pages)&order=manual(pages),id",
            vec![3, 1, 2, 4, 5],
        ),
        (
            "/part?select=id,manual(data)&order=manual(data-%3E%3Elang),id",
            vec![3, 1, 2, 4, 5],
        ),
        // By rows that are embedded: of the others the key is null.
        (
            "/part?select=id,maker(name)&maker.name=eq.Basso&order=maker(name),id.desc",
            vec![3, 2, 5, 4, 1],
        ),
        (
            "/rpc/parts?select=id,maker(name)&order=maker(name).desc,id.desc",
            vec![3, 2, 4, 1],
        ),
    ] {
        let reply = server.get(url).send().await;
        assert_eq!(reply.ids(), ids, "{url}");
    }
}

#[tokio::test]
async fn embedded_rows_are_ordered_so_too() {
    let server = server().await;
    assert_answers(
        &server,
        [(
            "/shelf?label=eq.top&select=stock(id,part(name))&stock.order=part(name).desc",
            json!([{"stock": [{"id": 2, "part": {"name": "Hand"}}, {"id": 1, "part": {"name": "Clock"}}]}]),
        )],
    )
    .await;
}

#[tokio::test]
async fn lists_order_nothing() {
    let server = server().await;
    let refused = server
        .get("/maker?select=id,part(id)&order=part(id)")
        .send()
        .await;
    let refused = refused.refused(400, "PGRST118");
    assert_eq!(
        refused["message"],
        "A related order on 'part' is not possible"
    );
    assert_eq!(
        refused["details"],
        "'maker' and 'part' do not form a many-to-one or one-to-one relationship"
    );
    assert_eq!(refused["hint"], json!(null));
}
