//! Containers out of an engine's JSON.

use std::{collections::BTreeMap, net::IpAddr};

use secrecy::SecretString;
use serde_json::Value;

use super::{Container, ContainerId, ContainerState, Health, Limits, Mount, Port, RestartPolicy, Summary, Variable};
use crate::docker::read::{below, entries, epoch, flag, moment, named_texts, positive, text, texts, whole};

impl Summary {
    /// Reads an entry of the list; nothing if it has no id.
    pub(in crate::docker) fn read(entry: &Value) -> Option<Self> {
        let names = texts(entry, "Names");
        // Links make names of two parts; the container's own has one.
        let own = names.iter().find(|name| !name.trim_start_matches('/').contains('/'));
        let name = own.or(names.first()).map_or("", String::as_str);
        Some(Self {
            id: ContainerId::parse(entry.get("Id")?.as_str()?)?,
            name: name.trim_start_matches('/').to_owned(),
            image: text(entry, "Image").unwrap_or_default(),
            image_id: text(entry, "ImageID"),
            state: ContainerState::from_word(&text(entry, "State").unwrap_or_default()),
            status: text(entry, "Status").unwrap_or_default(),
            created: epoch(entry, "Created"),
            ports: listed_ports(entry),
            labels: named_texts(entry, "Labels"),
            addresses: addresses(below(entry, "NetworkSettings")),
        })
    }
}

impl Container {
    /// Reads an inspection; nothing if it has no id.
    pub(in crate::docker) fn read(answer: &Value) -> Option<Self> {
        let state = below(answer, "State");
        let config = below(answer, "Config");
        let host = below(answer, "HostConfig");
        let network = below(answer, "NetworkSettings");
        let started = moment(state, "StartedAt");
        let life = life(state);
        let ended = started.is_some() && !matches!(life, ContainerState::Running | ContainerState::Paused);
        let command: Vec<String> = text(answer, "Path").into_iter().chain(texts(answer, "Args")).collect();
        let disk = named_texts(host, "StorageOpt").remove("size");
        Some(Self {
            id: ContainerId::parse(answer.get("Id")?.as_str()?)?,
            name: text(answer, "Name")
                .unwrap_or_default()
                .trim_start_matches('/')
                .to_owned(),
            image: text(config, "Image").unwrap_or_default(),
            image_id: text(answer, "Image"),
            exit_code: state.get("ExitCode").and_then(Value::as_i64).filter(|_| ended),
            oom_killed: flag(state, "OOMKilled").unwrap_or_default(),
            error: text(state, "Error"),
            started,
            finished: moment(state, "FinishedAt"),
            created: moment(answer, "Created"),
            restarts: whole(answer, "RestartCount").unwrap_or_default(),
            health: health(below(state, "Health")),
            ports: inspected_ports(network, config, host),
            environment: environment(config),
            command,
            mounts: entries(answer, "Mounts").iter().filter_map(mount).collect(),
            labels: named_texts(config, "Labels"),
            limits: limits(host),
            disk_limit: disk,
            restart: restart(below(host, "RestartPolicy")),
            addresses: addresses(network),
            terminal: flag(config, "Tty").unwrap_or_default(),
            state: life,
        })
    }
}

/// The word, or what older flags beside it say.
fn life(state: &Value) -> ContainerState {
    if let Some(word) = text(state, "Status") {
        return ContainerState::from_word(&word);
    }
    let is = |key| flag(state, key).unwrap_or_default();
    for (key, found) in [
        ("Paused", ContainerState::Paused),
        ("Restarting", ContainerState::Restarting),
        ("Running", ContainerState::Running),
        ("Dead", ContainerState::Dead),
    ] {
        if is(key) {
            return found;
        }
    }
    ContainerState::Other(String::new())
}

fn health(health: &Value) -> Option<Health> {
    Some(match text(health, "Status")?.as_str() {
        "none" => return None,
        "starting" => Health::Starting,
        "healthy" => Health::Healthy,
        "unhealthy" => Health::Unhealthy,
        other => Health::Other(other.to_owned()),
    })
}

fn environment(config: &Value) -> Vec<Variable> {
    let pairs = texts(config, "Env");
    pairs
        .iter()
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Variable {
                name: name.to_owned(),
                value: SecretString::from(value),
            }
        })
        .collect()
}

fn mount(entry: &Value) -> Option<Mount> {
    Some(Mount {
        kind: text(entry, "Type").unwrap_or_default(),
        source: text(entry, "Name")
            .or_else(|| text(entry, "Source"))
            .unwrap_or_default(),
        target: text(entry, "Destination")?,
        writable: flag(entry, "RW").unwrap_or(true),
    })
}

/// `--cpus` is kept as billionths; a quota of a period says the same.
fn limits(host: &Value) -> Limits {
    let quota = || {
        let quota = positive(host, "CpuQuota")?;
        let period = positive(host, "CpuPeriod").unwrap_or(100_000);
        u64::try_from(u128::from(quota) * 1_000_000_000 / u128::from(period)).ok()
    };
    Limits {
        nano_cpus: positive(host, "NanoCpus").or_else(quota),
        memory: positive(host, "Memory"),
    }
}

fn restart(policy: &Value) -> RestartPolicy {
    match text(policy, "Name").as_deref() {
        None | Some("no") => RestartPolicy::Never,
        Some("always") => RestartPolicy::Always,
        Some("unless-stopped") => RestartPolicy::UnlessStopped,
        Some("on-failure") => {
            let most = whole(policy, "MaximumRetryCount").and_then(|count| u32::try_from(count).ok());
            RestartPolicy::OnFailure(most.unwrap_or_default())
        }
        Some(other) => RestartPolicy::Other(other.to_owned()),
    }
}

fn addresses(network: &Value) -> BTreeMap<String, Vec<IpAddr>> {
    let Some(Value::Object(networks)) = network.get("Networks") else {
        return BTreeMap::new();
    };
    networks
        .iter()
        .map(|(name, network)| {
            let found = ["IPAddress", "GlobalIPv6Address"]
                .iter()
                .filter_map(|key| text(network, key)?.parse().ok());
            (name.clone(), found.collect())
        })
        .collect()
}

fn number(value: Option<u64>) -> Option<u16> {
    value
        .and_then(|number| u16::try_from(number).ok())
        .filter(|port| *port > 0)
}

/// All addresses of the host are not worth naming.
fn specific(address: &str) -> Option<IpAddr> {
    address
        .parse()
        .ok()
        .filter(|address: &IpAddr| !address.is_unspecified())
}

/// Engines name a port once for each family of addresses.
fn sorted(mut ports: Vec<Port>) -> Vec<Port> {
    ports.sort();
    ports.dedup();
    ports
}

fn listed_ports(entry: &Value) -> Vec<Port> {
    let ports = entries(entry, "Ports").iter().filter_map(|port| {
        Some(Port {
            inside: number(whole(port, "PrivatePort"))?,
            protocol: text(port, "Type").unwrap_or_else(|| "tcp".to_owned()),
            outside: number(whole(port, "PublicPort")),
            address: text(port, "IP").and_then(|address| specific(&address)),
        })
    });
    sorted(ports.collect())
}

/// What is published now; what will be, while it doesn't run; and what the image exposes.
fn inspected_ports(network: &Value, config: &Value, host: &Value) -> Vec<Port> {
    let bound = |object: &Value, key: &str| -> Vec<Port> {
        let Some(Value::Object(ports)) = object.get(key) else {
            return Vec::new();
        };
        let each = ports.iter().filter_map(|(name, places)| {
            let (inside, protocol) = name.split_once('/').unwrap_or((name, "tcp"));
            let bare = Port {
                inside: number(inside.parse().ok())?,
                protocol: protocol.to_owned(),
                outside: None,
                address: None,
            };
            let places = places.as_array().filter(|places| !places.is_empty());
            let Some(places) = places else {
                return Some(vec![bare]);
            };
            let published = places.iter().map(|place| Port {
                outside: text(place, "HostPort").and_then(|port| number(port.parse().ok())),
                address: text(place, "HostIp").and_then(|address| specific(&address)),
                ..bare.clone()
            });
            Some(published.collect())
        });
        each.flatten().collect()
    };
    let mut ports = Vec::new();
    for (object, key) in [(network, "Ports"), (host, "PortBindings"), (config, "ExposedPorts")] {
        for port in bound(object, key) {
            let known = |other: &Port| other.inside == port.inside && other.protocol == port.protocol;
            // A later source only adds what an earlier one doesn't know.
            let from_earlier = ports.iter().any(|(source, other)| *source != key && known(other));
            if !from_earlier {
                ports.push((key, port));
            }
        }
    }
    sorted(ports.into_iter().map(|(_, port)| port).collect())
}
