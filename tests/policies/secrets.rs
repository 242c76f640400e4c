//! What client 1 must never learn, marked so that any answer can be searched for it.

use serde_json::{Value, json};

use crate::harness::cluster::TestDb;
use crate::harness::desk::{desk, execute};
use crate::harness::http::Reply;

/// Stands in everything that client 1 may not see, and in nothing else.
pub const MARK: &str = "secret";

const MARKED: &str = "
    update public.team_members set email = 'secret-' || id || '@desk.example',
        skills = '{secret}', timezone = 'Etc/secret', metadata = '{\"pay\": \"secret\"}';
    update public.clients set client_name = 'secret ' || id, email = 'secret-' || id || '@example.com'
    where id <> 1;
    update public.client_contacts set last_name = 'secret', email = 'secret-' || id || '@example.com'
    where client_id <> 1;
    update public.payments set metadata = '{\"iban\": \"secret\"}' where client_id <> 1;
    update public.tickets set title = 'secret ' || id, description = 'secret', tags = '{secret}',
        custom_fields = '{\"pin\": \"secret\"}'
    where client_id <> 1;
    update public.ticket_messages set message_text = 'secret ' || id
    where is_internal or ticket_id in (select id from public.tickets where client_id <> 1);
    update public.ticket_feedback set feedback_text = 'secret'
    where ticket_id in (select id from public.tickets where client_id <> 1);
    insert into ops.settings (name, value) values ('mail_password', 'secret');";

/// The desk, marked.
pub async fn marked_desk() -> TestDb {
    let database = desk().await;
    execute(&database.connect("postgres").await, MARKED).await;
    database
}

impl Reply {
    /// Asserts that nothing marked is in it: neither in the body nor in a header, but for the one
    /// that repeats the question.
    #[track_caller]
    pub fn reveals_nothing(&self) -> &Self {
        let body = self.text().to_lowercase();
        assert!(!body.contains(MARK), "{body}");
        let headers = self.headers.iter();
        for (name, value) in headers.filter(|(name, _)| *name != "content-location") {
            let value = String::from_utf8_lossy(value.as_bytes()).to_lowercase();
            assert!(!value.contains(MARK), "{name}: {value}");
        }
        self
    }

    /// A refusal that says no more than what was refused.
    #[track_caller]
    pub fn refused_plainly(&self, status: u16, code: &str) {
        let error = self.reveals_nothing().refused(status, code);
        assert_eq!(error["details"], Value::Null, "{error}");
    }

    /// No rows, and a count that says so where there is one.
    #[track_caller]
    pub fn is_empty(&self) {
        assert_eq!(self.reveals_nothing().ok(), json!([]));
        let range = self.header("content-range").unwrap_or("*/0");
        assert!(["*/0", "*/*"].contains(&range), "{range}");
    }
}
