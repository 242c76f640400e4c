//! The way to Postgres, encrypted: a door that speaks TLS in front of the test's server.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rowdesk::postgres::Connector;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio_postgres::config::Host;
use tokio_rustls::TlsAcceptor;

use crate::harness::fixture::Fixture;
use crate::harness::server::TestServer;

/// What a client sends first who would like TLS.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

type Issuer = CertifiedIssuer<'static, KeyPair>;

fn issuer(name: &str) -> Issuer {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    CertifiedIssuer::self_signed(params, key).expect("a certificate")
}

/// Who listens at a port, and what lies behind it.
struct Door {
    port: u16,
    encrypted: Arc<AtomicUsize>,
    plain: Arc<AtomicUsize>,
    folder: PathBuf,
    user: String,
    database: String,
}

impl Door {
    /// Called `localhost`, as `trusted.pem` vouches. Callers must be somebody whom it vouches for, too, where
    /// `knows_callers`.
    async fn new(fixture: &Fixture, offers_tls: bool, knows_callers: bool) -> Self {
        let config: tokio_postgres::Config = fixture.uri().parse().expect("a connection string");
        let Some(Host::Unix(socket)) = config.get_hosts().first() else {
            unreachable!("the private Postgres listens on a socket only");
        };
        let socket = socket.join(".s.PGSQL.5432");
        let name = fixture.database.name();
        let folder =
            std::env::temp_dir().join(format!("rowdesk-tls-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).expect("a folder");
        let trusted = issuer("trusted");
        let write = |name: &str, pem: String| fs::write(folder.join(name), pem).expect("a file");
        write("trusted.pem", trusted.pem());
        write("stranger.pem", issuer("stranger").pem());
        let caller = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec!["caller".to_owned()]).expect("a name");
        let certificate = params.signed_by(&caller, &trusted).expect("a certificate");
        write("caller.pem", certificate.pem());
        write("caller.key", caller.serialize_pem());

        let acceptor = acceptor(&trusted, knows_callers);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let door = Self {
            port: listener.local_addr().expect("an address").port(),
            encrypted: Arc::default(),
            plain: Arc::default(),
            folder,
            user: config.get_user().expect("a user").to_owned(),
            database: config.get_dbname().expect("a database").to_owned(),
        };
        let (encrypted, plain) = (Arc::clone(&door.encrypted), Arc::clone(&door.plain));
        tokio::spawn(async move {
            while let Ok((mut caller, _)) = listener.accept().await {
                let acceptor = offers_tls.then(|| acceptor.clone());
                let (encrypted, plain) = (Arc::clone(&encrypted), Arc::clone(&plain));
                let socket = socket.clone();
                tokio::spawn(async move {
                    let mut postgres = UnixStream::connect(socket).await.expect("Postgres");
                    let asks = asks_for_tls(&mut caller).await;
                    if let (true, Some(acceptor)) = (asks, acceptor) {
                        caller.write_all(b"S").await.expect("an answer");
                        let Ok(mut caller) = acceptor.accept(caller).await else {
                            return;
                        };
                        encrypted.fetch_add(1, Ordering::SeqCst);
                        let _ = copy_bidirectional(&mut caller, &mut postgres).await;
                        return;
                    }
                    if asks {
                        caller.write_all(b"N").await.expect("an answer");
                    }
                    if matches!(caller.peek(&mut [0]).await, Ok(1..)) {
                        plain.fetch_add(1, Ordering::SeqCst);
                    }
                    let _ = copy_bidirectional(&mut caller, &mut postgres).await;
                });
            }
        });
        door
    }

    /// `{}` in the options is the folder of the certificates.
    fn uri(&self, host: &str, options: &str) -> String {
        let options = options.replace("{}", &self.folder.to_string_lossy());
        format!(
            "host={host} port={} user='{}' dbname='{}' {options}",
            self.port, self.user, self.database
        )
    }

    /// Whether one gets in.
    async fn opens(&self, host: &str, options: &str) -> Result<(), String> {
        let connector: Connector = self
            .uri(host, options)
            .parse()
            .expect("a connection string");
        let told = |error: tokio_postgres::Error| {
            let inner = std::error::Error::source(&error).map(ToString::to_string);
            format!("{error}: {}", inner.unwrap_or_default())
        };
        let (client, link) = connector.connect().await.map_err(told)?;
        let link = tokio::spawn(link);
        client.query_one("select 1", &[]).await.map_err(told)?;
        drop(client);
        let _ = link.await;
        Ok(())
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn acceptor(trusted: &Issuer, knows_callers: bool) -> TlsAcceptor {
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
    let certificate = params.signed_by(&key, trusted).expect("a certificate");
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .expect("a version");
    let config = if knows_callers {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(trusted.der().clone()).expect("a root");
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        config.with_client_cert_verifier(verifier.build().expect("a verifier"))
    } else {
        config.with_no_client_auth()
    };
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    let config = config
        .with_single_cert(vec![certificate.der().clone()], key)
        .expect("a certificate");
    TlsAcceptor::from(Arc::new(config))
}

/// Reads the question, if it is one.
async fn asks_for_tls(caller: &mut TcpStream) -> bool {
    let mut first = [0; 8];
    loop {
        match caller.peek(&mut first).await {
            Ok(8) => break,
            Ok(1..) => tokio::task::yield_now().await,
            _ => return false,
        }
    }
    if first != SSL_REQUEST {
        return false;
    }
    caller.read_exact(&mut first).await.expect("what was seen");
    true
}

#[tokio::test]
async fn each_mode_lets_in_whom_libpq_would() {
    let fixture = Fixture::shared().await;
    let door = Door::new(fixture, true, false).await;
    for options in [
        "",
        "sslmode=allow",
        "sslmode=prefer sslrootcert={}/stranger.pem",
        "sslmode=require",
        "sslmode=require sslrootcert={}/trusted.pem",
        "sslmode=verify-ca sslrootcert={}/trusted.pem",
        "sslmode=verify-full sslrootcert={}/trusted.pem",
    ] {
        let before = door.encrypted.load(Ordering::SeqCst);
        assert_eq!(door.opens("localhost", options).await, Ok(()), "{options}");
        assert_eq!(
            door.encrypted.load(Ordering::SeqCst),
            before + 1,
            "{options}"
        );
    }
    // The name does not fit, which only one of them asks for.
    let by_number = door.opens("127.0.0.1", "sslmode=verify-ca sslrootcert={}/trusted.pem");
    assert_eq!(by_number.await, Ok(()));
    assert_eq!(door.plain.load(Ordering::SeqCst), 0);
    assert_eq!(door.opens("localhost", "sslmode=disable").await, Ok(()));
    assert_eq!(door.plain.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_is_refused() {
    let fixture = Fixture::shared().await;
    let door = Door::new(fixture, true, false).await;
    for (host, options, said) in [
        (
            "localhost",
            "sslmode=require sslrootcert={}/stranger.pem",
            "UnknownIssuer",
        ),
        (
            "localhost",
            "sslmode=verify-ca sslrootcert={}/stranger.pem",
            "UnknownIssuer",
        ),
        (
            "localhost",
            "sslmode=verify-full sslrootcert={}/stranger.pem",
            "UnknownIssuer",
        ),
        (
            "localhost",
            "sslmode=verify-full sslrootcert=system",
            "UnknownIssuer",
        ),
        (
            "127.0.0.1",
            "sslmode=verify-full sslrootcert={}/trusted.pem",
            "not valid for name",
        ),
    ] {
        let error = door.opens(host, options).await.expect_err(options);
        assert!(error.contains(said), "{options}: {error}");
    }
    assert_eq!(door.encrypted.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn who_asks_for_tls_does_without_only_where_that_is_allowed() {
    let fixture = Fixture::shared().await;
    let door = Door::new(fixture, false, false).await;
    assert_eq!(door.opens("localhost", "sslmode=prefer").await, Ok(()));
    for options in [
        "sslmode=require",
        "sslmode=verify-full sslrootcert={}/trusted.pem",
    ] {
        let error = door.opens("localhost", options).await.expect_err(options);
        assert!(error.contains("server does not support TLS"), "{error}");
    }
    assert_eq!(door.plain.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_certificate_of_ones_own_is_shown_to_who_asks_for_it() {
    let fixture = Fixture::shared().await;
    let door = Door::new(fixture, true, true).await;
    let own =
        "sslmode=verify-full sslrootcert={}/trusted.pem sslcert={}/caller.pem sslkey={}/caller.key";
    assert_eq!(door.opens("localhost", own).await, Ok(()));
    door.opens("localhost", "sslmode=require")
        .await
        .expect_err("a caller without a certificate");
}

#[tokio::test]
async fn who_only_prefers_tls_does_without_where_it_fails() {
    let fixture = Fixture::shared().await;
    let door = Door::new(fixture, true, true).await;
    // Without a certificate that would be asked for.
    assert_eq!(door.opens("localhost", "sslmode=prefer").await, Ok(()));
    assert_eq!(door.plain.load(Ordering::SeqCst), 1);
    assert_eq!(door.encrypted.load(Ordering::SeqCst), 0);
}

/// Requests, the schema cache's own connection, LISTEN and the cancelling of statements go the same way.
#[tokio::test]
async fn a_server_sends_nothing_that_is_not_encrypted() {
    let fixture = Fixture::own().await;
    let door = Door::new(&fixture, true, false).await;
    let uri = door.uri(
        "localhost",
        "sslmode=verify-full sslrootcert={}/trusted.pem",
    );
    let server =
        TestServer::start_reloading(uri, |config| fixture.configure(config), |_, _| Ok(())).await;
    let call = server.get("/item?select=id&id=eq.1").send();
    assert_eq!(call.await.ids(), [1]);
    let user = fixture.user(json!({}));
    let call = server.post("/rpc/sleep_then_note").token(&user);
    let slow = tokio::spawn(
        call.json(&json!({ "seconds": 600, "body": "never" }))
            .send(),
    );
    let is_asleep = "query like '%sleep_then_note%' and state = 'active'";
    fixture.wait_for(is_asleep, 1).await;
    let before = door.encrypted.load(Ordering::SeqCst);
    slow.abort();
    fixture.wait_for(is_asleep, 0).await;
    assert!(door.encrypted.load(Ordering::SeqCst) > before);
    assert_eq!(door.plain.load(Ordering::SeqCst), 0);
}
