//! What passes: failures, limits, silence; and the end of patience.

use std::{sync::Arc, time::Duration};

use cs_tests::linode::{Account, Fault, LinodeStandIn, Reply};
use providers::linode::{Call, CancellationToken, Linode, LinodeError};
use providers::pace::Pace;

use crate::shared::{Dial, LIST, NOON, failing, options, recovers, with};

#[tokio::test]
async fn what_passes_is_tried_four_times_with_growing_waits() {
    let disturbed = LinodeError::Unavailable {
        status: 500,
        maintenance: false,
    };
    assert_eq!(
        failing(Reply::html(500)).await,
        (LinodeError::NotJson { status: 500 }, 4)
    );
    assert_eq!(
        failing(Reply::empty(502)).await,
        (LinodeError::NotJson { status: 502 }, 4)
    );
    assert_eq!(
        failing(Reply::empty(200)).await,
        (LinodeError::NotJson { status: 200 }, 4)
    );
    assert_eq!(failing(Reply::error(500, "Internal")).await, (disturbed, 4));
    assert_eq!(failing(Fault::Cut(40)).await, (LinodeError::Truncated, 4));
    assert_eq!(failing(Fault::Shortened(40)).await, (LinodeError::Truncated, 4));
    let (error, asked) = failing(Fault::Reset).await;
    assert!(
        matches!(&error, LinodeError::Unreachable { host, .. } if host == "127.0.0.1"),
        "{error}"
    );
    assert_eq!(asked, 4);

    let (stand_in, linode, dial) = with(1).await;
    stand_in.always(LIST, Reply::empty(502).into());
    linode.instances(&Call::new()).await.unwrap_err();
    assert_eq!(dial.pauses(), [375, 750, 1500].map(Duration::from_millis));
}

#[tokio::test]
async fn one_failure_that_passes_is_not_noticed() {
    let wait = [Duration::from_millis(375)];
    assert_eq!(recovers(Reply::html(500)).await, wait);
    assert_eq!(recovers(Reply::empty(502)).await, wait);
    assert_eq!(recovers(Fault::Cut(10)).await, wait);
    assert_eq!(recovers(Fault::Shortened(10)).await, wait);
    assert_eq!(recovers(Fault::Reset).await, wait);
    assert_eq!(recovers(Reply::html(400).with("Server", "nginx")).await, wait);
}

#[tokio::test]
async fn too_many_requests_wait_as_long_as_told() {
    let spread = Duration::from_millis(250);
    let told = Reply::error(429, "Too many requests").with("Retry-After", "7");
    assert_eq!(recovers(told.clone()).await, [Duration::from_secs(7) + spread]);
    let untold = Reply::error(429, "Too many requests");
    assert_eq!(recovers(untold.clone()).await, [Duration::from_millis(375) + spread]);
    let reset = untold.clone().with("X-RateLimit-Reset", &(NOON + 20).to_string());
    assert_eq!(recovers(reset).await, [Duration::from_secs(20) + spread]);
    let limited = LinodeError::RateLimited { retry_after: None };
    assert_eq!(failing(untold).await, (limited, 4));
    // Longer than the call may take: not waited for, but told.
    let retry_after = Some(Duration::from_mins(15));
    let long = told.with("Retry-After", "900");
    let long = Reply {
        headers: long.headers.into_iter().filter(|(_, value)| value != "7").collect(),
        ..long
    };
    assert_eq!(failing(long).await, (LinodeError::RateLimited { retry_after }, 1));
}

#[tokio::test]
async fn a_limit_that_is_used_up_is_not_run_into() {
    let (stand_in, linode, dial) = with(3000).await;
    // One more request until half a minute from now; then many.
    let left = |requests: u64, reset: i64| {
        Fault::Headers(vec![
            ("X-RateLimit-Remaining".to_owned(), requests.to_string()),
            ("X-RateLimit-Reset".to_owned(), (NOON + reset).to_string()),
        ])
    };
    stand_in.on(&format!("{LIST}?page=1"), 1, left(1, 30));
    let listing = linode.instances(&Call::new()).await.unwrap();
    assert!(listing.is_complete() && listing.items.len() == 3000);
    assert_eq!(stand_in.requests(LIST), 6, "nothing was refused");
    let first = dial.pauses()[0];
    assert!(first >= Duration::from_secs(30), "{first:?}");
    // The account's own limit, used up for longer than a call may take.
    stand_in.account().limit = Some((0, NOON + 3000));
    linode.profile(&Call::new()).await.unwrap();
    let error = linode.profile(&Call::new()).await.unwrap_err();
    assert!(matches!(error, LinodeError::RateLimited { retry_after: Some(wait) } if wait > Duration::from_mins(40)));
    assert_eq!(stand_in.requests("/profile"), 1);
}

#[tokio::test]
async fn silence_ends_in_a_time_out() {
    for fault in [Fault::Silence, Fault::Stall] {
        let stand_in = LinodeStandIn::start(Account::with_instances(3)).await;
        stand_in.always(LIST, fault);
        let mut options = options(&stand_in);
        options.timeouts.attempt = Duration::from_millis(150);
        let linode = Linode::new(options, Arc::new(Dial::default())).unwrap();
        let error = linode.instances(&Call::new()).await.unwrap_err();
        assert_eq!(error, LinodeError::Timeout);
        assert_eq!(stand_in.requests(LIST), 4);
    }
}

#[tokio::test]
async fn the_whole_call_has_a_deadline() {
    let stand_in = LinodeStandIn::start(Account::with_instances(3)).await;
    stand_in.always(LIST, Reply::empty(502).into());
    let mut options = options(&stand_in);
    options.timeouts.call = Duration::from_secs(1);
    let dial = Arc::new(Dial::default());
    let linode = Linode::new(options, dial.clone()).unwrap();
    linode.instances(&Call::new()).await.unwrap_err();
    assert_eq!(stand_in.requests(LIST), 2, "the third would have come too late");
    assert!(dial.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn nobody_there_is_told_at_once() {
    let (stand_in, linode, dial) = with(1).await;
    drop(stand_in);
    let listening = |error: &LinodeError| !matches!(error, LinodeError::Unreachable { .. });
    // The stand-in's end is not awaited: a first connection may still be taken.
    let mut error = linode.profile(&Call::new()).await.unwrap_err();
    while listening(&error) {
        error = linode.profile(&Call::new()).await.unwrap_err();
    }
    assert!(error.is_passing() && dial.pauses().len() < 4, "{error}");
    assert!(error.to_string().starts_with("127.0.0.1 can't be reached ("), "{error}");
}

#[tokio::test]
async fn a_call_can_be_cancelled_and_dropped() {
    let (stand_in, linode, _dial) = with(3).await;
    stand_in.on(LIST, 1, Fault::Silence);
    let token = CancellationToken::new();
    let call = Call::new().cancelled_by(token.clone());
    let end = async {
        while stand_in.requests(LIST) == 0 {
            tokio::task::yield_now().await;
        }
        token.cancel();
    };
    let (answer, ()) = tokio::join!(linode.instances(&call), end);
    assert_eq!(answer.unwrap_err(), LinodeError::Cancelled);
    assert_eq!(linode.instances(&call).await.unwrap_err(), LinodeError::Cancelled);
    assert_eq!(stand_in.requests(LIST), 1, "a cancelled call asks nothing");
    assert_eq!(linode.instances(&Call::new()).await.unwrap().items.len(), 3);
}
