//! The counts of `--why-empty` are those of brute force.

use serde_json::{Value, json};

use super::{document, own};
use crate::harness::desk::execute;
use crate::harness::fixture::Fixture;

#[derive(Debug)]
struct Job {
    id: i32,
    owner: Option<String>,
    boss: Option<String>,
    state: String,
    secret: bool,
}

struct Task {
    job: Option<i32>,
    done: bool,
}

/// Who asks.
struct Asker {
    role: &'static str,
    name: Option<&'static str>,
    cleared: bool,
}

const ASKERS: [Asker; 6] = [
    Asker {
        role: "user",
        name: Some("ann"),
        cleared: false,
    },
    Asker {
        role: "user",
        name: Some("bob"),
        cleared: true,
    },
    Asker {
        role: "user",
        name: None,
        cleared: false,
    },
    Asker {
        role: "lead",
        name: Some("zoe"),
        cleared: false,
    },
    Asker {
        role: "anon",
        name: None,
        cleared: false,
    },
    Asker {
        role: "stranger",
        name: None,
        cleared: false,
    },
];

impl Asker {
    fn is(&self, name: Option<&String>) -> bool {
        name.is_some_and(|name| self.name == Some(name.as_str()))
    }

    /// The policies for SELECT that bind the role, each with whether it is permissive.
    fn policies(&self) -> Vec<(&'static str, bool)> {
        match self.role {
            "user" => vec![
                ("select_own", true),
                ("select_public", true),
                ("hide_secret", false),
            ],
            "lead" => vec![
                ("select_led", true),
                ("select_own", true),
                ("select_public", true),
                ("hide_secret", false),
            ],
            "stranger" => vec![("all_stranger", true), ("select_public", true)],
            _ => vec![("select_public", true)],
        }
    }

    fn passes(&self, policy: &str, job: &Job) -> bool {
        match policy {
            "select_own" => self.is(job.owner.as_ref()),
            "select_public" => job.state == "public",
            "select_led" => self.is(job.boss.as_ref()),
            "hide_secret" => !job.secret || self.cleared,
            "all_stranger" => true,
            other => unreachable!("{other}"),
        }
    }

    fn is_let(&self, job: &Job) -> bool {
        let mut policies = self.policies().into_iter();
        policies.any(|(policy, permissive)| permissive && self.passes(policy, job))
    }

    fn sees(&self, job: &Job) -> bool {
        let mut policies = self.policies().into_iter();
        self.is_let(job)
            && policies.all(|(policy, permissive)| permissive || self.passes(policy, job))
    }

    fn claims(&self) -> Vec<String> {
        let name = self.name.map(|name| format!("name={name}"));
        let cleared = self.cleared.then(|| "cleared=yes".to_owned());
        let claims = name.into_iter().chain(cleared);
        claims
            .flat_map(|claim| ["--claim".to_owned(), claim])
            .collect()
    }
}

fn count<T>(rows: &[T], holds: impl Fn(&T) -> bool) -> i64 {
    i64::try_from(rows.iter().filter(|row| holds(row)).count()).expect("a small number")
}

async fn data(fixture: &Fixture) -> (Vec<Job>, Vec<Task>) {
    let admin = fixture.admin().await;
    let jobs = admin
        .query("select * from api.job", &[])
        .await
        .expect("jobs");
    let tasks = admin
        .query("select * from api.task", &[])
        .await
        .expect("tasks");
    let job = |row: &tokio_postgres::Row| Job {
        id: row.get("id"),
        owner: row.get("owner"),
        boss: row.get("boss"),
        state: row.get("state"),
        secret: row.get("secret"),
    };
    let task = |row: &tokio_postgres::Row| Task {
        job: row.get("job"),
        done: row.get("done"),
    };
    (
        jobs.iter().map(job).collect(),
        tasks.iter().map(task).collect(),
    )
}

fn why(fixture: &Fixture, url: &str, asker: &Asker) -> Value {
    let claims = asker.claims();
    let mut more: Vec<&str> = claims.iter().map(String::as_str).collect();
    more.push("--why-empty");
    let document = document(fixture, &format!("GET {url}"), asker.role, &more);
    document["why_empty"].clone()
}

#[tokio::test]
async fn rows_are_counted_right_for_random_data_and_everybody() {
    let fixture = own().await;
    for seed in ["0.1", "0.2", "0.7"] {
        execute(
            &fixture.admin().await,
            &format!("call private.fill({seed})"),
        )
        .await;
        let (jobs, tasks) = data(&fixture).await;
        for asker in &ASKERS {
            let said = why(&fixture, "/job?state=eq.open&id=lt.40", asker);
            let level = &said["levels"][0];
            let is_open = |job: &&Job| job.state == "open";
            let is_low = |job: &&Job| job.id < 40;
            let matching: Vec<&Job> = jobs.iter().filter(is_open).filter(is_low).collect();
            assert_eq!(level["exist"], json!(jobs.len()));
            assert_eq!(
                level["filters"],
                json!([
                    {"filter": "state=eq.open", "rows": count(&jobs, |it| is_open(&it))},
                    {"filter": "id=lt.40", "rows": count(&jobs, |it| is_low(&it))},
                ])
            );
            assert_eq!(level["matching"], json!(matching.len()));
            let policies: Vec<Value> = asker
                .policies()
                .into_iter()
                .map(|(policy, permissive)| {
                    let rows = count(&matching, |job| {
                        if permissive {
                            asker.passes(policy, job)
                        } else {
                            asker.is_let(job) && !asker.passes(policy, job)
                        }
                    });
                    json!({"policy": policy, "permissive": permissive, "verb": "select", "rows": rows})
                })
                .collect();
            assert_eq!(
                level["policies"],
                json!(policies),
                "{} {said:#}",
                asker.role
            );
            assert_eq!(
                level["let_by_none"],
                json!(count(&matching, |job| !asker.is_let(job)))
            );
            let visible = count(&matching, |job| asker.sees(job));
            assert_eq!(level["visible"], json!(visible), "{said:#}");
            assert_eq!(level["answered"], json!(visible));
            let notes = level
                .get("notes")
                .map(ToString::to_string)
                .unwrap_or_default();
            assert!(!notes.contains("in fact"), "{notes}");
            let is_empty = said.to_string().contains("The answer is empty because");
            assert_eq!(is_empty, visible == 0, "{said:#}");
        }

        // A policy that reads another table does so as the caller, under its policies.
        for asker in &ASKERS[..4] {
            let said = why(&fixture, "/task?done=is.true", asker);
            let level = &said["levels"][0];
            let follows = |task: &Task| {
                let mut seen = jobs.iter().filter(|job| asker.sees(job));
                task.done && seen.any(|job| Some(job.id) == task.job)
            };
            let visible = count(&tasks, follows);
            assert_eq!(level["matching"], json!(count(&tasks, |it| it.done)));
            assert_eq!(level["policies"][0]["rows"], json!(visible), "{said:#}");
            assert_eq!(level["visible"], json!(visible));

            let said = why(
                &fixture,
                "/job?select=id,task!inner(id)&task.done=is.true",
                asker,
            );
            let level = &said["levels"][0];
            let has_task = |job: &Job| tasks.iter().any(|it| it.done && it.job == Some(job.id));
            let with = count(&jobs, |job| asker.sees(job) && has_task(job));
            let all = count(&jobs, has_task);
            assert_eq!(
                level["embeds"],
                json!([{"condition": "task!inner", "rows": with, "of_all": all}]),
                "{said:#}"
            );
            assert_eq!(level["visible"], json!(count(&jobs, |job| asker.sees(job))));
            assert_eq!(level["answered"], json!(with));
            assert_eq!(said["levels"][1]["rows_of"], "task: api.task");
            assert_eq!(
                said["levels"][1]["matching"],
                json!(count(&tasks, |it| it.done))
            );
        }
    }
}

#[tokio::test]
async fn what_may_be_changed_is_counted_by_both_verbs() {
    let fixture = own().await;
    let (jobs, _) = data(&fixture).await;
    for asker in &ASKERS[..3] {
        let claims = asker.claims();
        let mut more: Vec<&str> = claims.iter().map(String::as_str).collect();
        more.extend(["--why-empty", "--body", r#"{"boss": "x"}"#]);
        let said = document(&fixture, "PATCH /job?id=lt.40", asker.role, &more);
        let level = &said["why_empty"]["levels"][0];
        let may = |job: &Job| job.id < 40 && asker.sees(job) && asker.is(job.owner.as_ref());
        assert_eq!(level["visible"], json!(count(&jobs, may)), "{said:#}");

        let said = document(&fixture, "DELETE /job?id=lt.40", asker.role, &more);
        let level = &said["why_empty"]["levels"][0];
        let may = |job: &Job| job.id < 40 && asker.sees(job) && job.state == "closed";
        assert_eq!(level["visible"], json!(count(&jobs, may)), "{said:#}");
    }
    let rows: i64 = fixture
        .admin()
        .await
        .query_one("select count(*) from api.job", &[])
        .await
        .unwrap()
        .get(0);
    assert_eq!(rows, 60);
}
