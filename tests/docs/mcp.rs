//! The page about language models: its client's configuration starts a session, its service's one is taken, and its table names the tools with their scopes.

use serde_json::{Value, json};

use super::blocks;
use crate::mcp::Session;
use crate::process::{folder, root};
use crate::server::running::Running;

fn block(kind: &str) -> String {
    blocks::of("mcp.md").into_iter().find(|block| block.kind == kind).unwrap().text
}

#[tokio::test(flavor = "multi_thread")]
async fn the_configuration_of_a_client_starts_a_session() {
    let shown: Value = serde_json::from_str(&block("json")).unwrap();
    let server = &shown["mcpServers"]["kulanz"];
    assert_eq!(server["command"], "kulanz");
    let folder = folder(&[]);
    let ledger = format!("sqlite:{}", folder.path().join("kulanz.db").display());
    let arguments: Vec<_> = server["args"].as_array().unwrap().iter().map(|argument| argument.as_str().unwrap()).collect();
    assert!(arguments.contains(&"sqlite:kulanz.db"));
    let arguments: Vec<_> = arguments.into_iter().map(|argument| if argument == "sqlite:kulanz.db" { &ledger } else { argument }).collect();
    let (&"mcp", arguments) = arguments.split_first().unwrap() else { panic!("{arguments:?}") };
    let session = Session::stdio(arguments).await;
    let page = include_str!("../../docs/mcp.md");
    for name in session.names().await {
        assert!(page.contains(&format!("\n| `{name}` |")), "{name}");
    }
    assert_eq!(session.names().await.len(), 4);
    session.right("options", json!({})).await;
    session.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_configuration_of_the_service_is_taken() {
    let config = folder(&[("kulanz.toml", &block("toml"))]);
    let path = config.path().join("kulanz.toml");
    let service = Running::start(&root().join("policies/fashion-shop"), &["--config", path.to_str().unwrap()]);
    let session = Session::http(service.url("/mcp"), None).await;
    assert_eq!(session.names().await, ["options", "ask"]);
}
