//! Whose address a request comes from.

use std::net::IpAddr;

use hyper::header::HeaderMap;
use ipnet::IpNet;

/// The caller's address: the peer's, or, where that is a trusted proxy, what the proxies say of whom they
/// speak for. Each appends the address it was called from, so the last one that is not a trusted proxy's
/// is the caller's; everything before it the caller may have written himself.
pub(super) fn caller(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
    let mut caller = peer.to_canonical();
    if !is_trusted(caller) {
        return caller;
    }
    let said: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .flat_map(|value| value.to_str().unwrap_or("?").split(','))
        .collect();
    for one in said.into_iter().rev() {
        // Behind what cannot be read, nothing is known.
        let Ok(address) = one.trim().parse::<IpAddr>() else {
            break;
        };
        caller = address.to_canonical();
        if !is_trusted(caller) {
            break;
        }
    }
    caller
}

#[cfg(test)]
mod tests {
    use super::*;

    fn called(peer: &str, said: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for one in said {
            headers.append("x-forwarded-for", one.parse().unwrap());
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|one| one.parse().unwrap()).collect();
        caller(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn nobody_is_believed_but_trusted_proxies() {
        let proxies = &["10.0.0.0/8"];
        for (peer, said, trusted, expected) in [
            ("192.0.2.1", &["198.51.100.9"][..], &[][..], "192.0.2.1"),
            ("192.0.2.1", &["198.51.100.9"], proxies, "192.0.2.1"),
            ("10.0.0.1", &["198.51.100.9"], &[], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.9"], proxies, "198.51.100.9"),
            (
                "10.0.0.1",
                &["1.1.1.1, 198.51.100.9"],
                proxies,
                "198.51.100.9",
            ),
            (
                "10.0.0.1",
                &["1.1.1.1", "198.51.100.9, 10.0.0.2"],
                proxies,
                "198.51.100.9",
            ),
            ("10.0.0.1", &["10.0.0.3, 10.0.0.2"], proxies, "10.0.0.3"),
            (
                "10.0.0.1",
                &["1.1.1.1, unknown, 10.0.0.2"],
                proxies,
                "10.0.0.2",
            ),
            ("10.0.0.1", &["1.1.1.1, unknown"], proxies, "10.0.0.1"),
            ("10.0.0.1", &[], proxies, "10.0.0.1"),
            (
                "::ffff:10.0.0.1",
                &["198.51.100.9"],
                proxies,
                "198.51.100.9",
            ),
        ] {
            assert_eq!(
                called(peer, said, trusted),
                expected,
                "{peer} {said:?} {trusted:?}"
            );
        }
    }
}
