use super::*;

fn addresses(texts: &[&str]) -> Vec<IpAddr> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[test]
fn of_a_mixed_answer_only_the_public_addresses_are_used() {
    let mixed = addresses(&["10.0.0.1", "8.8.8.8", "::1", "2400:3200::1"]);
    assert_eq!(allowed(mixed, not_public), Ok(addresses(&["8.8.8.8", "2400:3200::1"])));
}

#[test]
fn a_name_with_no_public_address_is_refused_with_the_reason() {
    let refused = allowed(addresses(&["169.254.169.254", "127.0.0.1"]), not_public).unwrap_err();
    assert_eq!(refused.to_string(), "the address 169.254.169.254 is link-local or cloud metadata");
}

#[test]
fn a_name_granted_exactly_reaches_private_addresses_but_never_credentials() {
    let found = addresses(&["169.254.169.254", "::ffff:100.100.100.200", "fd00:ec2::254", "10.0.0.1", "::1"]);
    assert_eq!(allowed(found.clone(), credentials), Ok(addresses(&["10.0.0.1", "::1"])));
    assert!(allowed(found[..3].to_vec(), credentials).is_err());
}
