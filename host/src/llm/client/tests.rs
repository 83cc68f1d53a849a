use super::*;

fn model(base_url: &str) -> Result<Model, SetupError> {
    Model::new("m", &toml::from_str(&format!("base_url = \"{base_url}\"\nmodel = \"m\"")).unwrap())
}

#[tokio::test]
async fn an_unreachable_endpoint_is_told_by_its_origin_only() {
    _ = rustls::crypto::ring::default_provider().install_default();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let model_there = model(&format!("http://{address}/t0ken")).unwrap();
    let Err(error) = model_there.send(&ChatRequest::default(), Bytes::new()).await else {
        panic!("somebody answers")
    };
    let said = error.to_string();
    assert!(said.contains(&format!("http://{address}")) && !said.contains("t0ken"), "{said}");
    // A caller that skips the check of the settings cannot make a model of a URL with a password either.
    let refused = model(&format!("http://u:s3cret@{address}/")).err().unwrap().to_string();
    assert!(refused.starts_with("has a user name") && !refused.contains("s3cret"), "{refused}");
}
