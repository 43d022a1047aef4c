//! What an engine says of itself.

use serde_json::Value;

use super::read::{flag, positive, text, texts, whole};

/// An engine and the computer it runs on. What it doesn't say is absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// The engine's version, `20.10.24`.
    pub version: String,
    /// The version of its interface, `1.41`.
    pub api_version: String,
    /// What the engine is by its own account; it stays when the address changes.
    pub id: Option<String>,
    /// The name of its computer.
    pub name: Option<String>,
    /// The operating system in words, `Debian GNU/Linux 12 (bookworm)`.
    pub system: Option<String>,
    /// Its kind: `linux` or `windows`.
    pub os: Option<String>,
    /// `x86_64`, `aarch64`, …
    pub architecture: Option<String>,
    /// The kernel's version.
    pub kernel: Option<String>,
    /// Processor cores.
    pub cpus: Option<u64>,
    /// Memory, bytes.
    pub memory: Option<u64>,
    /// How layers are stored; some can limit a container's disk.
    pub storage_driver: Option<String>,
    /// Whether it can hold a container to an amount of memory.
    pub limits_memory: Option<bool>,
    /// Whether it can hold a container to a share of the processor.
    pub limits_cpu: Option<bool>,
    /// Containers there are, running or not.
    pub containers: Option<u64>,
    /// What it warns of.
    pub warnings: Vec<String>,
}

impl Server {
    /// Reads both answers; nothing if they are no engine's.
    pub(super) fn read(version: &Value, info: &Value) -> Option<Self> {
        Some(Self {
            version: text(version, "Version")?,
            api_version: text(version, "ApiVersion")?,
            id: text(info, "ID"),
            name: text(info, "Name"),
            system: text(info, "OperatingSystem"),
            os: text(info, "OSType").or_else(|| text(version, "Os")),
            architecture: text(info, "Architecture").or_else(|| text(version, "Arch")),
            kernel: text(info, "KernelVersion").or_else(|| text(version, "KernelVersion")),
            cpus: positive(info, "NCPU"),
            memory: positive(info, "MemTotal"),
            storage_driver: text(info, "Driver"),
            limits_memory: flag(info, "MemoryLimit"),
            limits_cpu: flag(info, "CpuCfsQuota"),
            containers: whole(info, "Containers"),
            warnings: texts(info, "Warnings"),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::docker::read::fuzz::{any_json, broken};

    #[test]
    fn all_but_the_versions_may_be_missing() {
        let version = json!({"Version": "20.10.24+dfsg1", "ApiVersion": "1.41", "Os": "linux", "Arch": "amd64"});
        let server = Server::read(&version, &json!({"NCPU": 0, "Warnings": null})).unwrap();
        assert_eq!((server.cpus, server.os.as_deref()), (None, Some("linux")));
        assert_eq!(Server::read(&json!({"message": "hello"}), &version), None);
    }

    proptest! {
        #[test]
        fn any_json_is_read_or_refused(
            version in broken(json!({"Version": "1", "ApiVersion": "1.41"})),
            info in any_json(),
        ) {
            let _read = Server::read(&version, &info);
        }
    }
}
