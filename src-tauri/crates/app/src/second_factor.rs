//! The second factor: codes of an authenticator program (RFC 6238), and recovery codes for the day without it.

use domain::{
    ids::UserId,
    role::{Action, Role},
};
use qrcode::{Color, EcLevel, QrCode};
use secrecy::{ExposeSecret, SecretString};
use store::{
    auth,
    security::{self, Security},
};

use crate::{AppError, passwords, session::Session, sign_in::go};

/// Codes that are long enough to be copied wrong are shown in blocks.
pub(crate) fn in_blocks(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    let blocks: Vec<String> = letters.chunks(4).map(|block| block.iter().collect()).collect();
    blocks.join("-")
}

/// What an authenticator program is given: shown once.
pub struct Offer {
    /// The secret in base32, for typing.
    pub secret: SecretString,
    /// The same with its circumstances, as programs read it.
    pub uri: SecretString,
    /// The same as a picture.
    pub qr: Qr,
}

/// A QR code, without its quiet zone.
pub struct Qr {
    /// Modules a side.
    pub size: usize,
    /// Its dark modules as the path of a drawing, one unit a module.
    pub path: SecretString,
}

impl Offer {
    pub(crate) fn new(issuer: &str, account: &str, secret: &str) -> Result<Self, AppError> {
        let uri = uri(issuer, account, secret);
        Ok(Self {
            qr: draw(&uri)?,
            secret: SecretString::from(in_blocks(secret)),
            uri: SecretString::from(uri),
        })
    }
}

/// The URI that authenticator programs agreed on.
fn uri(issuer: &str, account: &str, secret: &str) -> String {
    let (issuer, account) = (percent(issuer), percent(account));
    format!("otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period=30")
}

fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

fn draw(uri: &str) -> Result<Qr, AppError> {
    let code = QrCode::with_error_correction_level(uri, EcLevel::M)
        .map_err(|_| AppError::Internal("a URI that no QR code holds"))?;
    let size = code.width();
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(size).enumerate() {
        let mut x = 0;
        while x < size {
            let run = row[x..].iter().take_while(|color| **color == Color::Dark).count();
            if run > 0 {
                path.push_str(&format!("M{x} {y}h{run}v1h-{run}z"));
            }
            x += run.max(1);
        }
    }
    Ok(Qr {
        size,
        path: SecretString::from(path),
    })
}

/// Ten codes, each good for one sign-in: shown once.
pub struct RecoveryCodes(Vec<SecretString>);

impl RecoveryCodes {
    pub(crate) fn new(codes: &[String]) -> Self {
        Self(codes.iter().map(|code| SecretString::from(in_blocks(code))).collect())
    }

    /// The codes in blocks.
    pub fn expose(&self) -> Vec<String> {
        self.0.iter().map(|code| code.expose_secret().to_owned()).collect()
    }
}

/// How the person signs in.
pub async fn mine(session: &Session) -> Result<Security, AppError> {
    Ok(security::mine(&mut *session.read().await?).await?)
}

/// A secret for the person, named after the business. Needs a confirmed session; it counts from its first code on.
pub async fn begin(session: &Session, issuer: &str) -> Result<Offer, AppError> {
    let account = session.person()?.email.clone();
    let mut transaction = session.write().await?;
    let secret = security::begin_factor(&mut transaction).await?;
    transaction.commit().await?;
    Offer::new(issuer, &account, &secret)
}

/// The first code.
pub async fn finish(session: &Session, code: &SecretString) -> Result<RecoveryCodes, AppError> {
    let mut transaction = session.write().await?;
    let codes = security::finish_factor(&mut transaction, code.expose_secret()).await?;
    transaction.commit().await?;
    codes.as_deref().map(RecoveryCodes::new).ok_or(AppError::WrongCode)
}

/// Gives the person's own up: with the password and a code, each counted.
pub async fn disable(session: &Session, password: &SecretString, code: &SecretString) -> Result<(), AppError> {
    let attempt = passwords::prove_again(session, password).await?;
    let mut connection = session.read().await?;
    if !security::confirm(&mut connection, attempt).await? {
        return Err(AppError::WrongOwnPassword("password"));
    }
    if !go(auth::submit_code(&mut connection, attempt, code.expose_secret()).await?)? {
        return Err(AppError::WrongCode);
    }
    drop(connection);
    let mut transaction = session.write().await?;
    let done = security::disable_factor(&mut transaction, attempt).await?;
    // A wrong code was looked at: that stays so.
    transaction.commit().await?;
    if done { Ok(()) } else { Err(AppError::WrongCode) }
}

/// Other recovery codes. Needs a confirmed session.
pub async fn new_recovery_codes(session: &Session) -> Result<RecoveryCodes, AppError> {
    let mut transaction = session.write().await?;
    let codes = security::new_recovery_codes(&mut transaction).await?;
    transaction.commit().await?;
    Ok(RecoveryCodes::new(&codes))
}

/// Takes another person's away, whose phone is lost; their sessions end. Needs a confirmed session.
pub async fn reset(session: &Session, user: UserId) -> Result<(), AppError> {
    session.may(Action::ResetSecondFactor)?;
    let mut transaction = session.write().await?;
    if session.is_operator() {
        security::reset_factor_as_owner(&mut transaction, user)
            .await
            .map_err(passwords::owners_only)?;
    } else {
        security::reset_factor(&mut transaction, user).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// Which roles sign in with a second factor only.
pub async fn required_for(session: &Session) -> Result<Vec<Role>, AppError> {
    Ok(security::required_for(&mut *session.read().await?).await?)
}

/// Says which. Needs a confirmed session; who has none yet is asked for one at the next sign-in.
pub async fn require_for(session: &Session, roles: &[Role]) -> Result<(), AppError> {
    session.may(Action::EditSettings)?;
    if roles.contains(&Role::User) {
        return Err(AppError::invalid("roles", "Customers don't sign in at a desk."));
    }
    let mut transaction = session.write().await?;
    security::require_for(&mut transaction, roles).await?;
    transaction.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_uri_names_business_and_person() {
        assert_eq!(
            uri("Halyard & Söhne", "maya+desk@halyard.example", "GEZDGNBV"),
            "otpauth://totp/Halyard%20%26%20S%C3%B6hne:maya%2Bdesk%40halyard.example?secret=GEZDGNBV&issuer=Halyard%20%26%20S%C3%B6hne&algorithm=SHA1&digits=6&period=30"
        );
    }

    #[test]
    fn the_picture_has_its_three_corners() {
        let qr = draw(&uri(
            "Halyard",
            "maya@halyard.example",
            "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
        ))
        .unwrap();
        let path = qr.path.expose_secret();
        assert!(qr.size >= 21 && qr.size % 4 == 1, "{}", qr.size);
        // The outer edges of the finder patterns: seven modules long.
        let far = qr.size - 7;
        for corner in [
            "M0 0h7v1h-7z".to_owned(),
            format!("M{far} 0h7v1h-7z"),
            format!("M0 {far}h7v1h-7z"),
        ] {
            assert!(path.contains(&corner), "{corner}: {path}");
        }
    }

    #[test]
    fn codes_are_shown_in_blocks() {
        assert_eq!(in_blocks("ABCDEFGH"), "ABCD-EFGH");
        assert_eq!(in_blocks("ABCDE"), "ABCD-E");
        assert_eq!(in_blocks(""), "");
    }
}
