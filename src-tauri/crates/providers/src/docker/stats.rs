//! Figures of a container: one at once, or one a second.

use std::fmt;

use serde_json::Value;

use super::{
    Asked, Call, Counters, Docker, DockerError, Sample, actions::path, body::Objects, client::Ask, split::Within,
};

/// Figures that go on. Dropping it ends them.
pub struct Stats {
    docker: Docker,
    call: Call,
    objects: Objects,
    before: Option<Counters>,
    ended: bool,
}

impl fmt::Debug for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stats")
            .field("before", &self.before)
            .finish_non_exhaustive()
    }
}

impl Docker {
    /// What a container uses now, with the counters to keep for the next time; nothing if it doesn't run. Without an
    /// earlier reading there are no rates, but no waiting for them either.
    pub async fn sample(
        &self,
        id: &str,
        before: Option<&Counters>,
        call: &Call,
    ) -> Result<Option<(Sample, Counters)>, DockerError> {
        let what = format!("container {id}");
        let ask = Ask::get(path(id, "/stats")?, &what)
            .with("stream", "false")
            .with("one-shot", "true");
        let answer = self.value(ask, call).await?;
        Ok(Counters::read(&answer).map(|now| (Sample::between(before, &now), now)))
    }

    /// What a container uses, about once a second. The call ends all of it.
    pub async fn stats(&self, id: &str, call: &Call) -> Result<Stats, DockerError> {
        let what = format!("container {id}");
        let ask = Ask::get(path(id, "/stats")?, &what).with("stream", "true");
        let body = self.open(ask, call).await?.body;
        Ok(Stats {
            docker: self.clone(),
            call: call.clone(),
            objects: Objects::new(body, Within::Stream, self.bounds().answer, "a container's figures"),
            before: None,
            ended: false,
        })
    }
}

impl Stats {
    /// The next sample; nothing once the container doesn't run. Dropping the wait loses nothing.
    pub async fn next(&mut self) -> Result<Option<Sample>, DockerError> {
        if self.ended {
            return Ok(None);
        }
        let silence = self.docker.timeouts().silence;
        let next = self.call.run(Asked::Question, async {
            match tokio::time::timeout(silence, self.objects.next()).await {
                Ok(object) => object,
                Err(_) => Err(self.docker.slow(Asked::Question)),
            }
        });
        let object = next.await.inspect_err(|_| self.ended = true)?;
        let now = match object {
            None => None,
            Some(object) => {
                let read: Option<Value> = serde_json::from_slice(&object).ok();
                read.as_ref().and_then(Counters::read)
            }
        };
        let Some(now) = now else {
            self.ended = true;
            return Ok(None);
        };
        let sample = Sample::between(self.before.as_ref(), &now);
        self.before = Some(now);
        Ok(Some(sample))
    }
}
