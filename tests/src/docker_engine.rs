//! A real Docker engine of this test process, on a private socket and an encrypted port, with an image made from a
//! folder. It ends with the process, however that ends.
//!
//! An engine needs root and Docker's packages (`scripts/bootstrap.sh docker`). Where it can't run, [`engine`] says why,
//! where the test program's own capture of outputs doesn't hide it.

use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    os::unix::{
        fs::{PermissionsExt, symlink},
        net::UnixStream,
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// The image that every engine here has: busybox, which sleeps unless told otherwise.
pub const IMAGE: &str = "cs-test/busybox:1";

const PATIENCE: Duration = Duration::from_mins(1);
/// What is called within the image.
const TOOLS: [&str; 12] = [
    "cat", "dd", "echo", "head", "kill", "printf", "sh", "sleep", "true", "tr", "wc", "yes",
];
/// Root's own path may lack these.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Reads until the test process is gone (its end of the pipe closes with it), ends the engine, removes the folder.
const WATCHDOG: &str = r#"
cat > /dev/null
for file in "$1"/*/engine.pid; do
  pid=$(cat "$file" 2> /dev/null) && kill -TERM "$pid" 2> /dev/null
  tries=0
  while kill -0 "$pid" 2> /dev/null && [ $tries -lt 300 ]; do tries=$((tries + 1)); sleep 0.1; done
  kill -KILL "$pid" 2> /dev/null
done
rm -rf --one-file-system "$1"
"#;

/// An engine that is running.
#[derive(Debug)]
pub struct Engine {
    folder: PathBuf,
    process: Child,
    port: u16,
    /// What both sides prove themselves with.
    pub papers: Papers,
    driver: &'static str,
}

/// Certificates and keys, as PEM.
#[derive(Debug, Clone)]
pub struct Papers {
    /// The authority.
    pub authority: String,
    /// The client's certificate.
    pub certificate: String,
    /// The client's key.
    pub key: String,
    server_certificate: String,
    server_key: String,
}

/// The engine of this test process; nothing, and a notice, where none can run.
pub async fn engine() -> Option<&'static Engine> {
    static ENGINE: OnceCell<Option<Engine>> = OnceCell::const_new();
    ENGINE
        .get_or_init(async || {
            if let Err(why) = possible() {
                // Not by the macro, whose output a passed test keeps to itself.
                let notice = format!("\nNOTICE: the tests over a real Docker engine were left out: {why}\n\n");
                let _shown = std::io::stderr().write_all(notice.as_bytes());
                return None;
            }
            // It is possible: that it doesn't start is a failure, not a reason to leave anything out.
            Some(tokio::task::spawn_blocking(Engine::start).await.expect("an engine"))
        })
        .await
        .as_ref()
}

fn possible() -> Result<(), String> {
    if !rustix::process::getuid().is_root() {
        return Err("an engine needs root, and this is another account.".to_owned());
    }
    for program in ["dockerd", "containerd", "runc"] {
        if found(program).is_none() {
            return Err(format!("{program} is not installed (scripts/bootstrap.sh docker)."));
        }
    }
    busybox().ok_or("busybox is not installed (scripts/bootstrap.sh docker).")?;
    Ok(())
}

/// A program of root's path.
pub fn found(program: &str) -> Option<PathBuf> {
    PATH.split(':')
        .map(|folder| Path::new(folder).join(program))
        .find(|file| file.is_file())
}

fn busybox() -> Option<PathBuf> {
    ["/bin/busybox", "/usr/bin/busybox"]
        .iter()
        .map(PathBuf::from)
        .find(|file| file.is_file())
}

/// The folder of all engines of this process, which its watchdog removes.
fn folder() -> &'static Path {
    static FOLDER: std::sync::OnceLock<(PathBuf, Child)> = std::sync::OnceLock::new();
    let (folder, _) = FOLDER.get_or_init(|| {
        let folder = TempDir::with_prefix("cs-engine-").expect("a folder").keep();
        let watchdog = Command::new("sh")
            .args(["-c", WATCHDOG, "watchdog"])
            .arg(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // What ends the tests from the keyboard must not end what cleans up after them.
            .process_group(0)
            .spawn()
            .expect("a watchdog");
        (folder, watchdog)
    });
    folder
}

impl Engine {
    /// Starts one more engine. It blocks until the engine is ready.
    pub fn start() -> Self {
        let folder = TempDir::with_prefix_in("e-", folder()).expect("a folder").keep();
        let papers = Papers::issue();
        for (name, text) in [
            ("ca.pem", &papers.authority),
            ("server.pem", &papers.server_certificate),
            ("server-key.pem", &papers.server_key),
        ] {
            fs::write(folder.join(name), text).expect("written");
        }
        // Chosen by the system a moment before the engine takes it.
        let free = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        for driver in ["overlay2", "vfs"] {
            if let Some(process) = launch(&folder, port, driver) {
                let engine = Self {
                    folder,
                    process,
                    port,
                    papers,
                    driver,
                };
                engine.import();
                return engine;
            }
        }
        let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
        let end: Vec<&str> = log.lines().rev().take(15).collect();
        panic!("dockerd doesn't start:\n{}", end.join("\n"));
    }

    /// Ends it and starts it again on the same data: what it remembers of events is gone.
    pub fn restart(&mut self) {
        self.end();
        self.process = launch(&self.folder, self.port, self.driver).expect("it starts again");
    }

    fn end(&mut self) {
        let pid = rustix::process::Pid::from_child(&self.process);
        let _sent = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        let _ended = self.process.wait();
        // The number may be another process's by now.
        let _gone = fs::remove_file(self.folder.join("engine.pid"));
    }

    /// Stops the process for a while, or lets it go on: an engine that hangs.
    pub fn freeze(&self, frozen: bool) {
        let signal = if frozen {
            rustix::process::Signal::STOP
        } else {
            rustix::process::Signal::CONT
        };
        let pid = rustix::process::Pid::from_child(&self.process);
        rustix::process::kill_process(pid, signal).expect("signalled");
    }

    /// Its socket.
    pub fn socket(&self) -> PathBuf {
        self.folder.join("docker.sock")
    }

    /// Its encrypted port on this computer.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// How it stores layers.
    pub fn driver(&self) -> &str {
        self.driver
    }

    /// Makes the image out of a folder.
    fn import(&self) {
        let tar = self.layer();
        let changes = "changes=CMD%20%5B%22%2Fbin%2Fsleep%22%2C%22100000%22%5D";
        let target = format!("/images/create?fromSrc=-&repo=cs-test/busybox&tag=1&{changes}");
        let answer = self.raw("POST", &target, &tar);
        assert!(answer.contains("sha256:"), "{answer}");
    }

    /// A layer with what the tests call, as a tar.
    pub fn layer(&self) -> Vec<u8> {
        let root = self.folder.join("root");
        let bin = root.join("bin");
        fs::create_dir_all(&bin).expect("a folder");
        let busybox = busybox().expect("busybox");
        fs::copy(busybox, bin.join("busybox")).expect("copied");
        for tool in TOOLS {
            let link = bin.join(tool);
            if !link.is_symlink() {
                symlink("busybox", link).expect("linked");
            }
        }
        let tar = Command::new("tar")
            .arg("-C")
            .arg(&root)
            .args(["-c", "."])
            .output()
            .expect("tar");
        assert!(tar.status.success());
        tar.stdout
    }

    /// A request that the client under test is not asked to make, and the answer as it is.
    pub fn raw(&self, method: &str, target: &str, body: &[u8]) -> String {
        raw(&self.socket(), method, target, body).expect("an answer")
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.end();
    }
}

fn raw(socket: &Path, method: &str, target: &str, body: &[u8]) -> std::io::Result<String> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let head = format!(
        "{method} {target} HTTP/1.0\r\nHost: docker\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// Starts the process and waits until it answers; nothing if it ends before.
fn launch(folder: &Path, port: u16, driver: &str) -> Option<Child> {
    let at = |name: &str| folder.join(name);
    // Not the configuration of this computer.
    fs::write(at("none.json"), "{}").expect("written");
    let log = fs::File::create(at("log")).expect("a log");
    let errors = log.try_clone().expect("the same log");
    let socket = at("docker.sock");
    let _old = fs::remove_file(&socket);
    let mut process = Command::new(found("dockerd").expect("dockerd"))
        .args([
            "--iptables=false",
            "--ip6tables=false",
            "--bridge=none",
            "--ip-forward=false",
            "--ip-masq=false",
        ])
        .arg(format!("--storage-driver={driver}"))
        .arg("--shutdown-timeout=1")
        .arg("--data-root")
        .arg(at("data"))
        .arg("--exec-root")
        .arg(at("exec"))
        .arg("--config-file")
        .arg(at("none.json"))
        .arg("-H")
        .arg(format!("unix://{}", socket.display()))
        .arg("-H")
        .arg(format!("tcp://127.0.0.1:{port}"))
        .arg("--tlsverify")
        .arg("--tlscacert")
        .arg(at("ca.pem"))
        .arg("--tlscert")
        .arg(at("server.pem"))
        .arg("--tlskey")
        .arg(at("server-key.pem"))
        .arg("-p")
        .arg(at("docker.pid"))
        .env("PATH", PATH)
        .env_remove("DOCKER_HOST")
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(errors)
        .process_group(0)
        .spawn()
        .expect("dockerd");
    fs::write(at("engine.pid"), process.id().to_string()).expect("noted");
    let patience = Instant::now() + PATIENCE;
    while Instant::now() < patience {
        if process.try_wait().expect("its state").is_some() {
            return None;
        }
        if raw(&socket, "GET", "/_ping", b"").is_ok_and(|answer| answer.contains("200 OK")) {
            return Some(process);
        }
        // Nothing tells that an engine is ready but its answer.
        thread::sleep(Duration::from_millis(20));
    }
    let _killed = process.kill();
    let _ended = process.wait();
    None
}

impl Papers {
    /// A new authority, and what it has signed.
    pub fn issue() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params.distinguished_name.push(DnType::CommonName, "Tests");
        let authority =
            CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority");
        let issue = |name: &str, usage| {
            let mut params = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
            params.extended_key_usages = vec![usage];
            let key = KeyPair::generate().expect("a key");
            let certificate = params.signed_by(&key, &authority).expect("a certificate");
            (certificate.pem(), key.serialize_pem())
        };
        let (server_certificate, server_key) = issue("127.0.0.1", ExtendedKeyUsagePurpose::ServerAuth);
        let (certificate, key) = issue("desk", ExtendedKeyUsagePurpose::ClientAuth);
        Self {
            authority: authority.pem(),
            certificate,
            key,
            server_certificate,
            server_key,
        }
    }
}

/// A program of a test's own in the place of another.
pub fn script(folder: &Path, name: &str, text: &str) -> PathBuf {
    let file = folder.join(name);
    fs::write(&file, format!("#!/bin/sh\n{text}\n")).expect("written");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("allowed");
    file
}
