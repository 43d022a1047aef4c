//! Orders of servers: what is sent, what is refused before and by Linode, and what became of a lost one.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use cs_tests::linode::{Account, Fault, LinodeStandIn, Reply};
use providers::linode::{
    Access, Call, CancellationToken, DiskSource, Linode, LinodeError, Mark, NewInstance, UserData, WriteError,
};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::shared::{CREATE, Dial, NOON, PASSWORD, fields, options, order, with};

#[tokio::test]
async fn an_order_says_what_was_asked_for_and_nothing_else() {
    let (stand_in, linode, _dial) = with(1).await;
    let call = Call::new();
    let done = linode.create(&order("web-01"), &call).await.unwrap();
    assert_eq!(done.value.label, "web-01");
    assert_eq!(done.value.status.as_deref(), Some("provisioning"));
    assert!(done.warnings.is_empty());
    assert_eq!(
        stand_in.sent(CREATE),
        [
            json!({"region": "us-east", "type": "g6-nanode-1", "image": "linode/debian12", "root_pass": PASSWORD,
            "label": "web-01", "backups_enabled": false})
        ]
    );

    let script = linode.stackscript(501, &call).await.unwrap().unwrap();
    let answers = [
        ("domain", "shop.example"),
        ("db_password", "5hop-pass"),
        ("extras", "ssl,backup"),
    ];
    let answers: BTreeMap<_, _> = answers
        .map(|(name, answer)| (name.to_owned(), SecretString::from(answer)))
        .into();
    let mark = Mark::Tag("order-4711".to_owned());
    let access = Access {
        root_pass: None,
        authorized_keys: vec!["ssh-ed25519 AAAAC3Nz me@here".to_owned()],
        authorized_users: vec!["reseller".to_owned()],
    };
    let image = "linode/debian12".to_owned();
    let mut full = NewInstance::new(mark, "us-east", "g6-nanode-1", DiskSource::Image { image, access });
    full.label = Some("web-02".to_owned());
    full.tags = vec!["shop".to_owned(), "order-4711".to_owned()];
    full.stackscript = Some(script.answered(answers).unwrap());
    full.user_data = Some(UserData::new("#cloud-config").unwrap());
    (full.private_ip, full.backups, full.firewall) = (true, true, Some(9001));
    (full.booted, full.swap_mb, full.placement_group) = (Some(false), Some(512), Some(3));
    (full.disk_encryption, full.maintenance_policy) = (Some(true), Some("linode/migrate".to_owned()));
    let made = linode.create(&full, &call).await.unwrap().value;
    assert_eq!((made.tags.len(), made.backups_enabled), (2, Some(true)));
    assert_eq!(
        stand_in.sent(CREATE)[1],
        json!({"region": "us-east", "type": "g6-nanode-1", "image": "linode/debian12", "label": "web-02",
            "authorized_keys": ["ssh-ed25519 AAAAC3Nz me@here"], "authorized_users": ["reseller"],
            "tags": ["order-4711", "shop"], "stackscript_id": 501,
            "stackscript_data": {"domain": "shop.example", "db_password": "5hop-pass", "extras": "ssl,backup"},
            "metadata": {"user_data": "I2Nsb3VkLWNvbmZpZw=="}, "private_ip": true, "backups_enabled": true,
            "firewall_id": 9001, "booted": false, "swap_size": 512, "placement_group": {"id": 3},
            "disk_encryption": "enabled", "maintenance_policy": "linode/migrate"})
    );

    let from_backup = NewInstance::new(
        Mark::Label("restored".to_owned()),
        "us-east",
        "g6-nanode-1",
        DiskSource::Backup(6001),
    );
    linode.create(&from_backup, &call).await.unwrap();
    let sent = &stand_in.sent(CREATE)[2];
    assert_eq!((&sent["backup_id"], &sent["image"]), (&json!(6001), &Value::Null));
}

#[tokio::test]
async fn what_can_be_known_before_is_not_sent() {
    let (stand_in, linode, _dial) = with(1).await;
    let refused = |change: fn(&mut NewInstance)| {
        let mut new = order("web-01");
        change(&mut new);
        let linode = &linode;
        async move {
            let error = linode.create(&new, &Call::new()).await.unwrap_err();
            assert!(error.is_undone() && error.code() == "provider_invalid", "{error}");
            fields(&error).join(" ")
        }
    };
    assert_eq!(refused(|new| new.mark = Mark::Label("a--b".to_owned())).await, "label");
    assert_eq!(refused(|new| new.mark = Mark::Tag("ab".to_owned())).await, "tags[0]");
    assert_eq!(refused(|new| new.label = Some("web-02".to_owned())).await, "label");
    assert_eq!(refused(|new| new.region = "../regions".to_owned()).await, "region");
    assert_eq!(refused(|new| new.type_id.clear()).await, "type");
    let weak = |new: &mut NewInstance| {
        let image = "linode/../debian12".to_owned();
        let access = Access::password(SecretString::from("short"));
        new.from = DiskSource::Image { image, access };
    };
    assert_eq!(refused(weak).await, "image root_pass");
    let locked = |new: &mut NewInstance| {
        let image = "linode/debian12".to_owned();
        let access = Access::default();
        new.from = DiskSource::Image { image, access };
    };
    assert_eq!(refused(locked).await, "root_pass");
    let empty = |new: &mut NewInstance| {
        new.from = DiskSource::Nothing;
        new.booted = Some(true);
        new.swap_mb = Some(1);
        new.user_data = UserData::new("x").ok();
    };
    assert_eq!(refused(empty).await, "swap_size booted metadata.user_data");
    assert_eq!(stand_in.requests(CREATE), 0);
}

#[tokio::test]
async fn what_the_region_and_the_image_can_t_do_is_told_before() {
    let (stand_in, linode, _dial) = with(1).await;
    {
        let mut account = stand_in.account();
        account.regions[0]["capabilities"] = json!(["Linodes"]);
        account.images[1]["status"] = json!("creating");
    }
    let call = Call::new();
    let region = linode.regions(&call).await.unwrap().items.remove(0);
    let image = linode.image("private/77", &call).await.unwrap().unwrap();
    let script = linode.stackscript(501, &call).await.unwrap().unwrap();
    let mut new = order("web-01");
    let notes = new.check_against(Some(&region), Some(&image), Some(&script));
    let said: Vec<String> = notes.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "image: private/77 is not ready yet",
            "stackscript_id: the StackScript is not for the image private/77"
        ]
    );
    new.user_data = UserData::new("#cloud-config").ok();
    assert_eq!(new.check_against(Some(&region), Some(&image), None).len(), 3);
    assert!(new.check_against(None, None, None).is_empty());
}

#[tokio::test]
async fn what_linode_refuses_is_told_with_its_field() {
    let (stand_in, linode, _dial) = with(1).await;
    let call = Call::new();
    let error = linode.create(&order("server-1"), &call).await.unwrap_err();
    assert_eq!(fields(&error), ["label"], "taken");
    assert_eq!(
        error.to_string(),
        "Linode refused the request: label: Label must be unique among your linodes. It was not carried out."
    );
    let mut elsewhere = order("web-01");
    elsewhere.region = "moon".to_owned();
    assert_eq!(fields(&linode.create(&elsewhere, &call).await.unwrap_err()), ["region"]);
    let mut weak = order("web-01");
    let image = "linode/debian12".to_owned();
    let access = Access::password(SecretString::from("password"));
    weak.from = DiskSource::Image { image, access };
    assert_eq!(fields(&linode.create(&weak, &call).await.unwrap_err()), ["root_pass"]);
    assert_eq!(stand_in.requests(CREATE), 3);
    "linodes:read_only".clone_into(&mut stand_in.account().scopes);
    let error = linode.create(&order("web-01"), &call).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "The token of this account may not do this: it needs the scope linodes:read_write. Nothing was changed."
    );
    assert_eq!(stand_in.account().instances.len(), 1);
}

#[tokio::test]
async fn a_success_may_warn() {
    let (stand_in, linode, _dial) = with(1).await;
    let mut body = cs_tests::linode::instance(5);
    body["warnings"] = json!([{"title": "Nearly full", "detail": "The region is nearly full."}]);
    let warned = Reply {
        status: 299,
        ..Reply::ok(&body)
    };
    stand_in.on(CREATE, 1, warned.into());
    let done = linode.create(&order("web-01"), &Call::new()).await.unwrap();
    assert_eq!(
        (done.value.id, done.warnings),
        (5, vec!["The region is nearly full.".to_owned()])
    );
}

/// Whatever happens to the answer, the order is sent once, the error says that its outcome is not known, and looking
/// for its mark finds what there is.
#[tokio::test]
async fn a_lost_answer_never_orders_twice() {
    for (fault, made) in [
        (Fault::Lost, true),
        (Fault::Reset, false),
        (Fault::CarriedOut(Reply::html(500)), true),
        (Fault::CarriedOut(Reply::empty(502)), true),
        (Fault::CarriedOut(Reply::error(500, "Internal")), true),
        (Fault::Answer(Reply::html(504)), false),
        (Fault::Answer(Reply::error(503, "Busy")), false),
        (Fault::Answer(Reply::html(403)), false),
        (Fault::CarriedOut(Reply::empty(408)), true),
        (Fault::CarriedOut(Reply::html(200)), true),
        (Fault::CarriedOut(Reply::html(302)), true),
        (Fault::Cut(40), true),
        (Fault::Shortened(40), true),
        (Fault::Body("{}".to_owned()), true),
        (Fault::Body(String::new()), true),
    ] {
        let (stand_in, linode, dial) = with(1).await;
        stand_in.on(CREATE, 1, fault);
        let new = order("web-01");
        let error = linode.create(&new, &Call::new()).await.unwrap_err();
        assert!(matches!(error, WriteError::Unknown { .. }), "{error:?}");
        assert_eq!((error.code(), error.is_undone()), ("provider_outcome_unknown", false));
        assert_eq!(stand_in.requests(CREATE), 1, "{error}");
        assert!(dial.pauses().is_empty());
        let patience = Duration::from_secs(5);
        let found = linode.find_created(&new.mark, patience, &Call::new()).await.unwrap();
        assert_eq!(found.len(), usize::from(made), "{error}");
        let looked = if made { 0 } else { 2 };
        assert_eq!(dial.pauses().len(), looked, "looked for until patience was over");
        assert!(
            stand_in
                .filters()
                .iter()
                .all(|filter| filter == r#"{"label":"web-01"}"#)
        );
    }
}

#[tokio::test]
async fn what_is_certainly_not_done_is_put_again_or_told_so() {
    for fault in [
        Reply::error(429, "Too many requests").with("Retry-After", "3"),
        Reply::error(429, "Too many requests"),
        Reply::html(400).with("Server", "nginx"),
    ] {
        let (stand_in, linode, dial) = with(1).await;
        stand_in.on(CREATE, 1, fault.into());
        linode.create(&order("web-01"), &Call::new()).await.unwrap();
        assert_eq!((stand_in.requests(CREATE), stand_in.account().instances.len()), (2, 2));
        assert_eq!(dial.pauses().len(), 1);
    }
    let maintenance = Reply::error(503, "Closed").with("X-Maintenance-Mode", "all");
    for fault in [
        maintenance,
        Reply::error(401, "Invalid Token"),
        Reply::error(404, "Not found"),
    ] {
        let (stand_in, linode, _dial) = with(1).await;
        stand_in.on(CREATE, 1, fault.into());
        let error = linode.create(&order("web-01"), &Call::new()).await.unwrap_err();
        assert!(matches!(error, WriteError::NotDone(_)), "{error:?}");
        assert!(error.to_string().ends_with("Nothing was changed.") || error.code() == "provider_token_refused");
        assert_eq!(stand_in.requests(CREATE), 1);
    }
    // Nobody there: nothing was sent.
    let (stand_in, linode, _dial) = with(1).await;
    drop(stand_in);
    let mut error = linode.create(&order("web-01"), &Call::new()).await.unwrap_err();
    while !matches!(error, WriteError::NotDone(LinodeError::Unreachable { .. })) {
        // The stand-in's end is not awaited: a first connection may still be taken.
        assert!(matches!(error, WriteError::Unknown { .. }), "{error:?}");
        error = linode.create(&order("web-01"), &Call::new()).await.unwrap_err();
    }
}

#[tokio::test]
async fn orders_wait_for_their_own_limit() {
    let (stand_in, linode, dial) = with(1).await;
    let used_up = Fault::Headers(vec![
        ("X-RateLimit-Remaining".to_owned(), "0".to_owned()),
        ("X-RateLimit-Reset".to_owned(), (NOON + 15).to_string()),
    ]);
    stand_in.on(CREATE, 1, used_up);
    let call = Call::new();
    linode.create(&order("web-01"), &call).await.unwrap();
    linode.instances(&call).await.unwrap();
    assert!(dial.pauses().is_empty(), "another limit");
    let short = Call::new().within(Duration::from_secs(5));
    let error = linode.create(&order("web-02"), &short).await.unwrap_err();
    let retry_after = Some(Duration::from_secs(15));
    assert_eq!(error, WriteError::NotDone(LinodeError::RateLimited { retry_after }));
    linode.create(&order("web-02"), &call).await.unwrap();
    assert_eq!(dial.pauses(), [Duration::from_millis(15_250)]);
    assert_eq!(stand_in.requests(CREATE), 2, "nothing was refused");
}

#[tokio::test]
async fn an_order_that_is_cancelled_on_its_way_is_not_known_to_be_undone() {
    let (stand_in, linode, _dial) = with(1).await;
    stand_in.on(CREATE, 1, Fault::Silence);
    let token = CancellationToken::new();
    let call = Call::new().cancelled_by(token.clone());
    let new = order("web-01");
    let end = async {
        while stand_in.requests(CREATE) == 0 {
            tokio::task::yield_now().await;
        }
        token.cancel();
    };
    let (answer, ()) = tokio::join!(linode.create(&new, &call), end);
    let error = answer.unwrap_err();
    assert!(
        matches!(
            error,
            WriteError::Unknown {
                cause: LinodeError::Cancelled,
                ..
            }
        ),
        "{error:?}"
    );
    // Cancelled before, it never leaves.
    let error = linode.create(&new, &call).await.unwrap_err();
    assert_eq!(error, WriteError::NotDone(LinodeError::Cancelled));
    assert_eq!(stand_in.requests(CREATE), 1);
}

#[tokio::test]
async fn an_order_that_gets_no_answer_in_time_is_sent_once() {
    for fault in [Fault::Silence, Fault::Stall] {
        let stand_in = LinodeStandIn::start(Account::with_instances(1)).await;
        stand_in.always(CREATE, fault);
        let mut options = options(&stand_in);
        options.timeouts.attempt = Duration::from_millis(150);
        let linode = Linode::new(options, Arc::new(Dial::default())).unwrap();
        let error = linode.create(&order("web-01"), &Call::new()).await.unwrap_err();
        let timeout = LinodeError::Timeout;
        assert!(
            matches!(&error, WriteError::Unknown { cause, .. } if *cause == timeout),
            "{error:?}"
        );
        assert_eq!(stand_in.requests(CREATE), 1);
    }
}

#[tokio::test]
async fn a_search_trusts_neither_the_filter_nor_a_list_in_motion() {
    let (stand_in, linode, _dial) = with(3).await;
    let tag = Mark::Tag("order-4711".to_owned());
    let soon = Duration::ZERO;
    let call = Call::new();
    // A filter that is overlooked brings others.
    stand_in.account().overlooks_filters = true;
    assert!(linode.find_created(&tag, soon, &call).await.unwrap().is_empty());
    stand_in.account().server(2)["tags"] = json!(["shop", "order-4711"]);
    let found = linode.find_created(&tag, soon, &call).await.unwrap();
    assert_eq!(found.iter().map(|one| one.id).collect::<Vec<_>>(), [2]);
    stand_in.account().overlooks_filters = false;
    assert_eq!(linode.find_created(&tag, soon, &call).await.unwrap(), found);
    // Two with one tag: an order was sent twice by somebody, and both are told.
    stand_in.account().server(3)["tags"] = json!(["order-4711"]);
    assert_eq!(linode.find_created(&tag, soon, &call).await.unwrap().len(), 2);
    // An entry that can't be read may be the one.
    let body = json!({"data": [{"id": null}], "page": 1, "pages": 1, "results": 1}).to_string();
    stand_in.always("/linode/instances", Fault::Body(body));
    let error = linode.find_created(&tag, soon, &call).await.unwrap_err();
    assert!(matches!(error, LinodeError::Unreadable { .. }), "{error}");
    let (stand_in, linode, _dial) = with(1).await;
    // It appears while it is looked for.
    let appear = Fault::Change(|account| {
        account.server(1)["label"] = json!("büro");
    });
    stand_in.on("/linode/instances", 3, appear);
    let late = Mark::Label("büro".to_owned());
    let found = linode.find_created(&late, Duration::from_mins(1), &call).await.unwrap();
    assert_eq!((found.len(), stand_in.requests("/linode/instances")), (1, 3));
}
