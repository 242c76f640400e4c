//! What migrations say of themselves: `-- announces: GET /people column name: why`.
//!
//! Only migrations: each is applied once, so that what it announces excuses nothing later. In a file that runs again
//! whenever it changes, the words of last time would.

use super::difference::Difference;
use crate::migrate::{Report, Source};

/// The lines of the pending migrations.
#[derive(Debug)]
pub struct Announcements(Vec<String>);

impl Announcements {
    pub fn of(source: &Source, report: &Report) -> Self {
        let pending = report.migrations.iter();
        let migrations = pending.filter(|path| source.is_migration(path));
        let lines = migrations.flat_map(|path| source.header(path, "announces"));
        Self(lines.map(str::to_owned).collect())
    }

    /// Marks what is announced, and notes what announces nothing.
    pub fn told(self, mut of: Difference) -> Difference {
        let mut idle = self.0;
        let all = idle.clone();
        let mut is_announced = |subject: &str| {
            let announces = |line: &String| has_reason(line, subject);
            idle.retain(|line| !announces(line));
            all.iter().any(announces)
        };
        for one in &mut of.roles {
            one.announced = is_announced(&one.subject());
        }
        for one in of.rows.iter_mut().chain(&mut of.not_compared) {
            one.announced = is_announced(&one.subject());
        }
        for one in &mut of.api {
            one.announced = is_announced(&one.subject);
        }
        of.idle_announcements = idle;
        of
    }
}

fn has_reason(line: &str, subject: &str) -> bool {
    let reason = line
        .strip_prefix(subject)
        .and_then(|rest| rest.strip_prefix(':'));
    reason.is_some_and(|reason| !reason.trim().is_empty())
}
