//! The images of a host, and getting one.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{
    Asked, Call, Docker, DockerError, Listing,
    actions::rejected,
    answer::meaning,
    body::Objects,
    client::Ask,
    error::quoted,
    read::{below, epoch, text, texts, whole},
    split::Within,
};

/// An image that a host has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Its id, `sha256:…`.
    pub id: String,
    /// Its names with tags. May be empty.
    pub tags: Vec<String>,
    /// Bytes on the disk.
    pub size: Option<u64>,
    /// When it was made.
    pub created: Option<DateTime<Utc>>,
}

/// How far a pull is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PullProgress {
    /// What the engine says right now.
    pub status: String,
    /// Layers that are done.
    pub done: usize,
    /// Layers that are known of.
    pub of: usize,
    /// Bytes fetched of the layers under way.
    pub bytes: u64,
    /// Bytes of the layers under way, as far as they are known.
    pub total: u64,
}

impl PullProgress {
    /// How much of it is done in a hundred; never all, since the engine still unpacks what it has.
    pub fn percent(&self) -> u8 {
        let percent = (self.bytes.min(self.total).saturating_mul(100))
            .checked_div(self.total)
            .unwrap_or(0);
        u8::try_from(percent.min(99)).unwrap_or(99)
    }
}

/// An image's name, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) name: String,
    /// A tag, or a digest. Without one, an engine would pull all there are.
    pub(super) tag: String,
}

impl Reference {
    pub(super) fn parse(text: &str) -> Result<Self, DockerError> {
        let letters = |text: &str, more: &[u8]| {
            !text.is_empty()
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte) || more.contains(&byte))
        };
        let refused = || rejected("an image is written as name, name:tag or name@sha256:digest");
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(digest)),
            None => (text, None),
        };
        // A colon before the last stroke is the port of a registry.
        let after = name.rfind('/').map_or(0, |at| at + 1);
        let (name, tag) = match name.get(after..).and_then(|last| last.find(':')) {
            Some(colon) => (&name[..after + colon], Some(&name[after + colon + 1..])),
            None => (name, None),
        };
        let begins = |part: &str| part.starts_with(|first: char| first.is_ascii_alphanumeric());
        let whole = letters(name, b"/:") && name.split('/').all(begins);
        let tagged = tag.is_none_or(|tag| letters(tag, b""));
        let digested = digest.is_none_or(|digest| letters(digest, b":+"));
        if text.len() > 512 || !whole || !tagged || !digested {
            return Err(refused());
        }
        Ok(Self {
            name: name.to_owned(),
            tag: digest.or(tag).unwrap_or("latest").to_owned(),
        })
    }
}

impl Image {
    fn read(entry: &Value) -> Option<Self> {
        let mut tags = texts(entry, "RepoTags");
        tags.retain(|tag| tag != "<none>:<none>");
        Some(Self {
            id: text(entry, "Id")?,
            tags,
            size: whole(entry, "Size"),
            created: epoch(entry, "Created"),
        })
    }
}

/// Where each layer is.
#[derive(Debug, Default)]
struct Layers(BTreeMap<String, (u64, u64, bool)>);

impl Layers {
    /// What a line of the engine's adds.
    fn add(&mut self, line: &Value) -> PullProgress {
        let status = quoted(&text(line, "status").unwrap_or_default());
        if let Some(id) = text(line, "id")
            && !status.starts_with("Pulling from")
            // Nobody's image has more; what isn't counted isn't kept.
            && (self.0.len() < 1000 || self.0.contains_key(&id))
        {
            let layer = self.0.entry(id).or_default();
            let detail = below(line, "progressDetail");
            if status == "Downloading" {
                layer.0 = whole(detail, "current").unwrap_or(layer.0);
                layer.1 = whole(detail, "total").unwrap_or(layer.1).max(layer.0);
            }
            layer.2 = matches!(status.as_str(), "Pull complete" | "Already exists");
            if layer.2 {
                layer.0 = layer.1;
            }
        }
        PullProgress {
            status,
            done: self.0.values().filter(|layer| layer.2).count(),
            of: self.0.len(),
            bytes: self.0.values().fold(0, |sum, layer| sum.saturating_add(layer.0)),
            total: self.0.values().fold(0, |sum, layer| sum.saturating_add(layer.1)),
        }
    }
}

impl Docker {
    /// All images of the host.
    pub async fn images(&self, call: &Call) -> Result<Listing<Image>, DockerError> {
        self.list(Ask::get("/images/json", "its images"), "its images", call, Image::read)
            .await
    }

    /// Whether the host has an image of this name.
    pub async fn has_image(&self, image: &str, call: &Call) -> Result<bool, DockerError> {
        // Only what is a name goes into the path.
        Reference::parse(image)?;
        match self.value(Ask::get(format!("/images/{image}/json"), image), call).await {
            Ok(_) => Ok(true),
            Err(DockerError::NotFound { .. } | DockerError::NoImage { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Gets an image from its registry, and tells how far it is. Cancelled, the engine stops; layers that it has stay.
    pub async fn pull(
        &self,
        image: &str,
        call: &Call,
        mut report: impl FnMut(PullProgress) + Send,
    ) -> Result<(), DockerError> {
        let Reference { name, tag } = Reference::parse(image)?;
        let ask = Ask::post("/images/create", image)
            .with("fromImage", name)
            .with("tag", tag);
        let registry = |error| match error {
            DockerError::NoImage { .. } | DockerError::NotFound { .. } => DockerError::Registry {
                image: image.to_owned(),
                said: "the registry has no such image, or shows it only to those who sign in".to_owned(),
            },
            DockerError::Rejected { said } | DockerError::Failed { said, .. } | DockerError::Conflict { said } => {
                DockerError::Registry {
                    image: image.to_owned(),
                    said,
                }
            }
            other => other,
        };
        let silence = self.timeouts().silence;
        call.run(Asked::Change, async {
            // The engine asks the registry before it says a word, and waits for it longer than for itself.
            let head = self.open(ask, &Call::new()).await.map_err(registry)?;
            let mut lines = Objects::new(head.body, Within::Stream, self.bounds().answer, "the pull");
            let mut layers = Layers::default();
            loop {
                let next = tokio::time::timeout(silence, lines.next()).await;
                let Some(line) = next.map_err(|_| self.slow(Asked::Change))?? else {
                    return Ok(());
                };
                let Ok(line) = serde_json::from_slice::<Value>(&line) else {
                    continue;
                };
                let said = text(below(&line, "errorDetail"), "message").or_else(|| text(&line, "error"));
                if let Some(said) = said {
                    return Err(registry(meaning(500, &said, Asked::Change, image)));
                }
                report(layers.add(&line));
            }
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::docker::read::fuzz::{any_json, broken};

    #[test]
    fn a_name_without_a_tag_means_the_latest() {
        let parts = |text: &str| {
            let Reference { name, tag } = Reference::parse(text).expect(text);
            (name, tag)
        };
        let both = |name: &str, tag: &str| (name.to_owned(), tag.to_owned());
        assert_eq!(parts("nginx"), both("nginx", "latest"));
        assert_eq!(parts("shop/web:1.2"), both("shop/web", "1.2"));
        assert_eq!(
            parts("registry.example:5000/shop/web"),
            both("registry.example:5000/shop/web", "latest")
        );
        assert_eq!(parts("web:1@sha256:abc"), both("web", "sha256:abc"));
        for wrong in [
            "",
            ":1",
            "web:",
            "web@",
            "we b",
            "/web",
            "a//b",
            "-web",
            "web:1:2",
            "wéb",
            "../web",
            "shop/../web",
            "shop/.web",
        ] {
            assert!(Reference::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn layers_add_up() {
        let mut layers = Layers::default();
        layers.add(&json!({"status": "Pulling from library/nginx", "id": "1.25"}));
        layers.add(&json!({"status": "Pulling fs layer", "progressDetail": {}, "id": "a"}));
        layers.add(&json!({"status": "Already exists", "progressDetail": {}, "id": "b"}));
        let far =
            layers.add(&json!({"status": "Downloading", "progressDetail": {"current": 5, "total": 9}, "id": "a"}));
        assert_eq!((far.done, far.of, far.bytes, far.total), (1, 2, 5, 9));
        assert_eq!((far.percent(), PullProgress::default().percent()), (55, 0));
        let done = layers.add(&json!({"status": "Pull complete", "progressDetail": {}, "id": "a"}));
        assert_eq!((done.done, done.bytes, done.percent()), (2, 9, 99));
    }

    proptest! {
        #[test]
        fn any_text_is_taken_apart_or_refused(text in ".*") {
            let _parts = Reference::parse(&text);
        }

        #[test]
        fn any_line_is_added(
            lines in prop::collection::vec(
                broken(json!({"status": "Downloading", "id": "a", "progressDetail": {"current": 5, "total": 9}})),
                0..6,
            ),
            image in any_json(),
        ) {
            let mut layers = Layers::default();
            for line in &lines {
                layers.add(line);
            }
            let _image = Image::read(&image);
        }
    }
}
