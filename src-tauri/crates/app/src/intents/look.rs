//! What has become of an intent that was sent: asked of the provider, never sent again.

use std::time::Duration;

use domain::intent::{IntentState, Wanted};
use providers::linode::{Event, EventFilter, EventStatus, Instance, LinodeError, Mark};
use store::intents::{Settled, Why};

use super::{
    call::{goes_on, looks_done, told},
    carry::{Carried, Work, untold},
};
use crate::AppError;

/// So long after it was sent the provider may still carry it out, whatever became of the connection: longer than a lease.
const WINDOW_SECONDS: i64 = 600;
/// So long after it was sent an event that is not seen is not waited for.
const EVENTLESS_SECONDS: i64 = 3600;
/// The names of addresses that nobody has named.
const OWN_NAMES: [&str; 2] = [".ip.linodeusercontent.com", ".members.linode.com"];
/// How long an order is looked for at a time.
const PATIENCE: Duration = Duration::from_secs(6);

/// Looks, and writes down what is seen.
pub(super) async fn look(work: Work<'_>) -> Result<Carried, AppError> {
    let Some(wanted) = work.lent.intent.wanted.clone() else {
        return work.lent.unreadable().await;
    };
    match (&wanted, work.lent.intent.external_id) {
        (Wanted::Order(_), None) => ordered(work).await,
        (_, Some(id)) => done_to(work, &wanted, id).await,
        (_, None) => nothing(work).await,
    }
}

/// The server of an order whose answer is lost: found by its mark, or not there. Only a complete list says so.
async fn ordered(work: Work<'_>) -> Result<Carried, AppError> {
    let mark = Mark::Tag(work.lent.intent.mark.clone());
    match work.linode.find_created(&mark, PATIENCE, &work.call).await {
        Err(error) => Ok(work.lent.leave(Some(AppError::Provider(error))).await),
        Ok(found) => {
            if found.len() > 1 {
                let ids: Vec<u64> = found.iter().map(|one| one.id).collect();
                tracing::error!(
                    intent = work.lent.id().get(),
                    ?ids,
                    "several servers carry the mark of one order"
                );
            }
            match found.into_iter().min_by_key(|one| one.id) {
                Some(server) => recorded(work, &server).await,
                None => nothing(work).await,
            }
        }
    }
}

/// Records the server of an order.
pub(super) async fn recorded(work: Work<'_>, server: &Instance) -> Result<Carried, AppError> {
    let password = work.kept_password().await;
    let settled = Settled {
        told: told(server),
        ..Settled::default()
    };
    let state = work.settle(&settled, true, password.as_ref()).await?;
    Ok(work.ended(state, password))
}

async fn done_to(work: Work<'_>, wanted: &Wanted, id: u64) -> Result<Carried, AppError> {
    let Some(action) = goes_on(wanted.kind()) else {
        return at_once(work, wanted, id).await;
    };
    let event = match event(&work, id, action.event()).await {
        Ok(event) => event,
        // The server itself tells then.
        Err(LinodeError::Forbidden { .. }) => return without_event(work, wanted, id).await,
        Err(error) => return Ok(work.lent.leave(Some(AppError::Provider(error))).await),
    };
    let Some(event) = event else {
        let blind = work.lent.intent.event_before.is_none();
        let late = work
            .lent
            .intent
            .sent_for
            .is_some_and(|seconds| seconds >= EVENTLESS_SECONDS);
        return match work.lent.intent.state {
            IntentState::Running if late || blind => without_event(work, wanted, id).await,
            IntentState::Running => Ok(work.lent.leave(None).await),
            _ => nothing(work).await,
        };
    };
    match event.status {
        EventStatus::Finished | EventStatus::Notification => over(work, id, Some(&event)).await,
        EventStatus::Failed | EventStatus::Canceled => {
            let said = event.message.as_deref().unwrap_or("it gives no reason");
            let why = Why {
                code: "provider_work_failed".to_owned(),
                sentence: format!(
                    "Linode has begun it, and it came to nothing: {}. Look at the server before you ask for it again.",
                    said.trim_end_matches('.')
                ),
            };
            work.lent.fail("provider_work_failed", why).await
        }
        EventStatus::Scheduled | EventStatus::Started | EventStatus::Other(_) => goes_on_still(work, &event).await,
    }
}

/// The event of the work: by its number once it is known, else the first of its sort after it was sent.
async fn event(work: &Work<'_>, id: u64, action: &str) -> Result<Option<Event>, LinodeError> {
    if let Some(known) = work.lent.intent.event
        && let Some(event) = work.linode.event(known, &work.call).await?
    {
        return Ok(Some(event));
    }
    let Some(before) = work.lent.intent.event_before else {
        return Ok(None);
    };
    let filter = EventFilter::new().after(before).about(id).action(action);
    let newest = work.linode.newest_events(&filter, &work.call).await?;
    Ok(newest.into_iter().min_by_key(|event| event.id))
}

fn number(event: Option<&Event>) -> Option<i64> {
    event.and_then(|event| i64::try_from(event.id).ok())
}

async fn goes_on_still(work: Work<'_>, event: &Event) -> Result<Carried, AppError> {
    let password = work.kept_password().await;
    let settled = Settled {
        event: number(Some(event)),
        percent: event.percent.map(i32::from),
        ..Settled::default()
    };
    let state = work.settle(&settled, false, password.as_ref()).await?;
    Ok(work.ended(state, None))
}

/// At its end, with what the server looks like now.
async fn over(work: Work<'_>, id: u64, event: Option<&Event>) -> Result<Carried, AppError> {
    let server = match work.linode.instance(id, &work.call).await {
        Ok(server) => server,
        Err(error) => return Ok(work.lent.leave(Some(AppError::Provider(error))).await),
    };
    end(work, server.as_ref(), number(event)).await
}

async fn end(work: Work<'_>, server: Option<&Instance>, event: Option<i64>) -> Result<Carried, AppError> {
    let password = work.kept_password().await;
    let settled = Settled {
        told: server.map_or_else(untold, told),
        event,
        over: true,
        ..Settled::default()
    };
    let state = work.settle(&settled, false, password.as_ref()).await?;
    Ok(work.ended(state, password))
}

/// Where no event tells: by how the server looks.
async fn without_event(work: Work<'_>, wanted: &Wanted, id: u64) -> Result<Carried, AppError> {
    match work.linode.instance(id, &work.call).await {
        Ok(Some(server)) if looks_done(wanted, &server) => end(work, Some(&server), None).await,
        Ok(_) if work.lent.intent.state == IntentState::Running => Ok(work.lent.leave(None).await),
        Ok(_) => nothing(work).await,
        Err(error) => Ok(work.lent.leave(Some(AppError::Provider(error))).await),
    }
}

/// Whether an address leads back to the name that Linode itself gives it.
fn is_own_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    OWN_NAMES.iter().any(|own| name.ends_with(own))
}

/// What the provider carries out with its answer.
async fn at_once(work: Work<'_>, wanted: &Wanted, id: u64) -> Result<Carried, AppError> {
    if let Wanted::Rdns { address, name } = wanted {
        let named = match work.linode.address(*address, &work.call).await {
            Ok(found) => found.and_then(|found| found.rdns),
            Err(error) => return Ok(work.lent.leave(Some(AppError::Provider(error))).await),
        };
        let same = |name: &str| {
            named
                .as_deref()
                .is_some_and(|now| now.trim_end_matches('.') == name.trim_end_matches('.'))
        };
        let done = match name {
            Some(name) => same(name),
            None => named.as_deref().is_none_or(is_own_name),
        };
        return if done {
            end(work, None, None).await
        } else {
            nothing(work).await
        };
    }
    match work.linode.instance(id, &work.call).await {
        Ok(None) if *wanted == Wanted::Delete => end(work, None, None).await,
        Ok(Some(server)) if looks_done(wanted, &server) => end(work, Some(&server), None).await,
        Ok(_) => nothing(work).await,
        Err(error) => Ok(work.lent.leave(Some(AppError::Provider(error))).await),
    }
}

/// The provider knows nothing of it: not yet, or, when it was sent long enough ago, not at all.
async fn nothing(work: Work<'_>) -> Result<Carried, AppError> {
    if work
        .lent
        .intent
        .sent_for
        .is_some_and(|seconds| seconds >= WINDOW_SECONDS)
    {
        let why = Why {
            code: "provider_knows_nothing".to_owned(),
            sentence: "Its answer was lost, and Linode knows nothing of it. It was not carried out; ask for it again."
                .to_owned(),
        };
        return work.lent.fail("provider_knows_nothing", why).await;
    }
    let why = Why {
        code: "provider_outcome_unknown".to_owned(),
        sentence:
            "Its answer was lost, and Linode doesn't know of it as yet. It is looked for again; nothing is sent twice."
                .to_owned(),
    };
    work.lent.forget(&why).await?;
    Ok(work.ended(IntentState::Unknown, None))
}

#[cfg(test)]
mod tests {
    use super::is_own_name;

    #[test]
    fn linodes_own_names_are_known() {
        assert!(is_own_name("203-0-113-7.ip.linodeusercontent.com."));
        assert!(is_own_name("li123-45.members.linode.com"));
        assert!(!is_own_name("web.example.com") && !is_own_name("members.linode.com.example.com"));
    }
}
