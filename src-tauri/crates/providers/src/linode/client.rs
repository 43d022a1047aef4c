//! The questions, one at a time: their turn, their tries, their deadline.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::{StreamExt, TryStreamExt, stream};
use reqwest::{
    Client,
    header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue},
    redirect::Policy,
};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use rustls_platform_verifier::BuilderVerifierExt;
use secrecy::{ExposeSecret, SecretString};

use super::{
    Call, Instance, LinodeError, LinodeOptions, LinodeType, Listing, Profile, Region,
    answer::{Again, Failure, broken, judge, scopes},
    limits::{Bucket, Limits},
    list::{Item, PAGE_SIZE, Page, assemble, union},
    options::{Base, Timeouts},
};
use crate::pace::Pace;

/// How often a question is put at most.
const MOST_TRIES: u32 = 4;
/// The wait before the second try, doubled before each further one.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// What chance adds at most to a wait that Linode has named.
const SPREAD: Duration = Duration::from_millis(500);

/// One account at Linode.
pub struct Linode {
    http: Client,
    base: Base,
    token: Option<SecretString>,
    timeouts: Timeouts,
    parallel: usize,
    largest_answer: usize,
    most_pages: u64,
    limits: Mutex<Limits>,
    pace: Arc<dyn Pace>,
}

impl fmt::Debug for Linode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Linode")
            .field("host", &self.base.host())
            .finish_non_exhaustive()
    }
}

/// A body that has come whole, and what came with it.
struct Answer {
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Linode {
    /// Prepares to ask; nothing is sent yet.
    pub fn new(options: LinodeOptions, pace: Arc<dyn Pace>) -> Result<Self, LinodeError> {
        let base = options.address()?;
        let agent = HeaderValue::from_str(&options.user_agent).map_err(|_| LinodeError::Address {
            why: "the program's name holds characters that can't be sent".to_owned(),
        })?;
        options.token.as_ref().map(bearer).transpose()?;
        let parallel = options.parallel.clamp(1, 16);
        let mut builder = Client::builder()
            .tls_backend_preconfigured(certificates(&base)?)
            .http1_only()
            // A token goes to the address that a person entered, not where an answer points.
            .redirect(Policy::none())
            .user_agent(agent)
            .connect_timeout(options.timeouts.connect)
            .read_timeout(options.timeouts.silence)
            .pool_max_idle_per_host(parallel);
        if base.here {
            builder = builder.no_proxy();
        }
        let http = builder
            .build()
            .map_err(|error| LinodeError::Certificates { why: error.to_string() })?;
        Ok(Self {
            http,
            base,
            token: options.token,
            timeouts: options.timeouts,
            parallel,
            largest_answer: options.largest_answer,
            most_pages: options.most_pages,
            limits: Mutex::default(),
            pace,
        })
    }

    /// Whose token it is and what it may do: the check of a token.
    pub async fn profile(&self, call: &Call) -> Result<Profile, LinodeError> {
        let path = "/profile";
        call.run(async {
            let answer = self.get(path, &[], Bucket::Profile, self.deadline()).await?;
            Profile::read(&answer.body, scopes(&answer.headers)).ok_or_else(|| unreadable(path))
        })
        .await
    }

    /// All servers of the account.
    pub async fn instances(&self, call: &Call) -> Result<Listing<Instance>, LinodeError> {
        self.list("/linode/instances", Bucket::Instances, call).await
    }

    /// One server; `None` only if Linode itself says that it doesn't exist.
    pub async fn instance(&self, id: u64, call: &Call) -> Result<Option<Instance>, LinodeError> {
        let path = format!("/linode/instances/{id}");
        call.run(async {
            let answer = match self.get(&path, &[], Bucket::Instance, self.deadline()).await {
                Err(LinodeError::NotFound { .. }) => return Ok(None),
                other => other?,
            };
            let read = std::str::from_utf8(&answer.body).ok().and_then(Instance::read);
            match read.filter(|instance| instance.id == id) {
                Some(instance) => Ok(Some(instance)),
                None => Err(unreadable(&path)),
            }
        })
        .await
    }

    /// All types (plans), with their prices.
    pub async fn types(&self, call: &Call) -> Result<Listing<LinodeType>, LinodeError> {
        self.list("/linode/types", Bucket::Types, call).await
    }

    /// All regions.
    pub async fn regions(&self, call: &Call) -> Result<Listing<Region>, LinodeError> {
        self.list("/regions", Bucket::Regions, call).await
    }

    async fn list<T: Item>(&self, path: &str, bucket: Bucket, call: &Call) -> Result<Listing<T>, LinodeError> {
        let deadline = self.deadline();
        call.run(async {
            let first = self.read_list(path, bucket, deadline, call).await?;
            if first.settled {
                return Ok(first);
            }
            tracing::debug!(path, "a list at Linode shifted while it was read; reading it again");
            let second = self.read_list(path, bucket, deadline, call).await?;
            Ok(if second.settled { second } else { union(first, second) })
        })
        .await
    }

    /// The first page, then the others side by side.
    async fn read_list<T: Item>(
        &self,
        path: &str,
        bucket: Bucket,
        deadline: Duration,
        call: &Call,
    ) -> Result<Listing<T>, LinodeError> {
        let first: Page<T> = self.page(path, 1, bucket, deadline).await?;
        let of = first.pages.max(1);
        if of > self.most_pages {
            return Err(LinodeError::TooLarge {
                limit: format!("{} pages", self.most_pages),
            });
        }
        let mut pages = vec![first];
        call.report(1, of);
        let mut rest = stream::iter(2..=of)
            .map(|number| self.page(path, number, bucket, deadline))
            .buffer_unordered(self.parallel);
        let mut done = 1;
        while let Some(page) = rest.try_next().await? {
            pages.push(page);
            done += 1;
            call.report(done, of);
        }
        Ok(assemble(pages))
    }

    async fn page<T: Item>(
        &self,
        path: &str,
        number: u64,
        bucket: Bucket,
        deadline: Duration,
    ) -> Result<Page<T>, LinodeError> {
        let query = [("page", number), ("page_size", PAGE_SIZE)];
        match self.get(path, &query, bucket, deadline).await {
            Ok(answer) => Page::read(number, &answer.body).ok_or_else(|| unreadable(path)),
            // The list became shorter while it was read.
            Err(LinodeError::NotFound { .. }) if number > 1 => Ok(Page::vanished(number)),
            Err(error) => Err(error),
        }
    }

    /// Puts a question until it is answered, at most [`MOST_TRIES`] times and never beyond the deadline.
    async fn get(
        &self,
        path: &str,
        query: &[(&str, u64)],
        bucket: Bucket,
        deadline: Duration,
    ) -> Result<Answer, LinodeError> {
        let mut tried = 0;
        loop {
            self.turn(bucket, deadline).await?;
            tried += 1;
            let failure = match self.attempt(path, query, bucket, deadline).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            tracing::debug!(path, tried, error = %failure.error, "a request to Linode failed");
            let wait = self.backoff(tried);
            let now = self.pace.elapsed();
            if let Again::Closed(told) = failure.again {
                // For those that wait for their turn, too.
                self.limits().close(bucket, now, told.unwrap_or(wait));
            }
            if failure.again == Again::No || tried == MOST_TRIES {
                return Err(failure.error);
            }
            if failure.again == Again::Soon {
                if now + wait >= deadline {
                    return Err(failure.error);
                }
                self.pace.pause(wait).await;
            }
        }
    }

    /// Waits until the limits allow one more request.
    async fn turn(&self, bucket: Bucket, deadline: Duration) -> Result<(), LinodeError> {
        loop {
            let now = self.pace.elapsed();
            let taken = self.limits().take(bucket, now);
            let Err(wait) = taken else {
                return Ok(());
            };
            let spread = wait + SPREAD.mul_f64(self.chance());
            if now + spread >= deadline {
                return Err(LinodeError::RateLimited {
                    retry_after: Some(wait),
                });
            }
            self.pace.pause(spread).await;
        }
    }

    async fn attempt(
        &self,
        path: &str,
        query: &[(&str, u64)],
        bucket: Bucket,
        deadline: Duration,
    ) -> Result<Answer, Failure> {
        let left = deadline.saturating_sub(self.pace.elapsed());
        if left.is_zero() {
            return Err(Failure::last(LinodeError::Timeout));
        }
        let host = self.base.host();
        let mut request = self.http.get(self.base.join(path, query));
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, bearer(token).map_err(Failure::last)?);
        }
        let request = request
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .timeout(self.timeouts.attempt.min(left));
        let mut response = request.send().await.map_err(|error| broken(&error, host, false))?;
        let status = response.status();
        let headers = response.headers().clone();
        self.limits()
            .observe(bucket, &headers, self.pace.elapsed(), self.pace.now());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| broken(&error, host, true))? {
            if body.len() + chunk.len() > self.largest_answer {
                return Err(Failure::last(LinodeError::TooLarge {
                    limit: format!("{} bytes", self.largest_answer),
                }));
            }
            body.extend_from_slice(&chunk);
        }
        judge(status, &headers, &body, path, self.pace.now())?;
        Ok(Answer { headers, body })
    }

    /// Half fixed, half by chance: many desks that failed together must not come back together.
    fn backoff(&self, tried: u32) -> Duration {
        let whole = FIRST_WAIT * 2_u32.pow(tried.clamp(1, MOST_TRIES) - 1);
        whole.mul_f64(0.5 + 0.5 * self.chance())
    }

    /// From 0 to 1, whatever the pace says.
    fn chance(&self) -> f64 {
        let chance = self.pace.chance();
        if chance.is_finite() {
            chance.clamp(0.0, 1.0)
        } else {
            0.5
        }
    }

    fn deadline(&self) -> Duration {
        self.pace.elapsed().saturating_add(self.timeouts.call)
    }

    fn limits(&self) -> std::sync::MutexGuard<'_, Limits> {
        self.limits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unreadable(path: &str) -> LinodeError {
    LinodeError::Unreadable { what: path.to_owned() }
}

/// The header, marked so that no debug output shows it.
fn bearer(token: &SecretString) -> Result<HeaderValue, LinodeError> {
    let token = token.expose_secret().trim();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(LinodeError::Token);
    }
    let mut value = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| LinodeError::Token)?;
    value.set_sensitive(true);
    Ok(value)
}

/// The computer's own authorities, over the cryptography that the database connections use. Nobody is trusted where
/// nothing is encrypted.
fn certificates(base: &Base) -> Result<ClientConfig, LinodeError> {
    let failed = |error: rustls::Error| LinodeError::Certificates { why: error.to_string() };
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(failed)?;
    let builder = if base.is_plain() {
        builder.with_root_certificates(RootCertStore::empty())
    } else {
        builder.with_platform_verifier().map_err(failed)?
    };
    Ok(builder.with_no_client_auth())
}
