//! Taking a ticket that nobody has.

use serde_json::{Value, json};

use crate::harness::cluster::TestDb;
use crate::harness::desk::{client, desk, execute, serve};
use crate::harness::http::Reply;
use crate::harness::server::{TestServer, token};
use crate::policies::scope::set_visibility;

/// Free, free and solved, a colleague's.
const TICKETS: &str = "
    insert into public.tickets (id, client_id, ticket_type_id, title, status, assigned_to) values
        (9100001, 1, 1, 'Free', 'open', null),
        (9100002, 1, 1, 'Solved', 'resolved', null),
        (9100003, 1, 1, 'Taken', 'open', 5)";

async fn tickets() -> (TestDb, TestServer) {
    let database = desk().await;
    execute(&database.connect("postgres").await, TICKETS).await;
    let server = serve(&database).await;
    (database, server)
}

fn agent(member: i32) -> String {
    token("desk_agent", json!({ "team_member_id": member }))
}

async fn take(server: &TestServer, token: &str, ticket: i32) -> Reply {
    let call = server.post("/rpc/take_ticket").token(token);
    call.json(&json!({ "ticket": ticket })).send().await
}

async fn holder(server: &TestServer, ticket: i32) -> Value {
    let url = format!("/tickets?id=eq.{ticket}&select=assigned_to");
    let manager = token("desk_manager", json!({ "team_member_id": 1 }));
    server.get(&url).token(&manager).send().await.ok()[0]["assigned_to"].clone()
}

#[tokio::test]
async fn a_free_ticket_is_the_callers_from_then_on() {
    let (_database, server) = tickets().await;
    for _ in 0..2 {
        let ticket = take(&server, &agent(3), 9_100_001).await.ok();
        assert_eq!(ticket["assigned_to"], 3);
        assert_eq!(ticket["title"], "Free");
    }
    assert_eq!(holder(&server, 9_100_001).await, 3);
}

#[tokio::test]
async fn of_many_who_take_it_at_once_one_gets_it() {
    let (database, server) = tickets().await;
    for visibility in ["all", "queue"] {
        let admin = database.connect("postgres").await;
        set_visibility(&admin, visibility).await;
        execute(
            &admin,
            "update public.tickets set assigned_to = null where id = 9100001",
        )
        .await;
        // Until all stand before it.
        let mut lock = database.connect("postgres").await;
        let held = lock.transaction().await.unwrap();
        let row = "select 1 from public.tickets where id = 9100001 for update";
        held.query_one(row, &[]).await.unwrap();
        let members = [3, 4, 6];
        let agents: Vec<String> = members.into_iter().map(agent).collect();
        let all = futures_util::future::join_all(
            agents.iter().map(|agent| take(&server, agent, 9_100_001)),
        );
        let release = async {
            let waiting = "select count(*) from pg_stat_activity
                where datname = current_database() and wait_event_type = 'Lock'";
            while admin
                .query_one(waiting, &[])
                .await
                .unwrap()
                .get::<_, i64>(0)
                < 3
            {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
            held.rollback().await.unwrap();
        };
        let race = async { tokio::join!(all, release) };
        let race = tokio::time::timeout(std::time::Duration::from_secs(30), race).await;
        let (replies, ()) = race.expect("all wait for the ticket");
        let winners: Vec<usize> = (0..members.len())
            .filter(|n| replies[*n].status == 200)
            .collect();
        assert_eq!(winners.len(), 1, "{visibility}");
        for reply in replies.iter().filter(|reply| reply.status != 200) {
            let error = reply.refused(409, "PT409");
            assert_eq!(error["message"], "ticket 9100001 is taken");
            let hint = error["hint"].as_str().unwrap();
            assert!(hint.contains("lists those to take"), "{visibility}: {hint}");
            // Whose it is, is told to whom the ticket is shown.
            let said = match visibility {
                "all" => format!("team member {} has it", members[winners[0]]),
                _ => "a colleague has it".to_owned(),
            };
            assert_eq!(error["details"], said);
        }
        assert_eq!(holder(&server, 9_100_001).await, members[winners[0]]);
    }
}

#[tokio::test]
async fn of_fifty_who_want_it_at_once_one_gets_it() {
    let (database, server) = tickets().await;
    let admin = database.connect("postgres").await;
    let members = "insert into public.team_members (id, username, email, department)
        select n, 'm' || n, 'm' || n || '@x.example', 'support' from generate_series(501, 550) as n";
    execute(&admin, members).await;
    let agents: Vec<String> = (501..=550).map(agent).collect();
    let takers = agents.iter().map(|agent| take(&server, agent, 9_100_001));
    let replies = futures_util::future::join_all(takers).await;
    let mut won = Vec::new();
    for (member, reply) in (501..).zip(&replies) {
        if reply.status == 200 {
            won.push(member);
        } else {
            reply.refused(409, "PT409");
        }
    }
    assert_eq!(won.len(), 1, "{won:?}");
    assert_eq!(holder(&server, 9_100_001).await, won[0]);
}

#[tokio::test]
async fn what_cannot_be_taken_is_told_apart() {
    let (database, server) = tickets().await;
    let error = take(&server, &agent(3), 9_100_003)
        .await
        .refused(409, "PT409");
    assert_eq!(error["message"], "ticket 9100003 is taken");
    assert_eq!(error["details"], "team member 5 has it");
    let error = take(&server, &agent(3), 9_100_002)
        .await
        .refused(409, "PT409");
    assert_eq!(error["message"], "ticket 9100002 is resolved");
    take(&server, &agent(3), 1_999_999_999)
        .await
        .refused(404, "PT404");
    // One that is out of sight is none.
    set_visibility(&database.connect("postgres").await, "queue").await;
    take(&server, &agent(3), 9_100_003)
        .await
        .refused(404, "PT404");
    assert_eq!(holder(&server, 9_100_003).await, 5);
    assert_eq!(holder(&server, 9_100_002).await, Value::Null);
}

#[tokio::test]
async fn only_members_of_the_team_take_tickets() {
    let (_database, server) = tickets().await;
    let nobody = token("desk_agent", json!({}));
    take(&server, &nobody, 9_100_001)
        .await
        .refused(403, "42501");
    take(&server, &client(1), 9_100_001)
        .await
        .refused(403, "42501");
    let call = server
        .post("/rpc/take_ticket")
        .json(&json!({ "ticket": 9_100_001 }));
    call.send().await.refused(401, "42501");
    let call = server
        .get("/rpc/take_ticket?ticket=9100001")
        .token(&agent(3));
    call.send().await.refused(405, "25006");
    assert_eq!(holder(&server, 9_100_001).await, Value::Null);
}
