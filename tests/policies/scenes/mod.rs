//! Each rule of writing in a scene of its own, at the database itself: what is done beside what is
//! refused, with SQLSTATE, message and hint.

mod erasure;
mod feedback;
mod messages;
mod records;
mod tickets;
mod visibility;

use tokio_postgres::{Client, Row};

use crate::harness::cluster::TestDb;
use crate::harness::desk::{desk, execute};
use crate::harness::identity::Identity;

/// Tickets of clients 1 and 2, by what became of them. Ids end in the client's.
pub const TICKETS: &str = "
    insert into public.tickets (id, client_id, ticket_type_id, title, status, assigned_to, created_at, resolved_at, closed_at)
    select 8000000 + 10 * n + client, client, 1, 'Scene', status, 3,
        '2025-11-01 00:00Z', resolved_at::timestamptz, closed_at::timestamptz
    from (
        values
            (1, 'open', null, null),
            (2, 'in_progress', null, null),
            (3, 'resolved', '2025-11-02 00:00Z', null),
            (4, 'closed', '2025-11-02 00:00Z', '2025-11-03 00:00Z'),
            (5, null, null, null),
            (6, 'pending', null, null)
    ) as t (n, status, resolved_at, closed_at)
    cross join (values (1), (2)) as c (client)";

pub const OPEN: i32 = 8_000_011;
pub const IN_PROGRESS: i32 = 8_000_021;
pub const RESOLVED: i32 = 8_000_031;
pub const CLOSED: i32 = 8_000_041;
pub const WITHOUT_STATUS: i32 = 8_000_051;
pub const PENDING: i32 = 8_000_061;
pub const ANOTHERS: i32 = 8_000_032;
pub const MISSING: i32 = 8_900_000;

/// A desk with those tickets.
pub struct Scene {
    pub database: TestDb,
    pub admin: Client,
    login: Client,
}

/// What a statement is refused with: SQLSTATE, the whole message, a part of the hint (none: empty).
type Refusal<'a> = (&'a str, &'a str, &'a str);

impl Scene {
    pub async fn new() -> Self {
        let database = desk().await;
        let admin = database.connect("postgres").await;
        execute(&admin, TICKETS).await;
        let login = database.connect("desk_authenticator").await;
        Self {
            database,
            admin,
            login,
        }
    }

    /// A statement that is carried out, and rolled back.
    pub async fn done(&self, who: &Identity, statement: &str) -> Vec<Row> {
        let answer = self.who_writes(who, statement).await;
        answer.unwrap_or_else(|error| panic!("{statement} as {}: {error:?}", who.claims))
    }

    /// The first column of the only row of a statement that is carried out.
    pub async fn text(&self, who: &Identity, statement: &str) -> Option<String> {
        let rows = self.done(who, statement).await;
        assert_eq!(rows.len(), 1, "{statement}");
        rows[0].get(0)
    }

    pub async fn refused(&self, who: &Identity, statement: &str, refusal: Refusal<'_>) {
        let answer = self.who_writes(who, statement).await;
        let Err(error) = answer else {
            panic!("{statement} as {} is not refused", who.claims)
        };
        let error = error.as_db_error().expect("an error of Postgres");
        let hint = error.hint().unwrap_or_default();
        let (code, message, said) = refusal;
        assert_eq!(
            (error.code().code(), error.message()),
            (code, message),
            "{statement} as {}",
            who.claims
        );
        assert!(
            hint.contains(said) && hint.is_empty() == said.is_empty(),
            "{statement}: {hint}"
        );
    }

    async fn who_writes(
        &self,
        who: &Identity,
        statement: &str,
    ) -> Result<Vec<Row>, tokio_postgres::Error> {
        who.write(&self.login, statement).await
    }
}
