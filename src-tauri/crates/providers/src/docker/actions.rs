//! What containers there are, and what is done to them.

use std::time::Duration;

use hyper::StatusCode;

use super::{Asked, Call, Container, ContainerId, Docker, DockerError, Listing, Summary, client::Ask};

/// What an action came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was so already.
    Already,
}

/// How a container is removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Removal {
    /// Even while it runs.
    pub force: bool,
    /// With the volumes that have no name.
    pub volumes: bool,
}

impl Docker {
    /// All containers, running or not.
    pub async fn containers(&self, call: &Call) -> Result<Listing<Summary>, DockerError> {
        let ask = Ask::get("/containers/json", "its containers").with("all", "true");
        self.list(ask, "its containers", call, Summary::read).await
    }

    /// All containers with a label of this value.
    pub async fn labelled(&self, label: &str, value: &str, call: &Call) -> Result<Listing<Summary>, DockerError> {
        let filter = serde_json::json!({ "label": [format!("{label}={value}")] });
        let ask = Ask::get("/containers/json", "its containers")
            .with("all", "true")
            .with("filters", filter.to_string());
        let mut listing = self.list(ask, "its containers", call, Summary::read).await?;
        // An engine that doesn't know the filter passes over it.
        listing
            .items
            .retain(|item| item.labels.get(label).is_some_and(|has| has == value));
        Ok(listing)
    }

    /// Those of the named containers that there are, as the list tells them.
    pub async fn listed(&self, ids: &[ContainerId], call: &Call) -> Result<Listing<Summary>, DockerError> {
        let names: Vec<&str> = ids.iter().map(ContainerId::as_str).collect();
        let filter = serde_json::json!({ "id": names });
        let ask = Ask::get("/containers/json", "its containers")
            .with("all", "true")
            .with("filters", filter.to_string());
        let mut listing = self.list(ask, "its containers", call, Summary::read).await?;
        listing.items.retain(|item| ids.contains(&item.id));
        Ok(listing)
    }

    /// One container in full, by its id or name; `None` only if the engine itself says that it doesn't exist.
    pub async fn container(&self, id: &str, call: &Call) -> Result<Option<Container>, DockerError> {
        let what = format!("container {id}");
        let answer = self.value(Ask::get(path(id, "/json")?, &what), call).await;
        let value = match answer {
            Err(DockerError::NotFound { .. }) => return Ok(None),
            other => other?,
        };
        match Container::read(&value) {
            Some(container) => Ok(Some(container)),
            None => Err(DockerError::Unreadable {
                what,
                asked: Asked::Question,
            }),
        }
    }

    /// Starts it.
    pub async fn start(&self, id: &str, call: &Call) -> Result<Outcome, DockerError> {
        let what = format!("container {id}");
        self.act(Ask::post(path(id, "/start")?, &what), call).await
    }

    /// Asks it to end, and ends it after so many seconds.
    pub async fn stop(&self, id: &str, seconds: u32, call: &Call) -> Result<Outcome, DockerError> {
        let what = format!("container {id}");
        let ask = Ask::post(path(id, "/stop")?, &what)
            .with("t", seconds.to_string())
            .granting(Duration::from_secs(seconds.into()));
        self.act(ask, call).await
    }

    /// The same, and starts it again.
    pub async fn restart(&self, id: &str, seconds: u32, call: &Call) -> Result<Outcome, DockerError> {
        let what = format!("container {id}");
        let ask = Ask::post(path(id, "/restart")?, &what)
            .with("t", seconds.to_string())
            .granting(Duration::from_secs(seconds.into()));
        self.act(ask, call).await
    }

    /// Sends it a signal; `KILL` if none is named.
    pub async fn kill(&self, id: &str, signal: Option<&str>, call: &Call) -> Result<Outcome, DockerError> {
        let signal = signal.unwrap_or("KILL");
        if signal.is_empty() || !signal.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+') {
            return Err(rejected("there is no signal of that name"));
        }
        let what = format!("container {id}");
        let ask = Ask::post(path(id, "/kill")?, &what).with("signal", signal);
        match self.act(ask, call).await {
            Err(DockerError::Conflict { said }) if said.contains("is not running") => Ok(Outcome::Already),
            other => other,
        }
    }

    /// Gives it another name.
    pub async fn rename(&self, id: &str, name: &str, call: &Call) -> Result<Outcome, DockerError> {
        if !is_name(name) {
            return Err(rejected(NO_NAME));
        }
        let ask = Ask::post(path(id, "/rename")?, name).with("name", name);
        match self.act(ask, call).await {
            Ok(outcome) => Ok(outcome),
            Err(DockerError::NotFound { .. }) => Err(DockerError::NotFound {
                what: format!("container {id}"),
            }),
            // Each engine refuses its own name in another way.
            Err(error) => match self.container(id, call).await {
                Ok(Some(container)) if container.name == name => Ok(Outcome::Already),
                _ => Err(error),
            },
        }
    }

    /// Removes it. What is gone, or going, is removed.
    pub async fn remove(&self, id: &str, removal: Removal, call: &Call) -> Result<Outcome, DockerError> {
        let what = format!("container {id}");
        let ask = Ask::delete(path(id, "")?, &what)
            .with("force", removal.force.to_string())
            .with("v", removal.volumes.to_string());
        match self.act(ask, call).await {
            Err(DockerError::NotFound { .. }) => Ok(Outcome::Already),
            Err(DockerError::Conflict { said }) if said.contains("is already in progress") => Ok(Outcome::Already),
            other => other,
        }
    }

    async fn act(&self, ask: Ask<'_>, call: &Call) -> Result<Outcome, DockerError> {
        let status = self.status(ask, call).await?;
        Ok(if status == StatusCode::NOT_MODIFIED {
            Outcome::Already
        } else {
            Outcome::Done
        })
    }
}

pub(super) const NO_NAME: &str =
    "a container's name begins with a letter or a digit and has letters, digits, dots, dashes and underscores only";

/// Whether it can be a container's name, or an id.
pub(super) fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    text.len() <= 255
        && text.len() > 1
        && bytes.next().is_some_and(|byte| byte.is_ascii_alphanumeric())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
}

/// The path of a container, which nothing in its name may leave.
pub(super) fn path(id: &str, end: &str) -> Result<String, DockerError> {
    if is_name(id) {
        Ok(format!("/containers/{id}{end}"))
    } else {
        Err(rejected(NO_NAME))
    }
}

pub(super) fn rejected(said: &str) -> DockerError {
    DockerError::Rejected { said: said.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leaves_its_path() {
        assert_eq!(path("web-1", "/json").unwrap(), "/containers/web-1/json");
        for name in ["", "a", "-web", "../images", "web?force=1", "web/json", "wéb", "web\n"] {
            assert!(path(name, "").is_err(), "{name}");
        }
    }
}
