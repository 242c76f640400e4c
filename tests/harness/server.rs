//! A server of this process, on a free port, over a test's database.

use std::collections::BTreeMap;
use std::sync::Arc;

use rowdesk::config::{Config, ConfigError, Secret};
use rowdesk::http::{Place, Reading, Reloadable, Server};
use serde_json::{Map, Value, json};
use tokio::sync::oneshot;

use super::http::Call;

/// Signs the tokens of the tests.
pub const SECRET: &str = "the tests sign their tokens with this secret";

/// Serves until it is dropped.
pub struct TestServer {
    pub base: String,
    pub app: Arc<Reloadable>,
    stop: Option<oneshot::Sender<()>>,
}

impl TestServer {
    /// Serves `db_uri` with the settings of the tests, changed by `change`.
    pub async fn start(db_uri: String, change: impl FnOnce(&mut Config)) -> Self {
        let config = config(db_uri, change);
        let app = Arc::new(Reloadable::fixed(&config).expect("usable settings"));
        app.try_load_schema_cache().await.expect("a schema cache");
        Self::serve(app, &config).await
    }

    /// Serves as `rowdesk serve` does, with reloads: `read` reads the settings anew, changing those of
    /// the tests by what the database says.
    pub async fn start_reloading(
        db_uri: String,
        change: impl FnOnce(&mut Config),
        read: impl Fn(&mut Config, BTreeMap<String, String>) -> Result<(), ConfigError>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        let config = config(db_uri, change);
        let base = config.clone();
        let read: Box<Reading> = Box::new(move |said| {
            let mut config = base.clone();
            read(&mut config, said)?;
            Ok(config)
        });
        let app = Arc::new(Reloadable::new(&config, read).expect("usable settings"));
        app.try_load_schema_cache().await.expect("a schema cache");
        let operating = Arc::clone(&app);
        tokio::spawn(async move {
            tokio::select! {
                _ = operating.keep_listening() => {}
                _ = operating.keep_reloading() => {}
            }
        });
        Self::serve(app, &config).await
    }

    /// Serves a database that may not be there yet, as `rowdesk serve` does.
    pub async fn start_loading(db_uri: String, change: impl FnOnce(&mut Config)) -> Self {
        let config = config(db_uri, change);
        let app = Arc::new(Reloadable::fixed(&config).expect("usable settings"));
        let loading = Arc::clone(&app);
        tokio::spawn(async move {
            loading
                .load_schema_cache()
                .await
                .expect("a login that is bound");
        });
        Self::serve(app, &config).await
    }

    async fn serve(app: Arc<Reloadable>, config: &Config) -> Self {
        let server = Server::bind(&Place::of_api(config)).await;
        let server = server.expect("a free port");
        let base = format!("http://{}", server.place());
        let (stop, stopped) = oneshot::channel();
        let stopped = async {
            let _ = stopped.await;
        };
        tokio::spawn(server.run(Arc::clone(&app), stopped, std::future::pending()));
        Self {
            base,
            app,
            stop: Some(stop),
        }
    }

    pub fn get(&self, url: &str) -> Call {
        Call::new(&self.base, "GET", url)
    }

    pub fn head(&self, url: &str) -> Call {
        Call::new(&self.base, "HEAD", url)
    }

    pub fn post(&self, url: &str) -> Call {
        Call::new(&self.base, "POST", url)
    }

    pub fn call(&self, method: &'static str, url: &str) -> Call {
        Call::new(&self.base, method, url)
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }
}

fn config(db_uri: String, change: impl FnOnce(&mut Config)) -> Config {
    let mut config = Config {
        db_uri,
        db_pool: 4,
        jwt_secret: Some(Secret::new(SECRET)),
        server_host: "127.0.0.1".to_owned(),
        server_port: 0,
        ..Config::default()
    };
    change(&mut config);
    config
}

/// A token of a role with more claims, valid for an hour.
pub fn token(role: &str, claims: Value) -> String {
    let expires = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .expect("a clock")
        .as_secs()
        + 3600;
    let mut all: Map<String, Value> = Map::new();
    all.insert("role".to_owned(), json!(role));
    all.insert("exp".to_owned(), json!(expires));
    if let Value::Object(claims) = claims {
        all.extend(claims);
    }
    rowdesk::auth::mint(SECRET, &all).expect("a token")
}
