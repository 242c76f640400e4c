//! Points in time by year, quarter, month, week, day and hour.

use super::{assert_same, server};
use crate::harness::fixture::Fixture;

#[tokio::test]
async fn groups_are_periods_of_a_time_zone() {
    let cases = [
        (
            "/sale?select=sold_at.month(Europe/Berlin),total:amount.sum()&order=month",
            "select date_trunc('month', sold_at at time zone 'Europe/Berlin')::date as month, sum(amount) as total
             from api.sale group by 1 order by 1",
        ),
        (
            "/sale?select=y:sold_at.year(Pacific/Auckland),count()&order=sold_at",
            "select date_trunc('year', sold_at at time zone 'Pacific/Auckland')::date as y, count(*)
             from api.sale group by 1 order by 1",
        ),
        (
            "/sale?select=sold_at.quarter(),sold_at.week(America/Sao_Paulo),count()&order=quarter.desc,week",
            "select date_trunc('quarter', sold_at)::date as quarter,
                 date_trunc('week', sold_at at time zone 'America/Sao_Paulo')::date as week, count(*)
             from api.sale group by 1, 2 order by 1 desc, 2",
        ),
        (
            "/sale?select=sold_at.day(Asia/Kolkata),count()&sold_at=lt.2025-02-01",
            "select date_trunc('day', sold_at at time zone 'Asia/Kolkata')::date as day, count(*)
             from api.sale where sold_at < '2025-02-01' group by 1",
        ),
        // Where clocks are half an hour apart, so are the hours.
        (
            "/sale?select=sold_at.hour(Asia/Kolkata),count()&order=hour&limit=5",
            "select date_trunc('hour', sold_at, 'Asia/Kolkata') as hour, count(*) from api.sale
             group by 1 order by 1 limit 5",
        ),
        (
            "/sale?select=id,h:sold_at.hour(),d:sold_at.day()::text&order=id&limit=3",
            "select id, date_trunc('hour', sold_at) as h, sold_at::date::text as d from api.sale order by id limit 3",
        ),
        (
            "/sale?select=local_time.day(),due.month(),count()",
            "select local_time::date as day, date_trunc('month', due)::date as month, count(*) from api.sale group by 1, 2",
        ),
        (
            "/sale?select=local_time.hour(),count()&id=lt.20",
            "select date_trunc('hour', local_time) as hour, count(*) from api.sale where id < 20 group by 1",
        ),
        (
            "/sale?select=due::timestamptz.week(UTC),count()",
            "select date_trunc('week', due::timestamptz at time zone 'UTC')::date as week, count(*) from api.sale group by 1",
        ),
        (
            "/outlet?select=id,sale(sold_at.month(Europe/Berlin),n:count())&sale.order=month&sale.having=n.gt.6&order=id",
            "select id, (select coalesce(json_agg(x), '[]') from (
                 select date_trunc('month', sold_at at time zone 'Europe/Berlin')::date as month, count(*) as n
                 from api.sale where outlet = o.id group by 1 having count(*) > 6 order by 1) as x) as sale
             from api.outlet o order by id",
        ),
        (
            "/rpc/big_sales?select=sold_at.year(UTC),amount.median()",
            "select date_trunc('year', sold_at at time zone 'UTC')::date as year,
                 percentile_cont(0.5) within group (order by amount) as median from api.sale where amount >= 50 group by 1",
        ),
    ];
    assert_same(&server().await, &cases).await;
}

/// Without a zone it is the session's.
#[tokio::test]
async fn the_preferred_time_zone_is_that_of_periods() {
    let server = server().await;
    let days = |prefer: &'static str, url: &'static str| {
        let call = server.get(url).header("prefer", prefer).send();
        async { call.await.ok() }
    };
    let preferred = days(
        "timezone=Asia/Tokyo",
        "/sale?select=sold_at.day(),count()&order=day",
    )
    .await;
    let given = days(
        "timezone=America/New_York",
        "/sale?select=sold_at.day(Asia/Tokyo),count()&order=day",
    )
    .await;
    assert_eq!(preferred, given);
    let other = days(
        "timezone=UTC",
        "/sale?select=sold_at.day(),count()&order=day",
    )
    .await;
    assert_ne!(preferred, other);
}

#[tokio::test]
async fn an_unknown_time_zone_is_named_with_one_that_is_known() {
    let server = server().await;
    for url in [
        "/sale?select=sold_at.month(Mars/Olympus),count()",
        "/sale?select=sold_at.hour(Mars/Olympus)",
        "/outlet?select=sale(sold_at.day(Mars/Olympus),count())",
    ] {
        let error = server.get(url).send().await.refused(400, "RD108");
        assert_eq!(
            error["message"],
            "time zone \"Mars/Olympus\" not recognized"
        );
        let hint = error["hint"].as_str().unwrap();
        assert!(
            hint.contains("pg_timezone_names") && hint.contains("(Europe/Berlin)"),
            "{hint}"
        );
    }
    for (url, write) in [
        ("/sale?select=due.month(UTC)", "Write due.month()"),
        (
            "/sale?select=local_time.hour(UTC)",
            "Write local_time.hour()",
        ),
        ("/sale?select=sold_at::date.day(UTC)", "Write sold_at.day()"),
    ] {
        let error = server.get(url).send().await.refused(400, "RD108");
        assert_eq!(error["hint"], write, "{url}");
    }
    server
        .get("/sale?select=product.month()")
        .send()
        .await
        .refused(404, "42883");
    server
        .get("/sale?select=sold_at.minute()")
        .send()
        .await
        .refused(400, "PGRST100");
}

#[tokio::test]
async fn periods_are_allowed_where_aggregates_are() {
    let server = Fixture::shared().await.serve().await;
    server
        .get("/sale?select=sold_at.month()")
        .send()
        .await
        .refused(400, "PGRST123");
}

/// Postgres counts offsets to the west, as POSIX does; whoever writes one counts to the east.
#[tokio::test]
async fn an_offset_is_what_clocks_there_show() {
    let cases = [
        (
            "/sale?select=id,sold_at.day(%2B05:30)&order=id",
            "select id, (sold_at at time zone interval '5:30')::date as day from api.sale order by id",
        ),
        (
            "/sale?select=id,sold_at.day(-08:00)&order=id",
            "select id, (sold_at at time zone interval '-8:00')::date as day from api.sale order by id",
        ),
    ];
    assert_same(&server().await, &cases).await;
}
