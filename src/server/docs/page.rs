//! OpenAPI as HTML: every operation with its parameters, body, example and errors, and every schema. Every tag is closed, so that it is XML too.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::markup::escaped;

/// An operation, with its method and its path.
struct Operation<'d> {
    method: &'d str,
    path: &'d str,
    is: &'d Value,
}

/// The page of a description.
pub fn page(description: &Value, style: &str, script: &str) -> String {
    let info = |name: &str| escaped(text(&description["info"], name));
    let (title, version) = (info("title"), info("version"));
    let mut out = String::from("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n");
    out.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n");
    let _ = writeln!(out, "<title>{title} {version}</title>\n<style>{style}</style>\n</head>\n<body>");
    let _ = writeln!(out, "<header><h1>{title} <span class=\"quiet\">{version}</span></h1><p>{}</p>", info("description"));
    out.push_str("<p>For tools: <a href=\"openapi.json\">openapi.json</a></p>\n");
    out.push_str("<label>Search <input id=\"search\" type=\"search\" autocomplete=\"off\"/></label></header>\n<nav>\n");
    let tags = list(&description["tags"]);
    for tag in tags {
        contents(&mut out, text(tag, "name"), &operations(description, text(tag, "name")));
    }
    out.push_str("<h2><a href=\"#schemas\">schemas</a></h2>\n</nav>\n<main>\n<p id=\"none\" hidden=\"hidden\">Nothing has all of these words.</p>\n");
    let components = &description["components"];
    let schemas = &components["schemas"];
    security(&mut out, &components["securitySchemes"]);
    for tag in tags {
        let name = text(tag, "name");
        let _ = writeln!(out, "<section><h2>{}</h2><p>{}</p>", escaped(name), prose(text(tag, "description")));
        for one in operations(description, name) {
            operation(&mut out, &one, schemas);
        }
        out.push_str("</section>\n");
    }
    out.push_str("<section id=\"schemas\"><h2>schemas</h2>\n");
    members(schemas).for_each(|(name, is)| schema(&mut out, name, is));
    let _ = writeln!(out, "</section>\n</main>\n<script>{script}</script>\n</body>\n</html>");
    out
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn operations<'d>(description: &'d Value, tag: &str) -> Vec<Operation<'d>> {
    let all = members(&description["paths"]).flat_map(|(path, methods)| members(methods).map(move |(method, is)| Operation { method, path, is }));
    all.filter(|operation| list(&operation.is["tags"]).iter().any(|own| own == tag)).collect()
}

/// What is between backticks is code.
fn prose(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts.map(|(at, part)| if at % 2 == 1 { format!("<code>{}</code>", escaped(part)) } else { escaped(part) }).collect()
}

fn contents(out: &mut String, tag: &str, operations: &[Operation<'_>]) {
    let _ = writeln!(out, "<h2>{}</h2>\n<ul>", escaped(tag));
    for Operation { method, path, is } in operations {
        let id = escaped(text(is, "operationId"));
        let _ = writeln!(out, "<li><a href=\"#{id}\"><span class=\"method\">{}</span>{}</a></li>", escaped(method), escaped(path));
    }
    out.push_str("</ul>\n");
}

fn security(out: &mut String, schemes: &Value) {
    out.push_str("<section><h2>Who may ask</h2>\n");
    for (name, scheme) in members(schemes) {
        let _ = writeln!(
            out,
            "<p><code>{}</code>: {} {}, {}</p>",
            escaped(name),
            escaped(text(scheme, "type")),
            escaped(text(scheme, "scheme")),
            prose(text(scheme, "description"))
        );
    }
    out.push_str("</section>\n");
}

fn operation(out: &mut String, operation: &Operation<'_>, schemas: &Value) {
    let Operation { method, path, is } = operation;
    let id = escaped(text(is, "operationId"));
    let _ = writeln!(out, "<article id=\"{id}\"><h3><span class=\"method\">{}</span><code>{}</code></h3>", escaped(method), escaped(path));
    let _ = writeln!(out, "<p>{}</p><p>{}</p>", prose(text(is, "summary")), prose(text(is, "description")));
    let open = list(&is["security"]).is_empty();
    let _ = writeln!(out, "<p class=\"quiet\"><code>{id}</code> · {}</p>", if open { "open to everybody" } else { "takes a token" });
    parameters(out, list(&is["parameters"]));
    let body = body(out, &is["requestBody"], schemas);
    let _ = writeln!(out, "<h4>Try it</h4><pre>{}</pre>", escaped(&curl(operation, open, body.as_ref())));
    out.push_str("<h4>Responses</h4>\n<table><tr><th>status</th><th>body</th><th></th></tr>\n");
    for (status, response) in members(&is["responses"]) {
        let bodies: Vec<_> = members(&response["content"])
            .map(|(media, content)| format!("{} <span class=\"quiet\">{}</span>", kind(&content["schema"]), escaped(media)))
            .collect();
        let headers: Vec<_> = members(&response["headers"])
            .map(|(name, header)| format!("<code>{}</code>: {}", escaped(name), prose(text(header, "description"))))
            .collect();
        let told = [vec![prose(text(response, "description"))], headers].concat().join("<br/>");
        let _ = writeln!(out, "<tr><td><code>{}</code></td><td>{}</td><td>{told}</td></tr>", escaped(status), bodies.join("<br/>"));
    }
    out.push_str("</table></article>\n");
}

fn parameters(out: &mut String, parameters: &[Value]) {
    if parameters.is_empty() {
        return;
    }
    out.push_str("<h4>Parameters</h4>\n<table><tr><th>name</th><th>in</th><th>type</th><th></th></tr>\n");
    for parameter in parameters {
        let needed = if parameter["required"] == true { " (needed)" } else { "" };
        let (name, place, told) = (escaped(text(parameter, "name")), escaped(text(parameter, "in")), prose(text(parameter, "description")));
        let _ = writeln!(out, "<tr><td><code>{name}</code>{needed}</td><td>{place}</td><td>{}</td><td>{told}</td></tr>", kind(&parameter["schema"]));
    }
    out.push_str("</table>\n");
}

/// Shows the body, and gives its example.
fn body(out: &mut String, body: &Value, schemas: &Value) -> Option<Value> {
    let (media, content) = members(&body["content"]).next()?;
    let _ = writeln!(out, "<h4>Body</h4>\n<p>{} <span class=\"quiet\">{}</span></p>", kind(&content["schema"]), escaped(media));
    let named = text(&content["schema"], "$ref").rsplit('/').next().and_then(|name| schemas.get(name));
    let example = [content.get("example"), named.and_then(|named| named.get("example"))].into_iter().flatten().next()?;
    let _ = writeln!(out, "<pre>{}</pre>", escaped(&serde_json::to_string_pretty(example).unwrap_or_default()));
    Some(example.clone())
}

/// The call on a command line.
fn curl(operation: &Operation<'_>, open: bool, body: Option<&Value>) -> String {
    let mut call = format!("curl -X {} \"$KULANZ{}\"", operation.method.to_uppercase(), operation.path);
    if !open {
        call.push_str(" \\\n  -H \"Authorization: Bearer $TOKEN\"");
    }
    let headers = list(&operation.is["parameters"]).iter().filter(|parameter| parameter["in"] == "header" && parameter["required"] == true);
    for header in headers {
        let _ = write!(call, " \\\n  -H '{}: 1'", text(header, "name"));
    }
    if let Some(body) = body {
        let quoted = body.to_string().replace('\'', "'\\''");
        let _ = write!(call, " \\\n  -H 'Content-Type: application/json' \\\n  -d '{quoted}'");
    }
    call
}

fn schema(out: &mut String, name: &str, is: &Value) {
    let name = escaped(name);
    let _ = writeln!(out, "<article id=\"schema-{name}\"><h3><code>{name}</code></h3><p>{}</p>", prose(text(is, "description")));
    let parts: Vec<_> = std::iter::once(is).chain(list(&is["allOf"])).collect();
    let fields: Vec<_> = parts.iter().flat_map(|part| members(&part["properties"]).map(move |(field, of)| (*part, field, of))).collect();
    if fields.is_empty() || is.get("oneOf").is_some() || is.get("allOf").is_some() {
        let _ = writeln!(out, "<p>{}</p>", kind(is));
    }
    if !fields.is_empty() {
        out.push_str("<table><tr><th>field</th><th>type</th><th></th></tr>\n");
        for (part, field, of) in fields {
            let needed = if list(&part["required"]).iter().any(|needed| needed == field.as_str()) { " (needed)" } else { "" };
            let example =
                of.get("example").map(|example| format!(" <span class=\"quiet\">such as <code>{}</code></span>", escaped(&example.to_string())));
            let told = prose(text(of, "description")) + &example.unwrap_or_default();
            let _ = writeln!(out, "<tr><td><code>{}</code>{needed}</td><td>{}</td><td>{told}</td></tr>", escaped(field), kind(of));
        }
        out.push_str("</table>\n");
    }
    out.push_str("</article>\n");
}

/// The type of a schema, with links to those that have a name.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next()) {
        let name = escaped(name);
        return format!("<a href=\"#schema-{name}\">{name}</a>");
    }
    for (word, between) in [("oneOf", " or "), ("anyOf", " or "), ("allOf", " and ")] {
        if let Some(parts) = schema.get(word).and_then(Value::as_array) {
            return parts.iter().map(kind).collect::<Vec<_>>().join(between);
        }
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        return values.iter().map(|value| format!("<code>{}</code>", escaped(&value.to_string()))).collect::<Vec<_>>().join(" or ");
    }
    let names: Vec<&str> = match &schema["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => return "anything".to_owned(),
    };
    let shown = |name: &str| match name {
        "array" => format!("list of {}", kind(&schema["items"])),
        "object" if schema["additionalProperties"].is_object() => format!("map to {}", kind(&schema["additionalProperties"])),
        name => escaped(name),
    };
    let mut told = names.into_iter().map(shown).collect::<Vec<_>>().join(" or ");
    for (word, name) in [("minimum", "at least"), ("maximum", "at most"), ("minLength", "shortest"), ("maxLength", "longest"), ("pattern", "like")] {
        if let Some(bound) = schema.get(word) {
            let bound = bound.as_str().map_or_else(|| bound.to_string(), str::to_owned);
            let _ = write!(told, " <span class=\"quiet\">{name} <code>{}</code></span>", escaped(&bound));
        }
    }
    told
}
