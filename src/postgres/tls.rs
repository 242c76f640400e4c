//! TLS to Postgres as libpq does it: what `sslmode`, `sslrootcert`, `sslcert` and `sslkey` mean.
//!
//! <https://www.postgresql.org/docs/current/libpq-ssl.html>

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};
use thiserror::Error;
use tokio_postgres::config::SslMode as Negotiation;

/// `sslrootcert=system`: whom the operating system trusts.
const SYSTEM: &str = "system";

/// How much of a connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SslMode {
    Disable,
    /// As `prefer`: what libpq tries in the other order.
    Allow,
    Prefer,
    /// Encrypted, with whomever; where there is a root certificate, as `verify-ca`.
    Require,
    /// With somebody whom the root certificate vouches for.
    VerifyCa,
    /// And who has the name that was asked for.
    VerifyFull,
}

/// What a connection string says about TLS.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tls {
    pub mode: Option<SslMode>,
    pub root_cert: Option<PathBuf>,
    pub cert: Option<PathBuf>,
    pub key: Option<PathBuf>,
}

#[derive(Debug, Error)]
pub enum TlsError {
    #[error("sslmode is disable, allow, prefer, require, verify-ca or verify-full, not `{0}`")]
    Mode(String),
    #[error(
        "sslmode={0} needs to know whom to trust: name a file of certificates with sslrootcert, or say \
         sslrootcert=system"
    )]
    NoRoots(&'static str),
    #[error("sslrootcert=system goes with sslmode=verify-full alone")]
    Weak,
    #[error("sslcert and sslkey belong together: one of them is missing")]
    HalfACertificate,
    #[error("cannot use {path} as {parameter}: {problem}", path = .path.display())]
    File {
        parameter: &'static str,
        path: PathBuf,
        problem: String,
    },
    #[error("TLS cannot be set up: {0}")]
    Setup(#[from] Error),
}

impl SslMode {
    pub(super) fn parse(text: &str) -> Result<Self, TlsError> {
        Ok(match text {
            "disable" => Self::Disable,
            "allow" => Self::Allow,
            "prefer" => Self::Prefer,
            "require" => Self::Require,
            "verify-ca" => Self::VerifyCa,
            "verify-full" => Self::VerifyFull,
            other => return Err(TlsError::Mode(other.to_owned())),
        })
    }
}

impl Tls {
    /// Nothing but the connection itself.
    pub(super) const DISABLED: Self = Self {
        mode: Some(SslMode::Disable),
        root_cert: None,
        cert: None,
        key: None,
    };

    fn is_system(&self) -> bool {
        self.root_cert.as_deref() == Some(Path::new(SYSTEM))
    }

    fn mode(&self) -> SslMode {
        self.mode.unwrap_or(if self.is_system() {
            SslMode::VerifyFull
        } else {
            SslMode::Prefer
        })
    }

    /// What of it the driver must know.
    pub(super) fn negotiation(&self) -> Negotiation {
        match self.mode() {
            SslMode::Disable => Negotiation::Disable,
            SslMode::Allow | SslMode::Prefer => Negotiation::Prefer,
            SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => Negotiation::Require,
        }
    }

    /// Reads the files, where they matter.
    pub(super) fn client(&self) -> Result<ClientConfig, TlsError> {
        if self.mode() == SslMode::Disable && *self != Self::DISABLED {
            return Self::DISABLED.client();
        }
        let provider = Arc::new(aws_lc_rs::default_provider());
        let verifier = Arc::new(Verifier {
            trusted: self.trusted(&provider)?,
            is_name_checked: self.mode() == SslMode::VerifyFull,
            provider: Arc::clone(&provider),
        });
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut config = match (&self.cert, &self.key) {
            (Some(cert), Some(file)) => {
                let certificates = certificates("sslcert", cert)?;
                let unusable = |problem: String| unusable("sslkey", file, problem);
                let key = PrivateKeyDer::from_pem_file(file);
                let key = key.map_err(|problem| unusable(problem.to_string()))?;
                config
                    .with_client_auth_cert(certificates, key)
                    .map_err(|problem| unusable(problem.to_string()))?
            }
            (None, None) => config.with_no_client_auth(),
            _ => return Err(TlsError::HalfACertificate),
        };
        // PostgreSQL 17 asks for it where TLS comes first (`sslnegotiation=direct`).
        config.alpn_protocols = vec![b"postgresql".to_vec()];
        Ok(config)
    }

    /// Who vouches for the server; `None`: nobody needs to.
    fn trusted(
        &self,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Option<Arc<dyn ServerCertVerifier>>, TlsError> {
        let mode = self.mode();
        match (&self.root_cert, mode) {
            (_, SslMode::VerifyFull) if self.is_system() => {
                let system = rustls_platform_verifier::Verifier::new(Arc::clone(provider))?;
                Ok(Some(Arc::new(system)))
            }
            (_, mode) if self.is_system() && mode != SslMode::Disable => Err(TlsError::Weak),
            (Some(file), SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull) => {
                let mut roots = RootCertStore::empty();
                for certificate in certificates("sslrootcert", file)? {
                    let added = roots.add(certificate);
                    added.map_err(|problem| unusable("sslrootcert", file, problem.to_string()))?;
                }
                let verifier = WebPkiServerVerifier::builder_with_provider(
                    Arc::new(roots),
                    Arc::clone(provider),
                );
                let verifier = verifier
                    .build()
                    .map_err(|problem| unusable("sslrootcert", file, problem.to_string()))?;
                Ok(Some(verifier))
            }
            (None, SslMode::VerifyCa) => Err(TlsError::NoRoots("verify-ca")),
            (None, SslMode::VerifyFull) => Err(TlsError::NoRoots("verify-full")),
            _ => Ok(None),
        }
    }
}

fn certificates(
    parameter: &'static str,
    file: &Path,
) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect);
    let read: Vec<_> = read.map_err(|problem| unusable(parameter, file, problem.to_string()))?;
    if read.is_empty() {
        let problem = "it holds no certificate".to_owned();
        return Err(unusable(parameter, file, problem));
    }
    Ok(read)
}

fn unusable(parameter: &'static str, path: &Path, problem: String) -> TlsError {
    TlsError::File {
        parameter,
        path: path.to_owned(),
        problem,
    }
}

/// Whether the server is who it should be, as far as the mode asks. That it has the key to its certificate
/// is checked in any case.
#[derive(Debug)]
struct Verifier {
    trusted: Option<Arc<dyn ServerCertVerifier>>,
    is_name_checked: bool,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(trusted) = &self.trusted else {
            return Ok(ServerCertVerified::assertion());
        };
        match trusted.verify_server_cert(certificate, others, name, ocsp, now) {
            // The name is looked at last.
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if !self.is_name_checked => Ok(ServerCertVerified::assertion()),
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = &self.provider.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}
