use super::*;

#[test]
fn connections_leave_half_of_the_descriptors_to_everything_else() {
    assert_eq!(places(None, 1_048_576), MOST_CONNECTIONS);
    assert_eq!(places(None, 256), 128);
    assert_eq!(places(Some(100), 256), 100);
    assert_eq!(places(Some(200), 256), 128);
    assert_eq!(places(Some(50_000), 1_048_576), 50_000);
}
