//! Installs the clients from the registries that the machine has configured: the first test that needs
//! one does, the others and later runs find it.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

const NODE: &str = "Node.js 18.19 or later with npm (Debian, Ubuntu: apt install nodejs npm; Fedora: \
                    dnf install nodejs; macOS: brew install node; or https://nodejs.org)";
const PYTHON: &str = "Python 3.11 or later with venv (Debian, Ubuntu: apt install python3-venv; \
                      Fedora: dnf install python3; macOS: brew install python)";

/// Where the programs stand that drive a client.
pub fn folder(client: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
    folder.join(client)
}

/// Gives the folder, which has its `node_modules` then.
pub fn node_packages(client: &str) -> PathBuf {
    let folder = folder(client);
    let version = run(Command::new("node").arg("--version"), NODE);
    require(&version, "v", (18, 19), NODE);
    let lock = fs::read_to_string(folder.join("package-lock.json")).expect("pinned versions");
    once(&folder.join("node_modules"), &lock, || {
        run(
            Command::new("npm")
                .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
                .current_dir(&folder),
            NODE,
        );
    });
    folder
}

/// Gives the interpreter of an environment that has the packages.
pub fn python_packages(client: &str) -> PathBuf {
    let version = run(Command::new("python3").arg("--version"), PYTHON);
    require(&version, "Python ", (3, 11), PYTHON);
    let requirements = folder(client).join("requirements.txt");
    let pinned = fs::read_to_string(&requirements).expect("pinned versions");
    let environment = Path::new(env!("CARGO_TARGET_TMPDIR")).join(client);
    let python = environment.join("bin/python");
    once(&environment, &format!("{version}{pinned}"), || {
        run(
            Command::new("python3")
                .args(["-m", "venv", "--clear"])
                .arg(&environment),
            PYTHON,
        );
        run(
            Command::new(&python)
                .args(["-m", "pip", "install", "--quiet", "--requirement"])
                .arg(&requirements),
            PYTHON,
        );
    });
    python
}

/// Installs into a folder, unless a note in it says that exactly this has been. Others wait meanwhile,
/// in this run and in others; a half of what was killed is not taken for the whole.
fn once(target: &Path, wanted: &str, install: impl FnOnce()) {
    let name = target.to_string_lossy().replace('/', "-");
    let lock = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.lock"));
    let lock = File::create(lock).expect("a lock");
    lock.lock().expect("the lock");
    let note = target.join(".installed");
    if fs::read_to_string(&note).is_ok_and(|installed| installed == wanted) {
        return;
    }
    let _ = fs::remove_file(&note);
    install();
    fs::write(&note, wanted).expect("a note");
}

/// Runs a command to its end and gives what it wrote.
#[track_caller]
fn run(command: &mut Command, needed: &str) -> String {
    let output = match command.output() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            panic!("{command:?} is not there: the tests of clients need {needed}")
        }
        output => output.expect("a command that starts"),
    };
    assert!(
        output.status.success(),
        "{command:?} failed; the tests of clients need {needed}, and once a package registry:\n{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("text")
}

/// Asserts that a program says at least this version.
#[track_caller]
fn require(said: &str, prefix: &str, least: (u32, u32), needed: &str) {
    let mut numbers = said.trim().trim_start_matches(prefix).split('.');
    let mut number = || numbers.next().and_then(|text| text.parse().ok());
    let version = number().zip(number());
    assert!(
        version.is_some_and(|version| version >= least),
        "{} is too old: the tests of clients need {needed}",
        said.trim()
    );
}
