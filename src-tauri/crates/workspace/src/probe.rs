use std::path::Path;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use crate::SUPERUSER;

/// A server that takes longer for its first byte counts as silent.
const PATIENCE: Duration = Duration::from_secs(2);
/// Longest error message that is read.
const LONGEST_MESSAGE: usize = 64 * 1024;
/// `CANNOT_CONNECT_NOW`: starting, recovering or shutting down.
const NOT_NOW: &[u8] = b"57P03";

/// What a server says to a start-up packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It takes connections (or refuses this one for a reason of its own).
    Ready,
    /// It starts, recovers or shuts down.
    NotYet,
    /// Nobody is there, or nobody answers.
    Silent,
}

/// Asks as libpq does when it connects, and hangs up before the password.
pub(crate) async fn ask(socket: &Path) -> Answer {
    tokio::time::timeout(PATIENCE, exchange(socket))
        .await
        .ok()
        .and_then(Result::ok)
        .unwrap_or(Answer::Silent)
}

async fn exchange(socket: &Path) -> std::io::Result<Answer> {
    let mut stream = UnixStream::connect(socket).await?;
    stream.write_all(&startup_packet()).await?;
    match stream.read_u8().await? {
        b'E' => {
            let length = usize::try_from(stream.read_u32().await?).unwrap_or(usize::MAX);
            let mut body = vec![0; length.saturating_sub(4).min(LONGEST_MESSAGE)];
            stream.read_exact(&mut body).await?;
            let not_yet = error_code(&body) == Some(NOT_NOW);
            Ok(if not_yet { Answer::NotYet } else { Answer::Ready })
        }
        _ => Ok(Answer::Ready),
    }
}

/// Length, protocol 3.0, then pairs of strings, each with a zero byte at its end.
fn startup_packet() -> Vec<u8> {
    const PROTOCOL_3: u32 = 3 << 16;
    let mut body = PROTOCOL_3.to_be_bytes().to_vec();
    for text in ["user", SUPERUSER, "database", "postgres", ""] {
        body.extend_from_slice(text.as_bytes());
        body.push(0);
    }
    // Some tens of bytes: the sum fits.
    let length = u32::try_from(body.len() + 4).unwrap_or(u32::MAX);
    [length.to_be_bytes().as_slice(), body.as_slice()].concat()
}

/// The field `C` of an error message, whose fields are a letter and a string with a zero byte at its end.
fn error_code(body: &[u8]) -> Option<&[u8]> {
    body.split(|byte| *byte == 0).find_map(|field| field.strip_prefix(b"C"))
}

#[cfg(test)]
mod tests {
    use tokio::net::UnixListener;

    use super::*;

    async fn answer_to(bytes: &'static [u8]) -> Answer {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("s");
        let listener = UnixListener::bind(&socket).unwrap();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut packet = vec![0; startup_packet().len()];
            stream.read_exact(&mut packet).await.unwrap();
            stream.write_all(bytes).await.unwrap();
        });
        let answer = ask(&socket).await;
        server.await.unwrap();
        answer
    }

    #[tokio::test]
    async fn every_kind_of_answer_is_understood() {
        let starting = b"E\0\0\0\x26SFATAL\0VFATAL\0C57P03\0Mstarting\0\0\0\0\0";
        assert_eq!(answer_to(starting).await, Answer::NotYet);
        let refused = b"E\0\0\0\x0eC28000\0Mno\0\0";
        assert_eq!(answer_to(refused).await, Answer::Ready);
        assert_eq!(answer_to(b"R\0\0\0\x17\0\0\0\x0a").await, Answer::Ready);
        assert_eq!(answer_to(b"").await, Answer::Silent);
        assert_eq!(ask(Path::new("/nowhere/socket")).await, Answer::Silent);
    }
}
