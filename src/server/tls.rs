//! TLS by rustls: the certificate is looked at again when its files change, without a restart.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;

use super::reload::{self, Live, Reading, Source};
use crate::access::settings;

/// How connections are encrypted.
#[derive(Clone)]
pub struct Tls {
    acceptor: TlsAcceptor,
}

/// A certificate with its key.
#[derive(Debug)]
struct Certificate {
    key: Arc<CertifiedKey>,
    version: String,
}

/// Where they are.
struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

#[derive(Debug)]
struct Current(Arc<Live<Certificate>>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.with(|certificate| Arc::clone(&certificate.key)))
    }
}

impl Files {
    fn certificate(&self) -> Result<Certificate, String> {
        let read = |path: &Path| std::fs::read(path).map_err(|error| format!("cannot read `{}`: {error}", path.display()));
        let (chain, secret) = (read(&self.certificate)?, read(&self.key)?);
        let unfit = |path: &Path, error: &dyn std::fmt::Display| format!("`{}`: {error}", path.display());
        let certificates: Vec<_> =
            CertificateDer::pem_slice_iter(&chain).collect::<Result<_, _>>().map_err(|error| unfit(&self.certificate, &error))?;
        if certificates.is_empty() {
            return Err(unfit(&self.certificate, &"there is no certificate in it"));
        }
        let key = PrivateKeyDer::from_pem_slice(&secret).map_err(|error| unfit(&self.key, &error))?;
        // It also holds the certificate against the key: half of a pair that is being renewed is not taken.
        let certified = CertifiedKey::from_der(certificates, key, &ring::default_provider()).map_err(|error| unfit(&self.key, &error))?;
        // The key is not what is shown as the version, only a hash of both.
        let version = blake3::Hasher::new().update(&chain).update(&secret).finalize();
        Ok(Certificate { key: Arc::new(certified), version: format!("b3:{}", version.to_hex()) })
    }
}

impl Source for Files {
    type Output = Certificate;

    const NAME: &'static str = "certificate";

    fn read(&self) -> Reading<Certificate> {
        Reading { outcome: self.certificate(), roots: vec![self.certificate.clone(), self.key.clone()] }
    }

    fn version(certificate: &Certificate) -> &str {
        &certificate.version
    }
}

impl Tls {
    /// As it is configured; looks at the files again when they change.
    ///
    /// # Errors
    ///
    /// Where the files hold no certificate and the key of it.
    pub fn new(settings: &settings::Tls) -> io::Result<Self> {
        let files = Files { certificate: settings.certificate.clone(), key: settings.key.clone() };
        let roots = vec![files.certificate.clone(), files.key.clone()];
        let live = Arc::new(Live::new(files.certificate().map_err(io::Error::other)?));
        reload::watch(files, roots, Arc::clone(&live))?;
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions();
        let mut config = config.map_err(io::Error::other)?.with_no_client_auth().with_cert_resolver(Arc::new(Current(live)));
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)) })
    }

    /// What encrypts a connection.
    pub fn acceptor(&self) -> &TlsAcceptor {
        &self.acceptor
    }
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}
