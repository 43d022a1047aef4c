//! A desk without a window: the real `api` over a fresh database, with a host whose store and keychain are in memory.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use api::{ApiError, Desk};
use app::{
    database::{self, Address, Credentials},
    host::{BoxFuture, Host, HostError, LocalEndpoint},
    profiles::{Environment, Profile, ProfileKind, Profiles},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use store::roles::{self, LoginKind, RolePrefix};
use vault::{Keychain, MemoryKeychain, SecretName};

use crate::cluster::{TestDatabase, cluster};

/// The admin that every test database begins with.
pub const ADMIN: &str = "maya.okafor@halyard.example";
/// That person's password, and of everybody whom a test creates.
pub const PASSWORD: &str = "the quiet harbour at dawn";
const CLIENT: &str = "tests";

/// Surroundings in memory.
pub struct TestHost {
    store: Mutex<HashMap<String, Value>>,
    keychain: MemoryKeychain,
    downloads: tempfile::TempDir,
}

impl TestHost {
    fn empty() -> Self {
        Self {
            store: Mutex::default(),
            keychain: MemoryKeychain::default(),
            downloads: tempfile::tempdir().expect("a folder"),
        }
    }
}

impl Host for TestHost {
    fn load(&self, key: &str) -> Result<Option<Value>, HostError> {
        Ok(self
            .store
            .lock()
            .expect("no test panics while it holds this")
            .get(key)
            .cloned())
    }

    fn save(&self, key: &str, value: Value) -> Result<(), HostError> {
        self.store
            .lock()
            .expect("no test panics while it holds this")
            .insert(key.to_owned(), value);
        Ok(())
    }

    fn keychain(&self) -> &dyn Keychain {
        &self.keychain
    }

    fn keychain_is_temporary(&self) -> bool {
        false
    }

    fn downloads_dir(&self) -> PathBuf {
        self.downloads.path().to_owned()
    }

    fn certificates_dir(&self) -> PathBuf {
        self.downloads.path().join("certificates")
    }

    fn local_available(&self) -> Result<(), HostError> {
        Err(HostError::PostgresMissing(
            "A test's desk has no server of its own.".to_owned(),
        ))
    }

    fn local_server(&self) -> BoxFuture<'_, Result<LocalEndpoint, HostError>> {
        Box::pin(async {
            Err(HostError::PostgresMissing(
                "A test's desk has no server of its own.".to_owned(),
            ))
        })
    }

    fn client(&self) -> String {
        CLIENT.to_owned()
    }
}

async fn initialize(admin: &Address) {
    let init = database::Init {
        name: "Halyard".to_owned(),
        is_test: true,
        admin: database::FirstAdmin {
            email: database::EmailAddress::parse(ADMIN).expect("an address"),
            first_name: database::optional_name(Some("Maya")).expect("a name"),
            last_name: database::optional_name(Some("Okafor")).expect("a name"),
            password: SecretString::from(PASSWORD),
        },
        desk_label: "Template".to_owned(),
    };
    database::init(admin, CLIENT, init)
        .await
        .expect("the database is initialized");
}

/// A fresh workspace with one admin.
pub struct Workspace {
    admin: Address,
    /// Dropped with this; none in a server of the test's own.
    _database: Option<TestDatabase>,
}

impl Workspace {
    /// A copy of a workspace that was initialized once.
    pub async fn fresh() -> Self {
        // Shown by the test runner for tests that fail.
        let _ = tracing_subscriber::fmt().with_test_writer().with_ansi(false).try_init();
        let cluster = cluster().await;
        cluster
            .template("halyard", async |url| {
                initialize(&Address::from_url(&url).expect("a URL")).await;
            })
            .await;
        let database = cluster.fresh_database(Some("halyard")).await;
        let admin = Address::from_url(&database.admin_url).expect("a URL");
        let mut connection = admin.connect(CLIENT).await.expect("a connection");
        let prefix = RolePrefix::of_workspace(&mut connection)
            .await
            .expect("the template is a workspace");
        roles::close_database(&mut connection, &prefix)
            .await
            .expect("the copy is closed as its original");
        Self {
            admin,
            _database: Some(database),
        }
    }

    /// A workspace made in a database of a server of the test's own.
    pub async fn made_in(admin: Address) -> Self {
        initialize(&admin).await;
        Self { admin, _database: None }
    }

    /// The address of the server's administrator in this database.
    pub fn admin(&self) -> &Address {
        &self.admin
    }

    /// A login of its own for another desk.
    pub async fn desk_login(&self, label: &str) -> Credentials {
        database::add_desk(&self.admin, CLIENT, label)
            .await
            .expect("a desk's login")
    }

    /// The URL of a new agent's login.
    pub async fn agent(&self) -> String {
        let mut admin = self.admin.connect(CLIENT).await.expect("a connection");
        let prefix = RolePrefix::of_workspace(&mut admin).await.expect("a workspace");
        #[expect(clippy::disallowed_methods, reason = "tests are an edge")]
        let unique = || uuid::Uuid::new_v4().simple().to_string();
        let mut address = self.admin.clone();
        (address.login, address.password) = (format!("agent_{}", unique()), unique());
        roles::add_login(
            &mut admin,
            &prefix,
            LoginKind::Agent,
            "a test's",
            &address.login,
            &address.password,
        )
        .await
        .expect("an agent's login");
        address.to_url()
    }

    /// A desk with its own login, connected, nobody signed in.
    pub async fn desk(&self) -> TestDesk {
        let login = self.desk_login("A test's desk").await;
        let host = TestHost::empty();
        let profile = Profile {
            id: uuid::Uuid::from_u128(1).to_string(),
            name: "Halyard".to_owned(),
            environment: Environment::Production,
            kind: ProfileKind::Server,
            host: self.admin.host.clone(),
            port: self.admin.port,
            database: self.admin.database.clone(),
            login: login.login,
            tls: self.admin.tls,
            root_certificate: None,
            last_email: None,
        };
        host.keychain
            .set(
                &SecretName::DeskPassword {
                    profile: profile.id.clone(),
                },
                &login.password,
            )
            .expect("memory keeps it");
        let mut profiles = Profiles::default();
        profiles.put(profile);
        profiles.save(&host).expect("memory keeps it");
        let host = Arc::new(host);
        TestDesk {
            desk: api::desk(Arc::<TestHost>::clone(&host)),
            host,
        }
    }

    /// A desk at which the first admin has signed in.
    pub async fn admin_desk(&self) -> TestDesk {
        let desk = self.desk().await;
        desk.sign_in(ADMIN).await;
        desk
    }

    /// Runs statements as the server's administrator.
    pub async fn execute(&self, sql: &'static str) {
        let mut connection = self.admin.connect(CLIENT).await.expect("a connection");
        sqlx::raw_sql(sql)
            .execute(&mut connection)
            .await
            .expect("the statements run");
    }
}

/// The wire of one desk.
pub struct TestDesk {
    desk: Arc<Desk>,
    host: Arc<TestHost>,
}

impl TestDesk {
    /// A desk of a computer that knows no database yet.
    pub fn blank() -> Self {
        let host = Arc::new(TestHost::empty());
        Self {
            desk: api::desk(Arc::<TestHost>::clone(&host)),
            host,
        }
    }

    /// The desk, for a bridge.
    pub fn shared(&self) -> Arc<Desk> {
        Arc::clone(&self.desk)
    }

    /// All that it keeps in its settings, as text.
    pub fn store_text(&self) -> String {
        let store = self.host.store.lock().expect("no test panics while it holds this");
        serde_json::to_string(&*store).expect("what is kept is JSON")
    }

    /// The token of the session that the keychain keeps.
    pub fn token(&self) -> String {
        let name = SecretName::SessionToken {
            profile: uuid::Uuid::from_u128(1).to_string(),
        };
        let token = self
            .host
            .keychain
            .get(&name)
            .expect("memory answers")
            .expect("somebody has signed in");
        token.expose_secret().to_owned()
    }

    /// Sends a command.
    pub async fn call(&self, name: &str, payload: Value) -> Result<Value, ApiError> {
        api::dispatch(&self.desk, name, payload).await
    }

    /// Sends a command that must succeed.
    pub async fn ok(&self, name: &str, payload: Value) -> Value {
        match self.call(name, payload).await {
            Ok(answer) => answer,
            Err(error) => panic!("{name}: {:?}: {}", error.code, error.message),
        }
    }

    /// Sends a command that must fail; its code as on the wire.
    pub async fn refused(&self, name: &str, payload: Value) -> ApiError {
        match self.call(name, payload).await {
            Ok(answer) => panic!("{name} was not refused: {answer}"),
            Err(error) => error,
        }
    }

    /// Signs somebody in.
    pub async fn sign_in(&self, email: &str) {
        self.ok("app.state", json!({})).await;
        let state = self
            .ok("session.sign_in", json!({"email": email, "password": PASSWORD}))
            .await;
        assert_eq!(state["phase"], "ready", "{state}");
    }

    /// Creates a person; the id.
    pub async fn create_user(&self, email: &str, name: (&str, &str), role: &str, organization: Option<i64>) -> i64 {
        let created = self
            .ok(
                "users.create",
                json!({"email": email, "first_name": name.0, "last_name": name.1, "role": role, "organization_id": organization, "password": PASSWORD, "must_change_password": false}),
            )
            .await;
        created["id"].as_i64().expect("an id")
    }

    /// Creates an organization; the id.
    pub async fn create_organization(&self, name: &str) -> i64 {
        self.ok("organizations.create", json!({"name": name, "currency": "USD"}))
            .await["id"]
            .as_i64()
            .expect("an id")
    }

    /// Posts a deposit under a key.
    pub async fn deposit(&self, organization: i64, amount: &str, key: &str) -> Result<Value, ApiError> {
        self.call(
            "transactions.deposit",
            json!({"organization_id": organization, "amount": amount, "payment_method": "bank_transfer", "payment_id": null, "reason": "", "key": key}),
        )
        .await
    }
}

/// A request for a list's first rows.
pub fn first_rows(limit: u32) -> Value {
    json!({"search": null, "filters": [], "sort": null, "after": null, "limit": limit})
}
