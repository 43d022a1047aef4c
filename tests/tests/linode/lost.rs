//! Lost answers of everything that changes a server: what may be sent again is, everything else is told.

use std::net::IpAddr;

use cs_tests::linode::{Fault, Reply};
use providers::linode::{Access, Call, Deleted, Linode, LinodeError, Migration, Rebuild, Resize, WriteError};
use secrecy::SecretString;
use serde_json::json;

use crate::shared::{PASSWORD, with};

const ADDRESS: &str = "203.0.100.2";

/// Everything that is done to server 1, by the request that it makes, and whether it may be sent again.
const WRITES: &[(&str, bool)] = &[
    ("POST /linode/instances/1/boot", false),
    ("POST /linode/instances/1/shutdown", false),
    ("POST /linode/instances/1/reboot", false),
    ("POST /linode/instances/1/resize", false),
    ("POST /linode/instances/1/rebuild", false),
    ("PUT /linode/instances/1", true),
    ("POST /linode/instances/1/password", false),
    ("DELETE /linode/instances/1", true),
    ("PUT /networking/ips/203.0.100.2", true),
    ("POST /linode/instances/1/backups/enable", false),
    ("POST /linode/instances/1/backups/cancel", false),
    ("POST /linode/instances/1/backups", false),
    ("POST /linode/instances/1/backups/6001/restore", false),
];

async fn write(linode: &Linode, request: &str, call: &Call) -> Result<(), WriteError> {
    let address: IpAddr = ADDRESS.parse().unwrap();
    let resize = Resize {
        type_id: "g6-nanode-1".to_owned(),
        migration: Some(Migration::Cold),
        resize_disk: false,
    };
    let rebuild = Rebuild {
        image: "linode/debian12".to_owned(),
        access: Access::password(SecretString::from(PASSWORD)),
        stackscript: None,
        user_data: None,
        booted: None,
        type_id: None,
    };
    let secret = SecretString::from(PASSWORD);
    match request.rsplit('/').next().unwrap() {
        "boot" => linode.boot(1, None, call).await.map(|_| ()),
        "shutdown" => linode.shutdown(1, call).await.map(|_| ()),
        "reboot" => linode.reboot(1, None, call).await.map(|_| ()),
        "resize" => linode.resize(1, &resize, call).await.map(|_| ()),
        "rebuild" => linode.rebuild(1, &rebuild, call).await.map(|_| ()),
        "1" if request.starts_with("PUT") => linode.rename(1, "web-01", call).await.map(|_| ()),
        "password" => linode.reset_password(1, &secret, call).await.map(|_| ()),
        "1" => linode.delete(1, call).await.map(|_| ()),
        ADDRESS => linode.set_rdns(address, Some("a.example.com"), call).await.map(|_| ()),
        "enable" => linode.enable_backups(1, call).await.map(|_| ()),
        "cancel" => linode.cancel_backups(1, call).await.map(|_| ()),
        "backups" => linode.snapshot(1, "before", call).await.map(|_| ()),
        _ => linode.restore(1, 6001, 1, true, call).await.map(|_| ()),
    }
}

/// A server that takes each of them: on for a start anew, off for a start or a new password.
async fn ready(request: &str) -> (cs_tests::linode::LinodeStandIn, Linode) {
    let (stand_in, linode, _dial) = with(1).await;
    if request.ends_with("/boot") || request.ends_with("/password") {
        stand_in.account().server(1)["status"] = json!("offline");
    }
    (stand_in, linode)
}

#[tokio::test]
async fn one_lost_answer_is_told_or_sent_again_where_that_changes_nothing() {
    for (request, repeats) in WRITES {
        for fault in [
            Fault::Lost,
            Fault::Reset,
            Fault::CarriedOut(Reply::html(500)),
            Fault::CarriedOut(Reply::empty(502)),
            Fault::Answer(Reply::error(503, "Unavailable")),
            Fault::Shortened(1),
        ] {
            let (stand_in, linode) = ready(request).await;
            stand_in.on(request, 1, fault);
            let answer = write(&linode, request, &Call::new()).await;
            if *repeats {
                answer.unwrap_or_else(|error| panic!("{request}: {error:?}"));
                assert_eq!(stand_in.requests(request), 2, "{request}");
            } else {
                let error = answer.unwrap_err();
                assert!(matches!(error, WriteError::Unknown { .. }), "{request}: {error:?}");
                assert_eq!(stand_in.requests(request), 1, "{request}");
                assert!(
                    error.to_string().starts_with("It is not known whether Linode has "),
                    "{error}"
                );
            }
        }
    }
}

#[tokio::test]
async fn answers_that_stay_lost_end_after_four_tries() {
    for (request, repeats) in WRITES {
        let (stand_in, linode) = ready(request).await;
        stand_in.always(request, Reply::empty(502).into());
        let error = write(&linode, request, &Call::new()).await.unwrap_err();
        let cause = LinodeError::NotJson { status: 502 };
        assert!(
            matches!(&error, WriteError::Unknown { cause: own, .. } if *own == cause),
            "{request}: {error:?}"
        );
        let tries = if *repeats { 4 } else { 1 };
        assert_eq!(stand_in.requests(request), tries, "{request}");
    }
}

#[tokio::test]
async fn what_linode_has_not_begun_is_sent_again_or_told_as_undone() {
    let limited = || Reply::error(429, "Too many requests").with("Retry-After", "2");
    let nginx = || Reply::html(400).with("Server", "nginx");
    let maintenance = || Reply::html(503).with("X-Maintenance-Mode", "all");
    for (request, _) in WRITES {
        for fault in [limited(), nginx()] {
            let (stand_in, linode) = ready(request).await;
            stand_in.on(request, 1, fault.into());
            let answer = write(&linode, request, &Call::new()).await;
            answer.unwrap_or_else(|error| panic!("{request}: {error:?}"));
            assert_eq!(stand_in.requests(request), 2, "{request}");
        }
        let (stand_in, linode) = ready(request).await;
        stand_in.always(request, maintenance().into());
        let error = write(&linode, request, &Call::new()).await.unwrap_err();
        let closed = LinodeError::Unavailable {
            status: 503,
            maintenance: true,
        };
        assert_eq!(error, WriteError::NotDone(closed), "{request}");
        assert_eq!(stand_in.requests(request), 1, "{request}");
        let (stand_in, linode) = ready(request).await;
        stand_in.always(request, Reply::error(401, "Invalid Token").into());
        let error = write(&linode, request, &Call::new()).await.unwrap_err();
        assert_eq!(error, WriteError::NotDone(LinodeError::Unauthorized), "{request}");
        assert_eq!(stand_in.requests(request), 1, "{request}");
    }
}

#[tokio::test]
async fn a_lost_answer_stays_open_whatever_a_later_try_is_told() {
    let request = "PUT /linode/instances/1";
    let (stand_in, linode) = ready(request).await;
    stand_in.on(request, 1, Fault::Lost);
    stand_in.on(request, 2, Reply::error(401, "Invalid Token").into());
    let error = linode.rename(1, "web-01", &Call::new()).await.unwrap_err();
    let cause = LinodeError::Unauthorized;
    assert!(
        matches!(&error, WriteError::Unknown { cause: own, .. } if *own == cause),
        "{error:?}"
    );
    // But a deletion that finds nothing a second time has what it wants.
    let request = "DELETE /linode/instances/1";
    let (stand_in, linode) = ready(request).await;
    stand_in.on(request, 1, Fault::Lost);
    assert_eq!(linode.delete(1, &Call::new()).await.unwrap().value, Deleted::Already);
    assert_eq!(stand_in.requests(request), 2);
}
