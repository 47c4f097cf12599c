//! Who vouches for a server that this one asks or tells.

use std::path::Path;

use ureq::tls::{PemItem, RootCerts, parse_pem};

/// The certificates of a PEM file; the public authorities where there is none.
///
/// # Errors
///
/// Where the file cannot be read, or holds no certificate; in words.
pub fn authorities(file: Option<&Path>) -> Result<RootCerts, String> {
    let Some(file) = file else { return Ok(RootCerts::WebPki) };
    let wrong = |why: &str| format!("`{}`: {why}", file.display());
    let pem = std::fs::read(file).map_err(|error| wrong(&error.to_string()))?;
    let certificates = parse_pem(&pem).filter_map(|item| match item {
        Ok(PemItem::Certificate(certificate)) => Some(Ok(certificate)),
        Ok(_) => None,
        Err(error) => Some(Err(error)),
    });
    let certificates = certificates.collect::<Result<Vec<_>, _>>().map_err(|error| wrong(&error.to_string()))?;
    if certificates.is_empty() { Err(wrong("there is no certificate in it")) } else { Ok(RootCerts::from(certificates)) }
}
