//! Embedding shows what the caller may read, and is no way to ask about the rest.

use serde_json::json;

use super::server;
use crate::harness::fixture::Fixture;

#[tokio::test]
async fn policies_hold_for_embedded_rows() {
    let fixture = Fixture::shared().await;
    let server = fixture.serve().await;
    let url = "/part?select=id,remark(id)&id=lt.4&order=id&remark.order=id";
    assert_eq!(
        server.get(url).send().await.ok(),
        json!([
            {"id": 1, "remark": [{"id": 1}]},
            {"id": 2, "remark": []},
            {"id": 3, "remark": [{"id": 4}]},
        ])
    );
    let user = fixture.user(json!({}));
    assert_eq!(
        server.get(url).token(&user).send().await.ok(),
        json!([
            {"id": 1, "remark": [{"id": 1}, {"id": 2}]},
            {"id": 2, "remark": [{"id": 3}]},
            {"id": 3, "remark": [{"id": 4}]},
        ])
    );
}

/// A hidden row neither keeps a row, nor is counted, nor orders, however it is asked for.
#[tokio::test]
async fn hidden_rows_decide_nothing() {
    let server = server().await;
    for (url, ids) in [
        ("/part?select=id,remark!inner(id)&order=id", vec![1, 3]),
        (
            "/part?select=id,remark!inner(id)&remark.is_open=is.false",
            vec![],
        ),
        (
            "/part?select=id,remark!inner(id)&remark.body=like.too*",
            vec![],
        ),
        (
            "/part?select=id,remark()&remark=not.is.null&order=id",
            vec![1, 3],
        ),
        (
            "/part?select=id,remark()&remark=is.null&order=id",
            vec![2, 4, 5],
        ),
        (
            "/part?select=id,remark()&remark.body=eq.hush&remark=not.is.null",
            vec![],
        ),
        (
            "/part?select=id,...remark!inner(body)&remark.body=eq.hush",
            vec![],
        ),
    ] {
        let reply = server.get(url).header("prefer", "count=exact").send().await;
        assert_eq!(reply.ids(), ids, "{url}");
        let total = reply
            .header("content-range")
            .and_then(|range| range.split('/').nth(1));
        assert_eq!(total, Some(ids.len().to_string().as_str()), "{url}");
    }
}

#[tokio::test]
async fn a_table_without_the_right_is_refused_wherever_it_stands() {
    let server = server().await;
    for url in [
        "/part?select=id,cost(amount)",
        "/part?select=id,...cost(amount)",
        "/part?select=id,cost!inner(amount)",
        "/part?select=id,cost()&cost=not.is.null",
        "/part?select=id,cost()&cost=is.null",
        "/part?select=id,cost!inner()",
        "/part?select=id,cost()&order=cost(amount)",
        "/part?select=id,cost()&cost.amount=gt.5&cost=not.is.null",
        "/maker?select=id,part(id,cost(amount))",
        "/rpc/parts?select=id,cost(amount)",
        // No row has any: the right is asked for all the same.
        "/part?select=id,cost(amount)&limit=0",
        "/part?select=id,cost(amount)&id=eq.99",
    ] {
        for call in [server.get(url), server.head(url)] {
            let reply = call.send().await;
            assert_eq!(reply.status, 401, "{url}: {}", reply.text());
            assert_eq!(
                reply.header("proxy-status"),
                Some("PostgREST; error=42501"),
                "{url}"
            );
        }
    }
}

/// `tax_number` is granted to users alone.
#[tokio::test]
async fn a_column_without_the_right_is_refused_wherever_it_stands() {
    let fixture = Fixture::shared().await;
    let server = fixture.serve().await;
    let user = fixture.user(json!({}));
    for url in [
        "/part?select=id,maker(tax_number)",
        "/part?select=id,maker(*)",
        "/part?select=id,...maker(tax_number)",
        "/part?select=id,maker(name)&maker.tax_number=eq.T1",
        "/part?select=id,maker(name)&maker.or=(tax_number.eq.T1,id.eq.9)",
        "/part?select=id,maker!inner(name)&maker.tax_number=like.T*",
        "/part?select=id,maker()&maker.tax_number=eq.T1&maker=not.is.null",
        "/part?select=id,maker(name)&maker.order=tax_number",
        "/part?select=id,maker(name)&order=maker(tax_number)",
        "/part?select=id,maker(name)&order=maker(tax_number)&limit=0",
    ] {
        server.get(url).send().await.refused(401, "42501");
        assert_eq!(
            server.get(url).token(&user).send().await.status,
            200,
            "{url}"
        );
    }
    let allowed = server
        .get("/part?select=maker(name,country)&id=eq.1")
        .send()
        .await;
    assert_eq!(
        allowed.ok(),
        json!([{"maker": {"name": "Alto", "country": "AT"}}])
    );
}
