//! Conditions, limits and inner joins: which rows are embedded, and which embed.

use serde_json::json;

use super::{assert_answers, server};

#[tokio::test]
async fn conditions_limits_and_order_speak_of_the_embedded_rows_alone() {
    let server = server().await;
    assert_answers(
        &server,
        [
            (
                "/maker?select=id,part(id)&part.price=gt.1&order=id&part.order=price.desc",
                json!([
                    {"id": 1, "part": [{"id": 1}]},
                    {"id": 2, "part": [{"id": 2}, {"id": 3}]},
                    {"id": 3, "part": []},
                ]),
            ),
            (
                "/maker?select=id,part(id)&part.order=id&part.limit=1&part.offset=1&order=id",
                json!([
                    {"id": 1, "part": [{"id": 4}]},
                    {"id": 2, "part": [{"id": 3}]},
                    {"id": 3, "part": []},
                ]),
            ),
            (
                "/maker?select=id,part(id)&part.or=(id.eq.4,name.like.Ha*)&order=id",
                json!([
                    {"id": 1, "part": [{"id": 4}]},
                    {"id": 2, "part": [{"id": 2}]},
                    {"id": 3, "part": []},
                ]),
            ),
            (
                "/maker?select=id,part(id)&part.not.and=(id.gt.1,id.lt.4)&order=id&id=lt.3&part.order=id",
                json!([{"id": 1, "part": [{"id": 1}, {"id": 4}]}, {"id": 2, "part": []}]),
            ),
            (
                "/part?select=id,maker(name)&maker.country=eq.AT&id=lt.3&order=id",
                json!([{"id": 1, "maker": {"name": "Alto"}}, {"id": 2, "maker": null}]),
            ),
            (
                "/maker?id=eq.2&select=part(id,stock(id))&part.stock.amount=gt.10&part.order=id",
                json!([{"part": [{"id": 2, "stock": [{"id": 2}]}, {"id": 3, "stock": []}]}]),
            ),
            ("/maker?id=eq.1&select=part(id)&part.limit=0", json!([{"part": []}])),
        ],
    )
    .await;
}

#[tokio::test]
async fn an_alias_names_its_resource_and_so_does_the_relation() {
    let server = server().await;
    let expected = json!([{"p": [{"id": 4}]}]);
    assert_answers(
        &server,
        [
            (
                "/maker?id=eq.1&select=p:part(id)&p.id=gt.1",
                expected.clone(),
            ),
            ("/maker?id=eq.1&select=p:part(id)&part.id=gt.1", expected),
            (
                "/maker?id=eq.1&select=a:part(id),b:part(id)&a.id=eq.1&b.id=eq.4",
                json!([{"a": [{"id": 1}], "b": [{"id": 4}]}]),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_relation_named_in_spite_of_its_alias_is_warned_of() {
    let server = server().await;
    let legacy =
        server.get("/maker?select=p:part(*,m:maker(id))&part.id=gt.1&p.maker.order=id&id=eq.1");
    let reply = legacy.send().await;
    assert_eq!(reply.status, 200);
    assert_eq!(
        reply.header("warning"),
        Some(
            "299 rowdesk \"Embedded resource was referenced by relation name even though it has an alias. \
             This is deprecated and will stop working in a future release. Update `part` to `p`, `maker` \
             to `m` in query string filters, orders or limits.\""
        )
    );
    let by_alias = server
        .get("/maker?select=p:part(id)&p.id=gt.1")
        .send()
        .await;
    assert_eq!(by_alias.header("warning"), None);
    let odd = server
        .get("/maker?select=%22%C3%A9%0A%5C%22%22:part(id)&part.id=gt.1")
        .send()
        .await;
    assert_eq!(odd.status, 200);
    let warning = odd.header("warning").expect("a warning");
    assert!(warning.contains("`part` to `%C3%A9%0A%22`"), "{warning}");
}

#[tokio::test]
async fn without_legacy_names_only_the_alias_counts() {
    let fixture = crate::harness::fixture::Fixture::shared().await;
    let server = fixture
        .serve_with(|config| config.url_use_legacy_target_names = false)
        .await;
    for url in [
        "/maker?select=p:part(id)&part.id=gt.1",
        "/maker?select=p:part(id)&part.order=id",
        "/maker?select=p:part(id)&part.limit=1",
        "/maker?select=p:part(id)&part.or=(id.eq.1,id.eq.2)",
    ] {
        let refused = server.get(url).send().await.refused(400, "PGRST108");
        assert_eq!(
            refused["message"], "'part' is not an embedded resource in this request",
            "{url}"
        );
        assert_eq!(
            refused["details"], "Target names are not allowed in filters if they have an alias",
            "{url}"
        );
        assert_eq!(
            refused["hint"], "Change 'part' to 'p' in filters, orders or limits.",
            "{url}"
        );
    }
    assert_answers(
        &server,
        [
            (
                "/maker?id=eq.1&select=p:part(id)&p.id=gt.1",
                json!([{"p": [{"id": 4}]}]),
            ),
            (
                "/maker?id=eq.1&select=part(id)&part.id=gt.1",
                json!([{"part": [{"id": 4}]}]),
            ),
            // The same relation twice: its name is that of the one without an alias.
            (
                "/maker?id=eq.1&select=p:part(id),part(id)&part.id=eq.1&p.id=eq.4",
                json!([{"p": [{"id": 4}], "part": [{"id": 1}]}]),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn inner_drops_rows_without_an_embedded_one() {
    let server = server().await;
    assert_answers(
        &server,
        [
            (
                "/part?select=id,maker!inner(name)&order=id&id=gt.3",
                json!([{"id": 4, "maker": {"name": "Alto"}}]),
            ),
            (
                "/part?select=id,maker!inner(name)&maker.name=eq.Basso&order=id",
                json!([{"id": 2, "maker": {"name": "Basso"}}, {"id": 3, "maker": {"name": "Basso"}}]),
            ),
            (
                "/maker?select=id,part!inner(id)&part.price=gt.20",
                json!([{"id": 1, "part": [{"id": 1}]}]),
            ),
            (
                "/part?select=id,tag!inner(word)&tag.word=eq.small&order=id",
                json!([{"id": 2, "tag": [{"word": "small"}]}, {"id": 4, "tag": [{"word": "small"}]}]),
            ),
            // Two levels down, where every level is inner; an outer one stops it.
            (
                "/maker?select=id,part!inner(id,stock!inner(id))&part.stock.amount=eq.8",
                json!([{"id": 2, "part": [{"id": 2, "stock": [{"id": 3}]}]}]),
            ),
            (
                "/maker?select=id,part(id,stock!inner(id))&part.stock.amount=eq.8&order=id",
                json!([
                    {"id": 1, "part": []},
                    {"id": 2, "part": [{"id": 2, "stock": [{"id": 3}]}]},
                    {"id": 3, "part": []},
                ]),
            ),
            (
                "/trade?select=id,maker!buyer!inner(name)&order=id",
                json!([{"id": 1, "maker": {"name": "Basso"}}, {"id": 2, "maker": {"name": "Alto"}}]),
            ),
            (
                "/part?select=id,maker!left(name)&id=eq.5",
                json!([{"id": 5, "maker": null}]),
            ),
            (
                "/maker?select=id,part!inner(id)&part.offset=1&order=id&part.order=id",
                json!([{"id": 1, "part": [{"id": 4}]}, {"id": 2, "part": [{"id": 3}]}]),
            ),
            ("/maker?select=id,part!inner(id)&part.limit=0", json!([])),
        ],
    )
    .await;
}

#[tokio::test]
async fn null_asks_whether_something_is_embedded() {
    let server = server().await;
    assert_answers(
        &server,
        [
            (
                "/part?select=id,manual(pages)&manual=not.is.null&order=id",
                json!([{"id": 1, "manual": {"pages": 120}}, {"id": 3, "manual": {"pages": 4}}]),
            ),
            // Selecting nothing of it shows nothing of it.
            ("/part?select=id,manual()&manual=is.null&order=id", json!([{"id": 2}, {"id": 4}, {"id": 5}])),
            ("/maker?select=id,part()&part=is.null", json!([{"id": 3}])),
            ("/maker?select=id,p:part()&p=not.is.null&p.price=gt.20", json!([{"id": 1}])),
            ("/part?select=id,tag()&tag=not.is.null&tag.word=eq.small&order=id", json!([{"id": 2}, {"id": 4}])),
            (
                "/part?select=id,manual(),drawing()&or=(manual.not.is.null,drawing.not.is.null)&order=id",
                json!([{"id": 1}, {"id": 2}, {"id": 3}, {"id": 4}]),
            ),
            (
                "/part?select=id,manual(),drawing()&not.or=(manual.not.is.null,drawing.not.is.null)",
                json!([{"id": 5}]),
            ),
            (
                "/maker?select=id,part(id,manual())&part.manual=not.is.null&part=not.is.null&order=id",
                json!([{"id": 1, "part": [{"id": 1}]}, {"id": 2, "part": [{"id": 3}]}]),
            ),
        ],
    )
    .await;
}

/// `maker` is also a column: only `is.null` is taken for the resource.
#[tokio::test]
async fn a_column_of_the_same_name_is_still_a_column() {
    let server = server().await;
    assert_answers(
        &server,
        [
            (
                "/part?select=id,maker(name)&maker=eq.2&order=id",
                json!([{"id": 2, "maker": {"name": "Basso"}}, {"id": 3, "maker": {"name": "Basso"}}]),
            ),
            ("/part?select=id&maker=is.null", json!([{"id": 5}])),
        ],
    )
    .await;
}

#[tokio::test]
async fn an_exact_count_counts_what_the_embeds_leave() {
    let server = server().await;
    for (url, range) in [
        ("/part?select=id,maker(name)&limit=2", "0-1/5"),
        ("/part?select=id,maker!inner(name)&limit=2", "0-1/4"),
        ("/part?select=id,maker!inner(name)", "0-3/4"),
        (
            "/part?select=id,maker!inner(name)&maker.name=eq.Basso&limit=1",
            "0-0/2",
        ),
        (
            "/maker?select=id,part!inner(id,stock!inner(id))&limit=1",
            "0-0/2",
        ),
        ("/part?select=id,tag!inner(id)&limit=1&offset=1", "1-1/3"),
        ("/part?select=id,manual()&manual=is.null&limit=1", "0-0/3"),
        ("/part?select=id,...maker!inner(name)&limit=1", "0-0/4"),
        ("/rpc/parts?select=id,maker!inner(name)&limit=1", "0-0/4"),
    ] {
        let get = server.get(url).header("prefer", "count=exact").send().await;
        assert_eq!(
            get.header("content-range"),
            Some(range),
            "{url} {}",
            get.text()
        );
        let head = server
            .head(url)
            .header("prefer", "count=exact")
            .send()
            .await;
        assert_eq!(head.header("content-range"), Some(range), "HEAD {url}");
        assert_eq!(head.status, get.status, "HEAD {url}");
    }
}

#[tokio::test]
async fn most_rows_is_a_limit_of_every_level() {
    let fixture = crate::harness::fixture::Fixture::shared().await;
    let server = fixture
        .serve_with(|config| config.db_max_rows = Some(1))
        .await;
    assert_answers(
        &server,
        [(
            "/maker?select=id,part(id)&order=id&part.order=id&part.limit=5",
            json!([{"id": 1, "part": [{"id": 1}]}]),
        )],
    )
    .await;
}
