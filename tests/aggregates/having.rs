//! Conditions on groups, and orders by what they show.

use serde_json::json;

use super::{assert_same, server};
use crate::harness::desk::execute;
use crate::harness::fixture::Fixture;

#[tokio::test]
async fn groups_are_filtered_by_their_aggregates() {
    let cases = [
        (
            "/sale?select=outlet,total:amount.sum()&having=total.gt.3000",
            "select outlet, sum(amount) as total from api.sale group by 1 having sum(amount) > 3000",
        ),
        (
            "/sale?select=outlet,product,count(),amount.avg()&having=(count.gte.27,or(avg.lt.48,not.avg.gt.51))",
            "select outlet, product, count(*), avg(amount) from api.sale group by 1, 2
             having count(*) >= 27 and (avg(amount) < 48 or not avg(amount) > 51)",
        ),
        (
            "/sale?select=product,n:count()&having=n.in.(133,134)&having=n.not.eq.133&order=n",
            "select product, count(*) as n from api.sale group by 1 having count(*) = 134 order by 2",
        ),
        (
            "/sale?select=product,amount.max()&having=not.or(max.is.null,max.lt.99)",
            "select product, max(amount) from api.sale group by 1 having not (max(amount) is null or max(amount) < 99)",
        ),
        // The value as it is shown.
        (
            "/sale?select=outlet,n:count()::text&having=n.like.8*",
            "select outlet, count(*)::text as n from api.sale group by 1 having count(*)::text like '8%'",
        ),
        ("/sale?select=count()&having=count.gt.1000", "select 1 as count where false"),
        (
            "/sale?select=pieces.sum(),...outlet(title,rents:rent.sum())&having=(rents.gt.7000,sum.gt.1)",
            "select sum(s.pieces), o.title, sum(o.rent) as rents from api.sale s left join api.outlet o on o.id = s.outlet
             group by 2 having sum(o.rent) > 7000 and sum(s.pieces) > 1",
        ),
        (
            "/rpc/big_sales?select=product,count()&having=count.gt.65",
            "select product, count(*) from api.sale where amount >= 50 group by 1 having count(*) > 65",
        ),
        (
            "/sale?select=facts->paid->>by,w:facts->weight::int.sum()&having=w.gt.800",
            "select facts->'paid'->>'by' as by, sum((facts->'weight')::int) as w from api.sale group by 1
             having sum((facts->'weight')::int) > 800",
        ),
    ];
    assert_same(&server().await, &cases).await;
}

#[tokio::test]
async fn groups_of_embedded_resources_are_filtered_too() {
    let cases = [
        (
            "/outlet?select=id,sale(product,n:count())&sale.having=n.gt.26&sale.order=product&order=id",
            "select id, (select coalesce(json_agg(x), '[]') from (select product, count(*) as n from api.sale
                 where outlet = o.id group by 1 having count(*) > 26 order by 1) as x) as sale
             from api.outlet o order by id",
        ),
        // Inner and null filters ask for a group that is left.
        (
            "/outlet?select=id,sale!inner(count(),amount.sum())&sale.having=sum.gt.3000&order=id",
            "select id, (select json_agg(x) from (select count(*), sum(amount) from api.sale where outlet = o.id) as x) as sale
             from api.outlet o where (select sum(amount) from api.sale where outlet = o.id) > 3000 order by id",
        ),
        (
            "/outlet?select=id,sale(product,n:count())&sale.having=n.gt.26&sale=is.null&order=id",
            "select id, '[]'::json as sale from api.outlet o where not exists (select from api.sale
                 where outlet = o.id group by product having count(*) > 26) order by id",
        ),
        (
            "/region?select=title,shops:outlet(n:count(),region(title))&shops.having=n.gt.1&order=title",
            "select title, case when title = 'Empty' then '[]'::jsonb else
                 jsonb_build_array(jsonb_build_object('n', 2, 'region', jsonb_build_object('title', title))) end as shops
             from api.region order by title",
        ),
    ];
    assert_same(&server().await, &cases).await;
}

#[tokio::test]
async fn having_is_counted_and_ranged() {
    let server = server().await;
    let url = "/sale?select=outlet,product,n:count()&having=n.gt.26&limit=1";
    let reply = server.get(url).header("prefer", "count=exact").send().await;
    assert_eq!(reply.header("content-range"), Some("0-0/10"));
}

#[tokio::test]
async fn an_unknown_name_is_answered_with_those_there_are() {
    let server = server().await;
    let refused = |url: &'static str| {
        let call = server.get(url).send();
        async { call.await.refused(400, "RD108") }
    };
    let error = refused("/sale?select=product,total:amount.sum(),count()&having=totl.gt.5").await;
    assert_eq!(
        error["message"],
        "having names \"totl\", which is no aggregate of the answer"
    );
    assert_eq!(error["details"], "The aggregates are: total, count");
    assert_eq!(error["hint"], "Perhaps you meant having=total.gt.…");
    let error = refused("/sale?select=product,count()&having=(count.gt.5,product.eq.pear)").await;
    assert_eq!(
        error["hint"],
        "It is a column: filter the rows by it, before they are grouped"
    );
    refused("/sale?select=product,count()&having=count-%3Ea.gt.5").await;
    let error = refused("/sale?select=pieces.sum(),amount.sum()&having=sum.gt.5").await;
    assert_eq!(
        error["message"],
        "\"sum\" is the name of more than one column of the answer"
    );
    refused("/sale?select=pieces.sum(),amount.sum(),product&order=sum").await;
    let error =
        refused("/outlet?select=id,sale(count()),region(id)&region.having=count.gt.5").await;
    assert!(
        error["hint"]
            .as_str()
            .unwrap()
            .contains("total:amount.sum()"),
        "{error}"
    );
    refused("/sale?select=product,...outlet(count())&outlet.having=count.gt.5").await;
    let error = refused("/sale?select=product&having=count.gt.5").await;
    assert_eq!(
        error["message"],
        "There are no groups that having could be about"
    );
    for url in [
        "/sale?select=count()&having=count.gt.1,count.lt.5",
        "/sale?select=count()&having=count",
        "/sale?select=count()&having=()",
    ] {
        let error = server.get(url).send().await.refused(400, "PGRST100");
        assert!(
            error["message"]
                .as_str()
                .unwrap()
                .starts_with("\"failed to parse having ("),
            "{error}"
        );
    }
    server
        .get("/sale?select=count()&having=count.gt.many")
        .send()
        .await
        .refused(400, "22P02");
}

/// Where aggregates are off, a request is PostgREST's.
#[tokio::test]
async fn without_aggregates_having_is_a_filter() {
    let server = Fixture::shared().await.serve().await;
    for url in [
        "/sale?select=product&having=count.gt.5",
        "/sale?select=count()&having=count.gt.5",
    ] {
        let error = server.get(url).send().await.refused(400, "PGRST100");
        let message = error["message"].as_str().unwrap();
        assert!(
            message.contains("failed to parse filter (count.gt.5)"),
            "{message}"
        );
    }
    server
        .get("/sale?select=id&having=eq.5")
        .send()
        .await
        .refused(400, "42703");
    server
        .get("/rpc/big_sales?having=count.gt.5")
        .send()
        .await
        .refused(404, "PGRST202");
}

/// A column called `having` keeps its filter, whatever stands in `select`.
#[tokio::test]
async fn a_column_called_having_is_a_column() {
    let fixture = Fixture::own().await;
    let admin = fixture.admin().await;
    let script = "create table api.odd (id int, \"having\" text, odd int);
        insert into api.odd values (1, 'x', 1), (2, 'y', 2), (3, 'x', 3), (4, 'count.gt.1', 4);
        create function api.took(\"having\" text) returns setof api.item stable language sql
        as $$ select * from api.item where name = \"having\" $$;
        grant select on api.odd to public;";
    execute(&admin, script).await;
    let server = fixture
        .serve_with(|config| config.db_aggregates_enabled = true)
        .await;
    for (url, expected) in [
        ("/odd?select=count()&having=eq.x", json!([{"count": 2}])),
        ("/odd?select=count()&having=neq.x", json!([{"count": 2}])),
        ("/odd?select=id&having=eq.y", json!([{"id": 2}])),
        ("/odd?select=count()&\"having\"=eq.y", json!([{"count": 1}])),
        (
            "/odd?select=count()&having=eq.count.gt.1",
            json!([{"count": 1}]),
        ),
        (
            "/rpc/took?select=count()&having=Apple",
            json!([{"count": 1}]),
        ),
    ] {
        let url = url.replace('"', "%22");
        assert_eq!(server.get(&url).send().await.ok(), expected, "{url}");
    }
    server
        .get("/odd?select=count()&having=count.gt.1")
        .send()
        .await
        .refused(400, "PGRST100");
    // About what changes there are no groups.
    let token = fixture.user(json!({}));
    let delete = server
        .call("DELETE", "/sale?select=count()&having=count.gt.5")
        .token(&token)
        .header("prefer", "return=representation");
    delete.send().await.refused(400, "PGRST100");
}

#[tokio::test]
async fn groups_are_ordered_by_their_aggregates() {
    let cases = [
        (
            "/sale?select=outlet,total:amount.sum()&order=total.desc,outlet",
            "select outlet, sum(amount) as total from api.sale group by 1 order by 2 desc, 1",
        ),
        (
            "/sale?select=outlet,product,count(),amount.min()&order=count.desc,min.nullsfirst,outlet,product&limit=7",
            "select outlet, product, count(*), min(amount) from api.sale group by 1, 2
             order by 3 desc, 4 nulls first, 1, 2 limit 7",
        ),
        // A plain column of that name goes first, and one that is shown under another name.
        (
            "/sale?select=product,amount:pieces.sum(),pieces:amount.count()&order=product,amount",
            "select product, sum(pieces) as amount, count(amount) as pieces from api.sale group by 1 order by 1",
        ),
        (
            "/sale?select=product,outlet:amount.sum(),n:outlet&order=outlet,product",
            "select product, sum(amount) as outlet, outlet as n from api.sale group by product, api.sale.outlet
             order by api.sale.outlet, product",
        ),
        (
            "/sale?select=kind:product,count()&order=kind.desc",
            "select product as kind, count(*) from api.sale group by 1 order by 1 desc",
        ),
        (
            "/sale?select=...outlet(title,rents:rent.sum())&order=rents.desc.nullslast,outlet(title)",
            "select o.title, sum(o.rent) as rents from api.sale s left join api.outlet o on o.id = s.outlet
             group by 1 order by 2 desc nulls last, 1",
        ),
        (
            "/sale?select=...outlet(title,rents:rent.sum())&order=outlet(rents).desc.nullslast,outlet(title)",
            "select o.title, sum(o.rent) as rents from api.sale s left join api.outlet o on o.id = s.outlet
             group by 1 order by 2 desc nulls last, 1",
        ),
        (
            "/outlet?select=id,sale(product,n:count())&sale.order=n.desc,product&order=id",
            "select id, (select coalesce(json_agg(x), '[]') from (select product, count(*) as n from api.sale
                 where outlet = o.id group by 1 order by 2 desc, 1) as x) as sale from api.outlet o order by id",
        ),
        (
            "/outlet?select=id,total:rent.sum()&order=total.desc",
            "select id, rent as total from api.outlet order by 2 desc",
        ),
        // With its key a group is a row, which has an order by any of its columns.
        (
            "/outlet?select=id,title:count()&order=title,id",
            "select id, 1 as title from api.outlet order by api.outlet.title, id",
        ),
    ];
    assert_same(&server().await, &cases).await;
}
