//! How Postgres finds a page of a queue, where there is enough work to tell.

use serde_json::json;

use super::{ORDERS, QUEUES};
use crate::harness::desk::{desk, execute};
use crate::harness::server::{TestServer, token};
use crate::policies::scope::{SETTINGS, set_visibility};

/// Some thousand open tickets among many more that are done.
const MUCH: &str = "
    set session_replication_role = replica;
    insert into public.tickets (
        client_id, ticket_type_id, title, status, priority, assigned_to, created_at, resolved_at, sla_due_at
    )
    select
        1 + n % 5, 1 + n % 14, 'Much', case when n % 4 = 0 then 'open' else 'resolved' end,
        (array['low', 'medium', 'high', 'urgent'])[1 + n * 7919 % 4],
        case when n % 40 > 0 then 1 + n * 31 % 15 end,
        timestamptz '2025-01-01Z' + n * interval '10 minutes',
        case when n % 4 > 0 then timestamptz '2025-01-02Z' + n * interval '10 minutes' end,
        now() + (n * 7919 % 4000 - 2000) * interval '1 minute'
    from generate_series(1, 40000) as n;
    reset session_replication_role;
    vacuum analyze public.tickets";

async fn plan(server: &TestServer, url: &str, agent: &str) -> String {
    let call = server.get(url).token(agent);
    let call = call.header("accept", "application/vnd.pgrst.plan+text");
    let reply = call.send().await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.text().to_owned()
}

#[tokio::test]
async fn a_page_is_read_from_an_index_of_open_work_under_every_setting() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    for statement in MUCH.split(';') {
        execute(&admin, statement).await;
    }
    let server = TestServer::start(database.uri("desk_authenticator"), |config| {
        config.db_anon_role = Some("desk_anon".to_owned());
        config.db_plan_enabled = true;
    })
    .await;
    let agent = token("desk_agent", json!({ "team_member_id": 3 }));
    for setting in SETTINGS {
        set_visibility(&admin, setting).await;
        for queue in QUEUES {
            for order in ORDERS {
                let columns =
                    "id,number,title,client_name,priority,status,assignee_name,due_at,age";
                let url = format!("/{queue}?select={columns}&order={order}&limit=25&cursor=");
                let first = server.get(&url).token(&agent).send().await;
                let next = first.header("link").expect("a second page");
                let next = next
                    .trim_start_matches('<')
                    .split('>')
                    .next()
                    .unwrap()
                    .to_owned();
                for url in [url, next] {
                    let plan = plan(&server, &url, &agent).await;
                    let what = format!("{url} under {setting}:\n{plan}");
                    assert!(!plan.contains("Seq Scan on tickets"), "{what}");
                    let is_of_open_work = ["tickets_open_", "tickets_unassigned_"];
                    assert!(
                        is_of_open_work.iter().any(|name| plan.contains(name)),
                        "{what}"
                    );
                    // Of little a little is sorted; of much nothing is.
                    let is_in_order = !["queue_own", "queue_unassigned"].contains(&queue);
                    assert!(!(is_in_order && plan.contains("Sort Key")), "{what}");
                }
            }
        }
    }
}
