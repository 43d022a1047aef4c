//! Docker hosts: add one, look at it, give it other papers, switch it off. What is read under one is read from one
//! engine: an address of a socket means another on each computer.

use domain::{
    ids::ProviderConfigId,
    provider::{AccountLabel, Provider},
    role::Action,
};
use providers::docker::{Call, Docker, DockerError, DockerHost, Image, Listing, Server, Tls};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use store::{
    hosts::{self as stored, Engine, HostRow},
    providers::{self as accounts, Account, Credentials},
};
use zeroize::Zeroizing;

use crate::{
    AppError, KeyProblem,
    providers::{Reach, open_token, place},
    session::Session,
    workspace_key::{self, Ring},
};

/// What an encrypted port asks of both sides, as PEM. All of it is kept sealed.
#[derive(Debug, Clone, Default)]
pub struct Papers {
    /// The authority that signed the host's certificate; else those that this computer trusts.
    pub authority: Option<String>,
    /// Our certificate.
    pub certificate: Option<String>,
    /// Its key.
    pub key: Option<SecretString>,
}

impl Papers {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.authority.is_none() && self.certificate.is_none() && self.key.is_none()
    }

    fn tls(&self) -> Tls {
        Tls {
            authority: self.authority.clone(),
            certificate: self.certificate.clone(),
            key: self.key.clone(),
        }
    }

    fn text(&self) -> Result<Zeroizing<String>, AppError> {
        let text = PapersText {
            ca: self.authority.clone(),
            certificate: self.certificate.clone(),
            key: self.key.as_ref().map(|key| key.expose_secret().to_owned()),
        };
        let json = serde_json::to_string(&text).map_err(|_| AppError::Internal("papers of a host"))?;
        Ok(Zeroizing::new(json))
    }

    fn read(opened: &SecretString) -> Result<Self, AppError> {
        let text: PapersText = serde_json::from_str(opened.expose_secret())
            .map_err(|_| AppError::Internal("the papers of a host have another form"))?;
        Ok(Self {
            authority: text.ca,
            certificate: text.certificate,
            key: text.key.map(SecretString::from),
        })
    }
}

/// Their text before it is sealed.
#[derive(Serialize, Deserialize)]
struct PapersText {
    ca: Option<String>,
    certificate: Option<String>,
    key: Option<String>,
}

/// A host that is to be added.
#[derive(Debug)]
pub struct NewHost {
    /// Its name here.
    pub label: AccountLabel,
    /// `unix://…`, `tcp://…` or `ssh://…`.
    pub endpoint: String,
    /// For `tcp://`.
    pub papers: Papers,
}

/// A host that was asked.
#[derive(Debug, Clone)]
pub struct CheckedHost {
    /// Which.
    pub id: ProviderConfigId,
    /// What its engine says of itself.
    pub engine: Engine,
}

/// All hosts and how they are. Never what they are reached with.
pub async fn list(session: &Session) -> Result<Vec<HostRow>, AppError> {
    Ok(stored::list(&mut *session.read().await?).await?)
}

/// Adds a host. Its engine is asked before anything is written; papers are sealed for the host's own row.
pub async fn create(
    session: &Session,
    keys: Option<&Ring>,
    new: &NewHost,
    reach: &Reach,
) -> Result<CheckedHost, AppError> {
    session.may(Action::EditProvider)?;
    let address = new.endpoint.trim();
    let docker = client(address, &new.papers, reach)?;
    let sealing = sealing(&docker, &new.papers, keys)?;
    let engine = engine(&docker.server(&Call::new()).await?);
    let mut transaction = session.write().await?;
    let id = stored::create(&mut transaction, &new.label, address).await?;
    seal_into(&mut transaction, sealing, id, &new.papers).await?;
    stored::keep_engine(&mut transaction, id, &engine).await?;
    transaction.commit().await?;
    Ok(CheckedHost { id, engine })
}

/// Another address of the same engine, or other papers. The engine is asked first, and must be the one that it was.
pub async fn replace(
    session: &Session,
    keys: Option<&Ring>,
    id: ProviderConfigId,
    endpoint: Option<&str>,
    papers: &Papers,
    reach: &Reach,
) -> Result<CheckedHost, AppError> {
    session.may(Action::EditProvider)?;
    let account = get(session, id).await?;
    let address = match endpoint.map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => text.to_owned(),
        None => account.endpoint.clone().unwrap_or_default(),
    };
    let docker = client(&address, papers, reach)?;
    let sealing = sealing(&docker, papers, keys)?;
    let engine = same_engine(session, &account, &docker, &Call::new()).await?;
    let mut transaction = session.write().await?;
    stored::set_endpoint(&mut transaction, id, &address).await?;
    seal_into(&mut transaction, sealing, id, papers).await?;
    stored::keep_engine(&mut transaction, id, &engine).await?;
    transaction.commit().await?;
    Ok(CheckedHost { id, engine })
}

/// Asks a host what it is, and keeps that. Another engine than before is taken only where a person says so.
pub async fn check(
    session: &Session,
    keys: Option<&Ring>,
    id: ProviderConfigId,
    accept_other: bool,
    reach: &Reach,
) -> Result<CheckedHost, AppError> {
    session.may(Action::EditProvider)?;
    let host = Host::open(session, keys, id, reach).await?;
    let engine = if accept_other {
        engine(&host.docker.server(&Call::new()).await?)
    } else {
        host.same_engine(session, &Call::new()).await?
    };
    keep(session, id, &engine).await?;
    Ok(CheckedHost { id, engine })
}

/// The images that a host has.
pub async fn images(
    session: &Session,
    keys: Option<&Ring>,
    id: ProviderConfigId,
    reach: &Reach,
) -> Result<Listing<Image>, AppError> {
    session.may(Action::EditContainer)?;
    let host = Host::open(session, keys, id, reach).await?;
    Ok(host.docker.images(&Call::new()).await?)
}

/// The account, if it is a host.
pub(crate) async fn get(session: &Session, id: ProviderConfigId) -> Result<Account, AppError> {
    let account = accounts::get(&mut *session.read().await?, id).await?;
    match Provider::parse(&account.provider.to_lowercase()) {
        Ok(Provider::Docker) => Ok(account),
        _ => Err(AppError::NotAHost(account.label)),
    }
}

/// Keeps what an engine says of itself.
pub(crate) async fn keep(session: &Session, id: ProviderConfigId, engine: &Engine) -> Result<(), AppError> {
    let mut transaction = session.write().await?;
    stored::keep_engine(&mut transaction, id, engine).await?;
    transaction.commit().await?;
    Ok(())
}

/// A host, and the way to its engine.
pub(crate) struct Host {
    pub(crate) account: Account,
    pub(crate) docker: Docker,
}

impl Host {
    /// Opens what it is reached with. Nothing is sent yet.
    pub(crate) async fn open(
        session: &Session,
        keys: Option<&Ring>,
        id: ProviderConfigId,
        reach: &Reach,
    ) -> Result<Self, AppError> {
        let account = get(session, id).await?;
        let papers = match (&account.credentials, keys) {
            (Credentials::Missing, _) => Papers::default(),
            (_, None) => return Err(AppError::WorkspaceKey(KeyProblem::Missing)),
            (_, Some(keys)) => Papers::read(&open_token(session, &account, keys).await?)?,
        };
        let docker = client(account.endpoint.as_deref().unwrap_or_default(), &papers, reach)?;
        Ok(Self { account, docker })
    }

    /// What its engine says of itself, if it is the one that was asked before.
    pub(crate) async fn same_engine(&self, session: &Session, call: &Call) -> Result<Engine, AppError> {
        same_engine(session, &self.account, &self.docker, call).await
    }

    /// Whether its address means something else on another computer.
    pub(crate) fn is_of_this_computer(&self) -> bool {
        matches!(self.docker.host(), DockerHost::Unix { .. })
    }
}

async fn same_engine(session: &Session, account: &Account, docker: &Docker, call: &Call) -> Result<Engine, AppError> {
    let known = stored::engine_id(&mut *session.read().await?, account.id).await?;
    let engine = engine(&docker.server(call).await?);
    match (known, &engine.engine_id) {
        (Some(known), Some(found)) if known != *found => Err(AppError::OtherEngine(account.label.clone())),
        _ => Ok(engine),
    }
}

/// The client of a host. Nothing is sent yet.
fn client(endpoint: &str, papers: &Papers, reach: &Reach) -> Result<Docker, AppError> {
    let host: DockerHost = endpoint.parse().map_err(DockerError::Address)?;
    let tls = matches!(host, DockerHost::Tcp { .. }).then(|| papers.tls());
    if tls.is_none() && !papers.is_empty() {
        return Err(AppError::invalid(
            "papers",
            "Certificates are for tcp:// only; a socket and ssh need none.",
        ));
    }
    reach.docker(host, tls)
}

/// The keys that seal the papers, where there are any.
fn sealing<'a>(docker: &Docker, papers: &Papers, keys: Option<&'a Ring>) -> Result<Option<&'a Ring>, AppError> {
    if papers.is_empty() || !matches!(docker.host(), DockerHost::Tcp { .. }) {
        return Ok(None);
    }
    keys.map(Some).ok_or(AppError::WorkspaceKey(KeyProblem::Missing))
}

async fn seal_into(
    connection: &mut sqlx::PgConnection,
    keys: Option<&Ring>,
    id: ProviderConfigId,
    papers: &Papers,
) -> Result<(), AppError> {
    let sealed = match keys {
        Some(keys) => Some(workspace_key::seal(connection, keys, place(id), &papers.text()?).await?),
        None => None,
    };
    stored::set_papers(connection, id, sealed.as_deref()).await?;
    Ok(())
}

/// What is kept of it: an engine may say anything, and in characters that nobody can store.
fn engine(server: &Server) -> Engine {
    let clean = |text: &String| -> String { text.chars().filter(|letter| !letter.is_control()).take(250).collect() };
    let text = |text: &Option<String>| text.as_ref().map(clean).filter(|text| !text.is_empty());
    Engine {
        engine_id: text(&server.id),
        version: Some(clean(&server.version)),
        api_version: Some(clean(&server.api_version)),
        computer: text(&server.name),
        system: text(&server.system),
        architecture: text(&server.architecture),
        storage_driver: text(&server.storage_driver),
        cpus: server.cpus.and_then(|cpus| i32::try_from(cpus).ok()),
        memory_bytes: server.memory.and_then(|memory| i64::try_from(memory).ok()),
        limits_memory: server.limits_memory,
        limits_cpu: server.limits_cpu,
        warnings: server.warnings.iter().take(20).map(clean).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn papers_come_back_as_they_were_and_show_no_key() {
        let papers = Papers {
            authority: Some("CA".to_owned()),
            certificate: None,
            key: Some(SecretString::from("k3y-of-a-host")),
        };
        let text = papers.text().unwrap();
        let read = Papers::read(&SecretString::from(text.to_string())).unwrap();
        assert_eq!(
            (read.authority.as_deref(), read.certificate.as_deref()),
            (Some("CA"), None)
        );
        assert_eq!(read.key.unwrap().expose_secret(), "k3y-of-a-host");
        assert!(!format!("{papers:?}").contains("k3y"));
    }
}
