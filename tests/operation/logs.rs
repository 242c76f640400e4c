//! What the program logs of requests.

use rustix::process::Signal;
use serde_json::Value;

use crate::harness::fixture::Fixture;
use crate::harness::http::Call;
use crate::process::program::Serving;

/// The log of a few requests.
async fn log(level: &str, more: &[&str]) -> Vec<String> {
    let fixture = Fixture::shared().await;
    let mut serving = Serving::start(fixture, level, more);
    let line = serving.wait_for("API server listening on");
    let address = line.split("listening on").nth(1).expect("an address");
    let address = address.trim_matches(|c: char| !c.is_ascii_digit());
    let base = format!("http://{address}");
    for (url, agent) in [
        ("/item?limit=1", "curl/8.7.1"),
        ("/nowhere", "a \"quoted\" one"),
        ("/rpc/refuse?code=XX000", ""),
    ] {
        let call = Call::new(&base, "GET", url).header("user-agent", agent);
        call.header("referer", "http://r").send().await;
    }
    // A browser's question stands in no log.
    let asked = Call::new(&base, "OPTIONS", "/item").header("origin", "http://r");
    let asked = asked.header("access-control-request-method", "GET");
    assert_eq!(asked.send().await.status, 200);
    serving.signal(Signal::TERM);
    serving.finish().1
}

#[tokio::test]
async fn requests_stand_in_the_log_as_apache_writes_them() {
    let anon = Fixture::shared().await.role("anon");
    for (level, expected) in [("crit", 0), ("error", 1), ("warn", 2), ("info", 3)] {
        let log = log(level, &[]).await;
        let requests: Vec<_> = log
            .iter()
            .filter(|line| line.contains("HTTP/1.1"))
            .collect();
        assert_eq!(requests.len(), expected, "{level}: {log:?}");
        let failures = log.iter().filter(|line| line.contains("a request failed"));
        assert_eq!(failures.count(), usize::from(level != "crit"), "{log:?}");
        for told in [
            "Starting Rowdesk",
            "Successfully connected to PostgreSQL",
            "Schema cache loaded",
            "Listening for database notifications on the \"pgrst\" channel",
            "Received termination unix signal SIGTERM",
        ] {
            assert!(
                log.iter().any(|line| line.contains(told)),
                "{told}: {log:?}"
            );
        }
        if level != "info" {
            continue;
        }
        let first = requests[0];
        let begin = format!("127.0.0.1 - {anon} [");
        assert!(first.starts_with(&begin), "{first}");
        assert!(
            first.contains("] \"GET /item?limit=1 HTTP/1.1\" 200 "),
            "{first}"
        );
        assert!(first.ends_with(" \"http://r\" \"curl/8.7.1\""), "{first}");
        assert!(
            requests[1].ends_with(r#" "a \"quoted\" one""#),
            "{}",
            requests[1]
        );
    }
}

#[tokio::test]
async fn logs_are_json_where_that_is_wanted() {
    let log = log("info", &["--log-format", "json"]).await;
    let mut requests = 0;
    for line in &log {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
        if line["method"] == "GET" {
            requests += 1;
            assert!(line["status"].is_u64() && line["bytes"].is_u64(), "{line}");
            assert!(
                line["time"].is_string() && line["remote"] == "127.0.0.1",
                "{line}"
            );
        }
    }
    assert_eq!(requests, 3);
}

#[tokio::test]
async fn the_sql_of_requests_is_logged_where_that_is_wanted() {
    let has_sql = |log: &[String]| {
        log.iter()
            .any(|line| line.contains(r#"\"api\".\"item\""#) && !line.contains("HTTP/1.1"))
    };
    assert!(has_sql(&log("info", &["--log-query", "true"]).await));
    // The request that succeeded is not logged at this level, and so its SQL is not either.
    assert!(!has_sql(&log("error", &["--log-query", "true"]).await));
    assert!(!has_sql(&log("info", &[]).await));
}
