//! Connections to a server nearby over plain HTTP, each polled by whoever waits for its answer.
//!
//! A client that has a task for each connection wakes it for each piece of an answer, and is woken by it, and with
//! each wake the runtime has another thread look for work: twenty-four of thirty calls of the system's in a turn. Here
//! one task does both. Servers behind TLS or a proxy are asked through the usual client, as is one that cannot be
//! reached at once: that knows how to wait, and what to say.

use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use http::header::{ACCEPT, HOST, HeaderValue};
use http::uri::PathAndQuery;
use http::{Request, Uri};
use http_body::{Frame, SizeHint};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{self, Connection, SendRequest};
use hyper_util::rt::TokioIo;
use reqwest::{Body, Response};
use tokio::net::TcpStream;
use tokio::runtime::Handle;

/// How long a connection is kept that nothing is asked over: less than the five seconds after which many
/// servers close one.
pub const KEPT_IDLE: Duration = Duration::from_secs(4);
/// How long a server nearby has to accept a connection, before the usual client asks it.
const AT_ONCE: Duration = Duration::from_millis(200);
/// Connections that are kept between requests.
const MOST_IDLE: usize = 256;
/// How often the system asks whether a silent server is still there, and how long it tries to hand over what was sent.
const ASK_EVERY: Duration = Duration::from_secs(15);
const ASK_TIMES: u32 = 3;
const HAND_OVER: u32 = 30_000;

/// One server, and the connections to it that nobody uses now.
pub(super) struct Near {
    host: String,
    port: u16,
    /// The server's name and port, as the header `host` has them.
    authority: HeaderValue,
    /// How long it has to accept a connection.
    patience: Duration,
    idle: Mutex<IdleLinks>,
}

#[derive(Default)]
struct IdleLinks {
    /// Connections that are not in use; the one that was used last stands last.
    links: Vec<(Instant, Link)>,
    /// Whether somebody closes them when they have been kept long enough.
    is_swept: bool,
}

/// A connection that may be asked.
pub(super) struct Link {
    send: SendRequest<Body>,
    connection: Connection<TokioIo<TcpStream>, Body>,
}

/// Marks an answer whose bytes come out of its connection where it is read, and through no other task.
#[derive(Clone, Copy)]
struct ReadByItsOwner;

/// Whether all of an answer that has come so far is there at once for whoever reads it: no other task has to be let go
/// first.
pub(super) fn is_read_by_its_owner(response: &Response) -> bool {
    response.extensions().get::<ReadByItsOwner>().is_some()
}

impl fmt::Debug for Near {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Near").field("authority", &self.authority).finish_non_exhaustive()
    }
}

impl Near {
    /// The server of a URL, which may take so long to be reached; `None` where it is asked in another way.
    pub(super) fn of(url: &url::Url, connect: Option<Duration>) -> Option<Arc<Self>> {
        if url.scheme() != "http" {
            return None;
        }
        let host = url.host_str()?;
        let port = url.port_or_known_default()?;
        let authority = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let authority = HeaderValue::from_str(&authority).ok()?;
        // An address of version 6 stands in brackets in a URL.
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let patience = connect.map_or(AT_ONCE, |limit| limit.min(AT_ONCE));
        Some(Arc::new(Self { host, port, authority, patience, idle: Mutex::default() }))
    }

    /// A connection: one that was kept, or a new one where the server accepts it at once.
    pub(super) async fn link(&self) -> Option<Link> {
        loop {
            let Some((since, mut link)) = self.kept().links.pop() else { break };
            if since.elapsed() < KEPT_IDLE && link.is_idle() {
                return Some(link);
            }
        }
        let connecting = async {
            let stream = TcpStream::connect((self.host.as_str(), self.port)).await.ok()?;
            prepare(&stream).ok()?;
            http1::handshake(TokioIo::new(stream)).await.ok()
        };
        let (send, connection) = tokio::time::timeout(self.patience, connecting).await.ok()??;
        Some(Link { send, connection })
    }

    /// Sends a request over a connection, which is kept again once its answer has been read.
    pub(super) async fn send(
        self: &Arc<Self>,
        link: Link,
        request: Request<Body>,
    ) -> Result<Response, hyper::Error> {
        let Link { mut send, connection } = link;
        let mut connection = Some(connection);
        let request = self.in_origin_form(request);
        let mut sending = pin!(send.send_request(request));
        let response = poll_fn(|cx| poll_with(sending.as_mut(), &mut connection, cx)).await?;
        let (mut head, incoming) = response.into_parts();
        head.extensions.insert(ReadByItsOwner);
        let link = connection.map(|connection| Mutex::new(Link { send, connection }));
        let answer = PooledBody { incoming: Some(incoming), link, near: Arc::clone(self) };
        Ok(http::Response::from_parts(head, Body::wrap(answer)).into())
    }

    /// A connection carries the path alone, and the host in a header.
    fn in_origin_form(&self, mut request: Request<Body>) -> Request<Body> {
        let path = request.uri().path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
        *request.uri_mut() = Uri::from(path);
        request.headers_mut().insert(HOST, self.authority.clone());
        request.headers_mut().entry(ACCEPT).or_insert(HeaderValue::from_static("*/*"));
        request
    }

    fn keep(self: &Arc<Self>, mut link: Link) {
        // A connection is kept only within a runtime: elsewhere no task would close it.
        let Ok(runtime) = Handle::try_current() else { return };
        if !link.is_idle() {
            return;
        }
        let mut kept = self.kept();
        if kept.links.len() < MOST_IDLE {
            kept.links.push((Instant::now(), link));
        }
        if !std::mem::replace(&mut kept.is_swept, true) {
            runtime.spawn(sweep(Arc::downgrade(self)));
        }
    }

    /// Closes what nobody has used for long; gives whether there is more.
    fn close_old(&self) -> bool {
        let mut kept = self.kept();
        let (old, links) =
            std::mem::take(&mut kept.links).into_iter().partition(|(since, _)| since.elapsed() >= KEPT_IDLE);
        kept.links = links;
        kept.is_swept = !kept.links.is_empty();
        let is_swept = kept.is_swept;
        drop(kept);
        drop::<Vec<_>>(old);
        is_swept
    }

    fn kept(&self) -> MutexGuard<'_, IdleLinks> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends when all connections are used or closed.
async fn sweep(near: Weak<Near>) {
    loop {
        tokio::time::sleep(KEPT_IDLE).await;
        if !near.upgrade().is_some_and(|near| near.close_old()) {
            return;
        }
    }
}

fn prepare(stream: &TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    rustix::net::sockopt::set_socket_keepalive(stream, true)?;
    rustix::net::sockopt::set_tcp_keepidle(stream, ASK_EVERY)?;
    rustix::net::sockopt::set_tcp_keepintvl(stream, ASK_EVERY)?;
    rustix::net::sockopt::set_tcp_keepcnt(stream, ASK_TIMES)?;
    #[cfg(target_os = "linux")]
    rustix::net::sockopt::set_tcp_user_timeout(stream, HAND_OVER)?;
    Ok(())
}

impl Link {
    /// Whether the server has neither closed the connection nor anything more to say.
    fn is_idle(&mut self) -> bool {
        let mut nobody = Context::from_waker(Waker::noop());
        Pin::new(&mut self.connection).poll(&mut nobody).is_pending() && self.send.is_ready()
    }
}

/// Polls what waits for a connection, and the connection for it.
fn poll_with<W: Future>(
    mut waiting: Pin<&mut W>,
    connection: &mut Option<Connection<TokioIo<TcpStream>, Body>>,
    cx: &mut Context<'_>,
) -> Poll<W::Output> {
    if let Poll::Ready(output) = waiting.as_mut().poll(cx) {
        return Poll::Ready(output);
    }
    // Whoever waits is told what became of it.
    if let Some(polled) = connection
        && Pin::new(polled).poll(cx).is_ready()
    {
        *connection = None;
    }
    waiting.poll(cx)
}

/// An answer's body with the connection that it comes over.
struct PooledBody {
    /// `None` once it is being dropped.
    incoming: Option<Incoming>,
    /// `None` where the connection has ended. Nobody but the answer's owner gets to it; the lock only says so.
    link: Option<Mutex<Link>>,
    near: Arc<Near>,
}

impl PooledBody {
    fn poll_connection(&mut self, cx: &mut Context<'_>) {
        if let Some(link) = &mut self.link {
            let link = link.get_mut().unwrap_or_else(PoisonError::into_inner);
            if Pin::new(&mut link.connection).poll(cx).is_ready() {
                self.link = None;
            }
        }
    }
}

impl http_body::Body for PooledBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Some(incoming) = &mut self.incoming else { return Poll::Ready(None) };
        if let Poll::Ready(frame) = Pin::new(incoming).poll_frame(cx) {
            return Poll::Ready(frame);
        }
        self.poll_connection(cx);
        let Some(incoming) = &mut self.incoming else { return Poll::Ready(None) };
        Pin::new(incoming).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.as_ref().is_none_or(|incoming| incoming.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.as_ref().map_or_else(SizeHint::default, |incoming| incoming.size_hint())
    }
}

impl Drop for PooledBody {
    /// What is left of an answer is read where it has come already; otherwise the connection ends here, and with it the
    /// server's work.
    fn drop(&mut self) {
        drop(self.incoming.take());
        if let Some(link) = self.link.take() {
            self.near.keep(link.into_inner().unwrap_or_else(PoisonError::into_inner));
        }
    }
}

#[cfg(test)]
mod tests;
