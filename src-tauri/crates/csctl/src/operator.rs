//! A session for the commands that work with a workspace's rows.

use app::{database::Address, session::Session};

use crate::{
    address::{self, Input},
    cli::Place,
    failure::Failure,
};

/// How this program shows itself to the server.
pub const CLIENT: &str = concat!("csctl ", env!("CARGO_PKG_VERSION"));

/// A session and where it leads, for the sentences of failures.
pub struct Operator {
    /// The session.
    pub session: Session,
    /// Where it leads.
    pub place: Address,
}

impl Operator {
    /// Opens it over the agent's login or an administrator's.
    pub async fn open(place: &Place, input: &mut Input) -> Result<Self, Failure> {
        let place = address::find(place, input)?;
        let session = Session::operator(&place, CLIENT)
            .await
            .map_err(|error| Failure::of(error, &place))?;
        Ok(Self { session, place })
    }

    /// What a use-case says, as this program's failure.
    pub fn failed(&self, error: app::AppError) -> Failure {
        Failure::of(error, &self.place)
    }
}
