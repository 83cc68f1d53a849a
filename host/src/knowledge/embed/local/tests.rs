use super::*;

#[test]
fn a_missing_file_is_named_with_where_the_set_up_has_it_from() {
    let setup = include_str!("../../../../../scripts/setup");
    for origin in [MODEL, TOKENIZER] {
        let told = origin.missing(Path::new("/nowhere/file")).to_string();
        assert!(told.contains("/nowhere/file") && told.contains(origin.package), "{told}");
        let (name, version, member) = (origin.package, origin.version, origin.member);
        let package = format!("Package(\"npm\", \"{name}\", \"{version}\", \"{member}\")");
        assert!(setup.contains(&package) && setup.contains(origin.sha256), "{package}");
    }
}

/// An import keeps thousands of vectors until their document is whole.
#[tokio::test]
async fn a_vector_takes_no_more_memory_than_its_numbers() {
    let embedder = LocalEmbedder::load(&ModelFiles::of(&EmbedderSettings::default()), 1).unwrap();
    let texts = vec!["平行志愿怎么投档".repeat(20); 3];
    for vector in embedder.embed(texts).await.unwrap() {
        assert_eq!((vector.len(), vector.capacity()), (512, 512));
    }
}

/// Bases keep vectors: what runs the model, and how, may change a text's vector by rounding only. The numbers
/// are another runtime's, onnxruntime's.
#[tokio::test]
async fn a_text_keeps_its_vector_whatever_runs_the_model() {
    let embedder = LocalEmbedder::load(&ModelFiles::of(&EmbedderSettings::default()), 1).unwrap();
    let vector = embedder.embed(vec!["平行志愿怎么投档".into()]).await.unwrap().remove(0);
    let expected: [f32; 8] = [0.0172, 0.0583, 0.0867, -0.055, 0.0258, -0.0583, -0.0161, 0.0423];
    for (at, (number, expected)) in vector.iter().zip(expected).enumerate() {
        assert!((number - expected).abs() < 0.003, "number {at}: {number}, was {expected}");
    }
}
