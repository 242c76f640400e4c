//! Values that cannot be meant, of every shipped type.

use serde_json::Value;

use super::{assert_refused, get, served};

const NUMBER: &str = "expected a whole number such as 7";
const MOMENT: &str =
    "expected a date such as 2025-03-01 or a timestamp such as 2025-03-01T09:30:00Z";
const LIST: &str = "expected a list in braces such as {vip,billing}";

#[tokio::test]
async fn a_malformed_value_is_refused_with_parameter_value_and_what_is_expected() {
    let (_database, server) = served().await;
    for (name, given, value, expected, write) in [
        ("assigned_to", "eq.abc", "abc", NUMBER, "eq.…"),
        ("assigned_to", "eq.", "", NUMBER, "eq.…"),
        ("assigned_to", "neq.1.5", "1.5", NUMBER, "neq.…"),
        ("client_id", "not.eq.0x1", "0x1", NUMBER, "not.eq.…"),
        ("client_id", "eq.null", "null", NUMBER, "eq.…"),
        ("assigned_to", "in.(1,x)", "x", NUMBER, "in.(…)"),
        ("ticket_type_id", "not.in.(1,,2)", "", NUMBER, "not.in.(…)"),
        (
            "created_at",
            "gte.2025-13-40",
            "2025-13-40",
            MOMENT,
            "gte.…",
        ),
        (
            "created_at",
            "lte.2025-02-29",
            "2025-02-29",
            MOMENT,
            "lte.…",
        ),
        ("created_at", "gt.0000-01-01", "0000-01-01", MOMENT, "gt.…"),
        ("created_at", "gte.today", "today", MOMENT, "gte.…"),
        ("created_at", "gte.infinity", "infinity", MOMENT, "gte.…"),
        ("created_at", "eq.", "", MOMENT, "eq.…"),
        ("resolved_at", "lt.20250301", "20250301", MOMENT, "lt.…"),
        (
            "resolved_at",
            "neq.1740787200",
            "1740787200",
            MOMENT,
            "neq.…",
        ),
        (
            "resolved_at",
            "not.eq.2025-03-01T24:00:00Z",
            "2025-03-01T24:00:00Z",
            MOMENT,
            "not.eq.…",
        ),
        (
            "created_at",
            "gte.2025-03-01T09:30:00 Europe/Berlin",
            "2025-03-01T09:30:00 Europe/Berlin",
            MOMENT,
            "gte.…",
        ),
        (
            "created_at",
            "gte.2025-03-01'::date; select 1 --",
            "2025-03-01'::date; select 1 --",
            MOMENT,
            "gte.…",
        ),
        ("created_at", "eq.٢٠٢٥-٠٣-٠١", "٢٠٢٥-٠٣-٠١", MOMENT, "eq.…"),
        ("client_id", "eq.３", "３", NUMBER, "eq.…"),
        ("tags", "ov.x", "x", LIST, "ov.…"),
        ("tags", "ov.", "", LIST, "ov.…"),
        ("tags", "cs.{a", "{a", LIST, "cs.…"),
        ("tags", "cs.{a,}", "{a,}", LIST, "cs.…"),
        ("tags", "not.ov.{{a}}", "{{a}}", LIST, "not.ov.…"),
        ("tags", "not.ov.(a,b)", "(a,b)", LIST, "not.ov.…"),
    ] {
        for function in ["team_performance", "dashboard_overview", "ticket_list"] {
            let url = format!(
                "/rpc/{function}?{name}={}",
                crate::brute_force::encode(given)
            );
            let reply = get(&server, &url).await;
            let message = format!("\"{value}\" is not a valid value for \"{name}\": {expected}");
            let hint = format!("Write {name}={write}");
            assert_refused(&reply, "RD102", &message, &Value::Null, &hint);
        }
    }
}

#[tokio::test]
async fn a_list_without_parentheses_is_refused() {
    let (_database, server) = served().await;
    for (name, given, write) in [
        ("priority", "in.high,low", "in.(high,low)"),
        ("assigned_to", "not.in.3", "not.in.(3)"),
        ("assigned_to", "in.", "in.()"),
    ] {
        let reply = get(&server, &format!("/rpc/ticket_list?{name}={given}")).await;
        let (_, value) = given.rsplit_once('.').unwrap();
        let message = format!(
            "\"{value}\" is not a valid value for \"{name}\": expected a list in parentheses"
        );
        let hint = format!("Write {name}={write}");
        assert_refused(&reply, "RD102", &message, &Value::Null, &hint);
    }
}

/// The parameter at fault is named, not another that holds the same text.
#[tokio::test]
async fn among_several_the_malformed_one_is_named() {
    let (_database, server) = served().await;
    let url =
        "/rpc/team_performance?priority=eq.abc&assigned_to=eq.1&client_id=neq.abc&tags=ov.{abc}";
    let error = get(&server, url).await.refused(400, "RD102");
    assert_eq!(
        error["message"],
        format!("\"abc\" is not a valid value for \"client_id\": {NUMBER}")
    );
}

#[tokio::test]
async fn unusual_but_well_formed_values_are_no_errors() {
    let (_database, server) = served().await;
    for query in [
        "assigned_to=eq.99999999999999999999999999",
        "assigned_to=in.()",
        "assigned_to=eq.-1",
        "priority=eq.",
        "status=in.(%22a,b%22,%22%22)",
        "created_at=gte.0001-01-01",
        "created_at=lte.9999-12-31",
        "created_at=eq.2024-02-29T23:59",
        "created_at=lt.2025-03-01T09:30:00.123456789%2B05:45",
        "created_at=gte.2025-03-01T09:30:00+05:45",
        "tags=ov.%7B%7D",
        "tags=cs.%7B%22a%5C%22b%22,c%7D",
    ] {
        for function in ["team_performance", "dashboard_overview", "ticket_list"] {
            get(&server, &format!("/rpc/{function}?{query}")).await.ok();
        }
    }
}

#[tokio::test]
async fn a_nul_is_refused_wherever_it_stands() {
    let (_database, server) = served().await;
    for query in [
        "priority=eq.a%00b",
        "priority=in.(a%00b)",
        "tags=ov.%7Ba%00b%7D",
        "assigned_to=eq.%00",
        "created_at=gte.%00",
    ] {
        let reply = get(&server, &format!("/rpc/dashboard_overview?{query}")).await;
        assert_eq!(reply.status, 400, "{query}: {}", reply.text());
    }
}
