//! That the comparisons can fail: whatever goes wrong with roll-ups is noticed, and mended by a rebuild.

use super::camera::Camera;
use super::{small_desk, verify};
use crate::brute_force::Generator;
use crate::harness::cluster::TestDb;
use crate::harness::desk::execute;

/// What goes wrong, and what does it. All is folded before.
const FAULTS: [(&str, &str); 8] = [
    (
        "a change is lost",
        "update public.tickets set priority = 'low', assigned_to = 2 where id % 12 = 0;
         delete from analytics.ticket_delta where id = (select min(id) from analytics.ticket_delta)",
    ),
    (
        "a change counts the other way",
        "insert into public.tickets (client_id, ticket_type_id, title) values (1, 1, 'New');
         update analytics.ticket_delta set change = - change",
    ),
    (
        "a trigger is off",
        "alter table public.tickets disable trigger log_changes_update;
         update public.tickets set priority = 'urgent', assigned_to = 4 where id % 12 = 0;
         alter table public.tickets enable trigger log_changes_update",
    ),
    (
        "a fold is done twice",
        "update public.tickets set status = 'pending' where id % 12 = 0 and status = 'open';
         create temporary table again as select * from analytics.ticket_delta;
         select analytics.fold();
         insert into analytics.ticket_delta overriding system value select * from again;
         select analytics.fold();
         drop table again",
    ),
    (
        "changes are folded and stay",
        "insert into public.tickets (client_id, ticket_type_id, title) values (1, 1, 'New');
         create temporary table again as select * from analytics.ticket_delta;
         select analytics.fold();
         insert into analytics.ticket_delta overriding system value select * from again;
         drop table again",
    ),
    (
        "a cell is one too much",
        "update analytics.ticket_cells set tickets = tickets + 1
         where series = 'created' and grain = 'all' and node = 16 and status = 'open'",
    ),
    (
        "a day is lost",
        "delete from analytics.ticket_cells where grain = 'day' and since < '2025-06-01'",
    ),
    (
        "the cells are of another zone",
        "update analytics.rollups set zone = 'Asia/Kathmandu'",
    ),
];

async fn look(database: &TestDb) -> (bool, usize) {
    let camera = Camera::new(database).await;
    let wrong = camera
        .photograph(&mut Generator::new(3), 17)
        .await
        .outcome
        .wrong;
    let verified = wrong.iter().filter(|wrong| wrong.starts_with("verify()"));
    let found = verified.count();
    (found > 0, wrong.len() - found)
}

#[tokio::test]
async fn whatever_goes_wrong_is_noticed_and_mended() {
    let (database, admin) = small_desk().await;
    for (what, script) in FAULTS {
        execute(&admin, "select analytics.fold()").await;
        assert_eq!(look(&database).await, (false, 0), "before {what}");
        execute(&admin, script).await;
        let (verified, widgets) = look(&database).await;
        assert!(verified, "{what}: verify() finds nothing");
        assert!(widgets > 0, "{what}: no widget is wrong");
        execute(&admin, "call analytics.rebuild('UTC')").await;
        assert_eq!(look(&database).await, (false, 0), "after {what}");
    }
}

/// What no widget may read yet is verified all the same.
#[tokio::test]
async fn every_cell_is_verified() {
    let (_database, admin) = small_desk().await;
    execute(&admin, "select analytics.fold()").await;
    assert!(verify(&admin).await.is_empty());
    for table in ["ticket_cells", "duration_cells", "promise_cells"] {
        for change in [
            "update analytics.TABLE set tickets = tickets + 1 where ctid = ",
            "delete from analytics.TABLE where ctid = ",
        ] {
            let change = change.replace("TABLE", table);
            let script = format!(
                "begin; {change} (
                    select ctid from analytics.{table} order by hashint8(tickets + node) limit 1
                )"
            );
            execute(&admin, &script).await;
            assert!(!verify(&admin).await.is_empty(), "{change}");
            execute(&admin, "rollback").await;
        }
    }
    assert!(verify(&admin).await.is_empty());
    // what tickets say of their clocks and messages
    for counter in ["answers = 2 - answers", "promises = promises + 1"] {
        let script = format!(
            "begin; update public.tickets set {counter} where id % 30 = 0 and answers <> 1"
        );
        execute(&admin, &script).await;
        assert!(!verify(&admin).await.is_empty(), "{counter}");
        execute(&admin, "rollback").await;
    }
}
