//! The questions by name. Each is put again when what went wrong passes, within its deadline.

use std::net::IpAddr;

use super::{
    AccountTransfer, Address, Addresses, Availability, Backups, Call, Event, EventFilter, Firewall, Image, Instance,
    Linode, LinodeError, LinodeType, Listing, Maintenance, MonthlyTransfer, Profile, Region, Rules, StackScript, Stats,
    StatsAnswer, Transfer, TransferPrice,
    answer::scopes,
    ask::{Answer, Source},
    image::is_image_id,
    lenient::ascii,
    limits::Bucket,
    list::Item,
};

/// How many events are read at once where only the newest matter.
const NEWEST: u64 = 100;

/// What reads the text of an answer.
fn reading<T>(read: impl FnOnce(&str) -> Option<T>) -> impl FnOnce(&Answer) -> Option<T> {
    |answer| read(std::str::from_utf8(&answer.body).ok()?)
}

impl Linode {
    /// Whose token it is and what it may do: the check of a token.
    pub async fn profile(&self, call: &Call) -> Result<Profile, LinodeError> {
        let read = |answer: &Answer| Profile::read(&answer.body, scopes(&answer.headers));
        self.value("/profile", Bucket::Profile, call, read).await
    }

    /// All servers of the account.
    pub async fn instances(&self, call: &Call) -> Result<Listing<Instance>, LinodeError> {
        self.all("/linode/instances", Bucket::Instances, call).await
    }

    /// All servers of the account, each page handed on as soon as it is read, so that nobody holds all of them; the listing
    /// has their numbers. Where the list has shifted while it was read, pages are handed on once more.
    pub async fn instances_by_page(
        &self,
        call: &Call,
        mut page: impl FnMut(Vec<Instance>) + Send,
    ) -> Result<Listing<u64>, LinodeError> {
        let source = Source {
            path: "/linode/instances",
            filter: None,
            bucket: Bucket::Instances,
        };
        let hand = |servers: Vec<Instance>| {
            let ids = servers.iter().map(|server| server.id).collect();
            page(servers);
            ids
        };
        self.list_by_page(source, call, hand).await
    }

    /// One server; `None` only if Linode itself says that it doesn't exist.
    pub async fn instance(&self, id: u64, call: &Call) -> Result<Option<Instance>, LinodeError> {
        let path = format!("/linode/instances/{id}");
        self.entry(&path, id, Bucket::Instance, call).await
    }

    /// All types (plans), with their prices. Needs no token.
    pub async fn types(&self, call: &Call) -> Result<Listing<LinodeType>, LinodeError> {
        self.all("/linode/types", Bucket::Types, call).await
    }

    /// What traffic beyond the included costs. Needs no token.
    pub async fn transfer_prices(&self, call: &Call) -> Result<Listing<TransferPrice>, LinodeError> {
        self.all("/network-transfer/prices", Bucket::TransferPrices, call).await
    }

    /// All regions. Needs no token.
    pub async fn regions(&self, call: &Call) -> Result<Listing<Region>, LinodeError> {
        self.all("/regions", Bucket::Regions, call).await
    }

    /// Which types can be ordered where, as far as Linode lists it ([`Listing::offers`]). Needs no token.
    pub async fn availability(&self, call: &Call) -> Result<Listing<Availability>, LinodeError> {
        self.all("/regions/availability", Bucket::Availability, call).await
    }

    /// All images that the account may use. Linode allows few of these lists: 20 a minute.
    pub async fn images(&self, call: &Call) -> Result<Listing<Image>, LinodeError> {
        self.all("/images", Bucket::Images, call).await
    }

    /// One image; its id holds a slash. What can be no id isn't asked for.
    pub async fn image(&self, id: &str, call: &Call) -> Result<Option<Image>, LinodeError> {
        if !is_image_id(id) {
            return Ok(None);
        }
        self.entry(&format!("/images/{id}"), id.to_owned(), Bucket::Image, call)
            .await
    }

    /// The account's own StackScripts. Those of everybody are thousands, and no list to choose from.
    pub async fn my_stackscripts(&self, call: &Call) -> Result<Listing<StackScript>, LinodeError> {
        let source = Source {
            path: "/linode/stackscripts",
            filter: Some(r#"{"mine":true}"#),
            bucket: Bucket::StackScripts,
        };
        self.list(source, call).await
    }

    /// One StackScript, the account's own or a public one.
    pub async fn stackscript(&self, id: u64, call: &Call) -> Result<Option<StackScript>, LinodeError> {
        let path = format!("/linode/stackscripts/{id}");
        self.entry(&path, id, Bucket::StackScript, call).await
    }

    /// The servers that carry a label or a tag, by Linode's own search.
    pub(super) async fn instances_with(
        &self,
        field: &str,
        value: &str,
        call: &Call,
    ) -> Result<Listing<Instance>, LinodeError> {
        let filter = ascii(&serde_json::json!({ field: value }));
        let source = Source {
            path: "/linode/instances",
            filter: Some(&filter),
            bucket: Bucket::Instances,
        };
        self.list(source, call).await
    }

    /// Events, the oldest first.
    pub async fn events(&self, filter: &EventFilter, call: &Call) -> Result<Listing<Event>, LinodeError> {
        let header = filter.header("asc");
        let mut listing: Listing<Event> = self.list(events(&header), call).await?;
        listing.items.retain(|event| filter.takes(event));
        Ok(listing)
    }

    /// The newest events, the newest first; no more than 100.
    pub async fn newest_events(&self, filter: &EventFilter, call: &Call) -> Result<Vec<Event>, LinodeError> {
        let header = filter.header("desc");
        let deadline = self.deadline(call);
        let page = call
            .run(self.page::<Event>(events(&header), 1, NEWEST, deadline))
            .await?;
        let mut newest: Vec<Event> = page.items.into_iter().filter(|event| filter.takes(event)).collect();
        newest.sort_by_key(|event| std::cmp::Reverse(event.id));
        Ok(newest)
    }

    /// One event; `None` after 90 days.
    pub async fn event(&self, id: u64, call: &Call) -> Result<Option<Event>, LinodeError> {
        self.entry(&format!("/account/events/{id}"), id, Bucket::Event, call)
            .await
    }

    /// A server's curves of the last 24 hours.
    pub async fn stats(&self, id: u64, call: &Call) -> Result<Option<StatsAnswer>, LinodeError> {
        self.curves(&format!("/linode/instances/{id}/stats"), call).await
    }

    /// A server's curves of a month.
    pub async fn stats_of_month(
        &self,
        id: u64,
        year: u16,
        month: u8,
        call: &Call,
    ) -> Result<Option<StatsAnswer>, LinodeError> {
        let path = format!("/linode/instances/{id}/stats/{year}/{month}");
        self.curves(&path, call).await
    }

    async fn curves(&self, path: &str, call: &Call) -> Result<Option<StatsAnswer>, LinodeError> {
        let read = reading(|json| Stats::read(json).map(Box::new).map(StatsAnswer::Ready));
        match self.found(path, Bucket::Stats, call, read).await {
            // For a new server, and for one that was never on.
            Err(LinodeError::Rejected(reasons))
                if reasons
                    .iter()
                    .any(|said| said.field.is_none() && said.reason.to_ascii_lowercase().contains("unavailable")) =>
            {
                Ok(Some(StatsAnswer::NotYet))
            }
            other => other,
        }
    }

    /// What a server has sent this month.
    pub async fn transfer(&self, id: u64, call: &Call) -> Result<Option<Transfer>, LinodeError> {
        let path = format!("/linode/instances/{id}/transfer");
        self.found(&path, Bucket::Transfer, call, reading(Transfer::read)).await
    }

    /// What a server has sent and received in a month of the past.
    pub async fn transfer_of_month(
        &self,
        id: u64,
        year: u16,
        month: u8,
        call: &Call,
    ) -> Result<Option<MonthlyTransfer>, LinodeError> {
        let path = format!("/linode/instances/{id}/transfer/{year}/{month}");
        let read = reading(MonthlyTransfer::read);
        self.found(&path, Bucket::Transfer, call, read).await
    }

    /// What all servers have sent this month.
    pub async fn account_transfer(&self, call: &Call) -> Result<AccountTransfer, LinodeError> {
        let read = reading(AccountTransfer::read);
        self.value("/account/transfer", Bucket::Transfer, call, read).await
    }

    /// The addresses of a server.
    pub async fn addresses(&self, id: u64, call: &Call) -> Result<Option<Addresses>, LinodeError> {
        let path = format!("/linode/instances/{id}/ips");
        let read = reading(Addresses::read);
        self.found(&path, Bucket::Addresses, call, read).await
    }

    /// One address of the account.
    pub async fn address(&self, address: IpAddr, call: &Call) -> Result<Option<Address>, LinodeError> {
        let path = format!("/networking/ips/{address}");
        let read = reading(|json| Address::read(json).filter(|read| read.address == address));
        self.found(&path, Bucket::Addresses, call, read).await
    }

    /// The firewalls before a server; `None` if there is no such server.
    pub async fn firewalls_of(&self, id: u64, call: &Call) -> Result<Option<Listing<Firewall>>, LinodeError> {
        let path = format!("/linode/instances/{id}/firewalls");
        match self.all(&path, Bucket::InstanceFirewalls, call).await {
            Err(LinodeError::NotFound { .. }) => Ok(None),
            other => other.map(Some),
        }
    }

    /// All firewalls of the account.
    pub async fn firewalls(&self, call: &Call) -> Result<Listing<Firewall>, LinodeError> {
        self.all("/networking/firewalls", Bucket::Firewalls, call).await
    }

    /// What a firewall lets through.
    pub async fn firewall_rules(&self, id: u64, call: &Call) -> Result<Option<Rules>, LinodeError> {
        let path = format!("/networking/firewalls/{id}/rules");
        self.found(&path, Bucket::Firewalls, call, reading(Rules::read)).await
    }

    /// The backups of a server.
    pub async fn backups(&self, id: u64, call: &Call) -> Result<Option<Backups>, LinodeError> {
        let path = format!("/linode/instances/{id}/backups");
        self.found(&path, Bucket::Backups, call, reading(Backups::read)).await
    }

    /// The work that Linode announces or does on its own computers.
    pub async fn maintenance(&self, call: &Call) -> Result<Listing<Maintenance>, LinodeError> {
        self.all("/account/maintenance", Bucket::Maintenance, call).await
    }

    async fn all<T: Item>(&self, path: &str, bucket: Bucket, call: &Call) -> Result<Listing<T>, LinodeError> {
        let filter = None;
        self.list(Source { path, filter, bucket }, call).await
    }

    /// One entry of a list by its key; an answer about another is none.
    async fn entry<T: Item>(
        &self,
        path: &str,
        key: T::Key,
        bucket: Bucket,
        call: &Call,
    ) -> Result<Option<T>, LinodeError> {
        let read = reading(|json| T::read(json).filter(|entry| entry.key() == key));
        self.found(path, bucket, call, read).await
    }
}

fn events(header: &str) -> Source<'_> {
    Source {
        path: "/account/events",
        filter: Some(header),
        bucket: Bucket::Events,
    }
}
