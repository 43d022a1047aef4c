//! Everything else that is read, with its nulls, its units and what is missing.

use std::net::IpAddr;

use cs_tests::linode::{Fault, Reply, maintenance};
use providers::linode::{Bytes, Call, FieldKind, Gigabytes, LinodeError, MaintenanceStatus, Region, StatsAnswer};
use rust_decimal::Decimal;
use serde_json::json;

use crate::shared::with;

#[tokio::test]
async fn images_have_a_slash_in_their_ids() {
    let (stand_in, linode, _dial) = with(0).await;
    let call = Call::new();
    let images = linode.images(&call).await.unwrap();
    assert!(images.is_complete() && images.items.len() == 2);
    let debian = linode.image("linode/debian12", &call).await.unwrap().unwrap();
    assert_eq!(debian, images.items[0]);
    assert_eq!(debian.regions, None, "everywhere");
    assert_eq!(images.items[1].regions.as_deref(), Some(&["us-east".to_owned()][..]));
    assert_eq!(linode.image("linode/none", &call).await.unwrap(), None);
    let asked = stand_in.lines().len();
    assert!(stand_in.lines().contains(&"/images/linode/debian12".to_owned()));
    for odd in ["../account", "linode/../../account", "", "a b"] {
        assert_eq!(linode.image(odd, &call).await.unwrap(), None);
    }
    assert_eq!(stand_in.lines().len(), asked, "what can be no id isn't asked for");
}

#[tokio::test]
async fn only_the_own_stackscripts_are_listed() {
    let (stand_in, linode, _dial) = with(0).await;
    let call = Call::new();
    let own = linode.my_stackscripts(&call).await.unwrap();
    assert_eq!(own.items.iter().map(|script| script.id).collect::<Vec<_>>(), [501]);
    assert_eq!(stand_in.filters(), [r#"{"mine":true}"#]);
    assert_eq!(own.items[0].fields[2].kind, FieldKind::Password);
    let others = linode.stackscript(502, &call).await.unwrap().unwrap();
    assert_eq!((others.mine, others.fields.len()), (Some(false), 5));
    assert_eq!(linode.stackscript(503, &call).await.unwrap(), None);
}

#[tokio::test]
async fn a_new_server_has_no_curves_and_that_is_no_failure() {
    let (stand_in, linode, _dial) = with(1).await;
    let call = Call::new();
    stand_in.account().without_stats.insert(1);
    assert_eq!(linode.stats(1, &call).await.unwrap(), Some(StatsAnswer::NotYet));
    assert_eq!(
        linode.stats_of_month(1, 2026, 1, &call).await.unwrap(),
        Some(StatsAnswer::NotYet)
    );
    stand_in.account().without_stats.clear();
    let Some(StatsAnswer::Ready(stats)) = linode.stats(1, &call).await.unwrap() else {
        panic!("no curves");
    };
    assert_eq!(
        (stats.cpu.len(), stats.swap.len(), stats.ipv6.outgoing.len()),
        (2, 0, 2)
    );
    assert!((stats.cpu[0].value - 0.42).abs() < f64::EPSILON);
    assert_eq!(linode.stats(9, &call).await.unwrap(), None);
    let other = Reply::error(400, "Year must be a number");
    stand_in.on("/linode/instances/1/stats/2026/13", 1, other.into());
    let error = linode.stats_of_month(1, 2026, 13, &call).await.unwrap_err();
    assert!(matches!(error, LinodeError::Rejected(_)), "{error}");
    assert!(
        stand_in
            .lines()
            .contains(&"/linode/instances/1/stats/2026/1".to_owned())
    );
}

#[tokio::test]
async fn bytes_and_gigabytes_are_told_apart() {
    let (_stand_in, linode, _dial) = with(1).await;
    let call = Call::new();
    let own = linode.transfer(1, &call).await.unwrap().unwrap();
    assert_eq!(
        (own.used, own.quota),
        (Some(Bytes(22_956_600_198)), Some(Gigabytes(1000)))
    );
    let month = linode.transfer_of_month(1, 2025, 12, &call).await.unwrap().unwrap();
    assert_eq!(month.total, Some(Bytes(53_427_677_318)));
    let all = linode.account_transfer(&call).await.unwrap();
    assert_eq!((all.used, all.quota), (Some(Gigabytes(22)), Some(Gigabytes(9141))));
    assert_eq!(all.regions[0].region, "id-cgk");
    assert_eq!(linode.transfer(9, &call).await.unwrap(), None);
    assert_eq!(linode.transfer_of_month(9, 2025, 12, &call).await.unwrap(), None);
}

#[tokio::test]
async fn addresses_firewalls_and_backups_of_a_server() {
    let (stand_in, linode, _dial) = with(1).await;
    let call = Call::new();
    let all = linode.addresses(1, &call).await.unwrap().unwrap();
    let public: IpAddr = "203.0.100.2".parse().unwrap();
    assert_eq!(
        (all.public[0].address, all.public.len(), all.private.len()),
        (public, 1, 1)
    );
    assert_eq!(all.slaac.unwrap().linode_id, Some(1));
    assert_eq!(
        (all.ranges.len(), all.shared.len(), all.link_local.is_some()),
        (1, 0, true)
    );
    let walls = linode.firewalls_of(1, &call).await.unwrap().unwrap();
    let rules = walls.items[0].rules.as_ref().unwrap();
    assert_eq!((rules.inbound.as_ref().unwrap().len(), &rules.outbound), (2, &None));
    assert_eq!(linode.firewalls(&call).await.unwrap().items, walls.items);
    assert_eq!(linode.firewall_rules(9001, &call).await.unwrap().as_ref(), Some(rules));
    let backups = linode.backups(1, &call).await.unwrap().unwrap();
    assert_eq!((backups.automatic.len(), backups.snapshot), (1, None));
    // A VPC has none.
    stand_in.account().server(1)["ipv4"] = json!([]);
    assert!(linode.addresses(1, &call).await.unwrap().unwrap().public.is_empty());
    assert_eq!(linode.addresses(9, &call).await.unwrap(), None);
    assert_eq!(linode.firewalls_of(9, &call).await.unwrap(), None);
    assert_eq!(linode.firewall_rules(9, &call).await.unwrap(), None);
    assert_eq!(linode.backups(9, &call).await.unwrap(), None);
}

#[tokio::test]
async fn maintenance_and_what_can_be_ordered_where() {
    let (stand_in, linode, _dial) = with(1).await;
    let call = Call::new();
    stand_in.account().maintenance = vec![
        maintenance(1, "auto", "in_progress"),
        maintenance(1, "reboot", "in-progress"),
        maintenance(1, "reboot", "dreaming"),
    ];
    let work = linode.maintenance(&call).await.unwrap();
    let statuses: Vec<_> = work.items.iter().map(|work| work.status.clone()).collect();
    assert_eq!(statuses, [MaintenanceStatus::InProgress, MaintenanceStatus::InProgress]);
    assert!(
        !work.is_complete(),
        "two that can't be told apart are seen as one that moved"
    );
    let offered = linode.availability(&call).await.unwrap();
    assert!(!offered.offers("us-east", "premium131072.7"));
    assert!(offered.offers("us-east", "g6-nanode-1") && offered.offers("eu-west", "premium131072.7"));
    let regions = linode.regions(&call).await.unwrap();
    assert!(regions.items.iter().all(Region::gives_user_data));
    let prices = linode.transfer_prices(&call).await.unwrap();
    let price = &prices.items[0].price;
    assert_eq!(price.in_region("us-east").hourly, Some(Decimal::new(5, 3)));
    assert_eq!(price.in_region("id-cgk").hourly, Some(Decimal::new(15, 3)));
    assert_eq!(price.in_region("id-cgk").monthly, None, "unknown, not free");
}

#[tokio::test]
async fn a_slow_body_is_read_and_an_answer_about_another_is_none() {
    let (stand_in, linode, _dial) = with(2).await;
    let call = Call::new();
    stand_in.on("/linode/instances/1/ips", 1, Fault::Bytewise);
    assert_eq!(linode.addresses(1, &call).await.unwrap().unwrap().public.len(), 1);
    stand_in.account().stackscripts[0]["id"] = json!(999);
    stand_in.on(
        "/linode/stackscripts/501",
        1,
        Reply::ok(&cs_tests::linode::stackscript(502, true)).into(),
    );
    let error = linode.stackscript(501, &call).await.unwrap_err();
    assert!(matches!(error, LinodeError::Unreadable { .. }), "{error}");
    // A call of its own limit: the account's is longer.
    stand_in.always("/linode/instances", Reply::empty(502).into());
    let short = Call::new().within(std::time::Duration::from_secs(1));
    linode.instances(&short).await.unwrap_err();
    assert_eq!(
        stand_in.requests("/linode/instances"),
        2,
        "the third would have come too late"
    );
}
