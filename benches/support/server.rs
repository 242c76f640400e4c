//! The built program, as users run it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};

const SECRET: &str = "the benchmarks sign their tokens with it";

/// Ends with this value.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

impl Server {
    /// Starts `rowdesk serve` and waits until it answers.
    pub fn start(db_uri: &str, settings: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_rowdesk"))
            .args(["serve", "--db-uri", db_uri, "--db-anon-role", "desk_anon"])
            .args([
                "--server-host",
                "127.0.0.1",
                "--server-port",
                "0",
                "--log-level",
                "error",
            ])
            .args(settings)
            .env("PGRST_JWT_SECRET", SECRET)
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program");
        let log = BufReader::new(child.stderr.take().expect("its log"));
        let mut lines = log.lines().map_while(Result::ok);
        let address = lines
            .find_map(|line| line.split_once("API server listening on ")?.1.parse().ok())
            .expect("its address in the log");
        // Whoever writes into a pipe that nobody reads waits for ever.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    /// Resident memory in megabytes.
    pub fn memory_mb(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
        kilobytes.unwrap_or(f64::NAN) / 1024.0
    }

    /// Processor time used so far.
    pub fn cpu(&self) -> Duration {
        cpu_of(self.child.id())
    }
}

/// User and system time of a process, in the kernel's ticks of 10 ms.
pub fn cpu_of(pid: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u64 = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    Duration::from_millis(ticks * 10)
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A token that is valid for a day.
pub fn token(role: &str, claim: &str, id: i32) -> String {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a clock");
    let claims: Map<String, Value> = [
        ("role".to_owned(), json!(role)),
        (claim.to_owned(), json!(id)),
        ("exp".to_owned(), json!(now.as_secs() + 86_400)),
    ]
    .into_iter()
    .collect();
    rowdesk::auth::mint(SECRET, &claims).expect("a token")
}
