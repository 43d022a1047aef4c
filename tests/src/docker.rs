//! A stand-in for a Docker engine: a socket that answers what it is told to, whole, broken or not at all.
//!
//! It speaks HTTP itself, over the bare connection: a server's library would refuse to send what is broken.

use std::{
    collections::{BTreeMap, VecDeque},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
};

/// Requests are small; a client that sends more is broken.
const LARGEST: usize = 1024 * 1024;

/// What a request gets.
#[derive(Debug, Clone)]
pub enum Said {
    /// A whole answer: status, headers, body.
    Whole(u16, Vec<(&'static str, &'static str)>, Vec<u8>),
    /// These bytes as they are, and the connection closed.
    Raw(Vec<u8>),
    /// A good head and these bytes of a body, and the connection closed before its end.
    Cut(Vec<u8>),
    /// A good head and these bytes of a body, then nothing more.
    Stall(Vec<u8>),
    /// A good head and a body without end, of this again and again.
    Endless(Vec<u8>),
    /// The connection closed without a word.
    Closed,
    /// Nothing.
    Silence,
}

impl Said {
    /// JSON, as an engine answers.
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        let headers = vec![("Content-Type", "application/json"), ("Api-Version", "1.41")];
        Self::Whole(status, headers, body.to_string().into_bytes())
    }

    /// A refusal, as an engine words it.
    pub fn error(status: u16, message: &str) -> Self {
        Self::json(status, &serde_json::json!({ "message": message }))
    }

    /// A page of somebody on the way.
    pub fn html(status: u16) -> Self {
        let body = format!("<html><head><title>{status}</title></head><body>nginx</body></html>");
        Self::Whole(status, vec![("Content-Type", "text/html")], body.into_bytes())
    }
}

/// A request that has come.
#[derive(Debug, Clone)]
pub struct Heard {
    /// `GET`, `POST`, `DELETE`.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// The body.
    pub body: String,
}

#[derive(Default)]
struct Shared {
    /// With whether it was said already.
    script: Mutex<BTreeMap<String, VecDeque<(Said, bool)>>>,
    heard: Mutex<Vec<Heard>>,
    connections: watch::Sender<usize>,
    requests: watch::Sender<usize>,
}

/// A stand-in that is listening. Ends when dropped.
pub struct DockerStandIn {
    shared: Arc<Shared>,
    server: JoinHandle<()>,
    socket: PathBuf,
    _folder: TempDir,
}

impl DockerStandIn {
    /// Listens on a socket of its own.
    pub fn start() -> Self {
        let folder = TempDir::with_prefix("cs-docker-").expect("a folder");
        let socket = folder.path().join("docker.sock");
        let listener = UnixListener::bind(&socket).expect("a socket");
        let shared = Arc::new(Shared::default());
        let server = tokio::spawn(serve(listener, Arc::clone(&shared)));
        Self {
            shared,
            server,
            socket,
            _folder: folder,
        }
    }

    /// The socket.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// What the next request of this path gets, after what was ordered before and not yet said. The last is said to
    /// all that follow, until there is another.
    pub fn say(&self, path: &str, said: Said) {
        let mut script = lock(&self.shared.script);
        let queue = script.entry(path.to_owned()).or_default();
        queue.retain(|(_, was_said)| !was_said);
        queue.push_back((said, false));
    }

    /// What has been asked so far.
    pub fn heard(&self) -> Vec<Heard> {
        lock(&self.shared.heard).clone()
    }

    /// How many connections there have been.
    pub fn connections(&self) -> usize {
        *self.shared.connections.borrow()
    }

    /// Waits until so many requests have come.
    pub async fn requests(&self, count: usize) {
        let mut requests = self.shared.requests.subscribe();
        drop(requests.wait_for(|has| *has >= count).await);
    }
}

impl Drop for DockerStandIn {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(listener: UnixListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        shared.connections.send_modify(|count| *count += 1);
        let shared = Arc::clone(&shared);
        connections.spawn(async move {
            // A client may go at any time: that is no failure of the stand-in.
            let _gone = connection(stream, &shared).await;
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn connection(mut stream: UnixStream, shared: &Shared) -> io::Result<()> {
    while let Some(heard) = request(&mut stream).await? {
        let path = heard.target.split('?').next().unwrap_or_default().to_owned();
        lock(&shared.heard).push(heard);
        shared.requests.send_modify(|count| *count += 1);
        let said = {
            let mut script = lock(&shared.script);
            match script.get_mut(&path) {
                Some(queue) if queue.len() > 1 => queue.pop_front().map(|(said, _)| said),
                Some(queue) => queue.front_mut().map(|(said, was_said)| {
                    *was_said = true;
                    said.clone()
                }),
                None => None,
            }
        };
        match said.unwrap_or_else(|| Said::error(404, "page not found")) {
            Said::Whole(status, headers, body) => {
                let mut head = format!("HTTP/1.1 {status} Said\r\nContent-Length: {}\r\n", body.len());
                for (name, value) in headers {
                    head.push_str(&format!("{name}: {value}\r\n"));
                }
                stream.write_all(format!("{head}\r\n").as_bytes()).await?;
                // What has no body must not be given one.
                if status != 204 && status != 304 {
                    stream.write_all(&body).await?;
                }
            }
            Said::Raw(bytes) => {
                stream.write_all(&bytes).await?;
                return stream.shutdown().await;
            }
            Said::Cut(bytes) => {
                chunk(&mut stream, &bytes, true).await?;
                return stream.shutdown().await;
            }
            Said::Stall(bytes) => {
                chunk(&mut stream, &bytes, true).await?;
                // Until the client goes.
                let mut nothing = [0; 16];
                while stream.read(&mut nothing).await? > 0 {}
                return Ok(());
            }
            Said::Endless(bytes) => {
                chunk(&mut stream, &bytes, true).await?;
                loop {
                    chunk(&mut stream, &bytes, false).await?;
                }
            }
            Said::Closed => return Ok(()),
            Said::Silence => {
                let mut nothing = [0; 16];
                while stream.read(&mut nothing).await? > 0 {}
                return Ok(());
            }
        }
    }
    Ok(())
}

/// A piece of a body of unknown length, with the head before the first one.
async fn chunk(stream: &mut UnixStream, bytes: &[u8], first: bool) -> io::Result<()> {
    if first {
        let head = "HTTP/1.1 200 Said\r\nApi-Version: 1.41\r\nTransfer-Encoding: chunked\r\n\r\n";
        stream.write_all(head.as_bytes()).await?;
    }
    if bytes.is_empty() {
        return Ok(());
    }
    stream.write_all(format!("{:x}\r\n", bytes.len()).as_bytes()).await?;
    stream.write_all(bytes).await?;
    stream.write_all(b"\r\n").await
}

/// Reads one request; nothing if the client has gone.
async fn request(stream: &mut UnixStream) -> io::Result<Option<Heard>> {
    let mut all = Vec::new();
    let end = loop {
        if let Some(end) = all.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        if all.len() > LARGEST || stream.read_buf(&mut all).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&all[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let mut words = lines.next().unwrap_or_default().split(' ').map(str::to_owned);
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let length: usize = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok())
        .unwrap_or_default();
    while all.len() < end + length {
        if stream.read_buf(&mut all).await? == 0 {
            return Ok(None);
        }
    }
    let body = String::from_utf8_lossy(&all[end..end + length]).into_owned();
    Ok(Some(Heard { method, target, body }))
}
