//! Accepting connections: bounded in number, in the time a silent client may hold one, and stopped without cutting off an answer.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::config::Limits;
use super::front::Front;
use super::pulse::{Alarm, Member, Pulse, Pulses};
use super::router::router;
use super::service::Service;
use super::stalled::Impatient;
use super::tls::Tls;

/// How long to wait where the system, or the bound on connections, has no room for another one.
const BREATH: Duration = Duration::from_millis(100);

/// A service needs some files besides its connections: the pack, the ledger, the log.
const BESIDES: u64 = 100;

/// Lets this process open as many files as the system allows it: each connection is one, and many systems begin with 1,024.
pub fn allow_files(connections: usize) {
    let needed = u64::try_from(connections).unwrap_or(u64::MAX).saturating_add(BESIDES);
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(most) if most < needed => {
            tracing::warn!(
                most,
                connections,
                "the system lets this process open fewer files than there may be connections; raise its limit, or lower `limits.connections`"
            );
        }
        Ok(_) => {}
        Err(error) => tracing::warn!(%error, "the limit of open files cannot be raised"),
    }
}

/// Serves until `stop`, then finishes the requests that are under way, for as long as the limits allow.
pub async fn serve(listener: TcpListener, service: Arc<Service>, tls: Option<Tls>, limits: Limits, stop: impl Future<Output = ()>) {
    let graceful = GracefulShutdown::new();
    let connections = Arc::new(Semaphore::new(limits.connections));
    let pulses = Arc::new(Pulses::default());
    let router = router(Arc::clone(&service));
    let ticking = Arc::clone(&pulses);
    let clock = tokio::spawn(async move { ticking.tick().await });
    tokio::pin!(stop);
    loop {
        tokio::select! {
            biased;
            () = &mut stop => break,
            accepted = accept(&listener, &connections, &pulses) => match accepted {
                Ok((stream, place)) => {
                    let member = pulses.join();
                    let front = Front::new(Arc::clone(&service), router.clone(), Arc::clone(&member.pulse));
                    hold(stream, (place, member), front, (tls.as_ref(), limits), &graceful);
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(BREATH).await;
                }
            },
        }
    }
    drop(listener);
    drain(graceful, limits).await;
    clock.abort();
}

/// The next client and its place. Where all places are taken, the connection that has been idle longest makes room.
async fn accept(listener: &TcpListener, connections: &Arc<Semaphore>, pulses: &Pulses) -> std::io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let (stream, _) = listener.accept().await?;
    // It fails where the client has already gone, which is no fault of the listener.
    let _ = stream.set_nodelay(true);
    loop {
        if let Ok(place) = Arc::clone(connections).try_acquire_owned() {
            return Ok((stream, place));
        }
        pulses.make_room();
        // Whoever leaves frees a place at once; if nobody is idle yet, somebody may be soon.
        if let Ok(place) = tokio::time::timeout(BREATH, Arc::clone(connections).acquire_owned()).await {
            return Ok((stream, place.map_err(std::io::Error::other)?));
        }
    }
}

fn hold(stream: TcpStream, place: (OwnedSemaphorePermit, Member), front: Front, how: (Option<&Tls>, Limits), graceful: &GracefulShutdown) {
    let pulse = Arc::clone(&place.1.pulse);
    let (watcher, (tls, limits)) = (graceful.watcher(), how);
    let stream = Box::pin(Impatient::new(stream, limits.write(), Arc::clone(&pulse)));
    match tls {
        None => tokio::spawn(async move {
            answer(stream, &pulse, front, limits, watcher).await;
            drop(place);
        }),
        Some(tls) => {
            let handshake = tls.acceptor().accept(stream);
            tokio::spawn(async move {
                // A client that does not get done with it has as long as for the head of a request.
                match attended(&pulse, tokio::time::timeout(limits.header(), handshake)).await {
                    Some(Ok(Ok(stream))) => answer(Box::pin(stream), &pulse, front, limits, watcher).await,
                    Some(Ok(Err(error))) => tracing::debug!(%error, "no encryption was agreed on"),
                    Some(Err(_)) => tracing::debug!("the encryption was not agreed on in time"),
                    None => tracing::debug!("an idle connection makes room"),
                }
                drop(place);
            })
        }
    };
}

/// Answers the requests of a connection.
async fn answer(stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static, pulse: &Arc<Pulse>, front: Front, limits: Limits, watcher: Watcher) {
    let builder = http1::Builder::new().timer(Alarm(Arc::clone(pulse))).header_read_timeout(limits.header()).clone();
    let connection = watcher.watch(builder.serve_connection(TokioIo::new(stream), front));
    match attended(pulse, connection).await {
        Some(Ok(())) => {}
        Some(Err(error)) => tracing::debug!(%error, "a connection ended early"),
        None => tracing::debug!("an idle connection makes room"),
    }
}

/// What a future of a connection comes to; nothing where the connection is idle and is to make room.
async fn attended<F: Future>(pulse: &Pulse, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    poll_fn(|context| {
        pulse.attend(context);
        // What has begun since is not cut off. A look at the connection counts as life, so this comes first.
        if pulse.is_told_to_leave() && pulse.is_idle() {
            return Poll::Ready(None);
        }
        future.as_mut().poll(context).map(Some)
    })
    .await
}

async fn drain(graceful: GracefulShutdown, limits: Limits) {
    let waiting = graceful.count();
    tracing::info!(connections = waiting, "stopping");
    if tokio::time::timeout(limits.drain(), graceful.shutdown()).await.is_err() {
        tracing::error!(seconds = limits.drain_seconds, "some requests were not done in time and are cut off");
    }
}

/// Waits for SIGTERM or SIGINT.
///
/// # Errors
///
/// When the system does not let this process listen for signals.
#[cfg(unix)]
pub fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Waits for an interrupt.
///
/// # Errors
///
/// Never; where it cannot be listened for, this waits for ever.
#[cfg(not(unix))]
pub fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
