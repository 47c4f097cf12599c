//! The servers that stand beside Kulanz, on the same axum.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::serve::ListenerExt;
use peer_cedar::{Cedar, Sliced};
use peers::by_hand::ByHand;
use peers::{Contender, Kind, Scenario, words};

/// `bare ANSWER`, `by-hand SIZE`, `cedar SIZE`: serves until it is stopped.
///
/// # Errors
/// Where it cannot serve.
pub fn serve(arguments: &[String]) -> Result<(), String> {
    let [what, argument] = arguments else { return Err("serve bare|by-hand|cedar ARGUMENT".to_owned()) };
    match what.as_str() {
        "bare" => {
            let answer = Bytes::from(argument.clone());
            listen(move |_| Some(answer.clone()))
        }
        "by-hand" => {
            let scenario: &Scenario = Box::leak(Box::new(scenario(argument)?));
            let rules = ByHand::new(scenario);
            listen(move |question| {
                let mut answer = Vec::with_capacity(128);
                rules.json(question, &mut answer).ok()?;
                Some(answer.into())
            })
        }
        "cedar" => {
            let cedar = Cedar::<Sliced>::load(Cedar::<Sliced>::source(&scenario(argument)?))?;
            listen(move |call| Some(Bytes::from_static(if cedar.answer(call) { br#"{"decision":"Allow"}"# } else { br#"{"decision":"Deny"}"# })))
        }
        other => Err(format!("nothing is called {other:?}")),
    }
}

fn scenario(size: &str) -> Result<Scenario, String> {
    Ok(Scenario::new(Kind::Spread, size.parse().map_err(words)?))
}

fn listen(answer: impl Fn(&str) -> Option<Bytes> + Send + Sync + 'static) -> Result<(), String> {
    let answer = Arc::new(answer);
    let handler = move |body: Bytes| {
        let answer = Arc::clone(&answer);
        async move { respond(str::from_utf8(&body).ok().and_then(|question| answer(question))) }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(words)?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.map_err(words)?;
        println!("listening on http://{}", listener.local_addr().map_err(words)?);
        let listener = listener.tap_io(|stream| {
            let _ = stream.set_nodelay(true);
        });
        axum::serve(listener, Router::new().route("/v1/ask", post(handler))).await.map_err(words)
    })
}

fn respond(answer: Option<Bytes>) -> Response {
    match answer {
        Some(answer) => ([(CONTENT_TYPE, "application/json")], answer).into_response(),
        None => StatusCode::UNPROCESSABLE_ENTITY.into_response(),
    }
}
