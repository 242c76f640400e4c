//! A database that is not ours, as PostgREST's users have it.

use super::check;
use crate::harness::fixture::Fixture;

#[tokio::test]
async fn any_database_is_checked_without_our_files() {
    let fixture = Fixture::shared().await;
    let (admin, login, anon) = (
        fixture.database.uri("postgres"),
        fixture.uri(),
        fixture.role("anon"),
    );
    let exposed = [
        "--db-schemas",
        "api",
        "--db-anon-role",
        &anon,
        "--format",
        "json",
    ];
    let as_admin = check(
        &[
            &exposed[..],
            &["--admin-db-uri", &admin, "--db-uri", &login],
        ]
        .concat(),
    );
    assert_eq!(as_admin.code, Some(1), "{}", as_admin.stderr);
    let report = as_admin.json();
    let findings = report["findings"].as_array().expect("findings");
    let has = |rule: &str, object: &str| {
        findings
            .iter()
            .any(|one| one["rule"] == rule && one["object"] == object)
    };
    assert!(has("rls_disabled", "api.item"), "{report}");
    assert!(!has("rls_disabled", "api.owned"), "{report}");
    assert!(!has("rls_disabled", "other.item"), "{report}");
    // nothing of our files is told, and nothing is left over
    assert!(findings.iter().all(|one| one["file"].is_null()), "{report}");
    assert!(findings.iter().all(|one| one["rule"] != "leftover_object"));

    // the server's own login sees the same: the catalog is nobody's secret
    let as_login = check(&[&exposed[..], &["--db-uri", &login]].concat());
    assert_eq!(as_login.code, Some(1), "{}", as_login.stderr);
    assert_eq!(as_login.json(), report);
}
