//! Servers fold while others write.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use rowdesk::config::{Config, Job};

use super::{assert_verified, count};
use crate::harness::cluster::TestDb;
use crate::harness::desk::{agent, desk, execute};
use crate::harness::server::TestServer;

/// A server that folds.
async fn folding(database: &TestDb) -> TestServer {
    let server = TestServer::start(database.uri("desk_authenticator"), |config: &mut Config| {
        config.db_jobs = vec![Job {
            function: "analytics.fold".to_owned(),
            every: Duration::from_secs(1),
        }];
        config.db_jobs_role = Some("desk_worker".to_owned());
    })
    .await;
    let app = Arc::clone(&server.app);
    tokio::spawn(async move { app.keep_working().await });
    server
}

/// Changes of every kind to the same tickets.
async fn write(database: &TestDb, writer: u32) {
    let client = database.connect("postgres").await;
    for round in 0..20 {
        execute(
            &client,
            &format!(
                "update public.tickets set priority = (array['low', 'high', 'urgent'])[1 + (id + {round}) % 3]
                where id between {round} and {round} + 40;
                update public.tickets set resolved_at = now(), status = 'resolved'
                where id = 100 + {writer} * 20 + {round};
                delete from public.tickets where id = 300 + {writer} * 20 + {round}"
            ),
        )
        .await;
    }
}

#[tokio::test]
async fn several_servers_fold_what_others_write() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let all = "select count(*) from public.tickets";
    let before = count(&admin, all).await;
    assert_ne!(
        count(&admin, "select count(*) from analytics.ticket_delta").await,
        0
    );

    let first = folding(&database).await;
    let _second = folding(&database).await;
    join_all((0..4).map(|writer| write(&database, writer))).await;
    assert_verified(&admin).await;
    for patience in (0..200).rev() {
        if count(&admin, "select count(*) from analytics.ticket_delta").await == 0 {
            break;
        }
        assert_ne!(patience, 0, "never folded");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_verified(&admin).await;
    let after = count(&admin, all).await;
    assert_eq!(after, before - 80);
    let empty = "select count(*) from analytics.ticket_cells where tickets = 0";
    assert_eq!(count(&admin, empty).await, 0, "what came to nothing went");

    let overview = first.get("/rpc/dashboard_overview").token(&agent());
    let overview = overview.send().await.ok();
    assert_eq!(overview[0]["total_tickets"], after, "{overview}");
}
