//! Whoever is on no list: with `signup = approval` somebody says yes, with `open` the address is enough.

use rowdesk::config::Signup;
use serde_json::{Value, json};

use super::{People, script};
use crate::auth::accounts::{AGENT, MANAGER, sign_in};
use crate::harness::desk::execute;

const STRANGER: &str = "sam.stranger@nowhere.example";
const CONTACT: &str = "new.contact@amber.example";
const OWN: &str = "a password of one's own";

async fn people(signup: Signup) -> People {
    People::with(|config| {
        config.signup = signup;
        config.auth_mails_per_address = 1000;
    })
    .await
}

async fn account(people: &People, email: &str) -> Value {
    let sql = format!(
        "select jsonb_build_array(status, role, client_id, team_member_id, metadata) from auth.accounts where email = '{email}'"
    );
    people.one(&sql).await
}

#[tokio::test]
async fn whoever_signs_up_waits_for_approval_and_comes_in_by_it() {
    let people = people(Signup::Approval).await;
    people
        .sign_up(STRANGER, json!({ "name": "Sam" }))
        .await
        .ok();
    assert_eq!(
        account(&people, STRANGER).await,
        json!(["pending", "desk_client", null, null, { "user_metadata": { "name": "Sam" } }])
    );
    let manager = people.signed_in(MANAGER).await;
    // nobody says yes before the address is theirs
    let yes = json!({ "account": STRANGER, "client_name": "Sam & Co" });
    people
        .refuses(&manager, "approve_account", yes.clone(), (409, "PT409"))
        .await;
    let link = people.mailed(STRANGER).await.expect("a mail");
    people
        .verify("signup", &link)
        .await
        .refused(400, "account_pending");
    let waiting = people
        .server
        .get("/rpc/accounts?status=eq.pending&select=email,name,client_id,email_confirmed_at");
    let rows = waiting.token(&manager).send().await.ok();
    assert_eq!(rows.as_array().unwrap().len(), 1);
    assert_eq!(
        (&rows[0]["email"], &rows[0]["name"]),
        (&json!(STRANGER), &json!("Sam"))
    );
    assert!(rows[0]["email_confirmed_at"].is_string());

    // for whom they act, somebody says
    let nobody = json!({ "account": STRANGER });
    people
        .refuses(&manager, "approve_account", nobody, (400, "23502"))
        .await;
    let shown = people
        .call(&manager, "approve_account", yes.clone())
        .await
        .ok();
    assert_eq!(
        (&shown["status"], &shown["client_name"]),
        (&json!("active"), &json!("Sam & Co"))
    );
    people
        .refuses(&manager, "approve_account", yes, (409, "PT409"))
        .await;
    let link = people.mailed(STRANGER).await.expect("a mail");
    let first = people.verify("invite", &link).await.ok();
    people.set_password(&first, OWN).await;
    let own = sign_in(&people.server, STRANGER, OWN).await.ok();
    let call = people.server.get("/clients?select=client_name,email");
    let rows = call
        .token(own["access_token"].as_str().unwrap())
        .send()
        .await
        .ok();
    assert_eq!(
        rows,
        json!([{ "client_name": "Sam & Co", "email": STRANGER }])
    );
    let audit = "select jsonb_agg(jsonb_build_array(action, relation) order by id)
        from ops.audit where account_id is not null";
    assert_eq!(
        people.one(audit).await,
        json!([["insert", "public.clients"], ["approve", "auth.accounts"]])
    );
}

#[tokio::test]
async fn approval_is_for_a_client_that_is_there_and_for_those_who_wait() {
    let people = people(Signup::Approval).await;
    let manager = people.signed_in(MANAGER).await;
    people.sign_up(STRANGER, json!({})).await.ok();
    let link = people.mailed(STRANGER).await.expect("a mail");
    people.verify("signup", &link).await;
    execute(
        &people.admin,
        "update clients set erased_at = now() where id = 7",
    )
    .await;
    for (body, refusal) in [
        (
            json!({ "account": STRANGER, "client": 9999 }),
            (404, "PT404"),
        ),
        (json!({ "account": STRANGER, "client": 7 }), (409, "PT409")),
        (
            json!({ "account": STRANGER, "client": 1, "client_name": "x" }),
            (400, "22023"),
        ),
        (
            json!({ "account": STRANGER, "client_name": " " }),
            (400, "23514"),
        ),
        (
            json!({ "account": STRANGER, "client_name": "x".repeat(256) }),
            (400, "22001"),
        ),
        (json!({ "account": AGENT, "client": 1 }), (403, "42501")),
        (
            json!({ "account": STRANGER, "client": 1, "status": "active" }),
            (404, "PGRST202"),
        ),
    ] {
        people
            .refuses(&manager, "approve_account", body, refusal)
            .await;
    }
    // who signed up cannot say yes to themselves, with whatever there is
    for token in [crate::harness::desk::client(1), script("desk_agent")] {
        let body = json!({ "account": STRANGER, "client": 1 });
        people
            .refuses(&token, "approve_account", body, (403, "42501"))
            .await;
    }
    let body = json!({ "account": STRANGER, "client": 3 });
    let shown = people.call(&manager, "approve_account", body).await.ok();
    assert_eq!(shown["client_id"], 3);
    // whoever is on the list by now needs no word about it
    people.sign_up(CONTACT, json!({})).await.ok();
    let link = people.mailed(CONTACT).await.expect("a mail");
    people
        .verify("signup", &link)
        .await
        .refused(400, "account_pending");
    people.add_contact(CONTACT).await;
    let shown = people
        .call(&manager, "approve_account", json!({ "account": CONTACT }))
        .await
        .ok();
    assert_eq!(shown["client_id"], 1);
    // and who is not wanted is kept out
    people.sign_up("bad@nowhere.example", json!({})).await.ok();
    let body = json!({ "account": "bad@nowhere.example" });
    people.call(&manager, "disable_account", body).await.ok();
    people.sign_up("bad@nowhere.example", json!({})).await.ok();
    assert_eq!(people.mailed("bad@nowhere.example").await, None);
}

#[tokio::test]
async fn in_the_open_an_address_is_enough_for_a_client_of_ones_own() {
    let people = people(Signup::Open).await;
    let (long, kept) = ("n".repeat(400), "n".repeat(255));
    for (email, data, expected) in [
        (
            STRANGER,
            json!({ "name": " Sam's Shop ", "client_id": 1, "role": "desk_admin" }),
            "Sam's Shop",
        ),
        ("two@nowhere.example", json!({ "name": 7 }), "two"),
        ("three@nowhere.example", json!({ "name": "\u{0}" }), "three"),
        ("four@nowhere.example", json!({ "name": long }), &kept),
        ("five@nowhere.example", json!("five"), "five"),
    ] {
        people.sign_up(email, data).await.ok();
        assert_eq!(account(&people, email).await[0], "pending", "{email}");
        let none = people
            .one(&format!(
                "select count(*) from clients where email = '{email}'"
            ))
            .await;
        assert_eq!(none, 0, "not before the address is confirmed");
        let link = people.mailed(email).await.expect("a mail");
        let first = people.verify("signup", &link).await.ok();
        assert_eq!(first["user"]["role"], "desk_client");
        let token = first["access_token"].as_str().unwrap();
        let call = people
            .server
            .get("/clients?select=client_name,email")
            .token(token);
        let rows = call.send().await.ok();
        assert_eq!(rows, json!([{ "client_name": expected, "email": email }]));
        let call = people.server.get("/tickets?select=id").token(token);
        assert_eq!(call.send().await.ok(), json!([]));
    }
    let settings = people.server.get("/auth/v1/settings").send().await.ok();
    assert_eq!(settings["disable_signup"], false);
}

#[tokio::test]
async fn nobody_learns_who_is_there_and_the_allow_list_holds() {
    for signup in [Signup::Approval, Signup::Open, Signup::Allowlist] {
        let people = people(signup).await;
        people.add_contact(CONTACT).await;
        let mut answers = Vec::new();
        for email in [
            CONTACT,
            AGENT,
            STRANGER,
            STRANGER,
            "no address@",
            "a@b@c",
            &format!("{}@x.example", "x".repeat(300)),
        ] {
            let reply = people.sign_up(email, json!({ "name": "x" })).await;
            let mut answer = reply.json();
            answer["id"] = json!("an id");
            answer["email"] = json!("an email");
            answers.push((reply.status.as_u16(), answer));
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{signup:?}: {answers:?}");
        // somebody on the list is who the list says
        let link = people.mailed(CONTACT).await.expect("a mail");
        let first = people.verify("signup", &link).await.ok();
        assert_eq!(first["user"]["user_metadata"], json!({}));
        assert_eq!(account(&people, CONTACT).await[2], 1);
        assert_eq!(
            people
                .one("select count(*) from auth.accounts where status = 'pending' and email !~ '^[^@ ]+@[^@ ]+$'")
                .await,
            0
        );
        // to have forgotten a password makes nobody known
        let body = json!({ "email": "forgot@nowhere.example" });
        people
            .server
            .post("/auth/v1/recover")
            .json(&body)
            .send()
            .await
            .ok();
        assert_eq!(
            account(&people, "forgot@nowhere.example").await,
            Value::Null
        );
        let strangers = account(&people, STRANGER).await;
        assert_eq!(
            strangers.is_null(),
            signup == Signup::Allowlist,
            "{signup:?}"
        );
    }
}

#[tokio::test]
async fn the_setting_at_the_moment_of_the_link_decides() {
    let people = people(Signup::Open).await;
    people.sign_up(STRANGER, json!({})).await.ok();
    let link = people.mailed(STRANGER).await.expect("a mail");
    let closed = crate::auth::accounts::serve_with(&people.database, |config| {
        config.signup = Signup::Allowlist;
    })
    .await;
    let body = json!({ "token_hash": link, "type": "signup" });
    let reply = closed.post("/auth/v1/verify").json(&body).send().await;
    reply.refused(400, "account_pending");
    assert_eq!(account(&people, STRANGER).await[0], "pending");
}

#[tokio::test]
async fn addresses_that_nobody_confirmed_are_forgotten_after_a_week() {
    let people = people(Signup::Approval).await;
    people
        .sign_up(STRANGER, json!({ "name": "first" }))
        .await
        .ok();
    people
        .sign_up(STRANGER, json!({ "name": "second" }))
        .await
        .ok();
    assert_eq!(
        account(&people, STRANGER).await[4]["user_metadata"]["name"],
        "second"
    );
    execute(
        &people.admin,
        "update auth.accounts set created_at = now() - interval '8 days'",
    )
    .await;
    let others = people.one("select count(*) from auth.accounts").await;
    people
        .sign_up("other@nowhere.example", json!({}))
        .await
        .ok();
    assert_eq!(account(&people, STRANGER).await, Value::Null);
    assert_eq!(
        people.one("select count(*) from auth.accounts").await,
        others
    );
}
