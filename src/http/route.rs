//! Which door a request goes through: accounts, or the API.

use std::net::IpAddr;

use hyper::Request;
use hyper::body::Incoming;

use super::handle::handle;
use super::{App, accounts, answer};

/// Where clients look for accounts.
const ACCOUNTS: &str = "/auth/v1";

/// Answers one request of this peer.
pub(super) async fn route(
    app: &App,
    peer: IpAddr,
    request: Request<Incoming>,
) -> answer::HttpResponse {
    match request.uri().path().strip_prefix(ACCOUNTS) {
        Some(below) if below.is_empty() || below.starts_with('/') => {
            accounts::handle(app, peer, request).await
        }
        // Kept apart from the connection, which would carry its size while it is idle.
        _ => Box::pin(handle(app, request)).await,
    }
}
