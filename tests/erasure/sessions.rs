//! Who was signed in for an erased client is signed out.

use super::{admin, erase};
use crate::auth::accounts::{PASSWORD, contact, refresh, serve, session, sign_in, state, text};
use crate::harness::desk::{desk, execute};
use crate::policies::table::texts;

#[tokio::test]
async fn refresh_tokens_and_passwords_of_its_accounts_are_good_for_nothing_at_once() {
    let database = desk().await;
    let server = serve(&database).await;
    let desk = database.connect("postgres").await;
    let (email, client) = contact(&desk).await;
    let theirs = session(&server, &email).await;
    let another = "select email from auth.accounts
        where role = 'desk_client' and status = 'active' and client_id <> $client order by id limit 1";
    let another = texts(&desk, &another.replace("$client", &client.to_string())).await;
    let others = session(&server, &another[0]).await;

    erase(&server, &admin(), client).await.ok();
    let refused = refresh(&server, text(&theirs, "refresh_token")).await;
    refused.refused_sign_in(400, "refresh_token_not_found");
    sign_in(&server, &email, PASSWORD)
        .await
        .refused_sign_in(400, "invalid_credentials");
    refresh(&server, text(&others, "refresh_token")).await.ok();
    // what is left of the access token's short life shows nothing that was written
    let token = text(&theirs, "access_token");
    let titles = server.get("/tickets?select=title&title=neq.Erased");
    assert_eq!(titles.token(token).send().await.ids(), [0; 0]);
    let user = server.get("/auth/v1/user").token(token).send().await;
    user.refused_sign_in(403, "session_not_found");
}

/// An erasure that is refused, or rolled back, signs nobody out.
#[tokio::test]
async fn an_erasure_that_does_not_happen_signs_nobody_out() {
    let database = desk().await;
    let server = serve(&database).await;
    let desk = database.connect("postgres").await;
    let (email, client) = contact(&desk).await;
    let theirs = session(&server, &email).await;
    let before = state(&desk).await;
    erase(&server, text(&theirs, "access_token"), client)
        .await
        .refused(403, "42501");
    execute(
        &desk,
        &format!(
            "begin; set local role desk_admin; select public.erase_client({client}); rollback"
        ),
    )
    .await;
    assert_eq!(state(&desk).await, before);
    refresh(&server, text(&theirs, "refresh_token")).await.ok();
}
