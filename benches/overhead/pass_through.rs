//! The least that a server in the middle does: body in, body out, as it streams. axum in front, reqwest
//! behind, as in the host.

/// Starts one before an upstream and returns its origin.
pub(super) async fn start(upstream: String) -> String {
    let client = reqwest::Client::builder().no_proxy().tcp_nodelay(true).build().unwrap();
    let pass = move |request: axum::extract::Request| {
        let (client, url) = (client.clone(), format!("{upstream}{}", request.uri().path()));
        async move {
            let body = axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap();
            let sent = client.post(url).header("content-type", "application/json").body(body).send().await;
            let answer = sent.unwrap();
            let kind = answer.headers()["content-type"].clone();
            ([("content-type", kind)], axum::body::Body::from_stream(answer.bytes_stream()))
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    // As the host does; otherwise each answer waits for a delayed acknowledgement.
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| stream.set_nodelay(true).unwrap());
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().fallback(pass)).await });
    origin
}
