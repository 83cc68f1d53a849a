//! One client's connection, from its acceptance to its end.

use std::convert::Infallible;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::activity::{Activity, ConnectionOrder};
use super::again::RepeatedPoll;
use super::body::{AnswerBody, AnswerEnd, Late, RequestBody};
use super::stream::WatchedStream;
use crate::http::routes::Routes;

/// Most bytes of a head that has not come whole, and of what waits in memory of a body or an answer. A head is looked
/// at before it is measured, and a read may fill a buffer of twice the size: a longer one that came at once is served.
const BUFFER: usize = 64 << 10;
/// When a connection on which nothing moves is asked whether its client is still there.
const ASK_AFTER: Duration = Duration::from_secs(30);
/// The pause between two such questions, and how many go unanswered before it is given up.
const ASK_AGAIN: Duration = Duration::from_secs(10);
const ASK_TIMES: u32 = 3;
/// How long a refused client may go on sending, and how long it may pause, before it is cut off.
const LINGER: Duration = Duration::from_secs(30);
const LINGER_PAUSE: Duration = Duration::from_secs(2);

/// Pieces of an answer are small and must not wait for one another; a client that vanished without
/// a word must not keep its place while a model is silent.
pub(super) fn prepare(stream: &TcpStream, stall: Duration) {
    let set = || {
        stream.set_nodelay(true)?;
        rustix::net::sockopt::set_socket_keepalive(stream, true)?;
        rustix::net::sockopt::set_tcp_keepidle(stream, ASK_AFTER)?;
        rustix::net::sockopt::set_tcp_keepintvl(stream, ASK_AGAIN)?;
        rustix::net::sockopt::set_tcp_keepcnt(stream, ASK_TIMES)?;
        // What was handed to the system and never arrives; without it the system tries for a quarter
        // of an hour.
        #[cfg(target_os = "linux")]
        rustix::net::sockopt::set_tcp_user_timeout(
            stream,
            u32::try_from(stall.as_millis()).unwrap_or(u32::MAX),
        )?;
        std::io::Result::Ok(())
    };
    if let Err(error) = set() {
        tracing::debug!("Cannot set a connection's options: {error}");
    }
}

/// Serves requests until the client leaves, is too slow, or the server wants the end.
pub(super) async fn serve(stream: TcpStream, peer: SocketAddr, routes: Arc<Routes>, activity: Arc<Activity>) {
    let asked = Arc::clone(&activity);
    let io = TokioIo::new(WatchedStream::new(stream, Arc::clone(&activity), Arc::clone(&routes)));
    let service = service_fn(move |request| answer(&routes, request, peer, &asked));
    let mut builder = http1::Builder::new();
    // The activity knows how long a header may take, and an idle connection may stay.
    builder.header_read_timeout(None).max_buf_size(BUFFER);
    let mut connection = builder.serve_connection(io, service);
    let mut patience = pin!(sleep_until(Instant::now()));
    let again = RepeatedPoll::default();
    loop {
        // Whatever happens on the connection happens while it is polled, so the deadline is looked at after.
        let ended = poll_fn(|cx| {
            if let Poll::Ready(result) = again.poll(Pin::new(&mut connection), cx) {
                if let Err(error) = result {
                    tracing::debug!("A connection of {peer} ended: {error}");
                }
                return Poll::Ready(());
            }
            let Some(deadline) = activity.deadline().map(Instant::from_std) else { return Poll::Pending };
            if patience.deadline() != deadline {
                patience.as_mut().reset(deadline);
            }
            patience.as_mut().poll(cx).map(|()| tracing::debug!("A connection of {peer} was too slow"))
        });
        let order = tokio::select! {
            () = ended => break,
            order = activity.order() => order,
        };
        match order {
            ConnectionOrder::Serve => {}
            ConnectionOrder::Finish => Pin::new(&mut connection).graceful_shutdown(),
            ConnectionOrder::Cut => return,
        }
    }
    if activity.is_unread() {
        tokio::select! {
            () = linger(connection.into_parts().io.into_inner().stream) => {}
            _ = activity.order() => {}
        }
    }
}

/// Reads on, and keeps nothing, after the answer to a request whose body nobody wanted: a system that
/// closes a connection with bytes unread resets it, and the client that is still sending would lose the
/// answer with its reason.
async fn linger(mut stream: TcpStream) {
    _ = stream.shutdown().await;
    let end = Instant::now() + LINGER;
    // Not part of the connection's future: few connections come here, and all would carry it.
    let mut unwanted = vec![0; 8 << 10];
    loop {
        let pause = end.min(Instant::now() + LINGER_PAUSE);
        match timeout_at(pause, stream.read(&mut unwanted)).await {
            Ok(Ok(1..)) => {}
            Ok(Ok(0) | Err(_)) | Err(_) => return,
        }
    }
}

fn answer(
    routes: &Routes,
    request: Request<Incoming>,
    peer: SocketAddr,
    activity: &Arc<Activity>,
) -> impl Future<Output = Result<Response<AnswerBody>, Infallible>> + use<> {
    let (mut parts, body) = request.into_parts();
    let late = Late::default();
    parts.extensions.insert(ConnectInfo(peer));
    parts.extensions.insert(late.clone());
    parts.extensions.insert(Arc::clone(routes.running()));
    let (end, asked) = (AnswerEnd(Arc::clone(activity)), Arc::clone(activity));
    let body = Body::new(RequestBody::new(body, Arc::clone(activity), late));
    let answering = TowerToHyperService::new(routes.now()).call(Request::from_parts(parts, body));
    async move {
        let mut answer = answering.await?;
        if asked.is_unread() {
            // A client that keeps connections must not send its next request on this one.
            answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        Ok(answer.map(|body| AnswerBody { body, _end: end }))
    }
}
