//! `csctl server`: order servers, and whatever is done to one at its provider.

mod args;
mod look;
mod told;

use std::{collections::BTreeMap, io::IsTerminal, time::Duration};

use app::{
    domain::{
        ids::{IntentId, OrganizationId, PlanId, ProviderConfigId, ServerId},
        intent::{System, Wanted},
        plan::{PlanRef, ResourceKind},
        transaction::IdempotencyKey,
        user::EmailAddress,
    },
    intents::{self, Act, Answers, NewOrder},
    providers::Reach,
    servers,
    session::Session,
    views::FilterOp,
    workspace_key::Ring,
};
use secrecy::SecretString;

use crate::{
    address::Input,
    business::{organization, wrong},
    failure::Failure,
    operator::Operator,
    plan,
    provider::{accounts, named},
    report::Report,
};

use args::{ActArgs, IntentsArgs, OrderArgs, ResizeArgs, SweepArgs, SystemArgs, WithdrawArgs};
pub use args::{Common, HELP, ServerCommand};
pub use told::preview;

/// Runs one of the commands.
pub async fn run(command: &ServerCommand, json: bool) -> Result<Report, Failure> {
    let plain = |wanted| Asked::plain(Act::Plain(wanted));
    match command {
        ServerCommand::Order(arguments) => order(arguments, json).await,
        ServerCommand::Boot(of) => act(of, plain(Wanted::Boot), json).await,
        ServerCommand::Shutdown(of) => act(of, plain(Wanted::Shutdown), json).await,
        ServerCommand::Reboot(of) => act(of, plain(Wanted::Reboot), json).await,
        ServerCommand::Resize(arguments) => resize(arguments, json).await,
        ServerCommand::Rebuild(arguments) => {
            sure(arguments.yes || arguments.of.common.dry_run)?;
            let mut input = Input::new();
            let answers = arguments.system.answers(&mut input)?;
            let asked = Asked {
                shows: arguments.show_password,
                ..Asked::plain(Act::Rebuild(arguments.system.read()?, answers))
            };
            act(&arguments.of, asked, json).await
        }
        ServerCommand::Rename(arguments) => {
            let label = arguments.label.clone();
            act(&arguments.of, plain(Wanted::Rename { label }), json).await
        }
        ServerCommand::ResetPassword(arguments) => {
            let asked = Asked {
                shows: arguments.show_password,
                ..plain(Wanted::ResetPassword)
            };
            act(&arguments.of, asked, json).await
        }
        ServerCommand::Rdns(arguments) => {
            let (address, name) = (arguments.address, arguments.name.clone());
            act(&arguments.of, plain(Wanted::Rdns { address, name }), json).await
        }
        ServerCommand::Backups(arguments) => {
            let wanted = if arguments.on {
                Wanted::EnableBackups
            } else {
                Wanted::CancelBackups
            };
            act(&arguments.of, plain(wanted), json).await
        }
        ServerCommand::Snapshot(arguments) => {
            let label = arguments.label.clone();
            act(&arguments.of, plain(Wanted::Snapshot { label }), json).await
        }
        ServerCommand::Restore(arguments) => {
            sure(arguments.yes || arguments.of.common.dry_run)?;
            let backup = arguments.backup;
            act(&arguments.of, plain(Wanted::Restore { backup }), json).await
        }
        ServerCommand::Delete(arguments) => {
            let asked = Asked {
                sure: arguments.yes,
                ..plain(Wanted::Delete)
            };
            act(&arguments.of, asked, json).await
        }
        ServerCommand::Show(arguments) => look::show(arguments).await,
        ServerCommand::Stats(arguments) => look::live(arguments, look::What::Stats).await,
        ServerCommand::Transfer(arguments) => look::live(arguments, look::What::Transfer).await,
        ServerCommand::Addresses(arguments) => look::live(arguments, look::What::Addresses).await,
        ServerCommand::Firewalls(arguments) => look::live(arguments, look::What::Firewalls).await,
        ServerCommand::ListBackups(arguments) => look::live(arguments, look::What::Backups).await,
        ServerCommand::Events(arguments) => look::live(arguments, look::What::Events).await,
        ServerCommand::Timeline(arguments) => look::timeline(arguments).await,
        ServerCommand::Intents(arguments) => list(arguments).await,
        ServerCommand::Withdraw(arguments) => withdraw(arguments).await,
        ServerCommand::Sweep(arguments) => sweep(arguments).await,
    }
}

/// What is asked for, and what is told of it.
struct Asked {
    act: Act,
    shows: bool,
    sure: bool,
}

impl Asked {
    const fn plain(act: Act) -> Self {
        Self {
            act,
            shows: false,
            sure: true,
        }
    }
}

fn sure(yes: bool) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    Err(Failure::bad(
        "not_confirmed",
        "All that is on the server would be lost. Nothing was done; give --yes if that is meant.",
    ))
}

/// A password is told to a person or a program that asked for it, not into a file by accident.
fn may_show(shows: bool, json: bool) -> Result<(), Failure> {
    if !shows || json || std::io::stdout().is_terminal() {
        return Ok(());
    }
    Err(Failure::usage(
        "--show-password tells a password on a terminal, or with --json. Nothing was done.",
    ))
}

impl SystemArgs {
    fn read(&self) -> Result<System, Failure> {
        let authorized_keys = match &self.authorized_keys_file {
            None => Vec::new(),
            Some(file) => std::fs::read_to_string(file)
                .map_err(|error| {
                    wrong(
                        "authorized-keys-file",
                        format!("{} can't be read ({error}).", file.display()),
                    )
                })?
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty() && !line.starts_with('#'))
                .map(str::to_owned)
                .collect(),
        };
        Ok(System {
            image: self.image.clone(),
            authorized_keys,
            stackscript: self.stackscript,
            answered: Vec::new(),
        })
    }

    fn answers(&self, input: &mut Input) -> Result<Answers, Failure> {
        if !self.answers_stdin {
            return Ok(BTreeMap::new());
        }
        let text = input.rest()?;
        text.lines()
            .map(str::trim_end)
            .filter(|line| !line.is_empty())
            .map(|line| {
                let (name, value) = line
                    .split_once('=')
                    .ok_or_else(|| wrong("answers-stdin", "each line is NAME=VALUE."))?;
                Ok((name.trim().to_owned(), SecretString::from(value)))
            })
            .collect()
    }
}

pub fn key_of(text: Option<&str>) -> Result<IdempotencyKey, Failure> {
    match text {
        Some(text) => IdempotencyKey::parse(text).map_err(|why| wrong("key", why)),
        None => {
            intents::fresh_key().map_err(|_| Failure::new("internal", "No key could be drawn; nothing was changed."))
        }
    }
}

/// The session, in somebody's name where one was given, and the keys if any were.
pub async fn open(common: &Common, input: &mut Input) -> Result<(Operator, Option<Ring>), Failure> {
    let operator = Operator::open(&common.place, input).await?;
    let keys = common.workspace_key.find(&operator, common.dry_run).await?;
    let Some(address) = &common.acting else {
        return Ok((operator, keys));
    };
    let email = EmailAddress::parse(address).map_err(|why| wrong("as", why))?;
    let session = operator
        .session
        .acting_as(&email)
        .await
        .map_err(|error| operator.failed(error))?;
    Ok((
        Operator {
            session,
            place: operator.place,
        },
        keys,
    ))
}

async fn vps_plan(operator: &Operator, text: &str) -> Result<PlanId, Failure> {
    match plan::find(operator, ResourceKind::Vps, text).await? {
        PlanRef::Vps(id) => Ok(id),
        PlanRef::Container(_) => Err(Failure::new(
            "not_found",
            "This is no plan of servers; nothing was changed.",
        )),
    }
}

async fn order(arguments: &OrderArgs, json: bool) -> Result<Report, Failure> {
    may_show(arguments.show_password, json)?;
    let key = key_of(Some(&arguments.key))?;
    let mut input = Input::new();
    let system = arguments.system.read()?;
    let (operator, keys) = open(&arguments.common, &mut input).await?;
    let answers = arguments.system.answers(&mut input)?;
    let new = NewOrder {
        account: account(&operator, arguments.account.as_deref()).await?,
        organization: OrganizationId::new(organization(&operator, &arguments.organization).await?.id),
        plan: vps_plan(&operator, &arguments.plan).await?,
        label: arguments.label.clone(),
        region: arguments.region.clone(),
        system,
        answers,
        backups: arguments.backups,
        private_ip: arguments.private_ip,
    };
    let session = &operator.session;
    if arguments.common.dry_run {
        let preview = intents::preview_order(session, keys.as_ref(), &new, &key).await;
        return Ok(told::preview(&preview.map_err(|error| operator.failed(error))?));
    }
    let placed = intents::order(session, keys.as_ref(), &new, &key).await;
    let placed = placed.map_err(|error| operator.failed(error))?;
    finish(
        &operator,
        keys.as_ref(),
        placed.id,
        &arguments.common,
        arguments.show_password,
    )
    .await
}

async fn resize(arguments: &ResizeArgs, json: bool) -> Result<Report, Failure> {
    let (operator, keys) = open(&arguments.of.common, &mut Input::new()).await?;
    let act = Act::Resize {
        plan: vps_plan(&operator, &arguments.plan).await?,
        warm: arguments.warm,
        resize_disk: arguments.resize_disk,
    };
    act_over(&operator, keys.as_ref(), &arguments.of, Asked::plain(act), json).await
}

async fn act(of: &ActArgs, asked: Asked, json: bool) -> Result<Report, Failure> {
    may_show(asked.shows, json)?;
    let (operator, keys) = open(&of.common, &mut Input::new()).await?;
    act_over(&operator, keys.as_ref(), of, asked, json).await
}

async fn act_over(
    operator: &Operator,
    keys: Option<&Ring>,
    of: &ActArgs,
    asked: Asked,
    json: bool,
) -> Result<Report, Failure> {
    may_show(asked.shows, json)?;
    let key = key_of(of.key.as_deref())?;
    let server = server(operator, &of.server).await?;
    let session = &operator.session;
    if of.common.dry_run || !asked.sure {
        let preview = intents::preview_act(session, keys, server, &asked.act, &key).await;
        let report = told::preview(&preview.map_err(|error| operator.failed(error))?);
        if of.common.dry_run {
            return Ok(report);
        }
        return Err(Failure {
            details: report.lines,
            answer: Some(Box::new(report.json)),
            ..Failure::bad(
                "not_confirmed",
                "The server and its backups would be lost. Nothing was done; give --yes if that is meant.",
            )
        });
    }
    let placed = intents::act(session, keys, server, &asked.act, &key).await;
    let placed = placed.map_err(|error| operator.failed(error))?;
    finish(operator, keys, placed.id, &of.common, asked.shows).await
}

/// Carries it out where the key is at hand, waits where that was asked for, and tells how far it is.
pub async fn finish(
    operator: &Operator,
    keys: Option<&Ring>,
    id: IntentId,
    common: &Common,
    shows: bool,
) -> Result<Report, Failure> {
    let reach = Reach::running();
    let session = &operator.session;
    let carried = match keys {
        Some(keys) => Some(
            intents::carry_out(session, keys, &reach, id)
                .await
                .map_err(|error| told::left(id, operator.failed(error)))?,
        ),
        None => None,
    };
    let done_for_now = carried.as_ref().is_some_and(|carried| carried.error.is_some());
    let row = if let Some(seconds) = common.wait.filter(|_| !done_for_now) {
        wait(session, keys, &reach, id, seconds).await
    } else {
        intents::get(session, id).await
    };
    let row = row.map_err(|error| operator.failed(error))?;
    told::carried(&row, carried, shows, |error| operator.failed(error))
}

async fn wait(
    session: &Session,
    keys: Option<&Ring>,
    reach: &Reach,
    id: IntentId,
    seconds: u64,
) -> Result<app::views::IntentRow, app::AppError> {
    let cancel = intents::StopWatching::new();
    let ends = cancel.clone();
    let timer = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        ends.cancel();
    });
    let row = intents::watch(session, keys, reach, id, &cancel, |_| ()).await;
    timer.abort();
    row
}

async fn account(operator: &Operator, text: Option<&str>) -> Result<ProviderConfigId, Failure> {
    let all = accounts(operator).await?;
    if let Some(text) = text {
        return named(&all, text).map(|row| ProviderConfigId::new(row.id));
    }
    let mut usable = all
        .iter()
        .filter(|row| row.is_active && row.provider.eq_ignore_ascii_case("linode"));
    match (usable.next(), usable.next()) {
        (Some(one), None) => Ok(ProviderConfigId::new(one.id)),
        (None, _) => Err(Failure::new(
            "not_found",
            "There is no account to order in; nothing was changed. Add one with csctl provider add.",
        )),
        (Some(_), Some(_)) => Err(Failure::bad(
            "ambiguous",
            "There are several accounts; nothing was changed. Say which with --account.",
        )),
    }
}

async fn server(operator: &Operator, text: &str) -> Result<ServerId, Failure> {
    if let Ok(id) = text.trim().parse() {
        return Ok(ServerId::new(id));
    }
    let found = servers::of_label(&operator.session, text.trim())
        .await
        .map_err(|error| operator.failed(error))?;
    crate::assign::one(&found, "server", text)
}

async fn list(arguments: &IntentsArgs) -> Result<Report, Failure> {
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let failed = |error| operator.failed(error);
    if let Some(id) = arguments.id {
        let row = intents::get(&operator.session, IntentId::new(id))
            .await
            .map_err(failed)?;
        return Ok(told::rows(std::slice::from_ref(&row)));
    }
    let mut request = app::views::ListRequest::first(200);
    if let Some(text) = &arguments.server {
        request = request.with("server_id", FilterOp::Is, &server(&operator, text).await?);
    }
    if arguments.open {
        for state in ["done", "failed", "undone"] {
            request = request.with("state", FilterOp::IsNot, &state);
        }
    }
    let page = intents::list(&operator.session, &request).await.map_err(failed)?;
    Ok(told::rows(&page.rows))
}

async fn withdraw(arguments: &WithdrawArgs) -> Result<Report, Failure> {
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let failed = |error| operator.failed(error);
    let id = IntentId::new(arguments.id);
    intents::withdraw(&operator.session, id).await.map_err(failed)?;
    let row = intents::get(&operator.session, id).await.map_err(failed)?;
    Ok(told::rows(std::slice::from_ref(&row)))
}

async fn sweep(arguments: &SweepArgs) -> Result<Report, Failure> {
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let keys = arguments.workspace_key.require(&operator, false).await?;
    let swept = intents::sweep(&operator.session, &keys, &Reach::running(), |_, _| {
        std::ops::ControlFlow::Continue(())
    })
    .await
    .map_err(|error| operator.failed(error))?;
    told::swept(swept, |error| operator.failed(error))
}
