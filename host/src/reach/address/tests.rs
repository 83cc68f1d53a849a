use super::*;

#[test]
fn every_special_range_is_known_from_its_first_to_its_last_address() {
    for (kind, addresses) in [
        ("unspecified", &["0.0.0.0", "0.255.255.255", "::"][..]),
        ("loopback", &["127.0.0.0", "127.0.0.1", "127.255.255.255", "::1"]),
        (
            "private",
            &["10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.0", "192.168.255.255"],
        ),
        ("shared by a carrier (CGNAT)", &["100.64.0.0", "100.100.100.200", "100.127.255.255"]),
        ("link-local or cloud metadata", &["169.254.0.0", "169.254.169.254", "169.254.255.255"]),
        ("cloud metadata", &["168.63.129.16"]),
        (
            "reserved for protocols",
            &["192.0.0.0", "192.0.0.255", "192.88.99.1", "2001::", "2001:0:53aa:64c::1", "2001:1ff:ffff::"],
        ),
        (
            "for documentation",
            &["192.0.2.1", "198.51.100.255", "203.0.113.0", "2001:db8::1", "3fff::", "3fff:fff::1"],
        ),
        ("for benchmarks", &["198.18.0.0", "198.19.255.255"]),
        ("multicast", &["224.0.0.0", "239.255.255.255", "ff00::", "ff02::1"]),
        ("reserved", &["240.0.0.0", "255.255.255.254", "100::1", "5f00::1", "4000::", "1fff::1", "fe00::1"]),
        ("broadcast", &["255.255.255.255"]),
        ("IPv4-mapped", &["::ffff:127.0.0.1", "::ffff:8.8.8.8"]),
        ("IPv4-compatible", &["::127.0.0.1", "::8.8.8.8"]),
        ("translated to IPv4 (NAT64)", &["64:ff9b::127.0.0.1", "64:ff9b::8.8.8.8", "64:ff9b:1::1"]),
        ("private (unique local)", &["fc00::", "fd00:ec2::254", "fdff:ffff::1"]),
        ("link-local", &["fe80::1", "febf:ffff::1"]),
        ("site-local", &["fec0::1", "feff::1"]),
        ("carried over IPv4 (6to4)", &["2002:7f00:1::", "2002:a00:1::1"]),
    ] {
        for address in addresses {
            assert_eq!(not_public(address.parse().unwrap()), Some(kind), "{address}");
        }
    }
}

#[test]
fn no_spelling_of_an_address_with_credentials_is_reached_through_a_name() {
    for address in [
        "169.254.169.254",
        "169.254.170.2",
        "168.63.129.16",
        "100.100.100.200",
        "192.0.0.192",
        "::ffff:169.254.169.254",
        "::ffff:0:169.254.169.254",
        "::169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b::c000:c0",
        "64:ff9b:1::1",
        "64:ff9b:1:ffff::a9fe:a9fe",
        "2002:a9fe:a9fe::",
        "2002:a9fe:1::1",
        "2001:0:1:2:3:4:5601:5601",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "fd20:ce::254",
        "fe80::1",
    ] {
        assert!(credentials(address.parse().unwrap()).is_some(), "{address}");
        assert!(not_public(address.parse().unwrap()).is_some(), "{address}");
    }
    for address in [
        "127.0.0.1",
        "10.0.0.1",
        "192.0.0.193",
        "::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::1",
        "fd00:ec2::253",
        "fd20:ce::255",
        "8.8.8.8",
    ] {
        assert_eq!(credentials(address.parse().unwrap()), None, "{address}");
    }
}

#[test]
fn the_neighbours_of_special_ranges_are_public() {
    for address in [
        "1.0.0.0",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "168.63.129.15",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.0.3.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "8.8.8.8",
        "2001:200::1",
        "2001:db7::1",
        "2001:db9::1",
        "2003::1",
        "2400:3200::1",
        "2606:4700::1111",
        "3fff:1000::1",
    ] {
        assert_eq!(not_public(address.parse().unwrap()), None, "{address}");
    }
}
