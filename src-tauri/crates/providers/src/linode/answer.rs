//! What an HTTP answer means: data, or which error, and whether the question may be put again.

use std::{error::Error as _, time::Duration};

use chrono::{DateTime, Utc};
use reqwest::{
    StatusCode,
    header::{CONTENT_TYPE, HeaderMap, SERVER},
};
use serde::de::IgnoredAny;
use serde_json::Value;

use super::{LinodeError, Reason, Scopes, limits::retry_after};

/// More reasons, and longer ones, help nobody.
const MOST_REASONS: usize = 20;
pub(super) const LONGEST_REASON: usize = 300;

/// Whether a question may be put again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    /// The answer will be the same.
    No,
    /// After a short wait.
    Soon,
    /// There were too many: after this wait, if the answer says how long.
    Closed(Option<Duration>),
}

/// A try that failed.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: LinodeError,
    pub(super) again: Again,
    /// Whether Linode certainly has not carried it out: it said so, or nothing reached it. Of a write all else is open.
    pub(super) undone: bool,
}

impl Failure {
    pub(super) fn last(error: LinodeError) -> Self {
        Self {
            error,
            again: Again::No,
            undone: false,
        }
    }

    pub(super) fn passing(error: LinodeError) -> Self {
        Self {
            error,
            again: Again::Soon,
            undone: false,
        }
    }

    /// The same, certainly not carried out.
    pub(super) fn undone(self) -> Self {
        self.undone_if(true)
    }

    fn undone_if(self, undone: bool) -> Self {
        Self { undone, ..self }
    }
}

/// What the connection's own failure means.
pub(super) fn broken(error: &reqwest::Error, host: &str, answering: bool) -> Failure {
    if error.is_timeout() {
        let failure = Failure::passing(LinodeError::Timeout);
        // Without a connection nothing was sent.
        return failure.undone_if(error.is_connect());
    }
    if answering || error.is_body() || error.is_decode() {
        return Failure::passing(LinodeError::Truncated);
    }
    if distrusts(error) {
        return Failure::last(LinodeError::Untrusted {
            host: host.to_owned(),
            cause: cause(error),
        })
        .undone_if(error.is_connect());
    }
    let unreachable = LinodeError::Unreachable {
        host: host.to_owned(),
        cause: cause(error),
    };
    if error.is_connect() {
        // No name, no route, nobody there, a certificate that is not theirs: trying again at once changes nothing.
        Failure::last(unreachable).undone()
    } else {
        Failure::passing(unreachable)
    }
}

/// Whether the encryption failed: rustls's own error somewhere within, which `std::io::Error` hides from `source`.
fn distrusts(error: &reqwest::Error) -> bool {
    let mut next: Option<&(dyn std::error::Error + 'static)> = error.source();
    while let Some(here) = next {
        let within = here
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref)
            .map(|inner| inner as &(dyn std::error::Error + 'static));
        if here.is::<rustls::Error>() || within.is_some_and(<dyn std::error::Error>::is::<rustls::Error>) {
            return true;
        }
        next = within.or_else(|| here.source());
    }
    false
}

/// The innermost cause: the outer ones repeat the address.
fn cause(error: &reqwest::Error) -> String {
    let mut innermost: Option<&dyn std::error::Error> = error.source();
    while let Some(deeper) = innermost.and_then(std::error::Error::source) {
        innermost = Some(deeper);
    }
    let said = innermost.map_or_else(|| "no connection".to_owned(), ToString::to_string);
    shortened(said.trim_end_matches('.'))
}

/// Judges an answer that has come whole.
pub(super) fn judge(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    path: &str,
    wall: DateTime<Utc>,
) -> Result<(), Failure> {
    let code = status.as_u16();
    let not_json = || LinodeError::NotJson { status: code };
    let json = looks_like_json(body);
    if status.is_success() {
        // Nothing to say is an answer of its own: an unrestricted user has no list of rights.
        if status == StatusCode::NO_CONTENT {
            return Ok(());
        }
        if body.is_empty() {
            return Err(Failure::passing(not_json()));
        }
        if !json {
            return Err(Failure::last(not_json()));
        }
        return match serde_json::from_slice::<IgnoredAny>(body) {
            Ok(IgnoredAny) => Ok(()),
            Err(error) if error.is_eof() => Err(Failure::passing(LinodeError::Truncated)),
            Err(_) => Err(Failure::last(LinodeError::Unreadable { what: path.to_owned() })),
        };
    }
    Err(match code {
        // Only Linode itself may say that a token is bad or that something doesn't exist; a proxy's page is no proof.
        401 | 403 if json => Failure::last(refused(code, headers)).undone(),
        404 if json => Failure::last(LinodeError::NotFound { what: path.to_owned() }).undone(),
        408 => Failure::passing(LinodeError::Timeout),
        429 => {
            let wait = retry_after(headers, wall);
            Failure {
                error: LinodeError::RateLimited { retry_after: wait },
                again: Again::Closed(wait),
                undone: true,
            }
        }
        500..=599 => {
            let maintenance = headers.contains_key("x-maintenance-mode");
            let error = if json || maintenance {
                LinodeError::Unavailable {
                    status: code,
                    maintenance,
                }
            } else {
                not_json()
            };
            if maintenance {
                Failure::last(error).undone()
            } else {
                Failure::passing(error)
            }
        }
        // The door of Linode's house, which let nothing in.
        400 if !json && from_nginx(headers) => Failure::passing(not_json()).undone(),
        400..=499 if json => Failure::last(rejected(code, body)).undone(),
        _ => Failure::last(not_json()),
    })
}

fn looks_like_json(body: &[u8]) -> bool {
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    matches!(first, Some(b'{' | b'['))
}

fn from_nginx(headers: &HeaderMap) -> bool {
    let starts = |name, with: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value: &str| value.to_ascii_lowercase().starts_with(with))
    };
    starts(SERVER, "nginx") && starts(CONTENT_TYPE, "text/html")
}

/// The scopes of the token, as every answer to a good one says.
pub(super) fn scopes(headers: &HeaderMap) -> Option<Scopes> {
    Some(Scopes::parse(headers.get("x-oauth-scopes")?.to_str().ok()?))
}

/// A wrong token, or one that may not do this: Linode answers 401 to both, but names scopes to the second.
fn refused(code: u16, headers: &HeaderMap) -> LinodeError {
    let needed = headers
        .get("x-accepted-oauth-scopes")
        .and_then(|value| value.to_str().ok())
        .map(str::trim)
        .filter(|needed| !needed.is_empty());
    if let (Some(has), Some(needed)) = (scopes(headers), needed)
        && !Scopes::parse(needed).granted().iter().any(|scope| has.cover(scope))
    {
        return LinodeError::Forbidden {
            needs: Some(shortened(needed)),
        };
    }
    if code == 401 {
        LinodeError::Unauthorized
    } else {
        LinodeError::Forbidden { needs: None }
    }
}

fn rejected(code: u16, body: &[u8]) -> LinodeError {
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    let errors = answer.get("errors").and_then(Value::as_array);
    let mut reasons: Vec<Reason> = errors
        .into_iter()
        .flatten()
        .filter_map(|error| {
            Some(Reason {
                field: error.get("field").and_then(Value::as_str).map(shortened),
                reason: shortened(error.get("reason")?.as_str()?),
            })
        })
        .take(MOST_REASONS)
        .collect();
    if reasons.iter().any(|reason| reason.reason.starts_with("Linode busy")) {
        return LinodeError::Busy;
    }
    if reasons.is_empty() {
        reasons.push(Reason {
            field: None,
            reason: format!("it gives no reason (status {code})"),
        });
    }
    LinodeError::Rejected(reasons)
}

pub(super) fn shortened(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_control())
        .take(LONGEST_REASON)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn judged(code: u16, headers: &[(&'static str, &'static str)], body: &str) -> Failure {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        let status = StatusCode::from_u16(code).unwrap();
        judge(status, &headers, body.as_bytes(), "/x", DateTime::UNIX_EPOCH).unwrap_err()
    }

    #[test]
    fn a_token_without_the_scope_is_told_which() {
        let body = r#"{"errors":[{"reason":"Your OAuth token is not authorized to use this endpoint."}]}"#;
        let scopes = [
            ("x-oauth-scopes", "account:read_only"),
            ("x-accepted-oauth-scopes", "linodes:read_only"),
        ];
        let needs = Some("linodes:read_only".to_owned());
        assert_eq!(judged(401, &scopes, body).error, LinodeError::Forbidden { needs });
        assert_eq!(judged(401, &[], body).error, LinodeError::Unauthorized);
        assert_eq!(judged(403, &[], body).error, LinodeError::Forbidden { needs: None });
        let enough = [
            ("x-oauth-scopes", "*"),
            ("x-accepted-oauth-scopes", "linodes:read_only"),
        ];
        assert_eq!(judged(403, &enough, body).error, LinodeError::Forbidden { needs: None });
    }

    #[test]
    fn only_linode_says_that_something_is_gone() {
        let what = "/x".to_owned();
        let said = judged(404, &[], r#"{"errors":[{"reason":"Not found"}]}"#);
        assert_eq!(said.error, LinodeError::NotFound { what });
        let page = judged(404, &[], "<html>no such host</html>");
        assert_eq!(page.error, LinodeError::NotJson { status: 404 });
    }

    #[test]
    fn reasons_are_kept_in_any_of_their_shapes() {
        let body = r#"{"errors":[{"reason":"Too short","field":"label"},{"reason":"No","field":null},{"reason":7},3]}"#;
        let LinodeError::Rejected(reasons) = judged(400, &[], body).error else {
            panic!("not rejected");
        };
        assert_eq!(reasons.len(), 2);
        assert_eq!(reasons[0].field.as_deref(), Some("label"));
        let busy = judged(400, &[], r#"{"errors":[{"reason":"Linode busy."}]}"#);
        assert_eq!((busy.error, busy.again), (LinodeError::Busy, Again::No));
        let LinodeError::Rejected(reasons) = judged(422, &[], "{}").error else {
            panic!("not rejected");
        };
        assert_eq!(reasons[0].reason, "it gives no reason (status 422)");
    }

    #[test]
    fn what_is_put_again() {
        let html = "<html>502</html>";
        let nginx = [("server", "nginx"), ("content-type", "text/html")];
        for (code, headers, body) in [
            (502, &[][..], ""),
            (500, &[], html),
            (503, &[], "{}"),
            (400, &nginx, html),
        ] {
            assert_eq!(judged(code, headers, body).again, Again::Soon, "{code} {body}");
        }
        for cut in ["", "{\"data\": ["] {
            assert_eq!(judged(200, &[], cut).again, Again::Soon, "{cut}");
        }
        for (code, body) in [(200, html), (302, ""), (400, html), (200, "{nonsense}")] {
            assert_eq!(judged(code, &[], body).again, Again::No, "{code} {body}");
        }
        assert_eq!(judged(503, &[("x-maintenance-mode", "all")], html).again, Again::No);
        let wait = Some(Duration::from_secs(3));
        assert_eq!(judged(429, &[("retry-after", "3")], "").again, Again::Closed(wait));
        assert_eq!(judged(429, &[], html).again, Again::Closed(None));
    }

    #[test]
    fn what_is_certainly_not_carried_out() {
        let nginx = [("server", "nginx"), ("content-type", "text/html")];
        let maintenance = [("x-maintenance-mode", "all")];
        let json = r#"{"errors":[{"reason":"No"}]}"#;
        for (code, headers, body) in [
            (400, &[][..], json),
            (401, &[], json),
            (403, &[], json),
            (404, &[], json),
            (429, &[], ""),
            (400, &nginx, "<html>"),
            (503, &maintenance, json),
        ] {
            assert!(judged(code, headers, body).undone, "{code} {body}");
        }
        for (code, body) in [
            (200, ""),
            (200, "{\"id\":"),
            (200, "<html>"),
            (302, ""),
            (403, "<html>"),
            (404, ""),
            (408, json),
            (500, json),
            (502, ""),
            (503, json),
            (504, "<html>"),
        ] {
            assert!(!judged(code, &[], body).undone, "{code} {body}");
        }
    }

    proptest! {
        #[test]
        fn any_answer_is_judged(code in 100_u16..1000, body in prop::collection::vec(any::<u8>(), 0..64)) {
            let status = StatusCode::from_u16(code).unwrap();
            let _judged = judge(status, &HeaderMap::new(), &body, "/x", DateTime::UNIX_EPOCH);
        }
    }
}
