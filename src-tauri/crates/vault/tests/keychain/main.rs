//! The real keychain: gnome-keyring on a D-Bus of the test's own, or none.

#[cfg(test)]
mod session;

#[cfg(test)]
mod keychain {
    use std::time::Duration;

    use secrecy::ExposeSecret;
    use vault::{Keychain, KeychainState, OsKeychain, SecretName, VaultError};

    use crate::session::{self, Session};

    fn desk() -> SecretName {
        SecretName::DeskPassword {
            profile: "a profile".to_owned(),
        }
    }

    /// Not a test of its own: the program that the tests run in a session. It does what it is told and says what came
    /// of it, a line each.
    #[test]
    fn program_in_a_session() {
        let Some(steps) = session::steps() else {
            return;
        };
        let keychain = OsKeychain::with_patience(Duration::from_mins(1));
        for step in &steps {
            let came_of_it = match step.as_str() {
                "probe" => format!("{:?}", keychain.probe()),
                "get" => format!(
                    "{:?}",
                    keychain
                        .get(&desk())
                        .map(|secret| secret.map(|secret| secret.expose_secret().to_owned()))
                ),
                "delete" => format!("{:?}", keychain.delete(&desk())),
                secret => format!("{:?}", keychain.set(&desk(), &secret.into())),
            };
            session::say(step, &came_of_it);
        }
    }

    fn done() -> String {
        format!("{:?}", Ok::<(), VaultError>(()))
    }

    fn found(secret: Option<&str>) -> String {
        format!("{:?}", Ok::<_, VaultError>(secret))
    }

    #[test]
    fn an_unlocked_keychain_keeps_replaces_and_forgets() {
        let session = Session::new();
        let said = session.run_unlocked(&[
            "probe", "get", "first", "get", "sécond", "get", "delete", "delete", "get", "probe",
        ]);
        let available = format!("{:?}", KeychainState::Available);
        assert_eq!(
            said,
            [
                available.clone(),
                found(None),
                done(),
                found(Some("first")),
                done(),
                found(Some("sécond")),
                done(),
                done(),
                found(None),
                available
            ]
        );
    }

    #[test]
    fn a_secret_outlives_the_session_in_which_it_was_kept() {
        let session = Session::new();
        assert_eq!(session.run_unlocked(&["kept"]), [done()]);
        assert_eq!(session.run_unlocked(&["get"]), [found(Some("kept"))]);
    }

    #[test]
    fn a_locked_keychain_says_so() {
        let locked = format!("{:?}", KeychainState::Locked);
        let refused = format!("{:?}", Err::<(), _>(VaultError::Locked));

        let never_used = Session::new();
        let said = never_used.run_locked(&["get", "secret", "probe"]);
        assert_eq!(
            said,
            [found(None), refused.clone(), locked.clone()],
            "reading alone doesn't tell"
        );

        let used = Session::new();
        used.run_unlocked(&["kept"]);
        let said = used.run_locked(&["secret", "probe"]);
        assert_eq!(said, [refused, locked]);
        assert_eq!(used.run_unlocked(&["get"]), [found(Some("kept"))], "nothing was lost");
    }

    #[test]
    fn without_a_service_it_says_so() {
        let session = Session::new();
        let nothing = [
            format!("{:?}", KeychainState::NoService),
            format!("{:?}", Err::<(), _>(VaultError::NoService)),
            format!("{:?}", Err::<(), _>(VaultError::NoService)),
            format!("{:?}", Err::<(), _>(VaultError::NoService)),
        ];
        let steps = ["probe", "get", "secret", "delete"];
        assert_eq!(session.run_without_bus(&steps), nothing);
        assert_eq!(session.run_without_service(&steps), nothing);
    }
}
