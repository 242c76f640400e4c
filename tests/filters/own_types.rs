//! A DBA's own filter type, filter function and widget, made in SQL alone.

use serde_json::{Value, json};

use super::assert_refused;
use crate::harness::cluster::TestDb;
use crate::harness::desk::{agent, desk, execute};
use crate::harness::http::Reply;
use crate::harness::server::TestServer;

async fn shop() -> (TestDb, TestServer) {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    execute(&admin, include_str!("shop.sql")).await;
    let server = TestServer::start(database.uri("desk_authenticator"), |config| {
        config.db_schemas = vec!["public".to_owned(), "shop".to_owned()];
    })
    .await;
    (database, server)
}

async fn get(server: &TestServer, url: &str) -> Reply {
    server
        .get(url)
        .header("accept-profile", "shop")
        .token(&agent())
        .send()
        .await
}

fn ids(rows: &Value) -> Vec<i64> {
    let rows = rows.as_array().unwrap().iter();
    rows.map(|row| row["id"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn a_parameter_of_an_own_type_takes_its_own_operators() {
    let (_database, server) = shop().await;
    for (query, expected) in [
        ("", vec![1, 2, 3, 4, 5]),
        ("amount=gte.12.50", vec![3, 4, 5]),
        ("amount=between.10..20", vec![2, 3, 4]),
        ("amount=not.in.(10,20)", vec![1, 3, 5]),
        ("amount=is.free", vec![1]),
        ("amount=gte.10&least_id=4", vec![4, 5]),
        ("amount=gte.10&color=eq.red", vec![2]),
        ("least_id=4&id=lt.5", vec![4]),
    ] {
        let reply = get(&server, &format!("/rpc/orders_of?{query}")).await;
        assert_eq!(ids(&reply.ok()), expected, "{query}");
    }
}

#[tokio::test]
async fn a_composite_of_filter_types_is_spread_in_any_schema() {
    let (_database, server) = shop().await;
    for (query, expected) in [
        (
            "",
            json!([["blue", 2, 111.5], ["none", 1, 20], ["red", 2, 10]]),
        ),
        ("color=neq.blue", json!([["none", 1, 20], ["red", 2, 10]])),
        ("color=neq.blue&color=not.is.null", json!([["red", 2, 10]])),
        (
            "amount=between.1..50&color=in.(red,blue)",
            json!([["blue", 1, 12.5], ["red", 1, 10]]),
        ),
        ("amount=gte.10&orders=gte.2", json!([["blue", 2, 111.5]])),
    ] {
        let rows = get(&server, &format!("/rpc/totals?{query}")).await.ok();
        let got: Vec<Value> = rows
            .as_array()
            .unwrap()
            .iter()
            .map(|row| json!([row["paint"], row["orders"], row["total"]]))
            .collect();
        assert_eq!(json!(got), expected, "{query}");
    }
    // no default: conditions are never missing
    for (query, expected) in [("", json!(141.5)), ("color=is.null", json!(20))] {
        let reply = get(&server, &format!("/rpc/turnover?{query}")).await;
        assert_eq!(reply.ok(), expected, "{query}");
    }
}

#[tokio::test]
async fn a_body_fills_filters_and_arguments() {
    let (_database, server) = shop().await;
    let reply = server
        .post("/rpc/orders_of?color=neq.blue")
        .header("content-profile", "shop")
        .token(&agent())
        .json(&json!({ "amount": "gte.10", "least_id": 2 }))
        .send()
        .await;
    // neq on an output column is PostgREST's: what is missing is not kept
    assert_eq!(ids(&reply.ok()), [2]);
}

#[tokio::test]
async fn errors_name_what_the_catalog_defines() {
    let (_database, server) = shop().await;
    let operators = json!("Its operators are: between, gte, is.free, not.in");
    assert_refused(
        &get(&server, "/rpc/totals?amount=lte.5").await,
        "RD100",
        r#""amount" has no operator "lte""#,
        &operators,
        "Perhaps you meant amount=gte.…",
    );
    assert_refused(
        &get(&server, "/rpc/orders_of?amount=12").await,
        "RD100",
        r#""amount" is a filter and needs an operator before its value "12""#,
        &operators,
        "Write amount=between.12",
    );
    assert_refused(
        &get(&server, "/rpc/totals?colour=eq.red").await,
        "RD101",
        r#"totals has no filter, argument or output column "colour""#,
        &json!("Its filters are: amount, color"),
        r#"Perhaps you meant "color""#,
    );
    assert_refused(
        &get(&server, "/rpc/totals?amount=gte.-5").await,
        "RD102",
        r#""-5" is not a valid value for "amount": expected an amount such as 12.50"#,
        &Value::Null,
        "Write amount=gte.…",
    );
}

#[tokio::test]
async fn a_type_that_cannot_be_combined_is_given_once() {
    let (_database, server) = shop().await;
    for url in [
        "/rpc/totals?amount=gte.5&amount=gte.6",
        "/rpc/orders_of?amount=gte.5&amount=is.free",
    ] {
        assert_refused(
            &get(&server, url).await,
            "RD102",
            r#""amount" can be given only once"#,
            &Value::Null,
            "Put every condition into one amount=…",
        );
    }
}

#[tokio::test]
async fn a_filter_added_to_the_desk_reaches_every_widget() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    // as sql/README.md says: an attribute, and one line in filter.selects_at_any_time()
    let selects = include_str!("../../sql/functions/filter.selects_at_any_time.sql").replace(
        "select (where_tickets.",
        "select filter.holds(where_tickets.title, ticket.title)\n        and (where_tickets.",
    );
    execute(
        &admin,
        &format!(
            "set role desk_owner; alter type public.ticket_filter add attribute title filter.labels; {selects}"
        ),
    )
    .await;
    let server = crate::harness::desk::serve(&database).await;
    let title = "title=eq.At the edge of a day".replace(' ', "%20");
    let sql = "select count(*) from public.tickets where title = 'At the edge of a day'";
    let expected: i64 = admin.query_one(sql, &[]).await.unwrap().get(0);
    let widget = server.get(&format!("/rpc/dashboard_overview?{title}"));
    let row = widget.token(&agent()).send().await.ok();
    assert_eq!(row[0]["total_tickets"], expected);
    let list = server.get(&format!("/rpc/ticket_list?{title}&select=id"));
    let rows = list.token(&agent()).send().await.ok();
    assert_eq!(i64::try_from(rows.as_array().unwrap().len()), Ok(expected));
}

#[tokio::test]
async fn functions_without_filters_answer_as_postgrest_does() {
    let (_database, server) = shop().await;
    assert_eq!(get(&server, "/rpc/plain?a=3").await.ok(), 5);
    let error = get(&server, "/rpc/plain?a=3&c=1")
        .await
        .refused(404, "PGRST202");
    assert_eq!(
        error,
        json!({
            "code": "PGRST202",
            "message": "Could not find the function shop.plain(a, c) in the schema cache",
            "details": "Searched for the function shop.plain with parameters a, c, but no matches were found in the schema cache.",
            "hint": "Perhaps you meant to call the function shop.plain(a, b)",
        })
    );
    let error = get(&server, "/rpc/nothing?priority=eq.high")
        .await
        .refused(404, "PGRST202");
    assert_eq!(
        error["message"],
        "Could not find the function shop.nothing without parameters in the schema cache"
    );
}
