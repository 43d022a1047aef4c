//! A PostgreSQL of a test's own, for what must not be done to the one that all tests share: stopping it, and giving it
//! a certificate.

use std::{
    fs::{self, Permissions},
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    path::PathBuf,
    process::Child,
};

use app::database::Address;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use secrecy::ExposeSecret;
use workspace::{Binaries, Durability, Listen, LocalServer, Options, SearchPath};

use crate::cluster;

const PASSWORD: &str = "a test's own administrator";

/// A running server. Stops when dropped or when the test is killed.
pub struct Server {
    options: Options,
    running: Option<LocalServer>,
    address: Address,
    _watchdog: Child,
}

impl Server {
    /// Starts one.
    pub async fn start(listen: Listen) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("containerstacks-tests-")
            .permissions(Permissions::from_mode(0o711))
            .tempdir()
            .expect("a temporary folder")
            .keep();
        let watchdog = cluster::watch(&folder);
        let binaries = Binaries::find(&SearchPath::new(std::env::var_os("PATH"))).expect("PostgreSQL is installed");
        let mut options = Options::new(folder.join("cluster"), PASSWORD.into(), binaries);
        options.durability = Durability::Fast;
        options.listen = listen;
        let running = LocalServer::start(options.clone()).await.expect("PostgreSQL starts");
        let address = Address::from_url(running.url("postgres").expose_secret()).expect("a URL");
        Self {
            options,
            running: Some(running),
            address,
            _watchdog: watchdog,
        }
    }

    /// Its administrator's address, by socket.
    pub fn admin(&self) -> &Address {
        &self.address
    }

    /// Where its data and its log are.
    pub fn data_dir(&self) -> PathBuf {
        self.options.data_dir.clone()
    }

    /// Stops it.
    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await.expect("PostgreSQL stops");
        }
    }

    /// Starts it again, at the same address.
    pub async fn start_again(&mut self) {
        let running = LocalServer::start(self.options.clone())
            .await
            .expect("PostgreSQL starts again");
        self.running = Some(running);
    }

    /// The process.
    pub fn pid(&self) -> Option<u32> {
        self.running.as_ref().map(LocalServer::pid)
    }

    /// Gives it a certificate for `name`, signed by an authority of the test's own; where that authority's certificate is.
    pub async fn certify(&self, name: &str) -> PathBuf {
        let running = self.running.as_ref().expect("the server runs");
        let mut authority = CertificateParams::new(Vec::new()).expect("parameters");
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority =
            CertifiedIssuer::self_signed(authority, KeyPair::generate().expect("a key")).expect("an authority");
        let key = KeyPair::generate().expect("a key");
        let certificate = CertificateParams::new(vec![name.to_owned()])
            .expect("parameters")
            .signed_by(&key, &authority)
            .expect("a certificate");
        let data = running.data_dir().join("pgdata");
        let owner = fs::metadata(&data).expect("the data folder");
        for (file, text) in [("server.crt", certificate.pem()), ("server.key", key.serialize_pem())] {
            let path = data.join(file);
            fs::write(&path, text).expect("a file");
            fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("its mode");
            chown(&path, Some(owner.uid()), Some(owner.gid())).expect("its owner");
        }
        let mut connection = self.address.connect("tests").await.expect("a connection");
        for statement in ["ALTER SYSTEM SET ssl = on", "SELECT pg_reload_conf()"] {
            sqlx::query(statement)
                .execute(&mut connection)
                .await
                .expect("a setting");
        }
        let root = self.options.data_dir.join("authority.pem");
        fs::write(&root, authority.pem()).expect("a file");
        root
    }
}
