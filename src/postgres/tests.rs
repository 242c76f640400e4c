//! What connection strings say about TLS.

use std::path::Path;

use tokio_postgres::config::SslMode as Negotiation;

use super::keywords::keywords;
use super::{ConnectionString, Connector, SslMode};

#[test]
fn both_forms_say_the_same() {
    for text in [
        "postgres://ann:p?w@db/desk?sslmode=verify-ca&application_name=x&sslrootcert=%2Fca%20s.pem",
        "user=ann password='p?w' host=db dbname=desk sslmode = verify-ca application_name=x sslrootcert='/ca s.pem'",
        r"user=ann password=p?w host=db dbname=desk sslmode=verify-ca application_name=x sslrootcert=/ca\ s.pem",
    ] {
        let read: ConnectionString = text.parse().unwrap();
        assert_eq!(read.tls.mode, Some(SslMode::VerifyCa), "{text}");
        assert_eq!(read.tls.root_cert.as_deref(), Some(Path::new("/ca s.pem")));
        assert_eq!(read.config.get_password(), Some(&b"p?w"[..]));
        assert_eq!(read.config.get_dbname(), Some("desk"));
        assert_eq!(read.config.get_application_name(), Some("x"));
    }
}

#[test]
fn keywords_end_where_libpq_ends_them() {
    let values = |text| -> Option<Vec<(String, String)>> {
        let found = keywords(text)?.into_iter();
        Some(found.map(|k| (k.key.to_owned(), k.value)).collect())
    };
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    for (text, expected) in [
        ("", Some(vec![])),
        (
            "a=1  b = 'x y'",
            Some(vec![pair("a", "1"), pair("b", "x y")]),
        ),
        (
            r"a='it\'s' b=c\ d",
            Some(vec![pair("a", "it's"), pair("b", "c d")]),
        ),
        ("a= b=1", Some(vec![pair("a", "b=1")])),
        ("a='' b=1", Some(vec![pair("a", ""), pair("b", "1")])),
        ("a", None),
        ("a='b", None),
    ] {
        assert_eq!(values(text), expected, "{text}");
    }
}

#[test]
fn each_mode_asks_for_what_libpq_asks_for() {
    for (mode, expected) in [
        ("", Negotiation::Prefer),
        ("?sslmode=", Negotiation::Prefer),
        ("?sslmode=disable", Negotiation::Disable),
        ("?sslmode=allow", Negotiation::Prefer),
        ("?sslmode=prefer", Negotiation::Prefer),
        ("?sslmode=require", Negotiation::Require),
        ("?sslrootcert=system", Negotiation::Require),
        ("?%73slmode=verify-full", Negotiation::Require),
    ] {
        let read: ConnectionString = format!("postgres://db{mode}").parse().unwrap();
        assert_eq!(read.tls.negotiation(), expected, "{mode}");
    }
}

#[test]
fn certificates_are_for_the_way_across_a_network() {
    let mode = |text: &str| {
        let connector: Connector = text.parse().unwrap();
        connector.config.get_ssl_mode()
    };
    let files = "sslrootcert=/no/such sslcert=/no/such";
    for near in ["host=/run sslmode=verify-full", "host=db sslmode=disable"] {
        assert_eq!(mode(&format!("{near} {files}")), Negotiation::Disable);
    }
    for far in [
        "host=db",
        "hostaddr=10.0.0.5",
        "host=/run hostaddr=10.0.0.5",
        "host=/run,db",
    ] {
        assert_eq!(
            mode(&format!("{far} sslmode=require")),
            Negotiation::Require,
            "{far}"
        );
        let read = format!("{far} sslmode=verify-full {files}").parse::<Connector>();
        assert!(read.is_err(), "{far}");
    }
    let connector: Connector = "hostaddr=10.0.0.5,10.0.0.6".parse().unwrap();
    assert_eq!(connector.config.get_hosts().len(), 2);
}

#[test]
fn what_cannot_be_is_told_with_what_to_write_instead() {
    for (text, said) in [
        (
            "sslmode=on",
            "sslmode is disable, allow, prefer, require, verify-ca or verify-full, not `on`",
        ),
        (
            "sslmode=verify-full",
            "sslmode=verify-full needs to know whom to trust: name a file of certificates with \
            sslrootcert, or say sslrootcert=system",
        ),
        (
            "sslmode=require sslrootcert=system",
            "sslrootcert=system goes with sslmode=verify-full alone",
        ),
        (
            "sslcert=/no/such",
            "sslcert and sslkey belong together: one of them is missing",
        ),
        (
            "sslmode=verify-ca sslrootcert=/no/such",
            "cannot use /no/such as sslrootcert: ",
        ),
        (
            "sslmode=require sslrootcert=/dev/null",
            "cannot use /dev/null as sslrootcert: it holds no certificate",
        ),
        (
            "sslcert=/dev/null sslkey=/dev/null",
            "cannot use /dev/null as sslcert: it holds no certificate",
        ),
        ("sslfoo=1", "unknown option `sslfoo`"),
    ] {
        let error = match format!("host=db {text}").parse::<Connector>() {
            Ok(_) => panic!("{text} was taken"),
            Err(error) => error.to_string(),
        };
        assert!(error.starts_with(said), "{text}: {error}");
    }
}
