//! Our own database is what the rules ask for, or says why not.

use std::fs;
use std::path::Path;

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

/// The login may read the catalog, but not the ledger: it is told what it lacks.
#[tokio::test]
async fn the_servers_login_sees_the_catalog_without_the_reasons() {
    let database = desk().await;
    let checked = check(&["--db-uri", &database.uri("desk_authenticator")]);
    assert_eq!(checked.code, Some(1), "{}", checked.stderr);
    assert!(
        checked.stderr.contains("set admin-db-uri"),
        "{}",
        checked.stderr
    );
    assert!(
        checked.stdout.contains("always_true_policy"),
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

/// A policy is looked at before it is applied; what is applied already, the database knows better.
#[tokio::test]
async fn a_pending_file_is_checked_and_an_applied_one_told_by_the_database() {
    let database = desk().await;
    let folder = std::env::temp_dir().join(format!("{}-files", database.name()));
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for part in [
        "database",
        "migrations",
        "sql/functions",
        "sql/views",
        "sql/policies",
    ] {
        fs::create_dir_all(folder.join(part)).expect("a folder");
        for entry in fs::read_dir(root.join(part)).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_file() {
                let name = path.file_name().expect("a name");
                fs::copy(&path, folder.join(part).join(name)).expect("a copy");
            }
        }
    }
    let file = folder.join("sql/policies/public.payments.sql");
    let text = fs::read_to_string(&file).expect("text");
    let line = text.lines().count() + 1;
    let bad = "create policy delete_any on public.payments for delete using (true);\n";
    fs::write(&file, text + bad).expect("a file");
    let (uri, source) = (database.uri("postgres"), folder.display().to_string());
    let checked = check(&["--admin-db-uri", &uri, "--source", &source]);
    fs::remove_dir_all(&folder).expect("the folder");
    assert_eq!(checked.code, Some(1), "{}", checked.stderr);
    let place = format!("sql/policies/public.payments.sql:{line}: warn: policy delete_any");
    for said in [
        format!("{place} lets everybody DELETE any row of public.payments (always_true_policy)"),
        format!("{place} of public.payments is for every role (policy_to_public)"),
    ] {
        assert!(checked.stdout.contains(&said), "{said}\n{}", checked.stdout);
    }
    // it is the second one for two roles, too
    assert!(
        checked.stdout.contains("39 rules: 4 warnings, "),
        "{}",
        checked.stdout
    );
}
