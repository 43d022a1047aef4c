//! What these tests share.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::{DateTime, Utc};
use cs_tests::linode::{Account, Fault, LinodeStandIn, TOKEN};
use providers::{
    linode::{
        Access, Call, DiskSource, Instance, Linode, LinodeError, LinodeOptions, Listing, Mark, NewInstance, WriteError,
    },
    pace::{Pace, Pause},
};
use secrecy::SecretString;

pub const LIST: &str = "/linode/instances";
/// By the wall clock of the tests, which moves only with their waits.
pub const NOON: i64 = 1_767_268_800;

/// Waits take no time, but the clock moves on and they are remembered.
#[derive(Default)]
pub struct Dial {
    pauses: Mutex<Vec<Duration>>,
}

impl Dial {
    pub fn pauses(&self) -> Vec<Duration> {
        self.pauses.lock().unwrap().clone()
    }
}

impl Pace for Dial {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(NOON, 0).unwrap() + self.elapsed()
    }

    fn elapsed(&self) -> Duration {
        self.pauses.lock().unwrap().iter().sum()
    }

    fn pause(&self, wait: Duration) -> Pause<'_> {
        self.pauses.lock().unwrap().push(wait);
        Box::pin(std::future::ready(()))
    }

    fn chance(&self) -> f64 {
        0.5
    }
}

pub fn options(stand_in: &LinodeStandIn) -> LinodeOptions {
    let mut options = LinodeOptions::new(SecretString::from(TOKEN));
    options.base_url = stand_in.base_url();
    options
}

/// A stand-in with so many servers, its client, and the client's clock.
pub async fn with(count: u64) -> (LinodeStandIn, Linode, Arc<Dial>) {
    let stand_in = LinodeStandIn::start(Account::with_instances(count)).await;
    let dial = Arc::new(Dial::default());
    let linode = Linode::new(options(&stand_in), dial.clone()).unwrap();
    (stand_in, linode, dial)
}

pub fn ids(listing: &Listing<Instance>) -> Vec<u64> {
    listing.items.iter().map(|instance| instance.id).collect()
}

/// What the list of servers answers when every request to it fails so, and how often it was asked.
pub async fn failing(fault: impl Into<Fault>) -> (LinodeError, u64) {
    let (stand_in, linode, _dial) = with(3).await;
    stand_in.always(LIST, fault.into());
    let error = linode.instances(&Call::new()).await.unwrap_err();
    let shown = format!("{error} {error:?} {linode:?}");
    assert!(!shown.contains(TOKEN), "{shown}");
    (error, stand_in.requests(LIST))
}

/// Whether the list is read after one such failure, and the waits between.
pub async fn recovers(fault: impl Into<Fault>) -> Vec<Duration> {
    let (stand_in, linode, dial) = with(3).await;
    stand_in.on(LIST, 1, fault.into());
    let listing = linode.instances(&Call::new()).await.unwrap();
    assert!(listing.is_complete() && listing.items.len() == 3);
    assert_eq!(stand_in.requests(LIST), 2);
    dial.pauses()
}

pub const CREATE: &str = "POST /linode/instances";
pub const PASSWORD: &str = "c0rrect-horse-battery";

/// An order as a caller writes it: found again by its label.
pub fn order(label: &str) -> NewInstance {
    let image = "linode/debian12".to_owned();
    let access = Access::password(SecretString::from(PASSWORD));
    let mark = Mark::Label(label.to_owned());
    NewInstance::new(mark, "us-east", "g6-nanode-1", DiskSource::Image { image, access })
}

/// The fields that Linode or the client finds wrong.
pub fn fields(error: &WriteError) -> Vec<&str> {
    let (WriteError::Invalid(reasons) | WriteError::NotDone(LinodeError::Rejected(reasons))) = error else {
        panic!("not a refusal: {error:?}");
    };
    reasons.iter().filter_map(|reason| reason.field.as_deref()).collect()
}
