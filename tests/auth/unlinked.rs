//! Clients and team members that go: their accounts wait, signed out, until somebody has their email.

use super::accounts::{
    ADMIN, AGENT, DISABLED, PASSWORD, contact, number, refresh, serve, session, sign_in, text,
};
use crate::harness::cluster::TestDb;
use crate::harness::desk::{desk, execute, seeding};

async fn accounts(database: &TestDb, condition: &str) -> i64 {
    let admin = database.connect("postgres").await;
    number(
        &admin,
        &format!("select count(*) from auth.accounts where {condition}"),
    )
    .await
}

#[tokio::test]
async fn truncating_unlinks_and_signs_out_and_the_next_with_the_email_is_linked() {
    let database = desk().await;
    let server = serve(&database).await;
    let admin = database.connect("postgres").await;
    let (client, _) = contact(&admin).await;
    let sessions = [
        session(&server, AGENT).await,
        session(&server, &client).await,
    ];
    let disabled = accounts(&database, "status = 'disabled'").await;

    execute(
        &admin,
        "truncate clients, team_members, ticket_types restart identity cascade",
    )
    .await;
    assert_eq!(
        accounts(
            &database,
            "client_id is not null or team_member_id is not null"
        )
        .await,
        0
    );
    assert_eq!(accounts(&database, "status = 'active'").await, 0);
    assert_eq!(accounts(&database, "status = 'disabled'").await, disabled);
    for session in &sessions {
        let refused = refresh(&server, text(session, "refresh_token")).await;
        refused.refused_sign_in(400, "session_not_found");
    }
    for email in [AGENT, client.as_str()] {
        sign_in(&server, email, PASSWORD)
            .await
            .refused_sign_in(400, "account_pending");
    }

    // others take the numbers, the same people come back with others
    execute(
        &admin,
        "insert into clients (client_name, email) values ('Somebody else', 'else@else.example');
        insert into team_members (username, email, department)
        values ('else', 'else@rowdesk.example', 'support'), ('tomas', 'Tomas.Vega@rowdesk.example', 'support')",
    )
    .await;
    let insert = "insert into clients (client_name, email) values ('Here again', $1)";
    admin.execute(insert, &[&client]).await.unwrap();
    for (email, link) in [
        (AGENT, "team_member_id = 2"),
        (client.as_str(), "client_id = 2"),
    ] {
        session(&server, email).await;
        let linked = format!("email = '{email}' and status = 'active' and {link}");
        assert_eq!(accounts(&database, &linked).await, 1, "{linked}");
    }
    sign_in(&server, ADMIN, PASSWORD)
        .await
        .refused_sign_in(400, "account_pending");
    sign_in(&server, DISABLED, PASSWORD)
        .await
        .refused_sign_in(400, "user_banned");
}

#[tokio::test]
async fn deleting_somebody_unlinks_that_account_alone() {
    let database = desk().await;
    let server = serve(&database).await;
    let admin = database.connect("postgres").await;
    execute(
        &admin,
        "insert into team_members (username, email, department) values ('new', 'new@rowdesk.example', 'support');
        insert into auth.accounts (email, status, role, team_member_id)
        select email, 'active', 'desk_agent', id from team_members where username = 'new';
        delete from team_members where username = 'new'",
    )
    .await;
    assert_eq!(
        accounts(
            &database,
            "email = 'new@rowdesk.example' and status = 'pending' and team_member_id is null"
        )
        .await,
        1
    );
    assert_eq!(accounts(&database, "status = 'pending'").await, 1);
    session(&server, AGENT).await;
}

/// Leaving is enough: nobody has to think of the account.
#[tokio::test]
async fn a_contact_who_leaves_or_moves_reads_nothing_of_the_former_client() {
    let database = desk().await;
    let server = serve(&database).await;
    let admin = database.connect("postgres").await;
    let (client, id) = contact(&admin).await;
    let linked = |to: i32| format!("email = '{client}' and status = 'active' and client_id = {to}");
    for (change, refused, back) in [
        (
            format!("update client_contacts set client_id = 2 where email = '{client}'"),
            "",
            format!("update client_contacts set client_id = {id} where email = '{client}'"),
        ),
        (
            format!(
                "update client_contacts set email = 'other@x.example' where email = '{client}'"
            ),
            "account_pending",
            format!(
                "update client_contacts set email = '{client}' where email = 'other@x.example'"
            ),
        ),
        (
            format!("delete from client_contacts where email = '{client}'"),
            "account_pending",
            format!("update clients set email = '{client}' where id = {id}"),
        ),
        (
            format!("update clients set email = 'new@x.example' where id = {id}"),
            "account_pending",
            String::new(),
        ),
    ] {
        let open = session(&server, &client).await;
        assert_eq!(accounts(&database, &linked(id)).await, 1, "{change}");
        // what is no reason to leave
        execute(
            &admin,
            "update client_contacts set preferred_language = 'fr'",
        )
        .await;
        assert_eq!(accounts(&database, &linked(id)).await, 1, "{change}");

        execute(&admin, &change).await;
        let answer = refresh(&server, text(&open, "refresh_token")).await;
        answer.refused_sign_in(400, "session_not_found");
        if refused.is_empty() {
            session(&server, &client).await;
            assert_eq!(accounts(&database, &linked(2)).await, 1, "{change}");
        } else {
            let answer = sign_in(&server, &client, PASSWORD).await;
            answer.refused_sign_in(400, refused);
        }
        execute(&admin, &back).await;
    }
    // one account it was, all the time
    assert_eq!(accounts(&database, "status = 'pending'").await, 1);
}

#[tokio::test]
async fn an_account_has_the_role_of_its_team_member() {
    let database = desk().await;
    let server = serve(&database).await;
    let admin = database.connect("postgres").await;
    let mut open = session(&server, ADMIN).await;
    assert_eq!(open["user"]["role"], "desk_admin");
    for (role, expected) in [
        ("'support_agent'", "desk_agent"),
        ("'manager'", "desk_manager"),
        ("'admin'", "desk_admin"),
        ("null", "desk_agent"),
    ] {
        let change = format!("update team_members set role = {role} where email = '{ADMIN}'");
        execute(&admin, &change).await;
        open = refresh(&server, text(&open, "refresh_token")).await.ok();
        assert_eq!(open["user"]["role"], expected, "{role}");
    }
    // nobody else's changed
    session(&server, AGENT).await;
    assert_eq!(accounts(&database, "role = 'desk_admin'").await, 0);
}

#[tokio::test]
async fn an_account_has_exactly_the_link_of_its_role() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    for (values, is_right) in [
        ("'desk_client', 'active', 1, null", true),
        ("'desk_client', 'pending', null, null", true),
        ("'desk_agent', 'disabled', null, null", true),
        ("'desk_client', 'active', null, null", false),
        ("'desk_client', 'active', null, 99", false),
        ("'desk_client', 'active', 1, 99", false),
        ("'desk_agent', 'active', 1, null", false),
        ("'desk_agent', 'active', null, null", false),
        ("'desk_admin', 'pending', 1, null", false),
        ("'desk_service', 'active', null, 99", false),
        ("'desk_owner', 'pending', null, null", false),
        ("'postgres', 'pending', null, null", false),
        ("'desk_agent', 'new', null, null", false),
    ] {
        let insert = format!(
            "insert into auth.accounts (email, role, status, client_id, team_member_id)
            values ('x@x.example', {values})"
        );
        let inserted = admin.execute(&insert, &[]).await;
        assert_eq!(inserted.is_ok(), is_right, "{values}");
        if let Err(error) = inserted {
            assert_eq!(error.code().unwrap().code(), "23514", "{values}");
        }
        execute(
            &admin,
            "delete from auth.accounts where email = 'x@x.example'",
        )
        .await;
    }
}

#[tokio::test]
async fn a_desk_that_is_seeded_again_has_the_accounts_it_had() {
    let database = desk().await;
    let server = serve(&database).await;
    let admin = database.connect("postgres").await;
    let before = accounts(&database, "true").await;
    execute(
        &admin,
        "truncate clients, team_members, ticket_types restart identity cascade",
    )
    .await;
    execute(&admin, &seeding(10, 1)).await;
    assert_eq!(accounts(&database, "true").await, before);
    session(&server, AGENT).await;
}

#[tokio::test]
async fn whoever_comes_back_to_the_team_is_what_they_are_now() {
    const BACK: &str = "comes@back.example";
    let database = desk().await;
    let server = serve(&database).await;
    let admin = database.connect("postgres").await;
    execute(
        &admin,
        &format!(
            "insert into public.team_members (username, email, department, role) values ('one', '{BACK}', 'support', 'admin');
             insert into auth.accounts (email, password_hash, password_set_at, email_confirmed_at, status, role, team_member_id)
             select m.email, a.password_hash, now(), now(), 'active', 'desk_admin', m.id
             from public.team_members as m, auth.accounts as a
             where m.email = '{BACK}' and a.email = '{AGENT}'"
        ),
    )
    .await;
    assert_eq!(session(&server, BACK).await["user"]["role"], "desk_admin");
    execute(
        &admin,
        &format!(
            "delete from public.team_members where email = '{BACK}';
             insert into public.team_members (username, email, department, role)
             values ('again', '{BACK}', 'support', 'support_agent')"
        ),
    )
    .await;
    assert_eq!(session(&server, BACK).await["user"]["role"], "desk_agent");
}

#[tokio::test]
async fn an_account_goes_along_when_its_address_changes() {
    const NEW: &str = "tomas@new.example";
    let database = desk().await;
    let server = serve(&database).await;
    let admin = database.connect("postgres").await;
    let before = session(&server, AGENT).await;
    execute(
        &admin,
        "update public.team_members set email = 'Tomas@New.example' where id = 2",
    )
    .await;
    // the old address is good for nothing, the new one once somebody reads its mails
    let old = sign_in(&server, AGENT, PASSWORD).await;
    old.refused_sign_in(400, "invalid_credentials");
    let renewed = refresh(&server, text(&before, "refresh_token")).await;
    renewed.refused_sign_in(400, "session_not_found");
    let new = sign_in(&server, NEW, PASSWORD).await;
    new.refused_sign_in(400, "email_not_confirmed");
    let confirmed = "update auth.accounts set email_confirmed_at = now() where team_member_id = 2";
    execute(&admin, confirmed).await;
    let after = session(&server, NEW).await;
    assert_eq!(after["user"]["id"], before["user"]["id"]);
    // an address that somebody signs in with already is left to them
    let taken = "update public.team_members set email = (select email from auth.accounts where client_id = 1 limit 1) where id = 2";
    execute(&admin, taken).await;
    let kept = session(&server, NEW).await;
    assert_eq!(kept["user"]["id"], before["user"]["id"]);
}
