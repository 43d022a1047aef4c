//! How people sign in, and what is done about it.

use app::{
    api_keys::{self, NewApiKey},
    export::Exportable,
    passwords,
    second_factor::{self, Offer},
    sessions,
    views::{ApiKeyRow, ListRequest, Page, Security},
};
use domain::{
    ids::{OrganizationId, UserId},
    role::Action as Deed,
    user::{EmailAddress, KeyName},
};
use secrecy::ExposeSecret;

use super::{field, program, records};
use crate::{
    ApiError, Desk,
    contract::{
        Action, AppState, ChangePasswordRequest, CodeRequest, CreateApiKeyRequest, CreatedApiKey, DisableFactorRequest,
        Empty, ExportAnswer, ExportRequest, FactorOffer, GetRequest, PasswordRequest, RecoveryCodes,
        RedeemResetRequest, ResetCode, SecurityPolicy, SecurityPolicyRequest, SessionList, SessionRequest,
        SessionsEnded, SessionsRequest,
    },
};

fn offer(made: &Offer) -> FactorOffer {
    FactorOffer {
        secret: made.secret.expose_secret().to_owned(),
        uri: made.uri.expose_secret().to_owned(),
        qr_size: made.qr.size,
        qr_path: made.qr.path.expose_secret().to_owned(),
    }
}

fn codes(made: &second_factor::RecoveryCodes) -> RecoveryCodes {
    RecoveryCodes { codes: made.expose() }
}

pub(crate) async fn give_code(desk: &Desk, request: CodeRequest) -> Result<AppState, ApiError> {
    let standing = desk.give_code(&request.code).await?;
    program::answer(desk, standing).await
}

pub(crate) async fn choose_password(desk: &Desk, request: PasswordRequest) -> Result<AppState, ApiError> {
    let standing = desk.choose_password(request.password).await?;
    program::answer(desk, standing).await
}

pub(crate) async fn begin_factor_at_sign_in(desk: &Desk, _: Empty) -> Result<FactorOffer, ApiError> {
    Ok(offer(&desk.begin_factor().await?))
}

pub(crate) async fn finish_factor_at_sign_in(desk: &Desk, request: CodeRequest) -> Result<RecoveryCodes, ApiError> {
    Ok(codes(&desk.finish_factor(&request.code).await?))
}

pub(crate) async fn go_on(desk: &Desk, _: Empty) -> Result<AppState, ApiError> {
    let standing = desk.go_on().await?;
    program::answer(desk, standing).await
}

pub(crate) async fn abandon(desk: &Desk, _: Empty) -> Result<AppState, ApiError> {
    let standing = desk.abandon_sign_in().await?;
    program::answer(desk, standing).await
}

pub(crate) async fn redeem_reset(desk: &Desk, request: RedeemResetRequest) -> Result<Empty, ApiError> {
    let email = field("email", EmailAddress::parse(&request.email))?;
    desk.redeem_reset(&email, &request.code, &request.password).await?;
    Ok(Empty {})
}

pub(crate) async fn confirm(desk: &Desk, request: PasswordRequest) -> Result<Empty, ApiError> {
    passwords::confirm(&desk.session().await?, &request.password).await?;
    Ok(Empty {})
}

pub(crate) async fn change_password(desk: &Desk, request: ChangePasswordRequest) -> Result<Empty, ApiError> {
    passwords::change(&desk.session().await?, &request.old_password, &request.password).await?;
    Ok(Empty {})
}

pub(crate) async fn security(desk: &Desk, _: Empty) -> Result<Security, ApiError> {
    Ok(second_factor::mine(&desk.session().await?).await?)
}

pub(crate) async fn begin_factor(desk: &Desk, _: Empty) -> Result<FactorOffer, ApiError> {
    let business = desk.line().await?.workspace.name;
    Ok(offer(&second_factor::begin(&desk.session().await?, &business).await?))
}

pub(crate) async fn finish_factor(desk: &Desk, request: CodeRequest) -> Result<RecoveryCodes, ApiError> {
    Ok(codes(
        &second_factor::finish(&desk.session().await?, &request.code).await?,
    ))
}

pub(crate) async fn disable_factor(desk: &Desk, request: DisableFactorRequest) -> Result<Empty, ApiError> {
    second_factor::disable(&desk.session().await?, &request.password, &request.code).await?;
    Ok(Empty {})
}

pub(crate) async fn new_recovery_codes(desk: &Desk, _: Empty) -> Result<RecoveryCodes, ApiError> {
    Ok(codes(&second_factor::new_recovery_codes(&desk.session().await?).await?))
}

pub(crate) async fn sessions(desk: &Desk, request: SessionsRequest) -> Result<SessionList, ApiError> {
    let session = desk.session().await?;
    Ok(SessionList {
        sessions: sessions::list(&session, request.everybody).await?,
        actions: vec![Action::of(session.role(), "everybody", Deed::EndSessions)],
    })
}

pub(crate) async fn revoke_session(desk: &Desk, request: SessionRequest) -> Result<Empty, ApiError> {
    sessions::revoke(&desk.session().await?, request.id).await?;
    Ok(Empty {})
}

pub(crate) async fn revoke_person(desk: &Desk, request: GetRequest) -> Result<SessionsEnded, ApiError> {
    let ended = sessions::revoke_all_of(&desk.session().await?, UserId::new(request.id)).await?;
    Ok(SessionsEnded { ended })
}

pub(crate) async fn reset_password(desk: &Desk, request: GetRequest) -> Result<ResetCode, ApiError> {
    let made = passwords::issue_reset(&desk.session().await?, UserId::new(request.id)).await?;
    Ok(ResetCode {
        code: made.code.expose_secret().to_owned(),
        expires_at: made.expires_at,
    })
}

pub(crate) async fn reset_second_factor(desk: &Desk, request: GetRequest) -> Result<Empty, ApiError> {
    second_factor::reset(&desk.session().await?, UserId::new(request.id)).await?;
    Ok(Empty {})
}

pub(crate) async fn policy(desk: &Desk, _: Empty) -> Result<SecurityPolicy, ApiError> {
    let session = desk.session().await?;
    Ok(SecurityPolicy {
        second_factor_for: second_factor::required_for(&session).await?,
        actions: vec![Action::of(session.role(), "change", Deed::EditSettings)],
    })
}

pub(crate) async fn set_policy(desk: &Desk, request: SecurityPolicyRequest) -> Result<Empty, ApiError> {
    second_factor::require_for(&desk.session().await?, &request.second_factor_for).await?;
    Ok(Empty {})
}

pub(crate) async fn api_keys(desk: &Desk, request: ListRequest) -> Result<Page<ApiKeyRow>, ApiError> {
    Ok(api_keys::list(&desk.session().await?, &request).await?)
}

pub(crate) async fn create_api_key(desk: &Desk, request: CreateApiKeyRequest) -> Result<CreatedApiKey, ApiError> {
    let new = NewApiKey {
        organization: OrganizationId::new(request.organization_id),
        user: request.user_id.map(UserId::new),
        name: field("name", KeyName::parse(&request.name))?,
        expires_in_days: request.expires_in_days,
    };
    let (id, key) = api_keys::create(&desk.session().await?, &new).await?;
    Ok(CreatedApiKey {
        id,
        key: key.expose_secret().to_owned(),
    })
}

pub(crate) async fn revoke_api_key(desk: &Desk, request: GetRequest) -> Result<Empty, ApiError> {
    api_keys::revoke(&desk.session().await?, request.id).await?;
    Ok(Empty {})
}

pub(crate) async fn export_api_keys(desk: &Desk, request: ExportRequest) -> Result<ExportAnswer, ApiError> {
    records::export(desk, Exportable::ApiKeys, request).await
}
