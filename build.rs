//! The SQL files are compiled in, and the compiler does not notice when one is added.

fn main() {
    for folder in ["database", "migrations", "sql"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
