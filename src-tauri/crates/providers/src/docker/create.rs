//! Making a container, once, held to what was sold.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    net::IpAddr,
    time::Duration,
};

use bollard::models::{ContainerCreateBody, HostConfig, PortBinding, RestartPolicyNameEnum};
use secrecy::{ExposeSecret, SecretString};

use super::{
    Asked, Call, Container, ContainerId, Docker, DockerError, Removal, RestartPolicy, Summary,
    actions::{NO_NAME, is_name, rejected},
    client::Ask,
    error::quoted,
    images,
    read::texts,
};

/// The label that holds the key under which a container was created.
pub const KEY_LABEL: &str = "containerstacks.key";
/// How often a creation is put at most while somebody else makes a container of the same name.
const MOST_TRIES: u32 = 40;
const BETWEEN: Duration = Duration::from_millis(250);

/// A published port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedPort {
    /// The port within.
    pub inside: u16,
    /// `tcp`, `udp` or `sctp`.
    pub protocol: String,
    /// The host's port; the engine chooses one if none is named.
    pub outside: Option<u16>,
    /// The host's address; all if none is named.
    pub address: Option<IpAddr>,
}

/// Something of the host within the container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    /// An absolute path of the host, or the name of a volume, which is made if there is none.
    pub source: String,
    /// The absolute path within.
    pub target: String,
    /// Whether it may only be read.
    pub read_only: bool,
}

/// A limit of the disk. Not every storage driver can hold a container to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiskLimit {
    /// How much.
    pub bytes: u64,
    /// Whether there shall be no container without it.
    pub required: bool,
}

/// What a container shall be held to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WantedLimits {
    /// Billionths of a processor core.
    pub nano_cpus: Option<u64>,
    /// Bytes of memory; swap is none beside it.
    pub memory: Option<u64>,
    /// The disk of its own, volumes excepted.
    pub disk: Option<DiskLimit>,
}

/// What shall be made.
#[derive(Clone)]
pub struct ContainerSpec {
    /// The key: under one key there is one container, however often it is asked for. Made and kept by the caller.
    pub key: String,
    /// Its name, which the same key always comes with: where two ask at once, it decides.
    pub name: String,
    /// The image, which the host has.
    pub image: String,
    /// The environment. Values are secrets.
    pub environment: Vec<(String, SecretString)>,
    /// Published ports.
    pub ports: Vec<PublishedPort>,
    /// What of the host is within.
    pub volumes: Vec<Volume>,
    /// What it runs; the image's own if empty.
    pub command: Vec<String>,
    /// Labels that name what it belongs to.
    pub labels: BTreeMap<String, String>,
    /// What it is held to.
    pub limits: WantedLimits,
    /// What becomes of it when it ends.
    pub restart: RestartPolicy,
    /// The network; the engine's own if none is named.
    pub network: Option<String>,
    /// Whether it gets a terminal.
    pub terminal: bool,
}

impl ContainerSpec {
    /// A container of an image, with nothing else.
    pub fn new(key: impl Into<String>, name: impl Into<String>, image: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            name: name.into(),
            image: image.into(),
            environment: Vec::new(),
            ports: Vec::new(),
            volumes: Vec::new(),
            command: Vec::new(),
            labels: BTreeMap::new(),
            limits: WantedLimits::default(),
            restart: RestartPolicy::Never,
            network: None,
            terminal: false,
        }
    }

    /// What every engine would refuse of it, before one is asked.
    pub fn check(&self) -> Result<(), DockerError> {
        check(self)
    }
}

impl fmt::Debug for ContainerSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Environments and commands hold passwords.
        f.debug_struct("ContainerSpec")
            .field("key", &self.key)
            .field("name", &self.name)
            .field("image", &self.image)
            .field("ports", &self.ports)
            .field("volumes", &self.volumes)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// What a creation came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// The container.
    pub id: ContainerId,
    /// Whether it was there already, from the same key.
    pub existing: bool,
    /// Whether its disk is limited; none if no limit was wanted.
    pub disk_limited: Option<bool>,
    /// What the engine warns of.
    pub warnings: Vec<String>,
}

impl Docker {
    /// Makes a container, stopped. Sent again with the same key, it finds the first: also after an answer that was lost.
    pub async fn create(&self, spec: &ContainerSpec, call: &Call) -> Result<Created, DockerError> {
        check(spec)?;
        if let Some(first) = self.under_key(spec, call).await? {
            return self.verified(first.id, true, Vec::new(), spec, call).await;
        }
        let mut tries = 0;
        loop {
            let taken = match self.create_or_without_disk(spec, call).await {
                Ok((id, warnings)) => return self.verified(id, false, warnings, spec, call).await,
                Err(DockerError::NameInUse { name }) => name,
                Err(error) => return Err(error),
            };
            // Perhaps another desk with the same key was quicker.
            if let Some(first) = self.container(&spec.name, call).await? {
                if first.labels.get(KEY_LABEL) != Some(&spec.key) {
                    return Err(DockerError::NameInUse { name: taken });
                }
                return self.verified(first.id, true, Vec::new(), spec, call).await;
            }
            // An engine gives the name away a while before there is a container, or nothing if that fails.
            tries += 1;
            if tries == MOST_TRIES {
                return Err(DockerError::NameInUse { name: taken });
            }
            call.run(Asked::Question, async {
                self.pace().pause(BETWEEN).await;
                Ok(())
            })
            .await?;
        }
    }

    async fn create_or_without_disk(
        &self,
        spec: &ContainerSpec,
        call: &Call,
    ) -> Result<(ContainerId, Vec<String>), DockerError> {
        match self.try_create(spec, true, call).await {
            Err(DockerError::LimitsUnsupported { what, said }) => match spec.limits.disk {
                Some(disk) if !disk.required && what.contains("disk") => self.try_create(spec, false, call).await,
                _ => Err(DockerError::LimitsUnsupported { what, said }),
            },
            other => other,
        }
    }

    async fn under_key(&self, spec: &ContainerSpec, call: &Call) -> Result<Option<Summary>, DockerError> {
        let found = self.labelled(KEY_LABEL, &spec.key, call).await?.items;
        let Some(first) = found.into_iter().next() else {
            return Ok(None);
        };
        // The image may have got another version meanwhile: the list names it by its id then.
        if first.image != spec.image && !first.image.starts_with("sha256:") {
            let id = first.id.to_string();
            let image = first.image;
            return Err(DockerError::KeyInUse { id, image });
        }
        Ok(Some(first))
    }

    async fn try_create(
        &self,
        spec: &ContainerSpec,
        disk: bool,
        call: &Call,
    ) -> Result<(ContainerId, Vec<String>), DockerError> {
        let sent = serde_json::to_vec(&body(spec, disk)).map_err(|error| rejected(&error.to_string()))?;
        let ask = Ask::post("/containers/create", &spec.name)
            .with("name", spec.name.as_str())
            .json(sent);
        let answer = match self.value(ask, call).await {
            Err(DockerError::NoImage { .. }) => {
                return Err(DockerError::NoImage {
                    image: spec.image.clone(),
                });
            }
            // A network or a volume driver, not the container.
            Err(DockerError::NotFound { .. }) => {
                return Err(rejected(
                    "its network, or something else that it needs, does not exist there",
                ));
            }
            other => other?,
        };
        let id = answer.get("Id").and_then(|id| ContainerId::parse(id.as_str()?));
        let warnings = texts(&answer, "Warnings").iter().map(|text| quoted(text)).collect();
        match id {
            Some(id) => Ok((id, warnings)),
            None => Err(DockerError::Unreadable {
                what: spec.name.clone(),
                asked: Asked::Change,
            }),
        }
    }

    /// Some engines create a container without the limits that they don't know, and only warn: that is not what was
    /// sold.
    async fn verified(
        &self,
        id: ContainerId,
        existing: bool,
        warnings: Vec<String>,
        spec: &ContainerSpec,
        call: &Call,
    ) -> Result<Created, DockerError> {
        let Some(made) = self.container(id.as_str(), call).await? else {
            return Err(DockerError::NotFound {
                what: format!("container {id}"),
            });
        };
        let disk_limited = spec.limits.disk.map(|_| made.disk_limit.is_some());
        let missing = missing(spec, &made);
        if missing.is_empty() {
            return Ok(Created {
                id,
                existing,
                disk_limited,
                warnings,
            });
        }
        if !existing {
            let removal = Removal {
                force: true,
                volumes: true,
            };
            self.remove(id.as_str(), removal, &Call::new()).await?;
        }
        let said = if existing {
            "it was created under this key with other limits, and stays as it is".to_owned()
        } else if warnings.is_empty() {
            "it took the request and left the limit out".to_owned()
        } else {
            warnings.join("; ")
        };
        Err(DockerError::LimitsUnsupported {
            what: missing.join(" and "),
            said,
        })
    }
}

fn missing(spec: &ContainerSpec, made: &Container) -> Vec<&'static str> {
    let wanted = spec.limits;
    let mut missing = Vec::new();
    if wanted.nano_cpus.is_some() && made.limits.nano_cpus != wanted.nano_cpus {
        missing.push("the processor");
    }
    if wanted.memory.is_some() && made.limits.memory != wanted.memory {
        missing.push("the memory");
    }
    if wanted.disk.is_some_and(|disk| disk.required) && made.disk_limit.is_none() {
        missing.push("the disk");
    }
    missing
}

/// What the engine would refuse with the value in its message, or take for something else.
fn check(spec: &ContainerSpec) -> Result<(), DockerError> {
    let key = |key: &str| !key.is_empty() && key.len() <= 255 && key.bytes().all(|byte| byte.is_ascii_graphic());
    if !key(&spec.key) {
        return Err(rejected("the key has 1 to 255 visible characters"));
    }
    if !is_name(&spec.name) {
        return Err(rejected(NO_NAME));
    }
    images::Reference::parse(&spec.image)?;
    for (name, value) in &spec.environment {
        if name.is_empty() || name.contains(['=', '\0']) || value.expose_secret().contains('\0') {
            return Err(rejected(
                "a variable of the environment has a name without = and no NUL",
            ));
        }
    }
    for volume in &spec.volumes {
        let colon = volume.source.contains([':', '\0']) || volume.target.contains([':', '\0']);
        let source = volume.source.starts_with('/') || is_name(&volume.source);
        if colon || !source || !volume.target.starts_with('/') {
            return Err(rejected(
                "a volume goes from an absolute path, or a name, to an absolute path, without colons",
            ));
        }
    }
    for port in &spec.ports {
        if port.inside == 0 || port.outside == Some(0) || !matches!(port.protocol.as_str(), "tcp" | "udp" | "sctp") {
            return Err(rejected("a port is a number from 1 to 65535 of tcp, udp or sctp"));
        }
    }
    if spec.labels.contains_key(KEY_LABEL) {
        return Err(rejected("the label of the key is set by the key"));
    }
    let zero = [
        spec.limits.nano_cpus,
        spec.limits.memory,
        spec.limits.disk.map(|disk| disk.bytes),
    ];
    // To an engine that is “no limit”.
    if zero.contains(&Some(0)) {
        return Err(rejected("a limit is more than nothing"));
    }
    let large = zero.iter().flatten().any(|limit| i64::try_from(*limit).is_err());
    if large {
        return Err(rejected("a limit is larger than an engine can count"));
    }
    if matches!(spec.restart, RestartPolicy::Other(_)) {
        return Err(rejected("there is no such restart policy"));
    }
    Ok(())
}

fn body(spec: &ContainerSpec, disk: bool) -> ContainerCreateBody {
    let number = |limit: Option<u64>| limit.and_then(|limit| i64::try_from(limit).ok());
    let exposed = |port: &PublishedPort| format!("{}/{}", port.inside, port.protocol);
    let mut bindings: HashMap<String, Option<Vec<PortBinding>>> = HashMap::new();
    for port in &spec.ports {
        let places = bindings.entry(exposed(port)).or_default();
        places.get_or_insert_default().push(PortBinding {
            host_ip: port.address.map(|address| address.to_string()),
            host_port: port.outside.map(|port| port.to_string()),
        });
    }
    let mut labels: HashMap<String, String> = spec.labels.clone().into_iter().collect();
    labels.insert(KEY_LABEL.to_owned(), spec.key.clone());
    let volume = |volume: &Volume| {
        let end = if volume.read_only { ":ro" } else { "" };
        format!("{}:{}{end}", volume.source, volume.target)
    };
    let memory = number(spec.limits.memory);
    let disk = spec.limits.disk.filter(|_| disk);
    ContainerCreateBody {
        image: Some(spec.image.clone()),
        env: some(&spec.environment, |(name, value)| {
            format!("{name}={}", value.expose_secret())
        }),
        cmd: some(&spec.command, Clone::clone),
        tty: Some(spec.terminal),
        labels: Some(labels),
        exposed_ports: some(&spec.ports, exposed),
        host_config: Some(HostConfig {
            nano_cpus: number(spec.limits.nano_cpus),
            memory,
            // Both the same: nothing of it beyond, on disk.
            memory_swap: memory,
            storage_opt: disk.map(|disk| HashMap::from([("size".to_owned(), disk.bytes.to_string())])),
            binds: some(&spec.volumes, volume),
            port_bindings: (!bindings.is_empty()).then_some(bindings),
            network_mode: spec.network.clone(),
            restart_policy: policy(&spec.restart),
            ..HostConfig::default()
        }),
        ..ContainerCreateBody::default()
    }
}

fn some<T, U>(from: &[T], each: impl Fn(&T) -> U) -> Option<Vec<U>> {
    (!from.is_empty()).then(|| from.iter().map(each).collect())
}

fn policy(policy: &RestartPolicy) -> Option<bollard::models::RestartPolicy> {
    let (name, most) = match policy {
        RestartPolicy::Never => (RestartPolicyNameEnum::NO, None),
        RestartPolicy::Always => (RestartPolicyNameEnum::ALWAYS, None),
        RestartPolicy::UnlessStopped => (RestartPolicyNameEnum::UNLESS_STOPPED, None),
        RestartPolicy::OnFailure(most) => (RestartPolicyNameEnum::ON_FAILURE, Some(i64::from(*most))),
        RestartPolicy::Other(_) => return None,
    };
    Some(bollard::models::RestartPolicy {
        name: Some(name),
        maximum_retry_count: most,
    })
}

#[cfg(test)]
mod tests;
