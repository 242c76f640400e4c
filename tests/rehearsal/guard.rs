//! `migrate --guard` goes on only with what was announced.

use std::process::Output;

use super::Yard;
use crate::harness::desk::execute;

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

async fn is_applied(yard: &Yard) -> bool {
    let sql =
        "select not exists (select from pg_views where schemaname = 'yard' and viewname = 'loud')";
    let admin = yard.database.connect("postgres").await;
    admin.query_one(sql, &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn a_breaking_change_needs_its_announcement_with_a_reason() {
    let mut yard = Yard::planted().await;
    for header in [
        "",
        "-- announces: GET /loud\n",
        "-- announces: GET /loud:\n",
        "-- announces: GET /lou: nobody reads it\n",
        "-- a comment\nselect 1;\n-- announces: GET /loud: too late\n",
    ] {
        yard.put(
            "migrations/V002__quiet.sql",
            &format!("{header}drop view yard.loud;"),
        );
        let output = yard.rowdesk(&["migrate", "--guard"]);
        assert_eq!(output.status.code(), Some(1), "{header}");
        let said = said(&output);
        assert!(
            said.contains("nothing was applied: a change is not announced"),
            "{said}"
        );
        assert!(said.contains("\n  -- announces: GET /loud: WHY"), "{said}");
        assert!(!is_applied(&yard).await, "{header}");
    }
    let announced = "-- Less to keep.\n-- announces: GET /loud: nobody reads it, says the log\ndrop view yard.loud;";
    yard.put("migrations/V002__quiet.sql", announced);
    let diff = yard.rowdesk(&["policies", "diff", "--api-only"]);
    assert!(
        String::from_utf8(diff.stdout)
            .unwrap()
            .contains("breaking, announced")
    );
    let output = yard.rowdesk(&["migrate", "--guard"]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(is_applied(&yard).await);
    // an announcement of last time is none of this time's
    let output = yard.rowdesk(&["migrate", "--guard"]);
    assert!(output.status.success(), "{}", said(&output));
}

#[tokio::test]
async fn rows_are_guarded_where_that_is_asked_for() {
    let mut yard = Yard::planted().await;
    let wider = super::NOTES.replace("tenant =", "tenant <> 99 or tenant =");
    yard.put("sql/policies/yard.notes.sql", &wider);
    let output = yard.rowdesk(&["migrate", "--guard=rows"]);
    assert_eq!(output.status.code(), Some(1));
    let line = format!("-- announces: rows of yard.notes for {}: ", yard.role());
    assert!(said(&output).contains(&line), "{}", said(&output));

    // what a file that runs again says would excuse the next change, too
    let announced = format!(
        "{line}everybody may read\n-- announces: rows of yard.loud for {}: so here\n",
        yard.role()
    );
    yard.put(
        "sql/policies/yard.notes.sql",
        &format!("{announced}{wider}"),
    );
    let output = yard.rowdesk(&["migrate", "--guard=rows"]);
    assert_eq!(output.status.code(), Some(1));
    yard.put("migrations/V002__announce.sql", &announced);
    let output = yard.rowdesk(&["migrate", "--guard=rows"]);
    assert!(output.status.success(), "{}", said(&output));
    let output = yard.rowdesk(&["policies", "diff"]);
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "Nothing is pending.\n"
    );
    assert!(output.status.success());
}

#[tokio::test]
async fn the_guard_lets_a_first_migration_through() {
    let yard = Yard::planted().await;
    let admin = yard.database.connect("postgres").await;
    execute(&admin, "drop schema yard cascade; drop table public.repeatable_files, public.refinery_schema_history").await;
    // neither the login nor the roles of tokens need be there yet
    let uri = yard.database.uri("nobody_yet");
    for more in [
        &["--jwt-roles", "reader_yet_to_come"][..],
        &["--db-uri", &uri],
    ] {
        let mut arguments = vec!["migrate", "--guard=rows"];
        arguments.extend(more);
        let output = yard.rowdesk(&arguments);
        let said = said(&output);
        if more[0] == "--jwt-roles" {
            // unless nothing makes them
            assert!(
                said.contains("there is no role \"reader_yet_to_come\""),
                "{said}"
            );
        } else {
            assert!(output.status.success(), "{said}");
        }
    }
}

#[tokio::test]
async fn the_bootstrap_file_is_rehearsed_too_and_what_does_not_happen_is_told() {
    let mut yard = Yard::planted().await;
    yard.put(
        "database/bootstrap.sql",
        "revoke delete on yard.notes from READER;",
    );
    let announced = "-- announces: DELETE /notes: nobody deletes\n-- announces: DELETE /note: a slip of the pen\n";
    yard.put("migrations/V002__announce.sql", announced);
    let output = yard.rowdesk(&["policies", "diff", "--api-only"]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(
        told.starts_with("Pending\n  database/bootstrap.sql\n"),
        "{told}"
    );
    assert!(
        told.contains("Announced, and does not happen\n  DELETE /note: a slip of the pen"),
        "{told}"
    );
    let output = yard.rowdesk(&["migrate", "--guard"]);
    assert!(output.status.success(), "{}", said(&output));
}

#[tokio::test]
async fn a_migration_that_would_fail_at_its_commit_fails_its_rehearsal() {
    let mut yard = Yard::planted().await;
    let late = "alter table yard.ratings alter constraint ratings_note_id_fkey deferrable initially deferred;
        update yard.ratings set note_id = 100000 where note_id = 1;";
    yard.put("migrations/V002__late.sql", late);
    let output = yard.rowdesk(&["migrate", "--guard"]);
    let said = said(&output);
    assert!(
        said.contains("migrations/V002__late.sql") && said.contains("23503"),
        "{said}"
    );
}
