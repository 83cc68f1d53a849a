//! The door in front of every path: who each path is for, and what a refused request is answered.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY, WWW_AUTHENTICATE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::entry::RequestRecord;
use super::error::ApiError;
use super::health::FromAdmin;
use super::unpack::unpack;
use super::wrong_path;
use crate::door::{Area, DoorRefusal, Knock, page};
use crate::host::Host;

/// What is not for whoever runs the host. Every other path is, also one that does not exist.
const AREAS: [(&str, Area); 9] = [
    ("/console", Area::Public),
    ("/healthz", Area::Public),
    ("/livez", Area::Public),
    ("/readyz", Area::Public),
    ("/v1/chat/completions", Area::Chat),
    ("/v2/chat/completions", Area::Chat),
    ("/v1/feedback", Area::Chat),
    ("/v1/models", Area::Chat),
    ("/v2/models", Area::Chat),
];

/// The last part of the paths whose body is a file of any type, or a form with files.
const FILES: [&str; 5] = ["/documents", "/imports", "/evaluate", "/preview", "/config/check"];

/// Headers of an answer that a page may read.
const EXPOSED: &str = "x-request-id, x-client-request-id, x-degraded, x-failed-plugins, x-missing-variables, \
                       x-ignored-fields, x-should-retry, retry-after";

/// How long a browser may keep the answer to a preflight, in seconds.
const PREFLIGHT_KEPT: u32 = 600;

const REQUEST_PRIVATE_NETWORK: HeaderName = HeaderName::from_static("access-control-request-private-network");
const ALLOW_PRIVATE_NETWORK: HeaderName = HeaderName::from_static("access-control-allow-private-network");

/// Lets a request in, with its [`Caller`](crate::door::Caller) among its extensions, or refuses it.
pub(super) async fn guard(State(host): State<Arc<Host>>, mut request: Request, next: Next) -> Response {
    let door = &host.door;
    let area = area(&request);
    let page = page(request.headers()).filter(|_| area == Area::Chat).cloned();
    let page = page.filter(|page| page.to_str().is_ok_and(|page| door.admits_pages_of(page)));
    if is_preflight(&request) {
        return match &page {
            Some(page) => preflight(page, request.headers()),
            None => {
                host.metrics.refused(area.name(), DoorRefusal::Preflight.name());
                refused(DoorRefusal::Preflight)
            }
        };
    }
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let (admitted, from_admin) = {
        let admit = |area| {
            door.admit(&Knock {
                peer: peer.map(|ConnectInfo(peer)| peer.ip()),
                area,
                takes_files: FILES.iter().any(|path| request.uri().path().ends_with(path)),
                method: request.method(),
                uri: request.uri(),
                headers: request.headers(),
            })
        };
        (admit(area), FromAdmin(area == Area::Public && admit(Area::Admin).is_ok()))
    };
    let mut response = match admitted {
        Ok(caller) => {
            if let Some(entry) = request.extensions().get::<RequestRecord>() {
                entry.came_with(caller.key());
            }
            request.extensions_mut().insert(from_admin);
            request.extensions_mut().insert(caller);
            match unpack(request) {
                Ok(request) => next.run(request).await,
                Err(unread) => unread.into_response(),
            }
        }
        Err(refusal) => {
            host.metrics.refused(area.name(), refusal.name());
            refused(refusal)
        }
    };
    if area == Area::Chat && door.has_origins() {
        let headers = response.headers_mut();
        headers.append(VARY, HeaderValue::from_static("origin"));
        if let Some(page) = page {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, page);
            let exposed = HeaderValue::from_static(EXPOSED);
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
        }
    }
    response
}

fn area(request: &Request) -> Area {
    let path = request.uri().path();
    let known = AREAS.iter().find(|(known, _)| *known == path).map(|(_, area)| *area);
    let is_served = request.extensions().get::<MatchedPath>().is_some();
    known.unwrap_or_else(|| {
        let one_model = ["/v1/models/", "/v2/models/"].iter().any(|models| path.starts_with(models));
        match is_served {
            true if one_model => Area::Chat,
            // The page holds nothing of this host; what it then asks for is the admin's.
            true if path.starts_with("/console/") => Area::Public,
            // Whoever mistakes a path of chat is told so, and nothing else.
            false if wrong_path::is_a_clients(path) => Area::Public,
            _ => Area::Admin,
        }
    })
}

/// Whether a browser asks before it sends a page's request. It changes nothing and needs no key.
fn is_preflight(request: &Request) -> bool {
    let has = |name| request.headers().contains_key(name);
    request.method() == Method::OPTIONS && has(ORIGIN) && has(ACCESS_CONTROL_REQUEST_METHOD)
}

/// What pages may send: every header they ask for, since none but the key opens anything. Credentials
/// a browser adds of its own accord, such as cookies, are never admitted.
fn preflight(page: &HeaderValue, asked: &HeaderMap) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, page.clone());
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
    if let Some(names) = asked.get(ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    if asked.contains_key(REQUEST_PRIVATE_NETWORK) {
        headers.insert(ALLOW_PRIVATE_NETWORK, HeaderValue::from_static("true"));
    }
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from(PREFLIGHT_KEPT));
    headers.insert(VARY, HeaderValue::from_static("origin, access-control-request-headers"));
    response
}

fn refused(refusal: DoorRefusal) -> Response {
    let challenge = match refusal {
        DoorRefusal::NoKey => Some("Bearer realm=\"qianfan-host\""),
        DoorRefusal::WrongKey | DoorRefusal::Expired => {
            Some("Bearer realm=\"qianfan-host\", error=\"invalid_token\"")
        }
        _ => None,
    };
    let mut response = ApiError::from(refusal).into_response();
    if let Some(challenge) = challenge {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
    response
}

#[cfg(test)]
mod tests;
