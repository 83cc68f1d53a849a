use super::*;

#[test]
fn a_rounded_product_is_near_the_true_one() {
    let vector = |seed: f32| -> Vec<f32> {
        let mut vector: Vec<f32> = (0..96u8).map(|i| (f32::from(i) * seed).sin()).collect();
        assert!(crate::knowledge::score::normalise(&mut vector));
        vector
    };
    let mut rows = VectorRows::new(96);
    let vectors: Vec<_> = (1..20u8).map(|i| vector(f32::from(i) * 0.37)).collect();
    vectors.iter().for_each(|vector| rows.push(vector));
    let query = vector(1.1);
    let probe = ComparedVector::of(&query);
    let mut products = Products::default();
    rows.scan(&probe, &mut products);
    for (at, (near, vector)) in products.all.iter().zip(&vectors).enumerate() {
        let exact = crate::knowledge::score::dot(&query, vector);
        assert!((near - exact).abs() < 0.005, "{near} {exact}");
        assert_eq!(rows.dot(&probe, at), *near);
    }
    rows.swap_remove(3);
    assert_eq!(rows.len(), 18);
    assert_eq!(rows.dot(&probe, 3), products.all[18]);
}

#[test]
fn odd_vectors_do_no_harm() {
    let mut rows = VectorRows::new(4);
    rows.push(&[0.0; 4]);
    rows.push(&[f32::NAN, f32::INFINITY, 1.0, 0.0]);
    rows.push(&[1.0]);
    rows.push(&[1.0; 9]);
    assert_eq!(rows.len(), 4);
    assert_eq!(rows.dot(&ComparedVector::of(&[1.0, 0.0, 0.0, 0.0]), 0), 0.0);
}
