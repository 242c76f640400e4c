//! Between the server and Postgres: connections, prepared statements, roles, faults.

mod connections;
mod faults;
mod isolation;
mod prepared;
mod reload;
mod tls;
