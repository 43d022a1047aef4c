//! Documents of the real shape with parts of any shape, at any depth, for everything that reads one.

use proptest::{prelude::*, sample::Index};
use serde_json::{Value, json};

use super::{
    AccountTransfer, Address, Addresses, Availability, Backup, Backups, Event, EventFilter, Firewall, Image, Instance,
    LinodeType, Maintenance, MonthlyTransfer, Region, Rules, StackScript, Stats, Transfer, TransferPrice,
    lenient::ascii,
    list::{Item, Page, assemble, fuzz::any_json},
};

/// Reads a text as everything that there is; nothing may panic, and what is read keeps its key.
fn read_as_everything(json: &str) {
    fn item<T: Item>(json: &str) {
        if let Some(read) = T::read(json) {
            let _key = read.key();
        }
        let page = format!(r#"{{"data": [{json}], "page": 1, "pages": 1, "results": 1}}"#);
        if let Some(page) = Page::<T>::read(1, page.as_bytes()) {
            let listing = assemble(vec![page]);
            // Nothing between the brackets is an empty page.
            let entries = usize::from(!json.trim().is_empty());
            assert_eq!(listing.items.len() + listing.unreadable, entries);
        }
        let _page = Page::<T>::read(1, json.as_bytes());
    }
    item::<Instance>(json);
    item::<LinodeType>(json);
    item::<TransferPrice>(json);
    item::<Region>(json);
    item::<Availability>(json);
    item::<Image>(json);
    item::<StackScript>(json);
    item::<Firewall>(json);
    item::<Maintenance>(json);
    item::<Event>(json);
    if let Some(event) = Event::read(json) {
        let _takes = EventFilter::new().about(9).after(3).takes(&event);
    }
    if let Some(instance) = Instance::read(json) {
        let _state = instance.state().map(|state| (state.to_string(), state.is_passing()));
        let _columns = instance.fits();
    }
    let _read = (Rules::read(json), Backup::read(json), Backups::read(json));
    let _read = (Address::read(json), Addresses::read(json), Stats::read(json));
    let _read = (
        Transfer::read(json),
        MonthlyTransfer::read(json),
        AccountTransfer::read(json),
    );
}

fn documents() -> Vec<Value> {
    let address = json!({"address": "203.0.113.1", "gateway": "203.0.113.1", "prefix": 24, "type": "ipv4", "public": true,
        "rdns": "web.example.com", "linode_id": 123, "region": "us-east"});
    let backup = json!({"id": 6001, "label": null, "status": "successful", "type": "auto", "region": "us-east", "available": true,
        "created": "2018-01-15T00:01:01", "finished": null, "configs": ["c"], "disks": [{"label": "d", "size": 9001, "filesystem": "ext4"}]});
    let price = json!({"hourly": 0.0075, "monthly": 5.0});
    let rules = json!({"inbound": [{"action": "ACCEPT", "protocol": "TCP", "ports": "22", "addresses": {"ipv4": ["192.0.2.0/24"], "ipv6": null}}],
        "outbound": null, "inbound_policy": "DROP", "outbound_policy": "ACCEPT"});
    let curve = json!([[1_521_483_600_000_i64, 0.42], [1_521_483_900_000_i64, 12]]);
    let traffic = json!({"in": curve, "out": curve, "private_in": [], "private_out": []});
    let entity = json!({"id": 9, "label": "web", "type": "linode", "url": "/v4/linode/instances/9"});
    vec![
        json!({"id": 9, "label": "web", "status": "running", "created": "2018-01-01T00:01:01", "type": "g6-nanode-1", "ipv4": ["203.0.113.1"],
            "ipv6": "2600:3c00::1/128", "specs": {"disk": 1, "memory": 2, "vcpus": 3, "transfer": 4}, "backups": {"enabled": true}, "tags": ["a"]}),
        json!({"id": "g6-nanode-1", "label": "Nanode", "disk": 1, "price": price, "region_prices": [{"id": "id-cgk", "hourly": 0.009, "monthly": null}],
            "addons": {"backups": {"price": price, "region_prices": [{"id": "br-gru", "hourly": 0.1, "monthly": 1}]}}}),
        json!({"id": "us-east", "label": "Newark", "country": "us", "status": "ok", "capabilities": ["Metadata"]}),
        json!({"region": "us-east", "plan": "gpu", "available": false}),
        json!({"id": "linode/debian12", "status": "available", "size": 1500, "eol": null, "capabilities": ["cloud-init"], "regions": [{"region": "us-east"}]}),
        json!({"id": 501, "label": "s", "images": ["any/all"], "mine": true, "user_defined_fields": [{"name": "a", "label": "b", "default": "", "oneof": "x,y"},
            {"name": "db_password"}, {"name": "m", "manyof": "x,y"}, {"name": "h", "header": "yes"}]}),
        json!({"id": 7, "action": "linode_boot", "status": "started", "created": "2018-01-01T00:01:01", "percent_complete": 20, "duration": 300.56,
            "time_remaining": "0:01:20", "rate": "464.00 MB/s", "entity": entity, "secondary_entity": {"id": "linode/debian12"}}),
        json!({"title": "t", "data": {"cpu": curve, "io": {"io": curve, "swap": []}, "netv4": traffic, "netv6": traffic}}),
        json!({"used": 22_956_600_198_u64, "quota": 2000, "billable": 0, "region_transfers": [{"id": "id-cgk", "used": 1, "quota": 5, "billable": 0}]}),
        json!({"bytes_in": 1, "bytes_out": 2, "bytes_total": 3}),
        json!({"ipv4": {"public": [address], "private": [], "shared": [], "reserved": []}, "ipv6": {"slaac": address, "link_local": address,
            "global": [{"range": "2600:3c00:e000:1::", "prefix": 64, "route_target": "2600:3c00::1", "region": "us-east"}]}}),
        address,
        json!({"id": 9001, "label": "wall", "status": "enabled", "rules": rules, "tags": []}),
        rules,
        json!({"automatic": [backup], "snapshot": {"current": backup, "in_progress": null}}),
        backup,
        json!({"entity": entity, "type": "auto", "status": "in-progress", "reason": "r", "when": "2026-01-03T02:00:00", "not_before": null}),
    ]
}

/// Puts `change` somewhere into a document, as deep as the way there leads.
fn put(value: &mut Value, way: &[Index], change: Value) {
    let Some((step, rest)) = way.split_first() else {
        *value = change;
        return;
    };
    match value {
        Value::Array(entries) if !entries.is_empty() => {
            let at = step.index(entries.len());
            put(&mut entries[at], rest, change);
        }
        Value::Object(fields) if !fields.is_empty() => {
            let at = step.index(fields.len());
            if let Some(field) = fields.values_mut().nth(at) {
                put(field, rest, change);
            }
        }
        plain => *plain = change,
    }
}

fn mutated() -> impl Strategy<Value = Value> {
    let change = (prop::collection::vec(any::<Index>(), 1..6), any_json());
    let changes = prop::collection::vec(change, 1..5);
    (prop::sample::select(documents()), changes).prop_map(|(mut document, changes)| {
        for (way, change) in changes {
            put(&mut document, &way, change);
        }
        document
    })
}

#[test]
fn every_document_is_read_whole() {
    for document in documents() {
        read_as_everything(&document.to_string());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_mutated_document_is_read_or_refused(document in mutated()) {
        read_as_everything(&document.to_string());
    }

    #[test]
    fn a_document_that_ends_early_is_read_or_refused(document in mutated(), end in any::<Index>()) {
        let whole = document.to_string();
        let end = (0..=end.index(whole.len() + 1)).rev().find(|at| whole.is_char_boundary(*at));
        read_as_everything(&whole[..end.unwrap_or(0)]);
    }

    #[test]
    fn a_header_holds_any_json(document in any_json()) {
        let header = ascii(&document);
        prop_assert!(header.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
    }

    /// Digits that a binary fraction can't hold come through every price unchanged.
    #[test]
    fn every_price_keeps_every_digit(units in 0_u32..1000, fraction in "[0-9]{1,20}") {
        let digits = format!("{units}.{fraction}");
        let price = format!(r#"{{"hourly": {digits}, "monthly": {digits}}}"#);
        let regional = format!(r#"[{{"id": "r", "hourly": {digits}, "monthly": {digits}}}]"#);
        let tariff = format!(r#""price": {price}, "region_prices": {regional}"#);
        let kind = format!(r#"{{"id": "t", {tariff}, "addons": {{"backups": {{{tariff}}}}}}}"#);
        let kind = LinodeType::read(&kind).unwrap();
        let traffic = TransferPrice::read(&format!(r#"{{"id": "n", {tariff}}}"#)).unwrap();
        for tariff in [kind.price, kind.backups, traffic.price] {
            for price in [tariff.usual, tariff.in_region("r")] {
                prop_assert_eq!(price.hourly.unwrap().to_string(), digits.clone());
                prop_assert_eq!(price.monthly.unwrap().to_string(), digits.clone());
            }
        }
    }
}
