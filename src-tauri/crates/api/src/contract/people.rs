//! How people sign in, and what is done about it: second factors, passwords, sessions, API keys.

use app::views::SessionRow;
use chrono::{DateTime, Utc};
use domain::role::Role;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Action;

/// What a sign-in still needs.
#[derive(Debug, Clone, Copy, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SignInStep {
    /// A code of the second factor, or a recovery code.
    SecondFactor,
    /// The role needs a second factor, and the person has none yet.
    SecondFactorSetup,
    /// The second factor is set up; the recovery codes were shown.
    SetUpDone,
    /// Another password.
    NewPassword,
}

/// A code of the second factor, or a recovery code.
#[derive(Deserialize, TS)]
pub struct CodeRequest {
    /// The code.
    #[ts(type = "string")]
    pub code: secrecy::SecretString,
}

/// A password.
#[derive(Deserialize, TS)]
pub struct PasswordRequest {
    /// The password.
    #[ts(type = "string")]
    pub password: secrecy::SecretString,
}

/// A new password with a reset code.
#[derive(Deserialize, TS)]
pub struct RedeemResetRequest {
    /// Whose.
    pub email: String,
    /// The code.
    #[ts(type = "string")]
    pub code: secrecy::SecretString,
    /// The new password.
    #[ts(type = "string")]
    pub password: secrecy::SecretString,
}

/// Another password.
#[derive(Deserialize, TS)]
pub struct ChangePasswordRequest {
    /// The one until now.
    #[ts(type = "string")]
    pub old_password: secrecy::SecretString,
    /// The new one.
    #[ts(type = "string")]
    pub password: secrecy::SecretString,
}

/// Password and code, to give the second factor up.
#[derive(Deserialize, TS)]
pub struct DisableFactorRequest {
    /// The password.
    #[ts(type = "string")]
    pub password: secrecy::SecretString,
    /// A code, or a recovery code.
    #[ts(type = "string")]
    pub code: secrecy::SecretString,
}

/// What an authenticator program is given: shown once.
#[derive(Serialize, TS)]
pub struct FactorOffer {
    /// The secret in base32, for typing.
    pub secret: String,
    /// The same with its circumstances.
    pub uri: String,
    /// Modules of the picture a side.
    pub qr_size: usize,
    /// Its dark modules, as the path of a drawing.
    pub qr_path: String,
}

/// Ten codes, each good for one sign-in: shown once.
#[derive(Serialize, TS)]
pub struct RecoveryCodes {
    /// The codes.
    pub codes: Vec<String>,
}

/// Whose sessions.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
pub struct SessionsRequest {
    /// Everybody's, for admins; otherwise one's own.
    pub everybody: bool,
}

/// The sessions that live.
#[derive(Debug, Clone, Serialize, TS)]
pub struct SessionList {
    /// Those last used first.
    pub sessions: Vec<SessionRow>,
    /// What may be done.
    pub actions: Vec<Action>,
}

/// One of them.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
pub struct SessionRequest {
    /// Its number.
    #[ts(type = "number")]
    pub id: i64,
}

/// How many have ended.
#[derive(Debug, Clone, Copy, Serialize, TS)]
pub struct SessionsEnded {
    /// So many.
    pub ended: i32,
}

/// A code with which somebody chooses a new password at the sign-in screen: shown once.
#[derive(Serialize, TS)]
pub struct ResetCode {
    /// The code.
    pub code: String,
    /// Until when it can be redeemed.
    #[ts(type = "Instant")]
    pub expires_at: DateTime<Utc>,
}

/// Which roles sign in with a second factor only.
#[derive(Debug, Clone, Serialize, TS)]
pub struct SecurityPolicy {
    /// These.
    #[ts(type = "Role[]")]
    pub second_factor_for: Vec<Role>,
    /// What may be done.
    pub actions: Vec<Action>,
}

/// Says which.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct SecurityPolicyRequest {
    /// These.
    #[ts(type = "Role[]")]
    pub second_factor_for: Vec<Role>,
}

/// A new API key.
#[derive(Debug, Deserialize, TS)]
pub struct CreateApiKeyRequest {
    /// Which organization it opens.
    pub organization_id: i32,
    /// Whose it is, if it is one person's.
    pub user_id: Option<i32>,
    /// What it is for.
    pub name: String,
    /// After how many days it stops working, if ever.
    pub expires_in_days: Option<u16>,
}

/// The key: shown once.
#[derive(Serialize, TS)]
pub struct CreatedApiKey {
    /// Its id.
    pub id: i32,
    /// The key.
    pub key: String,
}
