use super::*;

#[test]
fn what_the_guest_has_and_what_the_host_holds_share_one_limit() {
    let memory = CallMemory::new(100);
    assert!(memory.grow(40) && memory.set_resources(20));
    let mut held = memory.hold(30).unwrap();
    assert!(!memory.is_refused());
    assert!(!held.resize(41) && held.resize(40), "what is refused changes nothing");
    assert!(memory.is_refused() && memory.hold(1).is_none() && !memory.grow(1));
    assert!(memory.set_resources(10), "a measurement takes the place of the last");
    drop(held);
    assert!(memory.hold(50).is_some() && memory.grow(50) && memory.peak() == 100);
}
