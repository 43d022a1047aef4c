//! From what is asked for to what an engine is told.

use domain::intent::{NewContainer, PlanLimits};
use providers::docker::{ContainerSpec, DiskLimit, DockerError, PublishedPort, RestartPolicy, Volume, WantedLimits};

use super::Answers;
use crate::AppError;

/// The container as the client takes it.
pub(super) fn of(mark: &str, new: &NewContainer, environment: &Answers) -> Result<ContainerSpec, AppError> {
    let mut spec = ContainerSpec::new(mark, new.name.as_str(), new.image.as_str());
    spec.environment = environment
        .iter()
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    for (inside, outside) in new.ports.as_object().into_iter().flatten() {
        let (port, protocol) = inside.split_once('/').unwrap_or((inside, "tcp"));
        let number = |port: Option<u64>| port.and_then(|port| u16::try_from(port).ok());
        let (Some(port), Some(outside)) = (port.parse().ok(), number(outside.as_u64())) else {
            return Err(refused("a port is a number from 1 to 65535"));
        };
        spec.ports.push(PublishedPort {
            inside: port,
            protocol: protocol.to_owned(),
            outside: Some(outside),
            address: None,
        });
    }
    for (target, source) in new.volumes.as_object().into_iter().flatten() {
        let source = source
            .as_str()
            .ok_or_else(|| refused("a volume goes from a path to a path"))?;
        spec.volumes.push(Volume {
            source: source.to_owned(),
            target: target.clone(),
            read_only: false,
        });
    }
    spec.limits = WantedLimits {
        nano_cpus: new.limits.nano_cpus(),
        memory: new.limits.memory_bytes(),
        disk: new.limits.disk_bytes().map(|bytes| DiskLimit {
            bytes,
            required: new.disk_required,
        }),
    };
    // What somebody pays for runs on, also when its computer was started anew.
    spec.restart = RestartPolicy::UnlessStopped;
    Ok(spec)
}

fn refused(said: &str) -> AppError {
    DockerError::Rejected { said: said.to_owned() }.into()
}

/// What a person should know of the limits before the container is made.
pub(super) fn warnings(limits: &PlanLimits, driver: Option<&str>, disk_required: bool) -> Vec<String> {
    let mut warnings = Vec::new();
    if let (Some(gb), Some(driver)) = (limits.disk_gb, driver)
        && !matches!(driver, "btrfs" | "zfs" | "windowsfilter")
    {
        warnings.push(if disk_required {
            format!("The host stores layers with {driver}, which limits a container's disk only on a file system with quotas. Where it can't, nothing is made.")
        } else {
            format!("The host stores layers with {driver}, which limits a container's disk only on a file system with quotas. Where it can't, the container may use more than the {gb} GB of its plan.")
        });
    }
    if limits.cpu_cores.is_none() || limits.memory_mb.is_none() {
        warnings.push("The plan names no processor or no memory, so the container isn't held to any.".to_owned());
    }
    warnings
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use secrecy::SecretString;
    use serde_json::json;

    use super::*;

    fn new() -> NewContainer {
        NewContainer {
            name: "shop".parse().unwrap(),
            image: "shop/web:1".parse().unwrap(),
            limits: PlanLimits {
                memory_mb: Some(64),
                disk_gb: Some(1),
                cpu_cores: None,
            },
            disk_required: true,
            ports: json!({"80/tcp": 8080, "53/udp": 5353}),
            volumes: json!({"/data": "/srv/shop"}),
            variables: vec!["TOKEN".to_owned()],
        }
    }

    #[test]
    fn what_is_sold_is_what_the_engine_is_told() {
        let environment = BTreeMap::from([("TOKEN".to_owned(), SecretString::from("s3cret"))]);
        let spec = of("cs-1", &new(), &environment).unwrap();
        spec.check().unwrap();
        assert_eq!(spec.key, "cs-1");
        assert_eq!(spec.limits.memory, Some(64 << 20));
        assert_eq!(spec.limits.disk.map(|disk| disk.required), Some(true));
        assert_eq!(spec.ports.len(), 2);
        assert_eq!(spec.volumes[0].source, "/srv/shop");
        assert!(!format!("{spec:?}").contains("s3cret"));
    }

    #[test]
    fn a_disk_that_may_not_be_limited_is_told_before() {
        let limits = new().limits;
        assert!(warnings(&limits, Some("overlay2"), true)[0].contains("nothing is made"));
        assert!(warnings(&limits, Some("overlay2"), false)[0].contains("more than the 1 GB"));
        assert_eq!(warnings(&limits, Some("btrfs"), true).len(), 1);
    }
}
