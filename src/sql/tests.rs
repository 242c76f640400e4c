//! URL and schema cache to SQL, as tables.

use std::sync::Arc;

use bytes::Bytes;
use proptest::prelude::*;

use super::{Statement, render};
use crate::plan::{self, Limits, PlanError};
use crate::request::{ApiRequest, RawRequest, path};
use crate::schema_cache::{
    FilterAttribute, FilterType, Filters, Operand, Parameter, QualifiedName, Relation, Returns,
    Routine, SchemaCache, SqlType, Volatility,
};

fn cache() -> SchemaCache {
    let mut cache = SchemaCache::default();
    let name = QualifiedName::new("public", "items");
    let relation = Relation {
        name: name.clone(),
        comment: None,
        columns: Vec::new(),
        primary_key: Vec::new(),
    };
    cache.relations.insert(name, relation);
    for routine in [report(), add()] {
        let overloads = cache.routines.entry(routine.name.clone()).or_default();
        overloads.push(routine);
    }
    cache
}

/// `report(grain text default …, where_items item_filter default null) returns table (color, sold)`.
fn report() -> Routine {
    let operators = [
        ("eq", Operand::One),
        ("gte", Operand::One),
        ("not_in", Operand::Many),
        ("is_null", Operand::None),
    ];
    let filter_type = Arc::new(FilterType {
        name: "sizes".to_owned(),
        sql_type: SqlType::for_test("filter.sizes"),
        comment: None,
        operators: operators
            .map(|(name, operand)| (name.to_owned(), operand))
            .into(),
        combines: true,
    });
    let attribute = |name: &str| FilterAttribute {
        name: name.to_owned(),
        filter_type: Arc::clone(&filter_type),
    };
    Routine {
        name: QualifiedName::new("public", "report"),
        comment: None,
        volatility: Volatility::Stable,
        returns: Returns::Composite {
            output: vec!["color".to_owned(), "sold".to_owned()],
            relation: None,
        },
        returns_set: true,
        parameters: vec![
            parameter("grain", "text", None),
            parameter(
                "where_items",
                "public.item_filter",
                Some(Filters::Spread(vec![
                    attribute("height"),
                    attribute("width"),
                ])),
            ),
        ],
    }
}

fn add() -> Routine {
    Routine {
        name: QualifiedName::new("public", "add"),
        comment: None,
        volatility: Volatility::Immutable,
        returns: Returns::Scalar,
        returns_set: false,
        parameters: vec![
            parameter("a", "integer", None),
            parameter("b", "integer", None),
        ],
    }
}

fn parameter(name: &str, sql_type: &str, filters: Option<Filters>) -> Parameter {
    Parameter {
        name: name.to_owned(),
        sql_type: SqlType::for_test(sql_type),
        required: false,
        variadic: false,
        filters,
    }
}

fn statement(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Result<Statement, PlanError> {
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let headers: Vec<(String, String)> = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let request = ApiRequest::parse(&RawRequest {
        method,
        path,
        segments: &path::segments(path),
        query,
        headers: &headers,
        body: Bytes::copy_from_slice(body.as_bytes()),
    })?;
    let limits = Limits {
        schemas: vec!["public".to_owned()],
        max_rows: None,
        legacy_target_names: true,
    };
    let plan = plan::resolve(&request, &cache(), &limits)?;
    Ok(render(&plan, "caller"))
}

/// SQL, then the parameters in order.
fn shown(method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> String {
    let statement = statement(method, url, headers, body).unwrap();
    let params: Vec<&str> = statement.params.iter().map(|p| p.0.as_str()).collect();
    format!("{}\n{params:?}", statement.sql)
}

/// Compares without regard to line breaks, which only make the expectation readable.
#[track_caller]
fn assert_sql(actual: &str, expected: &str) {
    let fold = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(fold(actual), fold(expected));
}

fn get(url: &str) -> String {
    shown("GET", url, &[], "")
}

#[test]
fn a_read_is_one_select_over_one_page() {
    assert_sql(
        &get(
            "/items?select=id,n:name,price::int,data->a->>0&id=eq.5&order=name.desc.nullslast&limit=2&offset=4",
        ),
        r#"select null::bigint as total, pg_catalog.count(*) as page, coalesce(pg_catalog.json_agg(rd_page.*), '[]')::text as body, case when current_user = $1::name then true else ('not ' || current_user)::boolean end as is_caller
             from (select "public"."items"."id", "public"."items"."name" as "n", cast("public"."items"."price" as "int4"), pg_catalog.to_jsonb("public"."items"."data")->$2::text->>$3::int as "a"
             from "public"."items"
             where "public"."items"."id" = $4
             order by "public"."items"."name" desc nulls last limit $5 offset $6) as rd_page
             ["caller", "a", "0", "5", "2", "4"]"#,
    );
}

#[test]
fn trees_and_operators_keep_their_shape() {
    assert_sql(
        &get(
            "/items?or=(id.lt.3,and(name.like.a*,tags.not.cs.{x}))&color=not.in.(red,\"a,b\")&size=eq(any).{1,2}&gone=is.null",
        ),
        r#"select null::bigint as total, pg_catalog.count(*) as page, coalesce(pg_catalog.json_agg(rd_page.*), '[]')::text as body, case when current_user = $1::name then true else ('not ' || current_user)::boolean end as is_caller
             from (select "public"."items".*
             from "public"."items"
             where ("public"."items"."id" < $2 or ("public"."items"."name" like $3 and not "public"."items"."tags" @> $4)) and not "public"."items"."color" = any ($5) and "public"."items"."size" = any ($6) and "public"."items"."gone" is null) as rd_page
             ["caller", "3", "a%", "{x}", "{\"red\",\"a,b\"}", "{1,2}"]"#,
    );
}

#[test]
fn an_exact_count_of_a_page_is_a_count_of_its_own() {
    assert_sql(
        &shown("GET", "/items?limit=1", &[("prefer", "count=exact")], ""),
        r#"select (select pg_catalog.count(*)
             from "public"."items") as total, pg_catalog.count(*) as page, coalesce(pg_catalog.json_agg(rd_page.*), '[]')::text as body, case when current_user = $1::name then true else ('not ' || current_user)::boolean end as is_caller
             from (select "public"."items".*
             from "public"."items" limit $2) as rd_page
             ["caller", "1"]"#,
    );
    assert_sql(
        &shown("GET", "/items", &[("prefer", "count=exact")], ""),
        r#"select pg_catalog.count(*) as total, pg_catalog.count(*) as page, coalesce(pg_catalog.json_agg(rd_page.*), '[]')::text as body, case when current_user = $1::name then true else ('not ' || current_user)::boolean end as is_caller
             from (select "public"."items".*
             from "public"."items") as rd_page
             ["caller"]"#,
    );
}

#[test]
fn conditions_are_spelt_out_attribute_by_attribute() {
    assert_sql(
        &get(
            "/rpc/report?width=gte.3&width=not.in.(5,7)&width=is.null&grain=day&sold=gt.2&order=sold.desc",
        ),
        r#"select null::bigint as total, pg_catalog.count(*) as page, coalesce(pg_catalog.json_agg(rd_page.*), '[]')::text as body, case when current_user = $1::name then true else ('not ' || current_user)::boolean end as is_caller
             from (select pgrst_source.*
             from (select pgrst_call.*
             from "public"."report"("grain" => $2::text, "where_items" => row(null::filter.sizes, "filter"."sizes_and"("filter"."sizes_and"("filter"."sizes_gte"($3::text), "filter"."sizes_not_in"($4::text[])), "filter"."sizes_is_null"()))::public.item_filter) as pgrst_call) as pgrst_source
             where pgrst_source."sold" > $5
             order by pgrst_source."sold" desc) as rd_page
             ["caller", "day", "3", "{\"5\",\"7\"}", "2"]"#,
    );
}

#[test]
fn a_body_gives_conditions_and_typed_arguments() {
    assert_sql(
        &shown(
            "POST",
            "/rpc/report",
            &[],
            r#"{"grain": "day", "height": ["gte.1", "eq.2"], "width": null}"#,
        ),
        r#"select null::bigint as total, pg_catalog.count(*) as page, coalesce(pg_catalog.json_agg(rd_page.*), '[]')::text as body, case when current_user = $1::name then true else ('not ' || current_user)::boolean end as is_caller
             from (select pgrst_source.*
             from (select pgrst_call.*
             from pg_catalog.json_to_record($2::json) as pgrst_body("grain" text),
             lateral "public"."report"("grain" => pgrst_body."grain", "where_items" => row("filter"."sizes_and"("filter"."sizes_gte"($3::text), "filter"."sizes_eq"($4::text)), null::filter.sizes)::public.item_filter) as pgrst_call) as pgrst_source) as rd_page ["caller", "{\"grain\": \"day\", \"height\":
             [\"gte.1\", \"eq.2\"], \"width\": null}", "1", "2"]"#,
    );
    assert_sql(
        &shown("POST", "/rpc/add", &[], r#"{"a": 1, "b": 2}"#),
        r#"select null::bigint as total, pg_catalog.count(*) as page, coalesce(pg_catalog.json_agg(rd_page.pgrst_scalar)->0, 'null')::text as body, case when current_user = $1::name then true else ('not ' || current_user)::boolean end as is_caller
             from (select pgrst_source.*
             from (select "public"."add"("a" => pgrst_body."a", "b" => pgrst_body."b") as pgrst_scalar
             from pg_catalog.json_to_record($2::json) as pgrst_body("a" integer, "b" integer)) as pgrst_source) as rd_page
             ["caller", "{\"a\": 1, \"b\": 2}"]"#,
    );
}

#[test]
fn a_function_that_is_counted_and_paged_runs_once() {
    assert_sql(
        &shown(
            "GET",
            "/rpc/report?limit=1",
            &[("prefer", "count=exact"), ("accept", "text/csv")],
            "",
        ),
        r#"with pgrst_source as (select *
             from (select pgrst_call.*
             from "public"."report"("where_items" => row(null::filter.sizes, null::filter.sizes)::public.item_filter) as pgrst_call) as pgrst_source) , rd_page as (select pgrst_source.*
             from pgrst_source limit $1) select (select pg_catalog.count(*)
             from pgrst_source) as total, pg_catalog.count(*) as page, (select coalesce(pg_catalog.string_agg(header.name, ','), '')
             from (select pg_catalog.json_object_keys(pg_catalog.row_to_json(one.*)) as name
             from (select *
             from rd_page limit 1) as one) as header) || E'\n' || coalesce(pg_catalog.string_agg(pg_catalog.substr((rd_page.*)::text, 2, pg_catalog.length((rd_page.*)::text) - 2), E'\n'), '') as body, case when current_user = $2::name then true else ('not ' || current_user)::boolean end as is_caller
             from rd_page
             ["1", "caller"]"#,
    );
}

proptest! {
    /// Whatever stands in a URL, the SQL outside of quoted identifiers is made of this program's own
    /// words: letters, digits of parameters, and its punctuation.
    #[test]
    fn no_request_text_becomes_sql(
        column in "[^\u{0}&=.()]{1,12}",
        value in "[^\u{0}&]{0,20}",
        cast in "[a-z();' -]{0,12}",
    ) {
        let marked = format!("{}~", value.replace('~', ""));
        let url = format!(
            "/items?select={}::{}&{}=eq.{}",
            encode(&column), encode(&cast), encode(&column), encode(&marked)
        );
        if let Ok(statement) = statement("GET", &url, &[], "") {
            let bare = outside_quotes(&statement.sql);
            prop_assert!(
                bare.chars().all(|c| c.is_ascii_lowercase() || " $0123456789_.,()*=':[]-|><\\E".contains(c)),
                "{bare}"
            );
            prop_assert!(!bare.contains("--") && !bare.contains(';'), "{bare}");
            prop_assert!(statement.params.iter().any(|p| p.0.ends_with('~')));
        }
    }
}

fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// The SQL without its quoted identifiers.
fn outside_quotes(sql: &str) -> String {
    sql.split('"').step_by(2).collect()
}
