//! `...relation(…)`: the columns of embedded rows among those of the row.

use serde_json::json;

use super::{assert_answers, server};

#[tokio::test]
async fn to_one_adds_columns() {
    let server = server().await;
    assert_answers(
        &server,
        [
            (
                "/part?select=id,...maker(maker_name:name,country)&order=id&id=in.(1,5)",
                json!([
                    {"id": 1, "maker_name": "Alto", "country": "AT"},
                    {"id": 5, "maker_name": null, "country": null},
                ]),
            ),
            (
                "/stock?id=eq.2&select=id,...part(part:name,...maker(maker:name),manual(pages),tag(word))\
                 &part.tag.order=word",
                json!([{"id": 2, "part": "Hand", "maker": "Basso", "manual": null,
                        "tag": [{"word": "brass"}, {"word": "small"}]}]),
            ),
            ("/manual?part=eq.1&select=...part(*)", json!([
                {"id": 1, "name": "Clock", "price": 30.00, "maker": 1, "whole": null}
            ])),
            ("/part?select=id,...maker!inner(name)&name=eq.Orphan", json!([])),
            ("/part?id=eq.1&select=id,...maker()", json!([{"id": 1}])),
            (
                "/part?select=id,...maker(name)&maker.name=eq.Basso&id=lt.3&order=id",
                json!([{"id": 1, "name": null}, {"id": 2, "name": "Basso"}]),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn to_many_adds_a_list_for_each_column() {
    let server = server().await;
    assert_answers(
        &server,
        [
            (
                "/maker?select=name,...part(parts:name,prices:price)&order=id&part.order=price.desc",
                json!([
                    {"name": "Alto", "parts": ["Clock", "Coil"], "prices": [30.00, 0.50]},
                    {"name": "Basso", "parts": ["Hand", "Spring"], "prices": [2.50, 1.25]},
                    {"name": "Coro", "parts": [], "prices": []},
                ]),
            ),
            (
                "/tag?select=word,...part(*)&id=eq.1&part.order=id",
                json!([{"word": "brass", "id": [1, 2], "name": ["Clock", "Hand"], "price": [30.00, 2.50],
                        "maker": [1, 2], "whole": [null, 1]}]),
            ),
            // Nested: to-one spreads join the lists, to-many ones make lists of lists; embeds are elements.
            (
                "/maker?id=eq.2&select=...part(n:name,...manual(pages),...tag(word),drawing(title))\
                 &part.order=id&part.tag.order=word",
                json!([{"n": ["Hand", "Spring"], "pages": [null, 4], "word": [["brass", "small"], []],
                        "drawing": [{"title": "Front"}, null]}]),
            ),
            // Two columns of one name are no trouble.
            (
                "/maker?id=eq.2&select=...part(name,...manual(name:pages))&part.limit=1&part.order=id.desc",
                json!([{"name": [4]}]),
            ),
            ("/maker?select=id,...part!inner(name)&part.price=gt.20", json!([{"id": 1, "name": ["Clock"]}])),
            ("/maker?select=id,...part(name)&part=is.null", json!([{"id": 3, "name": []}])),
        ],
    )
    .await;
}
