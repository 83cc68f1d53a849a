//! One request and its response over `wasi:http`.

use super::{Address, Error, Request, Response, origin_and_path};
use crate::bindings::wasi::http::outgoing_handler::handle;
use crate::bindings::wasi::http::types::{
    ErrorCode, Fields, HeaderError, IncomingBody, IncomingResponse, Method, OutgoingBody, OutgoingRequest,
    Scheme, http_error_code,
};
use crate::bindings::wasi::io::streams::StreamError;

/// Read and written at once; the most a `blocking-write-and-flush` takes.
const PIECE: usize = 4096;
/// How the host begins the text of a refusal that no code has a word for.
const DENIED: &str = "denied: ";

pub(super) fn run(request: &Request, address: &Address) -> Result<Response, Error> {
    let outgoing = head(request, address)?;
    let body = outgoing.body().map_err(|()| invalid("the request has no body to write to"))?;
    let future = handle(outgoing, None).map_err(|code| refused(&code, address))?;
    // A server may answer before it has read everything: a failed write is told only where no
    // response comes.
    let written = write(body, &request.body);
    future.subscribe().block();
    let response = match future.get() {
        Some(Ok(Ok(response))) => response,
        Some(Ok(Err(code))) => return Err(refused(&code, address)),
        Some(Err(())) | None => {
            written.map_err(|text| unavailable(address, &text))?;
            return Err(unavailable(address, "no response came"));
        }
    };
    Ok(Response {
        status: response.status(),
        headers: headers(&response),
        body: read(&response, request.max_body, address)?,
    })
}

fn head(request: &Request, address: &Address) -> Result<OutgoingRequest, Error> {
    let fields = Fields::new();
    for (name, value) in &request.headers {
        fields.append(name, value.as_bytes()).map_err(|error| {
            invalid(&format!(
                "the header `{name}` cannot be sent ({})",
                match error {
                    HeaderError::InvalidSyntax => "its name or value is malformed",
                    HeaderError::Forbidden | HeaderError::Immutable => "the host sets it",
                }
            ))
        })?;
    }
    if !request.body.is_empty() {
        // Not every server takes a chunked body.
        let length = request.body.len().to_string();
        let _ = fields.set("content-length", &[length.into_bytes()]);
    }
    let outgoing = OutgoingRequest::new(fields);
    let scheme = if address.https { Scheme::Https } else { Scheme::Http };
    outgoing
        .set_method(&method(&request.method))
        .map_err(|()| invalid(&format!("`{}` is not an HTTP method", request.method)))?;
    outgoing
        .set_scheme(Some(&scheme))
        .and_then(|()| outgoing.set_authority(Some(&address.authority)))
        .and_then(|()| outgoing.set_path_with_query(Some(&address.path_and_query)))
        .map_err(|()| invalid(&format!("the URL `{}` cannot be sent", origin_and_path(&request.url))))?;
    Ok(outgoing)
}

fn method(name: &str) -> Method {
    match name {
        "GET" => Method::Get,
        "HEAD" => Method::Head,
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "DELETE" => Method::Delete,
        "OPTIONS" => Method::Options,
        "PATCH" => Method::Patch,
        other => Method::Other(other.to_owned()),
    }
}

fn write(body: OutgoingBody, bytes: &[u8]) -> Result<(), String> {
    let stream = body.write().map_err(|()| "the body was taken".to_owned())?;
    for piece in bytes.chunks(PIECE) {
        stream.blocking_write_and_flush(piece).map_err(|error| error.to_string())?;
    }
    drop(stream);
    OutgoingBody::finish(body, None).map_err(|code| cause(&code))
}

fn headers(response: &IncomingResponse) -> Vec<(String, String)> {
    let text = |value: Vec<u8>| String::from_utf8_lossy(&value).into_owned();
    let entries = response.headers().entries();
    entries.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), text(value))).collect()
}

fn read(response: &IncomingResponse, limit: usize, address: &Address) -> Result<Vec<u8>, Error> {
    let taken = |()| unavailable(address, "the response has no body to read");
    let body: IncomingBody = response.consume().map_err(taken)?;
    let stream = body.stream().map_err(taken)?;
    let mut bytes = Vec::new();
    loop {
        match stream.blocking_read(PIECE as u64 * 16) {
            Ok(piece) if piece.len() > limit.saturating_sub(bytes.len()) => {
                return Err(Error::TooLarge(limit));
            }
            Ok(piece) => bytes.extend_from_slice(&piece),
            Err(StreamError::Closed) => return Ok(bytes),
            Err(StreamError::LastOperationFailed(error)) => {
                let cause =
                    http_error_code(&error).map_or_else(|| error.to_debug_string(), |code| cause(&code));
                return Err(unavailable(address, &cause));
            }
        }
    }
}

fn refused(code: &ErrorCode, address: &Address) -> Error {
    match code {
        ErrorCode::HttpRequestDenied => Error::Denied(format!(
            "the host let no request to {origin} out: add \"{origin}\" to `hosts` in this plugin's grants",
            origin = address.origin()
        )),
        ErrorCode::DestinationIpProhibited => Error::Denied(format!(
            "{origin} is at an address inside the operator's network: where that is meant, add exactly \
             \"{origin}\" to `hosts` in this plugin's grants",
            origin = address.origin()
        )),
        // Where a redirect led to is known to the host only.
        ErrorCode::InternalError(Some(text)) if text.starts_with(DENIED) => {
            Error::Denied(text[DENIED.len()..].to_owned())
        }
        ErrorCode::HttpRequestUriInvalid | ErrorCode::HttpRequestMethodInvalid => {
            invalid(&format!("{}: {}", address.origin(), cause(code)))
        }
        _ => unavailable(address, &cause(code)),
    }
}

/// The error in words: the variant's name with spaces, and its text where it has one.
fn cause(code: &ErrorCode) -> String {
    match code {
        ErrorCode::InternalError(Some(text)) => text.clone(),
        ErrorCode::DnsError(_) => "the name cannot be resolved".to_owned(),
        ErrorCode::DestinationNotFound => "there is no such host".to_owned(),
        ErrorCode::ConnectionRefused => "the connection was refused".to_owned(),
        ErrorCode::ConnectionTerminated => "the connection broke off".to_owned(),
        ErrorCode::ConnectionTimeout
        | ErrorCode::ConnectionReadTimeout
        | ErrorCode::ConnectionWriteTimeout
        | ErrorCode::DnsTimeout
        | ErrorCode::HttpResponseTimeout => "it took too long to answer".to_owned(),
        ErrorCode::TlsCertificateError => "its TLS certificate is not trusted".to_owned(),
        ErrorCode::HttpResponseBodySize(_) => {
            "the response is longer than the plugin may take; raise `response_body` in its limits".to_owned()
        }
        ErrorCode::HttpResponseIncomplete => "the response broke off".to_owned(),
        ErrorCode::DestinationUnavailable => "no connection could be made to it".to_owned(),
        ErrorCode::TlsProtocolError => {
            "no TLS connection could be made to it; is it http:// instead of https://?".to_owned()
        }
        ErrorCode::HttpProtocolError => "it did not answer as HTTP wants it".to_owned(),
        ErrorCode::LoopDetected => "it redirects too often".to_owned(),
        ErrorCode::HttpRequestBodySize(_) => {
            "the request is longer than the plugin may send; raise `request_body` in its limits".to_owned()
        }
        ErrorCode::HttpResponseHeaderSectionSize(_) => "the headers of its answer are too long".to_owned(),
        ErrorCode::HttpResponseContentCoding(_) => {
            "its answer is compressed in a way that the host does not read".to_owned()
        }
        ErrorCode::HttpUpgradeFailed => "it switches to another protocol".to_owned(),
        ErrorCode::ConnectionLimitReached => "too many names were looked up for one call".to_owned(),
        other => spaced(&format!("{other:?}")),
    }
}

/// A variant's name as words: `Name::TheVariant(…)` is `the variant`.
fn spaced(name: &str) -> String {
    let name = name.split(['(', ' ', '{']).next().unwrap_or_default();
    let name = name.rsplit_once("::").map_or(name, |(_, variant)| variant);
    let mut words = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(c.to_ascii_lowercase());
    }
    words
}

fn unavailable(address: &Address, cause: &str) -> Error {
    Error::Unavailable(format!("{}: {cause}", address.origin()))
}

fn invalid(text: &str) -> Error {
    Error::Invalid(text.to_owned())
}
