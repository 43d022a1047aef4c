//! From an intent to a call of the provider's client, and from its answer to what is written down.

use domain::intent::{IntentKind, NewServer, System, Wanted};
use providers::linode::{
    Access, Action, Call, DiskSource, Instance, Linode, LinodeError, Mark, Migration, NewInstance, Reason, Rebuild,
    Resize, StackScriptData, Status, WriteError,
};
use secrecy::SecretString;
use store::intents::{Intent, Told};

use super::secret::Secrets;
use crate::sync;

/// What the provider has answered.
pub(super) struct Answer {
    /// What it says of the server.
    pub(super) told: Told,
    /// The server of an order.
    pub(super) created: bool,
    /// Whether that is all, or it goes on with it.
    pub(super) over: bool,
    /// What it warns of.
    pub(super) warnings: Vec<String>,
}

/// What the provider does after it has answered, to be seen by its events; `None` where its answer is the end.
pub(super) const fn goes_on(kind: IntentKind) -> Option<Action> {
    match kind {
        IntentKind::Order => Some(Action::Create),
        IntentKind::Boot => Some(Action::Boot),
        IntentKind::Shutdown => Some(Action::Shutdown),
        IntentKind::Reboot => Some(Action::Reboot),
        IntentKind::Resize => Some(Action::Resize),
        IntentKind::Rebuild => Some(Action::Rebuild),
        IntentKind::ResetPassword => Some(Action::Password),
        IntentKind::Snapshot => Some(Action::Snapshot),
        IntentKind::Restore => Some(Action::Restore),
        IntentKind::Rename
        | IntentKind::Rdns
        | IntentKind::EnableBackups
        | IntentKind::CancelBackups
        | IntentKind::Delete
        // These are done to containers, on their hosts.
        | IntentKind::Create
        | IntentKind::Start
        | IntentKind::Stop
        | IntentKind::Restart
        | IntentKind::Remove => None,
    }
}

/// The order as the client takes it.
fn new_instance(new: &NewServer, mark: &str, access: Access, script: Option<StackScriptData>) -> NewInstance {
    let image = new.system.image.clone();
    let from = DiskSource::Image { image, access };
    let mut order = NewInstance::new(Mark::Tag(mark.to_owned()), &new.region, &new.type_id, from);
    // Linode lets no two servers of an account have one label: with it a second order would be refused.
    order.label = Some(new.label.clone());
    order.stackscript = script;
    order.backups = new.backups;
    order.private_ip = new.private_ip;
    order
}

fn access(system: &System, password: Option<&SecretString>) -> Access {
    Access {
        root_pass: password.cloned(),
        authorized_keys: system.authorized_keys.clone(),
        authorized_users: Vec::new(),
    }
}

/// All that the provider would refuse, as far as it can be known before anything is written down.
pub(super) fn check(wanted: &Wanted) -> Vec<Reason> {
    let any = SecretString::from("a password that is drawn later");
    match wanted {
        Wanted::Order(new) => new_instance(new, "cs-mark", access(&new.system, Some(&any)), None).check(),
        _ => Vec::new(),
    }
}

/// The answers to a StackScript, checked against what it asks for now.
async fn script(
    linode: &Linode,
    system: &System,
    secrets: &Secrets,
    call: &Call,
) -> Result<Option<StackScriptData>, WriteError> {
    let Some(id) = system.stackscript else {
        return Ok(None);
    };
    let found = linode
        .stackscript(u64::from(id), call)
        .await
        .map_err(WriteError::NotDone)?;
    let what = format!("/linode/stackscripts/{id}");
    let found = found.ok_or(WriteError::NotDone(LinodeError::NotFound { what }))?;
    found
        .answered(secrets.answers.clone())
        .map(Some)
        .map_err(WriteError::Invalid)
}

/// What is to be known before it is sent, and may be asked as often as one likes.
pub(super) struct Prepared {
    script: Option<StackScriptData>,
    /// The newest event before it.
    pub(super) event_before: Option<u64>,
}

/// Asks what is needed before it is sent.
pub(super) async fn prepare(
    linode: &Linode,
    wanted: &Wanted,
    secrets: &Secrets,
    call: &Call,
) -> Result<Prepared, WriteError> {
    let script = match wanted.system() {
        Some(system) => script(linode, system, secrets, call).await?,
        None => None,
    };
    let event_before = match goes_on(wanted.kind()) {
        Some(_) => match linode.newest_event(call).await {
            Ok(newest) => Some(newest),
            // A token that may not read events: the server itself tells.
            Err(LinodeError::Forbidden { .. }) => None,
            Err(error) => return Err(WriteError::NotDone(error)),
        },
        None => None,
    };
    Ok(Prepared { script, event_before })
}

/// What the provider says of a server, as far as it fits into the documented columns.
pub(super) fn told(instance: &Instance) -> Told {
    let Some(told) = sync::told(instance, &mut Vec::new()) else {
        return Told::default();
    };
    Told {
        id: Some(told.id),
        label: told.label,
        region: told.region,
        status: told.status,
        ipv4: told.ipv4.into_iter().next(),
        ipv6: told.ipv6,
        image: told.image,
        created: told.created,
    }
}

/// Sends it, once.
pub(super) async fn send(
    linode: &Linode,
    intent: &Intent,
    wanted: &Wanted,
    secrets: &Secrets,
    prepared: Prepared,
    call: &Call,
) -> Result<Answer, WriteError> {
    let password = secrets.root_password.as_ref();
    if let Wanted::Order(new) = wanted {
        let order = new_instance(new, &intent.mark, access(&new.system, password), prepared.script);
        let done = linode.create(&order, call).await?;
        return Ok(Answer {
            told: told(&done.value),
            created: true,
            over: false,
            warnings: done.warnings,
        });
    }
    let id = intent.external_id.ok_or(WriteError::NotDone(LinodeError::NotFound {
        what: "/linode/instances".to_owned(),
    }))?;
    let mut said = Told::default();
    let warnings = match wanted {
        Wanted::Order(_) => Vec::new(),
        Wanted::Boot => linode.boot(id, None, call).await?.warnings,
        Wanted::Shutdown => linode.shutdown(id, call).await?.warnings,
        Wanted::Reboot => linode.reboot(id, None, call).await?.warnings,
        Wanted::Resize {
            type_id,
            warm,
            resize_disk,
        } => {
            let resize = Resize {
                type_id: type_id.clone(),
                migration: Some(if *warm { Migration::Warm } else { Migration::Cold }),
                resize_disk: *resize_disk,
            };
            linode.resize(id, &resize, call).await?.warnings
        }
        Wanted::Rebuild(system) => {
            let rebuild = Rebuild {
                image: system.image.clone(),
                access: access(system, password),
                stackscript: prepared.script,
                user_data: None,
                booted: None,
                type_id: None,
            };
            let done = linode.rebuild(id, &rebuild, call).await?;
            said = told(&done.value);
            done.warnings
        }
        Wanted::Rename { label } => {
            let done = linode.rename(id, label, call).await?;
            said = told(&done.value);
            done.warnings
        }
        Wanted::ResetPassword => {
            let missing = || WriteError::Invalid(Vec::new());
            linode
                .reset_password(id, password.ok_or_else(missing)?, call)
                .await?
                .warnings
        }
        Wanted::Rdns { address, name } => linode.set_rdns(*address, name.as_deref(), call).await?.warnings,
        Wanted::EnableBackups => linode.enable_backups(id, call).await?.warnings,
        Wanted::CancelBackups => linode.cancel_backups(id, call).await?.warnings,
        Wanted::Snapshot { label } => linode.snapshot(id, label, call).await?.warnings,
        Wanted::Restore { backup } => linode.restore(id, *backup, id, true, call).await?.warnings,
        Wanted::Delete => linode.delete(id, call).await?.warnings,
        Wanted::Create(_) | Wanted::Start | Wanted::Stop | Wanted::Restart | Wanted::Remove => {
            return Err(WriteError::Invalid(Vec::new()));
        }
    };
    Ok(Answer {
        told: said,
        created: false,
        over: goes_on(wanted.kind()).is_none(),
        warnings,
    })
}

/// Whether the server looks as it does when this is done, where no event tells.
pub(super) fn looks_done(wanted: &Wanted, server: &Instance) -> bool {
    let state = server.state();
    let rests = matches!(state, Some(Status::Running | Status::Offline));
    match wanted {
        Wanted::Boot | Wanted::Reboot => state == Some(Status::Running),
        Wanted::Shutdown => state == Some(Status::Offline),
        Wanted::Resize { type_id, .. } => rests && server.type_id.as_deref() == Some(type_id),
        Wanted::Rename { label } => server.label == *label,
        Wanted::EnableBackups => server.backups_enabled == Some(true),
        Wanted::CancelBackups => server.backups_enabled == Some(false),
        Wanted::Rdns { .. }
        | Wanted::Delete
        | Wanted::Create(_)
        | Wanted::Start
        | Wanted::Stop
        | Wanted::Restart
        | Wanted::Remove => false,
        Wanted::Order(_)
        | Wanted::Rebuild(_)
        | Wanted::ResetPassword
        | Wanted::Snapshot { .. }
        | Wanted::Restore { .. } => rests,
    }
}
