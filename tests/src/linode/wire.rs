//! HTTP/1.1 over the bare connection: whole answers, and broken ones on order.

use std::{
    future::pending,
    io,
    sync::{Arc, PoisonError},
};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use super::{Fault, Reply, Shared, TOKEN, account::Asked};

/// Requests are small; a client that sends more is broken.
const LARGEST_REQUEST: usize = 512 * 1024;

/// Takes connections until the stand-in ends, which ends them all.
pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        let shared = Arc::clone(&shared);
        connections.spawn(async move {
            // A client may go at any time: that is no failure of the stand-in.
            let _gone = connection(stream, &shared).await;
        });
        while connections.try_join_next().is_some() {}
    }
}

/// Counts a request out, however it ends.
struct Under<'a>(&'a Shared);

impl Drop for Under<'_> {
    fn drop(&mut self) {
        self.0.leave();
    }
}

/// A request, read whole.
pub(super) struct Request {
    pub(super) method: String,
    /// Path and query below `/v4`.
    pub(super) target: String,
    pub(super) filter: Option<String>,
    pub(super) body: Value,
    /// What was sent as the token.
    token: Option<String>,
}

async fn connection(mut stream: TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    while let Some(request) = request(&mut stream).await? {
        let fault = shared.arrive(&request);
        let under = Under(shared);
        let takes = *shared.takes.lock().unwrap_or_else(PoisonError::into_inner);
        if !takes.is_zero() {
            tokio::time::sleep(takes).await;
        }
        match fault {
            None => whole(&mut stream, &real(shared, &request), under).await?,
            Some(Fault::Answer(reply)) => whole(&mut stream, &reply, under).await?,
            Some(Fault::CarriedOut(reply)) => {
                real(shared, &request);
                whole(&mut stream, &reply, under).await?;
            }
            Some(Fault::Headers(more)) => {
                let mut reply = real(shared, &request);
                reply.headers.extend(more);
                whole(&mut stream, &reply, under).await?;
            }
            Some(Fault::Body(body)) => {
                let reply = real(shared, &request);
                whole(&mut stream, &Reply { body, ..reply }, under).await?;
            }
            Some(Fault::Shortened(length)) => {
                let mut reply = real(shared, &request);
                reply.body.truncate(length);
                whole(&mut stream, &reply, under).await?;
            }
            Some(Fault::Change(change)) => {
                change(&mut shared.account());
                whole(&mut stream, &real(shared, &request), under).await?;
            }
            Some(Fault::Together(count)) => {
                let mut most = shared.most.subscribe();
                drop(most.wait_for(|most| *most >= count).await);
                whole(&mut stream, &real(shared, &request), under).await?;
            }
            Some(Fault::Bytewise) => {
                let reply = real(shared, &request);
                drop(under);
                stream.write_all(framing(&reply).as_bytes()).await?;
                for byte in reply.body.as_bytes() {
                    stream.write_all(&[*byte]).await?;
                    stream.flush().await?;
                    tokio::task::yield_now().await;
                }
            }
            Some(Fault::Cut(length)) => {
                let reply = real(shared, &request);
                stream.write_all(framing(&reply).as_bytes()).await?;
                stream.write_all(&reply.body.as_bytes()[..length]).await?;
                stream.shutdown().await?;
                return Ok(());
            }
            Some(fault @ (Fault::Reset | Fault::Lost)) => {
                if matches!(fault, Fault::Lost) {
                    real(shared, &request);
                }
                // Without lingering, closing sends a reset instead of an end.
                stream.set_zero_linger()?;
                return Ok(());
            }
            Some(Fault::Silence) => return pending().await,
            Some(Fault::Stall) => {
                let reply = real(shared, &request);
                stream.write_all(framing(&reply).as_bytes()).await?;
                stream.write_all(&reply.body.as_bytes()[..reply.body.len() / 2]).await?;
                return pending().await;
            }
        }
    }
    Ok(())
}

/// Reads a request to its end; nothing if the client has gone.
async fn request(stream: &mut TcpStream) -> io::Result<Option<Request>> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if bytes.len() > LARGEST_REQUEST || stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let header = |wanted: &str| {
        head.split("\r\n").skip(1).find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case(wanted).then(|| value.trim().to_owned())
        })
    };
    let length: usize = header("content-length")
        .and_then(|length| length.parse().ok())
        .unwrap_or_default();
    // The client asks its next question only after the answer, so nothing behind the body is lost.
    while bytes.len() < end + 4 + length {
        if bytes.len() > LARGEST_REQUEST || stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    }
    let body = &bytes[end + 4..];
    let mut line = head.split("\r\n").next().unwrap_or_default().split(' ');
    let method = line.next().unwrap_or_default().to_owned();
    let target = line.next().unwrap_or("/");
    Ok(Some(Request {
        method,
        target: target.strip_prefix("/v4").unwrap_or(target).to_owned(),
        filter: header("x-filter"),
        token: header("authorization"),
        body: serde_json::from_slice(body).unwrap_or_default(),
    }))
}

fn real(shared: &Shared, request: &Request) -> Reply {
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    // What is sold, where, and for how much may be read by everybody; a wrong token is refused there too.
    let open = [
        "/linode/types",
        "/regions",
        "/images",
        "/linode/stackscripts",
        "/network-transfer",
    ];
    let everybody = request.method == "GET" && open.iter().any(|begin| path.starts_with(begin));
    let known = match &request.token {
        None => everybody,
        Some(token) => *token == format!("Bearer {TOKEN}"),
    };
    if !known {
        return Reply::error(401, "Invalid Token");
    }
    let asked = Asked {
        method: &request.method,
        path,
        query: query.split('&').filter_map(|pair| pair.split_once('=')).collect(),
        filter: request.filter.as_deref(),
        body: &request.body,
    };
    shared.account().answer(&asked)
}

async fn whole(stream: &mut TcpStream, reply: &Reply, under: Under<'_>) -> io::Result<()> {
    // Counted out before the last byte: once the client has it, the request is over.
    drop(under);
    stream.write_all(framing(reply).as_bytes()).await?;
    stream.write_all(reply.body.as_bytes()).await
}

fn framing(reply: &Reply) -> String {
    let mut head = format!(
        "HTTP/1.1 {} Said\r\nContent-Length: {}\r\n",
        reply.status,
        reply.body.len()
    );
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    head
}
