//! Who asks to be let in, as far as one can tell before they are.

use std::net::IpAddr;

use ipnet::Ipv6Net;

/// Of an IPv6 address this much is the caller's network; the rest he chooses freely.
const IPV6_PREFIX: u8 = 64;

/// Where a request comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub address: IpAddr,
    /// As the header says: for people to recognise their devices by, and for nothing else.
    pub user_agent: Option<String>,
}

impl Caller {
    /// What counts as one address.
    pub(super) fn network(&self) -> String {
        match self.address.to_canonical() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => Ipv6Net::new(address, IPV6_PREFIX).map_or_else(
                |_| address.to_string(),
                |network| network.trunc().to_string(),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_in_an_ipv6_network_are_one_address() {
        for (address, expected) in [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
            ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ] {
            let caller = Caller {
                address: address.parse().unwrap(),
                user_agent: None,
            };
            assert_eq!(caller.network(), expected);
        }
    }
}
