//! What cannot be aggregated, and by whom.

use serde_json::Value;

use super::server;
use crate::harness::fixture::Fixture;

#[tokio::test]
async fn nothing_is_aggregated_unless_it_is_allowed() {
    let server = Fixture::shared().await.serve().await;
    for url in [
        "/sale?select=amount.sum()",
        "/outlet?select=title,sale(count())",
        "/sale?select=...outlet(count())",
        "/region?select=...outlet(count())",
        "/rpc/big_sales?select=count()",
    ] {
        let refused = server.get(url).send().await.refused(400, "PGRST123");
        assert_eq!(
            refused["message"],
            "Use of aggregate functions is not allowed"
        );
        assert_eq!(
            (&refused["details"], &refused["hint"]),
            (&Value::Null, &Value::Null)
        );
    }
}

#[tokio::test]
async fn lists_hold_no_aggregates() {
    let server = server().await;
    for url in [
        "/region?select=title,...outlet(title,rent.sum())",
        "/outlet?select=...sale(...outlet(count()))",
        "/region?select=count(),...outlet(rent.sum())",
    ] {
        let refused = server.get(url).send().await.refused(400, "PGRST127");
        assert_eq!(
            refused["details"],
            "Aggregates are not implemented for one-to-many or many-to-many spreads."
        );
    }
}

#[tokio::test]
async fn groups_have_no_order_by_what_they_do_not_show() {
    let server = server().await;
    for url in [
        "/sale?select=product,count()&order=id",
        "/sale?select=count(),outlet(title)&order=outlet(rent)",
    ] {
        server.get(url).send().await.refused(400, "42803");
    }
}

#[tokio::test]
async fn what_no_function_takes_is_refused_by_postgres() {
    let server = server().await;
    server
        .get("/sale?select=product.sum()")
        .send()
        .await
        .refused(404, "42883");
    server
        .get("/sale?select=nothing.sum()")
        .send()
        .await
        .refused(400, "42703");
}

/// A column that the caller may not read is not summed up, not even counted or grouped by.
#[tokio::test]
async fn hidden_columns_stay_hidden() {
    let server = server().await;
    let fixture = Fixture::shared().await;
    for url in [
        "/maker?select=tax_number.max()",
        "/maker?select=tax_number.count()",
        "/maker?select=tax_number,count()",
        "/part?select=...maker(tax_number.max())",
        "/part?select=count(),maker(tax_number)",
        "/part?select=...maker(count())&maker.tax_number=eq.T1",
        "/owned?select=count()",
    ] {
        server.get(url).send().await.refused(401, "42501");
    }
    let seen = server
        .get("/owned?select=count()")
        .token(&fixture.user(serde_json::json!({"name": "ann"})));
    assert_eq!(seen.send().await.ok(), serde_json::json!([{"count": 2}]));
}

/// Only a column's right is needed to count rows.
#[tokio::test]
async fn rows_are_counted_without_the_right_to_every_column() {
    let server = server().await;
    let counted = server.get("/maker?select=count()").send().await;
    assert_eq!(counted.ok(), serde_json::json!([{"count": 3}]));
}
