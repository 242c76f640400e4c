//! Our own database is what the rules ask for, or says why not.

use super::check;
use crate::harness::desk::{desk, execute};

#[test]
fn our_own_files_are_clean() {
    let checked = check(&["--files", "--level", "info"]);
    assert_eq!(
        checked.code,
        Some(0),
        "{}{}",
        checked.stdout,
        checked.stderr
    );
    assert!(
        checked.stdout.contains("nothing found"),
        "{}",
        checked.stdout
    );
    // everything in them is read
    let all = check(&["--files", "--all"]);
    assert!(!all.stdout.contains("not read"), "{}", all.stdout);
}

#[tokio::test]
async fn our_own_database_is_clean_and_every_exclusion_is_needed() {
    let database = desk().await;
    let (admin, login) = (database.uri("postgres"), database.uri("desk_authenticator"));
    let arguments = [
        "--admin-db-uri",
        &admin,
        "--db-uri",
        &login,
        "--db-anon-role",
        "desk_anon",
        "--level",
        "info",
    ];
    let checked = check(&arguments);
    assert_eq!(
        checked.code,
        Some(0),
        "{}{}",
        checked.stdout,
        checked.stderr
    );
    assert!(
        checked.stdout.contains("nothing found, "),
        "{}",
        checked.stdout
    );
}

#[tokio::test]
async fn what_somebody_breaks_is_found_where_it_is_written() {
    let database = desk().await;
    let behind = database.connect("postgres").await;
    execute(
        &behind,
        "alter table public.payments no force row level security;
        create function public.oops() returns integer language sql security definer return 1;
        create policy oops on public.tickets for select to desk_client using (claims.client_id() = 1)",
    )
    .await;
    let checked = check(&["--admin-db-uri", &database.uri("postgres")]);
    assert_eq!(checked.code, Some(1), "{}", checked.stderr);
    let stdout = &checked.stdout;
    for line in [
        "migrations/V001__base_tables.sql:",
        "row-level security of public.payments does not hold for its owner (force_missing)",
        "warn: policy oops of public.tickets calls claims.client_id once a row; write (select claims.client_id(…)) (claim_per_row)",
        "several permissive policies of public.tickets for desk_client (SELECT: oops, select_own) (several_permissive_policies)",
        "warn: everybody may call public.oops, which runs as its owner (definer_callable_by_anon)",
        "warn: function public.oops() has no fixed search_path, with its owner's rights (mutable_search_path)",
        "warn: no file makes function public.oops() (leftover_object)",
        "warn: no file makes policy public.tickets.oops (leftover_object)",
        "warn: functions that postgres makes are everybody's (PostgreSQL's default, never revoked) (default_privileges_to_public)",
    ] {
        assert!(stdout.contains(line), "{line}\n{stdout}");
    }
}
