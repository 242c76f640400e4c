//! URL and relationships to SQL, as tables.

use bytes::Bytes;
use proptest::prelude::*;

use super::{Statement, TextParam, expected_rows, render};
use crate::plan::{self, Limits, Plan, PlanError};
use crate::request::{ApiRequest, RawRequest, path};
use crate::schema_cache::{
    Cardinality, Column, ColumnPair, JsonKind, Junction, Key, QualifiedName, Relation,
    Relationship, RowFunction, SchemaCache, SqlType, Writes,
};

fn pair(own: &str, foreign: &str) -> ColumnPair {
    ColumnPair {
        own: own.to_owned(),
        foreign: foreign.to_owned(),
    }
}

fn key(columns: &[(&str, &str)]) -> Key {
    Key {
        constraint: "fk".to_owned(),
        columns: columns.iter().map(|(a, b)| pair(a, b)).collect(),
    }
}

/// `items` of a `shop` and an odd one, with `parts` of two columns, and `tags` through `item_tags`.
fn cache() -> SchemaCache {
    let mut cache = SchemaCache::default();
    for name in ["items", "shop", "parts", "tags", "item_tags", ODD] {
        let relation = Relation {
            name: QualifiedName::new("public", name),
            comment: None,
            columns: ["id", "name"].map(column).into(),
            primary_key: vec!["id".to_owned()],
            computed: Vec::new(),
            takes: Writes::default(),
        };
        cache.relations.insert(relation.name.clone(), relation);
    }
    let junction = Junction {
        table: QualifiedName::new("public", "item_tags"),
        constraints: ("a".to_owned(), "b".to_owned()),
        source: vec![pair("id", "item")],
        target: vec![pair("id", "tag")],
    };
    for (from, to, cardinality) in [
        (
            "items",
            "shop",
            Cardinality::ManyToOne(key(&[("shop_id", "id")])),
        ),
        (
            "shop",
            "items",
            Cardinality::OneToMany(key(&[("id", "shop_id")])),
        ),
        (
            "items",
            "parts",
            Cardinality::OneToMany(key(&[("id", "item"), ("size", "size")])),
        ),
        ("items", "tags", Cardinality::ManyToMany(junction)),
        ("items", "parts", computed("spares", false)),
        ("parts", "items", computed("whole", true)),
        (
            "items",
            ODD,
            Cardinality::ManyToOne(key(&[("odd", "i\"d")])),
        ),
    ] {
        let relationship = Relationship {
            table: QualifiedName::new("public", from),
            foreign_table: QualifiedName::new("public", to),
            is_self: false,
            cardinality,
            table_is_view: false,
            foreign_is_view: to == ODD,
        };
        let from = relationship.table.clone();
        cache
            .relationships
            .entry(from)
            .or_default()
            .push(relationship);
    }
    cache
}

fn computed(function: &str, is_to_one: bool) -> Cardinality {
    Cardinality::Computed(RowFunction {
        name: QualifiedName::new("public", function),
        is_to_one,
    })
}

/// Postgres would cut an alias of it.
const ODD: &str = "a \"relation\" with a name of more than fifty bytes, ends here: é";

fn column(name: &str) -> Column {
    Column {
        name: name.to_owned(),
        sql_type: SqlType::for_test("text"),
        nullable: true,
        comment: None,
        default: None,
        json_kind: JsonKind::Any,
        is_tsvector: false,
        representation: None,
    }
}

pub(super) fn statement(query: &str, prefer: &str) -> Result<Statement, PlanError> {
    Ok(render(&plan(query, prefer)?, "caller"))
}

fn plan(query: &str, prefer: &str) -> Result<Plan, PlanError> {
    let headers = [("prefer".to_owned(), prefer.to_owned())];
    let request = ApiRequest::parse(&RawRequest {
        method: "GET",
        path: "/items",
        segments: &path::segments("/items"),
        query,
        headers: &headers,
        body: Bytes::new(),
    })?;
    let limits = Limits {
        schemas: vec!["public".to_owned()],
        legacy_target_names: true,
        aggregates: true,
        ..Limits::default()
    };
    plan::resolve(&request, &cache(), &limits)
}

/// The page of rows, without the frame around it, then the parameters.
fn page(query: &str) -> (String, Vec<String>) {
    let statement = statement(query, "").unwrap();
    let (_, page) = statement.sql.split_once("as is_caller from (").unwrap();
    let page = page.strip_suffix(") as rd_page").unwrap().to_owned();
    let params = statement.params.into_iter().skip(1);
    (page, params.map(|param| param.0).collect())
}

/// Compares without regard to line breaks, which only make the expectation readable.
#[track_caller]
pub(super) fn assert_page(query: &str, expected: &str, params: &[&str]) {
    let fold = |text: &str| {
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        words.replace("( ", "(").replace(" )", ")")
    };
    let (sql, given) = page(query);
    assert_eq!(fold(&sql), fold(expected), "{query}");
    assert_eq!(given, params, "{query}");
}

#[test]
fn one_value_is_a_sub_select_behind_the_page() {
    assert_page(
        "select=id,shop(name)&limit=25",
        r#"select "public"."items"."id",
             (select pg_catalog.row_to_json(rd_row.*) from (
               select "shop_1"."name" from "public"."shop" as "shop_1"
               where "shop_1"."id" = "public"."items"."shop_id") as rd_row) as "shop"
             from "public"."items" limit $2"#,
        &["25"],
    );
}

#[test]
fn a_list_has_its_own_conditions_order_and_limit() {
    assert_page(
        "select=p:parts(id)&p.name=eq.x&p.order=id.desc&p.limit=2&id=gt.1",
        r#"select (select coalesce(pg_catalog.json_agg(rd_row.*), '[]') from (
               select "parts_1"."id" from "public"."parts" as "parts_1"
               where "parts_1"."item" = "public"."items"."id" and "parts_1"."size" = "public"."items"."size"
               and "parts_1"."name" = $2 order by "parts_1"."id" desc limit $3) as rd_row) as "p"
             from "public"."items" where "public"."items"."id" > $4"#,
        &["x", "2", "1"],
    );
}

#[test]
fn a_junction_is_joined_inside() {
    assert_page(
        "select=tags(name)",
        r#"select (select coalesce(pg_catalog.json_agg(rd_row.*), '[]') from (
               select "tags_1"."name" from "public"."tags" as "tags_1", "public"."item_tags" as rd_via
               where rd_via."tag" = "tags_1"."id" and rd_via."item" = "public"."items"."id") as rd_row) as "tags"
             from "public"."items""#,
        &[],
    );
}

#[test]
fn inner_and_null_filters_are_exists() {
    assert_page(
        "select=id,shop!inner(items(id)),tags()&shop.name=eq.x&or=(id.eq.1,tags.is.null)&tags.name=eq.y",
        r#"select "public"."items"."id",
             (select pg_catalog.row_to_json(rd_row.*) from (
               select (select coalesce(pg_catalog.json_agg(rd_row.*), '[]') from (
                 select "items_2"."id" from "public"."items" as "items_2"
                 where "items_2"."shop_id" = "shop_1"."id") as rd_row) as "items"
               from "public"."shop" as "shop_1"
               where "shop_1"."id" = "public"."items"."shop_id" and "shop_1"."name" = $2) as rd_row) as "shop"
             from "public"."items"
             where ("public"."items"."id" = $3 or not exists (
               select from "public"."tags" as "tags_1", "public"."item_tags" as rd_via
               where rd_via."tag" = "tags_1"."id" and rd_via."item" = "public"."items"."id" and "tags_1"."name" = $4))
             and exists (select from "public"."shop" as "shop_1"
               where "shop_1"."id" = "public"."items"."shop_id" and "shop_1"."name" = $5)"#,
        &["x", "1", "y", "x"],
    );
}

#[test]
fn spread_columns_and_order_keys_are_joined() {
    assert_page(
        "select=...shop(n:name),...parts(*)&order=shop(n).desc,id",
        r#"select "rd_spread_0".*, "rd_spread_1".* from "public"."items"
             left join lateral (select "shop_1"."name" as "n" from "public"."shop" as "shop_1"
               where "shop_1"."id" = "public"."items"."shop_id") as "rd_spread_0" on true
             left join lateral (select coalesce(pg_catalog.json_agg(rd_row."rd_0"), '[]') as "id",
                 coalesce(pg_catalog.json_agg(rd_row."rd_1"), '[]') as "name" from (
               select "parts_1"."id", "parts_1"."name" from "public"."parts" as "parts_1"
               where "parts_1"."item" = "public"."items"."id" and "parts_1"."size" = "public"."items"."size"
               ) as rd_row("rd_0", "rd_1")) as "rd_spread_1" on true
             left join lateral (select "shop_1"."name" as rd_key from "public"."shop" as "shop_1"
               where "shop_1"."id" = "public"."items"."shop_id") as "rd_order_0" on true
             order by "rd_order_0".rd_key desc, "public"."items"."id""#,
        &[],
    );
}

/// The planner rearranges a few joins, and no more of them with depth.
#[test]
fn most_of_many_are_fenced() {
    let shops = |join: &str, number: usize| {
        let all: Vec<String> = (0..number)
            .map(|n| format!("s{n}:shop{join}(id)"))
            .collect();
        all.join(",")
    };
    let fences = |query: &str| page(query).0.matches(" offset 0)").count();
    assert_eq!(fences(&format!("select={}", shops("!inner", 4))), 0);
    assert_eq!(fences(&format!("select={}", shops("!inner", 7))), 3);
    assert_eq!(
        fences("select=...shop(id)&order=shop(id),shop(id),shop(id)"),
        0
    );
    assert_eq!(
        fences("select=...shop(id)&order=shop(id),shop(id),shop(id),shop(name)"),
        1
    );
    let deep = "select=shop!inner(items!inner(shop!inner(items!inner(shop!inner(id)))))";
    assert!(fences(deep) > 0);
}

#[test]
fn a_count_asks_only_what_decides() {
    let statement = statement("select=shop!inner(id),tags(id)&limit=1", "count=exact").unwrap();
    let expected = r#"select (select pg_catalog.count(*) from "public"."items" where exists (select from "public"."shop" as "shop_1" where "shop_1"."id" = "public"."items"."shop_id")) as total,"#;
    assert!(statement.sql.starts_with(expected), "{}", statement.sql);
}

#[test]
fn a_function_is_given_the_row_of_the_level_above() {
    assert_page(
        "select=id,spares(id,whole!inner(id))&spares.id=eq.a&spares.limit=2",
        r#"select "public"."items"."id", (select coalesce(pg_catalog.json_agg(rd_row.*), '[]')
            from (select "parts_1"."id", (select pg_catalog.row_to_json(rd_row.*)
            from (select "items_2"."id" from "public"."whole"("parts_1".*::"public"."parts") as "items_2" limit $2) as rd_row) as "whole"
            from "public"."spares"("public"."items".*::"public"."items") as "parts_1"
            where "parts_1"."id" = $3 and exists (select from "public"."whole"("parts_1".*::"public"."parts") as "items_2")
            limit $4) as rd_row) as "spares" from "public"."items""#,
        &["1", "a", "2"],
    );
}

#[test]
fn the_planner_is_asked_of_the_conditions_alone() {
    let query = "select=id,shop!inner(id),tags(id)&id=eq.a&order=id&limit=1";
    let plan = plan(query, "count=planned").unwrap();
    let asked = expected_rows(&plan).unwrap();
    assert_eq!(
        asked.sql,
        r#"explain (format json) select from "public"."items" where "public"."items"."id" = $1 and exists (select from "public"."shop" as "shop_1" where "shop_1"."id" = "public"."items"."shop_id")"#
    );
    assert_eq!(asked.params, [TextParam("a".to_owned())]);
    let main = render(&plan, "caller").sql;
    assert!(main.starts_with("select null::bigint as total,"), "{main}");
    for count in ["", "count=exact"] {
        let plan = self::plan(query, count).unwrap();
        assert_eq!(expected_rows(&plan), None, "{count}");
    }
}

/// The number of the level stays behind a long name; and a view may show a row twice.
#[test]
fn odd_names_are_quoted_and_cut() {
    let name = ODD.replace('"', "\\\"");
    let query = format!("select=\"{name}\"(id)");
    let (sql, _) = page(&percent_encoding::utf8_percent_encode(&query, ENCODED).to_string());
    let alias = r#""a ""relation"" with a name of more than fifty bytes,_1""#;
    assert!(
        sql.contains(&format!(
            "{alias}.\"i\"\"d\" = \"public\".\"items\".\"odd\" limit $2"
        )),
        "{sql}"
    );
}

/// What a URL cannot hold, and what means something in it.
const ENCODED: &percent_encoding::AsciiSet = &percent_encoding::CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'&')
    .add(b'%')
    .add(b'+')
    .add(b'#')
    .add(b';');

proptest! {
    /// Names, hints, columns and values of any level become quoted identifiers and parameters.
    #[test]
    fn no_request_text_becomes_sql(
        alias in "[^\u{0}]{1,12}",
        column in "[^\u{0}]{1,12}",
        value in "[^\u{0}]{0,20}",
        spread in any::<bool>(),
    ) {
        let encoded = |text: &str| percent_encoding::utf8_percent_encode(text, ENCODED).to_string();
        let quoted = |name: &str| {
            encoded(&format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")))
        };
        let (alias, column) = (quoted(&alias), quoted(&column));
        let select = if spread {
            format!("...parts({column},x:shop({column}))")
        } else {
            format!("{alias}:parts({column})")
        };
        let level = if spread { "parts".to_owned() } else { alias };
        let value = encoded(&value);
        let query = format!("select={select}&{level}.{column}=eq.{value}~&{level}.order={column}");
        if let Ok(statement) = statement(&query, "") {
            let bare: String = statement.sql.split('"').step_by(2).collect();
            prop_assert!(
                bare.chars().all(|c| c.is_ascii_lowercase() || " $0123456789_.,()*=':[]-|><".contains(c)),
                "{bare}"
            );
            prop_assert!(!bare.contains("--") && !bare.contains(';'), "{bare}");
            prop_assert!(statement.params.iter().any(|p| p.0.ends_with('~')));
        }
    }
}
