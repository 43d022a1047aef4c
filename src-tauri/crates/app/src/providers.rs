//! Accounts at providers: add one, look at them, give one another token, switch one off.

mod reach;
mod regions;

use domain::{
    ids::ProviderConfigId,
    provider::{AccountLabel, Provider},
    role::Action,
};
use providers::linode::{Call, Linode, LinodeError, Profile, RateLeft, Scopes};
use secrecy::SecretString;
use store::providers::{self as accounts, AccountRow, Checked, Credentials, RateTold};
use vault::{Place, SealError};

use crate::{
    AppError, TokenProblem,
    session::Session,
    workspace_key::{self, Ring},
};

pub use providers::linode::{LinodeOptions, Timeouts};
pub use reach::Reach;
pub use regions::{RegionRow, regions, set_regions};
pub use store::providers::Account;

/// What this program does with a token, as scopes.
const USED_SCOPES: [&str; 7] = [
    "linodes:read_write",
    "ips:read_write",
    "images:read_only",
    "stackscripts:read_only",
    "firewall:read_only",
    "events:read_only",
    "account:read_only",
];
/// What a token has to be allowed at least.
const NEEDED_SCOPE: &str = "linodes:read_only";

/// Where an account's token lies.
fn place(id: ProviderConfigId) -> Place<'static> {
    Place {
        table: "provider_configs",
        row: i64::from(id.get()),
        column: "credentials",
    }
}

/// All accounts and how they are. Never what they are reached with.
pub async fn list(session: &Session) -> Result<Vec<AccountRow>, AppError> {
    let mut rows = accounts::list(&mut *session.read().await?).await?;
    for row in &mut rows {
        // Only where the provider has said what the token may.
        let Some(granted) = &row.scopes else { continue };
        let scopes = Scopes::parse(granted);
        let missing = USED_SCOPES.iter().filter(|scope| !scopes.cover(scope));
        row.missing_scopes = missing.map(|scope| (*scope).to_owned()).collect();
    }
    Ok(rows)
}

/// Asks the provider once more whose token an account has, what it may do, and how many requests are left.
pub async fn check(session: &Session, keys: &Ring, id: ProviderConfigId, reach: &Reach) -> Result<Added, AppError> {
    session.may(Action::EditProvider)?;
    let account = linode(get(session, id).await?)?;
    let token = open_token(session, &account, keys).await?;
    let client = reach.linode(account.endpoint.as_deref(), &token)?;
    let profile = client.profile(&Call::new()).await?;
    let scopes = profile.scopes.as_ref().map(|scopes| scopes.granted().join(" "));
    let checked = Checked {
        username: &profile.username,
        scopes: scopes.as_deref(),
    };
    let mut transaction = session.write().await?;
    accounts::note_check(&mut transaction, &account, &checked).await?;
    if let Some(rate) = client.rate_left() {
        accounts::note_rate(&mut transaction, id, &told(rate)).await?;
    }
    transaction.commit().await?;
    Ok(Added {
        id,
        username: profile.username,
    })
}

/// What is left of a token's requests, as the database takes it.
pub(crate) fn told(rate: RateLeft) -> RateTold {
    let fits = |number: u64| i32::try_from(number).unwrap_or(i32::MAX);
    RateTold {
        limit: rate.limit.map(fits),
        left: fits(rate.remaining),
        resets_at: rate.resets_at,
    }
}

/// One account, as a sync needs it.
pub async fn get(session: &Session, id: ProviderConfigId) -> Result<Account, AppError> {
    Ok(accounts::get(&mut *session.read().await?, id).await?)
}

/// An account that is to be added.
#[derive(Debug)]
pub struct NewAccount {
    /// Its name here.
    pub label: AccountLabel,
    /// Where it is reached, if not at the provider's public address.
    pub endpoint: Option<String>,
    /// The token.
    pub token: SecretString,
}

/// An account that was added, or whose token was replaced.
#[derive(Debug)]
pub struct Added {
    /// The account.
    pub id: ProviderConfigId,
    /// Whose token it is at the provider.
    pub username: String,
}

/// Adds an account at Linode. Its token is checked before anything is written, and sealed for the account's own row.
pub async fn create(session: &Session, keys: &Ring, new: &NewAccount, reach: &Reach) -> Result<Added, AppError> {
    session.may(Action::EditProvider)?;
    let endpoint = endpoint(new.endpoint.as_deref());
    let profile = check_token(reach, endpoint, &new.token).await?;
    let mut transaction = session.write().await?;
    let id = accounts::create(&mut transaction, Provider::Linode.as_str(), &new.label, endpoint).await?;
    let account = accounts::get(&mut transaction, id).await?;
    seal_into(&mut transaction, keys, &account, &new.token, &profile).await?;
    transaction.commit().await?;
    Ok(Added {
        id,
        username: profile.username,
    })
}

/// Adds an account at Linode that keeps no token: whoever syncs it brings one along.
pub async fn create_without_token(
    session: &Session,
    label: &AccountLabel,
    endpoint_text: Option<&str>,
) -> Result<ProviderConfigId, AppError> {
    session.may(Action::EditProvider)?;
    let mut transaction = session.write().await?;
    let id = accounts::create(
        &mut transaction,
        Provider::Linode.as_str(),
        label,
        endpoint(endpoint_text),
    )
    .await?;
    transaction.commit().await?;
    Ok(id)
}

/// Another token in place of whatever an account was reached with.
pub async fn replace_token(
    session: &Session,
    keys: &Ring,
    id: ProviderConfigId,
    token: &SecretString,
    reach: &Reach,
) -> Result<Added, AppError> {
    session.may(Action::EditProvider)?;
    let account = linode(get(session, id).await?)?;
    let profile = check_token(reach, account.endpoint.as_deref(), token).await?;
    let mut transaction = session.write().await?;
    seal_into(&mut transaction, keys, &account, token, &profile).await?;
    transaction.commit().await?;
    Ok(Added {
        id,
        username: profile.username,
    })
}

/// Another name.
pub async fn rename(session: &Session, id: ProviderConfigId, label: &AccountLabel) -> Result<(), AppError> {
    session.may(Action::EditProvider)?;
    let mut transaction = session.write().await?;
    accounts::rename(&mut transaction, id, label).await?;
    transaction.commit().await?;
    Ok(())
}

/// Switches an account on or off. Its servers stay as they are, and are billed as before.
pub async fn set_active(session: &Session, id: ProviderConfigId, active: bool) -> Result<(), AppError> {
    session.may(Action::EditProvider)?;
    let mut transaction = session.write().await?;
    accounts::set_active(&mut transaction, id, active).await?;
    transaction.commit().await?;
    Ok(())
}

/// The account, if it is one that this program reads.
pub(crate) fn linode(account: Account) -> Result<Account, AppError> {
    match Provider::parse(&account.provider.to_lowercase()) {
        Ok(Provider::Linode) => Ok(account),
        Err(_) => Err(AppError::UnknownProvider(account.provider)),
    }
}

/// The client of what a token may see that everybody else may see in part: over an account's token where it can be opened,
/// else without one. Without an account it is the first active one's.
pub(crate) async fn reached(
    session: &Session,
    keys: Option<&Ring>,
    account: Option<ProviderConfigId>,
    reach: &Reach,
) -> Result<Linode, AppError> {
    let id = match account {
        Some(id) => Some(id),
        None => list(session)
            .await?
            .into_iter()
            .find(|row| row.is_active && row.provider.eq_ignore_ascii_case(Provider::Linode.as_str()))
            .map(|row| ProviderConfigId::new(row.id)),
    };
    let Some(id) = id else {
        return reach.anonymous(None);
    };
    let account = linode(get(session, id).await?)?;
    let endpoint = account.endpoint.as_deref();
    match keys {
        Some(keys) => match open_token(session, &account, keys).await {
            Ok(token) => reach.linode(endpoint, &token),
            Err(AppError::Token(_)) => reach.anonymous(endpoint),
            Err(error) => Err(error),
        },
        None => reach.anonymous(endpoint),
    }
}

/// The token that an account keeps.
pub(crate) async fn open_token(session: &Session, account: &Account, keys: &Ring) -> Result<SecretString, AppError> {
    let sealed = match &account.credentials {
        Credentials::Sealed(sealed) => sealed,
        Credentials::NotSealed => return Err(AppError::Token(TokenProblem::NotSealed)),
        Credentials::Missing => return Err(AppError::Token(TokenProblem::Missing)),
    };
    let mut opened = keys.open(place(account.id), sealed);
    // Sealed anew since these keys were looked at.
    if let Err(SealError::Version { sealed: under, held }) = &opened
        && under > held
    {
        let checked = workspace_key::check(session, keys).await?;
        opened = checked.ring.open(place(account.id), sealed);
    }
    opened.map_err(|why| {
        tracing::warn!(account = account.id.get(), %why, "a token was not opened");
        AppError::Token(match why {
            SealError::Form => TokenProblem::NotSealed,
            SealError::Version { .. } | SealError::Refused | SealError::NotText => TokenProblem::Unreadable,
        })
    })
}

async fn seal_into(
    connection: &mut sqlx::PgConnection,
    keys: &Ring,
    account: &Account,
    token: &SecretString,
    profile: &Profile,
) -> Result<(), AppError> {
    use secrecy::ExposeSecret;
    let sealed = workspace_key::seal(connection, keys, place(account.id), token.expose_secret().trim()).await?;
    let scopes = profile.scopes.as_ref().map(|scopes| scopes.granted().join(" "));
    let checked = Checked {
        username: &profile.username,
        scopes: scopes.as_deref(),
    };
    accounts::set_token(connection, account, &sealed, &checked).await?;
    Ok(())
}

/// Asks the provider whose token it is, and whether it may read servers.
async fn check_token(reach: &Reach, endpoint: Option<&str>, token: &SecretString) -> Result<Profile, AppError> {
    let profile = reach.linode(endpoint, token)?.profile(&Call::new()).await?;
    match &profile.scopes {
        Some(scopes) if !scopes.cover(NEEDED_SCOPE) => Err(AppError::Provider(LinodeError::Forbidden {
            needs: Some(NEEDED_SCOPE.to_owned()),
        })),
        _ => Ok(profile),
    }
}

fn endpoint(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}
