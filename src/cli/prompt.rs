//! Asking whoever sits at the terminal.

use std::io::{self, BufRead, stdin};

use anyhow::Context;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// Asks for what nobody is to see over a shoulder.
///
/// # Errors
/// There is no terminal, or it has gone.
pub(super) fn hidden(question: &str) -> anyhow::Result<String> {
    super::print(question)?;
    let silenced = Silenced::new().context("cannot hide what is typed")?;
    let line = first_line();
    drop(silenced);
    super::print("\n")?;
    line
}

/// The first line of the input, without its end.
///
/// # Errors
/// The input cannot be read, or is no text.
pub(super) fn first_line() -> anyhow::Result<String> {
    let mut line = String::new();
    stdin()
        .lock()
        .read_line(&mut line)
        .context("cannot read the input")?;
    let line = line.strip_suffix('\n').unwrap_or(&line);
    Ok(line.strip_suffix('\r').unwrap_or(line).to_owned())
}

/// The terminal does not show what is typed, as long as this value lives.
struct Silenced(Termios);

impl Silenced {
    fn new() -> io::Result<Self> {
        let before = tcgetattr(stdin())?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(stdin(), OptionalActions::Flush, &silent)?;
        Ok(Self(before))
    }
}

impl Drop for Silenced {
    fn drop(&mut self) {
        // A terminal that has gone shows nothing anyway.
        let _ = tcsetattr(stdin(), OptionalActions::Flush, &self.0);
    }
}
