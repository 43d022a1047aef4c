//! Lists read whole, whatever shape they have and however they move.

use std::sync::{Arc, Mutex};

use cs_tests::linode::{Account, Fault, LinodeStandIn, instance};
use proptest::{prelude::*, test_runner::TestRunner};
use providers::linode::{Call, Linode, LinodeError, Progress};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::shared::{Dial, LIST, ids, options, with};

#[tokio::test]
async fn everything_is_read() {
    let (_stand_in, linode, _dial) = with(3).await;
    let call = Call::new();
    let profile = linode.profile(&call).await.unwrap();
    assert_eq!(profile.username, "reseller");
    assert!(profile.scopes.unwrap().cover("linodes:read_write"));
    let listing = linode.instances(&call).await.unwrap();
    assert_eq!(ids(&listing), [1, 2, 3]);
    assert_eq!(listing.items[1].fits().unwrap().ipv4.as_deref(), Some("203.0.100.3"));
    assert_eq!(linode.instance(2, &call).await.unwrap().unwrap(), listing.items[1]);
    assert_eq!(linode.instance(99, &call).await.unwrap(), None);
    let types = linode.types(&call).await.unwrap();
    let price = types.items[0].price.in_region("us-east");
    assert_eq!(price.hourly, Some(Decimal::new(75, 4)));
    assert_eq!(
        types.items[0].price.in_region("id-cgk").hourly,
        Some(Decimal::new(9, 3))
    );
    assert_eq!(types.items[0].backups.usual.monthly, None, "unknown, not free");
    assert_eq!(linode.regions(&call).await.unwrap().items[0].id, "us-east");
}

#[tokio::test]
async fn an_empty_account_is_complete() {
    let (_stand_in, linode, _dial) = with(0).await;
    let listing = linode.instances(&Call::new()).await.unwrap();
    assert!(listing.is_complete() && listing.items.is_empty());
}

#[tokio::test]
async fn five_thousand_servers_in_ten_pages_side_by_side() {
    let (stand_in, linode, _dial) = with(5000).await;
    // No page after the first is answered before four have been asked for at once.
    for page in 2..=10 {
        stand_in.always(&format!("{LIST}?page={page}"), Fault::Together(4));
    }
    let seen = Arc::new(Mutex::new(Vec::new()));
    let call = Call::new().reporting_to({
        let seen = Arc::clone(&seen);
        move |progress| seen.lock().unwrap().push(progress)
    });
    let listing = linode.instances(&call).await.unwrap();
    assert!(listing.is_complete());
    assert_eq!(ids(&listing), (1..=5000).collect::<Vec<_>>());
    assert_eq!(stand_in.requests(LIST), 10);
    assert_eq!(stand_in.most_at_once(), 4);
    assert!(stand_in.lines().iter().all(|line| line.contains("page_size=500")));
    let expected: Vec<_> = (1..=10).map(|done| Progress { done, of: 10 }).collect();
    assert_eq!(*seen.lock().unwrap(), expected);
}

#[tokio::test]
async fn a_list_that_shifts_once_is_read_again() {
    let (stand_in, linode, _dial) = with(1200).await;
    // A server of the first page goes before the second is read: number 501 moves to the first and is seen by neither.
    stand_in.on(&format!("{LIST}?page=2"), 1, Fault::Change(|account| account.remove(1)));
    let listing = linode.instances(&Call::new()).await.unwrap();
    assert!(listing.is_complete());
    assert_eq!(ids(&listing), (2..=1200).collect::<Vec<_>>());
    assert_eq!(stand_in.requests(LIST), 6);
}

#[tokio::test]
async fn a_list_that_keeps_shifting_is_the_union_and_says_so() {
    let (stand_in, linode, _dial) = with(600).await;
    let page = format!("{LIST}?page=2");
    stand_in.on(&page, 1, Fault::Change(|account| account.remove(1)));
    stand_in.on(&page, 2, Fault::Change(|account| account.instances.push(instance(601))));
    let listing = linode.instances(&Call::new()).await.unwrap();
    assert!(!listing.settled && !listing.is_complete());
    let mut all = ids(&listing);
    all.sort_unstable();
    assert_eq!(all, (1..=601).collect::<Vec<_>>(), "each once, those of both readings");
    assert_eq!(stand_in.requests(LIST), 4);
}

#[tokio::test]
async fn a_page_sent_twice_and_a_page_that_vanishes_are_noticed() {
    let (stand_in, linode, _dial) = with(600).await;
    let twice: Vec<Value> = (401..=500).map(instance).collect();
    let body = json!({"data": twice, "page": 2, "pages": 2, "results": 600}).to_string();
    stand_in.on(&format!("{LIST}?page=2"), 1, Fault::Body(body));
    let listing = linode.instances(&Call::new()).await.unwrap();
    assert!(listing.is_complete() && listing.items.len() == 600);

    let (stand_in, linode, _dial) = with(501).await;
    stand_in.on(
        &format!("{LIST}?page=2"),
        1,
        Fault::Change(|account| account.remove(501)),
    );
    let listing = linode.instances(&Call::new()).await.unwrap();
    assert!(listing.is_complete());
    assert_eq!(ids(&listing), (1..=500).collect::<Vec<_>>());
}

#[tokio::test]
async fn more_than_fits_is_not_read() {
    let stand_in = LinodeStandIn::start(Account::with_instances(600)).await;
    let mut small = options(&stand_in);
    small.largest_answer = 10_000;
    let linode = Linode::new(small, Arc::new(Dial::default())).unwrap();
    let error = linode.instances(&Call::new()).await.unwrap_err();
    assert!(matches!(error, LinodeError::TooLarge { .. }), "{error}");
    let mut short = options(&stand_in);
    short.most_pages = 1;
    let linode = Linode::new(short, Arc::new(Dial::default())).unwrap();
    let error = linode.instances(&Call::new()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Linode's answer is larger than 1 pages. It was not read."
    );
}

#[tokio::test]
async fn the_new_and_the_null_are_read() {
    let (stand_in, linode, _dial) = with(2).await;
    {
        let mut account = stand_in.account();
        account.instances[0]["status"] = json!("teleporting");
        account.instances[0]["surprise"] = json!({"deep": [1, 2]});
        for (key, field) in account.instances[1].as_object_mut().unwrap() {
            if key != "id" {
                *field = Value::Null;
            }
        }
        let large = u64::from(u32::MAX) + 7;
        account.instances.push(instance(large));
    }
    let listing = linode.instances(&Call::new()).await.unwrap();
    assert!(listing.is_complete());
    assert_eq!(listing.items[0].status.as_deref(), Some("teleporting"));
    assert_eq!((listing.items[1].id, &listing.items[1].status), (2, &None));
    let misfits = listing.items[2].fits().unwrap_err();
    assert_eq!(
        (misfits[0].column, misfits[0].value.as_str()),
        ("linode_id", "4294967302")
    );
    stand_in.account().instances[1]["id"] = Value::Null;
    let listing = linode.instances(&Call::new()).await.unwrap();
    assert_eq!((listing.unreadable, listing.is_complete()), (1, false));
}

/// Bytes from anybody: as bodies of every list, and as heads of the wrong shape.
#[test]
fn any_body_is_an_answer_or_an_error() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let bodies = prop_oneof![
        ".{0,80}",
        r#"\{"data": ?\[[\[\]{}:,"a-z0-9. -]{0,60}\], "pages": ?[0-9]{1,22}, "results": ?[0-9-]{1,22}\}"#,
        r#"\{"data": ?\[\{"id": ?[0-9]{1,21}, "(price|ipv4|specs|created)": ?(null|\[1\]|\{"hourly": ?[0-9]{1,40}\})\}\], "pages": 1, "results": 1\}"#,
    ];
    TestRunner::new(ProptestConfig::with_cases(128))
        .run(&bodies, |body| {
            runtime.block_on(async {
                let (stand_in, linode, _dial) = with(1).await;
                for path in [LIST, "/linode/types", "/regions", "/profile", "/linode/instances/1"] {
                    stand_in.always(path, Fault::Body(body.clone()));
                }
                let call = Call::new();
                let _list = linode.instances(&call).await.map(|listing| listing.items.len());
                let _types = linode.types(&call).await.map(|listing| listing.items.len());
                let _regions = linode.regions(&call).await.map(|listing| listing.items.len());
                let _profile = linode.profile(&call).await;
                let _one = linode.instance(1, &call).await;
            });
            Ok(())
        })
        .unwrap();
}
