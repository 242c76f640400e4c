//! What an answer does not show is done and checked all the same; what a body says is never dropped.

use serde_json::json;

use crate::harness::desk::execute;
use crate::harness::fixture::Fixture;

#[tokio::test]
async fn a_value_that_nobody_reads_is_computed_and_its_right_checked() {
    let fixture = Fixture::own().await;
    let admin = fixture.database.connect("postgres").await;
    execute(
        &admin,
        "create function api.must_not_pass() returns void stable language plpgsql
             as $$ begin raise exception 'must not pass'; end $$;
         create function api.raises() returns int stable language plpgsql
             as $$ begin raise exception 'raised'; end $$;
         create function api.hidden() returns int stable language sql as $$ select 1 $$;
         revoke execute on function api.hidden() from public;",
    )
    .await;
    let server = fixture.serve().await;
    for call in [
        server.get("/rpc/must_not_pass"),
        server.post("/rpc/must_not_pass"),
    ] {
        call.send().await.refused(400, "P0001");
    }
    assert_eq!(server.head("/rpc/raises").send().await.status, 400);
    assert_eq!(server.head("/rpc/hidden").send().await.status, 401);
    assert_eq!(server.head("/rpc/numbers?most=3").send().await.status, 200);
}

#[tokio::test]
async fn columns_called_as_our_own_names_change_nothing() {
    let server = Fixture::shared().await.serve().await;
    for name in ["rd_page", "pgrst_source", "pgrst_scalar", "one", "header"] {
        let url = format!("/item?select={name}:id&id=eq.1");
        assert_eq!(server.get(&url).send().await.ok(), json!([{ name: 1 }]));
        let csv = server.get(&url).header("accept", "text/csv").send().await;
        assert_eq!(csv.text(), format!("{name}\n1"));
        let url = format!("/rpc/items?select={name}:id&id=eq.1&limit=1");
        let counted = server
            .get(&url)
            .header("prefer", "count=exact")
            .send()
            .await;
        assert_eq!(counted.ok(), json!([{ name: 1 }]));
    }
}

#[tokio::test]
async fn names_without_end_are_refused_at_once_and_repeated_in_part() {
    let server = Fixture::shared().await.serve().await;
    let long = "x".repeat(50_000);
    for url in [
        format!("/{long}"),
        format!("/rpc/{long}"),
        format!("/rpc/add?{long}=1"),
    ] {
        let reply = server.get(&url).send().await;
        assert_eq!(reply.status, 404);
        assert!(reply.text().len() < 1_000, "{} bytes", reply.text().len());
    }
}

#[tokio::test]
async fn preferences_that_are_not_heeded_are_not_announced() {
    let server = Fixture::shared().await.serve().await;
    let lenient = server
        .get("/item?select=id")
        .header("prefer", "tx=rollback");
    assert_eq!(lenient.send().await.header("preference-applied"), None);
}
