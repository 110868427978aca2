//! Encryption of a connection to PostgreSQL: rustls, which `comment` brings already.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

/// Whom to speak to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// Whoever answers: nobody reads along who only listens.
    Anybody,
    /// Whoever has a certificate of an issuer that is believed.
    Issuer,
    /// The host that is named, by such a certificate.
    Host,
}

/// A client's configuration; `roots` is a file of certificates in PEM, instead of Mozilla's.
///
/// # Errors
/// The file cannot be read, or holds none.
pub(super) fn config(trust: Trust, roots: Option<&str>) -> Result<ClientConfig, String> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone());
    let builder = builder.with_safe_default_protocol_versions().map_err(|error| error.to_string())?;
    let verifier: Arc<dyn ServerCertVerifier> = match trust {
        Trust::Anybody => Arc::new(AnyName { provider, issuers: None }),
        Trust::Issuer => {
            let issuers = Some(verifier(roots, provider.clone())?);
            Arc::new(AnyName { provider, issuers })
        }
        Trust::Host => verifier(roots, provider)?,
    };
    Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
}

fn verifier(roots: Option<&str>, provider: Arc<CryptoProvider>) -> Result<Arc<WebPkiServerVerifier>, String> {
    let mut store = RootCertStore::empty();
    match roots {
        None => store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(path) => {
            let certificates = CertificateDer::pem_file_iter(path);
            let certificates = certificates.map_err(|error| format!("sslrootcert: {error}"))?;
            for certificate in certificates {
                let certificate = certificate.map_err(|error| format!("sslrootcert: {error}"))?;
                store.add(certificate).map_err(|error| format!("sslrootcert: {error}"))?;
            }
        }
    }
    let builder = WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider);
    builder.build().map_err(|error| format!("sslrootcert: {error}"))
}

/// Believes any certificate, or those of `issuers`, under any name.
#[derive(Debug)]
struct AnyName {
    provider: Arc<CryptoProvider>,
    issuers: Option<Arc<WebPkiServerVerifier>>,
}

impl ServerCertVerifier for AnyName {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(issuers) = &self.issuers else { return Ok(ServerCertVerified::assertion()) };
        match issuers.verify_server_cert(certificate, others, name, ocsp, now) {
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use rustls::pki_types::PrivateKeyDer;
    use rustls::{ClientConnection, ServerConfig, ServerConnection};

    use super::*;

    /// Certificates of the tests alone: `server.pem` is `db.example.org`'s by `issuer.pem`.
    fn file(name: &str) -> String {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tls");
        folder.join(name).display().to_string()
    }

    /// Whether a client that trusts so shakes hands with the server under that name.
    fn shakes_hands(trust: Trust, roots: Option<&str>, name: &str) -> Result<(), Error> {
        let roots = roots.map(file);
        let client = config(trust, roots.as_deref()).unwrap();
        let server = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![CertificateDer::from_pem_file(file("server.pem")).unwrap()],
                PrivateKeyDer::from_pem_file(file("server.key")).unwrap(),
            )
            .unwrap();
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let mut client = ClientConnection::new(Arc::new(client), name).unwrap();
        let mut server = ServerConnection::new(Arc::new(server)).unwrap();
        while client.is_handshaking() {
            let mut sent = Vec::new();
            client.write_tls(&mut sent).unwrap();
            server.read_tls(&mut sent.as_slice()).unwrap();
            server.process_new_packets()?;
            let mut sent = Vec::new();
            server.write_tls(&mut sent).unwrap();
            client.read_tls(&mut sent.as_slice()).unwrap();
            client.process_new_packets()?;
        }
        Ok(())
    }

    #[test]
    fn the_host_is_believed_by_the_issuer_that_is_named_and_under_its_name() {
        assert_eq!(shakes_hands(Trust::Host, Some("issuer.pem"), "db.example.org"), Ok(()));
        assert!(shakes_hands(Trust::Host, Some("issuer.pem"), "other.example.org").is_err());
        assert!(shakes_hands(Trust::Host, Some("other.pem"), "db.example.org").is_err());
        assert!(shakes_hands(Trust::Host, None, "db.example.org").is_err());
    }

    #[test]
    fn an_issuer_is_believed_under_any_name_and_no_other_issuer_is() {
        assert_eq!(shakes_hands(Trust::Issuer, Some("issuer.pem"), "other.example.org"), Ok(()));
        assert!(shakes_hands(Trust::Issuer, Some("other.pem"), "db.example.org").is_err());
    }

    #[test]
    fn who_only_encrypts_takes_any_certificate() {
        assert_eq!(shakes_hands(Trust::Anybody, None, "other.example.org"), Ok(()));
    }

    #[test]
    fn roots_that_cannot_be_read_are_an_error_that_names_the_option() {
        for name in ["not-there.pem", "server.key"] {
            let error = config(Trust::Issuer, Some(&file(name))).err().unwrap_or_default();
            assert!(error.starts_with("sslrootcert: "), "{name}: {error}");
        }
    }
}
