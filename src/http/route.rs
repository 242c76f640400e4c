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
        // In every connection's own future it would be some 16 kB more.
        _ => Box::pin(handle(app, request)).await,
    }
}
