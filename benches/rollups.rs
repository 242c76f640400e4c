//! Widgets on roll-ups beside the plain queries over the tickets, and what keeping the roll-ups costs, by size.
//!
//! `cargo bench --bench rollups`: 40,000 and 1,000,000 tickets. `TICKETS=40000,10000000` for others; ten
//! million take 15 GB and a while to load, so `DATA_DIR=/somewhere` keeps the server's folder, and the next run
//! there finds its desks loaded and brings them to the functions of the day. `PARTS=widgets,delta,rebuild,fold,sizes,verify,view,writers`
//! says what is measured; `alone` are the widgets without the plain queries, which take half an hour of ten
//! million tickets, and so with nothing to compare their answers with.

mod support;

use std::path::PathBuf;
use std::time::Instant;

use support::counted::{COUNTED, DASHBOARD, DASHBOARD_PARTS};
use support::forms::{FORMS, attributes, difference};
use support::loaded::{Desk, Postgres};
use support::{commit, upkeep, writers};

const PARTS: &str = "rebuild,widgets,delta,fold,sizes,verify,view,writers";

fn main() {
    let given =
        |name: &str, default: &str| std::env::var(name).unwrap_or_else(|_| default.to_owned());
    let sizes: Vec<u32> = given("TICKETS", "40000,1000000")
        .split(',')
        .map(|size| size.trim().parse().expect("a number of tickets"))
        .collect();
    let parts = given("PARTS", PARTS);
    let kept = std::env::var("DATA_DIR").ok().map(PathBuf::from);
    let postgres = Postgres::start(kept.as_deref());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    for tickets in sizes {
        runtime.block_on(measure(&postgres, tickets, &parts));
    }
    postgres.end();
}

#[expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
async fn measure(postgres: &Postgres, tickets: u32, parts: &str) {
    let has = |part: &str| parts.split(',').any(|word| word.trim() == part);
    let begun = Instant::now();
    let (desk, loaded) = postgres.desk(tickets).await;
    println!("\n## {tickets} tickets, commit {}\n", commit());
    let superuser = desk.connect("postgres").await;
    support::execute(&superuser, "set timezone = 'UTC'").await;
    if let Some(seconds) = loaded {
        println!("loaded in {seconds:.0} s");
    } else {
        println!("migrated in {:.0} s", begun.elapsed().as_secs_f64());
    }
    if loaded.is_some() || has("rebuild") {
        upkeep::rebuilding(&superuser).await;
    }
    if has("widgets") {
        widgets(&desk, true).await;
    }
    if has("alone") {
        widgets(&desk, false).await;
    }
    if has("delta") {
        upkeep::change(&superuser, 5_000).await;
        println!("\nWith 10,000 changes that are not folded:");
        widgets(&desk, has("widgets")).await;
    }
    if has("fold") {
        upkeep::folding(&superuser).await;
    }
    if has("sizes") {
        upkeep::sizes(&superuser).await;
    }
    if has("view") {
        upkeep::materialized_view(&superuser).await;
    }
    if has("verify") {
        upkeep::verifying(&superuser).await;
    }
    if has("writers") {
        writers::throughput(&desk, tickets).await;
    }
}

/// Medians in ms. The answers are compared with those of the plain queries: a fast error is no result, nor is
/// a fast wrong number.
#[expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
async fn widgets(desk: &Desk<'_>, beside_plain: bool) {
    let superuser = desk.connect("postgres").await;
    support::execute(&superuser, "set timezone = 'UTC'").await;
    let attributes = attributes(&superuser).await;
    println!(
        "\n| widget | {} |",
        FORMS
            .iter()
            .map(|form| form.name)
            .collect::<Vec<_>>()
            .join(" | ")
    );
    println!("| --- |{}", " --- |".repeat(FORMS.len()));
    let mut of_parts = vec![0.0; FORMS.len()];
    for counted in COUNTED {
        let found = superuser
            .query_one(
                "select exists (select from pg_proc where pronamespace = 'public'::regnamespace and proname = $1)",
                &[&counted.widget],
            )
            .await;
        if !found.expect("the catalog").get::<_, bool>(0) {
            println!("| `{}` | not there |", counted.widget);
            continue;
        }
        let mut cells = Vec::new();
        for (form, of_parts) in FORMS.iter().zip(&mut of_parts) {
            // a connection of its own: no statement's plans in another's way
            let client = desk.connect_as("desk_manager", 10).await;
            let asked = form.asked(counted, &client, &attributes).await;
            let (answer, ours) = asked.measured(&client).await;
            let mut cell = format!("{ours:.1}");
            if beside_plain {
                let plain = form.plain(counted, &superuser).await;
                let (expected, theirs) = plain.measured(&superuser).await;
                cell = format!("{cell} ({theirs:.1}, {:.3})", ours / theirs);
                if DASHBOARD_PARTS.contains(&counted.widget) {
                    *of_parts += theirs;
                }
                if let Some(difference) = difference(&answer, &expected) {
                    cell.push_str(" WRONG: ");
                    cell.push_str(&difference);
                }
            }
            cells.push(cell);
        }
        println!("| `{}` | {} |", counted.widget, cells.join(" | "));
    }
    let mut cells = Vec::new();
    for (form, theirs) in FORMS.iter().zip(of_parts) {
        let client = desk.connect_as("desk_manager", 10).await;
        let asked = form.asked(&DASHBOARD, &client, &attributes).await;
        let (_, ours) = asked.measured(&client).await;
        let beside = if beside_plain {
            format!(" ({theirs:.1}, {:.3})", ours / theirs)
        } else {
            String::new()
        };
        cells.push(format!("{ours:.1}{beside}"));
    }
    println!("| `{}` | {} |", DASHBOARD.widget, cells.join(" | "));
}
