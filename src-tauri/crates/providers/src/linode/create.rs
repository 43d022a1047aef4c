//! A server that is ordered, and how it is found again when the answer is lost.

use std::{collections::BTreeMap, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use super::{
    Access, Call, Done, Image, Instance, Linode, LinodeError, Reason, Region, StackScript, StackScriptData, UserData,
    WriteError,
    check::{check_id, check_image, check_tags, wrong_label},
    limits::Bucket,
    list::Item,
    write::Order,
};

/// The wait before Linode is asked once more whether it has made a server.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// What a server is found by when the answer to its order is lost. The caller makes it, keeps it, and never uses it
/// for another order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// Its label, which Linode lets no two servers of an account have: a second order is refused.
    Label(String),
    /// A tag that no other server has. A second order with it would be taken.
    Tag(String),
}

impl Mark {
    fn is_on(&self, instance: &Instance) -> bool {
        match self {
            Self::Label(label) => instance.label == *label,
            Self::Tag(tag) => instance.tags.contains(tag),
        }
    }
}

/// What its disks are made from.
#[derive(Debug, Clone)]
pub enum DiskSource {
    /// An image.
    Image {
        /// Its id (`linode/debian12`).
        image: String,
        /// Who may enter it.
        access: Access,
    },
    /// A backup of this number, of a server in the same region.
    Backup(u64),
    /// Nothing: a server without disks.
    Nothing,
}

/// An order of a server. Debug output shows no password, no user data and no answer to a StackScript.
#[derive(Debug, Clone)]
pub struct NewInstance {
    /// What it is found by when the answer is lost.
    pub mark: Mark,
    /// The id of the region.
    pub region: String,
    /// The id of the type.
    pub type_id: String,
    /// What its disks are made from.
    pub from: DiskSource,
    /// Its label, where the mark is a tag; Linode makes one up if absent.
    pub label: Option<String>,
    /// Tags besides the mark, 3 to 50 characters each.
    pub tags: Vec<String>,
    /// What sets it up, with the answers.
    pub stackscript: Option<StackScriptData>,
    /// What cloud-init reads.
    pub user_data: Option<UserData>,
    /// Whether it also gets an address within Linode's own network.
    pub private_ip: bool,
    /// Whether backups are on, which costs extra.
    pub backups: bool,
    /// The number of the firewall before it.
    pub firewall: Option<u64>,
    /// Whether it is started; Linode starts what has an image or a backup, if absent.
    pub booted: Option<bool>,
    /// How large its swap disk is, MB.
    pub swap_mb: Option<u64>,
    /// The number of the placement group.
    pub placement_group: Option<u64>,
    /// Whether its disks are encrypted; as the region has it, if absent.
    pub disk_encryption: Option<bool>,
    /// What happens to it when its computer is worked on (`linode/migrate`, `linode/power_off_on`).
    pub maintenance_policy: Option<String>,
}

#[derive(Serialize)]
struct Body<'a> {
    region: &'a str,
    r#type: &'a str,
    #[serde(flatten)]
    disks: Disks<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    backup_id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    private_ip: Option<bool>,
    backups_enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    firewall_id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    swap_size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    placement_group: Option<BTreeMap<&'static str, u64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disk_encryption: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    maintenance_policy: Option<&'a str>,
}

/// What an order and a rebuild say alike. Borrowed: no copy of a secret is made but the body itself.
#[derive(Serialize, Default)]
pub(super) struct Disks<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    root_pass: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    authorized_keys: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    authorized_users: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    stackscript_id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stackscript_data: Option<BTreeMap<&'a str, &'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<BTreeMap<&'static str, &'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    booted: Option<bool>,
}

impl<'a> Disks<'a> {
    pub(super) fn new(
        from: Option<(&'a str, &'a Access)>,
        script: Option<&'a StackScriptData>,
        data: Option<&'a UserData>,
        booted: Option<bool>,
    ) -> Self {
        let answers = |script: &'a StackScriptData| {
            let answers = script.answers.iter();
            answers
                .map(|(name, answer)| (name.as_str(), answer.expose_secret()))
                .collect()
        };
        let access = from.map(|(_, access)| access);
        Self {
            image: from.map(|(image, _)| image),
            root_pass: access.and_then(|access| access.root_pass.as_ref().map(ExposeSecret::expose_secret)),
            authorized_keys: access.map_or(&[], |access| &access.authorized_keys),
            authorized_users: access.map_or(&[], |access| &access.authorized_users),
            stackscript_id: script.map(StackScriptData::id),
            stackscript_data: script.map(answers),
            metadata: data.map(|data| BTreeMap::from([("user_data", data.encoded.expose_secret())])),
            booted,
        }
    }
}

/// What no word of an answer may repeat.
pub(super) fn secrets<'a>(
    access: Option<&'a Access>,
    script: Option<&'a StackScriptData>,
    data: Option<&'a UserData>,
) -> Vec<&'a SecretString> {
    let password = access.and_then(|access| access.root_pass.as_ref());
    let answers = script.into_iter().flat_map(|script| {
        let passwords = script.answers.iter();
        passwords
            .filter(|(name, _)| StackScript::hides(name))
            .map(|(_, answer)| answer)
    });
    let data = data.into_iter().flat_map(|data| [&data.plain, &data.encoded]);
    password.into_iter().chain(answers).chain(data).collect()
}

impl NewInstance {
    /// A server of a type in a region.
    pub fn new(mark: Mark, region: &str, type_id: &str, from: DiskSource) -> Self {
        Self {
            mark,
            region: region.to_owned(),
            type_id: type_id.to_owned(),
            from,
            label: None,
            tags: Vec::new(),
            stackscript: None,
            user_data: None,
            private_ip: false,
            backups: false,
            firewall: None,
            booted: None,
            swap_mb: None,
            placement_group: None,
            disk_encryption: None,
            maintenance_policy: None,
        }
    }

    /// The label that is asked for.
    fn asked_label(&self) -> Option<&str> {
        match &self.mark {
            Mark::Label(label) => Some(label),
            Mark::Tag(_) => self.label.as_deref(),
        }
    }

    fn all_tags(&self) -> Vec<&str> {
        match &self.mark {
            Mark::Tag(mark) => {
                let others = self.tags.iter().filter(|tag| *tag != mark);
                std::iter::once(mark).chain(others).map(String::as_str).collect()
            }
            Mark::Label(_) => self.tags.iter().map(String::as_str).collect(),
        }
    }

    fn access(&self) -> Option<(&str, &Access)> {
        match &self.from {
            DiskSource::Image { image, access } => Some((image, access)),
            DiskSource::Backup(_) | DiskSource::Nothing => None,
        }
    }

    /// All that Linode would refuse, as far as it can be known before.
    pub fn check(&self) -> Vec<Reason> {
        let mut wrong = Vec::new();
        check_id("region", &self.region, &mut wrong);
        check_id("type", &self.type_id, &mut wrong);
        wrong.extend(self.asked_label().and_then(wrong_label));
        if matches!(self.mark, Mark::Label(_)) && self.label.is_some() {
            wrong.push(Reason::new("label", "it is given twice, as the mark and beside it"));
        }
        let tags: Vec<String> = self.all_tags().into_iter().map(str::to_owned).collect();
        check_tags(&tags, &mut wrong);
        match &self.from {
            DiskSource::Image { image, access } => {
                check_image(image, &mut wrong);
                access.check(&mut wrong);
            }
            DiskSource::Backup(_) | DiskSource::Nothing => {
                let only = "it needs an image";
                let script = self.stackscript.as_ref().map(|_| "stackscript_id");
                let swap = self.swap_mb.map(|_| "swap_size");
                wrong.extend(script.into_iter().chain(swap).map(|field| Reason::new(field, only)));
            }
        }
        if matches!(self.from, DiskSource::Nothing) && self.booted == Some(true) {
            let flaw = "a server without disks can't be started";
            wrong.push(Reason::new("booted", flaw));
        }
        if matches!(self.from, DiskSource::Nothing) && self.user_data.is_some() {
            wrong.push(Reason::new("metadata.user_data", "it needs an image or a backup"));
        }
        wrong
    }

    /// What would be refused, or quietly not work, by what Linode says of the region, image and StackScript.
    pub fn check_against(
        &self,
        region: Option<&Region>,
        image: Option<&Image>,
        script: Option<&StackScript>,
    ) -> Vec<Reason> {
        let mut wrong = Vec::new();
        if let Some(region) = region.filter(|_| self.user_data.is_some())
            && !region.gives_user_data()
        {
            let flaw = format!("the region {} gives servers no user data", region.id);
            wrong.push(Reason::new("metadata.user_data", flaw));
        }
        if let Some(image) = image {
            if !image.is_available() {
                let flaw = format!("{} is not ready yet", image.id);
                wrong.push(Reason::new("image", flaw));
            }
            if self.user_data.is_some() && !image.takes_user_data() {
                let flaw = format!("the image {} takes no user data (it lacks cloud-init)", image.id);
                wrong.push(Reason::new("metadata.user_data", flaw));
            }
            if let Some(script) = script
                && !script.suits(&image.id)
            {
                let flaw = format!("the StackScript is not for the image {}", image.id);
                wrong.push(Reason::new("stackscript_id", flaw));
            }
        }
        wrong
    }
}

impl Linode {
    /// Orders a server. It is sent once: when the answer is lost it is not known whether there is a server now, and
    /// [`Linode::find_created`] looks by the mark. Linode takes 20 orders in 15 seconds.
    pub async fn create(&self, new: &NewInstance, call: &Call) -> Result<Done<Instance>, WriteError> {
        let wrong = new.check();
        if !wrong.is_empty() {
            return Err(WriteError::Invalid(wrong));
        }
        let backup_id = match new.from {
            DiskSource::Backup(id) => Some(id),
            DiskSource::Image { .. } | DiskSource::Nothing => None,
        };
        let (script, data) = (new.stackscript.as_ref(), new.user_data.as_ref());
        let body = Body {
            region: &new.region,
            r#type: &new.type_id,
            disks: Disks::new(new.access(), script, data, new.booted),
            backup_id,
            label: new.asked_label(),
            tags: new.all_tags(),
            // Said only where it is asked for.
            private_ip: new.private_ip.then_some(true),
            backups_enabled: new.backups,
            firewall_id: new.firewall,
            swap_size: new.swap_mb,
            placement_group: new.placement_group.map(|id| BTreeMap::from([("id", id)])),
            disk_encryption: new.disk_encryption.map(|on| if on { "enabled" } else { "disabled" }),
            maintenance_policy: new.maintenance_policy.as_deref(),
        };
        let mut order = Order::post("created the server", "/linode/instances", Bucket::Create).with(&body)?;
        order.secrets = secrets(new.access().map(|(_, access)| access), script, data);
        self.write_for(&order, call, Instance::read).await
    }

    /// The servers that carry a mark: what became of an order whose answer was lost. None found is asked again until
    /// `patience` is over, since the order may still be on its way; then there is no such server, as far as Linode
    /// knows. More than one means that an order was sent twice. A list that can't be relied on is no answer.
    pub async fn find_created(
        &self,
        mark: &Mark,
        patience: Duration,
        call: &Call,
    ) -> Result<Vec<Instance>, LinodeError> {
        let end = self.pace.elapsed().saturating_add(patience);
        loop {
            let (field, value) = match mark {
                Mark::Label(label) => ("label", label),
                Mark::Tag(tag) => ("tags", tag),
            };
            let listing = self.instances_with(field, value, call).await?;
            let complete = listing.is_complete();
            let found: Vec<Instance> = listing.items.into_iter().filter(|one| mark.is_on(one)).collect();
            if !found.is_empty() {
                return Ok(found);
            }
            if self.pace.elapsed().saturating_add(LOOK_AGAIN) > end {
                return if complete {
                    Ok(found)
                } else {
                    Err(super::ask::unreadable("/linode/instances"))
                };
            }
            tokio::select! {
                biased;
                () = call.cancelled() => return Err(LinodeError::Cancelled),
                () = self.pace.pause(LOOK_AGAIN) => {}
            }
        }
    }
}
