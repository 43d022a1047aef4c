//! The program itself: profiles, sessions, preferences.

use app::views::KeychainState;
use app::{
    desk::{NewLocal, NewServer, Standing},
    preferences::{self, Preferences},
    profiles::{self, ProfileKind, Profiles},
};
use domain::{
    role::{Area, Role, Scope},
    user::{EmailAddress, OrganizationName, optional_name},
};

use super::field;
use crate::{
    ApiError, Desk,
    contract::{
        AddServerRequest, AppState, ConnectRequest, CreateLocalRequest, Empty, Keychain, Permission, Profile,
        SessionInfo, SignInRequest,
    },
};

fn profile(known: &profiles::Profile) -> Profile {
    Profile {
        id: known.id.clone(),
        name: known.name.clone(),
        environment: known.environment,
        kind: known.kind,
        host: known.host.clone(),
        database: known.database.clone(),
        tls: known.tls,
    }
}

async fn keychain(desk: &Desk) -> Result<Keychain, ApiError> {
    Ok(match desk.keychain().await? {
        KeychainState::Available => Keychain::Available,
        KeychainState::NoService => Keychain::NoService,
        KeychainState::Locked => Keychain::Locked,
    })
}

fn permissions(role: Role) -> Vec<Permission> {
    Area::ALL
        .iter()
        .map(|area| {
            let grant = role.grant(*area);
            let write = grant.write != Scope::Nothing;
            let reason = (!write).then(|| {
                let who: Vec<&str> = Role::ALL
                    .iter()
                    .filter(|other| other.works_at_desk() && other.can_write(*area))
                    .map(|other| other.plural())
                    .collect();
                format!("Only {} can change this.", who.join(" and "))
            });
            Permission {
                area: *area,
                read: grant.read != Scope::Nothing,
                write,
                reason,
            }
        })
        .collect()
}

pub(super) async fn answer(desk: &Desk, standing: Standing) -> Result<AppState, ApiError> {
    let known =
        || -> Result<Vec<Profile>, ApiError> { Ok(Profiles::load(desk.host())?.known.iter().map(profile).collect()) };
    Ok(match standing {
        Standing::FirstRun {
            local_problem,
            set_aside,
        } => AppState::FirstRun {
            local_available: local_problem.is_none(),
            local_problem,
            settings_set_aside: set_aside,
            keychain: keychain(desk).await?,
        },
        Standing::Disconnected { profile: open, error } => AppState::Disconnected {
            profile: profile(&open),
            profiles: known()?,
            error: error.into(),
        },
        Standing::SignIn { profile: open } => AppState::SignIn {
            profile: profile(&open),
            profiles: known()?,
            last_email: open.last_email.clone(),
            keychain: keychain(desk).await?,
        },
        Standing::Ready { profile: open, session } => {
            let person = session.person()?;
            AppState::Ready {
                profile: profile(&open),
                profiles: known()?,
                session: SessionInfo {
                    user_id: person.id.get(),
                    email: person.email.clone(),
                    name: if person.name.is_empty() {
                        person.email.clone()
                    } else {
                        person.name.clone()
                    },
                    role: person.role,
                    expires_at: person.expires_at,
                    idle_minutes: person.idle_minutes,
                    secrets_in_memory_only: desk.host().keychain_is_temporary(),
                },
                permissions: permissions(person.role),
            }
        }
    })
}

pub(crate) async fn state(desk: &Desk, _: Empty) -> Result<AppState, ApiError> {
    let standing = desk.standing().await?;
    answer(desk, standing).await
}

pub(crate) async fn create_local(desk: &Desk, request: CreateLocalRequest) -> Result<AppState, ApiError> {
    let admin = app::database::FirstAdmin {
        email: field("email", EmailAddress::parse(&request.email))?,
        first_name: field("first_name", optional_name(Some(&request.first_name)))?,
        last_name: field("last_name", optional_name(Some(&request.last_name)))?,
        password: request.password,
    };
    let business = field("business", OrganizationName::parse(&request.business))?
        .as_str()
        .to_owned();
    let standing = desk.create_local(NewLocal { business, admin }).await?;
    answer(desk, standing).await
}

pub(crate) async fn add_server(desk: &Desk, request: AddServerRequest) -> Result<AppState, ApiError> {
    let required = |name: &'static str, text: &str, sentence: &str| {
        let text = text.trim();
        if text.is_empty() {
            Err(ApiError::from(app::AppError::invalid(name, sentence)))
        } else {
            Ok(text.to_owned())
        }
    };
    let new = NewServer {
        profile: profiles::Profile {
            id: String::new(),
            name: field("name", OrganizationName::parse(&request.name))?
                .as_str()
                .to_owned(),
            environment: request.environment,
            kind: ProfileKind::Server,
            host: required("host", &request.host, "Enter the server's name or address.")?,
            port: request.port,
            database: required("database", &request.database, "Enter the database's name.")?,
            login: required("login", &request.login, "Enter this desk's login.")?,
            tls: request.tls,
            root_certificate: request
                .root_certificate
                .filter(|path| !path.trim().is_empty())
                .map(|path| path.trim().into()),
            last_email: None,
        },
        password: request.password,
    };
    let standing = desk.add_server(new).await?;
    answer(desk, standing).await
}

pub(crate) async fn connect(desk: &Desk, request: ConnectRequest) -> Result<AppState, ApiError> {
    let standing = desk.connect(&request.profile_id).await?;
    answer(desk, standing).await
}

pub(crate) async fn forget(desk: &Desk, request: ConnectRequest) -> Result<AppState, ApiError> {
    desk.forget(&request.profile_id).await?;
    let standing = desk.standing().await?;
    answer(desk, standing).await
}

pub(crate) async fn sign_in(desk: &Desk, request: SignInRequest) -> Result<AppState, ApiError> {
    let standing = desk.sign_in(&request.email, request.password).await?;
    answer(desk, standing).await
}

pub(crate) async fn sign_out(desk: &Desk, _: Empty) -> Result<AppState, ApiError> {
    let standing = desk.sign_out().await?;
    answer(desk, standing).await
}

pub(crate) async fn touch(desk: &Desk, _: Empty) -> Result<Empty, ApiError> {
    desk.touch().await?;
    Ok(Empty {})
}

pub(crate) async fn preferences(desk: &Desk, _: Empty) -> Result<Preferences, ApiError> {
    Ok(preferences::get(desk.host())?)
}

pub(crate) async fn set_preferences(desk: &Desk, request: Preferences) -> Result<Preferences, ApiError> {
    preferences::set(desk.host(), &request)?;
    Ok(request)
}
