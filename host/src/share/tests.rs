use super::*;

#[test]
fn shares_grow_until_the_memory_is_taken_and_give_it_back() {
    let memory = Memory::of(100 * UNIT);
    let (one, other) = (memory.share(), memory.share());
    one.grow(FREE).unwrap();
    one.grow(60 * UNIT).unwrap();
    other.grow(FREE + 40 * UNIT).unwrap();
    assert_eq!(other.grow(1), Err(MemorySpent));
    assert!(other.was_refused() && !one.was_refused());
    drop(one.clone());
    assert_eq!(other.grow(1), Err(MemorySpent), "a clone is the same share");
    drop(one);
    other.grow(1).unwrap();
    Share::default().grow(usize::MAX).unwrap();
}
