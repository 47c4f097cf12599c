//! The official client, over the standard streams of a process and over HTTP.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures::stream::BoxStream;
use rmcp::model::{CallToolRequestParams, CallToolResult, ClientJsonRpcMessage, ServerJsonRpcMessage, Tool};
use rmcp::service::{RoleClient, RunningService};
use rmcp::transport::TokioChildProcess;
use rmcp::transport::streamable_http_client::{
    StreamableHttpClient, StreamableHttpClientTransport, StreamableHttpClientTransportConfig, StreamableHttpError, StreamableHttpPostResponse,
};
use rmcp::{ClientHandler, ServiceExt};
use serde_json::Value;
use sse_stream::{Error as SseError, Sse};
use ureq::http::{HeaderName, HeaderValue};

use crate::process::command;

/// A session of the official client.
pub struct Session<H: ClientHandler = ()> {
    service: RunningService<RoleClient, H>,
}

/// What a tool answered.
#[derive(Debug)]
pub struct Told {
    pub text: String,
    pub json: Value,
}

impl Session {
    /// With `kulanz mcp` and these arguments.
    pub async fn stdio(arguments: &[&str]) -> Self {
        Session::listening(arguments, ()).await
    }

    /// With a service over HTTP, by a token where there is one.
    pub async fn http(url: String, token: Option<&str>) -> Self {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_mins(1))).build().new_agent();
        let mut config = StreamableHttpClientTransportConfig::with_uri(url);
        config.auth_header = token.map(str::to_owned);
        let transport = StreamableHttpClientTransport::with_client(Http(agent), config);
        Self { service: ().serve(transport).await.unwrap() }
    }
}

impl<H: ClientHandler> Session<H> {
    /// The same, with somebody who listens to notifications.
    pub async fn listening(arguments: &[&str], handler: H) -> Self {
        let mut command = tokio::process::Command::from(command());
        command.arg("mcp").args(arguments);
        Self { service: handler.serve(TokioChildProcess::new(command).unwrap()).await.unwrap_or_else(|error| panic!("{error}")) }
    }

    pub async fn tools(&self) -> Vec<Tool> {
        self.service.list_all_tools().await.unwrap()
    }

    /// What the server says of itself.
    pub fn server(&self) -> Value {
        serde_json::to_value(&*self.service.peer_info().unwrap()).unwrap()
    }

    pub async fn names(&self) -> Vec<String> {
        self.tools().await.into_iter().map(|tool| tool.name.into_owned()).collect()
    }

    async fn call(&self, tool: &'static str, arguments: Value) -> CallToolResult {
        let Value::Object(arguments) = arguments else { panic!("{arguments}") };
        self.service.call_tool(CallToolRequestParams::new(tool).with_arguments(arguments)).await.unwrap()
    }

    /// An answer that is no error.
    #[track_caller]
    pub fn right(&self, tool: &'static str, arguments: Value) -> impl Future<Output = Told> {
        let call = self.call(tool, arguments);
        async move {
            let result = call.await;
            assert_eq!(result.is_error, Some(false), "{result:?}");
            read(&result)
        }
    }

    /// An error with this code.
    pub fn wrong(&self, tool: &'static str, arguments: Value, code: &str) -> impl Future<Output = Told> {
        let call = self.call(tool, arguments);
        async move {
            let result = call.await;
            assert_eq!(result.is_error, Some(true), "{result:?}");
            let told = read(&result);
            assert_eq!(told.json["code"], code, "{told:?}");
            told
        }
    }

    /// That a tool is not there at all.
    pub async fn is_missing(&self, tool: &'static str) {
        assert!(self.service.call_tool(CallToolRequestParams::new(tool)).await.is_err(), "{tool}");
    }

    pub async fn end(self) {
        self.service.cancel().await.unwrap();
    }
}

fn read(result: &CallToolResult) -> Told {
    let text = result.content.iter().filter_map(|block| block.as_text()).map(|block| block.text.clone()).collect();
    Told { text, json: result.structured_content.clone().unwrap() }
}

/// Carries messages over HTTP.
#[derive(Clone)]
struct Http(ureq::Agent);

type Failed = StreamableHttpError<ureq::Error>;

impl StreamableHttpClient for Http {
    type Error = ureq::Error;

    async fn post_message(
        &self,
        uri: Arc<str>,
        message: ClientJsonRpcMessage,
        _: Option<Arc<str>>,
        token: Option<String>,
        headers: HashMap<HeaderName, HeaderValue>,
    ) -> Result<StreamableHttpPostResponse, Failed> {
        let agent = self.0.clone();
        let sent = move || {
            let request = agent.post(&*uri).header("content-type", "application/json").header("accept", "application/json, text/event-stream");
            let request = headers.into_iter().fold(request, |request, (name, value)| request.header(name, value));
            let request = token.into_iter().fold(request, |request, token| request.header("authorization", format!("Bearer {token}")));
            let mut response = request.send(serde_json::to_vec(&message).unwrap()).map_err(StreamableHttpError::Client)?;
            let body = response.body_mut().read_to_string().map_err(StreamableHttpError::Client)?;
            match response.status().as_u16() {
                202 => Ok(StreamableHttpPostResponse::Accepted),
                status => match serde_json::from_str::<ServerJsonRpcMessage>(&body) {
                    Ok(message) => Ok(StreamableHttpPostResponse::Json(message, None)),
                    Err(error) => Err(StreamableHttpError::UnexpectedServerResponse(format!("{status} {error}: {body}").into())),
                },
            }
        };
        tokio::task::spawn_blocking(sent).await.unwrap()
    }

    async fn delete_session(&self, _: Arc<str>, _: Arc<str>, _: Option<String>, _: HashMap<HeaderName, HeaderValue>) -> Result<(), Failed> {
        Err(StreamableHttpError::ServerDoesNotSupportDeleteSession)
    }

    async fn get_stream(
        &self,
        _: Arc<str>,
        _: Option<Arc<str>>,
        _: Option<String>,
        _: Option<String>,
        _: HashMap<HeaderName, HeaderValue>,
    ) -> Result<BoxStream<'static, Result<Sse, SseError>>, Failed> {
        Err(StreamableHttpError::ServerDoesNotSupportSse)
    }
}
