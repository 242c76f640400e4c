//! Invitations, from the mail to the first sign-in.

use serde_json::json;

use super::{People, script};
use crate::auth::accounts::{ADMIN, DISABLED, MANAGER, contact, session, sign_in, text};
use crate::harness::desk::execute;

const CONTACT: &str = "new.contact@amber.example";
const MEMBER: &str = "new.member@rowdesk.example";
const OWN: &str = "a password of one's own";

#[tokio::test]
async fn somebody_who_is_invited_comes_in_by_the_link_and_sets_a_password() {
    let people = People::new().await;
    people.add_contact(CONTACT).await;
    people.add_member(MEMBER, "support_agent").await;
    for (who, email, role) in [
        (MANAGER, CONTACT, "desk_client"),
        (ADMIN, CONTACT, "desk_client"),
        (ADMIN, MEMBER, "desk_agent"),
    ] {
        let token = people.signed_in(who).await;
        let body = json!({ "email": email.to_uppercase() });
        let shown = people.call(&token, "invite", body).await.ok();
        assert_eq!(
            [&shown["email"], &shown["status"], &shown["has_password"]],
            [&json!(email), &json!("active"), &json!(false)]
        );
        let link = people.mailed(email).await.expect("a mail");
        // it is no link to set a forgotten password
        people
            .verify("recovery", &link)
            .await
            .refused(403, "otp_expired");
        let first = people.verify("invite", &link).await.ok();
        assert_eq!(first["user"]["role"], role);
        people
            .verify("invite", &link)
            .await
            .refused(403, "otp_expired");
        if who == ADMIN {
            people.set_password(&first, OWN).await;
            sign_in(&people.server, email, OWN).await.ok();
            // they need no other
            let body = json!({ "email": email });
            people.refuses(&token, "invite", body, (409, "PT409")).await;
        }
    }
    // the first time there was an account to be made
    let made = |role: &str, link: &str, number: i32| json!({ "status": "active", "role": role, link: number });
    assert_eq!(
        people.audited().await,
        json!([
            ["invite", null, made("desk_client", "client_id", 1)],
            ["invite", null, null],
            ["invite", null, made("desk_agent", "team_member_id", 16)],
        ])
    );
}

#[tokio::test]
async fn nobody_is_invited_who_is_not_there_or_to_be_more_than_they_are() {
    let people = People::new().await;
    people.add_member(MEMBER, "admin").await;
    people.add_contact(CONTACT).await;
    let (email, _) = contact(&people.admin).await;
    let manager = people.signed_in(MANAGER).await;
    for (body, refusal) in [
        (
            json!({ "email": "stranger@nowhere.example" }),
            (404, "PT404"),
        ),
        (json!({ "email": "" }), (404, "PT404")),
        (json!({ "email": null }), (400, "23502")),
        (json!({ "email": MEMBER }), (403, "42501")),
        (json!({ "email": ADMIN }), (403, "42501")),
        (json!({ "email": email }), (409, "PT409")),
        // which is theirs, nobody says here
        (
            json!({ "email": CONTACT, "role": "admin" }),
            (404, "PGRST202"),
        ),
        (
            json!({ "email": CONTACT, "client_id": 2 }),
            (404, "PGRST202"),
        ),
    ] {
        people.refuses(&manager, "invite", body, refusal).await;
    }
    let admin = script("desk_admin");
    people
        .refuses(
            &admin,
            "invite",
            json!({ "email": DISABLED }),
            (409, "PT409"),
        )
        .await;
}

/// A link that nobody has sent yet is nowhere.
#[tokio::test]
async fn what_waits_to_be_sent_holds_no_link_and_one_mail_says_it() {
    let people = People::new().await;
    people.add_contact(CONTACT).await;
    let manager = people.signed_in(MANAGER).await;
    for _ in 0..3 {
        people
            .call(&manager, "invite", json!({ "email": CONTACT }))
            .await
            .ok();
    }
    assert_eq!(
        people
            .one("select jsonb_agg(jsonb_build_array(kind, body)) from ops.outbox")
            .await,
        json!([["invite", null]])
    );
    assert_eq!(
        people
            .one("select count(*) from auth.one_time_tokens")
            .await,
        0
    );
    // a server that knows nothing of it leaves it to another
    let sql = r#"select auth.take_mails('{"limit": 10}') -> 'mails'"#;
    assert_eq!(people.one(sql).await, json!([]));
    let first = people.mailed(CONTACT).await.expect("a mail");
    assert_eq!(first.len(), 64);
    // what failed is tried again with a link of its own; either opens
    execute(
        &people.admin,
        "update ops.outbox set sent_at = null, due_at = now()",
    )
    .await;
    let second = people.mailed(CONTACT).await.expect("a mail");
    assert_ne!(first, second);
    people.verify("invite", &second).await.ok();
    people.verify("invite", &first).await.ok();
    let life = people.one("select count(*) from auth.one_time_tokens where expires_at > now() + interval '1 minute'").await;
    assert_eq!(life, 0);
}

/// Which of the two is the newer word, the invitation decides: whoever has lost their client is linked by their email.
#[tokio::test]
async fn an_invitation_finds_the_client_of_whoever_lost_theirs() {
    let people = People::new().await;
    let (email, _) = contact(&people.admin).await;
    let sql = format!(
        "update auth.accounts set password_hash = null, client_id = null, status = 'pending' where email = '{email}'"
    );
    execute(&people.admin, &sql).await;
    let manager = people.signed_in(MANAGER).await;
    let shown = people
        .call(&manager, "invite", json!({ "email": email }))
        .await
        .ok();
    assert_eq!(shown["status"], "active");
    let link = people.mailed(&email).await.expect("a mail");
    let first = people.verify("invite", &link).await.ok();
    assert_eq!(text(&first["user"], "email"), email);
    session(&people.server, MANAGER).await;
}
