//! Containers: ports, volumes and environment.
//!
//! Other programs have written these columns in several shapes: an object by container port or path, lists of
//! `a:b`, Docker's own objects; any of them possibly a JSON text once more. All are read; what none of them is, is
//! shown as it is written. Of the environment only names are ever read: values are secrets.

mod shapes;

use serde_json::{Map, Value, json};

use crate::text::{self, text_type};

pub use shapes::{Binding, Environment, ports, volumes};

text_type! {
    /// The id that its host gave it: 1 to 255 characters without blanks (`containers.container_id`).
    HostContainerId, |text| text::visible_ascii(text.trim(), 255)
}

text_type! {
    /// The name of a container: 1 to 255 characters of one line.
    ContainerName, |text| text::single_line(text, 1, 255)
}

text_type! {
    /// An image with its tag: 1 to 255 characters without blanks.
    ImageName, |text| text::visible_ascii(text.trim(), 255)
}

text_type! {
    /// A host's word for a state, such as `running`: 1 to 50 characters without blanks.
    ContainerStatus, |text| text::visible_ascii(text.trim(), 50)
}

/// Why ports, volumes or an environment were refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// Not a port of the host and one of the container.
    #[error("Write a port as HOST:CONTAINER or HOST:CONTAINER/udp, such as 8080:80.")]
    Port,
    /// The same port of the container twice.
    #[error("The container's port {0} is given twice.")]
    PortTwice(String),
    /// Not two absolute paths.
    #[error("Write a volume as two absolute paths, /HOST:/CONTAINER.")]
    Volume,
    /// The same path of the container twice.
    #[error("The container's path {0} is given twice.")]
    VolumeTwice(String),
    /// Not a name and a value. The text is not repeated: it may be a secret.
    #[error("Write the environment as NAME=VALUE.")]
    Variable,
}

/// Published ports as they are stored: `{"80/tcp": 8080}`.
pub fn write_ports<'a>(given: impl IntoIterator<Item = &'a str>) -> Result<Value, SettingError> {
    let mut object = Map::new();
    for text in given {
        let (host, inside) = text.trim().split_once(':').ok_or(SettingError::Port)?;
        let (port, protocol) = inside.split_once('/').unwrap_or((inside, "tcp"));
        let number = |text: &str| {
            text.parse::<u16>()
                .ok()
                .filter(|port| *port > 0)
                .ok_or(SettingError::Port)
        };
        if !matches!(protocol, "tcp" | "udp" | "sctp") {
            return Err(SettingError::Port);
        }
        let key = format!("{}/{protocol}", number(port)?);
        if object.insert(key.clone(), json!(number(host)?)).is_some() {
            return Err(SettingError::PortTwice(key));
        }
    }
    Ok(Value::Object(object))
}

/// Volumes as they are stored: `{"/data": "/host/data"}`.
pub fn write_volumes<'a>(given: impl IntoIterator<Item = &'a str>) -> Result<Value, SettingError> {
    let mut object = Map::new();
    for text in given {
        let (host, inside) = text.trim().split_once(':').ok_or(SettingError::Volume)?;
        if !host.starts_with('/') || !inside.starts_with('/') {
            return Err(SettingError::Volume);
        }
        if object.insert(inside.to_owned(), json!(host)).is_some() {
            return Err(SettingError::VolumeTwice(inside.to_owned()));
        }
    }
    Ok(Value::Object(object))
}

/// An environment as it is stored: `{"NAME": "value"}`. A name given twice has its last value, as in a shell.
pub fn write_environment<'a>(given: impl IntoIterator<Item = &'a str>) -> Result<Value, SettingError> {
    let mut object = Map::new();
    for text in given {
        let (name, value) = text.split_once('=').ok_or(SettingError::Variable)?;
        if !shapes::is_name(name) {
            return Err(SettingError::Variable);
        }
        object.insert(name.to_owned(), json!(value));
    }
    Ok(Value::Object(object))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let written = write_ports(["8080:80", "5353:53/udp"]).unwrap();
        assert_eq!(written, json!({"80/tcp": 8080, "53/udp": 5353}));
        let read = ports(Some(&written));
        assert_eq!(read.len(), 2);
        assert_eq!(
            (read[1].outside.as_deref(), read[1].inside.as_str()),
            (Some("8080"), "80/tcp")
        );
        let written = write_volumes(["/srv/data:/data"]).unwrap();
        assert_eq!(volumes(Some(&written))[0].outside.as_deref(), Some("/srv/data"));
        let written = write_environment(["TOKEN=a=b", "EMPTY="]).unwrap();
        assert_eq!(Environment::read(Some(&written)).names, ["EMPTY", "TOKEN"]);
    }

    #[test]
    fn what_is_neither_is_refused_without_repeating_a_secret() {
        for wrong in ["80", "0:80", "80:70000", "a:b", "80:80/icmp", ""] {
            assert_eq!(write_ports([wrong]), Err(SettingError::Port), "{wrong}");
        }
        assert_eq!(
            write_ports(["1:80", "2:80/tcp"]),
            Err(SettingError::PortTwice("80/tcp".to_owned()))
        );
        assert_eq!(write_volumes(["data:/data"]), Err(SettingError::Volume));
        let error = write_environment(["hunter2"]).unwrap_err();
        assert!(!error.to_string().contains("hunter2"));
    }
}
