//! Writing through views.

use serde_json::json;

use super::{Writer, assert_empty};
use crate::harness::desk::execute;

#[tokio::test]
async fn a_simple_view_is_written_like_its_table() {
    let writer = Writer::new().await;
    let full = "return=representation";
    let rows = json!([{"name": "a", "amount": 1}, {"name": "b", "amount": 2}]);
    let reply = writer.send("POST", "/thing_view", full, &rows).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    let expected =
        json!([{"id": 1, "name": "a", "amount": 1}, {"id": 2, "name": "b", "amount": 2}]);
    assert_eq!(reply.json(), expected);
    let reply = writer
        .send(
            "PATCH",
            "/thing_view?id=eq.1&select=amount",
            full,
            &json!({"amount": 5}),
        )
        .await;
    assert_eq!(reply.ok(), json!([{"amount": 5}]));
    let reply = writer
        .call("DELETE", "/thing_view?id=eq.2", "")
        .send()
        .await;
    assert_empty(&reply, 204);
    let merge = "resolution=merge-duplicates, return=representation";
    let url = "/thing_view?on_conflict=id&select=id,name";
    for (id, status) in [(1, 200), (7, 201)] {
        let row = json!({"id": id, "name": "merged"});
        let reply = writer.send("POST", url, merge, &row).await;
        assert_eq!(reply.status, status, "{}", reply.text());
        assert_eq!(reply.json(), json!([row]));
    }
    // The rest of the table's columns do not exist here.
    let reply = writer
        .send(
            "POST",
            "/thing_view",
            "",
            &json!({"name": "a", "done": true}),
        )
        .await;
    reply.refused(400, "PGRST204");
    assert_eq!(writer.amounts().await, json!([[1, 5], [7, null]]));
}

#[tokio::test]
async fn a_new_row_is_located_by_the_keys_that_a_view_shows_in_its_order() {
    let writer = Writer::new().await;
    let user = writer.fixture.role("user");
    let admin = writer.fixture.admin().await;
    // The table whose key comes first is the one that was made first.
    let script = "
        create table private.owner (id int primary key);
        create table private.pet (id int primary key, owner int references private.owner);
        create view api.pet_and_owner as
        select p.id as pet, o.id as its_owner from private.pet p left join private.owner o on o.id = p.owner;
        create function private.insert_pet() returns trigger language plpgsql security definer as $$
        begin
            insert into private.pet values (new.pet, new.its_owner);
            return new;
        end $$;
        create trigger insert_pet instead of insert on api.pet_and_owner
        for each row execute function private.insert_pet();";
    execute(&admin, script).await;
    let grant = format!("grant select, insert on api.pet_and_owner to {user}");
    execute(&admin, &grant).await;
    let server = writer.fixture.serve().await;
    let reply = server
        .post("/pet_and_owner")
        .token(&writer.user)
        .header("prefer", "return=headers-only")
        .json(&json!({"pet": 4}))
        .send()
        .await;
    assert_empty(&reply, 201);
    let location = "/pet_and_owner?pet=eq.4&its_owner=is.null";
    assert_eq!(reply.header("location"), Some(location));
}

#[tokio::test]
async fn a_view_has_defaults_of_its_own() {
    let writer = Writer::new().await;
    execute(
        &writer.fixture.admin().await,
        "alter view api.thing_view alter column name set default 'of the view'",
    )
    .await;
    let server = writer.fixture.serve().await;
    let call = server.post("/thing_view?columns=name,amount&select=name");
    let reply = call
        .token(&writer.user)
        .header("prefer", "missing=default, return=representation")
        .json(&json!({"amount": 1}))
        .send()
        .await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    assert_eq!(reply.json(), json!([{"name": "of the view"}]));
}

#[tokio::test]
async fn a_view_of_sums_cannot_be_written() {
    let writer = Writer::new().await;
    let admin = writer.fixture.admin().await;
    let grant = format!(
        "grant insert, update, delete on api.thing_count to {}",
        writer.fixture.role("user")
    );
    execute(&admin, &grant).await;
    for (method, body) in [
        ("POST", json!({"count": 1})),
        ("PATCH", json!({"count": 1})),
        ("DELETE", json!({})),
    ] {
        let reply = writer.send(method, "/thing_count", "", &body).await;
        assert_eq!(reply.status, 500, "{}", reply.text());
        assert_eq!(reply.json()["code"], "55000");
    }
}
