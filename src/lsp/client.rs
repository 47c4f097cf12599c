//! What the editor can do.

use gen_lsp_types::Uri;
use serde_json::Value;

use super::text::Encoding;

/// What the editor can do, as far as it matters here.
#[derive(Clone, Debug, Default)]
pub struct Client {
    /// What both count in a line.
    pub encoding: Encoding,
    /// It shows snippets with places to fill in.
    pub snippets: bool,
    /// It watches files on demand.
    pub watches: bool,
    /// It shows what belongs to a problem at other places.
    pub related: bool,
    /// It asks for code lenses again when told to.
    pub renews_lenses: bool,
    /// It asks for semantic tokens again when told to.
    pub renews_tokens: bool,
    /// Where a problem is explained, with `{code}` in the place of its code.
    pub problem_page: Option<String>,
    /// The folders that somebody works in.
    pub folders: Vec<Uri>,
}

impl Client {
    /// From the parameters of `initialize`.
    pub fn of(params: &Value) -> Self {
        let can = |path: &str| params.pointer(&format!("/capabilities/{path}")).and_then(Value::as_bool).unwrap_or(false);
        let encodings = params.pointer("/capabilities/general/positionEncodings").and_then(Value::as_array);
        let utf8 = encodings.is_some_and(|encodings| encodings.iter().any(|encoding| encoding == "utf-8"));
        Self {
            encoding: if utf8 { Encoding::Utf8 } else { Encoding::Utf16 },
            snippets: can("textDocument/completion/completionItem/snippetSupport"),
            watches: can("workspace/didChangeWatchedFiles/dynamicRegistration"),
            related: can("textDocument/publishDiagnostics/relatedInformation"),
            renews_lenses: can("workspace/codeLens/refreshSupport"),
            renews_tokens: can("workspace/semanticTokens/refreshSupport"),
            problem_page: params.pointer("/initializationOptions/problemPage").and_then(Value::as_str).map(str::to_owned),
            folders: folders(params),
        }
    }
}

fn folders(params: &Value) -> Vec<Uri> {
    let uri = |value: &Value| value.as_str().and_then(|uri| uri.parse().ok());
    if let Some(folders) = params.get("workspaceFolders").and_then(Value::as_array) {
        return folders.iter().filter_map(|folder| uri(folder.get("uri")?)).collect();
    }
    let root = params.get("rootUri").and_then(uri);
    root.or_else(|| Uri::from_file_path(params.get("rootPath")?.as_str()?).ok()).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_folders_are_where_the_editor_says_so() {
        let of = |params: Value| Client::of(&params).folders.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(of(json!({"workspaceFolders": [{"uri": "file:///a", "name": "a"}], "rootUri": "file:///b"})), ["file:///a"]);
        assert_eq!(of(json!({"workspaceFolders": null, "rootUri": "file:///b"})), ["file:///b"]);
        assert!(of(json!({})).is_empty());
    }

    #[test]
    fn bytes_are_counted_where_both_can() {
        let of = |encodings: Value| Client::of(&json!({"capabilities": {"general": {"positionEncodings": encodings}}})).encoding;
        assert_eq!(of(json!(["utf-16", "utf-8"])), Encoding::Utf8);
        assert_eq!(of(json!(["utf-16"])), Encoding::Utf16);
        assert_eq!(of(Value::Null), Encoding::Utf16);
    }
}
