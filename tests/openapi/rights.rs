//! Who sees what in the description.

use rowdesk::config::OpenApiMode;
use serde_json::json;

use super::{of_anonymous, of_user, paths, serve, zoo};
use crate::harness::desk::execute;

#[tokio::test]
async fn everybody_sees_what_they_may_use() {
    let fixture = zoo().await;
    let server = serve(&fixture, |_| {}).await;
    let anonymous = of_anonymous(&server).await;
    let relations = |document| -> Vec<String> {
        let paths = paths(document).into_iter();
        let relations = paths.filter(|path| !path.starts_with("/rpc/"));
        relations.map(str::to_owned).collect()
    };
    // One granted column shows the table.
    assert_eq!(
        relations(&anonymous),
        ["/", "/animal_count", "/calm_animal", "/keeper"]
    );
    assert_eq!(
        relations(&of_user(&server, &fixture).await),
        ["/", "/animal", "/keeper"]
    );
    assert!(!paths(&anonymous).contains(&"/rpc/open_safe"));
    // Nothing of it, wherever it could be mentioned.
    for word in ["safe", "combination"] {
        assert!(!anonymous.to_string().contains(word), "{word}");
    }
}

#[tokio::test]
async fn a_right_that_is_revoked_is_gone_at_once() {
    let fixture = zoo().await;
    let server = serve(&fixture, |_| {}).await;
    let (anon, admin) = (fixture.role("anon"), fixture.admin().await);
    assert!(paths(&of_anonymous(&server).await).contains(&"/calm_animal"));
    execute(
        &admin,
        &format!("revoke all on zoo.calm_animal from {anon}"),
    )
    .await;
    assert!(!paths(&of_anonymous(&server).await).contains(&"/calm_animal"));
    execute(&admin, &format!("grant select on zoo.safe to {anon}")).await;
    assert!(paths(&of_anonymous(&server).await).contains(&"/safe"));
}

#[tokio::test]
async fn the_setting_shows_everything_to_everybody() {
    let fixture = zoo().await;
    let server = serve(&fixture, |config| {
        config.openapi_mode = OpenApiMode::IgnorePrivileges;
    })
    .await;
    let document = of_anonymous(&server).await;
    for path in ["/safe", "/animal", "/rpc/open_safe"] {
        assert!(paths(&document).contains(&path), "{path}");
    }
    // Not what is not exposed, nor what nobody can call.
    assert!(!document.to_string().contains("vault"));
    assert!(!paths(&document).contains(&"/rpc/unnamed"));
}

#[tokio::test]
async fn a_caller_who_cannot_be_is_told_nothing() {
    let fixture = zoo().await;
    let server = serve(&fixture, |_| {}).await;
    let bad = server.get("/").token("nonsense").send().await;
    assert_eq!(bad.status, 401);
    let token = crate::harness::server::token("no_such_role", json!({}));
    let reply = server.get("/").token(&token).send().await;
    assert_eq!(reply.status, 401);
    let closed = serve(&fixture, |config| config.db_anon_role = None).await;
    closed.get("/").send().await.refused(401, "PGRST302");
}
