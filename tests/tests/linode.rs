//! The Linode client against the stand-in, with everything that goes wrong out there.

#![expect(clippy::unwrap_used, reason = "what a test needs and does not get ends the test")]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::{DateTime, Utc};
use cs_tests::linode::{Account, Fault, LinodeStandIn, Reply, TOKEN, instance};
use proptest::{prelude::*, test_runner::TestRunner};
use providers::{
    linode::{Call, CancellationToken, Instance, Linode, LinodeError, LinodeOptions, Listing, Progress},
    pace::{Pace, Pause},
};
use rust_decimal::Decimal;
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

const LIST: &str = "/linode/instances";
/// By the wall clock of the tests, which moves only with their waits.
const NOON: i64 = 1_767_268_800;

/// Waits take no time, but the clock moves on and they are remembered.
#[derive(Default)]
struct Dial {
    pauses: Mutex<Vec<Duration>>,
}

impl Dial {
    fn pauses(&self) -> Vec<Duration> {
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

fn options(stand_in: &LinodeStandIn) -> LinodeOptions {
    let mut options = LinodeOptions::new(SecretString::from(TOKEN));
    options.base_url = stand_in.base_url();
    options
}

/// A stand-in with so many servers, its client, and the client's clock.
async fn with(count: u64) -> (LinodeStandIn, Linode, Arc<Dial>) {
    let stand_in = LinodeStandIn::start(Account::with_instances(count)).await;
    let dial = Arc::new(Dial::default());
    let linode = Linode::new(options(&stand_in), dial.clone()).unwrap();
    (stand_in, linode, dial)
}

fn ids(listing: &Listing<Instance>) -> Vec<u64> {
    listing.items.iter().map(|instance| instance.id).collect()
}

/// What the list of servers answers when every request to it fails so, and how often it was asked.
async fn failing(fault: impl Into<Fault>) -> (LinodeError, u64) {
    let (stand_in, linode, _dial) = with(3).await;
    stand_in.always(LIST, fault.into());
    let error = linode.instances(&Call::new()).await.unwrap_err();
    let shown = format!("{error} {error:?} {linode:?}");
    assert!(!shown.contains(TOKEN), "{shown}");
    (error, stand_in.requests(LIST))
}

/// Whether the list is read after one such failure, and the waits between.
async fn recovers(fault: impl Into<Fault>) -> Vec<Duration> {
    let (stand_in, linode, dial) = with(3).await;
    stand_in.on(LIST, 1, fault.into());
    let listing = linode.instances(&Call::new()).await.unwrap();
    assert!(listing.is_complete() && listing.items.len() == 3);
    assert_eq!(stand_in.requests(LIST), 2);
    dial.pauses()
}

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
async fn a_token_that_is_wrong_or_too_small_is_told_apart() {
    let (stand_in, linode, _dial) = with(1).await;
    let mut wrong = options(&stand_in);
    wrong.token = SecretString::from("an0ther-t0ken");
    let other = Linode::new(wrong, Arc::new(Dial::default())).unwrap();
    assert_eq!(
        other.profile(&Call::new()).await.unwrap_err(),
        LinodeError::Unauthorized
    );
    "account:read_only".clone_into(&mut stand_in.account().scopes);
    let needs = Some("linodes:read_only".to_owned());
    let error = linode.instances(&Call::new()).await.unwrap_err();
    assert_eq!(error, LinodeError::Forbidden { needs });
    assert_eq!(stand_in.requests(LIST), 1);
    for bad in ["", "two words", "line\nbreak", "schlüssel"] {
        let mut options = options(&stand_in);
        options.token = SecretString::from(bad);
        assert_eq!(
            Linode::new(options, Arc::new(Dial::default())).unwrap_err(),
            LinodeError::Token
        );
    }
}

#[tokio::test]
async fn what_will_not_change_is_asked_once() {
    let forbidden = LinodeError::Forbidden { needs: None };
    let maintenance = LinodeError::Unavailable {
        status: 503,
        maintenance: true,
    };
    let moved = Reply::html(302).with("Location", "https://example.com/");
    for (reply, expected) in [
        (Reply::error(401, "Invalid Token"), LinodeError::Unauthorized),
        (Reply::error(403, "Unauthorized"), forbidden),
        (Reply::error(400, "Linode busy."), LinodeError::Busy),
        (
            Reply::error(503, "Closed").with("X-Maintenance-Mode", "all"),
            maintenance,
        ),
        (Reply::html(200), LinodeError::NotJson { status: 200 }),
        (moved, LinodeError::NotJson { status: 302 }),
        (Reply::html(404), LinodeError::NotJson { status: 404 }),
    ] {
        assert_eq!(failing(reply).await, (expected, 1));
    }
    let (error, asked) = failing(Reply::error(404, "Not found")).await;
    assert!(matches!(error, LinodeError::NotFound { .. }) && asked == 1);
    let (error, _) = failing(Reply::error(400, "Cannot filter on mood")).await;
    assert_eq!(
        error.to_string(),
        "Linode refused the request: Cannot filter on mood. It was not carried out."
    );
}

#[tokio::test]
async fn a_proxy_s_404_does_not_make_a_server_gone() {
    let (stand_in, linode, _dial) = with(1).await;
    stand_in.always("/linode/instances/1", Reply::html(404).into());
    let error = linode.instance(1, &Call::new()).await.unwrap_err();
    assert_eq!(error, LinodeError::NotJson { status: 404 });
    // An answer about another server is none either.
    stand_in.always(
        "/linode/instances/2",
        Fault::Answer(Reply {
            status: 200,
            headers: Vec::new(),
            body: instance(1).to_string(),
        }),
    );
    let error = linode.instance(2, &Call::new()).await.unwrap_err();
    assert!(matches!(error, LinodeError::Unreadable { .. }));
}

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
async fn who_cannot_prove_to_be_linode_gets_no_token() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let mut options = LinodeOptions::new(SecretString::from(TOKEN));
    options.base_url = format!("https://{}/v4", listener.local_addr().unwrap());
    let dial = Arc::new(Dial::default());
    let linode = Linode::new(options, dial.clone()).unwrap();
    let stranger = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut hello = vec![0; 4096];
        let length = stream.read(&mut hello).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n{}").await.unwrap();
        hello.truncate(length);
        hello
    };
    let call = Call::new();
    let (answer, hello) = tokio::join!(linode.profile(&call), stranger);
    assert_eq!(hello[0], 0x16, "the handshake of TLS, and nothing before it");
    let error = answer.unwrap_err();
    assert!(matches!(error, LinodeError::Unreachable { .. }), "{error}");
    assert!(dial.pauses().is_empty(), "asked once");
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
