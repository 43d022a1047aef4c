//! A connection that is a process: the system's `ssh`, which runs `docker system dial-stdio` on the host.

use std::{
    ffi::OsString,
    io,
    pin::Pin,
    process::Stdio,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf},
    process::{Child, ChildStdin, ChildStdout, Command},
    task::JoinHandle,
};

use super::error::quoted;

/// More of what ssh says helps nobody.
const MOST_SAID: u64 = 4096;

/// ssh ended before the engine said a word.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct SshGaveUp(pub(super) String);

/// The arguments: nothing may be asked, nothing else may be opened.
pub(super) fn arguments(user: Option<&str>, name: &str, port: Option<u16>, connect: Duration) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = Vec::new();
    for option in [
        "BatchMode=yes",
        "NumberOfPasswordPrompts=0",
        "ClearAllForwardings=yes",
        "ForwardAgent=no",
        "ForwardX11=no",
        "PermitLocalCommand=no",
        "RemoteCommand=none",
        "RequestTTY=no",
        "ServerAliveInterval=15",
        "ServerAliveCountMax=3",
    ] {
        arguments.extend(["-o".into(), option.into()]);
    }
    arguments.extend([
        "-o".into(),
        format!("ConnectTimeout={}", connect.as_secs().max(1)).into(),
    ]);
    if let Some(user) = user {
        arguments.extend(["-l".into(), user.into()]);
    }
    if let Some(port) = port {
        arguments.extend(["-p".into(), port.to_string().into()]);
    }
    for word in ["--", name, "docker", "system", "dial-stdio"] {
        arguments.push(word.into());
    }
    arguments
}

/// The process as a stream. It ends when this is dropped.
pub(super) struct SshStream {
    _process: Child,
    from: ChildStdout,
    to: ChildStdin,
    said: Option<JoinHandle<String>>,
    heard: bool,
}

impl SshStream {
    pub(super) fn start(program: &OsString, arguments: &[OsString]) -> io::Result<Self> {
        let mut process = Command::new(program)
            .args(arguments)
            // It must find nobody to ask, not even by a window.
            .env("SSH_ASKPASS_REQUIRE", "never")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let (Some(to), Some(from), Some(errors)) = (process.stdin.take(), process.stdout.take(), process.stderr.take())
        else {
            return Err(io::Error::other("ssh was started without its pipes"));
        };
        let said = tokio::spawn(async move {
            let mut heard = Vec::new();
            let mut errors = errors.take(MOST_SAID);
            let read = errors.read_to_end(&mut heard).await;
            // Whatever comes after is read away, or ssh would block on a full pipe.
            let mut rest = errors.into_inner();
            let mut away = [0; 1024];
            if read.is_ok() && heard.len() as u64 == MOST_SAID {
                tokio::spawn(async move { while rest.read(&mut away).await.is_ok_and(|count| count > 0) {} });
            }
            String::from_utf8_lossy(&heard).into_owned()
        });
        Ok(Self {
            _process: process,
            from,
            to,
            said: Some(said),
            heard: false,
        })
    }

    /// Once it has ended: what it said.
    fn poll_said(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        let said = match &mut self.said {
            Some(said) => ready!(Pin::new(said).poll(cx)).unwrap_or_default(),
            None => String::new(),
        };
        self.said = None;
        let said = if said.trim().is_empty() {
            "it ended without a word".to_owned()
        } else {
            quoted(&said)
        };
        Poll::Ready(io::Error::other(SshGaveUp(said)))
    }
}

impl AsyncRead for SshStream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.from).poll_read(cx, buffer))?;
        if buffer.filled().len() > before {
            this.heard = true;
            return Poll::Ready(Ok(()));
        }
        if this.heard {
            return Poll::Ready(Ok(()));
        }
        this.poll_said(cx).map(Err)
    }
}

impl AsyncWrite for SshStream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        match ready!(Pin::new(&mut this.to).poll_write(cx, data)) {
            // What it says on its way out says more than a broken pipe.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe && !this.heard => this.poll_said(cx).map(Err),
            done => Poll::Ready(done),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().to).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().to).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_and_a_port_reach_ssh_as_its_own_options() {
        let given = arguments(Some("ops"), "docker.example", Some(2222), Duration::from_secs(10));
        let line: Vec<&str> = given.iter().filter_map(|word| word.to_str()).collect();
        let line = line.join(" ");
        assert!(line.contains("-o BatchMode=yes"), "{line}");
        assert!(line.contains("-o ConnectTimeout=10"), "{line}");
        assert!(
            line.ends_with("-l ops -p 2222 -- docker.example docker system dial-stdio"),
            "{line}"
        );
        let bare = arguments(None, "alias", None, Duration::ZERO);
        assert!(!bare.contains(&OsString::from("-l")) && !bare.contains(&OsString::from("-p")));
        assert!(bare.contains(&OsString::from("ConnectTimeout=1")));
    }
}
