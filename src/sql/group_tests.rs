//! Grouped levels to SQL, as tables.

use super::embed_tests::{assert_page, statement};

#[test]
fn keys_go_by_their_number() {
    assert_page(
        "select=id.max(),kind:name,name->a,count()&name=eq.x&order=name->a.desc,count,kind&limit=3",
        r#"select max("public"."items"."id") as "max", "public"."items"."name" as "kind",
             pg_catalog.to_jsonb("public"."items"."name")->$2 as "a", count(*) as "count"
             from "public"."items" where "public"."items"."name" = $3
             group by 2, 3 order by 3 desc, 4, 2 limit $4"#,
        &["a", "x", "3"],
    );
    assert_page(
        "select=count(),id::int.sum()::text",
        r#"select count(*) as "count", cast(sum(cast("public"."items"."id" as "int4")) as "text") as "sum"
             from "public"."items""#,
        &[],
    );
}

#[test]
fn what_a_to_one_resource_spreads_is_aggregated_above() {
    assert_page(
        "select=id,...shop(n:name,id.sum(),count())&order=shop(n)",
        r#"select "public"."items"."id" as "id", "rd_spread_0"."rd_0" as "n", sum("rd_spread_0"."rd_1") as "sum",
             count("rd_spread_0"."rd_2") as "count" from "public"."items"
             left join lateral (select "shop_1"."name" as "n", "shop_1"."id", 1 from "public"."shop" as "shop_1"
               where "shop_1"."id" = "public"."items"."shop_id") as "rd_spread_0"("rd_0", "rd_1", "rd_2") on true
             group by 1, 2 order by 2"#,
        &[],
    );
}

#[test]
fn what_is_embedded_is_joined_and_comparable() {
    assert_page(
        "select=count(),shop(name),...tags(id)&order=shop(name)",
        r#"select count(*) as "count", "rd_spread_0"."rd_0" as "shop", "rd_spread_1"."rd_0" as "id" from "public"."items"
             left join lateral (select pg_catalog.to_jsonb(rd_row.*) from (
               select "shop_1"."name" from "public"."shop" as "shop_1"
               where "shop_1"."id" = "public"."items"."shop_id") as rd_row) as "rd_spread_0"("rd_0") on true
             left join lateral (select coalesce(pg_catalog.jsonb_agg(rd_row."rd_0"), '[]') as "id" from (
               select "tags_1"."id" from "public"."tags" as "tags_1", "public"."item_tags" as rd_via
               where rd_via."tag" = "tags_1"."id" and rd_via."item" = "public"."items"."id") as rd_row("rd_0"))
               as "rd_spread_1"("rd_0") on true
             left join lateral (select "shop_1"."name" as rd_key from "public"."shop" as "shop_1"
               where "shop_1"."id" = "public"."items"."shop_id") as "rd_order_0" on true
             group by 2, 3, "rd_order_0".rd_key order by "rd_order_0".rd_key"#,
        &[],
    );
}

#[test]
fn having_repeats_the_aggregate() {
    assert_page(
        "select=name,n:count(),id.percentile_cont(0.9)&having=(n.gt.5,or(percentile_cont.lt.2,n.not.is.null))",
        r#"select "public"."items"."name" as "name", count(*) as "n",
             pg_catalog.percentile_cont($2::float8) within group (order by "public"."items"."id") as "percentile_cont"
             from "public"."items" group by 1
             having (count(*) > $3 and (pg_catalog.percentile_cont($4::float8) within group (order by "public"."items"."id") < $5
               or not count(*) is null))"#,
        &["0.9", "5", "0.9", "2"],
    );
}

#[test]
fn inner_and_null_filters_ask_for_a_group() {
    assert_page(
        "select=id,parts!inner(count()),tags(name,count())&tags=is.null&tags.having=count.gt.1",
        r#"select "public"."items"."id",
             (select coalesce(pg_catalog.json_agg(rd_row.*), '[]') from (select count(*) as "count"
               from "public"."parts" as "parts_1"
               where "parts_1"."item" = "public"."items"."id" and "parts_1"."size" = "public"."items"."size") as rd_row) as "parts",
             (select coalesce(pg_catalog.json_agg(rd_row.*), '[]') from (select "tags_1"."name" as "name", count(*) as "count"
               from "public"."tags" as "tags_1", "public"."item_tags" as rd_via
               where rd_via."tag" = "tags_1"."id" and rd_via."item" = "public"."items"."id"
               group by 1 having count(*) > $2) as rd_row) as "tags"
             from "public"."items"
             where not exists (select "tags_1"."name" as "name", count(*) as "count"
               from "public"."tags" as "tags_1", "public"."item_tags" as rd_via
               where rd_via."tag" = "tags_1"."id" and rd_via."item" = "public"."items"."id"
               group by 1 having count(*) > $3)
             and exists (select count(*) as "count" from "public"."parts" as "parts_1"
               where "parts_1"."item" = "public"."items"."id" and "parts_1"."size" = "public"."items"."size")"#,
        &["1", "1"],
    );
}

#[test]
fn periods_are_cut_in_their_zone() {
    assert_page(
        "select=m:id.month(Europe/Berlin),id.hour(UTC),id.week()::text,count()",
        r#"select pg_catalog.date_trunc('month', pg_catalog.timezone($2::text, "public"."items"."id"))::date as "m",
             pg_catalog.date_trunc('hour', "public"."items"."id", $3::text) as "hour",
             cast(pg_catalog.date_trunc('week', "public"."items"."id")::date as "text") as "week", count(*) as "count"
             from "public"."items" group by 1, 2, 3"#,
        &["Europe/Berlin", "UTC"],
    );
}

#[test]
fn groups_are_counted_as_groups() {
    let sql = statement(
        "select=name,count()&having=count.gt.1&limit=1",
        "count=exact",
    )
    .unwrap()
    .sql;
    let expected = r#"select (select pg_catalog.count(*) from (select "public"."items"."name" as "name", count(*) as "count" from "public"."items" group by 1 having count(*) > $1) as rd_groups) as total,"#;
    assert!(sql.starts_with(expected), "{sql}");
}
