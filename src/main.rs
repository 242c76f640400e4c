//! The binary: parse the command line, run the command, turn the error into an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    rowdesk::cli::main()
}
