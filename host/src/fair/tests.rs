use super::*;

#[test]
fn keys_take_turns_however_many_items_one_has() {
    let mut queue = FairQueue::default();
    for (key, item) in [("a", 1), ("a", 2), ("a", 3), ("b", 4), ("c", 5), ("b", 6)] {
        queue.push(key, item);
    }
    assert_eq!((queue.len(), queue.len_of("a"), queue.len_of("d")), (6, 3, 0));
    let order: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
    assert_eq!(order, [1, 4, 5, 2, 6, 3]);
}

#[test]
fn who_may_not_go_is_passed_over_and_keeps_its_place() {
    let mut queue = FairQueue::default();
    for (key, item) in [("a", 1), ("a", 2), ("b", 3)] {
        queue.push(key, item);
    }
    assert_eq!(queue.pop_if(|item| *item != 1), Some(2));
    assert_eq!(queue.pop_if(|item| *item > 9), None);
    assert_eq!((queue.pop(), queue.pop(), queue.pop()), (Some(3), Some(1), None));
}

#[tokio::test]
async fn a_place_goes_to_the_app_whose_turn_it_is_and_never_to_one_who_left() {
    let gate = Gate::new(PlaceCount(1));
    let held = on_behalf_of("busy", gate.enter()).await;
    let wait = |app| match gate.knock(app, (), |_, _| true) {
        Some(ClaimEntry::Waits(waiting)) => waiting,
        _ => panic!("the place is taken"),
    };
    let (mut first, left, mut second, mut other) = (wait("busy"), wait("busy"), wait("busy"), wait("quiet"));
    drop(left);
    drop(held);
    let pass = first.try_recv().unwrap();
    assert!(other.try_recv().is_err());
    drop(pass);
    let pass = other.try_recv().unwrap();
    assert!(second.try_recv().is_err(), "the quiet app's turn comes before the busy one's next");
    drop(pass);
    drop(second.try_recv().unwrap());
    assert!(matches!(gate.knock("new", (), |_, _| false), Some(ClaimEntry::In(_))));
}
