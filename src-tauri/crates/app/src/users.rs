//! People: create, give another role, shut out and let in again.

use domain::{
    ids::{OrganizationId, UserId},
    role::{Action, Role},
    user::{self, EmailAddress, PersonName},
};
use secrecy::{ExposeSecret, SecretString};
use store::{
    list::{ListRequest, Page},
    users::{self, UserRow},
};

use crate::{AppError, session::Session};

/// A window of the list.
pub async fn list(session: &Session, request: &ListRequest) -> Result<Page<UserRow>, AppError> {
    Ok(users::list(&mut *session.read().await?, request).await?)
}

/// Somebody new.
#[derive(Debug)]
pub struct NewUser {
    /// Address.
    pub email: EmailAddress,
    /// First name.
    pub first_name: Option<PersonName>,
    /// Last name.
    pub last_name: Option<PersonName>,
    /// Role.
    pub role: Role,
    /// Whose customer; given for customers only.
    pub organization: Option<OrganizationId>,
    /// The first password.
    pub password: SecretString,
    /// Whether the first sign-in asks for another: right wherever one person chooses it for another.
    pub must_change_password: bool,
}

/// A customer belongs to an organization; staff to none.
fn check_belongs(role: Role, organization: Option<OrganizationId>) -> Result<(), AppError> {
    match (role, organization) {
        (Role::User, None) => Err(AppError::invalid(
            "organization_id",
            "A customer belongs to an organization: choose which.",
        )),
        (Role::Admin | Role::Support | Role::Finance, Some(_)) => Err(AppError::invalid(
            "organization_id",
            "Staff belong to no organization: leave this empty.",
        )),
        _ => Ok(()),
    }
}

/// Makes a person with a first password.
pub async fn create(session: &Session, new: NewUser) -> Result<UserId, AppError> {
    session.may(Action::CreateUser)?;
    check_belongs(new.role, new.organization)?;
    user::check_new_password(new.password.expose_secret(), &new.email)
        .map_err(|error| AppError::invalid("password", error))?;
    let hash = crate::password::hash_in_background(&new.password).await?;
    let mut transaction = session.write().await?;
    let id = users::create(
        &mut transaction,
        &users::NewUser {
            email: &new.email,
            first_name: new.first_name.as_ref(),
            last_name: new.last_name.as_ref(),
            role: new.role,
            organization: new.organization,
            password_hash: &hash,
            // Customers don't sign in here: nobody would ask them.
            must_change_password: new.must_change_password && new.role.works_at_desk(),
        },
    )
    .await?;
    transaction.commit().await?;
    Ok(id)
}

/// The person with an address.
pub async fn find(session: &Session, email: &EmailAddress) -> Result<UserId, AppError> {
    Ok(users::by_email(&mut *session.read().await?, email).await?)
}

/// Gives a person another role. Their sessions end everywhere. The last admin stays one.
pub async fn set_role(
    session: &Session,
    id: UserId,
    role: Role,
    organization: Option<OrganizationId>,
) -> Result<(), AppError> {
    session.may(Action::ChangeRole)?;
    check_belongs(role, organization)?;
    let mut transaction = session.write().await?;
    let admins = users::lock_active_admins(&mut transaction).await?;
    if role != Role::Admin && admins == [id] {
        return Err(AppError::invalid(
            "role",
            "This is the last admin. Make somebody else an admin first.",
        ));
    }
    users::set_role(&mut transaction, id, role, organization).await?;
    transaction.commit().await?;
    Ok(())
}

/// Shuts a person out, or lets them in again. Their sessions end everywhere. The last admin, and whoever asks, stay in.
pub async fn set_disabled(session: &Session, id: UserId, disabled: bool) -> Result<(), AppError> {
    session.may(Action::EditUser)?;
    if disabled && session.person().is_ok_and(|me| me.id == id) {
        return Err(AppError::invalid(
            "id",
            "This is you. Ask another admin to disable your account.",
        ));
    }
    let mut transaction = session.write().await?;
    let admins = users::lock_active_admins(&mut transaction).await?;
    if disabled && admins == [id] {
        return Err(AppError::invalid(
            "id",
            "This is the last admin who can sign in. Make somebody else an admin first.",
        ));
    }
    users::set_disabled(&mut transaction, id, disabled).await?;
    transaction.commit().await?;
    Ok(())
}
