//! Whoever does not see all tickets gets numbers made of those that the list shows, never of sums over all.

use tokio_postgres::Client;

use super::questions::{Outcome, QUESTIONS, compare};
use super::{everything, fold, number, small_desk};
use crate::brute_force::{Base, Generator, Promises, Sight};
use crate::harness::desk::execute;

/// Every widget against the tickets of `ticket_list`, before and after a fold; gives how many are listed.
async fn check(admin: &Client, session: &Client) -> usize {
    let mut listed = 0;
    for _ in 0..2 {
        execute(
            admin,
            "update public.tickets
             set priority = case priority when 'high' then 'low' else 'high' end, ticket_type_id = 1 + ticket_type_id % 14
             where id % 4 = 0",
        )
        .await;
        let base = Base::load(admin).await;
        let promises = Promises::load(admin).await;
        execute(session, "begin").await;
        let rows = session.query("select id from public.ticket_list()", &[]);
        let ids: Vec<i32> = rows
            .await
            .expect("a list")
            .iter()
            .map(|r| r.get(0))
            .collect();
        for table in ["ticket_cells", "duration_cells", "ticket_delta"] {
            let rows = format!("select count(*) from analytics.{table}");
            assert_eq!(number(session, &rows).await, 0, "{table}");
        }
        let mut generator = Generator::new(5);
        let mut outcome = Outcome::default();
        let random: Vec<_> = (0..8).map(|_| generator.selection()).collect();
        for selection in [everything()].iter().chain(&random) {
            let sight = Sight {
                base: &base,
                selection,
                visible: base
                    .tickets
                    .iter()
                    .filter(|t| ids.contains(&t.id))
                    .collect(),
            };
            outcome.add(compare(session, &sight, &promises, &mut generator).await);
        }
        assert!(outcome.wrong.is_empty(), "{}", outcome.wrong.join("\n"));
        assert_eq!(outcome.comparisons, QUESTIONS * 9);
        execute(session, "commit").await;
        assert!(ids.len() < base.tickets.len(), "all is visible");
        listed = ids.len();
        fold(admin, 100_000).await;
    }
    listed
}

#[tokio::test]
async fn what_a_restrictive_policy_hides_is_not_counted() {
    let (database, admin) = small_desk().await;
    let session = database.connect("postgres").await;
    let mut fewest = usize::MAX;
    for (verb, condition) in [
        ("select", "client_id > 9"),
        ("all", "assigned_to is not null"),
    ] {
        execute(
            &admin,
            &format!(
                "create policy hide_{verb} on public.tickets as restrictive for {verb} to desk_agent
                 using ({condition})"
            ),
        )
        .await;
        for role in ["desk_manager", "desk_admin", "desk_agent"] {
            execute(
                &session,
                &format!(r#"set role {role}; set request.jwt.claims = '{{"team_member_id":3}}'"#),
            )
            .await;
            let listed = check(&admin, &session).await;
            assert!(listed > 10 && listed <= fewest, "{role} lists {listed}");
            fewest = listed;
            execute(&session, "reset role").await;
        }
    }
}

#[tokio::test]
async fn an_agent_of_a_queue_or_team_counts_what_is_listed() {
    let (database, admin) = small_desk().await;
    let session = database.connect("postgres").await;
    for setting in ["queue", "team"] {
        let change =
            format!("update ops.settings set value = '{setting}' where name = 'agent_visibility'");
        execute(&admin, &change).await;
        for member in [1, 11] {
            execute(
                &session,
                &format!(
                    r#"set role desk_agent; set request.jwt.claims = '{{"team_member_id":{member}}}'"#
                ),
            )
            .await;
            assert!(check(&admin, &session).await > 5, "{setting}, {member}");
            execute(&session, "reset role").await;
        }
    }
}
