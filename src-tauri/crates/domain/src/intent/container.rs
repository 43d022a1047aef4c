//! What is done to a container on its host.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{container::ContainerName, container::ImageName, plan::CpuCores};

/// What a container is held to: what its plan sells, as it was when it was asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanLimits {
    /// Processor cores, in parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_cores: Option<CpuCores>,
    /// Megabytes of memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_mb: Option<u32>,
    /// Gigabytes of the disk of its own, volumes excepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disk_gb: Option<u32>,
}

impl PlanLimits {
    /// Billionths of a core.
    pub fn nano_cpus(&self) -> Option<u64> {
        self.cpu_cores.and_then(CpuCores::nano)
    }

    /// Bytes of memory.
    pub fn memory_bytes(&self) -> Option<u64> {
        self.memory_mb.map(|mb| u64::from(mb) << 20)
    }

    /// Bytes of the disk.
    pub fn disk_bytes(&self) -> Option<u64> {
        self.disk_gb.map(|gb| u64::from(gb) << 30)
    }
}

/// A container that is to be made. The values of its environment are a secret, and kept apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewContainer {
    /// Its name, which nothing else on its host has.
    pub name: ContainerName,
    /// What it runs: an image that the host has.
    pub image: ImageName,
    /// What it is held to.
    #[serde(flatten)]
    pub limits: PlanLimits,
    /// Whether there shall be none where the host can't limit the disk.
    pub disk_required: bool,
    /// Published ports, as [`crate::container::write_ports`] makes them.
    pub ports: Value,
    /// Paths of the host within, as [`crate::container::write_volumes`] makes them.
    pub volumes: Value,
    /// The names of its environment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_what_engines_count_in() {
        let limits = PlanLimits {
            cpu_cores: Some(CpuCores::parse("0.25").unwrap()),
            memory_mb: Some(256),
            disk_gb: Some(5),
        };
        assert_eq!(limits.nano_cpus(), Some(250_000_000));
        assert_eq!(limits.memory_bytes(), Some(268_435_456));
        assert_eq!(limits.disk_bytes(), Some(5_368_709_120));
        assert_eq!(PlanLimits::default().nano_cpus(), None);
    }
}
