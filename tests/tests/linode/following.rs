//! A piece of work, followed through its events to its end.

use std::time::Duration;

use cs_tests::linode::{Account, Fault, LinodeStandIn, Reply};
use providers::linode::{
    Action, Call, CancellationToken, Event, EventFilter, EventStatus, Follow, Followed, Linode, LinodeError, Status,
    Tempo,
};
use serde_json::json;

use crate::shared::{order, with};

const EVENTS: &str = "/account/events";

fn follow(action: Action, instance: u64, after: u64) -> Follow {
    Follow {
        instance,
        action,
        after,
        tempo: Tempo::default(),
        patience: Duration::from_mins(10),
    }
}

/// A step before each of the next requests about events, from the nth.
fn step_at(stand_in: &LinodeStandIn, path: &str, requests: impl IntoIterator<Item = u64>) {
    for nth in requests {
        stand_in.on(path, nth, Fault::Change(Account::step));
    }
}

async fn begun(linode: &Linode, stand_in: &LinodeStandIn) -> (u64, u64) {
    let before = linode.newest_event(&Call::new()).await.unwrap();
    linode.reboot(1, None, &Call::new()).await.unwrap();
    let event = stand_in.account().events.last().unwrap()["id"].as_u64().unwrap();
    (before, event)
}

#[tokio::test]
async fn work_is_seen_to_begin_and_to_end() {
    let (stand_in, linode, dial) = with(1).await;
    let (before, event) = begun(&linode, &stand_in).await;
    assert_eq!(before, 0);
    // Scheduled, started, finished: one state each time it is looked at.
    step_at(&stand_in, &format!("{EVENTS}/{event}"), [2, 4]);
    let mut told = Vec::new();
    let tell = |event: &Event| told.push((event.status.clone(), event.percent));
    let ended = linode
        .follow(follow(Action::Reboot, 1, before), tell, &Call::new())
        .await;
    let Followed::Finished(last) = ended.unwrap() else {
        panic!("not finished");
    };
    assert_eq!((last.id, last.duration), (event, Some(Duration::from_secs(25))));
    assert_eq!(
        told,
        [
            (EventStatus::Scheduled, Some(0)),
            (EventStatus::Started, Some(50)),
            (EventStatus::Finished, Some(100))
        ]
    );
    assert_eq!(
        dial.pauses(),
        [2; 4].map(Duration::from_secs),
        "every 2 s while it runs"
    );
    let server = linode.instance(1, &Call::new()).await.unwrap().unwrap();
    assert_eq!(server.state(), Some(Status::Running));
    let filter = stand_in.filters().pop().unwrap();
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&filter).unwrap(),
        json!({"id": {"+gt": before}, "entity.id": 1, "entity.type": "linode", "action": "linode_reboot",
            "+order_by": "id", "+order": "desc"})
    );
}

#[tokio::test]
async fn work_that_is_not_seen_yet_is_looked_for_less_often() {
    let (stand_in, linode, dial) = with(2).await;
    let after = {
        let mut account = stand_in.account();
        account.events.push(
            json!({"id": 7, "action": "linode_reboot", "status": "finished", "entity": {"id": 1, "type": "linode"}}),
        );
        7
    };
    // Others' work is not it, though the filter is overlooked.
    stand_in.account().overlooks_filters = true;
    let appear = Fault::Change(|account| {
        let event = |id: u64, action: &str, entity: serde_json::Value| json!({"id": id, "action": action, "status": "finished", "entity": entity});
        account.events.extend([
            event(8, "linode_reboot", json!({"id": 2, "type": "linode"})),
            event(9, "linode_boot", json!({"id": 1, "type": "linode"})),
            event(10, "linode_reboot", json!({"id": 1, "type": "disk"})),
            event(11, "linode_reboot", json!({"id": "1", "type": "linode"})),
        ]);
    });
    stand_in.on(EVENTS, 3, appear);
    let ended = linode
        .follow(follow(Action::Reboot, 1, after), |_| {}, &Call::new())
        .await;
    assert!(matches!(ended.unwrap(), Followed::Finished(event) if event.id == 11));
    assert_eq!(dial.pauses(), [16; 2].map(Duration::from_secs));
}

#[tokio::test]
async fn work_can_fail_be_called_off_or_take_too_long() {
    let (stand_in, linode, _dial) = with(1).await;
    let (before, event) = begun(&linode, &stand_in).await;
    stand_in.account().failing_jobs = 1;
    let path = format!("{EVENTS}/{event}");
    step_at(&stand_in, &path, [1, 2]);
    let reboot = follow(Action::Reboot, 1, before);
    let ended = linode.follow(reboot, |_| {}, &Call::new()).await.unwrap();
    assert!(matches!(ended, Followed::Failed(_)), "{ended:?}");
    stand_in.account().events[0]["status"] = json!("canceled");
    let ended = linode.follow(reboot, |_| {}, &Call::new()).await.unwrap();
    assert!(matches!(ended, Followed::Canceled(_)), "{ended:?}");
    // An unknown word is no end; what is still going on when patience is over is told as it was last seen.
    stand_in.account().events[0]["status"] = json!("pondering");
    let short = Follow {
        patience: Duration::from_secs(5),
        ..reboot
    };
    let asked = stand_in.requests(&path);
    let ended = linode.follow(short, |_| {}, &Call::new()).await.unwrap();
    let Followed::Overdue(Some(last)) = ended else {
        panic!("{ended:?}");
    };
    assert_eq!(last.status, EventStatus::Other("pondering".to_owned()));
    assert_eq!(stand_in.requests(&path) - asked, 2, "at 2 and 4 seconds");
    let nothing = Follow {
        action: Action::Resize,
        ..short
    };
    let ended = linode.follow(nothing, |_| {}, &Call::new()).await.unwrap();
    assert_eq!(ended, Followed::Overdue(None));
}

#[tokio::test]
async fn a_disturbance_ends_nothing_and_a_wrong_token_does() {
    let (stand_in, linode, _dial) = with(1).await;
    let (before, event) = begun(&linode, &stand_in).await;
    let path = format!("{EVENTS}/{event}");
    for nth in 1..=4 {
        stand_in.on(&path, nth, Reply::html(502).into());
    }
    step_at(&stand_in, &path, [5, 6]);
    let reboot = follow(Action::Reboot, 1, before);
    let ended = linode.follow(reboot, |_| {}, &Call::new()).await.unwrap();
    assert!(matches!(ended, Followed::Finished(_)), "{ended:?}");
    "linodes:read_write".clone_into(&mut stand_in.account().scopes);
    let error = linode.follow(reboot, |_| {}, &Call::new()).await.unwrap_err();
    let needs = Some("events:read_only".to_owned());
    assert_eq!(error, LinodeError::Forbidden { needs });
}

#[tokio::test]
async fn following_can_be_cancelled() {
    let (stand_in, linode, _dial) = with(1).await;
    let (before, _) = begun(&linode, &stand_in).await;
    let token = CancellationToken::new();
    let call = Call::new().cancelled_by(token.clone());
    let tell = |_: &Event| token.cancel();
    let error = linode.follow(follow(Action::Reboot, 1, before), tell, &call).await;
    assert_eq!(error.unwrap_err(), LinodeError::Cancelled);
}

#[tokio::test]
async fn an_order_is_followed_to_a_server_that_runs() {
    let (stand_in, linode, _dial) = with(1).await;
    let call = Call::new();
    let before = linode.newest_event(&call).await.unwrap();
    let made = linode.create(&order("web-01"), &call).await.unwrap().value;
    let event = stand_in.account().events.last().unwrap()["id"].as_u64().unwrap();
    step_at(&stand_in, &format!("{EVENTS}/{event}"), [1, 2]);
    let ended = linode
        .follow(follow(Action::Create, made.id, before), |_| {}, &call)
        .await;
    assert!(matches!(ended.unwrap(), Followed::Finished(_)));
    let server = linode.instance(made.id, &call).await.unwrap().unwrap();
    assert_eq!(server.state(), Some(Status::Running));
    // What needs no time is over at once.
    linode.rename(made.id, "web-02", &call).await.unwrap();
    let rename = follow(Action::Rename, made.id, event);
    let ended = linode.follow(rename, |_| {}, &call).await.unwrap();
    assert!(matches!(ended, Followed::Finished(event) if event.status == EventStatus::Notification));
}

#[tokio::test]
async fn events_are_read_by_number_and_whole() {
    let (stand_in, linode, _dial) = with(2).await;
    let call = Call::new();
    for _ in 0..2 {
        linode.reboot(1, None, &call).await.unwrap();
        linode.reboot(2, None, &call).await.unwrap();
        stand_in.account().step();
        stand_in.account().step();
    }
    let all = linode.events(&EventFilter::new(), &call).await.unwrap();
    assert!(all.is_complete());
    let ids: Vec<u64> = all.items.iter().map(|event| event.id).collect();
    assert!(ids.len() == 4 && ids.is_sorted());
    let some = EventFilter::new().about(2).after(ids[0]).action("linode_reboot");
    let newest = linode.newest_events(&some, &call).await.unwrap();
    let newest: Vec<u64> = newest.iter().map(|event| event.id).collect();
    assert_eq!(newest, [ids[3], ids[1]], "the newest first");
    assert_eq!(linode.newest_event(&call).await.unwrap(), ids[3]);
    assert_eq!(linode.event(ids[2], &call).await.unwrap().as_ref(), Some(&all.items[2]));
    assert_eq!(linode.event(1, &call).await.unwrap(), None);
}
