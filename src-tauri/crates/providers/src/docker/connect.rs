//! Connections to an engine, over whichever way leads there.

use std::{
    ffi::OsString,
    future::Future,
    io,
    path::PathBuf,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use hyper::{
    Uri,
    rt::{Read, ReadBufCursor, Write},
};
use hyper_util::{
    client::legacy::connect::{Connected, Connection},
    rt::TokioIo,
};
use rustls::{ClientConfig, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;
use tower_service::Service;

use super::{DockerError, DockerHost, DockerOptions, ssh, tls};

/// How a connection is made.
#[derive(Clone)]
enum Way {
    Unix(PathBuf),
    Open {
        name: String,
        port: u16,
    },
    Encrypted {
        name: String,
        port: u16,
        server: ServerName<'static>,
        config: Arc<ClientConfig>,
    },
    Ssh {
        program: OsString,
        arguments: Vec<OsString>,
    },
}

/// Makes connections, whatever address a request names: a client has one engine.
#[derive(Clone)]
pub(super) struct Connector {
    way: Arc<Way>,
    patience: Duration,
}

/// No connection, and why.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConnectError {
    #[error("no answer to the connection")]
    Slow,
    #[error("{0}")]
    Tls(io::Error),
    #[error("ssh can't be started: {0}")]
    NoSsh(io::Error),
    #[error("{0}")]
    System(io::Error),
}

impl Connector {
    /// Checks that the host may be reached in this way; nothing is opened yet.
    pub(super) fn new(options: &DockerOptions) -> Result<Self, DockerError> {
        let patience = options.timeouts.connect;
        let way = match &options.host {
            DockerHost::Unix { path } => Way::Unix(path.clone()),
            DockerHost::Tcp { name, port } => match &options.tls {
                Some(certificates) => {
                    let server = ServerName::try_from(name.clone()).map_err(|_| DockerError::Certificates {
                        why: format!("{name} is no name that a certificate can have"),
                    })?;
                    Way::Encrypted {
                        name: name.clone(),
                        port: *port,
                        server,
                        config: tls::config(certificates)?,
                    }
                }
                None if options.open => Way::Open {
                    name: name.clone(),
                    port: *port,
                },
                None => return Err(DockerError::Plain { host: name.clone() }),
            },
            DockerHost::Ssh { user, name, port } => Way::Ssh {
                program: options.ssh.clone(),
                arguments: ssh::arguments(user.as_deref(), name, *port, patience),
            },
        };
        Ok(Self {
            way: Arc::new(way),
            patience,
        })
    }

    async fn open(self) -> Result<Wire, ConnectError> {
        let opening = async {
            match &*self.way {
                Way::Unix(path) => Ok(Wire::of(unix(path).await.map_err(ConnectError::System)?)),
                Way::Open { name, port } => Ok(Wire::of(tcp(name, *port).await?)),
                Way::Encrypted {
                    name,
                    port,
                    server,
                    config,
                } => {
                    let stream = tcp(name, *port).await?;
                    let connector = TlsConnector::from(Arc::clone(config));
                    let stream = connector.connect(server.clone(), stream).await;
                    Ok(Wire::of(stream.map_err(ConnectError::Tls)?))
                }
                Way::Ssh { program, arguments } => {
                    let stream = ssh::SshStream::start(program, arguments).map_err(ConnectError::NoSsh)?;
                    Ok(Wire::of(stream))
                }
            }
        };
        match tokio::time::timeout(self.patience, opening).await {
            Ok(wire) => wire,
            Err(_) => Err(ConnectError::Slow),
        }
    }
}

#[cfg(unix)]
async fn unix(path: &std::path::Path) -> io::Result<tokio::net::UnixStream> {
    tokio::net::UnixStream::connect(path).await
}

#[cfg(not(unix))]
async fn unix(_path: &std::path::Path) -> io::Result<TcpStream> {
    Err(io::Error::other("this system has no such sockets"))
}

async fn tcp(name: &str, port: u16) -> Result<TcpStream, ConnectError> {
    let stream = TcpStream::connect((name, port)).await.map_err(ConnectError::System)?;
    stream.set_nodelay(true).map_err(ConnectError::System)?;
    Ok(stream)
}

impl Service<Uri> for Connector {
    type Response = Wire;
    type Error = ConnectError;
    type Future = Pin<Box<dyn Future<Output = Result<Wire, ConnectError>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _to: Uri) -> Self::Future {
        Box::pin(self.clone().open())
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A connection, whatever it is made of.
pub(super) struct Wire(TokioIo<Box<dyn Stream>>);

impl Wire {
    fn of(stream: impl Stream + 'static) -> Self {
        Self(TokioIo::new(Box::new(stream)))
    }
}

impl Connection for Wire {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl Read for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl Write for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, data)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
