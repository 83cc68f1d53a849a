//! What the host holds for a guest in its table of resources, in bytes.

use std::any::Any;

use wasmtime::component::ResourceTable;
use wasmtime_wasi_http::FieldMap;
use wasmtime_wasi_http::p2::bindings::http::types::{Method, OutgoingBody, OutgoingRequest, Scheme};
use wasmtime_wasi_http::p2::types::HostIncomingResponse;

/// What a guest may write to the body of a request at once. Small, because the host holds two such
/// pieces of each body from when the body is made.
pub(super) const BODY_PIECE: usize = 16 << 10;

/// What a resource takes without what is in it: its place in the table, its handle, its allocation.
const RESOURCE: usize = 512;
/// Two pieces, and the channel they wait in.
const BODY: usize = 2 * BODY_PIECE + (2 << 10);

/// What all resources of a call measure.
pub(super) fn measure(table: &mut ResourceTable) -> usize {
    table.iter_mut().map(|entry| RESOURCE + content(&*entry)).sum()
}

fn content(entry: &dyn Any) -> usize {
    if let Some(fields) = entry.downcast_ref::<FieldMap>() {
        return headers(fields);
    }
    if let Some(request) = entry.downcast_ref::<OutgoingRequest>() {
        let method = match &request.method {
            Method::Other(name) => name.len(),
            _ => 0,
        };
        let scheme = match &request.scheme {
            Some(Scheme::Other(name)) => name.len(),
            _ => 0,
        };
        let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let body = if request.body.is_some() { BODY } else { 0 };
        return method
            + scheme
            + text(&request.authority)
            + text(&request.path_with_query)
            + headers(&request.headers)
            + body;
    }
    if entry.is::<OutgoingBody>() {
        return BODY;
    }
    entry.downcast_ref::<HostIncomingResponse>().map_or(0, |response| headers(&response.headers))
}

/// A header map keeps a third of its places free and an index beside them, so it is counted as twice its
/// names and values.
pub(super) fn headers(headers: &http::HeaderMap) -> usize {
    const PLACE: usize = 104;
    2 * headers.iter().map(|(name, value)| PLACE + name.as_str().len() + value.len()).sum::<usize>()
}
