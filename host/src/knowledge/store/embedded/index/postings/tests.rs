use super::*;

#[test]
fn a_common_term_gets_a_table_and_loses_it() {
    let mut postings = Postings::default();
    let slots = TABLES_FROM;
    for slot in 0..slots as Slot {
        let rare = (slot % 100 == 0).then_some((2, 2.0));
        let weights: Vec<_> = std::iter::once((1, 0.5)).chain(rare).collect();
        postings.insert(slot, &weights, slots);
    }
    assert!(postings.table(1).is_some() && postings.table(2).is_none());
    assert_eq!((postings.count(1, None), postings.count(2, None)), (4096, 41));
    let odd = |slot: Slot| slot % 2 == 1;
    assert_eq!(postings.count(1, Some(&odd)), 2048);

    let mut sums = vec![0.0; slots];
    postings.add(1, 0.5, &mut sums);
    postings.add(2, 0.5, &mut sums);
    assert_eq!((sums[0], sums[1]), (1.25, 0.25));
    assert_eq!(postings.table(1).unwrap()[7], 32);

    let few = |slot: Slot| slot < 200;
    (0..PARTS).for_each(|part| postings.purge(part, few, slots));
    assert!(postings.table(1).is_none());
    assert_eq!((postings.count(1, None), postings.count(2, None)), (200, 2));
    (0..PARTS).for_each(|part| postings.purge(part, |_| false, slots));
    assert_eq!(postings.count(1, None), 0);
}
