//! Percentiles and lateness from the roll-ups: the same numbers as from the tickets, folded or not.

use std::collections::BTreeMap;

use tokio_postgres::Client;

use super::{Scene, charts, combinations, everything};
use crate::brute_force::{Generator, Sight, quantile};
use crate::harness::desk::{agent, desk, execute};

/// However few tickets there are: their buckets.
const ALWAYS_BUCKETS: &str = "
    create or replace function analytics.is_few(where_tickets public.ticket_filter, few integer)
    returns boolean language sql stable as 'select false'";

/// However few tickets a bucket has: the fine buckets in it, and its tickets from the end that is nearer.
const AS_IF_MANY: &str = "
    do $$
    declare
        small constant text := pg_get_functiondef('analytics.percentiles'::regproc);
        large constant text := replace(replace(small, 'largest > 1000', 'largest > 0'), 'largest > 200', 'largest > 0');
    begin
        assert length(large) = length(small) - 5, 'there are two limits';
        execute large;
    end
    $$";

/// What makes percentiles hard: ties, negative durations, groups of one and two, gaps; and expectations that no
/// cell tells apart. Triggers that keep the desk in order stay out of it, those of the roll-ups do not.
fn upheaval(round: usize) -> String {
    format!(
        "alter table public.tickets disable trigger stamp_resolution;
         update public.tickets set resolved_at = created_at + interval '2 hours' where id % 7 = {round};
         update public.tickets set resolved_at = created_at - interval '90 minutes' where id % 41 = {round};
         update public.tickets set resolved_at = created_at + id * interval '1.000001 seconds' where id % 11 = {round};
         update public.tickets set resolved_at = created_at + interval '40 days' where id % 53 = {round};
         update public.tickets set resolved_at = null, status = 'open', created_at = now() - id * interval '1 minute'
         where id % 23 = {round};
         update public.tickets set assigned_to = 1 where assigned_to = 2 and id % 30 <> 0;
         update public.tickets set priority = null where priority = 'urgent' and id % 40 <> 0;
         delete from public.tickets where id % 211 = {round}
             and not exists (select from public.tickets as m where m.merged_into = tickets.id);
         update public.ticket_types set avg_resolution_hours = (array[0, 5, 719, 721, -3, null])[1 + (id + {round}) % 6]
         where id % 2 = 0;
         alter table public.tickets enable trigger stamp_resolution"
    )
}

#[tokio::test]
async fn every_number_is_that_of_brute_force_folded_or_not() {
    let mut scene = Scene::new().await;
    let mut generator = Generator::new(31);
    for round in 0..4 {
        let admin = scene.database.connect("postgres").await;
        execute(&admin, ALWAYS_BUCKETS).await;
        if round == 2 {
            execute(&admin, AS_IF_MANY).await;
        }
        execute(&admin, &upheaval(round)).await;
        if round % 2 == 1 {
            execute(&admin, "select analytics.fold(1000000)").await;
        }
        drop(admin);
        scene = Scene::of(scene.database).await;
        charts::check_resolution(&scene, &agent(), &Sight::new(&scene.base, &everything())).await;
        for _ in 0..40 {
            let selection = generator.selection();
            let sight = Sight::new(&scene.base, &selection);
            charts::check_resolution(&scene, &agent(), &sight).await;
            combinations::check(&scene, &selection, false).await;
        }
    }
}

/// A writer reads what it has written, before anybody else does.
#[tokio::test]
async fn percentiles_have_what_the_own_transaction_wrote() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    execute(&admin, ALWAYS_BUCKETS).await;
    execute(&admin, "select analytics.fold(1000000)").await;
    for round in 0..3 {
        if round == 1 {
            execute(&admin, AS_IF_MANY).await;
        }
        execute(&admin, &format!("begin; {}", upheaval(round))).await;
        for (by, series) in [
            ("assigned_to", "resolution"),
            ("ticket_type_id", "resolution"),
            ("priority", "resolution"),
            ("priority", "first_response"),
        ] {
            assert_eq!(
                percentiles(&admin, by, series).await,
                by_hand(&admin, by, series).await,
                "{series} by {by}"
            );
        }
        execute(&admin, if round == 1 { "rollback" } else { "commit" }).await;
    }
}

type Groups = BTreeMap<Option<String>, (i64, Vec<f64>)>;

const FRACTIONS: [f64; 9] = [0.0, 0.001, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 1.0];

async fn percentiles(client: &Client, by: &str, series: &str) -> Groups {
    let sql = format!(
        "select {by}::text, timed, seconds from analytics.percentiles(null, '{by}', $1, '{series}')"
    );
    let rows = client.query(&sql, &[&FRACTIONS.as_slice()]).await.unwrap();
    let groups = rows
        .iter()
        .map(|row| (row.get(0), (row.get(1), row.get(2))));
    groups.collect()
}

async fn by_hand(client: &Client, by: &str, series: &str) -> Groups {
    let mut sorted: BTreeMap<Option<String>, Vec<f64>> = BTreeMap::new();
    let sql = format!(
        "select {by}::text, {series}_seconds from public.tickets
         where {series}_seconds is not null order by {series}_seconds"
    );
    for row in client.query(&sql, &[]).await.unwrap() {
        sorted.entry(row.get(0)).or_default().push(row.get(1));
    }
    let groups = sorted.into_iter().map(|(own, seconds)| {
        let at = FRACTIONS.map(|fraction| quantile(&seconds, fraction).unwrap());
        (own, (i64::try_from(seconds.len()).unwrap(), at.to_vec()))
    });
    groups.collect()
}
