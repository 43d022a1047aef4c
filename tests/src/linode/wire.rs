//! HTTP/1.1 over the bare connection: whole answers, and broken ones on order.

use std::{future::pending, io, sync::Arc};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use super::{Fault, Reply, Shared, TOKEN};

/// Requests are small; a client that sends more is broken.
const LARGEST_HEAD: usize = 64 * 1024;

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

async fn connection(mut stream: TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    while let Some(head) = head(&mut stream).await? {
        let mut lines = head.split("\r\n");
        let target = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap_or("/");
        let target = target.strip_prefix("/v4").unwrap_or(target);
        let token = lines.find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("authorization")
                .then(|| value.trim().to_owned())
        });
        let fault = shared.arrive(target);
        let under = Under(shared);
        // What is sold, where, and for how much may be read by everybody; a wrong token is refused there too.
        let open = token.is_none() && matches!(target.split('?').next(), Some("/linode/types" | "/regions"));
        let known = open || token.as_deref() == Some(&format!("Bearer {TOKEN}"));
        match fault {
            None => whole(&mut stream, &real(shared, target, known), under).await?,
            Some(Fault::Answer(reply)) => whole(&mut stream, &reply, under).await?,
            Some(Fault::Headers(more)) => {
                let mut reply = real(shared, target, known);
                reply.headers.extend(more);
                whole(&mut stream, &reply, under).await?;
            }
            Some(Fault::Body(body)) => {
                let reply = real(shared, target, known);
                whole(&mut stream, &Reply { body, ..reply }, under).await?;
            }
            Some(Fault::Shortened(length)) => {
                let mut reply = real(shared, target, known);
                reply.body.truncate(length);
                whole(&mut stream, &reply, under).await?;
            }
            Some(Fault::Change(change)) => {
                change(&mut shared.account());
                whole(&mut stream, &real(shared, target, known), under).await?;
            }
            Some(Fault::Together(count)) => {
                let mut most = shared.most.subscribe();
                drop(most.wait_for(|most| *most >= count).await);
                whole(&mut stream, &real(shared, target, known), under).await?;
            }
            Some(Fault::Cut(length)) => {
                let reply = real(shared, target, known);
                stream.write_all(framing(&reply).as_bytes()).await?;
                stream.write_all(&reply.body.as_bytes()[..length]).await?;
                stream.shutdown().await?;
                return Ok(());
            }
            Some(Fault::Reset) => {
                // Without lingering, closing sends a reset instead of an end.
                stream.set_zero_linger()?;
                return Ok(());
            }
            Some(Fault::Silence) => return pending().await,
            Some(Fault::Stall) => {
                let reply = real(shared, target, known);
                stream.write_all(framing(&reply).as_bytes()).await?;
                stream.write_all(&reply.body.as_bytes()[..reply.body.len() / 2]).await?;
                return pending().await;
            }
        }
    }
    Ok(())
}

/// Reads to the end of a request's head; nothing if the client has gone.
async fn head(stream: &mut TcpStream) -> io::Result<Option<String>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        // The client asks its next question only after the answer, so nothing behind the head is lost.
        if head.len() > LARGEST_HEAD || stream.read_buf(&mut head).await? == 0 {
            return Ok(None);
        }
    }
    Ok(Some(String::from_utf8_lossy(&head).into_owned()))
}

fn real(shared: &Shared, target: &str, known: bool) -> Reply {
    if !known {
        return Reply::error(401, "Invalid Token");
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let query: Vec<(&str, &str)> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
    shared.account().answer(path, &query)
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
