//! Answers that stay the same however often one asks.

use std::sync::Arc;

use cs_tests::linode::{Fault, Reply, TOKEN, instance};
use providers::linode::{Call, Linode, LinodeError, LinodeOptions};
use secrecy::SecretString;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::shared::{Dial, LIST, failing, options, with};

#[tokio::test]
async fn a_token_that_is_wrong_or_too_small_is_told_apart() {
    let (stand_in, linode, _dial) = with(1).await;
    let mut wrong = options(&stand_in);
    wrong.token = Some(SecretString::from("an0ther-t0ken"));
    let other = Linode::new(wrong, Arc::new(Dial::default())).unwrap();
    assert_eq!(
        other.profile(&Call::new()).await.unwrap_err(),
        LinodeError::Unauthorized
    );
    "account:read_only".clone_into(&mut stand_in.account().scopes);
    let needs = Some("linodes:read_only".to_owned());
    let error = linode.instances(&Call::new()).await.unwrap_err();
    assert_eq!(error, LinodeError::Forbidden { needs });
    assert_eq!(stand_in.requests(LIST), 1);
    for bad in ["", "two words", "line\nbreak", "schlüssel"] {
        let mut options = options(&stand_in);
        options.token = Some(SecretString::from(bad));
        assert_eq!(
            Linode::new(options, Arc::new(Dial::default())).unwrap_err(),
            LinodeError::Token
        );
    }
}

#[tokio::test]
async fn what_will_not_change_is_asked_once() {
    let forbidden = LinodeError::Forbidden { needs: None };
    let maintenance = LinodeError::Unavailable {
        status: 503,
        maintenance: true,
    };
    let moved = Reply::html(302).with("Location", "https://example.com/");
    for (reply, expected) in [
        (Reply::error(401, "Invalid Token"), LinodeError::Unauthorized),
        (Reply::error(403, "Unauthorized"), forbidden),
        (Reply::error(400, "Linode busy."), LinodeError::Busy),
        (
            Reply::error(503, "Closed").with("X-Maintenance-Mode", "all"),
            maintenance,
        ),
        (Reply::html(200), LinodeError::NotJson { status: 200 }),
        (moved, LinodeError::NotJson { status: 302 }),
        (Reply::html(404), LinodeError::NotJson { status: 404 }),
        (Reply::html(403), LinodeError::NotJson { status: 403 }),
    ] {
        assert_eq!(failing(reply).await, (expected, 1));
    }
    let (error, asked) = failing(Reply::error(404, "Not found")).await;
    assert!(matches!(error, LinodeError::NotFound { .. }) && asked == 1);
    let (error, _) = failing(Reply::error(400, "Cannot filter on mood")).await;
    assert_eq!(
        error.to_string(),
        "Linode refused the request: Cannot filter on mood. It was not carried out."
    );
}

#[tokio::test]
async fn a_proxy_s_404_does_not_make_a_server_gone() {
    let (stand_in, linode, _dial) = with(1).await;
    stand_in.always("/linode/instances/1", Reply::html(404).into());
    let error = linode.instance(1, &Call::new()).await.unwrap_err();
    assert_eq!(error, LinodeError::NotJson { status: 404 });
    // An answer about another server is none either.
    stand_in.always(
        "/linode/instances/2",
        Fault::Answer(Reply {
            status: 200,
            headers: Vec::new(),
            body: instance(1).to_string(),
        }),
    );
    let error = linode.instance(2, &Call::new()).await.unwrap_err();
    assert!(matches!(error, LinodeError::Unreadable { .. }));
}

#[tokio::test]
async fn who_cannot_prove_to_be_linode_gets_no_token() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let mut options = LinodeOptions::new(SecretString::from(TOKEN));
    options.base_url = format!("https://{}/v4", listener.local_addr().unwrap());
    let dial = Arc::new(Dial::default());
    let linode = Linode::new(options, dial.clone()).unwrap();
    let stranger = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut hello = vec![0; 4096];
        let length = stream.read(&mut hello).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n{}").await.unwrap();
        hello.truncate(length);
        hello
    };
    let call = Call::new();
    let (answer, hello) = tokio::join!(linode.profile(&call), stranger);
    assert_eq!(hello[0], 0x16, "the handshake of TLS, and nothing before it");
    let error = answer.unwrap_err();
    assert!(matches!(error, LinodeError::Untrusted { .. }), "{error}");
    assert!(dial.pauses().is_empty(), "asked once");
}
