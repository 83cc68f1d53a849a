use super::*;

#[test]
fn a_new_key_is_long_random_and_known_by_its_hash() {
    let (one, other) = (NewKey::generate().unwrap(), NewKey::generate().unwrap());
    assert_ne!(one.reveal(), other.reveal());
    assert_eq!(one.reveal().len(), PREFIX.len() + 2 * KEY_BYTES);
    let hash: KeyHash = one.hash().parse().unwrap();
    assert!(bool::from(hash.is(&KeyHash::of(one.reveal()))));
    assert!(!bool::from(hash.is(&KeyHash::of(other.reveal()))));
}

#[test]
fn only_a_whole_sha_256_is_a_hash() {
    let right = KeyHash::of("x").to_string();
    assert!(right.parse::<KeyHash>().is_ok());
    assert!(right.to_uppercase().replace("SHA256", "sha256").parse::<KeyHash>().is_ok());
    for wrong in ["", "sha256:", &right[..right.len() - 1], &format!("{right}0"), &right[7..], "qfh-1"] {
        assert!(wrong.parse::<KeyHash>().is_err(), "{wrong}");
    }
    let not_hexadecimal = right.replace(['a', 'b', 'c', 'd', 'e', 'f'], "文");
    assert!(not_hexadecimal.parse::<KeyHash>().is_err());
}

#[test]
fn a_key_expires_at_the_moment_written() {
    for (text, seconds) in [
        ("1970-01-01", 0),
        ("2000-02-29", 951_782_400),
        ("2024-12-31T23:59:59Z", 1_735_689_599),
        ("2025-03-01T08:00:00+08:00", 1_740_787_200),
        ("2100-03-01", 4_107_542_400),
    ] {
        assert_eq!(moment(text.parse().unwrap()), Ok(seconds), "{text}");
    }
    assert!(moment("08:00:00".parse().unwrap()).unwrap_err().contains("no day"));
}
