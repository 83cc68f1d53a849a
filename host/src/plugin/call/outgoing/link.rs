//! `wasi:http` as guests import it: wasmtime's own, with what the host holds for a guest counted.

use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource};
use wasmtime_wasi_http::WasiHttpView;
use wasmtime_wasi_http::p2::bindings::http::types::{
    Fields, HeaderError, Host as _, HostFields, HostOutgoingRequest as _, Method, OutgoingRequest, Scheme,
};
use wasmtime_wasi_http::p2::{self, HeaderResult};

use super::cost;
use crate::plugin::call::instance::CallState;

/// The instance that wasmtime links the types under. It serves every version 0.2.
const TYPES: &str = "wasi:http/types@0.2.12";

/// Everything a guest can make the host hold goes through one of these functions, and each of them
/// measures what the host holds by then.
pub(in crate::plugin) fn add_to_linker(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    p2::add_only_http_to_linker_async(linker)?;
    linker.allow_shadowing(true);
    let mut types = linker.instance(TYPES)?;
    types.func_wrap(
        "[static]fields.from-list",
        |mut store: CallStore<'_>, (entries,): (Vec<HeaderEntry>,)| {
            header(&mut store, |http| HostFields::from_list(http, entries))
        },
    )?;
    types.func_wrap(
        "[method]fields.set",
        |mut store: CallStore<'_>, (fields, name, values): (Resource<Fields>, String, Vec<Vec<u8>>)| {
            header(&mut store, |http| http.set(fields, name, values))
        },
    )?;
    types.func_wrap(
        "[method]fields.append",
        |mut store: CallStore<'_>, (fields, name, value): (Resource<Fields>, String, Vec<u8>)| {
            header(&mut store, |http| http.append(fields, name, value))
        },
    )?;
    // A clone shares its text with the original until one of them changes, even if the change only removes
    // something.
    types.func_wrap(
        "[method]fields.delete",
        |mut store: CallStore<'_>, (fields, name): (Resource<Fields>, String)| {
            header(&mut store, |http| HostFields::delete(http, fields, name))
        },
    )?;
    types.func_wrap(
        "[method]outgoing-request.set-method",
        |mut store: CallStore<'_>, (request, method): (Resource<OutgoingRequest>, Method)| {
            measured(&mut store, |http| http.set_method(request, method))
        },
    )?;
    types.func_wrap(
        "[method]outgoing-request.set-scheme",
        |mut store: CallStore<'_>, (request, scheme): (Resource<OutgoingRequest>, Option<Scheme>)| {
            measured(&mut store, |http| http.set_scheme(request, scheme))
        },
    )?;
    types.func_wrap(
        "[method]outgoing-request.set-authority",
        |mut store: CallStore<'_>, (request, authority): (Resource<OutgoingRequest>, Option<String>)| {
            measured(&mut store, |http| http.set_authority(request, authority))
        },
    )?;
    types.func_wrap(
        "[method]outgoing-request.set-path-with-query",
        |mut store: CallStore<'_>, (request, path): (Resource<OutgoingRequest>, Option<String>)| {
            measured(&mut store, |http| http.set_path_with_query(request, path))
        },
    )?;
    types.func_wrap(
        "[method]outgoing-request.body",
        |mut store: CallStore<'_>, (request,): (Resource<OutgoingRequest>,)| {
            measured(&mut store, |http| http.body(request))
        },
    )?;
    linker.allow_shadowing(false);
    Ok(())
}

type CallStore<'a> = StoreContextMut<'a, CallState>;
type View<'a> = wasmtime_wasi_http::WasiHttpCtxView<'a>;
type HeaderEntry = (String, Vec<u8>);

/// Runs one function of wasmtime's and counts what the guest's resources hold afterwards. One that
/// holds too much ends here.
fn measured<T>(
    store: &mut CallStore<'_>,
    run: impl FnOnce(&mut View<'_>) -> wasmtime::Result<T>,
) -> wasmtime::Result<(T,)> {
    let call = store.data_mut();
    let mut http = call.http();
    let done = run(&mut http)?;
    let resources = cost::measure(http.table);
    if !call.memory().set_resources(resources) {
        wasmtime::bail!("the host holds too much for the plugin");
    }
    Ok((done,))
}

/// As [`measured`], for functions that refuse headers.
fn header<T>(
    store: &mut CallStore<'_>,
    run: impl FnOnce(&mut View<'_>) -> HeaderResult<T>,
) -> wasmtime::Result<(Result<T, HeaderError>,)> {
    measured(store, |http| match run(http) {
        Ok(done) => Ok(Ok(done)),
        Err(refused) => http.convert_header_error(refused).map(Err),
    })
}
