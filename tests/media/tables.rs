//! Aggregates as handlers of tables, views, table functions and changes.

use serde_json::json;

use super::{assert_answer, get, own, serve, shared};

const IDS: &str = "application/vnd.ids";
const BOTH: [u8; 10] = [0xff, 0, 0, 0, 1, 0xff, 0, 0, 0, 2];

#[tokio::test]
async fn an_aggregate_makes_the_answer_of_a_table_even_of_bytes() {
    let server = serve(shared().await).await;
    let reply = get(&server, "/line?order=id", IDS).await;
    assert_answer(&reply, IDS, BOTH);
    assert_eq!(reply.header("content-range"), Some("0-1/*"));
    assert_answer(&get(&server, "/line?id=eq.2", IDS).await, IDS, &BOTH[5..]);
    assert_answer(&get(&server, "/line?id=eq.7", IDS).await, IDS, b"");
    assert_answer(
        &get(&server, "/line?order=id&limit=1", IDS).await,
        IDS,
        &BOTH[..5],
    );
    assert_answer(
        &get(&server, "/line?select=*&order=id", IDS).await,
        IDS,
        BOTH,
    );
}

#[tokio::test]
async fn it_serves_functions_that_give_back_the_tables_rows() {
    let server = serve(shared().await).await;
    for (url, body) in [
        ("/rpc/lines?order=id", &BOTH[..]),
        ("/rpc/lines?id=eq.2", &BOTH[5..]),
        ("/rpc/first_line", &BOTH[..5]),
    ] {
        assert_answer(&get(&server, url, IDS).await, IDS, body);
    }
}

#[tokio::test]
async fn a_count_goes_with_it() {
    let server = serve(shared().await).await;
    for url in ["/line?order=id&limit=1", "/rpc/lines?order=id&limit=1"] {
        let call = server.get(url).header("accept", IDS);
        let reply = call.header("prefer", "count=exact").send().await;
        assert_eq!(reply.status, 206, "{url}");
        assert_eq!(reply.header("content-range"), Some("0-0/2"), "{url}");
        assert_eq!(reply.body[..], BOTH[..5], "{url}");
    }
}

#[tokio::test]
async fn it_takes_only_whole_rows() {
    let server = serve(shared().await).await;
    for select in ["id", "name,id", "id,name", "*,point(*)", "*,id", "x:id"] {
        let url = format!("/line?select={select}");
        let error = get(&server, &url, IDS).await.refused(406, "PGRST107");
        assert_eq!(
            error["message"],
            format!("None of these media types are available: {IDS}")
        );
    }
}

#[tokio::test]
async fn one_of_any_rows_takes_what_is_selected() {
    let server = serve(shared().await).await;
    for (url, body) in [
        ("/line?order=id", "(1,one)\n(2,two)\n"),
        ("/line?order=id&select=name,id", "(one,1)\n(two,2)\n"),
        ("/rpc/lines?order=id&select=name", "(one)\n(two)\n"),
        ("/line?id=eq.7", ""),
        // The table's own comes first, where it can.
        ("/point?order=id", "7 8 "),
        ("/point?order=id&select=x,id", "(7,1)\n(8,2)\n"),
        ("/rpc/overloaded?b=x", "5\n"),
    ] {
        assert_answer(&get(&server, url, "pg/record").await, "pg/record", body);
    }
}

#[tokio::test]
async fn a_built_in_type_is_overridden_for_the_table_alone() {
    let server = serve(shared().await).await;
    let csv = "text/csv; charset=utf-8";
    let reply = get(&server, "/line?order=id", "text/csv").await;
    assert_answer(&reply, csv, "\u{feff}id;name\n1;one\n2;two\n");
    let reply = get(&server, "/line?order=id&select=id", "text/csv").await;
    assert_answer(&reply, csv, "id\n1\n2");
    let reply = get(&server, "/point?id=eq.1", "text/csv").await;
    assert_answer(&reply, csv, "id,line,x\n1,1,7");
}

#[tokio::test]
async fn what_belongs_to_the_protocol_is_not_overridden() {
    let server = serve(shared().await).await;
    let object = "application/vnd.pgrst.object+json";
    let reply = get(&server, "/line?id=eq.1", object).await;
    assert_eq!(reply.ok(), json!({"id": 1, "name": "one"}));
}

#[tokio::test]
async fn a_domain_that_is_no_media_type_is_no_handler() {
    let server = serve(shared().await).await;
    for accept in ["no_media_type", "text/html", "text/plain"] {
        get(&server, "/line", accept).await.refused(406, "PGRST107");
    }
}

#[tokio::test]
async fn one_of_any_type_answers_to_everything_but_the_protocols_own() {
    let server = serve(shared().await).await;
    let url = "/line.txt?order=id";
    let any = "application/octet-stream";
    for accept in [
        "*/*",
        "text/html",
        "application/json",
        "text/csv",
        "pg/record",
    ] {
        assert_answer(&get(&server, url, accept).await, any, "one\ntwo\n");
    }
    assert_answer(&server.get(url).send().await, any, "one\ntwo\n");
    let array = "application/vnd.pgrst.array+json;nulls=stripped";
    assert_eq!(get(&server, url, array).await.ok()[0]["name"], "one");
    // Of other than whole rows it makes nothing.
    let json = get(&server, "/line.txt?select=id&order=id", "*/*").await;
    assert_eq!(json.ok(), json!([{"id": 1}, {"id": 2}]));
}

/// As PostgREST does: `jsonb` has a version before its text.
#[tokio::test]
async fn a_value_is_sent_in_its_binary_form() {
    let server = serve(shared().await).await;
    let rows = "application/vnd.rows+json";
    assert_answer(&get(&server, "/point", rows).await, rows, b"\x01[1]");
    // No rows, and no initial state: null.
    assert_answer(&get(&server, "/point?id=eq.7", rows).await, rows, b"");
}

#[tokio::test]
async fn changes_answer_through_it_where_rows_are_asked_for() {
    let fixture = own().await;
    let server = serve(&fixture).await;
    let token = fixture.user(json!({}));
    let full = "return=representation";
    let call = |method, url: &str, prefer: &str| {
        let call = server.call(method, url).header("accept", "text/csv");
        call.header("prefer", prefer).token(&token)
    };
    let row = json!({"id": 3, "name": "three"});
    let reply = call("POST", "/line", full).json(&row).send().await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    assert_eq!(
        reply.header("content-type"),
        Some("text/csv; charset=utf-8")
    );
    assert_eq!(reply.text(), "\u{feff}id;name\n3;three\n");

    let row = json!({"name": "3"});
    let reply = call("PATCH", "/line?id=eq.3", full).json(&row).send().await;
    assert_answer(&reply, "text/csv; charset=utf-8", "\u{feff}id;name\n3;3\n");

    let row = json!({"id": 3, "name": "trois"});
    let reply = call("PUT", "/line?id=eq.3", full).json(&row).send().await;
    assert_answer(
        &reply,
        "text/csv; charset=utf-8",
        "\u{feff}id;name\n3;trois\n",
    );

    let reply = call("DELETE", "/line?id=eq.3", full).send().await;
    assert_answer(
        &reply,
        "text/csv; charset=utf-8",
        "\u{feff}id;name\n3;trois\n",
    );

    let row = json!({"id": 4, "name": "four"});
    let reply = call("POST", "/line", "return=minimal")
        .json(&row)
        .send()
        .await;
    assert_eq!((reply.status.as_u16(), reply.body.len()), (201, 0));
    assert_eq!(reply.header("content-type"), None);

    // Nothing is written for an answer that cannot be made.
    let row = json!({"id": 5, "name": "five"});
    let call = server.post("/line").header("accept", "image/webp");
    let reply = call.json(&row).token(&token).send().await;
    reply.refused(406, "PGRST107");
    assert_eq!(server.get("/line?id=eq.5").send().await.ok(), json!([]));
}
