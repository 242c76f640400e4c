//! docs/policy-story.md, done: the edits are made, the commands are run, and what they print is what the page says.

use std::fs;
use std::path::{Path, PathBuf};

use crate::harness::cluster::TestDb;
use crate::harness::desk::desk;
use crate::process::program::{program, text};

const PAGE: &str = include_str!("../../docs/policy-story.md");

/// Something that the page has its reader do.
enum Step<'a> {
    /// A file, named in the line above.
    Write(&'a str, String),
    /// Lines of the file named last that become others.
    Edit(String, String),
    /// A command, and lines that it prints in this order.
    Run(&'a str, Vec<&'a str>),
}

fn steps() -> Vec<Step<'static>> {
    let mut steps = Vec::new();
    let mut named = "";
    let mut lines = PAGE.lines();
    while let Some(line) = lines.next() {
        let Some(kind) = line.strip_prefix("```") else {
            let path = line
                .split('`')
                .find(|it| it.contains(".sql") && it.contains('/'));
            named = path.filter(|it| !it.starts_with("tests/")).unwrap_or(named);
            continue;
        };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        let of = |sign: char| {
            let lines = block.iter().filter_map(|line| line.strip_prefix(sign));
            lines.collect::<Vec<_>>().join("\n")
        };
        match kind {
            "sql" => steps.push(Step::Write(named, block.join("\n") + "\n")),
            "diff" => steps.push(Step::Edit(of('-'), of('+'))),
            "console" => {
                for line in block {
                    match (line.strip_prefix("$ "), steps.last_mut()) {
                        (Some(command), _) => steps.push(Step::Run(command, Vec::new())),
                        (None, Some(Step::Run(_, printed))) => printed.push(line),
                        (None, _) => panic!("output of no command: {line}"),
                    }
                }
            }
            other => panic!("a block of {other}"),
        }
    }
    steps
}

/// The project's SQL files, to be changed.
fn project(database: &TestDb) -> PathBuf {
    let folder =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{}_story", database.name()));
    let _ = fs::remove_dir_all(&folder);
    copy(Path::new(env!("CARGO_MANIFEST_DIR")), &folder);
    folder
}

fn copy(from: &Path, to: &Path) {
    for part in [
        "migrations",
        "database",
        "sql/functions",
        "sql/views",
        "sql/policies",
        "sql/tests",
    ] {
        fs::create_dir_all(to.join(part)).unwrap();
        for entry in fs::read_dir(from.join(part)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|it| it == "sql") {
                fs::copy(&path, to.join(part).join(path.file_name().unwrap())).unwrap();
            }
        }
    }
}

/// Whether the line is as the page has it, where `…` stands for anything.
fn is_like(line: &str, shown: &str) -> bool {
    let mut parts = shown.trim().split('…');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = line.trim().strip_prefix(first) else {
        return false;
    };
    for part in parts {
        let Some((_, behind)) = rest.split_once(part) else {
            return false;
        };
        rest = behind;
    }
    rest.is_empty() || shown.ends_with('…')
}

#[tokio::test]
async fn a_policy_is_changed_wrongly_found_out_mended_and_deployed() {
    let database = desk().await;
    let folder = project(&database);
    let mut commands = 0;
    for step in steps() {
        match step {
            Step::Write(path, content) => fs::write(folder.join(path), content).unwrap(),
            Step::Edit(old, new) => {
                let path = folder.join("sql/policies/public.tickets.sql");
                let before = fs::read_to_string(&path).unwrap();
                assert_eq!(before.matches(&old).count(), 1, "{old}");
                fs::write(path, before.replace(&old, &new)).unwrap();
            }
            Step::Run(command, printed) => {
                run(&database, &folder, command, &printed);
                commands += 1;
            }
        }
    }
    assert!(commands >= 12, "{commands} commands");
}

fn run(database: &TestDb, folder: &Path, command: &str, printed: &[&str]) {
    let words = shlex::split(command).expect("words");
    let (command, file) = match words.iter().position(|word| word == ">") {
        Some(at) => (&words[1..at], Some(folder.join(&words[at + 1]))),
        None => (&words[1..], None),
    };
    // The demo's folder is a database of the tests here; what only the server's settings say is said by flags.
    let (admin, login) = (database.uri("postgres"), database.uri("desk_authenticator"));
    let mut arguments: Vec<&str> = Vec::new();
    let mut words = command.iter();
    while let Some(word) = words.next() {
        if word == "--data-dir" {
            words.next();
            arguments.extend([
                "--admin-db-uri",
                &admin,
                "--db-uri",
                &login,
                "--db-anon-role",
                "desk_anon",
            ]);
        } else {
            arguments.push(word);
        }
    }
    let output = program(&arguments)
        .current_dir(folder)
        .output()
        .expect("it runs");
    let said = text(&output.stdout) + &text(&output.stderr);
    if let Some(file) = file {
        assert!(output.status.success(), "{said}");
        fs::write(file, &output.stdout).unwrap();
        return;
    }
    if printed.is_empty() {
        assert!(output.status.success(), "{command:?}\n{said}");
    }
    let mut lines = said.lines();
    for shown in printed {
        assert!(
            lines.any(|line| is_like(line, shown)),
            "{command:?} does not print, or not in this order:\n{shown}\nbut\n{said}"
        );
    }
}
