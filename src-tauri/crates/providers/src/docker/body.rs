//! What comes after the head of an answer, in bounded pieces.

use std::collections::VecDeque;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Incoming;

use super::{
    Asked, DockerError,
    split::{Broken, Splitter, Within},
};

/// The body of an answer while it comes.
pub(super) struct Body {
    incoming: Incoming,
    asked: Asked,
}

impl Body {
    pub(super) fn new(incoming: Incoming, asked: Asked) -> Self {
        Self { incoming, asked }
    }

    /// The next piece; nothing at its end. Dropping the wait loses nothing.
    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, DockerError> {
        while let Some(frame) = self.incoming.frame().await {
            let asked = self.asked;
            let frame = frame.map_err(|error| {
                tracing::debug!(%error, "an answer of a Docker host broke off");
                DockerError::Truncated { asked }
            })?;
            if let Ok(data) = frame.into_data() {
                return Ok(Some(data));
            }
        }
        Ok(None)
    }

    /// All of it, if it isn't more than `largest` bytes.
    pub(super) async fn whole(mut self, largest: usize) -> Result<Vec<u8>, DockerError> {
        let mut all = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            if all.len() + chunk.len() > largest {
                return Err(too_large(largest));
            }
            all.extend_from_slice(&chunk);
        }
        Ok(all)
    }

    /// As much of it as fits, for a sentence.
    pub(super) async fn beginning(mut self, largest: usize) -> Vec<u8> {
        let mut all = Vec::new();
        while let Ok(Some(chunk)) = self.chunk().await {
            let room = largest - all.len();
            all.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
            if all.len() >= largest {
                break;
            }
        }
        all
    }
}

/// The objects of a list or a stream.
pub(super) struct Objects {
    body: Body,
    splitter: Splitter,
    whole: VecDeque<Vec<u8>>,
    largest: usize,
    what: &'static str,
}

impl Objects {
    pub(super) fn new(body: Body, within: Within, largest: usize, what: &'static str) -> Self {
        Self {
            body,
            splitter: Splitter::new(within, largest),
            whole: VecDeque::new(),
            largest,
            what,
        }
    }

    /// The next one as bytes; nothing at the end. Dropping the wait loses nothing.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<u8>>, DockerError> {
        loop {
            if let Some(object) = self.whole.pop_front() {
                return Ok(Some(object));
            }
            let asked = self.body.asked;
            let Some(chunk) = self.body.chunk().await? else {
                return if self.splitter.is_complete() {
                    Ok(None)
                } else {
                    Err(DockerError::Truncated { asked })
                };
            };
            self.splitter
                .push(&chunk, &mut self.whole)
                .map_err(|broken| match broken {
                    Broken::Nonsense => DockerError::Unreadable {
                        what: self.what.to_owned(),
                        asked,
                    },
                    Broken::TooLarge => too_large(self.largest),
                })?;
        }
    }
}

fn too_large(largest: usize) -> DockerError {
    DockerError::TooLarge {
        limit: format!("{largest} bytes"),
    }
}
