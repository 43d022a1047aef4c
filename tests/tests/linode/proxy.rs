//! A proxy between this computer and Linode.

use std::sync::Arc;

use providers::linode::{Call, Linode, LinodeError, LinodeOptions, Proxy};
use secrecy::SecretString;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::shared::{Dial, options, with};
use cs_tests::linode::TOKEN;

async fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        assert_ne!(stream.read_buf(&mut head).await.unwrap(), 0, "the head of a request");
    }
    String::from_utf8(head).unwrap()
}

/// A client of Linode itself behind a proxy, which may have a name and a password.
async fn behind(credentials: &str) -> (TcpListener, Linode) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let mut options = LinodeOptions::new(SecretString::from(TOKEN));
    let address = format!("http://{credentials}{}", listener.local_addr().unwrap());
    // A name that nobody has: whoever asks for it past the proxy finds nothing.
    "https://api.linode.invalid/v4".clone_into(&mut options.base_url);
    options.proxy = Proxy::At(SecretString::from(address));
    (listener, Linode::new(options, Arc::new(Dial::default())).unwrap())
}

#[tokio::test]
async fn a_proxy_carries_what_is_encrypted_and_sees_no_token() {
    let (listener, linode) = behind("me:pr0xy-pass@").await;
    let proxy = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let head = head(&mut stream).await;
        stream
            .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
            .await
            .unwrap();
        let mut hello = vec![0; 4096];
        let length = stream.read(&mut hello).await.unwrap();
        hello.truncate(length);
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n{}").await.unwrap();
        (head, hello)
    };
    let call = Call::new();
    let (answer, (head, hello)) = tokio::join!(linode.profile(&call), proxy);
    assert!(
        head.starts_with("CONNECT api.linode.invalid:443 HTTP/1.1\r\n"),
        "{head}"
    );
    // me:pr0xy-pass
    assert!(
        head.to_ascii_lowercase().contains("proxy-authorization: basic "),
        "{head}"
    );
    assert!(head.contains("bWU6cHIweHktcGFzcw=="), "{head}");
    assert!(!head.contains(TOKEN));
    assert_eq!(hello[0], 0x16, "the handshake of TLS through the proxy");
    let error = answer.unwrap_err();
    assert!(matches!(error, LinodeError::Untrusted { .. }), "{error}");
    assert!(!format!("{error} {error:?} {linode:?}").contains("pr0xy-pass"));
}

#[tokio::test]
async fn a_proxy_that_refuses_is_told() {
    let (listener, linode) = behind("").await;
    let proxy = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        head(&mut stream).await;
        let refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";
        stream.write_all(refusal).await.unwrap();
    };
    let call = Call::new();
    let (answer, ()) = tokio::join!(linode.profile(&call), proxy);
    let error = answer.unwrap_err();
    assert!(matches!(error, LinodeError::Unreachable { .. }), "{error}");
}

#[tokio::test]
async fn this_computer_itself_is_reached_past_any_proxy() {
    let (stand_in, _linode, _dial) = with(1).await;
    for proxy in [
        Proxy::Surroundings,
        Proxy::Direct,
        Proxy::At(SecretString::from("http://proxy.invalid:3128")),
    ] {
        let mut options = options(&stand_in);
        options.proxy = proxy;
        let linode = Linode::new(options, Arc::new(Dial::default())).unwrap();
        assert_eq!(linode.instances(&Call::new()).await.unwrap().items.len(), 1);
    }
}
