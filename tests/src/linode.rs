//! A stand-in for Linode: loopback HTTP that answers as `api.linode.com` does, from an account that can be changed
//! between two requests, with faults on order.
//!
//! What it is told to do it does as Linode does: it answers at once and carries out later, in steps that a test takes
//! ([`Account::step`]), never by time. It speaks HTTP itself, over the bare connection: a server's library would refuse
//! to send what is broken.

mod account;
mod documents;
mod fault;
mod filter;
mod jobs;
mod reads;
mod wire;
mod writes;

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde_json::Value;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

pub use account::Account;
pub use documents::{
    backup, backups, firewall, image, instance, linode_type, maintenance, region, stackscript, stats, transfer_price,
};
pub use fault::{Fault, Reply};

/// The token that the stand-in takes.
pub const TOKEN: &str = "5tand1n-t0ken-of-the-account";

/// What all connections share.
struct Shared {
    account: Mutex<Account>,
    script: Mutex<Vec<fault::Order>>,
    seen: Mutex<Seen>,
    /// The most requests that were under way at once.
    most: watch::Sender<usize>,
    /// How long each answer takes.
    takes: Mutex<Duration>,
}

/// What has been asked so far.
#[derive(Default)]
struct Seen {
    requests: BTreeMap<String, u64>,
    lines: Vec<String>,
    /// Method and path of each request that had a body, and the body.
    sent: Vec<(String, Value)>,
    filters: Vec<String>,
    open: usize,
}

/// A stand-in that is listening. Ends when dropped.
pub struct LinodeStandIn {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

impl LinodeStandIn {
    /// Listens on loopback for an account.
    pub async fn start(account: Account) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared {
            account: Mutex::new(account),
            script: Mutex::default(),
            seen: Mutex::default(),
            most: watch::Sender::new(0),
            takes: Mutex::default(),
        });
        let server = tokio::spawn(wire::serve(listener, Arc::clone(&shared)));
        Self {
            address,
            shared,
            server,
        }
    }

    /// The address to give to a client.
    pub fn base_url(&self) -> String {
        format!("http://{}/v4", self.address)
    }

    /// The account, to look at and to change.
    pub fn account(&self) -> MutexGuard<'_, Account> {
        self.shared.account()
    }

    /// From now on each answer takes so long, as one of a computer far away does.
    pub fn takes(&self, time: Duration) {
        *self.shared.takes.lock().unwrap_or_else(PoisonError::into_inner) = time;
    }

    /// Orders a fault for the nth request (from 1) to a path, counted from the start. A path with a query (`?page=2`)
    /// means requests that have it; one without means all. A method before it (`POST /linode/instances`) means only
    /// requests of that method.
    pub fn on(&self, path: &str, nth: u64, fault: Fault) {
        self.shared.order(path, Some(nth), fault);
    }

    /// Orders a fault for every request to a path.
    pub fn always(&self, path: &str, fault: Fault) {
        self.shared.order(path, None, fault);
    }

    /// How many requests a path has had, by any method or, as `POST /linode/instances`, by one.
    pub fn requests(&self, path: &str) -> u64 {
        self.shared.seen().requests.get(path).copied().unwrap_or_default()
    }

    /// What was sent to a path by a method (`POST /linode/instances`).
    pub fn sent(&self, to: &str) -> Vec<Value> {
        let seen = self.shared.seen();
        let meant = seen.sent.iter().filter(|(at, _)| at == to);
        meant.map(|(_, body)| body.clone()).collect()
    }

    /// Every filter so far, as sent.
    pub fn filters(&self) -> Vec<String> {
        self.shared.seen().filters.clone()
    }

    /// Every request so far, as path and query; after its method, unless it is a GET.
    pub fn lines(&self) -> Vec<String> {
        self.shared.seen().lines.clone()
    }

    /// The most requests that were under way at once.
    pub fn most_at_once(&self) -> usize {
        *self.shared.most.borrow()
    }
}

impl Drop for LinodeStandIn {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Shared {
    fn account(&self) -> MutexGuard<'_, Account> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn order(&self, path: &str, nth: Option<u64>, fault: Fault) {
        let mut script = self.script.lock().unwrap_or_else(PoisonError::into_inner);
        script.push(fault::Order::new(path, nth, fault));
    }

    /// Counts a request in, and finds the fault that was ordered for it.
    fn arrive(&self, request: &wire::Request) -> Option<Fault> {
        let wire::Request { method, target, .. } = request;
        let path = target.split('?').next().unwrap_or_default();
        let named = format!("{method} {path}");
        let mut seen = self.seen();
        seen.lines.push(if method == "GET" {
            target.clone()
        } else {
            format!("{method} {target}")
        });
        seen.filters.extend(request.filter.clone());
        if !request.body.is_null() {
            seen.sent.push((named.clone(), request.body.clone()));
        }
        *seen.requests.entry(path.to_owned()).or_default() += 1;
        *seen.requests.entry(named).or_default() += 1;
        seen.open += 1;
        let open = seen.open;
        drop(seen);
        self.most.send_if_modified(|most| {
            let more = open > *most;
            *most = open.max(*most);
            more
        });
        let mut script = self.script.lock().unwrap_or_else(PoisonError::into_inner);
        // All of them count the request, though only one fault can happen to it.
        let due: Vec<Fault> = script
            .iter_mut()
            .filter_map(|order| order.meets(method, target))
            .collect();
        due.into_iter().next()
    }

    fn leave(&self) {
        self.seen().open -= 1;
    }
}
