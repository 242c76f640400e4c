//! `rowdesk policies diff` and `migrate --guard`: what pending files would change, before they do.

mod contract;
mod guard;
mod ours;
mod rows;

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use rowdesk::migrate::{AdminSession, Source, run};
use rowdesk::policies::diff::{Asked, Difference, begin, diff};
use rowdesk::policies::{Caller, PoliciesError, Requests};
use serde_json::{Value, json};

use crate::harness::cluster::TestDb;
use crate::harness::desk::execute;
use crate::process::program;

/// Notes of tenants, in a schema of their own, with roles of their own.
pub struct Yard {
    pub database: TestDb,
    /// Path and text; `READER` stands for the role.
    files: Vec<(String, String)>,
}

const TABLES: &str = "
    create schema yard;
    create table yard.notes (
        id integer primary key, tenant integer not null, level integer not null, words text
    );
    create table yard.ratings (note_id integer not null references yard.notes on delete cascade, stars integer not null);
    create view yard.loud with (security_invoker) as select id, upper(words) as words from yard.notes;
    create function yard.found(words text, most integer default 10) returns setof yard.notes
    language sql stable as $$ select n.* from yard.notes as n where n.words like $1 limit most $$;
    create function yard.touch() returns trigger language plpgsql as $$ begin
        raise exception 'nobody writes in a rehearsal';
    end $$;";

const NOTES: &str = "
    alter table yard.notes enable row level security;
    revoke all on yard.notes from READER;
    grant usage on schema yard to READER;
    grant select, update, delete on yard.notes to READER;
    grant select on yard.loud to READER;
    drop policy if exists select_own on yard.notes;
    create policy select_own on yard.notes for select to READER
    using (tenant = (current_setting('request.jwt.claims')::json ->> 'tenant')::integer);";

impl Yard {
    /// The tables and policies above, migrated, and 400 notes of 5 tenants.
    pub async fn planted() -> Self {
        let mut yard = Self {
            database: TestDb::empty().await,
            files: Vec::new(),
        };
        yard.put("migrations/V001__notes.sql", TABLES);
        yard.put("sql/policies/yard.notes.sql", NOTES);
        let admin = yard.database.connect("postgres").await;
        execute(&admin, &format!("create role {} nologin", yard.role())).await;
        yard.migrate().await;
        let notes = "insert into yard.notes select n, 1 + n % 5, n % 7, 'word ' || n % 11
            from generate_series(1, 400) as n; insert into yard.ratings select n, n % 5 from generate_series(1, 90) as n";
        execute(&admin, notes).await;
        yard
    }

    pub fn role(&self) -> String {
        format!("{}_reader", self.database.name())
    }

    /// A file, in place of one of that path.
    pub fn put(&mut self, path: &str, text: &str) {
        self.files.retain(|(known, _)| known != path);
        let text = text.replace("READER", &self.role());
        self.files.push((path.to_owned(), text));
    }

    pub fn source(&self) -> Source {
        let files = self.files.iter();
        files
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect()
    }

    pub async fn migrate(&self) {
        let admin = self.database.uri("postgres").parse().unwrap();
        run(&admin, &self.source(), |_| {}).await.unwrap();
    }

    pub fn tenant(&self, tenant: i32) -> Caller {
        Caller::new(&self.role(), [("tenant".to_owned(), json!(tenant))])
    }

    /// What the pending files would change for tenants 1 and 2, every key of it.
    pub async fn diff(&self) -> Result<Difference, PoliciesError> {
        let admin = self.database.uri("postgres").parse().unwrap();
        let mut session = AdminSession::open(&admin).await?;
        let asked = Asked {
            schemas: vec!["yard".to_owned()],
            extra_search_path: vec!["public".to_owned()],
            requests: Requests {
                named: vec![self.role()],
                login: None,
            },
            sees_rows: true,
            callers: vec![self.tenant(1), self.tenant(2)],
            most_keys: 1000,
            lock_timeout: "5s".to_owned(),
        };
        let mut transaction = begin(&mut session).await?;
        let difference = Box::pin(diff(&mut transaction, &self.source(), &asked)).await?;
        transaction.rollback().await.unwrap();
        Ok(difference)
    }

    /// The files in a folder, for the program.
    pub fn folder(&self) -> PathBuf {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(self.database.name());
        // What an earlier run left under the same name.
        let _ = fs::remove_dir_all(&folder);
        for (path, text) in &self.files {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    /// The program, on this database and these files.
    pub fn rowdesk(&self, arguments: &[&str]) -> Output {
        self.rowdesk_on("yard", arguments)
    }

    pub fn rowdesk_on(&self, schemas: &str, arguments: &[&str]) -> Output {
        let folder = self.folder();
        let (uri, folder) = (self.database.uri("postgres"), folder.to_str().unwrap());
        let mut all = arguments.to_vec();
        all.extend([
            "--source",
            folder,
            "--admin-db-uri",
            &uri,
            "--db-schemas",
            schemas,
        ]);
        program::run(&all)
    }
}

/// What the JSON form says of the rows of a relation for a tenant: [before, after, gained, lost].
pub fn of(difference: &Difference, subject: &str, tenant: i32) -> Value {
    let document = difference.json();
    let all = document["rows"].as_array().unwrap().clone();
    let found = all.iter().find(|one| {
        one["subject"].as_str().unwrap().starts_with(subject) && one["claims"]["tenant"] == tenant
    });
    found.map_or(Value::Null, |one| {
        json!([
            one["before"],
            one["after"],
            one["keys"]["gained"]["count"],
            one["keys"]["lost"]["count"]
        ])
    })
}
