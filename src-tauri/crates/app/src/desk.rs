//! The desk: which database it works with, who has signed in, and how it comes back after a break.

mod invitation;
mod key;
mod local;

use std::sync::Arc;

use domain::{role::Action, user::EmailAddress};
use secrecy::{ExposeSecret, SecretString};
use sqlx::PgPool;
use store::{
    StoreError,
    connect::{self, Address, Workspace},
};
use tokio::sync::{Mutex, RwLock};
use vault::{Keychain, KeychainState, SecretName};

use crate::{
    AppError,
    containers::watch::{self, Watched},
    host::Host,
    profiles::{Profile, ProfileKind, Profiles, SET_ASIDE},
    providers::Reach,
    second_factor::{Offer, RecoveryCodes},
    servers::OfferCache,
    session::{self, Session},
    sign_in::{self, Pending, Progress, Step},
    tasks::Tasks,
    trust::{self, Guard},
};

pub use key::{DeskKeys, KeyState};
pub use local::{LOCAL_DATABASE, NewLocal, administrator_of};

/// Connections per desk: a window reads several things at once, two hundred desks share a server.
const CONNECTIONS: u32 = 6;

/// An open line to a database.
#[derive(Clone)]
pub struct Line {
    /// To which.
    pub profile: Profile,
    /// What the database says of itself.
    pub workspace: Workspace,
    pool: PgPool,
    guard: Guard,
}

#[derive(Default)]
struct State {
    line: Option<Line>,
    session: Option<Session>,
    /// Somebody who has given the password and has more to prove.
    pending: Option<Pending>,
    /// The events of Docker hosts, followed for the session.
    watched: Option<Watched>,
}

/// One desk.
pub struct Desk {
    host: Arc<dyn Host>,
    state: RwLock<State>,
    /// Opening, closing and signing in happen one after the other.
    changing: Mutex<()>,
    /// So do changes of the workspace's keys in the keychain.
    keys: Arc<Mutex<()>>,
    tasks: Tasks,
    /// What providers have offered for orders lately.
    offers: OfferCache,
}

/// Where a desk stands.
pub enum Standing {
    /// No database is known yet.
    FirstRun {
        /// Why no local workspace can be made here, if so.
        local_problem: Option<String>,
        /// Where a settings file is that could not be read: why nothing is known any more.
        set_aside: Option<String>,
    },
    /// A database is known and can't be worked with now.
    Disconnected {
        /// Which.
        profile: Box<Profile>,
        /// Why.
        error: AppError,
    },
    /// Connected, nobody has signed in.
    SignIn {
        /// To which.
        profile: Box<Profile>,
        /// What is still to be proven by somebody who has given the password.
        step: Option<Step>,
    },
    /// Ready for work.
    Ready {
        /// With which database.
        profile: Box<Profile>,
        /// By whom.
        session: Session,
    },
}

/// A server that a person enters by hand.
pub struct NewServer {
    /// The profile without its id.
    pub profile: Profile,
    /// The desk's password there.
    pub password: SecretString,
}

impl Desk {
    /// A desk in its surroundings. Nothing is opened yet.
    pub fn new(host: Arc<dyn Host>) -> Self {
        Self {
            host,
            state: RwLock::default(),
            changing: Mutex::new(()),
            keys: Arc::default(),
            tasks: Tasks::default(),
            offers: OfferCache::default(),
        }
    }

    /// The long work that goes on here.
    pub fn tasks(&self) -> &Tasks {
        &self.tasks
    }

    /// What providers have offered for orders lately.
    pub const fn offers(&self) -> &OfferCache {
        &self.offers
    }

    /// What surrounds it.
    pub fn host(&self) -> &dyn Host {
        self.host.as_ref()
    }

    /// The signed-in session, or [`AppError::NotSignedIn`].
    pub async fn session(&self) -> Result<Session, AppError> {
        self.state.read().await.session.clone().ok_or(AppError::NotSignedIn)
    }

    /// The open line, or [`AppError::NotConnected`].
    pub async fn line(&self) -> Result<Line, AppError> {
        self.state.read().await.line.clone().ok_or(AppError::NotConnected)
    }

    /// What the watch over the open line has found.
    pub async fn trust(&self) -> Result<trust::Status, AppError> {
        Ok(self.line().await?.guard.status())
    }

    /// Where the desk stands. Opens the line that was open last, and takes up a session that still lives.
    pub async fn standing(&self) -> Result<Standing, AppError> {
        let _one = self.changing.lock().await;
        let profiles = Profiles::load(self.host())?;
        let Some(profile) = profiles.current().cloned() else {
            let set_aside = self.host.load(SET_ASIDE)?;
            return Ok(Standing::FirstRun {
                local_problem: self.host.local_available().err().map(|error| error.to_string()),
                set_aside: set_aside.and_then(|path| path.as_str().map(str::to_owned)),
            });
        };
        self.stand(profile).await
    }

    async fn stand(&self, profile: Profile) -> Result<Standing, AppError> {
        let open = self
            .state
            .read()
            .await
            .line
            .as_ref()
            .is_some_and(|line| line.profile.id == profile.id);
        if !open && let Err(error) = self.open(&profile).await {
            return Ok(Standing::Disconnected {
                profile: Box::new(profile),
                error,
            });
        }
        match self.live_session(&profile).await {
            Ok(Some(session)) => Ok(Standing::Ready {
                profile: Box::new(profile),
                session,
            }),
            Ok(None) => Ok(Standing::SignIn {
                profile: Box::new(profile),
                step: self.state.read().await.pending.as_ref().map(|pending| pending.step),
            }),
            Err(error) => Ok(Standing::Disconnected {
                profile: Box::new(profile),
                error,
            }),
        }
    }

    /// The session in memory if the database still knows it, or the one of the keychain.
    async fn live_session(&self, profile: &Profile) -> Result<Option<Session>, AppError> {
        let (pool, guard, token) = {
            let state = self.state.read().await;
            let Some(line) = &state.line else {
                return Err(AppError::NotConnected);
            };
            (
                line.pool.clone(),
                line.guard.clone(),
                state.session.as_ref().and_then(|session| session.token().ok().cloned()),
            )
        };
        let name = SecretName::SessionToken {
            profile: profile.id.clone(),
        };
        let token = match token {
            Some(token) => Some(token),
            // A keychain that fails here costs a sign-in, nothing else.
            None => self.secret(name.clone()).await.unwrap_or_default(),
        };
        let Some(token) = token else { return Ok(None) };
        let session = session::resume(&pool, token)
            .await?
            .map(|session| session.guarded_by(&guard));
        if session.is_none() {
            let _ = self.drop_secret(name).await;
        }
        let mut state = self.state.write().await;
        if session.is_none() {
            state.watched = None;
        }
        state.session.clone_from(&session);
        drop(state);
        Ok(session)
    }

    /// Opens the line of a profile, starting the private server where it is one.
    async fn open(&self, profile: &Profile) -> Result<(), AppError> {
        *self.state.write().await = State::default();
        let line = match profile.kind {
            ProfileKind::Local => self.open_local(profile).await?,
            ProfileKind::Server => {
                let password = self
                    .secret(password_name(profile))
                    .await?
                    .ok_or(AppError::PasswordMissing)?;
                self.dial(profile.clone(), &password).await?
            }
        };
        self.state.write().await.line = Some(line);
        Ok(())
    }

    async fn dial(&self, profile: Profile, password: &SecretString) -> Result<Line, AppError> {
        let address = Address {
            host: profile.host.clone(),
            port: profile.port,
            database: profile.database.clone(),
            login: profile.login.clone(),
            password: password.expose_secret().to_owned(),
            tls: profile.tls,
            root_certificate: profile.root_certificate.clone(),
        };
        let client = self.host.client();
        let mut connection = address.connect(&client).await?;
        let workspace = connect::check_workspace(&mut connection).await?;
        drop(connection);
        let pool = address.pool(&client, CONNECTIONS).await?;
        Ok(Line {
            guard: Guard::begin(pool.clone(), Arc::clone(&self.host), &profile.id),
            pool,
            profile,
            workspace,
        })
    }

    /// The keychain may ask the person to unlock it, so it is never asked on a thread that others wait for.
    async fn with_keychain<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&dyn Keychain) -> T + Send + 'static,
    ) -> Result<T, AppError> {
        let host = Arc::clone(&self.host);
        tokio::task::spawn_blocking(move || ask(host.keychain()))
            .await
            .map_err(|_| AppError::Internal("the keychain was cut off"))
    }

    async fn secret(&self, name: SecretName) -> Result<Option<SecretString>, AppError> {
        Ok(self.with_keychain(move |keychain| keychain.get(&name)).await??)
    }

    async fn keep_secret(&self, name: SecretName, secret: SecretString) -> Result<(), AppError> {
        Ok(self
            .with_keychain(move |keychain| keychain.set(&name, &secret))
            .await??)
    }

    async fn drop_secret(&self, name: SecretName) -> Result<(), AppError> {
        Ok(self.with_keychain(move |keychain| keychain.delete(&name)).await??)
    }

    async fn remember(&self, profile: &Profile, password: &SecretString) -> Result<(), AppError> {
        self.keep_secret(password_name(profile), password.clone()).await?;
        let mut profiles = Profiles::load(self.host())?;
        profiles.put(profile.clone());
        profiles.save(self.host())
    }

    /// Adds a server: connects first, and remembers it only if it is one of ours and this program fits.
    pub async fn add_server(&self, new: NewServer) -> Result<Standing, AppError> {
        let _one = self.changing.lock().await;
        let profile = Profile {
            id: new_profile_id(),
            ..new.profile
        };
        let line = self.dial(profile.clone(), &new.password).await?;
        self.remember(&profile, &new.password).await?;
        self.tasks.leave_workspace().await;
        *self.state.write().await = State {
            line: Some(line),
            ..State::default()
        };
        self.stand(profile).await
    }

    /// Opens a profile, or tries the open one again.
    pub async fn connect(&self, id: &str) -> Result<Standing, AppError> {
        let _one = self.changing.lock().await;
        let mut profiles = Profiles::load(self.host())?;
        let profile = profiles.get(id)?.clone();
        if profiles.open.as_deref() != Some(id) {
            self.tasks.leave_workspace().await;
        }
        profiles.open = Some(id.to_owned());
        profiles.save(self.host())?;
        *self.state.write().await = State::default();
        self.stand(profile).await
    }

    /// Forgets a profile and its secrets on this computer. The database is not touched.
    pub async fn forget(&self, id: &str) -> Result<(), AppError> {
        let _one = self.changing.lock().await;
        let mut profiles = Profiles::load(self.host())?;
        let profile = profiles.get(id)?.clone();
        self.drop_secret(password_name(&profile)).await?;
        self.drop_secret(SecretName::SessionToken {
            profile: profile.id.clone(),
        })
        .await?;
        self.drop_secret(key::name(&profile)).await?;
        self.forget_certificate(&profile.id);
        if profiles.open.as_deref() == Some(id) {
            self.tasks.leave_workspace().await;
            *self.state.write().await = State::default();
        }
        profiles.remove(id);
        profiles.save(self.host())
    }

    /// Signs a person in over the open line, or learns what more they have to prove.
    pub async fn sign_in(&self, email: &str, password: SecretString) -> Result<Standing, AppError> {
        let _one = self.changing.lock().await;
        self.sign_in_here(email, password).await?;
        let profile = self.line().await?.profile;
        self.stand(profile).await
    }

    async fn sign_in_here(&self, email: &str, password: SecretString) -> Result<(), AppError> {
        let line = self.line().await?;
        self.state.write().await.pending = None;
        let progress = sign_in::begin(&line.pool, &self.host.client(), email, password).await?;
        self.advance(line, progress).await
    }

    /// Keeps what a sign-in has come to.
    async fn advance(&self, line: Line, progress: Progress) -> Result<(), AppError> {
        let session = match progress {
            Progress::Open(session) => session.guarded_by(&line.guard),
            Progress::Needs(pending) => {
                self.state.write().await.pending = Some(pending);
                return Ok(());
            }
        };
        let name = SecretName::SessionToken {
            profile: line.profile.id.clone(),
        };
        // Without a keychain the token lives as long as the program.
        if let Err(error) = self.keep_secret(name, session.token()?.clone()).await {
            tracing::warn!(%error, "the session's token is kept in memory only");
        }
        let mut profiles = Profiles::load(self.host())?;
        if let Some(known) = profiles.known.iter_mut().find(|known| known.id == line.profile.id) {
            known.last_email = Some(session.person()?.email.clone());
            profiles.save(self.host())?;
        }
        let mut state = self.state.write().await;
        state.pending = None;
        state.watched = None;
        state.session = Some(session);
        Ok(())
    }

    /// The sign-in that waits for a further proof.
    async fn pending(&self) -> Result<Pending, AppError> {
        self.state.read().await.pending.clone().ok_or(AppError::SignInOver)
    }

    /// Keeps what a further proof has come to; a sign-in that is over is forgotten.
    async fn proceed(&self, line: Line, outcome: Result<Progress, AppError>) -> Result<Standing, AppError> {
        if let Err(AppError::SignInOver) = &outcome {
            self.state.write().await.pending = None;
        }
        let profile = line.profile.clone();
        self.advance(line, outcome?).await?;
        self.stand(profile).await
    }

    /// Gives a code of the second factor, or a recovery code.
    pub async fn give_code(&self, code: &SecretString) -> Result<Standing, AppError> {
        let _one = self.changing.lock().await;
        let (line, pending) = (self.line().await?, self.pending().await?);
        let outcome = sign_in::give_code(&line.pool, &self.host.client(), pending, code).await;
        self.proceed(line, outcome).await
    }

    /// Chooses the password that the sign-in asks for.
    pub async fn choose_password(&self, password: SecretString) -> Result<Standing, AppError> {
        let _one = self.changing.lock().await;
        let (line, pending) = (self.line().await?, self.pending().await?);
        let outcome = sign_in::choose_password(&line.pool, &self.host.client(), pending, password).await;
        self.proceed(line, outcome).await
    }

    /// The second factor that the sign-in asks for.
    pub async fn begin_factor(&self) -> Result<Offer, AppError> {
        let _one = self.changing.lock().await;
        let (line, pending) = (self.line().await?, self.pending().await?);
        sign_in::begin_factor(&line.pool, &pending, &line.workspace.name).await
    }

    /// Its first code. The sign-in goes on when the person has put the recovery codes away ([`Self::go_on`]).
    pub async fn finish_factor(&self, code: &SecretString) -> Result<RecoveryCodes, AppError> {
        let _one = self.changing.lock().await;
        let (line, mut pending) = (self.line().await?, self.pending().await?);
        let codes = sign_in::finish_factor(&line.pool, &self.host.client(), &pending, code).await?;
        pending.step = Step::SetUpDone;
        self.state.write().await.pending = Some(pending);
        Ok(codes)
    }

    /// Goes on with a sign-in after [`Step::SetUpDone`].
    pub async fn go_on(&self) -> Result<Standing, AppError> {
        let _one = self.changing.lock().await;
        let (line, pending) = (self.line().await?, self.pending().await?);
        let outcome = sign_in::open(&line.pool, &self.host.client(), pending).await;
        self.proceed(line, outcome).await
    }

    /// Gives a sign-in up that waits for a further proof.
    pub async fn abandon_sign_in(&self) -> Result<Standing, AppError> {
        let _one = self.changing.lock().await;
        self.state.write().await.pending = None;
        let profile = self.line().await?.profile;
        self.stand(profile).await
    }

    /// Chooses a new password with a reset code. Nobody is signed in by it.
    pub async fn redeem_reset(
        &self,
        email: &EmailAddress,
        code: &SecretString,
        password: &SecretString,
    ) -> Result<(), AppError> {
        let line = self.line().await?;
        sign_in::redeem_reset(&line.pool, &self.host.client(), email, code, password).await
    }

    /// Ends the session: in the database, in memory and in the keychain.
    pub async fn sign_out(&self) -> Result<Standing, AppError> {
        let _one = self.changing.lock().await;
        let line = self.line().await?;
        self.tasks.leave_person().await;
        let session = {
            let mut state = self.state.write().await;
            state.watched = None;
            state.session.take()
        };
        let _ = self
            .drop_secret(SecretName::SessionToken {
                profile: line.profile.id.clone(),
            })
            .await;
        if let Some(session) = session {
            let mut connection = session.read().await?;
            store::auth::leave(&mut connection, session.token()?.expose_secret()).await?;
        }
        self.stand(line.profile).await
    }

    /// Follows the events of Docker hosts from now on, while somebody is signed in who may write what they say. Whoever
    /// shows the window anything calls this time and again.
    pub async fn watch_hosts(&self) {
        let state = self.state.read().await;
        let Some(session) = state.session.clone().filter(|_| state.watched.is_none()) else {
            return;
        };
        drop(state);
        if session.may(Action::EditProvider).is_err() {
            return;
        }
        let Ok(keys) = self.workspace_keys().await else { return };
        let mut state = self.state.write().await;
        if state.watched.is_some() || state.session.is_none() {
            return;
        }
        let of = session.clone();
        let keys = move || {
            let (keys, session) = (keys.clone(), of.clone());
            async move { keys.usable(&session).await.ok() }
        };
        state.watched = Some(watch::watch(session, keys, Reach::running()));
    }

    /// The person is active. Also takes back the roles of sessions that have expired, here or elsewhere.
    pub async fn touch(&self) -> Result<(), AppError> {
        let session = self.session().await?;
        let mut connection = session.read().await?;
        let alive = store::auth::touch(&mut connection, session.token()?.expose_secret()).await?;
        store::auth::sweep(&mut connection).await?;
        store::customer_view::sweep(&mut connection).await?;
        if alive {
            Ok(())
        } else {
            Err(AppError::Store(StoreError::SessionOver))
        }
    }

    /// Whether the database still knows the session. Asked when it refuses something: a role that was taken
    /// back looks like a right that never was.
    pub async fn session_lives(&self) -> Result<bool, AppError> {
        let session = self.session().await?;
        let mut connection = session.read().await?;
        Ok(store::auth::whoami(&mut connection).await?.is_some())
    }

    /// Called after something failed because the line broke: a private server that has gone is started
    /// again, so that the next try finds it.
    pub async fn recover(&self) {
        let Ok(_one) = self.changing.try_lock() else { return };
        let local = self
            .state
            .read()
            .await
            .line
            .as_ref()
            .is_some_and(|line| line.profile.kind == ProfileKind::Local);
        if local && let Err(error) = self.host.local_server().await {
            tracing::warn!(%error, "the local server could not be started again");
        }
    }

    /// Whether passwords and tokens survive the program.
    pub async fn keychain(&self) -> Result<KeychainState, AppError> {
        self.with_keychain(|keychain| keychain.probe()).await
    }
}

/// Names a profile here and in the keychain.
fn new_profile_id() -> String {
    #[expect(
        clippy::disallowed_methods,
        reason = "a name only has to be new, and is no input of any rule"
    )]
    let id = uuid::Uuid::new_v4();
    id.to_string()
}

fn password_name(profile: &Profile) -> SecretName {
    SecretName::DeskPassword {
        profile: profile.id.clone(),
    }
}
