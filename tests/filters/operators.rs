//! Operators and names that there are not.

use serde_json::{Value, json};

use super::{assert_refused, get, served};

const OF_LABELS: &str = "Its operators are: eq, in, is.null, neq, not.eq, not.in, not.is.null";
const OF_PERIOD: &str = "Its operators are: eq, gt, gte, is.null, lt, lte, neq, not.eq, \
                         not.is.null";
const OF_TAGS: &str = "Its operators are: cs, not.ov, ov";
const FILTERS: &str = "Its filters are: created_at, resolved_at, assigned_to, ticket_type_id, \
                       client_id, priority, status, source_channel, tags";

#[tokio::test]
async fn an_operator_that_a_type_does_not_define_is_refused_with_those_that_it_does() {
    let (_database, server) = served().await;
    for (query, message, details, hint) in [
        (
            "priority=like.high",
            r#""priority" has no operator "like""#,
            OF_LABELS,
            "Perhaps you meant priority=eq.…",
        ),
        (
            "assigned_to=gt.3",
            r#""assigned_to" has no operator "gt""#,
            OF_LABELS,
            "Perhaps you meant assigned_to=eq.…",
        ),
        (
            "assigned_to=not.inn.(3)",
            r#""assigned_to" has no operator "not.inn""#,
            OF_LABELS,
            "Perhaps you meant assigned_to=not.in.…",
        ),
        (
            "assigned_to=is.nul",
            r#""assigned_to" has no operator "is.nul""#,
            OF_LABELS,
            "Perhaps you meant assigned_to=is.null",
        ),
        (
            "created_at=in.(2025-03-01)",
            r#""created_at" has no operator "in""#,
            OF_PERIOD,
            "Perhaps you meant created_at=eq.…",
        ),
        (
            "resolved_at=is.nul",
            r#""resolved_at" has no operator "is.nul""#,
            OF_PERIOD,
            "Perhaps you meant resolved_at=is.null",
        ),
        (
            "tags=eq.vip",
            r#""tags" has no operator "eq""#,
            OF_TAGS,
            "Perhaps you meant tags=cs.…",
        ),
        (
            "priority=high",
            r#""priority" is a filter and needs an operator before its value "high""#,
            OF_LABELS,
            "Write priority=eq.high",
        ),
        (
            "created_at=2025-03-01",
            r#""created_at" is a filter and needs an operator before its value "2025-03-01""#,
            OF_PERIOD,
            "Write created_at=eq.2025-03-01",
        ),
        (
            "priority=",
            r#""priority" is a filter and needs an operator before its value """#,
            OF_LABELS,
            "Write priority=eq.",
        ),
    ] {
        for function in ["team_performance", "dashboard_overview", "ticket_list"] {
            let reply = get(&server, &format!("/rpc/{function}?{query}")).await;
            assert_refused(&reply, "RD100", message, &json!(details), hint);
        }
    }
}

#[tokio::test]
async fn an_unknown_name_is_refused_with_the_nearest() {
    let (_database, server) = served().await;
    for (query, name, hint) in [
        (
            "prioritty=eq.high",
            "prioritty",
            r#"Perhaps you meant "priority""#,
        ),
        ("priorty=high", "priorty", r#"Perhaps you meant "priority""#),
        (
            "tickets_resolvd=gte.3",
            "tickets_resolvd",
            r#"Perhaps you meant "tickets_resolved""#,
        ),
        ("ordr=rank", "ordr", r#"Perhaps you meant "order""#),
        (
            "zzzz=eq.1",
            "zzzz",
            "Write one of its filters, or a column of its result",
        ),
    ] {
        let reply = get(&server, &format!("/rpc/team_performance?{query}")).await;
        let message =
            format!("team_performance has no filter, argument or output column \"{name}\"");
        assert_refused(&reply, "RD101", &message, &json!(FILTERS), hint);
    }
}

#[tokio::test]
async fn a_column_of_the_result_wants_an_operator() {
    let (_database, server) = served().await;
    let reply = get(&server, "/rpc/team_performance?member_status=active").await;
    assert_refused(
        &reply,
        "RD100",
        r#""member_status" is a column of the result, and filters it only with an operator"#,
        &Value::Null,
        "Write member_status=eq.active",
    );
}

#[tokio::test]
async fn a_filter_inside_or_is_refused_because_it_would_not_reach_the_tickets() {
    let (_database, server) = served().await;
    for (query, name) in [
        ("or=(priority.eq.high,rank.eq.1)", "priority"),
        (
            "and=(rank.gte.1,or(rank.eq.2,not.and(created_at.gte.2025-01-01,rank.eq.3)))",
            "created_at",
        ),
        ("not.or=(rank.eq.1,nonsense.eq.2)", "nonsense"),
    ] {
        let reply = get(&server, &format!("/rpc/team_performance?{query}")).await;
        let message = format!(
            "\"{name}\" cannot be used inside and=(…) or or=(…): team_performance has no such output column"
        );
        let hint = format!("Write {name}=… as a parameter of its own");
        assert_refused(&reply, "RD101", &message, &Value::Null, &hint);
    }
}
