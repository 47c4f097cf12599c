//! Accepting connections: bounded in number, in the time a silent client may hold one, and stopped without cutting off an answer.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::config::Limits;
use super::stalled::Impatient;

/// How long to wait before accepting again where the system has no room for another connection.
const BREATH: Duration = Duration::from_millis(100);

/// Serves until `stop`, then finishes the requests that are under way, for as long as the limits allow.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: impl Future<Output = ()>) {
    let graceful = GracefulShutdown::new();
    let connections = Arc::new(Semaphore::new(limits.connections));
    tokio::pin!(stop);
    loop {
        tokio::select! {
            biased;
            () = &mut stop => break,
            accepted = accept(&listener, &connections) => match accepted {
                Ok((stream, place)) => hold(stream, place, router.clone(), limits, &graceful),
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(BREATH).await;
                }
            },
        }
    }
    drop(listener);
    drain(graceful, limits).await;
}

async fn accept(listener: &TcpListener, connections: &Arc<Semaphore>) -> std::io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let place = Arc::clone(connections).acquire_owned().await.map_err(std::io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    stream.set_nodelay(true)?;
    Ok((stream, place))
}

fn hold(stream: TcpStream, place: OwnedSemaphorePermit, router: Router, limits: Limits, graceful: &GracefulShutdown) {
    let io = TokioIo::new(Box::pin(Impatient::new(stream, limits.write())));
    let service = TowerToHyperService::new(router);
    let connection = http1::Builder::new().timer(TokioTimer::new()).header_read_timeout(limits.header()).serve_connection(io, service);
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection ended early");
        }
        drop(place);
    });
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
