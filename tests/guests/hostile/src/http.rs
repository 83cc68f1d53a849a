//! Requests through wasi:http, written out by hand so that nothing can make them more polite.

use serde::Deserialize;

use crate::{
    qianfan::plugin::types::Failure,
    wasi::{
        http::{
            outgoing_handler,
            types::{ErrorCode, Fields, Method, OutgoingBody, OutgoingRequest, Scheme},
        },
        io::streams::StreamError,
    },
};

#[derive(Deserialize)]
pub struct Request {
    #[serde(default)]
    method: Option<String>,
    scheme: String,
    authority: String,
    #[serde(default)]
    path: String,
    #[serde(default)]
    headers: Vec<(String, String)>,
    /// So many bytes of body.
    #[serde(default)]
    body: usize,
}

impl Request {
    /// The status, the headers and the body, as text. A refused header is a failure `other`.
    pub fn send(&self) -> Result<String, Failure> {
        let headers = Fields::new();
        for (name, value) in &self.headers {
            headers
                .append(name, value.as_bytes())
                .map_err(|error| Failure::Other(format!("header {name}: {error:?}")))?;
        }
        let request = OutgoingRequest::new(headers);
        let method = match self.method.as_deref() {
            None | Some("GET") => Method::Get,
            Some("POST") => Method::Post,
            Some(other) => Method::Other(other.to_owned()),
        };
        let scheme = match self.scheme.as_str() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            other => Scheme::Other(other.to_owned()),
        };
        let path = if self.path.is_empty() { "/" } else { &self.path };
        request.set_method(&method).map_err(|()| refused("method"))?;
        request.set_scheme(Some(&scheme)).map_err(|()| refused("scheme"))?;
        request.set_authority(Some(&self.authority)).map_err(|()| refused("authority"))?;
        request.set_path_with_query(Some(path)).map_err(|()| refused("path"))?;
        let body = request.body().map_err(|()| refused("body"))?;
        let response = outgoing_handler::handle(request, None).map_err(failure)?;
        self.write(body)?;
        response.subscribe().block();
        let response = response
            .get()
            .ok_or_else(|| refused("response"))?
            .map_err(|()| refused("response"))?
            .map_err(failure)?;
        let mut text = format!("{}\n", response.status());
        for (name, value) in response.headers().entries() {
            text += &format!("{name}: {}\n", String::from_utf8_lossy(&value));
        }
        let body = response.consume().map_err(|()| refused("body"))?;
        let stream = body.stream().map_err(|()| refused("stream"))?;
        loop {
            match stream.blocking_read(64 << 10) {
                Ok(bytes) => text += &String::from_utf8_lossy(&bytes),
                Err(StreamError::Closed) => return Ok(text),
                Err(StreamError::LastOperationFailed(error)) => {
                    return Err(Failure::Unavailable(error.to_debug_string()));
                }
            }
        }
    }

    fn write(&self, body: OutgoingBody) -> Result<(), Failure> {
        let stream = body.write().map_err(|()| refused("stream"))?;
        let mut left = self.body;
        while left > 0 {
            let size = left.min(4096);
            // The host may have stopped listening; the response tells why.
            if stream.blocking_write_and_flush(&vec![b'x'; size]).is_err() {
                break;
            }
            left -= size;
        }
        drop(stream);
        let _ = OutgoingBody::finish(body, None);
        Ok(())
    }
}

/// Makes the host hold what is never sent, until it ends the guest.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hoard {
    /// As much of each request's body as may be written.
    Bodies,
    /// Long names of methods.
    Methods,
    /// Full sets of headers.
    Headers,
    /// Copies of one set of headers, each with one taken out.
    Copies,
}

impl Hoard {
    pub fn run(&self) -> ! {
        let first = full();
        loop {
            match self {
                Self::Bodies => {
                    let request = OutgoingRequest::new(Fields::new());
                    let body = request.body().unwrap();
                    let stream = body.write().unwrap();
                    while let Ok(permit @ 1..) = stream.check_write() {
                        stream.write(&vec![b'x'; usize::try_from(permit).unwrap()]).unwrap();
                    }
                    std::mem::forget((request, body, stream));
                }
                Self::Methods => {
                    let request = OutgoingRequest::new(Fields::new());
                    request.set_method(&Method::Other("X".repeat(1 << 20))).unwrap();
                    std::mem::forget(request);
                }
                Self::Headers => std::mem::forget(full()),
                Self::Copies => {
                    let copy = first.clone();
                    copy.delete("x-0").unwrap();
                    std::mem::forget(copy);
                }
            }
        }
    }
}

fn full() -> Fields {
    let fields = Fields::new();
    for at in 0..15 {
        fields.append(&format!("x-{at}"), &[b'x'; 4000]).unwrap();
    }
    fields
}

fn refused(what: &str) -> Failure {
    Failure::Other(format!("refused: {what}"))
}

fn failure(error: ErrorCode) -> Failure {
    match error {
        ErrorCode::HttpRequestDenied | ErrorCode::DestinationIpProhibited => {
            Failure::Denied(format!("{error:?}"))
        }
        // A redirect that is refused, with where it led to.
        ErrorCode::InternalError(Some(text)) if text.starts_with("denied: ") => Failure::Denied(text),
        error => Failure::Unavailable(format!("{error:?}")),
    }
}
