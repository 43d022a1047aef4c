//! What an HTTP answer of an engine means, and what no answer means.

use std::{error::Error, io};

use hyper::{HeaderMap, StatusCode};
use hyper_util::client::legacy;
use serde_json::Value;

use super::{Asked, DockerError, DockerHost, connect::ConnectError, error::quoted, ssh::SshGaveUp};

/// The oldest interface that has all that is asked for here (Docker 19.03).
const OLDEST: (u32, u32) = (1, 40);

/// A version of the interface, `1.41`.
pub(super) fn api_version(text: &str) -> Option<(u32, u32)> {
    let (major, minor) = text.trim().split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// Whether an engine that says this version of itself is new enough.
pub(super) fn new_enough(said: &str, host: &DockerHost) -> Result<(), DockerError> {
    match api_version(said) {
        Some(version) if version < OLDEST => Err(DockerError::TooOld {
            host: host.told(),
            has: quoted(said),
            needs: format!("{}.{}", OLDEST.0, OLDEST.1),
        }),
        _ => Ok(()),
    }
}

/// The version that every answer of an engine carries.
pub(super) fn said_version(headers: &HeaderMap) -> Option<&str> {
    headers.get("api-version")?.to_str().ok()
}

/// An answer that is no success, as far as its status and body say.
pub(super) fn refusal(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    asked: Asked,
    what: &str,
    host: &DockerHost,
) -> DockerError {
    let code = status.as_u16();
    let read: Option<Value> = serde_json::from_slice(body).ok();
    let message = read.as_ref().and_then(|json| json.get("message")?.as_str());
    let Some(message) = message else {
        if said_version(headers).is_some() && status.is_server_error() {
            return DockerError::Failed {
                status: code,
                said: quoted(&String::from_utf8_lossy(body)),
                asked,
            };
        }
        // Only an engine may say that something doesn't exist; the page of somebody on the way is no proof.
        return DockerError::NotDocker {
            host: host.told(),
            status: code,
        };
    };
    meaning(code, message, asked, what)
}

/// What an engine's message means. The statuses alone don't say: a command that is missing within a container is a
/// 404, too.
pub(super) fn meaning(code: u16, message: &str, asked: Asked, what: &str) -> DockerError {
    let said = quoted(message);
    let low = said.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| low.contains(word));
    if has(&["no space left on device", "disk quota exceeded", "not enough space"]) {
        return DockerError::OutOfSpace { said };
    }
    if has(&[
        "port is already allocated",
        "address already in use",
        "ports are not available",
    ]) {
        return DockerError::PortInUse { said };
    }
    if has(&["storage-opt", "storage opt", "quota size requested"]) {
        return DockerError::LimitsUnsupported {
            what: "the disk".to_owned(),
            said,
        };
    }
    if has(&["nanocpus can not be set", "nano cpus can not", "cpu cfs"]) {
        return DockerError::LimitsUnsupported {
            what: "the processor".to_owned(),
            said,
        };
    }
    if has(&["does not support memory limit", "memory cgroup"]) {
        return DockerError::LimitsUnsupported {
            what: "the memory".to_owned(),
            said,
        };
    }
    match code {
        404 if has(&["no such image", "manifest unknown", "image not known"]) => {
            DockerError::NoImage { image: what.to_owned() }
        }
        404 if has(&["no such", "not found"]) && !has(&["executable file", "oci runtime"]) => {
            DockerError::NotFound { what: what.to_owned() }
        }
        409 if has(&["is already in use by container", "name is already in use"]) => {
            DockerError::NameInUse { name: what.to_owned() }
        }
        409 => DockerError::Conflict { said },
        400..=499 => DockerError::Rejected { said },
        _ => DockerError::Failed {
            status: code,
            said,
            asked,
        },
    }
}

/// What a request without an answer means.
pub(super) fn no_answer(error: &legacy::Error, asked: Asked, host: &DockerHost) -> DockerError {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    let mut cause = "no connection".to_owned();
    while let Some(here) = next {
        if let Some(connect) = here.downcast_ref::<ConnectError>() {
            return no_connection(connect, host);
        }
        if let Some(ssh) = here.downcast_ref::<SshGaveUp>() {
            return DockerError::Ssh {
                host: host.told(),
                said: ssh.0.clone(),
            };
        }
        if here.is::<rustls::Error>() {
            return untrusted(here, host);
        }
        if let Some(http) = here.downcast_ref::<hyper::Error>()
            && http.is_parse()
        {
            return DockerError::NotDocker {
                host: host.told(),
                status: 0,
            };
        }
        cause = here.to_string();
        // An `io::Error` hides what it holds from `source`.
        let within = here.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match within {
            Some(within) => Some(within),
            None => here.source(),
        };
    }
    DockerError::Unreachable {
        host: host.told(),
        cause: quoted(&cause),
        asked,
    }
}

fn no_connection(error: &ConnectError, host: &DockerHost) -> DockerError {
    let name = host.told();
    match error {
        ConnectError::Slow => DockerError::Timeout {
            host: name,
            asked: Asked::Question,
        },
        ConnectError::Tls(error) => untrusted(error, host),
        ConnectError::NoSsh(error) => DockerError::Ssh {
            host: name,
            said: format!("the program ssh can't be started: {error}"),
        },
        ConnectError::System(error) => match (error.kind(), host) {
            (io::ErrorKind::PermissionDenied, DockerHost::Unix { .. }) => DockerError::SocketForbidden { path: name },
            (kind, host) => DockerError::Unreachable {
                host: name,
                cause: match (kind, host) {
                    (io::ErrorKind::NotFound, DockerHost::Unix { .. }) => "there is no such socket".to_owned(),
                    (io::ErrorKind::ConnectionRefused, _) => "nobody listens there".to_owned(),
                    _ => quoted(&error.to_string()),
                },
                asked: Asked::Question,
            },
        },
    }
}

fn untrusted(error: &(dyn Error + 'static), host: &DockerHost) -> DockerError {
    DockerError::Untrusted {
        host: host.told(),
        cause: quoted(&error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn host() -> DockerHost {
        "unix:///x".parse().unwrap()
    }

    fn code(status: u16, message: &str) -> &'static str {
        meaning(status, message, Asked::Change, "x").code()
    }

    #[test]
    fn messages_of_engines_have_their_kinds() {
        for (status, message, expected) in [
            (404, "No such container: abc", "docker_not_found"),
            (404, "No such image: shop/web:1", "docker_no_image"),
            (
                404,
                "OCI runtime create failed: exec: \"nope\": executable file not found in $PATH: unknown",
                "docker_rejected",
            ),
            (
                409,
                "Conflict. The container name \"/a\" is already in use by container \"b\". You have to remove it.",
                "docker_name_in_use",
            ),
            (409, "You cannot remove a running container b.", "docker_conflict"),
            (
                500,
                "driver failed programming external connectivity on endpoint a: Bind for 0.0.0.0:80 failed: port is already allocated",
                "docker_port_in_use",
            ),
            (500, "mkdir /x: no space left on device", "docker_out_of_space"),
            (
                500,
                "--storage-opt is supported only for overlay over xfs with 'pquota' mount option",
                "docker_limits_unsupported",
            ),
            (
                400,
                "NanoCPUs can not be set, as your kernel does not support CPU CFS scheduler or the cgroup is not mounted",
                "docker_limits_unsupported",
            ),
            (400, "invalid reference format", "docker_rejected"),
            (500, "something", "docker_failed"),
        ] {
            assert_eq!(code(status, message), expected, "{message}");
        }
    }

    #[test]
    fn only_an_engine_says_that_something_is_gone() {
        let said = |status, version: Option<&'static str>, body: &str| {
            let mut headers = HeaderMap::new();
            if let Some(version) = version {
                headers.insert("api-version", hyper::header::HeaderValue::from_static(version));
            }
            let status = StatusCode::from_u16(status).unwrap();
            refusal(status, &headers, body.as_bytes(), Asked::Question, "x", &host()).code()
        };
        assert_eq!(said(404, None, "<html>"), "docker_not_docker");
        assert_eq!(said(500, None, "<html>"), "docker_not_docker");
        assert_eq!(said(500, Some("1.41"), "panic"), "docker_failed");
        assert_eq!(
            said(404, Some("1.41"), "{\"message\":\"page not found\"}"),
            "docker_not_found"
        );
    }

    #[test]
    fn old_engines_are_refused() {
        assert!(new_enough("1.40", &host()).is_ok() && new_enough("2.0", &host()).is_ok());
        assert!(new_enough("nonsense", &host()).is_ok(), "what it says later decides");
        let error = new_enough("1.39", &host()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "Docker on /x is too old: it speaks version 1.39 of its interface, and 1.40 or newer is needed. Update Docker there."
        );
    }

    #[test]
    fn a_socket_that_is_not_for_this_account_is_told_apart() {
        let system = |kind| no_connection(&ConnectError::System(io::Error::from(kind)), &host());
        let path = "/x".to_owned();
        assert_eq!(
            system(io::ErrorKind::PermissionDenied),
            DockerError::SocketForbidden { path }
        );
        assert_eq!(system(io::ErrorKind::NotFound).code(), "docker_unreachable");
        let no_ssh = ConnectError::NoSsh(io::Error::from(io::ErrorKind::NotFound));
        assert_eq!(no_connection(&no_ssh, &host()).code(), "docker_ssh");
    }

    proptest! {
        #[test]
        fn any_refusal_is_judged(code in 100_u16..1000, body in prop::collection::vec(any::<u8>(), 0..64)) {
            let status = StatusCode::from_u16(code).unwrap();
            let _judged = refusal(status, &HeaderMap::new(), &body, Asked::Change, "x", &host());
        }

        #[test]
        fn any_message_has_a_meaning(code in 400_u16..600, message in ".*") {
            let _meaning = meaning(code, &message, Asked::Change, "x");
        }
    }
}
