//! Any body, from anybody, to every question and every order: an answer or an error, never a panic, and never an order
//! that is sent twice.

use std::net::IpAddr;

use cs_tests::linode::{
    Account, Fault, LinodeStandIn, backups, firewall, image, instance, linode_type, maintenance, region, stackscript,
    stats, transfer_price,
};
use proptest::{prelude::*, sample::Index, test_runner::TestRunner};
use providers::linode::{Call, EventFilter, Linode};
use serde_json::{Value, json};

use crate::shared::{CREATE, order, with};

const READS: &[&str] = &[
    "/profile",
    "/linode/instances",
    "/linode/instances/1",
    "/linode/types",
    "/regions",
    "/regions/availability",
    "/network-transfer/prices",
    "/images",
    "/images/linode/debian12",
    "/linode/stackscripts",
    "/linode/stackscripts/501",
    "/account/events",
    "/account/events/7",
    "/linode/instances/1/stats",
    "/linode/instances/1/transfer",
    "/linode/instances/1/transfer/2026/1",
    "/account/transfer",
    "/linode/instances/1/ips",
    "/networking/ips/203.0.100.2",
    "/linode/instances/1/firewalls",
    "/networking/firewalls/9001/rules",
    "/linode/instances/1/backups",
    "/account/maintenance",
];

async fn ask_everything(linode: &Linode) {
    let call = &Call::new();
    let address: IpAddr = "203.0.100.2".parse().unwrap();
    let _answer = linode.profile(call).await;
    let _answer = linode.instances(call).await;
    let _answer = linode.instance(1, call).await;
    let _answer = linode.types(call).await;
    let _answer = linode.regions(call).await;
    let _answer = linode.availability(call).await;
    let _answer = linode.transfer_prices(call).await;
    let _answer = linode.images(call).await;
    let _answer = linode.image("linode/debian12", call).await;
    let _answer = linode.my_stackscripts(call).await;
    let _answer = linode.stackscript(501, call).await;
    let _answer = linode.events(&EventFilter::new(), call).await;
    let _answer = linode.event(7, call).await;
    let _answer = linode.stats(1, call).await;
    let _answer = linode.transfer(1, call).await;
    let _answer = linode.transfer_of_month(1, 2026, 1, call).await;
    let _answer = linode.account_transfer(call).await;
    let _answer = linode.addresses(1, call).await;
    let _answer = linode.address(address, call).await;
    let _answer = linode.firewalls_of(1, call).await;
    let _answer = linode.firewall_rules(9001, call).await;
    let _answer = linode.backups(1, call).await;
    let _answer = linode.maintenance(call).await;
}

fn documents() -> Vec<Value> {
    vec![
        instance(1),
        linode_type("t", "0.0075", "5"),
        region("us-east"),
        transfer_price(),
        image("linode/debian12"),
        stackscript(501, true),
        firewall(9001),
        backups(),
        stats(1),
        maintenance(1, "reboot", "scheduled"),
    ]
}

/// A document of the real shape with one of its fields replaced, alone or as a page, whole or cut.
fn bodies() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        Just(json!([])),
        Just(json!({})),
        Just(json!([null, [1], {"id": {}}])),
    ];
    let document = (prop::sample::select(documents()), any::<Index>(), leaf).prop_map(|(mut document, at, leaf)| {
        let fields = document.as_object_mut().unwrap();
        let at = at.index(fields.len());
        *fields.values_mut().nth(at).unwrap() = leaf;
        document
    });
    let shape = prop_oneof![
        document.clone().prop_map(|document| document.to_string()),
        document.prop_map(|document| json!({"data": [document], "page": 1, "pages": 1, "results": 1}).to_string()),
        ".{0,60}",
    ];
    (shape, prop::option::weighted(0.2, any::<Index>())).prop_map(|(whole, cut)| match cut {
        Some(cut) => {
            let end = cut.index(whole.len() + 1);
            String::from_utf8_lossy(&whole.as_bytes()[..end]).into_owned()
        }
        None => whole,
    })
}

async fn answering(body: &str, to: &[&str]) -> (LinodeStandIn, Linode) {
    let (stand_in, linode, _dial) = with(1).await;
    for path in to {
        stand_in.always(path, Fault::Body(body.to_owned()));
    }
    (stand_in, linode)
}

#[test]
fn any_body_answers_any_question() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    TestRunner::new(ProptestConfig::with_cases(64))
        .run(&bodies(), |body| {
            runtime.block_on(async {
                let (_stand_in, linode) = answering(&body, READS).await;
                ask_everything(&linode).await;
            });
            Ok(())
        })
        .unwrap();
}

#[test]
fn any_body_answers_an_order_once() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    TestRunner::new(ProptestConfig::with_cases(64))
        .run(&bodies(), |body| {
            runtime.block_on(async {
                let (stand_in, linode) = answering(&body, &[CREATE]).await;
                let answer = linode.create(&order("web-01"), &Call::new()).await;
                // It was carried out: no error may say that it was not.
                assert!(answer.is_ok() || answer.is_err_and(|error| !error.is_undone()));
                assert_eq!(stand_in.requests(CREATE), 1);
            });
            Ok(())
        })
        .unwrap();
}

#[tokio::test]
async fn the_stand_in_answers_every_question_of_this_list() {
    let mut account = Account::with_instances(1);
    account.events = vec![json!({"id": 7, "action": "linode_boot", "status": "finished"})];
    let stand_in = LinodeStandIn::start(account).await;
    let linode = Linode::new(
        crate::shared::options(&stand_in),
        std::sync::Arc::new(crate::shared::Dial::default()),
    )
    .unwrap();
    ask_everything(&linode).await;
    for path in READS {
        assert_eq!(stand_in.requests(path), 1, "{path}");
    }
    assert_eq!(stand_in.lines().len(), READS.len());
}
