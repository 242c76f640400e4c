//! Questions about what one may not see: asked by filters, orders, counts, casts and errors.

use serde_json::json;

use super::secrets::marked_desk;
use crate::harness::desk::{agent, client, execute, serve};
use crate::harness::server::token;

const OBJECT: &str = "application/vnd.pgrst.object+json";

/// Each reads a column of `team_members` that clients may not read, if only to compare with it.
const HIDDEN_COLUMNS: &[&str] = &[
    "",
    "?select=*",
    "?select=id,*",
    "?limit=0",
    "?select=email",
    "?select=id,email",
    "?select=id,name:email",
    "?select=email::text",
    "?select=%22email%22",
    "?select=metadata-%3Epay",
    "?select=metadata-%3E%3Epay",
    "?select=skills-%3E0",
    "?select=id&email=like.*",
    "?select=id&email=ilike.SECRET*",
    "?select=id&email=eq.nobody@desk.example",
    "?select=id&email=in.(a,b)",
    "?select=id&email=not.is.null",
    "?select=id&email=match.%5Es",
    "?select=id&metadata-%3E%3Epay=eq.secret",
    "?select=id&metadata-%3Epay=not.is.null",
    "?select=id&skills=cs.%7Bsecret%7D",
    "?select=id&or=(id.gt.0,email.like.*)",
    "?select=id&or=(id.lt.0,email.like.s*)",
    "?select=id&and=(id.gt.0,or(email.like.s*,id.eq.1))",
    "?select=id&not.or=(email.is.null,id.lt.0)",
    "?select=id&order=email",
    "?select=id&order=id,email.desc.nullslast",
    "?select=id&order=metadata-%3E%3Epay",
    "?select=id&id=eq.1&email=like.*&limit=0",
    // what every table has besides
    "?select=ctid",
    "?select=xmin",
    "?select=id&tableoid=gt.0",
];

#[tokio::test]
async fn hidden_columns_answer_no_question_of_a_client() {
    let database = marked_desk().await;
    let server = serve(&database).await;
    for query in HIDDEN_COLUMNS {
        let url = format!("/team_members{query}");
        for accept in ["application/json", "text/csv", OBJECT] {
            let call = server.get(&url).token(&client(1)).header("accept", accept);
            let reply = call.header("prefer", "count=exact").send().await;
            reply.refused_plainly(403, "42501");
            assert_eq!(reply.header("content-range"), None, "{url}");
        }
        let head = server.head(&url).token(&client(1)).send().await;
        assert_eq!(head.status, 403, "HEAD {url}");
        assert_eq!(head.header("content-range"), None, "HEAD {url}");
        // the same questions are an agent's right
        let status = server.get(&url).token(&agent()).send().await.status;
        assert_ne!(status, 403, "{url}");
    }
}

#[tokio::test]
async fn the_name_of_a_table_is_no_column() {
    let database = marked_desk().await;
    let server = serve(&database).await;
    for query in [
        "select=team_members",
        "select=row:team_members::text",
        "select=id&team_members=not.is.null",
        "select=id&order=team_members",
    ] {
        for token in [&client(1), &agent()] {
            let url = format!("/team_members?{query}");
            let reply = server.get(&url).token(token).send().await;
            reply.reveals_nothing().refused(400, "42703");
        }
    }
}

/// Postgres takes `row.name` for `name(row)` where there is such a function: the whole row is then
/// what one must be allowed to read.
#[tokio::test]
async fn functions_of_a_row_read_no_hidden_column() {
    let database = marked_desk().await;
    let server = serve(&database).await;
    for function in [
        "to_json",
        "to_jsonb",
        "row_to_json",
        "json_agg",
        "array_agg",
        "count",
        "quote_literal",
        "hash_record",
        "pg_column_size",
        "num_nulls",
    ] {
        for query in [
            format!("select={function}"),
            format!("select=id,x:{function}::text"),
            format!("select={function}-%3E%3Eemail"),
            format!("select=id&{function}=not.is.null"),
            format!("select=id&{function}-%3E%3Eemail=like.s*"),
            format!("select=id&order={function}"),
        ] {
            let url = format!("/team_members?{query}");
            let reply = server.get(&url).token(&client(1)).send().await;
            reply.reveals_nothing();
            assert!(reply.status.is_client_error(), "{url}: {}", reply.text());
        }
    }
}

#[tokio::test]
async fn a_client_reads_the_named_columns_of_the_team() {
    let database = marked_desk().await;
    let server = serve(&database).await;
    let reply = server
        .get("/team_members?select=id,username,display_name,department,status&order=username&id=lt.3")
        .token(&client(1))
        .send()
        .await;
    let rows = reply.reveals_nothing().ok();
    assert_eq!(rows.as_array().unwrap().len(), 2);
}

/// Questions of client 1 that only rows of others would answer.
const HIDDEN_ROWS: &[&str] = &[
    "/tickets?client_id=neq.1",
    "/tickets?client_id=eq.2",
    "/tickets?client_id=in.(2,3)",
    "/tickets?title=like.secret*",
    "/tickets?or=(client_id.eq.2,title.like.secret*)",
    "/tickets?not.and=(client_id.eq.1,id.gt.0)",
    "/tickets?custom_fields-%3E%3Epin=eq.secret",
    "/tickets?tags=cs.%7Bsecret%7D",
    // were hidden rows cast, the cast would fail
    "/tickets?select=title::integer&client_id=neq.1",
    "/tickets?select=custom_fields-%3E%3Epin::integer&client_id=neq.1",
    "/clients?id=eq.2",
    "/clients?email=like.*secret*",
    "/client_contacts?last_name=eq.secret",
    "/payments?metadata-%3E%3Eiban=eq.secret",
    "/payments?client_id=gt.1",
    "/ticket_feedback?feedback_text=eq.secret",
    "/ticket_messages?message_text=like.*secret*",
    "/rpc/ticket_list?client_id=eq.2",
    "/rpc/ticket_list?client_id=not.in.(1)",
    "/rpc/ticket_list?client_id=in.(2,3)&title=like.secret*",
    "/rpc/ticket_list?tags=ov.%7Bsecret%7D",
];

#[tokio::test]
async fn hidden_rows_answer_no_question_of_a_client() {
    let database = marked_desk().await;
    let server = serve(&database).await;
    let admin = token("desk_admin", json!({ "team_member_id": 1 }));
    for url in HIDDEN_ROWS {
        for count in ["exact", "planned", "estimated"] {
            let count = format!("count={count}");
            let call = server.get(url).token(&client(1)).header("prefer", &count);
            call.send().await.is_empty();
            let call = server.head(url).token(&client(1)).header("prefer", &count);
            let range = call.send().await;
            let range = range.header("content-range").unwrap();
            assert!(["*/0", "*/*"].contains(&range), "{url}: {range}");
        }
        // nor whether there is exactly one
        let object = server.get(url).token(&client(1)).header("accept", OBJECT);
        let error = object.send().await.refused(406, "PGRST116");
        assert_eq!(error["details"], "The result contains 0 rows");
        // there is something to be found, or to fail on
        let found = server.get(url).token(&admin).send().await;
        let fails = found.status == 400 && url.contains("::");
        assert!(fails || found.ok() != json!([]), "{url}");
    }
}

#[tokio::test]
async fn another_clients_row_answers_like_one_that_does_not_exist() {
    let database = marked_desk().await;
    let admin = database.connect("postgres").await;
    let server = serve(&database).await;
    for table in ["tickets", "payments", "ticket_messages", "ticket_feedback"] {
        let owner = match table {
            "tickets" | "payments" => "client_id",
            _ => "(select client_id from tickets where id = ticket_id)",
        };
        let hidden: i32 = admin
            .query_one(
                &format!("select min(id) from {table} where {owner} <> 1"),
                &[],
            )
            .await
            .unwrap()
            .get(0);
        for accept in ["application/json", "text/csv", OBJECT] {
            let mut answers = Vec::new();
            for id in [hidden, 99_999_999] {
                let url = format!("/{table}?id=eq.{id}");
                let call = server.get(&url).token(&client(1)).header("accept", accept);
                let reply = call.header("prefer", "count=exact").send().await;
                reply.reveals_nothing();
                let mut headers = reply.headers.clone();
                headers.remove("date");
                headers.remove("content-location");
                answers.push((reply.status, headers, reply.body));
            }
            assert_eq!(answers[0], answers[1], "{table} as {accept}");
        }
    }
}

#[tokio::test]
async fn counts_are_of_visible_rows() {
    let database = marked_desk().await;
    let admin = database.connect("postgres").await;
    let server = serve(&database).await;
    let own: i64 = admin
        .query_one("select count(*) from tickets where client_id = 1", &[])
        .await
        .unwrap()
        .get(0);
    for url in ["/tickets", "/rpc/ticket_list"] {
        for paged in ["?select=id&limit=1", "?select=id&limit=1&order=title.desc"] {
            let url = format!("{url}{paged}");
            let call = server.get(&url).token(&client(1));
            let reply = call.header("prefer", "count=exact").send().await;
            assert_eq!(reply.status, 206, "{url}");
            let range = format!("0-0/{own}");
            assert_eq!(reply.header("content-range"), Some(&*range), "{url}");
        }
        // beyond the own rows is beyond the end
        let url = format!("{url}?offset={own}");
        let call = server.get(&url).token(&client(1));
        let reply = call.header("prefer", "count=exact").send().await;
        let range = format!("*/{own}");
        assert_eq!(reply.header("content-range"), Some(&*range), "{url}");
    }
}

/// Where the setting hides tickets from agents, it hides them from every count and figure.
#[tokio::test]
async fn figures_of_an_agent_are_of_visible_tickets() {
    let database = marked_desk().await;
    let admin = database.connect("postgres").await;
    let server = serve(&database).await;
    let script = "update ops.settings set value = 'queue' where name = 'agent_visibility'";
    execute(&admin, script).await;
    let visible: i64 = admin
        .query_one(
            "select count(*) from tickets
            where assigned_to is null or assigned_to = 1
            or exists (select from ticket_assignees where ticket_id = id and team_member_id = 1)",
            &[],
        )
        .await
        .unwrap()
        .get(0);
    let figures = server
        .get("/rpc/dashboard_overview")
        .token(&agent())
        .send()
        .await
        .ok();
    assert_eq!(figures[0]["total_tickets"], json!(visible));
    let call = server.head("/rpc/ticket_list").token(&agent());
    let listed = call.header("prefer", "count=exact").send().await;
    let range = listed.header("content-range").unwrap();
    assert!(range.ends_with(&format!("/{visible}")), "{range}");
    // another agent's tickets exist only as far as one helps with them
    let theirs = "/rpc/ticket_list?assigned_to=eq.2&select=id";
    let seen = server.get(theirs).token(&agent()).send().await.ok();
    let helped: i64 = admin
        .query_one(
            "select count(*) from tickets join ticket_assignees on ticket_id = id
            where assigned_to = 2 and team_member_id = 1",
            &[],
        )
        .await
        .unwrap()
        .get(0);
    assert_eq!(
        seen.as_array().unwrap().len(),
        usize::try_from(helped).unwrap()
    );
}

#[tokio::test]
async fn sums_and_embedded_rows_are_no_way_around() {
    let database = marked_desk().await;
    let server = serve(&database).await;
    for url in [
        "/payments?select=amount_usd.sum()",
        "/tickets?select=count()",
        "/tickets?select=client_id,count()",
        "/team_members?select=email.max()",
    ] {
        let reply = server.get(url).token(&client(1)).send().await;
        reply.reveals_nothing().refused(400, "PGRST123");
    }
    for url in [
        "/tickets?select=id,team_members!assigned_to(email)",
        "/tickets?select=id,...team_members!assigned_to(email)",
        "/tickets?select=id,ticket_assignees(*)",
        "/tickets?select=id&team_members.email=like.*",
        "/tickets?select=id&order=team_members(email)",
        "/tickets?select=id&team_members.order=email",
        "/clients?select=id,settings(*)",
    ] {
        let reply = server.get(url).token(&client(1)).send().await;
        reply.reveals_nothing();
        assert!(reply.status.is_client_error(), "{url}: {}", reply.status);
    }
}
