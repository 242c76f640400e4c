//! Connection strings.

use std::path::Path;

use super::super::libpq::completed;
use crate::config::redacted_uri;
use crate::postgres::{ConnectionString, SslMode};

fn complete(uri: &str, variables: &[(&str, &str)]) -> String {
    completed(uri, |name| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    })
    .unwrap()
}

#[test]
fn what_a_uri_leaves_open_comes_from_variables() {
    let all = [
        ("PGHOST", "/run/my sockets"),
        ("PGPORT", "5433"),
        ("PGUSER", "ann"),
        ("PGPASSWORD", "p'w\\ &?@"),
        ("PGDATABASE", "desk"),
    ];
    for uri in [
        "postgresql://",
        "postgres://?",
        "postgres://?connect_timeout=5",
    ] {
        let completed: tokio_postgres::Config = complete(uri, &all).parse().unwrap();
        assert_eq!(completed.get_user(), Some("ann"), "{uri}");
        assert_eq!(completed.get_password(), Some(&b"p'w\\ &?@"[..]));
        assert_eq!(completed.get_dbname(), Some("desk"));
        assert_eq!(completed.get_ports(), [5433]);
        assert!(format!("{:?}", completed.get_hosts()).contains("/run/my sockets"));
    }
    let keywords: tokio_postgres::Config = complete("dbname=other", &all).parse().unwrap();
    assert_eq!(keywords.get_dbname(), Some("other"));
    assert_eq!(keywords.get_password(), Some(&b"p'w\\ &?@"[..]));
    assert_eq!(keywords.get_ports(), [5433]);

    let closed = "postgres://bob:x@db:1/d?application_name=a";
    assert_eq!(complete(closed, &all), closed);
}

#[test]
fn certificates_come_from_variables_or_from_where_libpq_looks() {
    let home = std::env::temp_dir().join(format!("rowdesk-home-{}", std::process::id()));
    let folder = home.join(".postgresql");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("root.crt"), "").unwrap();
    let home_name = home.to_str().unwrap();
    let tls = |uri: &str, variables: &[(&str, &str)]| {
        let read: ConnectionString = complete(uri, variables).parse().unwrap();
        read.tls
    };
    let found = tls("postgres://h", &[("HOME", home_name)]);
    assert_eq!(found.root_cert, Some(folder.join("root.crt")));
    assert_eq!((found.mode, found.cert, found.key), (None, None, None));
    let all = [
        ("HOME", home_name),
        ("PGSSLMODE", "disable"),
        ("PGSSLROOTCERT", "/ca"),
    ];
    let said = tls("host=h", &all);
    assert_eq!(said.mode, Some(SslMode::Disable));
    assert_eq!(said.root_cert.as_deref(), Some(Path::new("/ca")));
    let own = tls("postgres://h?sslmode=prefer&sslrootcert=/own", &all);
    assert_eq!(own.mode, Some(SslMode::Prefer));
    assert_eq!(own.root_cert.as_deref(), Some(Path::new("/own")));
    std::fs::remove_dir_all(home).unwrap();
}

#[test]
fn a_host_is_always_known() {
    let completed: tokio_postgres::Config = complete("postgresql://", &[]).parse().unwrap();
    assert_eq!(completed.get_hosts().len(), 1);
    assert_eq!(
        complete("postgres://h/d", &[("PGHOST", "")]),
        "postgres://h/d"
    );
}

#[test]
fn a_wrong_variable_is_named() {
    let port = |name: &str| (name == "PGPORT").then(|| "x".to_owned());
    let problem = completed("postgresql://", port).unwrap_err();
    assert_eq!(
        problem,
        "invalid value for option `port` (with PGPORT added)"
    );
}

#[test]
fn passwords_are_not_shown() {
    for (uri, shown) in [
        ("postgres://ann:pw@db/desk", "postgres://ann:***@db/desk"),
        (
            "postgresql://ann:p%40w@db:5432,db2/desk?sslmode=require",
            "postgresql://ann:***@db:5432,db2/desk?sslmode=require",
        ),
        ("postgres://ann@db/desk", "postgres://ann@db/desk"),
        ("postgres://ann:p@ss@db/desk", "postgres://ann:***@db/desk"),
        (
            "postgres://ann:?pw?/#@db/desk",
            "postgres://ann:***@db/desk",
        ),
        (
            "postgres://db/desk?user=ann&password=pw",
            "postgres://db/desk?user=ann&password=***",
        ),
        (
            "postgres://db/desk?pass%77ord=pw",
            "postgres://db/desk?pass%77ord=***",
        ),
        ("postgresql://", "postgresql://"),
        (
            "host=db user=ann password='p w' dbname=desk",
            "host=db user=ann password=*** dbname=desk",
        ),
        ("host=db password = pw", "host=db password=***"),
        ("host=db password", "***"),
        ("ann:pw@db", "***"),
    ] {
        assert_eq!(redacted_uri(uri), shown);
    }
}
