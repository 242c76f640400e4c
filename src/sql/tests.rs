//! URL and schema cache to SQL, as tables.

use std::sync::Arc;

use bytes::Bytes;
use proptest::prelude::*;

use super::body::RESPONSE;
use super::{Statement, render};
use crate::plan::{self, Limits, PlanError};
use crate::request::{ApiRequest, RawRequest, path};
use crate::schema_cache::{
    Column, FilterAttribute, FilterType, Filters, JsonKind, Operand, PageDefaults, Parameter,
    QualifiedName, Relation, Representation, Returns, Routine, SchemaCache, SqlExpression, SqlType,
    Volatility, Writes,
};

fn cache() -> SchemaCache {
    let mut cache = SchemaCache::default();
    let name = QualifiedName::new("public", "items");
    let relation = Relation {
        name: name.clone(),
        comment: None,
        columns: vec![
            column("id", "integer", None),
            column("name", "character varying(20)", None),
            column("color", "public.color", Some("'red'::public.color")),
            column("facts", "json", None),
        ],
        primary_key: vec!["id".to_owned()],
        computed: Vec::new(),
        takes: Writes::default(),
    };
    cache.relations.insert(name, relation);
    let swatches = swatches();
    cache.relations.insert(swatches.name.clone(), swatches);
    for routine in [report(), stock(), worst(), add()] {
        let overloads = cache.routines.entry(routine.name.clone()).or_default();
        overloads.push(routine);
    }
    cache
}

/// `swatches(id integer, hue public.hue, words tsvector)`, of which `hue` has casts of its own.
fn swatches() -> Relation {
    let function = |name| Some(QualifiedName::new("public", name));
    let hue = Representation {
        shown: function("hue_shown"),
        from_text: function("hue_of_text"),
        from_json: function("hue_of_json"),
    };
    let words = column("words", "tsvector", None);
    Relation {
        name: QualifiedName::new("public", "swatches"),
        comment: None,
        columns: vec![
            column("id", "integer", None),
            Column {
                representation: Some(Arc::new(hue)),
                ..column("hue", "public.hue", Some("0"))
            },
            Column {
                is_tsvector: true,
                ..words
            },
        ],
        primary_key: vec!["id".to_owned()],
        computed: Vec::new(),
        takes: Writes::default(),
    }
}

fn column(name: &str, sql_type: &str, default: Option<&str>) -> Column {
    Column {
        name: name.to_owned(),
        sql_type: SqlType::for_test(sql_type),
        nullable: true,
        comment: None,
        default: default.map(SqlExpression::for_test),
        json_kind: JsonKind::Any,
        is_tsvector: false,
        representation: None,
    }
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
        oid: 0,
        name: QualifiedName::new("public", "report"),
        comment: None,
        volatility: Volatility::Stable,
        returns: Returns::Composite {
            output: vec!["color".to_owned(), "sold".to_owned()],
            relation: None,
        },
        returns_set: true,
        makes: None,
        inlined: false,
        page: PageDefaults::default(),
        settings: Vec::new(),
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

/// As `report`, but worked into the statement, and with `@order` and `@limit` in its comment.
fn stock() -> Routine {
    Routine {
        oid: 0,
        name: QualifiedName::new("public", "stock"),
        inlined: true,
        page: PageDefaults {
            order: Some("sold.desc,color".to_owned()),
            limit: Some(20),
            ..PageDefaults::default()
        },
        ..report()
    }
}

/// As `stock`, but told how large the page is, and with a function that tells the total.
fn worst() -> Routine {
    let stock = stock();
    let mut parameters = stock.parameters;
    parameters.push(parameter("most", "bigint", None));
    Routine {
        name: QualifiedName::new("public", "worst"),
        page: PageDefaults {
            top: Some("most".to_owned()),
            total: Some("sums.worst_total".to_owned()),
            ..stock.page
        },
        parameters,
        ..stock
    }
}

fn add() -> Routine {
    Routine {
        oid: 0,
        name: QualifiedName::new("public", "add"),
        comment: None,
        volatility: Volatility::Immutable,
        returns: Returns::Scalar,
        returns_set: false,
        makes: None,
        inlined: false,
        page: PageDefaults::default(),
        settings: Vec::new(),
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

pub(super) fn statement(
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
        legacy_target_names: true,
        aggregates: true,
        ..Limits::default()
    };
    let plan = plan::resolve(&request, &cache(), &limits)?;
    Ok(render(&plan, "caller"))
}

/// SQL, then the parameters in order.
fn shown(method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> String {
    let statement = statement(method, url, headers, body).unwrap();
    let params: Vec<&str> = statement.params.iter().map(|p| p.0.as_str()).collect();
    // The same in every statement.
    assert!(statement.sql.contains(RESPONSE), "{}", statement.sql);
    format!("{}\n{params:?}", statement.sql.replace(RESPONSE, ""))
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
            "/items?select=id,n:name,price::int,data->a->>0,facts->a&id=eq.5&order=name.desc.nullslast&limit=2&offset=4",
        ),
        r#"select null::bigint as total, pg_catalog.count(*) as page, coalesce(pg_catalog.json_agg(rd_page.*), '[]') as body, case when current_user = $1::name then true else ('the statement was not run by its role but by ' || current_user)::boolean end as is_caller
             from (select "public"."items"."id", "public"."items"."name" as "n", cast("public"."items"."price" as "int4"), pg_catalog.to_jsonb("public"."items"."data")->$2->>$3::int as "a", "public"."items"."facts"->$4 as "a"
             from "public"."items"
             where "public"."items"."id" = $5
             order by "public"."items"."name" desc nulls last limit $6 offset $7) as rd_page
             ["caller", "a", "0", "a", "5", "2", "4"]"#,
    );
}

#[test]
fn trees_and_operators_keep_their_shape() {
    assert_sql(
        &get(
            "/items?or=(id.lt.3,and(name.like.a*,tags.not.cs.{x}))&color=not.in.(red,\"a,b\")&size=eq(any).{1,2}&gone=is.null",
        ),
        r#"select null::bigint as total, pg_catalog.count(*) as page, coalesce(pg_catalog.json_agg(rd_page.*), '[]') as body, case when current_user = $1::name then true else ('the statement was not run by its role but by ' || current_user)::boolean end as is_caller
             from (select "public"."items".*
             from "public"."items"
             where ("public"."items"."id" < $2 or ("public"."items"."name" like $3 and not "public"."items"."tags" @> $4)) and not "public"."items"."color" = any ($5) and "public"."items"."size" = any ($6) and "public"."items"."gone" is null) as rd_page
             ["caller", "3", "a%", "{x}", "{\"red\",\"a,b\"}", "{1,2}"]"#,
    );
}

#[test]
fn domains_are_shown_and_read_by_their_casts() {
    let rows = |url: &str| {
        let sql = get(url);
        let (_, sql) = sql.split_once(" from (").unwrap();
        sql.replace("\"public\".\"swatches\".", "it.")
    };
    for (url, expected) in [
        (
            "/swatches?hue=eq.a",
            r#"select it."id", "public"."hue_shown"(it."hue") as "hue", it."words" from "public"."swatches"
               where it."hue" = "public"."hue_of_text"($2::text)) as rd_page ["caller", "a"]"#,
        ),
        (
            "/swatches?select=h:hue::text&hue=not.in.(a,b)&order=hue",
            r#"select cast("public"."hue_shown"(it."hue") as "text") as "h" from "public"."swatches"
               where not it."hue" = any (select "public"."hue_of_text"(pg_catalog.unnest($2::text[])))
               order by it."hue") as rd_page ["caller", "{\"a\",\"b\"}"]"#,
        ),
        (
            "/swatches?select=id&hue=gt(all).{a,b}&hue=like.a*&hue=is.null",
            r#"select it."id" from "public"."swatches"
               where it."hue" > all (select "public"."hue_of_text"(pg_catalog.unnest($2::text[])))
               and it."hue" like $3 and it."hue" is null) as rd_page ["caller", "{a,b}", "a%"]"#,
        ),
    ] {
        assert_sql(&rows(url), expected);
    }
}

#[test]
fn a_body_gives_domains_as_their_casts_read_json() {
    let post = |headers: &[(&str, &str)]| {
        let sql = shown("POST", "/swatches", headers, r#"{"id": 1, "hue": "a"}"#);
        let (sql, _) = sql.split_once(" returning ").unwrap();
        sql.replace("with pgrst_source as (", "")
    };
    assert_sql(
        &post(&[]),
        r#"insert into "public"."swatches" ("hue", "id") select pgrst_body."hue", pgrst_body."id"
           from (select "public"."hue_of_json"(pgrst_given."hue") as "hue", pgrst_given."id" as "id"
           from pg_catalog.json_to_record($1::json) as pgrst_given("hue" json, "id" integer)) as pgrst_body"#,
    );
    assert_sql(
        &post(&[("prefer", "missing=default")]),
        r#"insert into "public"."swatches" ("hue", "id") select pgrst_body."hue", pgrst_body."id"
           from (select $1::json as value) as pgrst_row, lateral (select
           case when pgrst_row.value->$2::text is null then cast((0) as public.hue) else "public"."hue_of_json"(pgrst_given."hue") end as "hue",
           pgrst_given."id" from pg_catalog.json_to_record(pgrst_row.value) as pgrst_given("hue" json, "id" integer)) as pgrst_body"#,
    );
}

#[test]
fn what_is_no_tsvector_is_searched_as_one() {
    assert_sql(
        get("/swatches?select=id&words=fts.a&id=plfts(english).b")
            .split_once(" where ")
            .unwrap()
            .1,
        r#""public"."swatches"."words" @@ pg_catalog.to_tsquery($2::text)
           and to_tsvector($3::regconfig, "public"."swatches"."id") @@ pg_catalog.plainto_tsquery($4::regconfig, $5::text)) as rd_page
           ["caller", "a", "english", "english", "b"]"#,
    );
}

#[test]
fn an_exact_count_of_a_page_is_a_count_of_its_own() {
    assert_sql(
        &shown("GET", "/items?limit=1", &[("prefer", "count=exact")], ""),
        r#"select (select pg_catalog.count(*)
             from "public"."items") as total, pg_catalog.count(*) as page, coalesce(pg_catalog.json_agg(rd_page.*), '[]') as body, case when current_user = $1::name then true else ('the statement was not run by its role but by ' || current_user)::boolean end as is_caller
             from (select "public"."items".*
             from "public"."items" limit $2) as rd_page
             ["caller", "1"]"#,
    );
    assert_sql(
        &shown("GET", "/items", &[("prefer", "count=exact")], ""),
        r#"select pg_catalog.count(*) as total, pg_catalog.count(*) as page, coalesce(pg_catalog.json_agg(rd_page.*), '[]') as body, case when current_user = $1::name then true else ('the statement was not run by its role but by ' || current_user)::boolean end as is_caller
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
        r#"select null::bigint as total, pg_catalog.count(*) as page, coalesce(pg_catalog.json_agg(rd_page.*), '[]') as body, case when current_user = $1::name then true else ('the statement was not run by its role but by ' || current_user)::boolean end as is_caller
             from (select "report".*
             from (select "report".*
             from "public"."report"("grain" => $2::text, "where_items" => row(null::filter.sizes, "filter"."sizes_and"("filter"."sizes_and"("filter"."sizes_gte"($3::text), "filter"."sizes_not_in"($4::text[])), "filter"."sizes_is_null"()))::public.item_filter) as "report") as "report"
             where "report"."sold" > $5
             order by "report"."sold" desc) as rd_page
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
        r#"select null::bigint as total, pg_catalog.count(*) as page, coalesce(pg_catalog.json_agg(rd_page.*), '[]') as body, case when current_user = $1::name then true else ('the statement was not run by its role but by ' || current_user)::boolean end as is_caller
             from (select "report".*
             from (select "report".*
             from pg_catalog.json_to_record($2::json) as pgrst_body("grain" text),
             lateral "public"."report"("grain" => pgrst_body."grain", "where_items" => row("filter"."sizes_and"("filter"."sizes_gte"($3::text), "filter"."sizes_eq"($4::text)), null::filter.sizes)::public.item_filter) as "report") as "report") as rd_page ["caller", "{\"grain\": \"day\", \"height\":
             [\"gte.1\", \"eq.2\"], \"width\": null}", "1", "2"]"#,
    );
    assert_sql(
        &shown("POST", "/rpc/add", &[], r#"{"a": 1, "b": 2}"#),
        r#"select null::bigint as total, greatest(pg_catalog.count(*), 1) as page, coalesce(pg_catalog.json_agg(rd_page.pgrst_scalar)->0, 'null') as body, case when current_user = $1::name then true else ('the statement was not run by its role but by ' || current_user)::boolean end as is_caller
             from (select "add".*
             from (select "public"."add"("a" => pgrst_body."a", "b" => pgrst_body."b") as pgrst_scalar
             from pg_catalog.json_to_record($2::json) as pgrst_body("a" integer, "b" integer)) as "add") as rd_page
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
             from (select "report".*
             from "public"."report"("where_items" => row(null::filter.sizes, null::filter.sizes)::public.item_filter) as "report") as "report") , rd_page as (select "report".*
             from pgrst_source as "report" limit $1) select (select pg_catalog.count(*)
             from pgrst_source as "report") as total, pg_catalog.count(*) as page, (select coalesce(pg_catalog.string_agg(header.name, ','), '')
             from (select pg_catalog.json_object_keys(pg_catalog.row_to_json(one.*)) as name
             from (select *
             from rd_page limit 1) as one) as header) || E'\n' || coalesce(pg_catalog.string_agg(pg_catalog.substr((rd_page.*)::text, 2, pg_catalog.length((rd_page.*)::text) - 2), E'\n'), '') as body, case when current_user = $2::name then true else ('the statement was not run by its role but by ' || current_user)::boolean end as is_caller
             from rd_page
             ["1", "caller"]"#,
    );
}

#[test]
fn an_insert_reads_one_json_parameter_and_returns_no_column_unasked() {
    assert_sql(
        &shown("POST", "/items", &[], r#"{"name": "a", "id": 1}"#),
        r#"with pgrst_source as (insert into "public"."items" ("id", "name") select pgrst_body."id", pgrst_body."name"
             from pg_catalog.json_to_record($1::json) as pgrst_body("id" integer, "name" character varying(20)) returning 1)
             select null::bigint as total, pg_catalog.count(*) as page, null::text[] as location, ''::text as body, null::bigint as inserted, case when current_user = $2::name then true else ('the statement was not run by its role but by ' || current_user)::boolean end as is_caller
             from pgrst_source as "items"
             ["{\"name\": \"a\", \"id\": 1}", "caller"]"#,
    );
}

#[test]
fn an_insert_for_headers_returns_the_key() {
    assert_sql(
        &shown(
            "POST",
            "/items?select=name",
            &[("prefer", "return=headers-only")],
            "[{}]",
        ),
        r#"with pgrst_source as (insert into "public"."items" select from pg_catalog.json_array_elements($1::json) as pgrst_body returning "public"."items"."name", "public"."items"."id")
             select null::bigint as total, pg_catalog.count(*) as page, case when pg_catalog.count(*) = 1 then (select array[pg_catalog.to_json(pgrst_source."id") #>> '{}'] from pgrst_source limit 1) end as location, ''::text as body, null::bigint as inserted, case when current_user = $2::name then true else ('the statement was not run by its role but by ' || current_user)::boolean end as is_caller
             from pgrst_source as "items"
             ["[{}]", "caller"]"#,
    );
}

#[test]
fn a_merge_counts_the_rows_that_are_new() {
    let count = |sign: &str| {
        format!(
            "pg_catalog.set_config('rowdesk.inserted', (coalesce(nullif(pg_catalog.current_setting('rowdesk.inserted', true), '')::bigint, 0) {sign} 1)::text, true) <> ''"
        )
    };
    let (more, less) = (count("+"), count("-"));
    assert_sql(
        &shown(
            "POST",
            "/items?columns=id,color",
            &[("prefer", "resolution=merge-duplicates, missing=default")],
            "[]",
        ),
        &format!(
            r#"with pgrst_source as (insert into "public"."items" ("color", "id") select pgrst_body."color", pgrst_body."id"
             from pg_catalog.json_array_elements($1::json) as pgrst_row(value), lateral (select case when pgrst_row.value->$2::text is null then cast(('red'::public.color) as public.color) else pgrst_given."color" end as "color", pgrst_given."id" from pg_catalog.json_to_record(pgrst_row.value) as pgrst_given("color" public.color, "id" integer)) as pgrst_body
             where {more} on conflict ("id") do update set "color" = excluded."color", "id" = excluded."id" where {less} returning 1)
             select null::bigint as total, pg_catalog.count(*) as page, null::text[] as location, ''::text as body, nullif(pg_catalog.current_setting('rowdesk.inserted', true), '')::bigint as inserted, case when current_user = $3::name then true else ('the statement was not run by its role but by ' || current_user)::boolean end as is_caller
             from pgrst_source as "items"
             ["[]", "color", "caller"]"#
        ),
    );
}

#[test]
fn an_update_and_a_delete_filter_the_relation_and_show_what_was_asked() {
    assert_sql(
        &shown(
            "PATCH",
            "/items?id=eq.5&select=n:name&order=color&limit=1",
            &[("prefer", "return=representation, count=exact")],
            r#"{"name": "b"}"#,
        ),
        r#"with pgrst_source as (update "public"."items" set "name" = pgrst_body."name"
             from pg_catalog.json_to_record($1::json) as pgrst_body("name" character varying(20))
             where "public"."items"."id" = $2 returning "public"."items"."color", "public"."items"."name")
             select null::bigint as total, pg_catalog.count(*) as page, null::text[] as location, coalesce(pg_catalog.json_agg(rd_page.*), '[]') as body, null::bigint as inserted, case when current_user = $3::name then true else ('the statement was not run by its role but by ' || current_user)::boolean end as is_caller
             from (select "items"."name" as "n" from pgrst_source as "items" order by "items"."color") as rd_page
             ["{\"name\": \"b\"}", "5", "caller"]"#,
    );
    assert_sql(
        &shown(
            "DELETE",
            "/items?id=eq.5",
            &[("prefer", "return=representation")],
            "",
        ),
        r#"with pgrst_source as (delete from "public"."items" where "public"."items"."id" = $1 returning "public"."items".*)
             select null::bigint as total, pg_catalog.count(*) as page, null::text[] as location, coalesce(pg_catalog.json_agg(rd_page.*), '[]') as body, null::bigint as inserted, case when current_user = $2::name then true else ('the statement was not run by its role but by ' || current_user)::boolean end as is_caller
             from (select "items".* from pgrst_source as "items") as rd_page
             ["5", "caller"]"#,
    );
}

#[test]
fn a_function_that_postgres_inlines_is_counted_by_a_call_of_its_own() {
    assert_sql(
        &shown(
            "GET",
            "/rpc/stock?sold=gt.2&offset=40",
            &[("prefer", "count=exact")],
            "",
        ),
        r#"select (select pg_catalog.count(*)
             from (select "stock".*
             from "public"."stock"("where_items" => row(null::filter.sizes, null::filter.sizes)::public.item_filter) as "stock") as "stock"
             where "stock"."sold" > $1) as total, pg_catalog.count(*) as page, coalesce(pg_catalog.json_agg(rd_page.*), '[]') as body, case when current_user = $2::name then true else ('the statement was not run by its role but by ' || current_user)::boolean end as is_caller
             from (select "stock".*
             from (select "stock".*
             from "public"."stock"("where_items" => row(null::filter.sizes, null::filter.sizes)::public.item_filter) as "stock") as "stock"
             where "stock"."sold" > $3
             order by "stock"."sold" desc, "stock"."color" limit $4 offset $5) as rd_page
             ["2", "caller", "2", "20", "40"]"#,
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
        let full = &[("prefer", "return=representation")];
        for (method, body) in [("GET", ""), ("DELETE", ""), ("PATCH", "{\"name\":1}")] {
            let Ok(statement) = statement(method, &url, full, body) else { continue };
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
