//! What can go wrong at an engine, each with a sentence for a person.

use super::HostMistake;

/// What had been asked when it went wrong: what is known about the host now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Only a question: nothing has changed.
    Question,
    /// A change, which may or may not have been made.
    Change,
    /// What goes on being told, of which a part has come.
    Rest,
}

impl Asked {
    const fn left(self) -> &'static str {
        match self {
            Self::Question => "Nothing was read; the last known state stays.",
            Self::Change => "Whether it was carried out is not known; read the container's state before trying again.",
            Self::Rest => "What came until then stands; what comes after it was not read.",
        }
    }
}

/// What can go wrong at an engine; a variant for each thing that a caller does differently. None holds a key or an
/// environment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DockerError {
    /// The configured address can't be used: ask for another.
    #[error("The address of the Docker host can't be used: {0}. The host was not asked.")]
    Address(#[from] HostMistake),
    /// Not encrypted, and not chosen so.
    #[error(
        "The Docker host {host} would be reached without encryption, and whoever is on the way could take it over. The host was not asked. Add its certificates, or choose the open connection."
    )]
    Plain {
        /// The computer.
        host: String,
    },
    /// The certificates or the key that were entered can't be used.
    #[error("The certificates of the Docker host can't be used: {why}. The host was not asked.")]
    Certificates {
        /// What is wrong with them.
        why: String,
    },
    /// The certificate is not trusted, or ours is not.
    #[error(
        "No encrypted connection to {host} that both sides trust ({cause}). Nothing was sent. Check the certificates, the name and this computer's clock."
    )]
    Untrusted {
        /// The computer.
        host: String,
        /// What the check says.
        cause: String,
    },
    /// No connection, or one that was lost before an answer.
    #[error("The Docker host {host} can't be reached ({cause}). {}", .asked.left())]
    Unreachable {
        /// The computer or the socket.
        host: String,
        /// What the system says.
        cause: String,
        /// What had been asked; a question where nothing was sent.
        asked: Asked,
    },
    /// The system doesn't let this account use the socket.
    #[error(
        "This account may not use Docker's socket {path}. The host was not asked. Add the account to the group that owns the socket (usually docker), sign in anew, and try again."
    )]
    SocketForbidden {
        /// The socket.
        path: String,
    },
    /// ssh gave up.
    #[error(
        "ssh doesn't reach Docker on {host} ({said}). The host was not asked. Try ssh to it in a terminal: it has to come in without any question, and Docker's command line must be there."
    )]
    Ssh {
        /// The computer.
        host: String,
        /// What ssh says.
        said: String,
    },
    /// Somebody answered, but no engine.
    #[error(
        "{host} is no Docker engine: it answered something else (status {status}). Nothing was read. Check the address."
    )]
    NotDocker {
        /// The computer or the socket.
        host: String,
        /// The HTTP status; 0 where it wasn't even HTTP.
        status: u16,
    },
    /// An engine that is too old.
    #[error(
        "Docker on {host} is too old: it speaks version {has} of its interface, and {needs} or newer is needed. Update Docker there."
    )]
    TooOld {
        /// The computer or the socket.
        host: String,
        /// What it speaks.
        has: String,
        /// What is needed.
        needs: String,
    },
    /// There is no such thing.
    #[error("The Docker host has no {what}. Nothing was changed.")]
    NotFound {
        /// What was asked for.
        what: String,
    },
    /// The image has to be pulled first.
    #[error("The Docker host doesn't have the image {image}. Nothing was created. Pull the image first.")]
    NoImage {
        /// The image.
        image: String,
    },
    /// Another container has the name.
    #[error("Another container on this host is called {name}. Nothing was changed. Choose another name.")]
    NameInUse {
        /// The name.
        name: String,
    },
    /// The idempotency key was used for something else.
    #[error("The container {id} was already created under this key, from the image {image}. Nothing was created.")]
    KeyInUse {
        /// The container.
        id: String,
        /// Its image.
        image: String,
    },
    /// The port is taken on the host.
    #[error("A port that the container wants is in use on the host ({said}). The container was not started.")]
    PortInUse {
        /// What the engine says.
        said: String,
    },
    /// Not in this state.
    #[error("The container's state doesn't allow it ({said}). It was not carried out.")]
    Conflict {
        /// What the engine says.
        said: String,
    },
    /// The host's disk is full.
    #[error("The Docker host has no space left ({said}). It was not carried out. Make room there.")]
    OutOfSpace {
        /// What the engine says.
        said: String,
    },
    /// A limit that the host can't hold a container to.
    #[error("The Docker host can't limit {what} ({said}). No container is left behind.")]
    LimitsUnsupported {
        /// Which limits.
        what: String,
        /// What the engine says.
        said: String,
    },
    /// What was asked for is wrong in itself.
    #[error("The Docker host refused the request: {said}. It was not carried out.")]
    Rejected {
        /// What is wrong.
        said: String,
    },
    /// The registry, or the way to it, refused.
    #[error("The image {image} was not pulled: {said}. What the host had before stays.")]
    Registry {
        /// The image.
        image: String,
        /// What the engine says.
        said: String,
    },
    /// The engine failed.
    #[error("The Docker host has a disturbance (status {status}: {said}). {}", .asked.left())]
    Failed {
        /// The HTTP status.
        status: u16,
        /// What the engine says.
        said: String,
        /// What had been asked.
        asked: Asked,
    },
    /// No answer in time.
    #[error("The Docker host {host} didn't answer in time. {}", .asked.left())]
    Timeout {
        /// The computer or the socket.
        host: String,
        /// What had been asked.
        asked: Asked,
    },
    /// The answer ended early.
    #[error("The answer of the Docker host broke off. {}", .asked.left())]
    Truncated {
        /// What had been asked.
        asked: Asked,
    },
    /// An answer, but not to what was asked.
    #[error("The answer of the Docker host about {what} can't be understood. {}", .asked.left())]
    Unreadable {
        /// What was asked for.
        what: String,
        /// What had been asked.
        asked: Asked,
    },
    /// More than this program reads at once.
    #[error("The answer of the Docker host is larger than {limit}. It was not read.")]
    TooLarge {
        /// What the limit is, with its unit.
        limit: String,
    },
    /// The person or the program ended it.
    #[error("The request to the Docker host was cancelled. {}", .asked.left())]
    Cancelled {
        /// What had been asked.
        asked: Asked,
    },
}

impl DockerError {
    /// Its word for programs: stable, one for each variant that a caller does something else about.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Address(_) => "docker_address",
            Self::Plain { .. } => "docker_not_encrypted",
            Self::Certificates { .. } => "docker_certificates",
            Self::Untrusted { .. } => "docker_untrusted",
            Self::Unreachable { .. } => "docker_unreachable",
            Self::SocketForbidden { .. } => "docker_socket_forbidden",
            Self::Ssh { .. } => "docker_ssh",
            Self::NotDocker { .. } => "docker_not_docker",
            Self::TooOld { .. } => "docker_too_old",
            Self::NotFound { .. } => "docker_not_found",
            Self::NoImage { .. } => "docker_no_image",
            Self::NameInUse { .. } => "docker_name_in_use",
            Self::KeyInUse { .. } => "docker_key_in_use",
            Self::PortInUse { .. } => "docker_port_in_use",
            Self::Conflict { .. } => "docker_conflict",
            Self::OutOfSpace { .. } => "docker_out_of_space",
            Self::LimitsUnsupported { .. } => "docker_limits_unsupported",
            Self::Rejected { .. } => "docker_rejected",
            Self::Registry { .. } => "docker_registry",
            Self::Failed { .. } => "docker_failed",
            Self::Timeout { .. } => "docker_timeout",
            Self::Truncated { .. } => "docker_truncated",
            Self::Unreadable { .. } => "docker_unreadable",
            Self::TooLarge { .. } => "docker_too_large",
            Self::Cancelled { .. } => "docker_cancelled",
        }
    }

    /// The same, where a part of what was asked for has come already.
    #[must_use]
    pub fn of_the_rest(mut self) -> Self {
        if let Self::Unreachable { asked, .. }
        | Self::Failed { asked, .. }
        | Self::Timeout { asked, .. }
        | Self::Truncated { asked }
        | Self::Unreadable { asked, .. }
        | Self::Cancelled { asked } = &mut self
        {
            *asked = Asked::Rest;
        }
        self
    }

    /// Whether the same may well succeed later, without anybody changing anything here.
    pub const fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::Failed { .. } | Self::Timeout { .. } | Self::Truncated { .. }
        )
    }

    /// Whether it may have been carried out although there is no answer. Creating under a key may be sent again.
    pub const fn is_uncertain(&self) -> bool {
        matches!(
            self,
            Self::Unreachable {
                asked: Asked::Change,
                ..
            } | Self::Failed {
                asked: Asked::Change,
                ..
            } | Self::Timeout {
                asked: Asked::Change,
                ..
            } | Self::Truncated { asked: Asked::Change }
                | Self::Unreadable {
                    asked: Asked::Change,
                    ..
                }
                | Self::Cancelled { asked: Asked::Change }
        )
    }
}

/// What somebody else says, as part of a sentence: one line, no control characters, not endless.
pub(super) fn quoted(said: &str) -> String {
    const LONGEST: usize = 300;
    let mut line = String::new();
    for word in said.split(|letter: char| letter.is_whitespace() || letter.is_control()) {
        if word.is_empty() {
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.len() > LONGEST * 4 {
            break;
        }
    }
    let mut short: String = line.chars().take(LONGEST).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    short.trim_end_matches(['.', ' ']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_answer_to_a_change_is_told_from_one_to_a_question() {
        let host = "/x".to_owned();
        let asked = |asked| DockerError::Timeout {
            host: host.clone(),
            asked,
        };
        assert_eq!(
            asked(Asked::Question).to_string(),
            "The Docker host /x didn't answer in time. Nothing was read; the last known state stays."
        );
        assert!(asked(Asked::Change).to_string().contains("is not known"));
        assert!(asked(Asked::Change).is_uncertain() && !asked(Asked::Question).is_uncertain());
        let rest = asked(Asked::Question).of_the_rest();
        assert_eq!(
            rest.to_string(),
            "The Docker host /x didn't answer in time. What came until then stands; what comes after it was not read."
        );
        assert!(!rest.is_uncertain());
    }

    #[test]
    fn what_others_say_is_one_short_line() {
        assert_eq!(quoted("a\r\n\u{1b}[31mb\0.  "), "a [31mb");
        assert_eq!(quoted(&"x".repeat(5000)).chars().count(), 301);
        assert_eq!(quoted("No space.\n"), "No space");
    }
}
