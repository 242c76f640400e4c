//! Aggregates of what a to-one resource spreads are taken by the level above.

use super::{assert_same, server};

#[tokio::test]
async fn aggregates_rise_to_the_level_that_is_not_spread() {
    let cases = [
        (
            "/sale?select=product,...outlet(rent.sum(),outlets:count(),title.max())&order=product",
            "select s.product, sum(o.rent), count(o.*) as outlets, max(o.title) from api.sale s
             left join api.outlet o on o.id = s.outlet group by 1 order by 1",
        ),
        (
            "/sale?select=total:amount.sum(),...outlet(title,rents:rent::int.sum()::text)&order=outlet(title)",
            "select sum(s.amount) as total, o.title, sum(o.rent::int)::text as rents from api.sale s
             left join api.outlet o on o.id = s.outlet group by 2 order by 2",
        ),
        (
            "/sale?select=...outlet(...region(title,count(),id.max()))&order=count",
            "select r.title, count(r.*), max(r.id) from api.sale s left join api.outlet o on o.id = s.outlet
             left join api.region r on r.id = o.region group by 1 order by 2",
        ),
        // Two columns of one name, an object and all columns are keys like any other.
        (
            "/sale?select=id.count(),...outlet(title,...region(title))",
            "select * from (select count(s.id), o.title, r.title from api.sale s
             left join api.outlet o on o.id = s.outlet left join api.region r on r.id = o.region
             group by 2, 3) as x(count, title, title_)",
        ),
        (
            "/sale?select=count(),...outlet(region(title))",
            "select count(*), case when r.id is not null then json_build_object('title', r.title)::jsonb end as region
             from api.sale s left join api.outlet o on o.id = s.outlet left join api.region r on r.id = o.region
             group by 2",
        ),
        (
            "/sale?select=pieces.sum(),...outlet(*,rent.max())",
            "select sum(s.pieces), o.id, o.title, o.rent, o.region, o.plan::jsonb, max(o.rent) from api.sale s
             left join api.outlet o on o.id = s.outlet group by 2, 3, 4, 5, 6",
        ),
        (
            "/region?select=title,outlet(title,...region(count()))&outlet.order=title&order=title",
            "select title, (select coalesce(json_agg(x), '[]') from (select title, count(*) from api.outlet
                 where region = r.id group by 1 order by 1) as x) as outlet from api.region r order by 1",
        ),
        (
            "/sale?select=...outlet!inner(count())&outlet.rent=gt.100",
            "select count(*) from api.sale s join api.outlet o on o.id = s.outlet where o.rent > 100",
        ),
        (
            "/sale?select=...outlet(count())&outlet.rent=gt.100",
            "select count(o.*) from api.sale s left join api.outlet o on o.id = s.outlet and o.rent > 100",
        ),
        (
            "/rpc/big_sales?select=...outlet(title,count())",
            "select o.title, count(o.*) from api.sale s left join api.outlet o on o.id = s.outlet
             where s.amount >= 50 group by 1",
        ),
    ];
    let (twice, once): (Vec<_>, Vec<_>) = cases
        .into_iter()
        .partition(|(_, query)| query.contains("title_"));
    let server = server().await;
    assert_same(&server, &once).await;
    // Of an object with a name twice the reader keeps the last.
    for (url, query) in twice {
        let reply = server.get(url).send().await;
        let rows = super::brute_force(query).await;
        assert_eq!(
            reply.ok().as_array().unwrap().len(),
            rows.as_array().unwrap().len()
        );
    }
}
