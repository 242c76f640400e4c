//! Groups of one relation, of a function's result, and of what is embedded.

use serde_json::json;

use super::{assert_same, server};

#[tokio::test]
async fn a_level_is_grouped_by_its_plain_columns() {
    let cases = [
        ("/sale?select=count()", "select count(*) from api.sale"),
        ("/sale?select=n:count()&product=eq.pear", "select count(*) as n from api.sale where product = 'pear'"),
        (
            "/sale?select=amount.sum(),amount.avg(),amount.min(),amount.max(),amount.count()",
            "select sum(amount), avg(amount), min(amount), max(amount), count(amount) from api.sale",
        ),
        (
            "/sale?select=product,amount.sum()&id=eq.0",
            "select product, sum(amount) from api.sale where false group by 1",
        ),
        ("/sale?select=amount.sum(),count()&id=eq.0", "select sum(amount), count(*) from api.sale where false"),
        (
            "/sale?select=kind:product,outlet,total:amount.sum(),count()&order=outlet.desc.nullslast,product",
            "select product as kind, outlet, sum(amount) as total, count(*) from api.sale
             group by product, outlet order by outlet desc nulls last, product",
        ),
        // An alias that is the name of another column groups by what is shown.
        (
            "/sale?select=outlet:product,count()&order=product",
            "select product as outlet, count(*) from api.sale group by product order by product",
        ),
        (
            "/sale?select=product,rounded:amount.avg()::int,as_text:pieces::text.max()&order=product&limit=2",
            "select product, avg(amount)::int as rounded, max(pieces::text) as as_text from api.sale
             group by 1 order by 1 limit 2",
        ),
        (
            "/sale?select=facts->paid->>by,facts->>weight::int.sum()&order=facts->paid->>by.desc",
            "select facts->'paid'->>'by' as by, sum((facts->>'weight')::int) from api.sale group by 1 order by 1 desc",
        ),
        (
            "/sale?select=facts->paid,count()",
            "select facts->'paid' as paid, count(*) from api.sale group by 1",
        ),
        (
            "/sale?select=day:sold_at::date,count()&sold_at=lt.2025-01-10",
            "select sold_at::date as day, count(*) from api.sale where sold_at < '2025-01-10' group by 1",
        ),
        // Grouped by what is shown, not by the time of the day behind it.
        (
            "/sale?select=sold_at::date,count()&order=sold_at&limit=3",
            "select sold_at::date, count(*) from api.sale group by 1 order by 1 limit 3",
        ),
        // `json` has no equality; as `jsonb` the spaces do not count.
        ("/outlet?select=plan,count()", "select plan::jsonb as plan, count(*) from api.outlet group by 1"),
        (
            "/outlet?select=*,count()&id=lt.3",
            "select id, title, rent, region, plan::jsonb, count(*) from api.outlet where id < 3 group by 1, 2, 3, 4, 5",
        ),
        ("/apple_sale?select=outlet,amount.sum()", "select outlet, sum(amount) from api.sale where product = 'apple' group by 1"),
        (
            "/rpc/big_sales?floor=90&select=product,pieces.sum()",
            "select product, sum(pieces) from api.sale where amount >= 90 group by 1",
        ),
        (
            "/rpc/sales_by_week?select=total.max()",
            "select max(total) from api.sales_by_week()",
        ),
    ];
    assert_same(&server().await, &cases).await;
}

#[tokio::test]
async fn a_level_is_grouped_by_what_it_embeds() {
    let cases = [
        (
            "/sale?select=amount.sum(),outlet(title)",
            "select sum, case when known then json_build_object('title', title) end as outlet from (
                 select sum(s.amount), o.id is not null as known, o.title from api.sale s
                 left join api.outlet o on o.id = s.outlet group by 2, 3) as x",
        ),
        (
            "/sale?select=count(),outlet!inner(id,region(title))&outlet.region=not.is.null&order=outlet(id).desc",
            "select count, json_build_object('id', id, 'region', json_build_object('title', title)) as outlet from (
                 select count(*), o.id, r.title from api.sale s join api.outlet o on o.id = s.outlet
                 join api.region r on r.id = o.region group by 2, 3) as x order by id desc",
        ),
        (
            "/region?select=count(),outlet(title)&outlet.order=title&order=count.desc",
            "select * from (values (1, '[{\"title\": \"Harbour\"}, {\"title\": \"Market\"}]'::jsonb),
                 (1, '[{\"title\": \"Airport\"}, {\"title\": \"Closed\"}]'), (1, '[]')) as x(count, outlet)",
        ),
        (
            "/region?select=count(),...outlet(title)&id=eq.3",
            "select 1 as count, '[]'::jsonb as title",
        ),
        (
            "/region?select=title,outlet(count(),rent.sum())&order=id",
            "select title, (select json_agg(x) from (select count(*), sum(rent) from api.outlet
                 where region = r.id) as x) as outlet from api.region r order by r.id",
        ),
        (
            "/outlet?select=id,sale(product,amount.sum())&sale.pieces=gt.1&sale.order=product.desc&sale.limit=2&order=id",
            "select id, (select coalesce(json_agg(x), '[]') from (select product, sum(amount) from api.sale
                 where outlet = o.id and pieces > 1 group by 1 order by 1 desc limit 2) as x) as sale
             from api.outlet o order by id",
        ),
        // One group of nothing is a group.
        (
            "/outlet?select=id,sale!inner(count())&order=id",
            "select id, (select json_agg(x) from (select count(*) from api.sale where outlet = o.id) as x) as sale
             from api.outlet o order by id",
        ),
        (
            "/outlet?select=id,sale!inner(product,count())&sale.order=product&order=id",
            "select id, (select json_agg(x) from (select product, count(*) from api.sale where outlet = o.id
                 group by 1 order by 1) as x) as sale
             from api.outlet o where exists (select from api.sale where outlet = o.id) order by id",
        ),
        (
            "/region?select=count(),outlet()&outlet=is.null",
            "select 1 as count",
        ),
        (
            "/outlet?select=id,region(count())&order=id&limit=4",
            "select id, json_build_object('count', (region is not null)::int) as region from api.outlet order by id limit 4",
        ),
    ];
    assert_same(&server().await, &cases[..2]).await;
    assert_same(&server().await, &cases[3..]).await;
}

#[tokio::test]
async fn groups_are_counted_and_cut_as_rows_are() {
    let server = server().await;
    for (url, range) in [
        ("/sale?select=product,count()", "0-2/3"),
        ("/sale?select=product,count()&limit=2", "0-1/3"),
        ("/sale?select=product,count()&limit=2&offset=2", "2-2/3"),
        ("/sale?select=count()&limit=1", "0-0/1"),
        ("/sale?select=outlet,...outlet(rent.sum())&limit=1", "0-0/5"),
        ("/rpc/big_sales?select=product,count()&limit=1", "0-0/3"),
        (
            "/sale?select=product,count(),outlet!inner(id)&outlet.id=lt.3&limit=1",
            "0-0/6",
        ),
    ] {
        for method in ["GET", "HEAD"] {
            let call = server.call(method, url).header("prefer", "count=exact");
            let reply = call.send().await;
            assert_eq!(reply.header("content-range"), Some(range), "{method} {url}");
        }
    }
    let csv = server
        .get("/sale?select=product,n:count()&order=product&id=lt.7")
        .header("accept", "text/csv");
    assert_eq!(
        csv.send().await.text(),
        "product,n\napple,2\npear,2\nplum,2"
    );
    let object = server
        .get("/sale?select=count()")
        .header("accept", "application/vnd.pgrst.object+json");
    assert_eq!(object.send().await.ok(), json!({"count": 400}));
}

#[tokio::test]
async fn the_order_of_a_functions_comment_is_one_of_rows() {
    let server = server().await;
    let reply = server.get("/rpc/sales_by_week?select=count()").send().await;
    assert_eq!(reply.status, 200, "{}", reply.text());
}
