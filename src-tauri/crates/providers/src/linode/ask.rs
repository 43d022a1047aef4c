//! The questions, one at a time: their turn, their tries, their deadline.

use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use reqwest::{
    Method,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue},
};

use super::{
    Call, Linode, LinodeError, Listing,
    answer::{Again, Failure, broken, judge},
    client::bearer,
    limits::Bucket,
    list::{Item, PAGE_SIZE, Page, assemble, union},
};

/// How often a question is put at most.
pub(super) const MOST_TRIES: u32 = 4;
/// The wait before the second try, doubled before each further one.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// What chance adds at most to a wait that Linode has named.
const SPREAD: Duration = Duration::from_millis(500);

/// A body that has come whole, and what came with it.
pub(super) struct Answer {
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// What goes over the line.
#[derive(Clone, Copy)]
pub(super) struct Request<'a> {
    pub(super) method: &'a Method,
    pub(super) path: &'a str,
    pub(super) query: &'a [(&'a str, u64)],
    /// `X-Filter`: JSON in ASCII.
    pub(super) filter: Option<&'a str>,
    pub(super) body: Option<&'a str>,
}

/// A list: where, and which part of it.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) path: &'a str,
    pub(super) filter: Option<&'a str>,
    pub(super) bucket: Bucket,
}

impl Linode {
    /// One thing that is there as long as the account is.
    pub(super) async fn value<T>(
        &self,
        path: &str,
        bucket: Bucket,
        call: &Call,
        read: impl FnOnce(&Answer) -> Option<T>,
    ) -> Result<T, LinodeError> {
        let deadline = self.deadline(call);
        call.run(async {
            let answer = self.get(path, &[], None, bucket, deadline).await?;
            read(&answer).ok_or_else(|| unreadable(path))
        })
        .await
    }

    /// One thing that may be gone; `None` only if Linode itself says so.
    pub(super) async fn found<T>(
        &self,
        path: &str,
        bucket: Bucket,
        call: &Call,
        read: impl FnOnce(&Answer) -> Option<T>,
    ) -> Result<Option<T>, LinodeError> {
        match self.value(path, bucket, call, read).await {
            Err(LinodeError::NotFound { .. }) => Ok(None),
            other => other.map(Some),
        }
    }

    /// A whole list; one that shifts while it is read is read once more.
    pub(super) async fn list<T: Item>(&self, source: Source<'_>, call: &Call) -> Result<Listing<T>, LinodeError> {
        self.list_by_page(source, call, |items: Vec<T>| items).await
    }

    /// The same, with each page handed on as soon as it is read; what that gives back stays in the list. Of a list that
    /// is read once more all pages are handed on again.
    pub(super) async fn list_by_page<T: Item, U: Item>(
        &self,
        source: Source<'_>,
        call: &Call,
        mut hand: impl FnMut(Vec<T>) -> Vec<U> + Send,
    ) -> Result<Listing<U>, LinodeError> {
        let deadline = self.deadline(call);
        call.run(async {
            let first = self.read_list(source, deadline, call, &mut hand).await?;
            if first.settled {
                return Ok(first);
            }
            let path = source.path;
            tracing::debug!(path, "a list at Linode shifted while it was read; reading it again");
            let second = self.read_list(source, deadline, call, &mut hand).await?;
            Ok(if second.settled { second } else { union(first, second) })
        })
        .await
    }

    /// The first page, then the others side by side.
    async fn read_list<T: Item, U: Item>(
        &self,
        source: Source<'_>,
        deadline: Duration,
        call: &Call,
        hand: &mut (impl FnMut(Vec<T>) -> Vec<U> + Send),
    ) -> Result<Listing<U>, LinodeError> {
        let first: Page<T> = self.page(source, 1, PAGE_SIZE, deadline).await?;
        let of = first.pages.max(1);
        if of > self.most_pages {
            return Err(LinodeError::TooLarge {
                limit: format!("{} pages", self.most_pages),
            });
        }
        let mut pages = vec![first.handed(&mut *hand)];
        call.report(1, of);
        let mut rest = stream::iter(2..=of)
            .map(|number| self.page(source, number, PAGE_SIZE, deadline))
            .buffer_unordered(self.parallel);
        let mut done = 1;
        while let Some(page) = rest.try_next().await? {
            pages.push(page.handed(&mut *hand));
            done += 1;
            call.report(done, of);
        }
        Ok(assemble(pages))
    }

    pub(super) async fn page<T: Item>(
        &self,
        source: Source<'_>,
        number: u64,
        size: u64,
        deadline: Duration,
    ) -> Result<Page<T>, LinodeError> {
        let query = [("page", number), ("page_size", size)];
        let Source { path, filter, bucket } = source;
        match self.get(path, &query, filter, bucket, deadline).await {
            Ok(answer) => Page::read(number, &answer.body).ok_or_else(|| unreadable(path)),
            // The list became shorter while it was read.
            Err(LinodeError::NotFound { .. }) if number > 1 => Ok(Page::vanished(number)),
            Err(error) => Err(error),
        }
    }

    /// Puts a question until it is answered, at most [`MOST_TRIES`] times and never beyond the deadline.
    pub(super) async fn get(
        &self,
        path: &str,
        query: &[(&str, u64)],
        filter: Option<&str>,
        bucket: Bucket,
        deadline: Duration,
    ) -> Result<Answer, LinodeError> {
        let request = Request {
            method: &Method::GET,
            path,
            query,
            filter,
            body: None,
        };
        let mut tried = 0;
        loop {
            self.turn(bucket, deadline).await?;
            tried += 1;
            let failure = match self.attempt(request, bucket, deadline).await {
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
    pub(super) async fn turn(&self, bucket: Bucket, deadline: Duration) -> Result<(), LinodeError> {
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

    pub(super) async fn attempt(
        &self,
        asked: Request<'_>,
        bucket: Bucket,
        deadline: Duration,
    ) -> Result<Answer, Failure> {
        let left = deadline.saturating_sub(self.pace.elapsed());
        if left.is_zero() {
            return Err(Failure::last(LinodeError::Timeout).undone());
        }
        let host = self.base.host();
        let address = self.base.join(asked.path, asked.query);
        let mut request = self.http.request(asked.method.clone(), address);
        if let Some(token) = &self.token {
            let header = bearer(token).map_err(|error| Failure::last(error).undone())?;
            request = request.header(AUTHORIZATION, header);
        }
        if let Some(filter) = asked.filter {
            request = request.header("X-Filter", filter);
        }
        if let Some(body) = asked.body {
            let json = HeaderValue::from_static("application/json");
            request = request.header(CONTENT_TYPE, json).body(body.to_owned());
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
        judge(status, &headers, &body, asked.path, self.pace.now())?;
        Ok(Answer { headers, body })
    }

    /// Half fixed, half by chance: many desks that failed together must not come back together.
    pub(super) fn backoff(&self, tried: u32) -> Duration {
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
}

pub(super) fn unreadable(path: &str) -> LinodeError {
    LinodeError::Unreadable { what: path.to_owned() }
}
