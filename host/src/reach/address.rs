//! Which addresses are public.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Why an address is not one of the public internet, or `None` where it is.
///
/// After the special-purpose registries of IANA. Forms of IPv6 that carry an IPv4 address within
/// them are refused altogether: what they reach depends on the network.
pub(crate) fn not_public(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => not_public_v4(address),
        IpAddr::V6(address) => not_public_v6(address),
    }
}

/// Why an address may not be reached through a name, even one granted exactly: whoever answers for
/// the name could lead the request to where clouds hand out credentials. `None` where it may.
pub(super) fn credentials(address: IpAddr) -> Option<&'static str> {
    const NO_NAME: &str = "link-local or cloud metadata, which a name never reaches";
    let found = match address {
        IpAddr::V4(address) => credentials_v4(address),
        IpAddr::V6(address) => match address.segments() {
            // Amazon's, for machines and for pods; Google's.
            [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254 | 0x23] | [0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254] => true,
            [0xfe80..=0xfebf, ..] => true,
            // A network's own translation to IPv4: where the address stands in it, the network knows.
            [0x64, 0xff9b, 1, ..] => true,
            _ => carried(address).is_some_and(credentials_v4),
        },
    };
    found.then_some(NO_NAME)
}

fn credentials_v4(address: Ipv4Addr) -> bool {
    match address.octets() {
        [169, 254, ..] => true,
        // Azure's, Alibaba's, Oracle's.
        [168, 63, 129, 16] | [100, 100, 100, 200] | [192, 0, 0, 192] => true,
        _ => false,
    }
}

/// The IPv4 address within one of IPv6, where a network may send what goes there.
fn carried(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let (high, low) = match address.segments() {
        // Compatible, mapped, translated by the network and by NAT64.
        [0, 0, 0, 0, 0, 0, high, low]
        | [0, 0, 0, 0, 0, 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => (high, low),
        // 6to4.
        [0x2002, high, low, ..] => (high, low),
        // Teredo writes the client's address inverted.
        [0x2001, 0, .., high, low] => (!high, !low),
        _ => return None,
    };
    let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
    Some(Ipv4Addr::new(a, b, c, d))
}

fn not_public_v4(address: Ipv4Addr) -> Option<&'static str> {
    Some(match address.octets() {
        [0, ..] => "unspecified",
        [127, ..] => "loopback",
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => "private",
        [100, 64..=127, ..] => "shared by a carrier (CGNAT)",
        // 169.254.169.254 is where clouds serve credentials.
        [169, 254, ..] => "link-local or cloud metadata",
        // Azure's way from a machine to its host.
        [168, 63, 129, 16] => "cloud metadata",
        [192, 0, 0, _] | [192, 88, 99, _] => "reserved for protocols",
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => "for documentation",
        [198, 18..=19, ..] => "for benchmarks",
        [224..=239, ..] => "multicast",
        [255, 255, 255, 255] => "broadcast",
        [240..=255, ..] => "reserved",
        _ => return None,
    })
}

fn not_public_v6(address: Ipv6Addr) -> Option<&'static str> {
    Some(match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => "unspecified",
        [0, 0, 0, 0, 0, 0, 0, 1] => "loopback",
        [0, 0, 0, 0, 0, 0xffff, ..] => "IPv4-mapped",
        [0, 0, 0, 0, 0, 0, ..] => "IPv4-compatible",
        [0x64, 0xff9b, ..] => "translated to IPv4 (NAT64)",
        [0xfc00..=0xfdff, ..] => "private (unique local)",
        [0xfe80..=0xfebf, ..] => "link-local",
        [0xfec0..=0xfeff, ..] => "site-local",
        [0xff00..=0xffff, ..] => "multicast",
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => "for documentation",
        // Teredo, ORCHID and others; Teredo carries an IPv4 address.
        [0x2001, 0..=0x1ff, ..] => "reserved for protocols",
        [0x2002, ..] => "carried over IPv4 (6to4)",
        // Only 2000::/3 is handed out to networks.
        [0x2000..=0x3fff, ..] => return None,
        _ => "reserved",
    })
}

#[cfg(test)]
mod tests;
