//! Runs the real binary.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::harness::fixture::Fixture;

/// What does not happen in this time never does.
const PATIENCE: Duration = Duration::from_secs(30);

/// The program without any setting of this process's surroundings.
pub fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rowdesk"));
    command.args(arguments).env_clear();
    command
}

/// Runs it to its end.
pub fn run(arguments: &[&str]) -> Output {
    program(arguments).output().expect("the program runs")
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

/// `rowdesk serve` or `rowdesk demo`, killed with this value if it has not ended by then.
pub struct Serving {
    child: Child,
    lines: Receiver<String>,
    /// Every line of the log so far.
    pub log: Vec<String>,
}

impl Serving {
    pub fn start(fixture: &Fixture, log_level: &str, more: &[&str]) -> Self {
        let (uri, anon) = (fixture.uri(), fixture.role("anon"));
        let mut arguments = vec!["serve", "--db-uri", &uri, "--db-anon-role", &anon];
        arguments.extend(["--db-schemas", "api", "--server-host", "127.0.0.1"]);
        arguments.extend(["--server-port", "0", "--log-level", log_level]);
        arguments.extend(more);
        Self::run(&arguments)
    }

    /// Any command that goes on until it is stopped. Its output is part of the log.
    pub fn run(arguments: &[&str]) -> Self {
        let mut child = program(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let (sender, lines) = channel();
        let stdout: Box<dyn Read + Send> = Box::new(child.stdout.take().expect("a pipe"));
        let stderr: Box<dyn Read + Send> = Box::new(child.stderr.take().expect("a pipe"));
        for pipe in [stdout, stderr] {
            let sender = sender.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                    let _ = sender.send(line);
                }
            });
        }
        let log = Vec::new();
        Self { child, lines, log }
    }

    /// The base URL, from the log line that says so.
    pub fn base(&mut self) -> String {
        let line = self.wait_for("API server listening on");
        let (_, address) = line.split_once("listening on ").expect("an address");
        format!("http://{}", address.trim())
    }

    /// Reads the log up to the line that holds `text`.
    pub fn wait_for(&mut self, text: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| unreachable!("no line with {text}: {:?}", self.log));
            self.log.push(line.clone());
            if line.contains(text) {
                return line;
            }
        }
    }

    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).expect("it runs");
    }

    /// Waits for its end: exit code, and the whole log.
    pub fn finish(mut self) -> (Option<i32>, Vec<String>) {
        let status = self.child.wait().expect("an end");
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            self.log.push(line);
        }
        (status.code(), std::mem::take(&mut self.log))
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
