//! What is done to a server that is there: each as it goes well, and as it is refused.

use std::{net::IpAddr, time::Duration};

use cs_tests::linode::{LinodeStandIn, Reply, linode_type};
use providers::linode::{
    Access, Call, Deleted, Instance, Linode, LinodeError, Migration, Rebuild, Resize, Status, UserData, WriteError,
};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::shared::{PASSWORD, fields, with};

async fn state(linode: &Linode, id: u64) -> Status {
    let server = linode.instance(id, &Call::new()).await.unwrap();
    server.as_ref().and_then(Instance::state).unwrap()
}

fn refused(error: &WriteError) -> String {
    assert!(
        matches!(error, WriteError::NotDone(LinodeError::Rejected(_))),
        "{error:?}"
    );
    error.to_string()
}

fn gone(error: &WriteError) -> bool {
    matches!(error, WriteError::NotDone(LinodeError::NotFound { .. }))
}

#[tokio::test]
async fn a_server_is_shut_down_started_and_started_anew() {
    let (stand_in, linode, _dial) = with(1).await;
    let call = Call::new();
    let step_twice = || {
        let mut account = stand_in.account();
        account.step();
        account.step();
    };
    linode.shutdown(1, &call).await.unwrap();
    assert_eq!(state(&linode, 1).await, Status::ShuttingDown);
    step_twice();
    assert_eq!(state(&linode, 1).await, Status::Offline);
    let error = linode.reboot(1, None, &call).await.unwrap_err();
    assert_eq!(
        refused(&error),
        "Linode refused the request: Linode must be running to reboot. It was not carried out."
    );
    linode.boot(1, Some(77), &call).await.unwrap();
    assert_eq!(state(&linode, 1).await, Status::Booting);
    step_twice();
    assert_eq!(state(&linode, 1).await, Status::Running);
    refused(&linode.boot(1, None, &call).await.unwrap_err());
    linode.reboot(1, None, &call).await.unwrap();
    assert_eq!(state(&linode, 1).await, Status::Rebooting);
    step_twice();
    assert_eq!(state(&linode, 1).await, Status::Running);
    let bodies = |path: &str| stand_in.sent(&format!("POST /linode/instances/1/{path}"));
    assert_eq!(bodies("boot"), [json!({"config_id": 77}), json!({})]);
    assert_eq!(bodies("reboot"), [json!({}), json!({})]);
    assert!(gone(&linode.boot(9, None, &call).await.unwrap_err()));
    assert!(gone(&linode.shutdown(9, &call).await.unwrap_err()));
    assert!(gone(&linode.reboot(9, None, &call).await.unwrap_err()));
}

#[tokio::test]
async fn a_server_gets_another_type() {
    let (stand_in, linode, _dial) = with(1).await;
    stand_in
        .account()
        .types
        .push(linode_type("g6-standard-2", "0.036", "24"));
    let call = Call::new();
    let mut resize = Resize {
        type_id: "g6-standard-2".to_owned(),
        migration: Some(Migration::Warm),
        resize_disk: true,
    };
    linode.resize(1, &resize, &call).await.unwrap();
    assert_eq!(state(&linode, 1).await, Status::Resizing);
    stand_in.account().step();
    stand_in.account().step();
    let server = linode.instance(1, &call).await.unwrap().unwrap();
    assert_eq!(server.type_id.as_deref(), Some("g6-standard-2"));
    resize.migration = None;
    resize.type_id = "g6-unknown".to_owned();
    assert_eq!(fields(&linode.resize(1, &resize, &call).await.unwrap_err()), ["type"]);
    resize.type_id = String::new();
    assert_eq!(fields(&linode.resize(1, &resize, &call).await.unwrap_err()), ["type"]);
    assert_eq!(
        stand_in.sent("POST /linode/instances/1/resize"),
        [
            json!({"type": "g6-standard-2", "migration_type": "warm", "allow_auto_disk_resize": true}),
            json!({"type": "g6-unknown", "allow_auto_disk_resize": true})
        ]
    );
}

#[tokio::test]
async fn disks_are_made_anew() {
    let (stand_in, linode, _dial) = with(1).await;
    let call = Call::new();
    let mut rebuild = Rebuild {
        image: "private/77".to_owned(),
        access: Access::password(SecretString::from(PASSWORD)),
        stackscript: None,
        user_data: UserData::new("#cloud-config").ok(),
        booted: Some(false),
        type_id: None,
    };
    let answer = linode.rebuild(1, &rebuild, &call).await.unwrap().value;
    assert_eq!((answer.id, answer.state()), (1, Some(Status::Rebuilding)));
    stand_in.account().step();
    stand_in.account().step();
    let server = linode.instance(1, &call).await.unwrap().unwrap();
    assert_eq!(
        (server.image.as_deref(), server.state()),
        (Some("private/77"), Some(Status::Offline))
    );
    assert_eq!(stand_in.account().password(1), Some(PASSWORD));
    assert_eq!(
        stand_in.sent("POST /linode/instances/1/rebuild"),
        [json!({"image": "private/77", "root_pass": PASSWORD, "booted": false,
            "metadata": {"user_data": "I2Nsb3VkLWNvbmZpZw=="}})]
    );
    rebuild.image = "private/78".to_owned();
    assert_eq!(
        fields(&linode.rebuild(1, &rebuild, &call).await.unwrap_err()),
        ["image"]
    );
    rebuild.access = Access::default();
    rebuild.image = "78?".to_owned();
    let error = linode.rebuild(1, &rebuild, &call).await.unwrap_err();
    assert_eq!(fields(&error), ["image", "root_pass"]);
    assert_eq!(stand_in.requests("POST /linode/instances/1/rebuild"), 2);
}

#[tokio::test]
async fn a_server_gets_another_name() {
    let (stand_in, linode, _dial) = with(2).await;
    let call = Call::new();
    let renamed = linode.rename(1, "web-01", &call).await.unwrap().value;
    assert_eq!(renamed.label, "web-01");
    assert_eq!(
        fields(&linode.rename(1, "server-2", &call).await.unwrap_err()),
        ["label"]
    );
    assert_eq!(fields(&linode.rename(1, "a..b", &call).await.unwrap_err()), ["label"]);
    assert!(gone(&linode.rename(9, "web-01", &call).await.unwrap_err()));
    assert_eq!(stand_in.requests("PUT /linode/instances/1"), 2);
}

#[tokio::test]
async fn a_new_password_needs_a_server_that_is_off() {
    let (stand_in, linode, _dial) = with(1).await;
    let call = Call::new();
    let secret = SecretString::from(PASSWORD);
    let path = "POST /linode/instances/1/password";
    let error = linode.reset_password(1, &secret, &call).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Linode would refuse this: status: the server must be off for a new password, and it runs. Nothing was sent."
    );
    let error = linode.reset_password(1, &SecretString::from("short"), &call).await;
    assert_eq!(fields(&error.unwrap_err()), ["root_pass"]);
    assert!(gone(&linode.reset_password(9, &secret, &call).await.unwrap_err()));
    assert_eq!(stand_in.requests(path), 0);
    stand_in.account().server(1)["status"] = json!("offline");
    linode.reset_password(1, &secret, &call).await.unwrap();
    stand_in.account().step();
    stand_in.account().step();
    assert_eq!(stand_in.account().password(1), Some(PASSWORD));
    // A word that is new is left to Linode.
    stand_in.account().server(1)["status"] = json!("dreaming");
    refused(&linode.reset_password(1, &secret, &call).await.unwrap_err());
    assert_eq!(stand_in.requests(path), 2);
}

#[tokio::test]
async fn what_is_deleted_is_gone_however_often() {
    let (stand_in, linode, _dial) = with(2).await;
    let call = Call::new();
    assert_eq!(linode.delete(1, &call).await.unwrap().value, Deleted::Now);
    assert_eq!(linode.delete(1, &call).await.unwrap().value, Deleted::Already);
    assert_eq!(linode.instance(1, &call).await.unwrap(), None);
    assert_eq!(stand_in.account().instances.len(), 1);
    // A proxy's page is no proof.
    stand_in.on("DELETE /linode/instances/2", 1, Reply::html(404).into());
    let error = linode.delete(2, &call).await.unwrap_err();
    assert!(matches!(error, WriteError::Unknown { .. }), "{error:?}");
}

#[tokio::test]
async fn an_address_leads_back_to_a_name() {
    let (stand_in, linode, _dial) = with(1).await;
    let call = Call::new();
    let v4: IpAddr = "203.0.100.2".parse().unwrap();
    let v6: IpAddr = "2600:3c00::1".parse().unwrap();
    stand_in.account().server(1)["ipv6"] = json!("2600:3c00::1/128");
    for address in [v4, v6] {
        let named = linode.set_rdns(address, Some("mail.example.com"), &call).await.unwrap();
        assert_eq!(named.value.rdns.as_deref(), Some("mail.example.com"));
        let read = linode.address(address, &call).await.unwrap().unwrap();
        assert_eq!(
            (read.rdns.as_deref(), read.linode_id),
            (Some("mail.example.com"), Some(1))
        );
    }
    let bare = linode.set_rdns(v4, None, &call).await.unwrap();
    assert_eq!(bare.value.rdns, None);
    assert_eq!(
        fields(&linode.set_rdns(v4, Some("mail"), &call).await.unwrap_err()),
        ["rdns"]
    );
    let elsewhere = linode.set_rdns(v4, Some("elsewhere.example.com"), &call).await;
    assert_eq!(fields(&elsewhere.unwrap_err()), ["rdns"]);
    let unknown: IpAddr = "198.51.100.9".parse().unwrap();
    assert!(gone(&linode.set_rdns(unknown, None, &call).await.unwrap_err()));
    assert_eq!(linode.address(unknown, &call).await.unwrap(), None);
    let sent = stand_in.sent("PUT /networking/ips/203.0.100.2");
    assert_eq!(
        sent[..2],
        [json!({"rdns": "mail.example.com"}), json!({ "rdns": Value::Null })]
    );
    assert_eq!(sent.len(), 3);
}

#[tokio::test]
async fn backups_are_switched_made_and_put_back() {
    let (stand_in, linode, _dial) = with(2).await;
    let call = Call::new();
    stand_in.account().server(1)["backups"]["enabled"] = json!(false);
    refused(&linode.snapshot(1, "before", &call).await.unwrap_err());
    linode.enable_backups(1, &call).await.unwrap();
    assert_eq!(fields(&linode.snapshot(1, "", &call).await.unwrap_err()), ["label"]);
    let begun = linode.snapshot(1, "before", &call).await.unwrap().value;
    assert_eq!((begun.label.as_deref(), begun.available), (Some("before"), Some(false)));
    let now = linode.backups(1, &call).await.unwrap().unwrap();
    assert_eq!((now.automatic.len(), now.snapshot), (1, None));
    assert_eq!(now.snapshot_in_progress.as_ref(), Some(&begun));
    stand_in.account().step();
    stand_in.account().step();
    let now = linode.backups(1, &call).await.unwrap().unwrap();
    assert_eq!(
        (now.snapshot.unwrap().available, now.snapshot_in_progress),
        (Some(true), None)
    );
    refused(&linode.restore(1, begun.id, 2, false, &call).await.unwrap_err());
    assert_eq!(
        fields(&linode.restore(1, begun.id, 9, true, &call).await.unwrap_err()),
        ["linode_id"]
    );
    linode.restore(1, begun.id, 2, true, &call).await.unwrap();
    assert_eq!(state(&linode, 2).await, Status::Restoring);
    let path = format!("POST /linode/instances/1/backups/{}/restore", begun.id);
    assert_eq!(stand_in.sent(&path)[2], json!({"linode_id": 2, "overwrite": true}));
    linode.cancel_backups(1, &call).await.unwrap();
    assert_eq!(
        linode.instance(1, &call).await.unwrap().unwrap().backups_enabled,
        Some(false)
    );
    for error in [
        linode.enable_backups(9, &call).await.unwrap_err(),
        linode.cancel_backups(9, &call).await.unwrap_err(),
        linode.snapshot(9, "x", &call).await.unwrap_err(),
        linode.restore(9, 1, 2, true, &call).await.unwrap_err(),
    ] {
        assert!(gone(&error), "{error:?}");
    }
}

#[tokio::test]
async fn a_busy_server_is_waited_for_where_nothing_is_lost_by_it() {
    // Three answers that it is busy, then the job is over.
    let busy = |stand_in: &LinodeStandIn, path: &str| {
        for nth in 1..=3 {
            stand_in.on(path, nth, Reply::error(400, "Linode busy.").into());
        }
    };
    let (stand_in, linode, dial) = with(1).await;
    let path = "POST /linode/instances/1/reboot";
    busy(&stand_in, path);
    linode.reboot(1, None, &Call::new()).await.unwrap();
    assert_eq!(stand_in.requests(path), 4);
    assert_eq!(dial.pauses(), [2375, 4375, 8375].map(Duration::from_millis));

    let (stand_in, linode, _dial) = with(1).await;
    let busy_error = WriteError::NotDone(LinodeError::Busy);
    stand_in.always(
        "POST /linode/instances/1/shutdown",
        Reply::error(400, "Linode busy.").into(),
    );
    let error = linode.shutdown(1, &Call::new()).await.unwrap_err();
    assert_eq!((&error, error.code()), (&busy_error, "provider_busy"));
    let asked = stand_in.requests("POST /linode/instances/1/shutdown");
    let short = Call::new().within(Duration::from_secs(5));
    assert_eq!(linode.shutdown(1, &short).await.unwrap_err(), busy_error);
    assert_eq!(asked, 6, "2, 4, 8, 16 and 16 seconds, then a minute is over");
    let asked_again = stand_in.requests("POST /linode/instances/1/shutdown") - asked;
    assert_eq!(asked_again, 2, "the second wait would have been too long for this call");

    let (stand_in, linode, dial) = with(1).await;
    stand_in.account().server(1)["status"] = json!("offline");
    linode.boot(1, None, &Call::new()).await.unwrap();
    let rebuild = Rebuild {
        image: "private/77".to_owned(),
        access: Access::password(SecretString::from(PASSWORD)),
        stackscript: None,
        user_data: None,
        booted: None,
        type_id: None,
    };
    let call = Call::new();
    assert_eq!(linode.delete(1, &call).await.unwrap_err(), busy_error);
    assert_eq!(linode.rebuild(1, &rebuild, &call).await.unwrap_err(), busy_error);
    assert_eq!(linode.restore(1, 6001, 1, true, &call).await.unwrap_err(), busy_error);
    assert_eq!(linode.cancel_backups(1, &call).await.unwrap_err(), busy_error);
    assert!(
        dial.pauses().is_empty(),
        "told at once: it was decided on before that job"
    );
    // A name may be given at any time.
    linode.rename(1, "web-01", &call).await.unwrap();
}
