//! Running the server: what every answer carries, settings and their reload, health, figures, logs.

pub mod admin;
mod answers;
mod listen;
mod logs;
mod reload;
mod roles;
mod settings;
mod sockets;
